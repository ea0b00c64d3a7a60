"""The questionnaire on the patient's phone and the clinician's observations."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from needlepoint import knowledge
from needlepoint.actions import answers, links
from needlepoint.actions.questionnaire import SUBJECTS
from needlepoint.records.models import Answer, Course, Role
from tests.people import actor, make_clinic, make_course, make_patient, make_staff, sign_in

pytestmark = pytest.mark.django_db


def phone(course: Course) -> tuple[Client, str]:
    """A phone that holds a private link, and the link's secret."""
    _, secret = links.invite(course.patient, course=course, by=actor(Role.FRONT_DESK), at=timezone.now())
    return Client(), secret


def screen(secret: str, subject: str) -> str:
    return reverse("patient:subject", args=[secret, subject])


def page(answer: Any) -> str:
    text: str = answer.content.decode()
    return text


def in_force(course: Course) -> dict[str, Any]:
    found = answers.answers_in_force(course.patient, on=timezone.localdate())
    return {id_: answer.value for id_, answer in found.items()}


def shown(text: str) -> dict[str, list[str]]:
    """The hidden fields that a form sends along, as a browser would send them."""
    befores = dict(re.findall(r'name="(\w+\.before)" value="([^"]*)"', text))
    return {
        "shown": re.findall(r'name="shown" value="(\w+)"', text),
        **{name: [value] for name, value in befores.items()},
    }


def test_the_entrance_says_what_to_do_next() -> None:
    browser, secret = phone(make_course())
    text = page(browser.get(reverse("patient:home", args=[secret])))
    assert "Hello Paula" in text
    assert "Acne scars" in text
    assert screen(secret, "today") in text


def test_a_patient_without_a_course_is_told_that_there_is_nothing_to_do() -> None:
    _, secret = links.invite(make_patient(), course=None, by=actor(), at=timezone.now())
    assert "nothing to do here" in page(Client().get(reverse("patient:home", args=[secret])))


@pytest.mark.parametrize("subject", [id_ for id_, _, _ in SUBJECTS if id_ != "consent"])
def test_every_subject_offers_i_dont_know_at_every_question(subject: str) -> None:
    browser, secret = phone(make_course())
    text = page(browser.get(screen(secret, subject)))
    questions = re.findall(r'<fieldset class="question.*?</fieldset>', text, re.S)
    assert questions
    assert all('value="unknown"' in question for question in questions)


def test_a_screen_is_answered_without_javascript() -> None:
    course = make_course()
    browser, secret = phone(course)
    hidden = shown(page(browser.get(screen(secret, "illnesses"))))
    answer = browser.post(
        screen(secret, "illnesses"),
        {
            **hidden,
            "diabetes": "true",
            "connective_tissue_disease": ["none"],
            "heart_lung_blood": ["anaemia", "arrhythmia"],
            "liver_disease": "unknown",
            "epilepsy": "false",
        },
    )
    assert answer["Location"] == screen(secret, "pregnancy")
    assert in_force(course) == {
        "diabetes": True,
        "connective_tissue_disease": [],
        "heart_lung_blood": ["anaemia", "arrhythmia"],
        "liver_disease": "unknown",
        "epilepsy": False,
    }


def test_a_question_that_an_answer_calls_for_is_shown_before_going_on() -> None:
    browser, secret = phone(make_course())
    hidden = shown(page(browser.get(screen(secret, "medicines"))))
    answer = browser.post(screen(secret, "medicines"), {**hidden, "isotretinoin_now": "false"})
    assert answer["Location"] == f"{screen(secret, 'medicines')}#q-isotretinoin_last_dose"


def test_the_last_subject_leads_to_the_overview() -> None:
    browser, secret = phone(make_course())
    hidden = shown(page(browser.get(screen(secret, "numbing"))))
    answer = browser.post(screen(secret, "numbing"), hidden)
    assert answer["Location"] == reverse("patient:questions", args=[secret])


@pytest.mark.parametrize(
    ("fields", "question", "words"),
    [
        ({"chemo_last": "day", "chemo_last.written": "2999-01-01"}, "chemo_last", "still to come"),
        ({"chemo_last": "day", "chemo_last.written": ""}, "chemo_last", "give the day"),
        ({"chemo_last": "day", "chemo_last.written": "31.2.2024"}, "chemo_last", "whole date"),
        ({"chemo_last": "never", "chemo_last.written": "2024-01-01"}, "chemo_last", "cannot both hold"),
        ({"medicines": ["none", "other_medicine"]}, "medicines", "cannot both hold"),
        ({"isotretinoin_now": "perhaps"}, "isotretinoin_now", "answers offered"),
    ],
)
def test_a_bad_value_is_answered_at_its_field_and_the_rest_is_saved(
    fields: dict[str, Any], question: str, words: str
) -> None:
    course = make_course()
    browser, secret = phone(course)
    hidden = shown(page(browser.get(screen(secret, "medicines"))))
    answer = browser.post(screen(secret, "medicines"), {**hidden, **fields, "immune_conditions": ["none"]})
    assert answer.status_code == 422
    named = re.search(rf'id="e-{question}"[^>]*>([^<]+)<', page(answer))
    assert named
    assert words in named[1]
    assert in_force(course) == {"immune_conditions": []}
    for typed in fields.values():
        if isinstance(typed, str) and typed not in ("perhaps", ""):
            assert f'value="{typed}"' in page(answer)


