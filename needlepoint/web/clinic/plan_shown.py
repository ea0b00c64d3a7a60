"""A computed plan as its pages show it: area by area, as a whole, and what another device would change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, Final

from needlepoint import knowledge
from needlepoint.core.planning.application import Application, application
from needlepoint.web.clinic.session_shown import USUAL_STEP_MM
from needlepoint.web.clinic.timeline import session_days

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PASSES: Final = (2, 4, 8)
DIRECTIONS: Final = (2, 4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """One warning of a plan with the areas it stands for, none when it is about the whole plan."""

    label: str
    areas: str
    text: str
    card: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaLive:
    """One area of a plan in the making; without a row it is left out, and the remarks say why."""

    id: str
    row: Mapping[str, Any] | None
    device: str
    step_mm: float
    fixed: bool
    remarks: tuple[Remark, ...]
    drawn: DepthDrawn | None = None
    pictures: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """A plan in the making; `reasons` say why nothing could be computed."""

    reasons: tuple[str, ...] = ()
    result: Mapping[str, Any] | None = None
    areas: tuple[AreaLive, ...] = ()
    remarks: tuple[Remark, ...] = ()
    days: tuple[date, ...] = ()
    numbing: Application | None = None

    @property
    def visit(self) -> str:
        """Give the minutes of a whole visit."""
        return visit_words(self.result) if self.result else ""

    @property
    def total_cm2(self) -> float:
        """Give the size of all areas that are planned, together."""
        return float(sum(area.row["area_cm2"] for area in self.areas if area.row))


def live(result: Mapping[str, Any], request: Mapping[str, Any]) -> Live:
    """Give a computed plan as the page shows it while it is being made."""
    chosen = knowledge.load().vocabulary.expand(request["areas"])
    on = date.fromisoformat(request["on"])
    return Live(
        result=result,
        areas=tuple(_area(area, result) for area in chosen),
        remarks=tuple(remarks(result, of_areas=False)),
        days=session_days(on, sessions=result["sessions"], interval_days=result["interval_days"]),
        numbing=applied(result, request),
    )


def _area(area: str, result: Mapping[str, Any]) -> AreaLive:
    words, devices = result["words"], knowledge.load().vocabulary.devices
    row = next((row for row in result["areas"] if row["area"] == area), None)
    device = devices[row["device"]] if row else None
    return AreaLive(
        id=area,
        row=row,
        device=device.label if device else "",
        step_mm=(device.setting_step_mm if device else None) or USUAL_STEP_MM,
        fixed=device is not None and device.fixed_depth_mm is not None,
        remarks=tuple(
            Remark(label=words["warnings"][warning["code"]], areas="", text=warning["text"], card=warning["card"])
            for warning in result["warnings"]
            if warning["area"] == area
        ),
        drawn=depth_drawn(row) if row else None,
        pictures=tuple((passes, directions) for passes in PASSES for directions in DIRECTIONS) if row else (),
    )


def applied(result: Mapping[str, Any], request: Mapping[str, Any]) -> Application | None:
    """Give when the numbing cream goes on and off; nothing where none is planned or it may not be used."""
    numbing = result["anaesthetic"]
    if not numbing or numbing["blocked_by"] or numbing["apply_before_min"] is None or not request.get("start"):
        return None
    start = datetime.combine(date.fromisoformat(request["on"]), time.fromisoformat(request["start"]))
    return application(apply_before_min=numbing["apply_before_min"], max_minutes=numbing["max_minutes"], start=start)


def remarks(result: Mapping[str, Any], *, of_areas: bool = True) -> Iterator[Remark]:
    """Give the warnings, the same words once for all their areas, those on the whole plan first."""
    words = result["words"]
    together: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for warning in sorted(result["warnings"], key=lambda warning: warning["area"] is not None):
        if warning["area"] and not of_areas:
            continue
        where = words["areas"][warning["area"]] if warning["area"] else ""
        together.setdefault((warning["code"], warning["text"]), []).append((where, warning["card"]))
    for (code, text), places in together.items():
        areas = ", ".join(where for where, _ in places if where)
        yield Remark(label=words["warnings"][code], areas=areas, text=text, card=places[0][1])


def visit_words(result: Mapping[str, Any]) -> str:
    """Give the minutes of a whole visit, numbing and care included; nothing where a plan was kept without them."""
    if "visit" not in result:
        return ""
    least, most = (f"{minutes:.0f}" for minutes in result["visit"]["whole_min"])
    return f"{least} min" if least == most else f"{least} to {most} min"


@dataclass(frozen=True, slots=True, kw_only=True)
class DepthDrawn:
    """Depths as lengths on a scale of 100: the band really reached, the depth set, the ceiling."""

    band_from: float
    band_width: float
    set_at: float
    ceiling_at: float
    says: str


def depth_drawn(row: Mapping[str, Any]) -> DepthDrawn | None:
    """Give the depth of an area as a band on a scale that ends a little beyond its ceiling."""
    if "real_depth_mm" not in row:
        return None
    low, high = row["real_depth_mm"]
    whole = 1.15 * max(row["depth_ceiling_mm"], high)
    least, most, set_, ceiling = (100 * mm / whole for mm in (low, high, row["depth_mm"], row["depth_ceiling_mm"]))
    return DepthDrawn(
        band_from=round(least, 1),
        band_width=round(most - least, 1),
        set_at=round(set_, 1),
        ceiling_at=round(ceiling, 1),
        says=f"Set {row['depth_mm']:.2f} mm; needles may really end between {low:.2f} and {high:.2f} mm; "
        f"ceiling {row['depth_ceiling_mm']:.2f} mm.",
    )
