"""What is wished for area by area: passes, and a depth beyond what the device was evaluated for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from needlepoint.core.planning.plan import plan
from needlepoint.core.planning.request import Plan
from tests.core.planning.asking import codes, facts, only, request


def with_passes(passes: int | None, device: str = "dermaroller_192_1_5", area: str = "cheeks") -> Plan:
    asked = request(area, device=device)
    return plan(asked if passes is None else replace(asked, passes={area: passes}), facts())


@pytest.mark.parametrize("passes", [1, 4, 16, 20])
def test_density_and_minutes_follow_the_passes_asked_for(passes: int) -> None:
    proposed, asked = only(with_passes(None)), only(with_passes(passes))
    assert asked.passes == passes
    assert asked.density_per_cm2 == pytest.approx(proposed.density_per_cm2 / proposed.passes * passes)
    assert (asked.minutes >= proposed.minutes) == (passes >= proposed.passes)
    assert asked.depth_mm == proposed.depth_mm


def test_passes_that_leave_the_published_band_are_remarked_and_those_proposed_are_not() -> None:
    assert "density_out_of_range" in codes(with_passes(2), "cheeks")
    assert "density_out_of_range" in codes(with_passes(40), "cheeks")
    assert "density_out_of_range" not in codes(with_passes(only(with_passes(None)).passes), "cheeks")
    assert "density_out_of_range" not in codes(with_passes(None), "cheeks")


def test_passes_of_one_area_leave_the_others_as_proposed() -> None:
    asked = request("cheeks", "forehead")
    made = plan(replace(asked, passes={"cheeks": 3}), facts())
    before = {area.area: area for area in plan(asked, facts()).areas}
    assert {area.area: area.passes for area in made.areas} == {"cheeks": 3, "forehead": before["forehead"].passes}


def deep(*beyond: str, area: str = "abdomen", depth_mm: float = 2.0) -> Plan:
    asked = request(area, indication="stretch_marks", device="skinpen_precision", depth_mm=depth_mm)
    return plan(replace(asked, beyond_evaluation=frozenset(beyond)), facts())


def test_a_depth_the_device_was_not_evaluated_for_is_lowered_until_it_is_allowed_there() -> None:
    assert only(deep()).depth_mm == 1.5
    assert "depth_reduced" in codes(deep(), "abdomen")
    assert only(deep("abdomen")).depth_mm == 2.0
    assert only(deep("thighs")).depth_mm == 1.5
    assert "depth_not_evaluated" in codes(deep("abdomen"), "abdomen")


def test_no_other_limit_is_lifted_with_it() -> None:
    assert only(deep("abdomen", depth_mm=4.5)).depth_mm == only(deep("abdomen")).depth_ceiling_mm == 2.0
    assert only(deep("neck", area="neck", depth_mm=2.5)).depth_mm == 1.0
