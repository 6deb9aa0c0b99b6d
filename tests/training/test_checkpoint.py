"""Runs that are interrupted and go on."""

import pytest

torch = pytest.importorskip("torch")
from training import checkpoint  # noqa: E402
from training.errors import TrainingError  # noqa: E402

pytestmark = pytest.mark.training


def test_a_run_without_a_checkpoint_begins_at_the_first_step(tmp_path):
    assert checkpoint.resume(tmp_path / "last.pt", {"net": torch.nn.Linear(2, 2)}) == 0


def test_a_run_goes_on_with_the_state_of_all_its_parts(tmp_path):
    before, after = ({"net": torch.nn.Linear(2, 2), "head": torch.nn.Linear(2, 1)} for _ in range(2))
    checkpoint.keep(tmp_path / "last.pt", before, 7, figures={"loss": 0.5})
    assert checkpoint.resume(tmp_path / "last.pt", after) == 7
    for name, part in before.items():
        assert torch.equal(part.weight, after[name].weight)
    assert checkpoint.load(tmp_path / "last.pt")["figures"] == {"loss": 0.5}


def test_what_is_no_checkpoint_is_said_to_be_none(tmp_path):
    (tmp_path / "last.pt").write_text("cut off")
    with pytest.raises(TrainingError, match="not a checkpoint"):
        checkpoint.resume(tmp_path / "last.pt", {})


def test_there_has_to_be_a_checkpoint_to_load(tmp_path):
    with pytest.raises(TrainingError, match="There is no checkpoint"):
        checkpoint.load(tmp_path / "none.pt")
