"""Which device for which area, when the request leaves it open, and whether the one named suits."""

from __future__ import annotations

from collections.abc import Iterable

from needlepoint.core.planning.depth import reaches
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
    """Choose a device for an area among those that go no deeper than the depth aimed at.

    First one labelled for this use here, then the kind that suits best; a pen, whose depth is set, where no other can
    be used so shallow. Rollers have fixed needles, so the longest that is short enough is taken. Then goes rank.
    """
    ranked = [device for device in devices if device.planned and device.rank is not None]
    order = {kind: place for place, kind in enumerate(dict.fromkeys((*area.suits, DeviceKind.PEN)))}
    able = [device for device in ranked if device.device.kind in order and reaches(device, depth_mm)]
    return min(
        able or ranked,
        key=lambda device: (
            not covers(device.labels, indication=indication, area=area.id, fitzpatrick=fitzpatrick, age=age),
            order.get(device.device.kind, len(order)),
            -(device.device.fixed_depth_mm or 0.0),
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
