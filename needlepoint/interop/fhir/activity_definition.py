"""The cards that say what to do, and every other fact, as FHIR ActivityDefinitions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from needlepoint.core.planning.facts import CareStep
from needlepoint.interop.fhir.artifact import envelope
from needlepoint.interop.fhir.naming import JSON, Names

if TYPE_CHECKING:
    from needlepoint.knowledge import Card, Knowledge


def activity_definition(card: Card, known: Knowledge, names: Names) -> JSON:
    """Give a card that asks for something to be done or known, with its hours before or after a session."""
    return {
        **envelope("ActivityDefinition", card, known, names),
        "kind": "CommunicationRequest" if card.kind in ("preparation", "aftercare") else "Task",
        "code": names.concept("card-kind", card.kind, card.kind),
        **_hours(card),
    }


def _hours(card: Card) -> JSON:
    if not isinstance(card.payload, CareStep) or card.payload.from_hours is None or card.payload.to_hours is None:
        return {}
    low, high = card.payload.from_hours, card.payload.to_hours
    unit = {"unit": "h", "system": "http://unitsofmeasure.org", "code": "h"}
    return {
        "timingRange": {"low": {"value": low, **unit}, "high": {"value": high, **unit}},
    }
