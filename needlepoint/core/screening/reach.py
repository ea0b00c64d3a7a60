"""Which rules a case can meet at all: most of them need an answer that there is something, and most answers say no."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from needlepoint.core.comparisons import AnswerTest, IsOlderThan, IsOneOf, IsPresent, OverlapsPlanned, Span, Window
from needlepoint.core.conditions import AllOf, Answered, AnyOf, Condition
from needlepoint.core.questions import is_present


@dataclass(frozen=True, slots=True)
class Reach:
    """The places of rules, in order: of those that any case may meet, and of those that hang on a question."""

    always: frozenset[int]
    by_question: Mapping[str, frozenset[int]]

    def of(self, told: Iterable[str]) -> list[int]:
        """Give the places of the rules that a case may meet, in order; `told` are questions answered with something."""
        return sorted(self.always.union(*(self.by_question[id_] for id_ in told if id_ in self.by_question)))


def reach_of(conditions: Iterable[Condition]) -> Reach:
    """Give the reach of rules that stand under these conditions."""
    always: set[int] = set()
    by_question: dict[str, set[int]] = {}
    for place, condition in enumerate(conditions):
        questions = hangs_on(condition)
        if questions is None:
            always.add(place)
        for question in questions or ():
            by_question.setdefault(question, set()).add(place)
    return Reach(frozenset(always), {question: frozenset(places) for question, places in by_question.items()})


def hangs_on(condition: Condition) -> frozenset[str] | None:
    """Give questions of which one must be answered that there is something; None if it may be met without."""
    match condition:
        case Answered(question=question, test=test):
            return frozenset({question}) if _wants_presence(test) else None
        case AllOf(parts=parts):
            return min((hung for part in parts if (hung := hangs_on(part)) is not None), key=len, default=None)
        case AnyOf(parts=parts):
            every = [hung for part in parts if (hung := hangs_on(part)) is not None]
            return frozenset().union(*every) if len(every) == len(parts) else None
        case _:
            return None


def _wants_presence(test: AnswerTest) -> bool:
    """Say whether only an answer that there is something can pass."""
    match test:
        case IsOneOf(values=values):
            return all(is_present(value) for value in values)
        case IsPresent() | Window() | IsOlderThan() | Span() | OverlapsPlanned():
            return True
        case _:
            return False
