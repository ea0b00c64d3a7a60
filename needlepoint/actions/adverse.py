"""Adverse events: harm or possible harm, written down with the session and area it followed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction

from needlepoint.actions import access, audit
from needlepoint.actions.access import Act, NoSuchRecord
from needlepoint.records.models import AdverseCourse, AdverseEvent

if TYPE_CHECKING:
    from datetime import date, datetime

    from needlepoint.actions.actor import Actor
    from needlepoint.records.models import DeviceUnit, Lot, Photograph, TreatmentSession

GRADES: Final[Mapping[int, str]] = {
    1: "Mild: passes without treatment",
    2: "Moderate: needs treatment or limits everyday life",
    3: "Severe: hospital, surgery or lasting harm",
    4: "Life-threatening",
    5: "Death",
}
OUTCOMES: Final[Mapping[str, str]] = {
    "ongoing": "Still going on",
    "resolved": "Gone without a trace",
    "resolved_with_harm": "Gone, with lasting harm",
    "unknown": "Not known",
}


ENDED: Final = frozenset({"resolved", "resolved_with_harm"})
SERIOUS: Final[Mapping[str, str]] = {
    "death": "Death",
    "life_threatening": "Life-threatening",
    "hospital": "Hospital, first or longer",
    "disability": "Disability or permanent damage",
    "intervention": "Needed intervention to prevent permanent damage",
    "other": "Other serious or important medical event",
}


class BeganBeforeSession(Exception):
    """Harm cannot follow a session that came later."""

    def __init__(self, session: TreatmentSession) -> None:
        super().__init__(f"The session was on {session.on:%d %b %Y}; this cannot have begun before it.")


class BeganLater(Exception):
    """Harm that has not begun yet."""

    def __init__(self) -> None:
        super().__init__("This day has not come yet.")


@transaction.atomic
def record(
    session: TreatmentSession,
    *,
    area: str,
    what: str,
    grade: int,
    began_on: date,
    course_so_far: str,
    outcome: str,
    photograph: Photograph | None,
    lot: Lot | None = None,
    device_unit: DeviceUnit | None = None,
    by: Actor,
    at: datetime,
    on: date,
) -> AdverseEvent:
    """Write down an adverse event; what is said now is the first entry of its course.

    Raises
    ------
    BeganBeforeSession, BeganLater
        When it began before the session or after today.

    """
    access.require(Act.REPORT_ADVERSE, by=by)
    if began_on < session.on:
        raise BeganBeforeSession(session)
    if began_on > on:
        raise BeganLater
    event = AdverseEvent.objects.create(
        session=session, area=area, what=what, grade=grade, began_on=began_on, course_so_far=course_so_far,
        outcome=outcome, photograph=photograph, lot=lot, device_unit=device_unit, by=by.member, at=at,
        ended_on=on if outcome in ENDED else None,
    )  # fmt: skip
    _enter(event, photograph=photograph, by=by, at=at, on=on)
    patient = session.course.patient
    audit.record("record_adverse_event", by=by, at=at, patient=patient, subject=event, **_now(event))
    return event


@transaction.atomic
def update(
    pk: int, *, grade: int, course_so_far: str, outcome: str, photograph: Photograph | None = None, by: Actor,
    at: datetime, on: date,
) -> AdverseEvent:  # fmt: skip
    """Write how an adverse event went on: a new entry of its course; those before stay as they are."""
    access.require(Act.REPORT_ADVERSE, by=by)
    find(pk)
    event = AdverseEvent.objects.select_for_update(of=("self",)).select_related("session__course__patient").get(pk=pk)
    before = _now(event)
    event.grade, event.course_so_far, event.outcome = grade, course_so_far, outcome
    event.ended_on = (event.ended_on or on) if outcome in ENDED else None
    event.save(update_fields=["grade", "course_so_far", "outcome", "ended_on"])
    _enter(event, photograph=photograph, by=by, at=at, on=on)
    patient = event.session.course.patient
    audit.record("update_adverse_event", by=by, at=at, patient=patient, subject=event, before=before, **_now(event))
    return event


def _enter(event: AdverseEvent, *, photograph: Photograph | None, by: Actor, at: datetime, on: date) -> None:
    AdverseCourse.objects.create(
        event=event, on=on, grade=event.grade, words=event.course_so_far, outcome=event.outcome,
        photograph=photograph, by=by.member, at=at,
    )  # fmt: skip


@transaction.atomic
def note_particulars(
    pk: int, particulars: Mapping[str, Any], *, lot: Lot | None, device_unit: DeviceUnit | None, by: Actor, at: datetime
) -> AdverseEvent:
    """Keep what is suspected and what a report to an authority asks besides; empty answers are left out."""
    access.require(Act.REPORT_ADVERSE, by=by)
    find(pk)
    event = AdverseEvent.objects.select_for_update(of=("self",)).select_related("session__course__patient").get(pk=pk)
    event.particulars = {name: value for name, value in particulars.items() if value}
    event.lot, event.device_unit = lot, device_unit
    event.save(update_fields=["particulars", "lot", "device_unit"])
    patient = event.session.course.patient
    audit.record(
        "note_particulars", by=by, at=at, patient=patient, subject=event, names=sorted(event.particulars),
        lot=lot.number if lot else None, serial=device_unit.serial if device_unit else None,
    )  # fmt: skip
    return event


def find(pk: int) -> AdverseEvent:
    """Give an adverse event with its session and patient; raises NoSuchRecord when there is none."""
    event = (
        AdverseEvent.objects.select_related(
            "session__course__patient", "session__therapist", "lot", "device_unit", "photograph"
        )
        .filter(pk=pk)
        .first()
    )
    if event is None:
        raise NoSuchRecord("adverse event")
    return event


def _now(event: AdverseEvent) -> dict[str, Any]:
    return {"grade": event.grade, "course_so_far": event.course_so_far, "outcome": event.outcome}
