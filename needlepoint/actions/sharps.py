"""The log of sharps containers: opened in a room, closed, collected; one open container a room."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db import transaction

from needlepoint.actions import access, audit
from needlepoint.actions.access import Act, NoSuchRecord
from needlepoint.actions.trade_items import NotReceived
from needlepoint.records.models import SharpsContainer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from needlepoint.actions.actor import Actor

OPEN, CLOSED, COLLECTED = "open", "closed", "collected"
LIFE: Final[Mapping[str, frozenset[str]]] = {
    OPEN: frozenset({CLOSED}),
    CLOSED: frozenset({COLLECTED}),
    COLLECTED: frozenset(),
}
CONTAINERS_SHOWN: Final = 50


def state_of(container: SharpsContainer) -> str:
    """Give where a container is in its life."""
    if container.collected_at is not None:
        return COLLECTED
    return CLOSED if container.closed_at is not None else OPEN


def containers() -> tuple[SharpsContainer, ...]:
    """Give the newest containers."""
    return tuple(SharpsContainer.objects.select_related("opened_by", "closed_by", "collected_by")[:CONTAINERS_SHOWN])


@transaction.atomic
def open_container(label: str, *, room: str, by: Actor, at: datetime) -> SharpsContainer:
    """Set up a new container in a room.

    Raises
    ------
    NotReceived
        Label or room is missing or taken.

    """
    access.require(Act.STOCK, by=by)
    label, room = " ".join(label.split()), " ".join(room.split())
    if not label or len(label) > 40:
        raise NotReceived("label", "Enter the number or label of the container, at most 40 characters.")
    if not room or len(room) > 60:
        raise NotReceived("room", "Say in which room it stands, in at most 60 characters.")
    if SharpsContainer.objects.filter(label=label).exists():
        raise NotReceived("label", "A container of this label is in the log already.")
    standing = SharpsContainer.objects.filter(room=room, closed_at__isnull=True).first()
    if standing is not None:
        raise NotReceived("room", f"Container {standing.label} is open in this room. Close it first.")
    row = SharpsContainer.objects.create(label=label, room=room, opened_at=at, opened_by=by.member)
    audit.record("open_sharps", by=by, at=at, subject=row, label=label, room=room)
    return row


@transaction.atomic
def move_on(pk: int, to: str, *, collector: str = "", by: Actor, at: datetime) -> SharpsContainer:
    """Close a container, or write down who collected it.

    Raises
    ------
    NoSuchRecord, NotReceived
        There is no such container, it cannot go there from where it is, or it is not said who collected it.

    """
    access.require(Act.STOCK, by=by)
    row = SharpsContainer.objects.select_for_update().filter(pk=pk).first()
    if row is None:
        raise NoSuchRecord("sharps container")
    if to not in LIFE[state_of(row)]:
        raise NotReceived("state", f"Container {row.label} is {state_of(row)}; it cannot become {to or 'nothing'}.")
    if to == CLOSED:
        row.closed_at, row.closed_by = at, by.member
    else:
        row.collector = " ".join(collector.split())[:120]
        if not row.collector:
            raise NotReceived("collector", "Say who collected it, and the number of the consignment if there is one.")
        row.collected_at, row.collected_by = at, by.member
    row.save()
    audit.record("move_sharps", by=by, at=at, subject=row, label=row.label, to=to)
    return row
