"""What a detector finds in every frame of a composed clip, with all the time that it wants: MOTChallenge's det.txt.

python -m tests.bench.offline --seed 0
"""

from pathlib import Path

import typer
from rich.progress import track

from models.detector import Detector
from models.manifest import find
from models.runtime import Network
from stream.sources.source import open_source
from stream.watching.pipelines import UNSURE
from tests.bench.common import console, run
from tests.bench.compose import composed


def detect_all(folder: Path, detector: Detector) -> Path:
    """The folder of this detector's det/det.txt beside the clip's truth, made unless it is there already."""
    entry = detector.network.entry
    place = folder.with_name(f"{folder.name}-{entry.name}")
    stamp, made = f"{(folder / 'stamp.txt').read_text()} {entry.sha256}", place / "stamp.txt"
    if not made.is_file() or made.read_text() != stamp:
        for part in ("gt/gt.txt", "seqinfo.ini", "det/det.txt"):
            (place / part).parent.mkdir(parents=True, exist_ok=True)
            if (folder / part).is_file():
                (place / part).write_bytes((folder / part).read_bytes())
        _write(place / "det/det.txt", folder / "clip.mp4", detector)
        made.write_text(stamp)
    return place


def _write(path: Path, clip: Path, detector: Detector) -> None:
    source = open_source(str(clip))
    with path.open("w", encoding="utf-8") as file:
        for frame in track(source, "detecting in every frame", source.frames, console=console, transient=True):
            found = detector.detect(frame.image, UNSURE * detector.threshold)
            for (x1, y1, x2, y2), score in zip(found.xyxy, found.confidence, strict=True):
                file.write(f"{frame.index + 1},-1,{x1:.2f},{y1:.2f},{x2 - x1:.2f},{y2 - y1:.2f},{score:.4f}\n")


def main(seed: int = 0, detector: str | None = None) -> None:
    run(lambda: console.print(detect_all(composed(seed), Detector(Network(find("detection", detector))))))


if __name__ == "__main__":
    typer.run(main)
