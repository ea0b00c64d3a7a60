"""One area of the body: its device, depth, passes, density and minutes, or why it is left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from needlepoint.core.planning.choice import chosen
from needlepoint.core.planning.depth import Depth, NoDepth, device_limits, limits, lowest, proposed_mm, settled
from needlepoint.core.planning.exposure import PerPass, per_pass
from needlepoint.core.planning.facts import AreaFacts, DeviceFacts, Limited, PlanningFacts, PlanRule
from needlepoint.core.planning.grounds import ordered, real_depth_mm, why_device
from needlepoint.core.planning.kinematics import passes_for
from needlepoint.core.planning.remarks import depth_remarks, pass_remarks, place_remarks, use_remarks
from needlepoint.core.planning.request import AreaPlan, PlanRequest, Warned
from needlepoint.core.planning.surface import estimated_cm2, usual_cm2
from needlepoint.core.terms import DeviceKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """An area that is planned, with what it was planned from."""

    plan: AreaPlan
    facts: AreaFacts
    device: DeviceFacts
    warnings: tuple[Warned, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """An area that is left out, and why."""

    warnings: tuple[Warned, ...]


def plan_area(area_id: str, request: PlanRequest, facts: PlanningFacts, here: Sequence[PlanRule]) -> Made | Left:
    """Give the plan of one area under the rules that concern it, or say why it is not needled."""
    area = facts.areas[area_id]
    if not area.needled:
        return _left(area_id, area.because, area.card)
    for rule in here:
        if rule.forbids:
            return _left(area_id, rule.because, rule.card)
    device = _device(area, request, facts, here)
    if not device.planned:
        return _left(area_id, device.because, device.card)
    indication, group = facts.indications[request.case.indication.id], request.case.indication.group
    wanted = request.depth_mm.get(area_id)
    found = (*limits(area, indication, group=group), *device_limits(device), *_by_rules(here))
    usual = proposed_mm(area, indication, group=group, cautious=_cautious(here))
    if request.case.device is not None and device.device.fixed_depth_mm is not None:
        usual = device.device.fixed_depth_mm  # whoever names a roller has chosen its needles
    lifted = area_id in request.beyond_evaluation
    standing = [limit for limit in found if not (lifted and limit.evaluation)]
    depth = settled(device, wanted_mm=wanted, usual_mm=usual, ceiling=lowest(standing))
    if isinstance(depth, NoDepth):
        return _left(area_id, f"{device.device.label} is not used here: {depth.why}.", depth.card)
    return _made(area, device, depth, request, facts, found, here, wanted)


def _left(area: str, why: str, card: str) -> Left:
    return Left(warnings=(Warned(code="area_not_needled", area=area, text=why, card=card),))


def _by_rules(rules: Iterable[PlanRule]) -> Iterator[Limited]:
    for rule in rules:
        if rule.ceiling_mm is not None:
            yield Limited(mm=rule.ceiling_mm, card=rule.card, why=rule.because.rstrip("."), by_law=rule.by_law)


def _cautious(rules: Iterable[PlanRule]) -> bool:
    return any(rule.cautious for rule in rules)


def _device(area: AreaFacts, request: PlanRequest, facts: PlanningFacts, here: Sequence[PlanRule]) -> DeviceFacts:
    """Give the device asked for; without one, choose for this area."""
    case = request.case
    if case.device is not None:
        return facts.devices[case.device.id]
    indication, group = facts.indications[case.indication.id], case.indication.group
    ceiling = lowest((*limits(area, indication, group=group), *_by_rules(here))).mm
    usual = proposed_mm(area, indication, group=group, cautious=_cautious(here))
    return chosen(
        area,
        facts.devices.values(),
        indication=case.indication.id,
        fitzpatrick=case.patient.fitzpatrick,
        age=case.patient.age_on(case.on),
        depth_mm=min(request.depth_mm.get(area.id, usual), ceiling),
    )


def _made(
    area: AreaFacts,
    device: DeviceFacts,
    depth: Depth,
    request: PlanRequest,
    facts: PlanningFacts,
    found: Iterable[Limited],
    here: Sequence[PlanRule],
    wanted: float | None,
) -> Made:
    one = per_pass(device, depth_mm=depth.mm, stroke=facts.stroke, drum=facts.drum)
    usual_target = facts.density.cautious if _cautious(here) else facts.density.usual
    target = request.target_density_per_cm2 or usual_target
    passes = request.passes.get(area.id) or passes_for(target, one.per_cm2)
    cm2, estimated = _size(area, request, facts)
    minutes = _minutes(area, facts, cm2, effort=passes / passes_for(usual_target, one.per_cm2), estimated=estimated)
    plan_ = AreaPlan(
        area=area.id,
        area_cm2=cm2,
        device=device.device.id,
        depth_mm=depth.mm,
        depth_ceiling_mm=depth.ceiling.mm,
        passes=passes,
        density_per_cm2=passes * one.per_cm2,
        minutes=minutes,
        density_assumed=one.assumed,
        cards=MappingProxyType(_cards(area, device, depth, one, facts, proposed=wanted is None, estimated=estimated)),
        real_depth_mm=real_depth_mm(device, set_mm=depth.mm, band=facts.real_depth),
        limits=ordered(found),
        reasons=why_device(area, device, request, facts.choice),
    )
    warnings = (
        *depth_remarks(area, device, depth, request, found, wanted),
        *place_remarks(area, device, request, facts, estimated=estimated),
        *pass_remarks(area, request, facts, proposed=passes_for(target, one.per_cm2), per_cm2=one.per_cm2),
        *use_remarks(area, facts.indications[request.case.indication.id]),
    )
    return Made(plan=plan_, facts=area, device=device, warnings=warnings)


def _cards(
    area: AreaFacts,
    device: DeviceFacts,
    depth: Depth,
    one: PerPass,
    facts: PlanningFacts,
    *,
    proposed: bool,
    estimated: bool,
) -> dict[str, str]:
    cards = {
        "device": device.card,
        "depth_mm": area.card if proposed and device.device.kind is not DeviceKind.ROLLER else device.card,
        "depth_ceiling_mm": depth.ceiling.card,
        "passes": facts.density.card,
        "density_per_cm2": one.card,
        "minutes": area.card,
        "real_depth_mm": facts.real_depth.card,
    }
    return cards | {"area_cm2": area.card, "body_surface": facts.surface.card} if estimated else cards


def _size(area: AreaFacts, request: PlanRequest, facts: PlanningFacts) -> tuple[float, bool]:
    measured = request.area_cm2.get(area.id)
    if measured is not None:
        return measured, False
    patient = request.case.patient
    if patient.height_cm is None or patient.weight_kg is None:
        raise ValueError(f"{area.id} was not measured, and without height and weight it cannot be estimated")
    return (
        estimated_cm2(area, facts.surface, height_cm=patient.height_cm, weight_kg=patient.weight_kg),
        True,
    )


def _minutes(area: AreaFacts, facts: PlanningFacts, cm2: float, *, effort: float, estimated: bool) -> float:
    """Give hands-on minutes: the published time of the area, in proportion to its size and to extra passes.

    A whole area, estimated, stays within the published span; a measured field takes no less than its least.
    """
    least, usual, most = area.minutes
    minutes = max(least, usual * cm2 / usual_cm2(area, facts.surface))
    if estimated:
        minutes = min(minutes, most)
    return max(least, minutes * effort)
