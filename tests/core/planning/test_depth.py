"""How deep: ceilings, what lowers a depth, and what is not needled at all."""

from datetime import date
from typing import Any

import pytest

from needlepoint.core.terms import Sex
from tests.core.planning.asking import codes, only, planned


@pytest.mark.parametrize(("area", "indication", "ceiling"), [
    ("forehead", "facial_wrinkles", 1.0), ("forehead", "acne_scars", 1.0), ("temples", "acne_scars", 0.75),
    ("under_eye", "under_eye_lines", 0.5), ("crows_feet", "facial_wrinkles", 0.5), ("nose", "acne_scars", 0.75),
    ("cheeks", "facial_wrinkles", 1.0), ("cheeks", "acne_scars", 1.5), ("upper_lip", "perioral_wrinkles", 1.5),
    ("neck", "neck_wrinkles", 1.0), ("chest", "ageing", 1.5), ("hands", "ageing", 1.0), ("scalp", "hair_loss", 1.5),
    ("cheeks", "melasma", 0.5),
])  # fmt: skip
def test_the_ceiling_is_that_of_area_and_use(area: str, indication: str, ceiling: float) -> None:
    made = planned(area, device="generic_pen", indication=indication, depth_mm=5)
    assert only(made).depth_ceiling_mm == ceiling
    assert only(made).depth_mm == ceiling
    assert "depth_reduced" in codes(made, area)


@pytest.mark.parametrize(("device", "area", "ceiling"), [
    ("skinpen_precision", "abdomen", 1.5), ("exceed", "abdomen", 1.5), ("exceed_unlimited", "abdomen", 1.5),
    ("dermapen_4", "abdomen", 2.0), ("skinstylus", "abdomen", 2.0),
])  # fmt: skip
def test_the_device_may_lower_the_ceiling(device: str, area: str, ceiling: float) -> None:
    made = planned(area, device=device, indication="stretch_marks", depth_mm=2.5)
    assert only(made).depth_ceiling_mm == ceiling
    assert only(made).depth_mm == ceiling


def test_a_depth_beyond_what_the_device_was_evaluated_for_is_remarked() -> None:
    made = planned("abdomen", indication="stretch_marks", depth_mm=2.0)
    assert codes(made, "abdomen") >= {"depth_reduced", "depth_not_evaluated"}
    assert "depth_not_evaluated" not in codes(planned("abdomen", indication="stretch_marks", depth_mm=1.5), "abdomen")


@pytest.mark.parametrize(("device", "wanted", "set_to", "remarked"), [
    ("skinpen_precision", 1.1, 1.0, True), ("skinpen_precision", 1.25, 1.25, False),
    ("dermapen_4", 1.15, 1.1, True), ("dermapen_4", 1.2, 1.2, False), ("exceed", 1.13, 1.13, False),
    ("dermaroller_192_0_5", 0.7, 0.5, True), ("dermaroller_192_1_5", 1.5, 1.5, False),
])  # fmt: skip
def test_a_depth_the_device_does_not_have_becomes_the_next_lower_one(
    device: str, wanted: float, set_to: float, remarked: bool
) -> None:
    made = planned("cheeks", device=device, depth_mm=wanted)
    assert only(made).depth_mm == pytest.approx(set_to)
    assert ("depth_not_of_device" in codes(made, "cheeks")) is remarked


@pytest.mark.parametrize(("device", "area", "wanted"), [
    ("dermaroller_192_1_0", "under_eye", None), ("dermaroller_192_1_5", "neck", None),
    ("dermaroller_192_2_0", "cheeks", None), ("dermaroller_192_1_0", "cheeks", 0.5), ("dermapen_4", "cheeks", 0.1),
    ("skinpen_precision", "cheeks", 0.2), ("generic_roller", "cheeks", 2.0),
])  # fmt: skip
def test_a_device_that_cannot_go_as_shallow_as_needed_is_not_used(device: str, area: str, wanted: float | None) -> None:
    made = planned(area, device=device, indication="facial_wrinkles", depth_mm=wanted)
    assert made.areas == ()
    assert (made.total_minutes, made.sessions, made.interval_days) == (0, 0, None)
    assert codes(made, area) == {"area_not_needled"}


@pytest.mark.parametrize("area", ["eyelids", "lips", "nostrils", "ears"])
def test_an_area_no_one_should_needle_is_left_out(area: str) -> None:
    made = planned(area, "cheeks")
    assert [plan.area for plan in made.areas] == ["cheeks"]
    assert codes(made, area) == {"area_not_needled"}


def test_radio_frequency_is_never_planned() -> None:
    made = planned("cheeks", "abdomen", device="rf_needling", depth_mm=0.5)
    assert made.areas == ()
    assert {warning.card for warning in made.warnings} == {"device_rf_needling"}


@pytest.mark.parametrize(("area", "sex", "depth", "warned"), [
    ("neck", Sex.FEMALE, 1.0, True), ("neck", Sex.FEMALE, 0.75, False), ("under_eye", Sex.FEMALE, 0.5, False),
    ("cheeks", Sex.FEMALE, 1.5, True), ("cheeks", Sex.MALE, 1.0, False), ("cheeks", Sex.UNKNOWN, 1.0, True),
    ("forehead", Sex.MALE, 1.0, False), ("forehead", Sex.FEMALE, 1.0, True),
])  # fmt: skip
def test_more_than_the_skin_is_thick_is_remarked(area: str, sex: Sex, depth: float, warned: bool) -> None:
    made = planned(area, depth_mm=depth, sex=sex)
    assert only(made).depth_mm == depth
    assert ("depth_exceeds_skin" in codes(made, area)) is warned


