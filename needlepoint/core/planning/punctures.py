"""The puncture simulation: what a device really leaves on the skin, as points and as numbers.

    pattern = pattern_of(device, depth_mm=1.5, passes=4, directions=2, stroke=..., drum=..., hand=...)
    field = simulate(pattern, rng=np.random.default_rng(7), hole_um=70)    # a small tile, to be drawn
    whole = simulate_face(pattern, rng=..., hole_um=70, area_cm2=600)      # numbers only, memory does not grow

Both use the same punctures of the same seed. `simulate` is plain Python and takes some milliseconds; `simulate_face`
is compiled and needs Numba.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from needlepoint.core.planning import strewing
from needlepoint.core.planning.pattern import Unsteady

if TYPE_CHECKING:
    from collections.abc import Sequence

    from needlepoint.core.planning.pattern import Pattern

_UM_IN_MM = 1000.0
_MM2_IN_CM2 = 100.0
_BLOCK_MM = 40.0
_HALO = 30.0  # times 1/sqrt(density per cm2), mm: three times the side of the square that one puncture has to itself
_CELL = 10.0  # the same in mm: one puncture to a cell


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What the punctures leave on a piece of skin.

    `distinct`: punctures that fell on skin not yet opened. `nearest_mm`: mean distance to the next puncture.
    `evenness`: that distance against the one of punctures at random (Clark and Evans): below 1 clustered, above 1 even.
    `touching`: part of the punctures whose holes overlap another. `missed`: part of the square millimetres without a
    puncture. `widest_gap_mm`: diameter of the widest round patch without one. `opened`: part of the surface opened.
    """

    area_cm2: float
    punctures: int
    distinct: int
    nearest_mm: float
    touching: float
    missed: float
    widest_gap_mm: float
    opened: float

    @property
    def per_cm2(self) -> float:
        """Give the punctures per cm2, all counted."""
        return self.punctures / self.area_cm2

    @property
    def distinct_per_cm2(self) -> float:
        """Give the distinct punctures per cm2."""
        return self.distinct / self.area_cm2

    @property
    def evenness(self) -> float:
        """Give the index of Clark and Evans, doi 10.2307/1931034."""
        return self.nearest_mm * 2 * math.sqrt(self.per_cm2 / _MM2_IN_CM2)


@dataclass(frozen=True, slots=True, kw_only=True)
class PunctureField:
    """A tile of skin with its punctures, in the order in which they were made; mm from its upper left corner."""

    width_mm: float
    height_mm: float
    hole_um: float
    x_mm: tuple[float, ...]
    y_mm: tuple[float, ...]
    survey: Survey


def simulate(
    pattern: Pattern, *, rng: np.random.Generator, hole_um: float, width_mm: float = 10.0, height_mm: float = 10.0
) -> PunctureField:
    """Give the punctures of a small tile of skin, away from all edges, and what they leave there.

    Parameters
    ----------
    pattern : device, passes and hand
    rng : one number is drawn from it; the same generator state gives the same punctures
    hole_um : diameter of a hole, micrometres
    width_mm, height_mm : of the tile; a few thousand punctures take a tenth of a second

    Returns
    -------
    PunctureField

    Raises
    ------
    Unsteady : the hand is so uneven that a stroke could stop
    """
    cell, halo = _cell_and_halo(pattern, hole_um)
    core = np.array([0.0, 0.0, width_mm, height_mm])
    box = np.array([-halo, -halo, width_mm + halo, height_mm + halo])
    xs, ys, count = _strewn(pattern, _seed(rng), box)
    found = _surveyed(xs, ys, count, box, core, cell=cell, halo=halo, radius=hole_um / 2 / _UM_IN_MM)
    inside = [n for n in range(count) if 0 <= xs[n] < width_mm and 0 <= ys[n] < height_mm]
    return PunctureField(
        width_mm=width_mm,
        height_mm=height_mm,
        hole_um=hole_um,
        x_mm=tuple(xs[n] for n in inside),
        y_mm=tuple(ys[n] for n in inside),
        survey=_survey(found, width_mm * height_mm / _MM2_IN_CM2),
    )


