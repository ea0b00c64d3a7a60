"""After the session: what patients report, what reaches the clinician's queue, and harm."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Prefetch

from needlepoint import knowledge
from needlepoint.actions import access, audit
from needlepoint.actions.access import Act, NoSuchRecord
from needlepoint.actions.courses import course_of
from needlepoint.core.outcomes.triage import Report, Trend, Triage, Urgency, triage
from needlepoint.knowledge.selfcheck import expected_on, schedule_on, triage_on
from needlepoint.records.models import Alert, SelfCheck, TreatmentSession

if TYPE_CHECKING:
    from datetime import date, datetime

    from needlepoint.actions.actor import Actor
    from needlepoint.core.outcomes.triage import Raised, Sign
    from needlepoint.records.models import Course

GROUPS: Final = (Urgency.RED, Urgency.AMBER, Urgency.YELLOW)
SILENCE_SHOWN: Final = timedelta(days=60)
ROWS_SHOWN: Final = 50


class Incomplete(Exception):
    """A report ticks no sign and does not say of every group that there is none; `groups` names the silent ones."""

    def __init__(self, *, groups: tuple[Urgency, ...], trend: bool) -> None:
        self.groups = groups
        self.trend = trend
        super().__init__("An answer is missing.")


class NothingSaid(Exception):
    """An alert cannot be closed without saying what was done."""

    def __init__(self) -> None:
        super().__init__("Please say what was done.")


class AlreadyHandled(Exception):
    """Somebody has closed this alert already."""

    def __init__(self, alert: Alert) -> None:
        self.alert = alert
        super().__init__(f"{alert.handled_by} has handled this already.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a self-check asks on a day: the signs by group, and which day it is."""

    session: TreatmentSession
    day: int
    groups: tuple[tuple[Urgency, tuple[Sign, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a patient is told after a report: by which flags, what is usual, and when to report again."""

    check: SelfCheck
    raised: tuple[Raised, ...]
    usual: str | None
    next_on: date | None


def session_of(by: Actor, *, on: date) -> TreatmentSession:
    """Give the newest session of the course a private link is about that took place by a day.

    Raises
    ------
    NoSuchRecord
        When there was none.

    """
    return session_of_course(course_of(by.invited), on=on)


def session_of_course(course: Course, *, on: date) -> TreatmentSession:
    """Give the newest session of a course that took place by a day; raises NoSuchRecord when there was none."""
    sessions = TreatmentSession.objects.filter(course=course, on__lte=on, struck_at__isnull=True)
    session = sessions.select_related("course__patient").first()
    if session is None:
        raise NoSuchRecord("session")
    return session


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """What a patient is asked to report: the day after the session, and the newest report there is."""

    day: int
    last: SelfCheck | None


def invitation(course: Course, *, on: date) -> Invitation | None:
    """Give what a patient is asked to report today; nothing before any session, and after the last scheduled day."""
    try:
        session = session_of_course(course, on=on)
    except NoSuchRecord:
        return None
    day = (on - session.on).days
    if day > schedule_on(on).days[-1]:
        return None
    return Invitation(day=day, last=SelfCheck.objects.filter(session=session).first())


def asked(session: TreatmentSession, *, on: date) -> Asked:
    """Give what is asked about a session on a day."""
    day = (on - session.on).days
    signs = triage_on(on).asked_on(day)
    groups = ((group, tuple(sign for urgency, sign in signs if urgency is group)) for group in GROUPS)
    return Asked(session=session, day=day, groups=tuple(group for group in groups if group[1]))


@transaction.atomic
def report(
    session: TreatmentSession,
    *,
    signs: frozenset[str],
    none_of: frozenset[str],
    words: str,
    trend: Trend | None,
    by: Actor,
    at: datetime,
    on: date,
) -> SelfCheck:
    """Keep what a patient reports, and put it before a clinician when somebody must look.

    A ticked sign is taken as it stands, whatever else was left out: a danger sign does not wait for the rest of a form.

    Raises
    ------
    Incomplete
        When nothing is ticked and something was left out; silence is never a no.

    """
    access.require(Act.OWN_PAGES if by.link else Act.WORK_QUEUE, by=by)
    questions = asked(session, on=on)
    known = {sign.id for _, group in questions.groups for sign in group}
    signs &= known
    if not signs:
        _require_complete(questions, none_of=none_of, trend=trend)
    rules = triage_on(on)
    said = Report(signs=signs, words=words, trend=trend)
    result = triage(said, rules, earlier=_earlier(session, most=rules.worsening.checks))
    check = SelfCheck.objects.create(
        session=session,
        day=questions.day,
        answers={
            "signs": sorted(signs),
            "none_of": sorted(none_of),
            "words": words.strip(),
            "trend": trend.value if trend else None,
            "knowledge": knowledge.load().digest,
        },
        urgency=result.urgency.value,
        cards=[flag.card for flag in result.raised],
        at=at,
        link=by.link,
        by=by.user,
    )
    patient = session.course.patient
    audit.record("self_check", by=by, at=at, patient=patient, subject=check, urgency=result.urgency.value)
    if result.due_hours is not None:
        alert = _alert(check, result, at=at, on=on)
        audit.record("raise_alert", by=by, at=at, patient=patient, subject=alert, urgency=result.urgency.value)
    return check


def _require_complete(questions: Asked, *, none_of: frozenset[str], trend: Trend | None) -> None:
    silent = tuple(group for group, _ in questions.groups if group.value not in none_of)
    if silent or trend is None:
        raise Incomplete(groups=silent, trend=trend is None)


def _earlier(session: TreatmentSession, *, most: int) -> list[Trend | None]:
    said = SelfCheck.objects.filter(session=session).values_list("answers", flat=True)[:most]
    return [Trend(answers["trend"]) if answers.get("trend") else None for answers in said]


def _alert(check: SelfCheck, result: Triage, *, at: datetime, on: date) -> Alert:
    rules = triage_on(on)
    ticked = "; ".join(rules.wording(sign) for sign in check.answers["signs"])
    parts = [". ".join(flag.title for flag in result.raised) + "."]
    if ticked:
        parts.append(f"Ticked: {ticked}.")
    if check.answers["words"]:
        parts.append(f"In own words: {check.answers['words']}")
    return Alert.objects.create(
        patient=check.session.course.patient,
        self_check=check,
        urgency=result.urgency.value,
        reason=" ".join(parts),
        raised_at=at,
        due_at=at + timedelta(hours=result.due_hours or 0),
    )


def told(session: TreatmentSession, *, on: date) -> Told:
    """Give what the newest report about a session calls for; raises NoSuchRecord when there is none."""
    check = SelfCheck.objects.filter(session=session).first()
    if check is None:
        raise NoSuchRecord("self-check")
    rules = triage_on(on)
    every: tuple[Raised, ...] = (*rules.flags, rules.worsening, rules.unread)
    day = (on - session.on).days
    coming = next((later for later in schedule_on(on).days if later > day), None)
    return Told(
        check=check,
        raised=tuple(flag for card in check.cards for flag in every if flag.card == card),
        usual=expected_on(on).on(day),
        next_on=None if coming is None else session.on + timedelta(days=coming),
    )


# ----------------------------------------------------------------------------------------------- the queue


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """What waits for a clinician: open alerts by when they are due, who is silent, and what was handled last."""

    open: tuple[Alert, ...]
    silent: tuple[TreatmentSession, ...]
    handled: tuple[Alert, ...]


@transaction.atomic
def read_queue(*, by: Actor, at: datetime, on: date) -> Queue:
    """Give the queue, and record that it was read."""
    access.require(Act.WORK_QUEUE, by=by)
    audit.record("read_queue", by=by, at=at)
    alerts = Alert.objects.select_related("patient", "self_check__session__course", "handled_by")
    silent_since = on - timedelta(days=schedule_on(on).silent_from_day)
    silent = (
        TreatmentSession.objects.filter(on__lte=silent_since, on__gt=on - SILENCE_SHOWN, struck_at__isnull=True)
        .exclude(started_at__isnull=True, signed_at__isnull=True)  # opened, but no needle touched the skin
        .exclude(Exists(SelfCheck.objects.filter(session=OuterRef("pk"))))
        .select_related("course__patient")
        .order_by("on")
    )
    return Queue(
        open=tuple(alerts.filter(handled_at__isnull=True).order_by("due_at")[:ROWS_SHOWN]),
        silent=tuple(silent[:ROWS_SHOWN]),
        handled=tuple(alerts.filter(handled_at__isnull=False).order_by("-handled_at")[:10]),
    )


@transaction.atomic
def handle(pk: int, *, handling: str, by: Actor, at: datetime) -> Alert:
    """Close an alert, saying what was done.

    Raises
    ------
    NoSuchRecord, NothingSaid, AlreadyHandled
        When there is no such alert, no word of what was done, or somebody was faster.

    """
    access.require(Act.WORK_QUEUE, by=by)
    alert = Alert.objects.select_for_update().filter(pk=pk).first()
    if alert is None:
        raise NoSuchRecord("alert")
    if alert.handled_at is not None:
        raise AlreadyHandled(alert)
    if not handling.strip():
        raise NothingSaid
    alert.handled_at, alert.handled_by, alert.handling = at, by.member, handling.strip()
    alert.save(update_fields=["handled_at", "handled_by", "handling"])
    audit.record("handle_alert", by=by, at=at, patient=alert.patient, subject=alert, urgency=alert.urgency)
    return alert


def history(course: Course) -> list[TreatmentSession]:
    """Give the newest sessions of a course with their self-checks, alerts and adverse events, in seven queries."""
    checks = SelfCheck.objects.select_related("alert__handled_by", "by").order_by("-at", "-id")
    sessions = TreatmentSession.objects.filter(course=course).prefetch_related(
        Prefetch("self_checks", queryset=checks),
        "adverse_events__by",
        "adverse_events__photograph",
        "adverse_events__course__by",
    )
    return list(sessions[:ROWS_SHOWN])


def wording(sign: str, *, on: date) -> str:
    """Give how a sign was asked, by the knowledge that holds on a day."""
    return triage_on(on).wording(sign)
