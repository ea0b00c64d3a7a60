"""The condition language and the questions behind it, in the small."""

from dataclasses import replace
from datetime import date

import pytest

from needlepoint.core.case import Case, Device, Indication, lies_in
from needlepoint.core.comparisons import IsNever, IsOneOf, Misses, OverlapsPlanned, Span, Window
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
    birthday,
)
from needlepoint.core.questions import NeededWhen, OnlyIf, Question, missing_questions, needed_questions
from needlepoint.core.reading import Truth, read
from needlepoint.core.terms import NEVER, UNKNOWN, DeviceKind, Patient, Sex, Value

ON = date(2026, 11, 22)


def question(id_: str, *, only_if: OnlyIf | None = None, when: NeededWhen = NeededWhen()) -> Question:  # noqa: B008  a frozen value
    return Question(
        id=id_, ask="?", kind="boolean", asked_of="patient", again="every_visit", good_for_days=0,
        evidence=("row",), only_if=only_if, when=when,
    )  # fmt: skip


def case(answers: dict[str, Value], areas: tuple[str, ...] = ("cheeks", "nose")) -> Case:
    return Case(
        on=ON,
        patient=Patient(birth_date=date(1980, 2, 29), sex=Sex.FEMALE, fitzpatrick=2),
        indication=Indication(id="x", group="scar", origin="seed", label="X", evidence=("row",)),
        areas=areas,
        answers=answers,
    )


def asked(id_: str, *, yes: Value = True) -> Answered:
    return Answered(question=id_, test=IsOneOf(frozenset({yes})))


QUESTIONS = (question("a"), question("b"), question("c"))


@pytest.mark.parametrize(
    ("condition", "a", "b", "truth"),
    [
        (AllOf((asked("a"), asked("b"))), True, True, Truth.MET),
        (AllOf((asked("a"), asked("b"))), True, False, Truth.NOT_MET),
        (AllOf((asked("a"), asked("b"))), None, False, Truth.NOT_MET),
        (AllOf((asked("a"), asked("b"))), True, None, Truth.UNANSWERED),
        (AllOf((asked("a"), asked("b"))), UNKNOWN, None, Truth.UNANSWERED),
        (AllOf((asked("a"), asked("b"))), True, UNKNOWN, Truth.UNKNOWN),
        (AnyOf((asked("a"), asked("b"))), True, None, Truth.MET),
        (AnyOf((asked("a"), asked("b"))), False, None, Truth.UNANSWERED),
        (AnyOf((asked("a"), asked("b"))), False, UNKNOWN, Truth.UNKNOWN),
        (AnyOf((asked("a"), asked("b"))), False, False, Truth.NOT_MET),
        (Unless(asked("a")), True, None, Truth.NOT_MET),
        (Unless(asked("a")), False, None, Truth.MET),
        (Unless(asked("a")), None, None, Truth.MET),
        (Unless(asked("a")), UNKNOWN, None, Truth.MET),
    ],
)
def test_silence_and_unknown_never_meet_a_condition_nor_exempt_from_one(
    condition: Condition, a: Value | None, b: Value | None, truth: Truth
) -> None:
    answers = {id_: answer for id_, answer in (("a", a), ("b", b)) if answer is not None}
    assert condition.check(read(case(answers), QUESTIONS)).truth is truth


def test_parts_about_different_areas_are_never_met_together() -> None:
    both = AllOf((PlansAreas(frozenset({"cheeks"})), PlansAreas(frozenset({"nose"}))))
    assert both.check(read(case({}), QUESTIONS)).truth is Truth.NOT_MET
    either = AnyOf((PlansAreas(frozenset({"cheeks"})), PlansAreas(frozenset({"nose"}))))
    assert either.check(read(case({}), QUESTIONS)).areas == frozenset({"cheeks", "nose"})


def test_all_planned_asks_for_every_area() -> None:
    whole = PlansAreas(frozenset({"cheeks", "nose", "temples"}), every=True)
    assert not whole.check(read(case({}), QUESTIONS)).met
    assert whole.check(read(case({}, ("cheeks", "nose", "temples", "neck")), QUESTIONS)).met


def test_a_conjunction_ends_with_its_first_part_and_a_disjunction_with_its_last() -> None:
    short = Answered(question="a", test=Window(within_days=10))
    long = Answered(question="b", test=Window(within_days=20))
    reading = read(case({"a": ON, "b": ON}), QUESTIONS)
    assert AllOf((short, long)).check(reading).until == date(2026, 12, 2)
    assert AnyOf((short, long)).check(reading).until == date(2026, 12, 12)
    undated = AnyOf((short, Unless(asked("c"))))
    assert undated.check(reading).until is None


