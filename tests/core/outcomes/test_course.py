"""Readings over time carry their band, and days lie apart in words."""

from __future__ import annotations

from datetime import date

import pytest

from needlepoint.core.outcomes.course import apart, reading_point


def test_a_band_reaches_1_96_standard_errors_to_both_sides() -> None:
    point = reading_point(date(2026, 11, 24), value=20.0, error=0.5)
    assert [point.low, point.value, point.high] == pytest.approx([19.02, 20.0, 20.98])


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (date(2026, 11, 24), date(2026, 11, 24), "on the same day"),
        (date(2026, 11, 23), date(2026, 11, 24), "1 day"),
        (date(2026, 11, 17), date(2026, 11, 24), "1 week"),
        (date(2026, 9, 25), date(2026, 11, 24), "8 weeks and 4 days"),
        (date(2026, 11, 24), date(2026, 11, 9), "2 weeks and 1 day"),
    ],
)
def test_how_far_two_days_lie_apart_is_said_in_weeks(before: date, after: date, words: str) -> None:
    assert apart(before, after) == words
