"""The cast: the clinic, its staff, a patient and a course, each made by one plain function."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.test import Client

from needlepoint.actions.actor import Actor
from needlepoint.actions.screening import screen_course
from needlepoint.records.models import (
    Answer,
    Clinic,
    Consent,
    ConsentPart,
    ConsentText,
    Course,
    Patient,
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
    text, _ = ConsentText.objects.get_or_create(
        version=1, defaults={"title": "Consent", "body": {}, "sha256": "c" * 64, "at": at}
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