def test_a_page_that_was_open_elsewhere_does_not_undo_a_newer_answer() -> None:
    course = make_course()
    browser, secret = phone(course)
    old = shown(page(browser.get(screen(secret, "illnesses"))))
    browser.post(reverse("patient:answer", args=[secret]), {"question": "diabetes", "diabetes": "true"})
    browser.post(screen(secret, "illnesses"), {**old, "epilepsy": "false"})
    assert in_force(course) == {"diabetes": True, "epilepsy": False}


def test_an_answer_cleared_on_the_page_is_taken_back() -> None:
    course = make_course()
    browser, secret = phone(course)
    browser.post(
        reverse("patient:answer", args=[secret]), {"question": "heart_lung_blood", "heart_lung_blood": "anaemia"}
    )
    hidden = shown(page(browser.get(screen(secret, "illnesses"))))
    browser.post(screen(secret, "illnesses"), hidden)
    assert in_force(course) == {}
    assert Answer.objects.count() == 2


def test_a_question_of_every_visit_shows_last_time_and_stands_empty() -> None:
    course = make_course()
    browser, secret = phone(course)
    yesterday = timezone.localdate() - timedelta(days=1)
    answers.save_answer(course.patient, "fever_or_infection_now", False, by=actor(), at=timezone.now(), on=yesterday)
    text = page(browser.get(screen(secret, "today")))
    assert "Last time, on " in text
    assert "Please answer for today" in text
    browser.post(screen(secret, "today"), shown(text))
    found = answers.answers_in_force(course.patient, on=timezone.localdate())
    assert found["fever_or_infection_now"].answered_on == yesterday
    browser.post(screen(secret, "today"), {**shown(text), "fever_or_infection_now": "false"})
    found = answers.answers_in_force(course.patient, on=timezone.localdate())
    assert found["fever_or_infection_now"].answered_on == timezone.localdate()


@pytest.mark.parametrize(
    ("fields", "value"),
    [
        ({"question": "diabetes", "diabetes": "true"}, True),
        ({"question": "smoking", "smoking": "vaping"}, "vaping"),
        ({"question": "healing_problems", "healing_problems": ["none"]}, []),
        ({"question": "irradiated_areas", "irradiated_areas": ["cheeks", "elsewhere"]}, ["cheeks", "elsewhere"]),
        ({"question": "chemo_last", "chemo_last": "never"}, "never"),
        ({"question": "chemo_last", "chemo_last": "day", "chemo_last.written": "2024-02-29"}, "2024-02-29"),
        ({"question": "chemo_last", "chemo_last.written": "2024-02-29"}, "2024-02-29"),
    ],
)
def test_each_change_is_saved_by_itself_with_its_time(fields: dict[str, Any], value: Any) -> None:
    course = make_course()
    browser, secret = phone(course)
    said = browser.post(reverse("patient:answer", args=[secret]), fields)
    assert said.status_code == 200
    assert re.fullmatch(r"Saved \d\d:\d\d", said.json()["saved"])
    assert in_force(course) == {fields["question"]: value}


def test_saving_tells_the_page_how_things_stand() -> None:
    browser, secret = phone(make_course())
    said = browser.post(
        reverse("patient:answer", args=[secret]), {"question": "isotretinoin_now", "isotretinoin_now": "false"}
    ).json()
    assert said["settled"] == 1
    assert "isotretinoin_last_dose" in said["asked"]
    assert said["contradiction"] == ""


def test_an_answer_that_the_browser_kept_dates_from_when_it_was_typed() -> None:
    course = make_course()
    browser, secret = phone(course)
    browser.post(
        reverse("patient:answer", args=[secret]), {"question": "diabetes", "diabetes": "true", "kept_s": "172800"}
    )
    found = answers.answers_in_force(course.patient, on=timezone.localdate())
    assert found["diabetes"].answered_on == timezone.localdate() - timedelta(days=2)


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"question": "diabetes", "diabetes": "maybe"}, 422),
        ({"question": "shoe_size", "shoe_size": "43"}, 404),
        ({"question": "wart_areas", "wart_areas": "none"}, 409),
        ({}, 404),
    ],
)
def test_what_cannot_be_saved_is_answered_and_not_saved(fields: dict[str, Any], status: int) -> None:
    browser, secret = phone(make_course())
    assert browser.post(reverse("patient:answer", args=[secret]), fields).status_code == status
    assert not Answer.objects.exists()


def test_answers_go_on_from_another_device() -> None:
    course = make_course()
    browser, secret = phone(course)
    browser.post(reverse("patient:answer", args=[secret]), {"question": "smoking", "smoking": "vaping"})
    text = page(Client().get(screen(secret, "scars")))
    assert re.search(r'value="vaping" checked', text)
    assert re.search(r"Saved \d+ \w{3}, \d\d:\d\d", text)


