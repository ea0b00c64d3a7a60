"""Agreement of raters beyond chance."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from needlepoint.core.outcomes.agreement import weighted_kappa

STEPS = range(-3, 4)


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
