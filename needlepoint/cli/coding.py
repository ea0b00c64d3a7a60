"""
Checks a whole chunk of cases at once and gives those that are surely good as columns.

It never refuses anything itself: whatever is not surely good is left to `read_case`, which says what is wrong, so that
a row of a population is refused in the same words as a single case. Each distinct value is checked by the very
functions that check a single case.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any, Final

import numpy as np

from needlepoint.cli.case import DEEPEST_MM, HEIGHT_CM, OLDEST, SKIN_TYPES, WEIGHT_KG, read_areas, read_premises
from needlepoint.cli.reading import Given
from needlepoint.core.questions import Question
from needlepoint.core.screening.population import Bools, Coded, Codes, Days, Numbers, Population, ages
from needlepoint.core.terms import NEVER, UNKNOWN, Sex, Value
from needlepoint.knowledge import load
from needlepoint.knowledge.answers import AnswerError, check_answer, check_day, fulfilled
from needlepoint.knowledge.questions import Clause

ABSENT: Final = -1
BAD: Final = -2
_FIRST_DAY: Final = 10  # below it are the words a date question may be answered with
_WORDS: Final[tuple[Value, ...]] = (NEVER, UNKNOWN, date.max)  # the last stands for every day
_MOST_KEPT: Final = 100_000

TEXTS: Final = ("premises", "operator", "device", "indication", "anaesthetic", "patient.sex")
NUMBERS: Final = ("patient.fitzpatrick", "patient.weight_kg", "patient.height_cm", "depth_mm")
DAYS: Final = ("on", "patient.birth_date")


class Coder(dict[Hashable, int]):
    """
    Numbers the values of one column, checking each once.

    A list is looked up as a tuple. None is what is not given; what the check refuses is BAD.
    """

    def __init__(self, check: Callable[[Any], object]) -> None:
        super().__init__({None: ABSENT})
        self._check = check
        self.values_: list[Any] = []

    def __missing__(self, key: Hashable) -> int:
        try:
            value = self._check(list(key) if isinstance(key, tuple) else key)
        except AnswerError:
            self[key] = BAD
            return BAD
        self[key] = len(self.values_)
        self.values_.append(value)
        return self[key]

    def code(self, column: Sequence[Any], types: frozenset[type]) -> Codes:
        """Give the numbers of a column; values of other types than these are BAD."""
        if len(self) > _MOST_KEPT:
            self.clear()
            self[None] = ABSENT
            self.values_ = []
        seen = set(map(type, column))
        if seen - types - {type(None)}:
            return self._mixed(column, types)
        keys = [tuple(item) if type(item) is list else item for item in column] if list in seen else column
        try:
            return np.fromiter(map(self.__getitem__, keys), np.int32, len(column))
        except TypeError:  # a list within a list, which no dictionary can look up
            return self._mixed(column, types)

    def _mixed(self, column: Sequence[Any], types: frozenset[type]) -> Codes:
        return np.array([self._one(item, types) for item in column], dtype=np.int32)

    def _one(self, item: Any, types: frozenset[type]) -> int:
        if item is None:
            return ABSENT
        if type(item) not in types or (type(item) is list and not all(type(part) is str for part in item)):
            return BAD
        return self[tuple(item) if type(item) is list else item]


class DayCoder(Coder):
    """Numbers days: the words first, then each day by its place in the calendar."""

    def __missing__(self, key: Hashable) -> int:
        self[key] = self._number(key)
        return self[key]

    @staticmethod
    def _number(key: Hashable) -> int:
        if key in ("never", "unknown"):
            return 0 if key == "never" else 1
        try:
            return _FIRST_DAY + check_day(key, "").toordinal()
        except AnswerError:
            return BAD


_TEXT: Final = frozenset({str})
_KINDS: Final[Mapping[str, frozenset[type]]] = {
    "boolean": frozenset({bool, str}),
    "choice": _TEXT,
    "text": _TEXT,
    "multichoice": frozenset({list, str}),
    "areas": frozenset({list, str}),
    "number": frozenset({int, float, str}),
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Chunk:
    """
    Some cases as they came, value by value under the paths of the contract.

    fine: cases of which the shape is known to be right. text, days, numbers and answers are coded; what a case does not
    have is ABSENT, or NaN. values: what the coded columns stand for. row: a case as the single command would read it.
    """

    fine: Bools
    ids: list[str | None]
    coded: Mapping[str, Codes]
    days: Mapping[str, Codes]
    numbers: Mapping[str, Numbers]
    row: Callable[[int], dict[str, Any]]
    coders: Coders


@dataclass(slots=True)
class Coders:
    """The coders of a run, one for each column of values; what has been checked once is not checked again."""

    day: DayCoder = field(default_factory=lambda: DayCoder(lambda _: None))
    by_path: dict[str, Coder] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make a coder for each field and each question that is not about a day."""
        names = load().vocabulary
        tables: Mapping[str, Mapping[str, object]] = {
            "operator": {id_: id_ for id_ in names.operators},
            "device": names.devices,
            "indication": names.indications,
            "anaesthetic": names.anaesthetics,
            "patient.sex": {sex.value: sex for sex in Sex},
        }
        self.by_path["premises"] = Coder(read_premises)
        self.by_path["areas"] = Coder(_area_mask)
        for path, table in tables.items():
            self.by_path[path] = Coder(partial(_one_of, table))
        for question in load().questions:
            if question.kind != "date_or_never":
                self.by_path[f"answers.{question.id}"] = Coder(partial(_answer, question))

    def code(self, path: str, column: Sequence[Any]) -> Codes:
        """Give the numbers of a column of JSON values."""
        if path in TEXTS:
            return self.by_path[path].code(column, _TEXT)
        if path == "areas":
            return self.by_path[path].code(column, frozenset({list}))
        return self.by_path[path].code(column, _KINDS[load().question[path.removeprefix("answers.")].kind])

    def code_days(self, column: Sequence[Any]) -> Codes:
        """Give the numbers of a column of days and words."""
        return self.day.code(column, _TEXT)


