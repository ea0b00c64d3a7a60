"""Says the facts that set a finding off in words: the question as it was asked, the answer as it was offered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from needlepoint import knowledge

if TYPE_CHECKING:
    from collections.abc import Mapping

FIELDS: Final = {
    "patient.sex": "Sex",
    "patient.age": "Age in years",
    "patient.fitzpatrick": "Skin type (Fitzpatrick)",
    "patient.weight_kg": "Weight in kg",
    "device": "Device",
    "device.kind": "Kind of device",
    "device.overlay": "Device label",
    "device.depth_fit": "Depth planned and what the device can be set to",
    "indication": "Indication",
    "indication_group": "Group of the indication",
    "anaesthetic": "Numbing product",
    "anaesthetic.route": "Route of numbing",
    "anaesthetic.form": "Form of the numbing product",
    "anaesthetic.classes": "Class of the numbing product",
    "operator": "Who needles",
    "depth_mm": "Depth in mm",
    "areas": "Planned areas",
    "premises": "Place",
}


def in_words(fact: str) -> dict[str, str]:
    """Give `what` was asked or looked at and its `value`, out of a fact such as `smoking = daily`."""
    name, _, value = fact.partition(" = ")
    known = knowledge.load()
    question = known.question.get(name)
    what = question.ask if question else FIELDS.get(name, name)
    names = _names(name, known)
    return {"what": what, "value": ", ".join(names.get(part, part) for part in value.split(", "))}


def _names(name: str, known: knowledge.Knowledge) -> Mapping[str, str]:
    vocabulary, question = known.vocabulary, known.question.get(name)
    if question is not None and question.choices:
        return {choice.id: choice.label for choice in question.choices}
    match name:
        case "device":
            return {id_: device.label for id_, device in vocabulary.devices.items()}
        case "operator":
            return vocabulary.operators
        case "indication":
            return {id_: indication.label for id_, indication in vocabulary.indications.items()}
        case "indication_group":
            return vocabulary.indication_groups
        case "anaesthetic":
            return {id_: product.label for id_, product in vocabulary.anaesthetics.items()}
        case _:
            return {id_: area.label for id_, area in vocabulary.areas.items()}
