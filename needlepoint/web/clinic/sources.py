"""Every source: what it is, where it can be read, and what rests on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from needlepoint import knowledge
from needlepoint.actions.access import Act
from needlepoint.web.doors import staff

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from needlepoint.actions.actor import Actor
    from needlepoint.core.terms import Source
    from needlepoint.knowledge import Card
    from needlepoint.knowledge.cards import Citation


@dataclass(frozen=True, slots=True, kw_only=True)
class Resting:
    """A source with the cards that cite it, each with where in it."""

    source: Source
    cited: tuple[tuple[Card, Citation], ...]


def resting(source: Source) -> Resting:
    """Give what rests on a source."""
    cards = knowledge.load().cards.values()
    cited = ((card, one) for card in cards for one in card.citations if one.source.key == source.key)
    return Resting(source=source, cited=tuple(cited))


@require_safe
@staff(Act.READ_KNOWLEDGE)
def sources(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the sources, those with the words asked for."""
    words = request.GET.get("q", "").strip()
    found = [resting(one) for one in knowledge.load().sources.values() if _has(one, words)]
    context = {"sources": found, "words": words, "whole": len(knowledge.load().sources)}
    return render(request, "clinic/sources.html", context)


def _has(source: Source, words: str) -> bool:
    text = f"{source.key} {source.citation} {source.address or ''}".lower()
    return all(word in text for word in words.lower().split())


@require_safe
@staff(Act.READ_KNOWLEDGE)
def source(request: HttpRequest, key: str, *, by: Actor) -> HttpResponse:
    """Show one source with its evidence rows and cards."""
    known = knowledge.load()
    found = known.sources.get(key)
    if found is None:
        raise Http404("no such source")
    rows = [row for row in known.rows.values() if found in row.sources]
    return render(request, "clinic/source.html", {"resting": resting(found), "source": found, "rows": rows})
