"""How long a patient is in the house: numbing, needling and care afterwards together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from needlepoint.core.planning.request import VisitTime

if TYPE_CHECKING:
    from collections.abc import Sequence

    from needlepoint.core.planning.facts import VisitLength
    from needlepoint.core.planning.request import AreaPlan, NumbingPlan


def visit_time(
    areas: Sequence[AreaPlan], numbing: NumbingPlan | None, *, needling_min: float, length: VisitLength
) -> VisitTime:
    """Give the time a planned session takes in the house; talk, photographs and paper come on top.

    Parameters
    ----------
    areas : those that are planned; without any there is no visit
    numbing : its product sets the wait; without one, or with one that is ruled out, there is none
    needling_min : hands-on time, minutes
    length : the card on the parts of a visit

    Returns
    -------
    VisitTime : minutes
    """
    cards = {area.cards["minutes"] for area in areas} | {length.card}
    wait = (0.0, 0.0)
    if areas and numbing is not None and not numbing.blocked_by and numbing.apply_before_min is not None:
        cards.add(numbing.card)
        least = numbing.apply_before_min
        most = max(least, length.most_numbing_min)
        wait = (least, most if numbing.max_minutes is None else min(most, numbing.max_minutes))
    return VisitTime(
        numbing_min=wait,
        needling_min=needling_min,
        after_min=length.after_min if areas else (0.0, 0.0),
        cards=tuple(sorted(cards)),
    )
