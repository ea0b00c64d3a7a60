"""A synthetic person: a seeded body, posed, with cropped hair and a grey drape, ready to be painted and lit."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from needlepoint.demo.mesh import Positions, Subdivision, base_mesh, bone_weights, cut_out, shaped

EYES: Final = np.array([[0.3077, 7.2841, 1.2454], [-0.3077, 7.2841, 1.2454]])  # of the unshaped mesh: left, right

# Pairs of targets that change one thing in two directions; each person gets a share of each.
_FACE: Final = (
    ("head/head-oval", "head/head-square"),
    ("head/head-round", "head/head-rectangular"),
    ("head/head-fat-decr", "head/head-fat-incr"),
    ("forehead/forehead-scale-vert-decr", "forehead/forehead-scale-vert-incr"),
    ("nose/nose-scale-horiz-decr", "nose/nose-scale-horiz-incr"),
    ("nose/nose-scale-vert-decr", "nose/nose-scale-vert-incr"),
    ("nose/nose-hump-decr", "nose/nose-hump-incr"),
    ("nose/nose-point-down", "nose/nose-point-up"),
    ("mouth/mouth-scale-horiz-decr", "mouth/mouth-scale-horiz-incr"),
    ("mouth/mouth-lowerlip-height-decr", "mouth/mouth-lowerlip-height-incr"),
    ("chin/chin-width-decr", "chin/chin-width-incr"),
    ("chin/chin-prominent-decr", "chin/chin-prominent-incr"),
    ("eyebrows/eyebrows-trans-down", "eyebrows/eyebrows-trans-up"),
)
_BOTH_SIDES: Final = (
    ("eyes/{}-eye-scale-decr", "eyes/{}-eye-scale-incr"),
    ("eyes/{}-eye-corner2-down", "eyes/{}-eye-corner2-up"),
    ("eyes/{}-eye-height2-decr", "eyes/{}-eye-height2-incr"),
    ("cheek/{}-cheek-bones-decr", "cheek/{}-cheek-bones-incr"),
    ("cheek/{}-cheek-volume-decr", "cheek/{}-cheek-volume-incr"),
    ("ears/{}-ear-scale-decr", "ears/{}-ear-scale-incr"),
)
_YOUNG_YEARS: Final = 25.0
_OLD_YEARS: Final = 90.0
_ARM_BONES: Final = ("upperarm01", "upperarm02", "lowerarm01", "lowerarm02", "wrist")


class View(Enum):
    """What part of the body is photographed, as heights of the unshaped mesh."""

    FACE = (3.2, 9.0)
    ABDOMEN = (-1.5, 3.2)
    THIGH = (-5.2, 1.2)


class Covering(Enum):
    """What covers the scalp."""

    CROPPED_HAIR = "cropped hair"
    BAND = "hair under a band"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Who is photographed. Nobody: every face follows from these numbers.

    Attributes
    ----------
    seed
        Face shape, and everything else that is left to chance.
    masculine
        0 to 1, along the mesh's sex targets.
    age_years
        25 to 90, along the mesh's age targets.
    weight
        -1 lean, 0 average, 1 heavy.
    ancestry
        Shares of the mesh's three head shapes (african, asian, caucasian).
    hair
        Linear reflectance of the hair.
    iris
        Linear reflectance of the iris.
    covering
        What covers the scalp.

    """

    seed: int
    masculine: float = 0.0
    age_years: float = 30.0
    weight: float = 0.0
    ancestry: tuple[float, float, float] = (0.33, 0.33, 0.34)
    hair: tuple[float, float, float] = (0.035, 0.024, 0.017)
    iris: tuple[float, float, float] = (0.12, 0.065, 0.03)
    covering: Covering = Covering.CROPPED_HAIR


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Figure:
    """A body in its place: the camera looks along -z at the origin.

    Attributes
    ----------
    vertices, normals
        (n, 3) decimetres and unit vectors, before the camera.
    canonical
        (n, 3) the same vertices on the unshaped mesh: where on any body this is.
    triangles
        (m, 3) vertex indices, anticlockwise seen from outside.
    parts
        (n,) 0 skin, 1 left eye, 2 right eye.

    """

    vertices: Positions
    normals: Positions
    canonical: Positions
    triangles: NDArray[np.int64]
    parts: NDArray[np.int64]


