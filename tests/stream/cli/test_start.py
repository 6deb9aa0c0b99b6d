"""A command imports what it needs, and no more: what others need takes seconds."""

import subprocess
import sys

import pytest

HEAVY = ("alembic", "av", "cv2", "onnxruntime", "pydantic", "scipy", "supervision", "torch")
WRITING = ("db.search.index", "db.sightings.writer")
PROGRAM = """
import sys, run
sys.argv = ["doorman", *sys.argv[1:]]
try:
    run.main()
except SystemExit as ending:
    print(sorted(sys.modules), file=sys.stderr)
    sys.exit(ending.code)
"""


@pytest.mark.parametrize(
    ("arguments", "needless"),
    [
        (["--help"], (*HEAVY, "numpy", "sqlalchemy")),
        (["people", "list"], (*HEAVY, *WRITING)),
        (["sightings"], (*HEAVY, *WRITING)),
    ],
)
def test_what_is_not_needed_is_not_imported(tmp_path, arguments, needless):
    if arguments != ["--help"]:
        arguments = [*arguments, "--db", str(tmp_path / "people.db")]
    done = subprocess.run([sys.executable, "-c", PROGRAM, *arguments], capture_output=True, text=True, check=True)
    assert not [name for name in needless if f"'{name}'" in done.stderr]
