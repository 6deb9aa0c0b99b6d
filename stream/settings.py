"""The settings file of `watch`."""

import math
import tomllib
from collections.abc import Collection, Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, NonNegativeFloat, PositiveInt, ValidationError

from db.names import file_name
from db.sightings import retention
from stream.errors import StreamError
from stream.pipeline.lookahead import LOOKAHEAD
from stream.pipeline.zones import Area
from stream.sources.address import LOOPBACK, default_name, split_name

Coordinate = Annotated[FiniteFloat, Field(ge=0)]
Cosine = Annotated[float, Field(ge=-1, le=1)]
Port = Annotated[int, Field(strict=True, ge=0, le=65535)]
Polygon = Annotated[tuple[tuple[Coordinate, Coordinate], ...], Field(min_length=3)]


class Wishes(BaseModel):
    """The options of `watch` that may differ from camera to camera."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)

    realtime: bool = False
    detect_every: PositiveInt | None = Field(default=None, examples=[3])
    lookahead: NonNegativeFloat = LOOKAHEAD
    max_seconds: NonNegativeFloat = math.inf
    threshold: Cosine | None = Field(default=None, examples=[0.6])
    snapshots: Path | None = Field(default=None, examples=["snapshots"])
    blur_unknown: bool = False
    certificate: str | None = Field(default=None, examples=["any"])
    out: Path | None = Field(default=None, examples=["seen.mp4"])


class CameraSettings(Wishes):
    """A camera, or a recording: one `[[camera]]` of the file, or a source of the command line."""

    source: str = Field(examples=["rtsp://user:password@door/stream"])
    name: str | None = Field(default=None, examples=["door"])
    zones: tuple[Polygon, ...] = Field(default=(), examples=[[[[0, 0], [0.5, 0], [0.5, 1], [0, 1]]]])
    masks: tuple[Polygon, ...] = Field(default=(), examples=[[[[900, 40], [1200, 40], [1050, 300]]]])

    @property
    def called(self) -> str:
        """The name, also where none was given."""
        name, text = split_name(self.source)
        return self.name or name or default_name(text)

    @property
    def area(self) -> Area:
        """Where in its picture faces count."""
        return Area(self.zones, self.masks)


class Settings(Wishes):
    """What a settings file says: options for all cameras, and the cameras."""

    camera: tuple[CameraSettings, ...] = ()
    db: str | None = Field(default=None, examples=["people.db"])
    window: bool | None = Field(default=None, examples=[True])
    log: Path | None = Field(default=None, examples=["seen.jsonl"])
    events: Path | None = Field(default=None, examples=["events.jsonl"])
    webhook: str | None = Field(default=None, examples=["https://example.org/doorman"])
    webhook_secret: str | None = Field(default=None, examples=["a long random text"])
    mqtt: str | None = Field(default=None, examples=["mqtt://user:password@broker"])
    metrics: Port | None = Field(default=None, examples=[9100])
    metrics_host: str = LOOPBACK
    keep_days: NonNegativeFloat = retention.DAYS
    keep_megabytes: NonNegativeFloat = retention.MAX_BYTES / 1e6
    detector: str | None = Field(default=None, examples=["yolov5m-face"])
    trust: bool = False
    embedder: str | None = Field(default=None, examples=["resnet18-embedder"])

    @classmethod
    def read(cls, path: Path) -> Self:
        """Raises StreamError, which says what is wrong where, if it cannot be used."""
        try:
            return cls.model_validate(tomllib.loads(path.read_text("utf-8")))
        except OSError as error:
            raise StreamError(f"{path} cannot be read ({error.strerror}): check the path.") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
            raise StreamError(
                f"{path} is not TOML ({error}): put texts into quotes, one key = value a line."
            ) from error
        except ValidationError as error:
            raise StreamError(f"{path}: {_problem(error)}") from error

    def options(self) -> dict[str, object]:
        """What it says for all cameras, by the names of the options."""
        return self.model_dump(exclude_unset=True, exclude={"camera"})


def _problem(error: ValidationError) -> str:
    """The first thing that is wrong, and what would be right."""
    first = error.errors(include_url=False)[0]
    if first["loc"] == ("camera",):
        return "camera: write [[camera]] above the lines of each camera, with two brackets on each side."
    *place, key = (str(part + 1) if isinstance(part, int) else part for part in first["loc"])
    where = "".join(f"{part} " for part in place)
    if first["type"] != "extra_forbidden":
        polygon = {"zones", "masks"} & set(first["loc"]) and first["type"] in ("tuple_type", "too_short")
        return f"{where}{key}: {'a polygon is a list of three or more [x, y]' if polygon else first['msg']}."
    if place and key in Settings.model_fields:
        return f"{where}has {key}, which holds for all cameras: write it above the first [[camera]]."
    known = (CameraSettings if place else Settings).model_fields
    nearest = get_close_matches(key.replace("-", "_"), known, n=1, cutoff=0.0)[0]
    return f"{where}has {key}, which is no option: did you mean {nearest}?"


def effective(
    cameras: Sequence[CameraSettings], common: Wishes, given: Collection[str], name: str | None = None
) -> Iterator[CameraSettings]:
    """Each camera with all that is wished for it.

    What the command line gives goes before what the camera's own table says, and that before what holds for all. A
    video that is wished for several cameras, `FILE.mp4`, becomes `FILE-<camera>.mp4`.

    Args:
        given: the options that the command line gives.
        name: another name for the camera.
    """
    for camera in cameras:
        camera = camera if name is None else camera.model_copy(update={"name": name})
        wishes = {key: wish for key, wish in common if key in given or key not in camera.model_fields_set}
        if wishes.get("out") is not None and len(cameras) > 1:
            wishes["out"] = wishes["out"].with_stem(f"{wishes['out'].stem}-{file_name(camera.called)}")
        yield camera.model_copy(update=wishes)


def videos(cameras: Sequence[CameraSettings]) -> dict[str, Path]:
    """Each camera's video, by the camera's name.

    Raises:
        StreamError: two would be the same.
    """
    wanted = [(camera.called, camera.out) for camera in cameras if camera.out is not None]
    found = dict(wanted)
    if len(set(found.values())) < len(wanted):
        raise StreamError("Two sources cannot have the same video: give each a name of its own, as name=SOURCE.")
    return found
