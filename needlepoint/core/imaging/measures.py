"""What is read from one photograph: the colour of its skin by region, with errors, and the photo's quality."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from needlepoint.core.imaging.colour import erythema_index, ita, lab, melanin_index
from needlepoint.core.imaging.face import FaceModels, Points, find_face
from needlepoint.core.imaging.photo import (
    UNITS,
    WHOLE,
    Mask,
    Measure,
    MeasureId,
    Measurement,
    Pixels,
    Reason,
)
from needlepoint.core.imaging.quality import Look, judged
from needlepoint.core.imaging.regions import FACE_AREAS, bare_of_hair_and_lips, facing, filled
from needlepoint.core.imaging.skin import (
    Crop,
    Sorted,
    face_crop,
    joined,
    picture_crop,
    skin_colour,
    sort_pixels,
    usual,
    whole_patches,
)
from needlepoint.core.imaging.uncertainty import STANDARD_ERRORS, ErrorModel, light_error, sampling_error

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
_UNEVENNESS_BLOCKS: Final = 12

Progress = Callable[[float], None]


def no_progress(_: float) -> None:
    """Take no notice of how far the work has come."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Sample:
    """The skin of one region: its pixels, mean colour and blocks, and what stands against reading it."""

    region: str
    fit: Mask
    colour: NDArray[np.float64] | None
    blocks: NDArray[np.float64]
    places: NDArray[np.float64]
    reason: Reason | None
    uneven: bool = False


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Reading:
    """A measurement together with what a comparison needs of the way there."""

    measurement: Measurement
    mesh: Points | None
    crop: Crop
    samples: Mapping[str, Sample]


def measure(
    rgb: Pixels, models: FaceModels, *, errors: ErrorModel = STANDARD_ERRORS, progress: Progress = no_progress
) -> Measurement:
    """Measure one photograph.

    Parameters
    ----------
    rgb
        (height, width, 3) sRGB code values, upright.
    models
        The face networks.
    errors
        The error model of camera and lamp.
    progress
        Called with shares from 0 to 1.

    Returns
    -------
    Measurement
        Quality and measures; a picture that cannot be used is answered too.

    """
    return read(rgb, models, errors=errors, progress=progress).measurement


def read(
    rgb: Pixels, models: FaceModels, *, errors: ErrorModel = STANDARD_ERRORS, progress: Progress = no_progress
) -> Reading:
    """Measure one photograph and keep the mesh and the skin found on the way.

    Parameters
    ----------
    rgb
        (height, width, 3) sRGB code values, upright.
    models
        The face networks.
    errors
        The error model of camera and lamp.
    progress
        Called with shares from 0 to 1.

    Returns
    -------
    Reading
        The measurement, the mesh if there is a face, and the skin of each region.

    """
    mesh = find_face(rgb, models)
    progress(0.4)
    crop = picture_crop(rgb) if mesh is None else face_crop(rgb, mesh)
    samples = _body(crop) if mesh is None else _face(crop, mesh)
    progress(0.8)
    whole = samples[-1]
    quality = judged(
        rgb, crop, Look(mesh=mesh, skin=whole.fit, reason=None if whole.colour is not None else whole.reason)
    )
    stop = quality.reasons[0] if quality.reasons else None
    measures = tuple(_measured(sample, each, errors=errors, stop=stop) for sample in samples for each in MeasureId)
    progress(1.0)
    measurement = Measurement(quality=quality, measures=measures)
    return Reading(measurement=measurement, mesh=mesh, crop=crop, samples={sample.region: sample for sample in samples})


def _face(crop: Crop, mesh: Points) -> list[Sample]:
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
        return [_absent(region, crop, Reason.REGION_NOT_FOUND) for region in (*FACE_AREAS, WHOLE)]
    kinds = sort_pixels(crop, colour)
    skin = joined(kinds.skin, core)
    inside = {area: _inside(outlines, points, crop.shape) for area, outlines in seen.items()}
    samples = [
        _absent(area, crop, Reason.POSE_OFF)
        if not seen[area]
        else _sample(area, crop, masks[area], skin, kinds, inside[area])
        for area in FACE_AREAS
    ]
    everywhere = np.any(list(masks.values()), axis=0)
    samples.append(_sample(WHOLE, crop, everywhere, skin, kinds, 1.0))
    return samples


def _body(crop: Crop) -> list[Sample]:
    colour = skin_colour(crop, np.ones(crop.shape, np.bool_))
    if colour is None or not usual(colour):
        return [_absent(WHOLE, crop, Reason.REGION_NOT_FOUND)]
    kinds = sort_pixels(crop, colour)
    skin = whole_patches(kinds.skin)
    if skin.mean() < _BODY_SHARE:
        return [_absent(WHOLE, crop, Reason.REGION_NOT_FOUND)]
    return [_sample(WHOLE, crop, skin, skin, kinds, 1.0)]


