"""Who the tracks of one source are: when each is to be looked at, and what the looks so far tell."""

import math
from collections.abc import Collection, Sequence
from dataclasses import replace

from stream.gallery.identity import Identity
from stream.gallery.judge import Judge
from stream.pipeline.schedule import LookHistory, Schedule
from stream.pipeline.workers import Look
from tracker import Track, Tracker

NO_LOOKS = LookHistory()


class Identities:
    """Asks the schedule whom to look at, and the judge who that is.

    Args:
        tracker: gives a track that has passed to another face a new id.
    """

    def __init__(self, judge: Judge, schedule: Schedule, tracker: Tracker) -> None:
        self.judge = judge
        self._schedule = schedule
        self._tracker = tracker
        self._histories: dict[int, LookHistory] = {}
        self._generation = judge.generation()
        # What looks take, their turn included, all in seconds:
        self._last_frame = -math.inf  # when the frame before was
        self._wanted_since = math.inf  # since when looks are wanted that have not come so far
        self._took = 0.0  # from when the last ones were wanted until they came

    def looks_due(
        self,
        tracks: Sequence[Track],
        t: float,
        under_way: Collection[int],
        undecided: Collection[int] = (),
        late: float = 0.0,
    ) -> list[Track]:
        """The tracks to look at now: the schedule says so, and where the face is has been told just now.

        Those come first that were not looked at for the longest. Those that are settled wait while there are others,
        or any looks under way. Whoever has no name when the gallery changes is looked at as if just come.

        Args:
            under_way: tracks of which a look is under way: they wait for what that shows.
            undecided: tracks that may be pictures.
            late: seconds after its frame when the last scan has told where faces are.
        """
        self._heed_gallery()
        due = [
            track
            for track in tracks
            if track.id not in under_way
            and t - track.seen <= self._schedule.fresh + late
            and self._is_due(track, t, track.id in undecided)
        ]
        newcomers = [track for track in due if not self._is_settled(track)]
        chosen = newcomers if newcomers or under_way else due
        self._wanted_since = min(self._wanted_since, t) if chosen or under_way else math.inf
        return sorted(chosen, key=lambda track: self._history(track).t)[: self._schedule.together]

    def weigh(self, looks: Sequence[Look], tracks: Sequence[Track], t: float) -> list[Look]:
        """Take the looks into account that were at tracks which are still there; they come back with their tracks' ids.

        A track that has passed to another face goes on as a new one.
        """
        known = {track.id: track for track in tracks}
        if looks:  # they came after the frame before, not sooner
            self._took = max(0.0, self._last_frame - self._wanted_since)
            self._wanted_since = math.inf
        self._last_frame = t
        return [self._weigh(look, known[look.track], t) for look in looks if look.track in known]

    def of(self, tracks: Sequence[Track]) -> list[Identity]:
        """Who all the tracks there are are: of faces that are seen side by side only one has a name."""
        return self.judge.tell_apart(tracks, {track.id for track in tracks if self._is_doubted(track)})

    def without_doubted(self, tracks: Sequence[Track], identities: Sequence[Identity]) -> list[Identity]:
        """The same identities, without the names of those tracks that may have passed to another face since."""
        return [
            replace(identity, state="probable") if identity.name and self._is_doubted(track) else identity
            for track, identity in zip(tracks, identities, strict=True)
        ]

    def forget_all_but(self, tracks: Sequence[Track], t: float) -> None:
        """Forget the tracks that have ended by time `t` in seconds."""
        alive = {track.id for track in tracks}
        self.judge.keep(alive, t)
        self._histories = {track: history for track, history in self._histories.items() if track in alive}

    def _heed_gallery(self) -> None:
        """Where it has changed, those without a name may have one now: they need not wait long for their next looks."""
        generation = self.judge.generation()
        if generation != self._generation:
            self._generation = generation
            self._histories = {track: replace(history, looks=0) for track, history in self._histories.items()}

    def _weigh(self, look: Look, track: Track, t: float) -> Look:
        history = self._history(track)
        if self.judge.is_another(track.id, look.face, doubted=history.told < track.doubted <= look.t):
            track = replace(track, id=self._tracker.renew(track.id, look.t))
            history = NO_LOOKS
        self.judge.weigh(track.id, look.face, t)
        history = history.after(look.t, look.face.area, told=look.face.embedding is not None)
        self._histories[track.id] = history
        if self._is_settled(track):
            self._histories[track.id] = replace(history, looks=0)
        return replace(look, track=track.id)

    def _is_due(self, track: Track, t: float, undecided: bool) -> bool:
        history = self._histories.get(track.id)
        settled = self._is_settled(track)
        return self._schedule.look_due(t, history, settled, _area(track), self._took, undecided)

    def _history(self, track: Track) -> LookHistory:
        return self._histories.get(track.id, NO_LOOKS)

    def _is_settled(self, track: Track) -> bool:
        return self.judge.is_settled(track.id) and not self._is_doubted(track)

    def _is_doubted(self, track: Track) -> bool:
        """Whether it may have passed to another face since the last look that told who it is."""
        return track.doubted > self._history(track).told


def _area(track: Track) -> float:
    return float((track.box[2] - track.box[0]) * (track.box[3] - track.box[1]))
