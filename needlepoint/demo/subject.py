"""A synthetic person: a seeded body, posed, with cropped hair and a grey drape, ready to be painted and lit."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from needlepoint.demo.mesh import LASHES, SKIN, Positions, Subdivision, arm_share, base_mesh, cut_out, shaped

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
# Vertices of the cubes that mark the shoulder joints, left and right.
_SHOULDERS: Final = (slice(14046, 14054), slice(14486, 14494))


class View(Enum):
    """What part of the body is photographed, as heights of the unshaped mesh."""

    FACE = (3.2, 9.0)
    ABDOMEN = (-1.6, 4.6)
    THIGH = (-5.8, 1.0)


# Heights of the unshaped mesh on which the views without a face are centred.
_CENTRES: Final = {View.ABDOMEN: 1.8, View.THIGH: -2.75}


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
        (m, 3) vertex indices of skin and eyes, anticlockwise seen from outside.
    lashes
        (k, 3) the same of the strips that carry the lashes, once from each side.
    parts
        (n,) SKIN, LEFT_EYE, RIGHT_EYE or LASHES.

    """

    vertices: Positions
    normals: Positions
    canonical: Positions
    triangles: NDArray[np.int64]
    lashes: NDArray[np.int64]
    parts: NDArray[np.int64]


def cut_out_of(view: View) -> Subdivision:
    """Give the part of the mesh that a view needs."""
    return cut_out(low=view.value[0], high=view.value[1], arms="with" if view is View.FACE else "without")


@lru_cache(maxsize=8)
def body(subject: Subject, view: View) -> tuple[Subdivision, Positions, Positions]:
    """Give the cut-out of a view, its shaped vertices and the same on the unshaped mesh."""
    cut = cut_out_of(view)
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
    every = np.concatenate([cut.quads[:, [0, 1, 2]], cut.quads[:, [0, 2, 3]]])
    thin = cut.parts[every[:, 0]] == LASHES
    triangles, strips = every[~thin], every[thin]
    normals = vertex_normals(shape, triangles)
    worn = shape + normals * thickness(subject, canonical, cut.parts, view)[:, None]
    middle = _middle(worn, canonical, cut.parts, view)
    angle = np.radians(yaw_deg)
    turn = np.array([[np.cos(angle), 0, np.sin(angle)], [0, 1, 0], [-np.sin(angle), 0, np.cos(angle)]])
    placed = (worn - middle) @ turn.T
    return Figure(
        vertices=placed, normals=vertex_normals(placed, triangles), canonical=canonical,
        triangles=triangles, lashes=np.concatenate([strips, strips[:, ::-1]]), parts=cut.parts,
    )  # fmt: skip


def vertex_normals(vertices: Positions, triangles: NDArray[np.int64]) -> Positions:
    """Give the unit normal of each vertex, the mean of its triangles' by their size."""
    corners = vertices[triangles]
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals = np.stack(
        [np.bincount(triangles.reshape(-1), np.repeat(across[:, k], 3), len(vertices)) for k in range(3)], axis=-1
    )
    return np.asarray(normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12))


def hairline(canonical: Positions, covering: Covering) -> NDArray[np.float64]:
    """Give how far inside the hair a place of the head lies, in decimetres; negative outside."""
    x, y, z = np.abs(canonical[:, 0]), canonical[:, 1], canonical[:, 2]
    behind_ear = np.minimum(0.30 - z, y - (6.62 + 0.25 * np.clip(z, -0.3, 0.3)))
    if covering is Covering.BAND:
        inside = np.maximum(band_front(canonical) - 0.02, np.where(y < 7.3, behind_ear, -1))
    else:
        # The front edge by height: down the forehead's side, receding at the temples, down to the sideburn.
        edge = np.interp(
            y, [7.02, 7.15, 7.35, 7.5, 7.7, 7.86, 7.96, 8.06], [0.66, 0.76, 0.85, 0.95, 1.05, 1.17, 1.31, 1.6]
        )
        sideburn = np.minimum(np.minimum(edge - z, z - 0.635), y - 7.0)
        # Above the ear the hair grows longer upwards, or it would end in a step.
        inside = np.minimum(edge - z, np.maximum(np.maximum(behind_ear, sideburn), 0.9 * (y - 7.36)))
    ear = (x > 0.76) & (np.abs(z - 0.5) < 0.2) & (y > 6.75) & (y < 7.42)
    return np.where(ear, -0.2, inside)


