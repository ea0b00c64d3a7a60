"""Which rules a case can meet at all: most need an answer that there is something, or a certain device or place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from needlepoint.core.case import Case
from needlepoint.core.comparisons import AnswerTest, IsOlderThan, IsOneOf, IsPresent, OverlapsPlanned, Span, Window
from needlepoint.core.conditions import FIELDS, AllOf, Answered, AnyOf, Condition, FieldIs, LiesIn, PlansAreas
from needlepoint.core.questions import is_present

# What a rule hangs on: a question that must be answered with something, or a field and one of its values.
Key = tuple[str, str]
_ASKED: Final = "ask"


@dataclass(frozen=True, slots=True)
class Reach:
    """The places of rules, in order: of those that any case may meet, and of those that hang on something.

    fields: the fields of a case that some rule hangs on.
    """

    always: frozenset[int]
    by_question: Mapping[str, frozenset[int]]
    by_field: Mapping[str, Mapping[str, frozenset[int]]]

    def of(self, told: Iterable[str], case: Case) -> list[int]:
        """Give the places of the rules that a case may meet, in order; `told` are questions answered with something."""
        reached = set(self.always)
        for id_ in told:
            if id_ in self.by_question:
                reached |= self.by_question[id_]
        for field, by_value in self.by_field.items():
            for value in _HELD[field](case):
                if value in by_value:
                    reached |= by_value[value]
        return sorted(reached)


def reach_of(conditions: Iterable[Condition]) -> Reach:
    """Give the reach of rules that stand under these conditions."""
    always: set[int] = set()
    hung: dict[str, dict[str, frozenset[int]]] = {}
    for place, condition in enumerate(conditions):
        keys = hangs_on(condition)
        if keys is None:
            always.add(place)
        for kind, value in keys or ():
            by_value = hung.setdefault(kind, {})
            by_value[value] = by_value.get(value, frozenset()) | {place}
    return Reach(frozenset(always), hung.pop(_ASKED, {}), hung)


def hangs_on(condition: Condition) -> frozenset[Key] | None:
    """Give keys of which a case must hold one to meet the condition; None if it may be met without any."""
    match condition:
        case Answered(question=question, test=test):
            return frozenset({(_ASKED, question)}) if _wants_presence(test) else None
        case FieldIs(field=field, values=values, negated=False):
            return frozenset((field, value) for value in values)
        case LiesIn(places=places):
            return frozenset(("premises", place) for place in places)
        case PlansAreas(areas=areas):
            return frozenset(("areas", area) for area in areas)
        case AllOf(parts=parts):
            return min(_hung(parts), key=_breadth, default=None)
        case AnyOf(parts=parts):
            every = list(_hung(parts))
            return frozenset().union(*every) if len(every) == len(parts) else None
        case _:
            return None


def _hung(parts: Iterable[Condition]) -> Iterator[frozenset[Key]]:
    return (keys for part in parts if (keys := hangs_on(part)) is not None)


def _breadth(keys: frozenset[Key]) -> tuple[bool, int]:
    """Give the order in which to prefer keys: answers that there is something are rarer than any field."""
    return any(kind != _ASKED for kind, _ in keys), len(keys)


_HELD: Final[Mapping[str, Callable[[Case], Iterable[str]]]] = {
    **FIELDS,
    "areas": lambda case: case.areas,
    "premises": lambda case: (case.premises, case.premises.partition("-")[0]) if case.premises else (),
}


def _wants_presence(test: AnswerTest) -> bool:
    """Say whether only an answer that there is something can pass."""
    match test:
        case IsOneOf(values=values):
            return all(is_present(value) for value in values)
        case IsPresent() | Window() | IsOlderThan() | Span() | OverlapsPlanned():
            return True
        case _:
            return False
