"""The mail of the demonstration, as its own mail server caught it; a clinic that is none has no such page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from needlepoint.actions.caught_mail import caught
from needlepoint.web.doors import open_to_all

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
@open_to_all
def mailbox(request: HttpRequest) -> HttpResponse:
    """Show what was caught."""
    if not settings.DEMO:
        raise Http404("Only the demonstration catches its mail.")
    return render(request, "public/mailbox.html", {"mails": caught()})
