"""Signs after a session: every flag is raised by what its card says, and nothing ticked is ever passed over."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from needlepoint.core.outcomes.triage import Flag, Report, Trend, Urgency, triage
from needlepoint.knowledge import Card, Unfit, load
from needlepoint.knowledge.cards import WorkedCase
from needlepoint.knowledge.fields import Fields
from needlepoint.knowledge.selfcheck import expected_on, schedule_on, triage_on
from needlepoint.knowledge.triage import Expected, read_triage

DAY = date(2026, 11, 24)
RULES = triage_on(DAY)
SIGNS = sorted({sign.id for flag in RULES.flags for sign in flag.signs})
WORKED = [
    pytest.param(card, case, id=f"{card.id}-{place}")
    for card in load().of_kind("triage")
    for place, case in enumerate(card.cases)
]


def report(*signs: str, words: str = "", trend: Trend | None = Trend.BETTER) -> Report:
    return Report(signs=frozenset(signs), words=words, trend=trend)


@pytest.mark.parametrize(("card", "case"), WORKED)
def test_a_worked_case_raises_what_its_card_says(card: Card, case: WorkedCase) -> None:
    alone = replace(RULES, flags=(card.holds(Flag),))
    raised = [flag for flag in triage(report(*case.given["signs"]), alone, earlier=[]).raised if flag.card == card.id]
    assert (raised[0].urgency.value if raised else "none") == case.expect


def test_every_row_of_the_triage_table_stands_in_a_card() -> None:
    rows = {row for row in load().rows if row.startswith("tr-")}
    assert rows == {row for card in load().of_kind("triage") for row in card.evidence}


@given(signs=st.sets(st.sampled_from(SIGNS), min_size=1))
@settings(max_examples=200, deadline=None)
def test_whatever_is_ticked_somebody_looks(signs: set[str]) -> None:
    result = triage(report(*signs), RULES, earlier=[])
    assert result.urgency is not Urgency.NONE
    assert result.due_hours is not None


@pytest.mark.parametrize("sign", SIGNS)
def test_a_second_tick_never_makes_a_report_less_urgent(sign: str) -> None:
    alone = triage(report(sign), RULES, earlier=[]).urgency
    assert all(triage(report(sign, other), RULES, earlier=[]).urgency.rank >= alone.rank for other in SIGNS)


@pytest.mark.parametrize(
    ("signs", "urgency"),
    [
        ((), Urgency.NONE),
        (("breathing",), Urgency.RED),
        (("fever",), Urgency.AMBER),
        (("shivering",), Urgency.AMBER),
        (("fever", "shivering"), Urgency.RED),
        (("blisters",), Urgency.AMBER),
        (("blisters_eye",), Urgency.RED),
        (("bleeding",), Urgency.AMBER),
        (("bleeding_thinner",), Urgency.RED),
        (("still_red",), Urgency.YELLOW),
        (("still_red", "pus"), Urgency.AMBER),
        (("darker",), Urgency.YELLOW),
    ],
)
def test_the_gravest_flag_counts(signs: tuple[str, ...], urgency: Urgency) -> None:
    assert triage(report(*signs), RULES, earlier=[]).urgency is urgency


def test_free_words_are_read_by_a_person_on_the_same_day() -> None:
    assert triage(report(words="it feels odd"), RULES, earlier=[]).urgency is Urgency.AMBER
    assert triage(report(words="  \n"), RULES, earlier=[]).urgency is Urgency.NONE


@pytest.mark.parametrize(
    ("now", "earlier", "urgency"),
    [
        (Trend.WORSE, [], Urgency.NONE),
        (Trend.WORSE, [Trend.BETTER, Trend.WORSE], Urgency.NONE),
        (Trend.WORSE, [Trend.WORSE], Urgency.AMBER),
        (Trend.SAME, [Trend.WORSE, Trend.WORSE], Urgency.NONE),
        (Trend.WORSE, [None], Urgency.NONE),
    ],
)
def test_worse_twice_on_end_is_looked_at_the_same_day(
    now: Trend, earlier: list[Trend | None], urgency: Urgency
) -> None:
    assert triage(report(trend=now), RULES, earlier=earlier).urgency is urgency


def test_redness_is_asked_about_only_when_it_should_be_over() -> None:
    assert "still_red" not in {sign.id for _, sign in RULES.asked_on(7)}
    assert "still_red" in {sign.id for _, sign in RULES.asked_on(14)}


def test_signs_of_numbing_cream_are_asked_at_first_and_danger_signs_always() -> None:
    asked = {day: {sign.id for _, sign in RULES.asked_on(day)} for day in schedule_on(DAY).days}
    assert [day for day, signs in asked.items() if "metal_taste" in signs] == [0, 1]
    assert all({"breathing", "sight_lost"} <= signs for signs in asked.values())


def test_a_sign_is_shown_with_the_urgency_it_has_alone() -> None:
    alone = {sign.id: urgency for urgency, sign in RULES.asked_on(3)}
    assert (alone["breathing"], alone["fever"], alone["shivering"]) == (Urgency.RED, Urgency.AMBER, Urgency.AMBER)


def test_what_is_usual_never_covers_one_day_twice_and_ends_with_the_first_week() -> None:
    usual = expected_on(DAY).usual
    assert all(one.last_day < two.first_day or two.last_day < one.first_day for one, two in combinations(usual, 2))
    assert expected_on(DAY).on(3)
    assert expected_on(DAY).on(8) is None
    assert Expected(usual=()).on(0) is None


def test_the_patients_words_neither_promise_nor_stop_a_medicine() -> None:
    for card in load().of_kind("triage"):
        told = f"{card.tell} {' '.join(s.ask for s in card.payload.signs) if isinstance(card.payload, Flag) else ''}"
        for forbidden in ("no risk", "harmless", "nothing to worry", "stop taking", "do not worry", "all is well"):
            assert forbidden not in told.lower(), card.id


def test_red_flags_say_to_call_the_emergency_number_first() -> None:
    red = [flag for flag in RULES.flags if flag.urgency is Urgency.RED]
    assert len(red) >= 5
    for flag in red:
        assert flag.tell.startswith("Call the emergency number now: 112"), flag.card
        assert flag.due_hours == 0


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"about": "guesses"}, "about"),
        ({"urgency": "none"}, "urgency"),
        ({"to_day": 1}, "to_day"),
        ({"any_of": ["other"]}, "any_of"),
        ({"all_of": ["one"]}, "sign"),
        ({"sign": []}, "sign"),
    ],
)
def test_a_card_that_does_not_fit_is_refused_by_field(change: dict[str, object], field: str, tmp_path: Path) -> None:
    fields: dict[str, object] = {
        "about": "signs", "urgency": "red", "due_hours": 0, "from_day": 2, "to_day": 3,
        "sign": [{"id": "one", "ask": "One"}, {"id": "two", "ask": "Two"}],
    }  # fmt: skip
    some = load().of_kind("triage")[0]
    with pytest.raises(Unfit) as refusal:
        read_triage(Fields("some.toml", fields | change), some, None)  # type: ignore[arg-type]  # no shelf is read here
    assert refusal.value.field.startswith(field)
