"""The questions: which of them a case needs, and which of those are still missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from needlepoint.core.case import Case, lies_in
from needlepoint.core.terms import NEVER, UNKNOWN, AnswerKind, Sex, Value

AskedOf = Literal["patient", "clinician"]
Again = Literal["every_visit", "when_changed", "once"]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the answers a question offers."""

    id: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OnlyIf:
    """The question is needed only if another one was answered so; exactly one comparison is set."""

    question: str
    among: frozenset[Value] | None = None
    not_among: frozenset[Value] | None = None

    def holds_for(self, answer: Value) -> bool:
        """Say whether the other question's answer calls for this one."""
        if self.among is not None:
            return matches(answer, self.among)
        if self.not_among is not None:
            return not matches(answer, self.not_among)
        return is_present(answer)


@dataclass(frozen=True, slots=True, kw_only=True)
class NeededWhen:
    """Conditions on the case, all of which must hold for a question to be needed; None asks nothing."""

    areas: frozenset[str] | None = None
    indication_groups: frozenset[str] | None = None
    devices: frozenset[str] | None = None
    sex: frozenset[Sex] | None = None
    anaesthetic: bool | None = None
    premises: frozenset[str] | None = None

    def holds_for(self, case: Case) -> bool:
        """Say whether every condition holds for the case."""
        return all(
            (
                self.areas is None or not self.areas.isdisjoint(case.areas),
                self.indication_groups is None or case.indication.group in self.indication_groups,
                self.devices is None or (case.device is not None and case.device.id in self.devices),
                self.sex is None or case.patient.sex in self.sex,
                self.anaesthetic is None or self.anaesthetic == (case.anaesthetic is not None),
                self.premises is None or lies_in(case.premises, self.premises),
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One thing that is asked, how it may be answered, and how long an answer stays good.

    `good_for_days`: 0 = only on the day of the answer, None = for ever.
    """

    id: str
    ask: str
    kind: AnswerKind
    asked_of: AskedOf
    again: Again
    good_for_days: int | None
    evidence: tuple[str, ...]
    choices: tuple[Choice, ...] = ()
    unit: str | None = None
    least: float | None = None
    greatest: float | None = None
    only_if: OnlyIf | None = None
    when: NeededWhen = NeededWhen()


def is_present(answer: Value) -> bool:
    """Say whether an answer says that there is something: not false, never, none, "no" or unknown."""
    return not (answer is False or answer is NEVER or answer is UNKNOWN or answer in ("no", frozenset()))


def matches(answer: Value, expected: frozenset[Value]) -> bool:
    """Say whether an answer is one of the expected ones; a list answer, whether it holds one of them."""
    if isinstance(answer, frozenset):
        return not answer.isdisjoint(expected)
    return answer in expected


# All of a case that `NeededWhen` looks at.
Circumstances = tuple[tuple[str, ...], str, str | None, Sex, bool, str | None]


def circumstances(case: Case) -> Circumstances:
    """Give what decides which questions are called for, so that it need be worked out only once for cases alike."""
    return (
        case.areas,
        case.indication.group,
        case.device.id if case.device else None,
        case.patient.sex,
        case.anaesthetic is None,
        case.premises,
    )


@dataclass(frozen=True, slots=True)
class Called:
    """The questions whose own conditions a case fulfils, in their own order.

    free: those that hang on no other. hung: those needed only if another one was answered so.
    """

    questions: tuple[Question, ...]
    free: frozenset[str]
    hung: tuple[tuple[Question, OnlyIf], ...]

    def needed(self, answers: Mapping[str, Value]) -> frozenset[str]:
        """Give the questions that need an answer; the order of the questions puts one after the one it hangs on."""
        needed = set(self.free)
        for question, gate in self.hung:
            if gate.question in needed and gate.question in answers and gate.holds_for(answers[gate.question]):
                needed.add(question.id)
        return frozenset(needed)

    def pending(self, answers: Mapping[str, Value], needed: frozenset[str]) -> frozenset[str]:
        """Give the questions that may yet be needed: they hang on one that has not been answered."""
        open_: set[str] = set()
        for question, gate in self.hung:
            if gate.question in open_ or (gate.question in needed and gate.question not in answers):
                open_.add(question.id)
        return frozenset(open_)


def called_for(case: Case, questions: Iterable[Question]) -> Called:
    """Give the questions whose own conditions the case fulfils."""
    called = tuple(question for question in questions if question.when.holds_for(case))
    return Called(
        questions=called,
        free=frozenset(question.id for question in called if question.only_if is None),
        hung=tuple((question, question.only_if) for question in called if question.only_if is not None),
    )


def needed_questions(case: Case, questions: Iterable[Question]) -> tuple[Question, ...]:
    """Give the questions this case needs an answer to, in their own order.

    A question behind another (`only_if`) is needed only while that one is needed and answered.
    """
    called = called_for(case, questions)
    needed = called.needed(case.answers)
    return tuple(question for question in called.questions if question.id in needed)


def is_outdated(question: Question, case: Case) -> bool:
    """Say whether the answer is too old to count as given on the day of treatment."""
    if question.good_for_days is None:
        return False
    return (case.on - case.answer_day(question.id)).days > question.good_for_days


def missing_questions(case: Case, questions: Iterable[Question]) -> tuple[Question, ...]:
    """Give the needed questions that have no answer or an outdated one, in their own order."""
    called = called_for(case, questions)
    return missing_among(case, called, called.needed(case.answers))


def missing_among(case: Case, called: Called, needed: frozenset[str]) -> tuple[Question, ...]:
    """Give those of the needed questions that have no answer or an outdated one; an answer without a day is current."""
    doubtful = (needed - case.answers.keys()) | (needed & case.answered_on.keys())
    if not doubtful:
        return ()
    return tuple(
        question
        for question in called.questions
        if question.id in doubtful and (question.id not in case.answers or is_outdated(question, case))
    )
