"""A patient, a course and the answers in force as the case that the rules look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from needlepoint import knowledge
from needlepoint.actions.answers import answers_in_force, as_values
from needlepoint.core.case import Case
from needlepoint.core.terms import Patient as Person
from needlepoint.core.terms import Sex
from needlepoint.knowledge.answers import check_answer, find_contradiction
from needlepoint.records.models import Clinic, Screening

if TYPE_CHECKING:
    from collections.abc import Mapping

    from needlepoint.actions.actor import Actor
    from needlepoint.records.models import Course, Patient, Plan

DEEPEST_MM: Final = 5  # what counts as a needling depth at all; it is not clinical


class NotDecidable(Exception):
    """The case cannot be put to the rules yet; `reasons` says in sentences what is in the way."""

    def __init__(self, *reasons: str) -> None:
        self.reasons = reasons
        super().__init__(" ".join(reasons))


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """How it is to be done: on which day, by whom, with what; `areas` other than those of the course, where given."""

    on: date
    operator: str
    device: str | None
    depth_mm: float | None = None
    anaesthetic: str | None = None
    areas: tuple[str, ...] | None = None


def usual_operator(by: Actor) -> str:
    """Give the professional role of whoever is signed in, empty when none is set."""
    return by.user.operator if by.user is not None else ""


def usual_setting(course: Course) -> dict[str, Any]:
    """Give device, depth and numbing product as screened last, or else as planned last."""
    last = Screening.objects.filter(course=course).only("case").first()
    if last is not None:
        return {name: last.case.get(name) for name in ("device", "depth_mm", "anaesthetic")}
    plan = course.plans.only("request", "result").first()
    return _planned(plan) if plan is not None else {}


def _planned(plan: Plan) -> dict[str, Any]:
    areas = plan.result.get("areas", [])
    return {
        "device": areas[0]["device"] if areas else None,
        "depth_mm": max((area["depth_mm"] for area in areas), default=None),
        "anaesthetic": plan.request.get("anaesthetic"),
    }


def lacking(course: Course) -> tuple[str, ...]:
    """Give what must be recorded before any case of this course can be put to the rules."""
    return tuple(_lacking(course.patient, course, Clinic.objects.filter(id=1).first()))


def _lacking(patient: Patient, course: Course, clinic: Clinic | None) -> list[str]:
    reasons = []
    if patient.fitzpatrick is None:
        reasons.append("The skin type (Fitzpatrick I to VI) is not recorded.")
    if not course.areas:
        reasons.append("No area is chosen for this course.")
    if clinic is None:
        reasons.append("The clinic and its place are not set up.")
    return reasons


def document_of(course: Course, setting: Setting) -> dict[str, Any]:
    """Give the case as the contract writes it, out of what is recorded up to the day.

    Raises
    ------
    NotDecidable
        Something the rules need is not recorded, or a choice is not one of the vocabulary.

    """
    patient, clinic = course.patient, Clinic.objects.filter(id=1).first()
    reasons = [*_lacking(patient, course, clinic), *_unknown(setting)]
    if reasons or clinic is None:
        raise NotDecidable(*reasons)
    kept = answers_in_force(patient, on=setting.on)
    # An answer that its question does not allow any more is as good as none, and so becomes one that is missing.
    answers = {id_: kept[id_] for id_ in as_values(kept, on=setting.on, birth_date=patient.birth_date)}
    return {
        "on": setting.on.isoformat(),
        "premises": clinic.premises,
        "operator": setting.operator,
        "device": setting.device,
        "indication": course.indication,
        "areas": list(course.areas if setting.areas is None else setting.areas),
        **({} if setting.depth_mm is None else {"depth_mm": setting.depth_mm}),
        "anaesthetic": setting.anaesthetic,
        "patient": {
            "birth_date": patient.birth_date.isoformat(),
            "sex": patient.sex,
            "fitzpatrick": patient.fitzpatrick,
            **({} if patient.weight_kg is None else {"weight_kg": patient.weight_kg}),
            **({} if patient.height_cm is None else {"height_cm": patient.height_cm}),
        },
        "answers": {question: given.value for question, given in answers.items()},
        "answered_on": {question: given.answered_on.isoformat() for question, given in answers.items()},
    }


def _unknown(setting: Setting) -> list[str]:
    names = knowledge.load().vocabulary
    reasons = []
    if setting.operator not in names.operators:
        reasons.append("Choose who needles.")
    if setting.device is not None and setting.device not in names.devices:
        reasons.append("Choose a device of the list.")
    if setting.anaesthetic is not None and setting.anaesthetic not in names.anaesthetics:
        reasons.append("Choose a numbing product of the list, or none.")
    if setting.areas is not None and not set(setting.areas) <= names.members.keys():
        reasons.append("Choose areas of the list.")
    if setting.areas == ():
        reasons.append("Choose at least one area.")
    if setting.depth_mm is not None and not 0 < setting.depth_mm <= DEEPEST_MM:
        reasons.append(f"The depth must lie above 0 and not above {DEEPEST_MM} mm.")
    return reasons


def case_of(document: Mapping[str, Any]) -> Case:
    """Give the case of a document as the core reads it.

    Raises
    ------
    NotDecidable
        The answers contradict each other or the case.

    """
    known = knowledge.load()
    names = known.vocabulary
    on = date.fromisoformat(document["on"])
    patient = _person(document["patient"])
    indication = names.indications[document["indication"]]
    answers = MappingProxyType(
        {
            id_: check_answer(known.question[id_], raw, on=on, birth_date=patient.birth_date)
            for id_, raw in document["answers"].items()
        }
    )
    fault = find_contradiction(answers, patient=patient, indication=indication.id, indication_group=indication.group)
    if fault is not None:
        raise NotDecidable(f"Two answers contradict each other: {fault.because}")
    return Case(
        on=on,
        patient=patient,
        premises=document["premises"],
        operator=document["operator"],
        device=names.devices[document["device"]] if document["device"] else None,
        indication=indication,
        areas=names.expand(document["areas"]),
        depth_mm=document.get("depth_mm"),
        anaesthetic=names.anaesthetics[document["anaesthetic"]] if document["anaesthetic"] else None,
        answers=answers,
        answered_on=MappingProxyType({id_: date.fromisoformat(day) for id_, day in document["answered_on"].items()}),
    )


def _person(values: Mapping[str, Any]) -> Person:
    return Person(
        birth_date=date.fromisoformat(values["birth_date"]),
        sex=Sex(values["sex"]),
        fitzpatrick=values["fitzpatrick"],
        weight_kg=values.get("weight_kg"),
        height_cm=values.get("height_cm"),
    )
