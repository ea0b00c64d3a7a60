"""`needlepoint knowledge`, from outside."""

from datetime import date
from typing import Any, Final

import pytest

from needlepoint.knowledge import rules_on

DAY: Final = date(2027, 12, 1)


def test_every_card_and_question_stands_in_the_library(needlepoint: Any) -> None:
    told = needlepoint("knowledge", "cql", "--on", "2027-12-01")
    assert told.code == 0
    for rule in rules_on(DAY).rules:
        assert f'define "finding {rule.card}":' in told.out
    for question in rules_on(DAY).questions:
        assert f'parameter "answer {question.id}" ' in told.out


@pytest.mark.parametrize("arguments", [(), ("--on", "tomorrow")])
def test_the_day_is_asked_for(needlepoint: Any, arguments: tuple[str, ...]) -> None:
    told = needlepoint("knowledge", "cql", *arguments)
    assert told.code == 2
    assert told.err.startswith("needlepoint: --on: ")
