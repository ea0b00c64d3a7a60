"""The questionnaire in a real browser: saved at once, kept while there is no connection, sent when there is."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
import zxingcpp
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Page, expect

from needlepoint.actions import answers, links
from needlepoint.records.models import Course, Role
from tests.people import actor, make_course, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


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


def unfold(page: Page, question: str) -> None:
    """Open the statement under which a question stands, where it stands under one."""
    closed = page.locator(f"details[data-item={question}]:not([open]) > summary")
    if closed.count():
        closed.click()


def tick(page: Page, question: str, value: str) -> None:
    unfold(page, question)
    page.locator(f"#q-{question} input:is([type=radio], [type=checkbox])[value={value}]").check()


def saved(page: Page, question: str) -> Any:
    return page.locator(f"#q-{question} .saved")


def test_a_change_is_saved_at_once_with_a_visible_time_and_calls_for_the_next_question(
    medicines: Page, course: Course
) -> None:
    tick(medicines, "isotretinoin_now", "false")
    expect(saved(medicines, "isotretinoin_now")).to_contain_text("Saved")

    expect(medicines.locator("[data-item=isotretinoin_last_dose]")).to_be_visible()
    assert in_force(course) == {"isotretinoin_now": False}
    tick(medicines, "isotretinoin_now", "true")
    expect(medicines.locator("#q-isotretinoin_last_dose")).to_have_count(0)


def test_none_of_these_stands_alone(medicines: Page, course: Course) -> None:
    tick(medicines, "immune_conditions", "other")
    tick(medicines, "immune_conditions", "none")
    expect(medicines.locator("#q-immune_conditions input[type=checkbox][value=other]")).not_to_be_checked()
    expect(medicines.locator("[data-item=immune_conditions] [data-told]")).to_contain_text("None of these")
    assert in_force(course) == {"immune_conditions": []}


def test_a_day_still_to_come_is_answered_at_its_question(medicines: Page, course: Course) -> None:
    unfold(medicines, "chemo_last")
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
    unfold(medicines, "chemo_last")
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


MOST_TAPS = 35
MOST_SECONDS = 180
WORDS_A_SECOND = 238 / 60  # silent reading of adults, the mean of Brysbaert 2019, doi:10.1016/j.jml.2019.104047
SECONDS_A_TAP = 1.5


class Thumb:
    """Counts what a person does on a phone: each tap, and each thing typed as one."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.taps = 0
        self.words = 0

    def tap(self, target: Any) -> None:
        target.tap()
        self.taps += 1

    def read(self) -> None:
        """Count the words that stand on the screen to be read before it is answered."""
        self.words += len(" ".join(self.page.locator("[data-aloud]").all_inner_texts()).split())

    def write(self, target: Any, text: str) -> None:
        target.fill(text)
        self.taps += 1


@pytest.fixture
def thumb(course: Course, live_server: Any, browser: Any) -> Iterator[Thumb]:
    """A phone at the patient's entrance."""
    _, secret = links.invite(course.patient, course=course, by=actor(Role.FRONT_DESK), at=timezone.now())
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(live_server.url + reverse("patient:home", args=[secret]))
    yield Thumb(page)
    context.close()


def test_a_healthy_patient_is_done_in_a_few_taps_and_minutes(thumb: Thumb, course: Course) -> None:
    page = thumb.page
    thumb.tap(page.get_by_role("link", name="Begin"))
    while page.get_by_role("heading", level=1, name="Questions before treatment").count() == 0:
        subject = page.get_by_role("heading", level=1).inner_text()
        thumb.read()
        while page.locator("[name=tap]").count():
            group = page.locator("[name=tap]").first.get_attribute("value")
            thumb.tap(page.locator("[name=tap]").first)
            expect(page.locator(f"[name=tap][value={group}]")).to_have_count(0)
            if page.get_by_role("heading", level=1).inner_text() != subject:
                break
        else:
            day = page.locator(".question:not(:has(.saved[data-state=saved])) input[type=date]")
            thumb.write(day, "2009-12-31")
            expect(page.locator("#q-scar_formed .saved")).to_contain_text("Saved")
            thumb.tap(page.get_by_role("button", name="Save and go on"))
            expect(page.get_by_role("heading", level=1)).not_to_have_text(subject)
    expect(page.get_by_role("main")).to_contain_text("All questions are answered")
    assert thumb.taps <= MOST_TAPS
    assert thumb.words / WORDS_A_SECOND + thumb.taps * SECONDS_A_TAP < MOST_SECONDS
    assert set(map(str, in_force(course).values())) <= {"False", "never", "[]", "no", "2009-12-31"}


