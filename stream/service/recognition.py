"""What needs the networks: whose faces are these? One request at a time, behind the cameras that are watched."""

from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from db.names import clean_name
from models.analysis import Face
from models.errors import PictureError
from models.images import Upload
from stream.gallery.calibration.calibrate import calibrate_database
from stream.gallery.calibration.calibration import CalibrationReport
from stream.gallery.enroll import Verdict
from stream.gallery.identify import Identified, PictureLike, as_image, similarity
from stream.gallery.shown import enroll_looks
from stream.hygiene.check import Doubt
from stream.hygiene.learning import accept
from stream.hygiene.looking import check, mixed
from stream.priority import step_back
from stream.recognizer import Recognizer
from stream.service.find import MOST, Before, find, find_face
from stream.unknowns.naming import name_unknown

Result = TypeVar("Result")


class Recognition:
    """A recognizer for many threads: requests take their turn, in a thread that lets all others go before it.

    Use it in a `with` block.
    """

    def __init__(self, recognizer: Recognizer) -> None:
        self.recognizer = recognizer
        self._turn = ThreadPoolExecutor(1, "recognition", initializer=step_back)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._turn.shutdown(cancel_futures=True)

    def identify(self, picture: PictureLike, top: int = 5) -> tuple[list[Identified], float]:
        """The faces of a picture, the largest first, each with the people most like it; and the threshold in force.

        Raises:
            PictureError: it cannot be read.
        """
        return self._in_turn(lambda: (self.recognizer.identify(as_image(picture), top), self.recognizer.rule.threshold))

    def detect(self, picture: PictureLike, embedded: bool = False) -> list[Face]:
        """The faces of a picture, the largest first, without asking whose they are.

        Args:
            embedded: whether they come with embeddings, which take longest.

        Raises:
            PictureError: it cannot be read.
        """
        return self._in_turn(lambda: self.recognizer.analyzer.faces(as_image(picture), flip=True, embedded=embedded))

    def compare(self, first: PictureLike, second: PictureLike) -> tuple[float, float]:
        """Cosine similarity of the largest faces of two pictures, and the threshold in force.

        Raises:
            PictureError: a picture cannot be read, or shows no face that is good enough.
        """
        return self._in_turn(
            lambda: (similarity(self.recognizer.analyzer, first, second), self.recognizer.rule.threshold)
        )

    def find(
        self, picture: PictureLike, since: datetime | None = None, until: datetime | None = None, most: int = MOST
    ) -> Before:
        """When and where the largest face of a picture was seen before; see `stream.service.find`."""
        return self._in_turn(lambda: find(self.recognizer, picture, since, until, most))

    def find_face(self, face: Face) -> Before:
        """When and where a face was seen before that `identify` found.

        Raises:
            PictureError: it is not good enough.
        """
        if face.refused is not None:
            raise PictureError(f"The face cannot be searched for: {face.refused}.")
        return self._in_turn(lambda: find_face(self.recognizer, face))

    def enroll(self, name: str, pictures: Sequence[Path | Upload], force: bool = False) -> list[Verdict]:
        """Enrol pictures of one person; a verdict for each, in their order.

        Args:
            force: enrol also what only its similarity speaks against.

        Raises:
            DatabaseError: the gallery cannot take it.
        """
        return self._in_turn(lambda: self.recognizer.enroller.pictures(name, pictures, force))

    def enroll_face(self, name: str, face: Face, source: str, force: bool = False) -> Verdict:
        """Enrol a face that `identify` found.

        Args:
            source: where it comes from, in words.
            force: enrol it also where only its similarity speaks against it.

        Raises:
            DatabaseError: the gallery cannot take it, or the name is none.
        """
        clean_name(name)
        if face.refused is not None:
            return Verdict(name, source, face.refused)
        return self._in_turn(lambda: self.recognizer.enroller.face(name, face, source, force))

    def check(self) -> list[Doubt]:
        """What is doubtful about the people enrolled, each with what helps; see `stream.hygiene`."""
        analyzer = self.recognizer.analyzer
        return self._in_turn(
            lambda: check(
                self.recognizer.database,
                analyzer.embedder.digest,
                self.recognizer.thresholds,
                analyzer.landmarker,
            )
        )

    def mixed(self, name: str) -> list[Doubt]:
        """Whether somebody's pictures look like two people's; see `stream.hygiene.looking.mixed`.

        Raises:
            UnknownPersonError: nobody has that name.
        """
        return self._in_turn(lambda: mixed(self.recognizer.database, name, self.recognizer.unlike))

    def calibrate(self, far: float, now: datetime) -> CalibrationReport:
        """What the threshold is for a rate of false names, and for others; not yet in force.

        Args:
            far: share of strangers' tracks that may get a name.

        Raises:
            StreamError: the gallery is too small; see also `calibrate_database`.
        """
        recognizer = self.recognizer
        entry = recognizer.analyzer.embedder.network.entry
        return self._in_turn(lambda: calibrate_database(recognizer.database, entry, far, now))

    def accept(self, numbers: Collection[int]) -> list[Verdict]:
        """Enrol looks that were offered, by the numbers of `Corrections.suggestions`; see `stream.hygiene.learning`."""
        return self._in_turn(lambda: accept(self.recognizer.enroller, numbers))

    def name_unknown(self, number: int, name: str, force: bool = False) -> list[Verdict]:
        """Make a person of a group of strangers, or add it to one; see `stream.unknowns.naming`."""
        return self._in_turn(lambda: name_unknown(self.recognizer.enroller, number, name, force))

    def enroll_looks(self, name: str, looks: Sequence[Face], source: str, force: bool = False) -> list[Verdict]:
        """Enrol looks at one face; see `stream.gallery.shown`."""
        return self._in_turn(lambda: enroll_looks(self.recognizer.enroller, name, looks, source, force))

    def _in_turn(self, work: Callable[[], Result]) -> Result:
        return self._turn.submit(work).result()
