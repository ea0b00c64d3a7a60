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
    """The measures of the contract, in its order."""

    ERYTHEMA_INDEX = "erythema_index"
    MELANIN_INDEX = "melanin_index"
    ITA = "ita"
    COLOUR_UNEVENNESS = "colour_unevenness"
    ROUGHNESS_RA = "roughness_ra"
    TEXTURE_CONTRAST = "texture_contrast"
    LINE_DENSITY = "line_density"
    PORE_AREA = "pore_area"
    SCAR_AREA = "scar_area"
    DARK_PATCH_AREA = "dark_patch_area"
    RED_PATCH_AREA = "red_patch_area"


class FurtherId(StrEnum):
    """What is read besides; the contract does not know these, so they stand apart in the answer."""

    LIGHTNESS = "lightness"
    REDNESS_A = "redness_a"
    YELLOWNESS_B = "yellowness_b"
    REDNESS_BESIDE = "redness_beside"
    DARKNESS_BESIDE = "darkness_beside"
    ROUGHNESS_FINE = "roughness_fine"
    ROUGHNESS_COARSE = "roughness_coarse"
    LINE_AREA = "line_area"
    LINES_UPRIGHT = "lines_upright"
    PORE_COUNT = "pore_count"
    MARK_LENGTH = "mark_length"
    MARK_WIDTH = "mark_width"
    MARK_SHARE = "mark_share"
    MARK_REDNESS = "mark_redness"
    MARK_LIGHTNESS = "mark_lightness"
    MARK_TEXTURE = "mark_texture"


Id = MeasureId | FurtherId

UNITS: Final[dict[Id, str]] = {
    MeasureId.ERYTHEMA_INDEX: "index",
    MeasureId.MELANIN_INDEX: "index",
    MeasureId.ITA: "degree",
    MeasureId.COLOUR_UNEVENNESS: "delta_e",
    MeasureId.ROUGHNESS_RA: "um",
    MeasureId.TEXTURE_CONTRAST: "ratio",
    MeasureId.LINE_DENSITY: "mm_per_cm2",
    MeasureId.PORE_AREA: "percent",
    MeasureId.SCAR_AREA: "cm2",
    MeasureId.DARK_PATCH_AREA: "percent",
    MeasureId.RED_PATCH_AREA: "percent",
    FurtherId.LIGHTNESS: "delta_e",
    FurtherId.REDNESS_A: "delta_e",
    FurtherId.YELLOWNESS_B: "delta_e",
    FurtherId.REDNESS_BESIDE: "index",
    FurtherId.DARKNESS_BESIDE: "index",
    FurtherId.ROUGHNESS_FINE: "ratio",
    FurtherId.ROUGHNESS_COARSE: "ratio",
    FurtherId.LINE_AREA: "percent",
    FurtherId.LINES_UPRIGHT: "percent",
    FurtherId.PORE_COUNT: "per_cm2",
    FurtherId.MARK_LENGTH: "mm",
    FurtherId.MARK_WIDTH: "mm",
    FurtherId.MARK_SHARE: "percent",
    FurtherId.MARK_REDNESS: "index",
    FurtherId.MARK_LIGHTNESS: "delta_e",
    FurtherId.MARK_TEXTURE: "ratio",
}

# Asked of photographs and not answered by any, with the reason; said in every answer.
REFUSED: Final = {
    "depth": "One photograph holds no heights: shading is not depth. Scar, line and pore depth need a profilometer, "
    "a replica or stereo pictures.",
    "volume": "Without heights there is no volume.",
    "roughness_ra": "Ra is a mean of heights in micrometres. Texture contrast says what light and shadow show instead.",
    "fine_lines": "Lines narrower than 0.3 mm are not told from noise, focus and the processing of phones.",
    "absolute_colour": "Colour is not comparable across lamps or cameras, even with a card; only under the same lamp.",
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
    corrected_by: str = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One number read from one region, with one standard error of measurement."""

    id: Id
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
    outlines: tuple[tuple[tuple[float, ...], ...], ...] = ()  # of marks on an outlined part, in pixels

    def document(self) -> dict[str, Any]:
        """Give the answer of `needlepoint measure` as plain values for JSON."""
        return {
            "quality": _quality(self.quality),
            "measures": [asdict(measure) for measure in self.measures if isinstance(measure.id, MeasureId)],
            "further": [asdict(measure) for measure in self.measures if isinstance(measure.id, FurtherId)],
            "outlines": [[list(corner) for corner in outline] for outline in self.outlines],
            "refused": dict(REFUSED),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """How well AFTER could be laid over BEFORE."""

    residual_px: float | None
    overlap: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One measure in one region, after against before."""

    id: Id
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
            "changes": [asdict(change) for change in self.changes if isinstance(change.id, MeasureId)],
            "further": [asdict(change) for change in self.changes if isinstance(change.id, FurtherId)],
            "refused": dict(REFUSED),
        }


_QUALITY_KEYS: Final = (
    "usable", "reasons", "width_px", "height_px", "sharpness", "exposure", "scale_mm_per_px",
    "colour_reference", "face_found", "yaw_deg", "pitch_deg", "roll_deg", "corrected_by",
)  # fmt: skip


def _quality(quality: Quality) -> dict[str, Any]:
    values = asdict(quality) | {"reasons": list(quality.reasons)}
    return {key: values[key] for key in _QUALITY_KEYS}
