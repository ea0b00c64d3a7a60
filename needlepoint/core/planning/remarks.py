"""What the clinician should know about one planned area."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from needlepoint.core.planning.choice import suits
from needlepoint.core.planning.depth import Depth
from needlepoint.core.planning.facts import AreaFacts, DeviceFacts, IndicationFacts, Limited, PlanningFacts
from needlepoint.core.planning.request import PlanRequest, Warned


def depth_remarks(
    area: AreaFacts,
    device: DeviceFacts,
    depth: Depth,
    request: PlanRequest,
    found: Iterable[Limited],
    wanted: float | None,
) -> Iterator[Warned]:
    """Give the remarks on a depth: what it was lowered by, what it exceeds."""
    texts = {
        "depth_reduced": f"Lowered to {depth.mm:g} mm: {depth.ceiling.why} is {depth.ceiling.mm:g} mm.",
        "depth_limited_by_law": f"Lowered to {depth.mm:g} mm: {depth.ceiling.why}.",
        "depth_not_of_device": f"{device.device.label} is set to {depth.mm:g} mm, its nearest lower depth.",
    }
    for code in depth.codes:
        card = device.card if code == "depth_not_of_device" else depth.ceiling.card
        yield Warned(code=code, area=area.id, text=texts[code], card=card)
    for limit in found:
        if limit.evaluation and wanted is not None and wanted > limit.mm:
            text = f"{wanted:g} mm was asked for; {device.device.label} was evaluated up to {limit.mm:g} mm."
            yield Warned(code="depth_not_evaluated", area=area.id, text=text, card=limit.card)
    thin = area.thin_limit_mm(request.case.patient.sex)
    told = depth.mm if wanted is None else max(wanted, depth.mm)
    if thin is not None and told > thin:
        text = f"{told:g} mm is more than mean skin thickness here less one standard deviation, {thin:.2f} mm."
        yield Warned(code="depth_exceeds_skin", area=area.id, text=text, card=area.card)


def place_remarks(
    area: AreaFacts,
    device: DeviceFacts,
    request: PlanRequest,
    facts: PlanningFacts,
    *,
    estimated: bool,
) -> Iterator[Warned]:
    """Give the remarks on device, skin, size and density of an area."""
    if not suits(area, device, indication=request.case.indication.id):
        kinds = " or ".join(kind.value for kind in area.suits)
        text = f"A {kinds} suits this area better than a {device.device.kind.value}."
        yield Warned(code="device_unsuited_to_area", area=area.id, text=text, card=area.card)
    if "bony" in area.traits:
        yield Warned(code="bony_area", area=area.id, text="Skin over bone: keep the pressure low.", card=area.card)
    if "thin" in area.traits:
        yield Warned(code="thin_skin", area=area.id, text="The skin here is thin.", card=area.card)
    if estimated:
        text = "The size was estimated from height and weight; measure it where it matters."
        yield Warned(code="area_estimated", area=area.id, text=text, card=facts.surface.card)
    target = request.target_density_per_cm2
    if target is not None and not facts.density.least <= target <= facts.density.most:
        text = (
            f"{target:g} punctures per cm2 were asked for; "
            f"published are {facts.density.least:g} to {facts.density.most:g}."
        )
        yield Warned(code="density_out_of_range", area=area.id, text=text, card=facts.density.card)


def pass_remarks(
    area: AreaFacts, request: PlanRequest, facts: PlanningFacts, *, proposed: int, per_cm2: float
) -> Iterator[Warned]:
    """Give the remark on passes that were asked for and leave the published band of density."""
    passes, band = request.passes.get(area.id), facts.density
    if passes is None or passes == proposed or band.least <= passes * per_cm2 <= band.most:
        return
    text = (
        f"{passes} {'pass gives' if passes == 1 else 'passes give'} {passes * per_cm2:.0f} punctures per cm2; "
        f"published are {band.least:g} to {band.most:g}, and {proposed} would reach what is aimed at."
    )
    yield Warned(code="density_out_of_range", area=area.id, text=text, card=band.card)


def use_remarks(area: AreaFacts, indication: IndicationFacts) -> Iterator[Warned]:
    """Say so when the use has not been studied in this area at all."""
    if indication.areas and area.id not in indication.areas:
        text = "This use and this area do not belong together: no study of it was found."
        yield Warned(code="evidence_none", area=area.id, text=text, card=indication.card)
