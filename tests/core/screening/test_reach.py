"""Which rules a case can meet at all, worked out from their conditions."""

from dataclasses import replace
from typing import Final

import pytest

from needlepoint.cli.case import read_case
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
from needlepoint.core.screening.reach import hangs_on, reach_of
from needlepoint.core.terms import NEVER, Value
from needlepoint.knowledge import rules_on
from tests.core.screening.cases import COMPLETE
from tests.core.screening.generated import ON


def asked(question: str, test: AnswerTest | None = None) -> Answered:
    return Answered(question=question, test=test or IsPresent())


def yes(*values: Value) -> IsOneOf:
    return IsOneOf(frozenset(values))


NOSE: Final = PlansAreas(frozenset({"nose"}))
EXCEED: Final = FieldIs("device.overlay", frozenset({"exceed"}))
ALWAYS: Final[list[Condition]] = [
    asked("a", yes(False)),
    asked("a", yes("no", "much")),
    asked("a", yes(NEVER)),
    asked("a", IsNoneOf(frozenset({"b"}))),
    asked("a", Misses(frozenset({"b"}))),
    asked("a", IsNever()),
    SaidUnknown("a"),
    FieldIs("operator", frozenset({"lay"}), negated=True),
    NumberIs("depth_mm", Span(above=1)),
    AgeIs(Span(below=18)),
    Unless(asked("a")),
    AnyOf((asked("a"), AgeIs(Span(below=18)))),
    AllOf((Unless(asked("a")), NumberIs("depth_mm", Span(above=1)))),
]


@pytest.mark.parametrize("condition", ALWAYS)
def test_some_conditions_may_be_met_without_anything(condition: Condition) -> None:
    assert hangs_on(condition) is None
    assert reach_of([condition]).of([], read_case(COMPLETE)) == [0]


@pytest.mark.parametrize(
    ("condition", "keys"),
    [
        (asked("a"), {("ask", "a")}),
        (asked("a", yes(True)), {("ask", "a")}),
        (asked("a", yes("b", "c")), {("ask", "a")}),
        (asked("a", Window(within_days=7)), {("ask", "a")}),
        (asked("a", IsOlderThan(7)), {("ask", "a")}),
        (asked("a", Span(above=7)), {("ask", "a")}),
        (asked("a", OverlapsPlanned()), {("ask", "a")}),
        (EXCEED, {("device.overlay", "exceed")}),
        (LiesIn(frozenset({"US", "GB-SCT"})), {("premises", "US"), ("premises", "GB-SCT")}),
        (PlansAreas(frozenset({"nose", "chin_jaw"})), {("areas", "nose"), ("areas", "chin_jaw")}),
        (AnyOf((asked("a"), EXCEED)), {("ask", "a"), ("device.overlay", "exceed")}),
        (AllOf((Unless(asked("c")), asked("a"))), {("ask", "a")}),
        # Among several an answer is preferred, because it is rarer than any field; then what hangs on less.
        (AllOf((EXCEED, AnyOf((asked("a"), asked("b"))))), {("ask", "a"), ("ask", "b")}),
        (AllOf((AnyOf((asked("a"), asked("b"))), asked("c"))), {("ask", "c")}),
        (AllOf((AnyOf((asked("a"), EXCEED)), LiesIn(frozenset({"US"})))), {("premises", "US")}),
    ],
)
def test_a_condition_hangs_on_what_it_cannot_be_met_without(condition: Condition, keys: set[tuple[str, str]]) -> None:
    assert hangs_on(condition) == frozenset(keys)


def test_a_case_reaches_what_it_holds_a_key_of_in_the_order_of_the_rules() -> None:
    reach = reach_of(
        [
            asked("a"),
            EXCEED,
            asked("b"),
            LiesIn(frozenset({"DE"})),
            asked("a"),
            ALWAYS[0],
            PlansAreas(frozenset({"nose"})),
        ]
    )
    case = read_case(COMPLETE)
    assert reach.of([], case) == [3, 5]
    assert reach.of(["a", "z"], case) == [0, 3, 4, 5]
    assert reach.of(["b"], replace(case, premises="DE-BY", areas=("nose",))) == [2, 3, 5, 6]
    assert reach.of([], replace(case, premises=None)) == [5]
    assert reach.of([], read_case(COMPLETE | {"device": "exceed", "premises": "FR"})) == [1, 5]


def test_where_no_rule_hangs_on_an_answer_none_is_reached_by_one() -> None:
    assert reach_of([EXCEED]).of(["a"], read_case(COMPLETE)) == []


def test_most_rules_are_out_of_reach_of_a_healthy_patient() -> None:
    rules = replace(rules_on(ON))
    assert len(rules.reach.of([], read_case(COMPLETE))) < len(rules.rules) / 5


def test_a_rulebook_knows_which_values_its_rules_read() -> None:
    rules = replace(rules_on(ON))
    assert rules.read_values["surgery_last"] is None
    assert rules.read_values["pregnant"] == frozenset({True})
    assert "stainless_steel" in (rules.read_values["material_allergies"] or ())
    assert rules.unread_part("pregnant", True) is False
    assert rules.unread_part("material_allergies", frozenset({"latex", "of_no_rule"})) is True
    assert rules.unread_part("material_allergies", frozenset({"latex"})) is False
    assert rules.unread_part("of_no_rule", True) is True
    assert rules.unread_part("of_no_rule", False) is False
    assert replace(rules, rules=()).unread_part("pregnant", True) is True
