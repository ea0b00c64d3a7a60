"""The questionnaire: which questions a course needs, by subject, and how far the answers have come."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from needlepoint import knowledge
from needlepoint.actions.access import NoSuchRecord
from needlepoint.actions.answers import InForce, answers_in_force, as_values
from needlepoint.actions.case import usual_setting
from needlepoint.core.case import Case
from needlepoint.core.questions import is_outdated, needed_questions
from needlepoint.core.terms import Patient as Person
from needlepoint.core.terms import Sex
from needlepoint.knowledge.answers import find_contradiction
from needlepoint.records.models import Clinic

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from needlepoint.core.questions import AskedOf, Question
    from needlepoint.records.models import Course

# A subject reaches from its first question to the first one of the next, in the order of the questions.
SUBJECTS: Final = (
    ("today", "Today", "fever_or_infection_now"),
    ("skin", "Your skin now", "skin_infection_areas"),
    ("skin-history", "Skin history", "eczema_kinds"),
    ("scars", "Scars and healing", "keloid_own"),
    ("blood", "Blood", "bleeding_disorder"),
    ("medicines", "Medicines", "isotretinoin_now"),
    ("illnesses", "Illnesses", "diabetes"),
    ("pregnancy", "Pregnancy", "pregnant"),
    ("procedures", "Earlier procedures", "botulinum_last"),
    ("allergies", "Allergies", "material_allergies"),
    ("numbing", "Numbing", "enzyme_conditions"),
    ("consent", "Consent and expectations", "consent"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question as it stands: its answer, whether that is of an earlier day, and whether it must be given anew.

    A question of every visit is asked anew each time: its earlier answer is shown beside it and never stands ticked.
    """

    question: Question
    answer: InForce | None
    outdated: bool
    earlier: bool

    @property
    def settled(self) -> bool:
        """Say whether nothing is left to do here."""
        return self.answer is not None and not self.outdated

    @property
    def anew(self) -> bool:
        """Say whether the answer in force may only be read, not kept with a tap."""
        return self.outdated and self.question.again == "every_visit"

    @property
    def words(self) -> str:
        """Give the answer as it is read; empty without one."""
        return in_words(self.question, self.answer.value) if self.answer else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One screen of the questionnaire."""

    id: str
    label: str
    asked: tuple[Asked, ...]

    @property
    def settled(self) -> int:
        """Give how many of its questions are settled."""
        return sum(asked.settled for asked in self.asked)

    @property
    def complete(self) -> bool:
        """Say whether all of them are."""
        return self.settled == len(self.asked)

    @property
    def earlier(self) -> bool:
        """Say whether some of its answers, good though they are, stem from an earlier day and may have changed."""
        return any(one.earlier and one.question.again == "when_changed" for one in self.asked)


@dataclass(frozen=True, slots=True, kw_only=True)
class Questionnaire:
    """All subjects that have something to ask, and what in the answers cannot all be true."""

    subjects: tuple[Subject, ...]
    contradiction: str | None
    contradicted: str | None

    @property
    def total(self) -> int:
        """Give how many questions are asked."""
        return sum(len(subject.asked) for subject in self.subjects)

    @property
    def settled(self) -> int:
        """Give how many are settled."""
        return sum(subject.settled for subject in self.subjects)

    @property
    def next(self) -> Subject | None:
        """Give the first subject that has something left, or nothing when all is done."""
        return next((subject for subject in self.subjects if not subject.complete), None)

    def subject(self, id_: str) -> Subject:
        """Give one subject.

        Raises
        ------
        NoSuchRecord
            When nothing is asked under this id.

        """
        for subject in self.subjects:
            if subject.id == id_:
                return subject
        raise NoSuchRecord("subject")

    def after(self, id_: str) -> Subject | None:
        """Give the subject that follows, or nothing after the last one."""
        ids = [subject.id for subject in self.subjects]
        following = self.subjects[ids.index(id_) + 1 :]
        return following[0] if following else None

    def before(self, id_: str) -> Subject | None:
        """Give the subject that precedes, or nothing before the first one."""
        place = [subject.id for subject in self.subjects].index(id_)
        return self.subjects[place - 1] if place else None


def questionnaire(course: Course, *, on: date, asked_of: AskedOf) -> Questionnaire:
    """Give the questions that a course needs answered by one side on a day, in five queries at most."""
    in_force = answers_in_force(course.patient, on=on)
    case = _case(course, in_force, on=on)
    asked = [
        Asked(
            question=question,
            answer=in_force.get(question.id) if question.id in case.answers else None,
            outdated=question.id in case.answers and is_outdated(question, case),
            earlier=question.id in case.answers and case.answer_day(question.id) < on,
        )
        for question in _asked_questions(case, usual_setting(course))
        if question.asked_of == asked_of
    ]
    contradiction = find_contradiction(
        case.answers,
        patient=case.patient,
        indication=case.indication.id,
        indication_group=case.indication.group,
    )
    return Questionnaire(
        subjects=tuple(_by_subject(asked)),
        contradiction=contradiction.because if contradiction else None,
        contradicted=contradiction.field.rpartition(".")[2] if contradiction else None,
    )


def subject_of(question: str) -> str:
    """Give the id of the subject a question belongs to."""
    order = list(knowledge.load().question)
    place = order.index(question)
    return [id_ for id_, _, first in SUBJECTS if order.index(first) <= place][-1]


def subject_label(question: str, *, asked_of: AskedOf) -> str:
    """Give what the subject of a question is called to the one who is asked."""
    subject = subject_of(question)
    if subject == "skin" and asked_of == "clinician":
        return "What the skin shows"
    return next(label for id_, label, _ in SUBJECTS if id_ == subject)


def _by_subject(asked: list[Asked]) -> Iterator[Subject]:
    for id_, label, _ in SUBJECTS:
        here = tuple(one for one in asked if subject_of(one.question.id) == id_)
        if here:
            yield Subject(id=id_, label=label, asked=here)


def _case(course: Course, in_force: Mapping[str, InForce], *, on: date) -> Case:
    known = knowledge.load().vocabulary
    patient = course.patient
    clinic = Clinic.objects.filter(id=1).first()
    return Case(
        on=on,
        patient=Person(birth_date=patient.birth_date, sex=Sex(patient.sex), fitzpatrick=patient.fitzpatrick or 0),
        indication=known.indications[course.indication],
        areas=known.expand(course.areas),
        answers=as_values(in_force, on=on, birth_date=patient.birth_date),
        answered_on={id_: answer.answered_on for id_, answer in in_force.items()},
        premises=clinic.premises if clinic else None,
    )


def _asked_questions(case: Case, setting: Mapping[str, Any]) -> tuple[Question, ...]:
    """Give every question that this case may need: with device and numbing as chosen last, or with any before that."""
    known = knowledge.load()
    names = known.vocabulary
    device = names.devices.get(setting.get("device") or "")
    numbing = setting["anaesthetic"] if "anaesthetic" in setting else next(iter(names.anaesthetics))
    numbed = replace(case, anaesthetic=names.anaesthetics.get(numbing or ""))
    of_devices = {named for question in known.questions for named in question.when.devices or ()}
    devices = [device] if device else [None, *(names.devices[id_] for id_ in sorted(of_devices))]
    cases = [replace(numbed, device=one) for one in devices]
    needed = {question.id for one in cases for question in needed_questions(one, known.questions)}
    return tuple(question for question in known.questions if question.id in needed)


def in_words(question: Question, value: object) -> str:
    """Give an answer as it is read: Yes, 3 May 2024, Cheeks and cheekbones; Forehead."""
    if value == "unknown":
        return "Not known"
    match question.kind:
        case "boolean":
            return "Yes" if value else "No"
        case "date_or_never":
            return "Never" if value == "never" else spoken_day(str(value))
        case "number":
            return f"{value:g} {question.unit or ''}".strip() if isinstance(value, int | float) else str(value)
        case "text":
            return str(value)
        case _:
            return _chosen_words(question, value)


def spoken_day(text: str) -> str:
    """Give an ISO day as it is said: 3 May 2024."""
    day = date.fromisoformat(text)
    return f"{day.day} {day:%B %Y}"


def _chosen_words(question: Question, value: object) -> str:
    known = knowledge.load().vocabulary
    names = {choice.id: choice.label for choice in question.choices}
    if question.kind == "areas":
        names = {
            **known.area_groups,
            **{area.id: area.label for area in known.areas.values()},
            "elsewhere": "Somewhere else on the body",
        }
    if isinstance(value, str):
        return names.get(value, value)
    chosen = [names.get(str(id_), str(id_)) for id_ in value] if isinstance(value, list) else []
    return "; ".join(chosen) or ("Nowhere" if question.kind == "areas" else "None of these")
