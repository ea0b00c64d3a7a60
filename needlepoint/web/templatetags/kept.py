"""Filters for values as they are kept in JSON: a day as text, a name by its id."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

from django import template

from needlepoint.actions.screening import spoken

if TYPE_CHECKING:
    from collections.abc import Mapping

register = template.Library()


@register.filter
def at(names: Mapping[str, Any], id_: str) -> Any:
    """Give what stands under an id; the id itself where nothing does."""
    return names.get(id_, id_)


@register.filter
def spoken_day(day: str) -> str:
    """Give an ISO day as it is said: 3 December 2026."""
    return spoken(date.fromisoformat(day))


@register.filter
def words(id_: str) -> str:
    """Give an id as words: read_chart becomes read chart."""
    return id_.replace("_", " ")


@register.filter
def without_case(because: str) -> str:
    """Give a reason without the facts of the case behind it, which are written in ids."""
    return because.partition(" In this case: ")[0]


_IN_PMC = re.compile(r"(PMC\d+)\b")
_IN_PUBMED = re.compile(r"pubmed (?:mirror )?(\d+)\b", re.IGNORECASE)
_WEB_ADDRESS = re.compile(r"(?:https?://)?([\w-]+(?:\.[\w-]+)+(?:/[^\s;\"]*)?)(?=$|[\s;])")


@register.filter
def web_address(written: str) -> str:
    """Give the first web address out of a source's, fit for a link; nothing where it was cut short in writing."""
    if library := _IN_PMC.match(written):
        return f"https://pmc.ncbi.nlm.nih.gov/articles/{library[1]}/"
    if library := _IN_PUBMED.match(written):
        return f"https://pubmed.ncbi.nlm.nih.gov/{library[1]}/"
    found = _WEB_ADDRESS.match(written)
    return f"https://{found[1]}" if found and "..." not in found[1] else ""


_KNOWN = {
    "seen": "read in the source",
    "seen-2nd": "read second-hand",
    "mixed": "partly read, partly from memory",
    "memory": "from memory, no source seen",
    "derived": "concluded from other rows",
}


@register.filter
def how_known(confidence: str) -> str:
    """Give in words how well a fact is known."""
    return _KNOWN.get(confidence, confidence)


@register.filter
def given(value: object) -> str:
    """Give a value of a worked case as it is answered: yes and no, lists with commas."""
    match value:
        case bool():
            return "yes" if value else "no"
        case list():
            return ", ".join(str(item) for item in value) or "none"
        case _:
            return str(value)


@register.filter
def signed(number: float) -> str:
    """Give a difference in whole numbers with its sign: +3, −12, ±0."""
    rounded = round(number)
    return f"{'±' if rounded == 0 else '+' if rounded > 0 else '−'}{abs(rounded)}"