def _one_of(table: Mapping[str, object], id_: str) -> object:
    if id_ not in table:
        raise AnswerError("unknown_id", "", "")
    return table[id_]


def _area_mask(ids: list[str]) -> int:
    order = load().vocabulary.area_order
    return sum(1 << order[area] for area in read_areas(Given({"areas": ids})))


def _answer(question: Question, raw: object) -> Value:
    return check_answer(question, raw, on=date.max, birth_date=date.min)


def numbers(column: Sequence[Any]) -> tuple[Numbers, Bools]:
    """Give a column of JSON numbers, NaN where there is none, and where it holds something else."""
    if set(map(type, column)) <= {int, float, type(None)}:
        try:
            found = np.array([np.nan if item is None else item for item in column], dtype=np.float64)
            return found, np.zeros(len(column), dtype=bool)
        except OverflowError:
            pass
    bad = np.array([type(item) not in (int, float, type(None)) or not _is_double(item) for item in column])
    kept = [np.nan if item is None or is_bad else item for item, is_bad in zip(column, bad.tolist(), strict=True)]
    return np.array(kept, dtype=np.float64), bad


def _is_double(number: float | None) -> bool:
    try:
        return number is None or bool(np.isfinite(float(number)))
    except (OverflowError, TypeError, ValueError):
        return False


def good(chunk: Chunk) -> Bools:
    """Say which cases surely pass every check that a single case has to pass."""
    fine: Bools = chunk.fine & ~np.array([id_ is None for id_ in chunk.ids], dtype=bool)
    for codes in (*chunk.coded.values(), *chunk.days.values()):
        fine &= codes != BAD
    for path in ("premises", "operator", "device", "indication", "patient.sex", "areas"):
        fine &= chunk.coded[path] >= 0
    for path in DAYS:
        fine &= chunk.days[path] >= _FIRST_DAY
    fine &= _within(chunk.numbers)
    fine &= _days_fit(chunk, fine)
    fine &= ~_contradicts(chunk)
    return fine


def _within(numbers: Mapping[str, Numbers]) -> Bools:
    types, weight = numbers["patient.fitzpatrick"], numbers["patient.weight_kg"]
    height, depth = numbers["patient.height_cm"], numbers["depth_mm"]
    within: Bools = (types >= SKIN_TYPES[0]) & (types <= SKIN_TYPES[1]) & (types == np.floor(types))
    within &= np.isnan(weight) | ((weight >= WEIGHT_KG[0]) & (weight <= WEIGHT_KG[1]))
    within &= np.isnan(height) | ((height >= HEIGHT_CM[0]) & (height <= HEIGHT_CM[1]))
    within &= np.isnan(depth) | ((depth > 0) & (depth <= DEEPEST_MM))
    return within


