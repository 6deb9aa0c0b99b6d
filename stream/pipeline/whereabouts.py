"""Where the faces of one source are: those that count, and the bystanders that do not."""

from dataclasses import replace

from stream.frame import Frame, Recalled
from stream.motion.flow import Flow
from stream.pipeline.hindsight import Hindsight
from stream.pipeline.workers import ScanResult
from tracker import Track, Tracker


class Whereabouts:
    """Follows faces from frame to frame.

    Args:
        tracker: follows the faces that count.
        bystanders: follows those that do not, so that they can be made unrecognizable, too; None leaves them alone.
        hindsight: tell where those whom a scan has found were since the one before, for views that are held back.
    """

    def __init__(self, tracker: Tracker, bystanders: Tracker | None = None, hindsight: bool = False) -> None:
        self.tracker = tracker
        self._bystanders = bystanders
        self._trackers = [tracker] if bystanders is None else [tracker, bystanders]
        self._flow = Flow()
        self._hindsight = [Hindsight(each, self._flow) for each in self._trackers] if hindsight else []
        self.changed = self._flow.changed

    def carry(self, frame: Frame) -> None:
        """Move all faces to the time of this frame, as the picture shows it."""
        self._flow.carry(frame, *self._trackers)

    def at(self, t: float) -> list[Track]:
        """The faces that count, at time `t` in seconds."""
        return self.tracker.at(t)

    def apart(self, t: float) -> list[Track]:
        """The faces that do not count, likewise, with numbers that no face has that does."""
        return [replace(track, id=-track.id) for track in self._bystanders.at(t)] if self._bystanders else []

    def associate(self, result: ScanResult, extent: tuple[int, int]) -> None:
        """Let the tracks be where a scan has found their faces, and carry those that it begins to the latest frame.

        Args:
            extent: width and height of the picture in pixels.
        """
        scan = result.scan
        for tracker, faces in zip(self._trackers, (result.faces, result.apart), strict=False):
            if faces is not None and faces.confidence is not None:
                tracker.update(faces.xyxy, faces.confidence, result.t, scan.sight, scan.smallest, extent)
                self._flow.catch_up(tracker, result.t)

    def recalled(self, t: float) -> list[Recalled]:
        """Where those were before whom a scan has found by time `t` in seconds; of bystanders, only that."""
        if not self._hindsight:
            return []
        known, *apart = (
            hindsight.after_scan(tracker.at(t), t)
            for hindsight, tracker in zip(self._hindsight, self._trackers, strict=True)
        )
        return known + [replace(one, track=None) for each in apart for one in each]

    def end_all(self) -> None:
        """End every track, as after a cut: nothing goes on."""
        for tracker in self._trackers:
            tracker.end_all()
        self._flow.forget()
