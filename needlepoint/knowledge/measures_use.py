"""The intended-use text under which photographs are measured."""

from __future__ import annotations

import hashlib
import json
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from needlepoint.knowledge.fields import Fields

FILE: Final = Path(__file__).with_name("measures_use.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class UseText:
    """One version of the text."""

    version: int
    title: str
    paragraphs: tuple[str, ...]
    points: tuple[str, ...]

    def body(self) -> dict[str, Any]:
        """Give the text as plain values."""
        return {"title": self.title, "paragraphs": list(self.paragraphs), "points": list(self.points)}

    @property
    def sha256(self) -> str:
        """Give the SHA-256 of version and text."""
        return hashlib.sha256(json.dumps([self.version, self.body()], sort_keys=True).encode()).hexdigest()


@cache
def read_use_text(file: Path = FILE) -> UseText:
    """Give the text that this version of the program carries.

    Raises
    ------
    Unfit
        When the file says something it may not say; the message names the field.

    """
    fields = Fields(file.name, tomllib.loads(file.read_text("utf-8")))
    text = UseText(
        version=fields.whole("version"),
        title=fields.text("title"),
        paragraphs=tuple(fields.words("paragraphs")),
        points=tuple(fields.words("points")),
    )
    fields.done()
    return text
