"""The unknowns of a database as the rest of the program sees them."""

from collections.abc import Collection, Iterable, Sequence

from db.database import Database
from db.errors import DatabaseError
from db.history.deciding import changing, deciding
from db.history.journal import Journal
from db.names import clean_name
from db.people import people
from db.people.gallery import enrol, note_change
from db.records import NewSample, Person, Sighting
from db.unknowns import groups, keeping
from db.unknowns.records import Faces, KeptPicture, Stay, Unknown


class Unknowns:
    """Groups of strangers; every method is one transaction, and raises DatabaseError when it fails.

    A group that is not there, or not any more, is told so, and nothing changes.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    # Asked

    def everybody(self) -> list[Unknown]:
        """The groups that are not ignored, whoever was seen last first."""
        with self._database.reading() as session:
            return groups.summaries(session)

    def page(self, offset: int, limit: int) -> tuple[list[Unknown], int]:
        """So many of `everybody` after the first `offset`, and how many there are in all."""
        with self._database.reading() as session:
            return groups.page(session, offset, limit), groups.shown(session)

    def unknown(self, number: int) -> Unknown:
        """One group, ignored or not."""
        with self._database.reading() as session:
            return groups.summary(session, groups.find(session, number).id)

    def of_sightings(self, sightings: Iterable[Sighting]) -> dict[int, int]:
        """Which groups that are not ignored sightings without a name are of: groups' numbers by those of sightings."""
        numbers = [one.id for one in sightings if one.person is None]
        with self._database.reading() as session:
            return groups.of_sightings(session, numbers)

    def stays(self, number: int) -> list[Stay]:
        """The stays of a group, the earliest first."""
        with self._database.reading() as session:
            return groups.stays(session, groups.find(session, number).id)

    def pictures(self, number: int) -> list[KeptPicture]:
        """The aligned faces that are kept of a group, the best first."""
        with self._database.reading() as session:
            return groups.pictures(session, groups.find(session, number).id)

    def portraits(self, number: int) -> list[KeptPicture]:
        """The pictures for people's eyes that are kept of a group, the earliest first."""
        with self._database.reading() as session:
            return groups.portraits(session, groups.find(session, number).id)

    def portrait(self, number: int, stay: int | None = None) -> bytes | None:
        """The latest picture for people's eyes of a group, or that of one of its stays; None where none is kept."""
        with self._database.reading() as session:
            return groups.portrait(session, groups.find(session, number).id, stay)

    def faces(self, digest: str, before: Faces | None = None) -> Faces:
        """What all of them look like to the embedder with this digest; `before` makes it quick, see `load`."""
        with self._database.reading() as session:
            return keeping.load(session, digest, before)

    def faces_of(self, numbers: Collection[int], digest: str) -> Faces:
        """What some groups look like to the embedder with this digest."""
        with self._database.reading() as session:
            return keeping.of(session, digest, numbers)

    def ignored(self, digest: str) -> Faces:
        """What those who are ignored look like to the embedder with this digest."""
        with self._database.reading() as session:
            return keeping.ignored(session, digest)

    def counts(self) -> tuple[int, int, int]:
        """How many groups there are, ignored ones too, how many stays, and how many bytes of pictures are kept."""
        with self._database.reading() as session:
            return groups.counts(session)

    def apart(self) -> set[tuple[int, int]]:
        """The pairs of groups that somebody has split, the lower number first."""
        with self._database.reading() as session:
            return groups.apart(session)

    # Decided

    def name(self, number: int, name: str, samples: Sequence[NewSample]) -> Person:
        """Make a person of a group, or add it to one: its past sightings get the name, and the group is no more.

        Args:
            samples: the group's pictures that are enrolled.

        Raises:
            DatabaseError: there are none, no such group, or the name is none.
        """
        name = clean_name(name)
        if not samples:
            raise DatabaseError(f"There is no picture of unknown {number} to enrol for {name}: give at least one.")
        with deciding(self._database) as journal:
            group = groups.find(journal.session, number)
            person = enrol(journal, name, samples)
            groups.give(journal, group.id, person)
            journal.decide("name", [person.id], number=number, name=person.name)
            return people.record(journal.session, person)

    def merge(self, number: int, into: int) -> Unknown:
        """Make one group of two; it keeps the second number. Raises DatabaseError: there are no two such groups."""
        with deciding(self._database) as journal:
            session = journal.session
            source, target = groups.find(session, number), groups.find(session, into)
            if source is target:
                raise DatabaseError(f"Unknown {number} cannot be merged into itself: give two numbers.")
            groups.merge(journal, source, target)
            journal.decide("merge unknowns", number=number, into=into)
            return groups.summary(session, target.id)

    def split(self, number: int, stays: Collection[int]) -> Unknown:
        """Make another group of some stays of one, for good; returns the new one."""
        with deciding(self._database) as journal:
            session = journal.session
            new = groups.split(journal, groups.find(session, number), stays)
            journal.decide("split", number=number, new=new.id)
            return groups.summary(session, new.id)

    def ignore(self, number: int) -> Unknown:
        """Never show a group again; it counts as somebody who is known, and gets nobody's name."""
        with deciding(self._database) as journal:
            groups.ignore(journal, groups.find(journal.session, number))
            journal.decide("ignore", number=number)
            return groups.summary(journal.session, number)

    def forget(self, number: int) -> tuple[str, ...]:
        """Erase what is kept of a group for good, also as somebody's whom it was not; its sightings stay, a stranger's.

        Returns:
            Files that still hold what was erased, and are to be deleted by hand.

        Raises:
            DatabaseError: see also `Database.forget_history`.
        """
        with changing(self._database) as session:
            group = groups.find(session, number)
            groups.forget_mistakes(session, group)
            session.delete(group)
        return self._database.forget_traces()

    def unite(self, merges: Sequence[tuple[int, int]], generation: int) -> bool:
        """Merge groups as a tidy-up has found it, unless somebody has decided anything since.

        Args:
            merges: pairs of numbers: which, and into which.
            generation: the database's when that was found.

        Returns:
            Whether they were merged.
        """
        with self._database.writing() as session:
            if keeping.generation(session) != generation:
                return False
            unwritten = Journal(session)  # nobody has decided it by hand
            for number, into in merges:
                groups.merge(unwritten, groups.find(session, number), groups.find(session, into))
            note_change(session)
        return True
