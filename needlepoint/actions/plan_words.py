"""The words that a plan is kept with, so that it reads the same when the knowledge has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from needlepoint import knowledge

if TYPE_CHECKING:
    from collections.abc import Iterator

    from needlepoint.actions.knowledge import AdoptionState
    from needlepoint.core.case import Case


def as_shown(result: dict[str, Any], case: Case, state: AdoptionState) -> dict[str, Any]:
    """Add every word the page and its print need, so that it reads the same when the knowledge has changed."""
    known = knowledge.load()
    names = known.vocabulary
    devices = {area["device"] for area in result["areas"]}
    return {
        **result,
        "questions": [{"id": id_, "ask": known.question[id_].ask} for id_ in result["missing"]],
        "adopted": {"state": state.state, "words": state.words},
        "used": [_card(id_, known, state) for id_ in sorted(set(_cards(result)))],
        "words": {
            "areas": {area: names.areas[area].label for area in case.areas},
            "devices": {device: names.devices[device].label for device in devices},
            "indication": case.indication.label,
            "operator": names.operators[case.operator] if case.operator else None,
            "product": case.anaesthetic.label if case.anaesthetic else None,
            "warnings": {warning["code"]: names.warning_codes[warning["code"]] for warning in result["warnings"]},
        },
    }


def _cards(result: dict[str, Any]) -> Iterator[str]:
    yield from result["cards"].values()
    for area in result["areas"]:
        yield from area["cards"].values()
        yield from (row["card"] for part in ("limits", "reasons") for row in area[part])
    for part in ("warnings", "preparation", "aftercare"):
        yield from (row["card"] for row in result[part])
    yield from result["visit"]["cards"]
    if result["anaesthetic"]:
        yield result["anaesthetic"]["card"]


def _card(id_: str, known: knowledge.Knowledge, state: AdoptionState) -> dict[str, Any]:
    card = known.cards[id_]
    return {
        "card": id_,
        "title": card.title,
        "kind": card.kind,
        "fingerprint": card.fingerprint,
        "proposal": card.standing.proposal,
        "confidence": card.standing.confidence,
        "adopted": state.covers(id_),
    }
