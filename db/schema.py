"""The schema's version, and how an older one is brought up to date."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from db.errors import DatabaseError

VERSION = "0002"
"""The newest revision in `migrations/versions`."""


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
