"""A process to be killed: it watches, and decides about people in another thread, and tells what is done.

What it tells are tuples: ("begin", numbers of groups) before it decides anything about them; ("enrolled", name,
pictures), ("named", group, name, pictures), ("merged", group, into, visits) and ("event", event) once they are so.
"""

import logging
import math
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from db import Database, NewSample, SightingWriter
from db.unknowns.records import NewLook, NewStay
from db.unknowns.unknowns import Unknowns
from models.analysis import Face
from models.images import to_jpeg
from models.manifest import shipped
from stream.frame import Frame
from stream.recognizer import Recognizer
from stream.sources.dating import Dating
from stream.unknowns.naming import name_unknown
from stream.watching.feed import Feed
from tests.bench.soak import HEIGHT, SIDE, WALL, WIDTH, Networks
from tests.people import embedding

FPS = 30.0
STAY, PAUSE = 60, 30  # frames that a face is there, and then nobody
KNOWN = 8  # people, who take turns: each comes back as another sighting
PLACES = (40, 200)  # pixels from the left
BASE = 100  # grey levels that are told apart
EVERYBODY = BASE**3  # who have faces of their own
PER_LIFE = 2000  # strangers in a life, at most, and before the first
OFTEN = 10  # frames from one decision to the next
BEGAN = datetime(2020, 1, 1, tzinfo=UTC)
APART = timedelta(days=1)  # from one recording to the next

Image = NDArray[np.uint8]
Tell = Callable[[tuple[Any, ...]], None]


@dataclass(frozen=True, slots=True)
class Life:
    """One life.

    Attributes:
        folder: of the database and of the snapshots.
        number: of this life, from 0.
    """

    folder: Path
    number: int

    @property
    def database(self) -> Path:
        return self.folder / "people.db"

    @property
    def snapshots(self) -> Path:
        return self.folder / "snapshots"


def prepare(folder: Path, strangers: int) -> None:
    """Make a database with people who are known, and so many groups of strangers."""
    with Database.open(Life(folder, 0).database) as database:
        for number in range(KNOWN):
            database.add_samples(f"Known {number}", [sample(number)])
        with SightingWriter(database) as writer:
            for number in range(KNOWN, KNOWN + strangers):
                look = NewLook(embedding(number), 0.8, to_jpeg(face(number, 112)))
                stay = NewStay(Networks.digest, embedding(number), (look,), look.crop)
                writer.keep(writer.open("garden", BEGAN, recorded=True), BEGAN, stay, lambda *_: None)


def live(connection: Connection, life: Life) -> None:
    """Watch and decide without an end."""
    logging.disable()
    telling, due = threading.Lock(), threading.Semaphore(0)

    def tell(what: tuple[Any, ...]) -> None:
        with telling:
            connection.send(what)

    with Database.open(life.database, timeout=60.0) as database:
        recognizer = Recognizer(database, Faces(), 0.5)  # type: ignore[arg-type]
        threading.Thread(target=decide, args=(recognizer, life.number, due, tell), daemon=True).start()
        feed = Feed(Recording(life.number), snapshots=life.snapshots, keep_unknown=True)
        for number, _ in enumerate(recognizer.watch_all([feed], lambda event: tell(("event", event)))):
            if number % OFTEN == 0:
                due.release()


def decide(recognizer: Recognizer, life: int, due: threading.Semaphore, tell: Tell) -> None:
    """Enrol somebody, merge two groups of strangers, and name one, each time that it is due."""
    unknowns = Unknowns(recognizer.database)
    for turn in count():
        due.acquire()
        name = f"Enrolled {life}-{turn}"
        recognizer.database.add_samples(name, [sample(EVERYBODY + 2 * (PER_LIFE * life + turn) + i) for i in range(2)])
        tell(("enrolled", name, 2))
        groups = [one.id for one in unknowns.page(0, 3)[0]]
        if len(groups) == 3:
            tell(("begin", groups[:2]))
            merged = unknowns.merge(groups[0], groups[1])
            tell(("merged", groups[0], groups[1], merged.visits))
            name = f"Named {life}-{turn}"
            tell(("begin", groups[2:]))
            verdicts = name_unknown(recognizer.enroller, groups[2], name, force=True)
            tell(("named", groups[2], name, sum(one.refused is None for one in verdicts)))


def sample(number: int) -> NewSample:
    """A picture of somebody."""
    return NewSample(embedding(number), Networks.digest, 0.8, str(number), to_jpeg(face(number % EVERYBODY, 112)))


def face(number: int, side: int) -> Image:
    """A picture (side, side, 3) that tells whose it is, also as a JPEG: three bars, each of a grey level."""
    levels = 2 * np.array([number // BASE**place % BASE for place in range(3)], np.uint8) + 20
    return np.tile(np.repeat(levels, math.ceil(side / 3))[:side, None], (side, 1, 3)).astype(np.uint8)


def number_of(image: Image) -> int:
    """Whose face that is."""
    side = len(image)
    levels = image[side // 2, [side // 6, side // 2, side - side // 6], 0].astype(int)
    return int((levels - 19) // 2 @ [BASE**place for place in range(3)])


class Faces(Networks):
    """Knows at once where the faces are, and whose."""

    def __init__(self) -> None:
        super().__init__()
        self.network = SimpleNamespace(entry=shipped("embedding"))

    def look(self, image: Image, boxes: NDArray[np.float32], scores: list[float]) -> list[Face]:
        crops = [cv2.resize(_cut(image, box), (112, 112), interpolation=cv2.INTER_NEAREST) for box in boxes]
        return [
            Face(box, score, np.ones((5, 2), np.float32), crop, embedding(number_of(crop)), 0.8, None)
            for box, score, crop in zip(boxes, scores, crops, strict=True)
        ]

    def embed(self, crops: Image, flip: bool) -> NDArray[np.float32]:
        return np.stack([embedding(number_of(crop)) for crop in crops])


class Recording:
    """Somebody who is known and somebody who is not, side by side, then nobody, then the next two; without an end."""

    name, live, fps, frames, problem = "door", False, FPS, None, None

    def __init__(self, life: int) -> None:
        self.dating = Dating(BEGAN + APART * life, "the bench")
        self._life = life

    def __iter__(self) -> Iterator[Frame]:
        for number in count():
            turn, since = divmod(number, STAY + PAUSE)
            image = np.full((HEIGHT, WIDTH, 3), WALL, np.uint8)
            if since < STAY:
                for who, left in zip((turn % KNOWN, KNOWN + PER_LIFE * (1 + self._life) + turn), PLACES, strict=True):
                    image[PLACES[0] :, left:][:SIDE, :SIDE] = face(who, SIDE)
            yield Frame(image, number, number / FPS, self.name)

    def close(self) -> None:
        """There is nothing to close."""


def _cut(image: Image, box: NDArray[np.float32]) -> Image:
    x1, y1, x2, y2 = np.clip(box, 0, None).round().astype(int)
    return image[y1:y2, x1:x2]
