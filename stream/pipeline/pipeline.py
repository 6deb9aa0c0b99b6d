"""One frame's journey from its source to what is shown of it."""

from collections.abc import Sequence

from stream.evidence.pictures import NO_PICTURES, NoPictures, PictureFinder
from stream.frame import Frame, Recalled, View
from stream.gallery.identity import Identity
from stream.gallery.judge import Judge
from stream.motion.shots import Shots
from stream.pipeline.bookkeeper import Bookkeeper
from stream.pipeline.identities import Identities
from stream.pipeline.scanning.planner import ScanPlanner
from stream.pipeline.schedule import Schedule
from stream.pipeline.tracked_faces import tracked_faces
from stream.pipeline.whereabouts import Whereabouts
from stream.pipeline.workers import Look, ScanResult, Worker
from stream.scan import Scan
from tracker import Track, boxes_of


class Pipeline:
    """Carries the frames of one source, in order.

    Args:
        detector: finds faces.
        embedder: aligns, grades and embeds the faces of tracks.
        whereabouts: follows the faces.
        judge: decides who the tracks are.
        books: keeps the log of who was seen, and what else is kept.
        schedule: when to do what.
        shots: tells where nothing goes on.
        pictures: tells the faces of pictures from people's; by default all are people's.
    """

    def __init__(
        self,
        detector: Worker[Scan, ScanResult],
        embedder: Worker[Sequence[Track], Look],
        whereabouts: Whereabouts,
        judge: Judge,
        books: Bookkeeper,
        schedule: Schedule,
        shots: Shots,
        pictures: PictureFinder | NoPictures = NO_PICTURES,
    ) -> None:
        self.detector = detector
        self.embedder = embedder
        self.whereabouts = whereabouts
        self.books = books
        self.schedule = schedule
        self.shots = shots
        self.pictures = pictures
        self.identities = Identities(judge, schedule, whereabouts.tracker)
        self._planner = ScanPlanner(schedule)
        self._late = 0.0  # seconds after its frame, when the last scan has told where faces are

    def step(self, frame: Frame) -> View:
        """Carry one frame from its source to what is shown of it."""
        if self.shots.begins_with(frame, gap=self.whereabouts.tracker.lost_after):
            self._begin_anew(frame.t)
        self.whereabouts.carry(frame)
        tracks = self.whereabouts.at(frame.t)
        followed = tracks + self.whereabouts.apart(frame.t)
        if scan := self._planner.due(frame, followed, self.whereabouts.changed, self.detector.waiting):
            self.detector.submit(frame, scan)
        results = self.detector.finished()  # a file's at once, a camera's from some frames ago
        for result in results:
            self._associate(result, frame)
        tracks = self.whereabouts.at(frame.t) if results else tracks
        self.embedder.submit(frame, self._looks_due(tracks, frame.t))
        looks = self.identities.weigh(self.embedder.finished(), tracks, frame.t)
        for look in looks:
            self._note(look)
        tracks = self.whereabouts.at(frame.t) if looks else tracks  # some may have another id by now
        people = [track for track in tracks if not self.pictures.shows(track.id)]
        logged = self.identities.of(people)
        shown = self._with_pictures(tracks, people, self.identities.without_doubted(people, logged))
        self.books.record(frame, people, logged, self._strangers(frame, tracks, shown))
        self._forget_all_but(tracks, frame.t)
        recalled = self.whereabouts.recalled(frame.t) if results else []
        return self._view(frame, tracks, shown, looks, bool(results), recalled)

    def pause(self, reason: str) -> None:
        """No pictures come for now: who was there has left, and who is there afterwards is somebody else."""
        last = self.shots.last
        if last is not None and self.shots.interrupt():
            self._begin_anew(last.t)
            self.books.log.end(reason)

    def _begin_anew(self, t: float) -> None:
        """End every track: whoever stands there next is somebody else until recognized."""
        self.whereabouts.end_all()
        self.identities.forget_all_but([], t)
        self._planner.begin_anew()

    def _associate(self, result: ScanResult, frame: Frame) -> None:
        self._planner.costs.note(result)
        self._late = frame.t - result.t
        if result.t >= self.shots.began:
            self.whereabouts.associate(result, frame.image.shape[1::-1])

    def _looks_due(self, tracks: Sequence[Track], t: float) -> list[Track]:
        looked_at = {track.id for tracks in self.embedder.under_way for track in tracks}
        return self.identities.looks_due(tracks, t, looked_at, self.pictures.undecided(t), self._late)

    def _with_pictures(
        self, tracks: Sequence[Track], people: Sequence[Track], identities: Sequence[Identity]
    ) -> list[Identity]:
        """The identities of all tracks: a picture is nobody, whoever it shows."""
        known = {track.id: who for track, who in zip(people, identities, strict=True)}
        return [known.get(one.id) or self.identities.judge.identity(one.id).without_name() for one in tracks]

    def _strangers(self, frame: Frame, tracks: Sequence[Track], identities: Sequence[Identity]) -> list[Track]:
        """The faces of the frame that have no name, or do not count."""
        unnamed = [track for track, who in zip(tracks, identities, strict=True) if who.state != "named"]
        return unnamed + self.whereabouts.apart(frame.t)

    def _note(self, look: Look) -> None:
        """Let those know of a look who keep something of it; what turns out to be a picture was no sighting."""
        if self.pictures.note(look.track, look.t, look.face):
            self.books.log.retract(look.track)
            self.identities.judge.withdraw(look.track)
        self.books.note(look, self.identities.judge)

    def _forget_all_but(self, tracks: Sequence[Track], t: float) -> None:
        """Forget the tracks that have ended by time `t` in seconds."""
        self.identities.forget_all_but(tracks, t)
        there = {track.id for track in tracks}
        self.books.keep(there, t)
        self.pictures.keep(there)

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
        unseen = self.whereabouts.apart(frame.t)
        for track, identity in zip(tracks, identities, strict=True):
            if not track.misses or frame.t - track.seen <= self.schedule.linger:
                seen.append((track, identity))
            elif identity.state != "named":
                unseen.append(track)
        return View(
            frame,
            tracked_faces(seen, looks, self.pictures.shows),
            detected,
            shot=self.shots.number,
            detection_seconds=self._planner.costs.last,
            scan=self._planner.last,
            unseen=boxes_of(unseen),
            looks=self.books.looks.kept,
            recalled=recalled,
        )
