"""The complete case of the contract, and ways to change it."""

import json
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

from needlepoint.cli.case import read_case
from needlepoint.core.screening.findings import Finding, Screening
from needlepoint.core.screening.screen import screen
from needlepoint.knowledge import rules_on

COMPLETE: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "cli" / "data" / "complete_case.json").read_text("utf-8")
)


def changed(answers: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    """Give the complete case with other answers and fields; an answer of None is taken out."""
    case = deepcopy(COMPLETE)
    patient = fields.pop("patient", {})
    case.update(fields)
    case["patient"].update(patient)
    case["answers"].update(answers or {})
    case["answers"] = {id_: answer for id_, answer in case["answers"].items() if answer is not None}
    return case


def screened(answers: dict[str, Any] | None = None, **fields: Any) -> Screening:
    """Screen the complete case with other answers and fields."""
    case = read_case(changed(answers, **fields))
    return screen(case, replace(rules_on(case.on)))  # a fresh rulebook, which remembers no finding of another test


def found(screening: Screening, card: str) -> Finding:
    """Give the finding of a card."""
    return next(finding for finding in screening.findings if finding.card == card)


def rows(screening: Screening) -> set[str]:
    """Give every evidence row that a finding names."""
    return {row for finding in screening.findings for row in finding.evidence}