def _days_fit(chunk: Chunk, fine: Bools) -> Bools:
    on, born = chunk.days["on"], chunk.days["patient.birth_date"]
    fit = (born >= _FIRST_DAY) & (on >= born)
    years = np.full(len(on), OLDEST + 1)
    known = np.flatnonzero(fine & fit)
    years[known] = ages(born[known] - _FIRST_DAY, on[known] - _FIRST_DAY)
    fit &= years <= OLDEST
    for path, day in chunk.days.items():
        if path in DAYS:
            continue
        fit &= (day < _FIRST_DAY) | ((day <= on) & (day >= born))
        if path.startswith("answered_on."):
            answer = f"answers.{path.removeprefix('answered_on.')}"
            answers = chunk.days.get(answer, chunk.coded.get(answer))
            answered = np.zeros(len(on), dtype=bool) if answers is None else answers != ABSENT
            fit &= (day == ABSENT) | ((day >= _FIRST_DAY) & answered)
    return fit


def _contradicts(chunk: Chunk) -> Bools:
    found = np.zeros(len(chunk.fine), dtype=bool)
    for contradiction in load().contradictions:
        every = np.ones(len(found), dtype=bool)
        for clause in contradiction.clauses:
            every &= _fulfils(chunk, clause)
        found |= every
    return found


def _fulfils(chunk: Chunk, clause: Clause) -> Bools:
    id_ = clause.question
    if id_ is None:
        return _field(chunk, clause.field or "", clause.among or frozenset())
    answers = _answers(chunk, id_)
    if answers is None:
        return np.zeros(len(chunk.fine), dtype=bool)
    return answers.table(lambda value: fulfilled(clause, {id_: value}, {}), absent=False, dtype=bool)


def _field(chunk: Chunk, field: str, among: frozenset[Value]) -> Bools:
    """Say which cases have one of the values in a field that a contradiction may name."""
    if field == "patient.sex":
        return _coded(chunk, field).table(lambda sex: sex.value in among, absent=False, dtype=bool)
    if field == "indication":
        return _coded(chunk, field).table(lambda row: row.id in among, absent=False, dtype=bool)
    return _coded(chunk, "indication").table(lambda row: row.group in among, absent=False, dtype=bool)


def _coded(chunk: Chunk, path: str) -> Coded[Any]:
    return Coded(codes=np.maximum(chunk.coded[path], ABSENT), values=tuple(chunk.coders.by_path[path].values_))


def _answers(chunk: Chunk, question: str) -> Coded[Value] | None:
    path = f"answers.{question}"
    if path in chunk.coded:
        return _coded(chunk, path)
    if path not in chunk.days:
        return None
    found = chunk.days[path]
    return Coded(
        codes=np.clip(found, ABSENT, 2).astype(np.int32), values=_WORDS, days=np.maximum(found - _FIRST_DAY, 0)
    )


def population(chunk: Chunk) -> Population:
    """Give the cases as the columnar screening reads them; only those that are `good` mean anything."""
    asked = [question.id for question in load().questions]
    answers = {id_: coded for id_ in asked if (coded := _answers(chunk, id_)) is not None}
    return Population(
        on=_ordinals(chunk.days["on"]),
        born=_ordinals(chunk.days["patient.birth_date"]),
        sex=_coded(chunk, "patient.sex"),
        fitzpatrick=chunk.numbers["patient.fitzpatrick"],
        weight_kg=chunk.numbers["patient.weight_kg"],
        depth_mm=chunk.numbers["depth_mm"],
        device=_coded(chunk, "device"),
        indication=_coded(chunk, "indication"),
        operator=_coded(chunk, "operator"),
        premises=_coded(chunk, "premises"),
        anaesthetic=_coded(chunk, "anaesthetic"),
        areas=_coded(chunk, "areas").table(int, absent=0, dtype=np.uint64),
        answers=answers,
        answered_on={
            path.removeprefix("answered_on."): _ordinals(days)
            for path, days in chunk.days.items()
            if path.startswith("answered_on.")
        },
    )


def _ordinals(days: Codes) -> Days:
    return np.maximum(days - _FIRST_DAY, 0).astype(np.int32)


def day_codes(ordinals: Iterable[int]) -> Codes:
    """Give days that came as numbers the way the coder of days would number them."""
    return np.fromiter(ordinals, np.int32) + np.int32(_FIRST_DAY)
