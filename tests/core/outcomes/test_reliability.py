"""Test-retest statistics against examples that were published with their results."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from needlepoint.core.outcomes.reliability import (
    UnfitScores,
    bland_altman,
    icc_2_1,
    reliability,
    smallest_detectable_change,
)

# Shrout and Fleiss 1979, table 2: six targets, four judges.
JUDGED = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]], float)
# Bland and Altman 1986, table 1: peak flow of 17 people, large meter twice, mini meter first.
LARGE = np.array([494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427], float)
LARGE_AGAIN = np.array([490, 397, 512, 401, 470, 611, 415, 431, 638, 429, 420, 633, 275, 492, 165, 372, 421], float)
MINI = np.array([512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451], float)


def test_the_correlation_and_its_interval_are_those_of_shrout_and_fleiss() -> None:
    found = icc_2_1(JUDGED)
    assert found.value == pytest.approx(0.29, abs=0.005)
    assert (found.low, found.high) == pytest.approx((0.02, 0.76), abs=0.005)


def test_bias_and_limits_are_those_of_bland_and_altman() -> None:
    found = bland_altman(MINI, LARGE)
    assert found.bias.value == pytest.approx(-2.1, abs=0.05)
    assert found.spread == pytest.approx(38.8, abs=0.05)
    # They print -79.7 and 75.5 with twice the spread; 1.96 times is a little nearer.
    assert (found.lower.value, found.upper.value) == pytest.approx((-2.1 - 1.96 * 38.8, -2.1 + 1.96 * 38.8), abs=0.2)
    assert (found.bias.low, found.bias.high) == pytest.approx((-22.0, 17.8), abs=0.15)
    assert (found.lower.low, found.lower.high) == pytest.approx((-78.1 - 34.6, -78.1 + 34.6), abs=0.5)
    assert found.differences[0] == -18
    assert found.means[0] == 503


def test_the_error_of_repeated_readings_is_that_of_bland_and_altman() -> None:
    # They print 21.6 for the standard deviation of the differences between repeats, taken about zero.
    found = reliability(np.column_stack([LARGE, LARGE_AGAIN]))
    assert found.sem.value * np.sqrt(2) == pytest.approx(21.6, abs=0.1)
    assert found.sdc == pytest.approx(1.96 * 21.6, abs=0.2)
    assert found.sem.low < found.sem.value < found.sem.high
    assert found.icc.value > 0.97
    assert (found.people, found.takes) == (17, 2)


def test_a_drift_from_take_to_take_is_error_too() -> None:
    people = np.arange(20.0)
    steady, drifting = (reliability(np.column_stack([people, people + drift])) for drift in (0.0, 3.0))
    assert steady.sem.value == 0
    assert steady.icc.value == 1
    assert drifting.sem.value == pytest.approx(3 / np.sqrt(2))
    assert drifting.icc.value < 1


@pytest.mark.parametrize(("people", "takes", "spread"), [(20, 2, 1.0), (60, 3, 0.5)])
def test_a_known_error_is_found_within_its_interval_about_as_often_as_promised(
    people: int, takes: int, spread: float
) -> None:
    rng = np.random.default_rng(5)
    tables = [rng.normal(0, 2, (people, 1)) + rng.normal(0, spread, (people, takes)) for _ in range(400)]
    found = [reliability(table) for table in tables]
    true_icc = 4 / (4 + spread**2)
    assert np.mean([each.sem.low <= spread <= each.sem.high for each in found]) == pytest.approx(0.95, abs=0.035)
    assert np.mean([each.icc.low <= true_icc <= each.icc.high for each in found]) == pytest.approx(0.95, abs=0.035)


@given(st.lists(st.tuples(*2 * [st.floats(-1e3, 1e3)]), min_size=3, max_size=12), st.floats(0.1, 9), st.floats(-50, 50))
def test_another_unit_changes_the_error_with_it_and_the_correlation_not(
    rows: list[tuple[float, float]], factor: float, shift: float
) -> None:
    table = np.round(np.array(rows), 2)
    one, two = reliability(table), reliability(factor * table + shift)
    assert two.sem.value == pytest.approx(factor * one.sem.value, rel=1e-6, abs=1e-6)
    if table.std() > 1:
        assert two.icc.value == pytest.approx(one.icc.value, abs=1e-4)


def test_the_smallest_detectable_change_follows_from_the_error() -> None:
    assert smallest_detectable_change(1.0) == pytest.approx(2.77, abs=0.005)


@pytest.mark.parametrize(
    "table", [np.zeros((2, 2)), np.zeros((5, 1)), np.zeros(4), np.array([[1, 2], [3, np.nan], [4, 5]])],
    ids=["two people", "one take", "no table", "a gap"],
)  # fmt: skip
def test_an_incomplete_study_is_refused(table: np.ndarray) -> None:
    with pytest.raises(UnfitScores):
        reliability(table)


def test_people_who_all_score_the_same_tell_nothing() -> None:
    found = icc_2_1(np.full((4, 2), 3.0))
    assert (found.value, found.low, found.high) == (0.0, 0.0, 1.0)
