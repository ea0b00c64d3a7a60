"""A photograph of a synthetic patient, and the truth about what it shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from needlepoint.demo.camera import Camera, exposed, merged, project, turned
from needlepoint.demo.lamp import Lamp, arriving, key_direction, rays
from needlepoint.demo.marks import PAPULE, PIT, SPOT, marks
from needlepoint.demo.paint import SKIN, lashed, painted
from needlepoint.demo.raster import spread, visible
from needlepoint.demo.shade import shaded
from needlepoint.demo.skin import BLOOD, GROUND, MELANIN, Skin, area_table, erythema_index
from needlepoint.demo.subject import EYES, Covering, Figure, Subject, View, band_front, clothed, figure, hairline

_BACKGROUND: Final = 0.30  # linear reflectance of the grey wall
_WHOLE: Final = 0.999

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Truth:
    """What was painted and where it lies in the photograph, before lamp and camera.

    Attributes
    ----------
    reflectance
        (h, w, 3) linear reflectance of the skin in each pixel; 0 where there is none.
    skin
        (h, w) pixels that show nothing but bare skin: no lips, brows, hair, eyes or cloth.
    canonical
        (h, w, 3) place on the unshaped body in decimetres; the same in two photographs is the same place of the skin.
    normals
        (h, w, 3) unit normals in the camera's axes: right, up, towards the camera.
    depth_mm
        (h, w) distance from the camera; 0 on the background.
    pits, spots, papules
        How many of these marks were painted on the whole view.

    """

    reflectance: Floats
    skin: NDArray[np.bool_]
    canonical: Floats
    normals: Floats
    depth_mm: Floats
    pits: int
    spots: int
    papules: int

    def erythema_index(self, where: NDArray[np.bool_]) -> float:
        """Give the erythema index of the mean reflectance of the skin within a mask, as a camera would see it."""
        inside = where & self.skin
        return float(erythema_index(self.reflectance[inside].mean(axis=0, dtype=np.float64)))


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Photograph:
    """A photograph with its truth."""

    rgb: NDArray[np.uint8]
    truth: Truth


def photograph(
    subject: Subject, skin: Skin, *, camera: Camera, lamp: Lamp, rng: np.random.Generator, view: View = View.FACE
) -> Photograph:
    """Take a photograph; the same arguments and the same state of `rng` give the same bits.

    Parameters
    ----------
    subject
        Who.
    skin
        What is painted on them.
    camera, lamp
        How it is taken.
    rng
        The camera's noise; nothing else is left to chance.
    view
        What part of the body.

    Returns
    -------
    Photograph
        Pixels and truth.

    """
    body = figure(subject, view, yaw_deg=camera.yaw_deg)
    width, height = camera.fine_size
    screen = project(camera, body.vertices)
    seen, shares, nearest = visible(screen, body.triangles, height, width)
    lashes = lashed(
        *visible(screen, body.lashes, height, width), body.lashes, body.canonical, nearest, EYES, subject.seed % 100_003
    )
    colour, relief, what, gloss = _painted(subject, skin, view, body, seen, shares, lashes)
    _, weights = rays(lamp)
    light, normals = shaded(
        seen, shares, body.triangles, body.vertices, body.normals,
        arriving(subject, view, camera.yaw_deg, lamp), colour, relief, what, gloss,
        key_direction(lamp), float(weights[:, 0].sum() * 0.282095), float(weights[:, 1].sum() * 0.282095 * 0.55),
        lamp.gloss, camera.distance_mm / 100, _BACKGROUND * lamp.strength,
    )  # fmt: skip
    rgb = exposed(camera, lamp, merged(camera, light), rng)
    found = marks(subject, skin, view)
    counts = (found.count(PIT), found.count(SPOT), found.count(PAPULE))
    truth = _truth(camera, body, seen, shares, colour, what, normals, counts=counts)
    return Photograph(rgb=rgb, truth=truth)


def _painted(
    subject: Subject, skin: Skin, view: View, body: Figure, seen: NDArray[np.int32], shares: Floats, lashes: Floats
) -> tuple[Floats, Floats, NDArray[np.uint8], Floats]:
    found = marks(subject, skin, view)
    on_head = view is View.FACE
    attributes = np.column_stack([
        body.canonical,
        hairline(body.canonical, subject.covering) if on_head else np.full(len(body.parts), -1.0),
        clothed(body.canonical, view), band_front(body.canonical), body.parts,
    ])  # fmt: skip
    return painted(
        seen, shares, body.triangles, attributes, lashes,
        found.strokes, found.corner, found.shape, found.starts, found.members,
        area_table(skin.redness), skin.melanin, subject.masculine, int(subject.covering is Covering.BAND),
        np.array(subject.hair), np.array(subject.iris), EYES, GROUND, MELANIN, BLOOD, subject.seed % 100_003,
    )  # fmt: skip


def _truth(
    camera: Camera, body: Figure, seen: NDArray[np.int32], shares: Floats, colour: Floats,
    what: NDArray[np.uint8], normals: Floats, *, counts: tuple[int, int, int],
) -> Truth:  # fmt: skip
    bare = (what == SKIN).astype(np.float32)
    share = merged(camera, bare)
    skin = share > _WHOLE
    depth = camera.distance_mm - 100 * turned(camera, body.vertices)[:, 2]
    geometry: Floats = spread(seen, shares, body.triangles, np.column_stack([body.canonical, depth]).astype(np.float32))
    size = (camera.width_px, camera.height_px)
    nearest = np.asarray(cv2.resize(geometry, size, interpolation=cv2.INTER_NEAREST), dtype=np.float32)
    facing = np.asarray(cv2.resize(normals, size, interpolation=cv2.INTER_NEAREST), dtype=np.float64)
    pits, spots, papules = counts
    return Truth(
        reflectance=np.where(skin[..., None], merged(camera, colour), np.float32(0)).astype(np.float32), skin=skin,
        canonical=nearest[..., :3], depth_mm=nearest[..., 3],
        normals=turned(camera, facing).astype(np.float32),
        pits=pits, spots=spots, papules=papules,
    )  # fmt: skip
