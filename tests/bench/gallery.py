"""The people of composed clips, enrolled from other moments than those that the clips show."""

from contextlib import AbstractContextManager
from pathlib import Path

from models.manifest import shipped
from stream.gallery.folders import pictures_of
from stream.recognizer import Recognizer
from tests.bench.common import OUT, console


def opened(folder: Path, detector: str | None = None) -> AbstractContextManager[Recognizer]:
    """A recognizer that knows the people of a composed clip's folder, enrolled unless they are already."""
    database = OUT / f"{folder.name}.db"
    stamp, made = (folder / "stamp.txt").read_text() + shipped("embedding").sha256, database.with_suffix(".txt")
    if not made.is_file() or made.read_text() != stamp:
        for file in OUT.glob(f"{database.name}*"):
            file.unlink()
        with Recognizer.open(database) as recognizer:
            for name, pictures in pictures_of(folder / "people").items():
                for verdict in recognizer.enroll(name, pictures, force=True):
                    if verdict.refused:
                        console.print(f"{name}: {verdict.refused}", style="yellow")
        made.write_text(stamp)
    return Recognizer.open(database, detector)
