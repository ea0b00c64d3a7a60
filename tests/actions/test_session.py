"""The session: what it needs before it is opened, and what the database refuses whoever asks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries

from needlepoint.actions import chart, charting, session
from needlepoint.actions.access import NoSuchRecord, NotPermitted
from needlepoint.actions.session import NotReady, StillOpen
from needlepoint.records.models import (
    Answer,
    AuditEvent,
    Cartridge,
    Consent,
    ConsentWithdrawal,
    Course,
    Role,
    Screening,
    TreatmentSession,
)
from tests import people
from tests.people import NOW, ROLLER, TODAY
from tests.together import at_once

NOON = NOW + timedelta(hours=2)


@pytest.fixture
def course(db: None) -> Course:
    return people.make_treatable()


def open_at_noon(course: Course, **given: Any) -> TreatmentSession:
    return session.open_session(course, **{"on": TODAY, "by": people.actor(), "at": NOON, **given})


def test_a_session_stands_on_todays_screening_the_adopted_plan_and_the_consent(course: Course) -> None:
    row = open_at_noon(course)
    assert row.screening == Screening.objects.get()
    assert row.plan == course.plans.get()
    assert row.consent == Consent.objects.get()
    assert (row.exception_by, row.exception_reason, row.signed_at) == (None, "", None)
    lines = row.areas.values_list("area", "device", "planned_depth_mm", "planned_passes", "depth_mm", "endpoint")
    assert list(lines) == [("cheeks", ROLLER, 0.5, 4, None, ""), ("forehead", ROLLER, 0.5, 4, None, "")]
    event = AuditEvent.objects.get(act="open_session")
    assert (event.patient, event.detail) == (course.patient, {"exception": "", "missing": []})


def withdraw(course: Course, *, after: timedelta = timedelta(0)) -> ConsentWithdrawal:
    return ConsentWithdrawal.objects.create(
        consent=course.consents.latest("at"), part="treatment", at=NOW + after, by=people.make_staff()
    )


OBSTACLES: list[tuple[str, Callable[[Course], object], str]] = [
    ("consent taken back", withdraw, "There is no consent to treatment: withdrawn 24 Nov 2026."),
    (
        "a newer consent says no",
        lambda course: people.make_consent(course, at=NOW, treatment=False),
        "There is no consent to treatment: declined 24 Nov 2026.",
    ),
    (
        "an answer was changed after the screening",
        lambda course: Answer.objects.create(
            patient=course.patient, question="pregnant", value=True, answered_on=TODAY,
            at=NOW + timedelta(hours=1), by=people.make_staff(),
        ),
        "Answers were given or changed after the screening; screen again.",
    ),
    (
        "the plan goes deeper than was screened",
        lambda course: people.make_plan(course, depth_mm=1.0, at=NOW + timedelta(minutes=1)),
        "The plan goes 1 mm deep; the screening was for 0.5 mm.",
    ),
    (
        "the plan uses a device with rules of its own",
        lambda course: people.make_plan(course, device="exceed", at=NOW + timedelta(minutes=1)),
        "The plan uses Exceed (amiea med); the screening was for Dermaroller, 192 needles of 0.5 mm (CIT-8), which has"
        " other rules.",
    ),
    (
        "the plan numbs and the screening did not ask for it",
        lambda course: people.make_plan(course, numbing=True, at=NOW + timedelta(minutes=1)),
        "The screening was not for the numbing that is planned, Lidocaine 4 % cream (LMX4 and equivalents).",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("change", "words"), [row[1:] for row in OBSTACLES], ids=[row[0] for row in OBSTACLES])
def test_whatever_stands_in_the_way_is_said_and_nothing_is_opened(
    course: Course, change: Callable[[Course], object], words: str
) -> None:
    change(course)
    assert session.footing(course, on=TODAY).reasons == (words,)
    with pytest.raises(NotReady) as refusal:
        open_at_noon(course)
    assert refusal.value.reasons == (words,)
    assert TreatmentSession.objects.count() == 0


def test_a_course_where_nothing_was_done_yet_says_all_that_is_missing(db: None) -> None:
    assert session.footing(people.make_course(), on=TODAY).reasons == (
        "There is no screening of 24 November 2026; a session needs one of its own day.",
        "No plan has been adopted.",
        "Consent to treatment has not been signed.",
    )


def test_yesterdays_screening_does_not_carry_todays_session(course: Course) -> None:
    tomorrow = TODAY + timedelta(days=1)
    assert session.footing(course, on=tomorrow).reasons == (
        "There is no screening of 25 November 2026; a session needs one of its own day.",
    )


def test_a_plan_that_nobody_adopted_carries_nothing(db: None) -> None:
    course = people.make_screening().course
    people.make_consent(course)
    people.make_plan(course, adopted=False)
    assert session.footing(course, on=TODAY).reasons == ("No plan has been adopted.",)


def test_a_closed_course_is_treated_no_more(course: Course) -> None:
    course.closed_at = NOW
    course.save()
    assert session.footing(course, on=TODAY).reasons == ("This course is closed.",)


def test_a_screening_with_a_finding_is_an_obstacle(db: None) -> None:
    course = people.make_screening(answers={"pregnant": True}).course
    people.make_plan(course)
    people.make_consent(course)
    assert any("must not be done" in words or "not now" in words for words in session.footing(course, on=TODAY).reasons)
    with pytest.raises(NotReady):
        open_at_noon(course)


def test_an_excluded_area_gets_no_line(db: None) -> None:
    course = people.make_screening(answers={"wart_areas": ["forehead"]}).course
    people.make_plan(course)
    people.make_consent(course)
    ground = session.footing(course, on=TODAY)
    assert ground.excluded_areas == ("forehead",)
    assert ground.reasons == ()
    assert [area.area for area in open_at_noon(course).areas.all()] == ["cheeks"]


# ------------------------------------------------------------------------------------------------ the exception


def test_a_physician_may_go_on_with_a_reason_that_is_kept(db: None) -> None:
    course = people.make_course()
    by = people.actor(Role.PHYSICIAN)
    row = open_at_noon(course, exception_reason="  paper consent, screened by hand ", by=by)
    assert (row.exception_by, row.exception_reason) == (by.user, "paper consent, screened by hand")
    assert [area.area for area in row.areas.all()] == ["cheeks"]
    assert len(AuditEvent.objects.get(act="open_session").detail["missing"]) == 3


@pytest.mark.parametrize(
    ("role", "reason", "refusal"),
    [
        (Role.THERAPIST, "a reason", NotPermitted),
        (Role.PHYSICIAN, "", NotReady),
        (Role.PHYSICIAN, "   ", NotReady),
        (Role.DIRECTOR, "a reason", NotPermitted),
        (Role.FRONT_DESK, "a reason", NotPermitted),
    ],
)
def test_nobody_else_and_nobody_without_a_reason(db: None, role: str, reason: str, refusal: type[Exception]) -> None:
    course = people.make_course()
    with pytest.raises(refusal):
        open_at_noon(course, exception_reason=reason, by=people.actor(role))
    assert TreatmentSession.objects.count() == 0


def test_a_reason_that_was_not_needed_makes_no_exception(course: Course) -> None:
    row = open_at_noon(course, exception_reason="just in case", by=people.actor(Role.PHYSICIAN))
    assert (row.exception_by, row.exception_reason) == (None, "")


def test_one_session_is_signed_before_another_is_opened(course: Course) -> None:
    first = open_at_noon(course)
    with pytest.raises(StillOpen) as refusal:
        open_at_noon(course)
    assert refusal.value.session == first


# ------------------------------------------------------------------------------------------------ the database itself


def raw(course: Course, **given: Any) -> TreatmentSession:
    whole = {
        "course": course, "on": TODAY, "screening": course.screenings.first(), "plan": course.plans.first(),
        "consent": course.consents.first(), "therapist": people.make_staff(), "opened_at": NOON, **given,
    }  # fmt: skip
    return TreatmentSession.objects.create(**whole)


RAW: list[tuple[str, Callable[[Course], object]]] = [
    ("no screening", lambda course: raw(course, screening=None)),
    ("no plan", lambda course: raw(course, plan=None)),
    ("no consent", lambda course: raw(course, consent=None)),
    ("a screening of another day", lambda course: raw(course, on=TODAY + timedelta(days=1))),
    ("a screening of another patient", lambda course: raw(course, screening=people.make_screening())),
    ("a plan of another patient", lambda course: raw(course, plan=people.make_plan(people.make_course()))),
    ("a plan nobody adopted", lambda course: raw(course, plan=people.make_plan(course, adopted=False))),
    ("a consent of another patient", lambda course: raw(course, consent=people.make_consent(people.make_course()))),
    ("a consent that says no", lambda course: raw(course, consent=people.make_consent(course, treatment=False))),
    ("a consent that a newer one replaced",
     lambda course: [people.make_consent(course, at=NOW), raw(course, consent=course.consents.last())]),
    ("a consent taken back", lambda course: [withdraw(course), raw(course)]),
    ("an exception without a reason",
     lambda course: raw(course, consent=None, exception_by=people.make_staff(Role.PHYSICIAN))),
    ("an exception by a therapist",
     lambda course: raw(course, consent=None, exception_by=people.make_staff(), exception_reason="x")),
    ("a signature without a seal", lambda course: raw(course, signed_at=NOON, signed_by=people.make_staff())),
    ("two open sessions", lambda course: [raw(course), raw(course)]),
]  # fmt: skip


@pytest.mark.parametrize("attempt", [row[1] for row in RAW], ids=[row[0] for row in RAW])
def test_the_database_itself_refuses_a_session_without_its_grounds(
    course: Course, attempt: Callable[[Course], object]
) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        attempt(course)
    raw(course)  # only that was in the way


def test_the_database_itself_refuses_to_take_the_grounds_away_later(course: Course) -> None:
    row = raw(course)
    for column in ("screening", "plan", "consent"):
        with pytest.raises(IntegrityError), transaction.atomic():
            TreatmentSession.objects.filter(pk=row.pk).update(**{column: None})


def test_a_consent_taken_back_during_the_session_does_not_lock_its_chart(course: Course) -> None:
    row = open_at_noon(course)
    withdraw(course, after=timedelta(hours=3))
    charting.save(row, "note", "stopped at once", key="k", made_at=NOON, by=people.actor(), at=NOON)
    row.refresh_from_db()
    assert row.note == "stopped at once"


# ------------------------------------------------------------------------------------------------ reading


def test_reading_a_session_is_on_record(course: Course) -> None:
    row = open_at_noon(course)
    assert session.read(row.ref, by=people.actor(Role.DIRECTOR), at=NOON) == row
    assert AuditEvent.objects.filter(act="read_chart", subject=f"TreatmentSession:{row.pk}").count() == 1
    with pytest.raises(NotPermitted):
        session.read(row.ref, by=people.actor(Role.FRONT_DESK), at=NOON)
    with pytest.raises(NoSuchRecord):
        session.read(course.ref, by=people.actor(), at=NOON)


def past_sessions(course: Course, count: int) -> None:
    for place in range(1, count + 1):
        people.make_session(
            course, on=TODAY - timedelta(days=30 * place), signed_at=NOW, signed_by=people.make_staff(),
            signed_meaning="m", signed_sha256="f" * 64,
        )  # fmt: skip


@pytest.mark.parametrize("count", [0, 1, 40])
def test_opening_a_chart_takes_no_more_statements_when_many_sessions_went_before(
    course: Course, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    past_sessions(course, count)
    row = open_at_noon(course)
    with django_assert_num_queries(2):
        found = session.find(row.ref)
        areas = charting.areas_of(found)
        assert [area.area for area in areas.values()] == ["cheeks", "forehead"]
    with django_assert_num_queries(8):
        assert len(session.footing(course, on=TODAY).reasons) == 0
    with django_assert_num_queries(4 if count >= 20 else 3):
        held = session.held(course)
    assert (held.total, held.open) == (count + 1, row)
    assert len(held.sessions) == min(count + 1, 20)


def test_the_header_of_the_chart_knows_of_the_session(course: Course) -> None:
    open_at_noon(course)
    steps = {step.id: step for step in chart.header(course, on=TODAY).steps}
    assert steps["sessions"].note == "under way"


# ------------------------------------------------------------------------------------------------ at the same time


def winners(found: list[object], loser: type[Exception]) -> list[object]:
    assert all(isinstance(one, loser) for one in found if isinstance(one, Exception)), found
    return [one for one in found if not isinstance(one, Exception)]


@pytest.mark.django_db(transaction=True)
def test_of_many_who_open_a_session_at_once_one_does() -> None:
    course, by = people.make_treatable(), people.actor()
    found = at_once(8, lambda _: open_at_noon(course, by=by))
    assert len(winners(found, StillOpen)) == TreatmentSession.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_who_open_one_cartridge_at_once_one_does() -> None:
    rows = [people.make_session(people.make_course()) for _ in range(8)]
    unit, by = people.make_lot().cartridges.all()[0], people.actor()
    found = at_once(8, lambda place: charting.open_cartridge(rows[place], unit, by=by, at=NOON))
    (won,) = winners(found, charting.NotUsable)
    assert isinstance(won, Cartridge)
    assert Cartridge.objects.filter(session__isnull=False).count() == 1
    assert AuditEvent.objects.filter(act="open_cartridge").count() == 1


@pytest.mark.django_db(transaction=True)
def test_many_who_open_the_next_of_a_lot_at_once_get_one_each() -> None:
    rows = [people.make_session(people.make_course()) for _ in range(8)]
    lot, by = people.make_lot(units=6), people.actor()
    found = at_once(8, lambda place: charting.open_next(rows[place], lot, by=by, at=NOON))
    units = [unit.unit for unit in winners(found, charting.NotUsable) if isinstance(unit, Cartridge)]
    assert sorted(units) == ["001", "002", "003", "004", "005", "006"]
