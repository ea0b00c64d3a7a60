"""Gives the cards that speak against a treatment as the rules of a screening."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from types import MappingProxyType

from needlepoint.core.screening.rules import Rulebook, Wording
from needlepoint.knowledge.cards import Card
from needlepoint.knowledge.contraindication import About, Contraindication, rule, wording
from needlepoint.knowledge.loader import Knowledge, load


class NotOnThatDay(LookupError):
    """The knowledge has no card for a part of screening on that day."""


def rules_on(day: date) -> Rulebook:
    """Give the rules that hold on a day of treatment, out of the program's own knowledge."""
    return _rules(tuple(card.id for card in load().cards.values() if card.is_valid_on(day)))


@lru_cache(maxsize=64)
def _rules(ids: tuple[str, ...]) -> Rulebook:
    return rulebook(load(), tuple(load().cards[id_] for id_ in ids))


def rulebook(knowledge: Knowledge, cards: tuple[Card, ...]) -> Rulebook:
    """Give the rules of the cards; two of them word the findings on unknown and on unread answers."""
    ruling = [card for card in cards if isinstance(card.payload, Contraindication)]
    return Rulebook(
        questions=knowledge.questions,
        rules=tuple(rule(card) for card in ruling if card.holds(Contraindication).about == "case"),
        unknown=_only(ruling, "unknown_answers"),
        unread=_only(ruling, "unread_answers"),
        area_order=knowledge.vocabulary.area_order,
        sources=MappingProxyType({row.id: row.sources for row in knowledge.rows.values()}),
        digest=knowledge.digest,
    )


def _only(cards: list[Card], about: About) -> Wording:
    for card in cards:
        if card.holds(Contraindication).about == about:
            return wording(card)
    raise NotOnThatDay(about)
