"""What people do on the pages, as they would say it: by what stands on the screen, never by what lies behind it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.system.house import House

SAVED_WITH_ITS_TIME = re.compile(r"Saved .*\d{1,2}:\d{2}")
NewContext = Callable[..., BrowserContext]

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "has_touch": True}
TABLET: dict[str, Any] = {"viewport": {"width": 820, "height": 1180}, "has_touch": True}
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}}

# What a healthy person answers, by the kind of question, and where no kind of answer fits all, by the question.
BY_KIND = {"boolean": "No", "multichoice": "None of these", "areas": "Nowhere", "date_or_never": "Never"}
HEALTHY: Mapping[str, str | tuple[str, ...]] = {
    "Do you smoke or vape?": "No",
    "Do you have a liver disease?": "No",
    "Have you put any numbing cream, gel or spray on today, at home or on the way?": "No",
    "What has been settled about an antiviral to prevent a herpes outbreak after this session?":
        "A prescriber considered it: not needed",
    "Is there any new, changing, bleeding, irregular or undiagnosed spot anywhere? Look, and ask the patient.": "None",
    "Has valid consent been given, freely, by someone able to give it?": "Yes, by the patient",
    "What did the body-image questionnaire (BDDQ, BDDQ-DV or DCQ) show?": "Negative",
    "Which of these are in the room or at once available?": (
        "Adrenaline and anaphylaxis kit", "Oxygen and bag-mask", "Medicine against seizures, or an ambulance plan",
    ),
    "Which of these hold for the person who will treat?": (
        "Trained on this device in the last 24 months", "Valid basic life support and anaphylaxis training",
        "Medical training", "Works under a written protocol that names a physician", "A physician is on site",
    ),
    "Which of these are in place for the numbing planned today?": (
        "Applied in the clinic", "A trained person stays with the patient",
        "A prescriber is on record for this patient",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Day:
    """A day that somebody gives as an answer, written as browsers keep it."""

    written: str


Told = Mapping[str, str | tuple[str, ...] | Day]


def somebody(new_context: NewContext, house: House, device: Mapping[str, Any], **more: Any) -> Page:
    """Give a page in a browser of its own."""
    context = new_context(base_url=house.address, locale="en-GB", **device, **more)
    context.set_default_timeout(10_000)
    return context.new_page()


def staff(new_context: NewContext, house: House, role: str, device: Mapping[str, Any], **more: Any) -> Page:
    """Give the page of a member of staff who has signed in."""
    page = somebody(new_context, house, device, **more)
    username, password = house.sign_ins()[role]
    page.goto("/")
    page.get_by_role("link", name="Staff sign-in").click()
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    return page


def open_chart(page: Page, family_name: str) -> None:
    """Find a patient by the family name and open the chart."""
    page.goto("/clinic/patients/")
    page.get_by_role("searchbox").fill(family_name)
    page.get_by_role("searchbox").press("Enter")
    page.get_by_role("main").get_by_role("link", name=f"{family_name},").click()
    page.get_by_role("link", name="Open the chart").first.click()
    expect(page.get_by_role("navigation", name="Stations of the course")).to_be_visible()


def station(page: Page, name: str) -> None:
    """Go to a station of the course whose chart is open."""
    page.get_by_role("navigation", name="Stations of the course").get_by_role("link", name=name).click()


def make_link(page: Page, family_name: str) -> str:
    """Make a patient's private link at the front desk; give its address."""
    page.goto("/clinic/patients/")
    page.get_by_role("searchbox").fill(family_name)
    page.get_by_role("searchbox").press("Enter")
    page.get_by_role("main").get_by_role("link", name=f"{family_name},").click()
    page.get_by_role("button", name="Make a private link").first.click()
    return page.get_by_label("Address").input_value()


def unanswered(page: Page) -> Locator:
    """Give the questions on the screen beside which nothing is said to be saved."""
    return page.locator("fieldset[data-question]:not(:has(.saved[data-state=saved]))")


def answer_what_is_open(page: Page, told: Told, *, at_most: int = 200) -> int:
    """Answer every open question of a screen and see each saved with its time; give how many there were."""
    for done in range(at_most):
        if unanswered(page).count() == 0:
            return done
        question = page.locator(f"#{unanswered(page).first.get_attribute('id')}")
        answer(question, told)
        expect(question.locator(".saved")).to_have_text(SAVED_WITH_ITS_TIME)
    raise AssertionError("The questions on this screen never end.")


def statement_over(question: Locator) -> Locator:
    """Give the statement that has to be opened before a question can be answered; nothing once it is open."""
    return question.locator("xpath=ancestor::details[not(@open)]/summary")


def answer(question: Locator, told: Told) -> None:
    """Answer one question with what this person tells, or as a healthy person would."""
    if statement_over(question).count():
        statement_over(question).click()
    words = question.locator("legend").inner_text()
    given = told.get(words) or HEALTHY.get(words) or BY_KIND[question.get_attribute("data-kind") or ""]
    if isinstance(given, Day):
        question.get_by_label("Day", exact=True).fill(given.written)
        return
    for label in [given] if isinstance(given, str) else given:
        question.get_by_label(label, exact=True).check()
