"""Planning a course: what is kept, what is refused, what it takes to adopt a plan."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from needlepoint import knowledge
from needlepoint.actions.access import NoSuchRecord, NotPermitted
from needlepoint.actions.case import NotDecidable
from needlepoint.actions.knowledge import adopt
from needlepoint.actions.plan import (
    AlreadyAdopted,
    NothingPlanned,
    NumbingNotSettled,
    Wishes,
    adopt_plan,
    adopted_plan,
    areas_of,
    find_plan,
    last_request,
    past,
    read_plan,
)
from needlepoint.records.models import AuditEvent, Plan, Role
from tests.people import NOW, TODAY, actor, answer_all, compute_plan, make_course, make_patient

pytestmark = pytest.mark.django_db
CREAM = "lidocaine_prilocaine_2_5"


def area_of(plan: Plan, area: str) -> dict[str, Any]:
    return next(row for row in plan.result["areas"] if row["area"] == area)


def test_request_and_result_are_kept_with_digest_author_and_day() -> None:
    plan = find_plan(compute_plan().pk)
    assert plan.request["areas"] == ["cheeks", "forehead"]
    assert (plan.request["device"], plan.request["anaesthetic"], plan.request["premises"]) == (None, None, "DE")
    assert [row["area"] for row in plan.result["areas"]] == ["forehead", "cheeks"]
    assert plan.digest == plan.result["knowledge_digest"] == knowledge.load().digest
    assert AuditEvent.objects.get(act="plan").subject == f"Plan:{plan.pk}"


def test_no_depth_lies_above_its_ceiling_and_every_number_names_its_card() -> None:
    plan = compute_plan()
    for row in plan.result["areas"]:
        assert 0 < row["depth_mm"] <= row["depth_ceiling_mm"]
        assert {"depth_mm", "passes", "density_per_cm2", "minutes"} <= row["cards"].keys()
    used = {card["card"] for card in plan.result["used"]}
    assert used >= {card for row in plan.result["areas"] for card in row["cards"].values()}
    assert used <= knowledge.load().cards.keys()
    assert plan.result["total_minutes"] == pytest.approx(sum(row["minutes"] for row in plan.result["areas"]), abs=0.01)


def test_wishes_by_area_are_taken_up_and_a_depth_above_the_ceiling_is_lowered() -> None:
    wishes = Wishes(depth_mm={"cheeks": 4.5}, area_cm2={"forehead": 61.5}, target_density_per_cm2=180)
    plan = compute_plan(device="generic_pen", wishes=wishes)
    assert plan.request["depth_mm"] == {"cheeks": 4.5}
    assert area_of(plan, "forehead")["area_cm2"] == 61.5
    assert area_of(plan, "cheeks")["depth_mm"] <= area_of(plan, "cheeks")["depth_ceiling_mm"] < 4.5
    assert any(warning["area"] == "cheeks" and "depth" in warning["code"] for warning in plan.result["warnings"])
    assert area_of(plan, "cheeks")["density_per_cm2"] >= 180


@pytest.mark.parametrize(
    ("wishes", "says"),
    [
        (Wishes(depth_mm={"cheeks": 0}), "depth must lie above 0"),
        (Wishes(depth_mm={"cheeks": 5.1}), "not above 5 mm"),
        (Wishes(depth_mm={"scalp": 0.5}), "no planned area"),
        (Wishes(area_cm2={"cheeks": -1}), "size must lie above 0"),
        (Wishes(area_cm2={"nowhere": 10}), "no planned area"),
        (Wishes(target_density_per_cm2=0), "density must lie above 0"),
        (Wishes(target_density_per_cm2=5001), "density must lie above 0"),
    ],
)
def test_an_impossible_wish_is_refused_in_words(wishes: Wishes, says: str) -> None:
    with pytest.raises(NotDecidable, match=says):
        compute_plan(wishes=wishes)
    assert not Plan.objects.exists()


def test_without_weight_and_height_every_area_must_be_measured() -> None:
    course = make_course(make_patient(weight_kg=None), indication="facial_wrinkles", areas=["cheeks"])
    with pytest.raises(NotDecidable, match="Record weight and height"):
        compute_plan(course)
    assert area_of(compute_plan(course, wishes=Wishes(area_cm2={"cheeks": 100})), "cheeks")["area_cm2"] == 100


def test_an_injected_product_needs_the_weight() -> None:
    course = make_course(make_patient(weight_kg=None), indication="facial_wrinkles", areas=["cheeks"])
    injected = next(p.id for p in knowledge.load().vocabulary.anaesthetics.values() if p.route == "injected")
    with pytest.raises(NotDecidable, match="Record the weight"):
        compute_plan(course, anaesthetic=injected, wishes=Wishes(area_cm2={"cheeks": 100}))


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.DIRECTOR, Role.ADMINISTRATOR])
def test_who_may_not_plan_is_told_why(role: Role) -> None:
    with pytest.raises(NotPermitted, match="To plan takes the role of physician or therapist"):
        compute_plan(by=actor(role))
    plan = compute_plan()
    with pytest.raises(NotPermitted, match="To adopt a plan takes"):
        adopt_plan(plan, by=actor(role), at=NOW)


def test_a_plan_says_whether_its_cards_were_adopted() -> None:
    assert compute_plan().result["adopted"]["words"] == "Not adopted by this clinic."
    adopt(digest=knowledge.load().digest, by=actor(Role.PHYSICIAN), at=NOW)
    plan = compute_plan()
    assert plan.result["adopted"]["state"] == "whole"
    assert all(card["adopted"] for card in plan.result["used"])


def test_what_was_kept_stays_word_for_word_when_the_knowledge_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    before = find_plan(compute_plan().pk)
    known = knowledge.load()
    monkeypatch.setattr(knowledge, "load", lambda: replace(known, cards={}, digest="f" * 64))
    after = find_plan(before.pk)
    assert (after.request, after.result, after.digest) == (before.request, before.result, before.digest)


def test_the_database_does_not_let_a_plan_be_rewritten() -> None:
    plan = compute_plan()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Plan.objects.filter(pk=plan.pk).update(digest="0" * 64)


def test_an_adopted_plan_is_the_one_to_treat_by_and_the_last_adoption_counts() -> None:
    first = compute_plan()
    assert adopted_plan(first.course) is None
    second = compute_plan(first.course)
    adopt_plan(second, by=actor(), at=NOW)
    adopt_plan(first, by=actor(), at=NOW + timedelta(minutes=1))
    assert adopted_plan(first.course) == first
    assert AuditEvent.objects.filter(act="adopt_plan").count() == 2


def test_a_plan_is_adopted_once() -> None:
    plan = compute_plan()
    adopt_plan(plan, by=actor(), at=NOW)
    with pytest.raises(AlreadyAdopted):
        adopt_plan(find_plan(plan.pk), by=actor(), at=NOW)


def test_a_plan_without_an_area_is_not_adopted() -> None:
    course = make_course(indication="facial_wrinkles", areas=["eyelids"])
    plan = compute_plan(course)
    assert plan.result["areas"] == []
    with pytest.raises(NothingPlanned):
        adopt_plan(plan, by=actor(), at=NOW)


def test_a_plan_with_open_questions_on_numbing_is_not_adopted() -> None:
    plan = compute_plan(anaesthetic=CREAM)
    assert plan.result["questions"]
    with pytest.raises(NumbingNotSettled, match="not answered"):
        adopt_plan(plan, by=actor(), at=NOW)


def numbed(**answers: Any) -> Plan:
    """Give a plan with numbing cream, with every question on numbing answered."""
    course = make_course(indication="facial_wrinkles", areas=["cheeks", "forehead"])
    answer_all(course.patient, **{**NUMBING, **answers})
    return compute_plan(course, anaesthetic=CREAM)


NUMBING: dict[str, Any] = {
    "enzyme_conditions": [],
    "other_anaesthetic_last_24h": [],
    "shaved_last_24h": False,
    "anaesthetic_safeguards": ["applied_in_clinic", "trained_observer", "prescriber_on_record"],
}


def test_a_plan_with_numbing_that_is_settled_is_adopted() -> None:
    plan = numbed()
    assert (plan.result["missing"], plan.result["anaesthetic"]["blocked_by"]) == ([], [])
    assert plan.result["anaesthetic"]["max_g"] > 0
    adopt_plan(plan, by=actor(), at=NOW)
    assert adopted_plan(plan.course) == plan


def test_a_plan_with_a_product_that_is_ruled_out_is_not_adopted() -> None:
    plan = numbed(anaesthetic_allergies=["amide"])
    assert plan.result["missing"] == []
    assert plan.result["anaesthetic"]["blocked_by"]
    with pytest.raises(NumbingNotSettled, match="ruled out"):
        adopt_plan(plan, by=actor(), at=NOW)


def test_reading_a_plan_is_in_the_trail() -> None:
    plan = compute_plan()
    read_plan(plan.pk, by=actor(Role.DIRECTOR), at=NOW)
    assert AuditEvent.objects.get(act="read_chart").subject == f"Plan:{plan.pk}"
    with pytest.raises(NotPermitted):
        read_plan(plan.pk, by=actor(Role.FRONT_DESK), at=NOW)
    with pytest.raises(NoSuchRecord):
        find_plan(4711)


def test_the_list_of_plans_is_light_and_bounded(django_assert_num_queries: Any) -> None:
    plan = compute_plan()
    Plan.objects.bulk_create(
        Plan(course=plan.course, on=TODAY, request={}, result={}, digest="0" * 64, by=plan.by, at=NOW)
        for _ in range(30)
    )
    with django_assert_num_queries(1):
        rows = past(plan.course)
        assert [(str(row.by), hasattr(row, "adoption")) for row in rows]
    assert len(rows) == 20


def test_the_form_knows_the_areas_and_the_last_request() -> None:
    plan = compute_plan(device="generic_pen")
    assert [area for area, _ in areas_of(plan.course)] == ["forehead", "cheeks"]
    assert last_request(plan.course)["device"] == "generic_pen"
    assert last_request(make_course(make_patient(family_name="Other"))) == {}
