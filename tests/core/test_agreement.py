"""Agreement of raters, held against published worked examples."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from needlepoint.core.agreement import icc_2_1, weighted_kappa

# Shrout and Fleiss 1979, table 2: six subjects, four judges; their ICC(2,1) is .29.
JUDGES = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]], float)
STEPS = range(-3, 4)


def test_the_worked_example_of_shrout_and_fleiss_is_met() -> None:
    assert icc_2_1(JUDGES) == pytest.approx(0.2898, abs=1e-4)


def test_a_constant_offset_between_raters_lowers_absolute_agreement() -> None:
    one = np.array([1.0, 2, 3, 4, 5])
    assert icc_2_1(np.column_stack([one, one])) == pytest.approx(1.0)
    offset = icc_2_1(np.column_stack([one, one + 2]))
    assert offset is not None
    assert offset < 0.7


@pytest.mark.parametrize("values", [np.zeros((1, 2)), np.zeros((5, 1)), np.zeros((5, 2))])
def test_what_cannot_tell_agreement_gives_none(values: np.ndarray) -> None:
    assert icc_2_1(values) is None


@pytest.mark.parametrize(
    ("first", "second", "kappa"),
    [
        ([-3, 0, 2, 3], [-3, 0, 2, 3], 1.0),
        ([-1, 1, -1, 1], [1, -1, 1, -1], -1.0),
        ([0, 1, 0, 1], [0, 0, 1, 1], 0.0),
        ([1, 1, 1], [1, 1, 1], None),
        ([], [], None),
    ],
)
def test_weighted_kappa_of_plain_cases(first: list[int], second: list[int], kappa: float | None) -> None:
    found = weighted_kappa(first, second, steps=STEPS)
    assert found == (None if kappa is None else pytest.approx(kappa))


@given(st.lists(st.tuples(st.integers(-3, 3), st.integers(-3, 3)), min_size=1, max_size=40))
def test_weighted_kappa_is_the_same_whoever_is_named_first_and_never_above_one(pairs: list[tuple[int, int]]) -> None:
    first, second = [one for one, _ in pairs], [two for _, two in pairs]
    found = weighted_kappa(first, second, steps=STEPS)
    assert found == weighted_kappa(second, first, steps=STEPS) or found == pytest.approx(
        weighted_kappa(second, first, steps=STEPS)
    )
    assert found is None or found <= 1
