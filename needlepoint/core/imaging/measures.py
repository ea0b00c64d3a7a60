"""What is read from one photograph: quality, and the skin's colour, relief and marks by region, with errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from needlepoint.core.imaging.card import NOTHING, Found, find_references
from needlepoint.core.imaging.correction import AS_DRAWN, UNCORRECTED, CardValues, Corrected, Correction, correction
from needlepoint.core.imaging.detail import detail
from needlepoint.core.imaging.face import FaceModels, Points, find_face
from needlepoint.core.imaging.levels import Levels
from needlepoint.core.imaging.marks import Marks, find_marks, outlines_of
from needlepoint.core.imaging.photo import UNITS, Id, Mask, Measure, Measurement, Pixels, Reason
from needlepoint.core.imaging.quality import Look, judged
from needlepoint.core.imaging.samples import Sample, Skin, body_samples, face_samples, outlined, patch_samples
from needlepoint.core.imaging.skin import Crop, face_crop, part_crop, picture_crop
from needlepoint.core.imaging.uncertainty import STANDARD_ERRORS, ErrorModel
from needlepoint.core.imaging.values import Seen, asked_of, valued

_AROUND: Final = 0.35  # of an outline's size, taken with it for its neighbouring skin
_CARD_WITH_SHADOW: Final = 1.08  # of the card's own size

Progress = Callable[[float], None]
Outline = NDArray[np.float64]  # (n, 2) corners in pixels of the picture


def no_progress(_: float) -> None:
    """Take no notice of how far the work has come."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Settings:
    """What a clinic knows besides the picture.

    Attributes
    ----------
    errors
        The error model of camera and lamp.
    card
        What the fields of its card send back.
    outline
        (n, 2) a part of the picture that somebody outlined; only that is measured then.
    printed
        By how much its card and stickers are larger on paper than drawn.

    """

    errors: ErrorModel = STANDARD_ERRORS
    card: CardValues = AS_DRAWN
    outline: Outline | None = None
    printed: float = 1.0


STANDARD: Final = Settings()


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Reading:
    """A measurement together with what a comparison needs of the way there."""

    measurement: Measurement
    mesh: Points | None
    crop: Crop
    samples: Mapping[str, Sample]
    levels: Levels
    correction: Correction = UNCORRECTED
    marks: Marks | None = None
    found: Found = field(default=NOTHING)


def measure(
    rgb: Pixels, models: FaceModels, *, settings: Settings = STANDARD, progress: Progress = no_progress
) -> Measurement:
    """Measure one photograph.

    Parameters
    ----------
    rgb
        (height, width, 3) sRGB code values, upright.
    models
        The face networks.
    settings
        Error model, card and outline.
    progress
        Called with shares from 0 to 1.

    Returns
    -------
    Measurement
        Quality and measures; a picture that cannot be used is answered too.

    """
    return read(rgb, models, settings=settings, progress=progress).measurement


def read(
    rgb: Pixels, models: FaceModels, *, settings: Settings = STANDARD, progress: Progress = no_progress
) -> Reading:
    """Measure one photograph and keep the mesh and the skin found on the way.

    Parameters
    ----------
    rgb
        (height, width, 3) sRGB code values, upright.
    models
        The face networks.
    settings
        Error model, card and outline.
    progress
        Called with shares from 0 to 1.

    Returns
    -------
    Reading
        The measurement, the mesh if there is a face, and the skin of each region.

    """
    levels = Levels(rgb)
    found = find_references(levels)
    outline = settings.outline if settings.outline is not None or found.stickers is None else found.stickers.outline
    mm_per_px = None if found.mm_per_px is None else found.mm_per_px * settings.printed
    mesh = None if outline is not None else find_face(levels, models)
    progress(0.4)
    as_taken, inside = _cut(rgb, mesh, outline, mm_per_px)
    put_right = correction(found.card, settings.card)
    crop = as_taken.corrected(put_right.applied)
    if found.card is not None:
        crop = crop.without(_widened(found.card.outline))
    skin = _skin(crop, mesh, inside)
    marks = None if inside is None else find_marks(crop, inside, skin.everywhere)
    progress(0.7)
    whole = skin.samples[-1]
    quality = judged(
        levels, as_taken,
        Look(mesh=mesh, skin=whole.fit, reason=None if whole.colour is not None else whole.reason,
             box=None if outline is None else _box(rgb, outline, 0.0), mm_per_px=mm_per_px,
             corrected_by=put_right.by),
    )  # fmt: skip
    errors = settings.errors if put_right.by is Corrected.NONE else settings.errors.with_card()
    seen = Seen(
        detail=detail(crop, skin.everywhere), mm=crop.mm, scale=_scale(crop, mm_per_px), marks=marks,
        others=None if mesh is None else whole.colour, errors=errors,
    )  # fmt: skip
    stop = quality.reasons[0] if quality.reasons else None
    measures = tuple(
        _measured(sample, each, seen, stop=stop) for sample in skin.samples for each in asked_of(sample, seen)
    )
    progress(1.0)
    shapes = () if marks is None else tuple(tuple(map(tuple, each.tolist())) for each in outlines_of(marks.where, crop))
    return Reading(
        measurement=Measurement(quality=quality, measures=measures, outlines=shapes), mesh=mesh, crop=crop,
        samples={sample.region: sample for sample in skin.samples}, levels=levels, correction=put_right, marks=marks,
        found=found,
    )  # fmt: skip


def _cut(
    rgb: Pixels, mesh: Points | None, outline: Outline | None, mm_per_px: float | None
) -> tuple[Crop, Mask | None]:
    """Cut out what is measured: an outlined part with its surroundings, else the face, else the whole picture."""
    if outline is not None:
        crop = part_crop(rgb, _box(rgb, outline, _AROUND), mm=mm_per_px)
        return crop, outlined(outline, crop)
    return (picture_crop(rgb, mm=mm_per_px) if mesh is None else face_crop(rgb, mesh)), None


def _widened(outline: Outline) -> Outline:
    """Give the card's outline with its shadow."""
    middle = outline.mean(axis=0)
    return np.asarray(middle + _CARD_WITH_SHADOW * (outline - middle))


def _skin(crop: Crop, mesh: Points | None, inside: Mask | None) -> Skin:
    if inside is not None:
        return patch_samples(crop, inside)
    return body_samples(crop) if mesh is None else face_samples(crop, mesh)


def _box(rgb: Pixels, outline: Outline, around: float) -> tuple[int, int, int, int]:
    low, high = outline.min(axis=0), outline.max(axis=0)
    margin = around * float((high - low).max())
    limits = np.array([rgb.shape[1], rgb.shape[0]])
    left, top = np.clip(np.floor(low - margin), 0, limits - 2).astype(int)
    right, bottom = np.clip(np.ceil(high + margin) + 1, (left + 2, top + 2), limits).astype(int)
    return int(left), int(top), int(right), int(bottom)


def _scale(crop: Crop, mm_per_px: float | None) -> float | None:
    """Give true millimetres to a working one: on a face these are of the face, elsewhere they are true."""
    if mm_per_px is None or crop.mm is None:
        return None
    return mm_per_px * float(crop.step.mean()) / crop.mm


def _measured(sample: Sample, each: Id, seen: Seen, *, stop: Reason | None) -> Measure:
    value, error, reason = valued(sample, each, seen)
    if value is not None:
        reason = stop or reason
        error = seen.errors.own.get((each, sample.region), error)
    return Measure(
        id=each, region=sample.region, value=value, unit=UNITS[each], error=error,
        comparable=reason is None, reason=reason,
    )  # fmt: skip
