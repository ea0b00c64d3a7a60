"""Why an area is planned as it is: the limits of the depth, the depth really reached, and why this device."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from needlepoint.core.planning.choice import covers
from needlepoint.core.planning.facts import Limited, Why
from needlepoint.core.planning.request import Reason
from needlepoint.core.terms import DeviceKind

if TYPE_CHECKING:
    from needlepoint.core.planning.facts import AreaFacts, DeviceChoice, DeviceFacts, RealDepth
    from needlepoint.core.planning.request import PlanRequest


def real_depth_mm(device: DeviceFacts, *, set_mm: float, band: RealDepth) -> tuple[float, float]:
    """Give between which depths the needles may really end; a band and never a point.

    Parameters
    ----------
    device : its tolerance widens the band, where one is known
    set_mm : depth set, or needle length, mm
    band : shares of the depth set that studies found

    Returns
    -------
    least and most, mm
    """
    tolerance = device.tolerance_mm or 0.0
    return band.least_share * max(set_mm - tolerance, 0.0), band.most_share * (set_mm + tolerance)


def ordered(found: Iterable[Limited]) -> tuple[Limited, ...]:
    """Give all limits of a depth, the lowest first; where two are equal, law comes second."""
    return tuple(sorted(found, key=lambda limit: (limit.mm, limit.by_law)))


def why_device(area: AreaFacts, device: DeviceFacts, request: PlanRequest, choice: DeviceChoice) -> tuple[Reason, ...]:
    """Give the reasons for or against a device in an area, those of the label first, each with its card."""
    return tuple(
        Reason(id=why.value, text=choice.reasons[why], card=choice.card) for why in _whys(area, device, request)
    )


def _whys(area: AreaFacts, device: DeviceFacts, request: PlanRequest) -> Iterator[Why]:
    case = request.case
    if case.device is not None:
        yield Why.NAMED
    labelled = covers(
        device.labels,
        indication=case.indication.id,
        area=area.id,
        fitzpatrick=case.patient.fitzpatrick,
        age=case.patient.age_on(case.on),
    )
    if labelled:
        yield Why.LABELLED
    kind = device.device.kind
    if kind not in area.suits:
        yield Why.UNSUITED
    elif kind is DeviceKind.ROLLER or area.suits[0] is DeviceKind.ROLLER:
        yield Why.LARGE if area.suits[0] is DeviceKind.ROLLER else Why.EITHER
    elif "near_eye" in area.traits:
        yield Why.NEAR_EYE
    elif DeviceKind.ROLLER in area.suits:
        yield Why.EITHER
    else:
        yield Why.BONY if "bony" in area.traits else Why.SMALL
