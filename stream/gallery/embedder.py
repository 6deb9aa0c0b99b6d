"""With which embedder a gallery is searched: vectors of two cannot be compared."""

from db import Database, DatabaseError
from db.people.gallery import made_by, made_by_another
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


def refuse_another(database: Database, used: ModelEntry) -> None:
    """See to it that the people were enrolled with the network that is to look at faces.

    Raises:
        DatabaseError: they were not; it names both, as the database alone could not.
    """
    with database.reading() as session:
        digest = made_by_another(session, used.sha256)
    if digest is None:
        return
    ours = all_shipped("embedding")
    made = next((entry.name for entry in ours if entry.sha256 == digest), None)
    if made is None:
        made, remedy = f"one that is not shipped (sha256 {digest[:12]}...)", "name its file with --embedder"
    else:
        remedy = "leave --embedder out"
    which = "" if used.default else f" --embedder {used.name if used in ours else used.path}"
    raise DatabaseError(
        f"The people were enrolled with another embedder than {used.name}, with {made}: {remedy}, or rebuild the "
        f"gallery with `doorman reembed{which}`."
    )


def embedder_at(db: str, wished: str | None = None) -> ModelEntry:
    """As `embedder_of`, of a database that is not open: its path or URL.

    Raises:
        ModelError: likewise.
        DatabaseError: it cannot be read.
    """
    with Database.open_to_read(db) as database:
        return embedder_of(database, wished)
