"""The course that lies ahead: its days and its minutes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from needlepoint.records.models import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """Sessions with their earliest days, minutes of needling and of the visits, each of one session and of all."""

    days: tuple[date, ...]
    interval_days: int | None
    needling_min: float
    visit_min: tuple[float, float] | None

    @property
    def all_needling_min(self) -> float:
        """Give the hands-on minutes of the whole course."""
        return self.needling_min * len(self.days)

    @property
    def all_visits_min(self) -> tuple[float, float] | None:
        """Give the minutes of all visits together, least and most."""
        if self.visit_min is None:
            return None
        return self.visit_min[0] * len(self.days), self.visit_min[1] * len(self.days)


def ahead(plan: Plan) -> Ahead:
    """Give the course of a plan when every session is held as early as it may."""
    result: Mapping[str, Any] = plan.result
    apart = timedelta(days=result["interval_days"] or 0)
    visit = result.get("visit")
    return Ahead(
        days=tuple(plan.on + place * apart for place in range(result["sessions"])),
        interval_days=result["interval_days"],
        needling_min=result["total_minutes"],
        visit_min=(visit["whole_min"][0], visit["whole_min"][1]) if visit else None,
    )
