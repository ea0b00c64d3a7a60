"""Messages to patients: put into the queue with the words they will have, and why one may not be sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from needlepoint.actions import access, audit
from needlepoint.actions.access import Act, NoSuchRecord
from needlepoint.actions.actor import Actor
from needlepoint.actions.clinic import the_clinic
from needlepoint.actions.consent import part_states
from needlepoint.actions.message_texts import SAMPLE, filled, text_of
from needlepoint.knowledge.selfcheck import schedule_on
from needlepoint.records.models import (
    Consent,
    ConsentPart,
    Message,
    MessageState,
    MessageStep,
    Patient,
    SelfCheck,
    TreatmentSession,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from needlepoint.records.models import Course, Recall

EMAIL: Final = "email"
CHECK_IN: Final = "check_in"
SHOWN: Final = 50
LIFE: Final[Mapping[str, frozenset[str]]] = {
    MessageState.QUEUED: frozenset({MessageState.SENDING, MessageState.WITHHELD}),
    MessageState.SENDING: frozenset({MessageState.SENT, MessageState.QUEUED, MessageState.FAILED}),
    MessageState.FAILED: frozenset({MessageState.QUEUED}),
    MessageState.SENT: frozenset(),
    MessageState.WITHHELD: frozenset(),
}
MORNING, EVENING = time(9, 0), time(18, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A message with the words it would have, and why it would not be sent."""

    key: str
    version: int
    address: str
    subject: str
    body: str
    refusal: str | None


def refusal(patient: Patient, *, course: Course | None) -> str | None:
    """Give why nothing may be sent to this patient, or nothing when it may; silence is no consent.

    Without a course the newest consent of any course counts.
    """
    if not patient.email:
        return "No e-mail address is known."
    rows = Consent.objects.filter(course=course) if course else Consent.objects.filter(course__patient=patient)
    newest = rows.prefetch_related("withdrawals").order_by("-at", "-id").first()
    state = next(state for state in part_states(newest) if state.part == ConsentPart.MESSAGES)
    match state.state:
        case "agreed":
            return None
        case "withdrawn":
            return f"Consent to messages was withdrawn on {timezone.localtime(state.since):%d %B %Y}."
        case "declined":
            return "The patient declined messages."
        case _:
            return "The patient was not asked for consent to messages."


def draft(patient: Patient, key: str, *, course: Course | None = None, **values: str) -> Draft:
    """Give a message as it would be sent: text in force, fields filled in."""
    text, clinic = text_of(key), the_clinic()
    out_of_hours = clinic.out_of_hours if clinic else ""
    known = {
        "patient": str(patient),
        "clinic": clinic.name if clinic else "",
        "telephone": clinic.telephone if clinic else "",
        "out_of_hours": out_of_hours,
        **values,
    }
    return Draft(
        key=key,
        version=text.version,
        address=patient.email,
        subject=" ".join(filled(text.subject, known).split())[:200],
        body=filled(text.body, known),
        refusal=refusal(patient, course=course),
    )


def sample(subject: str, body: str) -> tuple[str, str]:
    """Give a text as a made-up patient would read it."""
    clinic = the_clinic()
    known = {
        **SAMPLE,
        "clinic": clinic.name if clinic else "",
        "telephone": clinic.telephone if clinic else "",
        "out_of_hours": clinic.out_of_hours if clinic else "",
    }
    return filled(subject, known), filled(body, known)


@transaction.atomic
def queue(
    patient: Patient,
    written: Draft,
    *,
    course: Course | None = None,
    recall: Recall | None = None,
    calendar: str = "",
    once: str = "",
    due_at: datetime | None = None,
    by: Actor,
    at: datetime,
) -> Message:
    """Put a message into the queue, or on record as withheld when it may not be sent.

    The background worker sends it; consent is looked at again then.
    """
    access.require(Act.SEND_MESSAGE, by=by)
    message = Message.objects.create(
        patient=patient, course=course, recall=recall, key=written.key, text_version=written.version, channel=EMAIL,
        address=written.address, subject=written.subject, body=written.body, calendar=calendar, once=once,
        queued_at=at, due_at=due_at or at, by=by.member,
        state=MessageState.WITHHELD if written.refusal else MessageState.QUEUED, reason=written.refusal or "",
    )  # fmt: skip
    step(message, at=at)
    audit.record("queue_message", by=by, at=at, patient=patient, subject=message, key=written.key, state=message.state)
    return message


