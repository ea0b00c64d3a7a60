"""What a scanner reads off a pack: trade number, lot, expiry, serial number and day of manufacture of a GS1 code.

A code reaches us as a camera or a scanner gives it, or as somebody types what is printed under it. Scanners put a
symbology identifier before it (`]d2`), and say the separator between two fields in different ways, because the
character itself cannot be typed. Whatever does not read as what it claims to be is refused with the reason: a lot
number that is nearly right would be worse than none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from biip import ParseError
from biip.gs1_digital_link_uris import GS1DigitalLinkURI
from biip.gs1_messages import GS1Message
from biip.gtin import Gtin

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from biip.gs1_element_strings import GS1ElementString

SEPARATOR: Final = "\x1d"
# How scanners say the separator where the character itself cannot pass; none of these may stand inside a GS1 field.
SPOKEN_SEPARATORS: Final = ("<GS>", "{GS}", "[GS]", "<FNC1>", "{FNC1}", "␝", "^]", "|", "~")
WRONG_DIGIT: Final = (
    "The check digit of the trade number is wrong. Scan it again, or compare what was typed with the pack."
)
LONGEST_CODE: Final = 300
LOT_NUMBER: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z ./_-]{0,59}")
_GS1_MARKS: Final = ("]d2", "]C1", "]Q3", "]e0", "]J1")
_GTIN_MARKS: Final = ("]E0", "]E4", "]I1")
_MARK: Final = re.compile(r"\][A-Za-z][0-9a-zA-Z]")
_PRINTED: Final = re.compile(r"\((\d{2,4})\)")
_LOOKS_SWALLOWED: Final = re.compile(r".+17\d{2}(0[1-9]|1[0-2])([0-2]\d|3[01])")
_NAMES: Final = {
    "01": ", the trade number",
    "10": ", the lot number",
    "11": ", the day of manufacture",
    "17": ", the expiry",
    "21": ", the serial number",
}
_OTHER_ISSUERS: Final = (
    (re.compile(r"\*?\+[A-Z$]"), "HIBC"),
    (re.compile(r"[=&][A-Za-z0-9]"), "ICCBBA (ISBT 128)"),
    (re.compile(r"\[\)>"), "ISO 15434 (such as PPN)"),
)


class NotReadable(Exception):
    """A code cannot be read; the words say why and what to do."""


class CodeKind(StrEnum):
    """What sort of code something is."""

    GS1 = "gs1"
    GTIN = "gtin"
    LOT = "lot"


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """What a code says; None where it does not. `gtin` has fourteen digits."""

    kind: CodeKind = CodeKind.LOT
    gtin: str | None = None
    lot: str | None = None
    expires_on: date | None = None
    serial: str | None = None
    made_on: date | None = None

    @property
    def printed(self) -> str:
        """Give the code as it is printed under a pack, its identifiers in brackets; for a lot number alone, that."""
        if self.kind is CodeKind.LOT:
            return self.lot or ""
        parts = (
            ("01", self.gtin),
            ("11", self.made_on and f"{self.made_on:%y%m%d}"),
            ("17", self.expires_on and f"{self.expires_on:%y%m%d}"),
            ("10", self.lot),
            ("21", self.serial),
        )
        return "".join(f"({id_}){value}" for id_, value in parts if value)


def read_code(text: str) -> Code:
    """Give what a scanned or typed text says of a pack; a text that is no code is taken as the lot number.

    Raises
    ------
    NotReadable
        The text is a code with an error in it, or one of a kind that is not read here.

    """
    text = text.strip(" \t\r\n")
    if len(text) > LONGEST_CODE:
        raise NotReadable(f"This is longer than a code can be ({LONGEST_CODE} characters).")
    mark = _MARK.match(text)
    plain = text[3:] if mark else text
    for issuer, name in _OTHER_ISSUERS:
        if issuer.match(plain):
            raise NotReadable(
                f"This is a code of {name}, which is not read here. Scan the GS1 code of the pack, if it has one;"
                " otherwise type the lot number and the expiry as they are printed."
            )
    if mark and mark[0] in _GTIN_MARKS:
        return Code(kind=CodeKind.GTIN, gtin=_gtin(plain))
    if re.match(r"https?://", plain, re.I):
        return _from_address(plain)
    if plain.startswith("("):
        return _from_elements(_printed(plain))
    spoken = _with_separators(plain)
    if (mark and mark[0] in _GS1_MARKS) or SEPARATOR in spoken or re.match(r"0[12]\d{14}", spoken):
        return _from_elements(_run_together(spoken))
    return _number_alone(plain)


def merged(codes: Iterable[Code]) -> Code:
    """Give what several codes on one pack say together, since some carry trade number and lot in two.

    Raises
    ------
    NotReadable
        Two of them contradict each other, or there is none.

    """
    together: dict[str, object] = {}
    for code in codes:
        for name in (field.name for field in fields(Code)):
            value = getattr(code, name)
            if value is None:
                continue
            if name == "kind":
                together[name] = CodeKind.GS1 if CodeKind.GS1 in (value, together.get(name)) else value
            elif together.setdefault(name, value) != value:
                raise NotReadable("There are codes of several packs in the picture. Show one pack alone.")
    if not together:
        raise NotReadable("There is no code.")
    return Code(**together)  # type: ignore[arg-type]  # read from other codes, field by field


def _with_separators(text: str) -> str:
    for spoken in SPOKEN_SEPARATORS:
        text = text.replace(spoken, SEPARATOR)
    return text.lstrip(SEPARATOR)


def _printed(text: str) -> list[GS1ElementString]:
    """Read what is printed under a code, its identifiers in brackets; each must fill its brackets exactly."""
    parts = _PRINTED.split("".join(text.split()))
    if parts[0]:
        raise NotReadable("Type the whole line, beginning with the first bracket.")
    elements: list[GS1ElementString] = []
    for id_, value in zip(parts[1::2], parts[2::2], strict=True):
        try:
            read = GS1Message.parse(f"{id_}{value}").element_strings
        except (ParseError, ValueError):
            read = None
        if read is None or len(read) != 1 or read[0].ai.ai != id_:
            raise NotReadable(_wrong_in(id_))
        elements += read
    return elements


def _run_together(text: str) -> list[GS1ElementString]:
    try:
        return list(GS1Message.parse(text.strip(SEPARATOR)).element_strings)
    except (ParseError, ValueError) as error:
        named = re.search(r"AI \((\d+)\)", str(error))
        raise NotReadable(_wrong_in(named[1] if named else None)) from None


def _wrong_in(id_: str | None) -> str:
    place = f" at ({id_}){_NAMES.get(id_, '')}" if id_ else ""
    return f"This GS1 code has an error{place}. Scan it again, or compare what was typed with the pack."


def _from_address(text: str) -> Code:
    try:
        return _from_elements(GS1DigitalLinkURI.parse(text).element_strings)
    except (ParseError, ValueError):
        raise NotReadable("This address is not a GS1 Digital Link of a pack.") from None


def _from_elements(elements: Iterable[GS1ElementString]) -> Code:
    found: dict[str, GS1ElementString] = {}
    for element in elements:
        before = found.setdefault(element.ai.ai, element)
        if before.value != element.value:
            raise NotReadable(f"The code says ({element.ai.ai}) twice, differently. Scan one pack alone.")
        if element.gtin_error:
            raise NotReadable(WRONG_DIGIT)
    if not found:
        raise NotReadable("The code is empty. Scan it again.")
    lot = _text(found, "10")
    if lot and "17" not in found and _LOOKS_SWALLOWED.fullmatch(lot):
        raise NotReadable(
            "Lot and expiry have run into each other: the scanner leaves out the separator between them."
            " Set it to send the group separator (GS), or type lot and expiry."
        )
    gtin = found.get("01") or found.get("02")
    return Code(
        kind=CodeKind.GS1,
        gtin=gtin.gtin.as_gtin_14() if gtin and gtin.gtin else None,
        lot=lot,
        expires_on=_day(found, "17", "7003"),
        serial=_text(found, "21"),
        made_on=_day(found, "11"),
    )


def _text(found: dict[str, GS1ElementString], id_: str) -> str | None:
    element = found.get(id_)
    return element.value if element else None


def _day(found: dict[str, GS1ElementString], *ids: str) -> date | None:
    for id_ in ids:
        element = found.get(id_)
        if element is not None:
            return element.date or (element.datetime.date() if element.datetime else None)
    return None


def _gtin(digits: str) -> str:
    try:
        return Gtin.parse(digits).as_gtin_14()
    except ParseError:
        raise NotReadable(WRONG_DIGIT) from None


def _number_alone(text: str) -> Code:
    if re.fullmatch(r"\d{12,14}", text, re.ASCII):
        return Code(kind=CodeKind.GTIN, gtin=_gtin(text))
    if not text:
        return Code()
    if not LOT_NUMBER.fullmatch(text):
        raise NotReadable("This is neither a code nor a lot number. A lot number has letters and digits.")
    return Code(lot=text)
