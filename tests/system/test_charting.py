"""A chart in a real browser: it saves itself, survives a lost connection and a closed page, and two may write on it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from needlepoint.actions import session
from needlepoint.records.models import Consent, Role, SessionChange, TreatmentSession
from tests import people
from tests.system.conftest import PASSWORD, Clinician

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def chart() -> TreatmentSession:
    now, day = timezone.now(), timezone.localdate()
    course = people.make_course(indication="facial_wrinkles", areas=["cheeks", "forehead"])
    people.answer_all(course.patient, on=day, at=now - timedelta(hours=1))
    people.make_screening(course, on=day, at=now - timedelta(minutes=30))
    people.make_plan(course, at=now - timedelta(minutes=20))
    people.make_consent(course, at=now - timedelta(days=3))
    people.make_lot(expires_on=day + timedelta(days=100))
    return session.open_session(course, on=day, by=people.actor(), at=now)


def open_chart(page: Page, live_server: LiveServer, row: TreatmentSession) -> None:
    page.goto(f"{live_server.url}/clinic/session/{row.ref}/")


def test_what_is_charted_without_a_connection_is_sent_once_and_in_order_when_it_is_back(
    chart: TreatmentSession, clinician: Clinician, live_server: LiveServer
) -> None:
    page = clinician()
    open_chart(page, live_server, chart)
    page.context.set_offline(True)
    page.get_by_role("button", name="All as planned").click()
    page.get_by_label("Identity").check()
    page.get_by_role("textbox", name="Note").press_sequentially("faint for a moment")
    expect(page.locator("[data-overall]")).to_contain_text("No connection. 6 entries wait in this browser.")
    assert SessionChange.objects.count() == 0
    page.context.set_offline(False)
    expect(page.locator("[data-overall]")).to_contain_text("All saved", timeout=15_000)
    first, second = (area.pk for area in chart.areas.all())
    assert list(SessionChange.objects.values_list("field", "new")) == [
        (f"area.{first}.depth_mm", 0.5), (f"area.{first}.passes", 4),
        (f"area.{second}.depth_mm", 0.5), (f"area.{second}.passes", 4),
        ("time_out.identity", True), ("note", "faint for a moment"),
    ]  # fmt: skip


def test_what_waited_in_a_closed_page_is_sent_when_the_chart_is_opened_again(
    chart: TreatmentSession, clinician: Clinician, live_server: LiveServer
) -> None:
    page = clinician()
    open_chart(page, live_server, chart)
    page.context.set_offline(True)
    page.get_by_role("textbox", name="Note").fill("closed in the middle")
    context = page.context
    page.close()
    context.set_offline(False)
    again = context.new_page()
    open_chart(again, live_server, chart)
    expect(again.locator("[data-overall]")).to_contain_text("All saved", timeout=15_000)
    expect(again.get_by_role("textbox", name="Note")).to_have_value("closed in the middle")
    assert list(SessionChange.objects.values_list("new", flat=True)) == ["closed in the middle"]


def test_what_one_charted_is_not_sent_under_the_name_of_another(
    chart: TreatmentSession, clinician: Clinician, live_server: LiveServer
) -> None:
    page = clinician()
    people.make_staff(Role.PHYSICIAN)
    open_chart(page, live_server, chart)
    page.context.set_offline(True)
    page.get_by_role("textbox", name="Note").fill("by the therapist")
    page.context.clear_cookies()
    page.goto("about:blank")
    page.context.set_offline(False)
    page.goto(f"{live_server.url}/account/login/")
    page.get_by_label("Username").fill("physician")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/clinic/**")
    open_chart(page, live_server, chart)
    expect(page.locator("[data-elsewhere]")).to_contain_text("1 unsent entry of somebody else")
    assert SessionChange.objects.count() == 0


def test_two_devices_on_one_chart_see_each_other_and_the_later_entry_stands(
    chart: TreatmentSession, clinician: Clinician, live_server: LiveServer
) -> None:
    tablet, desktop = clinician(), clinician(Role.PHYSICIAN, width=1280)
    for page in (tablet, desktop):
        open_chart(page, live_server, chart)
    tablet.context.set_offline(True)
    tablet.get_by_role("textbox", name="Note").fill("from the tablet, earlier")
    expect(tablet.locator("[data-overall]")).to_contain_text("No connection")
    desktop.get_by_role("textbox", name="Note").fill("from the desktop, later")
    expect(desktop.locator("[data-overall]")).to_contain_text("All saved", timeout=15_000)
    tablet.context.set_offline(False)
    expect(tablet.get_by_role("textbox", name="Note")).to_have_value("from the desktop, later", timeout=15_000)
    expect(tablet.locator("[data-saved=note]")).to_contain_text("Phil Physician")
    assert SessionChange.objects.filter(kept=False).get().new == "from the tablet, earlier"
    tablet.get_by_label("Identity").check()
    expect(desktop.get_by_label("Identity")).to_be_checked(timeout=20_000)
    expect(desktop.locator("[data-elsewhere]")).to_contain_text("Tess Therapist changed this chart")


def test_a_whole_session_is_charted_with_taps_and_signed(
    chart: TreatmentSession, clinician: Clinician, live_server: LiveServer
) -> None:
    page = clinician()
    open_chart(page, live_server, chart)
    page.get_by_role("button", name="Open: Dermaroller").click()
    expect(page.get_by_text("Opened: lot A100, unit 001.")).to_be_visible()
    for tick in page.locator("#step-time-out input[type=checkbox]").all():
        tick.check()
    page.get_by_role("button", name="Start now").click()
    for area in page.locator("[data-area]").all():
        area.get_by_role("button", name="As planned").click()
        area.get_by_label("Even redness").check()
        area.get_by_label("3", exact=True).check()
    page.locator("[data-area]").first.get_by_role("button", name="more passes").click()
    page.get_by_role("button", name="End now").click()
    page.get_by_label("Aftercare explained").check()
    page.get_by_role("button", name="Camera not working").click()
    expect(page.locator("[data-missing]")).to_contain_text("say why it differs from the plan", timeout=15_000)
    different = page.locator("[data-area]").first
    expect(different.get_by_text("Why it differs from the plan: 5 passes in place of 4")).to_be_visible()
    different.get_by_role("button", name="Thicker skin here").click()
    expect(page.locator("[data-missing]")).to_be_hidden(timeout=15_000)
    page.get_by_label("I gave this treatment").check()
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Sign and lock").click()
    expect(page.get_by_text("Signed. The chart is locked")).to_be_visible()
    chart.refresh_from_db()
    assert chart.signed_by == people.make_staff()
    assert set(chart.areas.values_list("passes", flat=True)) == {4, 5}


def test_without_a_script_the_chart_is_saved_by_its_button(
    chart: TreatmentSession, clinician: Clinician, live_server: LiveServer
) -> None:
    page = clinician(script=False)
    open_chart(page, live_server, chart)
    page.get_by_role("textbox", name="Note").fill("plain form")
    page.get_by_label("Identity").check()
    page.get_by_role("button", name="Save all fields").click()
    expect(page.get_by_text("Saved at")).to_be_visible()
    chart.refresh_from_db()
    assert (chart.note, chart.time_out) == ("plain form", ["identity"])


def test_a_signature_is_drawn_and_kept_as_it_was_drawn(
    chart: TreatmentSession, clinician: Clinician, live_server: LiveServer
) -> None:
    page = clinician()
    page.goto(f"{live_server.url}/clinic/course/{chart.course.ref}/consent/sign/")
    page.get_by_role("button", name="Sign", exact=True).click()
    expect(page.get_by_text("Not signed yet")).to_be_visible()
    before = Consent.objects.count()
    for part in page.locator("form[data-consent] fieldset[id^=part-]").all():
        part.get_by_label("Yes").check()
    page.get_by_label("Your full name").fill("Paula Example")
    pad = page.locator("canvas")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 30, box["y"] + 90)
    page.mouse.down()
    for place in range(40):
        page.mouse.move(box["x"] + 30 + 5 * place, box["y"] + (60 if place % 8 < 4 else 120))
    page.mouse.up()
    expect(page.get_by_text("Signed in the field.")).to_be_visible()
    page.set_viewport_size({"width": 1180, "height": 820})  # the device is turned
    page.get_by_role("button", name="Sign", exact=True).click()
    expect(page.get_by_text("The document is kept")).to_be_visible()
    row = Consent.objects.latest("at")
    assert Consent.objects.count() == before + 1
    assert row.signature_kind == "drawn"
    assert row.signature.count("M") == 1
    assert row.signature.count("L") >= 30