@pytest.fixture
def tablet(live_server: Any, browser: Any) -> Iterator[Page]:
    """The clinic's tablet, with a therapist signed in."""
    context = browser.new_context(viewport={"width": 820, "height": 1180}, has_touch=True, base_url=live_server.url)
    cookie = sign_in(Role.THERAPIST).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    yield context.new_page()
    context.close()


def scanned(page: Page) -> str:
    """What a camera reads in the code that a page shows."""
    code = page.get_by_role("img", name="QR code").screenshot()
    return zxingcpp.read_barcodes(Image.open(io.BytesIO(code)))[0].text


def test_the_tablet_hands_over_to_the_phone_and_both_show_the_same(tablet: Page, page: Page, course: Course) -> None:
    tablet.goto(reverse("clinic:questions", args=[course.ref], query={"for": "patient"}))
    tablet.locator("[name=tap][value=today-none]").tap()
    expect(tablet.locator("[name=tap][value=today-none]")).to_have_count(0)
    tablet.get_by_role("button", name="Go on on the patient's phone").tap()
    page.goto(scanned(tablet))
    expect(page.get_by_role("heading", level=1)).to_have_text("Your skin now")
    tablet.get_by_role("link", name="Back to the questions").tap()
    tick(page, "skin_infection_healed", "unknown")
    expect(tablet.locator("[data-item=skin_infection_healed] [data-told]")).to_contain_text("Not known", timeout=9000)
    tick(tablet, "acne_settled", "never")
    expect(page.locator("[data-item=acne_settled] [data-told]")).to_contain_text("Never", timeout=9000)


def test_the_phone_hands_over_to_the_tablet(medicines: Page, tablet: Page, course: Course) -> None:
    tick(medicines, "immune_conditions", "none")
    expect(saved(medicines, "immune_conditions")).to_contain_text("Saved")
    medicines.get_by_role("link", name="Go on on the clinic's tablet").click()
    tablet.goto(scanned(medicines))
    expect(tablet.get_by_role("heading", level=1)).to_have_text("Asked of the patient")
    expect(tablet.locator("[data-item=immune_conditions] [data-told]")).to_contain_text("None of these")


def test_the_one_tap_works_without_a_connection_too(medicines: Page, course: Course) -> None:
    medicines.context.set_offline(True)
    medicines.locator("[name=tap][value=medicine-list-none]").click()
    expect(medicines.locator("[data-unsent]")).to_contain_text("1 answer not saved yet")
    medicines.context.set_offline(False)
    medicines.evaluate("dispatchEvent(new Event('online'))")
    expect(medicines.locator("[data-item=medicines] [data-told]")).to_contain_text("None of these")
    assert in_force(course) == {"medicines": []}


def test_the_questions_are_read_aloud_by_the_browsers_own_voice(medicines: Page) -> None:
    medicines.evaluate("""() => {
        window.said = [];
        speechSynthesis.speak = (part) => window.said.push([part.lang, part.text]);
    }""")
    medicines.get_by_role("button", name="Read aloud").click()
    spoken = medicines.evaluate("window.said")
    assert spoken[0] == ["en", "Medicines"]
    assert ["en", "Chemotherapy."] in spoken
    assert {lang for lang, _ in spoken} == {"en"}