def simulate_face(pattern: Pattern, *, rng: np.random.Generator, hole_um: float, area_cm2: float) -> Survey:
    """Give what a pattern leaves on a large square of skin; block by block, compiled, with memory that stays the same.

    Parameters
    ----------
    pattern, rng, hole_um : as in `simulate`
    area_cm2 : size of the square

    Returns
    -------
    Survey
    """
    side = 10 * math.sqrt(area_cm2)
    cell, halo = _cell_and_halo(pattern, hole_um)
    capacity = 256 + int(1.3 * pattern.per_cm2 * (_BLOCK_MM + 2 * halo) ** 2 / _MM2_IN_CM2)
    seed, work, disc = _seed(rng), strewing.compiled(), strewing.disc_points()
    while True:
        found = np.zeros(8)
        size = np.array([side, side, _BLOCK_MM])
        needed = work(*_arrays(pattern), seed, size, cell, hole_um / 2 / _UM_IN_MM, halo, capacity, disc, found)
        if not needed:
            return _survey(found.tolist(), area_cm2)
        capacity = needed + needed // 4


def _cell_and_halo(pattern: Pattern, hole_um: float) -> tuple[float, float]:
    root = math.sqrt(pattern.per_cm2)
    diameter = hole_um / _UM_IN_MM
    return max(_CELL / root, diameter), max(_HALO / root, 2 * diameter)


def _seed(rng: np.random.Generator) -> int:
    return int(rng.integers(1 << 32))


def _arrays(pattern: Pattern) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Give a pattern as the numbers that the inner loops take.

    Raises
    ------
    Unsteady : the spread of the step is so large that a drawn step could be endless
    """
    hand = pattern.hand
    if hand.step_spread * strewing.SPREAD >= 1:
        raise Unsteady(f"a step spread of {hand.step_spread:g} leaves strokes that never end")
    needles = np.array(pattern.needles_mm)
    return (
        np.ascontiguousarray(needles[:, 0]),
        np.ascontiguousarray(needles[:, 1]),
        np.radians(np.array(pattern.turns_deg)),
        np.array([
            pattern.step_mm * (1 + hand.slip),
            pattern.lane_mm,
            hand.stroke_mm,
            hand.step_spread,
            hand.lane_spread_mm,
            math.radians(hand.heading_spread_deg),
            hand.shake_mm,
        ]),
    )  # fmt: skip


def _strewn(pattern: Pattern, seed: int, box: np.ndarray) -> tuple[list[float], list[float], int]:
    """Strew a box without the compiler: numbers of plain Python are several times faster there than those of NumPy."""
    along, across, turns, hand = (numbers.tolist() for numbers in _arrays(pattern))
    corners = box.tolist()
    capacity = 64 + int(1.3 * pattern.per_cm2 * (box[2] - box[0]) * (box[3] - box[1]) / _MM2_IN_CM2)
    while True:
        xs, ys = [0.0] * capacity, [0.0] * capacity
        count = strewing.strew(along, across, turns, hand, seed, corners, xs, ys)
        if count <= capacity:
            return xs, ys, count
        capacity = count


def _surveyed(
    xs: list[float],
    ys: list[float],
    count: int,
    box: np.ndarray,
    core: np.ndarray,
    *,
    cell: float,
    halo: float,
    radius: float,
) -> list[float]:
    columns, rows = int((box[2] - box[0]) / cell) + 1, int((box[3] - box[1]) / cell) + 1
    grid = [float(box[0]), float(box[1]), cell, halo, columns, rows]
    skin, rank, starts = ([0.0] * count, [0.0] * count), [0] * count, [0] * (columns * rows + 1)
    strewing.laid_out(xs, ys, count, skin, rank, starts, grid)
    disc, near, found = strewing.disc_points().tolist(), ([0.0] * 64, [0.0] * 64), [0.0] * 8
    hit = [0] * (int(core[2] - core[0] + 1) * int(core[3] - core[1] + 1))
    strewing.survey(count, core.tolist(), radius, skin, rank, starts, grid, disc, near, hit, found)
    return found


def _survey(found: Sequence[float], area_cm2: float) -> Survey:
    punctures = int(found[strewing.PUNCTURES])
    return Survey(
        area_cm2=area_cm2,
        punctures=punctures,
        distinct=int(found[strewing.DISTINCT]),
        nearest_mm=found[strewing.NEAREST] / punctures if punctures else math.inf,
        touching=found[strewing.TOUCHING] / punctures if punctures else 0.0,
        missed=found[strewing.MISSED] / found[strewing.CELLS] if found[strewing.CELLS] else 1.0,
        widest_gap_mm=2 * found[strewing.GAP],
        opened=found[strewing.OPENED] / (area_cm2 * _MM2_IN_CM2),
    )
