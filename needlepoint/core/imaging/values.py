"""The numbers read from a sample of skin, each with one standard error and what stands against comparing it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from needlepoint.core.imaging.colour import erythema_index, ita, lab, melanin_index
from needlepoint.core.imaging.detail import Detail
from needlepoint.core.imaging.marks import Marks
from needlepoint.core.imaging.photo import WHOLE, FurtherId, Id, MeasureId, Reason
from needlepoint.core.imaging.samples import Sample
from needlepoint.core.imaging.uncertainty import ErrorModel, light_error, sampling_error

_UNEVENNESS_BLOCKS: Final = 12
_DETAIL_BLOCKS: Final = 4
_SCALE_SHARE: Final = 0.02  # of a length: the card does not lie quite where the skin does
_EDGE_MM: Final = 0.2  # to either side, that a mark's outline moves between two photographs

Value = tuple[float | None, float | None, Reason | None]
Map = NDArray[np.float32] | NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Seen:
    """What all regions of a photograph share.

    Attributes
    ----------
    detail
        Maps of texture and patches.
    mm
        Working millimetres to a pixel of the crop; None when the scale is unknown.
    scale
        True millimetres to a working one, where a card or stickers tell; None otherwise.
    marks
        What stands out on an outlined part.
    others
        (3,) mean linear light of all regions together.
    errors
        The error model.

    """

    detail: Detail
    mm: float | None
    scale: float | None
    marks: Marks | None
    others: NDArray[np.float64] | None
    errors: ErrorModel


def _lightness(colour: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(lab(colour)[..., 0])


def _redness_a(colour: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(lab(colour)[..., 1])


def _yellowness_b(colour: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(lab(colour)[..., 2])


INDICES: Final[dict[Id, Callable[[NDArray[np.float64]], NDArray[np.float64]]]] = {
    MeasureId.ERYTHEMA_INDEX: erythema_index,
    MeasureId.MELANIN_INDEX: melanin_index,
    MeasureId.ITA: ita,
    FurtherId.LIGHTNESS: _lightness,
    FurtherId.REDNESS_A: _redness_a,
    FurtherId.YELLOWNESS_B: _yellowness_b,
}
_BESIDE: Final[dict[Id, Id]] = {
    FurtherId.REDNESS_BESIDE: MeasureId.ERYTHEMA_INDEX,
    FurtherId.DARKNESS_BESIDE: MeasureId.MELANIN_INDEX,
}
_RED_OVER_GREEN: Final = frozenset({MeasureId.ERYTHEMA_INDEX, FurtherId.REDNESS_BESIDE})
_OF_MARKS: Final = frozenset(
    {FurtherId.MARK_LENGTH, FurtherId.MARK_WIDTH, FurtherId.MARK_SHARE, FurtherId.MARK_REDNESS,
     FurtherId.MARK_LIGHTNESS, FurtherId.MARK_TEXTURE}
)  # fmt: skip
BY_COLOUR: Final = frozenset({*INDICES, *_BESIDE, MeasureId.COLOUR_UNEVENNESS})
BY_RELIEF: Final = frozenset(
    {MeasureId.TEXTURE_CONTRAST, MeasureId.LINE_DENSITY, MeasureId.PORE_AREA, FurtherId.ROUGHNESS_FINE,
     FurtherId.ROUGHNESS_COARSE, FurtherId.LINE_AREA, FurtherId.LINES_UPRIGHT, FurtherId.PORE_COUNT}
)  # fmt: skip


def asked_of(sample: Sample, seen: Seen) -> tuple[Id, ...]:
    """Give what is answered for a region: all of the contract, and what further numbers make sense there."""
    further = [each for each in FurtherId if (each in _BESIDE) <= (sample.region != WHOLE)]
    return (*MeasureId, *(each for each in further if each not in _OF_MARKS or seen.marks is not None))


def valued(sample: Sample, each: Id, seen: Seen) -> Value:
    """Give one number of one region.

    Parameters
    ----------
    sample
        The region's skin.
    each
        The measure.
    seen
        What is known of the photograph.

    Returns
    -------
    tuple
        Value, standard error, and the reason why it is missing or not comparable.

    """
    if sample.colour is None:
        return None, None, sample.reason
    if each is MeasureId.ROUGHNESS_RA:
        return None, None, Reason.NO_SCALE  # heights: no photograph has a scale for them
    value, error, reason = _read(sample, sample.colour, each, seen)
    if value is None:
        return None, None, sample.reason or reason
    by_light = Reason.UNEVEN_LIGHT if sample.uneven and each not in _RED_OVER_GREEN else None
    return value, error, sample.reason or reason or by_light


def _read(sample: Sample, colour: NDArray[np.float64], each: Id, seen: Seen) -> Value:
    if each in INDICES:
        return (*_colour_value(sample, colour, each, seen.errors), None)
    if each is MeasureId.COLOUR_UNEVENNESS:
        return _unevenness(sample, seen.errors)
    if each in _BESIDE:
        return _beside(sample, colour, each, seen)
    if each in _OF_MARKS or each is MeasureId.SCAR_AREA:
        return _of_marks(sample, each, seen)
    if each in (MeasureId.DARK_PATCH_AREA, MeasureId.RED_PATCH_AREA):
        there = seen.detail.dark if each is MeasureId.DARK_PATCH_AREA else seen.detail.red
        return _mean(sample, there, each, seen, factor=100.0, near_edges=True)
    return _relief(sample, each, seen)


def _colour_value(sample: Sample, colour: NDArray[np.float64], each: Id, errors: ErrorModel) -> tuple[float, float]:
    index = INDICES[each]
    light = light_error(colour, lambda value: float(index(value)), model=errors)
    sampling = sampling_error(index(sample.blocks), model=errors)
    return float(index(colour)), float(np.linalg.norm([light, sampling, errors.floor(each)]))


def _beside(sample: Sample, colour: NDArray[np.float64], each: Id, seen: Seen) -> Value:
    """Give how a region differs from all measured skin: what the lamp does to both goes out."""
    if seen.others is None:
        return None, None, Reason.REGION_NOT_FOUND
    index = INDICES[_BESIDE[each]]
    sampling = sampling_error(index(sample.blocks), model=seen.errors)
    value = float(index(colour) - index(seen.others))
    return value, float(np.linalg.norm([sampling, seen.errors.floor(each)])), None


def _unevenness(sample: Sample, errors: ErrorModel) -> Value:
    """Give the root mean square colour difference of the blocks from an even slope of light across the region."""
    if len(sample.blocks) < _UNEVENNESS_BLOCKS:
        return None, None, Reason.TOO_FEW_PIXELS
    colours = lab(sample.blocks)
    design = np.column_stack([np.ones(len(colours)), sample.places])
    slope, *_ = np.linalg.lstsq(design, colours, rcond=None)
    rest = colours - design @ slope
    freedom = max(len(colours) - 3, 1)
    value = float(np.sqrt((rest**2).sum() / freedom))
    sampling = value * float(np.hypot(1 / np.sqrt(2 * freedom), errors.placement))
    floor = errors.floor(MeasureId.COLOUR_UNEVENNESS)
    return value, float(np.linalg.norm([sampling, value * errors.exposure, floor])), None


def _relief(sample: Sample, each: Id, seen: Seen) -> Value:
    detail, mm = seen.detail, seen.mm
    if mm is None:
        return None, None, Reason.NO_SCALE
    if detail.middle is None or detail.coarse is None or detail.found is None:
        return None, None, Reason.TOO_FEW_PIXELS
    squares = {
        MeasureId.TEXTURE_CONTRAST: detail.middle, FurtherId.ROUGHNESS_COARSE: detail.coarse,
        FurtherId.ROUGHNESS_FINE: detail.fine,
    }  # fmt: skip
    if each in squares:
        return _spread(sample, squares[each], each, seen)
    shares = {FurtherId.LINE_AREA: detail.found.body, MeasureId.PORE_AREA: detail.pores}
    if each in shares:
        return _mean(sample, shares[each], each, seen, factor=100.0)
    return _upright(sample, seen) if each is FurtherId.LINES_UPRIGHT else _to_an_area(sample, each, seen)


def _to_an_area(sample: Sample, each: Id, seen: Seen) -> Value:
    """Give what is counted to a square centimetre; only a length in the picture tells what that is."""
    if seen.scale is None or seen.mm is None or seen.detail.found is None:
        return None, None, Reason.NO_SCALE
    length = seen.mm * seen.scale
    if each is MeasureId.LINE_DENSITY:
        there = seen.detail.found.length
        return _mean(sample, there, each, seen, factor=100.0 / length, share=_SCALE_SHARE)
    return _mean(sample, seen.detail.pore_count, each, seen, factor=100.0 / length**2, share=2 * _SCALE_SHARE)


def _mean(
    sample: Sample, there: Map | None, each: Id, seen: Seen, *, factor: float,
    near_edges: bool = False, share: float = 0.0,
) -> Value:  # fmt: skip
    """Give the mean of a map over a region, its error from how unlike the region's blocks are."""
    if there is None:
        return None, None, Reason.BLURRED if seen.detail.fine is not None else Reason.TOO_FEW_PIXELS
    at, cells = _read_at(sample, seen, near_edges=near_edges)
    values = there.ravel()[at]
    blocks = _block_means(values, cells, len(sample.blocks))
    if len(blocks) < _DETAIL_BLOCKS:
        return None, None, Reason.TOO_FEW_PIXELS
    value = factor * float(values.mean(dtype=np.float64))
    return value, _detail_error(value, factor * blocks, each, seen.errors, share=share), None


