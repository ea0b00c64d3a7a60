"""The seven contraindications of the founding page, in all their evidence rows."""

from typing import Any

import pytest

from needlepoint.core.terms import Verdict
from tests.core.screening.cases import rows, screened

EXCEED = {"device": "exceed"}
SKINPEN = {"device": "skinpen_precision"}
KELOID = {"indication": "generalized_scars"}


def test_the_complete_case_is_clear() -> None:
    screening = screened()
    assert screening.verdict is Verdict.CLEAR
    assert screening.findings == ()
    assert screening.missing == ()
    assert screening.not_before is None
    assert screening.excluded_areas == ()


@pytest.mark.parametrize(
    ("answers", "fields", "verdict", "evidence"),
    [
        # eczema
        (
            {"eczema_areas": ["cheeks"], "eczema_kinds": ["atopic"], "eczema_cleared": "never"},
            {},
            "contraindicated",
            {"ci-eczema-active"},
        ),
        (
            {"eczema_kinds": ["atopic"], "eczema_cleared": "2026-11-15"},
            {},
            "defer",
            {"ci-eczema-active", "ci-eczema-history"},
        ),
        ({"eczema_kinds": ["atopic"], "eczema_cleared": "2025-01-01"}, {}, "caution", {"ci-eczema-history"}),
        # warts and moles
        ({"wart_areas": ["cheeks"]}, {}, "avoid_area", {"ci-warts"}),
        ({"wart_areas": ["cheeks"]}, SKINPEN, "contraindicated", {"ci-warts", "ci-infection-local"}),
        ({"raised_mole_areas": ["forehead"]}, {}, "avoid_area", {"ci-moles-raised"}),
        ({"flat_mole_areas": ["forehead"]}, EXCEED, "avoid_area", {"ci-moles-raised"}),
        ({"changing_lesion": "undiagnosed"}, {}, "refer", {"ci-mole-changing"}),
        # psoriasis
        (
            {"psoriasis_areas": ["face"], "koebner_conditions": ["psoriasis"]},
            {},
            "contraindicated",
            {"ci-psoriasis-active"},
        ),
        ({"koebner_conditions": ["psoriasis"]}, {}, "refer", {"ci-psoriasis-history"}),
        ({"koebner_conditions": ["vitiligo"]}, {}, "refer", {"ci-koebner-other"}),
        # infections
        ({"skin_infection_areas": ["cheeks"]}, {}, "contraindicated", {"ci-infection-local"}),
        ({"skin_infection_healed": "2026-11-15"}, {}, "defer", {"ci-infection-local"}),
        ({"fever_or_infection_now": True, "last_infection_ended": None}, {}, "defer", {"ci-infection-systemic-acute"}),
        ({"viral_rash_areas": ["cheeks"]}, {}, "contraindicated", {"ci-zoster-vaccinia"}),
        (
            {"cold_sore_today": True, "cold_sore_ever": True, "cold_sore_last_healed": "never"},
            {},
            "contraindicated",
            {"ci-hsv-active"},
        ),
        (
            {"cold_sore_ever": True, "cold_sore_last_healed": "2026-11-20"},
            {},
            "defer",
            {"ci-hsv-active", "ci-hsv-history"},
        ),
        ({"cold_sore_ever": True, "cold_sore_last_healed": "2025-11-20"}, {}, "caution", {"ci-hsv-history"}),
        (
            {"cold_sore_ever": True, "cold_sore_last_healed": "2025-11-20", "antiviral_plan": "no_prescriber"},
            {},
            "refer",
            {"ci-hsv-history"},
        ),
        ({"blood_borne_infections": ["hiv"]}, {}, "refer", {"ci-hiv-hepatitis-general"}),
        (
            {"blood_borne_infections": ["hepatitis_c"]},
            EXCEED,
            "contraindicated",
            {"ci-hiv-hepatitis-exceed", "ci-hiv-hepatitis-general"},
        ),
        # clotting
        ({"bleeding_disorder": True}, {}, "contraindicated", {"ci-bleeding-disorder"}),
        ({"easy_bruising": True}, {}, "refer", {"ci-bleeding-disorder"}),
        ({"clot_history": ["leg_or_lung_clot"]}, {}, "clear", {"ci-clotting-wording"}),
        ({"blood_thinners": ["warfarin"]}, {}, "refer", {"ci-anticoag-general", "ci-anticoag-never-stop"}),
        (
            {"blood_thinners": ["aspirin_prescribed"]},
            EXCEED,
            "contraindicated",
            {"ci-anticoag-exceed", "ci-anticoag-general", "ci-anticoag-never-stop"},
        ),
        # keloid tendency
        ({"keloid_own": True}, {}, "contraindicated", {"ci-keloid-general"}),
        ({"keloid_own": True}, EXCEED, "contraindicated", {"ci-keloid-exceed", "ci-keloid-general"}),
        (
            {"keloid_own": True, "medical_scar_therapy": True, "scar_formed": "2020-01-01"},
            KELOID,
            "refer",
            {"ci-keloid-therapeutic"},
        ),
        (
            {"keloid_own": True, "medical_scar_therapy": True, "scar_formed": "2020-01-01"},
            KELOID | EXCEED,
            "contraindicated",
            {"ci-keloid-exceed", "ci-keloid-therapeutic"},
        ),
        ({"keloid_family": True}, {}, "refer", {"ci-keloid-general"}),
        ({"hypertrophic_scar_ever": True}, {}, "refer", {"ci-hypertrophic-history"}),
        # medicines that thin or weaken the skin
        ({"steroid_tablets_last": "2026-11-01", "steroid_course": "high"}, {}, "defer", {"ci-steroid-systemic"}),
        ({"planned_within_4_weeks": ["high_dose_steroid"]}, {}, "defer", {"ci-steroid-systemic"}),
        ({"strong_steroid_cream_last": "2026-11-01"}, {}, "defer", {"ci-steroid-topical"}),
        ({"thinned_skin_areas": ["cheeks"]}, {}, "defer", {"ci-steroid-topical"}),
        ({"medicines": ["inhaled_or_nasal_steroid"]}, {}, "caution", {"ci-steroid-topical"}),
        (
            {"isotretinoin_now": True, "isotretinoin_last_dose": None},
            {},
            "contraindicated",
            {"ci-isotretinoin-current", "ci-isotretinoin-consensus"},
        ),
        ({"isotretinoin_last_dose": "2026-08-01"}, {}, "defer", {"ci-isotretinoin-6mo", "ci-isotretinoin-consensus"}),
        ({"other_oral_retinoid_last": "2026-08-01"}, {}, "defer", {"ci-oral-retinoid-other"}),
        ({"prescription_retinoid_last": "2026-11-22"}, {}, "defer", {"ci-topical-retinoid"}),
        ({"prescription_retinoid_last": "2026-11-18"}, {}, "refer", {"ci-topical-retinoid"}),
    ],
)
def test_a_founding_contraindication_gives_its_verdict_and_names_its_rows(
    answers: dict[str, Any], fields: dict[str, Any], verdict: str, evidence: set[str]
) -> None:
    plain = screened({"flat_mole_areas": [], "needle_material": None}, **fields)
    screening = screened({"flat_mole_areas": []} | answers, **fields)
    assert screening.verdict.value == verdict
    assert evidence <= rows(screening)
    # The rows appear because of the answer: without it none of them is named.
    assert not evidence & rows(plain)


