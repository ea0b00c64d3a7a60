"""The page of a plan in the making: the map, the live numbers, the way without a script."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from needlepoint import knowledge
from needlepoint.core.planning.application import application
from needlepoint.records.models import AuditEvent, Course, Plan, Role
from needlepoint.web.clinic import body_map
from tests.people import answer_all, make_clinic, make_course, sign_in

DAY = datetime(2026, 11, 24, 10, 0)  # noqa: DTZ001  the clinic's own clock, as the form gives it


@pytest.fixture
def course(db: None) -> Course:
    make_clinic()
    return make_course(indication="acne_scars", areas=["cheeks"])


def form(**changes: Any) -> dict[str, Any]:
    plain = {"operator": "physician", "device": "generic_pen", "anaesthetic": "", "areas": ["cheeks"], "start": "10:00"}
    return {"on": timezone.localdate().isoformat(), **plain, **changes}


def live(course: Course, role: str = Role.THERAPIST, **changes: Any) -> str:
    answer = sign_in(role).post(reverse("clinic:plan_live", args=[course.ref]), form(**changes))
    assert answer.status_code == 200
    return str(answer.content.decode())


def number(page: str, name: str) -> float:
    found = re.search(rf'data-{name}="([\d.]+)"', page)
    assert found
    return float(found[1])


def test_every_area_of_the_vocabulary_is_on_the_map_and_in_the_list(course: Course) -> None:
    page = sign_in().get(reverse("clinic:plan", args=[course.ref])).content.decode()
    areas = set(knowledge.load().vocabulary.areas)
    assert {area for drawing in body_map.DRAWINGS for area in drawing.areas} == areas
    assert set(re.findall(r'class="place[^"]*"\s+data-area="(\w+)"', page)) == areas
    assert set(re.findall(r'name="areas"\s+value="(\w+)"', page)) == areas
    assert re.search(r'class="place on"\s+data-area="cheeks"', page)
    assert re.search(r'value="cheeks"\s+checked', page)


def test_the_first_look_is_computed_already(course: Course) -> None:
    page = sign_in().get(reverse("clinic:plan", args=[course.ref])).content.decode()
    assert number(page, "depth") > 0
    assert "per cm²" in page
    assert "If you choose otherwise" in page


def test_depth_and_passes_change_the_numbers_and_nothing_is_kept(course: Course) -> None:
    four, eight = live(course, passes_cheeks="4"), live(course, passes_cheeks="8", depth_cheeks="0.5")
    assert (number(four, "passes"), number(eight, "passes")) == (4, 8)
    assert number(eight, "depth") == 0.5
    densities = [float(re.search(r"<dt>Punctures</dt>.*?<strong>(\d+)", part, re.DOTALL)[1]) for part in (four, eight)]  # type: ignore[index]  # a page without a density fails here
    assert densities[1] == pytest.approx(2 * densities[0], abs=2)
    assert not Plan.objects.exists()
    assert not AuditEvent.objects.filter(act="plan").exists()


def test_a_depth_above_its_ceiling_is_lowered_and_said_so(course: Course) -> None:
    page = live(course, depth_cheeks="3.5")
    assert number(page, "depth") <= 1.5
    assert "The depth asked for was lowered" in page


def test_an_area_that_is_never_needled_says_why(course: Course) -> None:
    page = live(course, areas=["cheeks", "lips"])
    assert 'data-live="area-lips"' in page
    assert "Left out of the plan" in page
    assert "Nothing remains" not in page
    assert "Nothing remains to be needled." in live(course, areas=["lips"])


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"areas": []}, "Areas: Choose at least one area."),
        ({"depth_cheeks": "deep"}, "Enter a number."),
        ({"depth_cheeks": "6"}, "the depth must lie above 0 and not above 5 mm"),
        ({"passes_cheeks": "41"}, "the number of passes must lie above 0 and not above 40."),
        ({"passes_cheeks": "1.5"}, "Enter a whole number."),
        ({"start": "late"}, "Enter a valid time."),
    ],
)
def test_what_is_wrong_is_said_in_place_of_numbers(course: Course, changes: dict[str, Any], says: str) -> None:
    assert says in live(course, **changes)


def test_without_a_script_the_page_computes_and_keeps_nothing(course: Course) -> None:
    address = reverse("clinic:plan", args=[course.ref])
    answer = sign_in().post(address, form(passes_cheeks="6", areas=["cheeks", "forehead"], compute="yes"))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'data-passes="6"' in page
    assert 'value="6"' in page
    assert not Plan.objects.exists()


def test_areas_that_are_picked_on_the_map_are_planned_and_kept_with_their_passes(course: Course) -> None:
    address = reverse("clinic:plan", args=[course.ref])
    sign_in().post(address, form(areas=["forehead", "cheeks"], passes_forehead="3"))
    plan = Plan.objects.get()
    assert sorted(plan.request["areas"]) == ["cheeks", "forehead"]
    assert plan.request["passes"] == {"forehead": 3}
    assert plan.request["start"] == "10:00"
    assert {row["area"]: row["passes"] for row in plan.result["areas"]}["forehead"] == 3
    again = sign_in().get(address).content.decode()
    assert re.search(r'value="forehead"\s+checked', again)


def test_numbing_says_when_it_goes_on_and_off(course: Course) -> None:
    answer_all(course.patient, on=timezone.localdate())
    page = live(course, anaesthetic="lidocaine_4", start="14:15")
    assert "<strong>13:45</strong> apply, 30 min before the first puncture" in page
    assert "<strong>14:15</strong> wiped off completely" in page
    assert "<strong>14:45</strong> off at the latest" in page
    assert "One product only" in page


def test_who_may_not_plan_gets_no_numbers(course: Course) -> None:
    answer = sign_in(Role.DIRECTOR).post(reverse("clinic:plan_live", args=[course.ref]), form())
    assert answer.status_code == 403


@pytest.mark.parametrize(("before", "most", "latest"), [(30, 60, 30), (60, 60, 0), (20, None, 0)])
def test_a_cream_is_never_on_longer_than_allowed(before: float, most: float | None, latest: float) -> None:
    when = application(apply_before_min=before, max_minutes=most, start=DAY)
    assert when.apply_at == DAY - timedelta(minutes=before)
    assert when.remove_at == DAY
    assert when.latest_removal == DAY + timedelta(minutes=latest)
    if most is not None:
        assert when.latest_removal - when.apply_at <= timedelta(minutes=most)


def test_a_contact_time_above_the_limit_is_refused() -> None:
    with pytest.raises(ValueError, match="is more than the 30 min allowed"):
        application(apply_before_min=45, max_minutes=30, start=DAY)
