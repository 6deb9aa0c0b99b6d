"""A command imports what it needs, and no more: what others need takes seconds."""

import subprocess
import sys

import pytest

HEAVY = ("alembic", "av", "cv2", "onnxruntime", "pydantic", "scipy", "supervision", "torch")
WRITING = ("db.search.index", "db.sightings.writer")
PROGRAM = """
import gc, sys, run
sys.argv = ["doorman", *sys.argv[1:]]
try:
    run.main()
except SystemExit as ending:
    print(sorted(sys.modules), gc.isenabled(), gc.get_freeze_count(), file=sys.stderr)
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
    assert not [name for name in needless if f"'{name}'" in at_the_end(*arguments)]


def test_garbage_is_looked_for_while_a_command_runs_but_not_among_its_modules(tmp_path):
    is_enabled, frozen = at_the_end("people", "list", "--db", str(tmp_path / "people.db")).split()[-2:]
    assert is_enabled == "True"
    assert int(frozen) > 10_000


def at_the_end(*arguments: str) -> str:
    """What a command has imported, whether garbage is collected, and how many objects are never looked at for it."""
    done = subprocess.run([sys.executable, "-c", PROGRAM, *arguments], capture_output=True, text=True, check=True)
    return done.stderr
