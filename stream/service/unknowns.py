"""Strangers who are kept, in groups: asked for and decided on."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from db import Database, SearchIndex, Sighting
from db.unknowns.records import KeptPicture, Stay, Unknown
from db.unknowns.unknowns import Unknowns
from models.errors import NoPictureError
from models.files import PRIVATE
from models.scores import person_scores
from stream.drawing.sheet import Captioned, write_sheet
from stream.files import write_whole
from stream.service.pages import Page
from stream.unknowns.listing import Listed, listed, listed_one, listed_page

PAGE = 50  # groups, usually


class UnknownFaces:
    """The unknowns of a database; any thread may ask.

    Every method raises DatabaseError where there is no such group, or not any more, and where the database cannot be
    used.

    Args:
        digest: sha256 of the file of the embedder in use.
        index: the database's gallery, where it is loaded already; else it is, when it is first needed.
    """

    def __init__(self, database: Database, digest: str, index: SearchIndex | None = None) -> None:
        self._gallery = cache(lambda: index or SearchIndex(database, digest, person_scores))
        self._unknowns = Unknowns(database)

    def everybody(self, offset: int = 0, limit: int = PAGE) -> Page[Listed]:
        """A page of the groups that are not ignored, whoever was seen last first."""
        found, total = listed_page(self._unknowns, self._gallery(), offset, limit)
        return Page(found, offset, total)

    def all(self) -> list[Listed]:
        """The same, but all of them at once, which may take seconds."""
        return listed(self._unknowns, self._gallery())

    def unknown(self, number: int) -> tuple[Unknown, list[Stay]]:
        """A group, with its visits, the earliest first."""
        return self._unknowns.unknown(number), self._unknowns.stays(number)

    def of_sightings(self, sightings: Iterable[Sighting]) -> dict[int, int]:
        """Whose sightings without a name are, where that is kept: numbers of groups by those of sightings."""
        return self._unknowns.of_sightings(sightings)

    def one(self, number: int) -> Listed:
        """A group, with the enrolled person who is most like it."""
        return listed_one(self._unknowns, self._gallery(), number)

    def portrait(self, number: int, visit: int | None = None) -> bytes:
        """The latest picture of a group that is for people's eyes, or that of one of its visits, as a JPEG.

        Raises:
            NoPictureError: none is kept.
        """
        picture = self._unknowns.portrait(number, visit)
        if picture is None:
            raise NoPictureError(
                f"No picture of unknown {number} is kept for people's eyes: it has grown old, or strangers are to be "
                "unrecognizable."
            )
        return picture

    def pictures(self, number: int) -> list[KeptPicture]:
        """Its pictures: those for people's eyes where there are any, then the aligned faces, the best first."""
        return [*self._unknowns.portraits(number), *self._unknowns.pictures(number)]

    def write(self, number: int, folder: Path) -> Path:
        """Write all pictures of a group into a folder, and return a contact sheet of them.

        Raises:
            StreamError: they cannot be written.
            NoPictureError: one is damaged.
        """
        shown = self.pictures(number)
        for count, picture in enumerate(shown, start=1):
            kind = "portrait" if picture.quality is None else "face"
            write_whole(folder / f"unknown-{number}-{count:02d}-visit-{picture.stay}-{kind}.jpg", picture.jpeg, PRIVATE)
        sheet = folder / f"unknown-{number}.jpg"
        write_sheet((Captioned(picture.jpeg) for picture in shown), sheet)
        return sheet

    def merge(self, number: int, into: int) -> Unknown:
        """Make one group of two, which keeps the second number."""
        return self._unknowns.merge(number, into)

    def split(self, number: int, visits: list[int]) -> Unknown:
        """Make a group of its own of some visits, for good; returns the new one."""
        return self._unknowns.split(number, visits)

    def ignore(self, number: int) -> Unknown:
        """Never show a group again, and let nobody's name be given to its face."""
        return self._unknowns.ignore(number)

    def forget(self, number: int) -> tuple[str, ...]:
        """Erase what is kept of a group for good; returns files that still hold it, for the user to delete."""
        return self._unknowns.forget(number)
