"""Clips with exact truth: talking heads that walk, stop, cross and leave before a moving background.

    python -m tests.bench.compose --seed 0 --seconds 20

writes into bench-output/composed-0: clip.mp4 (1280x720, 30 frames a second), gt/gt.txt and seqinfo.ini in
MOTChallenge's layout, names.json (who the true tracks are), and people/NAME/*.png to enrol, of other moments.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import cv2
import numpy as np
import supervision as sv
import typer
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from stream.frame import Frame, View
from stream.sinks.video import VideoSink
from tests.bench import heads as heads_module
from tests.bench.common import OUT, run
from tests.bench.heads import BOXES, Head, read_heads

WIDTH, HEIGHT, FPS = 1280, 720, 30
LANES = 6  # people in the picture at a time, at most
FACES = 55.0, 120.0  # pixels, the width of a face
HEAD = np.array([0.8, 0.95])  # semi-axes of the ellipse that is cut out, in widths and heights of the face
HAIR = 0.15  # heights of the face, by which the ellipse's centre lies above the face's
PAN = np.array([200.0, 40.0])  # pixels that the background moves to each side
COUNTED = 0.5  # part of a face to be seen, from which it must be found
NOTED = 0.1  # and from which it may be

Image = NDArray[np.uint8]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Appearance:
    """One walk of a person through the picture.

    Attributes:
        start, end: seconds.
        scale: of the head's pictures.
        centre: of the face (2,) in pixels, at a time in seconds.
    """

    head: Head
    start: float
    end: float
    scale: float
    centre: Callable[[float], Floats]

    def picture(self, t: float) -> tuple[Image, Floats]:
        """The head's picture at time `t`, and the face's box (4,) in it; to and fro, lest it jumps."""
        last = len(self.head.pictures) - 1
        index = last - abs(int((t - self.start) * self.head.fps) % (2 * last) - last)
        return self.head.pictures[index], self.head.boxes[index]


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """A true face in one frame: the number of its appearance from 1, its box (4,) within the frame in pixels, and which
    part of it is neither covered nor outside."""

    track: int
    box: Floats
    visible: float


def plan(heads: Sequence[Head], seconds: float, random: np.random.Generator) -> list[Appearance]:
    """Who is where and when. Nobody is there twice at once: each head keeps to one lane."""
    appearances = []
    for lane in range(min(LANES, len(heads))):
        t = random.uniform(-4.0, 1.0)
        for head in cycle(heads[lane::LANES]):
            if t >= seconds:
                break
            appearances.append(_appearance(head, t, random))
            t = appearances[-1].end + random.uniform(0.5, 2.0)
    return appearances


def _appearance(head: Head, start: float, random: np.random.Generator) -> Appearance:
    """Either across the picture, or into it, to stay for a while, and out on any side."""
    width = random.uniform(*FACES)
    edges = (-1.2 * width, WIDTH + 1.2 * width)
    came, left = random.permutation(edges) if random.random() < 0.6 else [random.choice(edges)] * 2
    heights = random.uniform(0.3 * HEIGHT, 0.7 * HEIGHT, 2)
    if came == left or random.random() < 0.3:
        seconds, place = random.uniform(8.0, 14.0), random.uniform(0.2, 0.8) * WIDTH
        moments, places = [0.0, 0.25, 0.75, 1.0], [came, place, place + random.uniform(-60, 60), left]
    else:
        seconds = random.uniform(5.0, 9.0)
        moments, places = [0.0, 0.5, 1.0], [came, random.uniform(0.35, 0.65) * WIDTH, left]
    path = PchipInterpolator(
        start + seconds * np.array(moments),
        np.column_stack([places, np.linspace(*heights, len(places))]),
    )
    phase = random.uniform(0, 2 * np.pi)

    def centre(t: float) -> Floats:
        bob = 0.05 * width * np.sin(2 * np.pi * 1.8 * t + phase)  # heads of those who walk go up and down
        return np.asarray(path(t)) + [0.0, bob]

    return Appearance(head, start, start + seconds, width / head.width, centre)


def render(
    appearances: Sequence[Appearance], seconds: float, random: np.random.Generator
) -> Iterator[tuple[Image, list[Seen]]]:
    """Every frame, with the faces in it."""
    scenery = _scenery(random)
    for index in range(round(seconds * FPS)):
        t = index / FPS
        middle = np.array([WIDTH, HEIGHT]) / 2 + PAN + PAN * np.sin([0.3 * t, 0.2 * t])
        image = cv2.getRectSubPix(scenery, (WIDTH, HEIGHT), middle)
        front = np.zeros((HEIGHT, WIDTH), np.int64)  # which face is seen there, by its place in the row
        row = sorted(
            ((track, each) for track, each in enumerate(appearances, 1) if each.start <= t < each.end),
            key=lambda pair: pair[1].scale * pair[1].head.width,  # who is larger is nearer
        )
        boxes = [_paste(image, front, place, each, t) for place, (_, each) in enumerate(row, 1)]
        yield (
            image,
            [
                Seen(track, _inside(box), _visible(front, place, box))
                for place, ((track, _), box) in enumerate(zip(row, boxes, strict=True), 1)
            ],
        )


def _paste(image: Image, front: NDArray[np.int64], place: int, each: Appearance, t: float) -> Floats:
    """Put a head into the frame; returns the face's box (4,) there."""
    picture, box = each.picture(t)
    size, middle = (box[2:] - box[:2]) * each.scale, each.centre(t)
    axes, centre = HEAD * size, middle - [0.0, HAIR * size[1]]
    x1, y1 = np.maximum(np.floor(centre - axes - 4), 0).astype(int)
    x2, y2 = np.minimum(np.ceil(centre + axes + 4), [WIDTH, HEIGHT]).astype(int)
    if x1 < x2 and y1 < y2:
        corner = middle - each.scale * (box[:2] + box[2:]) / 2 - [x1, y1]
        moved = np.array([[each.scale, 0, corner[0]], [0, each.scale, corner[1]]])
        extent = (int(x2 - x1), int(y2 - y1))
        mask = cv2.warpAffine(np.ones(picture.shape[:2], np.float32), moved, extent)
        y, x = np.mgrid[y1:y2, x1:x2]
        mask *= ((x - centre[0]) / axes[0]) ** 2 + ((y - centre[1]) / axes[1]) ** 2 < 1
        mask = cv2.GaussianBlur(mask, (0, 0), 1.5)
        region = image[y1:y2, x1:x2]
        region[:] = region + mask[..., None] * (cv2.warpAffine(picture, moved, extent) - region.astype(np.float32))
        front[y1:y2, x1:x2][mask > 0.5] = place
    return np.concatenate([middle - size / 2, middle + size / 2])