SITE = {"operator_record": frozenset({"physician_on_site"})}
PERMITTED = {"premises_record": frozenset({"permitted_healthcare_premises"})}
CHILD = date(2010, 1, 1)


@pytest.mark.parametrize(("fields", "depth"), [
    ({"operator": "physician"}, 1.5),
    ({"operator": "physician", "premises": "DE"}, 1.5),
    ({"operator": "nurse", "premises": "DE"}, 1.25),
    ({"operator": "nurse", "premises": "DE", "answers": SITE}, 1.5),
    ({"operator": "aesthetician"}, 0.5),
    ({"operator": "aesthetician", "premises": "US-AZ", "answers": SITE}, 0.5),
    ({"operator": "delegate"}, 0.5),
    ({"operator": "delegate", "answers": {"operator_record": frozenset({"physician_named"})}}, 1.25),
    ({"operator": "lay"}, 0.5),
    ({"operator": "physician", "premises": "GB-SCT"}, 1.25),
    ({"operator": "physician", "premises": "GB-SCT", "answers": PERMITTED}, 1.5),
    ({"operator": "physician", "premises": "GB-SCT", "answers": PERMITTED, "born": CHILD}, 1.25),
    ({"operator": "physician", "premises": "GB-ENG"}, 1.5),
])  # fmt: skip
def test_law_and_role_lower_the_depth_and_say_so(fields: dict[str, Any], depth: float) -> None:
    made = planned("cheeks", depth_mm=1.5, **fields)
    assert only(made).depth_mm == depth
    assert ("depth_limited_by_law" in codes(made, "cheeks")) is (depth < 1.5)


@pytest.mark.parametrize(("operator", "needled"), [
    ("aesthetician", False), ("master_aesthetician", False), ("lay", False), ("nurse", True), ("physician", True),
])  # fmt: skip
def test_in_california_beauty_licences_do_not_reach_to_needling(operator: str, needled: bool) -> None:
    assert bool(planned("cheeks", premises="US-CA", operator=operator).areas) is needled


def test_an_intimate_area_in_scotland_needs_permitted_premises() -> None:
    fields: dict[str, Any] = {"indication": "stretch_marks", "device": None, "premises": "GB-SCT"}
    assert codes(planned("breasts", **fields), "breasts") == {"area_not_needled"}
    assert planned("breasts", **fields, answers=PERMITTED).areas


def test_darker_skin_is_needled_less_deeply_and_densely_with_longer_pauses() -> None:
    lighter, darker = planned(fitzpatrick=3), planned(fitzpatrick=4)
    assert only(darker).depth_mm < only(lighter).depth_mm
    assert codes(darker) >= {"pigment_risk", "test_patch_advised", "interval_extended"}
    assert codes(lighter).isdisjoint({"pigment_risk", "test_patch_advised", "interval_extended"})
    assert (lighter.interval_days, darker.interval_days) == (28, 42)
    assert planned("thighs", device=None, indication="ageing", fitzpatrick=5).areas[0].density_per_cm2 < (
        planned("thighs", device=None, indication="ageing", fitzpatrick=2).areas[0].density_per_cm2
    )


def test_a_roller_that_the_program_shortens_for_the_law_says_so_and_one_that_was_named_does_not() -> None:
    fields: dict[str, Any] = {"indication": "stretch_marks", "operator": "aesthetician"}
    chosen = planned("abdomen", device=None, **fields)
    assert (only(chosen).device, only(chosen).depth_mm) == ("dermaroller_192_0_5", 0.5)
    assert "depth_limited_by_law" in codes(chosen, "abdomen")
    assert "depth_limited_by_law" not in codes(planned("abdomen", device="dermaroller_192_0_5", **fields), "abdomen")


@pytest.mark.parametrize(
    ("area", "wish", "device", "depth"),
    [
        ("thighs", 1.5, "dermaroller_192_1_5", 1.5), ("thighs", 0.5, "dermaroller_192_0_5", 0.5),
        ("thighs", 0.3, "skinpen_precision", 0.25), ("abdomen", 0.2, "dermapen_4", 0.2), ("cheeks", 0.1, "exceed", 0.1),
    ],
)  # fmt: skip
def test_a_shallow_wish_is_met_by_another_device_and_not_by_leaving_the_area_out(
    area: str, wish: float, device: str, depth: float
) -> None:
    made = only(planned(area, device=None, indication="ageing", depth_mm=wish))
    assert (made.device, made.depth_mm) == (device, depth)


def test_a_device_labelled_for_the_use_is_chosen_before_the_kind_that_suits() -> None:
    assert only(planned("abdomen", device=None, indication="abdominal_scars")).device == "skinstylus"
    assert only(planned("abdomen", device=None, indication="abdominal_scars", born=date(2006, 1, 1))).device == (
        "dermaroller_192_1_5"
    )


@pytest.mark.parametrize(("wish", "said"), [(0.75, True), (0.65, True), (0.64, False), (None, False)])
def test_a_wish_deeper_than_the_skin_is_remarked_on_although_less_is_planned(wish: float | None, said: bool) -> None:
    made = planned("under_eye", device="generic_pen", indication="under_eye_lines", depth_mm=wish)
    assert only(made).depth_mm <= 0.5
    assert ("depth_exceeds_skin" in codes(made, "under_eye")) is said
