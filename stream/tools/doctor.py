"""What is wrong with this installation, its networks, the database, a camera."""

import os
import platform
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, nullcontext, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import onnxruntime

from db import Database, DatabaseError
from db.evidence.evidence import EvidenceOf
from db.people.counting import everybody_counted, picture_counts, totals
from db.text.wording import how_many
from db.unknowns.unknowns import Unknowns
from models.errors import ModelError
from models.integers import dot_products, swifter
from models.manifest import MANIFEST, ModelEntry, all_shipped, read_manifest, shipped
from models.runtime import cpus
from stream.errors import StreamError
from stream.gallery.calibration.calibration import stored
from stream.gallery.calibration.report import state as calibration_state
from stream.gallery.embedder import embedder_of, refuse_another
from stream.sinks.window import display_problem
from stream.sources.source import frames_of, open_source

LEAST_SPACE = 1 << 30  # bytes; a day's log and snapshots of a busy camera
PATIENCE = 5.0  # seconds for a camera's first picture


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `problem` is None when it is well."""

    subject: str
    state: str
    problem: str | None = None


def examine(db: str | Database, camera: str | None = None, certificate: str | None = None) -> Iterator[Finding]:
    """Look at everything that a run needs; with a camera, also whether it gives a picture.

    Args:
        db: a database that is open, or where it is.
    """
    yield Finding("system", f"Python {platform.python_version()} on {platform.platform()}, {cpus()} CPUs to use")
    yield Finding(
        "runtime", f"ONNX Runtime {onnxruntime.__version__}: {', '.join(onnxruntime.get_available_providers())}"
    )
    yield _checked("8-bit integers", _integers)
    yield _checked("detector", _detector)
    yield from _networks()
    yield _checked("database", lambda: _database(db))
    yield _checked("embedder", lambda: _embedder(db))
    yield _checked("threshold", lambda: _threshold(db))
    yield _checked("strangers", lambda: _strangers(db))
    yield _checked("evidence", lambda: _evidence(db))
    yield _space(Path.cwd())
    yield from _where_the_database_is(db)
    yield Finding("display", "none (no window)" if display_problem() else "a window can be shown")
    if camera is not None:
        yield _checked("camera", lambda: _camera(camera, certificate))  # not its address, which may hold a password


def _checked(subject: str, check: Callable[[], str]) -> Finding:
    try:
        return Finding(subject, check())
    except (ModelError, DatabaseError, StreamError) as error:
        return Finding(subject, "not usable", str(error))


def _integers() -> str:
    """Whether this CPU is made for networks in 8-bit integers, as far as Linux tells, and whether one is used."""
    flags = dot_products()
    if flags is None:
        return "the CPU's instructions are not known here; `bench` tells what is fast"
    if not flags:
        return "no instructions for them: a detector whose name ends in -int8 gains little"
    twins = [(entry, swifter(entry)) for entry in all_shipped("detection")]
    uses = [f"--detector {entry.name} gives cameras {twin.name}" for entry, twin in twins if twin is not entry]
    return f"instructions for them ({', '.join(sorted(flags))}): {', '.join(uses) or 'no network here uses them'}"


def _detector() -> str:
    """Which detector searches where none is named."""
    return f"{shipped('detection').name} for all; --detector names another"


def _networks() -> Iterator[Finding]:
    try:
        entries = read_manifest(MANIFEST)
    except ModelError as error:
        yield Finding("networks", "not usable", str(error))
        return
    for entry in entries:
        yield _checked(f"network {entry.name}", partial(_network, entry))


def _network(entry: ModelEntry) -> str:
    return f"{entry.verified().path.name} is as measured"


def _reading(db: str | Database) -> AbstractContextManager[Database]:
    return nullcontext(db) if isinstance(db, Database) else Database.open_to_read(db)


def _database(db: str | Database) -> str:
    with _reading(db) as database:
        database.check()
        refuse_another(database, embedder_of(database))
        return f"{database.place}: {how_many(everybody_counted(database), 'person', 'people')}"


def _embedder(db: str | Database) -> str:
    """Which embedder looks at faces where none is named."""
    default = shipped("embedding")
    with _reading(db) as database:
        used = embedder_of(database)
    if used == default:
        return f"{used.name}; --embedder names another"
    return f"{used.name}, which made the gallery; `reembed` brings it to {default.name}, the default"


def _threshold(db: str | Database) -> str:
    with _reading(db) as database:
        calibration = stored(database, embedder_of(database).sha256)
        return calibration_state(calibration, *totals(picture_counts(database)))


def _strangers(db: str | Database) -> str:
    with _reading(db) as database:
        groups, stays, size = Unknowns(database).counts()
    if not stays:
        return "nothing is kept of them; `watch --keep-unknown` would"
    visits = how_many(stays, "visit")
    told = f"faces, aligned and as vectors, of {groups} are kept, from {visits}, {size / 1e6:.1f} MB of pictures"
    return f"{told}: `unknowns list` shows them, `unknowns forget` erases one, `prune` those that are old"


def _evidence(db: str | Database) -> str:
    with _reading(db) as database:
        looks, size = EvidenceOf(database).counts()
    faces = f"{size / 1e6:.1f} MB of faces" if size else "no faces; `watch --keep-evidence` would keep them"
    return f"kept are {how_many(looks, 'look')} behind names, as vectors and numbers, and {faces}"


def _space(folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free
    state = f"{free / 1e9:.1f} GB free in {folder}"
    return Finding("disk", state, None if free > LEAST_SPACE else "Little room is left: free some, or run `prune`.")


def _where_the_database_is(db: str | Database) -> Iterator[Finding]:
    """Its disk, where it is another than the present folder's, or nothing can be written there."""
    with suppress(DatabaseError), _reading(db) as database:
        folder = None if database.file is None else database.file.absolute().parent
        if folder is None or not folder.is_dir():
            return
        found = _space(folder)
        if not os.access(folder, os.W_OK):
            problem = f"Nothing can be written in {folder}: allow it, or choose another file with --db."
            yield replace(found, problem=problem)
        elif folder.stat().st_dev != Path.cwd().stat().st_dev:
            yield found


def _camera(text: str, certificate: str | None) -> str:
    with closing(open_source(text, certificate=certificate)) as source:
        height, width = next(frames_of(source, PATIENCE)).image.shape[:2]
        return f"{source.name} gives pictures of {width} x {height} px"
