"""The gallery with the numbers of its pictures."""

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from db.people import gallery, people
from db.people.people import in_use
from db.records import Gallery, Sample
from db.schema.tables import SampleRow
from db.transactions import Transactions


def numbered(database: Transactions, digest: str) -> tuple[Gallery, list[int]]:
    """Everybody's embeddings by the embedder with this digest, and the id of each row's sample, at the same moment.

    Raises:
        DatabaseError: the gallery was made with another one.
    """
    its = select(SampleRow.person_id, SampleRow.id).where(in_use()).order_by(SampleRow.person_id, SampleRow.id)
    with database.reading() as session:
        gallery.refuse_other_embedders(session, digest)
        loaded = gallery.load(session)
        rows = session.execute(its.execution_options(yield_per=gallery.ROWS)).partitions()
        return loaded, [number for some in rows for _, number in some]


def pictures_of_one(database: Transactions, name: str) -> tuple[NDArray[np.float32], list[Sample]]:
    """The embeddings (N, 512) by which somebody is recognized, by whichever embedder, and their samples, oldest first.

    Raises:
        UnknownPersonError: nobody has that name.
    """
    with database.reading() as session:
        person = people.find(session, name)
        kept = [sample for sample in people.samples(session, person) if not sample.aside]
        return gallery.among(session, [person.id]).embeddings, kept
