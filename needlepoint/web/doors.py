"""The doors of the pages: every view says who may enter, and a test holds every address to that."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone

from needlepoint.actions import links
from needlepoint.actions.access import Act, NoSuchRecord, NotPermitted, refusal
from needlepoint.actions.actor import Actor
from needlepoint.actions.clinic import the_clinic

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    View = Callable[..., HttpResponse]


def open_to_all(view: View) -> View:
    """Mark a page that anyone may read."""
    view.door = "all"  # type: ignore[attr-defined]  # read by the test that walks every address
    return view


def staff(act: Act) -> Callable[[View], View]:
    """Let in staff whose role includes the act; the view receives `by`, its Actor.

    A refusal, here or from an action, is shown with its reason and status 403. Whoever came in with a one-time
    password chooses an own one first.
    """

    def wrap(view: View) -> View:
        @wraps(view)
        @login_required
        def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            actor = Actor(user=request.user)  # type: ignore[arg-type]  # login_required has made it a User
            reason = refusal(act, by=actor)
            if reason is not None:
                return refused(request, reason)
            if actor.member.one_time_password and act is not Act.OWN_ACCOUNT:
                return redirect("clinic:password")
            try:
                return view(request, *args, by=actor, **kwargs)
            except NotPermitted as error:
                return refused(request, str(error))
            except NoSuchRecord as error:
                raise Http404(str(error)) from None

        entered.door = act  # type: ignore[attr-defined]  # as above
        return entered

    return wrap


def private_link(view: View) -> View:
    """Let in whoever holds a valid private link; the view receives `by`, whose `link` names the patient.

    The address carries the link's secret as `secret`. An expired or revoked link gets a page that says so, status 410.
    """

    @wraps(view)
    def entered(request: HttpRequest, *args: Any, secret: str, **kwargs: Any) -> HttpResponse:
        link = links.find(secret, at=timezone.now())
        if link is None:
            return render(request, "patient/link_over.html", {"clinic": the_clinic()}, status=410)
        try:
            response = view(request, *args, by=Actor(link=link), secret=secret, **kwargs)
        except NoSuchRecord as error:
            raise Http404(str(error)) from None
        response["Cache-Control"] = "no-store"
        # Not no-referrer: a browser would then send forms without an origin, which the guard against forgery refuses.
        response["Referrer-Policy"] = "same-origin"
        return response

    entered.door = Act.OWN_PAGES  # type: ignore[attr-defined]  # as above
    return entered


def refused(request: HttpRequest, reason: str) -> HttpResponse:
    """Give the page that says why somebody may not do this."""
    return render(request, "refused.html", {"reason": reason}, status=403)
