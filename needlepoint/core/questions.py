"""The questions: which of them a case needs, and which of those are still missing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Set
from dataclasses import dataclass
from typing import Final, Literal

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
        return (
            (self.areas is None or not self.areas.isdisjoint(case.areas))
            and (self.indication_groups is None or case.indication.group in self.indication_groups)
            and (self.devices is None or (case.device is not None and case.device.id in self.devices))
            and (self.sex is None or case.patient.sex in self.sex)
            and (self.anaesthetic is None or self.anaesthetic == (case.anaesthetic is not None))
            and (self.premises is None or lies_in(case.premises, self.premises))
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


_NONE: Final[frozenset[str]] = frozenset()


def is_present(answer: Value) -> bool:
    """Say whether an answer says that there is something: not false, never, none, "no" or unknown."""
    return not (answer is False or answer is NEVER or answer is UNKNOWN or answer == "no" or answer == _NONE)


def matches(answer: Value, expected: frozenset[Value]) -> bool:
    """Say whether an answer is one of the expected ones; a list answer, whether it holds one of them."""
    if isinstance(answer, frozenset):
        return not answer.isdisjoint(expected)
    return answer in expected


@dataclass(frozen=True, slots=True)
class Heard:
    """The answers to the needed questions, sorted by what they say; those that say no are left out."""

    something: Mapping[str, Value]
    unknown: tuple[str, ...]
    silent: tuple[str, ...]


def heard(answers: Mapping[str, Value], needed: Iterable[str]) -> Heard:
    """Sort the answers; `is_present` is spelled out, because a screening spends most of its time here."""
    something, unknown, silent = {}, [], []
    for id_ in needed:
        answer = answers.get(id_)
        if answer is False or answer is NEVER:
            continue
        if answer is None:
            silent.append(id_)
        elif answer is UNKNOWN:
            unknown.append(id_)
        elif answer != _NONE and answer != "no":
            something[id_] = answer
    return Heard(something, tuple(unknown), tuple(silent))


@dataclass(frozen=True, slots=True)
class Called:
    """The questions whose own conditions a case fulfils, in their own order.

    place: their ids, numbered. free: those that hang on no other. hung: those needed only if another was answered so.
    """

    questions: tuple[Question, ...]
    place: Mapping[str, int]
    free: frozenset[str]
    hung: tuple[tuple[str, OnlyIf], ...]

    def needed(self, answers: Mapping[str, Value]) -> tuple[Set[str], Set[str]]:
        """
        Give the questions that need an answer, and those that may yet do: they hang on one that has not been answered.

        The order of the questions puts each after the one it hangs on.
        """
        needed: set[str] = set(self.free)
        open_: set[str] = set()
        for id_, gate in self.hung:
            other = gate.question
            if other in needed:
                if other not in answers:
                    open_.add(id_)
                elif gate.holds_for(answers[other]):
                    needed.add(id_)
            elif other in open_:
                open_.add(id_)
        return needed, open_


def called_for(case: Case, questions: Iterable[Question]) -> Called:
    """Give the questions whose own conditions the case fulfils."""
    called = tuple(question for question in questions if question.when.holds_for(case))
    return Called(
        questions=called,
        place={question.id: place for place, question in enumerate(called)},
        free=frozenset(question.id for question in called if question.only_if is None),
        hung=tuple((question.id, question.only_if) for question in called if question.only_if is not None),
    )


def needed_questions(case: Case, questions: Iterable[Question]) -> tuple[Question, ...]:
    """Give the questions this case needs an answer to, in their own order.

    A question behind another (`only_if`) is needed only while that one is needed and answered.
    """
    called = called_for(case, questions)
    needed, _ = called.needed(case.answers)
    return tuple(question for question in called.questions if question.id in needed)


def is_outdated(question: Question, case: Case) -> bool:
    """Say whether the answer is too old to count as given on the day of treatment."""
    if question.good_for_days is None:
        return False
    return (case.on - case.answer_day(question.id)).days > question.good_for_days


def missing_questions(case: Case, questions: Iterable[Question]) -> tuple[Question, ...]:
    """Give the needed questions that have no answer or an outdated one, in their own order."""
    called = called_for(case, questions)
    needed, _ = called.needed(case.answers)
    return missing_among(case, called, needed, [id_ for id_ in needed if id_ not in case.answers])


def missing_among(case: Case, called: Called, needed: Set[str], unanswered: Collection[str]) -> tuple[Question, ...]:
    """Give the needed questions that are unanswered or outdated; an answer without a day is of the day of treatment."""
    dated = needed & case.answered_on.keys() if case.answered_on else ()
    if not unanswered and not dated:
        return ()
    asked = [called.questions[place] for place in sorted(called.place[id_] for id_ in {*unanswered, *dated})]
    return tuple([question for question in asked if question.id not in case.answers or is_outdated(question, case)])
