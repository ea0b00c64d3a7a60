"""The physician's queue of charts to co-sign, and co-signing one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from needlepoint.actions import cosigning
from needlepoint.actions import session as sessions
from needlepoint.actions.access import Act, refusal
from needlepoint.actions.cosigning import NotToCosign
from needlepoint.actions.identity import TooManyTries, WrongPassword
from needlepoint.web.clinic import session as charts
from needlepoint.web.doors import staff

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from needlepoint.actions.actor import Actor


@require_safe
@staff(Act.READ_CHART)
def queue(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """List the charts that wait for a physician's signature, each with why."""
    context = {
        "waiting": cosigning.read_waiting(by=by, at=timezone.now()),
        "refusal": refusal(Act.COSIGN, by=by),
        "choose_refusal": refusal(Act.CHOOSE_COSIGNING, by=by),
    }
    return render(request, "clinic/cosign.html", context)


@require_POST
@staff(Act.CHOOSE_COSIGNING)
def choose(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Choose which charts are co-signed."""
    cosigning.choose(every=request.POST.get("every") == "yes", by=by, at=timezone.now())
    messages.success(request, "Saved. It holds for charts that are signed from now on.")
    return redirect("clinic:cosign_queue")


@require_POST
@staff(Act.COSIGN)
@sensitive_post_parameters("password")
def cosign(request: HttpRequest, ref: UUID, *, by: Actor) -> HttpResponse:
    """Co-sign a chart."""
    found = sessions.find(ref)
    password, meaning = request.POST.get("password", ""), request.POST.get("meaning", "")
    try:
        cosigning.cosign(found, password=password, meaning=meaning, by=by, at=timezone.now())
    except (WrongPassword, TooManyTries, NotToCosign) as error:
        return charts.page(request, found, by=by, cosign_error=str(error), meaning=meaning)
    messages.success(request, "Co-signed.")
    return redirect("clinic:cosign_queue")
