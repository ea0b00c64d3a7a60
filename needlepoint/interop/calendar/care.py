"""A session with its preparation and aftercare as a calendar file.

Moments are written in UTC: no reader then needs a time zone of ours, and summer and winter come out right everywhere.
What lasts for days is written as whole days, which no clock moves.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from icalendar import Calendar, Event

MADE_BY: Final = "-//Needlepoint//Care//EN"
_DAY_H: Final = 24
# Up to this long a step is written with its hours, beyond it as whole days.
_LONGEST_BY_CLOCK_H: Final = 48
_SUMMARY: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One session as the calendar says it; `arrive_before` is the numbing that goes on before the first puncture."""

    key: str
    title: str
    start: datetime
    arrive_before: timedelta
    lasts: timedelta
    tentative: bool = False


def calendar(
    visit: Visit,
    *,
    before: Iterable[Mapping[str, Any]] = (),
    after: Iterable[Mapping[str, Any]] = (),
    name: str,
    made_at: datetime,
) -> bytes:
    """Give the calendar file of a session and the steps counted from its first puncture.

    Parameters
    ----------
    visit : the session; `start` with its time zone
    before, after : steps as a plan keeps them: card, text, from_hours, to_hours (None = open)
    name : name of the calendar
    made_at : the moment the plan was made, for DTSTAMP

    Returns
    -------
    bytes : text/calendar, UTF-8
    """
    if visit.start.tzinfo is None:
        raise ValueError("start: give a moment with its time zone")
    made = Calendar()
    made.add("prodid", MADE_BY)
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("name", name)
    made.add_component(_session(visit, made_at))
    for event in (*_steps(visit, before, "before", made_at), *_steps(visit, after, "after", made_at)):
        made.add_component(event)
    return bytes(made.to_ical())


def _event(key: str, summary: str, made_at: datetime) -> Event:
    event = Event()
    event.add("uid", f"{key}@needlepoint")
    event.add("dtstamp", made_at.astimezone(UTC))
    event.add("summary", summary)
    return event


def _session(visit: Visit, made_at: datetime) -> Event:
    event = _event(visit.key, visit.title, made_at)
    if visit.tentative:
        event.add("dtstart", visit.start.date())
        event.add("dtend", visit.start.date() + timedelta(days=1))
        event.add("status", "TENTATIVE")
        event.add("description", "The earliest day; the clinic books the appointment.")
        event.add("transp", "TRANSPARENT")
        return event
    event.add("dtstart", (visit.start - visit.arrive_before).astimezone(UTC))
    event.add("dtend", (visit.start + visit.lasts).astimezone(UTC))
    event.add("status", "CONFIRMED")
    return event


def _steps(visit: Visit, steps: Iterable[Mapping[str, Any]], side: str, made_at: datetime) -> Iterator[Event]:
    for step in steps:
        event = _event(f"{visit.key}-{step['card']}", _short(step["text"]), made_at)
        event.add("description", step["text"])
        event.add("transp", "TRANSPARENT")
        event.add("categories", [f"{side} treatment"])
        first, last = _span(visit, step["from_hours"], step["to_hours"])
        event.add("dtstart", first)
        event.add("dtend", last)
        yield event


def _span(visit: Visit, low: float | None, high: float | None) -> tuple[date, date] | tuple[datetime, datetime]:
    """Give first and last (excluded) of a step; a side that is open is the day of the other side alone."""
    if low is None or high is None:
        open_ = low if high is None else high
        day = visit.start.date() + timedelta(days=_whole_days(open_ or 0.0))
        return day, day + timedelta(days=1)
    if not visit.tentative and 0 < high - low <= _LONGEST_BY_CLOCK_H:
        first, last = (visit.start.astimezone(UTC) + timedelta(hours=hours) for hours in (low, high))
        return first, last
    on = visit.start.date()
    return on + timedelta(days=_whole_days(low)), on + timedelta(days=_whole_days(high) + 1)


def _whole_days(hours: float) -> int:
    """Give the days between the session and a moment; less than a day away is the day of the session itself."""
    if abs(hours) < _DAY_H:
        return 0
    days = math.ceil(abs(hours) / _DAY_H)
    return days if hours > 0 else -days


def _short(text: str) -> str:
    """Give the first sentence, cut at a word where it is long."""
    first = text.partition(". ")[0].rstrip(".")
    if len(first) <= _SUMMARY:
        return first
    return first[:_SUMMARY].rsplit(" ", 1)[0].rstrip(",;:") + " ..."
