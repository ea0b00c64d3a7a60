"""Where punctures fall and what they leave, one number at a time: plain Python for a small tile, compiled for a face.

The functions use nothing but integers, floats and arrays, so the same text runs interpreted, without delay, and
compiled by Numba (`compiled`). Chance is a hash of the seed and of the place in the pattern (pass, lane, stroke,
strike): any piece of skin can be strewn alone, in any order, and always gets the same punctures, so memory stays flat.
"""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]

_WORD = 0xFFFFFFFF
_BIAS = 1 << 20  # lanes and strokes may lie on the negative side
SPREAD = 2 * math.sqrt(3)  # no drawn error is more standard deviations than this from zero
# What `survey` counts, by place: punctures, those on unopened skin, those touching another, summed distance to the
# next puncture (mm), opened area (mm2), cells of skin, cells without a puncture, widest distance to a puncture (mm).
PUNCTURES, DISTINCT, TOUCHING, NEAREST, OPENED, CELLS, MISSED, GAP = range(8)
_SAMPLES = 32  # points by which the part of a hole that lies on unopened skin is found
_PROBES_PER_MM = 2  # how finely the widest gap is looked for
_GOLDEN = math.pi * (3 - math.sqrt(5))


def mixed(word: int, value: int) -> int:
    """Stir a value into a 32-bit word (two rounds of xor, shift and multiply)."""
    word = (word + value * 0x9E3779B1) & _WORD
    word = (((word >> 16) ^ word) * 0x045D9F3B) & _WORD
    word = (((word >> 16) ^ word) * 0x045D9F3B) & _WORD
    return (word >> 16) ^ word


def evenly(word: int) -> float:
    """Give the number from 0 to below 1 that a word stands for."""
    return word / 4294967296.0


def bell(word: int) -> float:
    """Give a number of mean 0 and standard deviation 1, never beyond SPREAD: the sum of four even ones."""
    other = mixed(word, 1)
    total = (word & 0xFFFF) + (word >> 16) + (other & 0xFFFF) + (other >> 16)
    return (total / 65536.0 - 2.0 + 2.0 / 65536.0) * math.sqrt(3.0)


def strew(along: Any, across: Any, turns: Any, hand: Any, seed: int, box: Any, xs: Any, ys: Any) -> int:
    """Write the punctures that fall into a box, pass by pass, and give how many there are.

    Parameters
    ----------
    along, across : (needles,) place of each needle at one strike, mm
    turns : (passes,) direction of each pass, radians
    hand : (7,) step, lane and stroke in mm; then spreads: of the step (a part of it), of the lane (mm), of the heading
        (radians), of a strike (mm)
    seed : 32 bits
    box : (4,) left, top, right, bottom, mm
    xs, ys : buffers; what no longer fits is counted and not written

    Returns
    -------
    int : number of punctures in the box
    """
    field = 0.0  # how far from the middle of a strike a puncture can be
    for needle in range(len(along)):
        field = max(field, math.hypot(along[needle], across[needle]))
    field += SPREAD * hand[6] * math.sqrt(2.0)
    count = 0
    for turn in range(len(turns)):
        count = swept(along, across, turns[turn], hand, mixed(seed, turn), box, field, xs, ys, count)
    return count


