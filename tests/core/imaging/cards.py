"""The printed card and stickers as pictures, laid into photographs by planes the tests hold."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from needlepoint.core.imaging.card import (
    HEIGHT_MM,
    MARKER_MM,
    MARKERS,
    PATCH_MM,
    STICKER_MARKER_MM,
    STICKER_MM,
    STICKERS,
    WIDTH_MM,
    marker_cells,
    patches,
)
from needlepoint.core.imaging.photo import Pixels
from tests.core.imaging.scenes import codes, light

FINE = 12  # pixels to a millimetre of the drawn card


@lru_cache(maxsize=1)
def drawn_card() -> Pixels:
    card = np.full((round(HEIGHT_MM * FINE), round(WIDTH_MM * FINE), 3), 252, np.uint8)
    for number, (left, top) in MARKERS.items():
        _stamp(card, number, left, top, MARKER_MM)
    for patch in patches():
        box = [round(FINE * edge) for edge in (patch.left_mm, patch.top_mm)]
        size = [round(FINE * edge) for edge in PATCH_MM]
        card[box[1] : box[1] + size[1], box[0] : box[0] + size[0]] = patch.code
    return card


def drawn_sticker(number: int) -> Pixels:
    sticker = np.full((round(STICKER_MM * FINE),) * 2 + (3,), 252, np.uint8)
    margin = (STICKER_MM - STICKER_MARKER_MM) / 2
    _stamp(sticker, number, margin, margin, STICKER_MARKER_MM)
    return sticker


def _stamp(onto: Pixels, number: int, left: float, top: float, side: float) -> None:
    cells = cv2.resize(
        (~marker_cells(number)).astype(np.uint8) * 225 + 25, (round(side * FINE),) * 2, interpolation=cv2.INTER_NEAREST
    )
    at = round(top * FINE), round(left * FINE)
    onto[at[0] : at[0] + cells.shape[0], at[1] : at[1] + cells.shape[1]] = cells[..., None]


def laid(
    picture: Pixels, card: Pixels, *, at: tuple[float, float], mm_per_px: float, turn_deg: float = 0.0,
    lean: float = 1.0, gain: tuple[float, float, float] = (1, 1, 1),
) -> Pixels:  # fmt: skip
    """Give the picture with the card's middle at a pixel, turned, leaning back, under coloured light."""
    height, width = card.shape[:2]
    step = 1 / (FINE * mm_per_px)
    angle = np.radians(turn_deg)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    linear = turn @ np.diag([step, step * lean])
    shift = np.array(at) - linear @ np.array([(width - 1) / 2, (height - 1) / 2])
    matrix = np.column_stack([linear, shift])
    # Shrunk by averaging first, as a lens and sensor would.
    small = cv2.resize(light(card), None, fx=max(step, 1e-3), fy=max(step, 1e-3), interpolation=cv2.INTER_AREA)
    factor = np.array([small.shape[1] / width, small.shape[0] / height])
    matrix[:, :2] /= factor
    matrix[:, 2] -= matrix[:, :2] @ (0.5 * factor - 0.5)
    size = (picture.shape[1], picture.shape[0])
    warped = cv2.warpAffine(small * np.array(gain), matrix, size, flags=cv2.INTER_LINEAR)
    inside = cv2.warpAffine(np.ones(small.shape[:2]), matrix, size, flags=cv2.INTER_LINEAR)
    covered = inside > 0.99
    with_card = picture.copy()
    with_card[covered] = codes(np.asarray(warped[covered], dtype=np.float64))
    return with_card


def with_stickers(picture: Pixels, corners: NDArray[np.float64], *, mm_per_px: float) -> Pixels:
    """Give the picture with a sticker at each corner, clockwise from the upper left."""
    for number, corner in zip(STICKERS, corners, strict=True):
        picture = laid(picture, drawn_sticker(number), at=(corner[0], corner[1]), mm_per_px=mm_per_px)
    return picture
