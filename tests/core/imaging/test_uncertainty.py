from __future__ import annotations

import numpy as np
import pytest

from needlepoint.actions.networks import face_models
from needlepoint.core.imaging.colour import erythema_index, ita
from needlepoint.core.imaging.measures import measure
from needlepoint.core.imaging.photo import MeasureId
from needlepoint.core.imaging.uncertainty import STANDARD_ERRORS, light_error, smallest_detectable_change
from tests.core.imaging.scenes import portrait, relit, retaken


def test_smallest_detectable_change_is_that_of_the_contract() -> None:
    assert smallest_detectable_change(3.0, 4.0) == pytest.approx(9.8)


def test_exposure_moves_ita_and_not_the_erythema_index() -> None:
    colour = np.array([0.4, 0.22, 0.15])
    only_exposure = STANDARD_ERRORS.__class__(white_balance=0, glare=0, exposure=0.1)
    assert light_error(colour, lambda c: float(erythema_index(c)), model=only_exposure) == pytest.approx(0, abs=1e-9)
    assert light_error(colour, lambda c: float(ita(c)), model=only_exposure) > 2


def test_the_error_of_the_erythema_index_is_larger_on_dark_skin() -> None:
    light_skin, dark_skin = np.array([0.5, 0.3, 0.22]), np.array([0.08, 0.04, 0.025])
    errors = [
        light_error(c, lambda v: float(erythema_index(v)), model=STANDARD_ERRORS) for c in (light_skin, dark_skin)
    ]
    assert errors[1] > 1.5 * errors[0]


def test_at_most_one_in_ten_simulated_retakes_differs_by_more_than_the_stated_limit() -> None:
    rng = np.random.default_rng(7)
    first = {(m.region, m.id): m for m in measure(portrait(), face_models()).measures if m.comparable}
    beyond, seen = 0, 0
    for seed in range(12):
        exposure = 1 + rng.normal(0, STANDARD_ERRORS.exposure) * np.sqrt(2)
        balance = 1 + rng.normal(0, STANDARD_ERRORS.white_balance, 3) * np.sqrt(2) * (1, 0, 1)
        moved, _ = retaken(portrait(), turn_deg=rng.normal(0, 3), zoom=1 + rng.normal(0, 0.03), seed=seed)
        for m in measure(relit(moved, *(exposure * balance)), face_models()).measures:
            one = first.get((m.region, m.id))
            if one is None or not m.comparable or m.id is MeasureId.COLOUR_UNEVENNESS:
                continue
            assert one.value is not None
            assert one.error is not None
            assert m.value is not None
            assert m.error is not None
            seen += 1
            beyond += abs(m.value - one.value) > smallest_detectable_change(one.error, m.error)
    assert seen > 200
    assert beyond < 0.1 * seen
