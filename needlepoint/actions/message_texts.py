"""The texts of messages: versions that only grow, the fields they may hold, and how one is filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db import transaction

from needlepoint.actions import access, audit
from needlepoint.actions.access import Act, NoSuchRecord
from needlepoint.knowledge.messages import first_messages
from needlepoint.records.models import MessageText

if TYPE_CHECKING:
    from datetime import datetime

    from needlepoint.actions.actor import Actor

LONGEST_SUBJECT: Final = 150
LONGEST_BODY: Final = 8000
LINK: Final = "link"  # filled in when a message is sent, so that no private address is kept
_EVERYWHERE: Final = ("patient", "clinic", "telephone", "out_of_hours")
FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "preparation": (*_EVERYWHERE, "when", "points"),
    "aftercare": (*_EVERYWHERE, "when", "points"),
    "check_in": (*_EVERYWHERE, LINK),
    "recall": (*_EVERYWHERE, "when", "product", "notice"),
    "recall_reminder": (*_EVERYWHERE, "when", "product", "notice"),
}
NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "preparation": ("points",),
    "aftercare": ("points", "telephone"),
    "check_in": (LINK, "telephone"),
    "recall": ("product", "notice", "telephone"),
    "recall_reminder": ("product", "telephone"),
}
_FIELD: Final = re.compile(r"\{([^{}]*)\}")
SAMPLE: Final = {
    "patient": "Paula Example",
    "when": "Monday 2 March 2026, 09:00",
    "points": "- The points of the plan stand here.",
    LINK: "(the private link of the patient)",
    "product": "the product and its lot",
    "notice": "(the words that the physician or director writes for this recall)",
}


class NotAText(Exception):
    """A text cannot be published as it is; the field is named."""

    def __init__(self, field: str, words: str) -> None:
        self.field = field
        super().__init__(words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """The text in force of one kind of message; version 0 came with the program."""

    key: str
    label: str
    version: int
    subject: str
    body: str


def texts() -> tuple[Text, ...]:
    """Give the text in force of every kind of message; one query."""
    newest: dict[str, MessageText] = {}
    for row in MessageText.objects.order_by("version"):
        newest[row.key] = row
    return tuple(_text(key, newest.get(key)) for key in first_messages())


def text_of(key: str) -> Text:
    """Give the text in force of one kind of message; raises NoSuchRecord when there is no such kind."""
    if key not in first_messages():
        raise NoSuchRecord("message text")
    return _text(key, MessageText.objects.filter(key=key).order_by("-version").first())


def versions(key: str) -> tuple[MessageText, ...]:
    """Give the versions of a text that the clinic has published, the newest first."""
    return tuple(MessageText.objects.filter(key=key).select_related("by")[:20])


def _text(key: str, row: MessageText | None) -> Text:
    first = first_messages()[key]
    source = row or first
    return Text(key=key, label=first.label, version=row.version if row else 0, subject=source.subject, body=source.body)


@transaction.atomic
def publish(key: str, *, subject: str, body: str, by: Actor, at: datetime) -> MessageText:
    """Put a new version of a text into force.

    Raises
    ------
    NotAText
        Something is missing, or it holds a field that cannot be filled in.

    """
    access.require(Act.WRITE_MESSAGE_TEXT, by=by)
    before = text_of(key)
    subject, body = " ".join(subject.split()), body.replace("\r\n", "\n").strip() + "\n"
    check(key, subject=subject, body=body)
    if (subject, body) == (before.subject, before.body):
        raise NotAText("body", "This is the text in force already.")
    row = MessageText.objects.create(
        key=key, version=before.version + 1, subject=subject, body=body, by=by.member, at=at
    )
    audit.record("publish_message_text", by=by, at=at, subject=row, key=key, version=row.version)
    return row


def check(key: str, *, subject: str, body: str) -> None:
    """Refuse a text that lacks something or holds what cannot be filled in; raises NotAText."""
    if not subject or len(subject) > LONGEST_SUBJECT:
        raise NotAText("subject", f"Enter a subject of at most {LONGEST_SUBJECT} characters.")
    if len(body) < 20 or len(body) > LONGEST_BODY or "\0" in body:
        raise NotAText("body", f"Enter a text of 20 to {LONGEST_BODY} characters.")
    known = FIELDS[key]
    for field, words in (("subject", subject), ("body", body)):
        for name in _FIELD.findall(words):
            if name not in known or (field == "subject" and name in {LINK, "points", "notice"}):
                raise NotAText(field, f"{{{name}}} cannot stand here. Known are: {_listed(known)}.")
    missing = [name for name in NEEDED[key] if f"{{{name}}}" not in body]
    if missing:
        raise NotAText("body", f"The text must hold {_listed(missing)}.")


def _listed(names: tuple[str, ...] | list[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in names)


def filled(words: str, values: Mapping[str, str]) -> str:
    """Give a text with its fields filled in; what is not given stays as it is, and nothing filled in is read again."""
    done = _FIELD.sub(lambda found: values.get(found[1], found[0]), words)
    return re.sub(r"\n{3,}", "\n\n", done)
