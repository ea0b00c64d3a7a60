"""Pages that only show or submit do so in a browser that runs no scripts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.system import walk
from tests.system.house import House
from tests.system.walk import DESKTOP, PHONE, NewContext

pytestmark = pytest.mark.browser

READY, HARMED, DEFERRED = "Template", "Fictive", "Sample"


@pytest.fixture
def phone(house: House, new_context: NewContext) -> Page:
    return walk.somebody(new_context, house, PHONE, java_script_enabled=False)


@pytest.fixture
def physician(house: House, new_context: NewContext) -> Page:
    return walk.staff(new_context, house, "physician", DESKTOP, java_script_enabled=False)


def test_a_visitor_asks_for_a_consultation(phone: Page) -> None:
    phone.goto("/ask/")
    phone.get_by_role("button", name="Send").click()
    expect(phone.get_by_role("alert")).to_contain_text("Not sent yet")
    phone.get_by_label("Your name").fill("Otto Standin")
    phone.get_by_label("Telephone").fill("+49 30 1234567")
    phone.get_by_role("button", name="Send").click()
    expect(phone.get_by_role("main")).to_contain_text("Your request has arrived")


def test_a_patient_answers_a_subject_screen(phone: Page, house: House) -> None:
    phone.goto(f"{house.private_link()}questions/skin-history/")
    first = phone.locator("fieldset[data-question]").first
    walk.statement_over(first).click()
    first.get_by_label("None of these").check()
    phone.get_by_role("button", name=re.compile("Save and")).click()
    expect(phone.get_by_role("heading", level=1)).not_to_have_text("Skin history")
    phone.go_back()
    phone.reload()
    expect(phone.locator("fieldset[data-question]").first).to_contain_text(walk.SAVED_WITH_ITS_TIME)


def test_a_patient_says_none_of_these_with_one_tap(phone: Page, house: House) -> None:
    phone.goto(f"{house.private_link()}questions/allergies/")
    phone.get_by_role("button", name="None of these").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Numbing")
    phone.get_by_role("link", name="Back").click()
    expect(phone.locator("[data-told]", has_text="None of these")).to_have_count(2)


def test_a_patient_reports_in_a_self_check(phone: Page, physician: Page) -> None:
    phone.goto(walk.make_link(physician, HARMED))
    phone.get_by_role("link", name="Report how it is").click()
    phone.get_by_role("button", name="Send to the clinic").click()
    expect(phone.get_by_role("alert")).to_contain_text("an answer is missing")
    for none in phone.get_by_label("None of these").all():
        none.check()
    phone.get_by_label("Better").check()
    phone.get_by_role("button", name="Send to the clinic").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("What happens next")


def test_a_patient_signs_with_the_typed_name(phone: Page, physician: Page) -> None:
    phone.goto(walk.make_link(physician, DEFERRED) + "consent/")
    expect(phone.get_by_label("Draw with finger, pen or mouse")).to_be_hidden()
    for answer in phone.get_by_label("Yes", exact=True).all():
        answer.check()
    phone.get_by_label("Your full name").fill("Chloe Sample")
    phone.get_by_label("My typed name above is my signature").check()
    phone.get_by_role("button", name="Sign", exact=True).click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Your consent")


def test_a_physician_screens_and_plans(physician: Page) -> None:
    walk.open_chart(physician, READY)
    walk.station(physician, "Screening")
    physician.get_by_role("button", name="Screen", exact=True).click()
    expect(physician.get_by_role("region", name="The three answers")).to_contain_text("May we?")
    walk.station(physician, "Plan")
    physician.get_by_role("button", name="Keep this plan").click()
    expect(physician.get_by_role("main")).to_contain_text("Draft, not adopted")
