"""The cameras of a watch shared out: which of them one process of a cluster watches, and what it needs to know."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from pathlib import Path

from db import default_url
from db.schema.engine import database_url, file_of, is_sqlite
from stream.errors import StreamError
from stream.settings.settings import Settings
from stream.sources.address import split_name
from stream.watching.feed import all_live, open_feeds


@dataclass(frozen=True, slots=True)
class Share:
    """A few cameras; it travels to the process that watches them.

    Attributes:
        wished: the settings, with these cameras alone.
        folder: to which paths are relative, on machines that have it.
    """

    wished: Settings
    folder: Path

    @property
    def cameras(self) -> tuple[str, ...]:
        """Their names."""
        return tuple(camera.called for camera in self.wished.camera)

    @property
    def cpus(self) -> float:
        """What they take of a machine; above one CPU Ray knows whole ones only."""
        cpus = len(self.wished.camera) * self.wished.ray_cpus
        return cpus if cpus <= 1 else ceil(cpus)


def shares_of(wished: Settings) -> list[Share]:
    """Share the cameras of a watch out, as many to each process as is wished, in their order.

    Raises:
        StreamError: something is wished that a cluster cannot do.
    """
    refusal = next(_refusals(wished), None)
    if refusal is not None:
        raise StreamError(refusal)
    database = wished.db or default_url()
    folder = Path.cwd()
    at_once = wished.ray_cameras
    groups = [wished.camera[first : first + at_once] for first in range(0, len(wished.camera), at_once)]
    return [Share(wished.model_copy(update={"camera": group, "db": database}), folder) for group in groups]


def _refusals(wished: Settings) -> Iterator[str]:
    database = database_url(wished.db or default_url())
    if is_sqlite(database) and file_of(database) is None:
        yield "The cameras are watched by several processes: name a server, or a file, with --db."
    if not wished.camera:
        yield "There is no camera to watch: add a [[camera]] to the settings file."
    given = {
        "--window": wished.window,
        "--log": wished.log,
        "--events": wished.events,
        "--out": any(camera.out for camera in wished.camera),
    }
    for option, is_given in given.items():
        if is_given:
            yield (
                f"{option} is for cameras that this machine watches, and with --ray others do: leave it out; "
                "--web shows all cameras, and `doorman sightings` what the database holds of them."
            )
    for camera in wished.camera:
        if split_name(camera.source)[1].isdecimal():
            yield f"{camera.called} is a webcam, which is at one machine only: watch it there, without --ray."
    if wished.camera and not all_live(open_feeds(wished.camera)):
        yield "Recordings are not watched with --ray: `doorman archive --ray` does that."
