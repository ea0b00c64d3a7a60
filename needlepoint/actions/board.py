"""The day board: what waits and what happens today."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from needlepoint.actions import access
from needlepoint.actions.access import Act
from needlepoint.records.models import Alert, ConsultationRequest, Course, TreatmentSession

if TYPE_CHECKING:
    from datetime import date

    from needlepoint.actions.actor import Actor

SHOWN = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """What stands on the day board, each list bounded."""

    requests: tuple[ConsultationRequest, ...]
    sessions: tuple[TreatmentSession, ...]
    consultations: tuple[Course, ...]
    alerts: int


def board(*, on: date, by: Actor) -> Board:
    """Give the day board in four queries."""
    access.require(Act.SEE_BOARD, by=by)
    waiting = ConsultationRequest.objects.filter(handled_at__isnull=True).order_by("received_at")
    sessions = TreatmentSession.objects.filter(on=on, struck_at__isnull=True).select_related(
        "course__patient", "therapist"
    )
    opened = Course.objects.filter(opened_at__date=on, closed_at__isnull=True).select_related("patient")
    return Board(
        requests=tuple(waiting[:SHOWN]),
        sessions=tuple(sessions.order_by("opened_at")[:SHOWN]),
        consultations=tuple(opened[:SHOWN]),
        alerts=Alert.objects.filter(handled_at__isnull=True).count(),
    )
