"""The chart's header, on the page that shows where a course stands."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.urls import reverse

from needlepoint.actions import chart
from needlepoint.records.models import AuditEvent, ConsentWithdrawal, Role, TreatmentSession
from tests.people import (
    NOW,
    TODAY,
    answer_all,
    make_consent,
    make_course,
    make_patient,
    make_screening,
    make_staff,
    sign_in,
)

pytestmark = pytest.mark.django_db


def test_the_header_names_patient_age_allergies_skin_type_and_stations() -> None:
    course = make_course(make_patient(allergies="Latex"))
    page = sign_in().get(reverse("clinic:course", args=[course.ref])).content.decode()
    for words in ("Paula Example", "born 17 May 1981", "45 years", "Allergies: Latex", "Skin type 2", "not signed"):
        assert words in page
    for station in ("Consultation", "Screening", "Plan", "Consent", "Session", "Photos", "Follow-up", "Outcome"):
        assert station in page


def test_opening_a_chart_is_recorded() -> None:
    course = make_course()
    sign_in().get(reverse("clinic:course", args=[course.ref]))
    event = AuditEvent.objects.get(act="read_chart")
    assert event.patient == course.patient


def test_the_front_desk_is_refused_with_the_reason() -> None:
    answer = sign_in(Role.FRONT_DESK).get(reverse("clinic:course", args=[make_course().ref]))
    assert answer.status_code == 403
    assert "takes the role of" in answer.content.decode()


def test_an_unknown_course_is_not_found() -> None:
    assert sign_in().get(reverse("clinic:course", args=[uuid.uuid4()])).status_code == 404


@pytest.mark.parametrize("sessions", [0, 30])
def test_the_header_takes_seven_queries_at_most_however_many_sessions_there_were(
    sessions: int, django_assert_max_num_queries: Any
) -> None:
    course = make_course()
    make_screening(course)
    make_consent(course)
    physician = make_staff(Role.PHYSICIAN)
    for _ in range(sessions):
        TreatmentSession.objects.create(
            course=course, on=TODAY, therapist=physician, opened_at=NOW,
            exception_by=physician, exception_reason="made for this test",
            signed_at=NOW, signed_by=physician, signed_meaning="for this test", signed_sha256="0" * 64,
        )  # fmt: skip
    with django_assert_max_num_queries(7):
        found = chart.header(course, on=TODAY)
    assert found.steps[4].note == ("signed" if sessions else "")
    assert found.consent_state == "done"


def test_the_header_marks_what_a_screening_stopped_at() -> None:
    course = make_course()
    answer_all(course.patient, isotretinoin_now=True, isotretinoin_last_dose=None)
    make_screening(course)
    found = chart.header(course, on=TODAY)
    assert found.steps[1].state == "stop"
    assert "Taking isotretinoin capsules" in found.flags


def test_consent_taken_back_is_marked() -> None:
    course = make_course()
    row = make_consent(course)
    assert chart.header(course, on=TODAY).consent_state == "done"
    ConsentWithdrawal.objects.create(consent=row, part="treatment", at=NOW, by=make_staff())
    found = chart.header(course, on=TODAY)
    assert (found.consent_state, found.consent.split()[0]) == ("stop", "withdrawn")
