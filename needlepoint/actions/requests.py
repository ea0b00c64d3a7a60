"""Requests for a consultation: from the public pages to the front desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db import transaction

from needlepoint.actions import access, audit
from needlepoint.actions.access import Act, NoSuchRecord
from needlepoint.actions.actor import HOUSE
from needlepoint.actions.patients import plain_telephone
from needlepoint.records.models import ConsultationRequest

if TYPE_CHECKING:
    from datetime import datetime

    from needlepoint.actions.actor import Actor

SHOWN_AT_MOST: Final = 100
_SAME_WITHIN: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a visitor wrote."""

    name: str
    email: str = ""
    telephone: str = ""
    wish: str = ""
    message: str = ""


@transaction.atomic
def receive_request(wish: Wish, *, at: datetime) -> ConsultationRequest:
    """Put a visitor's request on the front desk; the same one sent twice within an hour arrives once."""
    fields = {
        "name": wish.name,
        "email": wish.email,
        "telephone": plain_telephone(wish.telephone),
        "wish": wish.wish,
        "message": wish.message,
    }
    same = ConsultationRequest.objects.filter(received_at__gt=at - _SAME_WITHIN, handled_at__isnull=True, **fields)
    earlier = same.first()
    if earlier is not None:
        return earlier
    request = ConsultationRequest.objects.create(received_at=at, **fields)
    audit.record("receive_request", by=HOUSE, at=at, subject=request)
    return request


def find_request(pk: int, *, by: Actor) -> ConsultationRequest:
    """Give one request.

    Raises
    ------
    NoSuchRecord
        When there is none of this number.

    """
    access.require(Act.HANDLE_REQUEST, by=by)
    request = ConsultationRequest.objects.select_related("patient").filter(pk=pk).first()
    if request is None:
        raise NoSuchRecord("request")
    return request


def all_requests(*, by: Actor) -> tuple[ConsultationRequest, ...]:
    """Give the requests, open ones first, the oldest of them on top; the list is bounded."""
    access.require(Act.HANDLE_REQUEST, by=by)
    rows = ConsultationRequest.objects.select_related("patient", "handled_by")
    waiting = rows.filter(handled_at__isnull=True).order_by("received_at")[:SHOWN_AT_MOST]
    done = rows.filter(handled_at__isnull=False).order_by("-handled_at")[:20]
    return (*waiting, *done)


@transaction.atomic
def set_aside(request: ConsultationRequest, *, by: Actor, at: datetime) -> None:
    """Mark a request as handled without a patient coming of it."""
    access.require(Act.HANDLE_REQUEST, by=by)
    if request.handled_at is not None:
        return
    request.handled_at, request.handled_by = at, by.member
    request.save(update_fields=["handled_at", "handled_by"])
    audit.record("set_request_aside", by=by, at=at, subject=request)