def _inside(outlines: tuple[tuple[int, ...], ...], points: NDArray[np.float64], shape: tuple[int, int]) -> float:
    """Give the share of the outlines' corners that lie within the picture."""
    corners = points[[index for outline in outlines for index in outline]]
    if not corners.size:
        return 0.0
    limits = np.array([shape[1], shape[0]])
    return float(np.mean(np.all((corners > -1) & (corners < limits), axis=1)))


def _absent(region: str, crop: Crop, reason: Reason) -> Sample:
    nothing = np.zeros(crop.shape, np.bool_)
    return Sample(
        region=region, fit=nothing, colour=None, blocks=np.zeros((0, 3)), places=np.zeros((0, 2)), reason=reason
    )


def _sample(region: str, crop: Crop, mask: Mask, skin: Mask, kinds: Sorted, inside: float) -> Sample:
    fit = mask & skin
    pixels = float(fit.sum() * crop.step[0] * crop.step[1])
    if inside < _INSIDE:
        return _absent(region, crop, Reason.REGION_NOT_FOUND)
    if pixels < _FEWEST:
        return _absent(region, crop, _covered_by(mask, skin, kinds))
    blocks, places = _blocks(crop, fit)
    red = np.log2(np.percentile(blocks[:, 0], [10, 90]) + 1e-4)
    return Sample(
        region=region, fit=fit, colour=crop.light[fit].mean(axis=0, dtype=np.float64), blocks=blocks, places=places,
        reason=_against(mask, fit, skin, kinds, pixels=pixels), uneven=bool(red[1] - red[0] > _UNEVEN),
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


def _blocks(crop: Crop, fit: Mask) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give mean colour and middle of each square block of the region that is at least half filled."""
    side = max(2, round(crop.shape[1] / _BLOCKS_ACROSS))
    rows, columns = np.nonzero(fit)
    across = crop.shape[1] // side + 1
    cell = (rows // side) * across + columns // side
    counts = np.bincount(cell)
    full = np.flatnonzero(counts >= side * side / 2)
    if not full.size:
        full = np.flatnonzero(counts)
    light = crop.light[rows, columns].astype(np.float64)
    colours = np.stack([np.bincount(cell, weights=light[:, band])[full] / counts[full] for band in range(3)], axis=-1)
    places = np.stack([full % across, full // across], axis=-1).astype(np.float64)
    return colours, places


def _measured(sample: Sample, each: MeasureId, *, errors: ErrorModel, stop: Reason | None) -> Measure:
    value, error, reason = _valued(sample, each, errors=errors)
    if value is not None:
        reason = stop or reason
    return Measure(
        id=each, region=sample.region, value=value, unit=UNITS[each], error=error,
        comparable=reason is None, reason=reason,
    )  # fmt: skip


def _valued(sample: Sample, each: MeasureId, *, errors: ErrorModel) -> tuple[float | None, float | None, Reason | None]:
    if sample.colour is None:
        return None, None, sample.reason
    if each is MeasureId.COLOUR_UNEVENNESS:
        if len(sample.blocks) < _UNEVENNESS_BLOCKS:
            return None, None, sample.reason or Reason.TOO_FEW_PIXELS
        value, error = _unevenness(sample, errors=errors)
    else:
        value, error = _colour_value(sample, each, errors=errors)
    by_light = Reason.UNEVEN_LIGHT if sample.uneven and each is not MeasureId.ERYTHEMA_INDEX else None
    return value, error, sample.reason or by_light


INDICES: Final = {
    MeasureId.ERYTHEMA_INDEX: erythema_index,
    MeasureId.MELANIN_INDEX: melanin_index,
    MeasureId.ITA: ita,
}


def _colour_value(sample: Sample, each: MeasureId, *, errors: ErrorModel) -> tuple[float, float]:
    index = INDICES[each]
    assert sample.colour is not None  # noqa: S101 - the caller has answered a sample without colour
    light = light_error(sample.colour, lambda colour: float(index(colour)), model=errors)
    sampling = sampling_error(index(sample.blocks), model=errors)
    floor = {
        MeasureId.ERYTHEMA_INDEX: errors.repeatability_ei,
        MeasureId.MELANIN_INDEX: errors.repeatability_mi,
        MeasureId.ITA: errors.repeatability_ita,
    }[each]
    return float(index(sample.colour)), float(np.sqrt(light**2 + sampling**2 + floor**2))


def _unevenness(sample: Sample, *, errors: ErrorModel) -> tuple[float, float]:
    """Give the root mean square colour difference of the blocks from an even slope of light across the region."""
    colours = lab(sample.blocks)
    design = np.column_stack([np.ones(len(colours)), sample.places])
    slope, *_ = np.linalg.lstsq(design, colours, rcond=None)
    rest = colours - design @ slope
    freedom = max(len(colours) - 3, 1)
    value = float(np.sqrt((rest**2).sum() / freedom))
    sampling = value * float(np.hypot(1 / np.sqrt(2 * freedom), errors.placement))
    return value, float(np.linalg.norm([sampling, value * errors.exposure, errors.repeatability_unevenness]))
