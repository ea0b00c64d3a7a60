"""The condition language of the fact cards: small, closed, and three-valued.

A condition looks at a `Reading` (a case and the answers in force) and gives an `Outcome`: met, not met, or
undecided because an answer is missing or says "unknown". A met condition also tells which planned areas it
is about, the first day on which it would no longer be met, and which facts met it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, date
from functools import lru_cache
from typing import Final, Protocol

from needlepoint.core.case import Anaesthetic, Case, Device, lies_in
from needlepoint.core.comparisons import AnswerTest, Span
from needlepoint.core.reading import (
    MET,
    NOT_KNOWN,
    NOT_MET,
    UNANSWERED,
    Outcome,
    Reading,
    Truth,
    later,
    said,
)
from needlepoint.core.terms import UNKNOWN, Patient, Value

# What a condition reads: a question and the values it names, None for all of them.
Reads = Iterator[tuple[str, frozenset[Value] | None]]


class Condition(Protocol):
    """Anything that a reading can meet."""

    def check(self, reading: Reading) -> Outcome:
        """Say whether the reading meets the condition."""
        ...

    def reads(self) -> Reads:
        """Give the questions it looks at, each with the values it names."""
        ...


def _outcome(passed: bool) -> Outcome:
    return MET if passed else NOT_MET


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """One question, one comparison.

    A question that the case does not need is not met. `lasts_days`: the cause is still going on, so the
    earliest conceivable end is so many days after the day of treatment.
    """

    question: str
    test: AnswerTest
    lasts_days: int | None = None

    def check(self, reading: Reading) -> Outcome:
        """Compare the answer in force."""
        if self.question in reading.pending:
            return UNANSWERED
        if self.question not in reading.needed:
            return NOT_MET
        if self.question not in reading.answers:
            return UNANSWERED
        answer = reading.answers[self.question]
        if answer is UNKNOWN:
            return NOT_KNOWN
        outcome = self.test.passes(answer, reading.case)
        return self._explained(outcome, answer, reading.case) if outcome.met else outcome

    def _explained(self, outcome: Outcome, answer: Value, case: Case) -> Outcome:
        until = outcome.until if self.lasts_days is None else later(case.on, self.lasts_days)
        facts = (f"{self.question} = {said(answer, case.on)}",)
        return Outcome(Truth.MET, outcome.areas, until, outcome.soft, facts)

    def reads(self) -> Reads:
        """Give the one question."""
        yield self.question, self.test.named()


@dataclass(frozen=True, slots=True)
class SaidUnknown:
    """A needed question was answered "unknown": for the few facts that name the unknown case themselves."""

    question: str

    def check(self, reading: Reading) -> Outcome:
        """Look for the answer "unknown"."""
        if self.question in reading.pending:
            return UNANSWERED
        if self.question not in reading.needed:
            return NOT_MET
        if self.question not in reading.answers:
            return UNANSWERED
        if reading.answers[self.question] is not UNKNOWN:
            return NOT_MET
        return Outcome(truth=Truth.MET, facts=(f"{self.question} = unknown",))

    def reads(self) -> Reads:
        """Give the one question; it looks at no value of it."""
        yield self.question, frozenset()


@dataclass(frozen=True, slots=True)
class FieldIs:
    """A field of the case is one of the values, or none of them where `negated`; an absent field fails both."""

    field: str
    values: frozenset[str]
    negated: bool = False

    def check(self, reading: Reading) -> Outcome:
        """Compare the field."""
        held = FIELDS[self.field](reading.case)
        if not held:
            return NOT_MET
        met = held.isdisjoint(self.values) if self.negated else not held.isdisjoint(self.values)
        return _field_holds(self.field, held) if met else NOT_MET

    def reads(self) -> Reads:
        """Read no question."""
        return iter(())


@lru_cache(maxsize=1024)
def _field_holds(field: str, held: frozenset[str]) -> Outcome:
    return Outcome(truth=Truth.MET, facts=(f"{field} = {', '.join(sorted(held))}",))


@dataclass(frozen=True, slots=True)
class NumberIs:
    """A number of the case lies between limits; an absent number fails."""

    field: str
    span: Span

    def check(self, reading: Reading) -> Outcome:
        """Compare the number."""
        number = NUMBERS[self.field](reading.case)
        if number is None or not self.span.holds(number):
            return NOT_MET
        return Outcome(truth=Truth.MET, facts=(f"{self.field} = {number:g}",))

    def reads(self) -> Reads:
        """Read no question."""
        return iter(())


@dataclass(frozen=True, slots=True)
class AgeIs:
    """The patient's age in completed years lies between limits; a limit above dates the outcome."""

    span: Span

    def check(self, reading: Reading) -> Outcome:
        """Compare the age on the day of treatment."""
        patient, on = reading.case.patient, reading.case.on
        age = patient.age_on(on)
        if not self.span.holds(age):
            return NOT_MET
        until = None if self.span.below is None else birthday(patient, int(self.span.below))
        return Outcome(truth=Truth.MET, until=until, facts=(f"patient.age = {age}",))

    def reads(self) -> Reads:
        """Read no question."""
        return iter(())


@dataclass(frozen=True, slots=True)
class PlansAreas:
    """At least one of the areas is planned, or every one; the outcome is about those."""

    areas: frozenset[str]
    every: bool = False

    def check(self, reading: Reading) -> Outcome:
        """Compare the planned areas."""
        where = self.areas.intersection(reading.case.areas)
        met = where == self.areas if self.every else bool(where)
        return Outcome(truth=Truth.MET, areas=where) if met else NOT_MET

    def reads(self) -> Reads:
        """Read no question."""
        return iter(())


