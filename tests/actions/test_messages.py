"""Messages: texts by version, consent, delivery with its failures, check-ins."""

from __future__ import annotations

import json
import smtplib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.db import DatabaseError, transaction
from pytest_django import Settings

from needlepoint.actions import consent, delivery, links, message_texts, messages
from needlepoint.actions.access import NoSuchRecord, NotPermitted
from needlepoint.actions.message_texts import FIELDS, NEEDED, NotAText, filled
from needlepoint.knowledge.messages import KEYS, first_messages
from needlepoint.records.models import (
    Course,
    Message,
    MessageState,
    MessageStep,
    MessageText,
    PatientLink,
    Role,
    SelfCheck,
    TreatmentSession,
)
from tests import people
from tests.people import NOW, TODAY

pytestmark = pytest.mark.django_db


def agreed_course(**parts: bool) -> Course:
    people.make_clinic()
    course = people.make_course()
    people.make_consent(course, at=NOW - timedelta(days=99), **parts)
    return course


def queue(course: Course, key: str = "aftercare", **changes: Any) -> Message:
    written = messages.draft(course.patient, key, course=course, when="today", points="- Keep out of the sun.")
    return messages.queue(course.patient, written, course=course, **{"by": people.actor(), "at": NOW, **changes})


def deliver(at: datetime = NOW) -> int:
    return delivery.deliver_due(clock=lambda: at)


def ways(message: Message) -> list[str]:
    return list(message.steps.values_list("state", flat=True))


# ------------------------------------------------------------------------------------------------- texts


def test_every_first_text_holds_what_it_needs_and_nothing_unknown() -> None:
    for key in KEYS:
        text = first_messages()[key]
        message_texts.check(key, subject=text.subject, body=text.body)
    assert set(KEYS) == set(FIELDS) == set(NEEDED)


def test_a_text_is_published_as_a_new_version_and_the_old_ones_stay() -> None:
    by = people.actor(Role.DIRECTOR)
    body = "Dear {patient}, how are you? {link} or call {telephone}."
    first = message_texts.publish("check_in", subject="How are you?", body=body, by=by, at=NOW)
    second = message_texts.publish("check_in", subject="How are you today?", body=body, by=by, at=NOW)
    assert (first.version, second.version) == (1, 2)
    assert message_texts.text_of("check_in").subject == "How are you today?"
    assert [row.version for row in message_texts.versions("check_in")] == [2, 1]
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        MessageText.objects.filter(pk=first.pk).update(subject="x")
    with pytest.raises(NotPermitted):
        message_texts.publish("check_in", subject="x", body=body, by=people.actor(), at=NOW)
    with pytest.raises(NoSuchRecord):
        message_texts.text_of("love_letter")


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"subject": " "}, "subject", "Enter a subject"),
        ({"subject": "{link} here"}, "subject", "cannot stand here"),
        ({"body": "Dear {patient}, {link}, {telephone}, {weight}"}, "body", r"\{weight\} cannot stand here"),
        ({"body": "Dear {patient}, please call {telephone}."}, "body", r"must hold \{link\}"),
        ({"body": "short"}, "body", "Enter a text"),
        ({}, "body", "in force already"),
    ],
)
def test_a_text_that_would_not_work_is_not_published(change: dict[str, str], field: str, words: str) -> None:
    now = message_texts.text_of("check_in")
    given = {"subject": now.subject, "body": now.body, **change}
    with pytest.raises(NotAText, match=words) as refusal:
        message_texts.publish("check_in", **given, by=people.actor(Role.DIRECTOR), at=NOW)
    assert refusal.value.field == field


def test_what_is_filled_in_is_not_read_as_a_field_again() -> None:
    assert filled("{a} {b} {c}", {"a": "{b}", "b": "x"}) == "{b} x {c}"


# ------------------------------------------------------------------------------------------------- consent


