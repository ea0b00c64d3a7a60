"""Server and worker are killed without notice in the middle of work: nothing that was shown as saved is lost."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone
from playwright.sync_api import FilePayload, Locator, Page, expect

from needlepoint.demo import photographs
from tests.system import walk
from tests.system.house import House
from tests.system.walk import DESKTOP, PHONE, TABLET, NewContext

pytestmark = pytest.mark.browser

TREATED, PHOTOGRAPHED = "Example", "Fictive"
TAKES = 2  # of each view, so that measuring takes a while
VIEWS = {"front": "front", "left_45": "left", "right_45": "right"}
MOST_LOOKS = 500  # at the progress of a photograph, one after the other
SAVED_BY_THE_PHYSICIAN = re.compile(r"\d\d:\d\d:\d\d Demo Physician")
BACK_MS = 40_000  # within this the house has opened again and the page has tried again


# ---- the questionnaire


def test_the_questionnaire_goes_on_when_the_server_is_killed(house: House, new_context: NewContext) -> None:
    phone = walk.somebody(new_context, house, PHONE)
    phone.goto(f"{house.private_link()}questions/illnesses/")
    saved, unsaved = (phone.locator("fieldset[data-question]").nth(place) for place in (0, 1))
    given_an_answer_that_is_shown_as_saved(saved)
    with house.away("server"):
        when_the_patient_answers_while_nobody_listens(unsaved)
    then_the_page_saves_it_by_itself_once_the_house_is_back(unsaved)
    phone.reload()
    then_both_answers_are_there(saved, unsaved)


def given_an_answer_that_is_shown_as_saved(question: Locator) -> None:
    walk.answer(question, {})
    expect(question.locator(".saved")).to_have_text(walk.SAVED_WITH_ITS_TIME)


def when_the_patient_answers_while_nobody_listens(question: Locator) -> None:
    walk.answer(question, {})
    expect(question).to_contain_text("Not saved yet")


def then_the_page_saves_it_by_itself_once_the_house_is_back(question: Locator) -> None:
    expect(question.locator(".saved")).to_have_text(walk.SAVED_WITH_ITS_TIME, timeout=BACK_MS)


def then_both_answers_are_there(*questions: Locator) -> None:
    for question in questions:
        expect(question.locator("input:checked")).to_have_count(1)
        expect(question.locator(".saved")).to_have_text(walk.SAVED_WITH_ITS_TIME)


# ---- the chart of a session


def test_charting_goes_on_when_the_server_is_killed(house: House, new_context: NewContext) -> None:
    tablet = walk.staff(new_context, house, "physician", TABLET)
    given_a_session_that_a_physician_opened(tablet)
    given_a_note_that_is_shown_as_saved(tablet, "Skin calm before the start.")
    with house.away("server"):
        when_the_note_goes_on_while_nobody_listens(tablet, " Paused once for a phone call.")
    then_the_chart_saves_it_by_itself(tablet)
    tablet.reload()
    expect(tablet.get_by_label("Note", exact=True)).to_have_value(
        "Skin calm before the start. Paused once for a phone call."
    )


def given_a_session_that_a_physician_opened(page: Page) -> None:
    walk.open_chart(page, TREATED)
    walk.station(page, "Session")
    page.get_by_text("Go on without, as a physician").click()
    page.get_by_label("Why this session is held all the same").fill("Held to show what survives a power cut.")
    page.get_by_role("button", name="Open the session without its pre-conditions").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Session of")


def given_a_note_that_is_shown_as_saved(page: Page, words: str) -> None:
    page.get_by_label("Note", exact=True).press_sequentially(words)
    expect(page.locator("[data-saved=note]")).to_have_text(SAVED_BY_THE_PHYSICIAN)


def when_the_note_goes_on_while_nobody_listens(page: Page, words: str) -> None:
    page.get_by_label("Note", exact=True).press("End")
    page.keyboard.insert_text(words)
    expect(page.get_by_text("1 entry waits in this browser.")).to_be_visible()


def then_the_chart_saves_it_by_itself(page: Page) -> None:
    expect(page.locator("[data-saved=note]")).to_have_text(SAVED_BY_THE_PHYSICIAN, timeout=BACK_MS)


# ---- measuring


def test_measuring_ends_by_itself_when_the_worker_is_killed(house: House, new_context: NewContext) -> None:
    page = walk.staff(new_context, house, "physician", DESKTOP)
    walk.open_chart(page, PHOTOGRAPHED)
    photographs = when_photographs_are_saved(page)
    when_the_worker_is_killed_in_the_middle(page, house, photographs)
    then_all_are_measured_without_anybody_asking(page, photographs)


def when_photographs_are_saved(page: Page) -> int:
    """Give how many there are then, with those that were there before."""
    walk.station(page, "Photos")
    before = page.get_by_role("region", name="Taken so far").get_by_role("link").count()
    taken = list(photographs.course(7, fitzpatrick=1, visits=TAKES, views=tuple(VIEWS)))
    for view, side in VIEWS.items():
        files = [
            FilePayload(name=f"{each.view}-{each.visit}.jpg", mimeType="image/jpeg", buffer=each.jpeg)
            for each in taken
            if each.view == view
        ]
        page.get_by_label(re.compile(f"Take .*{side}", re.I)).first.set_input_files(files)
    page.get_by_label("Taken on").fill(timezone.localdate().isoformat())
    page.get_by_role("button", name="Save photographs").click()
    return before + TAKES * len(VIEWS)


def when_the_worker_is_killed_in_the_middle(page: Page, house: House, photographs: int) -> None:
    taken = page.get_by_role("region", name="Taken so far").get_by_role("link")
    expect(taken).to_have_count(photographs)
    addresses = [f"{link.get_attribute('href')}progress/" for link in taken.all()]
    for address in addresses * MOST_LOOKS:
        if re.search(r"Measuring \d{1,2} %", page.context.request.get(address).text()):
            return house.kill("worker")
    raise AssertionError(f"The worker was never seen at work: {page.context.request.get(addresses[-1]).text()}")


def then_all_are_measured_without_anybody_asking(page: Page, photographs: int) -> None:
    taken = page.get_by_role("region", name="Taken so far")
    expect(taken.get_by_text("✓ Measured")).to_have_count(photographs, timeout=120_000)