def swept(
    along: Any, across: Any, turn: float, hand: Any, chance: int, box: Any, field: float, xs: Any, ys: Any, count: int
) -> int:
    """Write the punctures of one pass: lane beside lane, stroke after stroke, wherever they can meet the box."""
    lane_mm, stroke_mm = hand[1], hand[2]
    middle_x, middle_y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    half_x, half_y = (box[2] - box[0]) / 2, (box[3] - box[1]) / 2
    cos, sin = math.cos(turn), math.sin(turn)
    lane_start, stroke_start = evenly(mixed(chance, 1)) * lane_mm, evenly(mixed(chance, 2)) * stroke_mm
    middle_u, middle_v = middle_x * cos + middle_y * sin, middle_y * cos - middle_x * sin
    reach = field + SPREAD * hand[4] + stroke_mm / 2 * math.sin(min(SPREAD * hand[5], math.pi / 2))
    half_u = half_x * abs(cos) + half_y * abs(sin) + reach
    half_v = half_x * abs(sin) + half_y * abs(cos) + reach
    first, last = (
        math.floor((middle_u - half_u - stroke_start) / stroke_mm),
        math.floor((middle_u + half_u - stroke_start) / stroke_mm),
    )
    for lane in range(
        math.floor((middle_v - half_v - lane_start) / lane_mm),
        math.floor((middle_v + half_v - lane_start) / lane_mm) + 1,
    ):
        of_lane = mixed(chance, lane + _BIAS)
        for stroke in range(first, last + 1):
            of_stroke = mixed(of_lane, stroke + _BIAS)
            u = stroke_start + (stroke + 0.5) * stroke_mm
            v = lane_start + (lane + 0.5) * lane_mm + hand[4] * bell(mixed(of_stroke, 3))
            x, y = u * cos - v * sin, u * sin + v * cos
            far = stroke_mm / 2 + field
            if abs(x - middle_x) < half_x + far and abs(y - middle_y) < half_y + far:
                count = stroked(along, across, turn, hand, of_stroke, x, y, box, field, xs, ys, count)
    return count


def stroked(
    along: Any, across: Any, turn: float, hand: Any, chance: int, x: float, y: float, box: Any, field: float,
    xs: Any, ys: Any, count: int,
) -> int:  # fmt: skip
    """Write the punctures of one stroke round its middle: strike after strike, all needles at once."""
    step = hand[0] / (1.0 + hand[3] * bell(mixed(chance, 1)))
    heading = turn + hand[5] * bell(mixed(chance, 2))
    cos, sin = math.cos(heading), math.sin(heading)
    start = evenly(mixed(chance, 4)) * step - hand[2] / 2
    for strike in range(math.ceil((hand[2] / 2 - start) / step)):
        way = start + strike * step
        at_x, at_y = x + way * cos, y + way * sin
        if at_x < box[0] - field or at_x > box[2] + field or at_y < box[1] - field or at_y > box[3] + field:
            continue
        shaken = mixed(chance, strike + 16)
        at_x, at_y = at_x + hand[6] * bell(shaken), at_y + hand[6] * bell(mixed(shaken, 2))
        for needle in range(len(along)):
            hole_x = at_x + along[needle] * cos - across[needle] * sin
            hole_y = at_y + along[needle] * sin + across[needle] * cos
            if box[0] <= hole_x < box[2] and box[1] <= hole_y < box[3]:
                if count < len(xs):
                    xs[count], ys[count] = hole_x, hole_y
                count += 1
    return count


def nearest(x: float, y: float, but: int, skin: Any, starts: Any, grid: Any) -> float:
    """Give the distance from a point to the next puncture, the one at slot `but` left out, up to the limit of the grid.

    `skin`: x and y of the punctures, cell by cell. `starts`: first slot of each cell. `grid`: see `laid_out`.
    """
    xs, ys = skin[0], skin[1]
    cell, limit, columns, rows = grid[2], grid[3], int(grid[4]), int(grid[5])
    column, row = int((x - grid[0]) / cell), int((y - grid[1]) / cell)
    in_x, in_y = x - grid[0] - column * cell, y - grid[1] - row * cell
    to_edge = min(min(in_x, cell - in_x), min(in_y, cell - in_y))
    best = limit * limit
    ring = 1
    while True:
        for beside in range(max(row - ring, 0) * columns, (min(row + ring, rows - 1) + 1) * columns, columns):
            first, last = beside + max(column - ring, 0), beside + min(column + ring, columns - 1)
            for slot in range(starts[first], starts[last + 1]):
                apart = (xs[slot] - x) * (xs[slot] - x) + (ys[slot] - y) * (ys[slot] - y)
                if apart < best and slot != but:
                    best = apart
        safe = ring * cell + to_edge  # whatever lies outside the cells looked at is at least this far away
        if best <= safe * safe or safe >= limit:
            return math.sqrt(best)
        ring += 1


