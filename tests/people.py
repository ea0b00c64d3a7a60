"""The cast: the clinic, its staff, a patient and a course, each made by one plain function."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.test import Client

from needlepoint import knowledge
from needlepoint.actions import measures_use
from needlepoint.actions.actor import Actor
from needlepoint.actions.consent_document import sha256_of
from needlepoint.actions.plan import plan_course
from needlepoint.actions.screening import screen_course
from needlepoint.knowledge.consent import read_first_text
from needlepoint.knowledge.measures_use import read_use_text
from needlepoint.records.models import (
    Answer,
    Cartridge,
    Clinic,
    Consent,
    ConsentPart,
    ConsentText,
    Course,
    Lot,
    Patient,
    Plan,
    PlanAdoption,
    Role,
    Screening,
    TreatmentSession,
    User,
)

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)

NAMES = {
    Role.FRONT_DESK: ("Fran", "Desk", ""),
    Role.THERAPIST: ("Tess", "Therapist", "nurse"),
    Role.PHYSICIAN: ("Phil", "Physician", "physician"),
    Role.DIRECTOR: ("Dora", "Director", ""),
    Role.ADMINISTRATOR: ("Adam", "Administrator", ""),
}


def make_clinic(**fields: Any) -> Clinic:
    return Clinic.objects.update_or_create(
        id=1,
        defaults={
            "name": "Clinic of the tests",
            "premises": "DE",
            "address": "1 Test Street",
            "telephone": "+49 30 0000",
            "out_of_hours": "Call 112 in an emergency.",
            **fields,
        },
    )[0]


def make_staff(role: str = Role.THERAPIST, *, username: str | None = None, **fields: Any) -> User:
    given, family, operator = NAMES[Role(role)]
    name = username or str(role)
    return User.objects.filter(username=name).first() or User.objects.create_user(
        name,
        password="a long password of the tests",
        **{"first_name": given, "last_name": family, "role": role, "operator": operator, **fields},
    )


def actor(role: str = Role.THERAPIST, **fields: Any) -> Actor:
    return Actor(user=make_staff(role, **fields))


def switch_measures_on() -> None:
    measures_use.switch_on(confirmed_sha256=read_use_text().sha256, by=actor(Role.DIRECTOR), at=NOW)


def make_patient(**fields: Any) -> Patient:
    return Patient.objects.create(
        **{
            "given_name": "Paula",
            "family_name": "Example",
            "birth_date": date(1981, 5, 17),
            "sex": "female",
            "email": "paula@example.org",
            "telephone": "+49 30 1234",
            "fitzpatrick": 2,
            "weight_kg": 68.0,
            "height_cm": 170.0,
            "synthetic": True,
            "created_at": NOW,
            "created_by": fields.pop("by", None) or make_staff(Role.FRONT_DESK),
            **fields,
        }
    )


def make_course(patient: Patient | None = None, **fields: Any) -> Course:
    return Course.objects.create(
        **{
            "patient": patient or make_patient(),
            "indication": "acne_scars",
            "areas": ["cheeks"],
            "opened_at": NOW,
            "opened_by": make_staff(Role.THERAPIST),
            **fields,
        }
    )


def sign_in(role: str = Role.THERAPIST, **fields: Any) -> Client:
    """A browser in which a member of staff of this role is signed in."""
    client = Client()
    client.force_login(make_staff(role, **fields), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


HARMLESS = json.loads((Path(__file__).parent / "cli" / "data" / "complete_case.json").read_text())["answers"]


def answer_all(patient: Patient, *, on: date = TODAY, at: datetime = NOW - timedelta(hours=1), **other: Any) -> None:
    """Answer every question so that nothing speaks against the roller on cheeks and forehead, except what is given."""
    Answer.objects.bulk_create(
        Answer(patient=patient, question=id_, value=value, answered_on=on, at=at, by=make_staff(Role.THERAPIST))
        for id_, value in {**HARMLESS, **other}.items()
        if value is not None
    )


def make_screening(course: Course | None = None, **changes: Any) -> Screening:
    """Screen a course of facial wrinkles with the roller; by default every answer is given and harmless."""
    make_clinic()
    if course is None:
        course = make_course(indication="facial_wrinkles", areas=["cheeks", "forehead"])
        answer_all(course.patient, **changes.pop("answers", {}))
    setting = {"device": "dermaroller_192_0_5", "operator": "physician", "depth_mm": 0.5, "anaesthetic": None}
    return screen_course(course, **{"on": TODAY, "by": actor(), "at": NOW, **setting, **changes})


def make_consent(course: Course, *, at: datetime = NOW - timedelta(days=60), **parts: bool) -> Consent:
    """A signed consent of the course; to every part, except what is given as False."""
    agreed = {**dict.fromkeys(ConsentPart.values, True), **parts}
    first = read_first_text(knowledge.load().rows.keys())
    sealed = sha256_of({"title": first.title, "body": first.body})
    text, _ = ConsentText.objects.get_or_create(
        version=1, defaults={"title": first.title, "body": first.body, "sha256": sealed, "at": at}
    )
    return Consent.objects.create(
        course=course, text=text, parts=agreed, treatment=agreed["treatment"], signature_kind="typed",
        signature=str(course.patient), signed_name=str(course.patient), on=at.date(), at=at,
        by=make_staff(Role.THERAPIST), pdf_sha256="d" * 64,
    )  # fmt: skip


def make_session(course: Course, *, on: date = TODAY, **fields: Any) -> TreatmentSession:
    """A session that a physician allowed without its pre-conditions, so that it needs nothing else."""
    return TreatmentSession.objects.create(
        **{
            "course": course,
            "on": on,
            "exception_by": make_staff(Role.PHYSICIAN),
            "exception_reason": "a session of the tests",
            "therapist": make_staff(Role.THERAPIST),
            "opened_at": datetime(on.year, on.month, on.day, 10, 0, tzinfo=UTC),
            **fields,
        }
    )


ROLLER = "dermaroller_192_0_5"
CREAM = "lidocaine_4"
HARMLESS_FOR_NUMBING: dict[str, Any] = {
    "enzyme_conditions": [],
    "other_anaesthetic_last_24h": [],
    "shaved_last_24h": False,
    "anaesthetic_safeguards": ["prescriber_on_record", "trained_observer", "applied_in_clinic"],
}
LIMITS = {
    "product": CREAM, "max_g": 20.0, "max_mg": None, "max_area_cm2": 400.0, "max_minutes": 60.0,
    "apply_before_min": 30.0, "blocked_by": [],
}  # fmt: skip


def make_plan(course: Course, *, numbing: bool = False, at: datetime = NOW, adopted: bool = True, **line: Any) -> Plan:
    """A plan of the course's areas with the roller; every area alike, except what is given."""
    common = {"device": ROLLER, "depth_mm": 0.5, "depth_ceiling_mm": 0.5, "passes": 4, "area_cm2": 60.0,
              "density_per_cm2": 240.0, "minutes": 5.0, **line}  # fmt: skip
    result = {
        "areas": [{"area": area, **common} for area in course.areas],
        "total_minutes": 10.0, "sessions": 3, "interval_days": 28, "anaesthetic": LIMITS if numbing else None,
        "warnings": [], "missing": [], "knowledge_digest": "e" * 64,
        "preparation": [{"card": "before_acids", "evidence": ["pr-retinoid-stop"], "from_hours": -72, "to_hours": 0,
                         "text": "Leave acids off."}],
        "aftercare": [{"card": "after_sun", "evidence": ["pr-sun"], "from_hours": 0, "to_hours": 72,
                       "text": "Keep out of the sun for three days."}],
    }  # fmt: skip
    physician = make_staff(Role.PHYSICIAN)
    plan = Plan.objects.create(
        course=course, on=at.date(), request={"anaesthetic": CREAM if numbing else None}, result=result,
        digest="e" * 64, by=physician, at=at,
    )  # fmt: skip
    if adopted:
        PlanAdoption.objects.create(plan=plan, by=physician, at=at)
    return plan


