"""The first half of the story: from the public pages to the clinician's observations."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.system import walk
from tests.system.walk import Day

Picture = Callable[..., None]

GIVEN_NAME, FAMILY_NAME, BORN = "Nora", "Placeholder", "1991-05-17"
WISH = "Acne scars"
SUBJECTS = (
    "Today", "Your skin now", "Skin history", "Scars and healing", "Blood", "Medicines", "Illnesses", "Pregnancy",
    "Earlier procedures", "Allergies", "Numbing", "Consent and expectations",
)  # fmt: skip
TOLD: walk.Told = {
    "On which day did the newest scar to be treated come about? If only the year is known, give 31 December of it.":
        Day("2009-12-31"),
}  # fmt: skip
AREA = "Cheeks and cheekbones"


# ---- the public pages


def given_a_visitor_who_reads_what_the_therapy_is(page: Page, picture: Picture) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Micro-needling, told as it is")
    picture(page, "public-home-phone")
    for link, heading in (
        ("Who must not have it", "Who must not have it"),
        ("Risks", "risk|wrong"),
        ("Results", "result"),
    ):
        page.get_by_role("link", name=link).first.click()
        expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(heading, re.I))


def when_the_visitor_asks_for_a_consultation(page: Page) -> None:
    page.get_by_role("link", name="Ask for a consultation").first.click()
    page.get_by_label("Your name").fill(f"{GIVEN_NAME} {FAMILY_NAME}")
    page.get_by_label("E-mail").fill("nora.placeholder@example.org")
    page.get_by_label("What would you like to have treated?").select_option(WISH)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("main")).to_contain_text("Your request has arrived")


# ---- the front desk


def then_the_front_desk_sees_the_request(page: Page, picture: Picture) -> None:
    page.goto("/clinic/")
    request = page.get_by_role("article").filter(has_text=f"{GIVEN_NAME} {FAMILY_NAME}")
    expect(request).to_contain_text(WISH)
    picture(page, "board-desktop")
    request.get_by_role("link", name="Register as patient").click()


def when_the_front_desk_registers_the_patient(page: Page) -> None:
    expect(page.get_by_label("Family name")).to_have_value(FAMILY_NAME)
    page.get_by_label("Birth date").fill(BORN)
    page.get_by_label("Sex at birth").select_option("female")
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{GIVEN_NAME} {FAMILY_NAME}")


def then_a_second_registration_is_offered_the_first(page: Page) -> None:
    page.goto("/clinic/patients/new")
    page.get_by_label("Given name").fill(GIVEN_NAME)
    page.get_by_label("Family name").fill(FAMILY_NAME)
    page.get_by_label("Birth date").fill(BORN)
    page.get_by_label("Sex at birth").select_option("female")
    page.get_by_role("button", name="Register").click()
    offered = page.get_by_role("alert").filter(has_text="Is it one of these?")
    expect(offered).to_contain_text("Nothing is saved yet")
    offered.get_by_role("link", name=FAMILY_NAME).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{GIVEN_NAME} {FAMILY_NAME}")


def when_the_front_desk_opens_a_course(page: Page) -> None:
    page.get_by_role("link", name="New course").click()
    page.get_by_label("What is to be treated").select_option(WISH)
    page.get_by_label(AREA, exact=True).check()
    page.get_by_role("button", name="Open the course").click()
    expect(page.get_by_role("main")).to_contain_text("The course is open")


# ---- the patient's questions


def when_the_patient_answers_the_first_half(page: Page, link: str, picture: Picture) -> None:
    page.goto(link)
    page.get_by_role("link", name="Begin").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(SUBJECTS[0])
    asked = answer_subjects(page, until="Illnesses", picture=picture)
    assert asked > 20


def then_another_browser_goes_on_where_the_first_stopped(page: Page, link: str) -> None:
    page.goto(link)
    page.get_by_role("link", name="Go on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Illnesses")
    page.get_by_role("link", name="All subjects").click()
    medicines = page.get_by_role("listitem").filter(has_text="Medicines")
    expect(medicines).to_contain_text("complete")


def when_the_patient_answers_the_second_half(page: Page, link: str) -> None:
    page.goto(link)
    page.get_by_role("link", name="Go on").click()
    answer_subjects(page, until=None, picture=None)
    expect(page.get_by_role("main")).to_contain_text("All questions are answered")


def answer_subjects(page: Page, *, until: str | None, picture: Picture | None) -> int:
    """Answer screen after screen up to a subject, or to the last one; give how many questions that were."""
    asked = 0
    for _ in SUBJECTS:
        subject = page.get_by_role("heading", level=1).inner_text()
        if subject == until:
            break
        asked += walk.answer_what_is_open(page, TOLD)
        if picture and subject == "Scars and healing":
            picture(page, "questionnaire-phone")
        forward = page.get_by_role("button", name=re.compile("Save and"))
        last = "finish" in forward.inner_text()
        forward.click()
        expect(page.get_by_role("heading", level=1)).not_to_have_text(subject)
        if last:
            break
    return asked


# ---- the clinician's part of the consultation


def when_the_therapist_records_skin_type_and_measures(page: Page) -> None:
    walk.open_chart(page, FAMILY_NAME)
    walk.station(page, "Consultation")
    page.get_by_label("Skin type (Fitzpatrick)").select_option("3")
    page.get_by_label("Weight (kg)").fill("64")
    page.get_by_label("Height (cm)").fill("169")
    page.get_by_role("button", name="Record").click()
    expect(page.get_by_role("region", name="Patient", exact=True)).to_contain_text("Skin type 3 (Fitzpatrick)")


def when_the_therapist_adds_the_observations(page: Page) -> None:
    page.get_by_role("button", name="All places still open: nowhere").click()
    warts = page.get_by_role("group", name="Where is there a wart of any kind?")
    expect(warts.get_by_label("Nowhere")).to_be_checked()
    expect(warts).to_contain_text("by staff")
    walk.answer_what_is_open(page, TOLD)
