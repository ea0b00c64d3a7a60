"""The skin of each region of a photograph: its pixels, mean colour and blocks, and what stands against reading it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from needlepoint.core.imaging.face import Points
from needlepoint.core.imaging.photo import WHOLE, Mask, Reason
from needlepoint.core.imaging.regions import FACE_AREAS, bare_of_hair_and_lips, facing, filled
from needlepoint.core.imaging.skin import (
    Crop,
    Sorted,
    joined,
    looks_like_skin,
    skin_colour,
    sort_pixels,
    usual,
    whole_patches,
)

_CORE: Final = ("glabella", "nose", "cheeks", "upper_lip", "perioral", "chin_jaw")
_SEEN: Final = 0.25  # an outline turned further away than this share of its size is not read
_FEWEST: Final = 16  # pixels of the picture to read a value from
_ENOUGH: Final = 100  # pixels of the picture for a value that may be compared
_FIT: Final = 0.3  # share of a region that must be readable skin
_BLOCKS_ACROSS: Final = 48  # blocks to the width of a crop, for unevenness and sampling error
_INSIDE: Final = 0.5  # share of an outline's corners that must lie within the picture
_GLARE: Final = 0.25  # share of a region that may be clipped or glossy: what is left is no fair sample of it
_UNEVEN: Final = 1.3  # base-2 logarithm of red light between the brightest and darkest tenth of a region
_BODY_SHARE: Final = 0.1  # of a picture without a face that must be skin


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Sample:
    """The skin of one region.

    Attributes
    ----------
    region
        Area id or `whole`.
    fit
        (h, w) its pixels in the crop that are read.
    at
        (m,) the same pixels by number, rows first.
    colour
        (3,) their mean linear light; None when there are too few.
    blocks, places
        (n, 3) mean linear light of each block, and (n, 2) where it lies.
    cells
        (m,) number of the block that each pixel of `fit` lies in, rows first; -1 for none.
    reason
        What stands against comparing it.
    uneven
        Whether light falls very differently across it.

    """

    region: str
    fit: Mask
    at: NDArray[np.int64]
    colour: NDArray[np.float64] | None
    blocks: NDArray[np.float64]
    places: NDArray[np.float64]
    cells: NDArray[np.int64]
    reason: Reason | None
    uneven: bool = False


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Skin:
    """All skin of a photograph, and its samples, `whole` last."""

    everywhere: Mask
    samples: tuple[Sample, ...]


def face_samples(crop: Crop, mesh: Points) -> Skin:
    """Sample each area of a face.

    Parameters
    ----------
    crop
        The face.
    mesh
        (468, 3) in pixels of the picture.

    Returns
    -------
    Skin
        A sample for each face area and one for all of them together.

    """
    points = crop.place(mesh)
    seen = {
        area: tuple(outline for outline in outlines if facing(outline, mesh) >= _SEEN)
        for area, outlines in FACE_AREAS.items()
    }
    bare = bare_of_hair_and_lips(points, crop.shape)
    masks = {area: filled(outlines, points, crop.shape) & bare for area, outlines in seen.items()}
    core = np.any([masks[area] for area in _CORE], axis=0)
    colour = skin_colour(crop, core)
    if colour is None:
        nothing = tuple(absent(region, crop, Reason.REGION_NOT_FOUND) for region in (*FACE_AREAS, WHOLE))
        return Skin(everywhere=np.zeros(crop.shape, np.bool_), samples=nothing)
    kinds = sort_pixels(crop, colour)
    skin = joined(kinds.skin, core)
    inside = {area: _inside(outlines, points, crop.shape) for area, outlines in seen.items()}
    samples = [
        absent(area, crop, Reason.POSE_OFF)
        if not seen[area]
        else _sample(area, crop, masks[area], skin, kinds, inside[area])
        for area in FACE_AREAS
    ]
    everywhere = np.any(list(masks.values()), axis=0)
    samples.append(_sample(WHOLE, crop, everywhere, skin, kinds, 1.0))
    return Skin(everywhere=skin & bare, samples=tuple(samples))


def body_samples(crop: Crop) -> Skin:
    """Sample a picture without a face as a whole, if its colours and its relief are those of skin.

    Parameters
    ----------
    crop
        The picture.

    Returns
    -------
    Skin
        One sample.

    """
    nothing = Skin(everywhere=np.zeros(crop.shape, np.bool_), samples=(absent(WHOLE, crop, Reason.REGION_NOT_FOUND),))
    colour = skin_colour(crop, np.ones(crop.shape, np.bool_))
    if colour is None or not usual(colour):
        return nothing
    kinds = sort_pixels(crop, colour)
    skin = whole_patches(kinds.skin)
    if skin.mean() < _BODY_SHARE or not looks_like_skin(crop, skin):
        return nothing
    return Skin(everywhere=skin, samples=(_sample(WHOLE, crop, skin, skin, kinds, 1.0),))


def patch_samples(crop: Crop, inside: Mask) -> Skin:
    """Sample what somebody outlined: they vouch for it being skin, and marks of any colour belong to it.

    Parameters
    ----------
    crop
        The outlined part and some of its surroundings.
    inside
        (h, w) the outlined part.

    Returns
    -------
    Skin
        One sample; the surroundings' skin is in `everywhere` too.

    """
    colour = skin_colour(crop, np.ones(crop.shape, np.bool_))
    if colour is None:
        nothing = (absent(WHOLE, crop, Reason.REGION_NOT_FOUND),)
        return Skin(everywhere=np.zeros(crop.shape, np.bool_), samples=nothing)
    kinds = sort_pixels(crop, colour)
    skin = kinds.skin | (kinds.foreign & inside)
    return Skin(everywhere=skin, samples=(_sample(WHOLE, crop, inside, skin, kinds, 1.0),))


def absent(region: str, crop: Crop, reason: Reason) -> Sample:
    """Give the sample of a region that cannot be read."""
    nothing = np.zeros(crop.shape, np.bool_)
    return Sample(
        region=region, fit=nothing, at=np.zeros(0, np.int64), colour=None, blocks=np.zeros((0, 3)),
        places=np.zeros((0, 2)), cells=np.zeros(0, np.int64), reason=reason,
    )  # fmt: skip


def _inside(outlines: tuple[tuple[int, ...], ...], points: NDArray[np.float64], shape: tuple[int, int]) -> float:
    """Give the share of the outlines' corners that lie within the picture."""
    corners = points[[index for outline in outlines for index in outline]]
    if not corners.size:
        return 0.0
    limits = np.array([shape[1], shape[0]])
    return float(np.mean(np.all((corners > -1) & (corners < limits), axis=1)))


