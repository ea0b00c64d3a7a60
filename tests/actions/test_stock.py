"""The stock: what comes in, what may be used first, what is held back, and whom a lot concerns."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries

from needlepoint.actions import stock, tracing, trade_items
from needlepoint.actions.access import NoSuchRecord, NotPermitted
from needlepoint.actions.lot_codes import Code
from needlepoint.actions.stock import Pack
from needlepoint.actions.trade_items import NotReceived
from needlepoint.records.models import AuditEvent, Cartridge, Lot, LotState, Role
from tests import people
from tests.people import CREAM, NOW, ROLLER, TODAY

PEN = "dermapen_4"
YEAR = TODAY + timedelta(days=365)
pytestmark = pytest.mark.django_db


def receive(product: str = PEN, **given: Any) -> Lot:
    fields = {"number": "L1", "expires_on": YEAR, "units": 3, "on": TODAY, "by": people.actor(), "at": NOW, **given}
    return stock.receive(product, **fields)


def test_a_delivery_is_a_lot_and_its_units() -> None:
    lot = receive()
    assert (lot.kind, lot.state, lot.number) == ("cartridge", LotState.IN_STOCK, "L1")
    assert list(lot.cartridges.values_list("unit", flat=True)) == ["001", "002", "003"]
    assert AuditEvent.objects.get(act="receive_lot").detail == {"product": PEN, "number": "L1", "units": 3}


@pytest.mark.parametrize(
    ("product", "kind", "units"), [(PEN, "cartridge", 3), (ROLLER, "roller", 3), (CREAM, "anaesthetic", 0)]
)
def test_the_kind_follows_from_the_product(product: str, kind: str, units: int) -> None:
    lot = receive(product)
    assert (lot.kind, lot.cartridges.count()) == (kind, units)


def test_a_second_delivery_of_a_lot_adds_units_with_numbers_of_their_own() -> None:
    receive()
    lot = receive(units=2)
    assert list(lot.cartridges.values_list("unit", flat=True)) == ["001", "002", "003", "004", "005"]
    assert Lot.objects.count() == 1


def test_a_pack_with_a_serial_number_is_one_unit_of_that_number() -> None:
    receive(units=1, pack=Pack(serial="SN7"))
    lot = receive(units=1, pack=Pack(serial="SN8"))
    assert list(lot.cartridges.values_list("unit", flat=True)) == ["SN7", "SN8"]
    with pytest.raises(NotReceived, match="SN8 of lot L1 is in stock already") as refusal:
        receive(units=1, pack=Pack(serial="SN8"))
    assert refusal.value.field == "serial"
    assert list(receive(units=2).cartridges.values_list("unit", flat=True)) == ["001", "002", "SN7", "SN8"]


GTIN = "04012345678901"


def test_a_trade_number_is_learned_once_and_means_one_product() -> None:
    assert trade_items.known(Code(gtin=GTIN)) is None
    lot = receive(pack=Pack(gtin=GTIN, maker="Maker of the tests", made_on=TODAY - timedelta(days=9)))
    item = trade_items.known(Code(gtin=GTIN))
    assert item is not None
    assert (item.kind, item.product, item.units, item.maker) == ("cartridge", PEN, 3, "Maker of the tests")
    assert (lot.gtin, lot.maker, lot.made_on) == (GTIN, "Maker of the tests", TODAY - timedelta(days=9))
    with pytest.raises(NotReceived, match="stands for another product") as refusal:
        receive(ROLLER, pack=Pack(gtin=GTIN))
    assert refusal.value.field == "product"
    assert not Lot.objects.filter(product=ROLLER).exists()


def test_what_a_later_pack_says_of_its_lot_is_added_to_it() -> None:
    receive()
    lot = receive(pack=Pack(gtin=GTIN, maker="Maker of the tests"))
    lot.refresh_from_db()
    assert (lot.gtin, lot.maker) == (GTIN, "Maker of the tests")


def test_a_serum_is_received_under_its_own_name() -> None:
    lot = receive("  Hyaluronic   serum 2 % ", kind="serum", units=0)
    assert (lot.kind, lot.product, lot.cartridges.count()) == ("serum", "Hyaluronic serum 2 %", 0)
    assert stock.product_label(lot.product) == "Hyaluronic serum 2 %"
    assert [line.left for line in stock.lots(on=TODAY)] == [None]
    with pytest.raises(NotReceived) as refusal:
        receive(" ", kind="serum", units=0)
    assert refusal.value.field == "name"


NOT_RECEIVED = [
    ("made tomorrow", "made_on", {"pack": Pack(made_on=TODAY + timedelta(days=1))}),
    ("a product there is not", "product", {"product": "hammer"}),
    ("radio frequency", "product", {"product": "rf_needling"}),
    ("no lot number", "number", {"number": "  "}),
    ("a lot number of other signs", "number", {"number": "<b>"}),
    ("expired yesterday", "expires_on", {"expires_on": TODAY - timedelta(days=1)}),
    ("no units", "units", {"units": 0}),
    ("too many units", "units", {"units": 1000}),
]


@pytest.mark.parametrize(("field", "given"), [row[1:] for row in NOT_RECEIVED], ids=[row[0] for row in NOT_RECEIVED])
def test_what_does_not_belong_into_stock_is_refused_by_field(field: str, given: dict[str, Any]) -> None:
    with pytest.raises(NotReceived) as refusal:
        receive(**given)
    assert refusal.value.field == field
    assert Cartridge.objects.count() == Lot.objects.count() == 0


def test_a_lot_does_not_change_its_expiry_and_is_not_refilled_while_it_is_held_back() -> None:
    lot = receive()
    with pytest.raises(NotReceived, match="with expiry") as refusal:
        receive(expires_on=YEAR + timedelta(days=1))
    assert refusal.value.field == "expires_on"
    stock.set_state(lot, "quarantined", reason="torn packs", by=people.actor(), at=NOW)
    with pytest.raises(NotReceived, match="quarantined"):
        receive()
    assert lot.cartridges.count() == 3


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.ADMINISTRATOR])
def test_who_does_not_keep_the_stock_changes_nothing(role: str) -> None:
    lot = receive()
    with pytest.raises(NotPermitted):
        receive(by=people.actor(role))
    with pytest.raises(NotPermitted):
        stock.set_state(lot, "recalled", reason="x", by=people.actor(role), at=NOW)


def test_first_expired_is_first_out_and_what_may_not_be_used_is_passed_over() -> None:
    for number, days, state in [
        ("LATE", 300, LotState.IN_STOCK),
        ("SOON", 30, LotState.IN_STOCK),
        ("TODAY", 0, LotState.IN_STOCK),
        ("GONE", -1, LotState.IN_STOCK),
        ("HELD", 5, LotState.QUARANTINED),
        ("BACK", 6, LotState.RECALLED),
    ]:
        people.make_lot(PEN, number=number, expires_on=TODAY + timedelta(days=days), state=state)
    people.make_lot(PEN, number="EMPTY", expires_on=TODAY + timedelta(days=1), units=0)
    people.make_lot(ROLLER, number="OTHER", expires_on=TODAY)
    assert [line.lot.number for line in stock.usable_lots([PEN], on=TODAY)] == ["TODAY", "SOON", "LATE"]
    first = stock.suggestion(PEN, on=TODAY)
    assert first is not None
    assert first.number == "TODAY"
    assert stock.suggestion("exceed", on=TODAY) is None


@pytest.mark.parametrize("state", ["quarantined", "recalled", "in_stock"])
def test_a_lot_is_held_back_with_a_reason_that_is_kept(state: str) -> None:
    lot = receive()
    stock.set_state(lot, "quarantined", reason="first", by=people.actor(), at=NOW)
    stock.set_state(lot, state, reason="letter of the maker", by=people.actor(), at=NOW)
    lot.refresh_from_db()
    assert lot.state == state
    detail = AuditEvent.objects.filter(act="set_lot_state").last()
    assert detail is not None
    assert detail.detail == {"number": "L1", "before": "quarantined", "after": state, "reason": "letter of the maker"}


@pytest.mark.parametrize(("state", "reason"), [("lost", "x"), ("recalled", ""), ("recalled", "   ")])
def test_a_lot_is_not_held_back_without_state_and_reason(state: str, reason: str) -> None:
    lot = receive()
    with pytest.raises(NotReceived):
        stock.set_state(lot, state, reason=reason, by=people.actor(), at=NOW)
    lot.refresh_from_db()
    assert lot.state == LotState.IN_STOCK


def test_the_list_shows_what_is_left_and_says_expired_in_a_word(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for place in range(12):
        people.make_lot(PEN, number=f"P{place:02d}", expires_on=TODAY + timedelta(days=place - 3))
    with django_assert_num_queries(2):
        lines = stock.lots(on=TODAY)
    assert [(line.lot.number, line.state, line.left, line.used) for line in lines[:1]] == [("P03", "in_stock", 5, 0)]
    assert [line.lot.number for line in lines if line.state == "expired"] == ["P02", "P01", "P00"]
    assert not lines[-1].usable
    assert lines[0].product == "Dermapen 4"
    assert [line.lot.number for line in stock.lots(on=TODAY, text=" p05 ")] == ["P05"]


def test_the_list_is_bounded() -> None:
    Lot.objects.bulk_create(
        Lot(kind="cartridge", product=PEN, number=f"N{place}", expires_on=YEAR) for place in range(130)
    )
    assert len(stock.lots(on=TODAY)) == 100


def test_a_recall_finds_every_patient_whom_the_lot_touched() -> None:
    lot, other = people.make_lot(PEN), people.make_lot(PEN, number="B200")
    cream = people.make_lot(CREAM, number="C300")
    sessions = [people.make_session(people.make_course(people.make_patient(given_name=name))) for name in "ABCD"]
    for session, unit in zip(sessions[:2], lot.cartridges.all(), strict=False):
        Cartridge.objects.filter(pk=unit.pk).update(session=session)
    Cartridge.objects.filter(lot=lot, unit="003").update(session=sessions[0])
    Cartridge.objects.filter(lot=other, unit="001").update(session=sessions[2])
    type(sessions[3]).objects.filter(pk=sessions[3].pk).update(numbing_lot=cream)
    by = people.actor(Role.DIRECTOR)
    assert {s.course.patient.given_name for s in tracing.used_in(lot, by=by, at=NOW)} == {"A", "B"}
    assert [s.course.patient.given_name for s in tracing.used_in(cream, by=by, at=NOW)] == ["D"]
    assert AuditEvent.objects.filter(act="trace_lot").count() == 2
    with pytest.raises(NotPermitted):
        tracing.used_in(lot, by=people.actor(Role.FRONT_DESK), at=NOW)


def test_a_lot_that_is_not_there_is_said_so() -> None:
    with pytest.raises(NoSuchRecord):
        stock.find_lot(4711)


# ---------------------------------------------------------------------------------- what the database refuses


@pytest.mark.parametrize(
    "fields",
    [{"expires_on": TODAY - timedelta(days=1)}, {"state": "quarantined"}, {"state": "recalled"}],
    ids=["expired", "quarantined", "recalled"],
)
def test_the_database_itself_lets_no_such_lot_into_a_session(fields: dict[str, Any]) -> None:
    session = people.make_session(people.make_course())
    lot, cream = people.make_lot(PEN, **fields), people.make_lot(CREAM, **fields)
    unit = lot.cartridges.all()[0]
    with pytest.raises(DatabaseError, match="expired, quarantined or recalled"), transaction.atomic():
        Cartridge.objects.filter(pk=unit.pk).update(session=session)
    with pytest.raises(DatabaseError, match="expired, quarantined or recalled"), transaction.atomic():
        Cartridge.objects.create(lot=lot, unit="099", session=session)
    session.numbing_lot = cream
    with pytest.raises(DatabaseError, match="expired, quarantined or recalled"), transaction.atomic():
        session.save()


def test_the_database_itself_lets_a_cartridge_into_one_session_only() -> None:
    first, second = (people.make_session(people.make_course()) for _ in range(2))
    lot = people.make_lot(PEN)
    unit = lot.cartridges.all()[0]
    Cartridge.objects.filter(pk=unit.pk).update(session=first)
    refused: list[tuple[str, Callable[[], object]]] = [
        ("stays with the session", lambda: Cartridge.objects.filter(pk=unit.pk).update(session=second)),
        ("stays with the session", lambda: Cartridge.objects.filter(pk=unit.pk).update(session=None)),
        ("stays with the session",
         lambda: Cartridge.objects.filter(pk=unit.pk).update(lot=people.make_lot(PEN, number="B2"))),
        ("stays on record", lambda: Cartridge.objects.filter(pk=unit.pk).delete()),
        ("UNIQUE|unique", lambda: Cartridge.objects.create(lot=lot, unit=unit.unit, session=second)),
        ("opened for this session first", lambda: second.areas.create(area="cheeks", device=PEN, cartridge=unit)),
    ]  # fmt: skip
    for words, attempt in refused:
        with pytest.raises((DatabaseError, IntegrityError), match=words), transaction.atomic():
            attempt()


def test_a_lot_recalled_while_its_numbing_is_on_does_not_lock_the_chart() -> None:
    cream = people.make_lot(CREAM)
    session = people.make_session(people.make_course(), numbing_lot=cream)
    stock.set_state(cream, "recalled", reason="letter of the maker", by=people.actor(), at=NOW)
    session.note = "washed off at once"
    session.save()
