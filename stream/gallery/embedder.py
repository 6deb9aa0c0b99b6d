"""With which embedder a gallery is searched: vectors of two cannot be compared."""

from db import Database
from db.people.gallery import made_by
from models.manifest import ModelEntry, all_shipped, find


def embedder_of(database: Database, wished: str | None = None) -> ModelEntry:
    """The network that is wished for; else the shipped one that made the gallery, which so goes on; else the default.

    Args:
        wished: the name of a shipped one, or an ONNX file.

    Raises:
        ModelError: it cannot be used, or there is none of that name.
    """
    if wished is None:
        with database.reading() as session:
            digest = made_by(session)
        for entry in all_shipped("embedding"):
            if entry.sha256 == digest:
                return entry.verified()
    return find("embedding", wished)


def embedder_at(db: str, wished: str | None = None) -> ModelEntry:
    """As `embedder_of`, of a database that is not open: its path or URL.

    Raises:
        ModelError: likewise.
        DatabaseError: it cannot be read.
    """
    with Database.open_to_read(db) as database:
        return embedder_of(database, wished)
