"""The questionnaire in a real browser: saved at once, kept while there is no connection, sent when there is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from needlepoint.actions import answers, links
from needlepoint.records.models import Course, Role
from tests.people import actor, make_course, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True, scope="session")
def beside_the_browsers_loop() -> Iterator[None]:
    """The browser's driver runs a loop in this thread; the tests' own queries are none of its business."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield


@pytest.fixture
def course() -> Course:
    return make_course()


@pytest.fixture
def medicines(course: Course, live_server: Any, page: Page) -> Page:
    """A phone on the screen about medicines."""
    _, secret = links.invite(course.patient, course=course, by=actor(Role.FRONT_DESK), at=timezone.now())
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(live_server.url + reverse("patient:subject", args=[secret, "medicines"]))
    return page


def in_force(course: Course) -> dict[str, Any]:
    found = answers.answers_in_force(course.patient, on=timezone.localdate())
    return {id_: answer.value for id_, answer in found.items()}


def tick(page: Page, question: str, value: str) -> None:
    page.locator(f"#q-{question} input:is([type=radio], [type=checkbox])[value={value}]").check()


def saved(page: Page, question: str) -> Any:
    return page.locator(f"#q-{question} .saved")


def test_a_change_is_saved_at_once_with_a_visible_time_and_calls_for_the_next_question(
    medicines: Page, course: Course
) -> None:
    tick(medicines, "isotretinoin_now", "false")
    expect(saved(medicines, "isotretinoin_now")).to_contain_text("Saved")
    expect(medicines.locator("#q-isotretinoin_last_dose")).to_be_visible()
    assert in_force(course) == {"isotretinoin_now": False}
    tick(medicines, "isotretinoin_now", "true")
    expect(medicines.locator("#q-isotretinoin_last_dose")).to_have_count(0)


def test_none_of_these_stands_alone(medicines: Page, course: Course) -> None:
    tick(medicines, "immune_conditions", "other")
    tick(medicines, "immune_conditions", "none")
    expect(medicines.locator("#q-immune_conditions input[type=checkbox][value=other]")).not_to_be_checked()
    expect(saved(medicines, "immune_conditions")).to_contain_text("Saved")
    assert in_force(course) == {"immune_conditions": []}


def test_a_day_still_to_come_is_answered_at_its_question(medicines: Page, course: Course) -> None:
    medicines.locator("#q-chemo_last input[type=date]").fill("2999-01-01")
    expect(medicines.locator("#q-chemo_last .error-text")).to_contain_text("still to come")
    expect(saved(medicines, "chemo_last")).to_have_text("Not saved")
    assert in_force(course) == {}


def test_what_is_answered_without_a_connection_is_sent_when_there_is_one(medicines: Page, course: Course) -> None:
    medicines.context.set_offline(True)
    tick(medicines, "planned_within_4_weeks", "none")
    expect(saved(medicines, "planned_within_4_weeks")).to_contain_text("Not saved yet")
    expect(medicines.locator("[data-unsent]")).to_contain_text("1 answer not saved yet")
    assert in_force(course) == {}
    medicines.context.set_offline(False)
    medicines.evaluate("dispatchEvent(new Event('online'))")
    expect(saved(medicines, "planned_within_4_weeks")).to_contain_text("Saved")
    assert in_force(course) == {"planned_within_4_weeks": []}


def test_an_unsent_answer_survives_the_page_that_took_it(medicines: Page, course: Course) -> None:
    context, address = medicines.context, medicines.url
    context.set_offline(True)
    tick(medicines, "planned_within_4_weeks", "chemotherapy")
    expect(saved(medicines, "planned_within_4_weeks")).to_contain_text("Not saved yet")
    medicines.close()
    context.set_offline(False)
    again = context.new_page()
    again.goto(address)
    expect(again.locator("#q-planned_within_4_weeks input[type=checkbox][value=chemotherapy]")).to_be_checked()
    assert in_force(course) == {"planned_within_4_weeks": ["chemotherapy"]}


def test_what_was_being_typed_when_the_page_was_left_is_not_lost(medicines: Page, course: Course) -> None:
    medicines.locator("#q-chemo_last input[type=date]").fill("2024-02-29")
    medicines.goto(medicines.url.replace("medicines", "illnesses"))
    medicines.wait_for_load_state("networkidle")
    assert in_force(course) == {"chemo_last": "2024-02-29"}


def test_going_on_leads_to_the_next_subject(medicines: Page, course: Course) -> None:
    tick(medicines, "immune_conditions", "unknown")
    medicines.get_by_role("button", name="Save and go on").click()
    expect(medicines.get_by_role("heading", name="Illnesses", level=1)).to_be_visible()
    assert in_force(course) == {"immune_conditions": "unknown"}


def test_the_clinicians_observations_are_saved_at_once_too(course: Course, live_server: Any, page: Page) -> None:
    client = sign_in(Role.THERAPIST)
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    page.set_viewport_size({"width": 820, "height": 1180})
    page.goto(live_server.url + reverse("clinic:questions", args=[course.ref]))
    tick(page, "wart_areas", "cheeks")
    expect(saved(page, "wart_areas")).to_contain_text("Saved")
    assert in_force(course) == {"wart_areas": ["cheeks"]}
