"""The safer finding wins as far as it covers the other, and the other stays visible."""

from dataclasses import replace
from datetime import date
from typing import Final

import pytest

from needlepoint.cli.case import read_case
from needlepoint.core.comparisons import IsOneOf, OverlapsPlanned, Window
from needlepoint.core.conditions import Answered, Condition
from needlepoint.core.screening.columnar import screen_population
from needlepoint.core.screening.population import encode
from needlepoint.core.screening.rules import Rule, Rulebook
from needlepoint.core.screening.screen import screen
from needlepoint.core.terms import Source, Verdict
from needlepoint.knowledge import rules_on
from tests.core.screening.cases import changed
from tests.core.screening.test_columnar import row

ON: Final = date(2026, 11, 22)
BOOK: Final = rules_on(ON)
WARTS: Final = Answered(question="wart_areas", test=OverlapsPlanned())
MOLES: Final = Answered(question="raised_mole_areas", test=OverlapsPlanned())
FRAIL: Final = Answered(question="frail", test=IsOneOf(frozenset({True})))
SURGERY: Final = Answered(question="surgery_last", test=Window(within_days=100))
LASER: Final = Answered(question="deep_peel_or_laser_last", test=Window(within_days=30))
GIVEN: Final = {
    "wart_areas": ["cheeks"], "raised_mole_areas": ["cheeks", "forehead"], "frail": True,
    "surgery_last": "2026-11-12", "deep_peel_or_laser_last": "2026-11-12",
}  # fmt: skip


def rule(card: str, when: Condition, verdict: Verdict, *overrules: str, evidence: str = "ci-warts") -> Rule:
    wording = replace(
        BOOK.unread, card=card, evidence=(evidence,), sources=(Source(key=card, citation="", address=None),)
    )
    return Rule(wording=wording, when=when, verdict=verdict, soft_verdict=verdict, overrules=frozenset(overrules))


def stands(*rules: Rule) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """Give the findings as card, areas and cards taken in; column by column it must come to the same."""
    book = replace(BOOK, rules=rules)
    case = read_case(changed(GIVEN))
    screening = screen(case, book)
    assert screen_population(encode([case], book.area_order), book).to_dicts() == [row(screening)]
    found = [finding for finding in screening.findings if finding.card in {rule.card for rule in rules}]
    return [(f.card, f.areas, tuple(milder.card for milder in f.overruled)) for f in found]


GRAVE: Final = Verdict.CONTRAINDICATED


@pytest.mark.parametrize(
    ("winner", "milder", "expected"),
    [
        # Of the milder one is left what the winner is not about.
        (rule("w", WARTS, GRAVE, "m"), rule("m", MOLES, Verdict.CAUTION),
         [("w", ("cheeks",), ("m",)), ("m", ("forehead",), ())]),
        # A winner about the whole case covers every area.
        (rule("w", FRAIL, GRAVE, "m"), rule("m", MOLES, Verdict.CAUTION), [("w", (), ("m",))]),
        # A winner about some areas does not cover a finding about the whole case.
        (rule("w", WARTS, GRAVE, "m"), rule("m", FRAIL, Verdict.CAUTION), [("w", ("cheeks",), ()), ("m", (), ())]),
        # A milder card takes in nothing, one as grave does.
        (rule("w", MOLES, Verdict.CAUTION, "m"), rule("m", WARTS, Verdict.REFER),
         [("m", ("cheeks",), ()), ("w", ("forehead", "cheeks"), ())]),
        (rule("w", MOLES, Verdict.REFER, "m"), rule("m", WARTS, Verdict.REFER),
         [("w", ("forehead", "cheeks"), ("m",))]),
        # A later date stays, also beside a winner without one taken as over.
        (rule("w", LASER, GRAVE, "m"), rule("m", SURGERY, Verdict.DEFER), [("w", (), ("m",)), ("m", (), ())]),
        (rule("w", SURGERY, GRAVE, "m"), rule("m", LASER, Verdict.DEFER), [("w", (), ("m",))]),
        (rule("w", FRAIL, GRAVE, "m"), rule("m", LASER, Verdict.DEFER), [("w", (), ("m",)), ("m", (), ())]),
    ],
)  # fmt: skip
def test_the_winner_takes_in_what_it_covers(
    winner: Rule, milder: Rule, expected: list[tuple[str, tuple[str, ...], tuple[str, ...]]]
) -> None:
    assert stands(winner, milder) == expected
    assert stands(milder, winner) == expected


def test_every_winner_has_its_turn_and_one_that_is_not_met_takes_in_nothing() -> None:
    nobody = rule("a", Answered(question="pregnant", test=IsOneOf(frozenset({True}))), GRAVE, "m")
    first, second = rule("b", WARTS, GRAVE, "n"), rule("c", FRAIL, GRAVE, "m", "n")
    milder = rule("m", MOLES, Verdict.CAUTION), rule("n", WARTS, Verdict.CAUTION)
    assert stands(nobody, first, second, *milder) == [("b", ("cheeks",), ("n",)), ("c", (), ("m", "n"))]


def test_a_winner_that_does_not_cover_one_card_still_covers_the_next() -> None:
    winner = rule("w", WARTS, GRAVE, "m", "n")
    milder = rule("m", FRAIL, Verdict.CAUTION), rule("n", WARTS, Verdict.CAUTION)
    assert stands(winner, *milder) == [("w", ("cheeks",), ("n",)), ("m", (), ())]


def test_rows_and_sources_of_the_milder_finding_are_named_too() -> None:
    book: Rulebook = replace(
        BOOK, rules=(rule("w", FRAIL, GRAVE, "m"), rule("m", MOLES, Verdict.CAUTION, evidence="ci-moles-raised"))
    )
    winner = screen(read_case(changed(GIVEN)), book).findings[0]
    assert winner.evidence == ("ci-warts", "ci-moles-raised")
    assert {source.key for source in winner.sources} >= {"w", "m"}
    assert winner.overruled[0].evidence == ("ci-moles-raised",)
