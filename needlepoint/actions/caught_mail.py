"""What the demo's own mail server caught: made-up mail to made-up patients, for the page that shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Final

from django.conf import settings

if TYPE_CHECKING:
    from email.message import EmailMessage

MAILS_SHOWN: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Caught:
    """One mail."""

    subject: str
    to: str
    at: datetime
    body: str
    files: tuple[str, ...]


def caught() -> tuple[Caught, ...]:
    """Give the newest mails, the newest first."""
    found = sorted(settings.DEMO_MAIL.glob("*.eml"), reverse=True)[:MAILS_SHOWN]
    return tuple(_read(path.read_bytes(), at=datetime.fromtimestamp(path.stat().st_mtime, UTC)) for path in found)


def _read(data: bytes, *, at: datetime) -> Caught:
    mail: EmailMessage = message_from_bytes(data, policy=policy.default)
    body = mail.get_body(("plain",))
    return Caught(
        subject=str(mail["subject"]),
        to=str(mail["to"]),
        at=at,
        body=body.get_content() if body else "",
        files=tuple(part.get_filename() or "file" for part in mail.iter_attachments()),
    )
