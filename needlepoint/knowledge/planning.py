"""Gives the cards that bear on a plan as the facts of `core.planning`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Final, TypeVar

from needlepoint.core.planning.budget import NumbingRows
from needlepoint.core.planning.facts import (
    AnaestheticFacts,
    AreaFacts,
    BodySurface,
    CareStep,
    Density,
    DeviceChoice,
    Drum,
    Hand,
    Hole,
    LabelAge,
    PlanningFacts,
    PlanRule,
    RealDepth,
    SessionLength,
    Stroke,
    VisitLength,
)
from needlepoint.knowledge.cards import Card
from needlepoint.knowledge.device import DeviceCard
from needlepoint.knowledge.indication import IndicationCard
from needlepoint.knowledge.loader import Knowledge, load

T = TypeVar("T")
K = TypeVar("K", bound=str)

UNKNOWN_ROW: Final = "pol-unknown-is-refer"


class NoSuchFact(LookupError):
    """The knowledge has no card, or several, for something that every plan needs."""


@lru_cache(maxsize=1024)
def facts_on(day: date) -> PlanningFacts:
    """Give the facts that hold on the day of a first session, out of the program's own knowledge."""
    return _facts(tuple(card.id for card in load().cards.values() if card.is_valid_on(day)))


def numbing_rows(day: date) -> NumbingRows:
    """Give the rows by which a numbing budget refuses, as they hold on a day."""
    return _only(tuple(card for card in load().of_kind("protocol") if card.is_valid_on(day)), NumbingRows)


@lru_cache(maxsize=64)
def _facts(ids: tuple[str, ...]) -> PlanningFacts:
    return planning_facts(load(), tuple(load().cards[id_] for id_ in ids))


def planning_facts(knowledge: Knowledge, cards: tuple[Card, ...]) -> PlanningFacts:
    """Give the cards as planning facts.

    Raises
    ------
    NoSuchFact: a device, area, use or product of the vocabulary, or a protocol, has not exactly one card.
    """
    vocabulary = knowledge.vocabulary
    devices = _by_id((c.facts.device.id, c.facts) for c in _payloads(cards, DeviceCard))
    areas = _by_id((area.id, area) for area in _payloads(cards, AreaFacts))
    indications = _by_id((c.facts.id, c.facts) for c in _payloads(cards, IndicationCard))
    products = _by_id((dose.product.id, dose) for dose in _payloads(cards, AnaestheticFacts))
    for had, wanted in (
        (devices, vocabulary.devices),
        (areas, vocabulary.areas),
        (indications, vocabulary.indications),
        (products, vocabulary.anaesthetics),
    ):
        for id_ in sorted(wanted.keys() - had.keys()):
            raise NoSuchFact(id_)
    return PlanningFacts(
        devices=MappingProxyType(devices),
        areas=MappingProxyType(areas),
        indications=MappingProxyType(indications),
        anaesthetics=MappingProxyType(products),
        rules=tuple(_payloads(cards, PlanRule)),
        preparation=tuple(_payloads((c for c in cards if c.kind == "preparation"), CareStep)),
        aftercare=tuple(_payloads((c for c in cards if c.kind == "aftercare"), CareStep)),
        density=_only(cards, Density),
        stroke=_only(cards, Stroke),
        drum=_only(cards, Drum),
        hands=MappingProxyType(_by_id((kind, hand) for hand in _payloads(cards, Hand) for kind in hand.kinds)),
        hole=_only(cards, Hole),
        real_depth=_only(cards, RealDepth),
        choice=_only(cards, DeviceChoice),
        visit=_only(cards, VisitLength),
        surface=_only(cards, BodySurface),
        session=_only(cards, SessionLength),
        label_age=_only(cards, LabelAge),
        questions=knowledge.questions,
        area_order=vocabulary.area_order,
        unknown_row=UNKNOWN_ROW,
        digest=knowledge.digest,
    )


def _payloads(cards: Iterable[Card], shape: type[T]) -> list[T]:
    return [card.payload for card in cards if isinstance(card.payload, shape)]


def _by_id(pairs: Iterable[tuple[K, T]]) -> dict[K, T]:
    found: dict[K, T] = {}
    for id_, fact in pairs:
        if id_ in found:
            raise NoSuchFact(f"{id_} has two cards on one day")
        found[id_] = fact
    return found


def _only(cards: tuple[Card, ...], shape: type[T]) -> T:
    found = _payloads(cards, shape)
    if len(found) != 1:
        raise NoSuchFact(f"{shape.__name__}: {len(found)} cards")
    return found[0]
