"""Saving answers one by one, and what the questionnaire makes of them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from needlepoint import knowledge
from needlepoint.actions import answers, links, questionnaire
from needlepoint.actions.access import NoSuchRecord, NotPermitted
from needlepoint.actions.actor import Actor
from needlepoint.knowledge.answers import AnswerError
from needlepoint.records.models import Answer, AuditEvent, Patient, Role
from tests.people import NOW, TODAY, actor, make_clinic, make_course, make_patient

pytestmark = pytest.mark.django_db


def by_link(patient: Patient) -> Actor:
    link, _ = links.invite(patient, course=None, by=actor(), at=NOW)
    return Actor(link=link)


def save(patient: Patient, question: str, raw: Any, *, by: Actor, on: date = TODAY) -> Answer:
    return answers.save_answer(patient, question, raw, by=by, at=NOW, on=on)


def test_the_newest_answer_up_to_a_day_is_in_force() -> None:
    patient, by = make_patient(), actor()
    save(patient, "diabetes", False, by=by, on=TODAY - timedelta(days=3))
    save(patient, "diabetes", True, by=by)
    assert answers.answers_in_force(patient, on=TODAY)["diabetes"].value is True
    assert answers.answers_in_force(patient, on=TODAY - timedelta(days=1))["diabetes"].value is False


def test_an_answer_taken_back_is_not_in_force_and_its_row_stays() -> None:
    patient, by = make_patient(), actor()
    save(patient, "diabetes", True, by=by)
    answers.take_back(patient, "diabetes", by=by, at=NOW, on=TODAY)
    assert "diabetes" not in answers.answers_in_force(patient, on=TODAY)
    assert Answer.objects.count() == 2


def test_the_same_answer_sent_twice_is_one_row() -> None:
    patient, by = make_patient(), actor()
    save(patient, "medicines", ["other_medicine"], by=by)
    save(patient, "medicines", ["other_medicine"], by=by)
    assert Answer.objects.count() == 1


def test_the_same_answer_on_a_later_day_is_given_anew() -> None:
    patient, by = make_patient(), actor()
    save(patient, "diabetes", False, by=by, on=TODAY - timedelta(days=1))
    save(patient, "diabetes", False, by=by)
    assert answers.answers_in_force(patient, on=TODAY)["diabetes"].answered_on == TODAY


@pytest.mark.parametrize(
    ("question", "raw", "klass"),
    [
        ("diabetes", 1, "wrong_type"),
        ("diabetes", "true", "wrong_type"),
        ("diabetes", None, "wrong_type"),
        ("smoking", "a pipe", "unknown_id"),
        ("medicines", ["other_medicine", "other_medicine"], "duplicate_item"),
        ("irradiated_areas", ["knee"], "unknown_area"),
        ("chemo_last", "2026-11-25", "future_date"),
        ("chemo_last", "1980-01-01", "impossible_date"),
        ("chemo_last", "30 February", "impossible_date"),
        ("hba1c_percent", 400, "out_of_range"),
        ("hba1c_percent", float("nan"), "not_finite"),
    ],
)
def test_a_value_that_is_not_allowed_is_refused_and_changes_nothing(question: str, raw: Any, klass: str) -> None:
    patient = make_patient()
    with pytest.raises(AnswerError) as refused:
        save(patient, question, raw, by=actor())
    assert refused.value.klass == klass
    assert not Answer.objects.exists()


def test_unknown_is_an_answer_to_every_question() -> None:
    patient, by = make_patient(), actor()
    for question in knowledge.load().question:
        save(patient, question, "unknown", by=by)
    assert set(answers.answers_in_force(patient, on=TODAY)) == set(knowledge.load().question)


def test_a_patient_answers_own_questions_by_link() -> None:
    patient = make_patient()
    row = save(patient, "diabetes", True, by=by_link(patient))
    assert row.link is not None
    assert answers.answers_in_force(patient, on=TODAY)["diabetes"].by_patient
    assert AuditEvent.objects.filter(act="answer", patient=patient).count() == 1


def test_a_patient_cannot_answer_the_clinicians_questions_nor_anothers() -> None:
    patient = make_patient()
    with pytest.raises(NotPermitted):
        save(patient, "wart_areas", [], by=by_link(patient))
    with pytest.raises(NotPermitted):
        save(make_patient(given_name="Other"), "diabetes", True, by=by_link(patient))
    assert not Answer.objects.exists()


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.DIRECTOR, Role.ADMINISTRATOR])
def test_only_clinical_staff_answers_for_a_patient(role: str) -> None:
    with pytest.raises(NotPermitted):
        save(make_patient(), "diabetes", True, by=actor(role))


def test_an_unknown_question_is_not_found() -> None:
    with pytest.raises(NoSuchRecord):
        save(make_patient(), "shoe_size", 43, by=actor())


def test_the_database_refuses_to_change_an_answer() -> None:
    row = save(make_patient(), "diabetes", True, by=actor())
    row.value = False
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        row.save()


def test_every_question_belongs_to_one_subject_in_its_order() -> None:
    subjects = [questionnaire.subject_of(id_) for id_ in knowledge.load().question]
    order = [id_ for id_, _, _ in questionnaire.SUBJECTS]
    assert subjects == sorted(subjects, key=order.index)
    assert set(subjects) == set(order)


def ids(asked: questionnaire.Questionnaire) -> set[str]:
    return {one.question.id for subject in asked.subjects for one in subject.asked}


def test_only_questions_the_course_needs_are_asked() -> None:
    course = make_course(areas=["abdomen"], indication="stretch_marks")
    here = ids(questionnaire.questionnaire(course, on=TODAY, asked_of="patient"))
    assert "striae_formed" in here
    assert "enzyme_conditions" in here  # numbing is chosen later, so its questions are asked before
    assert not here & {"cold_sore_ever", "scar_formed", "wart_areas"}
    assert "flat_mole_areas" in ids(questionnaire.questionnaire(course, on=TODAY, asked_of="clinician"))


def test_a_man_is_not_asked_about_pregnancy() -> None:
    course = make_course(make_patient(sex="male"))
    assert "pregnant" not in ids(questionnaire.questionnaire(course, on=TODAY, asked_of="patient"))


def test_a_question_behind_another_appears_with_its_answer() -> None:
    patient = make_patient()
    course = make_course(patient)
    assert "isotretinoin_last_dose" not in ids(questionnaire.questionnaire(course, on=TODAY, asked_of="patient"))
    save(patient, "isotretinoin_now", False, by=actor())
    assert "isotretinoin_last_dose" in ids(questionnaire.questionnaire(course, on=TODAY, asked_of="patient"))


def test_an_answer_for_every_visit_is_asked_again_on_the_next_day() -> None:
    patient = make_patient()
    course = make_course(patient)
    save(patient, "fever_or_infection_now", False, by=actor(), on=TODAY - timedelta(days=1))
    save(patient, "diabetes", False, by=actor(), on=TODAY - timedelta(days=1))
    asked = {
        one.question.id: one
        for subject in questionnaire.questionnaire(course, on=TODAY, asked_of="patient").subjects
        for one in subject.asked
    }
    assert asked["fever_or_infection_now"].outdated
    assert not asked["fever_or_infection_now"].settled
    assert asked["diabetes"].settled


def test_answers_that_cannot_both_be_true_are_named() -> None:
    patient = make_patient()
    course = make_course(patient)
    save(patient, "heart_lung_blood", ["pacemaker_or_defibrillator"], by=actor())
    save(patient, "implanted_device_areas", [], by=actor())
    asked = questionnaire.questionnaire(course, on=TODAY, asked_of="patient")
    assert asked.contradicted == "implanted_device_areas"
    assert asked.contradiction is not None


@pytest.mark.parametrize("rows", [1, 60])
def test_the_questionnaire_takes_four_queries_however_often_answers_changed(
    rows: int, django_assert_num_queries: Any
) -> None:
    make_clinic()
    course = make_course()
    for place in range(rows):
        save(course.patient, "diabetes", bool(place % 2), by=actor())
    with django_assert_num_queries(4):
        questionnaire.questionnaire(course, on=TODAY, asked_of="patient")
