"""How deep: the lowest of all limits, and the depth the device can really be set to below it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from needlepoint.core.planning.facts import AreaFacts, DeviceFacts, IndicationFacts, Limited
from needlepoint.core.terms import DeviceKind

# Depths are told to a hundredth of a millimetre; a limit that may not be reached ends one such step below.
RESOLUTION_MM = 0.01
_EDGE = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Depth:
    """A depth settled on, its ceiling with the limit that set it, and the codes of what had to be changed."""

    mm: float
    ceiling: Limited
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoDepth:
    """There is no depth at which this device may be used here, and the card that says so."""

    why: str
    card: str


def limits(area: AreaFacts, indication: IndicationFacts, *, group: str) -> tuple[Limited, ...]:
    """Give the greatest depths that area and indication allow, whatever the device."""
    found = [Limited(mm=area.band_for(group).ceiling_mm, card=area.card, why="the ceiling of this area")]
    if indication.ceiling_mm is not None:
        found.append(Limited(mm=indication.ceiling_mm, card=indication.card, why="the ceiling of this use"))
    return tuple(found)


def device_limits(device: DeviceFacts) -> tuple[Limited, ...]:
    """Give the greatest depth the device can be set to and the greatest it was evaluated for, where known."""
    found = []
    if device.range_mm is not None:
        found.append(Limited(mm=device.range_mm[1], card=device.card, why="the most the device lets out"))
    if device.evaluated_depth_mm is not None:
        why = "the depth the device was evaluated for"
        found.append(Limited(mm=device.evaluated_depth_mm, card=device.card, why=why, evaluation=True))
    return tuple(found)


def lowest(found: Iterable[Limited]) -> Limited:
    """Give the lowest limit; where law and another limit are equal, the other is named."""
    return min(found, key=lambda limit: (limit.mm, limit.by_law))


def proposed_mm(area: AreaFacts, indication: IndicationFacts, *, group: str, cautious: bool) -> float:
    """Give the usual depth of this use in this area: the upper end of its band where the aim lies deep."""
    band = area.band_for(group)
    return band.high_mm if indication.aim == "high" and not cautious else band.low_mm


def reaches(device: DeviceFacts, depth_mm: float) -> bool:
    """Say whether the device can be used no deeper than a depth: set as low, or with needles as short."""
    if device.device.kind is DeviceKind.ROLLER:
        return (device.device.fixed_depth_mm or 0.0) <= depth_mm + _EDGE
    return _setting(device, depth_mm) is not None


def settled(device: DeviceFacts, *, wanted_mm: float | None, usual_mm: float, ceiling: Limited) -> Depth | NoDepth:
    """Give the depth to set: never deeper than wanted, never above the ceiling, and one the device has.

    Parameters
    ----------
    device : the device to be used
    wanted_mm : depth asked for, None = propose
    usual_mm : depth proposed when none is asked for
    ceiling : lowest of all limits

    Returns
    -------
    Depth, or NoDepth when the device has no setting that is low enough
    """
    if device.device.kind is DeviceKind.ROLLER:
        return _of_roller(device, wanted_mm=wanted_mm, usual_mm=usual_mm, ceiling=ceiling)
    aim = min(usual_mm if wanted_mm is None else wanted_mm, ceiling.mm)
    mm = _setting(device, aim)
    if mm is None:
        return NoDepth(why=f"it cannot be set as low as {aim:g} mm", card=device.card)
    codes = _lowering(wanted_mm, usual_mm, ceiling)
    if wanted_mm is not None and mm < aim - _EDGE:
        codes = (*codes, "depth_not_of_device")
    return Depth(mm=mm, ceiling=ceiling, codes=codes)


def _of_roller(device: DeviceFacts, *, wanted_mm: float | None, usual_mm: float, ceiling: Limited) -> Depth | NoDepth:
    length = device.device.fixed_depth_mm
    if length is None:
        # Of such a roller only the wish tells the needle length; without one, the length to take is proposed.
        length = min(usual_mm, ceiling.mm) if wanted_mm is None else wanted_mm
    if length > ceiling.mm + _EDGE:
        return NoDepth(
            why=f"its needles of {length:g} mm are longer than {ceiling.why}, {ceiling.mm:g} mm", card=ceiling.card
        )
    if wanted_mm is not None and length > wanted_mm + _EDGE:
        return NoDepth(
            why=f"its needles of {length:g} mm are longer than the {wanted_mm:g} mm wanted", card=device.card
        )
    codes = _lowering(wanted_mm, usual_mm, ceiling)
    if wanted_mm is not None and length < min(wanted_mm, ceiling.mm) - _EDGE:
        codes = (*codes, "depth_not_of_device")
    return Depth(mm=length, ceiling=ceiling, codes=codes)


def _lowering(wanted_mm: float | None, usual_mm: float, ceiling: Limited) -> tuple[str, ...]:
    """Name why a depth had to come down; one merely proposed is remarked on only when the law lowered it."""
    aim = usual_mm if wanted_mm is None else wanted_mm
    if aim <= ceiling.mm + _EDGE:
        return ()
    if ceiling.by_law:
        return ("depth_limited_by_law",)
    return () if wanted_mm is None else ("depth_reduced",)


def _setting(device: DeviceFacts, aim_mm: float) -> float | None:
    """Give the deepest setting that is not above the aim; None when the device has none above nothing."""
    if device.range_mm is None:
        return aim_mm if aim_mm > 0 else None
    least, step = device.range_mm[0], device.device.setting_step_mm
    if aim_mm < least - _EDGE:
        return None
    mm = aim_mm
    if step is not None:
        mm = round(least + math.floor((aim_mm - least) / step + _EDGE) * step, 6)
    return mm if mm > 0 else None
