"""The light of the photographic corner: a soft key lamp, a softer fill, and what the room throws back."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from needlepoint.demo.raster import lit
from needlepoint.demo.subject import Subject, View, figure

_DEPTH_SIDE: Final = 300
_KEY_RAYS, _FILL_RAYS, _ROOM_RAYS = 40, 28, 60
_GOLDEN: Final = np.pi * (3 - np.sqrt(5))


@dataclass(frozen=True, slots=True, kw_only=True)
class Lamp:
    """Where the light comes from, how much of it, and of what colour; all seen from the camera.

    Attributes
    ----------
    kelvin
        Correlated colour temperature of all lamps.
    strength
        1 makes a white card that faces the key lamp just white.
    key_azimuth_deg, key_elevation_deg
        Where the key lamp stands: to the right of the camera and up is positive.
    fill
        The fill lamp's share of the key's light; it stands on the other side.
    room
        The room's share of the key's light.
    gloss
        Share of the skin's shine that reaches the camera; 0 behind crossed polarisers.

    """

    kelvin: float = 5500.0
    strength: float = 1.0
    key_azimuth_deg: float = -38.0
    key_elevation_deg: float = 22.0
    fill: float = 0.55
    room: float = 0.40
    gloss: float = 0.5


def key_direction(lamp: Lamp) -> NDArray[np.float64]:
    """Give the unit vector from the face to the key lamp."""
    return _direction(lamp.key_azimuth_deg, lamp.key_elevation_deg)


def rays(lamp: Lamp) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give (d, 3) unit vectors towards the light and (d, 2) weights: the key lamp's, and all others'."""
    key = _cone(key_direction(lamp), 20.0, _KEY_RAYS)
    fill = _cone(_direction(-lamp.key_azimuth_deg * 1.15, lamp.key_elevation_deg * 0.35), 30.0, _FILL_RAYS)
    room = _cone(np.array([0.0, 1.0, 0.0]), 180.0, _ROOM_RAYS)
    total = lamp.strength * np.pi * 0.68
    weights = np.zeros((len(key) + len(fill) + len(room), 2))
    weights[: len(key), 0] = total / len(key)
    weights[len(key) : -len(room), 1] = total * lamp.fill / len(fill)
    # Walls and ceiling are brighter than the floor; four times the facing light, for a surface sees half the room.
    bright = 0.65 + 0.35 * room[:, 1]
    weights[-len(room) :, 1] = total * lamp.room * 4 * bright / bright.sum()
    return np.concatenate([key, fill, room]), weights


@lru_cache(maxsize=12)
def arriving(subject: Subject, view: View, yaw_deg: float, lamp: Lamp) -> NDArray[np.float32]:
    """Give the light that reaches each vertex of a figure, as (n, 2, 9) spherical harmonics."""
    body = figure(subject, view, yaw_deg=yaw_deg)
    directions, weights = rays(lamp)
    return lit(body.vertices, body.normals, body.triangles, directions, weights, _DEPTH_SIDE).astype(np.float32)


def white(kelvin: float) -> NDArray[np.float64]:
    """Give linear sRGB of daylight of a colour temperature, green = 1.

    Parameters
    ----------
    kelvin
        4000 to 25000.

    Returns
    -------
    array
        (3,) red, green, blue; equal at 6504 kelvin.

    References
    ----------
    CIE 15:2018, daylight locus.

    """
    t = 1000 / kelvin
    x = (
        0.244063 + 0.09911 * t + 2.9678 * t**2 - 4.6070 * t**3
        if kelvin <= 7000
        else 0.237040 + 0.24748 * t + 1.9018 * t**2 - 2.0064 * t**3
    )
    y = -3 * x**2 + 2.87 * x - 0.275
    xyz = np.array([x / y, 1.0, (1 - x - y) / y])
    matrix = np.array([[3.2406, -1.5372, -0.4986], [-0.9689, 1.8758, 0.0415], [0.0557, -0.2040, 1.0570]])
    rgb = matrix @ xyz
    return np.asarray(rgb / rgb[1])


def _direction(azimuth_deg: float, elevation_deg: float) -> NDArray[np.float64]:
    azimuth, elevation = np.radians([azimuth_deg, elevation_deg])
    return np.array([np.sin(azimuth) * np.cos(elevation), np.sin(elevation), np.cos(azimuth) * np.cos(elevation)])


def _cone(axis: NDArray[np.float64], half_angle_deg: float, count: int) -> NDArray[np.float64]:
    """Give directions spread evenly over a cone."""
    rank = np.arange(count) + 0.5
    cos = 1 - rank / count * (1 - np.cos(np.radians(half_angle_deg)))
    sin, turn = np.sqrt(1 - cos**2), rank * _GOLDEN
    across = np.cross(axis, [0.0, 0.0, 1.0] if abs(axis[2]) < 0.9 else [0.0, 1.0, 0.0])
    across /= np.linalg.norm(across)
    third = np.cross(axis, across)
    return np.asarray(
        cos[:, None] * axis + (sin * np.cos(turn))[:, None] * across + (sin * np.sin(turn))[:, None] * third
    )
