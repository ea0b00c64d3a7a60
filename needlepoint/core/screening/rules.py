"""The rules a screening applies, as the fact cards state them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Final

from needlepoint.core.case import Case
from needlepoint.core.conditions import Condition
from needlepoint.core.questions import Called, NeededWhen, Question, called_for, is_present
from needlepoint.core.screening.findings import Finding
from needlepoint.core.screening.reach import Reach, reach_of
from needlepoint.core.terms import Source, Value, Verdict

_MOST_KEPT: Final = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Also:
    """Further evidence rows that a finding names when their own condition is met too."""

    when: Condition
    evidence: tuple[str, ...]
    because: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What a finding says and how well it is known, whatever the case."""

    card: str
    title: str
    because: str
    tell: str
    evidence: tuple[str, ...]
    sources: tuple[Source, ...]
    confidence: str
    proposal: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """When a finding stands, and with which verdict.

    soft_verdict and soft_evidence hold while only the longer window of the condition is open. overrules: cards
    whose findings this one takes in where both stand. harmless: answers the rule's card states to be no risk.
    whole_case: the finding is about the whole case, although areas set it off. only_beside: the finding stands only
    where another one has this verdict.
    """

    wording: Wording
    when: Condition
    verdict: Verdict
    soft_verdict: Verdict
    soft_evidence: tuple[str, ...] = ()
    also: tuple[Also, ...] = ()
    overrules: frozenset[str] = frozenset()
    harmless: tuple[Condition, ...] = ()
    whole_case: bool = False
    only_beside: Verdict | None = None

    @property
    def card(self) -> str:
        """Give the id of the card."""
        return self.wording.card


@dataclass(frozen=True, kw_only=True)
class Rulebook:
    """All that a screening needs to know on one day.

    unknown: the wording of the finding on answers that say "unknown". unread: the wording of the finding on
    answers that no rule has looked at. sources: where each evidence row was read.
    """

    questions: tuple[Question, ...]
    rules: tuple[Rule, ...]
    unknown: Wording
    unread: Wording
    area_order: Mapping[str, int]
    sources: Mapping[str, tuple[Source, ...]]
    digest: str

    @cached_property
    def reach(self) -> Reach:
        """Give which rules a case can meet at all."""
        return reach_of(rule.when for rule in self.rules)

    @cached_property
    def overruling(self) -> tuple[Rule, ...]:
        """Give the rules that take in others."""
        return tuple(rule for rule in self.rules if rule.overrules)

    @cached_property
    def _whens(self) -> tuple[NeededWhen, ...]:
        return tuple(dict.fromkeys(question.when for question in self.questions))

    @cached_property
    def _called(self) -> dict[tuple[bool, ...], Called]:
        return {}

    def called_for(self, case: Case) -> Called:
        """Give the questions whose own conditions the case fulfils; worked out once for cases alike in that."""
        alike = tuple([when.holds_for(case) for when in self._whens])
        called = self._called.get(alike)
        if called is None:
            called = self._called[alike] = called_for(case, self.questions)
        return called

    @cached_property
    def _kept(self) -> dict[object, Finding]:
        return {}

    def kept(self, by: Hashable, build: Callable[[], Finding]) -> Finding:
        """Give a finding by all that it depends on, worded only once, because most cases have theirs in common."""
        found = self._kept.get(by)
        if found is None:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            found = self._kept[by] = build()
        return found

    @cached_property
    def read_values(self) -> Mapping[str, frozenset[Value] | None]:
        """Give for each question the values that some rule looks at; None = all of them."""
        read: dict[str, frozenset[Value] | None] = {}
        for rule in self.rules:
            for condition in (rule.when, *rule.harmless, *(also.when for also in rule.also)):
                _note(read, condition)
        return MappingProxyType(read)

    def unread_part(self, question: str, answer: Value) -> bool:
        """Say whether the answer tells of something that no rule looks at."""
        if not is_present(answer):
            return False
        values = self.read_values.get(question, frozenset())
        if values is None:
            return False
        return not answer <= values if isinstance(answer, frozenset) else answer not in values


def _note(read: dict[str, frozenset[Value] | None], condition: Condition) -> None:
    for question, named in condition.reads():
        before = read.get(question, frozenset())
        read[question] = None if before is None or named is None else before | named
