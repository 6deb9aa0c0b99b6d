"""The schema's version, and how an older one is brought up to date."""

from pathlib import Path

from sqlalchemy import Connection, inspect, select, text

from db.errors import DatabaseError
from db.schema.tables import Base

VERSION = "0003"
"""The newest revision in `migrations/versions`."""
AT_ONCE = 500  # rows in memory


def bring_up_to_date(connection: Connection, place: str) -> None:
    """Create or migrate the tables, within the connection's transaction.

    Raises:
        DatabaseError: the database is from a newer version, or of another program.
    """
    tables = inspect(connection).get_table_names()
    found = None
    if "alembic_version" in tables:
        found = connection.scalar(text("SELECT version_num FROM alembic_version"))
    elif tables:
        raise DatabaseError(f"The database {place} belongs to another program: choose another one with --db.")
    if found != VERSION:
        migrate(connection, place, found)


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


def migrate(connection: Connection, place: str, found: str | None) -> None:
    from alembic import command  # slow to import, and seldom needed
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    revisions = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in revisions:
        raise DatabaseError(
            f"The database {place} was made by a newer version of this program (schema {found}): "
            "update the program, or choose another database with --db."
        )
    command.upgrade(config, "head")
