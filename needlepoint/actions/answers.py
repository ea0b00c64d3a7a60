"""Answers to the screening questions: each save is a row of its own, the newest one is in force."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Max

from needlepoint import knowledge
from needlepoint.actions import access, audit
from needlepoint.actions.access import Act, NotPermitted
from needlepoint.knowledge.answers import AnswerError, check_answer
from needlepoint.records.models import Answer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from needlepoint.actions.actor import Actor
    from needlepoint.core.questions import Question
    from needlepoint.core.terms import Value
    from needlepoint.records.models import Patient


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """The answer in force: the JSON value as it was given, its day, when it was saved and by whom."""

    value: Any
    answered_on: date
    at: datetime
    by_patient: bool


def answers_in_force(patient: Patient, *, on: date) -> Mapping[str, InForce]:
    """Give the newest answer to each question up to a day, in one query; answers taken back are left out."""
    given = Answer.objects.filter(patient=patient, answered_on__lte=on)
    newest = given.values("question").annotate(newest=Max("id")).values("newest")
    return {
        row.question: InForce(
            value=row.value, answered_on=row.answered_on, at=row.at, by_patient=row.link_id is not None
        )
        for row in Answer.objects.filter(id__in=newest).order_by("id")
        if row.value is not None
    }


def stamp(patient: Patient) -> int:
    """Give a number that rises with every answer saved, so that two devices can tell whether they show the same."""
    return Answer.objects.filter(patient=patient).aggregate(newest=Max("id"))["newest"] or 0


def as_values(in_force: Mapping[str, InForce], *, on: date, birth_date: date) -> dict[str, Value]:
    """Give the answers as the rules read them; one that is no longer allowed counts as not given."""
    questions = knowledge.load().question
    values: dict[str, Value] = {}
    for id_, answer in in_force.items():
        if id_ not in questions:
            continue
        try:
            values[id_] = check_answer(questions[id_], answer.value, on=on, birth_date=birth_date)
        except AnswerError:
            continue
    return values


def find_question(id_: str) -> Question:
    """Give the question.

    Raises
    ------
    NoSuchRecord
        When there is no question of this id.

    """
    question = knowledge.load().question.get(id_)
    if question is None:
        raise access.NoSuchRecord("question")
    return question


@transaction.atomic
def save_answer(patient: Patient, question: str, raw: Any, *, by: Actor, at: datetime, on: date) -> Answer:
    """Save one answer as given on a day; the same answer again on the same day adds nothing.

    Raises
    ------
    AnswerError
        When the question does not allow the value; the answer before it stays in force.
    NotPermitted
        When the actor may not answer this question for this patient.

    """
    asked = find_question(question)
    _require(asked, patient, by=by)
    check_answer(asked, raw, on=on, birth_date=patient.birth_date)
    return _add(patient, question, raw, by=by, at=at, on=on)


@transaction.atomic
def take_back(patient: Patient, question: str, *, by: Actor, at: datetime, on: date) -> Answer:
    """Take an answer back: the question counts as not answered again, the earlier rows stay."""
    _require(find_question(question), patient, by=by)
    return _add(patient, question, None, by=by, at=at, on=on)


def _require(question: Question, patient: Patient, *, by: Actor) -> None:
    if by.link is None:
        access.require(Act.ANSWER, by=by)
        return
    access.require(Act.OWN_PAGES, by=by)
    if by.link.patient_id != patient.pk or question.asked_of != "patient":
        raise NotPermitted(Act.ANSWER, by.role)


def _add(patient: Patient, question: str, value: Any, *, by: Actor, at: datetime, on: date) -> Answer:
    newest = Answer.objects.filter(patient=patient, question=question).order_by("-id").first()
    if newest is not None and newest.answered_on == on and _same(newest.value, value):
        return newest
    row = Answer.objects.create(
        patient=patient, question=question, value=value, answered_on=on, at=at, by=by.user, link=by.link
    )
    audit.record("answer" if value is not None else "take_back_answer", by=by, at=at, patient=patient,
                 subject=row, question=question)  # fmt: skip
    return row


def _same(one: object, other: object) -> bool:
    """Say whether two JSON values are the same, with true and 1 told apart."""
    return type(one) is type(other) and one == other
