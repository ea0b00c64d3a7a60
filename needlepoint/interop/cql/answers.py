"""Gives the comparisons of the condition language as CQL; each is null or false where the answer is not given."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from needlepoint.core.comparisons import (
    AnswerTest,
    IsNever,
    IsNoneOf,
    IsOlderThan,
    IsOneOf,
    IsPresent,
    Misses,
    OverlapsPlanned,
    Span,
    Window,
)
from needlepoint.core.questions import Question
from needlepoint.core.terms import UNKNOWN, Value

_LISTS: Final = ("multichoice", "areas")


class NotSaidInCql(ValueError):
    """A condition has a form for which this export has no words."""


def compared(question: Question, test: AnswerTest) -> str:
    """Give the comparison of one answer; null where it is not given or unknown."""
    column = answer(question.id)
    match test:
        case IsOneOf(values=values):
            told = [_among(question, values - {UNKNOWN})] * bool(values - {UNKNOWN})
            return f"({' or '.join([*told, *[is_unknown(question.id)] * (UNKNOWN in values)])})"
        case IsNoneOf(values=values):
            return f"({column} is not null and not {_among(question, values)})"
        case Misses(values=values):
            return f"({column} is not null and not ({column} includes {id_set(map(str, values))}))"
        case IsPresent():
            return _present(question)
        case Span():
            return f"({within(column, test)})"
        case OverlapsPlanned():
            return f'exists ("areas" intersect {reached(question.id, test)})'
        case _:
            return _dated(question.id, test)


def _dated(question: str, test: AnswerTest) -> str:
    never = f"'{question}' in \"said never\""
    since = f'difference in days between {answer(question)} and "on"'
    match test:
        case IsNever():
            return f"({never})"
        case Window(from_days=start, within_days=hard, soft_days=soft):
            return f"(not ({never}) and {since} >= {start} and {since} < {max(hard or 0, soft or 0)})"
        case IsOlderThan(days=days):
            return f"(not ({never}) and {since} >= {days})"
        case _:
            raise NotSaidInCql(type(test).__name__)


def answer(question: str) -> str:
    """Give the parameter that holds the answer to a question."""
    return f'"answer {question}"'


def is_unknown(question: str) -> str:
    """Say that the answer is unknown."""
    return f"'{question}' in \"said unknown\""


def _among(question: Question, values: frozenset[Value]) -> str:
    column = answer(question.id)
    if question.kind == "boolean":
        said = [f"{column} = {str(value).lower()}" for value in sorted(map(bool, values))]
        return f"({' or '.join(said)})"
    if question.kind in _LISTS:
        return f"exists ({column} intersect {id_set(map(str, values))})"
    return f"({column} in {id_set(map(str, values))})"


def _present(question: Question) -> str:
    column = answer(question.id)
    match question.kind:
        case "boolean":
            return f"({column} = true)"
        case "multichoice" | "areas":
            return f"exists {column}"
        case "date_or_never":
            return f"({column} is not null)"
        case "choice" | "text":
            return f"({column} != 'no')"
        case "number":
            return f"({column} is not null)"


def reached(question: str, test: OverlapsPlanned) -> str:
    """Give the areas that an answer reaches."""
    if not test.reach:
        return answer(question)
    near = " ".join((f"when '{area}' then {id_set(reached)}" for area, reached in test.reach.items()))
    return f"flatten({answer(question)} A return case A {near} else {{A}} end)"


def within(number: str, span: Span) -> str:
    """Give the limits of a number."""
    limits = ((">=", span.at_least), ("<=", span.at_most), (">", span.above), ("<", span.below))
    return " and ".join((f"{number} {sign} {limit:g}" for sign, limit in limits if limit is not None))


def id_set(ids: Iterable[str]) -> str:
    """Give ids as a list, in order."""
    return "{" + ", ".join(f"'{id_}'" for id_ in sorted(ids)) + "}"
