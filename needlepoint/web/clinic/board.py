"""The day board."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from needlepoint.actions.access import Act
from needlepoint.actions.board import board
from needlepoint.web.doors import staff

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from needlepoint.actions.actor import Actor


@require_safe
@staff(Act.SEE_BOARD)
def today(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show what waits and what happens today."""
    day = timezone.localdate()
    return render(request, "clinic/today.html", {"board": board(on=day, by=by), "day": day})
