"""The relief of light and the patches of colour on skin: bands of texture, lines, pores, red and dark spots."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from needlepoint.core.imaging.photo import Floats, Mask
from needlepoint.core.imaging.ridges import Lines, lines, ridges
from needlepoint.core.imaging.skin import FINE_MM, WORKING_MM, Crop

_FLOOR: Final = np.float32(1e-4)
# Millimetres: standard deviations of the blurs whose differences are the bands.
_MIDDLE_MM: Final = (0.15, 0.5)
_COARSE_MM: Final = (0.5, 1.5)
_FINE_MM: Final = (0.05, 0.14)
_PORE_MM: Final = (0.14, 0.26)
_COARSER: Final = 1.15  # a plane may be so much coarser than it should be and still be read
_FINER: Final = 1.06
# Base-2 logarithms of light.
_LINE_LOW: Final = 0.025
_LINE_HIGH: Final = 0.05
_LINE_MM: Final = 3.0
_PORE_DEEP: Final = 0.035
_PORE_MM2: Final = (0.02, 0.6)
_LONGEST_PORE: Final = 3.0  # longer than wide: that is a line or a hair
_EDGE_MM: Final = 0.6  # of skin beside what is not skin, where blurring brings that in
_SHARP_RATIO: Final = 0.25  # of the fine band's spread to the coarse one's, below which pores are smeared
_SHARP: Final = 0.005  # its spread, likewise: less is rounding to whole code values
# 100 times base-10 logarithms, as the indices have.
_SPOT_MM: Final = 0.25  # smoothing before a patch is told
_RED: Final = 4.0
# Millimetres over which the surroundings are taken, and by how much a spot, or a patch, is browner and darker.
_DARKER: Final = ((4.0, 1.5, 2.0), (15.0, 3.0, 4.0))

_LOG: Final = np.float32(100 * np.log10(2))


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Detail:
    """Maps on the crop's grid, from which a region's measures are means; None where the picture is too coarse.

    Attributes
    ----------
    fit
        (h, w) skin far enough from anything else.
    middle, coarse
        (h, w) square of log-luminance between 0.3 and 1 mm, and between 1 and 3 mm, in base-2 logarithms.
    found
        Lines at least 0.4 mm wide.
    fine
        (h, w) square of the band from 0.1 to 0.3 mm.
    pores, pore_count
        (h, w) share of each pixel that is pore, and pores whose middle lies in it.
    red, dark
        (h, w) pixels redder than the skin at large, and darker and browner than their surroundings.

    """

    fit: Mask
    middle: Floats | None
    coarse: Floats | None
    found: Lines | None
    fine: Floats | None
    pores: Floats | None
    pore_count: Floats | None
    red: Mask
    dark: Mask


def detail(crop: Crop, skin: Mask) -> Detail:
    """Take a crop apart.

    Parameters
    ----------
    crop
        The picture in linear light.
    skin
        (h, w) all of it that is skin.

    Returns
    -------
    Detail
        Without bands and lines where a pixel is more than 0.23 mm or the scale is unknown, without pores where the
        picture's own pixels are more than 0.085 mm.

    """
    mm = crop.mm or WORKING_MM
    fit = _inner(skin, _EDGE_MM / mm)
    logs = np.log2(crop.light + _FLOOR)
    red, dark = _patches(logs, skin, mm)
    if crop.mm is None or crop.mm > _COARSER * WORKING_MM or not fit.any():
        return Detail(fit=fit, middle=None, coarse=None, found=None, fine=None, pores=None, pore_count=None,
                      red=red, dark=dark)  # fmt: skip
    plane = _filled(np.ascontiguousarray(logs[..., 1]), skin, 1.5 / mm)
    middle, coarse = _band(plane, _MIDDLE_MM, mm), _band(plane, _COARSE_MM, mm)
    found = lines(ridges(plane), fit, low=_LINE_LOW, high=_LINE_HIGH, shortest=_LINE_MM / mm)
    fine, pores, count = _fine(crop, fit, coarse)
    return Detail(
        fit=fit, middle=middle**2, coarse=coarse**2, found=found, fine=fine, pores=pores, pore_count=count,
        red=red, dark=dark,
    )  # fmt: skip


def _inner(skin: Mask, reach: float) -> Mask:
    side = 2 * max(1, round(reach)) + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    return np.asarray(cv2.erode(skin.astype(np.uint8), kernel, borderValue=1) > 0)


def _filled(plane: Floats, skin: Mask, spread: float) -> Floats:
    """Put the mean of the skin nearby where there is none, so that no edge is left to be found."""
    near = _around(plane, skin, spread)
    return np.where(skin, plane, near).astype(np.float32)


def _around(plane: Floats, skin: Mask, spread: float) -> Floats:
    """Give the mean over the skin nearby, quickly: on a coarser grid, for it changes slowly."""
    height, width = plane.shape
    step = max(1, int(spread / 2))
    size = (max(1, width // step), max(1, height // step))
    weight = skin.astype(np.float32)
    sums, weights = (
        cv2.GaussianBlur(cv2.resize(each, size, interpolation=cv2.INTER_AREA), (0, 0), spread / step)
        for each in (plane * weight, weight)
    )
    overall = float(plane[skin].mean()) if skin.any() else 0.0
    mean = (sums + 1e-3 * overall) / (weights + np.float32(1e-3))
    return np.asarray(cv2.resize(mean, (width, height), interpolation=cv2.INTER_LINEAR), dtype=np.float32)


def _band(plane: Floats, spreads: tuple[float, float], mm: float) -> Floats:
    fine, coarse = (cv2.GaussianBlur(plane, (0, 0), spread / mm) for spread in spreads)
    return np.asarray(fine - coarse, dtype=np.float32)


def _patches(logs: Floats, skin: Mask, mm: float) -> tuple[Mask, Mask]:
    """Tell red and dark patches by ratios of colours, which shading and the lamp's brightness leave alone.

    Blood takes green light and melanin takes most of the blue: what is redder without being yellower is red, and what
    is browner and darker than its surroundings is dark.
    """
    nothing = np.zeros(skin.shape, np.bool_)
    if not skin.any():
        return nothing, nothing
    smooth = np.asarray(cv2.GaussianBlur(logs, (0, 0), _SPOT_MM / mm), dtype=np.float32) * _LOG
    redder, browner = smooth[..., 0] - smooth[..., 1], smooth[..., 1] - smooth[..., 2]
    tint = redder + browner
    redder, browner = redder - np.median(redder[skin]), browner - np.median(browner[skin])
    red = skin & (redder > _RED) & (browner < 0.6 * redder)
    dark = np.zeros(skin.shape, np.bool_)
    for reach, browned, darkened in _DARKER:
        spot_tint = tint - _around(tint, skin, reach / mm)
        spot_dark = _around(np.ascontiguousarray(smooth[..., 0]), skin, reach / mm) - smooth[..., 0]
        dark |= (spot_tint > browned) & (spot_dark > darkened)
    return np.asarray(red), np.asarray(skin & dark & ~red)


def _fine(crop: Crop, fit: Mask, coarse: Floats) -> tuple[Floats | None, Floats | None, Floats | None]:
    if crop.fine is None or crop.fine_mm is None or crop.fine_mm > _FINER * FINE_MM:
        return None, None, None
    mm = crop.fine_mm
    plane = np.log2(crop.fine + _FLOOR)
    first, second, third = (
        cv2.GaussianBlur(plane, (0, 0), spread / mm) for spread in (_FINE_MM[0], _FINE_MM[1], _PORE_MM[1])
    )
    size = (fit.shape[1], fit.shape[0])
    fine = np.asarray(cv2.resize((first - second) ** 2, size, interpolation=cv2.INTER_AREA), dtype=np.float32)
    if np.sqrt(fine[fit].mean()) < max(_SHARP, _SHARP_RATIO * float(coarse[fit].std())):
        return fine, None, None
    pores, count = _pores(third - second, mm)
    share = np.asarray(cv2.resize(pores, size, interpolation=cv2.INTER_AREA), dtype=np.float32)
    across = np.array([size[0] / plane.shape[1], size[1] / plane.shape[0]])
    counts = np.zeros(fit.shape, np.float32)
    columns, rows = np.minimum((count * across).astype(int), np.array(size) - 1).T
    np.add.at(counts, (rows, columns), 1)
    return fine, share, counts


def _pores(deep: Floats, mm: float) -> tuple[Floats, NDArray[np.float64]]:
    """Give the pixels of small round dark spots as 1, and the middle of each."""
    total, labels, stats, middles = cv2.connectedComponentsWithStats((deep > _PORE_DEEP).astype(np.uint8))
    area = stats[:, cv2.CC_STAT_AREA] * mm * mm
    sides = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]]
    longest, shortest = sides.max(axis=1), sides.min(axis=1)
    # A slanting line fills little of its box.
    filled = stats[:, cv2.CC_STAT_AREA] / np.maximum(sides.prod(axis=1), 1)
    kept = (area >= _PORE_MM2[0]) & (area <= _PORE_MM2[1]) & (longest <= _LONGEST_PORE * shortest) & (filled > 0.4)
    kept[0] = False
    assert total == len(kept)  # noqa: S101 - one row of statistics for each label
    return kept.astype(np.float32)[labels], middles[kept]
