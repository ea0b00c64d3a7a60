"""Hours before and after the first puncture as days of the calendar and as words."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_DAY_H: Final = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """Some days, how far they are from the session, and what to do on them: texts with their cards."""

    days: str
    away: str
    steps: tuple[tuple[str, str], ...]


def moments(steps: Iterable[dict[str, Any]], *, on: date) -> tuple[Moment, ...]:
    """Give the steps in their order, those of the same days together."""
    together: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for step in steps:
        first, last = step["from_hours"], step["to_hours"]
        together.setdefault((_days(first, last, on), _away(first, last)), []).append((step["text"], step["card"]))
    return tuple(Moment(days=days, away=away, steps=tuple(rows)) for (days, away), rows in together.items())


def session_days(on: date, *, sessions: int, interval_days: int | None) -> tuple[date, ...]:
    """Give the days of a course when every session is held as early as it may."""
    return tuple(on + timedelta(days=place * (interval_days or 0)) for place in range(sessions))


def _days(first: float | None, last: float | None, on: date) -> str:
    if first is None and last is None:
        return "At any time"
    if first is None and last is not None:
        return f"Until {_on(last, on)}"
    if first is not None and last is None:
        return f"From {_on(first, on)}"
    assert first is not None  # noqa: S101  the cases without it are done
    assert last is not None  # noqa: S101  likewise
    start, end = _on(first, on), _on(last, on)
    if start == end:
        return start
    if first == 0:
        return f"Until {end}"
    return f"{start} to {end}" if last != 0 else f"From {start}"


def _on(hours: float, on: date) -> str:
    return _day(on + timedelta(days=_whole_days(hours)))


def _whole_days(hours: float) -> int:
    """Give the days between the session and a moment; less than a day away is the day of the session itself."""
    if abs(hours) < _DAY_H:
        return 0
    days = abs(hours) / _DAY_H
    return math.ceil(days) if hours > 0 else -math.ceil(days)


def _day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b}"


def _away(first: float | None, last: float | None) -> str:
    ends = [hours for hours in (first, last) if hours is not None]
    if not ends:
        return ""
    if len(ends) == 2 and ends[0] < 0 and ends[1] == 0:
        return f"for {_long(ends[0])} before"
    if len(ends) == 2 and ends[0] == 0:
        return f"for {_long(ends[1])} after"
    if ends == [0] and last is None:
        return "from the session on"
    side = "before" if ends[0] < 0 else "after"
    return f"{' to '.join(_long(hours) for hours in ends)} {side}"


def _long(hours: float) -> str:
    hours = abs(hours)
    if hours < 2 * _DAY_H:
        return f"{hours:g} h"
    days = hours / _DAY_H
    if days >= 14 and days % 7 == 0:
        return f"{days / 7:g} weeks"
    return f"{days:g} days"
