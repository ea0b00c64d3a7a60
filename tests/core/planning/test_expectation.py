"""What trials let expect: the printed values, their spread, and nothing before week four."""

from __future__ import annotations

import pytest

from needlepoint.core.planning.expectation import Expectation, fan
from needlepoint.knowledge import Card, load
from needlepoint.knowledge.combination import Combination

CARDS = load().of_kind("expectation")


def of(card: str) -> Expectation:
    return load().cards[card].holds(Expectation)


@pytest.mark.parametrize(("card", "months", "mean", "low", "high", "n"), [
    ("expect_acne_scars", 3, 2.4, -3.1, 7.9, 15), ("expect_acne_scars", 6, 3.4, -3.9, 10.7, 15),
    ("expect_wrinkles", 5, 1.23, 0.85, 1.61, 48), ("expect_neck", 6, 0.86, 0.01, 1.71, 32),
])  # fmt: skip
def test_the_band_holds_eight_of_ten_people(
    card: str, months: float, mean: float, low: float, high: float, n: int
) -> None:
    point = next(point for point in fan(of(card)) if point.months == months)
    assert (point.mean, point.n) == (mean, n)
    assert (point.low, point.high) == pytest.approx((low, high), abs=0.06)


def test_without_a_printed_spread_no_band_is_drawn() -> None:
    assert {(point.low, point.high) for point in fan(of("expect_hair"))} == {(None, None)}


def test_the_untreated_half_drifted_and_the_drift_is_kept() -> None:
    assert [(point.months, point.mean) for point in of("expect_acne_scars").control] == [(3, 1.0), (6, 0.4)]


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.id)
def test_nothing_is_promised_before_week_four_and_every_value_has_its_row(card: Card) -> None:
    expectation = of(card.id)
    assert expectation.from_day >= 28
    assert all(point.months * 30.5 >= expectation.from_day for point in fan(expectation))
    rows = [point.row for point in (*expectation.points, *expectation.control)]
    rows += [part.row for part in expectation.classes] + [none.row for none in expectation.no_change]
    assert rows
    assert set(rows) <= set(load().rows)
    assert "week four" in load().cards[expectation.card].tell
    assert expectation.trial


def test_who_did_not_change_is_told_for_every_trial_that_says_it() -> None:
    assert [(none.who, none.of) for none in of("expect_acne_scars").no_change] == [(2, 36), (3, 10)]
    assert sum(one.percent for one in of("expect_striae").classes) == pytest.approx(100)


@pytest.mark.parametrize(("card", "before", "soft", "after"), [
    ("with_botulinum", 14, 180, 14), ("with_filler", 180, 365, 14), ("with_light_peel", 14, 30, 7),
    ("with_deep_peel", 90, None, None), ("with_hair_removal", 3, 7, 7), ("with_surgery", 365, None, None),
    ("with_needling", 28, 42, 28),
])  # fmt: skip
def test_other_treatments_keep_the_distance_of_the_parameter_block(
    card: str, before: int, soft: int | None, after: int | None
) -> None:
    found = load().cards[card].holds(Combination)
    assert (found.how, found.before_days, found.before_soft_days, found.after_days) == ("apart", before, soft, after)


def test_what_is_never_combined_says_so() -> None:
    never = {card.id for card in load().of_kind("combination") if card.holds(Combination).how == "never"}
    assert never == {"with_exosomes", "with_serums"}
