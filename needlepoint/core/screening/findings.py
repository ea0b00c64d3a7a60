"""What a screening gives: its findings and what follows from them together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from needlepoint.core.terms import Source, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Overruled:
    """A milder finding that a graver one on the same matter has taken in."""

    card: str
    verdict: Verdict
    evidence: tuple[str, ...]
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that speaks against the treatment, or is worth knowing about it.

    areas: planned areas it concerns, empty = the whole case. not_before: first day on which it would no longer
    stand, None = cannot be dated. facts: the answers and fields that set it off.
    """

    card: str
    title: str
    verdict: Verdict
    evidence: tuple[str, ...]
    areas: tuple[str, ...]
    not_before: date | None
    because: str
    tell: str
    sources: tuple[Source, ...]
    confidence: str
    proposal: bool
    facts: tuple[str, ...] = ()
    overruled: tuple[Overruled, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Screening:
    """Whether this patient may be needled here, on that day, with this device, in these areas."""

    id: str | None
    on: date
    verdict: Verdict
    not_before: date | None
    excluded_areas: tuple[str, ...]
    findings: tuple[Finding, ...]
    missing: tuple[str, ...]
    knowledge_digest: str
