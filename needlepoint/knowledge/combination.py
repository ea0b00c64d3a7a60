"""Combinations: what may go with needling, what only apart from it, and what never."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast, get_args

from needlepoint.knowledge.cards import Card
from needlepoint.knowledge.fields import Fields
from needlepoint.knowledge.shelf import Shelf

How = Literal["together", "apart", "physician", "never"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Combination:
    """Another treatment and how it goes with needling.

    `before_days`: the other one lies at least so long back; `before_soft_days`: below this a clinician confirms.
    `after_days`: it waits so long after needling. `same_area`: only where it was done. No `indications` = every use.
    """

    other: str
    how: How
    before_days: int | None
    before_soft_days: int | None
    after_days: int | None
    same_area: bool
    indications: frozenset[str]


def read_combination(fields: Fields, card: Card, shelf: Shelf) -> Combination:
    """Build the payload of a combination card."""
    one = Combination(
        other=fields.text("other"),
        how=cast(How, fields.one_of("how", get_args(How), "way")),
        before_days=fields.whole_or_none("before_days"),
        before_soft_days=fields.whole_or_none("before_soft_days"),
        after_days=fields.whole_or_none("after_days"),
        same_area=fields.flag("same_area", default=False),
        indications=frozenset(fields.known_words("indications", shelf.vocabulary.indications, "indication")),
    )
    if one.how == "apart" and one.before_days is None and one.after_days is None:
        raise fields.unfit("before_days", "what goes apart must say how far")
    if one.before_soft_days is not None and one.before_soft_days <= (one.before_days or 0):
        raise fields.unfit("before_soft_days", "must be longer than before_days")
    return one
