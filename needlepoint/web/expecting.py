"""What trials let expect of a course that begins on a day: chart, the same in a sentence and in a table, and days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from needlepoint.core.planning.expectation import fan
from needlepoint.web.clinic.expectations import expected_of

if TYPE_CHECKING:
    from datetime import date

    from needlepoint.core.planning.expectation import Expectation
    from needlepoint.web.clinic.expectations import Expected

_DAYS_IN_MONTH: Final = 365.25 / 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the table: when, what the treated people had, what the control had."""

    when: str
    treated: str
    control: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One trial as the page shows it, and the day before which nothing is promised."""

    expected: Expected
    says: str
    lines: tuple[Line, ...]
    not_before: date


def shown(indication: str, *, first: date) -> tuple[Shown, ...]:
    """Give what to expect of a course that begins on a day."""
    return tuple(
        Shown(
            expected=one,
            says=said(one.expectation),
            lines=_lines(one.expectation, first),
            not_before=first + timedelta(days=one.expectation.from_day),
        )
        for one in expected_of(indication, on=first)
    )


def said(expectation: Expectation) -> str:
    """Give the chart in a few sentences, for those who do not see it."""
    if expectation.classes:
        parts = "; ".join(f"{one.words}: {one.percent:g} per cent" for one in expectation.classes)
        return f"{expectation.trial}. {parts}."
    treated = "; ".join(
        f"month {point.months:g}: {point.mean:g}{_spread(point.low, point.high)}" for point in fan(expectation)
    )
    control = "; ".join(f"month {point.months:g}: {point.mean:g}" for point in expectation.control)
    return f"{expectation.trial}. Needled, {treated}." + (f" Not needled, {control}." if control else "")


def _spread(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f" (8 of 10 people {low:.1f} to {high:.1f})"


def _lines(expectation: Expectation, first: date) -> tuple[Line, ...]:
    if expectation.classes:
        return tuple(
            Line(when="", treated=f"{one.words}: {one.percent:g} %", control="") for one in expectation.classes
        )
    control = {point.months: f"{point.mean:g} {expectation.unit}" for point in expectation.control}
    return tuple(
        Line(
            when=f"month {point.months:g}, about {first + timedelta(days=round(point.months * _DAYS_IN_MONTH)):%B %Y}",
            treated=f"{point.mean:g} {expectation.unit}{_spread(point.low, point.high)}, n = {point.n}",
            control=control.get(point.months, ""),
        )
        for point in fan(expectation)
    )
