"""Why somebody was named, what would have come out otherwise, and why others were not named."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from db import Database, DatabaseError, SearchIndex, Sighting
from db.evidence.evidence import EvidenceOf
from db.evidence.records import Appearance, Evidence
from db.sightings.snapshots import file_of
from models.images import read_image, to_jpeg
from models.scores import person_scores
from stream.drawing.sheet import Captioned, write_sheet
from stream.evidence.replay import Step, replay
from stream.evidence.sight import VISITS, CameraSight, reason, sights
from stream.files import exists
from stream.gallery.identity import Rule
from stream.service.pages import Page

PAGE = 50  # tracks, usually


@dataclass(frozen=True, slots=True)
class Replay:
    """What would have come out.

    Attributes:
        looks: those that are kept of the sighting, the earliest first.
        steps: what would be thought after each of them.
        threshold: by which.
    """

    sighting: Sighting
    looks: list[Evidence]
    steps: list[Step]
    threshold: float

    @property
    def name(self) -> str | None:
        """Who it would have been: whom any of its tracks would have been named in the end."""
        last = {look.track: step for look, step in zip(self.looks, self.steps, strict=True)}
        return next((step.name for step in last.values() if step.state == "named"), None)


@dataclass(frozen=True, slots=True)
class Unnamed:
    """A track that got no name, and why, in words and numbers."""

    sighting: Sighting
    appearance: Appearance[str]
    reason: str


class Why:
    """The evidence of a database; any thread may ask.

    Every method raises DatabaseError where there is no such sighting, and where the database cannot be used.

    Args:
        digest: sha256 of the file of the embedder in use.
        index: the database's gallery, where it is loaded already; else it is, when it is first needed.
    """

    def __init__(self, database: Database, digest: str, index: SearchIndex | None = None) -> None:
        self._database = database
        self._digest = digest
        self._gallery = cache(lambda: index or SearchIndex(database, digest, person_scores))
        self._evidence = EvidenceOf(database)

    def show(self, number: int) -> tuple[Sighting, list[Evidence]]:
        """A sighting, and the looks behind its name, the earliest first."""
        return self._database.sighting(number), self._evidence.looks(number)

    def reasons(self, number: int) -> list[str]:
        """Why a sighting has no name, in words and numbers, track by track; none where it has one."""
        if self._database.sighting(number).person is not None:
            return []
        return [reason(one) for one in self._evidence.appearances_in(number) if one.reason is not None]

    def crops(self, number: int) -> dict[int, bytes]:
        """The aligned faces behind a sighting's name, as JPEGs, by the ids of their looks, as far as they are kept."""
        return dict(self._evidence.crops(number))

    def pictures(self, number: int) -> list[Captioned]:
        """What there is to see of a sighting: its snapshot, then the faces behind its name.

        Raises:
            PictureError: the snapshot cannot be read.
        """
        sighting, looks = self.show(number)
        shown = []
        if sighting.picture is not None and exists(file_of(sighting.picture)):
            shown.append(Captioned(to_jpeg(read_image(file_of(sighting.picture))), "snapshot"))
        captions = {look.id: _caption(look) for look in looks}
        return shown + [Captioned(crop, captions.get(look, "")) for look, crop in self._evidence.crops(number)]

    def write(self, number: int, sheet: Path) -> bool:
        """Write the pictures of a sighting on a contact sheet, a JPEG; False where there are none.

        Raises:
            StreamError: it cannot be written.
            PictureError: a picture is damaged.
        """
        return write_sheet(self.pictures(number), sheet)

    def replay(self, number: int, threshold: float | None = None) -> Replay:
        """What would have come out of the looks that are kept, with the people as they are enrolled now.

        Args:
            threshold: cosine from which a face counts as a person; by default that of then.

        Raises:
            DatabaseError: nothing is kept of it, or it was embedded by another network.
        """
        sighting, looks = self.show(number)
        if not looks:
            raise DatabaseError(
                f"Of sighting {number} no look is kept: it has no name, or was given one by hand, or is from before "
                "evidence was kept."
            )
        digests, embeddings = self._evidence.embeddings(number)
        if set(digests) != {self._digest}:
            raise DatabaseError(
                f"The looks of sighting {number} are by another embedder (sha256 {digests[0][:12]}...) than the one in "
                "use: name that one with --embedder."
            )
        rule = Rule(looks[-1].decision.threshold if threshold is None else threshold)
        seen = [(look.track, look.quality, embedding) for look, embedding in zip(looks, embeddings, strict=True)]
        return Replay(sighting, looks, replay(seen, self._gallery().search, rule), rule.threshold)

    def why_not(
        self,
        since: datetime | None = None,
        until: datetime | None = None,
        camera: str | None = None,
        offset: int = 0,
        limit: int = PAGE,
    ) -> Page[Unnamed]:
        """The tracks that got no name, the latest first, each with the reason."""
        found, total = self._evidence.unnamed(offset, limit, since=since, until=until, camera=camera)
        return Page([Unnamed(sighting, one, reason(one)) for sighting, one in found], offset, total)

    def sights(self, camera: str | None = None) -> Sequence[CameraSight]:
        """How well each camera sees, by its last visits."""
        return sights(self._evidence.latest(VISITS, camera))


def _caption(look: Evidence) -> str:
    nearest = look.likeness
    return f"{nearest.who or 'nobody'} {nearest.similarity or 0.0:.2f} q {look.quality:.2f}"
