"""Groups of questions answered with one tap: none of these, all as last time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from needlepoint.actions import answers
from tests.people import actor, make_course, make_screening, sign_in
from tests.web.test_questionnaire import in_force, observing, page, phone, screen, shown

pytestmark = pytest.mark.django_db


def tap(browser: Client, secret: str, subject: str, block: str, **typed: Any) -> Any:
    hidden = shown(page(browser.get(screen(secret, subject))))
    return browser.post(screen(secret, subject), {**hidden, **typed, "tap": block})


def test_none_of_these_says_no_to_every_statement_and_goes_on() -> None:
    course = make_course()
    browser, secret = phone(course)
    answer = tap(browser, secret, "illnesses", "illnesses-none")
    assert answer["Location"] == screen(secret, "pregnancy")
    assert in_force(course) == {
        "diabetes": False,
        "connective_tissue_disease": [],
        "heart_lung_blood": [],
        "liver_disease": "no",
        "kidney_disease": False,
        "epilepsy": False,
        "fainting_with_needles": False,
    }


def test_none_of_the_others_leaves_alone_what_was_told() -> None:
    course = make_course()
    browser, secret = phone(course)
    tap(browser, secret, "illnesses", "illnesses-none", diabetes="true", epilepsy="unknown")
    found = in_force(course)
    assert (found["diabetes"], found["epilepsy"], found["kidney_disease"]) == (True, "unknown", False)


def test_a_no_also_answers_the_question_it_calls_for() -> None:
    course = make_course()
    browser, secret = phone(course)
    tap(browser, secret, "medicines", "acne-medicines-none")
    assert in_force(course)["isotretinoin_last_dose"] == "never"


def test_the_tap_leads_to_the_next_group_of_the_screen_and_to_what_has_no_plain_no() -> None:
    browser, secret = phone(make_course())
    answer = tap(browser, secret, "medicines", "acne-medicines-none")
    assert answer["Location"] == f"{screen(secret, 'medicines')}#b-strong-medicines-none"
    answer = tap(browser, secret, "scars", "scars-none")
    assert answer["Location"] == f"{screen(secret, 'scars')}#b-scar_formed-each"


def test_a_wrong_value_is_shown_before_anything_is_answered_with_no() -> None:
    course = make_course()
    browser, secret = phone(course)
    answer = tap(browser, secret, "medicines", "strong-medicines-none", **{"chemo_last.written": "2999-01-01"})
    assert answer.status_code == 422
    assert in_force(course) == {}


def test_all_as_last_time_gives_the_answers_again_and_every_visit_is_asked_anew() -> None:
    course = make_course()
    before = timezone.localdate() - timedelta(days=120)
    given = {"keloid_own": True, "chemo_last": "never", "steroid_tablets_last": "never"}
    for question, value in given.items():
        answers.save_answer(course.patient, question, value, by=actor(), at=timezone.now(), on=before)
    browser, secret = phone(course)
    text = page(browser.get(screen(secret, "medicines")))
    assert f"Has anything changed since {before.day} {before:%B %Y}?" in text
    assert "All as last time" in text
    tap(browser, secret, "medicines", "strong-medicines-same", chemo_last="never")
    found = answers.answers_in_force(course.patient, on=timezone.localdate())
    assert (found["chemo_last"].value, found["chemo_last"].answered_on) == ("never", timezone.localdate())
    assert found["steroid_tablets_last"].answered_on == before
    assert found["keloid_own"].answered_on == before


def test_a_tap_on_nothing_changes_nothing() -> None:
    course = make_course()
    browser, secret = phone(course)
    assert tap(browser, secret, "blood", "no-such-group").status_code == 302
    assert in_force(course) == {}


def test_the_clinician_says_none_of_these_for_the_patient_too() -> None:
    course = make_course()
    tablet = sign_in()
    answer = tablet.post(observing(course, **{"for": "patient"}), {"tap": "blood-none"})
    assert answer["Location"].endswith("#b-today-none")
    assert in_force(course)["blood_thinners"] == []


def test_questions_on_numbing_are_left_out_once_none_is_planned() -> None:
    browser, secret = phone(make_course())
    assert "enzyme_conditions" in page(browser.get(screen(secret, "numbing")))
    course = make_screening().course
    browser, secret = phone(course)
    text = page(browser.get(screen(secret, "numbing")))
    assert "enzyme_conditions" not in text
    assert "numbing_cream_today" in text
