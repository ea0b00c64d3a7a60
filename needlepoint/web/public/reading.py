"""What the public pages say, put together from the fact cards that hold on a day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from needlepoint import knowledge
from needlepoint.core.outcomes.triage import Flag, Urgency
from needlepoint.core.terms import DeviceKind, Verdict
from needlepoint.knowledge.device import DeviceCard
from needlepoint.knowledge.indication import IndicationCard
from needlepoint.knowledge.public import Claim, Harm, Part, Procedure, Result, Risk

if TYPE_CHECKING:
    from datetime import date

    from needlepoint.core.planning.facts import CareStep
    from needlepoint.knowledge.cards import Card

P = TypeVar("P")

# Rules on premises, roles and numbing products concern the clinic, not a visitor.
INTERNAL: Final = ("wh-", "la-", "pol-")
STANDINGS: Final = {
    "seen": "read in the source",
    "seen-2nd": "read in a source that reports it second hand",
    "mixed": "partly read in a source, partly general knowledge",
    "derived": "worked out from what was read",
    "memory": "general knowledge; no source was read",
}
LEVELS: Final = {
    "good": ("done", "●●●", "fair evidence"),
    "moderate": ("note", "●●○", "some evidence"),
    "weak": ("caution", "●○○", "weak evidence"),
    "none": ("stop", "○○○", "no evidence found"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A card with the payload the page needs."""

    card: Card
    says: object

    @property
    def standing(self) -> str:
        """Give how well the fact is known, in words."""
        known = STANDINGS[self.card.standing.confidence]
        return f"{known}; a proposal of this project" if self.card.standing.proposal else known


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """Something the treatment is used for, with its evidence."""

    told: Told
    seed: bool
    tone: str
    dots: str
    level: str
    says: IndicationCard


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Cards under one heading."""

    id: str
    title: str
    lead: str
    told: tuple[Told, ...]


def _cards(kind: str, day: date) -> tuple[Card, ...]:
    return knowledge.load().on(day).of_kind(kind)


def _told(kind: str, shape: type[P], day: date) -> list[tuple[Told, P]]:
    return [(Told(card=card, says=card.holds(shape)), card.holds(shape)) for card in _cards(kind, day)]


def claims(day: date) -> tuple[Told, ...]:
    """Give the claims with what speaks for and against them."""
    return tuple(told for told, _ in sorted(_told("claim", Claim, day), key=lambda pair: pair[1].order))


def results(day: date) -> tuple[Told, ...]:
    """Give what can be expected when."""
    return tuple(told for told, _ in sorted(_told("result", Result, day), key=lambda pair: pair[1].order))


def steps(part: Part, day: date) -> tuple[Told, ...]:
    """Give the steps of one part of the way, in order."""
    pairs = sorted(_told("procedure", Procedure, day), key=lambda pair: pair[1].order)
    return tuple(told for told, says in pairs if says.part == part)


def risks(day: date) -> tuple[Group, ...]:
    """Give the harms: those to be expected, those that can be treated, those that may last."""
    pairs = sorted(_told("risk", Risk, day), key=lambda pair: pair[1].order)

    def group(harm: Harm, title: str, lead: str) -> Group:
        return Group(id=harm, title=title, lead=lead, told=tuple(told for told, says in pairs if says.harm == harm))

    return (
        group("expected", "What to expect", "Nearly everybody has some of this. It passes."),
        group("treatable", "What may happen", "Less frequent. It can be treated, and early is better."),
        group("lasting", "What may stay or do real harm", "Rare, and the reason why we ask so many questions."),
    )


def emergencies(day: date) -> tuple[Card, ...]:
    """Give the signs after a session that are an emergency."""
    return tuple(
        card for card in _cards("triage", day) if isinstance(card.payload, Flag) and card.payload.urgency is Urgency.RED
    )


def care(kind: str, day: date) -> tuple[Told, ...]:
    """Give the advice before or after that holds for everybody."""
    told = [Told(card=card, says=card.payload) for card in _cards(kind, day) if card.when is None]
    return tuple(sorted(told, key=lambda one: _begins(one.says)))


def _begins(step: CareStep | object) -> float:
    begins = getattr(step, "from_hours", None)
    return float("-inf") if begins is None else float(begins)


def uses(day: date) -> tuple[Use, ...]:
    """Give what the treatment is used for, in the order of the vocabulary."""
    indications = knowledge.load().vocabulary.indications
    order = list(indications)
    found = []
    for told, says in _told("indication", IndicationCard, day):
        tone, dots, level = LEVELS[says.facts.level]
        seed = indications[says.facts.id].origin == "seed"
        found.append(Use(told=told, seed=seed, tone=tone, dots=dots, level=level, says=says))
    return tuple(sorted(found, key=lambda use: order.index(use.says.facts.id)))


def devices(kind: DeviceKind, day: date) -> tuple[Told, ...]:
    """Give the devices of a kind, those the clinic plans with first."""
    pairs = [pair for pair in _told("device", DeviceCard, day) if pair[1].facts.device.kind is kind]
    pairs.sort(key=lambda pair: (not pair[1].facts.planned, pair[1].facts.rank is None, pair[1].facts.rank or 0))
    return tuple(told for told, _ in pairs)


def reasons_against(day: date) -> tuple[Group, ...]:
    """Give what speaks against the treatment, the gravest first."""
    headings = (
        (Verdict.CONTRAINDICATED, "We do not treat you", "As long as this holds."),
        (Verdict.DEFER, "We wait", "It may be possible later; the screening names the day."),
        (Verdict.REFER, "A doctor decides first", "Your doctor or a specialist must be asked."),
        (Verdict.AVOID_AREA, "We leave the place out", "The rest of the skin may be treated."),
        (Verdict.CAUTION, "We take more care", "It can go ahead, with what the clinician adds."),
    )
    cards = [Told(card=card, says=card.payload) for card in _cards("contraindication", day) if _concerns(card)]
    return tuple(
        Group(
            id=verdict.value,
            title=title,
            lead=lead,
            told=tuple(sorted((one for one in cards if one.card.verdict is verdict), key=lambda one: one.card.title)),
        )
        for verdict, title, lead in headings
    )


def _concerns(card: Card) -> bool:
    """Say whether a rule is about the patient rather than about premises, roles and products."""
    return not all(row.startswith(INTERNAL) for row in card.evidence)
