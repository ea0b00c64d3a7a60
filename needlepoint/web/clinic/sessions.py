"""The sessions of a course: what stands in the way of the next one, opening it, and those before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from needlepoint.actions import chart
from needlepoint.actions import session as acts
from needlepoint.actions.access import Act, refusal
from needlepoint.actions.session import NotReady, StillOpen
from needlepoint.web.doors import staff

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from needlepoint.actions.actor import Actor
    from needlepoint.records.models import Course


@require_http_methods(["GET", "HEAD", "POST"])
@staff(Act.READ_CHART)
def sessions(request: HttpRequest, ref: UUID, *, by: Actor) -> HttpResponse:
    """Show the sessions and whether one may be opened today; open it."""
    if request.method == "POST":
        return _open(request, ref, by=by)
    course = chart.read_course(ref, by=by, at=timezone.now())
    return render(request, "clinic/sessions.html", _context(course, by=by))


def _open(request: HttpRequest, ref: UUID, *, by: Actor) -> HttpResponse:
    course = chart.find_course(ref)
    reason = request.POST.get("exception_reason", "").replace("\0", "")
    now = timezone.now()
    try:
        session = acts.open_session(course, on=timezone.localdate(now), exception_reason=reason, by=by, at=now)
    except StillOpen as error:
        messages.warning(request, str(error))
        return redirect("clinic:session", ref=error.session.ref)
    except NotReady:
        context = {**_context(course, by=by), "refused": True}
        return render(request, "clinic/sessions.html", context, status=422)
    return redirect("clinic:session", ref=session.ref)


def _context(course: Course, *, by: Actor) -> dict[str, object]:
    today = timezone.localdate()
    return {
        "header": chart.header(course, on=today),
        "step": "sessions",
        "course": course,
        "today": today,
        "footing": acts.footing(course, on=today),
        "held": acts.held(course),
        "refusal": refusal(Act.TREAT, by=by),
        "exception_refusal": refusal(Act.ALLOW_EXCEPTION, by=by),
    }
