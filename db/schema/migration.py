"""The schema's version, and how an older one is brought up to date."""

from pathlib import Path

from sqlalchemy import Connection, insert, inspect, select, text

from db.errors import DatabaseError
from db.schema import archive, copies, history, writers  # noqa: F401 - for all tables there are
from db.schema.tables import Base, GalleryRow

VERSION = "0015"
"""The newest revision in `migrations/versions`, which count from 0001."""
AT_ONCE = 500  # rows in memory


def bring_up_to_date(connection: Connection, place: str, file: Path | None = None) -> None:
    """Create or migrate the tables, within the connection's transaction.

    Args:
        file: the SQLite file, of which a copy is kept before anything in it changes.

    Raises:
        DatabaseError: the database is from a newer version, or of another program, or cannot be copied.
    """
    found = version(connection, place)
    if found == VERSION:
        return
    if found is not None and file is not None:
        copies.copy(file, copies.before(file, found))
    migrate(connection)


def create(connection: Connection) -> None:
    """Make the tables of a database that is only read and that nobody else will open, without importing migrations."""
    Base.metadata.create_all(connection)
    connection.execute(insert(GalleryRow).values(id=1, generation=0))


def version(connection: Connection, place: str) -> str | None:
    """The version that the tables have; None where there are none.

    Raises:
        DatabaseError: the database is from a newer version, or of another program.
    """
    tables = inspect(connection).get_table_names()
    if "alembic_version" not in tables:
        if tables:
            raise DatabaseError(f"The database {place} belongs to another program: choose another one with --db.")
        return None
    found = str(connection.scalar(text("SELECT version_num FROM alembic_version")))
    if not (found.isdecimal() and int(found) <= int(VERSION)):
        raise DatabaseError(
            f"The database {place} was made by a newer version of this program (schema {found}): "
            "update the program, or choose another database with --db."
        )
    return found


def read_all(connection: Connection) -> None:
    """Read every value of every table.

    Raises:
        ValueError, TypeError, SQLAlchemyError: one cannot be read.
    """
    if connection.dialect.name == "sqlite":
        fault = connection.scalar(text("PRAGMA quick_check(1)"))
        if fault != "ok":
            raise ValueError(fault)
    for table in Base.metadata.sorted_tables:
        for _ in connection.execute(select(table), execution_options={"yield_per": AT_ONCE}):
            pass


def migrate(connection: Connection) -> None:
    """Make the tables, or bring those of an earlier version up to date."""
    from alembic import command  # slow to import, and seldom needed
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    command.upgrade(config, "head")
