"""Serums and drugs used in a session."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from needlepoint.actions import substances, tracing
from needlepoint.actions.access import NoSuchRecord, NotPermitted
from needlepoint.actions.charting import ChartSigned
from needlepoint.actions.substances import Use
from needlepoint.actions.trade_items import NotReceived
from needlepoint.records.models import Lot, Role, SubstanceUse, TreatmentSession
from tests import people
from tests.people import NOW, TODAY

pytestmark = pytest.mark.django_db
ON_LABEL = Use(amount="2 ml", channels=True, off_label=False)


def make_serum(number: str = "H1", **fields: Any) -> Lot:
    expires_on = TODAY + timedelta(days=90)
    return Lot.objects.create(
        **{"kind": "serum", "product": "Serum", "number": number, "expires_on": expires_on, **fields}
    )


def make_session() -> TreatmentSession:
    return people.make_session(people.make_course())


def signed(session: TreatmentSession) -> None:
    TreatmentSession.objects.filter(pk=session.pk).update(
        signed_at=NOW, signed_by=people.make_staff(), signed_meaning="x", signed_sha256="s" * 64
    )


def test_a_serum_is_written_down_with_its_lot_and_found_again_from_it() -> None:
    session, lot = make_session(), make_serum()
    use = Use(amount=" 2  ml ", area="cheeks", channels=True, off_label=True, reason="asked for, explained")
    row = substances.record(session, lot, use, by=people.actor(), at=NOW)
    assert (row.amount, row.area, row.off_label, row.reason) == ("2 ml", "cheeks", True, "asked for, explained")
    assert substances.of_session(session) == (row,)
    assert tracing.used_in(lot, by=people.actor(Role.DIRECTOR), at=NOW) == (session,)


REFUSED = [
    ("no amount", {"amount": " "}, "amount"),
    ("an area there is not", {"area": "moon"}, "area"),
    ("off label without reason", {"off_label": True}, "reason"),
]


@pytest.mark.parametrize(("change", "field"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_is_missing_of_a_use_is_told_by_field(change: dict[str, Any], field: str) -> None:
    use = Use(**{"amount": "2 ml", "channels": True, "off_label": False, **change})
    with pytest.raises(NotReceived) as refusal:
        substances.record(make_session(), make_serum(), use, by=people.actor(), at=NOW)
    assert refusal.value.field == field


@pytest.mark.parametrize(
    "fields", [{"expires_on": TODAY - timedelta(days=1)}, {"state": "quarantined"}, {"state": "recalled"}]
)
def test_what_is_expired_or_held_back_is_refused_by_act_and_database(fields: dict[str, Any]) -> None:
    session, lot = make_session(), make_serum(**fields)
    assert substances.usable(session) == ()
    with pytest.raises(NotReceived):
        substances.record(session, lot, ON_LABEL, by=people.actor(), at=NOW)
    with pytest.raises(DatabaseError, match="expired, quarantined or recalled"), transaction.atomic():
        SubstanceUse.objects.create(
            session=session, lot=lot, amount="1 ml", channels=True, off_label=False, by=people.make_staff(), at=NOW
        )


def test_only_a_serum_or_drug_is_used_like_this() -> None:
    with pytest.raises(NotReceived, match="no serum"):
        substances.record(make_session(), people.make_lot(), ON_LABEL, by=people.actor(), at=NOW)
    with pytest.raises(NotPermitted):
        substances.record(make_session(), make_serum(), ON_LABEL, by=people.actor(Role.DIRECTOR), at=NOW)


def test_a_mistake_is_struck_once_and_stays_readable() -> None:
    row = substances.record(make_session(), make_serum(), ON_LABEL, by=people.actor(), at=NOW)
    with pytest.raises(NotReceived, match="why"):
        substances.strike(row.pk, reason=" ", by=people.actor(), at=NOW)
    struck = substances.strike(row.pk, reason="wrong patient's tray", by=people.actor(), at=NOW)
    assert (struck.struck_reason, struck.amount) == ("wrong patient's tray", "2 ml")
    with pytest.raises(NotReceived, match="already"):
        substances.strike(row.pk, reason="again", by=people.actor(), at=NOW)
    with pytest.raises(NoSuchRecord):
        substances.strike(4711, reason="x", by=people.actor(), at=NOW)


def test_a_signed_chart_takes_and_loses_no_serum() -> None:
    session, lot = make_session(), make_serum()
    row = substances.record(session, lot, ON_LABEL, by=people.actor(), at=NOW)
    signed(session)
    with pytest.raises(ChartSigned):
        substances.record(session, lot, ON_LABEL, by=people.actor(), at=NOW)
    with pytest.raises(ChartSigned):
        substances.strike(row.pk, reason="x", by=people.actor(), at=NOW)
    with pytest.raises(DatabaseError, match="locked"), transaction.atomic():
        SubstanceUse.objects.filter(pk=row.pk).update(reason="y")


def test_the_database_itself_keeps_what_was_used() -> None:
    row = substances.record(make_session(), make_serum(), ON_LABEL, by=people.actor(), at=NOW)
    with pytest.raises(DatabaseError, match="stays readable"), transaction.atomic():
        SubstanceUse.objects.filter(pk=row.pk).update(amount="3 ml")
    with pytest.raises(DatabaseError, match="stays readable"), transaction.atomic():
        row.delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        SubstanceUse.objects.filter(pk=row.pk).update(struck_at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        SubstanceUse.objects.filter(pk=row.pk).update(off_label=True)
