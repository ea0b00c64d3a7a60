"""The audit trail: what `record` adds, and what `verify` finds when somebody has been at the database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError

from needlepoint.actions import audit
from needlepoint.actions.actor import HOUSE, Actor
from needlepoint.actions.audit_chain import Anchor, verify
from needlepoint.records import guards
from needlepoint.records.models import AuditEvent, AuditHead, User

NOON = datetime(2026, 11, 24, 12, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def chain(db: None) -> None:
    """Lay a chain of eight events, and lift the guards as somebody with the database file in hand could."""
    with transaction.atomic():
        for place in range(1, 9):
            audit.record("read_chart", by=HOUSE, at=NOON, subject=f"Course:{place}", page=place)
    guards.remove(Hand())


class Hand:
    """What `guards.remove` needs of a schema editor, inside the test's own transaction, which puts them back."""

    connection = connection

    def execute(self, statement: str) -> None:
        sql(statement)


def sql(statement: str, *values: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)


def found() -> list[str]:
    return [str(fault) for fault in verify().breaks]


def resealed(number: int, **content: object) -> None:
    """Rewrite an event as somebody would who knows how seals are made."""
    event = AuditEvent.objects.get(number=number)
    for name, value in content.items():
        setattr(event, name, value)
    event.seal = audit.seal_of(event)
    event.save()


@pytest.mark.usefixtures("chain")
def test_an_untouched_chain_is_intact_and_says_where_it_ends() -> None:
    report = verify()
    assert report.intact
    assert (report.count, report.number) == (8, 8)
    assert report.seal == AuditHead.objects.get().seal


def test_an_empty_chain_is_intact(db: None) -> None:
    assert verify().intact


def remove(*numbers: int) -> None:
    AuditEvent.objects.filter(number__in=numbers).delete()


def swap(one: int, other: int) -> None:
    """Exchange the places of two events, which the unique numbers allow only by way of a third."""
    for now, then in ((one, 9000), (other, one), (9000, other)):
        sql("UPDATE records_auditevent SET number = %s WHERE number = %s", then, now)


def swap_and_reseal(one: int, other: int) -> None:
    swap(one, other)
    resealed(one)
    resealed(other)


def cut_tail_and_mark(number: int) -> None:
    AuditEvent.objects.filter(number__gt=number).delete()
    AuditHead.objects.update(number=number, seal=AuditEvent.objects.get(number=number).seal)


def insert_at_the_end() -> None:
    last = AuditEvent.objects.get(number=8)
    event = AuditEvent(number=9, at=NOON, actor="x", act="y", previous=last.seal)
    event.seal = audit.seal_of(event)
    event.save()


def insert_in_the_middle() -> None:
    for number in range(8, 3, -1):
        sql("UPDATE records_auditevent SET number = %s WHERE number = %s", number + 1, number)
    before = AuditEvent.objects.get(number=3)
    event = AuditEvent(number=4, at=NOON, actor="x", act="y", previous=before.seal)
    event.seal = audit.seal_of(event)
    event.save()


TAMPERED: list[tuple[str, Callable[[], object], list[str]]] = [
    (
        "who did it",
        lambda: sql("UPDATE records_auditevent SET actor = 'nobody' WHERE number = 4"),
        ["event 4 was altered"],
    ),
    ("what was done", lambda: sql("UPDATE records_auditevent SET act = 'x' WHERE number = 1"), ["event 1 was altered"]),
    (
        "a detail",
        lambda: sql("""UPDATE records_auditevent SET detail = '{"page": 4, "more": 1}' WHERE number = 4"""),
        ["event 4 was altered"],
    ),
    (
        "when, by a microsecond",
        lambda: AuditEvent.objects.filter(number=5).update(at=NOON.replace(microsecond=123457)),
        ["event 5 was altered"],
    ),
    ("the seal before", lambda: AuditEvent.objects.filter(number=5).update(previous="f" * 64), ["event 5 was altered"]),
    ("the seal", lambda: AuditEvent.objects.filter(number=5).update(seal="f" * 64), ["event 5 was altered"]),
    ("the last event", lambda: AuditEvent.objects.filter(number=8).update(act="x"), ["event 8 was altered"]),
    (
        "two events",
        lambda: AuditEvent.objects.filter(number__in=(3, 4)).update(act="x"),
        ["event 3 was altered", "event 4 was altered"],
    ),
    (
        "an event, and its seal made anew",
        lambda: resealed(4, act="x"),
        ["events 4 to 5 do not fit together: one of them was rewritten or put elsewhere"],
    ),
    (
        "the last event, and its seal made anew",
        lambda: resealed(8, act="x"),
        ["event 8 is not the one the chain ended with"],
    ),
    ("one removed in the middle", lambda: remove(4), ["event 4 is missing"]),
    ("two removed in the middle", lambda: remove(4, 5), ["events 4 to 5 are missing"]),
    ("the first removed", lambda: remove(1), ["event 1 is missing"]),
    ("the last removed", lambda: remove(8), ["event 8 is missing"]),
    ("the last three removed", lambda: remove(6, 7, 8), ["events 6 to 8 are missing"]),
    ("all removed", lambda: remove(*range(1, 9)), ["events 1 to 8 are missing"]),
    ("neighbours exchanged", lambda: swap(4, 5), ["event 4 was altered", "event 5 was altered"]),
    ("distant ones exchanged", lambda: swap(2, 7), ["event 2 was altered", "event 7 was altered"]),
    (
        "neighbours exchanged, and their seals made anew",
        lambda: swap_and_reseal(4, 5),
        [
            f"events {pair} do not fit together: one of them was rewritten or put elsewhere"
            for pair in ("3 to 4", "4 to 5", "5 to 6")
        ],
    ),
    ("one slipped in at the end", insert_at_the_end, ["event 9 was slipped in outside the chain"]),
    (
        "one slipped in in the middle",
        insert_in_the_middle,
        [f"event {number} was altered" for number in range(5, 9)] + ["event 9 was slipped in outside the chain"],
    ),
    (
        "one moved far away",
        lambda: AuditEvent.objects.filter(number=4).update(number=10**12),
        ["event 4 is missing", f"event {10**12} was slipped in outside the chain"],
    ),
    (
        "the mark of the end moved far away",
        lambda: AuditHead.objects.update(number=10**12),
        [f"events 9 to {10**12} are missing"],
    ),
    (
        "the mark of the end removed",
        lambda: AuditHead.objects.all().delete(),
        ["event 8 is the last there is; the mark of the chain's end is missing"],
    ),
    (
        "the mark of the end altered",
        lambda: AuditHead.objects.update(seal="f" * 64),
        ["event 8 is not the one the chain ended with"],
    ),
]


