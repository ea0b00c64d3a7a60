"""The public pages: what the therapy is, generated from the fact cards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_safe

from needlepoint.web.doors import open_to_all

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
@open_to_all
def home(request: HttpRequest) -> HttpResponse:
    """Show the entrance."""
    return render(request, "public/home.html")
