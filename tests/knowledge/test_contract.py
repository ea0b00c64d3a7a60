"""Vocabulary, questions and evidence agree with each other."""

import re
from datetime import date

import pytest

from needlepoint.core.questions import Question
from needlepoint.core.terms import Silence, Verdict
from needlepoint.knowledge import load, rules_on
from needlepoint.knowledge.questions import served_rows

KNOWN = load()
NAMES = KNOWN.vocabulary
SNAKE = re.compile(r"[a-z][a-z0-9_]*")
DAY = date(2026, 11, 22)


def test_every_id_is_in_snake_case() -> None:
    tables = (
        NAMES.areas, NAMES.area_groups, NAMES.indications, NAMES.indication_groups, NAMES.devices, NAMES.anaesthetics,
        NAMES.operators, NAMES.sexes, NAMES.medicines, NAMES.warning_codes, NAMES.error_classes, NAMES.measures,
        NAMES.photo_reasons, KNOWN.question, KNOWN.cards,
    )  # fmt: skip
    assert [id_ for table in tables for id_ in table if not SNAKE.fullmatch(id_)] == []


def test_no_id_is_both_an_area_and_a_group() -> None:
    assert not set(NAMES.areas) & set(NAMES.area_groups)


def test_verdicts_stand_in_the_order_of_their_rank() -> None:
    assert list(NAMES.verdicts) == [verdict.value for verdict in Verdict]
    assert [verdict.rank for verdict in Verdict] == list(range(len(Verdict)))


@pytest.mark.parametrize("question", KNOWN.questions, ids=lambda question: question.id)
def test_a_question_is_asked_after_the_one_it_hangs_on(question: Question) -> None:
    order = list(KNOWN.question)
    if question.only_if is not None:
        assert order.index(question.only_if.question) < order.index(question.id)


@pytest.mark.parametrize("question", KNOWN.questions, ids=lambda question: question.id)
def test_a_question_serves_rows_that_exist(question: Question) -> None:
    assert set(question.evidence) <= set(KNOWN.rows)


def test_every_screening_row_is_served_or_explained() -> None:
    served = served_rows(KNOWN.questions)
    sections = ("pol-", "ci-", "la-", "wh-")
    asked = {row for row in KNOWN.rows if row.startswith(sections)}
    assert asked - served - set(KNOWN.not_asked) == set()
    assert served & set(KNOWN.not_asked) == set()
    assert set(KNOWN.not_asked) <= set(KNOWN.rows)


def test_indications_and_devices_rest_on_rows_that_exist() -> None:
    named = [row for indication in NAMES.indications.values() for row in indication.evidence]
    named += [row for device in NAMES.devices.values() for row in device.evidence]
    assert set(named) <= set(KNOWN.rows)


def test_contradictions_name_a_field_that_can_be_given() -> None:
    for contradiction in KNOWN.contradictions:
        question = contradiction.field.removeprefix("answers.")
        assert question in KNOWN.question, contradiction.id


@pytest.mark.parametrize("question", KNOWN.questions, ids=lambda question: question.id)
def test_some_card_looks_at_whatever_a_question_may_bring_up(question: Question) -> None:
    values = rules_on(DAY).read_values.get(question.id, frozenset())
    if values is None:
        return
    if question.kind == "boolean":
        assert values & {True, False}
        assert not rules_on(DAY).unread_part(question.id, True)
        return
    assert question.kind in ("choice", "multichoice"), "a card names single values of a question that has none"
    assert {choice.id for choice in question.choices} - values <= {"no"}


def test_every_contraindication_row_is_named_by_a_card_or_only_informs() -> None:
    rules = rules_on(date(2027, 12, 1)).rules
    named = {row for rule in rules for row in (*rule.wording.evidence, *rule.soft_evidence)}
    named |= {row for rule in rules for also in rule.also for row in also.evidence}
    rows = {id_ for id_, row in KNOWN.rows.items() if id_.startswith(("ci-", "wh-")) and row.action != "info"}
    assert rows - named == set()


# What the action of a row comes to as a verdict.
RANK = {"absolute": 6, "defer": 5, "refer": 4, "avoid-area": 2, "caution": 1, "info": 0}

# Cards that depart from the action of every row they name, because the last column of the row says so.
MILDER = {
    "acne_comedones": "blackheads alone are a caution",
    "anaesthetic_allergy": "only the anaesthetic is ruled out, the treatment may go on without",
    "chlorhexidine_allergy": "only the product is ruled out, another antiseptic is taken",
    "cold_sore_healed_lately": "healed: a waiting time is left",
    "eczema_cleared_lately": "cleared: a waiting time is left",
    "filler_permanent": "permanent or unknown filler goes to a physician",
    "g6pd_and_lidocaine": "lidocaine alone goes to a physician",
    "irradiated_skin": "the field itself is left out for life",
    "keloid_family": "family history only goes to a physician",
    "methaemoglobinaemia_and_lidocaine": "only prilocaine is ruled out, other anaesthetics go to a physician",
    "mild_steroid": "inhaled, nasal and mild steroids are a caution",
    "nickel_allergy_safe_needles": "needles without nickel make it a caution",
    "numbing_cream_benzocaine": "washed off: a waiting time is left",
    "numbing_cream_too_strong": "washed off: a waiting time is left",
    "pliaglis_liver_or_enzyme": "warnings of the label go to a physician",
    "skin_infection_healed_lately": "healed: a waiting time is left",
}
GRAVER = {
    "acne_inflamed": "inflamed acne waits until it has been quiet",
    "acne_settled_lately": "inflamed acne waits until it has been quiet",
    "anaphylaxis_without_kit": "only where the kit is present",
    "cold_sore_history_no_prescriber": "without a prescriber it goes to a physician",
    "depth_not_of_device": "a depth the device does not have is a plan to mend",
    "ester_allergy_and_ester": "no ester: the product itself is ruled out",
    "immune_failure": "transplant and neutropenia rule it out",
    "implant_under_field": "no needling over the pocket",
    "keratosis_referral": "the lesion also goes to a physician",
    "melasma_unstable": "unstable melasma waits",
    "needles_longer_than_planned": "it would go deeper than planned",
    "scleroderma_in_field": "active disease in the field rules it out",
}


def test_a_card_departs_from_its_rows_only_where_they_say_so() -> None:
    def actions(card: str) -> list[int]:
        return [RANK[KNOWN.rows[row].action] for row in KNOWN.cards[card].evidence]

    rules = rules_on(DAY).rules
    assert {rule.card for rule in rules if rule.verdict.rank < min(actions(rule.card))} == MILDER.keys()
    assert {rule.card for rule in rules if rule.verdict.rank > max(actions(rule.card))} == GRAVER.keys()


def test_unknown_is_an_answer_and_no_choice() -> None:
    assert Silence.UNKNOWN.value not in {choice.id for question in KNOWN.questions for choice in question.choices}


def test_no_day_of_the_calendar_is_screened_by_fewer_clinical_facts() -> None:
    always = {rule.card for rule in rules_on(date.min).rules}
    dated = {rule.card for rule in rules_on(date.max).rules} - always
    assert dated == {"scotland_anaesthetic_or_intimate", "scotland_licence", "scotland_specified_procedure"}
