"""Delivery: the background worker sends what is due, writes down what became of it, and tries again what failed.

A message is taken by one worker only. One that was being sent when its worker died is sent again after a while: it may
then arrive twice, which is better than never.
"""

from __future__ import annotations

import smtplib
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Protocol

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils.module_loading import import_string

from needlepoint.actions import audit, links
from needlepoint.actions.actor import HOUSE, Actor
from needlepoint.actions.message_texts import FIELDS, LINK, filled
from needlepoint.actions.messages import refusal, step
from needlepoint.records.models import Message, MessageState

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

MOST_ATTEMPTS: Final = 5
PAUSES: Final = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))
STALE_AFTER: Final = timedelta(minutes=5)  # longer than the longest wait for a mail server
AT_A_TIME: Final = 50


class Carrier(Protocol):
    """What brings a message to its address; raises an error that says why when it cannot."""

    def __call__(self, message: Message, body: str) -> None:
        """Bring it."""
        ...


def by_mail(message: Message, body: str) -> None:
    """Send a message by e-mail, with its calendar file."""
    mail = EmailMessage(
        subject=message.subject, body=body, from_email=settings.DEFAULT_FROM_EMAIL, to=[message.address]
    )
    mail.extra_headers["Auto-Submitted"] = "auto-generated"
    if message.calendar:
        mail.attach(f"{message.key}.ics", message.calendar, "text/calendar")
    mail.send()


def carrier_of(message: Message) -> Carrier:
    """Give what brings messages of this channel."""
    if message.channel == "email":
        return by_mail
    carrier: Carrier = import_string(settings.SMS_CARRIER)
    return carrier


def deliver_due(*, clock: Callable[[], datetime]) -> int:
    """Send what is due; give how many messages were taken in hand."""
    now = clock()
    Message.objects.filter(state=MessageState.SENDING, beat_at__lte=now - STALE_AFTER).update(state=MessageState.QUEUED)
    due = Message.objects.filter(state=MessageState.QUEUED, due_at__lte=now).order_by("due_at", "id")
    keys = list(due.values_list("pk", flat=True)[:AT_A_TIME])
    return sum(_deliver(pk, clock=clock) for pk in keys)


def _deliver(pk: int, *, clock: Callable[[], datetime]) -> int:
    message = _take(pk, at=clock())
    if message is None:
        return 0
    try:
        carrier_of(message)(message, _with_link(message, at=clock()))
    except Exception as error:
        _failed(message, _why(error), at=clock())
    else:
        _sent(message, at=clock())
    return 1


@transaction.atomic
def _take(pk: int, *, at: datetime) -> Message | None:
    """Take a message in hand, unless somebody else has, or the patient no longer wants it."""
    rows = Message.objects.select_for_update(of=("self",)).select_related("patient", "course", "by")
    message = rows.filter(pk=pk, state=MessageState.QUEUED).first()
    if message is None:
        return None
    reason = refusal(message.patient, course=message.course)
    if reason is not None:
        message.state, message.reason = MessageState.WITHHELD, reason
        message.save(update_fields=["state", "reason"])
        step(message, at=at)
        audit.record("withhold_message", by=HOUSE, at=at, patient=message.patient, subject=message)
        return None
    message.state, message.attempts, message.beat_at = MessageState.SENDING, message.attempts + 1, at
    message.save(update_fields=["state", "attempts", "beat_at"])
    return message


def _with_link(message: Message, *, at: datetime) -> str:
    """Give the words with a private link made for this sending; its secret is kept nowhere."""
    if LINK not in FIELDS[message.key]:
        return message.body
    _, secret = links.invite(message.patient, course=message.course, by=Actor(user=message.by), at=at)
    return filled(message.body, {LINK: f"{settings.PUBLIC_ADDRESS}/p/{secret}/"})


@transaction.atomic
def _sent(message: Message, *, at: datetime) -> None:
    message.state, message.reason, message.sent_at = MessageState.SENT, "", at
    _keep(message, at=at)
    audit.record("send_message", by=HOUSE, at=at, patient=message.patient, subject=message, attempts=message.attempts)


@transaction.atomic
def _failed(message: Message, why: str, *, at: datetime) -> None:
    message.reason = why
    if message.attempts >= MOST_ATTEMPTS:
        message.state = MessageState.FAILED
        audit.record("fail_message", by=HOUSE, at=at, patient=message.patient, subject=message, reason=why)
    else:
        message.state = MessageState.QUEUED
        message.due_at = at + PAUSES[min(message.attempts, len(PAUSES)) - 1]
    _keep(message, at=at)


def _keep(message: Message, *, at: datetime) -> None:
    """Write the row, as long as this attempt is still its latest."""
    mine = Message.objects.filter(pk=message.pk, state=MessageState.SENDING, attempts=message.attempts)
    values = {name: getattr(message, name) for name in ("state", "reason", "due_at", "sent_at")}
    if mine.update(**values):
        step(message, at=at)


def _why(error: Exception) -> str:
    """Give in words why a sending failed, without the addresses that servers like to repeat."""
    match error:
        case smtplib.SMTPRecipientsRefused():
            return "The mail server refused the address."
        case smtplib.SMTPAuthenticationError():
            return "The mail server did not accept the clinic's sign-in."
        case smtplib.SMTPResponseException():
            return f"The mail server answered with {error.smtp_code}."
        case ConnectionError() | TimeoutError() | OSError():
            return "The mail server could not be reached."
        case _:
            return f"It could not be sent ({type(error).__name__})."
