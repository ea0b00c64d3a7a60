"""The card: one fact with its sources, its standing and its days; the same envelope for every kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, Final, TypeVar

from needlepoint.core.conditions import Condition
from needlepoint.core.terms import Source, Verdict
from needlepoint.knowledge.conditions import read_condition
from needlepoint.knowledge.evidence import CONFIDENCES
from needlepoint.knowledge.fields import Fields
from needlepoint.knowledge.shelf import Shelf

P = TypeVar("P")

_VERDICTS: Final = frozenset(verdict.value for verdict in Verdict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A source as a card cites it: where in it, and how strong it is."""

    source: Source
    at: str | None
    grade: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How well the fact is known, and whether a number or verdict in it is a proposal of this project."""

    confidence: str
    proposal: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkedCase:
    """An example that runs as a test: what is given, what must come out, and details if any."""

    given: Mapping[str, Any]
    expect: Any
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One fact. `payload` is what only this kind of card says; `holds` gives it with its type."""

    id: str
    kind: str
    title: str
    tell: str
    because: str
    evidence: tuple[str, ...]
    citations: tuple[Citation, ...]
    standing: Standing
    valid_from: date
    valid_to: date | None
    cases: tuple[WorkedCase, ...]
    when: Condition | None
    when_as_written: Any
    verdict: Verdict | None
    payload: object
    fingerprint: str = ""  # of what the card says, as the digest is of everything; the loader sets it

    def is_valid_on(self, day: date) -> bool:
        """Say whether the card holds on the day; `valid.to` is the last day it holds."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def holds(self, shape: type[P]) -> P:
        """Give the payload as the shape its kind has."""
        if not isinstance(self.payload, shape):
            raise TypeError(f"card {self.id} of kind {self.kind} holds no {shape.__name__}")
        return self.payload


def read_envelope(id_: str, fields: Fields, shelf: Shelf) -> Card:
    """Build a card without its payload."""
    valid_from, valid_to = _validity(fields)
    when = fields.raw("when") if fields.has("when") else None
    return Card(
        id=id_,
        kind=fields.text("kind"),
        title=fields.text("title"),
        tell=fields.text("tell"),
        because=fields.text("because"),
        evidence=fields.known_words("evidence", shelf.rows, "evidence row", least=1),
        citations=_citations(fields, shelf),
        standing=_standing(fields),
        valid_from=valid_from,
        valid_to=valid_to,
        cases=tuple(_case(row) for row in fields.tables("case")),
        when=None if when is None else read_condition(fields.table("when"), shelf),
        when_as_written=when,
        verdict=Verdict(fields.one_of("verdict", _VERDICTS, "verdict")) if fields.has("verdict") else None,
        payload=None,
    )


def _validity(fields: Fields) -> tuple[date, date | None]:
    valid = fields.table("valid")
    first, last = valid.day("from"), valid.day_or_none("to")
    if last is not None and last < first:
        raise valid.unfit("to", "lies before from")
    valid.done()
    return first, last


def _citations(fields: Fields, shelf: Shelf) -> tuple[Citation, ...]:
    citations = []
    for row in fields.tables("source", least=1):
        key = row.one_of("id", shelf.sources, "source")
        citations.append(Citation(source=shelf.sources[key], at=row.text_or_none("at"), grade=row.text("grade")))
        row.done()
    return tuple(citations)


def _standing(fields: Fields) -> Standing:
    row = fields.table("standing")
    standing = Standing(
        confidence=row.one_of("confidence", CONFIDENCES, "confidence"),
        proposal=row.flag("proposal", default=False),
    )
    row.done()
    return standing


def _case(row: Fields) -> WorkedCase:
    given = row.raw("given")
    if not isinstance(given, dict):
        raise row.unfit("given", "must be a table")
    expect = row.raw("expect")
    details = {key: row.raw(key) for key in sorted(row.left())}
    return WorkedCase(given=MappingProxyType(given), expect=expect, details=MappingProxyType(details))
