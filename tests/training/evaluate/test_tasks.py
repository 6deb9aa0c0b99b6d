"""What can be asked of an evaluation."""

import pytest

from stream.tools.grouping import measure
from training.errors import TrainingError
from training.evaluate.tasks import Task, evaluate_task

pytest.importorskip("sklearn")


def test_points_are_refused_where_no_face_is_aligned(tmp_path):
    with pytest.raises(TrainingError, match="No faces are aligned to measure tracking"):
        evaluate_task(Task.TRACKING, tmp_path, measure, points="resnet18-landmarks")