@lru_cache(maxsize=8)
def body(subject: Subject, view: View) -> tuple[Subdivision, Positions, Positions]:
    """Give the cut-out of a view, its shaped vertices and the same on the unshaped mesh."""
    cut = cut_out(low=view.value[0], high=view.value[1])
    vertices = _arms_down(shaped(_shares(subject)))
    return cut, cut.weights @ vertices, cut.weights @ base_mesh().template


def figure(subject: Subject, view: View, *, yaw_deg: float) -> Figure:
    """Give the body in front of the camera.

    Parameters
    ----------
    subject
        Who.
    view
        What part of the body.
    yaw_deg
        How far the person is turned to their own left.

    Returns
    -------
    Figure
        Turned about the vertical axis and centred on what is photographed.

    """
    cut, shape, canonical = body(subject, view)
    triangles = np.concatenate([cut.quads[:, [0, 1, 2]], cut.quads[:, [0, 2, 3]]])
    normals = vertex_normals(shape, triangles)
    worn = shape + normals * thickness(subject, canonical, cut.parts)[:, None]
    middle = _middle(worn, canonical, cut.parts, view)
    angle = np.radians(yaw_deg)
    turn = np.array([[np.cos(angle), 0, np.sin(angle)], [0, 1, 0], [-np.sin(angle), 0, np.cos(angle)]])
    placed = (worn - middle) @ turn.T
    return Figure(
        vertices=placed, normals=vertex_normals(placed, triangles), canonical=canonical,
        triangles=triangles, parts=cut.parts,
    )  # fmt: skip


def vertex_normals(vertices: Positions, triangles: NDArray[np.int64]) -> Positions:
    """Give the unit normal of each vertex, the mean of its triangles' by their size."""
    corners = vertices[triangles]
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals = np.stack(
        [np.bincount(triangles.reshape(-1), np.repeat(across[:, k], 3), len(vertices)) for k in range(3)], axis=-1
    )
    return np.asarray(normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12))


def hairline(canonical: Positions) -> NDArray[np.float64]:
    """Give how far inside the hair a place of the head lies, in decimetres; negative outside."""
    x, y, z = np.abs(canonical[:, 0]), canonical[:, 1], canonical[:, 2]
    # The front edge by height: above the forehead, receding at the temples, down to the sideburn.
    front = np.interp(y, [7.02, 7.15, 7.35, 7.5, 7.7, 7.88, 8.0, 8.1], [0.66, 0.76, 0.84, 0.93, 1.02, 1.14, 1.3, 1.6])
    inside = front - z
    behind_ear = np.minimum(0.30 - z, y - (6.62 + 0.25 * np.clip(z, -0.3, 0.3)))
    sideburn = np.minimum(np.minimum(inside, z - 0.635), y - 7.0)
    low = np.maximum(behind_ear, sideburn)
    share = np.clip((y - 7.36) / 0.06, 0, 1)
    ear = (x > 0.70) & (np.abs(z - 0.5) < 0.2) & (y > 6.75) & (y < 7.42)
    edge = np.where(y > 7.36, np.minimum(inside, np.maximum(low, (share - 0.02) * 0.3)), low)
    return np.where(ear & (x > 0.76), -0.2, edge)


def neckline(canonical: Positions) -> NDArray[np.float64]:
    """Give how far below the drape's upper edge a place lies, in decimetres; negative above."""
    x, y, z = canonical[:, 0], canonical[:, 1], canonical[:, 2]
    edge = 5.28 + 0.16 * np.clip(np.abs(x) / 0.75, 0, 1.4) ** 2 + 0.2 * np.clip((0.1 - z) / 0.4, 0, 1)
    return np.asarray(edge - y)


