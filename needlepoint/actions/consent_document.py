"""The signed consent as a PDF that carries exactly what was signed, as pages and, attached, as data."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import typst

if TYPE_CHECKING:
    from datetime import datetime

TEMPLATE: Final = Path(__file__).with_name("consent.typ")


def canonical(content: object) -> str:
    """Give the one way in which this content is written down, so that equal content has equal hashes."""
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def sha256_of(content: object) -> str:
    """Give the SHA-256 of the content as it is canonically written."""
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def render(content: dict[str, Any], *, at: datetime) -> bytes:
    """Give the PDF of what was signed; its fonts are inside it."""
    pdf = typst.compile(
        _template(),
        format="pdf",
        ignore_system_fonts=True,
        sys_inputs={"signed": canonical(content)},
        timestamp=at.replace(microsecond=0),
        pdf_standards=["a-3a"],
    )
    if not isinstance(pdf, bytes):
        raise TypeError("a document of one file was expected")
    return pdf


@cache
def _template() -> bytes:
    return TEMPLATE.read_bytes()
