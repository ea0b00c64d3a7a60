"""Signing a chart: complete, by the person themselves, once, and then locked with every original readable."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from needlepoint.actions import charting, completeness, session, signing
from needlepoint.actions.access import NotPermitted
from needlepoint.actions.chart_fields import NotAValue
from needlepoint.actions.charting import ChartSigned
from needlepoint.actions.identity import TooManyTries, WrongPassword
from needlepoint.actions.signing import NotComplete, NotSigned, ReasonMissing
from needlepoint.records import guards
from needlepoint.records.models import (
    AuditEvent,
    Cartridge,
    Role,
    SessionArea,
    SessionChange,
    TimeOut,
    TreatmentSession,
)
from tests import people
from tests.people import CREAM, NOW, TODAY
from tests.together import at_once

NOON = NOW + timedelta(hours=2)
LATER = NOON + timedelta(hours=1)
PASSWORD = "a long password of the tests"


def enter(row: TreatmentSession, **entries: str) -> None:
    """Chart fields; `area_` stands for the same field of every area."""
    for name, text in entries.items():
        areas = row.areas.all() if name.startswith("area_") else []
        fields = [f"area.{area.pk}.{name.removeprefix('area_')}" for area in areas] or [name.replace("__", ".")]
        for field in fields:
            charting.save(row, field, text, key=f"{field}={text}"[:64], made_at=LATER, by=people.actor(), at=LATER)


def charted(*, numbing: bool = False) -> TreatmentSession:
    """A chart that can be signed."""
    course = people.make_treatable(numbing=numbing)
    row = session.open_session(course, on=TODAY, by=people.actor(), at=NOON)
    charting.open_next(row, people.make_lot(), by=people.actor(), at=LATER)
    enter(row, **{f"time_out__{item}": "true" for item in TimeOut.values})
    enter(row, area_depth_mm="0.5", area_passes="4", area_endpoint="even_redness", area_pain="2")
    enter(row, started_at="14:30", finished_at="14:50", aftercare_given="true", no_photo_reason="camera broken")
    row.refresh_from_db()
    return row


@pytest.fixture
def row(db: None) -> TreatmentSession:
    return charted()


def sign(row: TreatmentSession, **given: Any) -> TreatmentSession:
    whole = {"password": PASSWORD, "meaning": "performed", "by": people.actor(), "at": LATER, **given}
    return signing.sign(row, **whole)


def missing(row: TreatmentSession) -> list[str]:
    found = session.find(row.ref)
    ticks = completeness.ticks(found, charting.areas_of(found))
    return [words for tick in ticks for words in tick.missing]


def test_a_complete_chart_is_signed_sealed_and_on_record(row: TreatmentSession) -> None:
    assert missing(row) == []
    signed = sign(row)
    assert (signed.signed_by, signed.signed_at) == (people.make_staff(), LATER)
    assert signed.signed_meaning == "I gave this treatment, and this chart is true and complete."
    assert AuditEvent.objects.get(act="sign_session").detail["sha256"] == signed.signed_sha256
    assert signing.faults(session.find(row.ref)) == ()


def test_a_new_chart_says_all_that_it_needs(db: None) -> None:
    row = session.open_session(people.make_treatable(), on=TODAY, by=people.actor(), at=NOON)
    assert missing(row) == [
        "There is no photograph since the last session: take one, or say why there is none.",
        "Cheeks and cheekbones, Forehead, eyebrows included: cartridge missing.",
        "The time-out is not complete.",
        "The time of the first or of the last puncture is missing.",
        "Cheeks and cheekbones: depth, passes, endpoint, pain missing.",
        "Forehead, eyebrows included: depth, passes, endpoint, pain missing.",
        "Aftercare has not been given.",
    ]
    with pytest.raises(NotComplete) as refusal:
        sign(row)
    assert list(refusal.value.reasons) == missing(row)


GAPS: list[tuple[str, dict[str, str], list[str]]] = [
    ("a tick taken back", {"time_out__lot": "false"}, ["The time-out is not complete."]),
    (
        "one value of one area",
        {"area_pain": ""},
        ["Cheeks and cheekbones: pain missing.", "Forehead, eyebrows included: pain missing."],
    ),
    ("no aftercare", {"aftercare_given": "false"}, ["Aftercare has not been given."]),
    ("an end before the start", {"finished_at": "14:29"}, ["The last puncture is before the first."]),
    (
        "other than planned, and no reason",
        {"area_passes": "6"},
        [
            "Cheeks and cheekbones: say why it differs from the plan.",
            "Forehead, eyebrows included: say why it differs from the plan.",
        ],
    ),
    ("other than planned, with a reason", {"area_passes": "6", "area_deviation_reason": "thick skin"}, []),
    ("stopped early, with a reason", {"area_endpoint": "stopped_early", "area_deviation_reason": "faint"}, []),
    (
        "not treated at all",
        {"area_endpoint": "not_treated", "area_depth_mm": "", "area_passes": "", "area_pain": "",
         "area_deviation_reason": "came too late", "started_at": "", "finished_at": ""},
        [],
    ),
    (
        "needled before the time-out",
        {"started_at": "12:30"},
        ["Explain in the note: the first puncture was before the time-out was complete."],
    ),
    ("needled before the time-out, explained", {"started_at": "12:30", "note": "ticked late, done aloud before"}, []),
]  # fmt: skip


@pytest.mark.parametrize(("entries", "words"), [row[1:] for row in GAPS], ids=[row[0] for row in GAPS])
def test_what_a_chart_still_needs_is_said(row: TreatmentSession, entries: dict[str, str], words: list[str]) -> None:
    enter(row, started_at="15:05", finished_at="15:20")
    enter(row, **entries)
    assert missing(row) == words


NUMBED = [
    ({}, ["Explain in the note: the plan has numbing and none is charted."]),
    ({"note": "wanted none"}, []),
    ({"numbing_grams": "10"}, ["Numbing: product and lot, time on, time off missing."]),
    ({"numbing_grams": "10", "numbing_on": "13:10", "numbing_off": "14:00", "lot": "x"}, []),
    ({"numbing_grams": "10", "numbing_on": "14:10", "numbing_off": "14:00", "lot": "x"},
     ["Numbing: it was off before it was on."]),
    ({"numbing_grams": "21", "numbing_on": "13:10", "numbing_off": "14:00", "lot": "x"},
     ["Explain in the note: 21 g of numbing product, above the limit of 20 g."]),
    ({"numbing_grams": "10", "numbing_on": "13:05", "numbing_off": "14:20", "lot": "x"},
     ["Explain in the note: numbing for 75 min, longer than the limit of 60 min."]),
    ({"numbing_grams": "10", "numbing_on": "13:05", "numbing_off": "14:20", "lot": "x", "note": "washed off late"}, []),
]  # fmt: skip


@pytest.mark.parametrize(("entries", "words"), NUMBED)
def test_the_numbing_is_held_against_the_limits_of_the_plan(
    db: None, entries: dict[str, str], words: list[str]
) -> None:
    row = charted(numbing=True)
    enter(row, started_at="15:05", finished_at="15:20")
    if entries.pop("lot", None):
        entries["numbing_lot"] = str(people.make_lot(CREAM).pk)
    enter(row, **entries)
    assert missing(row) == words


# ------------------------------------------------------------------------------------------------ who signs


def test_only_the_own_password_signs_and_a_wrong_one_is_on_record(row: TreatmentSession) -> None:
    for password in ("", "wrong", PASSWORD + " "):
        with pytest.raises(WrongPassword):
            sign(row, password=password)
    assert AuditEvent.objects.filter(act="refuse_signature").count() == 3
    row.refresh_from_db()
    assert row.signed_at is None


def test_guessing_is_stopped_for_a_while(row: TreatmentSession) -> None:
    for _ in range(5):
        with pytest.raises(WrongPassword):
            sign(row, password="wrong")
    with pytest.raises(TooManyTries):
        sign(row)
    assert sign(row, at=LATER + timedelta(minutes=16)).signed_at is not None


def test_whoever_guesses_locks_nobody_else_out(row: TreatmentSession) -> None:
    for _ in range(5):
        with pytest.raises(WrongPassword):
            sign(row, password="wrong")
    assert sign(row, by=people.actor(Role.PHYSICIAN)).signed_at is not None


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.DIRECTOR, Role.ADMINISTRATOR])
def test_who_does_not_treat_signs_and_amends_nothing(row: TreatmentSession, role: str) -> None:
    with pytest.raises(NotPermitted):
        sign(row, by=people.actor(role))
    sign(row)
    with pytest.raises(NotPermitted):
        signing.amend(row, "note", "x", reason="y", by=people.actor(role), at=LATER)


@pytest.mark.parametrize("meaning", ["", "whatever"])
def test_a_signature_has_a_meaning(row: TreatmentSession, meaning: str) -> None:
    with pytest.raises(NotComplete, match="Choose what your signature means"):
        sign(row, meaning=meaning)


# ------------------------------------------------------------------------------------------------ locked

AFTER: list[tuple[str, Callable[[TreatmentSession], object]]] = [
    ("the chart", lambda row: TreatmentSession.objects.filter(pk=row.pk).update(note="x")),
    ("the signature", lambda row: TreatmentSession.objects.filter(pk=row.pk).update(signed_at=None)),
    ("an area", lambda row: SessionArea.objects.filter(session=row).update(depth_mm=1)),
    ("a further area", lambda row: row.areas.create(area="nose", device="exceed")),
    ("an area gone", lambda row: row.areas.all()[0].delete()),
    ("a further cartridge", lambda row: Cartridge.objects.filter(unit="005").update(session=row)),
    ("a further change", lambda row: SessionChange.objects.create(
        session=row, field="note", new="x", key="k", made_at=LATER, by=people.make_staff(), at=LATER)),
    ("a change removed", lambda row: row.changes.all()[0].delete()),
    ("the whole session", lambda row: TreatmentSession.objects.filter(pk=row.pk)._raw_delete("default")),
]  # fmt: skip


@pytest.mark.parametrize("attempt", [row[1] for row in AFTER], ids=[row[0] for row in AFTER])
def test_the_database_itself_refuses_to_change_a_signed_chart(
    row: TreatmentSession, attempt: Callable[[TreatmentSession], object]
) -> None:
    sign(row)
    with pytest.raises(DatabaseError, match=r"locked|append-only"), transaction.atomic():
        attempt(row)
    assert signing.faults(session.find(row.ref)) == ()


def test_the_actions_say_that_a_signed_chart_is_locked(row: TreatmentSession) -> None:
    sign(row)
    with pytest.raises(ChartSigned, match="locked"):
        charting.save(row, "note", "x", key="k", made_at=LATER, by=people.actor(), at=LATER)
    with pytest.raises(ChartSigned):
        charting.open_next(row, people.make_lot(number="B2"), by=people.actor(), at=LATER)
    with pytest.raises(ChartSigned):
        sign(row)


def test_an_entry_that_was_saved_before_the_signature_still_answers_after_it(row: TreatmentSession) -> None:
    change = charting.save(row, "note", "x", key="k", made_at=LATER, by=people.actor(), at=LATER).change
    sign(row)
    assert charting.save(row, "note", "x", key="k", made_at=LATER, by=people.actor(), at=LATER).change == change


ALTERED = [
    "UPDATE records_treatmentsession SET note = 'nothing happened'",
    "UPDATE records_treatmentsession SET numbing_grams = 1",
    "UPDATE records_treatmentsession SET therapist_id = (SELECT max(id) FROM records_user)",
    "UPDATE records_sessionarea SET pain = 0",
    "UPDATE records_sessionarea SET planned_depth_mm = 0.25",
    "UPDATE records_cartridge SET unit = '9' WHERE session_id IS NOT NULL",
    "UPDATE records_lot SET number = 'Z'",
]


class Hand:
    """What `guards.remove` needs of a schema editor, inside the test's own transaction, which puts them back."""

    connection = connection

    def execute(self, statement: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.parametrize("statement", ALTERED)
def test_a_chart_altered_behind_the_guards_is_found(row: TreatmentSession, statement: str) -> None:
    people.make_staff(Role.PHYSICIAN)
    sign(row)
    guards.remove(Hand())
    Hand().execute(statement)
    assert signing.faults(session.find(row.ref)) == ("The chart was altered after it was signed.",)


def test_a_seal_made_anew_is_found_in_the_audit_trail(row: TreatmentSession) -> None:
    sign(row)
    guards.remove(Hand())
    Hand().execute(f"UPDATE records_treatmentsession SET signed_sha256 = '{'a' * 64}'")
    assert signing.faults(session.find(row.ref)) == ("The signature differs from what the audit trail noted.",)
    Hand().execute("DELETE FROM records_auditevent")
    assert signing.faults(session.find(row.ref)) == ("The audit trail does not know of this signature.",)


# ------------------------------------------------------------------------------------------------ amended


def test_an_amendment_stands_beside_the_original_with_its_reason(row: TreatmentSession) -> None:
    sign(row)
    field = f"area.{row.areas.all()[0].pk}.pain"
    first = signing.amend(row, field, "5", reason=" typed 2,\nmeant 5 ", by=people.actor(), at=LATER)
    second = signing.amend(row, field, "6", reason="meant 6", by=people.actor(Role.PHYSICIAN), at=LATER)
    assert (first.old, first.new, first.reason, first.amendment) == (2, 5, "typed 2, meant 5", True)
    assert (second.old, second.new) == (5, 6)
    assert row.areas.all()[0].pain == 2
    assert signing.amendments(row) == (first, second)
    assert signing.faults(session.find(row.ref)) == ()


def test_an_amendment_needs_a_signed_chart_a_reason_and_something_new(row: TreatmentSession) -> None:
    with pytest.raises(NotSigned):
        signing.amend(row, "note", "x", reason="y", by=people.actor(), at=LATER)
    sign(row)
    with pytest.raises(ReasonMissing):
        signing.amend(row, "note", "x", reason="  ", by=people.actor(), at=LATER)
    with pytest.raises(NotAValue, match="already"):
        signing.amend(row, "aftercare_given", "true", reason="y", by=people.actor(), at=LATER)
    assert signing.amendments(row) == ()


def test_a_lot_recalled_since_can_be_named_in_an_amendment(db: None) -> None:
    row = charted(numbing=True)
    enter(row, note="wanted none")
    sign(row)
    lot = people.make_lot(CREAM, state="recalled")
    assert signing.amend(row, "numbing_lot", str(lot.pk), reason="forgotten", by=people.actor(), at=LATER).new == lot.pk


# ------------------------------------------------------------------------------------------------ at the same time


@pytest.mark.django_db(transaction=True)
def test_of_many_who_sign_one_chart_at_once_one_does() -> None:
    row, by = charted(), people.actor()
    found = at_once(8, lambda _: sign(row, by=by))
    assert all(isinstance(one, TreatmentSession | ChartSigned) for one in found), found
    assert sum(isinstance(one, TreatmentSession) for one in found) == 1
    assert AuditEvent.objects.filter(act="sign_session").count() == 1


@pytest.mark.django_db(transaction=True)
def test_what_is_charted_while_somebody_signs_is_either_sealed_or_refused() -> None:
    row, by = charted(), people.actor()

    def hand(place: int) -> object:
        if place == 0:
            return sign(row, by=by)
        return charting.save(row, "note", f"n{place}", key=f"{place}", made_at=LATER, by=by, at=LATER)

    found = at_once(8, hand)
    assert all(not isinstance(one, Exception) or isinstance(one, ChartSigned) for one in found), found
    assert signing.faults(session.find(row.ref)) == ()