def _spread(sample: Sample, squares: Map | None, each: Id, seen: Seen) -> Value:
    if squares is None:
        return None, None, Reason.TOO_FEW_PIXELS
    at, cells = _read_at(sample, seen)
    values = squares.ravel()[at]
    blocks = _block_means(values, cells, len(sample.blocks))
    if len(blocks) < _DETAIL_BLOCKS:
        return None, None, Reason.TOO_FEW_PIXELS
    value = float(np.sqrt(values.mean(dtype=np.float64)))
    return value, _detail_error(value, np.sqrt(blocks), each, seen.errors), None


def _upright(sample: Sample, seen: Seen) -> Value:
    """Give the share of the lines' length that runs nearer to upright than to level."""
    found = seen.detail.found
    assert found is not None  # noqa: S101 - the caller has answered a picture without lines
    at, _ = _read_at(sample, seen)
    length = found.length.ravel()[at].astype(np.float64)
    total = float(length.sum())
    if total < 5 / (seen.mm or 1.0):
        return None, None, Reason.TOO_FEW_PIXELS
    share = float(length[found.upright.ravel()[at] > 45].sum()) / total
    lines = total * (seen.mm or 1.0) / 5  # pieces of half a centimetre, as if independent
    return 100 * share, 100 * float(np.sqrt((share * (1 - share) + 0.25 / lines) / lines)), None


