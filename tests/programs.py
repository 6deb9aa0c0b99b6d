"""Our own programs, done, or started and ended, by tests."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from stream.cli.main import main
from tests.waiting import LONG

ROOT = Path(__file__).parents[1]


@contextmanager
def running(command: list[Any], seconds: float = LONG, **more: Any) -> Iterator[subprocess.Popen[str]]:
    """A program in Python that runs within a `with` block, in the project's folder; its output can be read.

    Args:
        seconds: that it may take to end after SIGTERM.
        more: for Popen.

    Raises:
        AssertionError: it did not end in time; what its threads were at stands in its standard error.
    """
    environment = {**more.pop("env", os.environ), "PYTHONFAULTHANDLER": "1"}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, **more) as program:
        try:
            yield program
        finally:
            program.terminate()
            try:
                program.communicate(timeout=seconds)
            except subprocess.TimeoutExpired:
                program.send_signal(signal.SIGABRT)  # on which Python tells what each thread is at
                program.wait()
                raise AssertionError(f"{command} did not end in {seconds:.0f} seconds after SIGTERM") from None


def command(*arguments: str) -> int:
    """Do a command in this process, as from a command line; returns its exit status."""
    argv, sys.argv = sys.argv, ["doorman", *arguments]
    try:
        main()
    except SystemExit as ending:
        return int(ending.code or 0)
    finally:
        sys.argv = argv
    return 0
