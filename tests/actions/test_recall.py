"""The recall run: what a notice meets, whom it concerns, who is told, and how it is closed."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import DatabaseError, transaction
from pypdf import PdfReader
from pytest_django import DjangoAssertNumQueries

from needlepoint.actions import charting, delivery, recall, recall_match, recall_report, stock, tracing, vault
from needlepoint.actions.access import NoSuchRecord, NotPermitted
from needlepoint.actions.charting import NotUsable
from needlepoint.actions.identity import WrongPassword
from needlepoint.actions.recall import NotARecall, Notice, RecallClosed
from needlepoint.actions.recall_match import Named
from needlepoint.actions.recall_report import NotDone
from needlepoint.actions.trade_items import NotReceived
from needlepoint.records.models import (
    Alert,
    AuditEvent,
    Cartridge,
    DeviceUnit,
    Lot,
    Message,
    Recall,
    RecallContact,
    Role,
    SessionChange,
    SubstanceUse,
    TradeItem,
    TreatmentSession,
)
from tests import people
from tests.people import CREAM, NOW, ROLLER, TODAY

pytestmark = pytest.mark.django_db
PASSWORD = "a long password of the tests"
GTIN, OTHER = "04012345678901", "04012345678918"
DIRECTOR = Role.DIRECTOR


def take_in(*lots: str, **changes: Any) -> Recall:
    named = {name: changes.pop(name) for name in ("serials", "gtin", "product") if name in changes}
    given = {
        "maker": "Maker of the tests", "named": Named(lots=lots, **named), "notice_on": TODAY, "urgency": "class_2",
        "action": "quarantined", "text": "The seal of some packs may be torn.", **changes,
    }  # fmt: skip
    return recall.open_recall(Notice(**given), by=people.actor(DIRECTOR), at=NOW, on=TODAY)


def treated(lot: Lot, name: str = "Ada", *, consent: bool = True) -> TreatmentSession:
    """A patient in whose session a unit of the lot was opened."""
    patient = people.make_patient(given_name=name, email=f"{name.lower()}@example.org")
    course = people.make_course(patient)
    people.make_consent(course, messages=consent)
    session = people.make_session(course)
    unit = lot.cartridges.filter(session__isnull=True)[0]
    Cartridge.objects.filter(pk=unit.pk).update(session=session)
    return session


def state(lot: Lot) -> str:
    lot.refresh_from_db()
    return lot.state


# ------------------------------------------------------------------------------------------------- matching


def met(named: Named) -> set[str]:
    return {lot.number for lot, _ in recall_match.lots_met(named)}


def test_a_notice_meets_lots_by_number_product_and_trade_number() -> None:
    people.make_lot(number="A-100", gtin=GTIN)
    people.make_lot("dermapen_4", number="A100")
    people.make_lot(number="B200", gtin=OTHER)
    people.make_lot(number="C300")
    TradeItem.objects.create(gtin=GTIN, kind="roller", product=ROLLER)
    assert met(Named(lots=("a100",))) == {"A-100", "A100"}, "written otherwise is met too"
    assert met(Named(lots=("A100",), product=ROLLER)) == {"A-100"}
    assert met(Named(lots=("A100", "B200", "C300"), gtin=GTIN)) == {"A-100", "C300"}, "unknown trade number is met"
    assert met(Named(gtin=GTIN)) == {"A-100", "C300"}, "the product of the trade number, where the lot says none"
    assert met(Named(product=ROLLER)) == {"A-100", "B200", "C300"}
    assert met(Named(lots=("Z9",))) == met(Named(serials=("S1",))) == met(Named()) == set()
    why = dict(recall_match.lots_met(Named(lots=("a100",))))
    assert {lot.number: words for lot, words in why.items()}["A-100"] == "lot A-100, written otherwise in the notice"


def test_a_notice_meets_devices_by_serial_number_product_and_trade_number() -> None:
    for model, serial, gtin in [("dermapen_4", "S-1", GTIN), ("dermapen_4", "S2", ""), ("skinpen_precision", "S1", "")]:
        DeviceUnit.objects.create(model=model, serial=serial, gtin=gtin)

    def found(**named: Any) -> list[str]:
        return [unit.serial for unit, _ in recall_match.devices_met(Named(**named))]

    assert found(serials=("s1",)) == ["S-1", "S1"]
    assert found(serials=("S1",), product="dermapen_4") == ["S-1"]
    assert found(product="dermapen_4") == ["S-1", "S2"]
    assert found(gtin=GTIN) == ["S-1"]
    assert found(lots=("S1",)) == []


# ------------------------------------------------------------------------------------------------- taking in


def test_a_notice_holds_back_what_it_meets_and_lists_everybody_it_touched() -> None:
    lot, other = people.make_lot(), people.make_lot(number="B200")
    treated(lot, "Ada"), treated(lot, "Ben"), treated(other, "Cid")
    run = recall.read_run(take_in("A100"), by=people.actor(DIRECTOR), at=NOW)
    assert (state(lot), state(other)) == ("quarantined", "in_stock")
    assert [one.row.patient.given_name for one in run.listed] == ["Ada", "Ben"]
    assert [(row.because, row.before) for row in run.matches] == [("lot A100", "in_stock")]
    assert {one.state for one in run.listed} == {"open"}
    acts = set(AuditEvent.objects.values_list("act", flat=True))
    assert {"open_recall", "set_lot_state", "match_recall", "read_recall"} <= acts


def test_a_lot_that_is_called_back_for_good_is_not_merely_quarantined_by_a_later_notice() -> None:
    lot = people.make_lot(state="recalled")
    take_in("A100")
    assert state(lot) == "recalled"


WAYS = ["cartridge", "numbing", "serum", "device", "amended numbing"]


@pytest.mark.parametrize("way", WAYS)
def test_every_way_in_which_something_touches_a_patient_is_found(way: str) -> None:
    session = people.make_session(people.make_course())
    cream = people.make_lot(CREAM, number="X1")
    if way == "cartridge":
        lot = people.make_lot(number="X1")
        Cartridge.objects.filter(lot=lot, unit="001").update(session=session)
    elif way == "numbing":
        TreatmentSession.objects.filter(pk=session.pk).update(numbing_lot=cream)
    elif way == "serum":
        serum = Lot.objects.create(kind="serum", product="Serum", number="X1", expires_on=TODAY)
        use = {"session": session, "amount": "1 ml", "channels": True, "off_label": False, "by": people.make_staff()}
        SubstanceUse.objects.create(lot=serum, at=NOW, **use)
    elif way == "device":
        unit = DeviceUnit.objects.create(model="dermapen_4", serial="X1")
        session.areas.create(area="cheeks", device="dermapen_4", device_unit=unit)
    else:
        SessionChange.objects.create(
            session=session, field="numbing_lot", new=cream.pk, reason="wrong tube entered", amendment=True, key="k",
            made_at=NOW, by=people.make_staff(), at=NOW,
        )  # fmt: skip
    opened = take_in("X1", serials=("X1",))
    assert [row.patient for row in opened.patients.all()] == [session.course.patient]


def test_a_serum_that_was_struck_concerns_nobody() -> None:
    session = people.make_session(people.make_course())
    serum = Lot.objects.create(kind="serum", product="Serum", number="X1", expires_on=TODAY)
    by = people.make_staff()
    SubstanceUse.objects.create(session=session, lot=serum, amount="1 ml", channels=True, off_label=False, by=by,
                                at=NOW, struck_at=NOW, struck_by=by, struck_reason="other tray")  # fmt: skip
    assert take_in("X1").patients.count() == 0


NOT_A_NOTICE = [
    ("no maker", "maker", {"maker": ""}),
    ("nothing named", "lots", {"named": Named()}),
    ("a trade number too short", "gtin", {"named": Named(gtin="401")}),
    ("of tomorrow", "notice_on", {"notice_on": TODAY + timedelta(days=1)}),
    ("no urgency", "urgency", {"urgency": ""}),
    ("no decision", "action", {"action": "in_stock"}),
    ("no text", "text", {"text": " "}),
    ("a file too large", "file", {"file": b"x" * (20 * 2**20 + 1)}),
]


@pytest.mark.parametrize(("field", "change"), [row[1:] for row in NOT_A_NOTICE], ids=[row[0] for row in NOT_A_NOTICE])
def test_a_notice_that_says_too_little_changes_nothing(field: str, change: dict[str, Any]) -> None:
    lot = people.make_lot()
    with pytest.raises(NotARecall) as refusal:
        take_in("A100", **change)
    assert refusal.value.field == field
    assert state(lot) == "in_stock"
    assert not Recall.objects.exists()


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.THERAPIST, Role.ADMINISTRATOR])
def test_only_physician_and_director_run_a_recall(role: str) -> None:
    notice = Notice(
        maker="M", named=Named(lots=("A",)), notice_on=TODAY, urgency="class_1", action="recalled", text="x"
    )
    with pytest.raises(NotPermitted):
        recall.open_recall(notice, by=people.actor(role), at=NOW, on=TODAY)


def test_the_numbers_of_a_list_are_read_however_they_are_set_apart() -> None:
    assert recall.numbers_in(" A 1\r\nB2, C3;;\n B2 ") == ("A 1", "B2", "C3")


def test_what_comes_later_is_refused_at_the_door_and_found_when_one_looks_again() -> None:
    opened = take_in("A100")
    given: dict[str, Any] = {
        "number": "A100",
        "expires_on": TODAY,
        "units": 1,
        "on": TODAY,
        "by": people.actor(),
        "at": NOW,
    }
    with pytest.raises(NotReceived, match="is called back"):
        stock.receive(ROLLER, **given)
    lot = people.make_lot()
    treated(lot)
    assert recall.look_again(opened, by=people.actor(DIRECTOR), at=NOW) == (1, 1)
    assert recall.look_again(opened, by=people.actor(DIRECTOR), at=NOW) == (0, 0)
    assert state(lot) == "quarantined"


# ---------------------------------------------------------------------------------- telling the patients


def write(opened: Recall, *, remind: bool = False) -> recall.Written:
    return recall.write_to_all(opened, words="Please call us.", remind=remind, by=people.actor(DIRECTOR), at=NOW)


def stands(opened: Recall) -> dict[str, str]:
    return {one.row.patient.given_name: one.state for one in recall.run_of(opened).listed}


def test_who_agreed_is_written_to_once_and_who_did_not_is_left_to_be_called() -> None:
    people.make_clinic()
    lot = people.make_lot()
    treated(lot, "Ada"), treated(lot, "Ben", consent=False)
    opened = take_in("A100")
    assert write(opened) == recall.Written(queued=1, withheld=1)
    assert write(opened) == recall.Written(queued=0, withheld=1)
    assert stands(opened) == {"Ada": "written", "Ben": "open"}
    ben = recall.run_of(opened).listed[1]
    assert ben.unsent == "The patient declined messages."
    assert Message.objects.count() == 2, "what was said before is not put on record again"
    assert delivery.deliver_due(clock=lambda: NOW) == 1
    assert [message.to for message in mail.outbox] == [["ada@example.org"]]
    assert "Please call us." in mail.outbox[0].body
    assert "lot A100" in mail.outbox[0].body
    assert "24 November 2026" in mail.outbox[0].body


def test_a_reminder_goes_to_those_who_have_not_answered() -> None:
    people.make_clinic()
    lot = people.make_lot()
    treated(lot, "Ada"), treated(lot, "Ben")
    opened = take_in("A100")
    write(opened)
    ada = opened.patients.get(patient__given_name="Ada")
    recall.contact(ada.pk, "reply", words="", by=people.actor(DIRECTOR), at=NOW)
    assert write(opened, remind=True) == recall.Written(queued=1, withheld=0)
    assert write(opened, remind=True) == recall.Written(queued=1, withheld=0), "as often as it is asked for"
    assert stands(opened) == {"Ada": "reached", "Ben": "written"}


def test_a_reply_with_complaints_reaches_the_clinicians_queue() -> None:
    treated(people.make_lot())
    row = take_in("A100").patients.get()
    with pytest.raises(NotARecall, match="what was told"):
        recall.contact(row.pk, "reply_harm", words=" ", by=people.actor(DIRECTOR), at=NOW)
    recall.contact(row.pk, "reply_harm", words="Sore and red since Sunday", by=people.actor(DIRECTOR), at=NOW)
    alert = Alert.objects.get()
    assert alert.patient == row.patient
    assert "Sore and red since Sunday" in alert.reason
    assert alert.urgency in {"red", "amber"}
    assert alert.due_at > NOW


@pytest.mark.parametrize("kind", ["message", "reminder", "telepathy"])
def test_only_what_a_person_can_do_is_noted_by_hand(kind: str) -> None:
    treated(people.make_lot())
    row = take_in("A100").patients.get()
    with pytest.raises(NotARecall):
        recall.contact(row.pk, kind, words="x", by=people.actor(DIRECTOR), at=NOW)
    with pytest.raises(NoSuchRecord):
        recall.contact(4711, "letter", words="x", by=people.actor(DIRECTOR), at=NOW)


# ------------------------------------------------------------------------------------------------- closing


def close(opened: Recall, **changes: Any) -> Recall:
    given = {"conclusion": "Sent back to the maker.", "password": PASSWORD, "by": people.actor(DIRECTOR), "at": NOW}
    return recall_report.close(opened, **{**given, **changes})


def test_a_recall_is_closed_when_everybody_is_reached_and_its_report_is_frozen() -> None:
    people.make_clinic()
    treated(people.make_lot(), "Ada")
    opened = take_in("A100", file=b"%PDF the letter", file_name="letter.pdf")
    with pytest.raises(NotDone, match="Ada Example"):
        close(opened)
    row = opened.patients.get()
    recall.contact(row.pk, "given_up", words="three calls, two letters", by=people.actor(DIRECTOR), at=NOW)
    with pytest.raises(NotARecall, match="what was found"):
        close(opened, conclusion=" ")
    closed = close(opened)
    document = recall_report.report(closed, by=people.actor(DIRECTOR), at=NOW)
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(document)).pages)
    for words in ("Maker of the tests", "lot A100", "Ada Example", "three calls, two letters", "Sent back to the maker",
                  "Dora Director", recall_report.MEANING[:30]):  # fmt: skip
        assert words in " ".join(text.split())
    assert recall_report.notice_file(closed, by=people.actor(DIRECTOR), at=NOW) == b"%PDF the letter"
    assert vault.get(closed.report_sha256) == document


def test_who_closes_shows_who_they_are_and_wrong_tries_stay_on_record() -> None:
    opened = take_in("A100")
    with pytest.raises(WrongPassword):
        close(opened, password="guessed")
    opened.refresh_from_db()
    assert opened.closed_at is None
    assert AuditEvent.objects.filter(act="refuse_signature").count() == 1


def test_what_is_found_at_the_last_look_is_seen_before_it_is_closed() -> None:
    opened = take_in("A100")
    treated(people.make_lot())
    with pytest.raises(NotDone, match="1 in stock and 1 patients"):
        close(opened)
    assert stands(opened) == {"Ada": "open"}, "what was found is kept"


def test_a_closed_recall_is_locked_by_act_and_database() -> None:
    people.make_clinic()
    treated(people.make_lot())
    opened = take_in("A100")
    row = opened.patients.get()
    recall.contact(row.pk, "telephone", words="", by=people.actor(DIRECTOR), at=NOW)
    closed = close(opened)
    attempts: tuple[Callable[[], object], ...] = (
        lambda: close(closed),
        lambda: recall.look_again(closed, by=people.actor(DIRECTOR), at=NOW),
        lambda: recall.contact(row.pk, "reply", words="", by=people.actor(DIRECTOR), at=NOW),
    )
    for attempt in attempts:
        with pytest.raises(RecallClosed):
            attempt()
    refused: tuple[Callable[[], object], ...] = (
        lambda: Recall.objects.filter(pk=closed.pk).update(conclusion="other"),
        lambda: RecallContact.objects.create(listed=row, kind="reply", by=people.make_staff(), at=NOW),
        lambda: closed.patients.create(patient=people.make_patient(), at=NOW),
        lambda: RecallContact.objects.update(words="other"),
    )
    for change in refused:
        with pytest.raises(DatabaseError, match=r"locked|stays on record|append-only"), transaction.atomic():
            change()


def test_the_run_takes_no_more_queries_for_many_patients(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    lot = people.make_lot(units=30)
    for place in range(30):
        treated(lot, f"P{place:02d}")
    opened = take_in("A100")
    with django_assert_max_num_queries(14):
        assert len(recall.run_of(opened).listed) == 30
    with django_assert_max_num_queries(1):
        assert [(line.patients, line.waiting) for line in recall.recalls()] == [(30, 30)]


# ------------------------------------------------------------------------------------------------- tracing


def test_one_question_leads_from_lot_to_patients_and_from_patient_to_lots() -> None:
    lot = people.make_lot()
    session = treated(lot, "Ada")
    session.areas.create(area="cheeks", device=ROLLER, cartridge=session.cartridges.get())
    by = people.actor(DIRECTOR)
    found = tracing.trace("a100", by=by, at=NOW)
    assert [(one.lot, one.patients, one.sessions) for one in found.lots] == [(lot, 1, (session,))]
    ((patient, touched),) = tracing.trace("ada exa", by=by, at=NOW).patients
    assert patient == session.course.patient
    assert [(one.lot, one.where) for one in touched] == [(lot, "Cheeks and cheekbones")]
    assert tracing.trace("  ", by=by, at=NOW) == tracing.trace("Zz", by=by, at=NOW)
    assert set(AuditEvent.objects.filter(act__startswith="trace").values_list("act", flat=True)) == {
        "trace_lot", "trace_patient",
    }  # fmt: skip
    with pytest.raises(NotPermitted):
        tracing.trace("A100", by=people.actor(Role.FRONT_DESK), at=NOW)


def test_a_unit_of_a_lot_that_was_held_back_a_moment_ago_does_not_open() -> None:
    lot = people.make_lot()
    session = people.make_session(people.make_course())
    take_in("A100")
    with pytest.raises(NotUsable, match="quarantined"):
        charting.open_next(session, lot, by=people.actor(), at=NOW)
