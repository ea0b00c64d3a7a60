"""The columnar screening gives every case what the single one gives it."""

from collections import defaultdict
from datetime import date
from typing import Any

import numpy as np
import pytest

from needlepoint.core.case import Case
from needlepoint.core.conditions import NUMBERS
from needlepoint.core.screening import columns
from needlepoint.core.screening.columnar import screen_population
from needlepoint.core.screening.findings import Screening
from needlepoint.core.screening.population import ages, birthdays, encode
from needlepoint.core.screening.rules import Rulebook
from needlepoint.core.screening.screen import screen
from needlepoint.knowledge import load, rules_on
from needlepoint.knowledge.contraindication import Contraindication
from needlepoint.knowledge.worked import given_case


def row(screening: Screening) -> dict[str, Any]:
    return {
        "verdict": screening.verdict.value,
        "not_before": screening.not_before,
        "excluded_areas": list(screening.excluded_areas),
        "cards": [finding.card for finding in screening.findings],
        "evidence": list(dict.fromkeys(id_ for finding in screening.findings for id_ in finding.evidence)),
        "missing": list(screening.missing),
    }


def test_the_worked_cases_of_all_cards_come_out_alike() -> None:
    cases: dict[int, list[Case]] = defaultdict(list)
    books: dict[int, Rulebook] = {}
    for card in load().cards.values():
        for worked in card.cases if isinstance(card.payload, Contraindication) else ():
            case = given_case(worked, load())
            book = rules_on(case.on)
            books[id(book)] = book
            cases[id(book)].append(case)
    assert sum(map(len, cases.values())) > 400
    for id_, book in books.items():
        found = screen_population(encode(cases[id_], book.area_order), book).to_dicts()
        assert found == [row(screen(case, book)) for case in cases[id_]]


def test_a_population_of_nobody_has_no_answers() -> None:
    book = rules_on(date(2026, 11, 22))
    assert screen_population(encode([], book.area_order), book).to_dicts() == []


def test_both_know_the_same_numbers() -> None:
    assert columns.NUMBERS.keys() == NUMBERS.keys()


@pytest.mark.parametrize(
    ("born", "on", "age"),
    [
        (date(2004, 2, 29), date(2025, 2, 28), 20),
        (date(2004, 2, 29), date(2025, 3, 1), 21),
        (date(2004, 2, 29), date(2024, 2, 29), 20),
        (date(2004, 11, 22), date(2026, 11, 21), 21),
        (date(2004, 11, 22), date(2026, 11, 22), 22),
        (date(1, 1, 1), date(1, 1, 1), 0),
    ],
)
def test_ages_are_completed_years(born: date, on: date, age: int) -> None:
    birth, day = np.array([born.toordinal()], np.int32), np.array([on.toordinal()], np.int32)
    assert ages(birth, day).tolist() == [age]
    assert birthdays(birth, age)[0] <= day[0] < birthdays(birth, age + 1)[0]
