"""Areas, devices, passes, minutes, the course, and what is remarked."""

from __future__ import annotations

from datetime import date

import pytest

from needlepoint.knowledge import load
from tests.core.planning.asking import codes, only, planned


@pytest.mark.parametrize(("height", "weight", "face"), [(165, 65, 604), (160, 60, 572), (170, 70, 636), (180, 80, 700)])
def test_the_face_is_estimated_as_published(height: float, weight: float, face: float) -> None:
    made = planned("face", height_cm=height, weight_kg=weight)
    assert sum(area.area_cm2 for area in made.areas) == pytest.approx(face, rel=0.002)
    assert all("area_estimated" in codes(made, area.area) for area in made.areas)


def test_a_measured_area_is_taken_as_it_is() -> None:
    made = planned("cheeks", area_cm2={"cheeks": 120.5}, weight_kg=None, height_cm=None)
    assert only(made).area_cm2 == 120.5
    assert "area_estimated" not in codes(made, "cheeks")
    with pytest.raises(ValueError, match="height and weight"):
        planned("cheeks", weight_kg=None)


@pytest.mark.parametrize(("area", "indication", "device"), [
    ("under_eye", "under_eye_lines", "exceed"), ("nose", "acne_scars", "skinpen_precision"),
    ("neck", "neck_wrinkles", "skinpen_precision"), ("hands", "ageing", "skinpen_precision"),
    ("abdomen", "stretch_marks", "dermaroller_192_1_5"), ("thighs", "poor_elasticity", "dermaroller_192_1_0"),
    ("back", "acne_scars", "dermaroller_192_1_5"),
])  # fmt: skip
def test_the_program_chooses_a_pen_for_small_and_a_roller_for_large_places(
    area: str, indication: str, device: str
) -> None:
    made = planned(area, device=None, indication=indication)
    assert only(made).device == device
    assert "device_unsuited_to_area" not in codes(made, area)


def test_different_areas_may_get_different_devices() -> None:
    made = planned("cheeks", "back", device=None)
    assert [area.device for area in made.areas] == ["skinpen_precision", "dermaroller_192_1_5"]


@pytest.mark.parametrize(("device", "area", "unsuited"), [
    ("dermaroller_192_0_5", "under_eye", True), ("dermaroller_192_0_5", "nose", True),
    ("dermaroller_192_0_5", "cheeks", False), ("skinpen_precision", "thighs", True),
    ("generic_stamp", "under_eye", False), ("skinpen_precision", "cheeks", False),
])  # fmt: skip
def test_a_device_that_suits_less_well_is_remarked(device: str, area: str, unsuited: bool) -> None:
    made = planned(area, device=device)
    assert ("device_unsuited_to_area" in codes(made, area)) is unsuited


def test_the_label_makes_a_pen_suit_the_abdomen() -> None:
    made = planned("abdomen", device="skinstylus", indication="abdominal_scars")
    assert codes(made, "abdomen").isdisjoint({"device_unsuited_to_area", "off_label_area"})
    assert "off_label_indication" not in codes(made)


@pytest.mark.parametrize(("device", "target", "passes", "density"), [
    ("dermaroller_192_1_5", 250, 19, 252.4), ("dermaroller_192_1_5", 300, 23, 305.6),
    ("dermaroller_192_0_5", 250, 18, 261.9), ("dermaroller_96_1_5", 250, 19, 252.4),
    ("skinpen_precision", 250, 1, 1361.5), ("skinpen_precision", 2000, 2, 2723), ("exceed", 1250, 3, 1500),
    ("dermapen_4", 250, 1, 1600),
])  # fmt: skip
def test_passes_deliver_at_least_the_density_asked_for(device: str, target: float, passes: int, density: float) -> None:
    area = only(planned("cheeks", device=device, density=target))
    assert area.passes == passes
    assert area.density_per_cm2 == pytest.approx(density, rel=0.001)
    assert not area.density_assumed


