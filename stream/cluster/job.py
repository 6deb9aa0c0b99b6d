"""What the workers of an archive are told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from db import default_url
from db.schema.engine import database_url, file_of, is_sqlite
from stream.errors import StreamError
from stream.settings.cameras import CameraOptions, CameraSettings
from stream.settings.settings import Settings


@dataclass(frozen=True, slots=True)
class Job:
    """What workers need to know; it travels to them.

    Attributes:
        db: path or URL of the gallery.
        detector, embedder, threshold, liveness: as of `Recognizer.open`.
        shards: of the gallery, by their names, where workers are not to hold it; see `stream.cluster.shards.begun`.
        wishes: for each camera of which something else is wished than of the others.
        common: what is wished of the others.
    """

    db: str
    common: CameraSettings
    wishes: Mapping[str, CameraSettings] = field(default_factory=dict)
    detector: str | None = None
    embedder: str | None = None
    threshold: float | None = None
    liveness: str | None = None
    shards: tuple[str, ...] = ()


def job_of(wished: Settings) -> Job:
    """What workers need of the settings: places by their whole paths, and no password of a camera.

    Args:
        wished: its detector is a shipped one's name, or an ONNX file.

    Raises:
        StreamError: the gallery is in memory, where nobody else can read it.
    """
    url = database_url(wished.db or default_url())
    file = file_of(url)
    if file is not None:
        url = url.set(database=str(file.absolute()))
    elif is_sqlite(url):
        raise StreamError("An archive is watched by several processes: name a file or a server with --db.")
    for_all = {name: getattr(wished, name) for name in CameraOptions.model_fields}
    common = _placed(CameraSettings(source="", **for_all))
    wishes = {one.called: _placed(one.model_copy(update={"source": one.called})) for one in wished.camera}
    return Job(
        url.render_as_string(hide_password=False),
        common,
        wishes,
        _placed_file(wished.detector),
        _placed_file(wished.embedder),
        wished.threshold,
        _placed_file(wished.liveness),
    )


def _placed(wished: CameraSettings) -> CameraSettings:
    folder = wished.snapshots
    return wished.model_copy(update={"snapshots": None if folder is None else folder.absolute()})


def _placed_file(network: str | Path | None) -> str | None:
    """A network's file by its whole path; names of shipped ones as they are."""
    if network is None:
        return None
    return str(Path(network).absolute()) if Path(network).is_file() else str(network)
