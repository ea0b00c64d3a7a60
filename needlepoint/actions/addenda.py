"""Addenda: what is added in free words to a chart after its signature, dated and never changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db import transaction

from needlepoint.actions import access, audit, charting, session_states
from needlepoint.actions.access import Act
from needlepoint.actions.session_states import Move
from needlepoint.actions.signing import NotSigned
from needlepoint.records.models import SessionAddendum

if TYPE_CHECKING:
    from datetime import datetime

    from needlepoint.actions.actor import Actor
    from needlepoint.records.models import TreatmentSession

LONGEST: Final = 10_000


class NotAnAddendum(Exception):
    """Nothing was added; the words say why."""


@transaction.atomic
def add(session: TreatmentSession, text: str, *, key: str, by: Actor, at: datetime) -> SessionAddendum:
    """Add words to a signed chart; the same key sent again adds nothing.

    Raises
    ------
    NotSigned
        The chart is open and can be changed itself.
    NotAnAddendum
        There are no words, too many, or no key.

    """
    access.require(Act.AMEND, by=by)
    locked = charting.lock(session)
    if not session_states.may(locked, Move.ADD):
        raise NotSigned
    before = SessionAddendum.objects.filter(session=locked, key=key).first()
    if before is not None:
        return before
    words = text.replace("\r\n", "\n").replace("\0", "").strip()
    if not words:
        raise NotAnAddendum("Write what is to be added.")
    if len(words) > LONGEST:
        raise NotAnAddendum(f"An addendum holds at most {LONGEST} characters.")
    if not 0 < len(key) <= charting.LONGEST_KEY:
        raise NotAnAddendum("The addendum carries no key.")
    row = SessionAddendum.objects.create(session=locked, text=words, key=key, by=by.member, at=at)
    audit.record("add_addendum", by=by, at=at, patient=locked.course.patient, subject=locked, addendum=row.pk)
    return row


def of(session: TreatmentSession) -> tuple[SessionAddendum, ...]:
    """Give the addenda of a chart, oldest first; one query."""
    return tuple(SessionAddendum.objects.filter(session=session).select_related("by"))
