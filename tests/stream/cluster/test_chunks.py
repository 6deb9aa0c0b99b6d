"""Recordings are cut at key frames, and the frames of the chunks are those of the whole."""

import math
from pathlib import Path

import av
import cv2
import pytest

from db.sightings.recordings import Recording
from stream.cluster.chunk_source import ChunkSource
from stream.cluster.chunks import OVERLAP, SHORTEST, USUAL, borders, chunks_of_file, cuts_of, usual
from stream.errors import SourceError
from stream.sources.recording import VideoFile
from tests.clips import make_clip, order, picture
from tests.people import at

MOVIE = Recording("movie", "door", at(0))


@pytest.fixture(scope="module")
def movie(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve seconds of five frames each, of which each first is a key frame."""
    return make_clip(tmp_path_factory.mktemp("movie") / "movie.mp4", count=60, fps=5)


def test_a_file_can_be_cut_at_its_key_frames(movie):
    cuts = cuts_of(movie)
    assert cuts.keys == pytest.approx(range(1, 12))
    assert cuts.seconds == pytest.approx(12.0)


def test_chunks_have_their_length_and_the_last_is_not_much_shorter():
    assert list(borders(range(1, 100), 0, 100, 30)) == [30, 60]
    assert list(borders([7, 14, 33, 34, 35], 0, 40, 10)) == [14, 33]
    assert list(borders([], 0, 40, 10)) == []


def test_of_a_short_recording_all_cores_have_something_and_a_long_one_is_not_cut_too_often(movie):
    assert [usual(seconds) for seconds in (12.0, 240.0, 600.0, 3600.0, math.inf)] == [30.0, 30.0, 75.0, 300.0, 300.0]
    assert (usual(0.0), usual(math.inf)) == (SHORTEST, USUAL)
    assert len(list(chunks_of_file(movie, MOVIE, 0.0))) == 1


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".ts", ".webm"])
def test_chunks_show_every_frame_once_and_the_overlap_before_them(suffix, tmp_path):
    path = make_clip(tmp_path / f"movie{suffix}", count=60, fps=5, size=(128, 96))
    whole = list(VideoFile(path, "door"))
    chunks = list(chunks_of_file(path, MOVIE, 0.0, 4.0))
    assert [chunk.last for chunk in chunks] == [*([False] * (len(chunks) - 1)), True]
    assert chunks[-1].read == 1
    shown = []
    for chunk in chunks:
        frames = list(ChunkSource(chunk))
        assert frames[0].t == pytest.approx(max(0, chunk.begins - OVERLAP), abs=0.21)
        assert all(one.t >= chunk.begins - OVERLAP for one in frames)
        shown += [frame for frame in frames if frame.t >= chunk.begins]
    assert [frame.t for frame in shown] == [frame.t for frame in whole]
    assert order(shown) == order(whole)


def test_the_cuts_do_not_move_as_a_recording_is_watched_on(movie):
    chunks = list(chunks_of_file(movie, MOVIE, 0.0, 4.0))
    assert list(chunks_of_file(movie, MOVIE, chunks[0].ends, 4.0)) == chunks[1:]
    assert len(chunks) == 3


@pytest.mark.parametrize("name", ["jumps.mkv", "times-of-decoding.avi"])
def test_a_file_whose_times_cannot_be_relied_on_is_one_chunk(name, tmp_path):
    jumps = [0.0, 0.2, 5000.0, 5000.2, 5000.4] if name == "jumps.mkv" else None
    path = make_clip(tmp_path / name, times=jumps, count=20)
    (chunk,) = chunks_of_file(path, MOVIE, 0.0, 0.1)
    assert (chunk.ends, chunk.last) == (math.inf, True)
    assert [frame.t for frame in ChunkSource(chunk)] == [frame.t for frame in VideoFile(path, "door")]


def test_a_picture_in_the_place_of_a_recording_is_one_chunk(tmp_path):
    path = tmp_path / "door.jpg"
    cv2.imwrite(str(path), picture(0))
    (chunk,) = chunks_of_file(path, MOVIE, 0.0)
    assert len(list(ChunkSource(chunk))) == 1


def test_what_is_no_video_says_so(tmp_path):
    (tmp_path / "empty.mp4").touch()
    with pytest.raises(SourceError, match="is empty"):
        cuts_of(tmp_path / "empty.mp4")


def test_a_file_that_breaks_off_is_watched_as_far_as_it_goes(tmp_path):
    whole = make_clip(tmp_path / "whole.mkv", count=60, fps=5, size=(320, 240))
    broken = tmp_path / "broken.mkv"
    broken.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    chunks = list(chunks_of_file(broken, MOVIE, 0.0, 2.0))
    shown = [frame.t for chunk in chunks for frame in ChunkSource(chunk) if frame.t >= chunk.begins]
    assert shown == [frame.t for frame in VideoFile(broken, "door")]


def test_damage_is_told_of_whichever_chunk_it_is_in(tmp_path):
    path = make_clip(tmp_path / "movie.mkv", count=60, fps=5)
    with av.open(path) as file:
        spoilt = [bytes(packet) for packet in file.demux(video=0)][7]
    path.write_bytes(path.read_bytes().replace(spoilt, bytes(len(spoilt)), 1))
    sources = [ChunkSource(chunk) for chunk in chunks_of_file(path, MOVIE, 0.0, 4.0)]
    for source in sources:
        list(source)
    told = f"{path} is damaged: what could not be decoded was skipped."
    assert [source.problem for source in sources] == [told, None, None]