def fresh_part(slot: int, radius: float, skin: Any, rank: Any, starts: Any, grid: Any, disc: Any, near: Any) -> float:
    """Give which part of a hole lies on skin that no earlier hole has opened; minus 1 less when its middle was open.

    `rank`: the order in which the punctures were made. `disc`: points spread over a hole of radius 1. `near`: a buffer.
    """
    xs, ys = skin[0], skin[1]
    x, y, own = xs[slot], ys[slot], rank[slot]
    cell, columns, rows = grid[2], int(grid[4]), int(grid[5])
    column, row = int((x - grid[0]) / cell), int((y - grid[1]) / cell)
    square = radius * radius
    earlier = 0
    reopened = False
    for beside in range(max(row - 1, 0) * columns, (min(row + 1, rows - 1) + 1) * columns, columns):
        first, last = beside + max(column - 1, 0), beside + min(column + 1, columns - 1)
        for other in range(starts[first], starts[last + 1]):
            apart = (xs[other] - x) * (xs[other] - x) + (ys[other] - y) * (ys[other] - y)
            if apart < 4 * square and rank[other] < own and earlier < len(near[0]):
                near[0][earlier], near[1][earlier] = (xs[other] - x) / radius, (ys[other] - y) / radius
                earlier += 1
                reopened = reopened or apart < square
    covered = 0
    for sample in range(len(disc[0]) if earlier else 0):
        for other in range(earlier):
            if (near[0][other] - disc[0][sample]) ** 2 + (near[1][other] - disc[1][sample]) ** 2 < 1.0:
                covered += 1
                break
    fresh = 1.0 - covered / len(disc[0])
    return fresh - 2.0 if reopened else fresh


def laid_out(xs: Any, ys: Any, count: int, skin: Any, rank: Any, starts: Any, grid: Any) -> None:
    """Sort punctures into cells, those of one cell in the order in which they were made.

    Parameters
    ----------
    xs, ys, count : as in `survey`
    skin, rank, starts : filled; (2, count), (count,) and one more than there are cells, all zero
    grid : (6,) left and top of the cells, their size, the farthest distance looked for, columns and rows
    """
    cell, columns = grid[2], int(grid[4])
    for index in range(count):
        starts[int((ys[index] - grid[1]) / cell) * columns + int((xs[index] - grid[0]) / cell) + 1] += 1
    for place in range(len(starts) - 1):
        starts[place + 1] += starts[place]
    for index in range(count - 1, -1, -1):
        place = int((ys[index] - grid[1]) / cell) * columns + int((xs[index] - grid[0]) / cell) + 1
        starts[place] -= 1  # from its end downwards; afterwards every entry is one cell late
        slot = starts[place]
        skin[0][slot], skin[1][slot], rank[slot] = xs[index], ys[index], index
    for place in range(len(starts) - 1):
        starts[place] = starts[place + 1]
    starts[len(starts) - 1] = count


