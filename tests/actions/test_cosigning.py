"""The physician's second signature: who needs one and why, the queue, and the seal."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from needlepoint.actions import addenda, cosigning, session, signing
from needlepoint.actions.access import NotPermitted
from needlepoint.actions.cosigning import NotToCosign
from needlepoint.actions.identity import WrongPassword
from needlepoint.records import guards
from needlepoint.records.models import AuditEvent, Clinic, CoSignature, Role, TreatmentSession
from tests import people
from tests.actions.test_signing import LATER, PASSWORD, Hand, charted, enter, sign
from tests.together import at_once

AFTER = LATER + timedelta(hours=2)


@pytest.fixture
def row(db: None) -> TreatmentSession:
    """A chart of a therapist in which an area was treated otherwise than planned."""
    row = charted()
    enter(row, area_passes="6", area_deviation_reason="thick skin")
    row.refresh_from_db()
    return sign(row)


def cosign(row: TreatmentSession, **given: Any) -> CoSignature:
    whole = {"password": PASSWORD, "meaning": "agreed", "by": people.actor(Role.PHYSICIAN), "at": AFTER, **given}
    return cosigning.cosign(row, **whole)


def waiting() -> list[int]:
    return [row.pk for row in cosigning.waiting().sessions]


def test_a_chart_as_planned_needs_no_second_signature(db: None) -> None:
    assert sign(charted()).cosign_because == ""
    assert waiting() == []


def test_a_chart_that_went_otherwise_waits_with_its_reasons(row: TreatmentSession) -> None:
    assert row.cosign_because.splitlines() == [
        "Cheeks and cheekbones: 6 passes in place of 4.",
        "Forehead, eyebrows included: 6 passes in place of 4.",
    ]
    assert waiting() == [row.pk]


def test_what_a_physician_signs_needs_no_second_physician(db: None) -> None:
    row = charted()
    enter(row, area_endpoint="stopped_early", area_deviation_reason="faint")
    row.refresh_from_db()
    assert sign(row, by=people.actor(Role.PHYSICIAN)).cosign_because == ""


def test_the_clinic_can_have_every_chart_of_a_therapist_cosigned(db: None) -> None:
    people.make_clinic()
    cosigning.choose(every=True, by=people.actor(Role.DIRECTOR), at=LATER)
    assert Clinic.objects.get().cosign_every
    assert AuditEvent.objects.get(act="choose_cosigning").detail == {"every": True}
    assert sign(charted()).cosign_because == "Every chart of a therapist is co-signed in this clinic."
    with pytest.raises(NotPermitted):
        cosigning.choose(every=False, by=people.actor(Role.THERAPIST), at=LATER)


def test_a_cosignature_is_sealed_on_record_and_ends_the_waiting(row: TreatmentSession) -> None:
    signed = cosign(row)
    assert (signed.by, signed.meaning) == (people.make_staff(Role.PHYSICIAN), cosigning.MEANINGS["agreed"])
    assert AuditEvent.objects.get(act="cosign_session").detail["sha256"] == signed.sha256
    assert waiting() == []
    assert signing.faults(session.find(row.ref)) == ()


@pytest.mark.parametrize(
    ("given", "refusal"),
    [({"password": "wrong"}, WrongPassword), ({"meaning": ""}, NotToCosign), ({"meaning": "x"}, NotToCosign)],
)
def test_a_cosignature_takes_the_password_and_a_meaning(
    row: TreatmentSession, given: dict[str, str], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        cosign(row, **given)
    assert CoSignature.objects.count() == 0


@pytest.mark.parametrize("role", [Role.THERAPIST, Role.DIRECTOR, Role.FRONT_DESK, Role.ADMINISTRATOR])
def test_only_a_physician_cosigns(row: TreatmentSession, role: str) -> None:
    with pytest.raises(NotPermitted):
        cosign(row, by=people.actor(role))
    with pytest.raises(DatabaseError, match="a physician co-signs"), transaction.atomic():
        CoSignature.objects.create(session=row, meaning="m", sha256="s", by=people.make_staff(role), at=AFTER)


def test_an_open_chart_and_one_of_ones_own_are_not_cosigned(db: None) -> None:
    row = charted()
    with pytest.raises(NotToCosign, match="not been signed"):
        cosign(row)
    sign(row, by=people.actor(Role.PHYSICIAN))
    with pytest.raises(NotToCosign, match="yourself"):
        cosign(row)


def test_what_is_added_after_the_cosignature_does_not_break_it_and_what_is_altered_does(row: TreatmentSession) -> None:
    physician = people.actor(Role.PHYSICIAN)
    addenda.add(row, "Seen before the signature.", key="a", by=physician, at=AFTER)
    cosign(row, at=AFTER)
    addenda.add(row, "Telephoned on day 3.", key="b", by=physician, at=AFTER + timedelta(days=3))
    assert signing.faults(session.find(row.ref)) == ()
    guards.remove(Hand())
    Hand().execute("UPDATE records_sessionaddendum SET text = 'nothing' WHERE key = 'a'")
    assert signing.faults(session.find(row.ref)) == ("What was co-signed was altered after it.",)


@pytest.mark.django_db(transaction=True)
def test_of_many_physicians_who_cosign_at_once_one_does() -> None:
    row = charted()
    enter(row, area_passes="6", area_deviation_reason="thick skin")
    row.refresh_from_db()
    sign(row)
    by = people.actor(Role.PHYSICIAN)
    found = at_once(12, lambda place: cosign(row, by=by))
    assert sorted(type(each).__name__ for each in found) == ["CoSignature"] + ["NotToCosign"] * 11
