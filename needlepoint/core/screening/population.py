"""A population as columns: one place in each array for one case, as the columnar screening reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from needlepoint.core.case import Anaesthetic, Case, Device, Indication
from needlepoint.core.terms import Sex, Value

T = TypeVar("T")
Bools = NDArray[np.bool_]
Codes = NDArray[np.int32]
Days = NDArray[np.int32]  # days as date.toordinal counts them
Masks = NDArray[np.uint64]  # sets of areas, one bit for each in vocabulary order
Numbers = NDArray[np.float64]
Places = NDArray[np.int64]

NOT_GIVEN: Final = -1
UNIX_EPOCH: Final = 719163  # 1 January 1970, as date.toordinal counts


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Coded(Generic[T]):
    """
    A column in which few values stand many times.

    codes: place in `values` for each case, NOT_GIVEN where the case has none. days: for a question about a day, the
    day itself where the value is one; `values` then holds any day to stand for all of them.
    """

    codes: Codes
    values: tuple[T, ...]
    days: Days | None = None

    def table(self, of: Callable[[T], Any], *, absent: Any, dtype: type) -> NDArray[Any]:
        """Give for each case what `of` makes of its value; it is asked once for each value, not for each case."""
        return np.array([*(of(value) for value in self.values), absent], dtype=dtype)[self.codes]

    def at(self, places: Places) -> Coded[T]:
        """Give the column for some of the cases only."""
        return replace(self, codes=self.codes[places], days=None if self.days is None else self.days[places])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Population:
    """
    Many cases, checked at the edge as one case is.

    All arrays have the same length. Numbers that are not given are NaN; `answered_on` holds 0 where the answer is of
    the day of treatment. A question that nobody answered may be left out of `answers`.
    """

    on: Days
    born: Days
    sex: Coded[Sex]
    fitzpatrick: Numbers
    weight_kg: Numbers
    depth_mm: Numbers
    device: Coded[Device]
    indication: Coded[Indication]
    operator: Coded[str]
    premises: Coded[str]
    anaesthetic: Coded[Anaesthetic]
    areas: Masks
    answers: Mapping[str, Coded[Value]]
    answered_on: Mapping[str, Days]

    def __len__(self) -> int:
        """Give the number of cases."""
        return len(self.on)

    def at(self, places: Places) -> Population:
        """Give some of the cases only."""
        return Population(
            on=self.on[places],
            born=self.born[places],
            sex=self.sex.at(places),
            fitzpatrick=self.fitzpatrick[places],
            weight_kg=self.weight_kg[places],
            depth_mm=self.depth_mm[places],
            device=self.device.at(places),
            indication=self.indication.at(places),
            operator=self.operator.at(places),
            premises=self.premises.at(places),
            anaesthetic=self.anaesthetic.at(places),
            areas=self.areas[places],
            answers={id_: coded.at(places) for id_, coded in self.answers.items()},
            answered_on={id_: days[places] for id_, days in self.answered_on.items()},
        )

    @property
    def deepest_mm(self) -> Numbers:
        """Give the depths that rules on depth look at: the one planned; a roller's needles cannot go less deep."""
        needles = self.device.table(lambda device: device.fixed_depth_mm, absent=None, dtype=np.float64)
        deepest: Numbers = np.fmax(self.depth_mm, needles)
        return deepest


def encode(cases: Sequence[Case], area_order: Mapping[str, int]) -> Population:
    """Give single cases as columns; each has premises, an operator and a device, as a screening wants them."""
    asked = dict.fromkeys(id_ for case in cases for id_ in case.answers)
    return Population(
        on=_ordinals(case.on for case in cases),
        born=_ordinals(case.patient.birth_date for case in cases),
        sex=code([case.patient.sex for case in cases]),
        fitzpatrick=_numbers(case.patient.fitzpatrick for case in cases),
        weight_kg=_numbers(case.patient.weight_kg for case in cases),
        depth_mm=_numbers(case.depth_mm for case in cases),
        device=code([case.device for case in cases]),
        indication=code([case.indication for case in cases]),
        operator=code([case.operator for case in cases]),
        premises=code([case.premises for case in cases]),
        anaesthetic=code([case.anaesthetic for case in cases]),
        areas=np.array([sum(1 << area_order[area] for area in case.areas) for case in cases], dtype=np.uint64),
        answers={id_: _answers([case.answers.get(id_) for case in cases]) for id_ in asked},
        answered_on={id_: _ordinals(case.answered_on.get(id_) for case in cases) for id_ in asked},
    )


def code(column: Sequence[T | None]) -> Coded[T]:
    """Give a column as codes; None is what a case does not have."""
    places: dict[tuple[type, object], int] = {}
    values: list[T] = []
    codes = np.full(len(column), NOT_GIVEN, dtype=np.int32)
    for at, value in enumerate(column):
        if value is not None:
            # True and 1.0 are equal and not the same answer.
            codes[at] = places.setdefault((type(value), _key(value)), len(values))
            if codes[at] == len(values):
                values.append(value)
    return Coded(codes=codes, values=tuple(values))


def _key(value: object) -> object:
    return value.id if isinstance(value, Device | Indication | Anaesthetic) else value


def _answers(column: Sequence[Value | None]) -> Coded[Value]:
    days = [answer if isinstance(answer, date) else None for answer in column]
    if not any(days):
        return code(column)
    # One day stands for all of them among the values; the days themselves are kept beside.
    coded: Coded[Value] = code([answer if day is None else date.max for answer, day in zip(column, days, strict=True)])
    return replace(coded, days=_ordinals(days))


def _ordinals(days: Iterable[date | None]) -> Days:
    return np.array([day.toordinal() if day else 0 for day in days], dtype=np.int32)


def _numbers(column: Iterable[float | None]) -> Numbers:
    return np.array([np.nan if number is None else number for number in column], dtype=np.float64)


def ages(born: Days, on: Days) -> Codes:
    """Give completed years; born on 29 February, the birthday of other years is 1 March."""
    born_year, born_day = _year_and_day(born)
    year, day = _year_and_day(on)
    age: Codes = (year - born_year - (day < born_day)).astype(np.int32)
    return age


def birthdays(born: Days, years: int) -> Days:
    """Give the days on which so many years are completed; 1 March for 29 February where there is none."""
    day = calendar(born)
    month = day.astype("datetime64[M]")
    later = (month + 12 * years).astype("datetime64[D]") + (day - month.astype("datetime64[D]"))
    birthday: Days = (later.astype(np.int64) + UNIX_EPOCH).astype(np.int32)
    return birthday


def calendar(days: Days) -> NDArray[np.datetime64]:
    """Give the days as calendar days."""
    return (days.astype(np.int64) - UNIX_EPOCH).astype("datetime64[D]")


def _year_and_day(days: Days) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    day = calendar(days)
    month = day.astype("datetime64[M]")
    within = (day - month.astype("datetime64[D]")).astype(np.int64)
    months = month.astype(np.int64)
    return months // 12, months % 12 * 32 + within
