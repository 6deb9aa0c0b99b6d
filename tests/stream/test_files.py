"""Where results may be written."""

from pathlib import Path

import pytest

from stream.errors import StreamError
from stream.files import apart


def test_two_results_are_not_written_into_one_file(tmp_path):
    with pytest.raises(StreamError, match=r"seen\.jsonl is to hold two things"):
        apart(tmp_path / "seen.jsonl", None, tmp_path / "x" / ".." / "seen.jsonl")


def test_results_of_their_own_may_be_printed_both(tmp_path):
    apart(tmp_path / "a.jsonl", tmp_path / "b.jsonl", None, Path("-"), Path("-"))
