"""Which still pictures before a camera are taken for pictures within ten seconds, and is anybody alive?

    python -m tests.bench.pictures

Of every shared clip of a head: ten seconds of it, forwards and backwards, since the clips are short; and its first
picture as a photograph that is moved, turned and tilted to and fro, with the noise of a camera.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from models.analysis import Analyzer, open_analyzer
from stream.evidence.pictures import PictureFinder
from tests.bench.common import Row, report, run, shared

Image = NDArray[np.uint8]

TIMES = np.arange(0, 10.01, 1.0)  # of looks, seconds
SIZE = (480, 360)
TILTS = (0.0, 14.0, 16.0, 22.0, 30.0)  # degrees to each side, at most
LATE = (0.0, 0.5)  # seconds by which the looks at the living come later: other moments of the same clips


def frames(path: Path) -> tuple[list[Image], float]:
    """A clip's pictures, up to 640 pixels wide, and how many a second."""
    film = cv2.VideoCapture(str(path))
    fps, found = film.get(cv2.CAP_PROP_FPS), list[Image]()
    while len(found) < 12 * fps and (read := film.read())[0]:
        scale = min(1.0, 640 / max(read[1].shape[:2]))
        found.append(np.asarray(cv2.resize(read[1], None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8))
    return found, fps


def living(path: Path, late: float = 0.0) -> Iterator[Image]:
    """Ten seconds of a head, from so many seconds on."""
    pictures, fps = frames(path)
    there_and_back = pictures + pictures[-2:0:-1]
    return (there_and_back[int((t + late) * fps) % len(there_and_back)] for t in TIMES)


def still(path: Path, seed: int, moved: bool, turned: bool, tilt: float) -> Iterator[Image]:
    """Ten seconds of a photograph, tilted by so many degrees to each side at most, and .7 of that up and down."""
    picture = frames(path)[0][0]
    rng = np.random.default_rng(seed)
    rates, phases = rng.uniform(0.05, 0.3, 6), rng.uniform(0, 2 * np.pi, 6)
    height, width = picture.shape[:2]
    scale = 300 / max(height, width)
    corners = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]]) * [width * scale / 2, height * scale / 2, 0]
    for t in TIMES:
        swing = np.sin(2 * np.pi * rates * t + phases)
        yaw, pitch = np.radians([tilt, 0.7 * tilt]) * swing[:2]
        about = np.array([pitch, yaw, np.radians(15) * swing[2] * turned])
        place = corners @ cv2.Rodrigues(about)[0].T
        seen = place[:, :2] * (900 / (900 + place[:, 2:])) + [240, 180] + np.array([50, 25]) * swing[3:5] * moved
        source = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
        image = cv2.warpPerspective(picture, cv2.getPerspectiveTransform(source, seen.astype(np.float32)), SIZE)
        noisy = image * (1 + 0.05 * swing[5]) + rng.normal(0, 3, image.shape)
        yield np.clip(noisy, 0, 255).astype(np.uint8)


def is_picture(analyzer: Analyzer, images: Iterator[Image]) -> bool:
    """Whether the surest face is ever taken for a picture's."""
    pictures, ever = PictureFinder(), False
    for t, image in zip(TIMES, images, strict=True):
        found = analyzer.detector.detect(image, 0.25, 640)
        if len(found):
            row = int(np.argmax(found.confidence))
            look = analyzer.look(image, found.xyxy[[row]].astype(np.float32), found.confidence[[row]])[0]
            ever |= pictures.note(1, float(t), look)
    return ever


def measure(analyzer: Analyzer, heads: Sequence[Path]) -> Iterator[Row]:
    """How many of the living, and of stills by their tilt, are taken for pictures; every other still is moved, too."""
    alive = [is_picture(analyzer, living(path, late)) for late in LATE for path in heads]
    yield {"what": "living", "heads": len(alive), "taken for pictures": sum(alive)}
    for tilt in TILTS:
        stills = [still(path, seed, seed % 2 == 0, seed % 3 == 0, tilt) for seed, path in enumerate(heads)]
        taken = sum(is_picture(analyzer, images) for images in stills)
        yield {"what": f"stills, tilted {tilt:.0f} degrees", "heads": len(heads), "taken for pictures": taken}


def main() -> None:
    def bench() -> None:
        heads = sorted(shared("videos/heads").iterdir())
        rows = list(measure(open_analyzer(), heads))
        report("pictures", "Taken for pictures within ten seconds", rows)

    run(bench)


if __name__ == "__main__":
    main()
