"""How long a patient is in the house: numbing, needling and care afterwards together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from needlepoint.core.planning.facts import VisitLength
    from needlepoint.core.planning.request import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitTime:
    """Minutes of a visit by part, each from least to most; all parts but `needling_min` are waiting or care."""

    numbing_min: tuple[float, float]
    needling_min: float
    after_min: tuple[float, float]
    cards: tuple[str, ...]

    @property
    def whole_min(self) -> tuple[float, float]:
        """Give the whole visit, least and most."""
        least, most = (self.numbing_min[n] + self.needling_min + self.after_min[n] for n in (0, 1))
        return least, most


def visit_time(plan: Plan, length: VisitLength) -> VisitTime:
    """Give the time a planned session takes in the house; talk, photographs and paper come on top.

    Parameters
    ----------
    plan : its numbing product sets the wait; without one, or with one that is ruled out, there is none
    length : the card on the parts of a visit

    Returns
    -------
    VisitTime : minutes
    """
    numbing = plan.anaesthetic
    cards = [length.card, *({area.cards["minutes"] for area in plan.areas})]
    wait = (0.0, 0.0)
    if plan.areas and numbing is not None and not numbing.blocked_by and numbing.apply_before_min is not None:
        cards.append(numbing.card)
        least = numbing.apply_before_min
        most = max(least, length.most_numbing_min)
        wait = (least, most if numbing.max_minutes is None else min(most, numbing.max_minutes))
    return VisitTime(
        numbing_min=wait,
        needling_min=plan.total_minutes,
        after_min=length.after_min if plan.areas else (0.0, 0.0),
        cards=tuple(sorted(set(cards))),
    )
