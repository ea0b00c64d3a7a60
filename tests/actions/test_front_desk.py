"""Requests, registering and finding patients, opening courses, private links."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from needlepoint.actions import board, courses, links, patients, requests
from needlepoint.actions.access import NoSuchRecord, NotPermitted
from needlepoint.actions.patients import Measures, Particulars, plain_telephone
from needlepoint.actions.requests import Wish
from needlepoint.core.terms import Sex
from needlepoint.records.models import AuditEvent, ConsultationRequest, Patient, PatientLink, Role
from tests.people import NOW, TODAY, actor, make_course, make_patient

pytestmark = pytest.mark.django_db


def who(**fields: Any) -> Particulars:
    return Particulars(
        **{
            "given_name": "Paula",
            "family_name": "Example",
            "birth_date": date(1981, 5, 17),
            "sex": Sex.FEMALE,
            **fields,
        }
    )


@pytest.mark.parametrize(
    ("written", "plain"), [("+49 (30) 12-34", "+49301234"), ("030/1234", "0301234"), ("", ""), ("call 12+3", "123")]
)
def test_a_telephone_number_is_kept_without_what_stands_between_its_digits(written: str, plain: str) -> None:
    assert plain_telephone(written) == plain


@pytest.mark.parametrize(
    ("fields", "because"),
    [
        ({}, "same birth date, similar name"),
        ({"given_name": "Paola", "family_name": "Exampel"}, "same birth date, similar name"),
        ({"given_name": "Example", "family_name": "Paula"}, "same birth date, similar name"),
        ({"birth_date": date(1990, 1, 1), "email": "PAULA@example.org"}, "same e-mail address"),
        ({"given_name": "X", "birth_date": date(1990, 1, 1), "telephone": "+49 (30) 1234"}, "same telephone number"),
    ],
)
def test_somebody_alike_is_offered_with_the_reason(fields: dict[str, Any], because: str) -> None:
    patient = make_patient(telephone="+49301234")
    (found,) = patients.duplicates_of(who(**fields), by=actor(Role.FRONT_DESK))
    assert (found.patient, found.because) == (patient, because)


@pytest.mark.parametrize("fields", [{"given_name": "Bernd", "family_name": "Other"}, {"birth_date": date(1981, 5, 18)}])
def test_somebody_else_is_not_offered(fields: dict[str, Any]) -> None:
    make_patient()
    assert patients.duplicates_of(who(**fields), by=actor(Role.FRONT_DESK)) == ()


@pytest.mark.parametrize("count", [1, 40])
def test_looking_for_duplicates_takes_two_queries(count: int, django_assert_num_queries: Any) -> None:
    for _ in range(count):
        make_patient()
    by = actor(Role.FRONT_DESK)
    with django_assert_num_queries(2):
        found = patients.duplicates_of(who(email="paula@example.org"), by=by)
    assert len(found) == min(count, patients.DUPLICATES_AT_MOST)


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("exam", 1), ("paula example", 1), ("PAULA", 1), ("17.5.1981", 1), ("1981-05-17", 1), ("example.org", 1),
        ("49301", 1), ("paula nobody", 0), ("31.2.1981", 0), ("%", 0), ("", 0),
    ],
)  # fmt: skip
def test_a_patient_is_found_when_every_word_fits(words: str, count: int) -> None:
    make_patient(telephone="+49301234")
    assert len(patients.search_patients(words, by=actor(Role.FRONT_DESK))) == count


def test_a_search_is_one_query_and_bounded(django_assert_num_queries: Any) -> None:
    for _ in range(patients.FOUND_AT_MOST + 3):
        make_patient()
    by = actor(Role.FRONT_DESK)
    with django_assert_num_queries(1):
        assert len(patients.search_patients("paula", by=by)) == patients.FOUND_AT_MOST


def test_registering_from_a_request_handles_the_request() -> None:
    request = requests.receive_request(Wish(name="Paula Example", email="paula@example.org"), at=NOW)
    patient = patients.register_patient(who(), by=actor(Role.FRONT_DESK), at=NOW, request=request)
    request.refresh_from_db()
    assert request.patient == patient
    assert request.handled_at == NOW
    acts = list(AuditEvent.objects.order_by("number").values_list("act", flat=True))
    assert acts == ["receive_request", "register_patient", "handle_request"]


def test_the_same_request_sent_twice_within_an_hour_arrives_once() -> None:
    wish = Wish(name="Paula", email="paula@example.org", message="hello")
    for minutes in (0, 5):
        requests.receive_request(wish, at=NOW + timedelta(minutes=minutes))
    requests.receive_request(wish, at=NOW + timedelta(hours=2))
    assert ConsultationRequest.objects.count() == 2


def test_a_request_set_aside_leaves_the_board() -> None:
    by = actor(Role.FRONT_DESK)
    request = requests.receive_request(Wish(name="Paula", telephone="0301234"), at=NOW)
    assert len(board.board(on=TODAY, by=by).requests) == 1
    requests.set_aside(request, by=by, at=NOW)
    requests.set_aside(request, by=by, at=NOW)
    assert board.board(on=TODAY, by=by).requests == ()
    assert AuditEvent.objects.filter(act="set_request_aside").count() == 1


def test_the_board_takes_four_queries(django_assert_num_queries: Any) -> None:
    by = actor(Role.FRONT_DESK)
    for place in range(5):
        make_course(make_patient())
        requests.receive_request(Wish(name=f"Visitor {place}", email="v@example.org"), at=NOW)
    with django_assert_num_queries(4):
        found = board.board(on=TODAY, by=by)
        assert [course.patient.given_name for course in found.consultations] == ["Paula"] * 5


@pytest.mark.parametrize(
    ("indication", "areas"), [("a new face", ["cheeks"]), ("acne_scars", []), ("acne_scars", ["elsewhere"])]
)
def test_a_course_outside_the_vocabulary_is_refused(indication: str, areas: list[str]) -> None:
    with pytest.raises(courses.NotInVocabulary):
        courses.open_course(make_patient(), indication=indication, areas=areas, by=actor(), at=NOW)


def test_a_group_of_areas_is_spread_out() -> None:
    course = courses.open_course(
        make_patient(), indication="neck_wrinkles", areas=["neck_and_chest"], by=actor(), at=NOW
    )
    assert course.areas == ["neck", "chest"]


def test_a_link_opens_until_it_expires_or_is_revoked() -> None:
    patient, by = make_patient(), actor(Role.FRONT_DESK)
    link, secret = links.invite(patient, course=None, by=by, at=NOW)
    assert links.find(secret, at=NOW + timedelta(days=13)) == link
    assert links.find(secret, at=NOW + timedelta(days=14)) is None
    assert links.find(secret + "x", at=NOW) is None
    links.revoke(link, by=by, at=NOW)
    assert links.find(secret, at=NOW) is None
    assert links.links_of(patient, by=by, at=NOW) == ()


def test_the_secret_of_a_link_is_not_kept() -> None:
    link, secret = links.invite(make_patient(), course=None, by=actor(), at=NOW)
    kept = PatientLink.objects.values().get(pk=link.pk)
    assert secret not in str(kept)
    assert secret not in str(list(AuditEvent.objects.values()))


def test_measures_are_recorded_with_what_stood_there_before() -> None:
    patient = make_patient(fitzpatrick=None)
    measures = Measures(fitzpatrick=4, weight_kg=68.0, height_cm=170.0, allergies="Latex")
    patients.record_measures(patient, measures, by=actor(), at=NOW)
    patients.record_measures(patient, measures, by=actor(), at=NOW)
    assert Patient.objects.get().fitzpatrick == 4
    event = AuditEvent.objects.get(act="record_measures")
    assert event.detail == {"fitzpatrick": [None, 4], "allergies": ["", "Latex"]}


def test_the_front_desk_records_no_measures_and_the_administrator_finds_no_patient() -> None:
    patient = make_patient()
    measures = Measures(fitzpatrick=4, weight_kg=None, height_cm=None, allergies="")
    with pytest.raises(NotPermitted):
        patients.record_measures(patient, measures, by=actor(Role.FRONT_DESK), at=NOW)
    with pytest.raises(NotPermitted):
        patients.find_patient(patient.ref, by=actor(Role.ADMINISTRATOR))


def test_a_link_or_request_that_does_not_exist_is_not_found() -> None:
    with pytest.raises(NoSuchRecord):
        links.link_of(999, by=actor())
    with pytest.raises(NoSuchRecord):
        requests.find_request(999, by=actor())