def thickness(subject: Subject, canonical: Positions, parts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Give how far hair, band and drape stand off the skin, in decimetres."""
    inside = hairline(canonical)
    hair = 0.11 * np.clip(inside / 0.16, 0, 1) ** 0.6
    if subject.covering is Covering.BAND:
        band = np.clip(1 - np.abs(inside - 0.07) / 0.11, 0, 1)
        beneath = 0.035 * np.clip(inside / 0.05, 0, 1)
        hair = np.maximum(beneath, 0.075 * np.minimum(1, band * 3) * (canonical[:, 1] > 7.3))
    cloth = 0.10 * np.clip(neckline(canonical) / 0.035, 0, 1) ** 0.5
    return np.where(parts == 0, np.maximum(np.where(canonical[:, 1] > 6.4, hair, 0), cloth), 0)


def _shares(subject: Subject) -> dict[str, float]:
    age = float(np.clip((subject.age_years - _YOUNG_YEARS) / (_OLD_YEARS - _YOUNG_YEARS), 0, 1))
    ages = {"young": 1 - age, "old": age}
    sexes = {"female": 1 - subject.masculine, "male": subject.masculine}
    weights = {
        "minweight": max(0.0, -subject.weight),
        "averageweight": 1 - abs(subject.weight),
        "maxweight": max(0.0, subject.weight),
    }
    shares: dict[str, float] = {}
    for sex, sex_share in sexes.items():
        for years, age_share in ages.items():
            share = sex_share * age_share
            for people, people_share in zip(("african", "asian", "caucasian"), subject.ancestry, strict=True):
                shares[f"macrodetails/{people}-{sex}-{years}"] = share * people_share
            for weight, weight_share in weights.items():
                shares[f"macrodetails/universal-{sex}-{years}-averagemuscle-{weight}"] = share * weight_share
    rng = np.random.default_rng([subject.seed, 1])
    for down, up in _FACE:
        amount = float(rng.uniform(-0.55, 0.55))
        shares[down if amount < 0 else up] = abs(amount)
    for down, up in _BOTH_SIDES:
        amount = float(rng.uniform(-0.5, 0.5))
        for side in "lr":
            # No face is the same on both sides.
            own = amount + float(rng.uniform(-0.08, 0.08))
            shares[(down if own < 0 else up).format(side)] = abs(own)
    return shares


def _arms_down(vertices: Positions) -> Positions:
    """Let the arms hang: the base mesh holds them out."""
    moved = vertices.copy()
    weights = bone_weights()
    for side, sign in (("L", 1.0), ("R", -1.0)):
        follow = np.zeros(len(vertices))
        for bone in _ARM_BONES:
            indices, share = weights[f"{bone}.{side}"]
            follow[indices] += share
        joint = vertices[14046:14054].mean(axis=0) if side == "L" else vertices[14486:14494].mean(axis=0)
        angle = -sign * np.radians(38) * np.clip(follow, 0, 1)
        offset = vertices - joint
        cos, sin = np.cos(angle), np.sin(angle)
        moved[:, 0] = np.where(follow > 0, joint[0] + cos * offset[:, 0] - sin * offset[:, 1], moved[:, 0])
        moved[:, 1] = np.where(follow > 0, joint[1] + sin * offset[:, 0] + cos * offset[:, 1], moved[:, 1])
    return moved


def _middle(vertices: Positions, canonical: Positions, parts: NDArray[np.int64], view: View) -> Positions:
    if view is View.FACE:
        eyes = vertices[parts > 0].mean(axis=0)
        return np.array([0.0, eyes[1] - 0.42, eyes[2] - 0.55])
    low, high = vertices[:, 1].min(), vertices[:, 1].max()
    return np.array([0.0, (low + high) / 2, float(vertices[:, 2].mean())])