@dataclass(frozen=True, slots=True)
class LiesIn:
    """The premises are in one of the places; a country covers its subdivisions."""

    places: frozenset[str]

    def check(self, reading: Reading) -> Outcome:
        """Compare the premises."""
        premises = reading.case.premises
        if not lies_in(premises, self.places):
            return NOT_MET
        return Outcome(truth=Truth.MET, facts=(f"premises = {premises}",))

    def reads(self) -> Reads:
        """Read no question."""
        return iter(())


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part is met; about the areas common to all, until the first part ends."""

    parts: tuple[Condition, ...]

    def check(self, reading: Reading) -> Outcome:
        """Combine the parts."""
        undecided, areas, until, soft = MET, None, None, False
        facts: tuple[str, ...] = ()
        for part in self.parts:
            outcome = part.check(reading)
            if outcome.truth is Truth.NOT_MET:
                return NOT_MET
            if outcome.truth is not Truth.MET:
                undecided = NOT_KNOWN if outcome.truth is Truth.UNKNOWN and undecided is not UNANSWERED else UNANSWERED
            if outcome.areas is not None:
                areas = outcome.areas if areas is None else areas & outcome.areas
            if outcome.until is not None:
                until = outcome.until if until is None else min(until, outcome.until)
            soft = soft or outcome.soft
            facts += outcome.facts
        if undecided is not MET or areas == _NOWHERE:
            return NOT_MET if undecided is MET else undecided
        return Outcome(Truth.MET, areas, until, soft, facts)

    def reads(self) -> Reads:
        """Give what the parts read."""
        for part in self.parts:
            yield from part.reads()


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part is met; about the areas of those met, until the last of them ends."""

    parts: tuple[Condition, ...]

    def check(self, reading: Reading) -> Outcome:
        """Combine the parts."""
        met, undecided = [], NOT_MET
        for part in self.parts:
            outcome = part.check(reading)
            if outcome.truth is Truth.MET:
                met.append(outcome)
            elif outcome.truth is Truth.UNANSWERED or undecided is NOT_MET:
                undecided = outcome
        if len(met) < 2:
            return met[0] if met else undecided
        graver = [outcome for outcome in met if not outcome.soft] or met
        return Outcome(
            truth=Truth.MET,
            areas=_united(graver),
            until=_last(graver),
            soft=graver[0].soft,
            facts=tuple(fact for outcome in graver for fact in outcome.facts),
        )

    def reads(self) -> Reads:
        """Give what the parts read."""
        for part in self.parts:
            yield from part.reads()


@dataclass(frozen=True, slots=True)
class Unless:
    """Met as long as the exemption is not shown: silence and "unknown" exempt nobody."""

    exemption: Condition

    def check(self, reading: Reading) -> Outcome:
        """Turn the exemption round."""
        return _outcome(not self.exemption.check(reading).met)

    def reads(self) -> Reads:
        """Give what the exemption reads."""
        yield from self.exemption.reads()


_NOWHERE: Final[frozenset[str]] = frozenset()


def _united(outcomes: Iterable[Outcome]) -> frozenset[str] | None:
    united: frozenset[str] = frozenset()
    for outcome in outcomes:
        if outcome.areas is None:
            return None
        united |= outcome.areas
    return united


def _last(outcomes: Iterable[Outcome]) -> date | None:
    ends = [outcome.until for outcome in outcomes]
    return None if None in ends else max(end for end in ends if end is not None)


def birthday(patient: Patient, years: int) -> date | None:
    """Give the day on which the patient completes so many years; 1 March for 29 February where there is none."""
    born = patient.birth_date
    if born.year + years > MAXYEAR:
        return None
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return date(born.year + years, 3, 1)


def _of_device(word: Callable[[Device], str]) -> Callable[[Case], frozenset[str]]:
    return lambda case: frozenset({word(case.device)} if case.device else ())


def _of_anaesthetic(word: Callable[[Anaesthetic], str]) -> Callable[[Case], frozenset[str]]:
    return lambda case: frozenset({word(case.anaesthetic)} if case.anaesthetic else ())


# The fields of a case that a card may look at, as sets of words.
FIELDS: Final[Mapping[str, Callable[[Case], frozenset[str]]]] = {
    "patient.sex": lambda case: frozenset({case.patient.sex.value}),
    "device": _of_device(lambda device: device.id),
    "device.kind": _of_device(lambda device: device.kind.value),
    "device.overlay": _of_device(lambda device: device.overlay),
    "device.depth_fit": lambda case: frozenset({case.depth_fit} if case.depth_fit else ()),
    "indication": lambda case: frozenset({case.indication.id}),
    "indication_group": lambda case: frozenset({case.indication.group}),
    "anaesthetic": _of_anaesthetic(lambda product: product.id),
    "anaesthetic.route": _of_anaesthetic(lambda product: product.route),
    "anaesthetic.form": _of_anaesthetic(lambda product: product.form),
    "anaesthetic.classes": lambda case: case.anaesthetic.classes if case.anaesthetic else frozenset(),
    "operator": lambda case: frozenset({case.operator} if case.operator else ()),
}

# ... and as numbers.
NUMBERS: Final[Mapping[str, Callable[[Case], float | None]]] = {
    "patient.fitzpatrick": lambda case: case.patient.fitzpatrick,
    "patient.weight_kg": lambda case: case.patient.weight_kg,
    "depth_mm": lambda case: case.deepest_mm,
}
