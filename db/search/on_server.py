"""PostgreSQL's own index of the gallery, by pgvector: for one that is too large to be held by those who search it.

The index proposes who may be near to a face; they are compared exactly then, as everywhere. Beside the embeddings it
keeps their halves in a table of its own, which the server itself fills as they come, change and go, whatever program
does it. It lies in the database by choice: while it is there, all search by it.
"""

from collections.abc import Sequence
from struct import pack

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Row, text
from sqlalchemy.exc import ProgrammingError

from db.errors import DatabaseError, explain
from db.people.gallery import among, note_change, refuse_damaged
from db.records import EMBEDDING_SIZE, Gallery
from db.transactions import Transactions
from db.vectors import from_stored

INDEX = "ix_sample_near"
LOOKED_AT = 400  # vectors that a search of the graph looks at: `tests.bench.search` tells what that misses
PROPOSED = 64  # of them, those whose people are compared exactly
OLDEST = (0, 7)  # pgvector, which has vectors of half precision since then
AT_ONCE = 5_000  # samples, for a second at most in which nobody else writes
HEAD = pack(">hh", EMBEDDING_SIZE, 0)  # of a halfvec as it is sent (pgvector's halfvec_recv), before its numbers
GRAPH_BYTES = 2_000  # of the server's memory for a sample while the graph is built: of 300,000 each took 1,700

# Four bytes, the lowest first, are a sign, eight bits of an exponent and 23 of a fraction (IEEE 754); half precision
# needs no more than the first 15 of these.
HALVES = f"""
CREATE OR REPLACE FUNCTION doorman_halves(stored bytea) RETURNS halfvec
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 10000
RETURN (
    WITH whole AS MATERIALIZED (SELECT stored || ''::bytea AS bytes)
    SELECT array_agg(
        ((1 - 2 * (a >> 7)) * (128 + (b & 127) + c / 256.0::float8) * power(2::float8, 2 * (a & 127) + (b >> 7) - 134))
        ::real ORDER BY i
    )
    FROM (
        SELECT i, get_byte(bytes, 4 * i + 3) AS a, get_byte(bytes, 4 * i + 2) AS b, get_byte(bytes, 4 * i + 1) AS c
        FROM whole, generate_series(0, {EMBEDDING_SIZE - 1}) AS i
    ) AS numbers
)::halfvec
"""
TABLE = f"""
CREATE TABLE IF NOT EXISTS sample_near (
    sample_id integer PRIMARY KEY REFERENCES sample ON DELETE CASCADE, halves halfvec({EMBEDDING_SIZE}) NOT NULL
)
"""
KEEPING = """
CREATE OR REPLACE FUNCTION doorman_keep_halves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO sample_near VALUES (NEW.id, doorman_halves(NEW.embedding))
    ON CONFLICT (sample_id) DO UPDATE SET halves = EXCLUDED.halves;
    RETURN NEW;
END
$$
"""
KEEP = """
CREATE OR REPLACE TRIGGER keep_halves AFTER INSERT OR UPDATE OF embedding ON sample
FOR EACH ROW EXECUTE FUNCTION doorman_keep_halves()
"""
MISSING = f"""
SELECT id, embedding FROM sample
WHERE NOT EXISTS (SELECT FROM sample_near WHERE sample_id = id) AND id > :last ORDER BY id LIMIT {AT_ONCE}
"""
FILL = "COPY sample_near (sample_id, halves) FROM STDIN (FORMAT BINARY)"
IS_TOLD = "SELECT source = 'client' FROM pg_settings WHERE name = 'maintenance_work_mem'"
ROOM = """
SELECT set_config('maintenance_work_mem', greatest(needed, setting::bigint) || 'kB', false)
FROM pg_settings, (SELECT count(*) * :each / 1024 AS needed FROM sample_near) AS graph
WHERE name = 'maintenance_work_mem'
"""
NEAREST = f"""
SELECT DISTINCT person_id FROM sample JOIN (
    SELECT sample_id FROM sample_near ORDER BY halves <#> CAST(:query AS halfvec({EMBEDDING_SIZE})) LIMIT {PROPOSED}
) AS near ON sample_id = id
"""


