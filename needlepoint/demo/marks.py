"""Marks on the skin, each a short stroke on the unshaped body: pits, lines, spots, papules, stretch marks, hairs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from needlepoint.demo.mesh import Positions, base_mesh
from needlepoint.demo.skin import Skin
from needlepoint.demo.subject import Subject, View, cut_out_of, vertex_normals

PIT, LINE, SPOT, PAPULE, STRIA, HAIR = range(6)
_CELL: Final = 0.06  # decimetres: about the size of the larger marks
_POINTS: Final = 60_000
# What a stroke carries: both ends, the surface's normal, radius, kind, amount.
_COLUMNS: Final = 12
# Where stretch marks lie: lowest and highest middle, and how they lean in degrees.
_STRIPED: Final = {View.ABDOMEN: (0.85, 1.7, 68.0), View.THIGH: (-3.6, -2.0, 80.0)}


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Marks:
    """Strokes, and a grid of cells that tells which of them may touch a place.

    Attributes
    ----------
    strokes
        (k, 12) both ends, normal, radius in decimetres, kind, amount.
    corner
        (3,) lower corner of the grid.
    shape
        (3,) cells along each axis.
    starts, members
        The strokes of cell c are members[starts[c]:starts[c + 1]].

    """

    strokes: NDArray[np.float64]
    corner: NDArray[np.float64]
    shape: NDArray[np.int64]
    starts: NDArray[np.int64]
    members: NDArray[np.int64]

    def count(self, kind: int) -> int:
        """Give how many marks of a kind there are."""
        return int((self.strokes[:, 10] == kind).sum())


@lru_cache(maxsize=16)
def _marks(subject: Subject, key: tuple[float, ...], view: View) -> Marks:
    pits, wrinkles, spots, lesions, striae, striae_redness, tone = key
    rng = np.random.default_rng([subject.seed, 2])
    points, normals = _surface(view)
    groups = (
        (*_face_marks(points, normals, rng, pits=pits, wrinkles=wrinkles, spots=spots, lesions=lesions, tone=tone),
         _brows(points, normals, rng, masculine=subject.masculine))
        if view is View.FACE
        else (*_striae(points, normals, rng, share=striae, redness=striae_redness, view=view),
              _spots(points, normals, rng, where=np.ones(len(points)), share=spots * 0.5, tone=tone))
    )  # fmt: skip
    return _gridded(np.concatenate([np.zeros((0, _COLUMNS)), *groups]))


def marks(subject: Subject, skin: Skin, view: View) -> Marks:
    """Give the marks of a skin on a body: the same person has the same marks in the same places.

    Parameters
    ----------
    subject
        Who.
    skin
        How many, how strong.
    view
        On what part of the body.

    Returns
    -------
    Marks
        On the unshaped mesh.

    """
    key = (skin.pits, skin.wrinkles, skin.spots, skin.lesions, skin.striae, skin.striae_redness, skin.melanin)
    return _marks(subject, key, view)


@lru_cache(maxsize=4)
def _surface(view: View) -> tuple[Positions, Positions]:
    """Give points spread evenly over the unshaped skin, with normals; the same for every body."""
    cut = cut_out_of(view)
    canonical = cut.weights @ base_mesh().template
    triangles = np.concatenate([cut.quads[:, [0, 1, 2]], cut.quads[:, [0, 2, 3]]])
    corners = canonical[triangles]
    skin = cut.parts[triangles[:, 0]] == 0
    if view is View.FACE:
        middle = corners.mean(axis=1)
        skin &= (middle[:, 1] > 6.1) & (middle[:, 1] < 8.2) & (middle[:, 2] > 0.4)
    triangles, corners = triangles[skin], corners[skin]
    normals = vertex_normals(canonical, triangles)
    sizes = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    rng = np.random.default_rng(0)
    chosen = rng.choice(len(triangles), _POINTS, p=sizes / sizes.sum())
    a, b = rng.random((2, _POINTS, 1))
    flip = a + b > 1
    a, b = np.where(flip, 1 - a, a), np.where(flip, 1 - b, b)
    three = corners[chosen]
    points = three[:, 0] + a * (three[:, 1] - three[:, 0]) + b * (three[:, 2] - three[:, 0])
    return points, normals[triangles[chosen, 0]]


def _face_marks(
    points: Positions, normals: Positions, rng: np.random.Generator,
    *, pits: float, wrinkles: float, spots: float, lesions: float, tone: float,
) -> Iterator[NDArray[np.float64]]:  # fmt: skip
    x, y, z = np.abs(points[:, 0]), points[:, 1], points[:, 2]
    front = (normals[:, 2] > -0.1) & ~_near_features(points)
    cheek = front & (y < 7.12) & (y > 6.5) & (x > 0.24) & (x < 0.72) & (z > 0.65)
    central = front & (y > 6.25) & (y < 8.0) & (z > 0.6)
    sunny = np.where(y > 6.6, 1.0, 0.3) * central.astype(float)
    yield _pits(points, normals, rng, where=cheek.astype(float), share=pits)
    yield _wrinkles(points, normals, rng, share=wrinkles)
    yield _spots(points, normals, rng, where=sunny, share=spots, tone=tone)
    chosen = _pick(points, rng, cheek * 1.0 + central * 0.25, 46)
    size = 0.012 + 0.012 * rng.random(46)
    rank = rng.random(46)
    kept = rank < lesions
    yield _dots(points[chosen], normals[chosen], size, PAPULE, 8 + 10 * rng.random(46))[kept]


def _near_features(points: Positions) -> NDArray[np.bool_]:
    x, y, z = np.abs(points[:, 0]), points[:, 1], points[:, 2]
    eye = ((x - 0.32) / 0.2) ** 2 + ((y - 7.29) / 0.11) ** 2 < 1
    mouth = (x / 0.33) ** 2 + ((y - 6.6) / 0.15) ** 2 < 1
    nostril = (x < 0.16) & (y < 6.88) & (y > 6.76)
    ear = (z < 0.68) & (y < 7.4)
    return np.asarray(eye | mouth | nostril | ear)


def _pick(points: Positions, rng: np.random.Generator, weight: NDArray[np.float64], count: int) -> NDArray[np.int64]:
    return np.asarray(rng.choice(len(points), count, replace=False, p=weight / weight.sum()))


def _dots(
    at: Positions, normals: Positions, radius: NDArray[np.float64], kind: int, amount: NDArray[np.float64]
) -> NDArray[np.float64]:
    return np.column_stack([at, at, normals, radius, np.full(len(at), kind), amount])


def _pits(
    points: Positions, normals: Positions, rng: np.random.Generator, *, where: NDArray[np.float64], share: float
) -> NDArray[np.float64]:
    # All are drawn and the lowest ranks kept: as scars fade, the same ones stay, shallower.
    count = 260
    chosen = _pick(points, rng, where, count)
    radius = 0.006 + 0.013 * rng.random(count) ** 2
    depth = (0.0022 + 0.0038 * rng.random(count)) * (0.4 + 0.6 * share)
    kept = rng.random(count) < share
    # An ice-pick scar is round; a rolling one runs along.
    strokes = _dots(points[chosen], normals[chosen], radius, PIT, depth)
    along = rng.normal(size=(count, 3))
    along -= (along * normals[chosen]).sum(axis=1, keepdims=True) * normals[chosen]
    strokes[:, 3:6] += along * (radius * 0.5)[:, None]
    return np.asarray(strokes[kept])


def _spots(
    points: Positions, normals: Positions, rng: np.random.Generator,
    *, where: NDArray[np.float64], share: float, tone: float,
) -> NDArray[np.float64]:  # fmt: skip
    count = 420
    chosen = _pick(points, rng, where, count)
    large = rng.random(count) < 0.04
    radius = np.where(large, 0.016 + 0.018 * rng.random(count), 0.004 + 0.007 * rng.random(count))
    # On dark skin the same spot stands out less.
    amount = (0.03 + 0.09 * rng.random(count)) * np.where(large, 1.3, 1.0) * (0.7 + 0.5 * tone)
    return _dots(points[chosen], normals[chosen], radius, SPOT, amount)[rng.random(count) < share]


def _wrinkles(points: Positions, normals: Positions, rng: np.random.Generator, *, share: float) -> NDArray[np.float64]:
    paths = [*_forehead_lines(rng), *_brow_lines(rng), *_crows_feet(rng)]
    if share <= 0:
        return np.zeros((0, _COLUMNS))
    front = normals[:, 2] > 0.05
    tree = cKDTree(points[front, :2])
    strokes = []
    for path, strength in paths:
        _, nearest = tree.query(path)
        on, normal = points[front][nearest], normals[front][nearest]
        placed = np.column_stack([path, on[:, 2]])
        taper = np.sin(np.linspace(0.15, np.pi - 0.15, len(path) - 1))
        strokes.append(np.column_stack([
            placed[:-1], placed[1:], normal[:-1],
            np.full(len(path) - 1, 0.009), np.full(len(path) - 1, LINE), 0.0045 * share * strength * taper,
        ]))  # fmt: skip
    return np.concatenate(strokes)


def _forehead_lines(rng: np.random.Generator) -> Iterator[tuple[NDArray[np.float64], float]]:
    for y in (7.62, 7.71, 7.80, 7.88):
        x = np.linspace(-0.46, 0.46, 40)
        wave = 0.018 * np.cos(x * 5 + rng.normal(0, 0.2)) + 0.008 * np.sin(x * 11 + rng.uniform(0, 6))
        yield np.column_stack([x + rng.normal(0, 0.03), y + wave + rng.normal(0, 0.008)]), float(rng.uniform(0.5, 1))


def _brow_lines(rng: np.random.Generator) -> Iterator[tuple[NDArray[np.float64], float]]:
    for side in (-1, 1):
        y = np.linspace(7.43, 7.58, 14)
        x = side * (0.055 + 0.02 * np.sin((y - 7.43) * 12)) + rng.normal(0, 0.006)
        yield np.column_stack([x, y]), float(rng.uniform(0.6, 1))


def _crows_feet(rng: np.random.Generator) -> Iterator[tuple[NDArray[np.float64], float]]:
    for side in (-1, 1):
        for angle in (-32, -14, 4, 22):
            turn = np.radians(angle + rng.normal(0, 3))
            t = np.linspace(0.03, 0.03 + rng.uniform(0.07, 0.13), 12)
            yield (
                np.column_stack([side * (0.47 + t * np.cos(turn)), 7.285 + t * np.sin(turn) - 1.2 * t**2]),
                float(rng.uniform(0.5, 0.9)),
            )
        for drop in (0.105, 0.135):
            x = np.linspace(0.2, 0.42, 20)
            sag = drop + 0.03 * np.sin((x - 0.2) / 0.22 * np.pi)
            yield np.column_stack([side * x, 7.31 - sag]), float(rng.uniform(0.3, 0.6))


def _brows(points: Positions, normals: Positions, rng: np.random.Generator, *, masculine: float) -> NDArray[np.float64]:
    front = normals[:, 2] > 0.05
    tree = cKDTree(points[front, :2])
    count = int(620 + 200 * masculine)
    rows = []
    for side in (-1, 1):
        t = rng.random(count) ** 0.9
        x = 0.105 + 0.41 * t
        arch = 7.452 + 0.062 * np.sin(np.clip(t * 1.15, 0, 1.3) * 1.75) - 0.055 * np.clip(t - 0.62, 0, 1) * 2
        half = (0.026 + 0.008 * masculine) * np.clip(1.25 - t, 0.18, 1) * np.clip(t / 0.06 + 0.55, 0, 1)
        y = arch + half * np.clip(rng.normal(0, 0.5, count), -1, 1)
        lean = np.radians(58 - 78 * np.clip(t * 1.3, 0, 1) + rng.normal(0, 9, count))
        length = (0.058 - 0.012 * t) * rng.uniform(0.7, 1.1, count)
        start = np.column_stack([side * x, y - 0.008])
        end = start + np.column_stack([side * np.cos(lean), np.sin(lean)]) * length[:, None]
        _, first = tree.query(start)
        _, last = tree.query(end)
        rows.append(np.column_stack([
            start, points[front][first, 2], end, points[front][last, 2], normals[front][first],
            rng.uniform(0.0014, 0.0021, count), np.full(count, HAIR), rng.uniform(0.4, 0.75, count),
        ]))  # fmt: skip
    return np.concatenate(rows)


def _striae(
    points: Positions, normals: Positions, rng: np.random.Generator, *, share: float, redness: float, view: View
) -> Iterator[NDArray[np.float64]]:
    front = (normals[:, 2] > 0.2) & (np.abs(points[:, 0]) < 1.6)
    chosen_points, chosen_normals = points[front], normals[front]
    tree = cKDTree(chosen_points[:, :2])
    for _ in range(round(46 * share)):
        side = rng.choice((-1, 1))
        low, high, upright = _STRIPED[view]
        middle = np.array([side * rng.uniform(0.35, 1.15), rng.uniform(low, high)])
        lean = np.radians(rng.normal(upright, 12))
        t = np.linspace(-0.5, 0.5, 26) * rng.uniform(0.3, 0.8)
        wander = np.cumsum(rng.normal(0, 0.006, 26))
        path = middle + np.column_stack([side * -np.cos(lean) * t + wander, np.sin(lean) * t])
        _, nearest = tree.query(path)
        placed = np.column_stack([path, chosen_points[nearest, 2]])
        taper = np.sin(np.linspace(0.1, np.pi - 0.1, 25))
        yield np.column_stack([
            placed[:-1], placed[1:], chosen_normals[nearest][:-1],
            0.012 + 0.022 * taper * rng.uniform(0.6, 1.2), np.full(25, STRIA), np.full(25, redness),
        ])  # fmt: skip


def _gridded(strokes: NDArray[np.float64]) -> Marks:
    """Sort the strokes into cells; a stroke stands in every cell that its box touches."""
    if not len(strokes):
        return Marks(
            strokes=strokes, corner=np.zeros(3), shape=np.zeros(3, np.int64),
            starts=np.zeros(1, np.int64), members=np.zeros(0, np.int64),
        )  # fmt: skip
    reach = 1.8 * strokes[:, 9:10]
    low = np.minimum(strokes[:, :3], strokes[:, 3:6]) - reach
    high = np.maximum(strokes[:, :3], strokes[:, 3:6]) + reach
    corner = low.min(axis=0)
    first, last = ((low - corner) // _CELL).astype(np.int64), ((high - corner) // _CELL).astype(np.int64)
    shape = last.max(axis=0) + 1
    span = last - first + 1
    each = span.prod(axis=1)
    owner = np.repeat(np.arange(len(strokes)), each)
    rank = np.arange(each.sum()) - np.repeat(np.cumsum(each) - each, each)
    sx, sy = span[owner, 0], span[owner, 1]
    step = np.stack([rank % sx, rank // sx % sy, rank // (sx * sy)], axis=-1)
    at = first[owner] + step
    cell = (at[:, 2] * shape[1] + at[:, 1]) * shape[0] + at[:, 0]
    order = np.argsort(cell, kind="stable")
    starts = np.concatenate([[0], np.cumsum(np.bincount(cell, minlength=int(shape.prod())))])
    return Marks(strokes=strokes, corner=corner, shape=shape, starts=starts.astype(np.int64), members=owner[order])
