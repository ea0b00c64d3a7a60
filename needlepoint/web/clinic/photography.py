"""How this clinic photographs: measures on or off, colour card, test-retest studies, blinded ratings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from needlepoint.actions import colour_card, measures_use, rating, retest
from needlepoint.actions.access import Act
from needlepoint.knowledge.measures_use import read_use_text
from needlepoint.web.doors import staff

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from needlepoint.actions.actor import Actor
    from needlepoint.records.models import RatingSet


@require_safe
@staff(Act.SEE_PHOTOGRAPHY)
def photography(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show how photographs are taken, measured and rated here."""
    return _page(request, by=by)


def _page(request: HttpRequest, *, by: Actor, error: str = "", status: int = 200) -> HttpResponse:
    context = {
        "on": measures_use.are_on(),
        "text": read_use_text(),
        "decisions": measures_use.decisions(),
        "error": error,
        "calibration": colour_card.calibration(),
        "studies": retest.studies(),
        "sets": [_set(found, by=by) for found in rating.sets()],
    }
    return render(request, "clinic/photography.html", context, status=status)


def _set(found: RatingSet, *, by: Actor) -> dict[str, Any]:
    """Give a set with how far each rater is; who rates in it and is not through is led there."""
    progress = rating.progress(found)
    mine = [one for one in progress if one.rater.pk == by.member.pk and one.done < one.of]
    return {"set": found, "progress": progress, "to_rate": bool(mine)}


@require_POST
@staff(Act.SWITCH_MEASURES)
def measures_on(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Have photographs measured from now on."""
    try:
        measures_use.switch_on(confirmed_sha256=request.POST.get("confirmed", ""), by=by, at=timezone.now())
    except measures_use.NotReadThrough as refusal:
        return _page(request, by=by, error=str(refusal), status=422)
    messages.success(request, "Photographs are measured from now on; earlier ones follow in the background.")
    return redirect("clinic:photography")


@require_POST
@staff(Act.SWITCH_MEASURES)
def measures_off(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Have photographs no longer measured."""
    measures_use.switch_off(by=by, at=timezone.now())
    messages.success(request, "Nothing is measured or shown any more. What was measured stays on record.")
    return redirect("clinic:photography")
