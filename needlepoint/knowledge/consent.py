"""The consent text that a new clinic begins with."""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from needlepoint.knowledge.fields import Fields

FILE: Final = Path(__file__).with_name("consent.toml")
PARTS: Final = ("treatment", "record_photo", "teaching", "marketing", "messages")


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstText:
    """A title and a body: language, sections of paragraphs and points, and one statement for each part."""

    title: str
    body: dict[str, Any]


def read_first_text(rows: Collection[str], *, file: Path = FILE) -> FirstText:
    """Give the text, each point of which rests on one of these evidence rows.

    Raises
    ------
    Unfit
        When the file says something it may not say; the message names the field.

    """
    fields = Fields(file.name, tomllib.loads(file.read_text("utf-8")))
    title, language = fields.text("title"), fields.text("language")
    sections = [_section(section, rows) for section in fields.tables("section", least=1)]
    parts = fields.table("part")
    statements = {part: _part(parts.table(part)) for part in PARTS}
    parts.done()
    fields.done()
    return FirstText(title=title, body={"language": language, "sections": sections, "parts": statements})


def _section(fields: Fields, rows: Collection[str]) -> dict[str, Any]:
    section = {
        "id": fields.text("id"),
        "heading": fields.text("heading"),
        "paragraphs": list(fields.words("paragraphs")),
        "points": [_point(point, rows) for point in fields.tables("point")],
    }
    fields.done()
    if not section["paragraphs"] and not section["points"]:
        raise fields.unfit("paragraphs", "the section says nothing")
    return section


def _point(fields: Fields, rows: Collection[str]) -> str:
    text = fields.text("text")
    fields.known_words("evidence", rows, "evidence row", least=1)
    fields.done()
    return text


def _part(fields: Fields) -> dict[str, str]:
    part = {name: fields.text(name) for name in ("label", "statement", "note")}
    fields.done()
    return part
