"""What changes between two plans of one request: the therapist chooses otherwise and sees the difference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from needlepoint.core.planning.request import AreaPlan, Plan

Numbers = tuple[float | None, float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaChange:
    """One area before and after; None on the side where it is left out. `gained`, `lost`: codes of warnings."""

    area: str
    device: tuple[str | None, str | None]
    depth_mm: Numbers
    depth_ceiling_mm: Numbers
    passes: Numbers
    density_per_cm2: Numbers
    minutes: Numbers
    gained: tuple[str, ...]
    lost: tuple[str, ...]

    @property
    def differs(self) -> bool:
        """Say whether anything is another."""
        pairs = (self.device, self.depth_mm, self.depth_ceiling_mm, self.passes, self.density_per_cm2, self.minutes)
        return bool(self.gained or self.lost) or any(one != other for one, other in pairs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two plans side by side, area by area and as a whole."""

    areas: tuple[AreaChange, ...]
    total_minutes: tuple[float, float]
    sessions: tuple[int, int]
    interval_days: tuple[int | None, int | None]
    gained: tuple[str, ...]
    lost: tuple[str, ...]


def compare(one: Plan, other: Plan) -> Comparison:
    """Give what the second plan has otherwise than the first.

    Parameters
    ----------
    one, other : plans of the same areas

    Returns
    -------
    Comparison : every area that either of them needles, in the order of the plans
    """
    of_one, of_other = ({area.area: area for area in plan.areas} for plan in (one, other))
    order = [*of_one, *(area for area in of_other if area not in of_one)]
    gained, lost = _codes(one, other, None)
    return Comparison(
        areas=tuple(_change(area, of_one.get(area), of_other.get(area), one, other) for area in order),
        total_minutes=(one.total_minutes, other.total_minutes),
        sessions=(one.sessions, other.sessions),
        interval_days=(one.interval_days, other.interval_days),
        gained=gained,
        lost=lost,
    )


def _change(area: str, before: AreaPlan | None, after: AreaPlan | None, one: Plan, other: Plan) -> AreaChange:
    gained, lost = _codes(one, other, area)
    return AreaChange(
        area=area,
        device=(before.device if before else None, after.device if after else None),
        depth_mm=_pair(before, after, "depth_mm"),
        depth_ceiling_mm=_pair(before, after, "depth_ceiling_mm"),
        passes=_pair(before, after, "passes"),
        density_per_cm2=_pair(before, after, "density_per_cm2"),
        minutes=_pair(before, after, "minutes"),
        gained=gained,
        lost=lost,
    )


def _pair(before: AreaPlan | None, after: AreaPlan | None, name: str) -> Numbers:
    return getattr(before, name, None), getattr(after, name, None)


def _codes(one: Plan, other: Plan, area: str | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    had, has = ({warning.code for warning in plan.warnings if warning.area == area} for plan in (one, other))
    return tuple(sorted(has - had)), tuple(sorted(had - has))
