"""The rows of the evidence tables and the sources they were read in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from needlepoint.core.terms import Source
from needlepoint.knowledge.fields import Fields

ACTIONS: Final = ("absolute", "refer", "defer", "avoid-area", "caution", "info")
CONFIDENCES: Final = ("seen", "seen-2nd", "mixed", "memory", "derived")
SOURCE_KINDS: Final = ("primary", "secondary", "none", "not stated")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of an evidence table: what it calls for, how strong it is, how well it is known."""

    id: str
    action: str
    grade: str
    confidence: str
    sources: tuple[Source, ...]


def read_sources(fields: Fields) -> Mapping[str, Source]:
    """Build the sources out of their file."""
    sources = {}
    for key in sorted(fields.left()):
        row = fields.table(key)
        row.one_of("kind", SOURCE_KINDS, "kind of source")
        sources[key] = Source(key=key, citation=row.text("citation"), address=row.text_or_none("address"))
        row.done()
    return MappingProxyType(sources)


def read_rows(fields: Fields, sources: Mapping[str, Source]) -> Mapping[str, Row]:
    """Build the evidence rows out of their file."""
    rows = {}
    for id_ in sorted(fields.left()):
        row = fields.table(id_)
        rows[id_] = Row(
            id=id_,
            action=row.one_of("action", ACTIONS, "action"),
            grade=row.text("grade"),
            confidence=row.one_of("confidence", CONFIDENCES, "confidence"),
            sources=tuple(sources[key] for key in row.known_words("sources", sources, "source", least=1)),
        )
        row.done()
    return MappingProxyType(rows)