def test_a_revoked_link_saves_nothing() -> None:
    course = make_course()
    browser, secret = phone(course)
    links.revoke(course.patient.links.get(), by=actor(), at=timezone.now())
    for answer in (
        browser.get(screen(secret, "today")),
        browser.post(reverse("patient:answer", args=[secret]), {"question": "diabetes", "diabetes": "true"}),
    ):
        assert answer.status_code == 410
    assert not Answer.objects.exists()


def test_answers_that_do_not_fit_together_are_shown_and_kept() -> None:
    course = make_course()
    browser, secret = phone(course)
    send = reverse("patient:answer", args=[secret])
    browser.post(send, {"question": "heart_lung_blood", "heart_lung_blood": "pacemaker_or_defibrillator"})
    said = browser.post(send, {"question": "implanted_device_areas", "implanted_device_areas": "none"}).json()
    assert said["contradiction"]
    assert said["contradiction"] in page(browser.get(screen(secret, "skin")))
    assert len(in_force(course)) == 2


@pytest.mark.parametrize("answered", [0, 40])
def test_a_screen_of_the_questionnaire_takes_six_statements(answered: int, django_assert_num_queries: Any) -> None:
    make_clinic()
    course = make_course()
    for question in [one for one in knowledge.load().questions if one.asked_of == "patient"][:answered]:
        answers.save_answer(
            course.patient, question.id, "unknown", by=actor(), at=timezone.now(), on=timezone.localdate()
        )
    browser, secret = phone(course)
    with django_assert_num_queries(6):
        assert browser.get(screen(secret, "scars")).status_code == 200


def observing(course: Course, **query: str) -> str:
    return reverse("clinic:questions", args=[course.ref], query=query or None)


def test_the_clinician_sees_what_the_patient_answered_and_what_is_missing() -> None:
    course = make_course()
    browser, secret = phone(course)
    browser.post(reverse("patient:answer", args=[secret]), {"question": "smoking", "smoking": "vaping"})
    text = page(sign_in().get(observing(course)))
    assert "Vaping only" in text
    assert "no answer" in text
    assert 'data-question="wart_areas"' in text
    assert 'data-question="smoking"' not in text


def test_the_clinician_answers_own_questions_and_those_of_the_patient() -> None:
    course = make_course()
    tablet = sign_in(Role.PHYSICIAN)
    tablet.post(observing(course), {"wart_areas": ["cheeks"], "frail": "false"})
    tablet.post(observing(course, **{"for": "patient"}), {"diabetes": "true"})
    one = reverse("clinic:answer", args=[course.ref, "clinician"])
    sent = tablet.post(one, {"question": "hba1c_percent", "hba1c_percent.written": "6,5"})
    assert sent.status_code == 200
    assert in_force(course) == {"wart_areas": ["cheeks"], "frail": False, "diabetes": True, "hba1c_percent": 6.5}
    assert set(Answer.objects.values_list("by__role", flat=True)) == {Role.PHYSICIAN}


@pytest.mark.parametrize(("typed", "words"), [("400", "between 3 and 20"), ("much", "give a number")])
def test_a_number_out_of_range_is_answered_at_its_field(typed: str, words: str) -> None:
    course = make_course()
    tablet = sign_in()
    answers.save_answer(course.patient, "diabetes", True, by=actor(), at=timezone.now(), on=timezone.localdate())
    said = tablet.post(
        reverse("clinic:answer", args=[course.ref, "clinician"]),
        {"question": "hba1c_percent", "hba1c_percent.written": typed},
    )
    assert said.status_code == 422
    assert words in said.json()["error"]


def test_all_open_places_can_be_answered_with_nowhere_at_once() -> None:
    course = make_course()
    tablet = sign_in()
    tablet.post(observing(course), {"wart_areas": ["cheeks"], "nowhere": "1"})
    found = in_force(course)
    assert found.pop("wart_areas") == ["cheeks"]
    assert len(found) > 8
    assert all(value == [] for value in found.values())


def test_measures_are_recorded_from_the_observations() -> None:
    course = make_course(make_patient(fitzpatrick=None))
    tablet = sign_in()
    address = reverse("clinic:measures", args=[course.ref])
    tablet.post(address, {"fitzpatrick": "5", "weight_kg": "70.5", "height_cm": "171", "allergies": "Latex"})
    course.patient.refresh_from_db()
    assert (course.patient.fitzpatrick, course.patient.weight_kg) == (5, 70.5)
    answer = tablet.post(address, {"weight_kg": "7000"}, follow=True)
    assert "Not recorded: Weight" in page(answer)


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.DIRECTOR, Role.ADMINISTRATOR])
def test_only_clinical_staff_observes(role: str) -> None:
    course = make_course()
    browser = sign_in(role)
    assert browser.get(observing(course)).status_code == 403
    assert browser.post(reverse("clinic:answer", args=[course.ref, "clinician"]), {}).status_code == 403


def test_the_observations_take_a_bounded_number_of_statements(django_assert_max_num_queries: Any) -> None:
    make_clinic()
    course = make_course()
    make_staff()
    tablet = sign_in()
    tablet.get(observing(course))
    with django_assert_max_num_queries(24):
        tablet.get(observing(course))
