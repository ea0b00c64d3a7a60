"""The comparisons a card may make with one answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Protocol

from needlepoint.core.case import Case
from needlepoint.core.questions import is_present, matches
from needlepoint.core.reading import MET, NOT_MET, Outcome, Truth, later
from needlepoint.core.terms import NEVER, Value


class AnswerTest(Protocol):
    """One comparison of one answer."""

    def passes(self, answer: Value, case: Case) -> Outcome:
        """Compare an answer that is known."""
        ...

    def named(self) -> frozenset[Value] | None:
        """Give the values it names; None when it looks at every value."""
        ...


def _outcome(passed: bool) -> Outcome:
    return MET if passed else NOT_MET


@dataclass(frozen=True, slots=True)
class IsOneOf:
    """The answer is one of the values; a list answer holds at least one of them."""

    values: frozenset[Value]

    def passes(self, answer: Value, case: Case) -> Outcome:
        """Compare."""
        return _outcome(matches(answer, self.values))

    def named(self) -> frozenset[Value] | None:
        """Give the values."""
        return self.values


@dataclass(frozen=True, slots=True)
class IsNoneOf:
    """The answer is none of the values; a list answer holds none of them."""

    values: frozenset[Value]

    def passes(self, answer: Value, case: Case) -> Outcome:
        """Compare."""
        return _outcome(not matches(answer, self.values))

    def named(self) -> frozenset[Value] | None:
        """Look at every value."""
        return None


@dataclass(frozen=True, slots=True)
class Misses:
    """A list answer lacks at least one of the values."""

    values: frozenset[Value]

    def passes(self, answer: Value, case: Case) -> Outcome:
        """Compare."""
        return _outcome(isinstance(answer, frozenset) and not self.values <= answer)

    def named(self) -> frozenset[Value] | None:
        """Give the values: having them is read as well as missing them."""
        return self.values


@dataclass(frozen=True, slots=True)
class IsPresent:
    """The answer says that there is something: not false, never, none or no."""

    def passes(self, answer: Value, case: Case) -> Outcome:
        """Compare."""
        return _outcome(is_present(answer))

    def named(self) -> frozenset[Value] | None:
        """Look at every value."""
        return None


@dataclass(frozen=True, slots=True)
class IsNever:
    """The answer is never."""

    def passes(self, answer: Value, case: Case) -> Outcome:
        """Compare."""
        return _outcome(answer is NEVER)

    def named(self) -> frozenset[Value] | None:
        """Give the one value."""
        return frozenset({NEVER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A date answer lies in a window before the day of treatment.

    Hard while `from_days <= age < within_days`; soft from there while `age < soft_days`.
    A window of N days after day D is over on D + N.
    """

    from_days: int = 0
    within_days: int | None = None
    soft_days: int | None = None

    def passes(self, answer: Value, case: Case) -> Outcome:
        """Compare."""
        if not isinstance(answer, date) or (case.on - answer).days < self.from_days:
            return NOT_MET
        for days, soft in ((self.within_days, False), (self.soft_days, True)):
            if days is not None and (case.on - answer).days < days:
                return Outcome(Truth.MET, until=later(answer, days), soft=soft)
        return NOT_MET

    def named(self) -> frozenset[Value] | None:
        """Look at every date."""
        return None


@dataclass(frozen=True, slots=True)
class IsOlderThan:
    """A date answer lies so many days back or more."""

    days: int

    def passes(self, answer: Value, case: Case) -> Outcome:
        """Compare."""
        return _outcome(isinstance(answer, date) and (case.on - answer).days >= self.days)

    def named(self) -> frozenset[Value] | None:
        """Look at every date."""
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A number lies between limits; `at_least` and `at_most` count as inside, `above` and `below` do not."""

    at_least: float | None = None
    at_most: float | None = None
    above: float | None = None
    below: float | None = None

    def holds(self, number: float) -> bool:
        """Say whether the number lies inside."""
        return (
            (self.at_least is None or number >= self.at_least)
            and (self.at_most is None or number <= self.at_most)
            and (self.above is None or number > self.above)
            and (self.below is None or number < self.below)
        )

    def passes(self, answer: Value, case: Case) -> Outcome:
        """Compare."""
        return _outcome(isinstance(answer, float) and self.holds(answer))

    def named(self) -> frozenset[Value] | None:
        """Look at every number."""
        return None


@dataclass(frozen=True, slots=True)
class OverlapsPlanned:
    """
    An answer of areas meets the planned areas; the outcome is about where they meet.

    `reach` says of an area how far it bears; without it, no further than itself.
    """

    reach: Mapping[str, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))

    def passes(self, answer: Value, case: Case) -> Outcome:
        """Compare."""
        told = answer if isinstance(answer, frozenset) else frozenset()
        reached = frozenset(area for id_ in told for area in self.reach.get(id_, {id_}))
        where = reached & frozenset(case.areas)
        return Outcome(Truth.MET, areas=where) if where else NOT_MET

    def named(self) -> frozenset[Value] | None:
        """Look at every area."""
        return None
