"""What every resource made from a card says alike: who, since when, how well known, and what it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from needlepoint.interop.fhir.naming import JSON, Names, computable, fhir_id

if TYPE_CHECKING:
    from collections.abc import Iterator

    from needlepoint.knowledge import Card, Knowledge

NO_BEGINNING: Final = 1  # the year of a card that always held
PUBLISHER: Final = "Needlepoint"
PERMISSION: Final = "Apache-2.0. Not authoritative for a clinic before its physician has adopted it."


def envelope(kind: str, card: Card, known: Knowledge, names: Names) -> JSON:
    """Give what stands at the head of a resource that carries a card."""
    return {
        "resourceType": kind,
        "id": fhir_id(card.id),
        "url": names.url(kind, card.id),
        "identifier": [{"system": f"{names.base}/card", "value": card.id}],
        "version": card.fingerprint[:12],
        "name": computable(card.id),
        "title": card.title,
        "status": "active",
        "experimental": card.standing.proposal,
        "publisher": PUBLISHER,
        "description": card.because,
        "purpose": card.tell,
        "copyright": PERMISSION,
        **_period(card),
        "topic": [names.concept("card-kind", card.kind, card.kind)],
        "relatedArtifact": list(related(card, known)),
    }


def _period(card: Card) -> JSON:
    period: dict[str, Any] = {}
    if card.valid_from.year > NO_BEGINNING:
        period["start"] = card.valid_from.isoformat()
    if card.valid_to is not None:
        period["end"] = card.valid_to.isoformat()
    return {"effectivePeriod": period} if period else {}


def related(card: Card, known: Knowledge) -> Iterator[JSON]:
    """Give the evidence rows of a card, and its sources with where in them it was read."""
    for id_ in card.evidence:
        row = known.rows[id_]
        keys = ", ".join(source.key for source in row.sources)
        yield {
            "type": "justification",
            "label": row.id,
            "display": f"Evidence row {row.id}: calls for {row.action}; {row.grade}; confidence {row.confidence}",
            "citation": f"Read in {keys}",
        }
    for cited in card.citations:
        where = f", {cited.at}" if cited.at else ""
        address = cited.source.address or ""
        yield {
            "type": "citation",
            "label": cited.source.key,
            "display": f"{cited.source.key}{where}; {cited.grade}",
            "citation": cited.source.citation,
            **({"url": address} if address.startswith(("http://", "https://")) and " " not in address else {}),
        }
