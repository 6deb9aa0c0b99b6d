"""Trackers of others on given detections. Each runs in an environment of its own, of which this file asks nothing more:

    python peer.py norfair|bytetrack|sort IN.npz OUT.npz

IN holds `frame` (N,), `xyxy` (N, 4) and `score` (N,) of the detections; `frames`, `fps`, `every` (so many frames apart
are those with detections) and `threshold` (a sure detection's least score). OUT holds `frame`, `id` and `xyxy` of what
is shown, and `seconds` of each update with detections.
"""

import sys
from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np

Shown = list[tuple[int, Any]]  # id and box (4,) of each track
Step = Callable[[Any, Any, bool, float], Shown]  # boxes, scores, whether it was looked for faces, seconds


def norfair(threshold: float, fps: float, every: int) -> Step:
    """With the distance and the threshold of Norfair's own demos for boxes, and its default delays."""
    from norfair import Detection, Tracker

    tracker = Tracker("iou", 0.7)

    def step(boxes: Any, scores: Any, looked: bool, t: float) -> Shown:
        if not looked:
            tracks = tracker.update()
        else:
            sure = [
                Detection(box.reshape(2, 2), np.full(2, score))
                for box, score in zip(boxes, scores, strict=True)
                if score >= threshold
            ]
            tracks = tracker.update(sure, period=every)
        return [(track.id, track.estimate.reshape(4)) for track in tracks]

    return step


def roboflow(tracker: Any, least: float) -> Step:
    """Roboflow's trackers tell of boxes only where they are detected; there they stay until the next detection."""
    import supervision as sv

    shown: Shown = []

    def step(boxes: Any, scores: Any, looked: bool, t: float) -> Shown:
        nonlocal shown
        if looked:
            enough = scores >= least
            tracked = tracker.update(sv.Detections(boxes[enough], confidence=scores[enough]), timestamp=t)
            shown = [pair for pair in zip(tracked.tracker_id, tracked.xyxy, strict=True) if pair[0] >= 0]
        return shown

    return step


def bytetrack(threshold: float, fps: float, every: int) -> Step:
    from trackers import ByteTrackTracker

    tracker = ByteTrackTracker(frame_rate=fps, track_activation_threshold=threshold, high_conf_det_threshold=threshold)
    return roboflow(tracker, 0.0)


def sort(threshold: float, fps: float, every: int) -> Step:
    from trackers import SORTTracker

    return roboflow(SORTTracker(frame_rate=fps, track_activation_threshold=threshold), threshold)


def main(name: str, given: str, out: str) -> None:
    data = np.load(given)
    every, fps = int(data["every"]), float(data["fps"])
    step = {"norfair": norfair, "bytetrack": bytetrack, "sort": sort}[name](float(data["threshold"]), fps, every)
    shown, seconds = [], []
    for frame in range(int(data["frames"])):
        here, looked = data["frame"] == frame, frame % every == 0
        boxes, scores = data["xyxy"][here], data["score"][here]
        began = perf_counter()
        tracks = step(boxes, scores, looked, frame / fps)
        if looked:
            seconds.append(perf_counter() - began)
        shown += [(frame, number, *box) for number, box in tracks]
    table = np.array(shown, np.float64).reshape(-1, 6)
    np.savez(out, frame=table[:, 0], id=table[:, 1], xyxy=table[:, 2:], seconds=seconds)


if __name__ == "__main__":
    main(*sys.argv[1:])
