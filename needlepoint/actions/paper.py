"""Documents as PDF, with their fonts and their data inside."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING

import typst

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path


def canonical(content: object) -> str:
    """Give the one way in which this content is written down, so that equal content has equal hashes."""
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def pdf(template: Path, content: object, *, name: str, at: datetime) -> bytes:
    """Give the PDF a Typst template makes of some content, which reaches it as JSON under a name."""
    made = typst.compile(
        _read(template),
        format="pdf",
        ignore_system_fonts=True,
        sys_inputs={name: canonical(content)},
        timestamp=at.replace(microsecond=0),
        pdf_standards=["a-3a"],
    )
    if not isinstance(made, bytes):
        raise TypeError("a document of one file was expected")
    return made


@cache
def _read(template: Path) -> bytes:
    return template.read_bytes()
