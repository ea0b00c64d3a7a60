"""Skin colour from linear light: erythema and melanin index, L*a*b* and the individual typology angle."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from needlepoint.core.imaging.photo import Floats, Pixels

Colour = NDArray[np.float64]  # (..., 3) linear red, green, blue, white = 1


def _table() -> Floats:
    code = np.arange(256) / 255
    return np.where(code <= 0.04045, code / 12.92, ((code + 0.055) / 1.055) ** 2.4).astype(np.float32)


LINEAR: Final = _table()  # linear light of each code value
_FLOOR: Final = 0.5 / 255 / 12.92  # half a code value: nothing darker can be told from black

# sRGB primaries to CIE XYZ, D65, IEC 61966-2-1; the white is the sum of each row.
_XYZ: Final = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
_WHITE: Final = _XYZ.sum(axis=1)


def linear(rgb: Pixels) -> Floats:
    """Give linear light, white = 1, of sRGB code values."""
    return np.asarray(cv2.LUT(rgb, LINEAR), dtype=np.float32)


def erythema_index(colour: Colour) -> NDArray[np.float64]:
    """Give how much less green than red comes back from the skin; exposure cancels.

    Parameters
    ----------
    colour
        (..., 3) linear red, green, blue.

    Returns
    -------
    array
        (...) 100 * (log10 red - log10 green).

    References
    ----------
    Takiwaki H., J Med Invest 1998;44:121; Yamamoto T. et al., Skin Res Technol 2008;14:26.

    """
    red, green = _bounded(colour)[..., 0], _bounded(colour)[..., 1]
    return np.asarray(100 * (np.log10(red) - np.log10(green)))


def melanin_index(colour: Colour) -> NDArray[np.float64]:
    """Give the darkness of the skin in red light, against full scale when no white is in the picture.

    Parameters
    ----------
    colour
        (..., 3) linear red, green, blue, white = 1.

    Returns
    -------
    array
        (...) 100 * log10(1 / red).

    References
    ----------
    Takiwaki H., J Med Invest 1998;44:121; Yamamoto T. et al., Skin Res Technol 2008;14:26.

    """
    return np.asarray(-100 * np.log10(_bounded(colour)[..., 0]))


def lab(colour: Colour) -> NDArray[np.float64]:
    """Give CIE L*a*b* (D65, 2 degrees) of linear light.

    Parameters
    ----------
    colour
        (..., 3) linear red, green, blue, white = 1.

    Returns
    -------
    array
        (..., 3) L*, a*, b*.

    References
    ----------
    CIE 15:2018, Colorimetry.

    """
    ratio = colour @ (_XYZ / _WHITE[:, None]).T
    root = np.where(ratio > 216 / 24389, np.cbrt(ratio), (24389 / 27 * ratio + 16) / 116)
    return np.stack(
        [116 * root[..., 1] - 16, 500 * (root[..., 0] - root[..., 1]), 200 * (root[..., 1] - root[..., 2])], axis=-1
    )


def ita(colour: Colour) -> NDArray[np.float64]:
    """Give the individual typology angle: the lighter the skin, the larger.

    Parameters
    ----------
    colour
        (..., 3) linear red, green, blue, white = 1.

    Returns
    -------
    array
        (...) degrees. Where b* is positive this is arctan((L* - 50) / b*); below it runs on without a jump.

    References
    ----------
    Chardon A. et al., Int J Cosmet Sci 1991;13:191, doi:10.1111/j.1467-2494.1991.tb00561.x.

    """
    values = lab(colour)
    return np.asarray(np.degrees(np.arctan2(values[..., 0] - 50, values[..., 2])))


def _bounded(colour: Colour) -> Colour:
    return np.maximum(colour, _FLOOR)
