"""
Gives the rules of a screening as a library of the Clinical Quality Language (CQL 1.5), to be run by other engines.

Every card becomes two definitions: whether it is met, and whether its hard condition is. Silence is null, as CQL has
it. The circumstances and answers come in as parameters, so the library needs no data model and no patient record.
Texts, dates of eligibility, what is missing, and cards that stand only beside another finding are not part of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from needlepoint.core.case import Device
from needlepoint.core.comparisons import (
    AnswerTest,
    IsNoneOf,
    IsOneOf,
    IsPresent,
    OverlapsPlanned,
    Window,
)
from needlepoint.core.conditions import (
    AgeIs,
    AllOf,
    Answered,
    AnyOf,
    Condition,
    FieldIs,
    LiesIn,
    NumberIs,
    PlansAreas,
    SaidUnknown,
    Unless,
)
from needlepoint.core.questions import OnlyIf, Question
from needlepoint.core.screening.rules import Rule, Rulebook
from needlepoint.core.terms import AnswerKind
from needlepoint.interop.cql.answers import NotSaidInCql, answer, compared, id_set, is_unknown, reached, within
from needlepoint.knowledge.vocabulary import Vocabulary

_TYPES: Final[dict[AnswerKind, str]] = {
    "boolean": "Boolean",
    "choice": "String",
    "text": "String",
    "multichoice": "List<String>",
    "areas": "List<String>",
    "date_or_never": "Date",
    "number": "Decimal",
}
_CIRCUMSTANCES: Final = {
    "on": "Date",
    "birth date": "Date",
    "sex": "String",
    "fitzpatrick": "Integer",
    "weight kg": "Decimal",
    "premises": "String",
    "operator": "String",
    "device": "String",
    "indication": "String",
    "areas": "List<String>",
    "depth mm": "Decimal",
    "anaesthetic": "String",
    "said never": "List<String>",
    "said unknown": "List<String>",
}
_NUMBERS: Final = {"patient.fitzpatrick": '"fitzpatrick"', "patient.weight_kg": '"weight kg"', "depth_mm": '"Deepest"'}


LIBRARY: Final = "NeedlepointScreening"


def library(rules: Rulebook, vocabulary: Vocabulary) -> str:
    """
    Give the library.

    Raises
    ------
    NotSaidInCql: a card has a condition of a form that is not known here.
    """
    return "\n".join(_Writer(rules, vocabulary).lines()) + "\n"


class _Writer:
    def __init__(self, rules: Rulebook, vocabulary: Vocabulary) -> None:
        self._rules = rules
        self._names = vocabulary
        self._questions = {question.id: question for question in rules.questions}

    def lines(self) -> Iterator[str]:
        """Give the lines of the library."""
        yield f"library {LIBRARY} version '{self._rules.digest[:12]}'"
        yield ""
        for name, kind in _CIRCUMSTANCES.items():
            yield f'parameter "{name}" {kind}'
        for question in self._rules.questions:
            yield f"parameter {answer(question.id)} {_TYPES[question.kind]}"
        yield ""
        yield 'define "Age": years between "birth date" and "on"'
        yield f'define "Deepest": Max({{"depth mm", {self._by_device(_needles)}}})'
        yield f'define "Depth fit": {self._by_device(_fit)}'
        yield ""
        for question in self._rules.questions:
            yield f'define "needed {question.id}": {self._needed(question)}'
        yield ""
        for rule in self._rules.rules:
            yield from self._rule(rule)
        findings = ",\n  ".join(map(_finding, (rule for rule in self._rules.rules if rule.only_beside is None)))
        yield 'define "Findings": ({\n  ' + findings + "\n}) F where F.met"
        yield 'define "Rank": Coalesce(Max("Findings" F return F.rank), 0)'

    def _rule(self, rule: Rule) -> Iterator[str]:
        if rule.only_beside is not None:
            return
        yield f"// {rule.wording.title}. Rests on {', '.join(rule.wording.evidence)}."
        yield f'define "finding {rule.card}": Coalesce({self.said(rule.when)}, false)'
        if rule.soft_verdict is not rule.verdict and _has_soft(rule.when):
            yield f'define "finding {rule.card} hard": Coalesce({self.said(_hard(rule.when))}, false)'

    def _needed(self, question: Question) -> str:
        """Say whether a case needs an answer to the question."""
        when, parts = question.when, []
        if when.areas is not None:
            parts.append(f'exists ("areas" intersect {id_set(when.areas)})')
        if when.indication_groups is not None:
            parts.append(self._field(FieldIs("indication_group", when.indication_groups)))
        if when.devices is not None:
            parts.append(self._field(FieldIs("device", when.devices)))
        if when.sex is not None:
            parts.append(self._field(FieldIs("patient.sex", frozenset(sex.value for sex in when.sex))))
        if when.anaesthetic is not None:
            parts.append(f'"anaesthetic" is {"not null" if when.anaesthetic else "null"}')
        if when.premises is not None:
            parts.append(_lies_in(when.premises))
        return " and ".join([*parts, *self._called_by(question)]) or "true"

    def _called_by(self, question: Question) -> Iterator[str]:
        """Say whether the question that this one hangs on, if any, calls for it."""
        if (gate := question.only_if) is not None:
            yield f'"needed {gate.question}"'
            yield f"Coalesce({compared(self._questions[gate.question], _test(gate))}, false)"

    def said(self, condition: Condition) -> str:
        """Give a condition as an expression that is true where it is met, and null or false elsewhere."""
        match condition:
            case AllOf(parts=parts):
                about = [part for part in parts if _is_about_areas(part)]
                meet = [f"exists ({' intersect '.join(map(self._areas, about))})"] if len(about) > 1 else []
                return f"({' and '.join([*map(self.said, parts), *meet])})"
            case AnyOf(parts=parts):
                return f"({' or '.join(map(self.said, parts))})"
            case Unless(exemption=exemption):
                return f"not Coalesce({self.said(exemption)}, false)"
            case Answered(question=question, test=test):
                return f'("needed {question}" and {compared(self._questions[question], test)})'
            case SaidUnknown(question=question):
                return f'("needed {question}" and {is_unknown(question)})'
            case FieldIs() | NumberIs() | AgeIs() | PlansAreas() | LiesIn():
                return f"({self._of_case(condition)})"
            case _:
                raise NotSaidInCql(type(condition).__name__)

    def _of_case(self, condition: FieldIs | NumberIs | AgeIs | PlansAreas | LiesIn) -> str:
        match condition:
            case LiesIn(places=places):
                return _lies_in(places)
            case AgeIs(span=span):
                return within('"Age"', span)
            case NumberIs(field=field, span=span):
                return within(_NUMBERS[field], span)
            case PlansAreas(areas=areas, every=every):
                where = id_set(areas)
                return (
                    f'Count("areas" intersect {where}) = {len(areas)}'
                    if every
                    else f'exists ("areas" intersect {where})'
                )
            case FieldIs():
                return self._field(condition)

    def _field(self, condition: FieldIs) -> str:
        column, ids = self._ids(condition)
        held = f"{column} in {id_set(ids)}"
        return f"{column} is not null and not ({held})" if condition.negated else held

    def _ids(self, condition: FieldIs) -> tuple[str, Iterable[str]]:
        """Give the parameter a field hangs on, and with which of its values the field holds one of the condition's."""
        column, _, property_ = condition.field.partition(".")
        if condition.field in ("patient.sex", "device.depth_fit"):
            return ('"sex"' if column == "patient" else '"Depth fit"'), condition.values
        if condition.field in ("operator", "device", "indication", "anaesthetic"):
            return f'"{column}"', condition.values
        tables: Mapping[str, Mapping[str, object]] = {
            "device": self._names.devices,
            "indication_group": self._names.indications,
            "anaesthetic": self._names.anaesthetics,
        }
        if column not in tables:
            raise NotSaidInCql(condition.field)
        rows = tables[column].items()
        ids = [id_ for id_, row in rows if _words(getattr(row, property_ or "group")) & condition.values]
        return f'"{column.removesuffix("_group")}"', ids

    def _areas(self, condition: Condition) -> str:
        """Give the planned areas a condition is about."""
        match condition:
            case PlansAreas(areas=areas):
                return f'("areas" intersect {id_set(areas)})'
            case Answered(question=question, test=OverlapsPlanned() as test):
                return f'("areas" intersect {reached(question, test)})'
            case _:
                raise NotSaidInCql("areas that hang on which part is met")

    def _by_device(self, of: Callable[[Device], str]) -> str:
        cases = [f"when '{device.id}' then {text}" for device in self._names.devices.values() if (text := of(device))]
        return f'case "device" {" ".join(cases)} else null end'


