"""How far a reading may be off: the technical constants of the error model, all in one place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from needlepoint.core.imaging.photo import FurtherId, Id, MeasureId

Reading = Callable[[NDArray[np.float64]], float]

# Standard error that no colour measure goes below, in its own unit: the smallest detectable change of simulated
# retakes with a grey card divided by 1.96 * sqrt(2); for unevenness, what noise and JPEG do to an even patch.
_FLOORS: Final[Mapping[Id, float]] = MappingProxyType(
    {
        MeasureId.ERYTHEMA_INDEX: 0.17,
        MeasureId.MELANIN_INDEX: 1.0,
        MeasureId.ITA: 0.6,
        MeasureId.COLOUR_UNEVENNESS: 0.3,
        FurtherId.LIGHTNESS: 0.7,
        FurtherId.REDNESS_A: 0.18,
        FurtherId.YELLOWNESS_B: 0.27,
        FurtherId.REDNESS_BESIDE: 0.17,
        FurtherId.DARKNESS_BESIDE: 0.8,
    }
)
# Standard error of the measures of relief and of patches: a share of the value, and what it never goes below. From
# simulated retakes (bench/retakes.py) that move, turn, blur, relight and store the same skin again.
_DETAIL: Final[Mapping[Id, tuple[float, float]]] = MappingProxyType(
    {
        MeasureId.TEXTURE_CONTRAST: (0.08, 0.001),
        FurtherId.ROUGHNESS_FINE: (0.12, 0.001),
        FurtherId.ROUGHNESS_COARSE: (0.08, 0.001),
        MeasureId.LINE_DENSITY: (0.12, 1.0),
        FurtherId.LINE_AREA: (0.12, 0.6),
        MeasureId.PORE_AREA: (0.1, 0.15),
        FurtherId.PORE_COUNT: (0.1, 2.0),
        MeasureId.DARK_PATCH_AREA: (0.12, 0.4),
        MeasureId.RED_PATCH_AREA: (0.12, 0.4),
        FurtherId.MARK_SHARE: (0.0, 0.5),
        FurtherId.MARK_REDNESS: (0.08, 0.3),
        FurtherId.MARK_LIGHTNESS: (0.08, 0.3),
        FurtherId.MARK_TEXTURE: (0.1, 0.05),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorModel:
    """One standard deviation of each thing that shifts colour between two standardised retakes.

    These describe cameras and lamps, not patients. They hold for the same camera, the same lamp and fixed
    settings, without a colour reference in the picture; a clinic replaces them by its own retake trial.

    Attributes
    ----------
    white_balance
        Relative gain of red, and of blue, against green. Simulated retakes with white balance within 3 %
        (a spread of 1.7 %) gave the repeatability below.
    exposure
        Relative gain common to all channels; retakes within 8 % have a spread of 4.6 %.
    glare
        Light that reached the sensor without having entered the skin, as a share of white: what is left of
        surface gloss after the bright spots are taken out. It matters most on dark skin.
    placement
        Share of a region's own colour spread that moves with the outline, from landmarks that repeat to
        about 0.1 mm on frontal faces.
    floors
        Standard error that a colour measure never goes below.
    detail
        Share of its value that a measure of relief or patches is uncertain by, and what it never goes below.
    own
        A clinic's own standard errors from its test-retest study, by measure and region: each replaces all the above.

    References
    ----------
    Yamamoto T. et al., Skin Res Technol 2008;14:26 (image indices depend on camera and light); error of a
    difference as in Bland J.M., Altman D.G., doi:10.1016/S0140-6736(86)90837-8.

    """

    white_balance: float = 0.02
    exposure: float = 0.06
    glare: float = 0.003
    placement: float = 0.1
    floors: Mapping[Id, float] = field(default_factory=lambda: _FLOORS)
    detail: Mapping[Id, tuple[float, float]] = field(default_factory=lambda: _DETAIL)
    own: Mapping[tuple[Id, str], float] = field(default_factory=dict)

    def floor(self, each: Id) -> float:
        """Give the standard error a colour measure never goes below."""
        return self.floors[each]

    def with_card(self) -> ErrorModel:
        """Give the model for a photograph whose colours a card put right."""
        return replace(self, white_balance=0.3 * self.white_balance, exposure=0.3 * self.exposure)


STANDARD_ERRORS = ErrorModel()


def light_error(colour: NDArray[np.float64], reading: Reading, *, model: ErrorModel) -> float:
    """Give the standard error that lamp, camera and gloss put on a reading of one mean colour.

    Parameters
    ----------
    colour
        (3,) mean linear red, green, blue of a region, white = 1.
    reading
        The measure, a function of such a colour.
    model
        The spreads to carry through.

    Returns
    -------
    float
        Root of the summed squares of the reading's response to each spread, in its own unit.

    """
    ones = np.ones(3)
    shifts = (
        (ones * model.exposure) * colour,
        np.array([model.white_balance, 0.0, 0.0]) * colour,
        np.array([0.0, 0.0, model.white_balance]) * colour,
        ones * min(model.glare, 0.5 * float(colour.min())),
    )
    responses = [(reading(colour + shift) - reading(colour - shift)) / 2 for shift in shifts]
    return float(np.sqrt(sum(response**2 for response in responses)))


def sampling_error(values: NDArray[np.float64], *, model: ErrorModel) -> float:
    """Give the standard error from a region being uneven and its outline never falling quite the same.

    Parameters
    ----------
    values
        (n,) the reading in each of n blocks of the region.
    model
        The share of the spread that moves with the outline.

    Returns
    -------
    float
        In the unit of the reading; 0 for fewer than two blocks.

    """
    if values.size < 2:
        return 0.0
    spread = float(np.std(values, ddof=1))
    return spread * float(np.hypot(1 / np.sqrt(values.size), model.placement))


def smallest_detectable_change(before: float, after: float) -> float:
    """Give the change that two readings with these standard errors show by chance in 1 of 20 retakes.

    Parameters
    ----------
    before, after
        Standard errors of measurement, in one unit.

    Returns
    -------
    float
        1.96 * sqrt(before^2 + after^2), in that unit.

    References
    ----------
    Weir J.P., J Strength Cond Res 2005;19:231 (minimal difference from the standard error of measurement).

    """
    return float(1.96 * np.hypot(before, after))
