"""Preparation and aftercare: what to do or leave, and from which hour to which."""

from __future__ import annotations

from needlepoint.core.planning.facts import CareStep
from needlepoint.knowledge.cards import Card
from needlepoint.knowledge.fields import Fields
from needlepoint.knowledge.shelf import Shelf


def read_care(fields: Fields, card: Card, shelf: Shelf) -> CareStep:
    """Build the payload of a preparation or aftercare card; its text is the one told to the patient."""
    step = CareStep(
        card=card.id,
        evidence=card.evidence,
        from_hours=fields.number_or_none("from_hours"),
        to_hours=fields.number_or_none("to_hours"),
        text=card.tell,
        when=card.when,
    )
    if step.from_hours is not None and step.to_hours is not None and step.from_hours > step.to_hours:
        raise fields.unfit("to_hours", "lies before from_hours")
    return step