@pytest.mark.parametrize("device", ["generic_roller", "disc_roller_540", "generic_stamp", "generic_pen", "skinstylus",
                                    "rejuvapen_nxt", "dr_pen", "pro_pen"])  # fmt: skip
def test_what_is_not_known_of_a_device_is_said(device: str) -> None:
    made = planned("cheeks", device=device)
    assert only(made).density_assumed
    assert "evidence_weak" not in codes(made, "cheeks"), "the use is well studied, the device is not"


@pytest.mark.parametrize(("target", "outside"), [(249, True), (250, False), (300, False), (301, True)])
def test_a_density_outside_the_published_band_is_remarked(target: float, outside: bool) -> None:
    made = planned("cheeks", device="dermaroller_192_1_5", density=target)
    assert ("density_out_of_range" in codes(made, "cheeks")) is outside


@pytest.mark.parametrize(("areas", "least", "most"), [
    (("face",), 45, 60), (("upper_lip", "perioral"), 15, 15), (("under_eye",), 15, 15), (("cheeks",), 10, 15),
    (("neck",), 10, 15), (("chest",), 15, 20), (("hands",), 30, 40), (("upper_arms",), 30, 40), (("abdomen",), 20, 30),
    (("buttocks",), 20, 30), (("thighs",), 50, 60), (("back",), 45, 60),
])  # fmt: skip
@pytest.mark.parametrize(("height", "weight"), [(150, 45), (165, 65), (190, 120)])
def test_a_session_lasts_as_long_as_published(
    areas: tuple[str, ...], least: float, most: float, height: float, weight: float
) -> None:
    made = planned(*areas, device=None, height_cm=height, weight_kg=weight)
    assert least <= made.total_minutes <= most
    assert "session_split_advised" not in codes(made)


def test_too_much_for_one_session_is_split() -> None:
    assert "session_split_advised" in codes(planned("back", "thighs", device=None))


@pytest.mark.parametrize(("indication", "sessions", "days", "code"), [
    ("acne_scars", 3, 28, None), ("facial_wrinkles", 4, 30, "evidence_weak"), ("stretch_marks", 4, 30, None),
    ("weight_change_skin", 4, 30, "evidence_none"), ("poor_elasticity", 4, 30, "evidence_weak"),
    ("perioral_wrinkles", 2, 30, "evidence_weak"), ("neck_wrinkles", 4, 30, None), ("hair_loss", 3, 28, None),
])  # fmt: skip
def test_the_course_is_that_of_the_use(indication: str, sessions: int, days: int, code: str | None) -> None:
    made = planned("cheeks", indication=indication)
    assert (made.sessions, made.interval_days) == (sessions, days)
    assert codes(made) & {"evidence_weak", "evidence_none"} == ({code} if code else set())


@pytest.mark.parametrize(("device", "indication", "area", "kind", "expected"), [
    ("skinpen_precision", "acne_scars", "cheeks", 6, set()),
    ("skinpen_precision", "neck_wrinkles", "neck", 4, set()),
    ("skinpen_precision", "neck_wrinkles", "neck", 5, {"off_label_skin_type"}),
    ("skinpen_precision", "acne_scars", "back", 2, {"off_label_area"}),
    ("skinpen_precision", "stretch_marks", "abdomen", 2, {"off_label_indication", "off_label_area"}),
    ("exceed", "acne_scars", "cheeks", 4, set()),
    ("exceed", "acne_scars", "cheeks", 5, {"off_label_skin_type"}),
    ("exceed", "facial_wrinkles", "cheeks", 4, {"off_label_skin_type"}),
    ("exceed", "facial_wrinkles", "forehead", 2, {"off_label_area"}),
    ("dermaroller_192_1_0", "stretch_marks", "abdomen", 2, {"off_label_indication"}),
])  # fmt: skip
def test_what_lies_outside_the_label_is_remarked(
    device: str, indication: str, area: str, kind: int, expected: set[str]
) -> None:
    made = planned(area, device=device, indication=indication, fitzpatrick=kind)
    found = codes(made) | codes(made, area)
    assert {code for code in found if code.startswith("off_label")} == expected


