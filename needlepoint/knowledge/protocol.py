"""Protocols: how densely, how fast and how long one needles, whatever the area."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from needlepoint.core.planning.facts import BodySurface, Density, Drum, LabelAge, SessionLength, Stroke
from needlepoint.knowledge.cards import Card
from needlepoint.knowledge.fields import Fields
from needlepoint.knowledge.shelf import Shelf

Protocol = Density | Stroke | Drum | BodySurface | SessionLength | LabelAge


def read_protocol(fields: Fields, card: Card, shelf: Shelf) -> Protocol:
    """Build the payload of a protocol card; `about` says which of the six it is."""
    return _READERS[fields.one_of("about", _READERS, "matter")](fields, card.id)


def _density(fields: Fields, card: str) -> Density:
    density = Density(
        card=card,
        least=fields.number("least_per_cm2"),
        most=fields.number("most_per_cm2"),
        usual=fields.number("usual_per_cm2"),
        cautious=fields.number("cautious_per_cm2"),
    )
    if not 0 < density.least <= density.cautious <= density.usual <= density.most:
        raise fields.unfit("usual_per_cm2", "least, cautious, usual and most must rise from above zero")
    return density


def _stroke(fields: Fields, card: str) -> Stroke:
    return Stroke(
        card=card,
        glide_cm_s=fields.number("glide_cm_s"),
        field_cm=fields.number("field_cm"),
        efficiency=fields.number("efficiency"),
        unknown_needles=fields.whole("unknown_needles"),
        unknown_rate_hz=fields.number("unknown_rate_hz"),
    )


def _drum(fields: Fields, card: str) -> Drum:
    return Drum(
        card=card,
        needles=fields.whole("needles"),
        diameter_cm=fields.number("diameter_cm"),
        width_cm=fields.number("width_cm"),
    )


def _surface(fields: Fields, card: str) -> BodySurface:
    return BodySurface(
        card=card,
        divisor=fields.number("divisor"),
        usual_height_cm=fields.number("usual_height_cm"),
        usual_weight_kg=fields.number("usual_weight_kg"),
    )


def _session(fields: Fields, card: str) -> SessionLength:
    return SessionLength(card=card, most_minutes=fields.number("most_minutes"))


def _age(fields: Fields, card: str) -> LabelAge:
    return LabelAge(card=card, least_age=fields.whole("least_age"))


_READERS: Final[Mapping[str, Callable[[Fields, str], Protocol]]] = {
    "density": _density,
    "stroke": _stroke,
    "drum": _drum,
    "body_surface": _surface,
    "session_length": _session,
    "label_age": _age,
}
