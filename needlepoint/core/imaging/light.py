"""Whether two photographs were taken in the same light, told by what is not skin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from needlepoint.core.imaging.colour import linear
from needlepoint.core.imaging.face import Points
from needlepoint.core.imaging.levels import Levels
from needlepoint.core.imaging.photo import Floats, Mask
from needlepoint.core.imaging.regions import filled

_SIDE: Final = 384
_FEWEST: Final = 0.002  # share of the picture that must be told apart from skin in both photos
_FEWEST_PX: Final = 60
# Spread of the change, base-2 logarithm, beyond which the surroundings are others and tell nothing: of colour, and
# of brightness, which differs more across a room. Where they have contrast of their own, a share of that is allowed
# too, for edges never fall on each other exactly.
_STEADY_COLOUR: Final = 0.08
_STEADY_BRIGHTNESS: Final = 0.15
_SHARE_OF_CONTRAST: Final = 0.3
_DIM: Final = 0.004
_CLIPPED: Final = 0.95
# What lies within this of the person's own skin, in base-2 logarithms of red over green and green over blue, may be
# skin and flush with it: it is no witness.
_NEAR_RED: Final = 0.4
_NEAR_BLUE: Final = 0.6
_EYES: Final = ((33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7),
                (263, 466, 388, 387, 386, 385, 384, 398, 362, 382, 381, 380, 374, 373, 390, 249))  # fmt: skip
_OUTER: Final = (
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149,
    150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Shot:
    """One photograph, where its face is if it shows one, and the mean colour of its skin in linear light."""

    levels: Levels
    mesh: Points | None
    skin: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class LightChange:
    """How AFTER's light differs from BEFORE's.

    Attributes
    ----------
    gain
        (3,) factors of red, green and blue; only their ratios are known when `brightness_known` is false.
    brightness_known
        Whether the surroundings agree on the brightness too.

    """

    gain: NDArray[np.float64]
    brightness_known: bool


def light_change(before: Shot, after: Shot) -> LightChange | None:
    """Give how much brighter AFTER's light is in red, green and blue, or None where nothing can tell.

    Parameters
    ----------
    before, after
        The two photographs.

    Returns
    -------
    LightChange or None
        None when too little but skin is to be seen, or the surroundings changed rather than their light.

    """
    one, two = _small(before.levels), _small(after.levels)
    witness = _witness(before, one)
    found = []
    for matrix in _alignments(before, after, one, two):
        moved = cv2.warpAffine(two, matrix, (one.shape[1], one.shape[0]), borderValue=(-1.0, -1.0, -1.0))
        other = np.asarray(moved, dtype=np.float32)
        change = _change(one, other, witness & ~_like(before.skin, one) & ~_like(after.skin, other))
        if change is not None:
            found.append(change)
    if not found:
        return None
    gain, colour, brightness = min(found, key=lambda change: change[1] + change[2])
    return LightChange(gain=gain, brightness_known=brightness <= 1) if colour <= 1 else None


def _alignments(before: Shot, after: Shot, one: Floats, two: Floats) -> list[NDArray[np.float64]]:
    """Give two guesses of how the surroundings moved: with the frame, and with the face."""
    still = np.array([[one.shape[1] / two.shape[1], 0, 0], [0, one.shape[0] / two.shape[0], 0]], dtype=np.float64)
    if before.mesh is None or after.mesh is None:
        return [still]
    source = after.mesh[:, :2] * (two.shape[1] / after.levels.rgb.shape[1])
    target = before.mesh[:, :2] * (one.shape[1] / before.levels.rgb.shape[1])
    source_middle, target_middle = source.mean(axis=0), target.mean(axis=0)
    a, b = source - source_middle, target - target_middle
    size = (a**2).sum()
    cos, sin = (a * b).sum() / size, (a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]).sum() / size
    turn = np.array([[cos, -sin], [sin, cos]])
    return [still, np.column_stack([turn, target_middle - turn @ source_middle])]


def _change(one: Floats, two: Floats, witness: Mask) -> tuple[NDArray[np.float64], float, float] | None:
    """Give the factors, and how far the witnesses disagree about colour and brightness, as shares of the limit."""
    fit = witness & _readable(one) & _readable(two)
    if fit.sum() < max(_FEWEST_PX, _FEWEST * fit.size):
        return None
    ratios = np.log2(two[fit].astype(np.float64)) - np.log2(one[fit].astype(np.float64))
    green = ratios[:, 1]
    red, blue = ratios[:, 0] - green, ratios[:, 2] - green
    middle = float(np.median(green))
    gain = 2.0 ** np.array([middle + np.median(red), middle, middle + np.median(blue)])
    own = np.log2(one[fit].astype(np.float64))
    by_red, by_blue = (
        _spread(change) / _limit(own[:, band] - own[:, 1], _STEADY_COLOUR) for change, band in ((red, 0), (blue, 2))
    )
    return gain, max(by_red, by_blue), _spread(green) / _limit(own[:, 1], _STEADY_BRIGHTNESS)


def _limit(own: NDArray[np.float64], floor: float) -> float:
    return max(floor, _SHARE_OF_CONTRAST * _spread(own))


def _spread(values: NDArray[np.float64]) -> float:
    return 1.4826 * float(np.median(np.abs(values - np.median(values))))


def _readable(light: Floats) -> Mask:
    return np.asarray((light.min(axis=2) > _DIM) & (light.max(axis=2) < _CLIPPED))


def _like(skin: NDArray[np.float64], light: Floats) -> Mask:
    logs, own = np.log2(np.maximum(light, 1e-4)), np.log2(np.maximum(skin, 1e-4))
    red = logs[..., 0] - logs[..., 1] - (own[0] - own[1])
    blue = logs[..., 1] - logs[..., 2] - (own[1] - own[2])
    return np.asarray((np.abs(red) < _NEAR_RED) & (np.abs(blue) < _NEAR_BLUE))


def _witness(shot: Shot, small: Floats) -> Mask:
    shape = (small.shape[0], small.shape[1])
    if shot.mesh is None:
        return np.ones(shape, np.bool_)
    points = shot.mesh[:, :2] * (small.shape[1] / shot.levels.rgb.shape[1])
    return ~filled((_OUTER,), points, shape) | filled(_EYES, points, shape)


def _small(levels: Levels) -> Floats:
    height, width = levels.rgb.shape[:2]
    factor = min(1.0, _SIDE / max(height, width))
    size = (max(8, round(width * factor)), max(8, round(height * factor)))
    shrunk = np.asarray(cv2.resize(levels.at(factor)[0], size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    return np.asarray(cv2.blur(linear(shrunk), (3, 3)), dtype=np.float32)