def _inside(box: Floats) -> Floats:
    return np.clip(box, 0, [WIDTH, HEIGHT, WIDTH, HEIGHT])


def _visible(front: NDArray[np.int64], place: int, box: Floats) -> float:
    """The part of a face's box that no one nearer covers and the frame does not cut off."""
    x1, y1, x2, y2 = np.round(_inside(box)).astype(int)
    area = np.prod(box[2:] - box[:2])
    return min(1.0, float((front[y1:y2, x1:x2] <= place).sum() / area))


def _scenery(random: np.random.Generator) -> Image:
    """Something with edges and textures of every size, larger than the frame by the pan."""
    width, height = (np.array([WIDTH, HEIGHT]) + 2 * PAN).astype(int)
    scenery = np.full((height, width, 3), 110.0)
    for cells, contrast in ((4, 40), (16, 25), (64, 15), (256, 8)):
        coarse = random.normal(0, contrast, (cells, cells, 1)) + random.normal(0, contrast / 4, (cells, cells, 3))
        scenery += cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    for _ in range(40):
        x, y = random.integers(0, [width, height])
        color = random.uniform(30, 200, 3)
        cv2.rectangle(scenery, (x, y), (x + random.integers(20, 250), y + random.integers(20, 250)), color.tolist(), -1)
    return np.clip(cv2.GaussianBlur(scenery, (0, 0), 1.0), 0, 255).astype(np.uint8)


def write(folder: Path, heads: Sequence[Head], seed: int, seconds: float) -> None:
    """Compose a clip and write it with its truth."""
    random = np.random.default_rng(seed)
    appearances = plan(heads, seconds, random)
    (folder / "gt").mkdir(parents=True, exist_ok=True)
    with VideoSink(folder / "clip.mp4", FPS) as clip, (folder / "gt/gt.txt").open("w", encoding="utf-8") as truth:
        for index, (image, faces) in enumerate(render(appearances, seconds, random)):
            clip.write(View(Frame(image, index, index / FPS, "composed"), sv.Detections.empty(), False), image)
            for face in faces:
                if face.visible >= NOTED:
                    truth.write(gt_row(index, face) + "\n")
    info = f"[Sequence]\nname={folder.name}\nframeRate={FPS}\nseqLength={round(seconds * FPS)}\n"
    (folder / "seqinfo.ini").write_text(info + f"imWidth={WIDTH}\nimHeight={HEIGHT}\n", encoding="utf-8")
    names = {number: each.head.name for number, each in enumerate(appearances, 1)}
    (folder / "names.json").write_text(json.dumps(names, indent=2), encoding="utf-8")
    for head in heads:
        (folder / "people" / head.name).mkdir(parents=True, exist_ok=True)
        for number, picture in enumerate(head.portraits):
            cv2.imwrite(str(folder / "people" / head.name / f"{number}.png"), picture)


def gt_row(index: int, face: Seen) -> str:
    """MOTChallenge: frame from 1, id, left, top, width, height, whether it counts, class, visible part."""
    x1, y1, x2, y2 = face.box
    counted = int(face.visible >= COUNTED)
    return f"{index + 1},{face.track},{x1:.2f},{y1:.2f},{x2 - x1:.2f},{y2 - y1:.2f},{counted},1,{face.visible:.3f}"


def composed(seed: int = 0, seconds: float = 20.0) -> Path:
    """The folder of a composed clip, made unless it is there already. Raises Skipped without the heads."""
    folder, stamp = OUT / f"composed-{seed}", hashlib.sha256(str(seconds).encode())
    for source in (Path(__file__), Path(heads_module.__file__), BOXES):
        stamp.update(source.read_bytes())
    made = folder / "stamp.txt"
    if not made.is_file() or made.read_text() != stamp.hexdigest():
        write(folder, read_heads(), seed, seconds)
        made.write_text(stamp.hexdigest())
    return folder


def main(seed: int = 0, seconds: float = 20.0) -> None:
    run(lambda: print(composed(seed, seconds)))  # noqa: T201


if __name__ == "__main__":
    typer.run(main)