def test_consent_decides_and_the_reason_is_on_record() -> None:
    course = agreed_course(messages=False)
    message = queue(course)
    assert (message.state, message.reason) == (MessageState.WITHHELD, "The patient declined messages.")
    assert deliver() == 0
    assert mail.outbox == []
    never = people.make_course(people.make_patient(given_name="Nora"))
    assert queue(never).reason == "The patient was not asked for consent to messages."
    mute = people.make_course(people.make_patient(email=""))
    people.make_consent(mute)
    assert queue(mute).reason == "No e-mail address is known."


def test_consent_that_is_withdrawn_while_a_message_waits_keeps_it_back() -> None:
    course = agreed_course()
    message = queue(course)
    consent.withdraw(course.consents.get(), "messages", by=people.actor(), at=NOW)
    assert deliver() == 0
    message.refresh_from_db()
    assert message.state == MessageState.WITHHELD
    assert message.reason == "Consent to messages was withdrawn on 24 November 2026."
    assert ways(message) == ["queued", "withheld"]
    assert mail.outbox == []


# ------------------------------------------------------------------------------------------------- delivery


def test_a_message_is_sent_once_with_its_calendar_and_written_down() -> None:
    message = queue(agreed_course(), calendar="BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")
    assert deliver() == 1
    assert deliver() == 0
    message.refresh_from_db()
    assert (message.state, message.sent_at, message.attempts) == (MessageState.SENT, NOW, 1)
    assert ways(message) == ["queued", "sent"]
    (sent,) = mail.outbox
    assert sent.to == ["paula@example.org"]
    assert "Keep out of the sun." in sent.body
    assert "{" not in f"{sent.subject} {sent.body}"
    assert [name for name, *_ in sent.attachments] == ["aftercare.ics"]


def test_a_private_link_is_made_when_it_is_sent_and_kept_nowhere() -> None:
    message = queue(agreed_course(), key="check_in")
    deliver()
    message.refresh_from_db()
    assert "{link}" in message.body
    (line,) = [line for line in mail.outbox[0].body.splitlines() if "/p/" in line]
    secret = line.split("/p/")[1].strip("/")
    link = links.find(secret, at=NOW)
    assert link == PatientLink.objects.get()
    assert not Message.objects.filter(body__contains=secret).exists()


class Refusing:
    """A mail server that refuses, as Django's own backend would report it."""

    error: Exception = ConnectionRefusedError()

    def __init__(self, **_: object) -> None:
        pass

    def send_messages(self, mails: object) -> int:
        raise self.error

    def close(self) -> None:
        pass


ERRORS = [
    (ConnectionRefusedError(), "could not be reached"),
    (TimeoutError(), "could not be reached"),
    (smtplib.SMTPRecipientsRefused({"paula@example.org": (550, b"no such user")}), "refused the address"),
    (smtplib.SMTPAuthenticationError(535, b"no"), "did not accept the clinic's sign-in"),
    (smtplib.SMTPDataError(452, b"full: paula@example.org"), "answered with 452"),
    (UnicodeError("x"), "could not be sent"),
]


