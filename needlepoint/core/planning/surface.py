"""How large an area of skin is, estimated from height and weight."""

from __future__ import annotations

import math

from needlepoint.core.planning.facts import AreaFacts, BodySurface

_CM2_IN_M2 = 10_000.0


def body_surface_m2(*, height_cm: float, weight_kg: float, divisor: float) -> float:
    """Give the body surface by Mosteller's formula, used for adults and children alike.

    Parameters
    ----------
    height_cm, weight_kg : cm, kg
    divisor : the constant of the formula, cm kg / m4

    Returns
    -------
    float : m2

    References
    ----------
    Mosteller 1987; card rows bsa.mosteller.
    """
    return math.sqrt(height_cm * weight_kg / divisor)


def estimated_cm2(area: AreaFacts, surface: BodySurface, *, height_cm: float, weight_kg: float) -> float:
    """Give the size of an area, both sides together, of a person of this height and weight."""
    whole = body_surface_m2(height_cm=height_cm, weight_kg=weight_kg, divisor=surface.divisor)
    return area.share * whole * _CM2_IN_M2


def usual_cm2(area: AreaFacts, surface: BodySurface) -> float:
    """Give the size of an area in the person to whom the usual minutes belong."""
    return estimated_cm2(area, surface, height_cm=surface.usual_height_cm, weight_kg=surface.usual_weight_kg)
