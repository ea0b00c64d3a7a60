"""Readings over the weeks of a course, with their bands, and how far apart they lie."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

_TWO_SIDED_95: Final = 1.96  # standard errors that hold 95 of 100 readings of an unchanged thing


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One reading of one day, with the band that holds 95 of 100 retakes."""

    on: date
    value: float
    low: float
    high: float


def reading_point(on: date, *, value: float, error: float) -> Point:
    """Give one reading with its band.

    Parameters
    ----------
    on
        The day of the reading.
    value, error
        The reading and one standard error of measurement, in one unit.

    Returns
    -------
    Point
        `low` and `high` are 1.96 standard errors below and above.

    References
    ----------
    Weir J.P., J Strength Cond Res 2005;19:231 (confidence of a single score from its standard error).

    """
    reach = _TWO_SIDED_95 * error
    return Point(on=on, value=value, low=value - reach, high=value + reach)


def apart(before: date, after: date) -> str:
    """Give how far two days lie apart, in words: weeks, and days where they do not come out even."""
    days = abs((after - before).days)
    weeks, rest = divmod(days, 7)
    parts = [f"{count} {word}{'s' * (count != 1)}" for count, word in ((weeks, "week"), (rest, "day")) if count]
    return " and ".join(parts) or "on the same day"
