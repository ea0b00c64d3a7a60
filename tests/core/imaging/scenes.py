"""Photographs whose truth is known: one real portrait, moved and recoloured by maps the tests hold."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
import skimage.data
from numpy.typing import NDArray

from needlepoint.core.imaging.photo import Mask, Pixels


@lru_cache(maxsize=1)
def portrait() -> Pixels:
    """Give scikit-image's portrait of an astronaut, 512 x 512, whose face is 95 pixels wide."""
    picture = np.ascontiguousarray(skimage.data.astronaut())  # type: ignore[no-untyped-call]  # scikit-image has no types
    picture.setflags(write=False)
    return picture


def enlarged(rgb: Pixels, factor: float) -> Pixels:
    return np.asarray(cv2.resize(rgb, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC), dtype=np.uint8)


def relit(rgb: Pixels, *gain: float) -> Pixels:
    """Give the picture under light so many times as bright in red, green and blue."""
    return codes(light(rgb) * np.asarray(gain))


def reddened(rgb: Pixels, where: Mask, *, by: float) -> Pixels:
    """Give the picture with the erythema index raised by exactly so much where told."""
    values = light(rgb)
    values[where, 1] *= 10 ** (-by / 100)
    return codes(values)


def retaken(
    rgb: Pixels, *, turn_deg: float = 2.0, zoom: float = 0.97, shift: tuple[float, float] = (5, -4),
    bend_px: float = 1.0, noise: float = 2.0, seed: int = 0,
) -> tuple[Pixels, NDArray[np.float32]]:  # fmt: skip
    """Give the picture as if taken again, and for each of its pixels the place in the first."""
    rng = np.random.default_rng(seed)
    height, width = rgb.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), turn_deg, zoom)
    matrix[:, 2] += np.array(shift)
    back = cv2.invertAffineTransform(matrix)
    grid = np.stack(np.meshgrid(np.arange(width), np.arange(height)), axis=-1).astype(np.float64)
    places = grid @ back[:, :2].T + back[:, 2]
    bend = cv2.resize(rng.normal(size=(9, 9, 2)), (width, height), interpolation=cv2.INTER_CUBIC)
    places = (places + bend * bend_px / bend.std()).astype(np.float32)
    moved = cv2.remap(rgb, places[..., 0], places[..., 1], cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)
    noisy = moved + rng.normal(0, noise, moved.shape)
    return np.clip(np.round(noisy), 0, 255).astype(np.uint8), places


def body_patch(*, seed: int = 0, colour: tuple[float, float, float] = (0.45, 0.26, 0.17)) -> Pixels:
    """Give bare skin without a face: fine and broad mottling of one colour."""
    rng = np.random.default_rng(seed)
    fine, broad = (cv2.GaussianBlur(rng.normal(size=(420, 560)), (0, 0), spread) for spread in (2, 12))
    pigment = 0.5 * fine[..., None] * (0.3, 0.5, 0.6) + 3 * broad[..., None] * (0.2, 0.4, 0.5)
    return codes(np.asarray(colour) * np.exp(pigment))


def light(rgb: Pixels) -> NDArray[np.float64]:
    """Give linear light by the formula of the standard, independently of the code under test."""
    code = rgb / 255
    return np.where(code <= 0.04045, code / 12.92, ((code + 0.055) / 1.055) ** 2.4)


def codes(values: NDArray[np.float64]) -> Pixels:
    bounded = np.clip(values, 0, 1)
    code = np.where(bounded <= 0.0031308, 12.92 * bounded, 1.055 * bounded ** (1 / 2.4) - 0.055)
    return np.asarray(np.round(255 * code), dtype=np.uint8)


def lined(
    rgb: Pixels, *, mm_per_px: float, lines: int, length_mm: float = 20.0, width_mm: float = 0.8, depth: float = 0.2,
    upright: bool = False,
) -> Pixels:  # fmt: skip
    """Give the picture with so many dark lines of known length, width and depth (share of light), 8 mm apart."""
    height, width = rgb.shape[:2]
    y, x = np.mgrid[:height, :width] * mm_per_px
    along, across = (y, x) if upright else (x, y)
    middle = (width if not upright else height) * mm_per_px / 2
    first = (height if not upright else width) * mm_per_px / 2 - 4 * (lines - 1)
    dark = np.zeros((height, width))
    for number in range(lines):
        beyond = np.maximum(np.abs(along - middle) - length_mm / 2, 0)
        dark += np.exp(-0.5 * (((across - first - 8 * number) ** 2 + beyond**2) / (width_mm / 2.35) ** 2))
    return codes(light(rgb) * (1 - depth * dark)[..., None])


def dotted(
    rgb: Pixels, *, mm_per_px: float, dots: int, radius_mm: float, absorbed: tuple[float, float, float], seed: int = 0
) -> tuple[Pixels, Mask]:
    """Give the picture with so many soft round spots that do not touch, and where they are."""
    rng = np.random.default_rng(seed)
    height, width = rgb.shape[:2]
    reach = radius_mm / mm_per_px
    step = int(4 * reach) + 2
    nodes = [(y, x) for y in range(step, height - step, step) for x in range(step, width - step, step)]
    spots = np.zeros((height, width), np.float32)
    for place in rng.permutation(len(nodes))[:dots]:
        y, x = nodes[place]
        cv2.circle(spots, (x, y), round(reach), 1.0, -1, cv2.LINE_AA)
    soft = cv2.GaussianBlur(spots, (0, 0), max(0.5, 0.2 * reach))
    return codes(light(rgb) * 10.0 ** (-soft[..., None] * np.asarray(absorbed) / 100)), spots > 0.5
