"""What is said about a photograph: its quality, its measures, and how two photographs compare."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]  # (height, width, 3), sRGB
Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]

WHOLE: Final = "whole"


class Reason(StrEnum):
    """Why a measure is not comparable or a photograph not usable."""

    NO_SCALE = "no_scale"
    NO_COLOUR_REFERENCE = "no_colour_reference"
    BLURRED = "blurred"
    TOO_DARK = "too_dark"
    TOO_BRIGHT = "too_bright"
    UNEVEN_LIGHT = "uneven_light"
    TOO_FEW_PIXELS = "too_few_pixels"
    REGION_NOT_FOUND = "region_not_found"
    POSE_OFF = "pose_off"
    MAKE_UP_OR_COVER = "make_up_or_cover"
    NOT_REGISTERED = "not_registered"
    CONDITIONS_DIFFER = "conditions_differ"
    UNIT_DIFFERS = "unit_differs"


class MeasureId(StrEnum):
    """The measures taken so far; those that need a length reference are not among them."""

    ERYTHEMA_INDEX = "erythema_index"
    MELANIN_INDEX = "melanin_index"
    ITA = "ita"
    COLOUR_UNEVENNESS = "colour_unevenness"


UNITS: Final = {
    MeasureId.ERYTHEMA_INDEX: "index",
    MeasureId.MELANIN_INDEX: "index",
    MeasureId.ITA: "degree",
    MeasureId.COLOUR_UNEVENNESS: "delta_e",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """Whether a photograph can be measured, and how it was taken."""

    usable: bool
    reasons: tuple[Reason, ...]
    width_px: int
    height_px: int
    sharpness: float
    exposure: float
    face_found: bool
    yaw_deg: float | None = None
    pitch_deg: float | None = None
    roll_deg: float | None = None
    scale_mm_per_px: float | None = None
    colour_reference: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One number read from one region, with one standard error of measurement."""

    id: MeasureId
    region: str
    value: float | None
    unit: str
    error: float | None
    comparable: bool
    reason: Reason | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """All that was read from one photograph."""

    quality: Quality
    measures: tuple[Measure, ...]

    def document(self) -> dict[str, Any]:
        """Give the answer of `needlepoint measure` as plain values for JSON."""
        return {"quality": _quality(self.quality), "measures": [asdict(measure) for measure in self.measures]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """How well AFTER could be laid over BEFORE."""

    residual_px: float | None
    overlap: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One measure in one region, after against before."""

    id: MeasureId
    region: str
    before: float | None
    after: float | None
    change: float | None
    smallest_detectable_change: float | None
    beyond_error: bool | None
    comparable: bool
    reason: Reason | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two photographs set against each other."""

    before: Quality
    after: Quality
    registration: Registration
    changes: tuple[Change, ...]

    def document(self) -> dict[str, Any]:
        """Give the answer of `needlepoint compare` as plain values for JSON."""
        return {
            "quality": {"before": _quality(self.before), "after": _quality(self.after)},
            "registration": asdict(self.registration),
            "changes": [asdict(change) for change in self.changes],
        }


_QUALITY_KEYS: Final = (
    "usable", "reasons", "width_px", "height_px", "sharpness", "exposure", "scale_mm_per_px",
    "colour_reference", "face_found", "yaw_deg", "pitch_deg", "roll_deg",
)  # fmt: skip


def _quality(quality: Quality) -> dict[str, Any]:
    values = asdict(quality) | {"reasons": list(quality.reasons)}
    return {key: values[key] for key in _QUALITY_KEYS}
