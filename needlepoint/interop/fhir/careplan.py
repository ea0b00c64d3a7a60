"""A kept plan as a FHIR R4 (4.0.1) CarePlan: one request for each area, numbing, preparation and aftercare."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from html import escape
from typing import Any, Final

JSON = dict[str, Any]

SYSTEM: Final = "urn:needlepoint"
UCUM: Final = "http://unitsofmeasure.org"
GENDERS: Final = {"female": "female", "male": "male", "intersex": "other", "unknown": "unknown"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A plan as it was kept, with whom it is for; `request` and `result` as the planner wrote them."""

    key: str
    on: date
    request: Mapping[str, Any]
    result: Mapping[str, Any]
    adopted: bool
    author: str
    at: datetime
    patient_key: str
    given_name: str
    family_name: str
    birth_date: date
    sex: str


def care_plan(plan: Kept) -> JSON:
    """Give the plan as a CarePlan that stands by itself: patient and requests are contained in it."""
    words, areas = plan.result["words"], plan.result["areas"]
    return {
        "resourceType": "CarePlan",
        "id": plan.key,
        "text": {"status": "generated", "div": _narrative(plan)},
        "contained": [_patient(plan), *(_request(plan, row) for row in areas)],
        "identifier": [{"system": f"{SYSTEM}:plan", "value": plan.key}],
        "status": "active" if plan.adopted else "draft",
        "intent": "plan",
        "category": [{"text": "Micro-needling"}],
        "title": f"Micro-needling: {words['indication']}",
        "description": _sentence(plan),
        "subject": {"reference": "#patient"},
        "period": _period(plan),
        "created": plan.at.isoformat(timespec="seconds"),
        "author": {"display": plan.author},
        "activity": [*({"reference": {"reference": f"#{_id(row['area'])}"}} for row in areas), *_details(plan)],
        "note": [{"text": text} for text in _notes(plan)],
    }


def _id(area: str) -> str:
    return f"area-{area.replace('_', '-')}"


def _patient(plan: Kept) -> JSON:
    return {
        "resourceType": "Patient",
        "id": "patient",
        "identifier": [{"system": f"{SYSTEM}:patient", "value": plan.patient_key}],
        "name": [{"family": plan.family_name, "given": [plan.given_name]}],
        "gender": GENDERS[plan.sex],
        "birthDate": plan.birth_date.isoformat(),
    }


def _request(plan: Kept, row: Mapping[str, Any]) -> JSON:
    words = plan.result["words"]
    return {
        "resourceType": "ServiceRequest",
        "id": _id(row["area"]),
        "extension": [
            _quantity("depth", row["depth_mm"], "mm", "mm"),
            _quantity("depth-ceiling", row["depth_ceiling_mm"], "mm", "mm"),
            {"url": f"{SYSTEM}:extension:passes", "valueInteger": row["passes"]},
            _quantity("density", row["density_per_cm2"], "/cm2", "per cm2"),
            _quantity("needling-time", row["minutes"], "min", "min"),
            _quantity("size", row["area_cm2"], "cm2", "cm2"),
            {"url": f"{SYSTEM}:extension:device", "valueString": words["devices"][row["device"]]},
        ],
        "status": "active" if plan.adopted else "draft",
        "intent": "plan",
        "code": {"text": "Micro-needling"},
        "subject": {"reference": "#patient"},
        "bodySite": [_concept("area", row["area"], words["areas"][row["area"]])],
        "occurrenceTiming": _timing(plan),
        "note": [{"text": _area_sentence(row, words)}],
    }


def _quantity(name: str, value: float, code: str, unit: str) -> JSON:
    quantity = {"value": value, "unit": unit, "system": UCUM, "code": code}
    return {"url": f"{SYSTEM}:extension:{name}", "valueQuantity": quantity}


def _concept(kind: str, code: str, label: str) -> JSON:
    return {"coding": [{"system": f"{SYSTEM}:{kind}", "code": code, "display": label}], "text": label}


