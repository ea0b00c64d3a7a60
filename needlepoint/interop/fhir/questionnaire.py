"""The screening questions as a FHIR Questionnaire, each with when it is needed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

from needlepoint.core.terms import NEVER, UNKNOWN
from needlepoint.interop.fhir.artifact import PERMISSION, PUBLISHER
from needlepoint.interop.fhir.expression import code_of
from needlepoint.interop.fhir.naming import JSON, Names

if TYPE_CHECKING:
    from needlepoint.core.questions import NeededWhen, OnlyIf, Question
    from needlepoint.knowledge import Knowledge

ID: Final = "screening-questions"
YES_NO: Final = (("yes", "Yes"), ("no", "No"))
DONT_KNOW: Final = ("unknown", "I don't know")
NONE: Final = ("none", "None of these")
_EXTENSIONS: Final = "http://hl7.org/fhir/StructureDefinition/"


def questionnaire(known: Knowledge, names: Names) -> JSON:
    """Give all questions in their order, after the fields of the case that decide which are needed."""
    areas = [(area.id, area.label) for area in known.vocabulary.areas.values()]
    places = [*areas, ("elsewhere", "Somewhere else on the body"), ("none", "Nowhere"), DONT_KNOW]
    return {
        "resourceType": "Questionnaire",
        "id": ID,
        "contained": [_value_set(names, "areas", places), _value_set(names, "planned-areas", areas)],
        "url": names.url("Questionnaire", ID),
        "version": known.digest[:12],
        "name": "NeedlepointScreeningQuestions",
        "title": "What has to be known before micro-needling",
        "status": "active",
        "experimental": False,
        "subjectType": ["Patient"],
        "publisher": PUBLISHER,
        "copyright": PERMISSION,
        "description": "An unanswered question is never a no, and neither is the answer that it is not known.",
        "item": [_case(known, names), *(_item(question, known, names) for question in known.questions)],
    }


def _value_set(names: Names, id_: str, codes: Iterable[tuple[str, str]]) -> JSON:
    concepts = [{"code": code, "display": display} for code, display in codes]
    return {
        "resourceType": "ValueSet",
        "id": id_,
        "status": "active",
        "compose": {"include": [{"system": f"{names.base}/CodeSystem/answer", "concept": concepts}]},
    }


def _case(known: Knowledge, names: Names) -> JSON:
    """Give the group of what is planned: by it the questions say when they are needed."""
    words = known.vocabulary
    fields: tuple[tuple[str, str, list[tuple[str, str]]], ...] = (
        ("premises", "Country or part of a country of the premises", [(id_, id_) for id_ in sorted(_premises(known))]),
        ("operator", "Who needles", list(words.operators.items())),
        ("device", "Device", [(one.id, one.label) for one in words.devices.values()]),
        ("indication", "What is to be treated", [(one.id, one.label) for one in words.indications.values()]),
        ("indication_group", "Group of what is to be treated", list(words.indication_groups.items())),
        ("anaesthetic", "Numbing planned", [(one.id, one.label) for one in words.anaesthetics.values()]),
        ("sex", "Sex at birth", list(words.sexes.items())),
    )
    items = [_choice(f"case.{id_}", text, options, names) for id_, text, options in fields]
    planned = {
        "linkId": "case.areas",
        "text": "Areas to be treated",
        "type": "choice",
        "required": True,
        "repeats": True,
        "answerValueSet": "#planned-areas",
    }
    return {"linkId": "case", "text": "What is planned", "type": "group", "item": [*items, planned]}


def _premises(known: Knowledge) -> frozenset[str]:
    return frozenset(place for question in known.questions for place in question.when.premises or ())


def _choice(link: str, text: str, options: Iterable[tuple[str, str]], names: Names) -> JSON:
    return {
        "linkId": link,
        "text": text,
        "type": "choice",
        "answerOption": [{"valueCoding": names.coding("answer", code, display)} for code, display in options],
    }


def _item(question: Question, known: Knowledge, names: Names) -> JSON:
    """Give a question inside one group for each condition on the case, so that every one of them has to hold."""
    item = _asked(question, names)
    if question.only_if is not None:
        item |= _enabled(_follows(question.only_if, known, names))
    for place, alternatives in enumerate(_needed(question.when, known, names)):
        item = {
            "linkId": f"{question.id}.when{place + 1}",
            "type": "group",
            **_enabled(alternatives),
            "item": [item],
        }
    return item


def _asked(question: Question, names: Names) -> JSON:
    shared = {"definition": names.url("questions", question.id), "text": question.ask}
    match question.kind:
        case "boolean":
            item = _choice(question.id, question.ask, [*YES_NO, DONT_KNOW], names)
        case "date_or_never":
            item = _choice(question.id, question.ask, [("day", "On this day"), ("never", "Never"), DONT_KNOW], names)
            day = {
                "linkId": f"{question.id}.day",
                "text": "Day",
                "type": "date",
                **_enabled([_is(question.id, "day", names)]),
            }
            item |= {"item": [day]}
        case "number":
            item = {"linkId": question.id, "type": "decimal", "extension": list(_bounds(question))}
            item |= {"item": [{"linkId": f"{question.id}.unknown", "text": DONT_KNOW[1], "type": "boolean"}]}
        case "areas":
            item = {"linkId": question.id, "type": "choice", "repeats": True, "answerValueSet": "#areas"}
        case "text":
            item = {"linkId": question.id, "type": "text"}
        case _:
            several = question.kind == "multichoice"
            options = [(choice.id, choice.label) for choice in question.choices]
            item = _choice(question.id, question.ask, [*options, *([NONE] if several else []), DONT_KNOW], names)
            item |= {"repeats": True} if several else {}
    return {
        **item,
        **shared,
        "code": [names.coding("asked-of", question.asked_of, f"Asked of the {question.asked_of}")],
    }


def _bounds(question: Question) -> Iterator[JSON]:
    if question.least is not None:
        yield {"url": f"{_EXTENSIONS}minValue", "valueDecimal": question.least}
    if question.greatest is not None:
        yield {"url": f"{_EXTENSIONS}maxValue", "valueDecimal": question.greatest}
    if question.unit is not None:
        yield {"url": f"{_EXTENSIONS}questionnaire-unit", "valueCoding": {"display": question.unit}}


def _enabled(alternatives: list[JSON], behaviour: str = "any") -> JSON:
    return {"enableWhen": alternatives, **({"enableBehavior": behaviour} if len(alternatives) > 1 else {})}


def _is(link: str, code: str, names: Names, operator: str = "=") -> JSON:
    return {
        "question": link,
        "operator": operator,
        "answerCoding": {"system": f"{names.base}/CodeSystem/answer", "code": code},
    }


def _follows(only_if: OnlyIf, known: Knowledge, names: Names) -> list[JSON]:
    """Give the answers to the other question, any of which calls for this one."""
    other = known.question[only_if.question]
    if only_if.among is not None:
        return [_is(other.id, _code(value), names) for value in sorted(only_if.among, key=_code)]
    possible = _codes(other, known)
    excluded = {_code(value) for value in only_if.not_among or ()} or {"no", "never", "none", "unknown"}
    return [_is(other.id, code, names) for code in possible if code not in excluded]


def _codes(question: Question, known: Knowledge) -> list[str]:
    match question.kind:
        case "boolean":
            return ["yes", "no", "unknown"]
        case "date_or_never":
            return ["day", "never", "unknown"]
        case "areas":
            return [*known.vocabulary.areas, "elsewhere", "none", "unknown"]
        case _:
            return [*(choice.id for choice in question.choices), "none", "unknown"]


def _code(value: Any) -> str:
    return {NEVER: "never", UNKNOWN: "unknown"}.get(value) or code_of(value)


def _needed(when: NeededWhen, known: Knowledge, names: Names) -> Iterator[list[JSON]]:
    """Give for each condition on the case the alternatives, one of which has to hold."""
    order = list(known.vocabulary.areas)
    if when.areas is not None:
        yield [_is("case.areas", area, names) for area in sorted(when.areas, key=order.index)]
    if when.indication_groups is not None:
        yield [_is("case.indication_group", group, names) for group in sorted(when.indication_groups)]
    if when.devices is not None:
        yield [_is("case.device", device, names) for device in sorted(when.devices)]
    if when.sex is not None:
        yield [_is("case.sex", sex, names) for sex in sorted(sex.value for sex in when.sex)]
    if when.anaesthetic is not None:
        yield [{"question": "case.anaesthetic", "operator": "exists", "answerBoolean": when.anaesthetic}]
    if when.premises is not None:
        yield [_is("case.premises", place, names) for place in sorted(when.premises)]
