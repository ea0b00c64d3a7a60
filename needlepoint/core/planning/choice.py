"""Which device for which area, when the request leaves it open, and whether the one named suits."""

from __future__ import annotations

from collections.abc import Iterable

from needlepoint.core.planning.facts import AreaFacts, DeviceFacts, DeviceLabel
from needlepoint.core.terms import DeviceKind


def suits(area: AreaFacts, device: DeviceFacts, *, indication: str) -> bool:
    """Say whether the kind of device fits the area; a use that the label names in this area always does."""
    if device.device.kind in area.suits:
        return True
    return any(area.id in label.areas and indication in label.indications for label in device.labels)


def chosen(
    area: AreaFacts,
    devices: Iterable[DeviceFacts],
    *,
    indication: str,
    fitzpatrick: int,
    age: int,
    depth_mm: float,
) -> DeviceFacts:
    """Choose a device for an area: of the kind that suits best, labelled for this use if there is one.

    Pens go by label, then by rank. Rollers have fixed needles, so of the standard ones the longest that is
    not longer than the depth aimed at is taken, or the shortest of all.
    """
    ranked = [device for device in devices if device.planned and device.rank is not None]
    kind = area.suits[0]
    fitting = [device for device in ranked if device.device.kind is kind]
    if kind is DeviceKind.ROLLER:
        return _roller(fitting, depth_mm)
    return min(
        fitting,
        key=lambda device: (
            not covers(device.labels, indication=indication, area=area.id, fitzpatrick=fitzpatrick, age=age),
            device.rank,
        ),
    )


def covers(labels: Iterable[DeviceLabel], *, indication: str, area: str, fitzpatrick: int, age: int) -> bool:
    """Say whether one of the labels names this use, here, on such skin, at this age."""
    return any(
        indication in label.indications
        and area in label.areas
        and (not label.fitzpatrick or fitzpatrick in label.fitzpatrick)
        and (label.least_age is None or age >= label.least_age)
        for label in labels
    )


def _roller(rollers: list[DeviceFacts], depth_mm: float) -> DeviceFacts:
    by_length = sorted(rollers, key=lambda roller: (roller.device.fixed_depth_mm or 0.0, roller.rank or 0))
    short_enough = [roller for roller in by_length if (roller.device.fixed_depth_mm or 0.0) <= depth_mm + 1e-9]
    return short_enough[-1] if short_enough else by_length[0]
