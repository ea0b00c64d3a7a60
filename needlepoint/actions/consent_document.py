"""The signed consent as a PDF that carries exactly what was signed, as pages and, attached, as data."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from needlepoint.actions.paper import canonical, pdf

if TYPE_CHECKING:
    from datetime import datetime

TEMPLATE: Final = Path(__file__).with_name("consent.typ")


def sha256_of(content: object) -> str:
    """Give the SHA-256 of the content as it is canonically written."""
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def render(content: dict[str, Any], *, at: datetime) -> bytes:
    """Give the PDF of what was signed; its fonts are inside it."""
    return pdf(TEMPLATE, content, name="signed", at=at)
