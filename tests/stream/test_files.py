"""Where results may be written."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from stream.errors import StreamError
from stream.files import apart, begin, rotate, write_whole
from tests.programs import running


def test_two_results_are_not_written_into_one_file(tmp_path):
    with pytest.raises(StreamError, match=r"seen\.jsonl is to hold two things"):
        apart(tmp_path / "seen.jsonl", None, tmp_path / "x" / ".." / "seen.jsonl")


def test_results_of_their_own_may_be_printed_both(tmp_path):
    apart(tmp_path / "a.jsonl", tmp_path / "b.jsonl", None, Path("-"), Path("-"))


def test_what_is_written_beside_goes_through_no_link_that_lies_there(tmp_path):
    precious = tmp_path / "precious"
    precious.write_bytes(b"precious")
    (tmp_path / "a.jpg.part").symlink_to(precious)
    write_whole(tmp_path / "a.jpg", b"whole")
    (tmp_path / "b.mp4.part").symlink_to(precious)
    with begin(tmp_path / "b.mp4") as half:
        half.write(b"half")
    assert precious.read_bytes() == b"precious"
    assert (tmp_path / "a.jpg").read_bytes() == b"whole"
    assert not (tmp_path / "b.mp4.part").is_symlink()


def test_what_is_being_written_is_begun_by_nobody_else_meanwhile(tmp_path):
    with begin(tmp_path / "a.mp4") as ours:
        ours.write(b"ours")
        with pytest.raises(StreamError, match=r"a\.mp4 is being written already: .* file of its own"):
            begin(tmp_path / "a.mp4")
        assert (tmp_path / "a.mp4.part").read_bytes() == b"ours"
    with begin(tmp_path / "a.mp4") as again:
        assert (tmp_path / "a.mp4.part").read_bytes() == b""
        again.write(b"again")


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_what_a_killed_program_was_writing_is_begun_anew(tmp_path):
    script = (
        "import pathlib, sys; from stream.files import begin\n"
        "with begin(pathlib.Path(sys.argv[1])): print('begun', flush=True); sys.stdin.read()"
    )
    with running([sys.executable, "-c", script, tmp_path / "a.mp4"], stdin=subprocess.PIPE) as other:
        assert other.stdout.readline() == "begun\n"
        with pytest.raises(StreamError, match="being written already"):
            begin(tmp_path / "a.mp4")
        other.kill()
        other.wait()
        begin(tmp_path / "a.mp4").close()


def test_what_is_private_is_so_from_the_beginning(tmp_path):
    write_whole(tmp_path / "a.jpg", b"whole", 0o600)
    assert stat.S_IMODE((tmp_path / "a.jpg").stat().st_mode) == 0o600


def test_a_file_makes_room_by_a_number_and_the_oldest_is_lost(tmp_path):
    for text in ("first", "second", "third", "fourth"):
        rotate(tmp_path / "seen.jsonl", kept=2)
        (tmp_path / "seen.jsonl").write_text(text)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        "seen.jsonl": "fourth",
        "seen.1.jsonl": "third",
        "seen.2.jsonl": "second",
    }
