"""A copy of the database for its keeper, made while others use it."""

from contextlib import suppress
from pathlib import Path

from db.database import Database
from db.errors import DatabaseError
from db.people.erasure import BACKUPS
from db.schema import copies, engine
from db.schema.tables import SettingRow


def back_up(url: str | Path, target: Path) -> None:
    """Copy an SQLite file as it is at one moment, of whatever version, and remember where the copy is.

    An erasure does not reach the copy, and names it instead (`Erased.copies`).

    Raises:
        DatabaseError: it is no such file, or cannot be read or copied there; or another file is there already.
    """
    place = engine.database_url(url or engine.default_url())
    file = engine.file_of(place)
    if file is None:
        raise DatabaseError(
            f"The database {engine.place_of(place)} is no file: copy it with its server's tools, such as pg_dump."
        )
    if not file.exists():
        raise DatabaseError(f"There is no database {file}: give another one with --db.")
    if target.is_dir():
        raise DatabaseError(f"{target} is a folder: choose a name for the copy in it.")
    if target.exists() and target.samefile(file):
        raise DatabaseError(f"{target} is the database itself: choose another name.")
    Database.open_to_read(url).close()  # refuses what is not ours
    _refuse_to_lose(target)
    copies.copy(file, target)
    with suppress(DatabaseError), Database(engine.create(place, timeout=5.0), place) as database:
        _remember(database, target)  # where nobody may write, nobody is erased either


def _refuse_to_lose(target: Path) -> None:
    """Raise a DatabaseError where something stands in the copy's place that is no earlier copy."""
    if not target.is_file() or target.stat().st_size == 0:
        return
    try:
        Database.open_to_read(target).close()
    except DatabaseError as error:
        raise DatabaseError(
            f"{target} is there already, and is no earlier copy: choose another name, or move it away."
        ) from error


def _remember(database: Database, target: Path) -> None:
    path = str(target.absolute())
    with database.writing() as session:
        row = session.get(SettingRow, BACKUPS)
        known = row.value if row else []
        session.merge(SettingRow(key=BACKUPS, value=[*(each for each in known if each != path), path]))
