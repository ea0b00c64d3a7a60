"""The spine once more, with the keyboard alone: no mouse, no finger."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.system import walk
from tests.system.house import House
from tests.system.keyboard import Keyboard
from tests.system.walk import DESKTOP, PHONE, NewContext

pytestmark = pytest.mark.browser

READY = "Template"  # screened today, planned, consented: the next step is a session
PEN, PEN_BEGINS, DEPTH_MM = "Dermapen 4", "Dermap", "1"


def test_a_patient_answers_and_consents_with_the_keyboard(house: House, new_context: NewContext) -> None:
    patient = Keyboard(walk.somebody(new_context, house, PHONE))
    patient.page.goto(house.private_link())
    when_the_patient_answers_a_subject(patient)
    then_every_answer_of_it_is_saved(patient)
    patient.page.goto(house.private_link())
    when_the_patient_signs_with_the_typed_name(patient)
    expect(patient.page.get_by_role("heading", level=1)).to_have_text("Your consent")


def test_a_physician_screens_plans_and_treats_with_the_keyboard(house: House, new_context: NewContext) -> None:
    physician = Keyboard(walk.somebody(new_context, house, DESKTOP))
    password = house.sign_ins()["physician"][1]
    given_a_physician_who_signs_in(physician, "demo-physician", password)
    given_the_chart_of_a_patient(physician)
    when_the_physician_screens(physician)
    then_the_result_is_read_from_top_to_bottom(physician)
    when_the_physician_plans_and_adopts(physician)
    when_the_physician_opens_a_session(physician)
    when_the_physician_charts_it(physician)
    then_nothing_is_missing(physician)
    when_the_physician_signs(physician, password)
    expect(physician.page.get_by_role("main")).to_contain_text("Unchanged since. SHA-256")


# ---- the patient


def when_the_patient_answers_a_subject(patient: Keyboard) -> None:
    patient.follow(patient.page.get_by_role("link", name="Look at my answers"))
    patient.follow(patient.page.get_by_role("link", name="Blood"))
    expect(patient.page.get_by_role("heading", level=1)).to_have_text("Blood")
    while walk.unanswered(patient.page).count():
        question = patient.page.locator(f"#{walk.unanswered(patient.page).first.get_attribute('id')}")
        if walk.statement_over(question).count():
            patient.push(walk.statement_over(question))
        healthy = question.get_by_label(walk.BY_KIND[question.get_attribute("data-kind") or ""], exact=True)
        if healthy.get_attribute("type") == "radio":
            patient.choose(healthy)
        else:
            patient.tick(healthy)
        expect(question.locator(".saved")).to_have_text(walk.SAVED_WITH_ITS_TIME)


def then_every_answer_of_it_is_saved(patient: Keyboard) -> None:
    patient.push(patient.page.get_by_role("button", name=re.compile("Save and go on")))
    expect(patient.page.get_by_role("heading", level=1)).not_to_have_text("Blood")
    patient.follow(patient.page.get_by_role("link", name="All subjects"))
    expect(patient.page.get_by_role("listitem").filter(has_text="Blood")).to_contain_text("complete")


def when_the_patient_signs_with_the_typed_name(patient: Keyboard) -> None:
    page = patient.page
    patient.follow(page.get_by_role("region", name="Consent").get_by_role("link"))
    expect(page.get_by_role("heading", name="Your answers")).to_be_visible()
    for yes in page.get_by_label("Yes", exact=True).all():
        patient.choose(yes)
    patient.write(page.get_by_label("Your full name"), "Ada Synthetic")
    patient.choose(page.get_by_label("My typed name above is my signature"))
    patient.push(page.get_by_role("button", name="Sign", exact=True))


# ---- the physician


def given_a_physician_who_signs_in(physician: Keyboard, username: str, password: str) -> None:
    page = physician.page
    page.goto("/clinic/")
    physician.write(page.get_by_label("Username"), username)
    physician.write(page.get_by_label("Password"), password)
    physician.press("Enter")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def given_the_chart_of_a_patient(physician: Keyboard) -> None:
    page = physician.page
    page.wait_for_load_state("load")  # the keys listen from then on
    physician.press("s")  # the key for the search, as the help of the page says
    physician.write(page.get_by_role("searchbox"), READY)
    physician.press("Enter")
    physician.follow(page.get_by_role("main").get_by_role("link", name=READY))
    physician.follow(page.get_by_role("link", name="Open the chart"))
    expect(page.get_by_role("navigation", name="Stations of the course")).to_be_visible()


def go_to_station(physician: Keyboard, name: str) -> None:
    stations = physician.page.get_by_role("navigation", name="Stations of the course")
    physician.follow(stations.get_by_role("link", name=name))
    expect(stations.get_by_role("link", name=name)).to_have_attribute("aria-current", "page")


def when_the_physician_screens(physician: Keyboard) -> None:
    page = physician.page
    go_to_station(physician, "Screening")
    physician.pick(page.get_by_label("Device"), PEN_BEGINS)
    expect(page.get_by_label("Device").locator("option:checked")).to_have_text(PEN)
    physician.write(page.get_by_label("Deepest setting planned"), DEPTH_MM)
    physician.push(page.get_by_role("button", name="Screen", exact=True))


def then_the_result_is_read_from_top_to_bottom(physician: Keyboard) -> None:
    expect(physician.page.get_by_role("region", name="The three answers")).to_contain_text("May we?")
    physician.reach(physician.page.get_by_role("article").last.get_by_role("link").last)


def when_the_physician_plans_and_adopts(physician: Keyboard) -> None:
    page = physician.page
    go_to_station(physician, "Plan")
    physician.pick(page.get_by_label("Device"), PEN_BEGINS)
    physician.write(page.get_by_label("Cheeks and cheekbones: Depth"), DEPTH_MM)
    physician.push(page.get_by_role("button", name="Keep this plan"))
    expect(page.get_by_role("main")).to_contain_text("Draft, not adopted")
    physician.push(page.get_by_role("button", name="Adopt this plan"))
    expect(page.get_by_role("main")).to_contain_text(re.compile("Adopted .* by Demo Physician"))


def when_the_physician_opens_a_session(physician: Keyboard) -> None:
    go_to_station(physician, "Session")
    physician.push(physician.page.get_by_role("button", name="Open today's session"))
    expect(physician.page.get_by_role("heading", level=1)).to_contain_text("Session of")


def when_the_physician_charts_it(physician: Keyboard) -> None:
    page = physician.page
    physician.push(page.get_by_role("button", name=f"Open: {PEN}"))
    expect(page.get_by_text("Opened: lot")).to_be_visible()
    physician.pick(page.get_by_label("Numbing product and lot"), "Lido")
    physician.write(page.get_by_label("Amount (g)"), "8")
    physician.push(page.get_by_role("button", name="On now"))
    physician.push(page.get_by_role("button", name="Off now"))
    for item in page.get_by_role("region", name="Time-out").get_by_role("checkbox").all():
        physician.tick(item)
    physician.push(page.get_by_role("button", name="Start now"))
    physician.push(page.get_by_role("button", name="All as planned"))
    for area in page.locator("section.area").all():
        physician.choose(area.get_by_label("Even redness"))
        physician.choose(area.get_by_role("group", name=re.compile("Pain")).get_by_label("2", exact=True))
        physician.tick(area.get_by_label("Area finished"))
    physician.push(page.get_by_role("button", name="End now"))
    physician.tick(page.get_by_label("Aftercare explained and given in writing"))
    physician.push(page.get_by_role("button", name="Camera not working"))


def then_nothing_is_missing(physician: Keyboard) -> None:
    expect(physician.page.get_by_text("All saved, last at")).to_be_visible()
    expect(physician.page.locator("[data-missing-list] li")).to_have_text([])


def when_the_physician_signs(physician: Keyboard, password: str) -> None:
    page = physician.page
    physician.choose(page.get_by_label("I gave this treatment"))
    physician.write(page.get_by_label(re.compile("Your password")), password)
    physician.push(page.get_by_role("button", name="Sign and lock"))
