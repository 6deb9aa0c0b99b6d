"""A settings file, from the program's start to what it logs and draws."""

import json
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from stream.cli.demo import CLIP, cut_out

pytestmark = pytest.mark.end_to_end

ROOT = Path(__file__).resolve().parents[2]
LEFT_HALF = [[0, 0], [0.5, 0], [0.5, 1], [0, 1]]  # where the face is


@pytest.fixture
def watch(tmp_path):
    """Runs `watch` in a folder with one picture, settings and options; gives the faces found in each source."""
    cv2.imwrite(str(tmp_path / "portrait.png"), cut_out(CLIP))

    def call(settings: str, *options: str) -> dict[str, int]:
        (tmp_path / "home.toml").write_text(settings)
        command = [sys.executable, str(ROOT / "run.py"), "watch", "--config", "home.toml", *options]
        subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
        lines = map(json.loads, (tmp_path / "log.jsonl").read_text().splitlines())
        return {line["camera"]: len(line["faces"]) for line in lines}

    return call


def test_zones_and_masks_of_each_camera_tell_where_faces_count(watch):
    assert watch(f"""
        db = "sqlite://"
        log = "log.jsonl"
        [[camera]]
        name = "everywhere"
        source = "portrait.png"
        [[camera]]
        name = "left"
        source = "portrait.png"
        zones = [{LEFT_HALF}]
        [[camera]]
        name = "right"
        source = "portrait.png"
        masks = [{LEFT_HALF}]
    """) == {"everywhere": 1, "left": 1, "right": 0}


def test_a_stranger_is_unrecognizable_on_the_picture(watch, tmp_path):
    watch('db = "sqlite://"\nlog = "log.jsonl"\nblur_unknown = true', "portrait.png", "--out", "out.mkv")
    with_box = cv2.VideoCapture(str(tmp_path / "out.mkv")).read()[1]
    face = slice(60, 120), slice(180, 240)
    sharp, hidden = (
        float(np.abs(np.diff(image[face].astype(int), axis=1)).mean()) for image in (cut_out(CLIP), with_box)
    )
    assert hidden < 0.6 * sharp
