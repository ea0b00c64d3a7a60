"""The limits of numbing products by age, weight and place, and what rules them out."""

from datetime import date
from typing import Any

import pytest

from needlepoint.core.terms import NEVER, UNKNOWN, Sex, Value
from tests.core.planning.asking import codes, numbing, planned

EMLA, LMX, PLI = "lidocaine_prilocaine_2_5", "lidocaine_4", "lidocaine_7_tetracaine_7"
COMPOUNDED = "compounded_lidocaine_tetracaine"
PLAIN, ADRENALINE = "injected_lidocaine_plain", "injected_lidocaine_adrenaline"


def born(years: int, months: int = 0) -> date:
    month = 11 - months
    return date(2026 - years - (month < 1), (month - 1) % 12 + 1, 22)


@pytest.mark.parametrize(("age", "kg", "premises", "limits"), [
    ((0, 1), 4.0, None, (1, 10, 60)), ((0, 4), 4.9, None, (1, 10, 60)), ((0, 4), 6.0, None, (2, 20, 60)),
    ((0, 11), 9.0, "US", (2, 20, 60)), ((1, 0), 11.0, "GB", (10, 100, 240)), ((1, 0), 9.0, "GB", (2, 20, 60)),
    ((5, 11), 20.0, None, (10, 100, 240)), ((6, 0), 21.0, "GB", (20, 200, 240)), ((6, 0), 21.0, "US", (10, 100, 240)),
    ((8, 0), 19.0, "GB", (10, 100, 240)), ((11, 11), 40.0, None, (20, 200, 240)), ((12, 0), 40.0, "GB", (60, 600, 300)),
    ((12, 0), 40.0, "US-CA", (20, 200, 240)),
    ((13, 0), 45.0, "US-CA", (60, 600, 300)), ((45, 0), 65.0, None, (60, 600, 300)),
])  # fmt: skip
def test_lidocaine_prilocaine_is_limited_by_age_weight_and_place(
    age: tuple[int, int], kg: float, premises: str | None, limits: tuple[float, float, float]
) -> None:
    made = numbing(anaesthetic=EMLA, born=born(*age), weight_kg=kg, premises=premises)
    assert (made.max_g, made.max_area_cm2, made.max_minutes) == limits
    assert (made.max_mg, made.blocked_by) == (None, ())
    assert made.apply_before_min == 60


@pytest.mark.parametrize(("age", "kg", "minutes", "grams"), [
    ((0, 1), 4.0, 60, 1), ((0, 4), 6.0, 120, 1), ((3, 0), 9.5, 120, 20),
    ((3, 0), 14.0, 120, 40), ((45, 0), 65.0, 60, 180),
])  # fmt: skip
def test_lidocaine_cream_is_limited_by_age_and_weight(
    age: tuple[int, int], kg: float, minutes: float, grams: float
) -> None:
    made = numbing(anaesthetic=LMX, born=born(*age), weight_kg=kg)
    assert (made.max_minutes, made.max_g, made.apply_before_min) == (minutes, grams, 30)


@pytest.mark.parametrize(("product", "kg", "age", "mg"), [
    (PLAIN, 60, 45, 270), (PLAIN, 70, 45, 300), (PLAIN, 20, 6, 30),
    (ADRENALINE, 60, 45, 420), (ADRENALINE, 80, 45, 500), (ADRENALINE, 20, 6, 60),
])  # fmt: skip
def test_injected_lidocaine_is_limited_by_weight(product: str, kg: float, age: int, mg: float) -> None:
    made = numbing(anaesthetic=product, weight_kg=kg, born=born(age))
    assert made.max_mg == pytest.approx(mg)
    assert (made.max_g, made.max_area_cm2, made.max_minutes, made.apply_before_min) == (None, None, None, None)


def test_the_adults_cream_has_the_limits_of_its_label() -> None:
    made = numbing(anaesthetic=PLI)
    assert (made.max_g, made.max_area_cm2, made.max_minutes, made.apply_before_min) == (53, 400, 60, 30)


@pytest.mark.parametrize(("product", "fields", "row"), [
    ("otc_lidocaine_over_4", {}, "la-otc-4pct"), ("benzocaine", {}, "la-benzocaine-none"),
    ("compounded_blt", {}, "la-benzocaine-none"), (COMPOUNDED, {}, "la-compounded-default-off"),
    (PLI, {"born": born(17)}, "la-pli-dose"), (LMX, {"born": date(2026, 11, 1), "weight_kg": 3.5}, "la-lmx-uk-child"),
])  # fmt: skip
def test_some_products_are_ruled_out_without_any_answer(product: str, fields: dict[str, Any], row: str) -> None:
    made = planned(anaesthetic=product, **fields)
    assert made.anaesthetic is not None
    assert row in made.anaesthetic.blocked_by
    assert "anaesthetic_blocked" in codes(made)
    limits = made.anaesthetic
    assert (limits.max_g, limits.max_area_cm2, limits.max_minutes) == (0, 0, 0)
    assert (limits.max_mg, limits.apply_before_min) == (None, None)


def some(*ids: str) -> frozenset[str]:
    return frozenset(ids)


