"""Tracking figures on tiny sequences whose figures are known."""

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import ArrayLike, NDArray

pytest.importorskip("trackeval", reason="needs the extra eval")

from tracker import Tracker
from training.errors import TrainingError
from training.evaluate.tracking import evaluate

FRAMES = 40


class Renaming(Tracker):
    """Gives everything new ids from t = 1 on."""

    def update(self, boxes: ArrayLike, scores: ArrayLike, t: float) -> NDArray[np.int64]:
        if t == 1.0:
            self.end_all()
        return super().update(boxes, scores, t)


def write_sequence(folder: Path, detected: bool = True) -> Path:
    """Two squares of 40 px, 200 px apart, moving right by 2 px a frame at 20 frames a second, for two seconds."""
    rows = [(frame, number, 2 * frame, 200 * number, 40, 40, 1) for frame in range(1, FRAMES + 1) for number in (1, 2)]
    (folder / "gt").mkdir(parents=True)
    np.savetxt(folder / "gt" / "gt.txt", np.array([(*row, 1, 1) for row in rows]), delimiter=",", fmt="%g")
    (folder / "seqinfo.ini").write_text(f"[Sequence]\nframeRate=20\nseqLength={FRAMES}\n")
    if detected:
        (folder / "det").mkdir()
        found = np.array([(frame, -1, *row, 0.9) for frame, _, *row, _ in rows])
        np.savetxt(folder / "det" / "det.txt", found, delimiter=",", fmt="%g")
    return folder


@pytest.mark.parametrize("detected", [True, False])
def test_perfect_detections_of_a_simple_motion_get_full_marks(tmp_path: Path, detected: bool) -> None:
    figures = evaluate(write_sequence(tmp_path, detected))
    assert (figures["mota"], figures["idf1"]) == (1.0, 1.0)
    assert figures["hota"] == pytest.approx(1.0, abs=0.05)


def test_boxes_between_detections_count(tmp_path: Path) -> None:
    # until the second detection the motion is unknown: the squares are behind by 14, 16 and 18 px, IoU below .5
    figures = evaluate(write_sequence(tmp_path), every=10)
    assert (figures["id_switches"], figures["misses"], figures["false_positives"]) == (0, 2 * 3, 2 * 3)


def test_changed_ids_cost_half_of_idf1_and_two_switches(tmp_path: Path) -> None:
    # of 80 boxes, 40 can be given to the true objects by one id each: IDF1 = 2 * 40 / (80 + 80)
    figures = evaluate(write_sequence(tmp_path), Renaming)
    assert figures["idf1"] == pytest.approx(0.5)
    assert figures["id_switches"] == 2
    assert figures["mota"] == pytest.approx(1 - 2 / 80)


def test_a_tracker_that_finds_nothing_misses_everything(tmp_path: Path) -> None:
    figures = evaluate(write_sequence(tmp_path), lambda: Tracker(high=2.0))
    assert (figures["misses"], figures["idf1"]) == (80, 0.0)


def test_sequences_are_evaluated_each_and_together_and_drawn(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_sequence(tmp_path / "data" / name)
    figures = evaluate(tmp_path / "data", out=tmp_path / "out")
    assert set(figures["sequences"]) == {"one", "two"}
    assert json.loads((tmp_path / "out" / "metrics.json").read_text()) == figures
    assert (tmp_path / "out" / "two.png").stat().st_size > 0


def test_ignored_rows_of_the_truth_are_neither_missed_nor_wrongly_found(tmp_path: Path) -> None:
    folder = write_sequence(tmp_path)
    with (folder / "gt" / "gt.txt").open("a") as file:  # two squares more that count for nothing
        file.writelines(f"{frame},3,500,500,40,40,0,1,0.4\n" for frame in range(1, FRAMES + 1))
        file.writelines(f"{frame},4,700,500,40,40,0,1,0.4\n" for frame in range(1, FRAMES + 1))
    with (folder / "det" / "det.txt").open("a") as file:  # one of them is found, and something that is none
        file.writelines(f"{frame},-1,500,500,40,40,0.9\n" for frame in range(1, FRAMES + 1))
        file.writelines(f"{frame},-1,900,500,40,40,0.9\n" for frame in range(1, FRAMES + 1))
    figures = evaluate(folder)
    assert (figures["misses"], figures["false_positives"]) == (0, FRAMES)


def test_folder_without_sequences_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match=r"gt\.txt"):
        evaluate(tmp_path)


@pytest.mark.parametrize(
    ("text", "reason"), [("not numbers\n", "MOTChallenge"), ("1,1,0,0\n", "MOTChallenge"), ("", "no box")]
)
def test_unusable_truth_is_refused(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / "gt").mkdir()
    (tmp_path / "gt" / "gt.txt").write_text(text)
    with pytest.raises(TrainingError, match=reason):
        evaluate(tmp_path)