def _timing(plan: Kept) -> JSON:
    result = plan.result
    repeat: JSON = {"boundsPeriod": _period(plan), "count": result["sessions"]}
    if result["interval_days"]:
        repeat |= {"frequency": 1, "period": result["interval_days"], "periodUnit": "d"}
    return {"repeat": repeat}


def _period(plan: Kept) -> JSON:
    last = max(0, plan.result["sessions"] - 1) * (plan.result["interval_days"] or 0)
    return {"start": plan.on.isoformat(), "end": (plan.on + timedelta(days=last)).isoformat()}


def _details(plan: Kept) -> Iterator[JSON]:
    """Give numbing and the steps before and after; a product that is ruled out is written as not to be given."""
    numbing, words = plan.result["anaesthetic"], plan.result["words"]
    if numbing:
        yield {
            "detail": {
                "kind": "MedicationRequest",
                "code": {"text": "Numbing before needling; one product only"},
                "status": "not-started",
                "doNotPerform": bool(numbing["blocked_by"]),
                "productCodeableConcept": _concept("anaesthetic", numbing["product"], words["product"]),
                "description": "; ".join(_limits(numbing)) or "No limit is known.",
            }
        }
    for step in (*plan.result["preparation"], *plan.result["aftercare"]):
        yield {
            "detail": {
                "kind": "CommunicationRequest",
                "code": _concept("card", step["card"], step["card"].replace("_", " ")),
                "status": "not-started",
                **_days(step, plan.on),
                "description": step["text"],
            }
        }


def _limits(numbing: Mapping[str, Any]) -> Iterator[str]:
    if numbing["blocked_by"]:
        yield f"ruled out by {', '.join(numbing['blocked_by'])}"
    for name, words in (
        ("max_g", "at most {:g} g"),
        ("max_mg", "at most {:g} mg"),
        ("max_area_cm2", "on at most {:g} cm2"),
        ("max_minutes", "for at most {:g} min"),
        ("apply_before_min", "applied {:g} min before the first puncture"),
    ):
        if numbing[name] is not None:
            yield words.format(numbing[name])


def _days(step: Mapping[str, Any], on: date) -> JSON:
    period = {
        name: (on + timedelta(hours=step[key])).isoformat()
        for name, key in (("start", "from_hours"), ("end", "to_hours"))
        if step[key] is not None
    }
    return {"scheduledPeriod": period} if period else {}


def _sentence(plan: Kept) -> str:
    result = plan.result
    apart = f", at least {result['interval_days']} days apart" if result["interval_days"] else ""
    return (
        f"{result['sessions']} session{'' if result['sessions'] == 1 else 's'}{apart}; "
        f"{result['total_minutes']:.0f} min of needling each."
    )


def _area_sentence(row: Mapping[str, Any], words: Mapping[str, Any]) -> str:
    return (
        f"{words['areas'][row['area']]}: {words['devices'][row['device']]}, {row['depth_mm']:.2f} mm "
        f"(never above {row['depth_ceiling_mm']:.2f} mm), {row['passes']} pass{'' if row['passes'] == 1 else 'es'}, "
        f"{row['density_per_cm2']:.0f} punctures per cm2, {row['minutes']:.1f} min."
    )


def _notes(plan: Kept) -> Iterator[str]:
    words = plan.result["words"]
    yield f"A plan is no permission: the screening of the day decides. {plan.result['adopted']['words']}"
    yield f"Knowledge {plan.result['knowledge_digest']}"
    for warning in plan.result["warnings"]:
        where = f"{words['areas'][warning['area']]}: " if warning["area"] else ""
        yield f"{where}{words['warnings'][warning['code']]}. {warning['text']} (card {warning['card']})"


def _narrative(plan: Kept) -> str:
    words = plan.result["words"]
    items = "".join(f"<li>{escape(_area_sentence(row, words))}</li>" for row in plan.result["areas"])
    body = f"<p>{escape(words['indication'])}. {escape(_sentence(plan))}</p>" + (f"<ul>{items}</ul>" if items else "")
    return f'<div xmlns="http://www.w3.org/1999/xhtml">{body}</div>'
