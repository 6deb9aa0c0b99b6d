"""A service that needs no networks: every picture of some size shows one face, which is like everybody enrolled."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from db import Database, Event, Match, NewSample
from db.evidence.finding import find_like
from db.history.suggestions import Suggestions
from db.records import Tell
from db.unknowns.unknowns import Unknowns
from models.analysis import Face
from models.errors import PictureError
from models.images import Upload, read_image
from stream.errors import UnknownCameraError
from stream.gallery.calibration.calibrate import calibrate
from stream.gallery.calibration.calibration import CalibrationReport
from stream.gallery.calibration.leave_one_out import Searched
from stream.gallery.enroll import Verdict
from stream.gallery.identify import Identified
from stream.gallery.identity import UNKNOWN, Identity, Rule
from stream.hygiene.check import Doubt
from stream.hygiene.looking import mixed
from stream.monitoring.status import CameraStatus
from stream.pipeline.zones import Area
from stream.service.corrections import Corrections
from stream.service.evidence import Why
from stream.service.find import Before
from stream.service.people import People
from stream.service.setup.cameras import Cameras
from stream.service.setup.kept import SettingsFile
from stream.service.unknowns import UnknownFaces
from stream.service.visits import Visits
from stream.service.watch.picture import Picture
from stream.settings.cameras import CameraSettings
from stream.settings.settings import Settings
from stream.sources.cameras.state import State
from stream.watching.upkeep import Keep
from tests.clips import make_faces, make_view
from tests.fakes import make_face, unit
from tests.people import DIGEST, at, grey_crop

THRESHOLD = 0.4
SETTINGS = """\
# our house
blur_unknown = false   # yet

[[camera]]
name = "door"   # in front
source = "rtsp://user:secret@192.0.2.7/stream"
zones = [[[64, 36], [320, 36], [320, 180]]]
"""
CROP = grey_crop(99)


class FakeRecognition:
    """Stands in for the networks."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.enrolled: list[tuple[str, str]] = []
        embedder = SimpleNamespace(digest=DIGEST)
        self.recognizer = SimpleNamespace(
            database=database,
            rule=Rule(THRESHOLD),
            given=None,
            analyzer=SimpleNamespace(embedder=embedder),
        )

    def calibrate(self, far: float, now: datetime) -> CalibrationReport:
        return calibrate(Searched.all_of(self.database.gallery(DIGEST)), None, DIGEST, far, now, repeats=5)

    def identify(self, image: Any, top: int = 5) -> tuple[list[Identified], float]:
        if image.shape[0] < 20:
            return [], THRESHOLD
        face = make_face(unit(1.0), box=(2, 3, 12, 15))
        matches = [Match(one, 0.5) for one in self.database.people()][:top]
        identity = Identity("named", matches[0].person, 0.5) if matches else UNKNOWN
        return [Identified(face, matches, identity)], THRESHOLD

    def find(self, picture: Upload, since: datetime | None = None, until: datetime | None = None) -> Before:
        read_image(picture)
        return self.find_face(make_face(unit(1.0)), since, until)

    def find_face(self, face: Face, since: datetime | None = None, until: datetime | None = None) -> Before:
        assert face.embedding is not None
        found = find_like(self.database, DIGEST, face.embedding, since, until)
        return Before(found, THRESHOLD)

    def detect(self, image: Any, embedded: bool = False) -> list[Face]:
        return [one.face for one in self.identify(image)[0]]

    def compare(self, first: Upload, second: Upload) -> tuple[float, float]:
        read_image(first), read_image(second)
        return 0.61, THRESHOLD

    def enroll(self, name: str, pictures: Sequence[Upload], force: bool = False) -> list[Verdict]:
        return [self._enrol(name, picture) for picture in pictures]

    def enroll_face(self, name: str, face: Face, source: str, force: bool = False) -> Verdict:
        if name == "Nobody" and not force:
            return Verdict(name, source, "looks like Ada (similarity 0.81)", doubted=True)
        return self._take(name, source)

    def name_unknown(self, number: int, name: str, force: bool = False) -> list[Verdict]:
        pictures = Unknowns(self.database).pictures(number)
        if name == "Nobody":
            return [
                Verdict(name, f"unknown {number}", "looks like Ada (similarity 0.81)", doubted=True) for _ in pictures
            ]
        Unknowns(self.database).name(number, name, [NewSample(unit(1.0), DIGEST, 0.8, f"unknown {number}", CROP)])
        return [Verdict(name, f"unknown {number}") for _ in pictures]

    def mixed(self, name: str) -> list[Doubt]:
        return mixed(self.database, name, THRESHOLD)

    def check(self) -> list[Doubt]:
        names = [person.name for person in self.database.people() if person.samples]
        if len(names) < 2:
            return []
        one, other, *_ = names
        samples = tuple(sample.id for sample in self.database.samples(one))
        return [
            Doubt((one,), samples, 0.1, f"picture {samples[0]} of {one} is unlike the others (similarity 0.10)", ""),
            Doubt((one, other), (), 0.6, f"{one} and {other} look like one person (similarity 0.60)", ""),
        ]

    def accept(self, numbers: Sequence[int]) -> list[Verdict]:
        waiting = {one.id: one.person for one in Suggestions(self.database).waiting()}
        for number in numbers:
            Suggestions(self.database).crop(number)
            sample = NewSample(unit(1.0), DIGEST, 0.8, f"suggestion {number}", CROP)
            Suggestions(self.database).accept(waiting[number], [number], [sample])
        return [Verdict(waiting[number], f"suggestion {number}") for number in numbers]

    def enroll_looks(self, name: str, looks: Sequence[Face], source: str, force: bool = False) -> list[Verdict]:
        if name == "Nobody":
            return [Verdict(name, source, "looks like Ada (similarity 0.81)", doubted=True) for _ in looks]
        self.database.add_samples(name, [NewSample(unit(1.0), DIGEST, 0.8, source, CROP) for _ in looks])
        return [Verdict(name, source) for _ in looks]

    def _enrol(self, name: str, picture: Upload) -> Verdict:
        try:
            read_image(picture)
        except PictureError as error:
            return Verdict(name, str(picture), str(error))
        if "group" in str(picture):
            return Verdict(name, str(picture), "several faces (3): cut out the one to enrol")
        if "stranger" in str(picture):
            return Verdict(name, str(picture), f"unlike the other pictures of {name} (similarity 0.10)", doubted=True)
        return self._take(name, str(picture))

    def _take(self, name: str, source: str) -> Verdict:
        self.enrolled.append((name, source))
        self.database.add_samples(name, [NewSample(unit(1.0), DIGEST, 0.8, source, CROP)])
        return Verdict(name, source)


