"""The condition of a card as an expression: in FHIRPath where that says the same, else as the card writes it.

FHIRPath is asked of the QuestionnaireResponse to the exported Questionnaire. A FHIRPath expression is true where the
condition is met for certain; silence and "unknown" never make it true. A condition that needs more than that (windows
of days, planned areas, exemptions, soft limits) stays in the language of the cards, as JSON.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from needlepoint.interop.fhir.naming import JSON, Names

if TYPE_CHECKING:
    from collections.abc import Mapping

    from needlepoint.knowledge import Card, Knowledge

CARDS: Final = "text/x-needlepoint"
FHIRPATH: Final = "text/fhirpath"
_NUMBERS: Final = {"at_least": ">=", "at_most": "<=", "above": ">", "below": "<"}
# Fields of the case that the Questionnaire asks for, by the linkId under which it does.
_CASE: Final = {
    "device": "case.device",
    "indication": "case.indication",
    "indication_group": "case.indication_group",
    "patient.sex": "case.sex",
    "operator": "case.operator",
    "anaesthetic": "case.anaesthetic",
}


class NotInFhirPath(Exception):
    """The condition says something that this expression language cannot say alike."""


def conditions(card: Card, known: Knowledge, names: Names) -> list[JSON]:
    """Give the applicability of a card; none for the two cards about answers as such."""
    if card.when_as_written is None:
        return []
    written = json.dumps(card.when_as_written, ensure_ascii=False, sort_keys=True, default=str)
    as_written = {"language": CARDS, "expression": written, "description": "The condition as the card writes it"}
    try:
        path = fhirpath(card.when_as_written, known)
    except NotInFhirPath:
        return [{"kind": "applicability", "expression": as_written}]
    extension = {"url": names.extension("condition-as-written"), "valueExpression": as_written}
    return [
        {
            "extension": [extension],
            "kind": "applicability",
            "expression": {"language": FHIRPATH, "expression": path, "description": "Asked of a QuestionnaireResponse"},
        }
    ]


def fhirpath(when: Mapping[str, Any], known: Knowledge) -> str:
    """Give a condition in FHIRPath.

    Raises
    ------
    NotInFhirPath
        It cannot be said alike.

    """
    for word, operator in (("all", " and "), ("any", " or ")):
        if word in when:
            return "(" + operator.join(fhirpath(part, known) for part in when[word]) + ")"
    if "field" in when:
        return _of_case(when)
    if "ask" in when:
        return _of_answer(when, known)
    raise NotInFhirPath


def _of_case(when: Mapping[str, Any]) -> str:
    rest = when.keys() - {"field"}
    if when["field"] == "areas" and rest == {"overlaps"} and isinstance(when["overlaps"], list):
        raise NotInFhirPath  # groups stand for their members there
    if when["field"] not in _CASE or rest not in ({"is"}, {"is_not"}):
        raise NotInFhirPath
    codes = f"{_answers(_CASE[when['field']])}.value.code"
    if "is" in when:
        return f"{codes}.where({_one_of(when['is'])}).exists()"
    return f"({codes}.exists() and {codes}.where({_one_of(when['is_not'])}).empty())"


def _of_answer(when: Mapping[str, Any], known: Knowledge) -> str:
    question = known.question[when["ask"]]
    codes = f"{_answers(question.id)}.value.code"
    match sorted(when.keys() - {"ask"}):
        case ["is"]:
            return f"{codes}.where({_one_of(when['is'])}).exists()"
        case ["includes"]:
            return f"{codes}.where({_one_of(when['includes'])}).exists()"
        case ["is_not"]:
            others = _one_of([*_listed(when["is_not"]), "unknown"])
            return f"({codes}.exists() and {codes}.where({others}).empty())"
        case ["present"] if when["present"] and question.kind != "number":
            return f"{codes}.where({_nothing()}).exists()"
        case ["never"] if when["never"]:
            return f"{codes}.where({_one_of('never')}).exists()"
        case keys if question.kind == "number" and keys and set(keys) <= _NUMBERS.keys():
            value = f"{_answers(question.id)}.value"
            return (
                "(" + " and ".join(f"{value}.where($this {_NUMBERS[key]} {when[key]:g}).exists()" for key in keys) + ")"
            )
        case _:
            raise NotInFhirPath


def _answers(link: str) -> str:
    return f"QuestionnaireResponse.repeat(item).where(linkId = '{link}').answer"


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _one_of(value: Any) -> str:
    return " or ".join(f"$this = '{code_of(item)}'" for item in _listed(value))


def _nothing() -> str:
    return " and ".join(f"$this != '{code}'" for code in ("no", "never", "none", "unknown"))


def code_of(value: Any) -> str:
    """Give the code of an answer in the Questionnaire."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
