"""A crowd of synthetic patients: whole rows, whole charts, a whole audit trail."""

from __future__ import annotations

import pytest
from django.db import DatabaseError

from needlepoint.actions import audit_chain, crowd, signing
from needlepoint.actions.crowd import NoPattern
from needlepoint.records.models import Answer, AuditHead, Cartridge, Patient, SessionArea, TreatmentSession
from tests import people
from tests.actions.test_signing import charted, sign

CROWD = 5


@pytest.fixture
def grown(db: None) -> list[int]:
    sign(charted())
    return list(crowd.grow(CROWD))


def test_the_clinic_has_as_many_patients_as_asked_for_and_growing_again_adds_the_rest(grown: list[int]) -> None:
    assert grown == [CROWD]
    assert Patient.objects.count() == CROWD
    assert list(crowd.grow(CROWD)) == []
    assert list(crowd.grow(CROWD + 2)) == [CROWD + 2]
    assert Patient.objects.count() == Patient.objects.values("email").distinct().count() == CROWD + 2


def test_every_patient_has_four_signed_sessions_with_cartridges_of_their_own(grown: list[int]) -> None:
    copies = TreatmentSession.objects.filter(course__patient__given_name__startswith="Crowd")
    assert copies.count() == (CROWD - 1) * crowd.VISITS
    assert not copies.filter(signed_at=None).exists()
    assert Cartridge.objects.filter(session__in=copies).count() == (CROWD - 1) * 10
    assert all(area.cartridge is not None and area.cartridge.session_id == area.session_id
               for area in SessionArea.objects.filter(session__in=copies))  # fmt: skip
    days = copies.filter(course__patient__given_name="Crowd1").values_list("on", flat=True)
    assert len(set(days)) == crowd.VISITS


def test_charts_and_audit_trail_of_a_crowd_hold_against_themselves(grown: list[int]) -> None:
    for session in TreatmentSession.objects.all():
        assert signing.faults(session) == ()
    assert audit_chain.verify().intact
    assert AuditHead.objects.get().number >= CROWD * crowd.VISITS


def test_the_guards_hold_for_a_crowd(grown: list[int]) -> None:
    session = TreatmentSession.objects.latest("pk")
    session.note = "changed"
    with pytest.raises(DatabaseError, match="locked"):
        session.save()


def test_new_rows_go_on_after_the_crowd(grown: list[int]) -> None:
    patient = people.make_patient()
    people.answer_all(patient)
    assert patient.pk > Patient.objects.exclude(pk=patient.pk).latest("pk").pk
    assert Answer.objects.filter(patient=patient).exists()


def test_a_clinic_without_a_finished_course_has_no_pattern(db: None) -> None:
    with pytest.raises(NoPattern, match="finished course"):
        next(crowd.grow(CROWD))


def test_a_clinic_with_real_patients_is_left_alone(db: None) -> None:
    sign(charted())
    people.make_patient(synthetic=False)
    with pytest.raises(NoPattern, match="not synthetic"):
        next(crowd.grow(CROWD))
    assert Patient.objects.count() == 2
