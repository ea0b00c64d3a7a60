"""What one pass of a given device delivers, and what is assumed where its geometry is not known."""

from __future__ import annotations

from dataclasses import dataclass

from needlepoint.core.planning.facts import DeviceFacts, Drum, Stroke
from needlepoint.core.planning.kinematics import pen_density, roller_density
from needlepoint.core.terms import DeviceKind

_MM_IN_CM = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PerPass:
    """The density of one pass, the card it rests on, and whether geometry or rate had to be assumed."""

    per_cm2: float
    card: str
    assumed: bool


def per_pass(facts: DeviceFacts, *, depth_mm: float, stroke: Stroke, drum: Drum) -> PerPass:
    """Give what one pass over the whole area in one direction delivers, punctures per cm2.

    Parameters
    ----------
    facts : the device
    depth_mm : needle length out of the drum, mm; matters for rollers only
    stroke, drum : glide of a pen, and the standard drum for devices whose geometry is not known

    Returns
    -------
    PerPass : nominal, overlaps counted
    """
    if facts.device.kind is DeviceKind.PEN:
        return _of_pen(facts, stroke)
    if facts.device.kind is DeviceKind.STAMP:
        # A stamp is pressed, not rolled: its needle field is taken to be as dense as the standard drum's surface.
        return PerPass(per_cm2=_on(drum, drum.needles, 0.0), card=drum.card, assumed=True)
    return _of_roller(facts, drum, depth_mm)


def _of_roller(facts: DeviceFacts, drum: Drum, depth_mm: float) -> PerPass:
    device, length_cm = facts.device, depth_mm / _MM_IN_CM
    if device.needles is None or device.drum_diameter_mm is None or device.width_mm is None:
        density = _on(drum, device.needles or drum.needles, length_cm)
        return PerPass(per_cm2=density, card=drum.card, assumed=True)
    density = roller_density(
        needles=device.needles,
        drum_diameter_cm=device.drum_diameter_mm / _MM_IN_CM,
        width_cm=device.width_mm / _MM_IN_CM,
        needle_length_cm=length_cm,
    )
    return PerPass(per_cm2=density, card=facts.card, assumed=False)


def _on(drum: Drum, needles: int, length_cm: float) -> float:
    return roller_density(
        needles=needles,
        drum_diameter_cm=drum.diameter_cm,
        width_cm=drum.width_cm,
        needle_length_cm=length_cm,
    )


def _of_pen(facts: DeviceFacts, stroke: Stroke) -> PerPass:
    needles, rate = facts.device.needles, facts.rate_hz
    density = pen_density(
        needles=needles or stroke.unknown_needles,
        rate_hz=rate or stroke.unknown_rate_hz,
        efficiency=stroke.efficiency,
        glide_cm_s=stroke.glide_cm_s,
        field_cm=stroke.field_cm,
    )
    known = needles is not None and rate is not None
    return PerPass(per_cm2=density, card=stroke.card, assumed=not known)