@pytest.mark.parametrize(("born", "young"), [(date(2004, 11, 22), False), (date(2004, 11, 23), True)])
def test_younger_than_the_label_is_remarked_until_the_birthday(born: date, young: bool) -> None:
    assert ("off_label_age" in codes(planned(born=born))) is young


@pytest.mark.parametrize(("answers", "needed"), [
    ({}, True), ({"cold_sore_ever": True}, True), ({"cold_sore_ever": False}, False),
    ({"cold_sore_ever": True, "antiviral_plan": "prescribed"}, False),
    ({"cold_sore_ever": True, "antiviral_plan": "not_considered"}, True),
])  # fmt: skip
def test_a_facial_session_needs_an_antiviral_plan_unless_settled(answers: dict[str, bool | str], needed: bool) -> None:
    assert ("herpes_plan_needed" in codes(planned("cheeks", answers=answers))) is needed
    assert "herpes_plan_needed" not in codes(planned("abdomen", indication="stretch_marks", answers=answers))


def test_deep_needling_round_the_mouth_needs_an_antiviral_plan_also_without_a_history() -> None:
    denied = {"cold_sore_ever": False}
    assert "herpes_plan_needed" in codes(planned("upper_lip", depth_mm=1.5, answers=denied))
    assert "herpes_plan_needed" not in codes(planned("upper_lip", depth_mm=1.0, answers=denied))


def test_every_number_and_warning_names_a_card_that_exists() -> None:
    made = planned("face", "face_margins", "trunk", device=None, anaesthetic="lidocaine_4", fitzpatrick=5)
    named = {card for area in made.areas for card in area.cards.values()} | set(made.cards.values())
    named |= {warning.card for warning in made.warnings} | {care.card for care in (*made.preparation, *made.aftercare)}
    assert made.anaesthetic is not None
    assert named | {made.anaesthetic.card} <= load().cards.keys()
    for area in made.areas:
        assert area.cards.keys() >= {"device", "depth_mm", "depth_ceiling_mm", "passes", "density_per_cm2", "minutes",
                                     "area_cm2"}  # fmt: skip
    assert made.cards.keys() == {"sessions", "interval_days"}


def test_warnings_stand_by_area_then_code_and_only_once() -> None:
    made = planned("trunk", "face", "face_margins", anaesthetic="lidocaine_4", fitzpatrick=5)
    order = [*load().vocabulary.areas, None]
    places = [(order.index(warning.area), warning.code) for warning in made.warnings]
    assert places == sorted(set(places))
    assert all(warning.text and warning.card for warning in made.warnings)
    assert {warning.code for warning in made.warnings} <= load().vocabulary.warning_codes.keys()


def test_care_is_told_in_order_of_hours_and_fits_the_patient() -> None:
    light, dark = planned(), planned(fitzpatrick=5, anaesthetic="lidocaine_4")
    for steps in (dark.preparation, dark.aftercare):
        hours = [step.from_hours for step in steps if step.from_hours is not None]
        assert hours == sorted(hours)
        assert all(step.evidence and step.text for step in steps)
    assert {step.card for step in dark.aftercare} - {step.card for step in light.aftercare} == {"after_sun_long"}
    assert {step.card for step in dark.preparation} - {step.card for step in light.preparation} == {"before_numbing"}
    assert not any(step.card == "before_antiviral" for step in planned("abdomen", device=None).preparation)


@pytest.mark.parametrize(("indication", "area", "belongs"), [
    ("hair_loss", "scalp", True), ("hair_loss", "cheeks", False), ("neck_wrinkles", "thighs", False),
    ("stretch_marks", "breasts", True), ("ageing", "hands", True),
])  # fmt: skip
def test_a_use_in_an_area_where_it_was_never_studied_is_remarked(indication: str, area: str, belongs: bool) -> None:
    made = planned(area, device=None, indication=indication)
    assert made.areas
    assert ("evidence_none" in codes(made, area)) is not belongs
