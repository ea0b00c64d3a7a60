"""A repeat session of six areas on a tablet, charted with few taps: each one is counted."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, expect
from pytest_django.live_server_helper import LiveServer

from needlepoint.actions import charting, photographs, session, signing
from needlepoint.records.models import Course, Lot, TimeOut, TreatmentSession
from tests import people, pictures
from tests.people import CREAM
from tests.system.conftest import PASSWORD, Clinician

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MOST_TAPS = 25
AREAS = ["forehead", "temples", "nose", "cheeks", "upper_lip", "chin_jaw"]
SMALLEST_PX = 44


class Hand:
    """A gloved hand: it taps, and every tap is counted; it neither drags nor hovers nor types."""

    def __init__(self) -> None:
        self.taps = 0

    def tap(self, target: Locator) -> None:
        target.scroll_into_view_if_needed()
        box = target.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= SMALLEST_PX, f"too small for a glove: {target}"
        target.tap()
        self.taps += 1


@pytest.fixture
def course() -> Course:
    """A course of six areas whose last session was four weeks ago, photographed today and ready to be treated."""
    now, day = timezone.now(), timezone.localdate()
    course = people.make_course(indication="facial_wrinkles", areas=AREAS)
    people.answer_all(course.patient, on=day, at=now - timedelta(hours=1), **people.HARMLESS_FOR_NUMBING)
    people.make_screening(course, on=day, at=now - timedelta(minutes=30), anaesthetic=CREAM)
    people.make_plan(course, numbing=True, at=now - timedelta(days=40))
    people.make_consent(course, at=now - timedelta(days=50))
    people.make_lot(units=9, expires_on=day + timedelta(days=100))
    cream = people.make_lot(CREAM, number="CREAM", expires_on=day + timedelta(days=100))
    last_time(course, cream)
    photographs.add(course, pictures.file(), view="front", taken_on=day, by=people.actor(), at=now)
    return course


def last_time(course: Course, cream: Lot) -> None:
    by, on = people.actor(), timezone.localdate() - timedelta(days=28)
    at = timezone.now() - timedelta(days=28)
    row = people.make_session(course, on=on, plan=course.plans.get(), opened_at=at)
    for name in AREAS:
        row.areas.create(area=name, device=people.ROLLER, planned_depth_mm=0.5, planned_passes=4)
    charting.open_next(row, Lot.objects.get(product=people.ROLLER), by=by, at=at)
    entries = {f"time_out.{item}": "true" for item in TimeOut.values}
    entries |= {"numbing_lot": str(cream.pk), "numbing_grams": "11", "numbing_area_cm2": "300", "numbing_on": "now",
                "numbing_off": "now", "started_at": "now", "finished_at": "now", "aftercare_given": "true",
                "no_photo_reason": "Camera not working"}  # fmt: skip
    for area in row.areas.all():
        values = {"depth_mm": "0.5", "passes": "3", "endpoint": "even_redness", "pain": "2",
                  "deviation_reason": "Patient asked for less"}  # fmt: skip
        entries |= {f"area.{area.pk}.{name}": text for name, text in values.items()}
    for name, text in entries.items():
        charting.save(row, name, text, key=name, made_at=at, by=by, at=at)
    signing.sign(row, password=PASSWORD, meaning="performed", by=by, at=at)


def test_a_repeat_session_of_six_areas_is_charted_with_at_most_25_taps(
    course: Course, clinician: Clinician, live_server: LiveServer
) -> None:
    row = session.open_session(course, on=timezone.localdate(), by=people.actor(), at=timezone.now())
    page, hand = clinician(touch=True), Hand()
    page.goto(f"{live_server.url}/clinic/session/{row.ref}/")

    hand.tap(page.get_by_role("button", name=re.compile("^Open: ")))
    expect(page.get_by_text("Opened: lot A100")).to_be_visible()
    hand.tap(page.get_by_role("button", name="Numbing as last time"))
    hand.tap(page.get_by_role("button", name="On now"))
    hand.tap(page.get_by_role("button", name="Off now"))
    for tick in page.locator("#step-time-out .choice").all():
        hand.tap(tick)
    hand.tap(page.get_by_role("button", name="Start now"))
    hand.tap(page.get_by_role("button", name="All as planned"))
    together = page.get_by_role("region", name="All areas at once")
    hand.tap(together.locator(".choice", has_text="Even redness"))
    hand.tap(together.get_by_role("group", name="Bleeding").locator(".choice", has_text="Pinpoint"))
    hand.tap(together.get_by_role("group", name="Pain").locator(".choice", has_text="2"))
    for area in page.locator("[data-finish]").all():
        hand.tap(area)
    hand.tap(page.get_by_role("button", name="Cooling now"))
    hand.tap(page.locator("#step-after .choice", has_text="Aftercare explained"))
    hand.tap(page.get_by_role("button", name="Left now"))

    expect(page.locator("[data-overall]")).to_contain_text("All saved", timeout=60_000)
    expect(page.locator("[data-missing-list] li")).to_have_text([])
    assert hand.taps <= MOST_TAPS, f"{hand.taps} taps"
    is_charted(row)
    assert signing.sign(row, password=PASSWORD, meaning="performed", by=people.actor(), at=timezone.now()).signed_at


def is_charted(row: TreatmentSession) -> None:
    """Every field of the chart holds what was tapped."""
    row.refresh_from_db()
    assert (row.numbing_grams, row.numbing_area_cm2, row.time_out) == (11.0, 300.0, TimeOut.values)
    times = (row.numbing_on, row.numbing_off, row.time_out_at, row.started_at, row.finished_at, row.cooled_at,
             row.left_at, row.aftercare_given_at)  # fmt: skip
    assert None not in times
    areas = row.areas.all()
    assert [(a.depth_mm, a.passes, a.endpoint, a.bleeding, a.pain) for a in areas] == [
        (0.5, 4, "even_redness", "pinpoint", 2)
    ] * len(AREAS)
    assert all(area.finished_at and area.cartridge_id for area in areas)


def test_as_last_time_asks_why_where_that_was_not_as_planned_and_one_tap_says_it_for_one_area_or_many(
    course: Course, clinician: Clinician, live_server: LiveServer
) -> None:
    row = session.open_session(course, on=timezone.localdate(), by=people.actor(), at=timezone.now())
    page = clinician(touch=True)
    page.goto(f"{live_server.url}/clinic/session/{row.ref}/")
    page.get_by_role("button", name="All as last time").tap()
    expect(page.locator("[data-overall]")).to_contain_text("All saved", timeout=60_000)
    first, last = page.locator("[data-area]").first, page.locator("[data-area]").last
    expect(last.get_by_text("3 passes in place of 4")).to_be_visible()
    first.get_by_role("button", name="Too painful").tap()
    expect(first.locator("[data-saved$=deviation_reason]")).to_contain_text("Tess Therapist")
    together = page.get_by_role("region", name="All areas at once")
    together.get_by_role("checkbox", name="Forehead").uncheck()
    together.get_by_role("button", name="Patient asked for less").tap()
    expect(last.locator("[data-saved$=deviation_reason]")).to_contain_text("Tess Therapist")
    reasons = [area.deviation_reason for area in row.areas.all()]
    assert reasons == ["Too painful", *["Patient asked for less"] * 5]
