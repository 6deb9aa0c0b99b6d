"""The program's tracks as supervision's Detections, which every annotator, zone and sink of that library takes."""

import math
from collections.abc import Callable, Sequence

import numpy as np
import supervision as sv
from numpy.typing import NDArray

from models.analysis import Face
from stream.evidence.pictures import NO_PICTURES
from stream.gallery.identity import Identity
from stream.pipeline.workers import Look
from tracker import Track, boxes_of


def tracked_faces(
    people: Sequence[tuple[Track, Identity]],
    looks: Sequence[Look],
    is_picture: Callable[[int], bool] = NO_PICTURES.shows,
) -> sv.Detections:
    """Tracks and who they are as supervision's Detections, with names and the like in `data` (see `View`).

    Args:
        looks: that have just been finished; their points come with the faces.
        is_picture: whether a track, by its id, is a picture's face.
    """
    if not people:
        return sv.Detections.empty()
    tracks, identities = zip(*people, strict=True)
    faces = {look.track: look.face for look in looks}
    return sv.Detections(
        xyxy=boxes_of(tracks),
        confidence=np.array([track.score for track in tracks], np.float32),
        class_id=np.zeros(len(tracks), int),  # there is one class, the face; supervision's annotators ask for it
        tracker_id=np.array([track.id for track in tracks]),
        data={
            "landmarks": np.stack([_points(faces.get(track.id), track.box) for track in tracks]),
            "name": np.array([who.name for who in identities], object),
            "state": np.array([who.state for who in identities], object),
            "similarity": np.array(
                [math.nan if who.similarity is None else who.similarity for who in identities], np.float32
            ),
            "picture": np.array([is_picture(track.id) for track in tracks]),
            "refused": np.array([who.refused for who in identities], object),
        },
    )


def _points(face: Face | None, box: NDArray[np.float32]) -> NDArray[np.float32]:
    """The landmarks (5, 2) of a face that was looked at, moved with its box to where that is now; else NaN."""
    if face is None or face.landmarks is None:
        return np.full((5, 2), np.nan, np.float32)
    then, now = (one.reshape(2, 2).astype(np.float64) for one in (face.box, box))
    growth = np.sqrt(np.prod(now[1] - now[0]) / max(float(np.prod(then[1] - then[0])), 1e-9))
    return np.asarray((face.landmarks - then.mean(axis=0)) * growth + now.mean(axis=0), np.float32)
