"""The whole knowledge set as one FHIR Bundle, or as one resource a line."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Final

from needlepoint.core.terms import Verdict
from needlepoint.interop.fhir.activity_definition import activity_definition
from needlepoint.interop.fhir.artifact import PERMISSION, PUBLISHER
from needlepoint.interop.fhir.naming import EXAMPLE_BASE, JSON, Names
from needlepoint.interop.fhir.plan_definition import RULING, plan_definition, verdict_activity
from needlepoint.interop.fhir.questionnaire import questionnaire

if TYPE_CHECKING:
    from collections.abc import Iterator

    from needlepoint.knowledge import Card, Knowledge

FHIR_VERSION: Final = "4.0.1"
LIBRARY: Final = "needlepoint-knowledge"


def resources(known: Knowledge, *, base: str = EXAMPLE_BASE) -> Iterator[JSON]:
    """Give the library that lists them all, then the questions, the verdicts and every card."""
    names = Names(base.rstrip("/"))
    made = [
        questionnaire(known, names),
        *(verdict_activity(verdict, known, names) for verdict in Verdict),
        *(_of_card(card, known, names) for card in known.cards.values()),
    ]
    yield _library(made, known, names)
    yield from made


def _of_card(card: Card, known: Knowledge, names: Names) -> JSON:
    make = plan_definition if card.kind in RULING else activity_definition
    return make(card, known, names)


def bundle(known: Knowledge, *, base: str = EXAMPLE_BASE) -> JSON:
    """Give all of them in one Bundle, named by the digest of the knowledge."""
    return {
        "resourceType": "Bundle",
        "id": LIBRARY,
        "identifier": {"system": f"{base.rstrip('/')}/digest", "value": known.digest},
        "type": "collection",
        "entry": [{"fullUrl": one["url"], "resource": one} for one in resources(known, base=base)],
    }


def _library(made: list[JSON], known: Knowledge, names: Names) -> JSON:
    types = "http://terminology.hl7.org/CodeSystem/library-type"
    return {
        "resourceType": "Library",
        "id": LIBRARY,
        "url": names.url("Library", LIBRARY),
        "version": known.digest[:12],
        "name": "NeedlepointKnowledge",
        "title": "Needlepoint: the knowledge in use",
        "status": "active",
        "experimental": False,
        "type": {"coding": [{"system": types, "code": "asset-collection", "display": "Asset Collection"}]},
        "publisher": PUBLISHER,
        "copyright": PERMISSION,
        "description": "Every fact card as a resource. The digest names the exact set.",
        "relatedArtifact": [{"type": "composed-of", "resource": one["url"]} for one in made],
        "content": [
            {
                "contentType": "text/plain",
                "title": "SHA-256 digest of the knowledge",
                "data": base64.b64encode(known.digest.encode()).decode(),
            }
        ],
    }
