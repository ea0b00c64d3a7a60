"""Emergencies: how to know one, what to do in which order, which doses, and whom to call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, cast, get_args

from needlepoint.knowledge.cards import Card
from needlepoint.knowledge.evidence import Row
from needlepoint.knowledge.fields import Fields
from needlepoint.knowledge.shelf import Shelf

By = Literal["anyone", "clinician", "ambulance or hospital"]
_ABOUT: Final = ("emergency", "numbers")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing to do, in its order; `call` where it is calling for help."""

    do: str
    by: By
    call: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Dose:
    """A dose as its source gives it; `per_kg` with `unit` and `weights_kg` make a table of amounts by weight."""

    medicine: str
    amount: str
    by: By
    row: Row
    per_kg: float | None
    unit: str
    weights_kg: tuple[float, ...]

    @property
    def by_weight(self) -> tuple[tuple[float, float], ...]:
        """Give weights in kg with the amount for each."""
        return tuple((kg, kg * self.per_kg) for kg in self.weights_kg) if self.per_kg is not None else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Emergency:
    """One emergency of the treatment room."""

    order: int
    signs: tuple[str, ...]
    steps: tuple[Step, ...]
    doses: tuple[Dose, ...]
    afterwards: tuple[str, ...]
    not_this: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """An emergency number and where it is called; an empty set of places stands for all others."""

    call: str
    premises: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """The emergency numbers; the last is for every other place."""

    numbers: tuple[Number, ...]

    def at(self, premises: str) -> str:
        """Give the number of a place; a country covers its subdivisions."""
        places = {premises, premises.partition("-")[0]}
        return next(number.call for number in self.numbers if number.premises & places or not number.premises)


def read_emergency(fields: Fields, card: Card, shelf: Shelf) -> Emergency | Numbers:
    """Build the payload of an emergency card."""
    if fields.one_of("about", _ABOUT, "matter") == "numbers":
        return _numbers(fields)
    return Emergency(
        order=fields.whole("order"),
        signs=fields.words("signs", least=1),
        steps=tuple(_step(row) for row in fields.tables("step", least=1)),
        doses=tuple(_dose(row, shelf) for row in fields.tables("dose")),
        afterwards=fields.words("afterwards", least=1),
        not_this=fields.text("not_this"),
    )


def _step(row: Fields) -> Step:
    step = Step(do=row.text("do"), by=_by(row), call=row.flag("call", default=False))
    row.done()
    return step


def _by(row: Fields) -> By:
    return cast(By, row.one_of("by", get_args(By), "person")) if row.has("by") else "anyone"


def _dose(row: Fields, shelf: Shelf) -> Dose:
    weights = row.raw("weights_kg") if row.has("weights_kg") else []
    dose = Dose(
        medicine=row.text("medicine"),
        amount=row.text("amount"),
        by=_by(row),
        row=shelf.rows[row.one_of("evidence", shelf.rows, "evidence row")],
        per_kg=row.number_or_none("per_kg"),
        unit=row.text("unit") if row.has("unit") else "",
        weights_kg=tuple(float(kg) for kg in weights),
    )
    if (dose.per_kg is None) != (not weights and not dose.unit):
        raise row.unfit("per_kg", "per_kg, unit and weights_kg go together")
    row.done()
    return dose


def _numbers(fields: Fields) -> Numbers:
    numbers = []
    for row in fields.tables("number", least=1):
        numbers.append(Number(call=row.text("call"), premises=frozenset(row.words("premises"))))
        row.done()
    if numbers[-1].premises or not all(number.premises for number in numbers[:-1]):
        raise fields.unfit("number", "the last number, and only it, must be for all other places")
    return Numbers(numbers=tuple(numbers))
