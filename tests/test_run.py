"""The program as a whole: it runs, wherever it is started."""

import os
import subprocess
import sys
from pathlib import Path


def test_it_runs_as_a_program():
    done = subprocess.run([sys.executable, "run.py", "--help"], capture_output=True, text=True, check=True)
    assert "watch" in done.stdout


def test_a_folder_that_is_gone_is_told(tmp_path):
    (tmp_path / "gone").mkdir()
    leave = "import os, sys, run; os.chdir('gone'); os.rmdir('../gone')"
    command = f"{leave}; sys.argv = ['doorman', 'doctor']; run.main()"
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1]), "DOORMAN_DB": "sqlite://"}
    done = subprocess.run(
        [sys.executable, "-c", command], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "The folder in which you are is gone: change into another one." in done.stderr
    assert "Traceback" not in done.stderr
