"""Why an area is planned as it is, and how long the visit is."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from needlepoint.core.planning.grounds import real_depth_mm
from needlepoint.core.planning.plain import plain
from needlepoint.knowledge import load
from tests.core.planning.asking import facts, only, planned

DEVICES = sorted(id_ for id_, known in facts().devices.items() if known.planned)


@pytest.mark.parametrize(("device", "set_mm", "least", "most"), [
    ("skinpen_precision", 1.5, 0.3, 1.5), ("exceed", 1.5, 0.27, 1.65), ("exceed", 0.1, 0.0, 0.25),
    ("dermaroller_192_0_5", 0.5, 0.1, 0.5),
])  # fmt: skip
def test_the_real_depth_is_a_band_widened_by_the_tolerance(
    device: str, set_mm: float, least: float, most: float
) -> None:
    found = real_depth_mm(facts().devices[device], set_mm=set_mm, band=facts().real_depth)
    assert found == pytest.approx((least, most))


def test_the_band_holds_what_every_study_found() -> None:
    band = facts().real_depth
    assert {study.row for study in band.studies} == {
        "depth.sasaki2019",
        "depth.kalluri",
        "depth.donnelly",
        "depth.lam2008",
    }
    assert all(band.least_share <= study.share <= band.most_share for study in band.studies)


@given(some.sampled_from(DEVICES), some.floats(0.05, 4), some.floats(0.05, 4))
def test_a_deeper_setting_never_ends_shallower(device: str, one: float, other: float) -> None:
    shallow, deep = (
        real_depth_mm(facts().devices[device], set_mm=mm, band=facts().real_depth) for mm in sorted((one, other))
    )
    assert shallow[0] <= deep[0]
    assert shallow[1] <= deep[1]
    assert deep[0] < deep[1]


def test_all_limits_are_told_lowest_first_and_the_first_is_the_ceiling() -> None:
    made = only(planned("abdomen", indication="stretch_marks", operator="nurse", depth_mm=2))
    assert [limit.mm for limit in made.limits] == sorted(limit.mm for limit in made.limits)
    assert made.limits[0].mm == made.depth_ceiling_mm
    assert {limit.card for limit in made.limits} == {"area_abdomen", "device_skinpen_precision", "role_deep"}
    assert [limit.by_law for limit in made.limits if limit.card == "role_deep"] == [True]
    written = plain(planned("abdomen", indication="stretch_marks", depth_mm=2))["areas"][0]
    assert {limit["card"] for limit in written["limits"]} <= set(load().cards)
    assert written["cards"]["real_depth_mm"] == "real_depth"


@pytest.mark.parametrize(("area", "device", "indication", "reasons"), [
    ("under_eye", None, "under_eye_lines", ["labelled", "near_eye"]), ("nose", None, "ageing", ["bony"]),
    ("upper_lip", None, "perioral_wrinkles", ["small"]), ("thighs", None, "stretch_marks", ["large"]),
    ("cheeks", None, "acne_scars", ["labelled", "either"]),
    ("cheeks", "dermaroller_192_1_5", "acne_scars", ["named", "either"]),
    ("thighs", "skinpen_precision", "stretch_marks", ["named", "unsuited"]),
    ("forehead", "dermaroller_192_0_5", "ageing", ["named", "unsuited"]),
    ("upper_arms", "exceed", "ageing", ["named", "large"]),
])  # fmt: skip
def test_a_device_is_planned_for_reasons_that_have_a_card(
    area: str, device: str | None, indication: str, reasons: list[str]
) -> None:
    found = only(planned(area, device=device, indication=indication)).reasons
    assert [reason.id for reason in found] == reasons
    assert {reason.card for reason in found} == {"device_choice"}
    assert all(reason.text for reason in found)


def test_every_comparison_of_devices_says_what_it_does_not_say() -> None:
    assert {study.row for study in facts().choice.studies} == {"dev.choice.rct", "dev.choice.chu", "dev.choice.depth"}
    assert all(study.does_not_say for study in facts().choice.studies)


@pytest.mark.parametrize(("product", "numbing"), [
    (None, (0, 0)), ("lidocaine_prilocaine_2_5", (60, 60)), ("lidocaine_4", (30, 45)), ("benzocaine", (0, 0)),
    ("injected_lidocaine_plain", (0, 0)),
])  # fmt: skip
def test_the_visit_is_numbing_needling_and_care_together(product: str | None, numbing: tuple[float, float]) -> None:
    made = planned("cheeks", anaesthetic=product)
    found = made.visit
    assert found.numbing_min == numbing
    assert found.whole_min == (numbing[0] + made.total_minutes + 5, numbing[1] + made.total_minutes + 10)
    assert set(found.cards) <= set(load().cards)


def test_the_wait_is_never_longer_than_the_cream_may_stay() -> None:
    infant = planned("cheeks", anaesthetic="lidocaine_4", born=date(2026, 9, 10), weight_kg=5)
    assert infant.visit.numbing_min[1] <= 60
    nothing = planned("eyelids", anaesthetic="lidocaine_4")
    assert nothing.visit.whole_min == (0, 0)
