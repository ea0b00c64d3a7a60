"""The patient's entrance: what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_safe

from needlepoint.web.doors import private_link

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from needlepoint.actions.actor import Actor


@require_safe
@private_link
def home(request: HttpRequest, *, by: Actor, secret: str) -> HttpResponse:
    """Show what the patient can do now."""
    return render(request, "patient/home.html", {"link": by.link, "secret": secret})
