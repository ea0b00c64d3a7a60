"""What must hold of every patient: more risk is never milder, silence never clear, and no order matters."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from needlepoint.cli.case import read_case
from needlepoint.core.case import Case
from needlepoint.core.comparisons import Window
from needlepoint.core.conditions import Answered
from needlepoint.core.questions import Question
from needlepoint.core.reading import Reading, read
from needlepoint.core.screening.columnar import screen_population
from needlepoint.core.screening.plain import plain
from needlepoint.core.screening.population import encode
from needlepoint.core.screening.screen import screen
from needlepoint.core.terms import Verdict
from needlepoint.knowledge import load, rules_on
from needlepoint.knowledge.answers import AnswerError
from tests.core.screening.cases import COMPLETE, rows
from tests.core.screening.generated import GROUPS, NAMES, NO_RISK, ON, cases, something
from tests.core.screening.test_columnar import row

RULES: Final = replace(rules_on(ON))
RISKS: Final = [question for question in load().questions if question.id not in NO_RISK and question.kind != "text"]


def valid(values: dict[str, Any]) -> Case:
    """Give the case if the edge lets it pass; a contradiction is left to the tests of the edge."""
    try:
        return read_case(values)
    except AnswerError as fault:
        assume(fault.klass not in ("contradiction", "impossible_date"))
        raise


@given(values=cases(), data=st.data())
@settings(max_examples=120, deadline=None)
def test_one_more_risk_never_makes_the_verdict_milder(values: dict[str, Any], data: st.DataObject) -> None:
    before = valid(values)
    question = data.draw(st.sampled_from(RISKS))
    told = values["answers"].get(question.id)
    more = data.draw(something(question))
    if isinstance(told, list):
        more = [*told, *(id_ for id_ in more if id_ not in told)]
    elif told not in (None, False, "never", "no"):
        assume(question.kind == "date_or_never" and told != "unknown" and told < more)
    after = valid(values | {"answers": values["answers"] | {question.id: more}})
    assert screen(after, RULES).verdict.rank >= screen(before, RULES).verdict.rank


@given(values=cases(), data=st.data())
@settings(max_examples=120, deadline=None)
def test_an_answer_taken_away_never_leaves_it_milder_than_ask(values: dict[str, Any], data: st.DataObject) -> None:
    case = valid(values)
    needed = sorted(read(case, RULES.questions).needed & case.answers.keys())
    gone = data.draw(st.sampled_from(needed))
    after = screen(replace(case, answers={id_: a for id_, a in case.answers.items() if id_ != gone}), RULES)
    assert gone in after.missing
    assert after.verdict.rank >= Verdict.ASK.rank


@given(values=cases())
@settings(max_examples=120, deadline=None)
def test_the_overlay_of_a_device_only_adds(values: dict[str, Any]) -> None:
    case = valid(values)
    assert case.device is not None
    without = screen(replace(case, device=replace(case.device, overlay="generic")), RULES)
    with_it = screen(case, RULES)
    assert rows(without) <= rows(with_it)
    assert without.verdict.rank <= with_it.verdict.rank
    assert set(without.excluded_areas) <= set(with_it.excluded_areas) or any(
        found.verdict is Verdict.CONTRAINDICATED and not found.areas for found in with_it.findings
    )


@given(values=cases(), data=st.data())
@settings(max_examples=60, deadline=None)
def test_the_order_of_answers_and_areas_does_not_matter(values: dict[str, Any], data: st.DataObject) -> None:
    answers = data.draw(st.permutations(sorted(values["answers"])))
    areas = data.draw(st.permutations(values["areas"]))
    other = values | {"answers": {id_: values["answers"][id_] for id_ in answers}, "areas": areas}
    assert plain(screen(valid(values), RULES)) == plain(screen(valid(other), RULES))


@given(values=cases(most=2), data=st.data())
@settings(max_examples=60, deadline=None)
def test_a_group_says_the_same_as_its_members(values: dict[str, Any], data: st.DataObject) -> None:
    group = data.draw(st.sampled_from(GROUPS))
    question = data.draw(st.sampled_from([question for question in RISKS if question.kind == "areas"]))
    members = sorted(NAMES.members[group])
    told, spread = (
        valid(values | {"areas": areas, "answers": values["answers"] | {question.id: areas}})
        for areas in ([group], members)
    )
    assert plain(screen(told, RULES)) == plain(screen(spread, RULES))


@given(st.lists(cases(), min_size=1, max_size=4))
@settings(max_examples=60, deadline=None)
def test_column_by_column_comes_to_the_same_as_one_by_one(many: list[dict[str, Any]]) -> None:
    read_ = [valid(values) for values in many]
    found = screen_population(encode(read_, RULES.area_order), RULES).to_dicts()
    assert found == [row(screen(case, RULES)) for case in read_]


@given(values=cases())
@settings(max_examples=120, deadline=None)
def test_every_rule_that_a_case_meets_is_within_its_reach(values: dict[str, Any]) -> None:
    case = valid(values)
    reading = read(case, RULES.questions)
    answered = reading.needed & case.answers.keys()
    met = {place for place, rule in enumerate(RULES.rules) if rule.when.check(reading).met}
    assert met <= set(RULES.reach.of(answered, case))


DATED: Final = [rule.when for rule in RULES.rules if isinstance(rule.when, Answered)]
WINDOWS: Final = [(dated, dated.test) for dated in DATED if isinstance(dated.test, Window)]


@pytest.mark.parametrize(("dated", "window"), WINDOWS, ids=[dated.question for dated, _ in WINDOWS])
@given(shift=st.integers(-20_000, 20_000), near=st.integers(-2, 1))
@settings(max_examples=20, deadline=None)
def test_a_window_of_n_days_is_over_on_day_d_and_n(dated: Answered, window: Window, shift: int, near: int) -> None:
    last, plain_case = ON + timedelta(days=shift), read_case(COMPLETE)
    for days in {window.within_days, window.soft_days} - {None}:
        assert days is not None
        on = last + timedelta(days=max(days + near, window.from_days))
        case = replace(plain_case, on=on, answers={dated.question: last})
        outcome = dated.check(Reading(case, case.answers, {dated.question}, frozenset()))
        hard = (on - last).days < (window.within_days or 0)
        over = last + timedelta(days=(window.within_days if hard else window.soft_days) or 0)
        assert outcome.met is (on < over)
        assert not outcome.met or (outcome.until, outcome.soft) == (over, not hard)


def test_the_questions_that_tell_of_a_risk_are_most_of_them() -> None:
    assert len(RISKS) > 60
    assert {question.id for question in load().questions} >= NO_RISK
    assert all(isinstance(question, Question) for question in RISKS)
