"""What a rule may read of a case, and what it makes of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Final, NamedTuple

from needlepoint.core.case import Case
from needlepoint.core.questions import Called, Question, called_for
from needlepoint.core.terms import NEVER, Value


class Truth(Enum):
    """What is known about a condition."""

    MET = "met"
    NOT_MET = "not met"
    UNANSWERED = "unanswered"
    UNKNOWN = "unknown"


class Outcome(NamedTuple):
    """What a condition says of a reading; a tuple, because one is made for every condition that is met.

    areas: the planned areas it is about, None = the whole case. until: first day on which it would no longer
    be met, other things equal; None = cannot be dated. soft: only the longer, milder window is still open.
    """

    truth: Truth
    areas: frozenset[str] | None = None
    until: date | None = None
    soft: bool = False
    facts: tuple[str, ...] = ()

    @property
    def met(self) -> bool:
        """Say whether the condition is met for certain."""
        return self.truth is Truth.MET

    @property
    def undecided(self) -> bool:
        """Say whether an answer is missing that could decide it."""
        return self.truth is Truth.UNANSWERED


MET: Final = Outcome(truth=Truth.MET)
NOT_MET: Final = Outcome(truth=Truth.NOT_MET)
UNANSWERED: Final = Outcome(truth=Truth.UNANSWERED)
NOT_KNOWN: Final = Outcome(truth=Truth.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Reading:
    """
    A case as the rules may read it: an answer counts only where its question is among those `needed`.

    `pending` are questions that may yet be needed: they hang on one that has not been answered.
    """

    case: Case
    answers: Mapping[str, Value]
    needed: Set[str]
    pending: Set[str]


def read(case: Case, questions: Iterable[Question]) -> Reading:
    """Give the case with its answers in force, outdated ones included."""
    return read_called(case, called_for(case, questions))


def read_called(case: Case, called: Called) -> Reading:
    """Give the case with its answers in force, where the questions called for are known."""
    needed, pending = called.needed(case.answers)
    return Reading(case, case.answers, needed, pending)


def later(day: date, days: int) -> date | None:
    """Give the day so many days later; None beyond the last day the calendar can write."""
    return date.fromordinal(day.toordinal() + days) if days <= (date.max - day).days else None


def said(answer: Value, on: date) -> str:
    """Give an answer in words for the clinician."""
    match answer:
        case bool():
            return "yes" if answer else "no"
        case date():
            return f"{answer.isoformat()} ({(on - answer).days} days before)"
        case frozenset():
            return ", ".join(sorted(answer)) or "none"
        case float():
            return f"{answer:g}"
        case str():
            return answer
        case _:
            return "never" if answer is NEVER else "unknown"
