"""A screening as plain values, named as the contract names them."""

from __future__ import annotations

from datetime import date
from typing import Any

from needlepoint.core.screening.findings import Finding, Overruled, Screening
from needlepoint.core.terms import Source


def plain(screening: Screening) -> dict[str, Any]:
    """Give a screening as values that JSON can hold; `id` only if the case had one."""
    return {
        **({} if screening.id is None else {"id": screening.id}),
        "verdict": screening.verdict.value,
        "not_before": _day(screening.not_before),
        "excluded_areas": list(screening.excluded_areas),
        "findings": [_finding(finding) for finding in screening.findings],
        "missing": list(screening.missing),
        "knowledge_digest": screening.knowledge_digest,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "card": finding.card,
        "title": finding.title,
        "evidence": list(finding.evidence),
        "verdict": finding.verdict.value,
        "areas": list(finding.areas),
        "not_before": _day(finding.not_before),
        "because": finding.because,
        "tell": finding.tell,
        "sources": [_source(source) for source in finding.sources],
        "confidence": finding.confidence,
        "proposal": finding.proposal,
        "facts": list(finding.facts),
        "overruled": [_overruled(milder) for milder in finding.overruled],
    }


def _source(source: Source) -> dict[str, str | None]:
    return {"key": source.key, "citation": source.citation, "address": source.address}


def _overruled(milder: Overruled) -> dict[str, Any]:
    return {
        "card": milder.card,
        "verdict": milder.verdict.value,
        "evidence": list(milder.evidence),
        "because": milder.because,
    }


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
