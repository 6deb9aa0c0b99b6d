"""Where in a camera's picture faces count."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import cast

import numpy as np
import supervision as sv
from numpy.typing import NDArray

from stream.frame import Frame
from stream.pipeline.workers import InLine, ScanResult, Worker
from stream.scan import Scan

Polygon = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Area:
    """The part of a picture in which faces are looked for.

    A polygon's points are x, y in pixels as the camera sends them or, where none is above 1, in fractions of the
    picture's width and height.

    Attributes:
        zones: polygons in which faces count; without any, they do everywhere.
        masks: polygons in which they do not.
    """

    zones: tuple[Polygon, ...] = ()
    masks: tuple[Polygon, ...] = ()

    def split(
        self, faces: sv.Detections, width: int, height: int, stretch: tuple[float, float] = (1.0, 1.0)
    ) -> tuple[sv.Detections, sv.Detections]:
        """The faces that count, and the others.

        A face counts whose middle lies in a zone and in no mask, in a picture of this size; `stretch` as a frame's.
        """
        zones = [_zone(polygon, width, height, stretch).trigger(faces) for polygon in self.zones]
        masks = [_zone(polygon, width, height, stretch).trigger(faces) for polygon in self.masks]
        counts = np.any(zones, axis=0) if zones else np.full(len(faces), True)
        counts = counts & ~np.any(masks, axis=0)
        return cast(sv.Detections, faces[counts]), cast(sv.Detections, faces[~counts])

    def masked(self, width: int, height: int, stretch: tuple[float, float] = (1.0, 1.0)) -> list[NDArray[np.int64]]:
        """The masks (P, 2) in pixels of a picture of this size."""
        return [_zone(polygon, width, height, stretch).polygon for polygon in self.masks]

    def in_parts(self, width: int, height: int, stretch: tuple[float, float] = (1.0, 1.0)) -> "Area":
        """The same in fractions, for a picture of this size."""

        def parts(polygon: Polygon) -> Polygon:
            points = _in_pixels(polygon, width, height, stretch) / (width, height)
            return tuple((round(x, 4), round(y, 4)) for x, y in points.clip(0, 1).tolist())

        return Area(tuple(map(parts, self.zones)), tuple(map(parts, self.masks)))


WHOLE_PICTURE = Area()


@cache
def _zone(polygon: Polygon, width: int, height: int, stretch: tuple[float, float]) -> sv.PolygonZone:
    points = _in_pixels(polygon, width, height, stretch)
    return sv.PolygonZone(points.round().astype(np.int64), triggering_anchors=[sv.Position.CENTER])


def _in_pixels(polygon: Polygon, width: int, height: int, stretch: tuple[float, float]) -> NDArray[np.float64]:
    """The points (P, 2) of a polygon in pixels of a picture of this size."""
    points = np.array(polygon, np.float64)
    return points * ((width, height) if points.max() <= 1 else stretch)


class InZones(InLine[Scan, ScanResult]):
    """A detector that tells the faces that count from the others.

    Args:
        detector: finds all faces, within `submit`.
        areas: by the name of the camera.
    """

    def __init__(self, detector: Worker[Scan, ScanResult], areas: Mapping[str, Area]) -> None:
        super().__init__()
        self._detector = detector
        self._areas = areas

    def submit(self, frame: Frame, scan: Scan) -> None:
        """Find the faces of this frame, where and as closely as the scan says."""
        self._detector.submit(frame, scan)
        height, width = frame.image.shape[:2]
        area = self._areas[frame.camera]
        stretch = frame.stretch
        for result in self._detector.finished():
            faces, apart = area.split(result.faces, width, height, stretch)
            self._finished.append(replace(result, faces=faces, apart=apart))
