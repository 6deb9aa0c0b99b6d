"""The settings of `watch`: what is wished of a run, and where it is said."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import StrictInt, ValidationError
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from db.events.telling import GAP
from db.schema import engine
from db.sightings import retention
from models import EMBEDDER
from stream.errors import StreamError
from stream.settings.cameras import CameraOptions, CameraSettings, for_each_camera
from stream.settings.file import filled, mistake, read_toml, secrets_folder, unreadable
from stream.settings.option import SHOWN, TOLD, WHO, option
from stream.sources.address import LOOPBACK

ENVIRONMENT = "DOORMAN_"  # what the names of the options begin with there


class Settings(CameraOptions, BaseSettings):
    """All that is wished of a watch: options for all cameras, and the cameras."""

    model_config = SettingsConfigDict(env_prefix=ENVIRONMENT, env_ignore_empty=True)

    camera: Annotated[tuple[CameraSettings, ...], NoDecode] = ()
    window: bool | None = option(None, "Show it; by default a camera, where there is a display.", SHOWN, example=True)
    log: Path | None = option(None, "Write one JSON object per frame; - prints them.", SHOWN, "seen.jsonl")
    events: Path | None = option(
        None, "Append who came, was named and left, and lost cameras, as JSON.", TOLD, "events.jsonl"
    )
    events_by: Literal["track", "visit"] = option(
        "track", "Tell each track, or a person once for each visit over all cameras, and once when it is over."
    )
    visit_gap: float = option(
        GAP.total_seconds(), "Seconds for which somebody may be seen nowhere within a visit.", ge=0
    )
    cooldown: float = option(0.0, "Seconds for which nothing more is told of a person who was told of.", ge=0)
    notify: str | None = option(None, "Whom alone to tell of: names, and unknown.", example="unknown,Ada")
    webhook: str | None = option(
        None, "URL to which each of these events is posted.", TOLD, "https://example.org/doorman", repr=False
    )
    webhook_secret: str | None = option(
        None,
        "Secret by which they are signed, in X-Doorman-Signature.",
        example="${WEBHOOK_SECRET}",
        repr=False,
        min_length=1,  # an empty one would sign nothing, without a word
    )
    notify_url: str | None = option(
        None, "Apprise URLs of services that notify you, with spaces between.", example="ntfys://my-doors", repr=False
    )
    mqtt: str | None = option(
        None,
        "URL of a broker to which they are published, mqtt://host.",
        TOLD,
        "mqtt://user:${MQTT_PASSWORD}@broker",
        repr=False,
    )
    metrics: StrictInt | None = option(None, "Port for Prometheus, /metrics, and /healthz.", TOLD, 9100, ge=0, le=65535)
    web: str | None = option(
        None, "Where to serve the web pages, [HOST:]PORT; without a host on this machine only.", TOLD, "8765"
    )
    trusted_proxy: str | None = option(None, "Address of a proxy before them that is believed.", example="127.0.0.1")
    metrics_host: str = option(LOOPBACK, "Address at which these can be asked for.")
    db: str | None = option(None, engine.PLACE, WHO, "people.db", repr=False)
    detector: str | None = option(
        None, "A shipped detector's name, FILE.onnx, or an Ultralytics FILE.pt.", WHO, "yolov5m-face"
    )
    trust: bool = option(False, "Read a .pt file, though the code in it may do anything here.")
    embedder: str | None = option(None, EMBEDDER, WHO, "resnet18-embedder")
    liveness: Path | None = option(
        None,
        "FILE.onnx that tells living faces from pictures: a network of your own, not measured by us.",
        example="liveness.onnx",
    )
    keep_days: float = option(retention.DAYS, "Keep sightings and strangers for so many days.", ge=0)
    keep_megabytes: float = option(
        retention.MAX_BYTES / 1e6, "Keep snapshots, and strangers, up to this size each.", ge=0
    )
    ray: str | None = option(
        None, "Let the machines of this Ray cluster watch the cameras: HOST:PORT, or auto.", example="auto"
    )
    ray_cameras: int = option(2, "Cameras that one process of the cluster watches.", ge=1)
    ray_cpus: float = option(0.5, "CPUs of a machine that a camera takes there.", gt=0)
    shards: int = option(
        0, "Parts in which machines of the cluster hold a gallery too large for each process; 0: each holds all.", ge=0
    )
    secrets_dir: Path | None = option(
        None,
        "Folder with a file for each secret, called as an option, or as a ${VARIABLE} of the settings file.",
        example="secrets",
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the caller's name for it
        init_settings: PydanticBaseSettingsSource,
        *_: PydanticBaseSettingsSource,
        **__: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What it is made of alone; `read` says where that comes from."""
        return (init_settings,)

    @classmethod
    def read(
        cls,
        path: Path | None = None,
        given: Mapping[str, Any] | None = None,
        sources: Sequence[str] = (),
        name: str | None = None,
    ) -> Self:
        """The settings of a run, with all that is wished for each camera.

        What is given goes before the environment (`DOORMAN_<OPTION>`), that before the folder of secrets, that before
        a camera's table in the file, and that before what the file says for all.

        Args:
            path: the settings file.
            given: the options of the command line.
            sources: what to watch instead of the file's cameras.
            name: another name for the camera.

        Raises:
            StreamError: something is wrong; it says what, and where.
        """
        given = dict(given or {})
        environment = _of_options(EnvSettingsSource(cls)())
        file = {} if path is None else read_toml(path)
        folder = secrets_folder((file | environment | given).get("secrets_dir"))
        try:
            secrets = _of_options(SecretsSettingsSource(cls, folder, env_prefix="")())
        except SettingsError as error:
            raise unreadable(folder or Path(), error.__cause__) from error
        try:
            settings = cls(**filled(file, folder) | secrets | environment | given)
        except ValidationError as error:
            key = str(error.errors()[0]["loc"][0])
            places = {
                f"--{key.replace('_', '-')}": given,
                f"{ENVIRONMENT}{key.upper()}": environment,
                str(folder): secrets,
            }
            place = next((place for place, options in places.items() if key in options), path)
            raise StreamError(f"{place}: {mistake(error, cls.model_fields, CameraSettings.model_fields)}") from error
        cameras = [CameraSettings(source=text) for text in sources] or settings.camera
        if not cameras and "camera" not in file:  # `camera = []` says that there is none
            cameras = [CameraSettings(source="0")]
        wished = for_each_camera(cameras, settings, {*environment, *given}, name)
        return settings.model_copy(update={"camera": tuple(wished)})


def _of_options(found: Mapping[str, Any]) -> dict[str, Any]:
    """Those that are for all cameras; the cameras themselves stand in the file alone."""
    return {key: value for key, value in found.items() if key != "camera"}
