"""The gallery with the numbers of its pictures."""

from sqlalchemy import select

from db.people import gallery
from db.people.people import in_use
from db.records import Gallery
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
