"""What the public pages are made of: what a visit is like, what may go wrong, when results show, and claims held up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, cast, get_args

from needlepoint.knowledge.cards import Card
from needlepoint.knowledge.fields import Fields
from needlepoint.knowledge.shelf import Shelf

Part = Literal["what", "tools", "before", "during", "after"]
Harm = Literal["expected", "treatable", "lasting"]
_MADE_BY: Final = ("founding page", "advertising")


@dataclass(frozen=True, slots=True, kw_only=True)
class Procedure:
    """One step of the way through a treatment; `minutes` from the shortest to the longest, where it is known."""

    part: Part
    order: int
    minutes: tuple[float, float] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """Something that happens to skin or person afterwards.

    `how_often` says it with its denominator or says that nobody knows; `do` is what to do then.
    """

    harm: Harm
    order: int
    how_often: str
    when: str
    do: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What can be expected at one time after the treatment, and what studies saw then."""

    order: int
    when: str
    shown: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Something that is said of the treatment, with what speaks for it and what against it.

    `phrases` are the words by which the claim is made, so that no text for patients makes it.
    """

    order: int
    made_by: str
    says: str
    for_it: str
    against_it: str
    phrases: tuple[str, ...]


def read_procedure(fields: Fields, card: Card, shelf: Shelf) -> Procedure:
    """Build the payload of a card on a step; its text is the one told to the visitor."""
    return Procedure(
        part=cast(Part, fields.one_of("part", get_args(Part), "part")),
        order=fields.whole("order"),
        minutes=fields.pair_or_none("minutes"),
    )


def read_risk(fields: Fields, card: Card, shelf: Shelf) -> Risk:
    """Build the payload of a card on a harm."""
    return Risk(
        harm=cast(Harm, fields.one_of("harm", get_args(Harm), "kind of harm")),
        order=fields.whole("order"),
        how_often=fields.text("how_often"),
        when=fields.text("begins"),
        do=fields.text("do"),
    )


def read_result(fields: Fields, card: Card, shelf: Shelf) -> Result:
    """Build the payload of a card on results."""
    return Result(order=fields.whole("order"), when=fields.text("at"), shown=fields.text("shown"))


def read_claim(fields: Fields, card: Card, shelf: Shelf) -> Claim:
    """Build the payload of a claim card; its `tell` is what may be said instead."""
    return Claim(
        order=fields.whole("order"),
        made_by=fields.one_of("made_by", _MADE_BY, "maker"),
        says=fields.text("says"),
        for_it=fields.text("for_it"),
        against_it=fields.text("against_it"),
        phrases=tuple(phrase.lower() for phrase in fields.words("phrases", least=1)),
    )
