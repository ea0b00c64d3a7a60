"""The face areas of the vocabulary as polygons on the face mesh."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from needlepoint.core.imaging.face import Points
from needlepoint.core.imaging.photo import Mask

Outline = tuple[int, ...]

# Vocabulary order. Where two outlines stand, the first lies on the person's right, the left of the picture. All run
# anticlockwise as the camera sees a straight face, so that an outline seen from behind runs the other way.
FACE_AREAS: Final[dict[str, tuple[Outline, ...]]] = {
    "forehead": (
        (10, 109, 67, 103, 104, 68, 63, 105, 66, 107, 9, 336, 296, 334, 293, 298, 333, 332, 297, 338),
    ),
    "glabella": ((9, 107, 55, 193, 168, 417, 285, 336),),
    "temples": ((21, 162, 139, 156, 124, 70, 68, 54), (284, 298, 300, 353, 383, 368, 389, 251)),
    "under_eye": (
        (111, 117, 118, 119, 120, 121, 232, 231, 230, 229, 228, 31),
        (261, 448, 449, 450, 451, 452, 350, 349, 348, 347, 346, 340),
    ),
    "crows_feet": ((124, 156, 139, 34, 116, 111, 31, 226), (446, 261, 340, 345, 264, 368, 383, 353)),
    "nose": (
        (168, 193, 122, 174, 236, 198, 131, 48, 219, 218, 237, 44, 1, 274, 457, 438, 439, 278, 360, 420, 456,
         399, 351, 417),
    ),
    "cheeks": (
        (123, 147, 192, 214, 207, 205, 36, 142, 100, 119, 118, 117, 116),
        (345, 346, 347, 348, 329, 371, 266, 425, 427, 434, 416, 376, 352),
    ),
    "upper_lip": ((2, 97, 165, 92, 186, 185, 40, 39, 37, 0, 267, 269, 270, 409, 410, 322, 391, 326),),
    "perioral": (
        (17, 84, 181, 91, 146, 61, 57, 212, 202, 204, 194, 201, 200, 421, 418, 424, 422, 432, 287, 291, 375, 321,
         405, 314),
    ),
    "chin_jaw": (
        (200, 201, 194, 204, 202, 214, 138, 135, 169, 170, 140, 171, 175, 396, 369, 395, 394, 364, 367, 434, 422,
         424, 418, 421),
    ),
}  # fmt: skip

# Brows, eyes with their lids, and lips: inside or beside the areas, and never measured.
_COVERED: Final[tuple[Outline, ...]] = (
    (70, 63, 105, 66, 107, 55, 65, 52, 53, 46),
    (300, 293, 334, 296, 336, 285, 295, 282, 283, 276),
    (226, 247, 30, 29, 27, 28, 56, 190, 243, 112, 26, 22, 23, 24, 110, 25),
    (446, 467, 260, 259, 257, 258, 286, 414, 463, 341, 256, 252, 253, 254, 339, 255),
    (0, 37, 39, 40, 185, 61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267),
)
_OVAL: Final[Outline] = (
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149,
    150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
)  # fmt: skip
_MARGIN: Final = 0.015  # of the face's width: brows and lids are a little wider than their outline
_SHIFT: Final = 4  # polygons are filled to a sixteenth of a pixel


def facing(outline: Outline, mesh: Points) -> float:
    """Give the share of an outline's own size that the camera sees: 1 face on, 0 edge on, negative from behind.

    Parameters
    ----------
    outline
        Indices of mesh points.
    mesh
        (468, 3) points with relative depth.

    Returns
    -------
    float
        -1 to 1.

    """
    corners = mesh[list(outline)]
    corners = corners - corners.mean(axis=0)
    normal = np.cross(corners, np.roll(corners, -1, axis=0)).sum(axis=0)
    length = float(np.linalg.norm(normal))
    return -float(normal[2]) / length if length > 0 else 0.0


def filled(outlines: tuple[Outline, ...], points: NDArray[np.float64], shape: tuple[int, int]) -> Mask:
    """Give the pixels inside any of the outlines.

    Parameters
    ----------
    outlines
        Indices of mesh points.
    points
        (468, 2) mesh points in pixels of the mask.
    shape
        (height, width) of the mask.

    Returns
    -------
    array
        (height, width) of bool.

    """
    mask = np.zeros(shape, np.uint8)
    for outline in outlines:
        corners = np.round(points[list(outline)] * (1 << _SHIFT)).astype(np.int32)
        cv2.fillPoly(mask, [corners], 1, shift=_SHIFT)
    return mask.astype(np.bool_)


def bare_of_hair_and_lips(points: NDArray[np.float64], shape: tuple[int, int]) -> Mask:
    """Give the pixels that are not brow, eye or lip, with a small margin around these.

    Parameters
    ----------
    points
        (468, 2) mesh points in pixels of the mask.
    shape
        (height, width) of the mask.

    Returns
    -------
    array
        (height, width) of bool.

    """
    covered = filled(_COVERED, points, shape).astype(np.uint8)
    reach = max(1, round(_MARGIN * float(np.ptp(points[:, 0]))))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    return np.asarray(cv2.dilate(covered, kernel) == 0)


def oval(points: NDArray[np.float64], shape: tuple[int, int]) -> Mask:
    """Give the pixels of the whole face, brows, eyes and lips included.

    Parameters
    ----------
    points
        (468, 2) mesh points in pixels of the mask.
    shape
        (height, width) of the mask.

    Returns
    -------
    array
        (height, width) of bool.

    """
    return filled((_OVAL,), points, shape)
