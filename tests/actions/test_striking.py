"""A session charted on the wrong patient: a trace on both charts, nothing deleted, nothing altered."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from needlepoint.actions import chart, charting, outcome, session, signing, striking, tracing
from needlepoint.actions.access import NotPermitted
from needlepoint.actions.charting import ChartSigned, ChartStruck
from needlepoint.actions.identity import WrongPassword
from needlepoint.actions.striking import NotStruck
from needlepoint.records.models import (
    AuditEvent,
    Cartridge,
    Course,
    Lot,
    Role,
    SessionArea,
    SessionChange,
    SessionStrike,
    TreatmentSession,
)
from tests import people
from tests.actions.test_signing import LATER, PASSWORD, Hand, charted, enter, sign
from tests.people import NOW, TODAY
from tests.together import at_once

AFTER = LATER + timedelta(hours=3)


@pytest.fixture
def row(db: None) -> TreatmentSession:
    """A chart that is complete and open."""
    return charted()


def ready() -> Course:
    course = people.make_course(
        people.make_patient(given_name="Rita", family_name="Right"),
        indication="facial_wrinkles",
        areas=["cheeks", "forehead"],
    )
    people.answer_all(course.patient)
    people.make_screening(course)
    people.make_plan(course)
    people.make_consent(course)
    return course


def bare() -> Course:
    return people.make_course(people.make_patient(given_name="Rita", family_name="Right"))


def strike(row: TreatmentSession, to: Course | None = None, **given: Any) -> SessionStrike:
    whole = {"reason": "two charts open", "password": PASSWORD, "by": people.actor(), "at": AFTER, **given}
    return striking.strike(row, to=to, **whole)


def moved(row: TreatmentSession, to: Course) -> TreatmentSession:
    """The chart in which a struck one goes on."""
    again = strike(row, to).continued_as
    assert again is not None
    return session.find(again.ref)


def test_a_signed_session_is_struck_and_charted_anew_under_the_names_of_who_charted_it(row: TreatmentSession) -> None:
    sign(row)
    again = moved(row, ready())
    struck = session.find(row.ref)
    assert (struck.struck_at, struck.signed_at, again.signed_at) == (AFTER, LATER, None)
    assert signing.faults(struck) == ()
    assert (again.course.patient.family_name, again.therapist, again.opened_at) == (
        "Right",
        row.therapist,
        row.opened_at,
    )
    before = {
        area.area: (area.depth_mm, area.passes, area.endpoint, area.pain, area.cartridge_id) for area in row.areas.all()
    }
    assert {a.area: (a.depth_mm, a.passes, a.endpoint, a.pain, a.cartridge_id) for a in again.areas.all()} == before
    assert (again.started_at, again.time_out, again.note) == (struck.started_at, struck.time_out, struck.note)
    taken = SessionChange.objects.filter(session=again)
    assert taken.count() == SessionChange.objects.filter(session=row).values("field").distinct().count()
    assert set(taken.values_list("by__username", flat=True)) == {"therapist"}
    assert sign(again, at=AFTER).signed_at == AFTER
    assert signing.faults(session.find(again.ref)) == ()


def test_both_charts_keep_a_trace_and_neither_trail_names_the_other_patient(row: TreatmentSession) -> None:
    again = moved(row, ready())
    assert striking.of(row) == striking.of(again) == SessionStrike.objects.get()
    struck, continued = AuditEvent.objects.filter(act__in=("strike_session", "continue_session")).order_by("number")
    assert (struck.patient, continued.patient) == (row.course.patient, again.course.patient)
    assert struck.detail == {"reason": "two charts open", "continued_as": str(again.ref)}
    assert continued.detail == {"reason": "two charts open", "struck": str(row.ref)}


def test_an_amendment_is_taken_over_as_what_counts(row: TreatmentSession) -> None:
    sign(row)
    area = row.areas.all()[0]
    signing.amend(row, f"area.{area.pk}.pain", "9", reason="misread", by=people.actor(), at=LATER)
    again = moved(row, ready())
    assert again.areas.get(area=area.area).pain == 9


def test_a_struck_session_counts_no_longer_and_frees_its_course(row: TreatmentSession) -> None:
    strike(row)
    course = row.course
    assert session.held(course).open is None
    assert [held.pk for held in session.held(course).sessions] == [row.pk]
    assert outcome.session_days(course) == []
    assert {step.id: step.note for step in chart.header(course, on=TODAY).steps}["sessions"] == ""
    assert session.open_session(course, on=TODAY, by=people.actor(), at=AFTER).pk != row.pk


def test_the_lot_leads_to_the_patient_who_was_treated(row: TreatmentSession) -> None:
    again = moved(row, ready())
    lot = Lot.objects.get()
    assert [used.pk for used in tracing.used_in(lot, by=people.actor(), at=AFTER)] == [again.pk]
    assert Cartridge.objects.filter(session=row).exists()


def test_a_therapist_moves_it_only_where_the_right_chart_carries_a_session(row: TreatmentSession) -> None:
    course = bare()
    with pytest.raises(NotStruck, match="a physician can move it") as refused:
        strike(row, course)
    assert "No plan has been adopted." in refused.value.reasons
    assert not SessionStrike.objects.exists()
    done = strike(row, course, by=people.actor(Role.PHYSICIAN))
    assert done.continued_as is not None
    assert done.continued_as.exception_reason == "Charted first on another patient by mistake: two charts open"
    assert done.continued_as.exception_by == people.make_staff(Role.PHYSICIAN)


def test_an_open_session_of_the_right_patient_comes_first(row: TreatmentSession) -> None:
    course = ready()
    session.open_session(course, on=TODAY, by=people.actor(), at=LATER)
    with pytest.raises(NotStruck, match="still open"):
        strike(row, course)


@pytest.mark.parametrize(
    ("given", "refusal"),
    [({"reason": "  "}, NotStruck), ({"password": "wrong"}, WrongPassword)],
)
def test_a_strike_takes_a_reason_and_the_password(
    row: TreatmentSession, given: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        strike(row, **given)
    row.refresh_from_db()
    assert row.struck_at is None


def test_the_same_patient_is_not_another_one(row: TreatmentSession) -> None:
    with pytest.raises(NotStruck, match="same patient"):
        strike(row, people.make_course(row.course.patient))


@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.FRONT_DESK, Role.ADMINISTRATOR])
def test_who_does_not_treat_strikes_nothing(row: TreatmentSession, role: str) -> None:
    with pytest.raises(NotPermitted):
        strike(row, by=people.actor(role))


def test_a_struck_chart_is_locked_for_every_act(row: TreatmentSession) -> None:
    strike(row)
    lot = people.make_lot(number="B200")
    acts = (
        lambda: enter(row, note="more"),
        lambda: sign(row),
        lambda: charting.open_next(row, lot, by=people.actor(), at=AFTER),
        lambda: signing.amend(row, "note", "x", reason="r", by=people.actor(), at=AFTER),
        lambda: strike(row),
    )
    for act in acts:
        with pytest.raises(ChartStruck):
            act()


@pytest.mark.parametrize("signed", [False, True])
def test_the_database_itself_keeps_a_struck_chart_and_its_strike(row: TreatmentSession, signed: bool) -> None:
    if signed:
        sign(row)
    done = strike(row)
    tries: dict[str, Any] = {
        "struck": lambda: TreatmentSession.objects.filter(pk=row.pk).update(struck_at=None),
        "locked": lambda: SessionArea.objects.filter(session=row).update(pain=0),
        "a signed session": lambda: Hand().execute(f"DELETE FROM records_treatmentsession WHERE id = {row.pk}"),
        "append-only": lambda: SessionStrike.objects.filter(pk=done.pk).update(reason="other"),
    }
    for words, act in tries.items():
        with pytest.raises(DatabaseError, match=words), transaction.atomic():
            act()


def test_the_database_lets_a_signed_chart_be_struck_and_nothing_else_of_it_change(row: TreatmentSession) -> None:
    sign(row)
    for column, value in (("note", "'x'"), ("signed_at", "NULL"), ("numbing_area_cm2", "1"), ("cosign_because", "''")):
        with pytest.raises(DatabaseError, match="locked"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE records_treatmentsession SET struck_at = '2026-11-24', {column} = {value}")


def test_the_database_refuses_a_strike_that_leads_to_the_same_patient(row: TreatmentSession) -> None:
    other = people.make_session(people.make_course(row.course.patient), on=TODAY)
    with pytest.raises(DatabaseError, match="another patient"), transaction.atomic():
        SessionStrike.objects.create(session=row, continued_as=other, reason="r", by=people.make_staff(), at=NOW)


@pytest.mark.django_db(transaction=True)
def test_of_many_who_strike_one_chart_at_once_one_does() -> None:
    row, course, by = charted(), ready(), people.actor()
    found = at_once(12, lambda place: strike(row, course, by=by))
    kinds = sorted(type(each).__name__ for each in found)
    assert kinds.count("SessionStrike") == 1
    assert set(kinds) == {"SessionStrike", "ChartStruck", "NotStruck"} or set(kinds) == {"SessionStrike", "ChartStruck"}
    assert TreatmentSession.objects.filter(course=course).count() == 1


def test_charting_on_after_the_strike_is_refused_as_such(row: TreatmentSession) -> None:
    strike(row)
    with pytest.raises(ChartSigned, match="wrong patient"):
        enter(row, note="late entry")
