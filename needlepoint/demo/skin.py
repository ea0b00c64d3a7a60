"""What a skin is made of, and the light it gives back: two pigments over a pale ground.

Reflectance follows Beer and Lambert in each of the three linear bands of sRGB:

    reflectance = ground * 10 ** -(melanin * MELANIN + blood * BLOOD)

so 100 * (log10 red - log10 green), the erythema index, is a straight line in both pigments, and one unit of blood is
one point of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

GROUND: Final = np.array([0.73, 0.565, 0.405])  # skin without either pigment: made to look right, not measured
MELANIN: Final = np.array([0.80, 1.00, 1.22])  # darker towards blue, as melanin is
BLOOD: Final = np.array([0.001, 0.011, 0.009])  # green more than blue, red hardly; green less red is 0.01
RESTING_BLOOD: Final = 11.0
FITZPATRICK_MELANIN: Final = MappingProxyType({1: 0.0, 2: 0.06, 3: 0.16, 4: 0.28, 5: 0.48, 6: 0.82})

# Soft ellipses on the unshaped face, one for each side where x is not 0: x, y, half width, half height in decimetres.
# They cover the outlines that are measured, and run out beyond them.
REDDENED_AREAS: Final = MappingProxyType(
    {
        "forehead": (0.0, 7.76, 0.60, 0.28),
        "glabella": (0.0, 7.46, 0.16, 0.14),
        "nose": (0.0, 7.02, 0.21, 0.30),
        "cheeks": (0.42, 6.93, 0.30, 0.36),
        "chin_jaw": (0.0, 6.36, 0.40, 0.16),
    }
)
_NONE: Final[Mapping[str, float]] = MappingProxyType({})


class UnknownFitzpatrick(ValueError):
    """There are six skin types."""

    def __init__(self, fitzpatrick: int) -> None:
        super().__init__(f"skin type {fitzpatrick} is not one of 1 to 6")


class UnknownArea(ValueError):
    """An area that cannot be reddened."""

    def __init__(self, area: str) -> None:
        super().__init__(f"area {area} is not one of {', '.join(REDDENED_AREAS)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Skin:
    """What is painted on a body.

    Attributes
    ----------
    fitzpatrick
        1 to 6.
    redness
        Points of the erythema index above rest at the middle of an area, by area of `REDDENED_AREAS`.
    pits
        0 to 1, acne scars on the cheeks: how many and how deep. Fewer pits are some of the same pits, shallower.
    wrinkles
        0 to 1, lines on the forehead, between the brows and beside the eyes.
    spots
        0 to 1, freckles and sun spots.
    lesions
        0 to 1, inflamed papules.
    striae
        0 to 1, stretch marks on abdomen and thigh.
    striae_redness
        Points of the erythema index of a stretch mark above the skin beside it; old marks are pale.
    tan
        Melanin added to the skin type's own.

    """

    fitzpatrick: int
    redness: Mapping[str, float] = field(default_factory=lambda: _NONE)
    pits: float = 0.0
    wrinkles: float = 0.0
    spots: float = 0.1
    lesions: float = 0.0
    striae: float = 0.0
    striae_redness: float = 6.0
    tan: float = 0.0

    def __post_init__(self) -> None:
        if self.fitzpatrick not in FITZPATRICK_MELANIN:
            raise UnknownFitzpatrick(self.fitzpatrick)
        for area in self.redness:
            if area not in REDDENED_AREAS:
                raise UnknownArea(area)

    @property
    def melanin(self) -> float:
        """Give the mean melanin."""
        return FITZPATRICK_MELANIN[self.fitzpatrick] + self.tan


def reflectance(melanin: NDArray[np.floating], blood: NDArray[np.floating]) -> NDArray[np.float64]:
    """Give the linear reflectance of skin in red, green and blue.

    Parameters
    ----------
    melanin, blood
        (...) amounts of the two pigments.

    Returns
    -------
    array
        (..., 3) 0 to 1.

    """
    absorbed = np.asarray(melanin)[..., None] * MELANIN + np.asarray(blood)[..., None] * BLOOD
    return np.asarray(GROUND * 10.0**-absorbed)


def erythema_index(reflected: NDArray[np.floating]) -> NDArray[np.float64]:
    """Give 100 * (log10 red - log10 green) of linear reflectances."""
    return np.asarray(100 * (np.log10(reflected[..., 0]) - np.log10(reflected[..., 1])), dtype=np.float64)


def area_table(redness: Mapping[str, float]) -> NDArray[np.float64]:
    """Give one row for each reddened area: x, y, half width, half height, points."""
    rows = [(*REDDENED_AREAS[area], points) for area, points in sorted(redness.items())]
    return np.array(rows, dtype=np.float64).reshape(-1, 5)
