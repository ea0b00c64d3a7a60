"""Blinded rating: setting a set up, rating its pairs, reading what the two raters found."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from needlepoint.actions import rating
from needlepoint.actions.access import Act
from needlepoint.web.doors import refused, staff

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest

    from needlepoint.actions.actor import Actor
    from needlepoint.records.models import RatingSet

STEPS: Final = (
    (-3, "Left much better"),
    (-2, "Left better"),
    (-1, "Left slightly better"),
    (0, "No difference"),
    (1, "Right slightly better"),
    (2, "Right better"),
    (3, "Right much better"),
)
SEED_BITS: Final = 32


@require_http_methods(["GET", "HEAD", "POST"])
@staff(Act.SET_RATING)
def rating_new(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Set up a blinded rating."""
    error = ""
    if request.method == "POST":
        try:
            made = rating.make_set(
                title=request.POST.get("title", "")[:120], question=request.POST.get("question", "")[:200],
                keys=request.POST.getlist("pair"), first=_number(request, "first"), second=_number(request, "second"),
                seed=secrets.randbits(SEED_BITS), by=by, at=timezone.now(),
            )  # fmt: skip
        except rating.NoSet as refusal:
            error = str(refusal)
        else:
            messages.success(request, "The pairs are shuffled; both raters find them under Photography.")
            return redirect("clinic:rating_set", made.ref)
    context = {
        "candidates": rating.candidates(),
        "raters": rating.raters(),
        "error": error,
        "given": request.POST,
        "chosen": request.POST.getlist("pair"),
    }
    return render(request, "clinic/rating_new.html", context, status=422 if error else 200)


def _number(request: HttpRequest, name: str) -> int | None:
    text = request.POST.get(name, "")
    # Django's own number parsing takes "٣"; int() does too, and more digits than a row can have.
    return int(text) if text.isascii() and text.lstrip("-").isdigit() and len(text) < 10 else None


@require_safe
@staff(Act.SET_RATING)
def rating_set(request: HttpRequest, ref: UUID, *, by: Actor) -> HttpResponse:
    """Show how far the raters are, and what they found once both are through."""
    found = rating.find_set(ref)
    context = {"set": found, "progress": rating.progress(found), "outcome": rating.outcome(found, by=by)}
    return render(request, "clinic/rating_set.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff(Act.RATE)
def rate(request: HttpRequest, ref: UUID, *, by: Actor) -> HttpResponse:
    """Show the next pair to a rater, and keep what they see."""
    found = rating.find_set(ref)
    try:
        if request.method == "POST":
            return _rated(request, found, by=by)
        return _pair_page(request, found, by=by)
    except rating.NotYourSet as refusal:
        return refused(request, str(refusal))


def _rated(request: HttpRequest, found: RatingSet, *, by: Actor) -> HttpResponse:
    pair = next((one for one in found.pairs.all() if str(one.ref) == request.POST.get("pair")), None)
    try:
        if pair is not None:
            rating.rate(pair, right_better=_number(request, "seen"), by=by, at=timezone.now())
    except rating.NoSuchStep as refusal:
        return _pair_page(request, found, by=by, error=str(refusal), status=422)
    except rating.RatedAlready as refusal:
        messages.warning(request, str(refusal))
    return redirect("clinic:rate", found.ref)


def _pair_page(
    request: HttpRequest, found: RatingSet, *, by: Actor, error: str = "", status: int = 200
) -> HttpResponse:
    pair = rating.next_pair(found, by=by)
    mine = next(one for one in rating.progress(found) if one.rater.pk == by.member.pk)
    context: dict[str, Any] = {"set": found, "pair": pair, "mine": mine, "steps": STEPS, "error": error}
    return render(request, "clinic/rate.html", context, status=status)


@require_safe
@staff(Act.RATE)
def rating_picture(request: HttpRequest, ref: UUID, side: str, *, by: Actor) -> HttpResponse:
    """Send one side of a pair to its rater."""
    try:
        served = rating.picture(ref, side=side, by=by, at=timezone.now())
    except rating.NotYourSet as refusal:
        return refused(request, str(refusal))
    response = HttpResponse(served.data, content_type=served.media_type)
    response["Cache-Control"] = "private, no-store"
    return response
