"""What a patient reads before tapping "none of these": every question, in words that a child of twelve can read."""

import re

import pytest

from needlepoint.core.questions import is_present
from needlepoint.core.terms import NEVER
from needlepoint.knowledge import load
from needlepoint.knowledge.fields import Fields, Unfit
from needlepoint.knowledge.statements import Group, none_of, read_groups

# Flesch and Kincaid's grade of a text: 0.39 words a sentence + 11.8 syllables a word - 15.59. Grade 6 is read at 11 to
# 12 years. In one group alone names of medicines count as words of two syllables: one knows such a name or does not,
# and its length does not make it harder.
GRADE_OF_ALL = 6.0
GRADE_OF_ONE_GROUP = 9.0
GRADE_OF_THE_QUESTIONS = 8.0
LONGEST_SENTENCE = 22
NAMES = re.compile(
    r"isotretinoin|acitretin|alitretinoin|tretinoin|adapalene|tazarotene|ibuprofen|naproxen|salicylic|peroxide"
    r"|chlorhexidine|macrogol|propylene|benzyl|methaemoglobin|pseudocholinesterase|microdermabrasion|electrolysis",
    re.I,
)
NO_PLAIN_NO = {
    "scar_formed", "striae_formed", "cold_sore_last_healed", "eczema_cleared", "botulinum_areas", "filler_areas",
    "filler_kind",
}  # fmt: skip
KNOWN = load()


def syllables(word: str) -> int:
    """Runs of vowels, without a silent e at the end."""
    spoken = re.sub(r"(?<=[^aeiouyl])e(s|d)?$", "", word.lower())
    return max(1, len(re.findall(r"[aeiouy]+", spoken)))


def sentences(text: str) -> list[list[str]]:
    found = [re.findall(r"[A-Za-z']+", part) for part in re.split(r"[.:?!;]", text)]
    return [words for words in found if words]


def grade(text: str) -> float:
    parts = sentences(text)
    words = [word for part in parts for word in part]
    return 0.39 * len(words) / len(parts) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


def test_every_question_of_the_patient_with_a_plain_no_has_a_statement() -> None:
    asked = {question.id for question in KNOWN.questions if question.asked_of == "patient"}
    stated = {id_ for group in KNOWN.groups for id_ in group.statements}
    assert asked - stated == NO_PLAIN_NO


def test_saying_no_means_that_there_is_nothing() -> None:
    for group in KNOWN.groups:
        for id_ in group.statements:
            no = none_of(KNOWN.question[id_])
            assert not is_present(NEVER if no == "never" else frozenset() if no == [] else no)


def test_a_question_that_a_no_calls_for_stands_in_the_same_group_after_its_caller() -> None:
    for group in KNOWN.groups:
        order = list(group.statements)
        for id_ in order:
            needs = KNOWN.question[id_].only_if
            if needs is not None:
                assert order.index(needs.question) < order.index(id_)
                assert needs.holds_for(False)


def test_the_formula_tells_easy_from_hard() -> None:
    assert grade("The cat sat on the mat. It was warm.") < 2
    assert grade("Contraindications necessitate interdisciplinary pharmacological consideration.") > 18


def test_the_statements_together_can_be_read_at_twelve() -> None:
    text = " ".join(f"{group.lead} {' '.join(group.statements.values())}" for group in KNOWN.groups)
    assert grade(text) <= GRADE_OF_ALL


def test_the_questions_behind_the_statements_can_be_read_at_fourteen() -> None:
    asked = [question.ask for question in KNOWN.questions if question.asked_of == "patient"]
    assert grade(NAMES.sub("value", " ".join(asked))) <= GRADE_OF_THE_QUESTIONS


@pytest.mark.parametrize("group", KNOWN.groups, ids=lambda group: group.id)
def test_each_group_can_be_read_at_fourteen_and_has_short_sentences(group: Group) -> None:
    text = " ".join([group.lead, *group.statements.values()])
    assert grade(NAMES.sub("value", text)) <= GRADE_OF_ONE_GROUP
    assert max(map(len, sentences(text))) <= LONGEST_SENTENCE


@pytest.mark.parametrize(
    ("statements", "named"),
    [
        ({"wart_areas": "I have warts."}, "wart_areas: this question is not the patient's"),
        ({"scar_formed": "I have a scar."}, "scar_formed: this question has no plain no"),
        ({"shoe_size": "My feet are large."}, "shoe_size: unknown key"),
    ],
)
def test_a_statement_of_a_question_that_cannot_be_answered_so_is_refused(
    statements: dict[str, str], named: str
) -> None:
    table = {"group": [{"id": "a", "subject": "skin", "lead": "Is any of this true?", "statements": statements}]}
    with pytest.raises(Unfit, match=named):
        read_groups(Fields("statements.toml", table), KNOWN.question)
