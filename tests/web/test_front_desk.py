"""The pages of the front desk, as a browser without JavaScript sees them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from needlepoint.actions import links, requests
from needlepoint.actions.requests import Wish
from needlepoint.records.models import ConsultationRequest, Course, Patient, PatientLink, Role
from tests.people import actor, make_course, make_patient, sign_in

pytestmark = pytest.mark.django_db

TYPED = {
    "given_name": "Paula",
    "family_name": "Example",
    "birth_date": "1981-05-17",
    "sex": "female",
    "email": "paula@example.org",
    "telephone": "",
}


def page(answer: Any) -> str:
    text: str = answer.content.decode()
    return text


def test_the_front_desk_registers_a_patient_out_of_a_request() -> None:
    request = requests.receive_request(Wish(name="Paula Example", email="paula@example.org"), at=timezone.now())
    desk = sign_in(Role.FRONT_DESK)
    assert "Paula Example" in page(desk.get(reverse("clinic:today")))
    form = page(desk.get(reverse("clinic:patient_new"), {"request": request.pk}))
    assert 'value="Paula"' in form
    assert 'value="paula@example.org"' in form
    answer = desk.post(reverse("clinic:patient_new"), {**TYPED, "request": request.pk})
    patient = Patient.objects.get()
    assert answer["Location"] == reverse("clinic:patient", args=[patient.ref])
    assert ConsultationRequest.objects.get().patient == patient


def test_somebody_alike_is_offered_before_anything_is_saved() -> None:
    make_patient()
    desk = sign_in(Role.FRONT_DESK)
    answer = desk.post(reverse("clinic:patient_new"), TYPED)
    assert "Is it one of these?" in page(answer)
    assert 'value="Paula"' in page(answer)
    assert Patient.objects.count() == 1
    desk.post(reverse("clinic:patient_new"), {**TYPED, "anyway": "1"})
    assert Patient.objects.count() == 2


@pytest.mark.parametrize(
    ("field", "typed", "error"),
    [
        ("birth_date", "2999-01-01", "still to come"),
        ("birth_date", "1850-01-01", "130 years"),
        ("birth_date", "30.2.1990", "valid date"),
        ("sex", "", "required"),
        ("given_name", " ", "required"),
        ("email", "paula@", "valid email"),
    ],
)
def test_a_bad_value_is_named_at_its_field_and_what_was_typed_stays(field: str, typed: str, error: str) -> None:
    answer = sign_in(Role.FRONT_DESK).post(reverse("clinic:patient_new"), {**TYPED, field: typed})
    assert answer.status_code == 422
    named = re.search(rf'id="id_{field}_error">([^<]+)<', page(answer))
    assert named
    assert error in named[1]
    assert 'value="Example"' in page(answer)
    assert not Patient.objects.exists()


def test_a_patient_is_found_and_shown() -> None:
    patient = make_patient()
    desk = sign_in(Role.FRONT_DESK)
    assert reverse("clinic:patient", args=[patient.ref]) in page(desk.get(reverse("clinic:patients"), {"q": "exam"}))
    assert "Nobody fits" in page(desk.get(reverse("clinic:patients"), {"q": "nobody"}))
    assert "17 May 1981" in page(desk.get(reverse("clinic:patient", args=[patient.ref])))


def test_a_course_is_opened_by_choosing_indication_and_areas() -> None:
    patient = make_patient()
    desk = sign_in(Role.FRONT_DESK)
    address = reverse("clinic:course_new", args=[patient.ref])
    refused = desk.post(address, {"indication": "acne_scars"})
    assert refused.status_code == 422
    assert "Choose at least one area" in page(refused)
    desk.post(address, {"indication": "acne_scars", "areas": ["cheeks", "chin_jaw"]})
    assert Course.objects.get().areas == ["cheeks", "chin_jaw"]
    assert "Acne scars" in page(desk.get(reverse("clinic:patient", args=[patient.ref])))


def test_a_link_is_shown_once_opens_the_patients_pages_and_can_be_closed() -> None:
    course = make_course()
    desk = sign_in(Role.FRONT_DESK)
    answer = desk.post(reverse("clinic:invite", args=[course.ref]))
    assert answer["Cache-Control"] == "no-store"
    found = re.search(r'value="http://testserver(/p/[^"]+)"', page(answer))
    assert found
    assert "data:image/svg+xml" in page(answer)
    phone = Client()
    own = phone.get(found[1])
    assert own.status_code == 200
    assert own["Referrer-Policy"] == "same-origin"
    assert found[1] not in page(desk.get(reverse("clinic:patient", args=[course.patient.ref])))
    desk.post(reverse("clinic:link_revoke", args=[PatientLink.objects.get().pk]))
    closed = phone.get(found[1])
    assert closed.status_code == 410
    assert "no longer valid" in page(closed)


def test_an_expired_link_says_so() -> None:
    then = timezone.now() - timedelta(days=15)
    _, secret = links.invite(make_patient(), course=None, by=actor(), at=then)
    assert Client().get(reverse("patient:home", args=[secret])).status_code == 410


@pytest.mark.parametrize("name", ["patients", "patient_new", "requests"])
def test_the_administrator_has_no_business_at_the_front_desk(name: str) -> None:
    assert sign_in(Role.ADMINISTRATOR).get(reverse(f"clinic:{name}")).status_code == 403


def test_the_pages_of_the_desk_run_a_bounded_number_of_statements(django_assert_max_num_queries: Any) -> None:
    for _ in range(20):
        make_course(make_patient())
        requests.receive_request(Wish(name="Visitor", email="v@example.org"), at=timezone.now())
    patient = Patient.objects.first()
    assert patient
    desk = sign_in(Role.FRONT_DESK)
    for address in (
        reverse("clinic:today"), reverse("clinic:patients"), reverse("clinic:requests"),
        reverse("clinic:patient", args=[patient.ref]),
    ):  # fmt: skip
        with django_assert_max_num_queries(8):
            assert desk.get(address).status_code == 200