@pytest.mark.parametrize(("error", "words"), ERRORS, ids=[type(row[0]).__name__ for row in ERRORS])
def test_a_failure_is_written_down_in_words_and_tried_again(
    error: Exception, words: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = queue(agreed_course())
    settings.EMAIL_BACKEND = "tests.actions.test_messages.Refusing"
    monkeypatch.setattr(Refusing, "error", error)
    at = NOW
    for attempt in range(1, delivery.MOST_ATTEMPTS):
        assert deliver(at) == 1
        message.refresh_from_db()
        assert (message.state, message.attempts) == (MessageState.QUEUED, attempt)
        assert words in message.reason
        assert "paula" not in message.reason
        assert message.due_at > at
        at = message.due_at
    assert deliver(at) == 1
    message.refresh_from_db()
    assert message.state == MessageState.FAILED
    assert deliver(at + timedelta(days=1)) == 0
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    messages.send_again(message.pk, by=people.actor(), at=at)
    assert deliver(at) == 1
    message.refresh_from_db()
    assert message.state == MessageState.SENT


def test_a_message_whose_worker_died_is_sent_by_another() -> None:
    message = queue(agreed_course())
    Message.objects.update(state=MessageState.SENDING, attempts=1, beat_at=NOW)
    assert deliver(NOW + timedelta(minutes=1)) == 0
    assert deliver(NOW + timedelta(minutes=6)) == 1
    message.refresh_from_db()
    assert (message.state, message.attempts) == (MessageState.SENT, 2)


def test_a_short_message_goes_into_a_file_until_another_carrier_is_named() -> None:
    message = queue(agreed_course())
    Message.objects.filter(pk=message.pk).update(channel="sms")
    assert deliver() == 1
    written = json.loads((settings.DATA / "sms" / f"{message.ref}.json").read_text("utf-8"))
    assert written["to"] == message.address
    assert "Keep out of the sun." in written["text"]


def test_the_database_itself_keeps_the_words_and_what_was_sent() -> None:
    message = queue(agreed_course())
    deliver()
    for change in ({"body": "x"}, {"address": "x@example.org"}, {"state": "queued"}):
        with pytest.raises(DatabaseError, match="keeps its words"), transaction.atomic():
            Message.objects.filter(pk=message.pk).update(**change)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        MessageStep.objects.update(reason="x")


def test_a_message_goes_only_where_its_life_leads() -> None:
    assert set(messages.LIFE) == set(MessageState)
    reachable, new = {MessageState.QUEUED}, {MessageState.QUEUED}
    while new:
        new = {MessageState(to) for state in new for to in messages.LIFE[state]} - reachable
        reachable |= new
    assert reachable == set(MessageState)
    assert messages.LIFE[MessageState.SENT] == messages.LIFE[MessageState.WITHHELD] == frozenset()


# ------------------------------------------------------------------------------------------------- check-ins


def finished(*, days_ago: int, course: Course | None = None, **fields: Any) -> TreatmentSession:
    on = TODAY - timedelta(days=days_ago)
    return people.make_session(course or agreed_course(), on=on, finished_at=NOW - timedelta(days=days_ago), **fields)


def ask(at: datetime = NOW) -> int:
    return messages.queue_check_ins(at=at)


@pytest.mark.parametrize("day", [1, 2, 3, 7, 14, 28, 56])
def test_everybody_is_asked_once_on_each_day_of_the_plan(day: int) -> None:
    finished(days_ago=day)
    assert [ask(), ask()] == [1, 0]
    assert Message.objects.get().key == "check_in"


@pytest.mark.parametrize("day", [4, 6, 13, 57])
def test_on_other_days_nobody_is_asked(day: int) -> None:
    finished(days_ago=day)
    assert ask() == 0


def test_on_the_day_of_the_session_one_is_asked_in_the_evening_and_never_at_night() -> None:
    finished(days_ago=0)
    assert ask(datetime(2026, 11, 24, 15, 0, tzinfo=UTC)) == 0
    assert ask(datetime(2026, 11, 24, 17, 30, tzinfo=UTC)) == 1
    assert ask(datetime(2026, 11, 25, 3, 0, tzinfo=UTC)) == 0
    assert ask(datetime(2026, 11, 25, 9, 0, tzinfo=UTC)) == 1


def test_who_has_reported_or_was_treated_again_since_is_not_asked() -> None:
    session = finished(days_ago=1)
    SelfCheck.objects.create(session=session, day=1, answers={}, urgency="none", at=NOW, by=people.make_staff())
    again = finished(
        days_ago=14, signed_at=NOW, signed_by=people.make_staff(), signed_meaning="x", signed_sha256="s" * 64
    )
    finished(days_ago=5, course=again.course)
    assert ask() == 0


def test_who_declined_is_on_record_as_not_asked_once() -> None:
    course = agreed_course(messages=False)
    finished(days_ago=1, course=course)
    assert [ask(), ask()] == [1, 0]
    assert Message.objects.get().state == MessageState.WITHHELD
