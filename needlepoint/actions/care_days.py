"""Preparation and aftercare counted from the days of one patient's sessions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils import timezone

from needlepoint.actions import access, audit
from needlepoint.actions.access import Act
from needlepoint.actions.plan import adopted_plan
from needlepoint.records.models import TreatmentSession

if TYPE_CHECKING:
    from needlepoint.actions.actor import Actor
    from needlepoint.records.models import Course, Plan

# How long after a session its aftercare is still worth showing; the longest card counts weeks, not months.
SHOWN_AFTER: Final = timedelta(days=56)
USUAL_START: Final = "10:00"


@dataclass(frozen=True, slots=True, kw_only=True)
class CareDays:
    """The adopted plan of a course with the session before and the one to come; `earliest`: it is not booked."""

    plan: Plan
    last: date | None
    next: date | None
    earliest: bool


def care_days(course: Course, *, on: date) -> CareDays | None:
    """Give from which days preparation and aftercare count, seen on a day; nothing without an adopted plan."""
    plan = adopted_plan(course)
    if plan is None:
        return None
    held = list(TreatmentSession.objects.filter(course=course, on__lte=on).order_by("-on").values_list("on", flat=True))
    last = held[0] if held else None
    coming, earliest = _next(plan, last, len(held))
    if last is not None and on - last > SHOWN_AFTER:
        last = None
    return CareDays(plan=plan, last=last, next=coming, earliest=earliest)


def _next(plan: Plan, last: date | None, held: int) -> tuple[date | None, bool]:
    if last is None or plan.on > last:
        return plan.on, False
    if held >= plan.result["sessions"] or not plan.result["interval_days"]:
        return None, False
    return last + timedelta(days=plan.result["interval_days"]), True


def first_puncture(plan: Plan, *, on: date) -> datetime:
    """Give the moment of the first puncture on a day, by the clinic's clock."""
    start = time.fromisoformat(plan.request.get("start") or USUAL_START)
    return datetime.combine(on, start, tzinfo=timezone.get_default_timezone())


@transaction.atomic
def read_care_days(course: Course, *, on: date, by: Actor, at: datetime) -> CareDays | None:
    """Give the same to the patient whose course it is, and record that it was read."""
    access.require(Act.OWN_PAGES, by=by)
    found = care_days(course, on=on)
    if found is not None:
        audit.record("read_care", by=by, at=at, patient=course.patient, subject=found.plan)
    return found
