"""What was measured, in words and numbers for people: regions, units, errors, and why something is not there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from needlepoint import knowledge

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from needlepoint.records.models import Comparison, Measurement

WHOLE: Final = "whole"
SHOWN: Final = ("erythema_index", "ita")

NAMES: Final = {"erythema_index": "Erythema index", "ita": "Individual typology angle (ITA)"}
SHORT: Final = {"erythema_index": "Redness (erythema index)", "ita": "Skin tone (ITA)"}
UNITS: Final = {"erythema_index": "index points", "ita": "°"}
MEANINGS: Final = {"erythema_index": "higher is redder", "ita": "higher is lighter"}

# What a camera did to a picture by itself, and what follows.
MODES: Final = {
    "beauty": ("Beauty mode", "The camera smoothed the skin. Switch the mode off and take it again."),
    "hdr": ("HDR", "The camera merged several exposures: it compares only with photographs made the same way."),
    "portrait": ("Portrait mode", "The camera blurred what it took for background. Edges of hair and jaw may be lost."),
    "night": ("Night mode", "The camera merged dark exposures. Bring more light and switch the mode off."),
    "panorama": ("Panorama", "Put together from several pictures, its lengths are bent. Take a single photograph."),
    "edited": ("Editing program", "Colour or skin may have been changed. Add the original of the camera instead."),
}  # fmt: skip

# What a person with a camera can do about it.
ADVICE: Final = {
    "no_scale": "Lengths are not measured in this photograph.",
    "no_colour_reference": "Colours hold only for photographs taken with the same camera in the same light.",
    "blurred": "Wipe the lens, tap on the face to focus, hold still, and take it again.",
    "too_dark": "Bring more light from the front, without flash, and take it again.",
    "too_bright": "Move away from the lamp or window, blot shiny skin, and take it again.",
    "uneven_light": "Let the light come from the front, the same on both sides, and take it again.",
    "too_few_pixels": "Come closer, so that the face fills two thirds of the picture.",
    "region_not_found": "Tie the hair back, show the whole area, and take it again.",
    "pose_off": "Turn the head as the chosen view asks, eyes level, and take it again.",
    "make_up_or_cover": "Take off make-up, glasses or mask, and take it again.",
    "not_registered": "Take the photograph from the same place and angle as the one before.",
    "conditions_differ": "Use the same camera, lamp and distance as for the photograph before.",
    "unit_differs": "Use the same scale in both photographs.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """A reason, and what to do about it."""

    id: str
    label: str
    advice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One measured value with its error, or why there is none."""

    value: float | None
    error: float | None
    unit: str
    why: Why | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """One region of the face with its values, in the order of SHOWN."""

    id: str
    label: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A measurement as a page shows it."""

    usable: bool
    reasons: tuple[Why, ...]
    columns: tuple[str, ...]
    regions: tuple[Region, ...]
    face_found: bool


def mode_words(modes: Iterable[str]) -> tuple[Why, ...]:
    """Give what camera or program did to a picture in words, with what follows."""
    return tuple(Why(id=mode, label=MODES[mode][0], advice=MODES[mode][1]) for mode in modes if mode in MODES)


def why(reason: str) -> Why:
    """Give a reason of the vocabulary in words, with what to do."""
    label = knowledge.load().vocabulary.photo_reasons.get(reason, reason.replace("_", " "))
    return Why(id=reason, label=label, advice=ADVICE.get(reason, ""))


def region_label(region: str) -> str:
    """Give what a region is called."""
    if region == WHOLE:
        return "All measured skin"
    area = knowledge.load().vocabulary.areas.get(region)
    return area.label if area else region


def reading(measurement: Measurement | None) -> Reading | None:
    """Give a finished measurement for the page, or nothing while there is none."""
    if measurement is None or measurement.result is None:
        return None
    quality, rows = measurement.result["quality"], measurement.result["measures"]
    return Reading(
        usable=quality["usable"],
        reasons=tuple(why(reason) for reason in quality["reasons"]),
        columns=tuple(f"{NAMES[id_]}, {UNITS[id_]} ({MEANINGS[id_]})" for id_ in SHOWN),
        regions=tuple(_region(region, rows) for region in dict.fromkeys(row["region"] for row in rows)),
        face_found=quality["face_found"],
    )


def _region(region: str, rows: list[dict[str, Any]]) -> Region:
    of_region = {row["id"]: row for row in rows if row["region"] == region}
    return Region(id=region, label=region_label(region), cells=tuple(_cell(of_region[id_]) for id_ in SHOWN))


def _cell(row: dict[str, Any]) -> Cell:
    return Cell(
        value=row["value"],
        error=row["error"],
        unit=UNITS[row["id"]],
        why=why(row["reason"]) if row["reason"] else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One measure of one region, after against before."""

    region: str
    label: str
    before: float | None
    after: float | None
    change: float | None
    band: float | None
    word: str
    state: str
    why: Why | None
    own: bool  # whether the band is that of the clinic's own study


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    """One measure in all regions."""

    id: str
    name: str
    unit: str
    meaning: str
    rows: tuple[Difference, ...]

    @property
    def comparable(self) -> tuple[Difference, ...]:
        """Give the rows that may be compared."""
        return tuple(row for row in self.rows if row.change is not None)

    @property
    def bands(self) -> str:
        """Say whose error bands these are: "own", "floor" or "both"."""
        kinds = {row.own for row in self.comparable}
        return "both" if len(kinds) == 2 else "own" if kinds == {True} else "floor"


_WORDS: Final = {
    ("erythema_index", True): "redder",
    ("erythema_index", False): "less red",
    ("ita", True): "lighter",
    ("ita", False): "darker",
}


def differences(
    comparison: Comparison | None, *, own: Mapping[tuple[str, str], float] | None = None
) -> tuple[Differences, ...]:
    """Give a finished comparison for the page, one table a measure; nothing while there is none.

    `own` holds the smallest detectable changes of the clinic's own study, by measure and region; they are used
    instead of those the comparison came with.
    """
    if comparison is None or comparison.result is None:
        return ()
    changes = comparison.result["changes"]
    return tuple(
        Differences(
            id=id_,
            name=NAMES[id_],
            unit=UNITS[id_],
            meaning=MEANINGS[id_],
            rows=tuple(_difference(_with_own(row, own or {})) for row in changes if row["id"] == id_),
        )
        for id_ in SHOWN
    )


def _with_own(row: dict[str, Any], own: Mapping[tuple[str, str], float]) -> dict[str, Any]:
    band = own.get((row["id"], row["region"]))
    if band is None or row["change"] is None:
        return row | {"own": False}
    return row | {"smallest_detectable_change": band, "beyond_error": abs(row["change"]) > band, "own": True}


def _difference(row: dict[str, Any]) -> Difference:
    word, state = _said(row)
    return Difference(
        region=row["region"],
        label=region_label(row["region"]),
        before=row["before"],
        after=row["after"],
        change=row["change"],
        band=row["smallest_detectable_change"],
        word=word,
        state=state,
        why=why(row["reason"]) if row["reason"] else None,
        own=row["own"],
    )


def _said(row: dict[str, Any]) -> tuple[str, str]:
    if not row["comparable"]:
        return "not comparable", "caution"
    if not row["beyond_error"]:
        return "no change beyond the measuring error", ""
    return _WORDS[row["id"], row["change"] > 0], "note"
