"""The public pages: open to anyone, made of the fact cards, giving no verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from needlepoint import knowledge
from needlepoint.core.terms import DeviceKind
from needlepoint.web.doors import open_to_all
from needlepoint.web.public import reading

if TYPE_CHECKING:
    from typing import Any

    from django.http import HttpRequest, HttpResponse


def _page(request: HttpRequest, name: str, **content: Any) -> HttpResponse:
    return render(request, f"public/{name}.html", {**content, "here": name, "digest": knowledge.load().digest[:12]})


@require_safe
@open_to_all
def home(request: HttpRequest) -> HttpResponse:
    """Show the entrance: what the therapy is, in short, and the ways onward."""
    day = timezone.localdate()
    return _page(request, "home", what=reading.steps("what", day), uses=reading.uses(day), claims=reading.claims(day))


@require_safe
@open_to_all
def treatment(request: HttpRequest) -> HttpResponse:
    """Tell what the therapy is, and when roller or pen is chosen."""
    day = timezone.localdate()
    return _page(
        request,
        "treatment",
        what=reading.steps("what", day),
        choice=reading.steps("tools", day),
        tools=(
            ("roller", "Roller", reading.devices(DeviceKind.ROLLER, day)),
            ("pen", "Pen", reading.devices(DeviceKind.PEN, day)),
        ),
    )


@require_safe
@open_to_all
def uses(request: HttpRequest) -> HttpResponse:
    """Tell whom it helps, with the evidence for each use."""
    found = reading.uses(timezone.localdate())
    return _page(
        request,
        "uses",
        uses=[use for use in found if use.seed],
        more=[use for use in found if not use.seed],
        levels=reading.LEVELS.values(),
    )


@require_safe
@open_to_all
def not_for(request: HttpRequest) -> HttpResponse:
    """Tell who must not have it, must wait, or must ask a doctor first."""
    return _page(request, "not_for", groups=reading.reasons_against(timezone.localdate()))


@require_safe
@open_to_all
def visit(request: HttpRequest) -> HttpResponse:
    """Tell how a visit goes, what to do before it and what after."""
    day = timezone.localdate()
    return _page(
        request,
        "visit",
        before=reading.steps("before", day),
        during=reading.steps("during", day),
        after=reading.steps("after", day),
        preparation=reading.care("preparation", day),
        aftercare=reading.care("aftercare", day),
    )


@require_safe
@open_to_all
def risks(request: HttpRequest) -> HttpResponse:
    """Tell what it feels like afterwards and what may go wrong."""
    day = timezone.localdate()
    return _page(request, "risks", groups=reading.risks(day), emergencies=reading.emergencies(day))


@require_safe
@open_to_all
def results(request: HttpRequest) -> HttpResponse:
    """Tell when results show, and how sure that is."""
    return _page(request, "results", results=reading.results(timezone.localdate()))


@require_safe
@open_to_all
def claims(request: HttpRequest) -> HttpResponse:
    """Hold claims up against the evidence, both sides shown."""
    return _page(request, "claims", claims=reading.claims(timezone.localdate()))
