"""Charting: every entry is kept, none twice, and the one made last stands."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from needlepoint.actions import chart_fields, chart_words, charting, session
from needlepoint.actions.access import NotPermitted
from needlepoint.actions.chart_fields import NoSuchField, NotAValue
from needlepoint.actions.charting import NotUsable, Saved
from needlepoint.records.models import AuditEvent, Role, SessionArea, SessionChange, TimeOut, TreatmentSession
from tests import people
from tests.people import CREAM, NOW, ROLLER, TODAY
from tests.together import at_once

NOON = NOW + timedelta(hours=2)
LATER = NOON + timedelta(hours=1)


@pytest.fixture
def row(db: None) -> TreatmentSession:
    course = people.make_treatable(numbing=True)
    return session.open_session(course, on=TODAY, by=people.actor(), at=NOON)


def save(row: TreatmentSession, name: str, text: str, **given: Any) -> Saved:
    whole = {
        "key": sha256(f"{name}={text}".encode()).hexdigest(),
        "made_at": LATER,
        "by": people.actor(),
        "at": LATER,
        **given,
    }
    return charting.save(row, name, text, **whole)


def area(row: TreatmentSession, place: int = 0) -> SessionArea:
    return row.areas.order_by("id")[place]


def now(row: TreatmentSession, name: str) -> Any:
    areas = charting.areas_of(row)
    row.refresh_from_db()
    return chart_fields.value_of(chart_fields.field_of(row, name, areas=areas))


def test_a_field_is_saved_with_who_and_when_and_what_was_there_before(row: TreatmentSession) -> None:
    save(row, "note", "first")
    saved = save(row, "note", "second")
    assert saved.stands
    assert (saved.change.old, saved.change.new, saved.change.at) == ("first", "second", LATER)
    assert saved.change.by == people.make_staff()
    assert now(row, "note") == "second"
    assert AuditEvent.objects.filter(act="save_field", patient=row.course.patient).count() == 2


FIELDS = [
    ("depth_mm", "0.5", 0.5, "0.5 mm"),
    ("depth_mm", " 0,75 ", 0.75, "0.75 mm"),
    ("passes", "4", 4, "4"),
    ("pain", "0", 0, "0"),
    ("pain", "10", 10, "10"),
    ("pain", "", None, "empty"),
    ("endpoint", "even_redness", "even_redness", "Even redness"),
    ("deviation_reason", "  asked\nfor less ", "asked for less", "asked for less"),
    ("finished", "true", True, "ticked"),
    ("device", "dermapen_4", "dermapen_4", "Dermapen 4"),
]


@pytest.mark.parametrize(("name", "text", "value", "words"), FIELDS)
def test_a_field_of_an_area_holds_what_it_may(
    row: TreatmentSession, name: str, text: str, value: Any, words: str
) -> None:
    full = f"area.{area(row).pk}.{name}"
    assert save(row, full, text).change.new == value
    assert now(row, full) == value
    field = chart_fields.field_of(row, full, areas=charting.areas_of(row))
    assert chart_words.shown(field, value) == words


REFUSED = [
    ("depth_mm", "0"), ("depth_mm", "-1"), ("depth_mm", "5.1"), ("depth_mm", "nan"), ("depth_mm", "1e2"),
    ("depth_mm", "deep"), ("depth_mm", "٢"), ("passes", "0"), ("passes", "100"), ("passes", "1.5"),
    ("pain", "-1"), ("pain", "11"), ("pain", "much"), ("endpoint", "nice"), ("device", "rf_needling"),
    ("device", ""), ("cartridge", "99999"), ("cartridge", "x"), ("device_unit", "99999"),
    ("deviation_reason", "x" * 201), ("deviation_reason", "a\0b"), ("finished", "maybe"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text"), REFUSED)
def test_what_cannot_stand_in_a_field_is_refused_by_name(row: TreatmentSession, name: str, text: str) -> None:
    full = f"area.{area(row).pk}.{name}"
    with pytest.raises(NotAValue) as refusal:
        save(row, full, text)
    assert refusal.value.field == full
    assert str(refusal.value).endswith(".")
    assert SessionChange.objects.count() == 0


@pytest.mark.parametrize(
    "name", ["signed_at", "area.1.session", "area.999.depth_mm", "time_out.luck", "", "area.x.pain"]
)
def test_there_are_no_other_fields(row: TreatmentSession, name: str) -> None:
    with pytest.raises(NoSuchField):
        save(row, name, "x")


def test_the_field_of_another_chart_is_not_reached(row: TreatmentSession) -> None:
    other = people.make_session(people.make_course())
    line = other.areas.create(area="cheeks", device=ROLLER)
    with pytest.raises(NoSuchField):
        save(row, f"area.{line.pk}.pain", "3")


@pytest.mark.parametrize("text", ["14:05", "00:00", "9:30"])
def test_a_time_is_a_clock_time_of_the_day_of_the_session(row: TreatmentSession, text: str) -> None:
    save(row, "numbing_on", text)
    local = timezone.localtime(datetime.fromisoformat(now(row, "numbing_on")))
    assert (local.date(), f"{local:%H:%M}") == (TODAY, text.rjust(5, "0"))


def test_a_time_may_be_the_moment_of_the_entry_and_may_be_taken_back(row: TreatmentSession) -> None:
    save(row, "numbing_on", "now")
    assert datetime.fromisoformat(now(row, "numbing_on")) == LATER
    save(row, "numbing_on", "", key="back")
    assert now(row, "numbing_on") is None


@pytest.mark.parametrize("text", ["25:00", "14:60", "14", "noon", "14:05:00"])
def test_what_is_no_clock_time_is_refused(row: TreatmentSession, text: str) -> None:
    with pytest.raises(NotAValue, match="for example 14:05"):
        save(row, "started_at", text)


def test_the_time_out_is_complete_with_its_last_tick_and_open_again_without(row: TreatmentSession) -> None:
    for item in TimeOut.values:
        row.refresh_from_db()
        assert row.time_out_at is None
        save(row, f"time_out.{item}", "true")
    row.refresh_from_db()
    assert (row.time_out, row.time_out_at) == (TimeOut.values, LATER)
    save(row, "time_out.lot", "false")
    row.refresh_from_db()
    assert "lot" not in row.time_out
    assert row.time_out_at is None


# ------------------------------------------------------------------------------------------------ numbing


def test_only_the_planned_product_in_a_usable_lot_numbs(row: TreatmentSession) -> None:
    good, other = people.make_lot(CREAM, number="G"), people.make_lot("benzocaine", number="B", kind="anaesthetic")
    old = people.make_lot(CREAM, number="O", expires_on=TODAY - timedelta(days=1))
    held, pen = people.make_lot(CREAM, number="H", state="recalled"), people.make_lot("dermapen_4")
    assert save(row, "numbing_lot", str(good.pk)).change.new == good.pk
    for lot, words in [(other, "The plan has Lidocaine 4 %"), (old, "expired"), (held, "recalled"), (pen, "Choose")]:
        with pytest.raises(NotAValue, match=words):
            save(row, "numbing_lot", str(lot.pk))
    assert now(row, "numbing_lot") == good.pk


def test_where_the_plan_has_no_numbing_none_is_charted(db: None) -> None:
    row = session.open_session(people.make_treatable(), on=TODAY, by=people.actor(), at=NOON)
    with pytest.raises(NotAValue, match="The plan has no numbing"):
        save(row, "numbing_lot", str(people.make_lot(CREAM).pk))


def test_a_product_that_is_ruled_out_for_the_patient_is_not_charted(row: TreatmentSession) -> None:
    plan = row.plan
    assert plan is not None
    plan.result["anaesthetic"]["blocked_by"] = ["la-allergy-amide"]
    row.plan = people.make_plan(row.course, numbing=True)
    blocked = {**row.plan.result, "anaesthetic": plan.result["anaesthetic"]}
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        type(plan).objects.filter(pk=row.plan.pk).update(result=blocked)
    entry = chart_fields.Entry(text=str(people.make_lot(CREAM).pk), made_at=NOON, session=row, area=None)
    row.plan.result = blocked
    with pytest.raises(NotAValue, match="rules this product out"):
        chart_fields.SESSION_FIELDS["numbing_lot"][1](entry)


# ------------------------------------------------------------------------------------------------ once, and in order


def test_an_entry_sent_again_is_not_saved_again_and_answers_the_same(row: TreatmentSession) -> None:
    first = save(row, "note", "one", key="k1")
    save(row, "note", "two", key="k2", made_at=LATER + timedelta(seconds=1), at=LATER + timedelta(seconds=1))
    again = save(row, "note", "one", key="k1", at=LATER + timedelta(minutes=5))
    assert again.change == first.change
    assert not again.stands
    assert now(row, "note") == "two"
    assert SessionChange.objects.count() == 2
    assert AuditEvent.objects.filter(act="save_field").count() == 2


def test_an_entry_that_was_cut_off_and_arrives_late_does_not_push_out_a_newer_one(row: TreatmentSession) -> None:
    other = people.actor(Role.PHYSICIAN)
    save(row, "note", "new", key="b", made_at=LATER + timedelta(minutes=10), at=LATER + timedelta(minutes=10), by=other)
    saved = save(row, "note", "old", key="a", made_at=LATER, at=LATER + timedelta(minutes=20))
    assert not saved.stands
    assert not saved.change.kept
    assert (saved.standing.new, saved.standing.by) == ("new", other.user)
    assert now(row, "note") == "new"
    assert list(SessionChange.objects.values_list("new", flat=True)) == ["new", "old"]


@pytest.mark.parametrize("made_at", [NOON - timedelta(days=400), LATER + timedelta(days=400)])
def test_no_device_clock_puts_an_entry_before_the_session_or_into_the_future(
    row: TreatmentSession, made_at: datetime
) -> None:
    change = save(row, "note", "x", made_at=made_at).change
    assert NOON <= change.made_at <= LATER


@pytest.mark.parametrize("key", ["", "k" * 65, "a\0b"])
def test_an_entry_without_a_key_is_refused(row: TreatmentSession, key: str) -> None:
    with pytest.raises(NotAValue):
        save(row, "note", "x", key=key)


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.DIRECTOR, Role.ADMINISTRATOR])
def test_who_does_not_treat_charts_nothing(row: TreatmentSession, role: str) -> None:
    with pytest.raises(NotPermitted):
        save(row, "note", "x", by=people.actor(role))


def test_a_change_cannot_be_changed_or_sent_twice_past_the_action(row: TreatmentSession) -> None:
    change = save(row, "note", "x", key="k").change
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        SessionChange.objects.filter(pk=change.pk).update(new="y")
    with pytest.raises(IntegrityError), transaction.atomic():
        SessionChange.objects.create(
            session=row, field="note", new="y", key="k", made_at=LATER, by=people.make_staff(), at=LATER
        )


def test_the_other_device_learns_what_changed_since_it_looked(
    row: TreatmentSession, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    first = save(row, "note", "one", key="a").change
    second = save(row, f"area.{area(row).pk}.pain", "3", key="b").change
    save(row, "note", "old", key="c", made_at=NOON)
    with django_assert_num_queries(1):
        assert charting.changes_after(row, first.pk) == (second,)
    with django_assert_num_queries(1):
        assert {name: change.pk for name, change in charting.last_changes(row).items()} == {
            "note": first.pk, second.field: second.pk,
        }  # fmt: skip


# ------------------------------------------------------------------------------------------------ cartridges


def test_a_cartridge_is_opened_once_and_entered_where_its_device_works(row: TreatmentSession) -> None:
    line = area(row, 1)
    SessionArea.objects.filter(pk=line.pk).update(device="dermapen_4")
    lot = people.make_lot(units=2)
    unit = charting.open_next(row, lot, by=people.actor(), at=LATER)
    assert (unit.unit, unit.session) == ("001", row)
    assert area(row, 0).cartridge == unit
    assert area(row, 1).cartridge is None
    with pytest.raises(NotUsable, match="opened before"):
        charting.open_cartridge(row, unit, by=people.actor(), at=LATER)
    charting.open_next(row, lot, by=people.actor(), at=LATER)
    with pytest.raises(NotUsable, match="Nothing is left"):
        charting.open_next(row, lot, by=people.actor(), at=LATER)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"expires_on": TODAY - timedelta(days=1)}, "expired on 23 November 2026"),
        ({"state": "quarantined"}, "quarantined"),
        ({"state": "recalled"}, "recalled"),
        ({"product": CREAM}, "holds no cartridges"),
    ],
)
def test_what_may_not_be_used_is_not_opened(row: TreatmentSession, fields: dict[str, Any], words: str) -> None:
    with pytest.raises(NotUsable, match=words):
        charting.open_next(row, people.make_lot(**fields), by=people.actor(), at=LATER)


def test_a_cartridge_of_another_session_does_not_fit_an_area(row: TreatmentSession) -> None:
    other = people.make_session(people.make_course())
    unit = charting.open_next(other, people.make_lot(), by=people.actor(), at=LATER)
    with pytest.raises(NotAValue, match="Open the cartridge"):
        save(row, f"area.{area(row).pk}.cartridge", str(unit.pk))
    with pytest.raises(DatabaseError, match="opened for this session first"), transaction.atomic():
        SessionArea.objects.filter(pk=area(row).pk).update(cartridge=unit)


# ------------------------------------------------------------------------------------------------ at the same time


@pytest.mark.django_db(transaction=True)
def test_many_devices_on_one_chart_lose_nothing_and_the_last_stands() -> None:
    course, by = people.make_treatable(), people.actor()
    row = session.open_session(course, on=TODAY, by=by, at=NOON)
    at = LATER + timedelta(minutes=1)

    def entry(place: int) -> Saved:
        return save(row, "note", f"n{place}", made_at=LATER + timedelta(seconds=place), at=at, by=by)

    found = at_once(12, entry)
    assert all(isinstance(one, Saved) for one in found), found
    assert SessionChange.objects.count() == 12
    assert now(row, "note") == "n11"


@pytest.mark.django_db(transaction=True)
def test_one_entry_sent_many_times_at_once_is_kept_once() -> None:
    course, by = people.make_treatable(), people.actor()
    row = session.open_session(course, on=TODAY, by=by, at=NOON)
    found = at_once(8, lambda _: save(row, "note", "once", key="k", by=by).change.pk)
    assert len(set(found)) == SessionChange.objects.count() == 1
