"""One frame's journey from its source to what is shown of it."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from stream.drawing.blur import blurred
from stream.sightings.sighting_log import SightingLog
from stream.evidence.looks import Looks
from stream.evidence.pictures import PictureFinder
from stream.frame import Frame, Recalled, View
from stream.gallery.identity import Identity
from stream.gallery.judge import Judge
from stream.gallery.weighed import Keeper, WeighedLook
from stream.motion.flow import Flow
from stream.motion.shots import Shots
from stream.pipeline.hindsight import Hindsight
from stream.pipeline.identities import Identities
from stream.pipeline.scanning import ScanPlanner
from stream.pipeline.schedule import Schedule
from stream.pipeline.tracked_faces import tracked_faces
from stream.pipeline.workers import Look, ScanResult, Worker
from stream.pipeline.zones import WHOLE_PICTURE, Area
from stream.scan import Scan
from tracker import Track, Tracker, boxes_of


class Pipeline:
    """Carries the frames of one source, in order.

    Args:
        detector: finds faces.
        embedder: aligns, grades and embeds the faces of tracks.
        tracker: follows the faces.
        judge: decides who the tracks are.
        log: keeps the log of who was seen.
        schedule: when to do what.
        is_cut: tells whether a picture (H, W, 3) begins a new shot.
        discreet: make everybody without a name unrecognizable on what the log keeps.
        bystanders: follows the faces that do not count, so that they can be made unrecognizable, too; None leaves them
            alone.
        keepers: are given every look once it is weighed.
        pictures: tells the faces of pictures from people's; by default all are people's.
        area: where in the picture faces count.
        hindsight: tell where those whom a scan has found were since the one before, for views that are held back.
    """

    def __init__(
        self,
        detector: Worker[Scan, ScanResult],
        embedder: Worker[Sequence[Track], Look],
        tracker: Tracker,
        judge: Judge,
        log: SightingLog,
        schedule: Schedule,
        is_cut: Callable[[NDArray[np.uint8]], bool],
        discreet: bool = False,
        bystanders: Tracker | None = None,
        keepers: Sequence[Keeper] = (),
        pictures: PictureFinder | None = None,
        area: Area = WHOLE_PICTURE,
        hindsight: bool = False,
    ) -> None:
        self.detector = detector
        self.embedder = embedder
        self.tracker = tracker
        self.log = log
        self.schedule = schedule
        self.discreet = discreet
        self.bystanders = bystanders
        self._trackers = [tracker] if bystanders is None else [tracker, bystanders]
        self.area = area
        self.pictures = pictures
        self.shots = Shots(is_cut)
        self.identities = Identities(judge, schedule, tracker)
        self._planner = ScanPlanner(schedule)
        self._flow = Flow()
        self._looks = Looks()
        self._keepers = (self._looks, *keepers)
        self._hindsight = [Hindsight(each, self._flow) for each in self._trackers] if hindsight else []

    def step(self, frame: Frame) -> View:
        """Carry one frame from its source to what is shown of it."""
        if self.shots.begins_with(frame, gap=self.tracker.lost_after):
            self._begin_anew(frame.t)
        self._flow.carry(frame, *self._trackers)
        tracks = self.tracker.at(frame.t)
        followed = tracks + self._apart(frame.t)
        if scan := self._planner.due(frame, followed, self._flow.changed, self.detector.waiting):
            self.detector.submit(frame, scan)
        results = self.detector.finished()  # a file's at once, a camera's from some frames ago
        for result in results:
            self._associate(result, frame)
        tracks = self.tracker.at(frame.t) if results else tracks
        self.embedder.submit(frame, self._looks_due(tracks, frame.t))
        looks = self.identities.weigh(self.embedder.finished(), tracks, frame.t)
        for look in looks:
            self._note(look)
        tracks = self.tracker.at(frame.t) if looks else tracks  # some may have another id by now
        people = [track for track in tracks if not self._is_picture(track.id)]
        logged = self.identities.of(people)
        shown = self._with_pictures(tracks, people, self.identities.without_doubted(people, logged))
        self.log.record(self._to_keep(frame, tracks, shown), people, logged)
        self._forget_all_but(tracks, frame.t)
        return self._view(frame, tracks, shown, looks, bool(results), self._recalled(frame, results))

    def pause(self, reason: str) -> None:
        """No pictures come for now: who was there has left, and who is there afterwards is somebody else."""
        last = self.shots.last
        if last is not None and self.shots.interrupt():
            self._begin_anew(last.t)
            self.log.end(reason)

    def _begin_anew(self, t: float) -> None:
        """End every track: whoever stands there next is somebody else until recognized."""
        for tracker in self._trackers:
            tracker.end_all()
        self.identities.forget_all_but([], t)
        self._flow.forget()
        self._planner.begin_anew()

    def _associate(self, result: ScanResult, frame: Frame) -> None:
        self._planner.costs.note(result)
        if result.t < self.shots.began:
            return
        scan, extent = result.scan, frame.image.shape[1::-1]
        for tracker, faces in zip(self._trackers, (result.faces, result.apart), strict=False):
            if faces is not None and faces.confidence is not None:
                tracker.update(faces.xyxy, faces.confidence, result.t, scan.sight, scan.smallest, extent)
                self._flow.catch_up(tracker, result.t)

    def _recalled(self, frame: Frame, results: Sequence[ScanResult]) -> list[Recalled]:
        """Where the faces of this frame were before, if it was scanned; of those that do not count, only that."""
        if not results or not self._hindsight:
            return []
        known, *apart = (
            hindsight.after_scan(tracker.at(frame.t), frame.t)
            for hindsight, tracker in zip(self._hindsight, self._trackers, strict=True)
        )
        return known + [replace(one, track=None) for each in apart for one in each]

    def _apart(self, t: float) -> list[Track]:
        """The faces that do not count, with numbers that no face has that does."""
        return [replace(track, id=-track.id) for track in self.bystanders.at(t)] if self.bystanders else []

    def _looks_due(self, tracks: Sequence[Track], t: float) -> list[Track]:
        undecided = set[int]() if self.pictures is None else self.pictures.undecided(t)
        return self.identities.looks_due(tracks, t, self._looked_at(), undecided)

    def _is_picture(self, track: int) -> bool:
        return self.pictures is not None and self.pictures.shows(track)

    def _with_pictures(
        self, tracks: Sequence[Track], people: Sequence[Track], identities: Sequence[Identity]
    ) -> list[Identity]:
        """The identities of all tracks: a picture is nobody, whoever it shows."""
        known = {track.id: who for track, who in zip(people, identities, strict=True)}
        return [known.get(one.id) or self.identities.judge.identity(one.id).without_name() for one in tracks]

    def _looked_at(self) -> set[int]:
        """The tracks of which a look is under way."""
        return {track.id for tracks in self.embedder.under_way for track in tracks}

    def _note(self, look: Look) -> None:
        """Let those know of a look who keep something of it; what turns out to be a picture was no sighting."""
        if self.pictures is not None and self.pictures.note(look.track, look.t, look.face):
            self.log.retract(look.track)
        judge = self.identities.judge
        image = None
        masks = list[NDArray[np.int64]]()
        if look.frame is not None:
            image = look.frame.image
            masks = self.area.masked(image.shape[1], image.shape[0], look.frame.stretch)
        weighed = WeighedLook(look.track, look.t, look.face, judge.evidence(look.track), judge.rule, image, masks)
        for keeper in self._keepers:
            keeper.note(weighed)

    def _forget_all_but(self, tracks: Sequence[Track], t: float) -> None:
        """Forget the tracks that have ended by time `t` in seconds."""
        self.identities.forget_all_but(tracks, t)
        there = {track.id for track in tracks}
        for keeper in self._keepers:
            keeper.keep(there)
        if self.pictures is not None:
            self.pictures.keep(there)

    def _to_keep(self, frame: Frame, tracks: Sequence[Track], identities: Sequence[Identity]) -> Frame:
        """The frame as it may be kept."""
        strangers = [track for track, who in zip(tracks, identities, strict=True) if who.state != "named"]
        strangers += self._apart(frame.t)
        if not self.discreet or not strangers:
            return frame
        return replace(frame, image=blurred(frame.image, boxes_of(strangers)))

    def _view(
        self,
        frame: Frame,
        tracks: Sequence[Track],
        identities: Sequence[Identity],
        looks: Sequence[Look],
        detected: bool,
        recalled: Sequence[Recalled],
    ) -> View:
        """What is shown; not those who are only waited for, since nobody wants to see a box where nothing is."""
        seen = list[tuple[Track, Identity]]()
        unseen = self._apart(frame.t)
        for track, identity in zip(tracks, identities, strict=True):
            if not track.misses or frame.t - track.seen <= self.schedule.linger:
                seen.append((track, identity))
            elif identity.state != "named":
                unseen.append(track)
        return View(
            frame,
            tracked_faces(seen, looks, self._is_picture),
            detected,
            self.shots.number,
            self._planner.costs.last,
            self._planner.last,
            boxes_of(unseen),
            self._looks.kept,
            recalled,
        )
