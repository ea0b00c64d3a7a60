"""The audit trail: every act and every read of a chart or photograph, each event sealing the one before.

The seal of an event is the SHA-256 of its content together with the seal before it, so an event that is altered,
removed or put elsewhere breaks the chain at a place that `audit_chain.verify` can name.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Final

from django.db import connection
from django.db.transaction import TransactionManagementError

from needlepoint.records.models import AuditEvent, AuditHead

if TYPE_CHECKING:
    from datetime import datetime

    from needlepoint.actions.actor import Actor
    from needlepoint.records.models import Patient

FIRST_SEAL: Final = "0" * 64
_LONGEST_NAME: Final = 200  # what the column holds; PostgreSQL refuses more


def record(
    act: str,
    *,
    by: Actor,
    at: datetime,
    patient: Patient | None = None,
    subject: object = "",
    **detail: Any,
) -> AuditEvent:
    """Add one event to the chain, inside the transaction of the act it tells of.

    Raises
    ------
    TransactionManagementError
        When there is no transaction: an act and its event stand or fall together.

    """
    # Asked here, because SQLite has no row locks and therefore would not complain below.
    if not connection.in_atomic_block:
        raise TransactionManagementError(f"the event {act} needs the transaction of its act")
    AuditHead.objects.get_or_create(id=1, defaults={"number": 0, "seal": FIRST_SEAL})
    head = AuditHead.objects.select_for_update().get(id=1)
    event = AuditEvent(
        number=head.number + 1,
        at=at,
        by=by.user,
        actor=by.name[:_LONGEST_NAME],
        act=act,
        patient=patient,
        subject=subject if isinstance(subject, str) else _name(subject),
        detail=_as_kept(detail),
        previous=head.seal,
    )
    event.seal = seal_of(event)
    event.save(force_insert=True)
    head.number, head.seal = event.number, event.seal
    head.save()
    return event


def _name(row: object) -> str:
    return f"{type(row).__name__}:{getattr(row, 'pk', '')}"


def seal_of(event: AuditEvent) -> str:
    """Give the seal that the content of an event and the seal before it call for."""
    content = json.dumps(
        [
            event.number,
            event.at.timestamp(),
            event.by_id,
            event.actor,
            event.act,
            event.patient_id,
            event.subject,
            _as_kept(event.detail),
            event.previous,
        ],
        sort_keys=True,
        ensure_ascii=True,
        separators=(",", ":"),
    )
    return hashlib.sha256(content.encode()).hexdigest()


def _as_kept(detail: object) -> Any:
    """Give a detail as every database gives it back: keys as texts, tuples as lists, whole numbers without a point.

    PostgreSQL writes 1e16 back as a whole number; without this an untouched event would look altered.
    """
    match detail:
        case dict():
            return {str(key): _as_kept(value) for key, value in detail.items()}
        case list() | tuple():
            return [_as_kept(value) for value in detail]
        case float() if detail.is_integer():
            return int(detail)
        case _:
            return detail
