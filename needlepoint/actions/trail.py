"""Reading the audit trail, newest first and page by page, and having it verified."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.db.models import Q

from needlepoint.actions import access, audit, audit_chain
from needlepoint.actions.access import Act
from needlepoint.records.models import AuditEvent, User

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from needlepoint.actions.actor import Actor
    from needlepoint.actions.audit_chain import Report

PAGE: Final = 50
LONGEST_WALK: Final = 500_000  # events; a walk of more would keep a page waiting for longer than ten seconds


class TrailTooLong(Exception):
    """The chain is too long to be walked while somebody waits."""

    def __init__(self) -> None:
        super().__init__("The trail is too long to verify here. Run: needlepoint audit verify")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What of the trail is asked for; empty means everything."""

    patient: str = ""
    act: str = ""
    person: int | None = None
    before: int | None = None

    @property
    def narrowed(self) -> bool:
        """Say whether only a part is asked for."""
        return bool(self.patient or self.act or self.person)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailPage:
    """One page of the trail; `older` is where the next one begins, None at the end."""

    events: Sequence[AuditEvent]
    older: int | None


@transaction.atomic
def read_trail(wanted: Wanted, *, by: Actor, at: datetime) -> TrailPage:
    """Give one page of the trail, newest first; to look for one patient's events is recorded itself."""
    access.require(Act.READ_AUDIT, by=by)
    rows = AuditEvent.objects.select_related("patient").order_by("-number")
    if wanted.before is not None:
        rows = rows.filter(number__lt=wanted.before)
    if wanted.act:
        rows = rows.filter(act=wanted.act)
    if wanted.person is not None:
        rows = rows.filter(by_id=wanted.person)
    for word in wanted.patient.split():
        rows = rows.filter(Q(patient__family_name__icontains=word) | Q(patient__given_name__icontains=word))
    events = list(rows[: PAGE + 1])
    if wanted.patient:
        audit.record("read_trail", by=by, at=at, patient_sought=wanted.patient)
    more = len(events) > PAGE
    return TrailPage(events=events[:PAGE], older=events[PAGE - 1].number if more else None)


def people() -> list[tuple[int, str]]:
    """Give the members of staff, by name, to choose whose events to read."""
    rows = User.objects.order_by("last_name", "first_name", "username")
    return [(user.pk, f"{user} ({user.get_role_display()})") for user in rows]


def acts() -> list[str]:
    """Give the names of all acts that were ever recorded."""
    return sorted(AuditEvent.objects.order_by("act").values_list("act", flat=True).distinct())


def verify_trail(*, by: Actor, at: datetime) -> Report:
    """Walk the whole chain, and record that somebody had it walked and what came out.

    Raises
    ------
    TrailTooLong
        It would keep the page waiting; the command has no such limit.

    """
    access.require(Act.READ_AUDIT, by=by)
    if audit_chain.length() > LONGEST_WALK:
        raise TrailTooLong
    report = audit_chain.verify()
    with transaction.atomic():
        audit.record("verify_trail", by=by, at=at, events=report.count, broken=len(report.breaks))
    return report
