"""The later photograph drawn onto the earlier one, and the pictures of what differs between them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from needlepoint.core.imaging.colour import erythema_index, lab, linear
from needlepoint.core.imaging.face import Points
from needlepoint.core.imaging.photo import Floats, Mask, Pixels
from needlepoint.core.imaging.regions import oval
from needlepoint.core.imaging.registration import Laid

_BORDER: Final = 0.06  # of the frame's shorter side: where the dense map passes over into a plain one
_SMOOTH: Final = 0.004  # of the longer side: single pixels differ by noise
_STRIPE_PX: Final = 6
_ROWS: Final = 4000  # to fit the plain map to
_ORANGE: Final = np.array([214, 94, 0], np.float32)  # more
_BLUE: Final = np.array([0, 98, 178], np.float32)  # less
_FAINTEST: Final = 0.15  # share of the scale below which a difference is left uncoloured


class Difference(StrEnum):
    """What a difference map shows."""

    REDNESS = "redness"
    LIGHTNESS = "lightness"


SCALES: Final = {Difference.REDNESS: 8.0, Difference.LIGHTNESS: 12.0}  # where the colour is full, in its own unit


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Aligned:
    """Two photographs on one grid.

    Attributes
    ----------
    before, after
        (h, w, 3) sRGB; `after` is warped onto `before`.
    comparable
        (h, w) where the warp agreed both ways, within the face if there is one.

    """

    before: Pixels
    after: Pixels
    comparable: Mask


def aligned(before: Pixels, after: Pixels, laid: Laid, *, face: Points | None, longest_px: int) -> Aligned:
    """Draw AFTER onto BEFORE.

    Parameters
    ----------
    before, after
        (height, width, 3) sRGB.
    laid
        Where the pixels of BEFORE lie in AFTER.
    face
        The mesh in BEFORE; what lies beyond it is hair, ears and background.
    longest_px
        The longer side of the result.

    Returns
    -------
    Aligned
        Within the frame that was laid over by the dense map, beyond it by the plain map that fits it best.

    """
    scale = min(1.0, longest_px / max(before.shape[:2]))
    width, height = (max(1, round(side * scale)) for side in (before.shape[1], before.shape[0]))
    small = np.asarray(cv2.resize(before, (width, height), interpolation=cv2.INTER_AREA), dtype=np.uint8)
    grid = np.stack(np.meshgrid(np.arange(width), np.arange(height)), axis=-1).astype(np.float32)
    shrunk = np.array([width / before.shape[1], height / before.shape[0]])
    pixels = ((grid + 0.5) / shrunk - 0.5).astype(np.float32)
    plain = _plain(laid)
    frame = ((pixels + 0.5 - laid.corner) / laid.step - 0.5).astype(np.float32)
    places = pixels @ plain[:2] + plain[2]
    bend = _bend(laid, plain)
    places = (places + cv2.remap(bend, frame, np.empty(0), cv2.INTER_LINEAR)).astype(np.float32)
    if scale < 1:  # every pixel of the result stands for many
        after = np.asarray(cv2.GaussianBlur(after, (0, 0), 0.4 / scale), dtype=np.uint8)
    warped = cv2.remap(after, places, np.empty(0), cv2.INTER_LINEAR, borderValue=(128, 128, 128))
    sure = cv2.remap(laid.agreed.astype(np.uint8), frame, np.empty(0), cv2.INTER_NEAREST) > 0
    if face is not None:
        sure &= oval((face[:, :2] + 0.5) * shrunk - 0.5, (height, width))
    return Aligned(before=small, after=np.asarray(warped, dtype=np.uint8), comparable=np.asarray(sure))


def _frame_pixels(laid: Laid) -> Floats:
    height, width = laid.agreed.shape
    grid = np.stack(np.meshgrid(np.arange(width), np.arange(height)), axis=-1)
    return np.asarray((grid + 0.5) * laid.step + laid.corner - 0.5, dtype=np.float32)


def _plain(laid: Laid) -> NDArray[np.float64]:
    """Give the shift, turn and stretch that comes closest to the map, as a (3, 2) matrix."""
    source, target = _frame_pixels(laid)[laid.agreed], laid.places[laid.agreed]
    every = max(1, len(source) // _ROWS)
    source, target = source[::every].astype(np.float64), target[::every].astype(np.float64)
    design = np.column_stack([source, np.ones(len(source))])
    fitted, *_ = np.linalg.lstsq(design, target, rcond=None)
    return np.asarray(fitted)


def _bend(laid: Laid, plain: NDArray[np.float64]) -> Floats:
    """Give by how much the map departs from the plain one, let run out towards the frame's border."""
    source = _frame_pixels(laid)
    bend = laid.places - (source @ plain[:2] + plain[2])
    height, width = laid.agreed.shape
    reach = max(1.0, _BORDER * min(height, width))
    along = [np.clip(np.minimum(np.arange(side), np.arange(side)[::-1]) / reach, 0, 1) for side in (height, width)]
    return np.asarray(bend * (along[0][:, None] * along[1][None])[..., None], dtype=np.float32)


def difference_map(pair: Aligned, kind: Difference) -> Pixels:
    """Colour where the skin differs: orange is more in AFTER, blue is less, stripes are not comparable.

    Parameters
    ----------
    pair
        The two photographs on one grid.
    kind
        What is compared.

    Returns
    -------
    Pixels
        (h, w, 3) sRGB, BEFORE in grey beneath.

    """
    share = np.clip(_difference(pair, kind) / SCALES[kind], -1, 1)
    grey = cv2.cvtColor(pair.before, cv2.COLOR_RGB2GRAY).astype(np.float32)[..., None]
    strength = np.clip((np.abs(share) - _FAINTEST) / (1 - _FAINTEST), 0, 1)[..., None]
    colour = np.where(share[..., None] > 0, _ORANGE, _BLUE)
    drawn = grey * (1 - strength) + (0.25 * grey + 0.75 * colour) * strength
    rows, columns = np.indices(share.shape)
    stripe = (((rows + columns) // _STRIPE_PX) % 2)[..., None]
    barred = 0.5 * grey + 0.5 * np.where(stripe, 170.0, 90.0)
    return np.asarray(np.where(pair.comparable[..., None], drawn, barred).clip(0, 255), dtype=np.uint8)


def _difference(pair: Aligned, kind: Difference) -> Floats:
    reach = max(1.0, _SMOOTH * max(pair.before.shape[:2]))
    one, two = (
        np.asarray(cv2.GaussianBlur(linear(each), (0, 0), reach), dtype=np.float64)
        for each in (pair.before, pair.after)
    )
    if kind is Difference.REDNESS:
        return np.asarray(erythema_index(two) - erythema_index(one), dtype=np.float32)
    return np.asarray(lab(two)[..., 0] - lab(one)[..., 0], dtype=np.float32)
