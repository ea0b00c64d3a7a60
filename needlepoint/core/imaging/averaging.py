"""Shrinking a picture by averaging areas in linear light, in one pass over its code values."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from needlepoint.core.imaging.colour import LINEAR
from needlepoint.core.imaging.photo import Floats, Mask, Pixels


def averaged(part: Pixels, height: int, width: int) -> Floats:
    """Give the linear light of a picture on a coarser grid, each pixel the mean of the area it covers.

    Parameters
    ----------
    part
        (h, w, 3) sRGB code values; may be a view into a larger picture.
    height, width
        Of the answer, at most those of `part`.

    Returns
    -------
    array
        (height, width, 3) linear red, green, blue, white = 1; always the same sums in the same order.

    """
    left, weight = _cells(part.shape[1], width)
    light = np.empty((height, width, 3), np.float32)
    _averaged(part, LINEAR, left, weight, light)
    return light


def _cells(source: int, target: int) -> tuple[NDArray[np.int64], Floats]:
    """Give for each source pixel the first cell it falls into, and the share of it that does."""
    step = source / target
    first = np.minimum((np.arange(source) / step + 1e-9).astype(np.int64), target - 1)
    share = np.clip(((first + 1) * step - np.arange(source)), 0, 1)
    share[first == target - 1] = 1
    return first, share.astype(np.float32)


@njit(cache=True, nogil=True, fastmath=False)
def _averaged(part: Pixels, table: Floats, left: NDArray[np.int64], weight: Floats, light: Floats) -> None:
    """Fill `light`: down first, along rows of the source, then across."""
    rows, columns = part.shape[0], part.shape[1]
    height, width = light.shape[0], light.shape[1]
    step_y, step_x = rows / height, columns / width
    sums = np.empty(3 * columns, np.float32)
    for y in range(height):
        top, bottom = y * step_y, min((y + 1) * step_y, float(rows))
        sums[:] = 0
        for row in range(int(top + 1e-9), min(int(np.ceil(bottom - 1e-9)), rows)):
            share = np.float32(min(row + 1.0, bottom) - max(float(row), top))
            line = part[row]
            for x in range(columns):
                sums[3 * x] += share * table[line[x, 0]]
                sums[3 * x + 1] += share * table[line[x, 1]]
                sums[3 * x + 2] += share * table[line[x, 2]]
        target = light[y]
        target[:] = 0
        for x in range(columns):
            here, share = left[x], weight[x]
            for band in range(3):
                target[here, band] += share * sums[3 * x + band]
                if share < 1:
                    target[here + 1, band] += (1 - share) * sums[3 * x + band]
        target /= np.float32(step_x * step_y)


def clipped_shares(part: Pixels, height: int, width: int, *, above: int, below: int) -> tuple[Mask, Mask]:
    """Tell which pixels of a coarser grid hold clipped, and which hold crushed, pixels of the picture.

    Parameters
    ----------
    part
        (h, w, 3) sRGB code values.
    height, width
        Of the answer.
    above, below
        Code values from which, and down to which, a pixel's strongest colour says nothing more.

    Returns
    -------
    tuple of arrays
        (height, width) of bool, twice: where more than a tenth of nine samples in the area is clipped, or crushed.

    """
    bright, dark = np.zeros((height, width), np.bool_), np.zeros((height, width), np.bool_)
    _shares(part, above, below, bright, dark)
    return bright, dark


@njit(cache=True, nogil=True)
def _shares(part: Pixels, above: int, below: int, bright: Mask, dark: Mask) -> None:
    height, width = bright.shape
    step_y, step_x = part.shape[0] / height, part.shape[1] / width
    for y in range(height):
        for x in range(width):
            for sample in range(9):
                row = int((y + (sample // 3 + 0.5) / 3) * step_y)
                column = int((x + (sample % 3 + 0.5) / 3) * step_x)
                strongest = max(part[row, column, 0], part[row, column, 1], part[row, column, 2])
                bright[y, x] |= strongest >= above
                dark[y, x] |= strongest <= below
