"""Signs a patient reports after a session in; how soon a person must look out.

Nothing here ever says that all is well: the mildest result is that none of the signs on the list was reported.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Urgency(StrEnum):
    """How soon somebody must look; declared mildest first."""

    NONE = "none"
    YELLOW = "yellow"
    AMBER = "amber"
    RED = "red"

    @property
    def rank(self) -> int:
        """Give the place in the order of urgency, 0 for the mildest."""
        return _RANK[self]


_RANK: Final = {urgency: place for place, urgency in enumerate(Urgency)}


class Trend(StrEnum):
    """How the patient finds the skin, set against the check before."""

    BETTER = "better"
    SAME = "same"
    WORSE = "worse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """One thing a patient may notice, in the patient's words, and the days after a session on which it is asked."""

    id: str
    ask: str
    first_day: int
    last_day: int

    def is_asked_on(self, day: int) -> bool:
        """Say whether the sign is asked on that day after the session."""
        return self.first_day <= day <= self.last_day


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """Signs that together call for somebody: all of `all_of`, and one of `any_of` unless that is empty."""

    card: str
    title: str
    urgency: Urgency
    due_hours: float
    tell: str
    signs: tuple[Sign, ...]
    all_of: frozenset[str]
    any_of: frozenset[str]

    @property
    def reads(self) -> frozenset[str]:
        """Give every sign that the flag looks at."""
        return self.all_of | self.any_of

    def is_met(self, reported: frozenset[str]) -> bool:
        """Say whether the reported signs raise the flag."""
        return self.all_of <= reported and (not self.any_of or bool(self.any_of & reported))


@dataclass(frozen=True, slots=True, kw_only=True)
class Worsening:
    """The flag for a skin that is reported worse in several checks on end."""

    card: str
    title: str
    urgency: Urgency
    due_hours: float
    tell: str
    checks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """The flag for what a program cannot judge: free words, and ticks that raise no flag by themselves."""

    card: str
    title: str
    urgency: Urgency
    due_hours: float
    tell: str


Raised = Flag | Worsening | Unread


@dataclass(frozen=True, slots=True, kw_only=True)
class TriageRules:
    """All flags of one day of knowledge, gravest first."""

    flags: tuple[Flag, ...]
    worsening: Worsening
    unread: Unread

    def asked_on(self, day: int) -> tuple[tuple[Urgency, Sign], ...]:
        """Give the signs asked on a day after the session, each once, with what it calls for when it stands alone.

        After the last day of all signs those of the last day are asked: there is never nothing to ask.
        """
        signs = [sign for flag in self.flags for sign in flag.signs]
        day = min(day, max(sign.last_day for sign in signs))
        asked = {sign.id: sign for sign in signs if sign.is_asked_on(day)}
        alone = [(self._alone(sign.id), sign) for sign in asked.values()]
        return tuple(sorted(alone, key=lambda pair: -pair[0].rank))

    def wording(self, sign: str) -> str:
        """Give how a sign is asked; the id itself when no flag knows it any more."""
        return next((each.ask for flag in self.flags for each in flag.signs if each.id == sign), sign)

    def _alone(self, sign: str) -> Urgency:
        met = (flag.urgency for flag in self.flags if flag.is_met(frozenset({sign})))
        return max(met, key=lambda urgency: urgency.rank, default=self.unread.urgency)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a patient reports: the signs noticed, free words, and how the skin goes on."""

    signs: frozenset[str]
    words: str
    trend: Trend | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Triage:
    """What a report calls for: how soon, within how many hours, and by which flags."""

    urgency: Urgency
    due_hours: float | None
    raised: tuple[Raised, ...]


def triage(report: Report, rules: TriageRules, *, earlier: Sequence[Trend | None]) -> Triage:
    """Say how soon a person must look at a report.

    Parameters
    ----------
    report
        What was reported now.
    rules
        The flags that hold today.
    earlier
        The trends of the checks before this one, the newest first.

    Returns
    -------
    Triage
        Every flag that is raised, gravest first. A tick that raises no flag by itself, and any free words, raise the
        flag for what a program cannot judge.

    """
    raised: list[Raised] = [flag for flag in rules.flags if flag.is_met(report.signs)]
    accounted = frozenset[str]().union(*(flag.reads for flag in raised if isinstance(flag, Flag)))
    if report.signs - accounted or report.words.strip():
        raised.append(rules.unread)
    if _is_worsening([report.trend, *earlier], rules.worsening.checks):
        raised.append(rules.worsening)
    raised.sort(key=lambda flag: -flag.urgency.rank)
    return Triage(
        urgency=raised[0].urgency if raised else Urgency.NONE,
        due_hours=min((flag.due_hours for flag in raised), default=None),
        raised=tuple(raised),
    )


def _is_worsening(trends: Iterable[Trend | None], checks: int) -> bool:
    newest = list(trends)[:checks]
    return len(newest) == checks and all(trend is Trend.WORSE for trend in newest)
