"""Finding cards: by words, kind, verdict, area, device, evidence row and standing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from needlepoint import knowledge

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from needlepoint.knowledge import Card

FILTERS: Final = ("q", "kind", "verdict", "area", "device", "evidence", "show")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What can be chosen in the filters."""

    kinds: tuple[str, ...]
    verdicts: Mapping[str, str]
    areas: tuple[tuple[str, str], ...]
    devices: tuple[tuple[str, str], ...]
    evidence: tuple[str, ...]


def choices() -> Choices:
    """Give the choices of the knowledge in use."""
    known = knowledge.load()
    names = known.vocabulary
    return Choices(
        kinds=tuple(sorted({card.kind for card in known.cards.values()})),
        verdicts=names.verdicts,
        areas=tuple((area.id, area.label) for area in names.areas.values()),
        devices=tuple((device.id, device.label) for device in names.devices.values()),
        evidence=tuple(known.rows),
    )


def matches(card: Card, asked: Mapping[str, str]) -> bool:
    """Say whether a card fits what is asked; an empty filter asks nothing."""
    return (
        _has_words(card, asked["q"])
        and (not asked["kind"] or card.kind == asked["kind"])
        and (not asked["verdict"] or (card.verdict is not None and card.verdict.value == asked["verdict"]))
        and (not asked["evidence"] or asked["evidence"] in card.evidence)
        and (not asked["area"] or bears_on(card, "area", asked["area"]))
        and (not asked["device"] or bears_on(card, "device", asked["device"]))
    )


def _has_words(card: Card, words: str) -> bool:
    sources = " ".join(cited.source.key for cited in card.citations)
    said = (card.id.replace("_", " "), card.id, card.title, card.tell, card.because, *card.evidence, sources)
    text = " ".join(said).lower()
    return all(word in text for word in words.lower().split())


def bears_on(card: Card, kind: str, id_: str) -> bool:
    """Say whether a card is about an area or a device, or names it, its group or its kind in its condition."""
    if card.kind == kind:
        return card.id == f"{kind}_{id_}"
    names = knowledge.load().vocabulary
    named = set(_strings(card.when_as_written))
    if kind == "area":
        return any(id_ in names.members.get(name, {name}) for name in named)
    device = names.devices.get(id_)
    return id_ in named or (device is not None and device.kind.value in named)


def _strings(said: Any) -> Iterator[str]:
    if isinstance(said, str):
        yield said
    elif isinstance(said, dict):
        for value in said.values():
            yield from _strings(value)
    elif isinstance(said, list):
        for value in said:
            yield from _strings(value)
