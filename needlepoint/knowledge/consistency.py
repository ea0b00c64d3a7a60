"""Refuses cards that cannot stand beside each other."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import combinations

from needlepoint.knowledge.cards import Card
from needlepoint.knowledge.contraindication import Contraindication
from needlepoint.knowledge.fields import Unfit


def check_together(cards: Mapping[str, Card], files: Mapping[str, str]) -> None:
    """Refuse dangling or backward links, and two verdicts on one condition on one day without a resolution."""
    ruling = [card for card in cards.values() if isinstance(card.payload, Contraindication)]
    for card in ruling:
        _check_links(card, cards, files)
    for one, other in _alike(ruling):
        if _contradict(one, other):
            raise Unfit(
                files[other.id],
                "verdict",
                f"{other.id} and {one.id} have the same condition and different verdicts; "
                "name the milder one in overrules of the graver one, or in beside if both stand, or part their days",
            )
    for about in ("unknown_answers", "unread_answers"):
        _check_single(about, ruling, files)


def _check_links(card: Card, cards: Mapping[str, Card], files: Mapping[str, str]) -> None:
    payload = card.holds(Contraindication)
    for id_ in sorted(payload.overrules | payload.beside):
        key = "overrules" if id_ in payload.overrules else "beside"
        other = cards.get(id_)
        if other is None or not isinstance(other.payload, Contraindication):
            raise Unfit(files[card.id], key, f"unknown card {id_}")
        if key == "overrules" and _rank(card) < _rank(other):
            raise Unfit(files[card.id], key, f"{id_} is graver than {card.id}")
        if key == "overrules" and card.id in other.payload.overrules:
            raise Unfit(files[card.id], key, f"{id_} and {card.id} overrule each other")


def _rank(card: Card) -> int:
    return card.verdict.rank if card.verdict is not None else 0


def _alike(cards: Iterable[Card]) -> Iterator[tuple[Card, Card]]:
    """Give the pairs of cards that have the same condition."""
    same: dict[str, list[Card]] = {}
    for card in cards:
        if card.when_as_written is not None:
            same.setdefault(_canonical(card.when_as_written), []).append(card)
    for alike in same.values():
        yield from combinations(alike, 2)


def _contradict(one: Card, other: Card) -> bool:
    if one.verdict is other.verdict or not _overlap(one, other):
        return False
    first, second = one.holds(Contraindication), other.holds(Contraindication)
    resolved = first.overrules | first.beside | second.overrules | second.beside
    return not {one.id, other.id} & resolved


def _overlap(one: Card, other: Card) -> bool:
    starts_before_end = other.valid_to is None or one.valid_from <= other.valid_to
    return starts_before_end and (one.valid_to is None or other.valid_from <= one.valid_to)


def _canonical(condition: object) -> str:
    """Give a condition without regard to the order of keys, of parts, or of listed values."""
    return json.dumps(_sorted(condition), sort_keys=True, default=str)


def _sorted(value: object) -> object:
    if isinstance(value, dict):
        return {key: _sorted(item) for key, item in value.items()}
    if isinstance(value, list):
        return sorted((_sorted(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True, default=str))
    return value


def _check_single(about: str, cards: Collection[Card], files: Mapping[str, str]) -> None:
    having: Iterable[Card] = [card for card in cards if card.holds(Contraindication).about == about]
    for one, other in combinations(having, 2):
        if _overlap(one, other):
            raise Unfit(files[other.id], "about", f"{one.id} is about {about} too, on the same days")
