"""Reads the condition language of the cards; docs/reference/cards.md describes it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Final, get_args

from needlepoint.core.case import DepthFit
from needlepoint.core.comparisons import (
    AnswerTest,
    IsNever,
    IsNoneOf,
    IsOlderThan,
    IsOneOf,
    IsPresent,
    Misses,
    OverlapsPlanned,
    Span,
    Window,
)
from needlepoint.core.conditions import (
    FIELDS,
    NUMBERS,
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
from needlepoint.core.questions import Question
from needlepoint.core.terms import Value
from needlepoint.knowledge.fields import Fields
from needlepoint.knowledge.questions import answer_values
from needlepoint.knowledge.shelf import Shelf

_LIMITS: Final = ("at_least", "at_most", "above", "below")
_WINDOW: Final = ("within_days", "soft_days", "from_days")


def read_condition(fields: Fields, shelf: Shelf) -> Condition:
    """Build one condition out of its table; every key of it must be understood."""
    for word, build in _FORMS.items():
        if fields.has(word):
            condition = build(fields, shelf)
            fields.done()
            return condition
    raise fields.unfit("ask", f"a condition needs one of {', '.join(_FORMS)}")


def _parts(fields: Fields, key: str, shelf: Shelf) -> tuple[Condition, ...]:
    return tuple(read_condition(part, shelf) for part in fields.tables(key, least=1))


def _answered(fields: Fields, shelf: Shelf) -> Condition:
    question = shelf.questions[fields.one_of("ask", shelf.questions, "question")]
    if fields.has("unknown"):
        _said(fields, "unknown")
        return SaidUnknown(question.id)
    lasts = fields.whole_or_none("lasts_days")
    for word, kinds, build in _COMPARISONS:
        if not fields.has(word):
            continue
        if question.kind not in kinds:
            raise fields.unfit(word, f"does not fit {question.id}, whose answer is of kind {question.kind}")
        return Answered(question=question.id, test=build(fields, question, shelf), lasts_days=lasts)
    raise fields.unfit("ask", "needs a comparison")


def _values(fields: Fields, key: str, question: Question) -> frozenset[Value]:
    return answer_values(fields, key, question)


def _of_classes(fields: Fields, question: Question, shelf: Shelf) -> AnswerTest:
    classes = fields.known_words("includes_class", shelf.vocabulary.medicine_classes, "medicine class")
    medicines = shelf.vocabulary.medicines.values()
    return IsOneOf(frozenset(medicine.id for medicine in medicines if medicine.classes & set(classes)))


def _window(fields: Fields, question: Question, shelf: Shelf) -> AnswerTest:
    window = Window(
        from_days=fields.whole_or_none("from_days") or 0,
        within_days=fields.whole_or_none("within_days"),
        soft_days=fields.whole_or_none("soft_days"),
    )
    ends = [window.from_days, *(end for end in (window.within_days, window.soft_days) if end is not None)]
    if len(ends) < 2 or ends != sorted(set(ends)):
        raise fields.unfit("within_days", "from_days, within_days and soft_days must rise")
    return window


def _span(fields: Fields) -> Span:
    limits = {word: fields.number(word) for word in _LIMITS if fields.has(word)}
    return Span(**limits)


def _said(fields: Fields, word: str) -> None:
    if not fields.flag(word, default=True):
        raise fields.unfit(word, "can only be true")


def _never(fields: Fields, question: Question, shelf: Shelf) -> AnswerTest:
    _said(fields, "never")
    return IsNever()


def _present(fields: Fields, question: Question, shelf: Shelf) -> AnswerTest:
    _said(fields, "present")
    return IsPresent()


def _planned(fields: Fields, question: Question, shelf: Shelf) -> AnswerTest:
    if fields.one_of("overlaps", ("planned", "planned_or_near"), "place") == "planned":
        return OverlapsPlanned()
    names = shelf.vocabulary
    return OverlapsPlanned({area.id: names.members[area.group] for area in names.areas.values()})


Build = Callable[[Fields, Question, Shelf], AnswerTest]

# Each comparison, the kinds of answers it fits, and how it is built. The first one found is taken;
# a second one is then an unknown key.
_COMPARISONS: Final[tuple[tuple[str, tuple[str, ...], Build], ...]] = (
    ("is", ("boolean", "choice"), lambda f, q, s: IsOneOf(_values(f, "is", q))),
    ("is_not", ("boolean", "choice"), lambda f, q, s: IsNoneOf(_values(f, "is_not", q))),
    ("includes", ("multichoice",), lambda f, q, s: IsOneOf(_values(f, "includes", q))),
    ("includes_class", ("multichoice",), _of_classes),
    ("lacks", ("multichoice",), lambda f, q, s: IsNoneOf(_values(f, "lacks", q))),
    ("misses", ("multichoice",), lambda f, q, s: Misses(_values(f, "misses", q))),
    *((word, ("date_or_never",), _window) for word in _WINDOW),
    ("older_than_days", ("date_or_never",), lambda f, q, s: IsOlderThan(f.whole("older_than_days"))),
    ("never", ("date_or_never",), _never),
    *((word, ("number",), lambda f, q, s: _span(f)) for word in _LIMITS),
    ("overlaps", ("areas",), _planned),
    ("present", ("boolean", "choice", "multichoice", "date_or_never", "areas"), _present),
)


def _field(fields: Fields, shelf: Shelf) -> Condition:
    field = fields.one_of("field", (*FIELDS, *NUMBERS, "patient.age", "areas", "premises"), "field")
    if field == "areas":
        key = "includes" if fields.has("includes") else "overlaps"
        words = fields.known_words(key, shelf.vocabulary.members, "area", least=1)
        return PlansAreas(frozenset(shelf.vocabulary.expand(words)), every=key == "includes")
    if field == "premises":
        return LiesIn(frozenset(fields.words("is", least=1)))
    if field == "patient.age" or field in NUMBERS:
        if not any(fields.has(word) for word in _LIMITS):
            raise fields.unfit("field", f"needs one of {', '.join(_LIMITS)}")
        return AgeIs(_span(fields)) if field == "patient.age" else NumberIs(field, _span(fields))
    key = "is_not" if fields.has("is_not") else "is"
    allowed = _allowed(shelf)[field]
    values = fields.known_words(key, allowed, field, least=1)
    return FieldIs(field, frozenset(values), negated=key == "is_not")


def _allowed(shelf: Shelf) -> Mapping[str, Collection[str]]:
    vocabulary = shelf.vocabulary
    products = vocabulary.anaesthetics.values()
    return {
        "patient.sex": vocabulary.sexes,
        "device": vocabulary.devices,
        "device.kind": {device.kind.value for device in vocabulary.devices.values()},
        "device.overlay": vocabulary.overlays,
        "device.depth_fit": get_args(DepthFit),
        "indication": vocabulary.indications,
        "indication_group": vocabulary.indication_groups,
        "anaesthetic": vocabulary.anaesthetics,
        "anaesthetic.route": {product.route for product in products},
        "anaesthetic.form": {product.form for product in products},
        "anaesthetic.classes": {class_ for product in products for class_ in product.classes},
        "operator": vocabulary.operators,
    }


def _unless(fields: Fields, shelf: Shelf) -> Condition:
    return Unless(read_condition(fields.table("unless"), shelf))


_FORMS: Final[Mapping[str, Callable[[Fields, Shelf], Condition]]] = {
    "all": lambda fields, shelf: AllOf(_parts(fields, "all", shelf)),
    "any": lambda fields, shelf: AnyOf(_parts(fields, "any", shelf)),
    "unless": _unless,
    "ask": _answered,
    "field": _field,
}
