"""Limits: what law, role, skin, illness and answers change in a plan, each under its own condition."""

from __future__ import annotations

from needlepoint.core.planning.depth import RESOLUTION_MM
from needlepoint.core.planning.facts import PlanRule
from needlepoint.knowledge.cards import Card
from needlepoint.knowledge.fields import Fields
from needlepoint.knowledge.shelf import Shelf


def read_limit(fields: Fields, card: Card, shelf: Shelf) -> PlanRule:
    """Build the payload of a limit card; it must have a condition and at least one effect."""
    if card.when is None:
        raise fields.unfit("when", "is absent")
    rule = PlanRule(
        card=card.id,
        evidence=card.evidence,
        because=card.because,
        when=card.when,
        warn=fields.one_of("warn", shelf.vocabulary.warning_codes, "warning code") if fields.has("warn") else None,
        by_area=fields.flag("by_area", default=False),
        ceiling_mm=_ceiling(fields),
        by_law=fields.flag("by_law", default=False),
        forbids=fields.flag("forbids", default=False),
        cautious=fields.flag("cautious", default=False),
        interval_days=fields.whole_or_none("interval_days"),
        blocks=fields.flag("blocks_numbing", default=False),
        max_minutes=fields.number_or_none("numbing_minutes"),
    )
    if not (rule.warn or rule.restricts or rule.forbids or rule.interval_days):
        raise fields.unfit("warn", "the card has no effect")
    return rule


def _ceiling(fields: Fields) -> float | None:
    """Take the greatest depth; a depth that may not be reached ends one step of resolution below it."""
    if fields.has("below_mm"):
        return round(fields.number("below_mm") - RESOLUTION_MM, 6)
    return fields.number_or_none("ceiling_mm")
