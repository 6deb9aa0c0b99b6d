"""Embeddings in and out of the database; all of them are made by one embedder."""

import hashlib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence

import numpy as np
from numpy.typing import DTypeLike, NDArray
from sqlalchemy import ColumnElement, Row, func, select, update
from sqlalchemy.orm import Session

from db.errors import DatabaseError
from db.history.journal import Journal
from db.people.people import create, everybody, in_part, in_use, lookup, note_likenesses, refuse_aside
from db.records import EMBEDDING_SIZE, LARGE, Gallery, NewSample, Part, Person
from db.schema.tables import GalleryRow, PersonRow, SampleRow
from db.vectors import STORED, from_stored, is_whole

ROWS = 5_000  # read at a time
CHANGES = "doorman_gallery"  # PostgreSQL's channel for those who listen, see `db.changes`


def note_change(session: Session) -> None:
    """Let running processes take notice of a change; see `Database.generation`."""
    session.execute(update(GalleryRow).values(generation=GalleryRow.generation + 1))
    if session.get_bind().dialect.name == "postgresql":  # it tells them once this is kept
        session.execute(select(func.pg_notify(CHANGES, "")))


def enrol(journal: Journal, name: str, samples: Sequence[NewSample]) -> PersonRow:
    """Give a person samples, who is created when needed.

    Raises:
        DatabaseError: a face cannot be searched for, or is by another embedder than the gallery; or the person is set
            aside.
    """
    session = journal.session
    rows = [sample_row(sample) for sample in samples]
    person = lookup(session, name)
    if person is None:
        person = create(session, name)
        journal.added(person)
    refuse_aside(person)
    for row in rows:
        row.person_id = person.id
    session.add_all(rows)
    note_likenesses(session, rows, [sample.like for sample in samples])
    journal.added(*rows)
    refuse_other_embedders(session, samples[0].digest)
    return person


def sample_row(sample: NewSample) -> SampleRow:
    """A row that lacks only its person.

    Raises:
        DatabaseError: it could not be searched for, or not embedded anew.
    """
    embedding = stored(sample.embedding, sample.source)
    if not sample.crop:
        raise DatabaseError(f"The face from {sample.source} has no picture: enrol it again with its crop.")
    return SampleRow(
        digest=sample.digest,
        quality=float(sample.quality),
        source=sample.source,
        forced=sample.forced,
        embedding=embedding,
        crop=sample.crop,
    )


def stored(embedding: NDArray[np.float32], source: str) -> bytes:
    """A unit vector as bytes; `source` says in an error whose it is."""
    vector = np.asarray(embedding, STORED)
    if vector.shape != (EMBEDDING_SIZE,) or not abs(np.linalg.norm(vector) - 1) < 1e-3:
        raise DatabaseError(
            f"The embedding of {source} is not a unit vector of {EMBEDDING_SIZE} numbers: use another embedder."
        )
    return vector.tobytes()


def made_by(session: Session) -> str | None:
    """The sha256 of the file of the embedder that made the samples; None where there are none."""
    return session.scalar(select(SampleRow.digest).limit(1))


def made_by_another(session: Session, digest: str) -> str | None:
    """The sha256 of the file of another embedder that made some sample; None where there is no such sample."""
    return session.scalar(select(SampleRow.digest).where(SampleRow.digest != digest).limit(1))


def refuse_other_embedders(session: Session, digest: str) -> None:
    """Embeddings of different embedders must never be compared.

    Raises:
        DatabaseError: some sample was made by another embedder.
    """
    if (other := made_by_another(session, digest)) is not None:
        raise DatabaseError(
            f"The people were enrolled with another embedder (sha256 {other[:12]}...) than this one "
            f"({digest[:12]}...): use that one, or rebuild the gallery for this one with `doorman reembed`."
        )


def exchange(session: Session, digest: str, embeddings: Mapping[int, NDArray[np.float32]]) -> None:
    """Replace the embedding of every sample; ids of samples erased meanwhile do not matter.

    Args:
        digest: of the embedder by which the new ones are.
        embeddings: (512,) each, of unit length, by the ids of their samples.

    Raises:
        DatabaseError: one is missing or cannot be searched for.
    """
    ids = session.scalars(select(SampleRow.id)).all()
    if not embeddings.keys() >= set(ids):
        raise DatabaseError("Somebody was enrolled while the gallery was rebuilt: start `doorman reembed` again.")
    new = [{"id": row, "digest": digest, "embedding": stored(embeddings[row], f"sample {row}")} for row in ids]
    if new:
        session.execute(update(SampleRow), new)


def load(session: Session, before: Gallery | None = None, part: Part | None = None) -> Gallery:
    """All embeddings, sorted by person; which embedder made them is not checked.

    Args:
        before: the gallery as it was loaded last; where all that has happened since is one enrolment, only that is
            read.
        part: of the people alone.

    Raises:
        DatabaseError: one is damaged.
    """
    generation = session.scalars(select(GalleryRow.generation)).one()
    people = {person.id: person for person in everybody(session, part=part)}
    if before is not None and generation == before.generation + 1:
        owners, embeddings = _rows(session, people, before.last, before.embeddings.dtype, part)
        counts = Counter(before.owners.tolist()) + Counter(owners.tolist())
        if _last(session) > before.last and counts == Counter({id_: one.samples for id_, one in people.items()}):
            owners, embeddings = np.append(before.owners, owners), np.vstack([before.embeddings, embeddings])
            return _sorted(session, generation, people, owners, embeddings)
    return _sorted(session, generation, people, *_rows(session, people, part=part))


