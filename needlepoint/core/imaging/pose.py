"""How the head is turned, from the points of the face mesh."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from needlepoint.core.imaging.face import Points

# Points of one side and their mirror images, on parts of the face that expression hardly moves.
_SIDES: Final = np.array(
    [(33, 263), (133, 362), (127, 356), (234, 454), (93, 323), (103, 332), (54, 284), (21, 251), (116, 345), (50, 280)]
)
_TOP: Final = np.array([10, 151, 9, 168])
_BOTTOM: Final = np.array([152, 175, 199, 200])
# How far the plane of a straight face leans back, in the mean of rendered heads of known pose; people differ by 3.
_LEAN_DEG: Final = 7.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pose:
    """Angles of the head in degrees, all 0 when the face looks straight into the camera.

    Yaw is positive when the person turns to their own left, pitch when the chin goes up, roll when the head
    tips towards the right edge of the picture. Estimates from one photograph are good to about 3 degrees.
    """

    yaw_deg: float
    pitch_deg: float
    roll_deg: float


def head_pose(mesh: Points) -> Pose:
    """Give the pose of a mesh.

    Parameters
    ----------
    mesh
        (468, 3) points in pixels with relative depth.

    Returns
    -------
    Pose
        Yaw, pitch and roll in degrees.

    """
    across = (mesh[_SIDES[:, 1]] - mesh[_SIDES[:, 0]]).sum(axis=0)
    across /= np.linalg.norm(across)
    down = mesh[_BOTTOM].mean(axis=0) - mesh[_TOP].mean(axis=0)
    down -= across * (down @ across)
    down /= np.linalg.norm(down)
    towards = np.cross(across, down)  # away from the camera
    yaw = np.degrees(np.arctan2(across[2], np.hypot(across[0], across[1])))
    pitch = np.degrees(np.arctan2(-down[2], towards[2])) + _LEAN_DEG
    roll = np.degrees(np.arctan2(across[1], across[0]))
    return Pose(yaw_deg=float(yaw), pitch_deg=float(pitch), roll_deg=float(roll))
