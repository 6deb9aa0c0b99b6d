"""One frame's journey from its source to what is shown of it."""

import math
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from statistics import median

import numpy as np
from numpy.typing import NDArray

from stream.drawing.blur import blurred
from stream.events.recorder import Recorder
from stream.frame import Frame, View
from stream.gallery.identity import Identity
from stream.gallery.judge import Judge
from stream.pipeline.detections import as_detections, boxes_of
from stream.pipeline.flow import Flow
from stream.pipeline.schedule import Past, Schedule
from stream.pipeline.searching import Searching
from stream.pipeline.workers import Found, Look, Worker
from stream.search import Search
from tracker import Track, Tracker

MISSING = 3  # usual intervals between frames: after more of them some have not come


class Pipeline:
    """Carries the frames of one source, in order.

    Args:
        detection: finds faces.
        looks: aligns, grades and embeds the faces of tracks.
        tracker: follows the faces.
        judge: decides who the tracks are.
        recorder: keeps the log of who was seen.
        schedule: when to do what.
        is_cut: tells whether a picture (H, W, 3) begins a new shot.
        discreet: make everybody without a name unrecognizable on what the recorder keeps.
    """

    def __init__(
        self,
        detection: Worker[Found],
        looks: Worker[Look],
        tracker: Tracker,
        judge: Judge,
        recorder: Recorder,
        schedule: Schedule,
        is_cut: Callable[[NDArray[np.uint8]], bool],
        discreet: bool = False,
    ) -> None:
        self.detection = detection
        self.looks = looks
        self.tracker = tracker
        self.judge = judge
        self.recorder = recorder
        self.schedule = schedule
        self.is_cut = is_cut
        self.discreet = discreet
        self._flow = Flow()
        self._last: Frame | None = None
        self._intervals: deque[float] = deque(maxlen=9)  # between the latest frames, seconds
        self._paused = False
        self._shot = 0
        self._shot_began = -math.inf
        self._searching = Searching(schedule)
        self._past: dict[int, Past] = {}
        self._asked: set[int] = set()  # the tracks submitted last for a look
        self._begun: set[int] = set()  # those of which a look is under way

    def step(self, frame: Frame) -> View:
        """Carry one frame from its source to what is shown of it."""
        if self._is_elsewhere(frame):
            self._begin_shot(frame.t)
        self._flow.carry(self.tracker, frame)
        if search := self._search_due(frame):
            self.detection.submit(frame, search)
        detections = self.detection.finished()  # a file's at once, a camera's from some frames ago
        for found in detections:
            self._associate(found)
        tracks = self.tracker.at(frame.t)
        self.looks.submit(frame, self._looks_due(tracks, frame.t))
        looks = self._weigh_all(self.looks.finished(), tracks, frame.t)
        if looks:
            tracks = self.tracker.at(frame.t)  # some may have another id
        identities = self.judge.tell_apart(tracks, {track.id for track in tracks if self._is_doubted(track)})
        people = self._as_told(tracks, identities)
        strangers = [track for track, who in people if who.state != "named"]
        self.recorder.record(self._to_keep(frame, strangers), tracks, identities)
        self._forget_all_but(tracks, frame.t)
        shown = [(track, who) for track, who in people if self._is_shown(track, frame.t)]
        faces = as_detections(shown, looks)
        unseen = boxes_of([track for track in strangers if not self._is_shown(track, frame.t)])
        searching = self._searching
        return View(frame, faces, bool(detections), self._shot, searching.seconds, searching.last, unseen)

    def pause(self, reason: str) -> None:
        """No pictures come for now: who was there has left, and who is there afterwards is somebody else."""
        if self._last is not None and not self._paused:
            self._begin_shot(self._last.t)
            self._paused = True
            self.recorder.end(reason)

    def _is_elsewhere(self, frame: Frame) -> bool:
        """Whether nothing in this frame goes on from the last: after a cut, a pause, a long gap, a change of size."""
        last, self._last = self._last, frame
        is_cut = self.is_cut(frame.image)
        if last is None:
            return is_cut
        longest = max(self.tracker.lost_after, MISSING * median(self._intervals or [0.0]))
        self._intervals.append(frame.t - last.t)
        return is_cut or self._paused or last.image.shape != frame.image.shape or frame.t - last.t > longest

    def _begin_shot(self, t: float) -> None:
        """Ends every track: whoever stands there next is somebody else until recognized."""
        self.tracker.end_all()
        self._forget_all_but([], t)
        self._flow.forget()
        self._shot += 1
        self._shot_began, self._paused = t, False
        self._searching.begin_anew()

    def _search_due(self, frame: Frame) -> Search | None:
        tracks = self.tracker.at(frame.t)
        return self._searching.due(frame, tracks, self._flow.changed, self.detection.waiting)

    def _associate(self, found: Found) -> None:
        self._searching.note(found)
        faces, search = found.faces, found.search
        if found.t >= self._shot_began and faces.confidence is not None:
            self.tracker.update(faces.xyxy, faces.confidence, found.t, search.sight, search.smallest)
            self._flow.catch_up(self.tracker, found.t)

    def _looks_due(self, tracks: Sequence[Track], t: float) -> list[Track]:
        """The tracks to look at now: the schedule says so, and where the face is has been seen just now.

        One of which a look is under way waits for what that shows; those that are settled wait while there are others,
        or any looks under way.
        """
        if not self.looks.waiting:  # else these take the place of what was asked for last
            self._begun |= self._asked
        due = [
            track
            for track in tracks
            if track.id not in self._begun
            and t - track.seen <= self.schedule.fresh
            and self.schedule.look_due(t, self._past.get(track.id), self._is_settled(track), _area(track))
        ]
        newcomers = [track for track in due if not self._is_settled(track)]
        chosen = newcomers if newcomers or self.looks.busy else due
        self._asked = {track.id for track in chosen}
        return chosen

    def _is_settled(self, track: Track) -> bool:
        return self.judge.is_settled(track.id) and not self._is_doubted(track)

    def _is_doubted(self, track: Track) -> bool:
        """Whether it may have passed to another face since the last look that told who it is."""
        return track.doubted > self._past.get(track.id, Past()).told

    def _weigh_all(self, looks: Sequence[Look], tracks: Sequence[Track], t: float) -> list[Look]:
        """Take the looks into account that were at tracks which are still there."""
        done = {look.track for look in looks}
        self._asked, self._begun = self._asked - done, self._begun - done
        known = {track.id: track for track in tracks}
        return [self._weigh(look, known[look.track], t) for look in looks if look.track in known]

    def _weigh(self, look: Look, track: Track, t: float) -> Look:
        """Take a look at a track into account; if that has passed to another face, it goes on as a new track."""
        past = self._past.get(track.id, Past())
        if self.judge.is_another(track.id, look.face, doubted=past.told < track.doubted <= look.t):
            track, past = replace(track, id=self.tracker.renew(track.id, look.t)), Past()
        self.judge.weigh(track.id, look.face, t)
        self._past[track.id] = past = past.after(look.t, look.face.area, told=look.face.embedding is not None)
        if self._is_settled(track):
            self._past[track.id] = replace(past, looks=0)
        return replace(look, track=track.id)

    def _as_told(self, tracks: Sequence[Track], identities: Sequence[Identity]) -> list[tuple[Track, Identity]]:
        """Tracks and who they are, without the names of those that are doubted."""
        return [
            (track, replace(identity, state="probable") if identity.name and self._is_doubted(track) else identity)
            for track, identity in zip(tracks, identities, strict=True)
        ]

    def _is_shown(self, track: Track, t: float) -> bool:
        """Not if it is only waited for, since nobody wants to see a box where nothing is."""
        return not track.misses or t - track.seen <= self.schedule.linger

    def _to_keep(self, frame: Frame, strangers: Sequence[Track]) -> Frame:
        if not self.discreet or not strangers:
            return frame
        return replace(frame, image=blurred(frame.image, boxes_of(strangers)))

    def _forget_all_but(self, tracks: Sequence[Track], t: float) -> None:
        alive = {track.id for track in tracks}
        self.judge.keep(alive, t)
        self._past = {track: past for track, past in self._past.items() if track in alive}
        self._begun &= alive


def _area(track: Track) -> float:
    return float((track.box[2] - track.box[0]) * (track.box[3] - track.box[1]))