@pytest.mark.parametrize(
    ("age", "met", "soft"),
    [(0, False, False), (7, True, False), (13, True, False), (14, True, True), (30, False, False)],
)
def test_a_window_has_a_hard_and_a_soft_part(age: int, met: bool, soft: bool) -> None:
    window = Answered(question="a", test=Window(from_days=7, within_days=14, soft_days=30))
    outcome = window.check(read(case({"a": date.fromordinal(ON.toordinal() - age)}), QUESTIONS))
    assert (outcome.met, outcome.soft) == (met, soft)


def test_a_hard_window_outweighs_a_soft_one() -> None:
    hard = Answered(question="a", test=Window(within_days=5))
    soft = Answered(question="b", test=Window(within_days=0, soft_days=90))
    outcome = AnyOf((soft, hard)).check(read(case({"a": ON, "b": ON}), QUESTIONS))
    assert not outcome.soft
    assert outcome.until == date(2026, 11, 27)


def test_an_area_may_bear_on_its_neighbours() -> None:
    near = OverlapsPlanned({"nose": frozenset({"nose", "cheeks"})})
    assert near.passes(frozenset({"nose"}), case({}, ("cheeks",))).areas == frozenset({"cheeks"})
    assert not OverlapsPlanned().passes(frozenset({"nose"}), case({}, ("cheeks",))).met


def test_missing_one_of_several_is_missing() -> None:
    kit = Misses(frozenset({"oxygen", "kit"}))
    assert kit.passes(frozenset({"oxygen"}), case({})).met
    assert not kit.passes(frozenset({"oxygen", "kit", "more"}), case({})).met


@pytest.mark.parametrize(
    ("gate", "answer", "needed"),
    [
        (OnlyIf(question="a", among=frozenset({True})), True, True),
        (OnlyIf(question="a", among=frozenset({True})), False, False),
        (OnlyIf(question="a", among=frozenset({True})), UNKNOWN, False),
        (OnlyIf(question="a", among=frozenset({True})), None, False),
        (OnlyIf(question="a", among=frozenset({UNKNOWN})), UNKNOWN, True),
        (OnlyIf(question="a", among=frozenset({"x", "y"})), frozenset({"y", "z"}), True),
        (OnlyIf(question="a", among=frozenset({"x"})), frozenset(), False),
        (OnlyIf(question="a", not_among=frozenset({"x"})), "y", True),
        (OnlyIf(question="a", not_among=frozenset({"x"})), "x", False),
        (OnlyIf(question="a", not_among=frozenset({"x"})), None, False),
        (OnlyIf(question="a"), True, True),
        (OnlyIf(question="a"), False, False),
        (OnlyIf(question="a"), NEVER, False),
        (OnlyIf(question="a"), ON, True),
        (OnlyIf(question="a"), frozenset(), False),
        (OnlyIf(question="a"), frozenset({"x"}), True),
        (OnlyIf(question="a"), "no", False),
        (OnlyIf(question="a"), "yes", True),
        (OnlyIf(question="a"), UNKNOWN, False),
    ],
)
def test_a_question_behind_another_is_needed_only_if_that_one_is_answered_so(
    gate: OnlyIf, answer: Value | None, needed: bool
) -> None:
    answers = {} if answer is None else {"a": answer}
    ids = [q.id for q in needed_questions(case(answers), (question("a"), question("b", only_if=gate)))]
    assert ("b" in ids) is needed


def test_a_question_behind_one_that_is_not_needed_is_not_needed_either() -> None:
    elsewhere = NeededWhen(areas=frozenset({"scalp"}))
    chain = (question("a", when=elsewhere), question("b", only_if=OnlyIf(question="a")))
    assert needed_questions(case({"a": True}), chain) == ()
    assert missing_questions(case({"a": True}, ("scalp",)), chain) == (chain[1],)


@pytest.mark.parametrize(
    ("premises", "places", "inside"),
    [
        ("US-CA", {"US"}, True),
        ("US", {"US-CA"}, False),
        ("US-CA", {"US-CA"}, True),
        ("DE", {"US"}, False),
        (None, {"US"}, False),
    ],
)
def test_a_country_covers_its_subdivisions(premises: str | None, places: set[str], inside: bool) -> None:
    assert lies_in(premises, frozenset(places)) is inside


def test_a_birthday_on_29_february_falls_on_1_march_in_other_years() -> None:
    patient = case({}).patient
    assert birthday(patient, 18) == date(1998, 3, 1)
    assert birthday(patient, 20) == date(2000, 2, 29)


def test_only_a_roller_has_a_depth_that_cannot_be_set() -> None:
    roller = Device(
        id="r",
        kind=DeviceKind.ROLLER,
        overlay="generic",
        label="R",
        facts_from="text",
        evidence=("row",),
        needle_length_mm=1.5,
    )
    assert roller.fixed_depth_mm == 1.5


