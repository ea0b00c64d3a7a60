"""The chart of a course: opening it, and what its header shows on every page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Subquery

from needlepoint import knowledge
from needlepoint.actions import access, audit, consent
from needlepoint.actions.access import Act, NoSuchRecord
from needlepoint.actions.screening import standing
from needlepoint.core.terms import Patient as Person
from needlepoint.core.terms import Sex, Verdict
from needlepoint.records.models import (
    Alert,
    Answer,
    ConsentPart,
    Course,
    Photograph,
    Plan,
    ScaleScore,
    Screening,
    SelfCheck,
    TreatmentSession,
)

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from needlepoint.actions.actor import Actor
    from needlepoint.actions.screening import Standing
    from needlepoint.records.models import Patient

GRAVE: Final = frozenset({Verdict.CONTRAINDICATED, Verdict.REFER})
FLAGS_SHOWN: Final = 4
FACE_VIEW: Final = "front"
SCREENED: Final = {
    Verdict.CLEAR: "done",
    Verdict.CAUTION: "caution",
    Verdict.AVOID_AREA: "caution",
    Verdict.ASK: "open",
}
SAID: Final = {
    Verdict.CONTRAINDICATED: "must not be done",
    Verdict.DEFER: "not now",
    Verdict.REFER: "a physician decides",
    Verdict.ASK: "questions open",
    Verdict.AVOID_AREA: "leave areas out",
    Verdict.CAUTION: "with care",
    Verdict.CLEAR: "nothing against it",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One station of the course: `state` is open, done, caution or stop; `note` says it in a word or two."""

    id: str
    label: str
    state: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartHeader:
    """What stands above every page of a chart."""

    course: Course
    patient: Patient
    initials: str
    face: UUID | None
    age: int
    indication: str
    areas: str
    allergies: str
    flags: tuple[str, ...]
    more_flags: int
    alerts: int
    consent: str
    consent_state: str
    steps: tuple[Step, ...]

    @property
    def next(self) -> str:
        """Give the id of the first station that is not done; empty when all are."""
        return next((step.id for step in self.steps if step.state not in ("done", "caution")), "")


def find_course(ref: UUID) -> Course:
    """Give the course with its patient.

    Raises
    ------
    NoSuchRecord
        When there is none under this reference.

    """
    course = Course.objects.select_related("patient").filter(ref=ref).first()
    if course is None:
        raise NoSuchRecord("course")
    return course


@transaction.atomic
def read_course(ref: UUID, *, by: Actor, at: datetime) -> Course:
    """Give the course with its patient, and record that its chart was read."""
    access.require(Act.READ_CHART, by=by)
    course = find_course(ref)
    audit.record("read_chart", by=by, at=at, patient=course.patient, subject=course)
    return course


def age_of(patient: Patient, *, on: date) -> int:
    """Give completed years on a day."""
    person = Person(birth_date=patient.birth_date, sex=Sex(patient.sex), fitzpatrick=patient.fitzpatrick or 0)
    return person.age_on(on)


def initials_of(patient: Patient) -> str:
    """Give the first letters of given and family name."""
    return f"{patient.given_name[:1]}{patient.family_name[:1]}".upper()


def header(course: Course, *, on: date) -> ChartHeader:
    """Give the header of a chart on a day, in seven queries at most however long the course has run."""
    patient = course.patient
    vocabulary = knowledge.load().vocabulary
    marked = _marks(course)
    screening = Screening.objects.filter(course=course).first()
    plan = Plan.objects.filter(course=course).select_related("adoption").first()
    agreed = consent.in_force(course)
    alerts = Alert.objects.filter(patient=patient, handled_at__isnull=True).count()
    now = standing(screening) if screening else None
    flags = _flags(now)
    indication = vocabulary.indications.get(course.indication)
    return ChartHeader(
        course=course,
        patient=patient,
        initials=initials_of(patient),
        face=marked["face"] if agreed.allows(ConsentPart.RECORD_PHOTO) else None,
        age=age_of(patient, on=on),
        indication=indication.label if indication else course.indication,
        areas=", ".join(vocabulary.areas[area].label for area in course.areas if area in vocabulary.areas),
        allergies=patient.allergies,
        flags=flags[:FLAGS_SHOWN],
        more_flags=max(0, len(flags) - FLAGS_SHOWN),
        alerts=alerts,
        consent=agreed.words,
        consent_state=agreed.state,
        steps=(
            Step(id="questions", label="Consultation", **_mark(marked["answered"], "answers given")),
            Step(id="screening", label="Screening", **_screened(screening, now, on)),
            Step(id="plan", label="Plan", **_planned(plan)),
            Step(id="consent", label="Consent", state=agreed.state, note=agreed.words),
            Step(id="sessions", label="Session", **_treated(marked)),
            Step(id="photos", label="Photos", **_mark(marked["photographed"], "taken")),
            Step(id="followup", label="Follow-up", **_mark(marked["checked"], "reported")),
            Step(id="outcome", label="Outcome", **_mark(marked["graded"], "graded")),
        ),
    )


def _marks(course: Course) -> dict[str, Any]:
    """Give in one query which stations have been visited, and the newest photograph of the face from the front."""
    here = {"course": OuterRef("pk")}
    sessions = TreatmentSession.objects.filter(**here, struck_at__isnull=True)
    fronts = Photograph.objects.filter(**here, view=FACE_VIEW).order_by("-taken_on", "-id")
    found = (
        Course.objects.filter(pk=course.pk)
        .annotate(
            answered=Exists(Answer.objects.filter(patient=OuterRef("patient"))),
            treated=Exists(sessions),
            signed=Exists(sessions.filter(signed_at__isnull=False)),
            photographed=Exists(Photograph.objects.filter(**here)),
            checked=Exists(SelfCheck.objects.filter(session__course=OuterRef("pk"))),
            graded=Exists(ScaleScore.objects.filter(**here)),
            face=Subquery(fronts.values("ref")[:1]),
        )
        .values("answered", "treated", "signed", "photographed", "checked", "graded", "face")
    )
    return dict(found[0])


def _mark(done: bool, word: str) -> dict[str, str]:
    return {"state": "done", "note": word} if done else {"state": "open", "note": ""}


def _treated(marked: dict[str, Any]) -> dict[str, str]:
    if marked["signed"]:
        return {"state": "done", "note": "signed"}
    return {"state": "open", "note": "under way" if marked["treated"] else ""}


def _screened(screening: Screening | None, now: Standing | None, on: date) -> dict[str, str]:
    if screening is None or now is None:
        return {"state": "open", "note": ""}
    note = SAID[now.verdict] + (" after override" if now.overridden else "")
    return {
        "state": SCREENED.get(now.verdict, "stop"),
        "note": note if screening.on == on else f"{note}, {screening.on.day} {screening.on:%b %Y}",
    }


def _planned(plan: Plan | None) -> dict[str, str]:
    if plan is None:
        return {"state": "open", "note": ""}
    adopted = hasattr(plan, "adoption")
    return {"state": "done" if adopted else "open", "note": "adopted" if adopted else "draft"}


def _flags(now: Standing | None) -> tuple[str, ...]:
    """Give the grave findings in a few words each; one that was overridden stays in sight and says so."""
    if now is None:
        return ()
    cards = knowledge.load().cards
    words = []
    for state in now.findings:
        if state.verdict not in GRAVE:
            continue
        title = cards[state.card].title if state.card in cards else state.card.replace("_", " ")
        words.append(title if state.stands else f"{title} (overridden)")
    return tuple(dict.fromkeys(words))