@pytest.mark.parametrize(("product", "answers", "rows"), [
    (EMLA, {"anaesthetic_allergies": some("amide")}, ("la-allergy-amide",)),
    (EMLA, {"anaesthetic_allergies": some("ester")}, ()),
    (PLI, {"anaesthetic_allergies": some("ester")}, ("la-allergy-ester", "la-pli-contra")),
    (PLI, {"anaesthetic_allergies": some("paba")}, ("la-pli-contra",)),
    (LMX, {"anaesthetic_allergies": some("unclear")}, ("la-allergy-unclear",)),
    (EMLA, {"anaesthetic_allergies": some("castor_oil_emulsifier")}, ("la-allergy-vehicle",)),
    (LMX, {"anaesthetic_allergies": some("castor_oil_emulsifier")}, ()),
    (LMX, {"anaesthetic_allergies": some("benzyl_alcohol")}, ("la-allergy-vehicle",)),
    (EMLA, {"enzyme_conditions": some("g6pd_deficiency")}, ("la-methb-g6pd",)),
    (LMX, {"enzyme_conditions": some("g6pd_deficiency")}, ()),
    (EMLA, {"enzyme_conditions": some("methaemoglobinaemia")}, ("la-methb-congenital",)),
    (PLI, {"enzyme_conditions": some("pseudocholinesterase_deficiency")}, ("la-pli-contra",)),
    (EMLA, {"medicines": some("dapsone")}, ("la-methb-drugs",)), (LMX, {"medicines": some("dapsone")}, ()),
    (LMX, {"medicines": some("flecainide")}, ("la-class1",)), (LMX, {"medicines": some("sotalol")}, ()),
    (LMX, {"liver_disease": "severe"}, ("la-hepatic",)), (LMX, {"liver_disease": "mild"}, ()),
    (LMX, {"pregnant": True}, ("la-pregnant-nursing",)), (LMX, {"breastfeeding": True}, ("la-pregnant-nursing",)),
    (LMX, {"other_anaesthetic_last_24h": some("lidocaine_patch")}, ("la-one-product",)),
    (LMX, {"numbing_cream_today": "over_4_percent"}, ("la-one-product", "la-otc-4pct")),
    (LMX, {"open_wound_areas": some("cheeks")}, ("la-intact-only",)), (LMX, {"open_wound_areas": some("back")}, ()),
    (PLAIN, {"open_wound_areas": some("cheeks")}, ()),
    (LMX, {"eczema_kinds": some("atopic")}, ("la-lmx-not-eczema",)),
    (LMX, {"eczema_kinds": some("atopic"), "eczema_cleared": NEVER}, ()),
    (EMLA, {"anaesthetic_allergies": UNKNOWN}, ("pol-unknown-is-refer",)),
    (LMX, {"pregnant": UNKNOWN}, ("pol-unknown-is-refer",)),
    (LMX, {"pregnant": UNKNOWN, "pregnancy_test": "negative"}, ()),
])  # fmt: skip
def test_an_answer_rules_a_product_out_by_its_evidence_row(
    product: str, answers: dict[str, Value], rows: tuple[str, ...]
) -> None:
    assert numbing(anaesthetic=product, answers=answers).blocked_by == rows


def test_a_compounded_cream_is_unlocked_by_all_safeguards_for_the_face_of_light_skin_only() -> None:
    safe = {"anaesthetic_safeguards": some("applied_in_clinic", "trained_observer", "prescriber_on_record",
                                           "compounded_label_complete")}  # fmt: skip
    assert numbing(anaesthetic=COMPOUNDED, answers=safe).max_minutes == 30
    less = {"anaesthetic_safeguards": safe["anaesthetic_safeguards"] - {"trained_observer"}}
    assert numbing(anaesthetic=COMPOUNDED, answers=less).blocked_by == ("la-compounded-default-off",)
    for fields in ({"fitzpatrick": 4}, {"weight_kg": 65}):
        areas = ("cheeks",) if "fitzpatrick" in fields else ("chest",)
        made = planned(*areas, anaesthetic=COMPOUNDED, answers=safe, **fields).anaesthetic
        assert made is not None
        assert made.blocked_by == ("la-compounded-level",)


def test_atopic_eczema_shortens_the_contact() -> None:
    made = planned(anaesthetic=EMLA, answers={"eczema_kinds": some("atopic")})
    assert made.anaesthetic is not None
    assert (made.anaesthetic.max_minutes, made.anaesthetic.apply_before_min) == (30, 30)
    assert "anaesthetic_time_limited" in codes(made)


@pytest.mark.parametrize(("product", "areas", "expected", "absent"), [
    (EMLA, ("cheeks",), set(), {"anaesthetic_area_exceeded", "anaesthetic_dose_soft_limit"}),
    (EMLA, ("abdomen",), {"anaesthetic_area_exceeded"}, set()),
    (LMX, ("face",), {"anaesthetic_dose_soft_limit"}, {"anaesthetic_area_exceeded"}),
    (LMX, ("abdomen",), {"anaesthetic_dose_soft_limit", "anaesthetic_area_exceeded"}, set()),
])  # fmt: skip
def test_areas_larger_than_may_be_numbed_are_remarked(
    product: str, areas: tuple[str, ...], expected: set[str], absent: set[str]
) -> None:
    found = codes(planned(*areas, anaesthetic=product))
    assert expected <= found
    assert not absent & found


def test_cream_near_the_eye_is_remarked_and_an_injection_is_not() -> None:
    assert "anaesthetic_near_eye" in codes(planned("under_eye", anaesthetic=EMLA), "under_eye")
    assert "anaesthetic_near_eye" not in codes(planned("under_eye", anaesthetic=PLAIN), "under_eye")
    assert "anaesthetic_near_eye" not in codes(planned("cheeks", anaesthetic=EMLA), "cheeks")


def test_missing_are_the_needed_questions_on_numbing_only_and_silence_blocks_nothing() -> None:
    made = planned(anaesthetic=LMX)
    assert "anaesthetic_allergies" in made.missing
    assert "smoking" not in made.missing
    assert "answer_missing" in codes(made)
    assert made.anaesthetic is not None
    assert made.anaesthetic.blocked_by == ()
    assert "pregnant" not in planned(anaesthetic=LMX, sex=Sex.MALE).missing
    assert planned().missing == ()
    assert planned().anaesthetic is None
