"""What to do in an emergency of the treatment room: one screen, in large type, and a page for each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from needlepoint import knowledge
from needlepoint.actions.access import Act
from needlepoint.actions.clinic import the_clinic
from needlepoint.actions.knowledge import adopted
from needlepoint.knowledge.emergency import Emergency, Numbers
from needlepoint.web.doors import staff

if TYPE_CHECKING:
    from datetime import date

    from django.http import HttpRequest, HttpResponse

    from needlepoint.actions.actor import Actor
    from needlepoint.knowledge import Card


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An emergency with the card it is on."""

    card: Card
    emergency: Emergency


@require_safe
@staff(Act.READ_KNOWLEDGE)
def emergency(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show all emergencies: how to tell them apart, and the way to each."""
    today = timezone.localdate()
    return render(request, "clinic/emergency.html", {"shown": _emergencies(today), **_calling(today)})


@require_safe
@staff(Act.READ_KNOWLEDGE)
def emergency_card(request: HttpRequest, card: str, *, by: Actor) -> HttpResponse:
    """Show one emergency: signs, steps, doses, and what comes after."""
    today = timezone.localdate()
    every = _emergencies(today)
    found = next((shown for shown in every if shown.card.id == card), None)
    if found is None:
        raise Http404(f"there is no emergency {card}")
    context = {
        "one": found,
        "others": [shown for shown in every if shown is not found],
        "covered": adopted().covers(card),
        **_calling(today),
    }
    return render(request, "clinic/emergency_card.html", context)


def _emergencies(day: date) -> list[Shown]:
    cards = [card for card in knowledge.load().of_kind("emergency") if card.is_valid_on(day)]
    shown = [Shown(card=card, emergency=card.payload) for card in cards if isinstance(card.payload, Emergency)]
    return sorted(shown, key=lambda one: one.emergency.order)


def _calling(day: date) -> dict[str, object]:
    """Give the number of the clinic's own country, and the clinic's address to say on the telephone."""
    clinic = the_clinic()
    numbers = next(
        card.payload
        for card in knowledge.load().of_kind("emergency")
        if card.is_valid_on(day) and isinstance(card.payload, Numbers)
    )
    return {"clinic": clinic, "call": numbers.at(clinic.premises if clinic else "")}
