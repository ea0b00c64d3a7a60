"""An answer that no rule looks at is never taken for harmless."""

from dataclasses import replace
from datetime import date

from needlepoint.cli.case import read_case
from needlepoint.core.screening.rules import Rulebook
from needlepoint.core.screening.screen import screen
from needlepoint.core.terms import Verdict
from needlepoint.knowledge import rules_on
from tests.core.screening.cases import changed, found

ON = date(2026, 11, 22)
UNREAD = ("surgery_in_area", "epilepsy")


def without() -> Rulebook:
    """Give a fresh rulebook, which remembers no finding of another test, without two of the rules."""
    return replace(rules_on(ON), rules=tuple(rule for rule in rules_on(ON).rules if rule.card not in UNREAD))


def test_what_no_rule_looks_at_is_referred_and_named() -> None:
    case = read_case(changed({"epilepsy": True, "surgery_last": "2026-11-12"}))
    unread = found(screen(case, without()), "answer_unread")
    assert unread.verdict is Verdict.REFER
    assert unread.areas == ()
    assert unread.not_before is None
    # In the order of the questions, with the rows that the questions serve.
    assert unread.facts == ("epilepsy = yes", "surgery_last = 2026-11-12 (10 days before)")
    assert unread.evidence == ("ci-epilepsy", "ci-surgery")
    assert unread.because.startswith(without().unread.because)
    assert unread.because.endswith("In this case: epilepsy = yes; surgery_last = 2026-11-12 (10 days before).")
    assert {source.key for source in unread.sources} >= {"EXC-IFU"}


def test_an_answer_of_no_is_read_by_nobody_and_harmless() -> None:
    assert screen(read_case(changed()), without()).verdict is Verdict.CLEAR


def test_the_same_answers_on_another_day_are_told_with_that_day() -> None:
    told = [
        found(screen(read_case(changed({"surgery_last": "2026-11-12"}, on=on)), without()), "answer_unread").facts
        for on in ("2026-11-22", "2026-11-23")
    ]
    assert told[0] != told[1]


def test_every_unknown_answer_is_told_on_the_ground_of_its_card() -> None:
    book = without()
    unknown = found(
        screen(read_case(changed({"surgery_last": "unknown", "epilepsy": "unknown"})), book), "answer_unknown"
    )
    assert unknown.verdict is Verdict.REFER
    assert unknown.facts == ("epilepsy = unknown", "surgery_last = unknown")
    assert unknown.because == f"{book.unknown.because} In this case: epilepsy = unknown; surgery_last = unknown."
