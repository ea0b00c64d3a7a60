"""The cards that rule on a case as FHIR PlanDefinitions, and what each verdict calls for as ActivityDefinitions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from needlepoint.core.terms import Verdict
from needlepoint.interop.fhir.artifact import PERMISSION, PUBLISHER, envelope
from needlepoint.interop.fhir.expression import conditions
from needlepoint.interop.fhir.naming import JSON, Names, computable, fhir_id, place
from needlepoint.interop.fhir.questionnaire import ID as QUESTIONNAIRE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from needlepoint.knowledge import Card, Knowledge

RULING: Final = frozenset({"contraindication", "jurisdiction"})
_TYPES: Final = "http://terminology.hl7.org/CodeSystem/plan-definition-type"


def plan_definition(card: Card, known: Knowledge, names: Names) -> JSON:
    """Give a ruling card: its condition, its verdict, what to tell the patient, what it rests on."""
    return {
        **envelope("PlanDefinition", card, known, names),
        "type": {"coding": [{"system": _TYPES, "code": "eca-rule", "display": "ECA Rule"}]},
        **_jurisdiction(card),
        "action": [_action(card, known, names)],
    }


def _action(card: Card, known: Knowledge, names: Names) -> JSON:
    action = {
        "id": "finding",
        "title": card.title,
        "description": card.because,
        "textEquivalent": card.tell,
        "condition": conditions(card, known, names),
        "input": [{"type": "QuestionnaireResponse", "profile": [names.url("Questionnaire", QUESTIONNAIRE)]}],
    }
    if card.verdict is not None:
        label = known.vocabulary.verdicts[card.verdict.value]
        action["code"] = [names.concept("verdict", card.verdict.value, label)]
        action["definitionCanonical"] = names.url("ActivityDefinition", f"verdict_{card.verdict.value}")
    return {key: value for key, value in action.items() if value}


def _jurisdiction(card: Card) -> JSON:
    places = sorted(set(_places(card.when_as_written)))
    return {"jurisdiction": [place(code) for code in places]} if places else {}


def _places(when: Any) -> Iterator[str]:
    """Give the places that a condition names for the premises."""
    if isinstance(when, list):
        for part in when:
            yield from _places(part)
    elif isinstance(when, dict):
        if when.get("field") == "premises":
            yield from when.get("is", ())
        for key in ("all", "any"):
            yield from _places(when.get(key, []))


def verdict_activity(verdict: Verdict, known: Knowledge, names: Names) -> JSON:
    """Give what a verdict calls for."""
    id_ = f"verdict_{verdict.value}"
    label = known.vocabulary.verdicts[verdict.value]
    return {
        "resourceType": "ActivityDefinition",
        "id": fhir_id(id_),
        "url": names.url("ActivityDefinition", id_),
        "version": known.digest[:12],
        "name": computable(id_),
        "title": label,
        "status": "active",
        "experimental": False,
        "publisher": PUBLISHER,
        "copyright": PERMISSION,
        "description": label,
        "kind": "Task",
        "code": names.concept("verdict", verdict.value, label),
    }
