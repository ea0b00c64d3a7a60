"""The density vectors of the evidence table, held against the closed forms."""

import pytest

from needlepoint.core.planning.kinematics import (
    chance_of_miss,
    nearest_neighbour_mm,
    opened_fraction,
    passes_for,
    pen_density,
    pen_seconds,
    roller_density,
)


def drum(needles: int, length_cm: float) -> float:
    return roller_density(needles=needles, drum_diameter_cm=2.0, width_cm=2.0, needle_length_cm=length_cm)


@pytest.mark.parametrize(
    ("vector", "needles", "length_cm", "per_pass"),
    [
        ("T.roller.192.ideal", 192, 0.0, 15.28),
        ("T.roller.192.02", 192, 0.02, 14.98),
        ("T.roller.192.15", 192, 0.15, 13.29),
        ("T.roller.540", 540, 0.0, 43.0),
    ],
)
def test_a_roller_leaves_the_density_of_its_vector(
    vector: str, needles: int, length_cm: float, per_pass: float
) -> None:
    assert drum(needles, length_cm) == pytest.approx(per_pass, rel=0.001), vector


@pytest.mark.parametrize(("length_cm", "after_15"), [(0.0, 229), (0.02, 225), (0.15, 199)])
def test_fifteen_passes_come_near_the_published_250(length_cm: float, after_15: float) -> None:
    density = 15 * drum(192, length_cm)
    assert density == pytest.approx(after_15, rel=0.003)
    assert 0.79 < density / 250 < 1.2


@pytest.mark.parametrize(("needles", "length_cm", "target", "exact"), [
    (192, 0.15, 250, 18.8), (192, 0.15, 300, 22.6), (540, 0.0, 250, 5.8),
])  # fmt: skip
def test_passes_are_the_next_whole_number(needles: int, length_cm: float, target: float, exact: float) -> None:
    per_pass = drum(needles, length_cm)
    assert target / per_pass == pytest.approx(exact, abs=0.05)
    assert passes_for(target, per_pass) == int(exact) + 1


@pytest.mark.parametrize(("target", "per_pass", "passes"), [(300, 100, 3), (0.3, 0.1, 3), (1, 500, 1), (301, 100, 4)])
def test_a_target_that_is_met_exactly_needs_no_further_pass(target: float, per_pass: float, passes: int) -> None:
    assert passes_for(target, per_pass) == passes


@pytest.mark.parametrize(("needles", "rate_hz", "per_second"), [
    (14, 116.7, 1633), (6, 100, 600), (6, 150, 900), (11, 90, 990), (12, 110, 1320),
])  # fmt: skip
def test_a_pen_strikes_as_often_as_its_vector_says(needles: int, rate_hz: float, per_second: float) -> None:
    seconds = pen_seconds(area_cm2=1, density_per_cm2=per_second, needles=needles, rate_hz=rate_hz, efficiency=1)
    assert seconds == pytest.approx(1, rel=0.001)


@pytest.mark.parametrize(("needles", "rate_hz", "per_pass"), [(14, 116.7, 1361), (6, 100, 500)])
def test_a_gliding_pen_leaves_the_density_of_its_vector(needles: int, rate_hz: float, per_pass: float) -> None:
    density = pen_density(needles=needles, rate_hz=rate_hz, efficiency=1, glide_cm_s=2, field_cm=0.6)
    assert density == pytest.approx(per_pass, rel=0.001)


@pytest.mark.parametrize(("needles", "rate_hz", "seconds"), [(14, 116.7, 15.3), (6, 100, 41.7), (11, 90, 25.3)])
def test_a_hundred_square_centimetres_take_the_seconds_of_their_vector(
    needles: int, rate_hz: float, seconds: float
) -> None:
    needed = pen_seconds(area_cm2=100, density_per_cm2=250, needles=needles, rate_hz=rate_hz, efficiency=1)
    assert needed == pytest.approx(seconds, abs=0.05)


@pytest.mark.parametrize(("density", "mm"), [(250, 0.316), (300, 0.289), (100, 0.50), (1000, 0.158)])
def test_neighbours_lie_as_far_apart_as_chance_says(density: float, mm: float) -> None:
    assert nearest_neighbour_mm(density) == pytest.approx(mm, abs=0.001)


@pytest.mark.parametrize(("density", "percent"), [(250, 8.2), (300, 5.0), (500, 0.67)])
def test_a_square_millimetre_is_missed_as_often_as_chance_says(density: float, percent: float) -> None:
    assert 100 * chance_of_miss(density, cell_mm2=1) == pytest.approx(percent, abs=0.05)


@pytest.mark.parametrize(("hole_um", "percent"), [(70, 0.96), (250, 11.6)])
def test_the_opened_surface_is_that_of_the_vector(hole_um: float, percent: float) -> None:
    assert 100 * opened_fraction(250, hole_diameter_um=hole_um) == pytest.approx(percent, abs=0.06)
