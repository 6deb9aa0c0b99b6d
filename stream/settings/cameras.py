"""What may be wished for one camera or recording, and for each of several."""

import math
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, FiniteFloat, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from db.names import file_name
from models.search.tiles import MOST, tiles_wished
from stream.errors import StreamError
from stream.pipeline.lookahead import LOOKAHEAD
from stream.pipeline.zones import Area
from stream.settings.option import SHOWN, SOURCES, WHO, option
from stream.sources.address import default_name, split_name

Coordinate = Annotated[FiniteFloat, Field(ge=0)]
Polygon = Annotated[tuple[tuple[Coordinate, Coordinate], ...], Field(min_length=3)]


def _tiles(text: str) -> str:
    try:
        tiles_wished(text)
    except ValueError as error:
        raise PydanticCustomError("tiles", str(error)) from None
    return text


class CameraOptions(BaseModel):
    """The options of `watch` that may differ from camera to camera."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)

    realtime: bool = option(False, "Play a file as a camera.", SOURCES)
    max_seconds: float = option(math.inf, "End after so many seconds.", SOURCES, ge=0)
    out: Path | None = option(
        None, "Write the labelled video, .mp4 or .mkv; of several, FILE-<camera>.mp4.", SHOWN, "seen.mp4"
    )
    snapshots: Path | None = option(
        None, "Keep pictures of those who are named in this folder.", SHOWN, example="snapshots"
    )
    blur_unknown: bool = option(False, "Make everybody unrecognizable who is not named.", SHOWN)
    keep_unknown: bool = option(
        False, "Keep faces of those who leave without a name, in groups, for `doorman unknowns`.", WHO
    )
    keep_evidence: bool = option(
        False, "Keep the aligned faces behind each name, for `doorman sightings show`; a wrong name's are a stranger's."
    )
    learn: bool = option(
        False, "Offer good looks at those who are named as further pictures, for `doorman people suggestions`."
    )
    threshold: float | None = option(
        None,
        "Cosine from which a face gets a name; by default as calibrated, or by the gallery's size.",
        WHO,
        example=0.6,
        ge=-1,
        le=1,
    )
    detect_every: int | None = option(
        None, "Frames from one detection to the next; by default up to 10, live as can be.", example=3, ge=1
    )
    tiles: Annotated[str, AfterValidator(_tiles)] | None = option(
        None,
        "Search from nearby, too, for small faces, in so many tiles along the long side: auto, off, or a number up to "
        f"{MOST}; by default pictures auto, recordings off; cameras never are.",
        example="auto",
    )
    lookahead: float = option(LOOKAHEAD, "Seconds that a recording's labels wait for a name.", ge=0)
    started: str | None = option(
        None, "When a recording was made, where its file does not tell.", example="2026-10-25 18:30"
    )
    certificate: str | None = option(
        None, "SHA-256 of a camera's own certificate, where nobody vouches for it; any trusts anybody.", example="any"
    )

    @field_validator("*", mode="before")
    @classmethod
    def _no_empty_path(cls, given: Any, info: ValidationInfo) -> Any:
        """An empty path would be the folder in which one is."""
        kind = cls.model_fields[info.field_name or ""].annotation
        if given == "" and kind == Path | None:
            raise PydanticCustomError("empty_path", "should not be empty")
        return given


class CameraSettings(CameraOptions):
    """A camera, or a recording: one `[[camera]]` of the file, or a source of the command line."""

    source: str = Field(examples=["rtsp://user:${DOOR_PASSWORD}@door/stream"], repr=False)
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


def for_each_camera(
    cameras: Sequence[CameraSettings], common: CameraOptions, given: Collection[str], name: str | None = None
) -> Iterator[CameraSettings]:
    """Each camera with all that is wished for it.

    What is given goes before what the camera's own table says, and that before what holds for all. A video that is
    wished for several cameras, `FILE.mp4`, becomes `FILE-<camera>.mp4`.

    Args:
        given: the options that the command line or the environment gives.
        name: another name for the camera.
    """
    for camera in cameras:
        camera = camera if name is None else camera.model_copy(update={"name": name})
        keys = [key for key in CameraOptions.model_fields if key in given or key not in camera.model_fields_set]
        wishes = {key: getattr(common, key) for key in keys}
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
