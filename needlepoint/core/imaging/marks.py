"""Marks on an outlined piece of skin, such as scars and stretch marks: where they are, and how they differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from needlepoint.core.imaging.colour import erythema_index, lab
from needlepoint.core.imaging.photo import Floats, Mask
from needlepoint.core.imaging.skin import Crop

_FLOOR: Final = np.float32(1e-4)
_SMOOTH_PX: Final = 1.2
_APART: Final = 4.0  # standard deviations of the neighbouring skin
# Base-2 logarithms: no neighbouring skin counts as more even than this in red, red over green, green over blue.
_EVEN: Final = np.array([0.03, 0.02, 0.02], np.float32)
_FEWEST_NEIGHBOURS: Final = 200
_SMALLEST: Final = 0.002  # of the outlined part
_RING: Final = 0.3  # of the outline's size, the neighbouring skin's breadth


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Marks:
    """What stands out from the skin around an outline.

    Attributes
    ----------
    where
        (h, w) its pixels.
    length_px, width_px
        Together of all marks, and on average, in pixels of the crop.
    edge_px
        Length of all their outlines.
    redness, lightness
        Erythema index and L* of the marks less those of the neighbouring skin.
    texture
        Spread of fine detail in the marks over that in the neighbouring skin.
    spread
        Standard deviations of redness and lightness over blocks of the neighbouring skin.

    """

    where: Mask
    length_px: float
    width_px: float
    edge_px: float
    redness: float
    lightness: float
    texture: float
    spread: tuple[float, float]


def find_marks(crop: Crop, inside: Mask, skin: Mask) -> Marks | None:
    """Find what differs from the neighbouring skin inside an outline.

    Parameters
    ----------
    crop
        The outlined part with its surroundings, in linear light.
    inside
        (h, w) the outlined part.
    skin
        (h, w) pixels fit to be read.

    Returns
    -------
    Marks or None
        None when too little neighbouring skin is to be seen. Comparing with the skin beside takes out most of what
        lamp and camera do.

    """
    ring = _ring(inside) & skin
    if ring.sum() < _FEWEST_NEIGHBOURS:
        return None
    logs = np.log2(cv2.GaussianBlur(crop.light, (0, 0), _SMOOTH_PX) + _FLOOR)
    features = np.stack([logs[..., 0], logs[..., 0] - logs[..., 1], logs[..., 1] - logs[..., 2]], axis=-1)
    where = inside & skin & (_apart(features, ring) > _APART)
    where = _kept(where, _SMALLEST * float(inside.sum()))
    beside = ring | (inside & skin & ~_wider(where))
    length, width, edge = _size(where)
    index, light = _of(crop, beside)
    if not where.any():
        return Marks(where=where, length_px=0.0, width_px=0.0, edge_px=0.0, redness=0.0, lightness=0.0, texture=1.0,
                     spread=_spread(crop, beside))  # fmt: skip
    mark_index, mark_light = _of(crop, where)
    fine = logs[..., 1] - cv2.GaussianBlur(logs[..., 1], (0, 0), 3 * _SMOOTH_PX)
    inner = _clear_of(where)
    return Marks(
        where=where, length_px=length, width_px=width, edge_px=edge, redness=mark_index - index,
        lightness=mark_light - light, texture=float(fine[inner].std() / max(float(fine[beside].std()), 1e-6)),
        spread=_spread(crop, beside),
    )  # fmt: skip


def _ring(inside: Mask) -> Mask:
    reach = max(3, round(_RING * float(np.sqrt(inside.sum()))))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    return np.asarray((cv2.dilate(inside.astype(np.uint8), kernel) > 0) & ~inside)


def _wider(where: Mask) -> Mask:
    return np.asarray(cv2.dilate(where.astype(np.uint8), np.ones((7, 7), np.uint8)) > 0)


def _clear_of(where: Mask) -> Mask:
    """Leave out the marks' edges, whose step is no texture, unless nothing else is left."""
    inner = np.asarray(cv2.erode(where.astype(np.uint8), np.ones((7, 7), np.uint8)) > 0)
    return inner if inner.any() else where


def _apart(features: Floats, ring: Mask) -> Floats:
    """Give how far each pixel is from the neighbouring skin, a slope of light across it taken out."""
    rows, columns = np.nonzero(ring)
    height, width = ring.shape
    design = np.column_stack([np.ones(len(rows)), columns / width, rows / height])
    slope, *_ = np.linalg.lstsq(design, features[ring].astype(np.float64), rcond=None)
    y, x = np.mgrid[:height, :width]
    level = slope[0] + (x / width)[..., None] * slope[1] + (y / height)[..., None] * slope[2]
    rest = features - level.astype(np.float32)
    spread = 1.4826 * np.median(np.abs(rest[ring] - np.median(rest[ring], axis=0)), axis=0)
    return np.asarray(np.sqrt(((rest / np.maximum(spread, _EVEN)) ** 2).sum(axis=-1)), dtype=np.float32)


def _kept(where: Mask, smallest: float) -> Mask:
    """Close small gaps and drop crumbs."""
    closed = cv2.morphologyEx(where.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(closed)
    kept = stats[:, cv2.CC_STAT_AREA] >= max(smallest, 6)
    kept[0] = False
    assert count == len(kept)  # noqa: S101 - one row of statistics for each label
    return np.asarray(kept[labels])


def _size(where: Mask) -> tuple[float, float, float]:
    """Give length, width and length of outline: the mean distance to the edge of a stripe is a quarter of its width."""
    if not where.any():
        return 0.0, 0.0, 0.0
    padded = np.pad(where.astype(np.uint8), 1)
    depth = cv2.distanceTransform(padded, cv2.DIST_L2, 5)[1:-1, 1:-1] - 0.5
    width = 4 * float(depth[where].mean())
    outlines, _ = cv2.findContours(where.astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    edge = sum(cv2.arcLength(outline, True) for outline in outlines)
    return float(where.sum()) / width, width, float(edge)


def _of(crop: Crop, where: Mask) -> tuple[float, float]:
    colour = crop.light[where].mean(axis=0, dtype=np.float64)
    return float(erythema_index(colour)), float(lab(colour)[0])


def _spread(crop: Crop, where: Mask) -> tuple[float, float]:
    side = max(4, crop.shape[1] // 24)
    rows, columns = np.nonzero(where)
    cell = (rows // side) * (crop.shape[1] // side + 1) + columns // side
    counts = np.bincount(cell)
    full = counts >= side
    light = crop.light[rows, columns].astype(np.float64)
    colours = np.stack([np.bincount(cell, weights=light[:, band])[full] / counts[full] for band in range(3)], axis=-1)
    if len(colours) < 3:
        return 1.0, 1.0
    return float(erythema_index(colours).std(ddof=1)), float(lab(colours)[:, 0].std(ddof=1))


def outlines_of(where: Mask, crop: Crop) -> list[NDArray[np.float64]]:
    """Give the outlines of marks as (n, 2) pixels of the picture, largest first."""
    found, _ = cv2.findContours(where.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_TC89_L1)
    largest = sorted(found, key=cv2.contourArea, reverse=True)
    return [(each.reshape(-1, 2) + 0.5) * crop.step + crop.corner - 0.5 for each in largest]
