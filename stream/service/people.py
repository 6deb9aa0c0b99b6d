"""Who is enrolled and who was seen, without a network."""

from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO, Unpack
from zipfile import ZipFile

from db import Database, Erased, Person, Sample, Sighting
from db.erasing import erase_sighting
from db.events.queues import QUEUE, take_over
from db.sightings.snapshots import file_of
from db.sightings.wanted import Wanted
from models.errors import NoPictureError
from models.images import read_image, to_jpeg
from models.runtime import shrunk
from stream.service.pages import Page

PAGE = 50  # items, usually
THUMBNAIL = 160  # pixels of a thumbnail's longer side


class People:
    """The people of a database, and what was seen of them; any thread may ask.

    Every method raises DatabaseError where the database cannot be used, and UnknownPersonError where nobody has a name.

    Args:
        queues: a folder in which events wait since 0.1.0: those of whoever is erased go with them.
    """

    def __init__(self, database: Database, queues: Path = QUEUE) -> None:
        self.database = database
        self._queues = queues

    def everybody(self, offset: int = 0, limit: int = PAGE, like: str = "") -> Page[Person]:
        """People in the order of their names.

        Args:
            like: part of the names that are wanted, in any spelling of case and Unicode form.
        """
        found, total = self.database.page_of_people(offset, limit, like)
        return Page(found, offset, total)

    def names(self, limit: int) -> list[str]:
        """The first so many names of those who are recognized, in order."""
        return self.database.names(limit)

    def person(self, name: str) -> tuple[Person, list[Sample]]:
        """Somebody, with all samples, the oldest first."""
        return self.database.person(name), self.database.samples(name)

    def sightings(self, *, offset: int = 0, limit: int = PAGE, **wanted: Unpack[Wanted]) -> Page[Sighting]:
        """Sightings that overlap the time that is wanted, the latest first."""
        total = self.database.count_sightings(**wanted)
        found = self.database.sightings(latest=(offset, limit), **wanted)
        return Page(found, offset, total)

    def sighting(self, number: int) -> Sighting:
        """One sighting, by its id."""
        return self.database.sighting(number)

    def portrait(self, name: str) -> bytes:
        """The best of a person's pictures, as a JPEG of the aligned face.

        Raises:
            NoPictureError: there is none.
        """
        samples = [sample for sample in self.database.samples(name) if not sample.aside]
        if not samples:
            raise NoPictureError(f"There is no picture of {name}: enrol one.")
        return self.database.crop(max(samples, key=lambda sample: sample.quality).id)

    def sample(self, number: int) -> bytes:
        """An enrolled picture, as a JPEG of the aligned face."""
        return self.database.crop(number)

    def snapshot(self, number: int, longest: int = THUMBNAIL) -> bytes:
        """The picture of a sighting, as a JPEG whose longer side has at most so many pixels.

        Raises:
            NoPictureError: it has none.
            PictureError: that cannot be read.
            DatabaseError: there is no such sighting.
        """
        sighting = self.database.sighting(number)
        if sighting.picture is None:
            raise NoPictureError(f"The sighting {number} has no picture: `--snapshots` keeps those of named people.")
        file = file_of(sighting.picture)
        if not file.exists():
            raise NoPictureError(f"The picture of the sighting {number} is not in its folder any more.")
        return to_jpeg(shrunk(read_image(file), longest), 85)

    def rename(self, name: str, new_name: str) -> Person:
        """Give a person another name."""
        return self.database.rename(name, new_name)

    def merge(self, name: str, into: str) -> Person:
        """Give a person's pictures and sightings to another, whose name stays."""
        return self.database.merge(name, into)

    def export(self, name: str) -> tuple[str, IO[bytes]]:
        """All that is known of a person, as a ZIP file, which `people import` takes back once it is unpacked.

        Returns:
            How the folder in it is called, and the file at its start, to be closed by whoever asked.
        """
        file = TemporaryFile()  # noqa: SIM115 - it outlives this
        with TemporaryDirectory() as folder, ZipFile(file, "w") as archive:
            written = self.database.export(name, Path(folder))
            for path in sorted(written.iterdir()):
                archive.write(path, f"{written.name}/{path.name}")
        file.seek(0)
        return written.name, file

    def erase(self, name: str) -> Erased:
        """Erase a person whole: pictures, sightings, snapshots, events, and those that wait to be sent."""
        take_over(self.database, self._queues)
        return self.database.remove(name)

    def erase_sighting(self, number: int) -> Erased:
        """Erase one sighting whole: its snapshot, looks and events, and what is kept of a stranger."""
        take_over(self.database, self._queues)
        return erase_sighting(self.database, number)
