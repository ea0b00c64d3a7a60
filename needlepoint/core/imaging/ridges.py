"""Dark lines on a plane of log-luminance: how strong, which way, how long."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
from numba import njit
from numpy.typing import NDArray

from needlepoint.core.imaging.photo import Floats, Mask

_SPREADS: Final = (1.2, 2.0)  # pixels, in each octave
_MARKED: Final = 0.2  # share of a line that must be well marked
_STRAIGHT: Final = 0.7
_ENDED: Final = 0.5
_STRIP: Final = 64  # rows
_MARGIN: Final = 8  # rows that blurring reaches, and one
_HALF: Final = np.float32(0.02)  # base-2 logarithm: the strength at which a line counts half


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Ridges:
    """What runs through each pixel.

    Attributes
    ----------
    strength
        (h, w) 0 to 1, high on a line, lower on a spot or an edge.
    contrast
        (h, w) how much darker the line is than its sides, about, in base-2 logarithms of light.
    across
        (2, h, w) cosine and sine of twice the angle across the line, times a length that does not matter.

    """

    strength: Floats
    contrast: Floats
    across: Floats


def ridges(plane: Floats, *, octaves: int = 2) -> Ridges:
    """Find dark lines of several widths.

    Parameters
    ----------
    plane
        (h, w) base-2 logarithm of light.
    octaves
        How often the plane is halved: each adds lines twice as wide as the last.

    Returns
    -------
    Ridges
        At each pixel those of the width that shows most strongly.

    References
    ----------
    Frangi A.F. et al., MICCAI 1998, doi:10.1007/BFb0056195, whose measure this follows without its exponentials.

    """
    levels = [np.ascontiguousarray(plane, dtype=np.float32)]
    for _ in range(octaves - 1):
        size = (max(4, levels[-1].shape[1] // 2), max(4, levels[-1].shape[0] // 2))
        levels.append(np.asarray(cv2.resize(levels[-1], size, interpolation=cv2.INTER_AREA), dtype=np.float32))
    found: Ridges | None = None
    for level in reversed(levels):
        found = _nothing(level) if found is None else _enlarged(found, (level.shape[1], level.shape[0]))
        _strengthened(level, found)
    assert found is not None  # noqa: S101 - there is at least one octave
    return found


def _nothing(level: Floats) -> Ridges:
    return Ridges(
        strength=np.zeros(level.shape, np.float32), contrast=np.zeros(level.shape, np.float32),
        across=np.zeros((2, *level.shape), np.float32),
    )  # fmt: skip


def _enlarged(found: Ridges, size: tuple[int, int]) -> Ridges:
    strength, contrast = (
        np.asarray(cv2.resize(each, size, interpolation=cv2.INTER_LINEAR), dtype=np.float32)
        for each in (found.strength, found.contrast)
    )
    across = np.empty((2, size[1], size[0]), np.float32)
    for each, target in zip(found.across, across, strict=True):
        cv2.resize(each, size, dst=target, interpolation=cv2.INTER_NEAREST)
    return Ridges(strength=strength, contrast=contrast, across=across)


def _strengthened(level: Floats, found: Ridges) -> None:
    """Go through a level in strips that stay in the processor's own memory."""
    for top in range(0, len(level), _STRIP):
        bottom = min(top + _STRIP, len(level))
        first = max(0, top - _MARGIN)
        part = level[first : min(bottom + _MARGIN, len(level))]
        for spread in _SPREADS:
            blurred = np.asarray(cv2.GaussianBlur(part, (2 * round(3 * spread) + 1,) * 2, spread), dtype=np.float32)
            _strengthen(
                blurred, top - first, np.float32(spread * spread), _HALF, found.strength[top:bottom],
                found.contrast[top:bottom], found.across[:, top:bottom],
            )  # fmt: skip


# Without branches and checks for division, so that eight pixels or more are done at once.
@njit(cache=True, nogil=True, error_model="numpy")
def _strengthen(
    blurred: Floats, start: int, scale: np.float32, half: np.float32,
    strength: Floats, contrast: Floats, across: Floats,
) -> None:  # fmt: skip
    """Keep at each pixel what this width shows more strongly than the widths before it."""
    height, width = strength.shape
    zero, quarter, one, two = np.float32(0), np.float32(0.25) * scale, np.float32(1), np.float32(2)
    tiny, four = np.float32(1e-12), np.float32(4)
    for y in range(max(0, 1 - start), min(height, blurred.shape[0] - 1 - start)):
        above, line, below = blurred[y + start - 1], blurred[y + start], blurred[y + start + 1]
        best, dark, bent, turned = strength[y], contrast[y], across[0, y], across[1, y]
        for x in range(1, width - 1):
            middle = two * line[x]
            xx = (line[x - 1] - middle + line[x + 1]) * scale
            yy = (above[x] - middle + below[x]) * scale
            xy = (above[x - 1] - above[x + 1] - below[x - 1] + below[x + 1]) * quarter
            root = np.sqrt((xx - yy) * (xx - yy) + four * xy * xy)
            trace = xx + yy
            large, small = (trace + root) / two, (trace - root) / two
            size = np.sqrt(large * large + small * small)
            value = size / (size + half) / (one + two * abs(small) / (large + tiny))
            value = value if trace > zero else zero  # brighter than its surroundings, or a slope
            more = value > best[x]
            best[x] = value if more else best[x]
            dark[x] = large if more else dark[x]
            bent[x] = xx - yy if more else bent[x]
            turned[x] = two * xy if more else turned[x]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Lines:
    """Lines thinned to their middles.

    Attributes
    ----------
    length
        (h, w) pixels of line that a pixel stands for; 0 off the lines.
    body
        (h, w) pixels that belong to a line, as wide as it shows.
    upright
        (h, w) on a line, its angle from the horizontal in degrees, 0 to 90.

    """

    length: Floats
    body: Mask
    upright: Floats


