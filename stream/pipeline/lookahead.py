"""Recorded video is shown a little after it is read, so that a name is there from a track's first frame on."""

from collections import deque
from collections.abc import Iterator

import numpy as np

from stream.frame import View

LOOKAHEAD = 2.0  # seconds, usually


class LookAhead:
    """Holds views back; a name decided meanwhile labels the earlier views of its track too.

    Args:
        seconds: of video, by which the views that leave lag behind those that enter; 0 lets them pass at once.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._held: deque[View] = deque()
        self._names: dict[int, tuple[str, float]] = {}

    def push(self, view: View) -> Iterator[View]:
        """Take a view in; what is old enough comes out, in order."""
        self._learn(view)
        self._held.append(view)
        while self._held and view.frame.t - self._held[0].frame.t >= self._seconds:
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
        data = view.faces.data
        for i, (track, state, _, _) in enumerate(_identities(view)):
            if state != "named" and track in self._names:
                data["name"][i], data["similarity"][i] = self._names[track]
                data["state"][i] = "named"
        return view


def _identities(view: View) -> Iterator[tuple[int, str, str, float]]:
    if not len(view.faces):
        return iter(())
    ids = np.asarray(view.faces.tracker_id).tolist()
    data = view.faces.data
    return zip(ids, data["state"], data["name"], data["similarity"], strict=True)