def survey(
    count: int, core: Any, radius: float, skin: Any, rank: Any, starts: Any, grid: Any, disc: Any, near: Any, hit: Any,
    found: Any,
) -> None:  # fmt: skip
    """Add to `found` what the punctures of a core leave; those round it count as neighbours.

    Parameters
    ----------
    count : number of punctures laid out
    core : (4,) left, top, right, bottom, mm
    radius : of a hole, mm
    skin, rank, starts, grid : as `laid_out` has filled them
    disc, near : as in `fresh_part`
    hit : a buffer of zeros, one for each whole square millimetre of the core
    found : (8,) running sums, see PUNCTURES and the names beside it
    """
    wide, high = int(core[2] - core[0] + 1e-9), int(core[3] - core[1] + 1e-9)
    for slot in range(count):
        x, y = skin[0][slot], skin[1][slot]
        if x < core[0] or x >= core[2] or y < core[1] or y >= core[3]:
            continue
        column, row = int(x - core[0]), int(y - core[1])
        if column < wide and row < high:
            hit[row * wide + column] = 1
        apart = nearest(x, y, slot, skin, starts, grid)
        fresh = fresh_part(slot, radius, skin, rank, starts, grid, disc, near) if apart < 2 * radius else 1.0
        found[PUNCTURES] += 1.0
        found[NEAREST] += apart
        found[TOUCHING] += 1.0 if apart < 2 * radius else 0.0
        found[DISTINCT] += 1.0 if fresh >= 0 else 0.0
        found[OPENED] += (fresh if fresh >= 0 else fresh + 2.0) * math.pi * radius * radius
    found[CELLS] += wide * high
    for place in range(wide * high):
        found[MISSED] += 1.0 - hit[place]
    for probe in range(wide * high * _PROBES_PER_MM * _PROBES_PER_MM):
        row, column = probe // (wide * _PROBES_PER_MM), probe % (wide * _PROBES_PER_MM)
        x, y = core[0] + (column + 0.5) / _PROBES_PER_MM, core[1] + (row + 0.5) / _PROBES_PER_MM
        found[GAP] = max(found[GAP], nearest(x, y, -1, skin, starts, grid))


def disc_points() -> Floats:
    """Give points spread evenly over a disc of radius 1, as the seeds of a sunflower lie."""
    number = np.arange(_SAMPLES)
    away = np.sqrt((number + 0.5) / _SAMPLES)
    return np.stack([away * np.cos(number * _GOLDEN), away * np.sin(number * _GOLDEN)])


def field(
    along: Floats, across: Floats, turns: Floats, hand: Floats, seed: int, size: Floats, cell: float, radius: float,
    halo: float, capacity: int, disc: Floats, found: Floats,
) -> int:  # fmt: skip
    """Strew and survey a whole field block by block, so that memory does not grow with it.

    Parameters
    ----------
    along, across, turns, hand, seed, radius, disc, found : as in `strew` and `survey`
    size : (3,) width and height of the field and edge of a block, mm
    cell : size of the cells in which neighbours are looked up, mm; at least the diameter of a hole
    halo : how far round a block neighbours are looked for, mm
    capacity : punctures that a block with its halo may hold

    Returns
    -------
    int : 0, or the capacity that a block would have needed; `found` is then of no use
    """
    xs, ys, skin, rank = np.empty(capacity), np.empty(capacity), np.empty((2, capacity)), np.empty(capacity, np.int64)
    near = np.empty((2, 64))
    for block_y in range(math.ceil(size[1] / size[2])):
        for block_x in range(math.ceil(size[0] / size[2])):
            left, top = block_x * size[2], block_y * size[2]
            core = np.array([left, top, min(left + size[2], size[0]), min(top + size[2], size[1])])
            box = np.array([core[0] - halo, core[1] - halo, core[2] + halo, core[3] + halo])
            count = strew(along, across, turns, hand, seed, box, xs, ys)
            if count > capacity:
                return count
            columns, rows = int((box[2] - box[0]) / cell) + 1, int((box[3] - box[1]) / cell) + 1
            grid = np.array([box[0], box[1], cell, halo, float(columns), float(rows)])
            starts = np.zeros(columns * rows + 1, np.int64)
            hit = np.zeros(int(size[2] + 1) ** 2, np.int64)
            laid_out(xs, ys, count, skin, rank, starts, grid)
            survey(count, core, radius, skin, rank, starts, grid, disc, near, hit, found)
    return 0


@cache
def compiled() -> Callable[..., int]:
    """Give `field` compiled; the machine code is kept beside this file, so only the first run ever waits for it."""
    # Taken in here and not above: it costs half a second, which a drawn tile must not wait for.
    from numba import njit
    from numba.extending import register_jitable

    for part in (mixed, evenly, bell, stroked, swept, strew, nearest, fresh_part, laid_out, survey):
        register_jitable(part)
    machine_code: Callable[..., int] = njit(cache=True)(field)
    return machine_code
