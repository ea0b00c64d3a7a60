"""What a scanner reads off a pack: the lot, the expiry and the serial number inside a GS1 code."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Final

_SEPARATOR: Final = "\x1d"
_FIXED: Final = {"01": 14, "11": 6, "17": 6}
_LONGEST: Final = {"10": 20, "21": 20}
_CENTURY: Final = 2000  # packs that expire were not made before


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """What a code says; None where it does not."""

    lot: str | None = None
    expires_on: date | None = None
    serial: str | None = None


def read_code(text: str) -> Code:
    """Give what a scanned or typed text says of a pack; a text that is no GS1 code is taken as the lot number."""
    text = text.strip()
    fields = _bracketed(text) if text.startswith("(") else _run_together(text.removeprefix("]d2").removeprefix("]C1"))
    if fields is None:
        return Code(lot=text or None)
    return Code(lot=fields.get("10"), expires_on=_day(fields.get("17")), serial=fields.get("21"))


def _bracketed(text: str) -> dict[str, str] | None:
    found = re.findall(r"\((\d{2})\)([^(]+)", text)
    return dict(found) or None


def _run_together(text: str) -> dict[str, str] | None:
    """Read identifiers that follow each other without brackets; None when the text does not begin like one."""
    if not re.match(rf"{_SEPARATOR}?01\d{{14}}", text):
        return None
    fields: dict[str, str] = {}
    while text := text.lstrip(_SEPARATOR):
        id_, rest = text[:2], text[2:]
        if id_ in _FIXED:
            fields[id_], text = rest[: _FIXED[id_]], rest[_FIXED[id_] :]
        elif id_ in _LONGEST:
            value, _, text = rest.partition(_SEPARATOR)
            fields[id_] = value[: _LONGEST[id_]]
        else:
            break
    return fields


def _day(digits: str | None) -> date | None:
    """Give the day of six digits; the day 00 means the last of the month."""
    if digits is None or not re.fullmatch(r"\d{6}", digits, re.ASCII):
        return None
    year, month, day = _CENTURY + int(digits[:2]), int(digits[2:4]), int(digits[4:])
    if not 1 <= month <= 12:
        return None
    last = monthrange(year, month)[1]
    return date(year, month, day or last) if day <= last else None
