"""What a course may bring: the values of published trials as a chart, and what goes with needling or only apart."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from needlepoint import knowledge
from needlepoint.actions.access import Act
from needlepoint.core.planning.expectation import Expectation
from needlepoint.knowledge.combination import Combination
from needlepoint.web.doors import staff
from needlepoint.web.expectation_chart import expectation_chart

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from django.http import HttpRequest, HttpResponse

    from needlepoint.actions.actor import Actor
    from needlepoint.knowledge import Card


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """One expectation with its card and its chart."""

    card: Card
    expectation: Expectation
    picture: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Combined:
    """Another treatment with its card."""

    card: Card
    combination: Combination


@require_safe
@staff(Act.READ_KNOWLEDGE)
def expectations(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show what trials saw for a use, and the combinations that bear on it; without a use, all of them."""
    today = timezone.localdate()
    uses = knowledge.load().vocabulary.indications
    wished = request.GET.get("use", "")
    use = wished if wished in uses else ""
    context = {
        "uses": uses.values(),
        "use": use,
        "expected": expected_of(use, on=today),
        "combined": combined_with(use, on=today),
    }
    return render(request, "clinic/expectations.html", context)


def expected_of(use: str, *, on: date) -> Sequence[Expected]:
    """Give what trials let expect of a use, an empty use standing for every one."""
    return [
        Expected(card=card, expectation=card.payload, picture=_picture(card.payload))
        for card in knowledge.load().of_kind("expectation")
        if card.is_valid_on(on)
        and isinstance(card.payload, Expectation)
        and (not use or use in card.payload.indications)
    ]


def combined_with(use: str, *, on: date) -> Sequence[Combined]:
    """Give the other treatments that bear on a use, those that never go with it first."""
    order = ("never", "physician", "apart", "together")
    found = [
        Combined(card=card, combination=card.payload)
        for card in knowledge.load().of_kind("combination")
        if card.is_valid_on(on)
        and isinstance(card.payload, Combination)
        and (not use or not card.payload.indications or use in card.payload.indications)
    ]
    return sorted(found, key=lambda one: (order.index(one.combination.how), one.card.title))


@lru_cache(maxsize=32)
def _picture(expectation: Expectation) -> str:
    return expectation_chart(expectation)
