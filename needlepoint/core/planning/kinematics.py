"""How many punctures a device leaves on a square centimetre: closed forms for rollers and pens."""

from __future__ import annotations

import math


def roller_density(*, needles: int, drum_diameter_cm: float, width_cm: float, needle_length_cm: float) -> float:
    """Give the punctures per cm2 of one pass of a roller that neither slips nor skids.

    Each needle pricks once per revolution, and the needle tips, not the drum, run over the skin.

    Parameters
    ----------
    needles : number of needles on the drum
    drum_diameter_cm, width_cm, needle_length_cm : cm

    Returns
    -------
    float : punctures per cm2 and pass, an upper bound for distinct holes

    References
    ----------
    Drum geometry: Schwarz and Laaff 2011, doi 10.1097/PRS.0b013e3182131e0f. Published check: 15 passes of
    a 192-needle roller give about 250 holes per cm2, Doddaballapur 2009, doi 10.4103/0974-2077.58529.
    """
    return needles / (math.pi * (drum_diameter_cm + 2 * needle_length_cm) * width_cm)


def pen_density(*, needles: int, rate_hz: float, efficiency: float, glide_cm_s: float, field_cm: float) -> float:
    """Give the punctures per cm2 of one pass of a pen led over the skin at an even speed.

    Parameters
    ----------
    needles : number of needles in the cartridge
    rate_hz : strokes per second
    efficiency : part of the strokes that pierce, 0 to 1; not measured anywhere, so the result is nominal
    glide_cm_s : speed over the skin, cm/s
    field_cm : width of the needle field, cm

    Returns
    -------
    float : punctures per cm2 and pass
    """
    return needles * rate_hz * efficiency / (glide_cm_s * field_cm)


def pen_seconds(*, area_cm2: float, density_per_cm2: float, needles: int, rate_hz: float, efficiency: float) -> float:
    """Give the seconds for which a pen must run to puncture an area so densely.

    Parameters
    ----------
    area_cm2 : cm2
    density_per_cm2 : punctures per cm2 wanted
    needles, rate_hz, efficiency : as in `pen_density`

    Returns
    -------
    float : seconds of running motor, without repositioning
    """
    return area_cm2 * density_per_cm2 / (needles * rate_hz * efficiency)


def passes_for(target_per_cm2: float, per_pass: float) -> int:
    """Give the least whole number of passes that delivers the wanted density; at least one."""
    exact = target_per_cm2 / per_pass
    nearest = round(exact)
    return max(1, nearest if math.isclose(exact, nearest, rel_tol=1e-9) else math.ceil(exact))


def nearest_neighbour_mm(density_per_cm2: float) -> float:
    """Give the mean distance to the next puncture, in mm, when punctures fall at random (Poisson)."""
    return 10 * 0.5 / math.sqrt(density_per_cm2)


def chance_of_miss(density_per_cm2: float, *, cell_mm2: float) -> float:
    """Give the chance that a cell of skin gets no puncture when punctures fall at random."""
    return math.exp(-density_per_cm2 * cell_mm2 / 100)


def opened_fraction(density_per_cm2: float, *, hole_diameter_um: float) -> float:
    """Give the part of the skin surface that is opened when punctures fall at random and may overlap."""
    radius_cm = hole_diameter_um / 2 / 10_000
    return 1 - math.exp(-density_per_cm2 * math.pi * radius_cm**2)
