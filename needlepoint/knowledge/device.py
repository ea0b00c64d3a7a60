"""Devices: what each is, when it is chosen, what its label covers, and how well that is known."""

from __future__ import annotations

from dataclasses import dataclass

from needlepoint.core.planning.facts import DeviceFacts, DeviceLabel
from needlepoint.knowledge.cards import Card
from needlepoint.knowledge.fields import Fields
from needlepoint.knowledge.shelf import Shelf

_SKIN_TYPES = range(1, 7)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceCard:
    """A device as the planner sees it, and the words about it.

    `chosen`: when it is taken. `regulation`: what regulators have on it. `unsure`: what is not known or ill known.
    """

    facts: DeviceFacts
    chosen: str
    regulation: str
    unsure: tuple[str, ...]


def read_device(fields: Fields, card: Card, shelf: Shelf) -> DeviceCard:
    """Build the payload of a device card; geometry and settings come from the vocabulary."""
    device = shelf.vocabulary.devices[fields.one_of("device", shelf.vocabulary.devices, "device")]
    return DeviceCard(
        facts=DeviceFacts(
            device=device,
            card=card.id,
            planned=fields.flag("planned", default=True),
            because=card.because,
            rank=fields.whole_or_none("rank"),
            rate_hz=fields.number_or_none("rate_hz"),
            evaluated_depth_mm=fields.number_or_none("evaluated_depth_mm"),
            tolerance_mm=fields.number_or_none("tolerance_mm"),
            labels=tuple(_label(row, shelf) for row in fields.tables("label")),
        ),
        chosen=fields.text("chosen"),
        regulation=fields.text("regulation"),
        unsure=fields.words("unsure"),
    )


def _label(row: Fields, shelf: Shelf) -> DeviceLabel:
    vocabulary = shelf.vocabulary
    label = DeviceLabel(
        record=row.text("record"),
        indications=frozenset(row.known_words("indications", vocabulary.indications, "indication", least=1)),
        areas=frozenset(vocabulary.expand(row.known_words("areas", vocabulary.members, "area", least=1))),
        fitzpatrick=frozenset(_skin_types(row)),
        least_age=row.whole_or_none("least_age"),
    )
    row.done()
    return label


def _skin_types(row: Fields) -> list[int]:
    types = row.raw("fitzpatrick") if row.has("fitzpatrick") else []
    if not isinstance(types, list) or not all(type(kind) is int and kind in _SKIN_TYPES for kind in types):
        raise row.unfit("fitzpatrick", "must be a list of skin types, 1 to 6")
    return types
