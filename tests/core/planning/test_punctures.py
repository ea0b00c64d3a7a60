"""The puncture simulation, held against the closed forms with stated confidence, and against counting by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from needlepoint.core.planning.facts import Hand
from needlepoint.core.planning.kinematics import chance_of_miss, nearest_neighbour_mm, opened_fraction
from needlepoint.core.planning.pattern import Pattern, Unsteady, dealt, pattern_of
from needlepoint.core.planning.punctures import Survey, simulate, simulate_face
from needlepoint.core.terms import DeviceKind
from tests.core.planning.asking import facts

HOLE_UM = 70.7
TILES = 80  # of one square centimetre each
SURE = 3.29  # standard errors: a true simulation stays within them 999 times in 1000
EVEN = Hand(
    card="even", kinds=frozenset(DeviceKind), stroke_mm=60, slip=0, step_spread=0, lane_spread_mm=0,
    heading_spread_deg=0, shake_mm=0,
)  # fmt: skip


def led(device: str, passes: int, directions: int = 4, *, hand: Hand | None = None, depth_mm: float = 1.5) -> Pattern:
    known = facts().devices[device]
    return pattern_of(
        known, depth_mm=depth_mm, passes=passes, directions=directions, stroke=facts().stroke, drum=facts().drum,
        hand=hand or facts().hands[known.device.kind],
    )  # fmt: skip


def tiles(pattern: Pattern, *, hole_um: float = HOLE_UM, count: int = TILES, side_mm: float = 10) -> list[Survey]:
    rng = np.random.default_rng(20261122)
    fields = (simulate(pattern, rng=rng, hole_um=hole_um, width_mm=side_mm, height_mm=side_mm) for _ in range(count))
    return [field.survey for field in fields]


def agrees(found: list[float], expected: float) -> bool:
    """Say whether the mean of independent tiles lies within SURE standard errors of what is expected."""
    return bool(abs(np.mean(found) - expected) < SURE * np.std(found, ddof=1) / math.sqrt(len(found)))


@pytest.mark.parametrize(
    ("vector", "device", "depth_mm", "per_pass"),
    [
        ("T.roller.192.02", "dermaroller_192_0_5", 0.2, 14.98),
        ("T.roller.192.15", "dermaroller_192_1_5", 1.5, 13.29),
        ("T.roller.540", "disc_roller_540", 0.0, 43.0),
        ("T.pen.glide", "skinpen_precision", 1.5, 1361),
        ("T.pen.glide", "exceed", 1.5, 500),
    ],
)
def test_an_even_hand_leaves_the_density_of_the_vector(
    vector: str, device: str, depth_mm: float, per_pass: float
) -> None:
    pattern = led(device, 4, hand=EVEN, depth_mm=depth_mm)
    assert pattern.per_pass_per_cm2 == pytest.approx(per_pass, rel=0.001), vector
    found = [survey.per_cm2 / 4 for survey in tiles(pattern, count=TILES if per_pass < 100 else 12)]
    assert agrees(found, pattern.per_pass_per_cm2), (np.mean(found), per_pass)


@pytest.mark.parametrize(("device", "count"), [("dermaroller_192_1_5", TILES), ("exceed", 40)])
def test_an_unsteady_hand_moves_the_punctures_and_not_their_number(device: str, count: int) -> None:
    pattern = led(device, 4)
    assert agrees([survey.per_cm2 for survey in tiles(pattern, count=count)], pattern.per_cm2)


def test_slip_thins_the_punctures_by_its_own_part() -> None:
    steady, slipping = (
        led("dermaroller_192_1_5", 8, hand=EVEN),
        led("dermaroller_192_1_5", 8, hand=replace(EVEN, slip=0.1)),
    )
    assert slipping.per_cm2 == pytest.approx(steady.per_cm2 / 1.1)
    assert agrees([survey.per_cm2 for survey in tiles(slipping)], steady.per_cm2 / 1.1)


@pytest.mark.parametrize("passes", [4, 19, 38])
def test_empty_square_millimetres_are_as_many_as_independent_passes_leave(passes: int) -> None:
    """One pass of even rolling never puts two punctures into one square millimetre, so the closed form is exact."""
    pattern = led("dermaroller_192_1_5", passes, hand=EVEN)
    found = [survey.missed for survey in tiles(pattern)]
    assert agrees(found, (1 - pattern.per_pass_per_cm2 / 100) ** passes)


@pytest.mark.parametrize(("passes", "percent"), [(19, 8.2), (23, 5.0), (38, 0.67)])
def test_many_passes_come_near_the_poisson_limit_of_the_vector(passes: int, percent: float) -> None:
    """250, 300 and 500 punctures per cm2; passes on a lattice miss a little less than chance, by a known factor."""
    pattern = led("dermaroller_192_1_5", passes, hand=EVEN)
    chance = 100 * chance_of_miss(pattern.per_cm2, cell_mm2=1)
    assert chance == pytest.approx(percent, rel=0.1)
    found = 100 * np.mean([survey.missed for survey in tiles(pattern)])
    assert 0.6 * chance < found < 1.05 * chance


@pytest.mark.parametrize(("passes", "vector_mm"), [(19, 0.316), (23, 0.289), (75, 0.158)])
def test_neighbours_lie_as_far_apart_as_chance_says_when_passes_are_many(passes: int, vector_mm: float) -> None:
    pattern = led("dermaroller_192_1_5", passes, hand=EVEN)
    found = [survey.nearest_mm for survey in tiles(pattern, count=40)]
    # Punctures of one pass keep apart: seen from one of them only the other passes are chance.
    expected = nearest_neighbour_mm(pattern.per_cm2 - pattern.per_pass_per_cm2)
    assert expected == pytest.approx(vector_mm, rel=0.05)
    assert np.mean(found) == pytest.approx(expected, rel=0.03)


@pytest.mark.parametrize(("hole_um", "percent"), [(70.0, 0.96), (250.0, 11.6)])
def test_the_opened_surface_is_that_of_the_vector(hole_um: float, percent: float) -> None:
    pattern = led("dermaroller_192_1_5", 19, hand=EVEN)
    radius_cm = hole_um / 20_000
    expected = 1 - (1 - pattern.per_pass_per_cm2 * math.pi * radius_cm**2) ** 19
    found = tiles(pattern, hole_um=hole_um)
    assert agrees([survey.opened for survey in found], expected)
    assert expected == pytest.approx(opened_fraction(pattern.per_cm2, hole_diameter_um=hole_um), rel=0.01)
    assert 100 * expected == pytest.approx(percent, rel=0.03)
    # Each distinct puncture opens, on average, as much as its own hole.
    assert agrees([survey.distinct_per_cm2 * math.pi * radius_cm**2 for survey in found], expected)


@pytest.mark.parametrize("device", ["dermaroller_192_1_5", "exceed"])
def test_the_count_is_that_of_looking_at_every_pair(device: str) -> None:
    pattern = led(device, 20 if device.startswith("dermaroller") else 3, 1)
    field = simulate(pattern, rng=np.random.default_rng(5), hole_um=250, width_mm=12, height_mm=12)
    assert field == simulate(pattern, rng=np.random.default_rng(5), hole_um=250, width_mm=12, height_mm=12)
    points = np.stack([field.x_mm, field.y_mm], axis=1)
    apart = np.sqrt(((points[:, None] - points[None]) ** 2).sum(axis=2))
    reopened = sum((apart[n, :n] < 0.125).any() for n in range(len(points)))
    np.fill_diagonal(apart, np.inf)
    # By hand nothing outside the tile is seen, so at its edges a neighbour may be missed there, and none be added.
    assert field.survey.punctures == len(points)
    assert 0 <= len(points) - field.survey.distinct - reopened <= 0.02 * len(points)
    assert 0 <= field.survey.touching - np.mean(apart.min(axis=1) < 0.25) <= 0.02
    assert 0.94 <= field.survey.nearest_mm / apart.min(axis=1).mean() <= 1
    cells = {(int(x), int(y)) for x, y in points}
    assert field.survey.missed == pytest.approx(1 - len(cells) / 144)


@pytest.mark.slow
@pytest.mark.parametrize(("device", "passes"), [("dermaroller_192_1_5", 5), ("exceed", 1)])
def test_a_face_compiled_and_in_blocks_is_the_same_as_a_tile_in_one_piece(device: str, passes: int) -> None:
    pattern = led(device, passes, 4)
    face = simulate_face(pattern, rng=np.random.default_rng(11), hole_um=250, area_cm2=25)
    tile = simulate(pattern, rng=np.random.default_rng(11), hole_um=250, width_mm=50, height_mm=50).survey
    for name in ("punctures", "distinct"):
        assert getattr(face, name) == getattr(tile, name)
    for name in ("nearest_mm", "touching", "missed", "widest_gap_mm", "opened"):
        assert getattr(face, name) == pytest.approx(getattr(tile, name), rel=1e-6)


@given(some.integers(0, 2**32 - 1), some.integers(1, 12), some.sampled_from([1, 2, 4]))
@settings(max_examples=25, deadline=None)
def test_another_pass_adds_punctures_and_takes_none_away(seed: int, passes: int, directions: int) -> None:
    fewer, more = (
        simulate(led("dermaroller_192_1_0", n, directions), rng=np.random.default_rng(seed), hole_um=HOLE_UM)
        for n in (passes, passes + 1)
    )
    assert set(zip(fewer.x_mm, fewer.y_mm, strict=True)) <= set(zip(more.x_mm, more.y_mm, strict=True))
    assert more.survey.opened >= fewer.survey.opened
    assert more.survey.missed <= fewer.survey.missed
    assert more.survey.widest_gap_mm <= fewer.survey.widest_gap_mm + 1e-9
    assert fewer.survey.distinct <= fewer.survey.punctures


def test_passes_are_dealt_over_the_directions_in_turn() -> None:
    assert dealt(5, 2) == (0, 90, 0, 90, 0)
    assert dealt(4, 4) == (0, 90, 45, 135)
    with pytest.raises(KeyError):
        dealt(4, 3)


def test_a_hand_so_uneven_that_a_stroke_could_stop_is_refused() -> None:
    with pytest.raises(Unsteady):
        simulate(led("exceed", 1, hand=replace(EVEN, step_spread=0.3)), rng=np.random.default_rng(1), hole_um=HOLE_UM)