def make_treatable(*, numbing: bool = False, course: Course | None = None) -> Course:
    """A course that a session may be opened for at noon: screened today, planned, consent signed."""
    if numbing:
        course = course or make_course(indication="facial_wrinkles", areas=["cheeks", "forehead"])
        answer_all(course.patient, **HARMLESS_FOR_NUMBING)
        make_screening(course, anaesthetic=CREAM)
    else:
        course = make_screening(course).course
    make_plan(course, numbing=numbing)
    make_consent(course)
    return course


def make_lot(product: str = ROLLER, *, number: str = "A100", units: int = 5, **fields: Any) -> Lot:
    """A lot in stock that is good for another year."""
    kind = "anaesthetic" if product == CREAM else "roller" if "roller" in product else "cartridge"
    lot = Lot.objects.create(
        **{"kind": kind, "product": product, "number": number, "expires_on": TODAY + timedelta(days=365), **fields}
    )
    if kind != "anaesthetic":
        Cartridge.objects.bulk_create(Cartridge(lot=lot, unit=f"{place:03d}") for place in range(1, units + 1))
    return lot


def compute_plan(course: Course | None = None, **changes: Any) -> Plan:
    """Plan a course of facial wrinkles; by default the program chooses the device."""
    make_clinic()
    course = course or make_course(indication="facial_wrinkles", areas=["cheeks", "forehead"])
    return plan_course(course, **{"on": TODAY, "operator": "physician", "by": actor(), "at": NOW, **changes})
