"""Where faces were between two scans of a recording, as the second one tells: seen from both sides."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from stream.frame import Recalled
from stream.motion.flow import Flow
from tracker import Track, Tracker

LONGEST = 0.7  # seconds between two detections of a face in which it is shown: it was there, seen or not


class Hindsight:
    """Recalls the faces of one tracker.

    Args:
        flow: remembers the pictures since the last scan.
    """

    def __init__(self, tracker: Tracker, flow: Flow) -> None:
        self._tracker = tracker
        self._flow = flow
        self._scanned = -math.inf
        self._seen: dict[int, float] = {}  # when each track was, as the last scan told

    def after_scan(self, tracks: Sequence[Track], t: float) -> list[Recalled]:
        """Where those were before whom the scan at time `t`, in seconds, has found, and since when others are gone.

        Args:
            tracks: of the tracker, at that time.
        """
        recalled = [one for track in tracks for one in self._recalled(track, t)]
        self._scanned = t
        self._seen = {track.id: track.seen for track in tracks}
        return recalled

    def _recalled(self, track: Track, t: float) -> Iterator[Recalled]:
        before = self._seen.get(track.id)
        if before is None or t - before > LONGEST:
            yield from self._come(track) if track.seen == t else ()
        elif track.seen < t or track.doubted == t:  # it has gone, or somebody else may be there now
            yield Recalled(track.id, {}, gone=self._tracker.followed(track.id, before))
            if track.seen == t:
                yield from (replace(one, track=None) for one in self._come(track))
        else:
            times = self._flow.times(before)
            yield Recalled(track.id, dict(zip(times, self._tracker.recalled(track.id, times), strict=True)))

    def _come(self, track: Track) -> Iterator[Recalled]:
        """Since when a face has been there that the last scan did not find; before that, nobody knows where it was."""
        boxes = dict(self._flow.back(track.box, self._scanned))
        yield Recalled(track.id, boxes)
        earliest = boxes[min(boxes)] if boxes else track.box
        yield Recalled(None, {t: earliest for t in self._flow.times(self._scanned) if t not in boxes})