class FakeSession:
    """A watch of one camera, the door, whose newest picture is number 7; tells whoever hears of one event."""

    event = Event(at(0), "door", "named", track=3, sighting=1, name="Ada", similarity=0.5)

    picture = Picture(
        make_view(7, faces=make_faces([None, "Ada", None]), looks={1: (make_face(unit(1.0)), make_face(unit(1.0)))}),
        0.0,
    )
    problem: str | None = None
    camera_problem: str | None = None
    keeps_unknown = False

    def __init__(self) -> None:
        self.areas = {"door": Area()}
        self.keep = Keep()

    def area(self, name: str) -> Area:
        if name not in self.areas:
            raise UnknownCameraError(f"No camera is called {name}: name one of these.")
        return self.areas[name]

    def set_area(self, name: str, area: Area) -> None:
        self.area(name)
        self.areas[name] = area

    def add(self, camera: CameraSettings) -> None:
        self.areas[camera.called] = camera.area

    def remove(self, name: str) -> None:
        self.area(name)
        del self.areas[name]

    def cameras(self) -> list[CameraStatus]:
        problem = self.camera_problem
        return [
            CameraStatus(
                "door",
                State.LIVE,
                25.0,
                5.0,
                0.1,
                problem,
                (640, 360),
                faces=2,
                named=1,
                names=("Ada",),
                well=not problem,
            )
        ]

    @contextmanager
    def hearing(self, tell: Tell) -> Iterator[None]:
        tell(self.event)
        yield

    def newest(self, camera: str, after: int | None = None, timeout: float = 0.0) -> Any:
        if camera != "door":
            raise UnknownCameraError(f"No camera is called {camera} (there are: door): name one of these.")
        return None if after == 7 else self.picture


class FakeService:
    """People and sightings are in a real database."""

    def __init__(self, database: Database, queues: Path) -> None:
        self.people = People(database, queues)
        self.corrections = Corrections(database)
        self.unknowns = UnknownFaces(database, DIGEST)
        self.visits = Visits(database)
        self.why = Why(database, DIGEST)
        self.recognition = FakeRecognition(database)
        self.session: FakeSession | None = FakeSession()
        self.file = queues / "cameras.toml"
        self.file.write_text(SETTINGS)
        kept = SettingsFile(self.file, lambda: Settings.read(self.file))
        self.cameras = Cameras(lambda: self.session, self.recognition, kept)


def enrol_ada(service: FakeService, name: str = "Ada") -> None:
    service.recognition._take(name, "ada.jpg")
