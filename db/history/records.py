"""What is told of decisions."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

SENTENCES = {
    "enrol": "{pictures} of {name} enrolled.",
    "accept": "{pictures} of {name} accepted.",
    "drop": "Picture {picture} of {name} dropped.",
    "move": "{pictures} of {name} moved to {right}.",
    "rename": "{name} renamed {new_name}.",
    "merge": "{name} merged into {into}.",
    "set aside": "{name} set aside.",
    "set picture aside": "Picture {picture} of {name} set aside.",
    "restore": "{name} restored.",
    "restore picture": "Picture {picture} of {name} restored.",
    "name": "Unknown {number} named {name}.",
    "merge unknowns": "Unknown {number} merged into unknown {into}.",
    "split": "Unknown {new} split from unknown {number}.",
    "wrong": "Sighting {sighting} is not {name}'s.",
    "right": "Sighting {sighting} is {right}'s, not {name}'s.",
    "unnamed": "Sighting {sighting} is {right}'s.",
    "ignore": "Unknown {number} ignored.",
}
WITH_PICTURES = {"enrol", "accept", "name"}  # which are erased when it is taken back


@dataclass(frozen=True, slots=True)
class Decision:
    """Something that somebody has decided by hand.

    Attributes:
        what: its kind, one of `SENTENCES`.
        told: what fills its sentence: names as they were then, and numbers.
        undone: when it was taken back.
    """

    id: int
    time: datetime
    what: str
    told: dict[str, Any]
    undone: datetime | None

    @property
    def sentence(self) -> str:
        """What was decided, in words."""
        return SENTENCES[self.what].format(**self.told)

    @property
    def is_repeatable(self) -> bool:
        """Whether it was taken back, and can be made again from what is kept of it."""
        return self.undone is not None and self.what not in WITH_PICTURES
