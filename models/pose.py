"""Head pose from the five points, good enough to tell a frontal face from a turned one."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from models.align import TEMPLATE
from models.errors import ModelError

# The mean face in units of the eye distance, x to the right, y down, z away from the camera. Width and height are the
# alignment template's; the depth is the one with which heads turned at will fit hand-marked faces best (on two sets of
# 1,500: the same): the nose tip stands before the pupils, the mouth's corners hardly behind them.
_DEPTH = np.array([0.0, 0.0, -0.55, 0.02, 0.02])
_FACE = np.column_stack([TEMPLATE / (TEMPLATE[1, 0] - TEMPLATE[0, 0]), _DEPTH])
_FROM_FACE = np.linalg.pinv(_FACE - _FACE.mean(axis=0)).T  # (5, 3)


@dataclass(frozen=True, slots=True)
class Pose:
    """Degrees as the viewer sees them: yaw > 0 looks to the picture's right, pitch > 0 up, roll > 0 leans clockwise."""

    yaw: float
    pitch: float
    roll: float


def pose(points: ArrayLike) -> Pose:
    """Pose of the face with these five points (5, 2), pixels.

    Pose from orthography and scaling (the first step of DeMenthon and Davis' POSIT, IJCV 1995): the linear map from a
    mean head to the points, made a rotation. Five points of one mean head tell yaw and pitch to about ten degrees.
    Raises ModelError where the points fall into one place or onto one line, or are not numbers.
    """
    seen = np.asarray(points, dtype=np.float64)
    affine = (seen - seen.mean(axis=0)).T @ _FROM_FACE
    if not np.isfinite(affine).all() or np.linalg.matrix_rank(affine) < 2:
        raise ModelError("These points have no pose, they lie on one line or are not numbers: skip this face.")
    left, _, right = np.linalg.svd(affine, full_matrices=False)
    across, down = left @ right  # the nearest two orthonormal rows
    away = np.cross(across, down)
    yaw = np.arcsin(np.clip(away[0], -1, 1))
    pitch = -np.arctan2(away[1], away[2])
    roll = np.arctan2(down[0], across[0])
    return Pose(*(float(np.degrees(angle)) for angle in (yaw, pitch, roll)))