@pytest.mark.parametrize(("tamper", "named"), [row[1:] for row in TAMPERED], ids=[row[0] for row in TAMPERED])
@pytest.mark.usefixtures("chain")
def test_whatever_was_done_to_the_chain_is_named(tamper: Callable[[], object], named: list[str]) -> None:
    tamper()
    assert found() == named


@pytest.mark.usefixtures("chain")
def test_an_event_that_cannot_be_read_any_more_is_named_and_the_walk_goes_on() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL keeps nothing but times in a column of times")
    sql("UPDATE records_auditevent SET at = '2026-13-45 99:00:00' WHERE number = 3")
    sql("UPDATE records_auditevent SET at = 'noon' WHERE number = 5")
    remove(7)
    assert found() == ["event 3 was altered", "event 5 was altered", "event 7 is missing"]


@pytest.mark.usefixtures("chain")
def test_a_seal_noted_down_elsewhere_shows_that_end_and_mark_were_cut_off_together() -> None:
    kept = Anchor(number=8, seal=AuditHead.objects.get().seal)
    assert verify(anchor=kept).intact
    cut_tail_and_mark(5)
    assert verify().intact
    assert [str(fault) for fault in verify(anchor=kept).breaks] == [
        "events 6 to 8 stood here when the seal was noted down, and no more"
    ]


@pytest.mark.usefixtures("chain")
def test_a_seal_noted_down_elsewhere_shows_that_the_whole_chain_was_made_anew() -> None:
    kept = Anchor(number=5, seal=AuditEvent.objects.get(number=5).seal)
    seal = audit.FIRST_SEAL
    for event in AuditEvent.objects.order_by("number"):
        event.previous, event.act = seal, "something harmless"
        event.seal = seal = audit.seal_of(event)
        event.save()
    AuditHead.objects.update(seal=seal)
    assert verify().intact
    assert [str(fault) for fault in verify(anchor=kept).breaks] == ["event 5 is not the one whose seal was noted down"]


@pytest.mark.parametrize(
    "detail",
    [
        {"depths": {2: 0.5, 10: 1.0}},
        {"areas": ("cheeks", "forehead")},
        {"grams": 1e16, "small": 1e-7, "zero": -0.0, "whole": 2.0},
        {"reason": "Ärztlich abgewogen, 1\u202f%\n“so”"},
        {"nothing": None, "yes": True, "deep": [{"a": [1, 2.5]}]},
    ],
)
def test_a_detail_comes_back_from_the_database_as_it_was_sealed(db: None, detail: dict[str, Any]) -> None:
    with transaction.atomic():
        audit.record("act", by=HOUSE, at=NOON, **detail)
    assert verify().intact


@pytest.mark.django_db(transaction=True)
def test_an_event_without_the_transaction_of_its_act_is_refused() -> None:
    with pytest.raises(TransactionManagementError, match="needs the transaction"):
        audit.record("act", by=HOUSE, at=NOON)
    assert AuditEvent.objects.count() == 0


@transaction.atomic
def act_that_fails() -> None:
    audit.record("second", by=HOUSE, at=NOON)
    raise RuntimeError("failed")


@pytest.mark.django_db(transaction=True)
def test_an_act_that_fails_leaves_no_event_and_no_gap() -> None:
    with transaction.atomic():
        audit.record("first", by=HOUSE, at=NOON)
    with pytest.raises(RuntimeError, match="failed"):
        act_that_fails()
    with transaction.atomic():
        audit.record("third", by=HOUSE, at=NOON)
    assert list(AuditEvent.objects.values_list("number", "act")) == [(1, "first"), (2, "third")]
    assert verify().intact


def test_an_event_names_person_act_patient_and_row(db: None) -> None:
    user = User.objects.create(username="ada", first_name="A" * 150, last_name="B" * 150, role="physician")
    with transaction.atomic():
        event = audit.record("screen", by=Actor(user=user), at=NOON, subject=user, verdict="clear")
    event.refresh_from_db()
    assert event.by == user
    assert event.actor.startswith("AAA")
    assert len(event.actor) == 200
    assert event.subject == f"User:{user.pk}"
    assert event.detail == {"verdict": "clear"}
    assert verify().intact
