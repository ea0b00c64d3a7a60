"""Addenda: words after the signature, dated, never changed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from needlepoint.actions import addenda, session, signing
from needlepoint.actions.access import NotPermitted
from needlepoint.actions.addenda import NotAnAddendum
from needlepoint.actions.signing import NotSigned
from needlepoint.records.models import AuditEvent, Role, SessionAddendum, TreatmentSession
from tests import people
from tests.actions.test_signing import LATER, charted, sign

AFTER = LATER + timedelta(days=3)


@pytest.fixture
def row(db: None) -> TreatmentSession:
    return sign(charted())


def add(row: TreatmentSession, text: str = "Telephoned: all well.", *, key: str = "k") -> SessionAddendum:
    return addenda.add(row, text, key=key, by=people.actor(), at=AFTER)


def test_an_addendum_stands_beside_the_signed_chart_and_leaves_it_whole(row: TreatmentSession) -> None:
    add(row, "Telephoned:\r\nall well.")
    assert [(one.text, one.by, one.at) for one in addenda.of(row)] == [
        ("Telephoned:\nall well.", people.make_staff(), AFTER)
    ]
    assert AuditEvent.objects.filter(act="add_addendum").count() == 1
    assert signing.faults(session.find(row.ref)) == ()


def test_one_that_is_sent_twice_is_added_once(row: TreatmentSession) -> None:
    assert add(row).pk == add(row).pk
    assert SessionAddendum.objects.count() == 1


@pytest.mark.parametrize(("text", "key"), [("  ", "k"), ("x" * 10_001, "k"), ("x", ""), ("x", "k" * 65)])
def test_what_cannot_be_added_is_told(row: TreatmentSession, text: str, key: str) -> None:
    with pytest.raises(NotAnAddendum):
        add(row, text, key=key)


def test_an_open_chart_is_changed_itself(db: None) -> None:
    row = charted()
    with pytest.raises(NotSigned):
        add(row)
    with pytest.raises(DatabaseError, match="only a signed chart"), transaction.atomic():
        SessionAddendum.objects.create(session=row, text="x", key="k", by=people.make_staff(), at=AFTER)


def test_the_database_refuses_to_change_or_remove_an_addendum(row: TreatmentSession) -> None:
    added = add(row)
    for change in (lambda: SessionAddendum.objects.update(text="other"), added.delete):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()


@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.FRONT_DESK, Role.ADMINISTRATOR])
def test_who_does_not_treat_adds_nothing(row: TreatmentSession, role: str) -> None:
    with pytest.raises(NotPermitted):
        addenda.add(row, "x", key="k", by=people.actor(role), at=AFTER)
