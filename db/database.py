"""The database as the rest of the program sees it: people, their samples, the gallery, sightings and settings."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Unpack

from numpy.random import Generator
from sqlalchemy import delete, select

from db.errors import DatabaseError, NotThereError
from db.events.events import find_events, last_named
from db.history.deciding import changing, deciding
from db.names import clean_name, name_key
from db.people import erasure, gallery, people
from db.people.aside import put_person, put_sample
from db.people.export import export_person
from db.people.exported import Exported
from db.people.importing import import_person
from db.records import Erased, Event, Gallery, NewSample, Part, Person, Sample, Sighting
from db.schema.tables import GalleryRow, PersonRow, SampleRow, SettingRow
from db.sightings.sightings import count_sightings, find_sightings, sighting_of, sightings_of_run
from db.sightings.snapshots import write_snapshot
from db.sightings.wanted import Wanted
from db.text.wording import how_many
from db.transactions import Transactions


class Database(Transactions):
    """People and what was seen of them; every method is one transaction, and raises DatabaseError when it fails.

    >>> with Database.open("people.db") as database:
    ...     database.add_samples("Ada", [sample])
    """

    # People

    def people(self, aside: bool = False) -> list[Person]:
        """Everybody, in the order of their names: those who are recognized, or those who are set aside."""
        with self.reading() as session:
            return people.everybody(session, aside)

    def page_of_people(self, offset: int, limit: int, like: str = "") -> tuple[list[Person], int]:
        """Some of those who are recognized, and how many there are in all whose names hold `like`, in any spelling."""
        with self.reading() as session:
            return people.page(session, offset, limit, like)

    def names(self, limit: int) -> list[str]:
        """The first so many names of those who are recognized, in order."""
        with self.reading() as session:
            return people.names(session, limit)

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
            DatabaseError: a face cannot be searched for, or is by another embedder than the gallery; or they are set
                aside.
        """
        name = clean_name(name)
        if not samples:
            raise DatabaseError(f"There is no face to enrol for {name}: give at least one.")
        with deciding(self) as journal:
            person = gallery.enrol(journal, name, samples)
            journal.decide("enrol", [person.id], name=person.name, pictures=how_many(len(samples), "picture"))
            return people.record(journal.session, person)

    def samples(self, name: str) -> list[Sample]:
        """A person's samples, the oldest first; also those that are set aside."""
        with self.reading() as session:
            return people.samples(session, people.find(session, name))

    def crop(self, sample_id: int) -> bytes:
        """The JPEG of a sample's aligned 112x112 face. Raises NotThereError: there is no sample of this id."""
        with self.reading() as session:
            crop = session.scalar(select(SampleRow.crop).where(SampleRow.id == sample_id))
        if crop is None:
            raise NotThereError(f"There is no sample {sample_id}: it was erased, or the number is wrong.")
        return crop

    def rename(self, name: str, new_name: str) -> Person:
        """Give a person another name.

        Raises:
            DatabaseError: somebody else has it, or they have it already.
        """
        new_name = clean_name(new_name)
        with deciding(self) as journal:
            session = journal.session
            person = people.find(session, name)
            other = people.lookup(session, new_name)
            if other not in (None, person):
                raise DatabaseError(f"{new_name} is somebody else: choose another name, or merge the two people.")
            if new_name == person.name:
                raise DatabaseError(f"{new_name} is the name already: there is nothing to do.")
            journal.decide("rename", [person.id], name=person.name, new_name=new_name)
            journal.update(PersonRow, PersonRow.id == person.id, name=new_name, key=name_key(new_name))
            return people.record(session, person)

    def merge(self, name: str, into: str) -> Person:
        """Give all that is a person's to another, whose name stays.

        Raises:
            DatabaseError: nobody has one of the names, both are one person, or one of them is set aside.
        """
        with deciding(self) as journal:
            session = journal.session
            source, target = people.find(session, name), people.find(session, into)
            if source is target:
                raise DatabaseError(f"{source.name} cannot be merged into themselves: give two people's names.")
            for person in (source, target):
                people.refuse_aside(person)
            journal.decide("merge", [target.id], name=source.name, into=target.name)
            people.merge(journal, source, target)
            return people.record(session, target)

    def remove(self, name: str) -> Erased:
        """Erase a person for good: samples, crops, sightings with events and snapshot files, and what waits to be told.

        Raises:
            DatabaseError: a snapshot file cannot be deleted, and the person is kept; or see `forget_history`.
        """
        with changing(self) as session:
            erased = erasure.erase_person(session, people.find(session, name))
        return replace(erased, copies=self.forget_traces())

    def drop(self, sample_id: int) -> Person:
        """Let a picture go: it is not there any more, but as long as that can be taken back; returns whose it was."""
        with deciding(self) as journal:
            return people.record(journal.session, put_sample(journal, sample_id, "dropped"))

    def set_aside(self, who: str | int, aside: bool = True) -> Person:
        """Let nobody be recognized by a picture, of this number, or as somebody, of this name; or, again, let them.

        Raises:
            DatabaseError: there is no such picture or person, or nothing would change.
        """
        with deciding(self) as journal:
            if isinstance(who, int):
                person = put_sample(journal, who, "aside" if aside else None)
            else:
                person = put_person(journal, who, aside)
            return people.record(journal.session, person)

    def erase_sample(self, sample_id: int) -> tuple[Person, Erased]:
        """Erase one picture for good; returns whose it was, as they are now.

        Raises:
            DatabaseError: there is none of this number; or see `forget_history`.
        """
        with changing(self) as session:
            person = people.record(session, erasure.erase_sample(session, sample_id))
        return person, Erased(1, 0, 0, copies=self.forget_traces())

    def forget_traces(self) -> tuple[str, ...]:
        """Forget what was erased in all files; returns those copies that stay, since they are the user's."""
        kept = [str(path) for path in self.forget_copies()]
        with self.reading() as session:
            kept += erasure.backups(session)
        self.forget_history()
        return tuple(kept)

    def export(self, name: str, folder: Path) -> Path:
        """Write all that is known of a person into a new folder inside `folder`, and return it.

        Raises:
            DatabaseError: it exists already, or cannot be written.
        """
        with self.reading() as session:
            return export_person(session, people.find(session, name), folder)

    def add_exported(self, exported: Exported, snapshots: Path) -> Person:
        """Take an exported person back, into whoever has their name; what is there already is not doubled.

        Args:
            snapshots: a folder for the pictures of the sightings.

        Raises:
            DatabaseError: the samples are by another embedder than the gallery, or a picture cannot be written.
        """
        with changing(self) as session:
            row, pictures = import_person(session, exported, snapshots)
            person = people.record(session, row)
        for sighting, picture in pictures:
            with self.writing() as session:
                write_snapshot(session, sighting, picture)
        return person

    # The gallery

    def generation(self) -> int:
        """A number that grows with every change of people, samples and settings, whichever process makes it."""
        with self.reading() as session:
            return session.scalars(select(GalleryRow.generation)).one()

    def gallery(self, digest: str, before: Gallery | None = None, part: Part | None = None) -> Gallery:
        """Everybody's embeddings by the embedder with this digest.

        Args:
            before: the gallery as it was loaded last, which makes it quick to load what was enrolled since.
            part: of the people alone.

        Raises:
            DatabaseError: the gallery was made with another one.
        """
        with self.reading() as session:
            gallery.refuse_other_embedders(session, digest)
            return gallery.load(session, before, part)

    def gallery_of(self, person: int) -> Gallery:
        """The embeddings of one person alone, of this id."""
        with self.reading() as session:
            return gallery.among(session, [person])

    def some_of_gallery(self, digest: str, random: Generator, most: int) -> Gallery:
        """The embeddings of so many people at random; see `gallery`."""
        with self.reading() as session:
            gallery.refuse_other_embedders(session, digest)
            return gallery.drawn(session, random, most)

    def gallery_fingerprint(self) -> str:
        """A digest that tells whether others are enrolled, or by other pictures, than before."""
        with self.reading() as session:
            return gallery.fingerprint(session)

    # Sightings

    def sightings(self, latest: tuple[int, int] | None = None, **wanted: Unpack[Wanted]) -> list[Sighting]:
        """Sightings that overlap the time that is wanted, the earliest first.

        Args:
            latest: the latest first instead, but so many of them, and then so many.

        Raises:
            UnknownPersonError: nobody has the name that is wanted.
        """
        with self.reading() as session:
            return find_sightings(session, latest, **wanted)

    def sightings_of_run(self, started: datetime) -> list[Sighting]:
        """The sightings that were written since a watch started, or went on, whenever what they tell was recorded."""
        with self.reading() as session:
            return sightings_of_run(session, started)

    def count_sightings(self, **wanted: Unpack[Wanted]) -> int:
        """How many sightings there are, see `sightings`."""
        with self.reading() as session:
            return count_sightings(session, **wanted)

    def sighting(self, number: int) -> Sighting:
        """The sighting of an id. Raises NotThereError: there is none."""
        with self.reading() as session:
            return sighting_of(session, number)

    def events(self, **wanted: Unpack[Wanted]) -> list[Event]:
        """Events that are wanted, the earliest first.

        Raises:
            UnknownPersonError: nobody has the name that is wanted.
        """
        with self.reading() as session:
            return find_events(session, **wanted)

    def last_named(self, camera: str) -> Event | None:
        """The event by which somebody was last named before a camera, of those who are still known."""
        with self.reading() as session:
            return last_named(session, camera)

    # Settings

    def setting(self, key: str, default: Any = None) -> Any:
        with self.reading() as session:
            row = session.get(SettingRow, key)
            return default if row is None else row.value

    def set_setting(self, key: str, value: Any) -> None:
        """Keep anything that JSON can hold; what was kept before is not looked at, and may be damaged."""
        with changing(self) as session:
            session.execute(delete(SettingRow).where(SettingRow.key == key))
            session.add(SettingRow(key=key, value=value))

    def change_setting(self, key: str, change: Callable[[Any], Any]) -> Any:
        """Keep, and return, what `change` makes of what is kept (None: nothing); nobody else changes it in between."""
        with changing(self) as session:
            row = session.get(SettingRow, key)
            value = change(None if row is None else row.value)
            session.merge(SettingRow(key=key, value=value))
            return value