def _read_at(sample: Sample, seen: Seen, *, near_edges: bool = False) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give the numbers of a region's pixels and of their blocks, those beside anything but skin left out."""
    if near_edges:
        return sample.at, sample.cells
    inner = seen.detail.fit.ravel()[sample.at]
    return sample.at[inner], sample.cells[inner]


def _block_means(values: Map, cells: NDArray[np.int64], count: int) -> NDArray[np.float64]:
    inside = cells >= 0
    counts = np.bincount(cells[inside], minlength=count)
    sums = np.bincount(cells[inside], weights=values[inside], minlength=count)
    full = counts >= max(4, 0.25 * float(counts.max(initial=0)))
    return np.asarray(sums[full] / counts[full], dtype=np.float64)


def _detail_error(
    value: float, blocks: NDArray[np.float64], each: Id, errors: ErrorModel, *, share: float = 0.0
) -> float:
    relative, floor = errors.detail[each]
    # The same skin is read again: only its share near the outline is other skin next time.
    placed = float(np.std(blocks, ddof=1)) * errors.placement
    return float(np.linalg.norm([placed, relative * abs(value), floor, share * value]))


def _of_marks(sample: Sample, each: Id, seen: Seen) -> Value:
    marks = seen.marks
    if marks is None:
        return None, None, Reason.REGION_NOT_FOUND if seen.scale is not None else Reason.NO_SCALE
    if each is FurtherId.MARK_SHARE:
        pixels = float(sample.fit.sum())
        moved = 0.5 * marks.edge_px / pixels
        return 100 * float(marks.where.sum()) / pixels, 100 * moved + seen.errors.detail[each][1], None
    if each in (FurtherId.MARK_REDNESS, FurtherId.MARK_LIGHTNESS, FurtherId.MARK_TEXTURE):
        return _contrast(marks, each, seen.errors)
    if seen.scale is None or seen.mm is None:
        return None, None, Reason.NO_SCALE
    length = seen.mm * seen.scale
    moved = float(marks.edge_px * length * _EDGE_MM)
    match each:
        case MeasureId.SCAR_AREA:
            area = float(marks.where.sum()) * length**2
            return area / 100, float(np.hypot(moved * 0.25, 2 * _SCALE_SHARE * area)) / 100 + 0.005, None
        case FurtherId.MARK_WIDTH:
            width = marks.width_px * length
            return width, float(np.hypot(_EDGE_MM, _SCALE_SHARE * width)), None
    total = marks.length_px * length
    return total, float(np.hypot(2 * _EDGE_MM, 0.05 * total)), None


def _contrast(marks: Marks, each: Id, errors: ErrorModel) -> Value:
    if not marks.where.any():
        return None, None, Reason.REGION_NOT_FOUND
    value = {
        FurtherId.MARK_REDNESS: marks.redness, FurtherId.MARK_LIGHTNESS: marks.lightness,
    }.get(FurtherId(each), marks.texture)  # fmt: skip
    relative, floor = errors.detail[each]
    spread = {FurtherId.MARK_REDNESS: marks.spread[0], FurtherId.MARK_LIGHTNESS: marks.spread[1]}.get(
        FurtherId(each), 0.0
    )
    return value, float(np.linalg.norm([floor, relative * value, errors.placement * spread])), None