@pytest.mark.parametrize(
    "answers",
    [
        {"eczema_areas": ["back"], "eczema_kinds": ["atopic"], "eczema_cleared": "never"},
        {"wart_areas": ["hands"]},
        {"raised_mole_areas": ["back", "elsewhere"]},
        {"psoriasis_areas": ["elsewhere"], "koebner_conditions": ["psoriasis"]},
        {"skin_infection_areas": ["thighs"]},
        {"viral_rash_areas": ["back"]},
        {"thinned_skin_areas": ["hands"]},
    ],
)
def test_skin_trouble_where_nothing_is_planned_is_no_finding_of_that_kind(answers: dict[str, Any]) -> None:
    screening = screened(answers)
    assert screening.excluded_areas == ()
    assert screening.verdict.rank <= Verdict.REFER.rank
    assert not rows(screening) & {
        "ci-eczema-active",
        "ci-warts",
        "ci-moles-raised",
        "ci-psoriasis-active",
        "ci-infection-local",
        "ci-zoster-vaccinia",
        "ci-steroid-topical",
    }


def test_a_label_only_adds_restrictions() -> None:
    for answers in (
        {"blood_thinners": ["heparin"]},
        {"keloid_own": True},
        {"acne_areas": ["cheeks"], "acne_extent": "grade_1_2"},
    ):
        general = screened({"flat_mole_areas": []} | answers)
        for device in ("exceed", "skinpen_precision", "dermapen_4"):
            labelled = screened({"flat_mole_areas": []} | answers, device=device)
            assert labelled.verdict.rank >= general.verdict.rank
            assert rows(labelled) >= rows(general)