def create(database: Transactions) -> None:
    """Make the index, while others read and write; it takes some milliseconds a sample.

    Raises:
        DatabaseError: the database is no PostgreSQL server's, or is reached by another driver than psycopg; or it has
            no pgvector, or does not let us have it; or an embedding is damaged.
    """
    if not database.is_postgresql:
        raise DatabaseError(
            f"Only a PostgreSQL server searches by an index of its own, and {database.place} is none: leave it, since "
            "a gallery that fits into memory is searched swiftly there."
        )
    if not database.is_psycopg:
        raise DatabaseError(
            f"The index of {database.place} is filled through psycopg alone: write the address as postgresql+psycopg://."
        )
    with database.at_once() as connection:
        _extend(connection, database.place)
        for statement in (HALVES, TABLE, KEEPING, KEEP):
            connection.execute(text(statement))
    _fill(database)
    with database.at_once() as connection:
        connection.execute(text(f"DROP INDEX CONCURRENTLY IF EXISTS {INDEX}"))  # half of one, if it was interrupted
        _make_room(connection)
        connection.execute(text(f"CREATE INDEX CONCURRENTLY {INDEX} ON sample_near USING hnsw (halves halfvec_ip_ops)"))
    _note(database)


def drop(database: Transactions) -> None:
    """Let the gallery be held again by those who search it; what is not there is not missed."""
    if not database.is_postgresql:
        return
    with database.writing() as session:
        session.execute(text("DROP FUNCTION IF EXISTS doorman_keep_halves CASCADE"))  # and what calls it
        session.execute(text("DROP TABLE IF EXISTS sample_near"))
        session.execute(text("DROP FUNCTION IF EXISTS doorman_halves"))
        note_change(session)


def is_there(database: Transactions) -> bool:
    """Whether there is such an index, ready to be used."""
    if not database.is_postgresql:
        return False
    with database.reading() as session:
        found = text("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(:name)")
        return bool(session.scalar(found, {"name": INDEX}))


def near(database: Transactions, query: NDArray[np.float32]) -> Gallery:
    """Those who have a sample among the ones nearest to a (512,) unit vector, as far as the index finds them."""
    with database.reading() as session:
        session.execute(text(f"SET LOCAL hnsw.ef_search = {LOOKED_AT}"))
        return among(session, session.scalars(text(NEAREST), {"query": str(query.tolist())}).all())


def _extend(connection: Connection, place: str) -> None:
    found = "SELECT coalesce(installed_version, default_version) FROM pg_available_extensions WHERE name = 'vector'"
    version = connection.scalar(text(found))
    if version is None or tuple(int(part) for part in version.split(".")[:2]) < OLDEST:
        has = "no pgvector" if version is None else f"pgvector {version}"
        wanted = ".".join(map(str, OLDEST))
        raise DatabaseError(
            f"The server of {place} has {has}: install version {wanted} or later there (on Debian 13 the package "
            "postgresql-17-pgvector), and try again."
        )
    try:
        connection.execute(text("CREATE EXTENSION IF NOT EXISTS vector"))
    except ProgrammingError as error:
        if getattr(error.orig, "sqlstate", None) != "42501":
            raise
        raise DatabaseError(
            f"You may not add pgvector to {place}: have its administrator run CREATE EXTENSION vector there."
        ) from error


def _fill(database: Transactions) -> None:
    """Put in the halves of all samples; the server's own function takes eight times as long."""
    last: int | None = 0
    while last is not None:
        with database.writing() as session:
            rows = session.execute(text(MISSING), {"last": last}).all()
            _copy(session.connection(), rows, database.place)
            last = rows[-1].id if rows else None


def _copy(connection: Connection, rows: Sequence[Row[int, bytes]], place: str) -> None:
    from psycopg import Connection as Driver
    from psycopg import Error

    for id_, embedding in rows:
        refuse_damaged(f"picture {id_}", embedding)
    halves = from_stored(embedding for _, embedding in rows).astype(">f2")
    driver = connection.connection.driver_connection
    assert isinstance(driver, Driver)
    try:
        with driver.cursor() as cursor, cursor.copy(FILL) as copy:
            copy.set_types(["int4", "bytea"])  # the latter is sent as it is
            for (id_, _), half in zip(rows, halves, strict=True):
                copy.write_row((id_, HEAD + half.tobytes()))
    except Error as error:  # SQLAlchemy has no part in this
        raise explain(error, place) from error


def _make_room(connection: Connection) -> None:
    """Let the server hold the whole graph while it builds it, unless PGOPTIONS says what it may take."""
    connection.detach()  # what is set here is not for others
    if not connection.scalar(text(IS_TOLD)):
        connection.execute(text(ROOM), {"each": GRAPH_BYTES})


def _note(database: Transactions) -> None:
    with database.writing() as session:
        note_change(session)
