"""Migrations: complete, quick when there is nothing to do, and right wherever the program is installed."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from db import Database
from db.schema import migration as schema
from db.schema.tables import Base
from tests.people import enrol

PACKAGE = Path(schema.__file__).parents[1]


def test_migrations_make_the_tables_that_the_program_uses(fresh_db: Database) -> None:
    with fresh_db.reading() as session:
        assert compare_metadata(MigrationContext.configure(session.connection()), Base.metadata) == []


def test_version_is_the_newest_migration() -> None:
    assert ScriptDirectory(str(PACKAGE / "schema/migrations")).get_heads() == [schema.VERSION]


def test_nothing_is_migrated_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Database.open(tmp_path / "people.db").close()
    monkeypatch.setattr(schema, "migrate", None)
    Database.open(tmp_path / "people.db").close()


def test_runs_from_wherever_it_is_installed(tmp_path: Path) -> None:
    home = tmp_path / "site %s packages"
    shutil.copytree(PACKAGE, home / "db", ignore=shutil.ignore_patterns("__pycache__"))
    script = "import db; db.Database.open('people.db').add_samples; print(db.__file__)"
    done = subprocess.run([sys.executable, "-c", script], cwd=home, capture_output=True, text=True, check=True)
    assert Path(done.stdout.strip()) == home / "db" / "__init__.py"
    assert (home / "people.db").exists()


def test_people_whose_names_look_alike_in_an_older_database_are_told_apart(tmp_path: Path) -> None:
    place = tmp_path / "people.db"
    older = {"Ada": "ada\u200b", "Bob": "bob", "Bobby": "bo\u00adb", "Cleo": "cleo\u200f", "Dora": "\u3164"}
    with Database.open(place) as database:
        enrol(database, *older)
        with database.writing() as session:
            for name, key in older.items():
                values = {"name": key.capitalize(), "key": key, "was": name}
                session.execute(text("UPDATE person SET name = :name, key = :key WHERE name = :was"), values)
            session.execute(text("UPDATE alembic_version SET version_num = '0014'"))
    with Database.open(place) as database:
        assert sorted(person.name for person in database.people()) == ["Ada", "Bob", "Bob (2)", "Cleo", "Unnamed"]
        assert [database.person(name).samples for name in ("ADA", "bob", "bob (2)", "Cleo\u200b")] == [1, 1, 1, 1]


def test_an_older_database_is_brought_up_to_date_and_keeps_what_it_holds(tmp_path: Path) -> None:
    place = tmp_path / "people.db"
    with Database.open(place) as database:
        enrol(database, "Ada")
        with database.writing() as session:
            older = ("apart", "look", "stay", "unknown", "message", "event", "likeness")
            for table in (
                "visitor",
                "writer",
                "suggestion",
                "negative",
                "recording",
                "concern",
                "decision",
                "appearance",
                "evidence",
                *older,
            ):
                session.execute(text(f"DROP TABLE {table}"))
            for table in ("person", "sample"):
                session.execute(text(f"ALTER TABLE {table} DROP COLUMN aside"))
            session.execute(text("DROP INDEX ix_sighting_written"))
            session.execute(text("DROP INDEX ix_sighting_recording_id"))
            for column in ("written", "recording_id"):
                session.execute(text(f"ALTER TABLE sighting DROP COLUMN {column}"))
            session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    with Database.open(place) as database:
        assert database.events() == []
        assert [person.name for person in database.people()] == ["Ada"]
