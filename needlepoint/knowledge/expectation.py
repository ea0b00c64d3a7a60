"""Expectations: what published trials saw, and when, with their number, their spread and those who did not change."""

from __future__ import annotations

from needlepoint.core.planning.expectation import Class, Expectation, Measured, NoChange
from needlepoint.knowledge.cards import Card
from needlepoint.knowledge.fields import Fields
from needlepoint.knowledge.shelf import Shelf

_WHOLE = 100.0


def read_expectation(fields: Fields, card: Card, shelf: Shelf) -> Expectation:
    """Build the payload of an expectation card; it has points in time, or classes of response."""
    expectation = Expectation(
        card=card.id,
        indications=frozenset(fields.known_words("indications", shelf.vocabulary.indications, "indication", least=1)),
        measure=fields.text("measure"),
        unit=fields.text("unit"),
        from_day=fields.whole("from_day"),
        trial=fields.text("trial"),
        points=tuple(_measured(row, shelf) for row in fields.tables("point")),
        control=tuple(_measured(row, shelf) for row in fields.tables("control")),
        classes=tuple(_class(row, shelf) for row in fields.tables("class")),
        no_change=tuple(_no_change(row, shelf) for row in fields.tables("no_change")),
    )
    if bool(expectation.points) == bool(expectation.classes):
        raise fields.unfit("point", "the card must have either points in time or classes of response")
    if any(point.months < expectation.from_month for point in (*expectation.points, *expectation.control)):
        raise fields.unfit("point", "nothing is promised before from_day")
    if expectation.classes and abs(sum(one.percent for one in expectation.classes) - _WHOLE) > 1:
        raise fields.unfit("class", "the classes must make up the whole")
    return expectation


def _row_of(row: Fields, shelf: Shelf) -> str:
    return row.one_of("evidence", shelf.rows, "evidence row")


def _measured(row: Fields, shelf: Shelf) -> Measured:
    measured = Measured(
        months=row.number("months"),
        mean=row.number("mean"),
        n=row.whole("n"),
        row=_row_of(row, shelf),
        sd=row.number_or_none("sd"),
        low=row.number_or_none("low"),
        high=row.number_or_none("high"),
    )
    if (measured.low is None) != (measured.high is None):
        raise row.unfit("low", "low and high go together")
    row.done()
    return measured


def _class(row: Fields, shelf: Shelf) -> Class:
    one = Class(words=row.text("words"), percent=row.number("percent"), row=_row_of(row, shelf))
    row.done()
    return one


def _no_change(row: Fields, shelf: Shelf) -> NoChange:
    counts = row.raw("of")
    if not isinstance(counts, list) or len(counts) != 2 or not all(type(count) is int for count in counts):
        raise row.unfit("of", "must be two whole numbers: how many, of how many")
    who, of = counts
    if not 0 <= who <= of or of < 1:
        raise row.unfit("of", "must be how many, of how many")
    none = NoChange(words=row.text("words"), who=who, of=of, row=_row_of(row, shelf))
    row.done()
    return none
