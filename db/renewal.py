"""What another embedder has embedded: given out as pictures, and taken back, embedded anew."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from db.history.deciding import changing
from db.people import gallery
from db.schema.history import NegativeRow, SuggestionRow
from db.schema.tables import EvidenceRow, LookRow, PersonRow, SampleRow, StayRow
from db.transactions import Transactions
from db.vectors import as_stored

Floats = NDArray[np.float32]
Kind = Literal["negative", "evidence", "suggestion"]
Table = type[NegativeRow] | type[EvidenceRow] | type[SuggestionRow]

AT_ONCE = 64  # pictures, or stays
TABLES: dict[Kind, Table] = {"negative": NegativeRow, "evidence": EvidenceRow, "suggestion": SuggestionRow}


class Kept(NamedTuple):
    """A picture, a JPEG of the aligned face, and the name of whose it is, if that is somebody's."""

    id: int
    crop: bytes
    name: str = ""


class StayLook(NamedTuple):
    """A look at a stranger: a JPEG of the aligned face, and how good it is, 0 to 1."""

    id: int
    crop: bytes
    quality: float


@dataclass(frozen=True, slots=True)
class OldStay:
    """A stay of a stranger, and the looks that are kept of it."""

    id: int
    looks: list[StayLook]


class Renewal:
    """All people's pictures, and what was embedded beside them by others than the embedder that is to be used.

    A look without a crop cannot be embedded anew: it stays, and is compared with nothing. Every method is one
    transaction, and raises DatabaseError when it fails.

    Args:
        digest: sha256 of the file of that embedder.
    """

    def __init__(self, database: Transactions, digest: str) -> None:
        self._database = database
        self._digest = digest

    def samples(self, after: int = 0) -> list[Kept]:
        """The next pictures of people after an id, in their order."""
        query = select(SampleRow.id, SampleRow.crop, PersonRow.name).join(PersonRow).where(SampleRow.id > after)
        with self._database.reading() as session:
            return [Kept(*row) for row in session.execute(query.order_by(SampleRow.id).limit(AT_ONCE))]

    def exchange_samples(self, embeddings: Mapping[int, Floats], negatives: Mapping[int, Floats]) -> None:
        """Put other embeddings in place of those of all samples, or of none; and of the looks that are not whose.

        Args:
            embeddings, negatives: (512,) of unit length, by their ids.

        Raises:
            DatabaseError: one is missing, since somebody was enrolled meanwhile, or cannot be searched for.
        """
        with changing(self._database) as session:
            gallery.exchange(session, self._digest, embeddings)
            self._exchange(session, NegativeRow, negatives)

    def count(self) -> int:
        """How many looks can be embedded anew."""
        own = select(func.count(LookRow.id)).join(StayRow).where(StayRow.digest != self._digest)
        queries = [select(func.count(table.id)).where(self._is_old(table)) for table in TABLES.values()]
        with self._database.reading() as session:
            return sum(session.scalars(query).one() for query in (*queries, own))

    def lost(self) -> int:
        """How many looks were said not to be somebody's, and are by another embedder."""
        own = select(func.count(NegativeRow.id)).where(NegativeRow.digest != self._digest)
        with self._database.reading() as session:
            return session.scalars(own).one()

    def looks(self, kind: Kind, after: int = 0) -> list[Kept]:
        """The next looks of a kind after an id."""
        table = TABLES[kind]
        query = select(table.id, table.crop).where(self._is_old(table), table.id > after)
        with self._database.reading() as session:
            rows = session.execute(query.order_by(table.id).limit(AT_ONCE))
            return [Kept(number, crop) for number, crop in rows if crop is not None]

    def exchange(self, kind: Kind, embeddings: Mapping[int, Floats]) -> None:
        """Put embeddings (512,) of unit length in place of those of the looks with these ids.

        Raises:
            DatabaseError: one cannot be compared.
        """
        with changing(self._database) as session:
            self._exchange(session, TABLES[kind], embeddings)

    def stays(self, after: int = 0) -> list[OldStay]:
        """The next stays of strangers after an id of which pictures are kept."""
        has_looks = select(LookRow.id).where(LookRow.stay_id == StayRow.id).exists()
        some = select(StayRow.id).where(StayRow.digest != self._digest, StayRow.id > after, has_looks)
        with self._database.reading() as session:
            numbers = session.scalars(some.order_by(StayRow.id).limit(AT_ONCE))
            stays = {number: OldStay(number, []) for number in numbers}
            looks = select(LookRow.id, LookRow.stay_id, LookRow.crop, LookRow.quality).where(LookRow.stay_id.in_(stays))
            for row in session.execute(looks.order_by(LookRow.id)):
                stays[row.stay_id].looks.append(StayLook(row.id, row.crop, row.quality))
        return list(stays.values())

    def exchange_stays(self, summaries: Mapping[int, Floats], embeddings: Mapping[int, Floats]) -> None:
        """Put other embeddings in place of some stays'.

        Args:
            summaries: (512,) what stands for each stay, by its id.
            embeddings: (512,) of unit length, by the ids of all their looks.
        """
        with changing(self._database) as session:
            for number, vector in embeddings.items():
                look = update(LookRow).where(LookRow.id == number)
                session.execute(look.values(embedding=gallery.stored(vector, f"look {number}")))
            for number, vector in summaries.items():
                stay = update(StayRow).where(StayRow.id == number)
                session.execute(stay.values(digest=self._digest, embedding=as_stored(vector)))

    def _is_old(self, table: Table) -> ColumnElement[bool]:
        return (table.digest != self._digest) & table.crop.is_not(None)

    def _exchange(self, session: Session, table: Table, embeddings: Mapping[int, Floats]) -> None:
        for number, vector in embeddings.items():
            look = update(table).where(table.id == number)
            session.execute(look.values(digest=self._digest, embedding=gallery.stored(vector, f"look {number}")))
