"""The course: how many sessions, how far apart, and what is to be said about them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from needlepoint.core.planning.facts import IndicationFacts, PlanningFacts, PlanRule
from needlepoint.core.planning.request import Warned
from needlepoint.core.reading import Outcome


def interval(indication: IndicationFacts, met: Iterable[tuple[PlanRule, Outcome]]) -> tuple[int, str]:
    """Give the days between sessions and the card that sets them: the longest of all that bear on the case."""
    longer = [(rule.interval_days, rule.card) for rule, _ in met if rule.interval_days is not None]
    return max([(indication.interval_days, indication.card), *longer], key=lambda pair: pair[0])


def course_remarks(
    indication: IndicationFacts, interval: tuple[int, str], total: float, facts: PlanningFacts
) -> Iterator[Warned]:
    """Give the remarks on evidence, interval and length of a session."""
    code = {"weak": "evidence_weak", "none": "evidence_none"}.get(indication.level)
    if code is not None:
        yield Warned(code=code, area=None, text=indication.because, card=indication.card)
    if interval[0] > indication.interval_days:
        text = f"At least {interval[0]} days between sessions instead of {indication.interval_days}."
        yield Warned(code="interval_extended", area=None, text=text, card=interval[1])
    if total > facts.session.most_minutes:
        text = f"{total:.0f} min of needling; published sessions last up to {facts.session.most_minutes:g} min."
        yield Warned(code="session_split_advised", area=None, text=text, card=facts.session.card)
