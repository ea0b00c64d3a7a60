"""The thirty rules as somebody would write them once in one Python function: the limit of what Python can do."""

from typing import Any, Final

from needlepoint.knowledge import load

RANKS: Final = {"caution": 1, "avoid_area": 2, "refer": 4, "defer": 5, "contraindicated": 6}
_HEART: Final = frozenset(
    {"arrhythmia", "heart_failure", "valve_disease", "coronary_disease", "pacemaker_or_defibrillator"}
)
_RHYTHM: Final = frozenset(
    medicine.id
    for medicine in load().vocabulary.medicines.values()
    if medicine.classes & {"antiarrhythmic_class_1", "antiarrhythmic_class_3"}
)


def by_hand(case: dict[str, Any]) -> list[tuple[str, str]]:  # noqa: C901  one function is the point
    """Give the cards that are met, each with its verdict."""
    get = case.get
    areas, operator, age, skin = case["areas"], case["operator"], case["age"], case["fitzpatrick"]
    depth, group = case["depth"], case["group"]
    found = []
    if (
        (told := get("acne_areas"))
        and get("acne_extent") in ("grade_1_2", "grade_3_4")
        and not set(told).isdisjoint(areas)
    ):
        found.append(("acne_inflamed", "defer"))
    if 18 <= age < 22:
        found.append(("age_18_to_21", "refer"))
    if case["premises"] == "US-AZ" and operator in ("aesthetician", "master_aesthetician") and depth and depth > 0.5:
        found.append(("arizona_aesthetician_depth", "contraindicated"))
    if get("bleeding_disorder"):
        found.append(("bleeding_disorder", "contraindicated"))
    if (
        (days := get("botulinum_last")) is not None
        and days < 14
        and (told := get("botulinum_areas"))
        and not set(told).isdisjoint(areas)
    ):
        found.append(("botulinum_recent", "defer"))
    if get("breastfeeding"):
        found.append(("breastfeeding", "contraindicated"))
    if (days := get("chemo_last")) is not None and days < 365:
        found.append(("chemotherapy_window", "defer" if days < 28 else "refer"))
    if (told := get("connective_tissue_disease")) and any(
        disease in ("scleroderma", "morphoea", "lupus", "dermatomyositis", "mixed", "rheumatoid_arthritis")
        for disease in told
    ):
        found.append(("connective_tissue_disease", "refer"))
    if skin >= 4 or get("pih_ever"):
        found.append(("darker_skin", "caution"))
    if (
        operator != "physician"
        and ((depth and depth >= 1.5) or group in ("scar", "hair"))
        and (record := get("operator_record")) is not None
        and "physician_on_site" not in record
    ):
        found.append(("delegation_deep_or_scar", "caution"))
    if (
        get("diabetes")
        and (sugar := get("hba1c_percent")) is not None
        and sugar <= 8
        and (days := get("hba1c_date")) is not None
        and days < 90
    ):
        found.append(("diabetes_controlled", "caution"))
    if (told := get("eczema_areas")) and not set(told).isdisjoint(areas):
        found.append(("eczema_active", "contraindicated"))
    if get("epilepsy"):
        found.append(("epilepsy", "refer"))
    if skin >= 4 and case["overlay"] == "exceed" and group == "wrinkle":
        found.append(("exceed_wrinkle_skin_type", "refer"))
    if (
        (days := get("filler_last")) is not None
        and days < 365
        and (told := get("filler_areas"))
        and not set(told).isdisjoint(areas)
    ):
        found.append(("filler_in_area", "defer" if days < 180 else "refer"))
    if (days := get("hair_removal_last")) is not None and days < 7:
        found.append(("hair_removal", "defer" if days < 3 else "refer"))
    if ((told := get("heart_lung_blood")) and not _HEART.isdisjoint(told)) or (
        (told := get("medicines")) and not _RHYTHM.isdisjoint(told)
    ):
        found.append(("heart_disease", "refer"))
    if (told := get("immune_conditions")) and ("transplant" in told or "neutropenia" in told):
        found.append(("immune_failure", "contraindicated"))
    if "eyelids" in areas:
        found.append(("inside_orbital_rim", "avoid_area"))
    if (days := get("isotretinoin_last_dose")) is not None and days < 180:
        found.append(("isotretinoin_recent", "defer"))
    if get("keloid_own") and not (get("medical_scar_therapy") and operator == "physician"):
        found.append(("keloid_own", "contraindicated"))
    if (days := get("light_peel_or_laser_last")) is not None and days < 30:
        found.append(("light_peel_or_laser", "defer" if days < 14 else "refer"))
    if (days := get("needling_last")) is not None and days < 42:
        found.append(("needling_recent", "defer" if days < 28 else "refer"))
    if get("pregnant") or get("pregnancy_test") == "positive":
        found.append(("pregnancy", "contraindicated"))
    if (told := get("skin_cancer_areas")) and not set(told).isdisjoint(areas):
        found.append(("skin_cancer", "contraindicated"))
    if (told := get("skin_infection_areas")) and not set(told).isdisjoint(areas):
        found.append(("skin_infection", "contraindicated"))
    if (told := get("material_allergies")) and "stainless_steel" in told and get("needle_material") != "titanium":
        found.append(("steel_allergy", "contraindicated"))
    if (days := get("sun_exposure_last")) is not None and days < 14:
        found.append(("sun_exposure", "defer"))
    if (days := get("prescription_retinoid_last")) is not None and days < 7:
        found.append(("topical_retinoid", "defer" if days < 1 else "refer"))
    if (
        case["country"] == "US"
        and case["premises"] not in ("US-CA", "US-AZ")
        and (record := get("premises_record")) is not None
        and "legal_basis_recorded" not in record
    ):
        found.append(("us_legal_basis", "refer"))
    return found
