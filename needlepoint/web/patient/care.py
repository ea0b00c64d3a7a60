"""What the patient does before and after a session, counted from its day; and what to expect."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from needlepoint.actions import care_days
from needlepoint.actions.access import NoSuchRecord
from needlepoint.actions.courses import course_of, label_of
from needlepoint.web import expecting
from needlepoint.web.clinic.plan_exports import calendar_file
from needlepoint.web.clinic.timeline import moments
from needlepoint.web.doors import private_link

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from needlepoint.actions.actor import Actor


@require_safe
@private_link
def care(request: HttpRequest, *, by: Actor, secret: str) -> HttpResponse:
    """Show the steps before the next session and after the last, as days of the calendar."""
    course = course_of(by.invited)
    days = care_days.read_care_days(course, on=timezone.localdate(), by=by, at=timezone.now())
    if days is None:
        raise NoSuchRecord("plan")
    result, after_on = days.plan.result, days.last or days.next
    context = {
        "secret": secret,
        "label": label_of(course),
        "days": days,
        "before": moments(result["preparation"], on=days.next) if days.next else (),
        "after": moments(result["aftercare"], on=after_on) if after_on else (),
        "after_on": after_on,
        "start": care_days.first_puncture(days.plan, on=days.next) if days.next and not days.earliest else None,
        "sessions": result["sessions"],
        "expecting": expecting.shown(course.indication, first=days.plan.on),
    }
    return render(request, "patient/care.html", context)


@require_safe
@private_link
def care_calendar(request: HttpRequest, *, by: Actor, secret: str) -> HttpResponse:
    """Give the same as a calendar file: the session to come, or what follows the last one."""
    course = course_of(by.invited)
    days = care_days.read_care_days(course, on=timezone.localdate(), by=by, at=timezone.now())
    if days is None or (on := days.next or days.last) is None:
        raise NoSuchRecord("plan")
    return calendar_file(days.plan, on=on, tentative=days.earliest, before=days.next is not None)