def step(message: Message, *, at: datetime) -> MessageStep:
    """Write down where a message is now, inside the transaction that brought it there."""
    return MessageStep.objects.create(message=message, state=message.state, reason=message.reason, at=at)


@transaction.atomic
def send_again(pk: int, *, by: Actor, at: datetime) -> Message:
    """Put a message that failed into the queue once more; raises NoSuchRecord when there is no such one."""
    access.require(Act.SEND_MESSAGE, by=by)
    message = Message.objects.select_for_update().filter(pk=pk, state=MessageState.FAILED).first()
    if message is None:
        raise NoSuchRecord("failed message")
    message.state, message.reason, message.attempts, message.due_at = MessageState.QUEUED, "", 0, at
    message.save(update_fields=["state", "reason", "attempts", "due_at"])
    step(message, at=at)
    audit.record("send_again", by=by, at=at, patient=message.patient, subject=message)
    return message


@transaction.atomic
def of_course(course: Course, *, by: Actor, at: datetime) -> tuple[Message, ...]:
    """Give the newest messages of a course, and of recalls, which have no course, with their steps; two queries."""
    access.require(Act.SEND_MESSAGE, by=by)
    of_none = Q(patient=course.patient, course__isnull=True)
    rows = Message.objects.filter(Q(course=course) | of_none).select_related("by").prefetch_related("steps")
    audit.record("read_messages", by=by, at=at, patient=course.patient, subject=course)
    return tuple(rows[:SHOWN])


@transaction.atomic
def on_the_way(*, by: Actor, at: datetime) -> tuple[Message, ...]:
    """Give the newest messages of all patients, those that failed first."""
    access.require(Act.SEND_MESSAGE, by=by)
    audit.record("read_outbox", by=by, at=at)
    rows = Message.objects.select_related("patient", "course", "by")
    failed = list(rows.filter(state=MessageState.FAILED)[:SHOWN])
    return (*failed, *rows.exclude(state=MessageState.FAILED)[:SHOWN])


# --------------------------------------------------------------------------------------------- check-ins


def queue_check_ins(*, at: datetime) -> int:
    """Queue the question how the skin heals to everybody whose day has come; give how many were made.

    Each day is asked once, in the evening of the day of the session and in the morning of the others, and not when the
    patient has reported that day already. Nobody is asked twice, however often this runs.
    """
    local = timezone.localtime(at)
    days = [day for day in schedule_on(local.date()).days if local.time() >= (EVENING if day == 0 else MORNING)]
    by_date = {local.date() - timedelta(days=day): day for day in days}
    newer = TreatmentSession.objects.filter(
        course=OuterRef("course"), on__gt=OuterRef("on"), finished_at__isnull=False, strike=None
    )
    sessions = TreatmentSession.objects.filter(on__in=by_date, finished_at__isnull=False, strike__isnull=True)
    sessions = sessions.exclude(Exists(newer))
    sessions = sessions.select_related("course__patient", "therapist").order_by("pk")
    asked = set(
        Message.objects.filter(key=CHECK_IN, queued_at__gte=at - timedelta(days=2)).values_list("once", flat=True)
    )
    reported = set(SelfCheck.objects.filter(session__on__in=by_date).values_list("session_id", "day"))
    waiting = [(row, by_date[row.on]) for row in sessions if (row.pk, by_date[row.on]) not in reported]
    return sum(_ask(row, day, at=at) for row, day in waiting if _once(row, day) not in asked)


def _once(session: TreatmentSession, day: int) -> str:
    return f"{CHECK_IN}:{session.pk}:{day}"


@transaction.atomic
def _ask(session: TreatmentSession, day: int, *, at: datetime) -> int:
    course = session.course
    # Held, so that two workers do not both ask.
    TreatmentSession.objects.select_for_update(of=("self",)).get(pk=session.pk)
    once = _once(session, day)
    if Message.objects.filter(once=once).exists():
        return 0
    written = draft(course.patient, CHECK_IN, course=course)
    queue(course.patient, written, course=course, once=once, by=Actor(user=session.therapist), at=at)
    return 1


def last_session(course: Course) -> TreatmentSession | None:
    """Give the newest finished session of a course with its plan."""
    rows = TreatmentSession.objects.filter(course=course, finished_at__isnull=False, strike__isnull=True)
    return rows.select_related("plan").first()


def due_on(session: TreatmentSession, *, on: date) -> tuple[date, ...]:
    """Give the days on which a patient will be asked how the skin heals."""
    return tuple(session.on + timedelta(days=day) for day in schedule_on(on).days)
