"""The knowledge: which cards there are, what each rests on, and its adoption by the physician."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from needlepoint import knowledge
from needlepoint.actions import knowledge as adopting
from needlepoint.actions import override as overriding
from needlepoint.actions import reviewing
from needlepoint.actions.access import Act, refusal
from needlepoint.actions.knowledge import Changes, KnowledgeChanged, NothingAdopted
from needlepoint.interop.fhir.knowledge import bundle
from needlepoint.knowledge.device import DeviceCard
from needlepoint.knowledge.public import Claim
from needlepoint.web.clinic.card_search import FILTERS, choices, matches
from needlepoint.web.clinic.condition_words import say
from needlepoint.web.doors import staff

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from django.http import HttpRequest

    from needlepoint.actions.actor import Actor
    from needlepoint.actions.knowledge import AdoptionState
    from needlepoint.knowledge import Card

SHOWN: Final = {
    "": "All cards",
    "open": "Not adopted",
    "new": "New or changed since the adoption",
    "proposal": "Proposals of this project",
    "memory": "From memory, no source seen",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A card in the list."""

    card: Card
    covered: bool
    change: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """The cards of one kind that the list shows."""

    kind: str
    rows: tuple[Row, ...]
    whole: int


@require_http_methods(["GET", "HEAD", "POST"])
@staff(Act.READ_KNOWLEDGE)
def cards(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the cards, and adopt them."""
    if request.method == "POST":
        error = _adopt(request, by=by)
        if error is None:
            messages.success(request, "Adopted.")
            return redirect("clinic:knowledge")
        return _list(request, by=by, error=error)
    return _list(request, by=by)


def _adopt(request: HttpRequest, *, by: Actor) -> str | None:
    """Adopt what the form names; give what is wrong with it instead."""
    if "responsible" not in request.POST and refusal(Act.ADOPT_KNOWLEDGE, by=by) is None:
        return "Tick the sentence on responsibility: without it nothing is adopted."
    chosen = request.POST.getlist("cards") if request.POST.get("which") == "chosen" else None
    try:
        adopting.adopt(
            digest=request.POST.get("digest", ""),
            cards=chosen,
            note=request.POST.get("note", ""),
            by=by,
            at=timezone.now(),
        )
    except (KnowledgeChanged, NothingAdopted) as error:
        return str(error)
    return None


def _list(request: HttpRequest, *, by: Actor, error: str | None = None) -> HttpResponse:
    state = adopting.adopted()
    changes = adopting.changes_since(state.adoption) if state.adoption else None
    choosing = "choose" in request.GET or request.POST.get("which") == "chosen"
    asked = {name: "" if choosing else request.GET.get(name, "").strip() for name in FILTERS}
    shelves = tuple(_shelves(state, changes, asked))
    context = {
        "state": state,
        "changes": changes,
        "shelves": shelves,
        "found": sum(len(shelf.rows) for shelf in shelves),
        "choices": choices(),
        "shown": SHOWN,
        "asked": asked,
        "filtered": any(asked.values()),
        "choosing": choosing,
        "adoptions": adopting.adoptions(),
        "responsibility": adopting.RESPONSIBILITY,
        "refusal": refusal(Act.ADOPT_KNOWLEDGE, by=by),
        "error": error,
        "note": request.POST.get("note", ""),
        "ticked": _ticked(request, state, changes) if choosing else frozenset(),
    }
    return render(request, "clinic/knowledge.html", context, status=422 if error else 200)


def _ticked(request: HttpRequest, state: AdoptionState, changes: Changes | None) -> frozenset[str]:
    """Give the cards that stand ticked: those just chosen, else those adopted as they are now, else all."""
    if request.method == "POST":
        return frozenset(request.POST.getlist("cards"))
    if state.adoption is None or changes is None:
        return frozenset(knowledge.load().cards)
    return frozenset(state.adoption.cards) - set(changes.changed) - set(changes.removed)


def _shelves(state: AdoptionState, changes: Changes | None, asked: Mapping[str, str]) -> Iterator[Shelf]:
    rows: dict[str, list[Row]] = {}
    known = knowledge.load()
    for card in known.cards.values():
        row = Row(card=card, covered=state.covers(card.id), change=_change(card.id, changes))
        if matches(card, asked) and _is_shown(row, asked["show"]):
            rows.setdefault(card.kind, []).append(row)
    for name in sorted(rows):
        yield Shelf(kind=name, rows=tuple(rows[name]), whole=len(known.of_kind(name)))


def _change(id_: str, changes: Changes | None) -> str:
    if changes is None:
        return ""
    return "new" if id_ in changes.added else "changed" if id_ in changes.changed else ""


def _is_shown(row: Row, show: str) -> bool:
    match show:
        case "open":
            return not row.covered
        case "new":
            return bool(row.change)
        case "proposal":
            return row.card.standing.proposal
        case "memory":
            return row.card.standing.confidence == "memory"
        case _:
            return True


@require_safe
@staff(Act.READ_KNOWLEDGE)
def card(request: HttpRequest, card: str, *, by: Actor) -> HttpResponse:
    """Show one card with all it rests on."""
    found = adopting.find_card(card)
    known = knowledge.load()
    state = adopting.adopted()
    review = reviewing.latest(card=found.id)
    context = {
        "history": adopting.history_of(found.id),
        "review": review,
        "review_refusal": refusal(Act.REVIEW_KNOWLEDGE, by=by),
        "card": found,
        "claim": found.payload if isinstance(found.payload, Claim) else None,
        "when": say(found.when_as_written) if found.when_as_written else None,
        "rows": [known.rows[row] for row in found.evidence],
        "written": adopting.as_written(found),
        "state": state,
        "covered": state.covers(found.id),
        "digest": known.digest,
        "overrides": overriding.reported(found.id, by=by, at=timezone.now()),
        "device": found.payload if isinstance(found.payload, DeviceCard) else None,
    }
    return render(request, "clinic/card.html", context)


@require_safe
@staff(Act.READ_KNOWLEDGE)
def as_fhir(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Give the whole set as a FHIR Bundle to keep; its canonical addresses are those of this clinic."""
    known = knowledge.load()
    base = request.build_absolute_uri("/fhir")
    text = json.dumps(bundle(known, base=base), ensure_ascii=False, indent=1)
    response = HttpResponse(text, content_type="application/fhir+json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="needlepoint-{known.digest[:12]}.fhir.json"'
    return response
