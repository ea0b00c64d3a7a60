"""One patient through the whole spine, from the first look at the public pages to the measured result."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import FilePayload, Page, expect

from needlepoint.demo import photographs
from tests.system import walk
from tests.system.consultation import (
    AREA,
    FAMILY_NAME,
    GIVEN_NAME,
    given_a_visitor_who_reads_what_the_therapy_is,
    then_a_second_registration_is_offered_the_first,
    then_another_browser_goes_on_where_the_first_stopped,
    then_the_front_desk_sees_the_request,
    when_the_front_desk_opens_a_course,
    when_the_front_desk_registers_the_patient,
    when_the_patient_answers_the_first_half,
    when_the_patient_answers_the_second_half,
    when_the_therapist_adds_the_observations,
    when_the_therapist_records_skin_type_and_measures,
    when_the_visitor_asks_for_a_consultation,
)
from tests.system.house import House
from tests.system.walk import DESKTOP, PHONE, TABLET, NewContext

pytestmark = pytest.mark.browser

Picture = Callable[..., None]

PEN = "Dermapen 4"
DEPTH_MM = "1.0"
CREAM = "Lidocaine 4 % cream (LMX4 and equivalents)"


@dataclass(frozen=True)
class People:
    """Everybody in this story, each with a browser of their own."""

    visitor: Page
    desk: Page
    therapist: Page
    physician: Page


@pytest.fixture
def people(house: House, new_context: NewContext) -> People:
    return People(
        visitor=walk.somebody(new_context, house, PHONE),
        desk=walk.staff(new_context, house, "front_desk", DESKTOP),
        therapist=walk.staff(new_context, house, "therapist", TABLET),
        physician=walk.staff(new_context, house, "physician", TABLET),
    )


def test_one_patient_walks_the_whole_spine(
    people: People, house: House, new_context: NewContext, picture: Picture
) -> None:
    # The public pages.
    given_a_visitor_who_reads_what_the_therapy_is(people.visitor, picture)
    when_the_visitor_asks_for_a_consultation(people.visitor)
    # Consultation.
    then_the_front_desk_sees_the_request(people.desk, picture)
    when_the_front_desk_registers_the_patient(people.desk)
    then_a_second_registration_is_offered_the_first(people.desk)
    when_the_front_desk_opens_a_course(people.desk)
    link = walk.make_link(people.desk, FAMILY_NAME)
    patient = walk.somebody(new_context, house, PHONE)
    when_the_patient_answers_the_first_half(patient, link, picture)
    patient.context.close()
    patient = walk.somebody(new_context, house, PHONE)
    then_another_browser_goes_on_where_the_first_stopped(patient, link)
    when_the_patient_answers_the_second_half(patient, link)
    when_the_therapist_records_skin_type_and_measures(people.therapist)
    when_the_therapist_adds_the_observations(people.therapist)
    # Screening and plan.
    when_the_physician_screens(people.physician)
    then_the_result_says_whether_when_and_what_now(people.physician, picture)
    when_the_physician_plans(people.physician)
    then_the_plan_can_be_adopted(people.physician, picture)
    # Consent.
    then_an_empty_consent_cannot_be_submitted(patient, link)
    when_the_patient_signs_by_drawing(patient)
    then_the_patient_has_a_copy(patient)
    # Session.
    when_the_physician_opens_the_session(people.physician)
    when_the_physician_charts_it(people.physician, picture)
    when_the_physician_signs(people.physician, password=house.sign_ins()["physician"][1])
    when_the_signed_chart_is_amended(people.physician)
    then_the_original_stays_visible(people.physician)
    # Photographs.
    when_photographs_of_before_and_after_are_added(people.therapist)
    then_they_are_measured_by_themselves(people.therapist)
    # Follow-up and outcome.
    when_the_patient_reports_a_warning_sign(patient, link)
    then_it_waits_in_the_queue_until_somebody_says_what_was_done(people.therapist)
    when_the_scale_is_graded(people.physician)
    then_the_outcome_shows_what_is_measured_and_waits_for_a_later_day(people.physician)
    # Audit.
    then_nothing_in_the_audit_trail_was_altered(house)


# ---- screening and plan


def when_the_physician_screens(page: Page) -> None:
    walk.open_chart(page, FAMILY_NAME)
    walk.station(page, "Screening")
    page.get_by_label("Device").select_option(PEN)
    page.get_by_label("Who needles").select_option("physician")
    page.get_by_label("Deepest setting planned").fill(DEPTH_MM)
    page.get_by_label("Numbing").select_option(CREAM)
    page.get_by_role("button", name="Screen", exact=True).click()


def then_the_result_says_whether_when_and_what_now(page: Page, picture: Picture) -> None:
    answers = page.get_by_role("region", name="The three answers")
    expect(answers).to_contain_text("Yes, with care")
    expect(answers).to_contain_text("On that day")
    expect(answers).to_contain_text("Take the care that 2 cards name.")
    findings = page.get_by_role("article")
    expect(findings).to_have_count(2)
    for finding in findings.all():
        expect(finding).to_contain_text("Why")
        expect(finding).to_contain_text("Tell the patient")
        expect(finding).to_contain_text("Grounds")
        expect(finding).to_contain_text("version")
    picture(page, "screening-result-tablet")


def when_the_physician_plans(page: Page) -> None:
    walk.station(page, "Plan")
    page.get_by_label("Device").select_option(PEN)
    page.get_by_label("Numbing").select_option(CREAM)
    page.get_by_label(f"{AREA}: Depth").fill(DEPTH_MM)
    page.get_by_role("button", name="Keep this plan").click()
    expect(page.get_by_role("row", name=re.compile("Cheek")).first).to_contain_text("1.00")


def then_the_plan_can_be_adopted(page: Page, picture: Picture) -> None:
    expect(page.get_by_role("main")).to_contain_text("Draft, not adopted")
    picture(page, "plan-tablet")
    page.get_by_role("button", name="Adopt this plan").click()
    expect(page.get_by_role("main")).to_contain_text(re.compile("Adopted .* by Demo Physician"))


# ---- consent


def then_an_empty_consent_cannot_be_submitted(page: Page, link: str) -> None:
    page.goto(link)
    page.get_by_role("region", name="Consent").get_by_role("link").click()
    page.get_by_role("button", name="Sign", exact=True).click()
    expect(page.get_by_role("alert").filter(has_text="Not signed yet")).to_be_visible()


def when_the_patient_signs_by_drawing(page: Page) -> None:
    for group in page.get_by_role("group").filter(has=page.get_by_label("Yes", exact=True)).all():
        agreed = not re.search("teaching|marketing", group.get_attribute("id") or "")
        group.get_by_label("Yes" if agreed else "No", exact=True).check()
    page.get_by_label("Your full name").fill(f"{GIVEN_NAME} {FAMILY_NAME}")
    page.get_by_label("Draw with finger, pen or mouse").check()
    pad = page.get_by_role("img", name=re.compile("Field to sign in"))
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box
    path = [(0.1, 0.7), (0.25, 0.2), (0.4, 0.8), (0.55, 0.3), (0.7, 0.7), (0.9, 0.4)]
    points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in path]
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point, steps=8)
    page.mouse.up()
    expect(page.get_by_text("Signed in the field.")).to_be_visible()
    page.get_by_role("button", name="Sign", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your consent")


def then_the_patient_has_a_copy(page: Page) -> None:
    address = page.get_by_role("link", name="Download what I signed (PDF)").get_attribute("href")
    assert address
    copy = page.context.request.get(address)
    assert copy.status == 200
    assert copy.body().startswith(b"%PDF")


# ---- the session


def when_the_physician_opens_the_session(page: Page) -> None:
    walk.station(page, "Session")
    page.get_by_role("button", name="Open today's session").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Session of")


def when_the_physician_charts_it(page: Page, picture: Picture) -> None:
    page.get_by_role("button", name=f"Open: {PEN}").click()
    expect(page.get_by_text("Opened: lot")).to_be_visible()
    page.get_by_label("Numbing product and lot").select_option(index=1)
    page.get_by_label("Amount (g)").fill("8")
    page.get_by_role("button", name="On now").click()
    page.get_by_role("button", name="Off now").click()
    for tick in page.get_by_role("region", name="Time-out").get_by_role("checkbox").all():
        tick.check()
    page.get_by_role("button", name="Start now").click()
    page.get_by_role("button", name=re.compile("^As planned")).click()
    for area in page.get_by_role("region", name=re.compile("cheek", re.I)).all():
        area.get_by_label("Even redness").check()
        area.get_by_role("group", name=re.compile("Pain")).get_by_label("3", exact=True).check()
        area.get_by_label("Area finished").check()
    expect(page.get_by_text("… Saving")).to_have_count(0)
    expect(page.get_by_text("All saved, last at")).to_be_visible()
    page.get_by_role("heading", name="Areas", exact=True).evaluate("heading => heading.scrollIntoView()")
    picture(page, "session-tablet")
    page.get_by_role("button", name="End now").click()
    page.get_by_label("Aftercare explained and given in writing").check()
    page.get_by_role("button", name="Camera not working").click()
    expect(page.get_by_text("All saved, last at")).to_be_visible()
    expect(page.get_by_text("Still missing")).to_be_hidden()


def when_the_physician_signs(page: Page, *, password: str) -> None:
    page.get_by_label("I gave this treatment").check()
    page.get_by_label(re.compile("Your password")).fill(password)
    page.get_by_role("button", name="Sign and lock").click()
    expect(page.get_by_role("main")).to_contain_text("Unchanged since. SHA-256")


def when_the_signed_chart_is_amended(page: Page) -> None:
    page.get_by_role("link", name="Amend Pain, 0 to 10").first.click()
    page.get_by_label("Pain, 0 to 10, as it should read").fill("4")
    page.get_by_label("Why it is amended").fill("Read back by the patient: 4, not 3.")
    page.get_by_role("button", name="Amend", exact=True).click()


def then_the_original_stays_visible(page: Page) -> None:
    expect(page.get_by_text("Originally:").first).to_be_visible()
    expect(page.get_by_text("Amended to:").first).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("Read back by the patient: 4, not 3.")
    expect(page.get_by_role("main")).to_contain_text("Unchanged since. SHA-256")


# ---- photographs


def when_photographs_of_before_and_after_are_added(page: Page) -> None:
    walk.open_chart(page, FAMILY_NAME)
    days = [timezone.localdate() - timedelta(days=30), timezone.localdate()]
    moments = [datetime(day.year, day.month, day.day, 9, 30, tzinfo=UTC) for day in days]
    course = photographs.course(
        5, fitzpatrick=3, visits=2, views=("front",), redness=(7.0, 2.0), pits=(0.8, 0.4), taken_at=moments
    )
    for day, taken in zip(days, course, strict=True):
        walk.station(page, "Photos")
        page.get_by_label("Taken on").fill(day.isoformat())
        file = FilePayload(name=f"{day}.jpg", mimeType="image/jpeg", buffer=taken.jpeg)
        page.get_by_label(re.compile("Take .*front", re.I)).set_input_files(file)
        page.get_by_role("button", name="Save photographs").click()
        expect(page.get_by_role("heading", level=3, name=f"{day:%B} {day.year}".strip()).first).to_be_visible()


def then_they_are_measured_by_themselves(page: Page) -> None:
    taken = page.get_by_role("region", name="Taken so far")
    expect(taken.get_by_role("listitem")).to_have_count(2)
    expect(taken.get_by_text("✓ Measured")).to_have_count(2, timeout=60_000)


# ---- follow-up and outcome


def when_the_patient_reports_a_warning_sign(page: Page, link: str) -> None:
    page.goto(link)
    page.get_by_role("link", name="Report how it is").click()
    page.get_by_label("None of these").first.check()
    page.get_by_label("I have a fever: 38 °C or more").check()
    page.get_by_label("Worse").check()
    page.get_by_role("button", name="Send to the clinic").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What happens next")
    expect(page.get_by_role("main")).to_contain_text("has reached the clinic")


def then_it_waits_in_the_queue_until_somebody_says_what_was_done(page: Page) -> None:
    page.goto("/clinic/queue/")
    waiting = page.get_by_role("region", name="Somebody must look").get_by_role("listitem")
    alert = waiting.filter(has_text=FAMILY_NAME)
    alert.get_by_label("What was done").fill("Telephoned: seen today, swab taken.")
    alert.get_by_role("button", name="Handled").click()
    expect(waiting.filter(has_text=FAMILY_NAME)).to_have_count(0)
    expect(page.get_by_role("region", name="Handled last")).to_contain_text("Telephoned: seen today, swab taken.")


def when_the_scale_is_graded(page: Page) -> None:
    walk.open_chart(page, FAMILY_NAME)
    for day, grade in ((timezone.localdate() - timedelta(days=30), "3"), (timezone.localdate(), "2")):
        walk.station(page, "Outcome")
        scale = page.get_by_role("region", name=re.compile("Goodman"))
        expect(scale).to_be_visible()
        if not scale.get_by_label("Graded on").is_visible():
            scale.get_by_text("Grade now").click()
        scale.get_by_role("radio", name=re.compile(rf"{grade} ·")).check()
        scale.get_by_label("Graded on").fill(day.isoformat())
        scale.get_by_role("button", name="Keep the grade").click()
        expect(scale.get_by_role("row", name=re.compile(rf"{day.year} {grade} Demo Physician"))).to_be_visible()


def then_the_outcome_shows_what_is_measured_and_waits_for_a_later_day(page: Page) -> None:
    walk.station(page, "Outcome")
    expect(page.get_by_role("img", name=re.compile("^Erythema index"))).to_be_visible()
    expect(page.get_by_role("img", name=re.compile("^Grades"))).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("one of the same view from a later day")


# ---- the audit trail


def then_nothing_in_the_audit_trail_was_altered(house: House) -> None:
    verified = house.command("audit", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
