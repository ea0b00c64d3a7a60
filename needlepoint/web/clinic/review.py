"""What would change with the knowledge at hand, and whom a card touches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from needlepoint import knowledge
from needlepoint.actions import knowledge as adopting
from needlepoint.actions import reviewing
from needlepoint.actions.access import Act, refusal
from needlepoint.actions.set_changes import changes_against
from needlepoint.web.doors import staff

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from needlepoint.actions.actor import Actor

GROUPS = (
    ("added", "New cards", "+"),
    ("changed", "Changed cards", "↻"),
    ("closed", "Closed cards", "‖"),
    ("removed", "Cards that are gone", "−"),
)


@require_safe
@staff(Act.READ_KNOWLEDGE)
def changes(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show field by field what the set at hand says otherwise than the adopted one."""
    state = adopting.adopted()
    found = changes_against(state.adoption) if state.adoption else None
    cards = [one for one in found or () if one.is_card]
    context = {
        "state": state,
        "kept": found is not None,
        "groups": [
            (label, icon, here) for what, label, icon in GROUPS if (here := [one for one in cards if one.what == what])
        ],
        "beside": [one for one in found or () if not one.is_card],
        "review": reviewing.latest(adoption=state.adoption) if state.adoption else None,
        "refusal": refusal(Act.REVIEW_KNOWLEDGE, by=by),
    }
    return render(request, "clinic/changes.html", context)


@require_POST
@staff(Act.REVIEW_KNOWLEDGE)
def begin(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Have looked up whom the changes touch, or, where a card is named, whom that card touches."""
    card = request.POST.get("card", "")
    if card and card not in knowledge.load().cards:
        raise Http404("no such card")
    adoption = None if card else adopting.adopted().adoption
    made = reviewing.begin(card=card, adoption=adoption, by=by, at=timezone.now())
    return redirect("clinic:review", pk=made.pk)


@require_safe
@staff(Act.REVIEW_KNOWLEDGE)
def review(request: HttpRequest, pk: int, *, by: Actor) -> HttpResponse:
    """Show whom a review found, or how far it has come."""
    found, touched = reviewing.read_review(pk, by=by, at=timezone.now())
    card = knowledge.load().cards.get(found.card)
    context = {
        "job": found,
        "card": card,
        "touched": touched,
        "verdicts": knowledge.load().vocabulary.verdicts,
        "outdated": found.digest != knowledge.load().digest,
        "most": reviewing.SHOWN_AT_MOST,
    }
    return render(request, "clinic/review.html", context)


@require_safe
@staff(Act.REVIEW_KNOWLEDGE)
def progress(request: HttpRequest, pk: int, *, by: Actor) -> HttpResponse:
    """Say how far a review has come."""
    return render(request, "clinic/parts/reviewing.html", {"job": reviewing.find_review(pk)})
