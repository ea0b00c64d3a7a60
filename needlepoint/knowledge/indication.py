"""Indications: what is treated, what trials showed, how a course looks, and when results show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, cast, get_args

from needlepoint.core.planning.facts import EvidenceLevel, IndicationFacts
from needlepoint.knowledge.cards import Card
from needlepoint.knowledge.fields import Fields
from needlepoint.knowledge.shelf import Shelf

_AIMS: Final = ("low", "high")


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicationCard:
    """A use as the planner sees it, and the words about it for the public.

    `shown`: what studies showed. `results`: when results show, or that nobody knows.
    """

    facts: IndicationFacts
    shown: str
    results: str


def read_indication(fields: Fields, card: Card, shelf: Shelf) -> IndicationCard:
    """Build the payload of an indication card."""
    indications = shelf.vocabulary.indications
    facts = IndicationFacts(
        id=fields.one_of("indication", indications, "indication"),
        card=card.id,
        sessions=fields.whole("sessions"),
        interval_days=fields.whole("interval_days"),
        level=cast(EvidenceLevel, fields.one_of("level", get_args(EvidenceLevel), "level of evidence")),
        aim="high" if fields.one_of("aim", _AIMS, "end of the depth band") == "high" else "low",
        because=card.because,
        ceiling_mm=fields.number_or_none("ceiling_mm"),
        areas=frozenset(shelf.vocabulary.expand(fields.known_words("areas", shelf.vocabulary.members, "area"))),
    )
    if facts.sessions < 1 or facts.interval_days < 1:
        raise fields.unfit("sessions", "sessions and interval_days must be at least 1")
    return IndicationCard(facts=facts, shown=fields.text("shown"), results=fields.text("results"))
