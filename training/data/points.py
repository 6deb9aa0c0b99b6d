"""The five points of every face anew, by our own landmark network: what aligns faces at run time, for training too."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from models.files import anew, part_of
from training.data.celeba import CelebA
from training.data.detection import SHEET, contact_sheet
from training.data.pictures import Pictures
from training.data.progress import counted
from training.evaluate.faces import BATCH, Locates, relocated
from training.evaluate.landmarks import over_eyes

HEADER = "lefteye_x lefteye_y righteye_x righteye_y nose_x nose_y leftmouth_x leftmouth_y rightmouth_x rightmouth_y"
PERCENTILES = (50, 90, 95, 99)
RED, GREEN = (0, 0, 255), (0, 255, 0)


def remake(celeba: CelebA, pictures: Pictures, landmarker: Locates, digest: str, path: Path) -> None:
    """Write the network's points of all faces in the layout of list_landmarks_celeba.txt; the given ones say where.

    An interrupted run leaves a part of the file, which the next one by the same network goes on with.

    Args:
        digest: sha256 of the network's file.
    """
    part, begin = part_of(path.with_name(f"{path.name}-{digest[:12]}")), f"{len(celeba)}\n{HEADER}\n"
    text = part.read_text(encoding="utf-8") if part.is_file() else ""
    text = text[: text.rfind("\n") + 1] if text.startswith(begin) else begin  # without a line that was cut off
    done = text.count("\n") - begin.count("\n")
    path.parent.mkdir(parents=True, exist_ok=True)
    with anew(part).open("w", encoding="utf-8") as file:
        file.write(text)
        for start in counted(range(done, len(celeba), BATCH), "Locating"):
            names = celeba.files[start : start + BATCH]
            images = [pictures.read(f"img_celeba/{name}") for name in names]
            fives = relocated(landmarker, images, celeba.points[start : start + BATCH])
            for name, points in zip(names, fives, strict=True):
                file.write(" ".join([str(name), *(f"{number:.2f}" for number in points.ravel())]) + "\n")
    part.replace(path)


def disagreement(given: NDArray[np.float32], own: NDArray[np.float32]) -> dict[str, float]:
    """How far two placements (N, 5, 2) of the same points are apart, over the eye distance: mean and percentiles."""
    apart = over_eyes(own, given).mean(axis=1)
    percentiles = np.percentile(apart, PERCENTILES)
    return {"mean": float(apart.mean())} | {
        f"p{rank}": float(value) for rank, value in zip(PERCENTILES, percentiles, strict=True)
    }


def show_disagreement(celeba: CelebA, own: NDArray[np.float32], pictures: Pictures, path: Path) -> None:
    """A contact sheet of the faces whose own points (N, 5, 2), in green, lie furthest from the given ones, in red."""
    apart = over_eyes(own, celeba.points).mean(axis=1)
    images = []
    for row in np.argsort(-apart)[:SHEET]:
        image = pictures.read(f"img_celeba/{celeba.files[row]}").copy()
        for color, points in ((RED, celeba.points[row]), (GREEN, own[row])):
            for x, y in points.round().astype(int).tolist():
                cv2.circle(image, (x, y), 2, color, cv2.FILLED)
        images.append(image)
    contact_sheet(images, path)