def lines(found: Ridges, where: Mask, *, low: float, high: float, shortest: float) -> Lines:
    """Follow ridges along their crests and keep those that are marked somewhere and long enough.

    Parameters
    ----------
    found
        The ridges.
    where
        (h, w) pixels in which lines are looked for.
    low, high
        Contrast a line must have all along, and somewhere.
    shortest
        Length in pixels below which it is no line.

    Returns
    -------
    Lines
        Nothing where there are none.

    References
    ----------
    Hysteresis: Canny J., IEEE TPAMI 1986;8:679, doi:10.1109/TPAMI.1986.4767851.

    """
    length = np.zeros(where.shape, np.float32)
    _crests(found.contrast, found.strength, found.across, where, np.float32(low), length)
    count, labels = cv2.connectedComponents((length > 0).astype(np.uint8), connectivity=8)
    on_line = length > 0
    marks = labels[on_line]
    total = np.bincount(marks, weights=length[on_line], minlength=count)
    marked = np.bincount(marks, weights=found.contrast[on_line] >= high, minlength=count)
    pixels = np.bincount(marks, minlength=count)
    kept = (total >= shortest) & (marked >= np.maximum(1, _MARKED * pixels))
    kept &= _straightness(found, on_line, marks, pixels) >= _STRAIGHT
    kept[0] = False
    # Where it fades out to less than this share of its own contrast, a line has ended.
    mean = np.bincount(marks, weights=found.contrast[on_line], minlength=count) / np.maximum(pixels, 1)
    length[~kept[labels] | (found.contrast < (_ENDED * mean)[labels])] = 0
    body = cv2.dilate((length > 0).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    upright = np.zeros(where.shape, np.float32)
    across = 0.5 * np.arctan2(found.across[1][length > 0], found.across[0][length > 0])
    upright[length > 0] = np.degrees(np.arctan2(np.abs(np.cos(across)), np.abs(np.sin(across))))
    return Lines(length=length, body=body & where & (found.contrast >= low), upright=upright)


def _straightness(found: Ridges, on_line: Mask, marks: NDArray[Any], pixels: NDArray[np.int64]) -> NDArray[np.float64]:
    """Give how far the parts of each line agree about its direction: 1 for a straight line, 0 for the rim of a pit."""
    turns = found.across[:, on_line].astype(np.float64)
    turns /= np.maximum(np.hypot(*turns), 1e-12)
    sums = [np.bincount(marks, weights=turn, minlength=len(pixels)) for turn in turns]
    return np.asarray(np.hypot(*sums) / np.maximum(pixels, 1))


@njit(cache=True, nogil=True, inline="always")
def _between(plane: Floats, x: float, y: float) -> float:
    """Give a plane's value between its pixels."""
    column, row = int(np.floor(x)), int(np.floor(y))
    u, v = x - column, y - row
    above = plane[row, column] * (1 - u) + plane[row, column + 1] * u
    below = plane[row + 1, column] * (1 - u) + plane[row + 1, column + 1] * u
    return float(above * (1 - v) + below * v)


@njit(cache=True, nogil=True)
def _crests(
    contrast: Floats, strength: Floats, across: Floats, where: NDArray[np.bool_], low: np.float32, length: Floats
) -> None:
    """Mark the pixels that stand out against both neighbours across the line."""
    height, width = contrast.shape
    for y in range(2, height - 2):
        for x in range(2, width - 2):
            here = contrast[y, x]
            if not where[y, x] or here < low or strength[y, x] < np.float32(0.3):
                continue
            angle = 0.5 * np.arctan2(across[1, y, x], across[0, y, x])
            dx, dy = np.cos(angle), np.sin(angle)
            before, after = _between(contrast, x - dx, y - dy), _between(contrast, x + dx, y + dy)
            bent = before - 2 * here + after
            if bent >= 0:
                continue
            # The top of a parabola through the three; one pixel to each step along the line lies nearest to it.
            top = 0.5 * (before - after) / bent
            major = max(abs(dx), abs(dy))
            if top <= -0.5 * major or top > 0.5 * major:
                continue
            length[y, x] = 1 / major
