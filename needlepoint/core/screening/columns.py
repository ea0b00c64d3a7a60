"""
The condition language over columns: what every case of a population makes of one condition.

It says of each case what `Condition.check` says of it alone. Whatever depends on one value only is asked of the
condition itself, once for each value that occurs; only days, ages, areas and what joins conditions is worked out here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from needlepoint.core.case import Case, Indication, lies_in
from needlepoint.core.comparisons import IsOlderThan, OverlapsPlanned, Span, Window
from needlepoint.core.conditions import (
    AgeIs,
    AllOf,
    Answered,
    AnyOf,
    Condition,
    FieldIs,
    LiesIn,
    NumberIs,
    PlansAreas,
    SaidUnknown,
    Unless,
)
from needlepoint.core.questions import NeededWhen, Question
from needlepoint.core.reading import Reading, Truth
from needlepoint.core.screening.population import (
    NOT_GIVEN,
    Bools,
    Coded,
    Codes,
    Days,
    Masks,
    Numbers,
    Population,
    ages,
    birthdays,
)
from needlepoint.core.terms import UNKNOWN, Patient, Sex, Value

Truths = NDArray[np.uint8]

# In this order the graver of two truths of an `all` is the larger one.
MET: Final = 0
NOT_KNOWN: Final = 1
UNANSWERED: Final = 2
NOT_MET: Final = 3
_CODE: Final = {
    Truth.MET: MET,
    Truth.UNKNOWN: NOT_KNOWN,
    Truth.UNANSWERED: UNANSWERED,
    Truth.NOT_MET: NOT_MET,
}
# ... and seen through this, the larger one of an `any`; it leads back as well.
_TURNED: Final = np.array([NOT_MET, NOT_KNOWN, UNANSWERED, MET], dtype=np.uint8)

WHOLE: Final = np.uint64(2**64 - 1)  # the set of areas of an outcome about the whole case
UNDATED: Final = np.int32(2**31 - 1)
_LAST_DAY: Final = date.max.toordinal()

# A case to ask about one value at a time; nothing else of it is looked at.
_BLANK: Final = Case(
    on=date.max,
    patient=Patient(birth_date=date.min, sex=Sex.UNKNOWN, fitzpatrick=1),
    indication=Indication(id="", group="", origin="", label="", evidence=()),
    areas=(),
    answers=MappingProxyType({}),
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outcomes:
    """
    What a condition says of each case; areas, until and soft hold where it is met.

    None stands for the same everywhere: the whole case, undated, not soft.
    """

    truth: Truths
    areas: Masks | None = None
    until: Days | None = None
    soft: Bools | None = None


class Readings:
    """A population as the rules may read it: only answers to questions that a case needs."""

    def __init__(self, population: Population, questions: Sequence[Question], area_order: Mapping[str, int]) -> None:
        self.population = population
        self.area_order = area_order
        self.needed: dict[str, Bools] = {}
        self.pending: dict[str, Bools] = {}
        self._read: dict[str, Coded[Value]] = {}
        for question in questions:
            self._note(question)

    def __len__(self) -> int:
        """Give the number of cases."""
        return len(self.population)

    def mask(self, areas: Iterable[str]) -> np.uint64:
        """Give the set of areas as bits."""
        return np.uint64(sum(1 << self.area_order[area] for area in areas))

    @cached_property
    def age(self) -> Codes:
        """Give the ages on the day of treatment."""
        return ages(self.population.born, self.population.on)

    @cached_property
    def deepest_mm(self) -> Numbers:
        """Give the depths that rules on depth look at."""
        return self.population.deepest_mm

    def answer(self, question: str) -> Coded[Value]:
        """Give the answers as they were given, needed or not."""
        given = self.population.answers.get(question)
        return given if given is not None else Coded(codes=np.full(len(self), NOT_GIVEN, np.int32), values=())

    def truths(self, question: str, of: Callable[[Value], Truth], *, unknown: Truth = Truth.UNKNOWN) -> Truths:
        """Give the truth for each case, `of` deciding where a needed answer is known."""
        given = self._in_force(question)
        table = [unknown if value is UNKNOWN else of(value) for value in given.values]
        codes = [_CODE[truth] for truth in (*table, Truth.UNANSWERED, Truth.NOT_MET)]
        return np.array(codes, dtype=np.uint8)[given.codes]

    def where(self, question: str, holds: Callable[[Value], bool]) -> Bools:
        """Say of each case whether a needed answer is there and holds."""
        given = self._in_force(question)
        return np.array([*(holds(value) for value in given.values), False, False], dtype=bool)[given.codes]

    def _in_force(self, question: str) -> Coded[Value]:
        """Give the answers with two further codes: the last but one for unanswered, the last for not needed."""
        if question not in self._read:
            given = self.answer(question)
            codes = np.where(given.codes == NOT_GIVEN, np.int32(-2), given.codes)
            codes = np.where(self.needed[question], codes, np.int32(-1))
            codes = np.where(self.pending[question], np.int32(-2), codes)
            self._read[question] = replace(given, codes=codes)
        return self._read[question]

    def _note(self, question: Question) -> None:
        called = self._holds(question.when)
        gate = question.only_if
        if gate is None:
            self.needed[question.id], self.pending[question.id] = called, np.zeros(len(self), dtype=bool)
            return
        given = self.answer(gate.question)
        opened = given.table(gate.holds_for, absent=False, dtype=bool)
        open_ = self.pending[gate.question] | (self.needed[gate.question] & (given.codes == NOT_GIVEN))
        self.needed[question.id] = called & self.needed[gate.question] & opened
        self.pending[question.id] = called & open_

    def _holds(self, when: NeededWhen) -> Bools:
        people, every = self.population, np.ones(len(self), dtype=bool)
        if when.areas is not None:
            every &= (people.areas & self.mask(when.areas)) != 0
        if (groups := when.indication_groups) is not None:
            every &= people.indication.table(lambda row: row.group in groups, absent=False, dtype=bool)
        if (devices := when.devices) is not None:
            every &= people.device.table(lambda row: row.id in devices, absent=False, dtype=bool)
        if (sexes := when.sex) is not None:
            every &= people.sex.table(sexes.__contains__, absent=False, dtype=bool)
        if when.anaesthetic is not None:
            every &= (people.anaesthetic.codes != NOT_GIVEN) == when.anaesthetic
        if (places := when.premises) is not None:
            every &= people.premises.table(lambda place: lies_in(place, places), absent=False, dtype=bool)
        return every


def check(condition: Condition, readings: Readings) -> Outcomes:
    """
    Say of each case whether it meets the condition.

    Raises
    ------
    TypeError: the condition is of a form that is not known here.

    """
    match condition:
        case AllOf(parts=parts):
            return _all([check(part, readings) for part in parts])
        case AnyOf(parts=parts):
            return _any([check(part, readings) for part in parts])
        case Unless(exemption=exemption):
            return _plain(check(exemption, readings).truth != MET)
        case Answered():
            return _answered(condition, readings)
        case SaidUnknown(question=question):
            return Outcomes(truth=readings.truths(question, lambda _: Truth.NOT_MET, unknown=Truth.MET))
        case _:
            return _of_case(condition, readings)


def _of_case(condition: Condition, readings: Readings) -> Outcomes:
    """Check what looks at the case alone and at no answer."""
    match condition:
        case PlansAreas():
            wanted = readings.mask(condition.areas)
            areas = readings.population.areas & wanted
            return replace(_plain(areas == wanted if condition.every else areas != 0), areas=areas)
        case AgeIs(span=span):
            return _age(span, readings)
        case NumberIs():
            return _plain(_inside(condition.span, NUMBERS[condition.field](readings)))
        case FieldIs():
            return _plain(_field(condition, readings.population))
        case LiesIn(places=places):
            return _plain(readings.population.premises.table(lambda at: lies_in(at, places), absent=False, dtype=bool))
        case _:
            raise TypeError(f"no way to check {type(condition).__name__} over columns")


def _plain(met: Bools) -> Outcomes:
    return Outcomes(truth=np.where(met, np.uint8(MET), np.uint8(NOT_MET)))


def _answered(condition: Answered, readings: Readings) -> Outcomes:
    match condition.test:
        case Window():
            outcomes = _window(condition.question, condition.test, readings)
        case IsOlderThan(days=days):
            day, truth = _days(condition.question, readings)
            older = readings.population.on - day >= days
            outcomes = Outcomes(truth=np.where((truth == MET) & ~older, np.uint8(NOT_MET), truth))
        case OverlapsPlanned():
            outcomes = _overlap(condition.question, condition.test, readings)
        case test:
            outcomes = Outcomes(
                truth=readings.truths(condition.question, lambda answer: test.passes(answer, _BLANK).truth)
            )
    if condition.lasts_days is None:
        return outcomes
    return replace(outcomes, until=_later(readings.population.on, condition.lasts_days))


def _days(question: str, readings: Readings) -> tuple[Days, Truths]:
    """Give the days answered, and MET where there is one."""
    truth = readings.truths(question, lambda answer: Truth.MET if isinstance(answer, date) else Truth.NOT_MET)
    days = readings.answer(question).days
    return (days if days is not None else np.zeros(len(readings), np.int32)), truth


def _window(question: str, window: Window, readings: Readings) -> Outcomes:
    day, truth = _days(question, readings)
    since = readings.population.on - day
    begun = since >= window.from_days
    hard = begun & (since < (window.within_days or 0))
    soft = begun & ~hard & (since < (window.soft_days or 0))
    until = np.where(hard, _later(day, window.within_days or 0), _later(day, window.soft_days or 0))
    return Outcomes(
        truth=np.where((truth == MET) & ~(hard | soft), np.uint8(NOT_MET), truth),
        until=until,
        soft=None if window.soft_days is None else soft,
    )


def _later(days: Days, more: int) -> Days:
    later = days.astype(np.int64) + more
    return np.where(later > _LAST_DAY, UNDATED, later).astype(np.int32)


def _overlap(question: str, test: OverlapsPlanned, readings: Readings) -> Outcomes:
    def reached(answer: Value) -> np.uint64:
        told = answer if isinstance(answer, frozenset) else frozenset()
        return readings.mask({area for id_ in told for area in test.reach.get(id_, {id_})})

    told = readings.answer(question).table(reached, absent=0, dtype=np.uint64)
    areas = told & readings.population.areas
    truth = readings.truths(question, lambda _: Truth.MET)
    return Outcomes(truth=np.where((truth == MET) & (areas == 0), np.uint8(NOT_MET), truth), areas=areas)


def _age(span: Span, readings: Readings) -> Outcomes:
    outcomes = _plain(_inside(span, readings.age.astype(np.float64)))
    if span.below is None:
        return outcomes
    until = birthdays(readings.population.born, int(span.below))
    return replace(outcomes, until=np.where(until > _LAST_DAY, UNDATED, until))


def _inside(span: Span, numbers: Numbers) -> Bools:
    inside = ~np.isnan(numbers)
    if span.at_least is not None:
        inside &= numbers >= span.at_least
    if span.at_most is not None:
        inside &= numbers <= span.at_most
    if span.above is not None:
        inside &= numbers > span.above
    if span.below is not None:
        inside &= numbers < span.below
    return inside


def _field(condition: FieldIs, population: Population) -> Bools:
    def met(case: Case) -> bool:
        return condition.check(Reading(case, {}, frozenset(), frozenset())).met

    if condition.field == "device.depth_fit":
        return _fits(condition, population)
    match condition.field.partition(".")[0]:
        case "patient":
            people = _BLANK.patient
            return population.sex.table(
                lambda sex: met(replace(_BLANK, patient=replace(people, sex=sex))), absent=False, dtype=bool
            )
        case "device":
            return population.device.table(
                lambda device: met(replace(_BLANK, device=device)), absent=met(_BLANK), dtype=bool
            )
        case "anaesthetic":
            return population.anaesthetic.table(
                lambda product: met(replace(_BLANK, anaesthetic=product)), absent=met(_BLANK), dtype=bool
            )
        case "operator":
            return population.operator.table(
                lambda operator: met(replace(_BLANK, operator=operator)), absent=met(_BLANK), dtype=bool
            )
        case "indication" | "indication_group":
            return population.indication.table(
                lambda row: met(replace(_BLANK, indication=row)), absent=False, dtype=bool
            )
        case _:
            raise TypeError(f"no column for the field {condition.field}")


def _fits(condition: FieldIs, population: Population) -> Bools:
    """Ask once for each device and depth that occur together."""
    device, depth = population.device, population.depth_mm
    pairs, which = np.unique(np.column_stack([device.codes, np.nan_to_num(depth, nan=-1)]), axis=0, return_inverse=True)
    met = []
    for code, mm in pairs.tolist():
        named = None if code == NOT_GIVEN else device.values[int(code)]
        case = replace(_BLANK, device=named, depth_mm=None if mm < 0 else mm)
        met.append(condition.check(Reading(case, {}, frozenset(), frozenset())).met)
    return np.array(met, dtype=bool)[which.reshape(-1)]


# The numbers of a case that a card may look at; `conditions.NUMBERS` has the same keys.
NUMBERS: Final[Mapping[str, Callable[[Readings], Numbers]]] = {
    "patient.fitzpatrick": lambda readings: readings.population.fitzpatrick,
    "patient.weight_kg": lambda readings: readings.population.weight_kg,
    "depth_mm": lambda readings: readings.deepest_mm,
}


def _all(parts: Sequence[Outcomes]) -> Outcomes:
    truth = np.maximum.reduce([part.truth for part in parts])
    restricted = [part.areas for part in parts if part.areas is not None]
    dated = [part.until for part in parts if part.until is not None]
    soft = [part.soft for part in parts if part.soft is not None]
    areas = np.bitwise_and.reduce(restricted) if restricted else None
    if areas is not None:
        truth = np.where((truth == MET) & (areas == 0), np.uint8(NOT_MET), truth)
    return Outcomes(
        truth=truth,
        areas=areas,
        until=np.minimum.reduce(dated) if dated else None,
        soft=np.logical_or.reduce(soft) if soft else None,
    )


def _any(parts: Sequence[Outcomes]) -> Outcomes:
    truth = _TURNED[np.maximum.reduce([_TURNED[part.truth] for part in parts])]
    if all(part.areas is None and part.until is None and part.soft is None for part in parts):
        return Outcomes(truth=truth)
    met = [part.truth == MET for part in parts]
    hard = [here if part.soft is None else here & ~part.soft for here, part in zip(met, parts, strict=True)]
    none_hard = ~np.logical_or.reduce(hard)
    graver = [np.where(none_hard, here, firm) for here, firm in zip(met, hard, strict=True)]
    return Outcomes(
        truth=truth,
        areas=np.bitwise_or.reduce(
            [
                np.where(counts, WHOLE if part.areas is None else part.areas, np.uint64(0))
                for counts, part in zip(graver, parts, strict=True)
            ]
        ),
        until=np.maximum.reduce(
            [
                np.where(counts, UNDATED if part.until is None else part.until, np.int32(0))
                for counts, part in zip(graver, parts, strict=True)
            ]
        ),
        soft=none_hard,
    )