def _needles(device: Device) -> str:
    return "" if device.fixed_depth_mm is None else f"{device.fixed_depth_mm}"


def _fit(device: Device) -> str:
    """Give how a planned depth sits with a device; nothing where the device says nothing about it."""
    depth = '"depth mm"'
    if (fixed := device.fixed_depth_mm) is not None:
        off = f"if {depth} < {fixed} then 'needles_longer' else if {depth} > {fixed} then 'beyond_device' "
        return f"({off}else 'fits')"
    if device.setting_mm is None:
        return ""
    least, most = device.setting_mm
    off = ""
    if (step := device.setting_step_mm) is not None:
        steps = f"(({depth} - {least}) / {step})"
        off = f"else if Abs({steps} - Round({steps})) > 0.000001 then 'between_settings' "
    return f"(if {depth} < {least} or {depth} > {most} then 'beyond_device' {off}else 'fits')"


def _test(gate: OnlyIf) -> AnswerTest:
    if gate.among is not None:
        return IsOneOf(gate.among)
    return IsPresent() if gate.not_among is None else IsNoneOf(gate.not_among)


def _is_about_areas(condition: Condition) -> bool:
    match condition:
        case PlansAreas() | Answered(test=OverlapsPlanned()):
            return True
        case AllOf(parts=parts) | AnyOf(parts=parts):
            return any(map(_is_about_areas, parts))
        case _:
            return False


def _words(held: object) -> frozenset[str]:
    return frozenset(map(str, held)) if isinstance(held, frozenset) else frozenset({str(held)})


def _lies_in(places: Iterable[str]) -> str:
    held = id_set(places)
    return f'("premises" in {held} or Substring("premises", 0, 2) in {held})'


def _has_soft(condition: Condition) -> bool:
    return _hard(condition) != condition


def _hard(condition: Condition) -> Condition:
    """Give the condition with only the hard part of its windows."""
    match condition:
        case AllOf(parts=parts) | AnyOf(parts=parts):
            return replace(condition, parts=tuple(map(_hard, parts)))
        case Answered(test=Window() as test):
            return replace(condition, test=replace(test, soft_days=None))
        case _:
            return condition


def _finding(rule: Rule) -> str:
    rank = f"{rule.verdict.rank}"
    if rule.soft_verdict is not rule.verdict and _has_soft(rule.when):
        rank = f'if "finding {rule.card} hard" then {rule.verdict.rank} else {rule.soft_verdict.rank}'
    return f"Tuple {{ card: '{rule.card}', met: \"finding {rule.card}\", rank: {rank} }}"