def look_through(session: Session) -> None:
    """Read all embeddings, some at a time, and keep none.

    Raises:
        DatabaseError: one is damaged.
        ValueError: one is nobody's.
        NoResultFound: the generation is missing.
    """
    session.scalars(select(GalleryRow.generation)).one()
    query = select(SampleRow.id, PersonRow.name, SampleRow.embedding).outerjoin(PersonRow)
    for id_, name, embedding in session.execute(query.execution_options(yield_per=ROWS)):
        if name is None:
            raise ValueError(f"picture {id_} is nobody's")
        refuse_damaged(name, embedding)


def fingerprint(session: Session) -> str:
    """A digest of who is searched for by which samples, without their embeddings: no sample's id is ever another's."""
    digest = hashlib.sha256()
    query = select(SampleRow.id, SampleRow.person_id).where(in_use()).order_by(SampleRow.id)
    for some in session.execute(query.execution_options(yield_per=ROWS)).partitions():
        digest.update(np.array(some, np.int64).tobytes())
    return digest.hexdigest()


def drawn(session: Session, random: np.random.Generator, most: int) -> Gallery:
    """The embeddings of so many people at random; those of all others are not read."""
    ids = session.scalars(select(SampleRow.person_id).where(in_use()).distinct().order_by(SampleRow.person_id)).all()
    return among(session, [ids[place] for place in random.permutation(len(ids))[:most]])


def among(session: Session, ids: Collection[int]) -> Gallery:
    """The embeddings of some people alone, as far as they are searched for, in single precision."""
    generation = session.scalars(select(GalleryRow.generation)).one()
    query = select(SampleRow.person_id, SampleRow.embedding).where(SampleRow.person_id.in_(ids), in_use())
    rows = session.execute(query.order_by(SampleRow.id)).all()
    owners = np.array([owner for owner, _ in rows], np.int64)
    named = session.scalars(select(PersonRow).where(PersonRow.id.in_(ids)))
    people = {row.id: Person(row.id, row.name, row.created, int((owners == row.id).sum())) for row in named}
    return _sorted(session, generation, people, owners, _read(rows, people))


def _rows(
    session: Session,
    people: Mapping[int, Person],
    after: int = 0,
    kept_as: DTypeLike | None = None,
    part: Part | None = None,
) -> tuple[NDArray[np.int64], NDArray[np.floating]]:
    """Owners (N,) and embeddings (N, 512) of the samples after an id, in the order they are stored in."""
    wanted = (SampleRow.id > after) & in_use() & in_part(SampleRow.person_id, part)
    count = _room(session, wanted)
    kept_as = kept_as or (np.float16 if count > LARGE else np.float32)
    owners, embeddings = np.empty(count, np.int64), np.empty((count, EMBEDDING_SIZE), kept_as)
    query = select(SampleRow.person_id, SampleRow.embedding).where(wanted).order_by(SampleRow.id)
    end = 0
    for some in session.execute(query.execution_options(yield_per=ROWS)).partitions():
        begin, end = end, end + len(some)
        for array in (owners, embeddings):  # somebody may have been enrolled since they were counted
            array.resize((max(end, len(array)), *array.shape[1:]), refcheck=False)
        owners[begin:end] = [owner for owner, _ in some]
        embeddings[begin:end] = _read(some, people)
    return owners[:end], embeddings[:end]


def _room(session: Session, wanted: ColumnElement[bool]) -> int:
    return session.scalars(select(func.count()).where(wanted)).one()


def _read(rows: Sequence[Row[int, bytes]], people: Mapping[int, Person]) -> NDArray[np.float32]:
    for owner, embedding in rows:
        refuse_damaged(people[owner].name, embedding)
    return from_stored(embedding for _, embedding in rows)


def refuse_damaged(name: str, embedding: bytes) -> None:
    """Raises DatabaseError if bytes that are stored as an embedding are none; `name` says whose they are."""
    if not is_whole(embedding):
        raise DatabaseError(f"An embedding of {name} is damaged: rebuild the gallery with `doorman reembed`.")


def _sorted(
    session: Session,
    generation: int,
    people: Mapping[int, Person],
    owners: NDArray[np.int64],
    embeddings: NDArray[np.floating],
) -> Gallery:
    if (np.diff(owners) < 0).any():  # usually everybody was enrolled at once, and large galleries are not copied
        order = np.argsort(owners, kind="stable")  # which takes half as long as ORDER BY person_id
        owners, embeddings = owners[order], embeddings[order]
    ids, starts = np.unique(owners, return_index=True)
    return Gallery(generation, embeddings, [people[owner] for owner in ids.tolist()], starts, _last(session))


def _last(session: Session) -> int:
    return session.scalar(select(func.max(SampleRow.id))) or 0
