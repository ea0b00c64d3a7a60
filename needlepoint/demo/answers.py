"""How a healthy person would answer every question, so that each demo patient differs in just what matters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from needlepoint.actions import answers
from needlepoint.actions.questionnaire import questionnaire

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from needlepoint.actions.actor import Actor
    from needlepoint.core.questions import AskedOf
    from needlepoint.records.models import Course

_PLAIN: Final[Mapping[str, Any]] = {
    "boolean": False,
    "multichoice": [],
    "areas": [],
    "date_or_never": "never",
}
_CHOSEN: Final[Mapping[str, Any]] = {
    "antiviral_plan": "considered_not_needed",
    "changing_lesion": "no",
    "smoking": "no",
    "liver_disease": "no",
    "numbing_cream_today": "no",
    "consent": "valid",
    "bdd_screen": "negative",
    "emergency_equipment": ["adrenaline_kit", "oxygen", "seizure_plan"],
    "operator_record": ["device_training_24_months", "life_support", "medical_training", "physician_named",
                        "physician_on_site"],
    "anaesthetic_safeguards": ["applied_in_clinic", "trained_observer", "prescriber_on_record"],
}  # fmt: skip


def answer_all(
    course: Course, *, patient: Actor | None, clinician: Actor | None, on: date, at: datetime, **told: Any
) -> None:
    """Answer what this course needs, as a healthy person would except where told otherwise.

    Questions of the patient are answered through the private link, those of the clinician by the member of staff;
    whoever is not given does not answer. Several rounds, because an answer can make another question needed.
    """
    turns: tuple[tuple[AskedOf, Actor | None], ...] = (
        ("patient", patient),
        ("clinician", clinician),
        ("patient", patient),
    )
    for asked_of, by in turns:
        if by is not None:
            _round(course, asked_of=asked_of, by=by, on=on, at=at, told=told)


def _round(course: Course, *, asked_of: AskedOf, by: Actor, on: date, at: datetime, told: Mapping[str, Any]) -> None:
    for _ in range(3):
        asked = questionnaire(course, on=on, asked_of=asked_of)
        if asked.settled == asked.total:
            return
        for open_ in (one for subject in asked.subjects for one in subject.asked if not one.settled):
            question = open_.question
            value = told.get(question.id, _CHOSEN.get(question.id, _PLAIN.get(question.kind)))
            if value is not None:
                answers.save_answer(course.patient, question.id, value, by=by, at=at, on=on)
