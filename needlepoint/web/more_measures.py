"""The measures beside redness and skin tone, as one table: what changed, and what photographs cannot tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from needlepoint.web.measures import SHOWN, Why, region_label, why

if TYPE_CHECKING:
    from collections.abc import Iterator

    from needlepoint.records.models import Comparison

NAMES: Final[Mapping[str, tuple[str, str]]] = {
    "erythema_index": ("Erythema index", "index points"),
    "ita": ("Individual typology angle", "°"),
    "melanin_index": ("Melanin index", "index points"),
    "colour_unevenness": ("Unevenness of colour", "ΔE"),
    "roughness_ra": ("Roughness Ra", "µm"),
    "texture_contrast": ("Texture contrast, 0.3 to 1 mm", "ratio"),
    "line_density": ("Lines", "mm/cm²"),
    "pore_area": ("Pores", "%"),
    "scar_area": ("Outlined scar", "cm²"),
    "dark_patch_area": ("Dark patches", "%"),
    "red_patch_area": ("Red patches", "%"),
    "lightness": ("Lightness L*", "ΔE"),
    "redness_a": ("Redness a*", "ΔE"),
    "yellowness_b": ("Yellowness b*", "ΔE"),
    "redness_beside": ("Redness against the skin around", "index points"),
    "darkness_beside": ("Darkness against the skin around", "index points"),
    "roughness_fine": ("Texture contrast, fine", "ratio"),
    "roughness_coarse": ("Texture contrast, coarse", "ratio"),
    "line_area": ("Area of lines", "%"),
    "lines_upright": ("Upright lines", "% of all"),
    "pore_count": ("Pores", "per cm²"),
    "mark_length": ("Length of marks", "mm"),
    "mark_width": ("Width of marks", "mm"),
    "mark_share": ("Share of the skin that is marks", "%"),
    "mark_redness": ("Redness of marks against the skin beside", "index points"),
    "mark_lightness": ("Lightness of marks against the skin beside", "ΔE"),
    "mark_texture": ("Texture of marks against the skin beside", "ratio"),
}
CANNOT: Final[Mapping[str, str]] = {
    "depth": "Depth",
    "volume": "Volume",
    "roughness_ra": "Roughness in micrometres",
    "fine_lines": "Fine lines",
    "absolute_colour": "Colour across lamps or cameras",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One measure of one region that may be compared."""

    name: str
    unit: str
    region: str
    before: float
    after: float
    change: float
    band: float
    beyond: bool
    own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class More:
    """What else a comparison says."""

    rows: tuple[Row, ...]
    reasons: tuple[Why, ...]
    cannot: tuple[tuple[str, str], ...]


def name_of(measure: str) -> str:
    """Give what a measure is called."""
    return NAMES.get(measure, (measure.replace("_", " "), ""))[0]


def more(comparison: Comparison | None, *, own: Mapping[tuple[str, str], float]) -> More | None:
    """Give what a finished comparison says beside redness and skin tone; nothing while there is none."""
    if comparison is None or comparison.result is None:
        return None
    rest = [row for row in _all(comparison.result) if row["id"] not in SHOWN]
    refused = {row["reason"] for row in rest if row["reason"]}
    return More(
        rows=tuple(_row(row, own) for row in rest if row["change"] is not None),
        reasons=tuple(why(reason) for reason in sorted(refused)),
        cannot=tuple((CANNOT.get(name, name), text) for name, text in comparison.result.get("refused", {}).items()),
    )


def _all(result: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from result.get("changes", ())
    yield from result.get("further", ())


def _row(row: dict[str, Any], own: Mapping[tuple[str, str], float]) -> Row:
    name, unit = NAMES.get(row["id"], (row["id"].replace("_", " "), ""))
    band = own.get((row["id"], row["region"]))
    used = row["smallest_detectable_change"] if band is None else band
    return Row(
        name=name, unit=unit, region=region_label(row["region"]), before=row["before"], after=row["after"],
        change=row["change"], band=used, beyond=abs(row["change"]) > used, own=band is not None,
    )  # fmt: skip
