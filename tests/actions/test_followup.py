"""What a patient reports reaches a clinician in time, and nothing is taken for a no."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from needlepoint.actions import adverse, followup, links
from needlepoint.actions.access import NoSuchRecord, NotPermitted
from needlepoint.actions.actor import Actor
from needlepoint.core.outcomes import triage
from needlepoint.core.outcomes.triage import Trend, Urgency
from needlepoint.knowledge.selfcheck import triage_on
from needlepoint.records import models
from needlepoint.records.models import Alert, AuditEvent, Role, SelfCheck, TreatmentSession
from tests import people

pytestmark = pytest.mark.django_db

ALL_NONE = frozenset({"red", "amber", "yellow"})
DUE_HOURS = {Urgency.RED: 0, Urgency.AMBER: 8, Urgency.YELLOW: 48}


def make_session(*, days_ago: int = 3, **fields: Any) -> TreatmentSession:
    on = people.TODAY - timedelta(days=days_ago)
    return people.make_session(people.make_course(), on=on, **fields)


def patient_of(session: TreatmentSession) -> Actor:
    link, _ = links.invite(session.course.patient, course=session.course, by=people.actor(), at=people.NOW)
    return Actor(link=link)


def report(session: TreatmentSession, *signs: str, by: Actor | None = None, **changes: Any) -> SelfCheck:
    setting = {
        "none_of": ALL_NONE, "words": "", "trend": Trend.BETTER, "at": people.NOW, "on": people.TODAY, **changes
    }  # fmt: skip
    return followup.report(session, signs=frozenset(signs), by=by or patient_of(session), **setting)


def asked_alone() -> list[Any]:
    """Every sign on a day on which it is asked, with what it calls for when it stands alone."""
    rules = triage_on(people.TODAY)
    cases: dict[str, Any] = {}
    for day in (0, 3, 7, 14, 28, 56):
        for urgency, sign in rules.asked_on(day):
            cases.setdefault(sign.id, pytest.param(sign.id, day, urgency, id=f"{sign.id}, day {day}"))
    return list(cases.values())


@pytest.mark.parametrize(("sign", "day", "urgency"), asked_alone())
def test_every_sign_raises_its_alert_with_its_time(sign: str, day: int, urgency: Urgency) -> None:
    session = make_session(days_ago=day)
    check = report(session, sign)
    assert (check.urgency, check.day) == (urgency.value, day)
    alert = Alert.objects.get()
    assert (alert.urgency, alert.self_check, alert.patient) == (urgency.value, check, session.course.patient)
    assert alert.due_at == people.NOW + timedelta(hours=DUE_HOURS[urgency])
    assert triage_on(people.TODAY).wording(sign) in alert.reason
    assert sorted(AuditEvent.objects.values_list("act", flat=True)) == ["invite_patient", "raise_alert", "self_check"]


def test_fever_with_shivering_is_red_although_each_alone_is_amber() -> None:
    session = make_session()
    assert report(session, "fever").urgency == "amber"
    assert report(session, "fever", "shivering").urgency == "red"
    assert Alert.objects.count() == 2


def test_no_sign_at_all_raises_no_alert_and_is_kept() -> None:
    check = report(make_session())
    assert (check.urgency, check.cards) == ("none", [])
    assert not Alert.objects.exists()
    assert AuditEvent.objects.filter(act="self_check").exists()


@pytest.mark.parametrize(
    ("none_of", "trend", "groups", "trend_missing"),
    [
        (frozenset(), None, ("red", "amber"), True),
        (frozenset({"red"}), Trend.SAME, ("amber",), False),
        (frozenset({"red", "amber"}), None, (), True),
    ],
)
def test_silence_is_never_a_no(
    none_of: frozenset[str], trend: Trend | None, groups: tuple[str, ...], trend_missing: bool
) -> None:
    with pytest.raises(followup.Incomplete) as missing:
        report(make_session(), none_of=none_of, trend=trend)
    assert tuple(group.value for group in missing.value.groups) == groups
    assert missing.value.trend is trend_missing
    assert not SelfCheck.objects.exists()


def test_a_ticked_sign_goes_through_although_the_rest_was_left_out() -> None:
    check = report(make_session(), "pus", none_of=frozenset(), trend=None)
    assert check.urgency == "amber"


def test_a_sign_that_is_not_asked_today_is_not_taken() -> None:
    assert report(make_session(days_ago=1), "darker", "made_up").answers["signs"] == []


def test_free_words_are_put_before_a_person_in_full() -> None:
    report(make_session(), words=" It smells of metal. ")
    assert "In own words: It smells of metal." in Alert.objects.get().reason


def test_worse_in_two_checks_on_end_is_amber() -> None:
    session = make_session()
    assert report(session, trend=Trend.WORSE).urgency == "none"
    assert report(session, trend=Trend.WORSE).urgency == "amber"
    assert report(make_session(), trend=Trend.WORSE).urgency == "none", "another session counts for itself"


def test_after_the_last_day_of_the_schedule_signs_are_asked_still() -> None:
    asked = followup.asked(make_session(days_ago=400), on=people.TODAY)
    assert {group for group, _ in asked.groups} == {Urgency.RED, Urgency.AMBER, Urgency.YELLOW}


def test_what_is_told_names_the_flags_the_usual_and_the_next_day() -> None:
    session = make_session(days_ago=3)
    by = patient_of(session)
    with pytest.raises(NoSuchRecord):
        followup.told(session, on=people.TODAY)
    report(session, by=by)
    told = followup.told(session, on=people.TODAY)
    assert told.raised == ()
    assert told.usual
    assert told.next_on == session.on + timedelta(days=7)
    report(session, "pus", "breathing", by=by)
    assert [flag.urgency.value for flag in followup.told(session, on=people.TODAY).raised] == ["red", "amber"]


def test_a_link_leads_to_the_newest_session_that_has_been() -> None:
    course = people.make_course()
    sessions = [people.make_session(course, on=people.TODAY + timedelta(days=days)) for days in (-30,)]
    by = patient_of(sessions[0])
    assert followup.session_of(by, on=people.TODAY) == sessions[0]
    with pytest.raises(NoSuchRecord):
        followup.session_of(by, on=people.TODAY - timedelta(days=31))
    other = people.make_session(people.make_course(), on=people.TODAY)
    assert followup.session_of(by, on=people.TODAY) != other


def test_the_queue_is_in_order_of_due_times_and_an_alert_leaves_it_with_what_was_done() -> None:
    for sign in ("still_red", "pus", "breathing"):
        report(make_session(days_ago=14), sign)
    by = people.actor()
    alerts = followup.read_queue(by=by, at=people.NOW, on=people.TODAY).open
    assert [alert.urgency for alert in alerts] == ["red", "amber", "yellow"]
    with pytest.raises(followup.NothingSaid):
        followup.handle(alerts[0].pk, handling="  ", by=by, at=people.NOW)
    followup.handle(alerts[0].pk, handling="Called, ambulance on its way.", by=by, at=people.NOW)
    with pytest.raises(followup.AlreadyHandled, match="Tess Therapist has handled this"):
        followup.handle(alerts[0].pk, handling="Called again.", by=by, at=people.NOW)
    queue = followup.read_queue(by=by, at=people.NOW, on=people.TODAY)
    assert [alert.urgency for alert in queue.open] == ["amber", "yellow"]
    assert queue.handled[0].handling == "Called, ambulance on its way."
    with pytest.raises(NoSuchRecord):
        followup.handle(10**6, handling="x", by=by, at=people.NOW)


@pytest.mark.parametrize(
    ("days_ago", "begun", "reported", "silent"),
    [
        (2, True, False, False),
        (3, True, False, True),
        (3, True, True, False),
        (3, False, False, False),
        (61, True, False, False),
    ],
)
def test_who_has_not_reported_by_the_third_day_is_called(
    days_ago: int, begun: bool, reported: bool, silent: bool
) -> None:
    session = make_session(days_ago=days_ago, started_at=people.NOW if begun else None)
    if reported:
        report(session)
    queue = followup.read_queue(by=people.actor(), at=people.NOW, on=people.TODAY)
    assert (session in queue.silent) is silent


def test_the_queue_and_the_telephone_are_for_clinical_staff() -> None:
    session = make_session()
    for role in (Role.FRONT_DESK, Role.DIRECTOR, Role.ADMINISTRATOR):
        with pytest.raises(NotPermitted):
            followup.read_queue(by=people.actor(role), at=people.NOW, on=people.TODAY)
        with pytest.raises(NotPermitted):
            report(session, by=people.actor(role))
    assert report(session, "pus", by=people.actor()).by == people.make_staff()


def test_the_words_of_urgency_are_the_same_in_core_and_records() -> None:
    assert set(models.Urgency.values) == {urgency.value for urgency in triage.Urgency}


# ------------------------------------------------------------------------------------------------ adverse events


def record(session: TreatmentSession, **changes: Any) -> models.AdverseEvent:
    setting: dict[str, Any] = {
        "area": "cheeks", "what": "Blisters", "grade": 2, "began_on": session.on, "course_so_far": "Came on day 1.",
        "outcome": "ongoing", "photograph": None, "by": people.actor(), "at": people.NOW, "on": people.TODAY,
    }  # fmt: skip
    return adverse.record(session, **{**setting, **changes})


def test_an_adverse_event_is_recorded_and_goes_on_with_the_old_words_in_the_audit_trail() -> None:
    event = record(make_session())
    adverse.update(
        event.pk, grade=1, course_so_far="Gone on day 6.", outcome="resolved", by=people.actor(), at=people.NOW,
        on=people.TODAY,
    )  # fmt: skip
    event.refresh_from_db()
    assert (event.grade, event.outcome) == (1, "resolved")
    kept = AuditEvent.objects.get(act="update_adverse_event").detail
    assert kept["before"] == {"grade": 2, "course_so_far": "Came on day 1.", "outcome": "ongoing"}


def test_harm_begins_neither_before_its_session_nor_after_today() -> None:
    session = make_session()
    with pytest.raises(adverse.BeganBeforeSession, match="21 Nov 2026"):
        record(session, began_on=session.on - timedelta(days=1))
    with pytest.raises(adverse.BeganLater):
        record(session, began_on=people.TODAY + timedelta(days=1))
    assert record(session, began_on=people.TODAY).pk


def test_adverse_events_are_recorded_by_clinical_staff() -> None:
    session = make_session()
    with pytest.raises(NotPermitted):
        record(session, by=people.actor(Role.DIRECTOR))


def test_the_history_of_a_course_takes_the_same_queries_however_long(django_assert_max_num_queries: Any) -> None:
    course, by = people.make_course(), people.actor()
    for days in range(6):
        signed = {"signed_at": people.NOW, "signed_by": by.member, "signed_sha256": "a" * 64, "signed_meaning": "done"}
        session = people.make_session(course, on=people.TODAY - timedelta(days=days), **signed)
        report(session, "breathing", by=by)
        record(session)
    with django_assert_max_num_queries(7):
        for visit in followup.history(course):
            assert [(check.alert.handled_by, check.by) for check in visit.self_checks.all()] == [(None, by.user)]
            assert [event.by for event in visit.adverse_events.all()] == [by.user]