def band_front(canonical: Positions) -> NDArray[np.float64]:
    """Give how far behind the hair band's front edge a place lies, in decimetres; it runs over the ears to the nape."""
    y, z = canonical[:, 1], canonical[:, 2]
    edge = np.interp(
        y, [6.9, 7.2, 7.36, 7.44, 7.55, 7.7, 7.88, 8.0, 8.1], [-0.6, 0.1, 0.42, 0.66, 0.86, 1.0, 1.17, 1.34, 1.6]
    )
    return np.asarray(edge - z)


def clothed(canonical: Positions, view: View) -> NDArray[np.float64]:
    """Give how far inside the cloth's edge a place lies, in decimetres; negative on bare skin."""
    x, y, z = np.abs(canonical[:, 0]), canonical[:, 1], canonical[:, 2]
    if view is View.ABDOMEN:
        return np.asarray(np.maximum(0.62 + 0.08 * x**2 - y, y - 3.1))
    if view is View.THIGH:
        return np.asarray(y + 1.55 - 0.12 * np.abs(x - 0.9))
    # A round neck, higher at the back.
    centre, deep = 6.0 + 0.1 * np.clip((0.1 - z) / 0.4, 0, 1), 0.70 - 0.3 * np.clip((0.1 - z) / 0.4, 0, 1)
    return np.where(y < 6.05, 0.7 * (np.hypot(x / 0.92, (y - centre) / deep) - 1), -1.0)


def thickness(subject: Subject, canonical: Positions, parts: NDArray[np.int64], view: View) -> NDArray[np.float64]:
    """Give how far hair, band and cloth stand off the skin, in decimetres."""
    cloth = 0.06 * np.clip(clothed(canonical, view) / 0.03, 0, 1) ** 0.5
    if view is not View.FACE:
        return np.where(parts == SKIN, cloth, 0)
    inside = hairline(canonical, subject.covering)
    hair = 0.12 * np.clip(inside / 0.2, 0, 1) ** 0.7
    if subject.covering is Covering.BAND:
        behind = band_front(canonical)
        band = np.clip(np.minimum(behind + 0.02, 0.19 - behind) / 0.03, 0, 1)
        hair = np.maximum(0.05 * np.clip(inside / 0.1, 0, 1), 0.06 * band * (canonical[:, 1] > 6.9))
    return np.where(parts == SKIN, np.maximum(np.where(canonical[:, 1] > 6.4, hair, 0), cloth), 0)


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
    # Eyes at rest are not wide open.
    shares |= {f"expression/units/caucasian/eye-{side}-closure": 0.19 for side in ("left", "right")}
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
    for follow, joint_at, sign in zip(arm_share(), _SHOULDERS, (1.0, -1.0), strict=True):
        joint = vertices[joint_at].mean(axis=0)
        angle = -sign * np.radians(38) * follow
        offset = vertices - joint
        cos, sin = np.cos(angle), np.sin(angle)
        moved[:, 0] = np.where(follow > 0, joint[0] + cos * offset[:, 0] - sin * offset[:, 1], moved[:, 0])
        moved[:, 1] = np.where(follow > 0, joint[1] + sin * offset[:, 0] + cos * offset[:, 1], moved[:, 1])
    return moved


def _middle(vertices: Positions, canonical: Positions, parts: NDArray[np.int64], view: View) -> Positions:
    if view is View.FACE:
        eyes = vertices[(parts > SKIN) & (parts < LASHES)].mean(axis=0)
        return np.array([0.0, eyes[1] - 0.42, eyes[2] - 0.55])
    near = np.abs(canonical[:, 1] - _CENTRES[view]) < 0.15
    aside = 0.85 if view is View.THIGH else 0.0
    return np.asarray([aside, *vertices[near, 1:].mean(axis=0)])
