"""What people decide by hand about those who are enrolled, and how they take it back; without a network."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

from db import Database, Person, Sighting
from db.history.correcting import correct
from db.history.history import History
from db.history.moving import move
from db.history.records import Decision
from db.history.repeating import repeat
from db.history.suggestions import Suggestion, Suggestions
from db.text.wording import how_many
from stream.service.pages import Page

PAGE = 50  # decisions, usually


class Corrections:
    """Corrections of a database; any thread may ask.

    Every method raises DatabaseError, with one sentence, where something is not there, or not any more, and where the
    database cannot be used; then nothing changes.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def drop(self, number: int) -> Person:
        """Let a picture go, by its number; returns whose it was. It is erased once that cannot be taken back."""
        return self._database.drop(number)

    def move(self, numbers: Sequence[int], name: str) -> Person:
        """Give pictures, by their numbers, to whom they show, who may be new; returns whose they are now."""
        return move(self._database, numbers, name)

    def set_aside(self, who: str | int) -> Person:
        """Let nobody be recognized by a picture (its number), or as somebody (their name), until it is restored."""
        return self._database.set_aside(who)

    def restore(self, who: str | int) -> Person:
        """Take a picture, or somebody, back who is set aside."""
        return self._database.set_aside(who, aside=False)

    def aside(self) -> list[Person]:
        """Those who are set aside, in the order of their names."""
        return self._database.people(aside=True)

    def wrong(self, sighting: int, name: str | None = None) -> tuple[Sighting, int]:
        """Say that a sighting is not of whom it names, and, where that is known, of whom it is.

        Its looks stand against the wrong person from now on: whoever looks more like them than like that person's
        pictures is not named so.

        Returns:
            The sighting as it is now, and how many looks stand against the wrong person.
        """
        return correct(self._database, sighting, name)

    def suggestions(self) -> list[Suggestion]:
        """Looks that are offered as further pictures of people, by their names; see also `Recognition.accept`."""
        return Suggestions(self._database).waiting()

    def suggested(self, number: int) -> bytes:
        """The picture of a suggestion, as a JPEG of the aligned face."""
        return Suggestions(self._database).crop(number)

    def refuse(self, numbers: Collection[int]) -> None:
        """Never offer these, or what is like them, again."""
        Suggestions(self._database).refuse(numbers)

    def history(self, offset: int = 0, limit: int = PAGE) -> Page[Decision]:
        """What was decided by hand in the last 30 days, the latest first."""
        history = History(self._database)
        return Page(history.decisions(offset, limit), offset, history.count())

    @contextmanager
    def noting(self) -> Iterator[list[Decision]]:
        """Gives a list that holds, in the end, what was decided within it, by whomever, the earliest first."""
        latest = self.history(limit=1).items
        decided = list[Decision]()
        try:
            yield decided
        finally:
            since = latest[0].id if latest else 0
            decided += [one for one in reversed(self.history().items) if one.id > since]

    def undo(self, number: int) -> Decision:
        """Take a decision back, unless what it has changed was changed since, or is gone."""
        return History(self._database).undo(number)

    def redo(self, number: int) -> Decision:
        """Make a decision again that was taken back, as a new one; returns the earlier one."""
        return repeat(self._database, number)


def held_against(person: str | None, looks: int) -> str | None:
    """What `Corrections.wrong` comes to for whoever was named, in a sentence; None where nobody was.

    Args:
        looks: how many stand against them.
    """
    if looks:
        return f"Held against {person} from now on: {how_many(looks, 'look')} of it."
    if person is not None:
        return f"No look of it is kept: the same face may be taken for {person} again."
    return None
