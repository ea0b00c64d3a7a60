"""The thirty cards: windows, yes and no, lists, areas, ages, depths, devices, places, roles; none overrules another."""

from dataclasses import replace
from datetime import date
from functools import cache
from typing import Final

from needlepoint.core.screening.rules import Rulebook
from needlepoint.knowledge import rules_on

ON: Final = date(2026, 11, 22)
CARDS: Final = (
    "acne_inflamed", "age_18_to_21", "arizona_aesthetician_depth", "bleeding_disorder", "botulinum_recent",
    "breastfeeding", "chemotherapy_window", "connective_tissue_disease", "darker_skin", "delegation_deep_or_scar",
    "diabetes_controlled", "eczema_active", "epilepsy", "exceed_wrinkle_skin_type", "filler_in_area", "hair_removal",
    "heart_disease", "immune_failure", "inside_orbital_rim", "isotretinoin_recent", "keloid_own", "light_peel_or_laser",
    "needling_recent", "pregnancy", "skin_cancer", "skin_infection", "steel_allergy", "sun_exposure",
    "topical_retinoid", "us_legal_basis",
)  # fmt: skip


@cache
def thirty() -> Rulebook:
    """Give the rulebook of the thirty cards, with the questions they read and those these hang on."""
    whole = rules_on(ON)
    rules = tuple(rule for rule in whole.rules if rule.card in CARDS)
    assert len(rules) == len(CARDS) == 30
    read = {question for rule in rules for question, _ in rule.when.reads()}
    asked = {question.id: question for question in whole.questions}
    read |= {asked[id_].only_if.question for id_ in read if asked[id_].only_if}
    return replace(whole, rules=rules, questions=tuple(question for question in whole.questions if question.id in read))
