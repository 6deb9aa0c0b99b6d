"""The database as the rest of the program sees it: people, their samples, the gallery, sightings and settings."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine, delete, select, update
from sqlalchemy.orm import Session, sessionmaker

from db.errors import DatabaseError, explained
from db.names import clean_name, name_key
from db.people import gallery, people
from db.people.export import export_person
from db.records import Erased, Event, Gallery, NewSample, Person, Sample, Sighting
from db.schema import engine as engines
from db.schema import migration as schema
from db.schema.tables import GalleryRow, SampleRow, SettingRow, SightingRow
from db.sightings.events import find_events
from db.sightings.sightings import find_sightings
from db.sightings.snapshots import erase_snapshots


class Database:
    """People and what was seen of them; every method is one transaction, and raises DatabaseError when it fails.

    >>> with Database.open("people.db") as database:
    ...     database.add_samples("Ada", [sample])
    """

    def __init__(self, engine: Engine) -> None:
        self.place = engines.place_of(engine.url)
        self._engine = engine
        self._read = sessionmaker(engine)
        self._write = sessionmaker(engine.execution_options(writing=True))

    @classmethod
    def open(cls, url: str | Path, timeout: float = 5.0) -> Self:
        """Open, or create, the database at a URL or path; it is brought up to date.

        Args:
            url: an empty one is the user's own.
            timeout: seconds to wait while another program writes (SQLite).

        Raises:
            DatabaseError: it is damaged, read-only, locked, from a newer version, or not ours.
        """
        database = cls(engines.create(engines.database_url(url or engines.default_url()), timeout))
        try:
            with database.writing() as session:
                schema.bring_up_to_date(session.connection(), database.place)
        except BaseException:
            database.close()
            raise
        return database

    def close(self) -> None:
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A transaction that sees the database as it is at one moment."""
        with explained(self.place), self._read.begin() as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A transaction that is kept whole or, on an error, not at all; others who write wait meanwhile."""
        with explained(self.place), self._write.begin() as session:
            yield session

    @contextmanager
    def _changing(self) -> Iterator[Session]:
        """A transaction that running processes take notice of: see `generation`."""
        with self.writing() as session:
            yield session
            session.execute(update(GalleryRow).values(generation=GalleryRow.generation + 1))

    def check(self) -> None:
        """Read all that there is.

        Raises:
            DatabaseError: something is damaged.
        """
        with self.reading() as session:
            schema.read_all(session.connection())
            gallery.load(session)

    def forget_history(self) -> None:
        """Let nothing of what was erased remain in the database's files.

        Raises:
            DatabaseError: something remains, since another program uses them for longer than the timeout.
        """
        engines.empty_log(self._engine)

    # People

    def people(self) -> list[Person]:
        """Everybody, in the order of their names."""
        with self.reading() as session:
            return people.everybody(session)

    def person(self, name: str) -> Person:
        """Whoever has this name, in any spelling of case and Unicode form.

        Raises:
            UnknownPersonError: nobody has; the message suggests similar names.
        """
        with self.reading() as session:
            return people.record(session, people.find(session, name))

    def add_samples(self, name: str, samples: Sequence[NewSample]) -> Person:
        """Enrol faces of a person, who is created when needed: all of them or none.

        Raises:
            DatabaseError: a face cannot be searched for, or is by another embedder than the gallery.
        """
        name = clean_name(name)
        if not samples:
            raise DatabaseError(f"There is no face to enrol for {name}: give at least one.")
        rows = [gallery.sample_row(sample) for sample in samples]
        with self._changing() as session:
            person = people.lookup(session, name) or people.create(session, name)
            for row in rows:
                row.person_id = person.id
            session.add_all(rows)
            people.note_likenesses(session, rows, [sample.like for sample in samples])
            gallery.refuse_other_embedders(session, samples[0].digest)
            return people.record(session, person)

    def samples(self, name: str) -> list[Sample]:
        """A person's samples, the oldest first."""
        with self.reading() as session:
            return people.samples(session, people.find(session, name))

    def crop(self, sample_id: int) -> bytes:
        """The JPEG of a sample's aligned 112x112 face."""
        with self.reading() as session:
            crop = session.scalar(select(SampleRow.crop).where(SampleRow.id == sample_id))
        if crop is None:
            raise DatabaseError(f"There is no sample {sample_id}: it was erased, or the number is wrong.")
        return crop

    def rename(self, name: str, new_name: str) -> Person:
        """Give a person another name.

        Raises:
            DatabaseError: somebody else has it.
        """
        new_name = clean_name(new_name)
        with self._changing() as session:
            person, other = people.find(session, name), people.lookup(session, new_name)
            if other not in (None, person):
                raise DatabaseError(f"{new_name} is somebody else: choose another name, or merge the two people.")
            person.name, person.key = new_name, name_key(new_name)
            return people.record(session, person)

    def merge(self, name: str, into: str) -> Person:
        """Give a person's samples and sightings to another, and forget the first name."""
        with self._changing() as session:
            source, target = people.find(session, name), people.find(session, into)
            if source is target:
                raise DatabaseError(f"{source.name} cannot be merged into themselves: give two people's names.")
            for table in (SampleRow, SightingRow):
                session.execute(update(table).where(table.person_id == source.id).values(person_id=target.id))
            people.merge_likenesses(session, source, target)
            session.delete(source)
            return people.record(session, target)

    def remove(self, name: str) -> Erased:
        """Erase a person for good: samples, crops, sightings and their events, and the sightings' snapshot files.

        Raises:
            DatabaseError: a snapshot file cannot be deleted, and the person is kept; or see `forget_history`.
        """
        with self._changing() as session:
            person = people.find(session, name)
            erased = people.record(session, person)
            sightings = session.scalars(select(SightingRow.snapshot).where(SightingRow.person_id == person.id)).all()
            snapshots = erase_snapshots(session, sightings)
            session.delete(person)  # samples, sightings and their events go with it: ON DELETE CASCADE
        self.forget_history()
        return Erased(erased.samples, len(sightings), snapshots)

    def export(self, name: str, folder: Path) -> Path:
        """Write all that is known of a person into a new folder inside `folder`, and return it.

        Raises:
            DatabaseError: it exists already, or cannot be written.
        """
        with self.reading() as session:
            return export_person(session, people.find(session, name), folder)

    # The gallery

    def generation(self) -> int:
        """A number that grows with every change of people, samples and settings, whichever process makes it."""
        with self.reading() as session:
            return session.scalars(select(GalleryRow.generation)).one()

    def gallery(self, digest: str) -> Gallery:
        """Everybody's embeddings by the embedder with this digest.

        Raises:
            DatabaseError: the gallery was made with another one.
        """
        with self.reading() as session:
            gallery.refuse_other_embedders(session, digest)
            return gallery.load(session)

    def crops(self, after: int = 0, count: int = 64) -> list[tuple[int, str, bytes]]:
        """Ids, people's names and crops of the next `count` samples after an id, in their order."""
        with self.reading() as session:
            return gallery.crops(session, after, count)

    def exchange_embeddings(self, digest: str, embeddings: Mapping[int, NDArray[np.float32]]) -> None:
        """Put the embeddings of another embedder in place of all that there are, or of none.

        Args:
            embeddings: (512,) of unit length, by the sample's id; ids of samples erased meanwhile do not matter.

        Raises:
            DatabaseError: one is missing, since somebody was enrolled meanwhile, or cannot be searched for.
        """
        with self._changing() as session:
            gallery.exchange(session, digest, embeddings)

    # Sightings

    def sightings(
        self,
        since: datetime | None = None,
        until: datetime | None = None,
        camera: str | None = None,
        name: str | None = None,
    ) -> list[Sighting]:
        """Sightings that overlap the time from `since` to `until`, the earliest first.

        Raises:
            UnknownPersonError: nobody has this name.
        """
        with self.reading() as session:
            person = people.find(session, name) if name is not None else None
            return find_sightings(session, since, until, camera, person)

    def events(
        self,
        since: datetime | None = None,
        until: datetime | None = None,
        camera: str | None = None,
        name: str | None = None,
    ) -> list[Event]:
        """Events from `since` to `until`, the earliest first.

        Raises:
            UnknownPersonError: nobody has this name.
        """
        with self.reading() as session:
            person = people.find(session, name) if name is not None else None
            return find_events(session, since, until, camera, person)

    # Settings

    def setting(self, key: str, default: Any = None) -> Any:
        with self.reading() as session:
            row = session.get(SettingRow, key)
            return default if row is None else row.value

    def set_setting(self, key: str, value: Any) -> None:
        """Keep anything that JSON can hold; what was kept before is not looked at, and may be damaged."""
        with self._changing() as session:
            session.execute(delete(SettingRow).where(SettingRow.key == key))
            session.add(SettingRow(key=key, value=value))
