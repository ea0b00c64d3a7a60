"""The self-check after a session, and what happens next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from needlepoint.actions import followup
from needlepoint.actions.clinic import the_clinic
from needlepoint.web import selfcheck
from needlepoint.web.doors import private_link

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from needlepoint.actions.actor import Actor


@require_http_methods(["GET", "HEAD", "POST"])
@private_link
def check(request: HttpRequest, day: int, *, by: Actor, secret: str) -> HttpResponse:
    """Ask how the skin is doing; whatever day the link was made for, the questions are those of today."""
    session = followup.session_of(by, on=timezone.localdate())
    missing = None
    if request.method == "POST":
        try:
            selfcheck.send(request, session, by=by)
        except followup.Incomplete as error:
            missing = error
        else:
            return redirect("patient:check_next", secret=secret, day=day)
    clinic = the_clinic()
    context = {
        "form": selfcheck.form(request, session, missing=missing),
        "secret": secret,
        "clinic": clinic,
        "emergency": selfcheck.emergency_number(clinic),
    }
    return render(request, "patient/check.html", context, status=422 if missing else 200)


@require_safe
@private_link
def check_next(request: HttpRequest, day: int, *, by: Actor, secret: str) -> HttpResponse:
    """Say what happens next after a report."""
    on = timezone.localdate()
    session = followup.session_of(by, on=on)
    told = followup.told(session, on=on)
    clinic = the_clinic()
    context = {
        "told": told,
        "shown": selfcheck.SHOWN[told.check.urgency],
        "day": day,
        "secret": secret,
        "clinic": clinic,
        "emergency": selfcheck.emergency_number(clinic) if told.check.urgency == "red" else "",
    }
    return render(request, "patient/check_next.html", context)