@pytest.mark.parametrize(
    ("a", "truth"),
    [(UNKNOWN, Truth.MET), (True, Truth.NOT_MET), (False, Truth.NOT_MET), (None, Truth.UNANSWERED)],
)
def test_a_fact_may_name_the_answer_unknown_but_not_silence(a: Value | None, truth: Truth) -> None:
    outcome = SaidUnknown("a").check(read(case({} if a is None else {"a": a}), QUESTIONS))
    assert outcome.truth is truth


def test_unknown_is_not_read_where_the_question_is_not_needed_or_still_pending() -> None:
    behind = (question("a"), question("b", only_if=OnlyIf(question="a", among=frozenset({True}))))
    assert SaidUnknown("b").check(read(case({"a": False, "b": UNKNOWN}), behind)).truth is Truth.NOT_MET
    assert SaidUnknown("b").check(read(case({"b": UNKNOWN}), behind)).truth is Truth.UNANSWERED


def device(kind: DeviceKind, **facts: object) -> Device:
    return Device(id="x", kind=kind, overlay="generic", label="X", facts_from="none", evidence=("row",), **facts)  # type: ignore[arg-type]  # facts of any type


@pytest.mark.parametrize(
    ("tool", "depth_mm", "fit"),
    [
        (device(DeviceKind.ROLLER, needle_length_mm=1.0), 1.0, "fits"),
        (device(DeviceKind.ROLLER, needle_length_mm=1.0), 0.99, "needles_longer"),
        (device(DeviceKind.ROLLER, needle_length_mm=1.0), 1.01, "beyond_device"),
        (device(DeviceKind.ROLLER), 5.0, "fits"),
        (device(DeviceKind.PEN, setting_mm=(0.2, 3.0), setting_step_mm=0.1), 0.3, "fits"),
        (device(DeviceKind.PEN, setting_mm=(0.2, 3.0), setting_step_mm=0.1), 3.0, "fits"),
        (device(DeviceKind.PEN, setting_mm=(0.2, 3.0), setting_step_mm=0.1), 3.1, "beyond_device"),
        (device(DeviceKind.PEN, setting_mm=(0.2, 3.0), setting_step_mm=0.1), 0.1, "beyond_device"),
        (device(DeviceKind.PEN, setting_mm=(0.2, 3.0), setting_step_mm=0.1), 0.35, "between_settings"),
        (device(DeviceKind.PEN, setting_mm=(0.0, 1.9)), 1.234, "fits"),
        (device(DeviceKind.PEN), 4.9, "fits"),
    ],
)
def test_a_depth_fits_a_device_only_where_it_can_be_set_to_it(tool: Device, depth_mm: float, fit: str) -> None:
    assert tool.depth_fit(depth_mm) == fit


@pytest.mark.parametrize(
    ("needles_mm", "planned_mm", "deepest"), [(2.0, 0.5, 2.0), (2.0, None, 2.0), (0.5, 1.5, 1.5), (None, None, None)]
)
def test_rules_on_depth_look_no_less_deep_than_a_rollers_needles(
    needles_mm: float | None, planned_mm: float | None, deepest: float | None
) -> None:
    roller = device(DeviceKind.ROLLER, needle_length_mm=needles_mm)
    assert replace(case({}), device=roller, depth_mm=planned_mm).deepest_mm == deepest


@pytest.mark.parametrize(("answer", "met"), [(NEVER, True), (ON, False)])
def test_never_is_never_and_no_day(answer: Value, met: bool) -> None:
    never = Answered(question="a", test=IsNever())
    assert never.check(read(case({"a": answer}), QUESTIONS)).met is met


@pytest.mark.parametrize(("answer", "met"), [(7.0, True), (7.1, False), (6.9, False)])
def test_a_number_lies_between_its_limits_or_not(answer: Value, met: bool) -> None:
    span = Answered(question="a", test=Span(at_least=7, below=7.1))
    assert span.check(read(case({"a": answer}), QUESTIONS)).met is met


def test_a_condition_that_is_met_says_by_which_fact() -> None:
    reading = read(replace(case({"a": UNKNOWN}), premises="GB-SCT", operator="nurse"), QUESTIONS)
    for condition, fact in (
        (SaidUnknown("a"), "a = unknown"),
        (LiesIn(frozenset({"GB"})), "premises = GB-SCT"),
        (FieldIs("operator", frozenset({"nurse"})), "operator = nurse"),
        (NumberIs("patient.fitzpatrick", Span(at_most=2)), "patient.fitzpatrick = 2"),
        (AgeIs(Span(at_least=46)), "patient.age = 46"),
    ):
        assert condition.check(reading).facts == (fact,)


def test_a_birthday_beyond_the_calendar_has_no_day() -> None:
    patient = Patient(birth_date=date(9981, 5, 5), sex=Sex.FEMALE, fitzpatrick=2)
    assert birthday(patient, 18) == date(9999, 5, 5)
    assert birthday(patient, 19) is None
