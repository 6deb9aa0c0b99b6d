"""Recorded video is shown a little after it is read, so that a name is there from a track's first frame on."""

from collections import deque
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import replace
from operator import itemgetter
from typing import Any, cast

import numpy as np
import supervision as sv
from numpy.typing import NDArray

from stream.frame import View
from stream.gallery.identity import IdentityState
from tracker.association import iou

LOOKAHEAD = 2.0  # seconds, usually
MOST = 512 * 2**20  # bytes of pictures: more than two seconds of 1920x1080 at 30 frames a second, and 0.7 of 3840x2160
SAME = 0.5  # IoU from which two boxes are taken to be of one face

Box = NDArray[np.floating]


class LookAhead:
    """Holds views back; a name decided meanwhile labels the earlier views of its track too.

    It is given to one face of a view, and whoever had it there, and has lost it since, goes without.

    Args:
        seconds: of video, by which the views that leave lag behind those that enter; 0 lets them pass at once.
        most: bytes of pictures that are held; where they are more, views leave sooner.
    """

    def __init__(self, seconds: float, most: int = MOST) -> None:
        self._seconds = seconds
        self._most = most
        self._bytes = 0
        self._held: deque[View] = deque()
        self._names: dict[int, tuple[str, float]] = {}

    def push(self, view: View) -> Iterator[View]:
        """Take a view in; what is old enough comes out, in order."""
        self._learn(view)
        if view.recalled:
            self._held = deque(_with_recalled(held, view) for held in self._held)
        self._held.append(view)
        self._bytes += view.frame.image.nbytes
        while self._held and (view.frame.t - self._held[0].frame.t >= self._seconds or self._bytes > self._most):
            yield self._release()

    def flush(self) -> Iterator[View]:
        """What is still held, at the source's end."""
        while self._held:
            yield self._release()

    def _learn(self, view: View) -> None:
        """Remember the names of this view; a name taken back is forgotten."""
        for track, state, name, similarity in _identities(view):
            if state == "named":
                self._names[track] = (name, similarity)
            else:
                self._names.pop(track, None)

    def _release(self) -> View:
        view = self._held.popleft()
        self._bytes -= view.frame.image.nbytes
        identities = list(_identities(view))
        given = self._given(identities)
        for row, (track, state, name, similarity) in enumerate(identities):
            if given.get(self._name(track)) == row:
                _tell(view, row, "named", *self._names[track])
            elif state == "named" and name in given:  # it has lost that name since
                _tell(view, row, "unknown", None, similarity)
        return view

    def _given(self, identities: Sequence[tuple[int, str, str, float]]) -> dict[str | None, int]:
        """The names that faces of one view get who had none then, each with the row of its face.

        Whoever had the name then, and has not lost it since, keeps it; of several who got it since the surest has it.
        """
        kept = {name for track, state, name, _ in identities if state == "named" and self._name(track) == name}
        nameless = [(row, track) for row, (track, state, _, _) in enumerate(identities) if state != "named"]
        named_since = [(*self._names[track], row) for row, track in nameless if track in self._names]
        return {name: row for name, _, row in sorted(named_since, key=itemgetter(1)) if name not in kept}

    def _name(self, track: int) -> str | None:
        """The name that a track has had last, unless it was taken back."""
        return self._names[track][0] if track in self._names else None


def _with_recalled(held: View, view: View) -> View:
    """A view that is held back, as a later view recalls it."""
    there = [(one.track, one.boxes[held.frame.t]) for one in view.recalled if held.frame.t in one.boxes]
    gone = {one.track for one in view.recalled if held.frame.t > one.gone}
    ids = _ids(held)
    stay = [row for row, track in enumerate(ids) if track not in gone]
    leave = [row for row, track in enumerate(ids) if track in gone]
    faces = _rows(held.faces, stay)
    tracks = [ids[row] for row in stay]
    for track, box in there:
        if track in tracks:
            faces.xyxy[tracks.index(track)] = box
        elif track is not None and not _covers(faces, box):
            faces = sv.Detections.merge([faces, _late(view, track, box)])
    hidden = [box for track, box in there if track is None]
    hidden += [held.faces.xyxy[row] for row in leave if held.faces.data["state"][row] != "named"]
    return replace(held, faces=faces, unseen=np.array([*held.unseen, *hidden], np.float32).reshape(-1, 4))


def _late(view: View, track: int, box: Box) -> sv.Detections:
    """A later view's face where it was earlier, without a name: if it has one by then, it comes with the others."""
    face = deepcopy(_rows(view.faces, [_ids(view).index(track)]))
    face.xyxy[:] = box
    face.data["landmarks"] = np.full((1, 5, 2), np.nan, np.float32)
    face.data["state"] = np.array(["unknown"], object)
    face.data["name"] = np.array([None], object)
    return face


def _covers(faces: sv.Detections, box: Box) -> bool:
    """Whether one of the faces is shown there already."""
    return bool(iou(np.asarray(faces.xyxy, np.float64), np.array([box], np.float64)).max(initial=0.0) >= SAME)


def _rows(faces: sv.Detections, rows: Sequence[int]) -> sv.Detections:
    return cast(sv.Detections, faces[list(rows)]) if len(faces) else faces


def _ids(view: View) -> list[int]:
    return np.asarray(view.faces.tracker_id).tolist() if len(view.faces) else []


def _tell(view: View, row: int, state: IdentityState, name: str | None, similarity: float) -> None:
    told: dict[str, Any] = {"state": state, "name": name, "similarity": similarity}
    for key, value in told.items():
        view.faces.data[key][row] = value


def _identities(view: View) -> Iterator[tuple[int, str, str, float]]:
    if not len(view.faces):
        return iter(())
    data = view.faces.data
    return zip(_ids(view), data["state"], data["name"], data["similarity"], strict=True)