def _sample(region: str, crop: Crop, mask: Mask, skin: Mask, kinds: Sorted, inside: float) -> Sample:
    fit = mask & skin
    at = np.flatnonzero(fit)
    pixels = float(len(at) * crop.step[0] * crop.step[1])
    if inside < _INSIDE:
        return absent(region, crop, Reason.REGION_NOT_FOUND)
    if pixels < _FEWEST:
        return absent(region, crop, _covered_by(mask, skin, kinds))
    blocks, places, cells = _blocks(crop, at)
    red = np.log2(np.percentile(blocks[:, 0], [10, 90]) + 1e-4)
    return Sample(
        region=region, fit=fit, at=at, colour=crop.light.reshape(-1, 3)[at].mean(axis=0, dtype=np.float64),
        blocks=blocks, places=places,
        cells=cells, reason=_against(mask, fit, skin, kinds, pixels=pixels), uneven=bool(red[1] - red[0] > _UNEVEN),
    )  # fmt: skip


def _against(mask: Mask, fit: Mask, skin: Mask, kinds: Sorted, *, pixels: float) -> Reason | None:
    if fit.sum() < _FIT * mask.sum():
        return _covered_by(mask, skin, kinds)
    if (mask & kinds.bright).sum() > _GLARE * mask.sum():
        return Reason.TOO_BRIGHT
    return Reason.TOO_FEW_PIXELS if pixels < _ENOUGH else None


def _covered_by(mask: Mask, skin: Mask, kinds: Sorted) -> Reason:
    if not mask.any():
        return Reason.TOO_FEW_PIXELS
    lost = mask & ~skin
    counts = {
        Reason.REGION_NOT_FOUND: int((lost & (kinds.dark | kinds.skin)).sum()),
        Reason.TOO_BRIGHT: int((lost & kinds.bright).sum()),
        Reason.MAKE_UP_OR_COVER: int((lost & kinds.foreign).sum()),
        Reason.TOO_FEW_PIXELS: int((mask & skin).sum()),
    }
    return max(counts, key=lambda reason: counts[reason])


def _blocks(crop: Crop, at: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Give mean colour and middle of each square block that is at least half filled, and each pixel's block."""
    side = max(2, round(crop.shape[1] / _BLOCKS_ACROSS))
    rows, columns = np.divmod(at, crop.shape[1])
    across = crop.shape[1] // side + 1
    cell = (rows // side) * across + columns // side
    counts = np.bincount(cell)
    full = np.flatnonzero(counts >= side * side / 2)
    if not full.size:
        full = np.flatnonzero(counts)
    light = crop.light.reshape(-1, 3)[at].astype(np.float64)
    colours = np.stack([np.bincount(cell, weights=light[:, band])[full] / counts[full] for band in range(3)], axis=-1)
    places = np.stack([full % across, full // across], axis=-1).astype(np.float64)
    number = np.full(len(counts), -1)
    number[full] = np.arange(len(full))
    return colours, places, number[cell]


def outlined(corners: NDArray[np.float64], crop: Crop) -> Mask:
    """Give the pixels of a crop inside an outline.

    Parameters
    ----------
    corners
        (n, 2) in pixels of the picture.
    crop
        The part of the picture.

    Returns
    -------
    array
        (h, w) of bool.

    """
    mask = np.zeros(crop.shape, np.uint8)
    places = (corners + 0.5 - crop.corner) / crop.step - 0.5
    cv2.fillPoly(mask, [np.round(places * 16).astype(np.int32)], 1, shift=4)
    return mask.astype(np.bool_)
