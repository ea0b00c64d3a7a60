"""Covering what tells who somebody is: the eyes, and places marked by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from needlepoint.core.imaging.face import Points
from needlepoint.core.imaging.photo import Pixels

# Points of the mesh around both eyes and brows.
_AROUND_EYES: Final = (
    33, 133, 159, 145, 246, 7, 263, 362, 386, 374, 466, 249, 70, 63, 105, 66, 107, 46, 300, 293, 334, 296, 336, 276,
)  # fmt: skip
_MARGIN: Final = 0.22  # of the band's length, along it and across
_COVER: Final = (110, 110, 110)


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A place to cover, as shares of the picture's width and height, 0 to 1."""

    left: float
    top: float
    width: float
    height: float


def covered(rgb: Pixels, *, face: Points | None, boxes: Sequence[Box]) -> Pixels:
    """Give the picture with a band over the eyes and every box filled; nothing of what lay there is left.

    Parameters
    ----------
    rgb
        (height, width, 3) sRGB.
    face
        The mesh whose eyes are covered, if there is one.
    boxes
        Places to cover.

    Returns
    -------
    Pixels
        A new picture.

    """
    picture = rgb.copy()
    height, width = rgb.shape[:2]
    if face is not None:
        cv2.fillPoly(picture, [_band(face)], _COVER)
    for box in boxes:
        # Outwards to whole pixels, so that no edge of what is hidden remains.
        left, top = int(np.floor(box.left * width)), int(np.floor(box.top * height))
        right, bottom = int(np.ceil((box.left + box.width) * width)), int(np.ceil((box.top + box.height) * height))
        picture[max(top, 0) : bottom, max(left, 0) : right] = _COVER
    return picture


def _band(face: Points) -> np.ndarray[tuple[int, ...], np.dtype[np.int32]]:
    points = face[list(_AROUND_EYES), :2]
    middle = points.mean(axis=0)
    along = face[263, :2] - face[33, :2]
    along = along / np.linalg.norm(along)
    across = np.array([-along[1], along[0]])
    reach = [np.abs((points - middle) @ axis).max() for axis in (along, across)]
    margin = _MARGIN * reach[0]
    a, b = along * (reach[0] + margin), across * (reach[1] + margin)
    corners = np.array([middle - a - b, middle + a - b, middle + a + b, middle - a + b])
    return np.asarray(np.round(corners), dtype=np.int32)
