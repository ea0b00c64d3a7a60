"""What was done at the last session of a course, to chart the same again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from needlepoint.actions import chart_fields, chart_words, charting, signing, stock
from needlepoint.records.models import Lot, TreatmentSession

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from needlepoint.actions.chart_fields import Plain


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaLastTime:
    """What was set in one area, and what came of it in words."""

    depth_mm: float | None
    passes: int | None
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LastTime:
    """The last signed session of a course: `numbing` holds what of its numbing can be set again, by field."""

    on: date
    areas: Mapping[str, AreaLastTime] = field(default_factory=dict)
    numbing: Mapping[str, str] = field(default_factory=dict)


def last_time(session: TreatmentSession) -> LastTime | None:
    """Give what was charted, amendments included, at the session before this one; four queries at most."""
    rows = TreatmentSession.objects.filter(course=session.course_id, signed_at__isnull=False, struck_at__isnull=True)
    before = rows.filter(on__lt=session.on).order_by("-on", "-id").first()
    if before is None:
        return None
    areas = charting.areas_of(before)
    amended = {change.field: change.new for change in signing.amendments(before)}

    def said(name: str) -> Plain:
        if name in amended:
            value: Plain = amended[name]
            return value
        return chart_fields.value_of(chart_fields.field_of(before, name, areas=areas))

    found = {}
    for pk, area in areas.items():
        values = {name: said(f"area.{pk}.{name}") for name in ("depth_mm", "passes", "endpoint", "pain")}
        if values["endpoint"] != "not_treated":
            found[area.area] = _area(values)
    return LastTime(on=before.on, areas=found, numbing=_numbing(session, said))


def _area(values: Mapping[str, Plain]) -> AreaLastTime:
    depth, passes = values["depth_mm"], values["passes"]
    words = [
        f"{depth:g} mm" if isinstance(depth, float) else "",
        f"{passes} pass{'' if passes == 1 else 'es'}" if passes else "",
        dict(chart_words.endpoints()).get(str(values["endpoint"]), "").lower(),
        f"pain {values['pain']}" if values["pain"] is not None else "",
    ]
    return AreaLastTime(
        depth_mm=depth if isinstance(depth, float) else None,
        passes=passes if isinstance(passes, int) else None,
        words=", ".join(word for word in words if word),
    )


def _numbing(session: TreatmentSession, said: Callable[[str], Plain]) -> dict[str, str]:
    """Give the numbing of that session as it can be charted again today: its lot only while it may be used."""
    found = {}
    lot = Lot.objects.filter(pk=str(number)).first() if (number := said("numbing_lot")) else None
    if lot is not None and stock.unusable_because(lot, on=session.on) is None:
        found["numbing_lot"] = str(lot.pk)
    for name in ("numbing_grams", "numbing_area_cm2"):
        value = said(name)
        if isinstance(value, float):
            found[name] = f"{value:g}"
    return found
