"""The audit trail: every act and every read of a chart or photograph, each event sealing the one before.

The seal of an event is the SHA-256 of its content together with the seal before it, so an event that is altered,
removed or put elsewhere breaks the chain at a place that `verify` can name.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction

from needlepoint.records.models import AuditEvent, AuditHead

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from needlepoint.actions.actor import Actor
    from needlepoint.records.models import Patient

FIRST_SEAL: Final = "0" * 64


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
    AuditHead.objects.get_or_create(id=1, defaults={"number": 0, "seal": FIRST_SEAL})
    head = AuditHead.objects.select_for_update().get(id=1)
    event = AuditEvent(
        number=head.number + 1,
        at=at,
        by=by.user,
        actor=by.name,
        act=act,
        patient=patient,
        subject=subject if isinstance(subject, str) else _name(subject),
        detail=detail,
        previous=head.seal,
    )
    event.seal = _seal(event)
    event.save(force_insert=True)
    head.number, head.seal = event.number, event.seal
    head.save()
    return event


def _name(row: object) -> str:
    return f"{type(row).__name__}:{getattr(row, 'pk', '')}"


def _seal(event: AuditEvent) -> str:
    content = json.dumps(
        [
            event.number,
            event.at.timestamp(),
            event.by_id,
            event.actor,
            event.act,
            event.patient_id,
            event.subject,
            event.detail,
            event.previous,
        ],
        sort_keys=True,
        ensure_ascii=True,
        separators=(",", ":"),
    )
    return hashlib.sha256(content.encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """One place where the chain does not hold."""

    number: int
    what: str


def verify(*, progress: Callable[[int], None] = lambda done: None) -> tuple[int, list[Break]]:
    """Walk the whole chain; give how many events there are and every place where it is broken."""
    with transaction.atomic():
        head = AuditHead.objects.filter(id=1).first()
        rows = AuditEvent.objects.order_by("number").iterator(chunk_size=2000)
        return _walk(rows, head, progress)


def _walk(
    rows: Iterator[AuditEvent], head: AuditHead | None, progress: Callable[[int], None]
) -> tuple[int, list[Break]]:
    breaks: list[Break] = []
    count, number, seal = 0, 0, FIRST_SEAL
    for row in rows:
        breaks += _missing(number + 1, row.number)
        if row.previous != seal and row.number == number + 1:
            breaks.append(Break(number=row.number, what="does not follow the event before it"))
        if row.seal != _seal(row):
            breaks.append(Break(number=row.number, what="was altered"))
        count, number, seal = count + 1, row.number, row.seal
        progress(count)
    end = head.number if head else 0
    breaks += _missing(number + 1, end + 1)
    if number > end or (head and number == end and seal != head.seal):
        breaks.append(Break(number=number, what="is not what the chain ended with"))
    return count, breaks


def _missing(first: int, end: int) -> list[Break]:
    return [Break(number=number, what="is missing") for number in range(first, end)]
