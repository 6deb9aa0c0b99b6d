"""Videos that are damaged, or none."""

import logging

import pytest

from stream.errors import SourceError
from stream.sources.source import open_source
from tests.clips import make_clip, order


def test_a_truncated_video_gives_what_is_there_and_says_so(tmp_path, caplog):
    whole = make_clip(tmp_path / "whole.mp4", count=100, options={"movflags": "+faststart"}).read_bytes()
    (tmp_path / "cut.mp4").write_bytes(whole[: len(whole) * 2 // 3])
    source = open_source(str(tmp_path / "cut.mp4"))
    with caplog.at_level(logging.WARNING):
        frames = list(source)
    assert 10 < len(frames) < 100
    assert "breaks off at" in source.problem
    assert source.problem in caplog.text


def test_pictures_that_begin_late_or_end_before_the_sound_do_not_break_off(tmp_path):
    for suffix in (".mkv", ".webm", ".mp4"):
        late = make_clip(tmp_path / f"late{suffix}", times=[10 + 0.04 * i for i in range(50)], sound=(0, 14))
        source = open_source(str(late))
        assert len(list(source)) == 50
        assert source.problem is None, suffix


def test_a_gap_is_no_break(tmp_path):
    for suffix in (".mkv", ".mp4"):
        source = open_source(str(make_clip(tmp_path / f"gap{suffix}", times=[0, 0.04, 0.08, 9000, 9000.04])))
        assert len(list(source)) == 5
        assert source.problem is None, suffix


def test_a_truncated_matroska_says_so_too(tmp_path):
    whole = make_clip(tmp_path / "whole.mkv", count=250, sound=(0, 10)).read_bytes()
    (tmp_path / "cut.mkv").write_bytes(whole[: len(whole) // 2])
    source = open_source(str(tmp_path / "cut.mkv"))
    assert 10 < len(list(source)) < 250
    assert "breaks off at" in source.problem


def test_damage_in_the_middle_costs_no_more_than_what_is_damaged(tmp_path):
    data = bytearray(make_clip(tmp_path / "whole.ts", count=100).read_bytes())
    data[len(data) // 2 : len(data) // 2 + 1000] = bytes(1000)
    (tmp_path / "damaged.ts").write_bytes(data)
    frames = list(open_source(str(tmp_path / "damaged.ts")))
    assert 50 < len(frames) < 100
    assert frames[-1].t > 3.5


def test_a_title_that_is_no_text_does_no_harm(tmp_path):
    data = make_clip(tmp_path / "whole.mkv").read_bytes()
    (tmp_path / "odd.mkv").write_bytes(data.replace(b"Lavf", b"\xa0avf"))
    assert order(list(open_source(str(tmp_path / "odd.mkv")))) == list(range(10))


def test_a_video_without_its_index_is_refused(tmp_path):
    whole = make_clip(tmp_path / "whole.mp4", count=50).read_bytes()
    (tmp_path / "cut.mp4").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(SourceError, match=r"cut.mp4 is not a video that can be read"):
        open_source(str(tmp_path / "cut.mp4"))


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("gone.mp4", None, "There is no video .*: check the path"),
        ("gone.jpg", None, "There is no picture .*: check the path"),
        ("long" * 100, None, "There is no video"),  # too long for a file
        (f"{'long' * 100}.jpg", None, "There is no picture"),
        ("zero.mp4", b"", "is empty .*: record or copy"),
        ("text.mp4", b"hello " * 99, "is not a video .*: record or copy"),
    ],
)
def test_what_is_no_video_is_refused_at_once(tmp_path, name, content, message):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    for realtime in (False, True):
        with pytest.raises(SourceError, match=message):
            open_source(str(tmp_path / name), realtime=realtime)


def test_sound_alone_is_no_video(tmp_path):
    import wave

    with wave.open(str(tmp_path / "sound.wav"), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(8000))
    with pytest.raises(SourceError, match="holds no video"):
        open_source(str(tmp_path / "sound.wav"))
