"""Plain requests: a woman of 165 cm and 65 kg, skin type 2, acne scars on the cheeks; a test changes its subject."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from needlepoint.core.case import Case
from needlepoint.core.planning.facts import PlanningFacts
from needlepoint.core.planning.plan import plan
from needlepoint.core.planning.request import AreaPlan, NumbingPlan, Plan, PlanRequest
from needlepoint.core.terms import Patient, Sex, Value
from needlepoint.knowledge import load
from needlepoint.knowledge.planning import facts_on

ON = date(2026, 11, 22)


def facts() -> PlanningFacts:
    return facts_on(ON)


def request(
    *areas: str,
    device: str | None = "skinpen_precision",
    indication: str = "acne_scars",
    depth_mm: float | None = None,
    density: float | None = None,
    area_cm2: Mapping[str, float] | None = None,
    anaesthetic: str | None = None,
    answers: Mapping[str, Value] | None = None,
    premises: str | None = None,
    operator: str | None = None,
    born: date = date(1981, 3, 9),
    sex: Sex = Sex.FEMALE,
    fitzpatrick: int = 2,
    weight_kg: float | None = 65,
    height_cm: float | None = 165,
) -> PlanRequest:
    names = load().vocabulary
    planned = names.expand(areas or ("cheeks",))
    case = Case(
        on=ON,
        patient=Patient(birth_date=born, sex=sex, fitzpatrick=fitzpatrick, weight_kg=weight_kg, height_cm=height_cm),
        indication=names.indications[indication],
        areas=planned,
        answers=answers or {},
        device=names.devices[device] if device else None,
        premises=premises,
        operator=operator,
        anaesthetic=names.anaesthetics[anaesthetic] if anaesthetic else None,
    )
    return PlanRequest(
        case=case,
        area_cm2=area_cm2 or {},
        depth_mm={} if depth_mm is None else dict.fromkeys(planned, depth_mm),
        target_density_per_cm2=density,
    )


def planned(*areas: str, **fields: Any) -> Plan:
    return plan(request(*areas, **fields), facts())


def only(made: Plan) -> AreaPlan:
    (area,) = made.areas
    return area


def numbing(**fields: Any) -> NumbingPlan:
    made = planned(**fields).anaesthetic
    assert made is not None
    return made


def codes(made: Plan, area: str | None = None) -> set[str]:
    return {warning.code for warning in made.warnings if warning.area == area}
