"""The camera: where it stands, and how it turns light into code values; no sharpening, no beautifying."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from needlepoint.demo.lamp import Lamp, white

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """A camera looking at the patient.

    Attributes
    ----------
    width_px, height_px
        Size of the photograph.
    yaw_deg
        How far the person is turned to their own left.
    pitch_deg
        How far the camera looks up at the person, so the chin seems raised.
    roll_deg
        How far the person's head tips to the right edge of the picture.
    shift_mm
        How far the person stands off the middle, to the picture's right and up.
    distance_mm
        From the camera to the head's middle.
    field_mm
        Height of what the picture shows at that distance.
    exposure
        Gain of the brightness.
    balance_kelvin
        The lamp's colour for which the camera's white is set.
    noise
        Standard deviation at middle grey in code values, about.
    blur_px
        Standard deviation of the lens's blur.
    oversampling
        Rays to a pixel along each axis.

    """

    width_px: int = 1200
    height_px: int = 1600
    yaw_deg: float = 0.0
    pitch_deg: float = 0.0
    roll_deg: float = 0.0
    shift_mm: tuple[float, float] = (0.0, 0.0)
    distance_mm: float = 1500.0
    field_mm: float = 350.0
    exposure: float = 1.0
    balance_kelvin: float = 5500.0
    noise: float = 0.9
    blur_px: float = 0.5
    oversampling: float = 1.5

    @property
    def fine_size(self) -> tuple[int, int]:
        """Give width and height of the picture before its pixels are merged."""
        return round(self.width_px * self.oversampling), round(self.height_px * self.oversampling)


def turned(camera: Camera, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give points, or vectors, in the camera's own axes, before the shift and the distance."""
    pitch, roll = np.radians([camera.pitch_deg, camera.roll_deg])
    tip = np.array([[1, 0, 0], [0, np.cos(pitch), np.sin(pitch)], [0, -np.sin(pitch), np.cos(pitch)]])
    tilt = np.array([[np.cos(roll), np.sin(roll), 0], [-np.sin(roll), np.cos(roll), 0], [0, 0, 1]])
    return np.asarray(points @ (tilt @ tip).T)


def project(camera: Camera, vertices: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give x and y in pixels of the fine picture and the reciprocal distance, for vertices in decimetres."""
    placed = turned(camera, vertices)
    width, height = camera.fine_size
    distance = camera.distance_mm / 100
    focal = height * distance / (camera.field_mm / 100)
    depth = distance - placed[:, 2]
    across = placed[:, 0] + camera.shift_mm[0] / 100
    up = placed[:, 1] + camera.shift_mm[1] / 100
    return np.stack(
        [(width - 1) / 2 + focal * across / depth, (height - 1) / 2 - focal * up / depth, 1 / depth], axis=-1
    )


def merged(camera: Camera, fine: Floats) -> Floats:
    """Average the fine picture to the photograph's pixels."""
    return np.asarray(
        cv2.resize(fine, (camera.width_px, camera.height_px), interpolation=cv2.INTER_AREA), dtype=np.float32
    )


def exposed(camera: Camera, lamp: Lamp, light: Floats, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Turn light into code values: colour of lamp and balance, blur, noise, sRGB's curve.

    Parameters
    ----------
    camera
        Settings.
    lamp
        Colour.
    light
        (h, w, 3) linear light under a neutral lamp, white = 1.
    rng
        Chance of the noise.

    Returns
    -------
    array
        (h, w, 3) sRGB.

    """
    gains = (camera.exposure * white(lamp.kelvin) / white(camera.balance_kelvin)).astype(np.float32)
    seen = light * gains
    if camera.blur_px > 0:
        seen = np.asarray(cv2.GaussianBlur(seen, (0, 0), camera.blur_px), dtype=np.float32)
    if camera.noise > 0:
        # Photons come one by one: the noise grows with the root of the light, over a floor of the sensor's own.
        scale = np.float32(camera.noise / 255 * 0.45)
        grain = rng.standard_normal(seen.shape, dtype=np.float32)
        seen = seen + grain * scale * np.sqrt(np.maximum(seen, 0) * 4 + np.float32(0.02))
    seen = np.clip(seen, 0, 1)
    code = np.where(seen <= 0.0031308, 12.92 * seen, 1.055 * np.power(seen, np.float32(1 / 2.4)) - 0.055)
    return np.asarray(np.rint(code * 255), dtype=np.uint8)
