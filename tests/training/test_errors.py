"""What goes wrong in training, as people are told of it."""

import subprocess
import sys
from pathlib import Path


def test_a_command_that_cannot_use_its_data_ends_with_a_sentence(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "training.video_pairs", "--data", str(tmp_path)]
    ended = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[2], check=False)
    assert ended.returncode == 1
    assert (
        ended.stderr == f"There is no {tmp_path}/landmarks.csv: give the folder that holds landmarks.csv and images/.\n"
    )
