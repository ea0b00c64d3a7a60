"""
Works the examples that a card carries: what comes out of the given case by this card alone.

`given` holds answers by question, a date also as "N days ago", and fields of the case. Everything else is a plain
case, about which nothing has been answered: so `given = {}` is silence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

from needlepoint.core.case import Case
from needlepoint.core.reading import read
from needlepoint.core.screening.findings import Screening
from needlepoint.core.screening.rules import Rule
from needlepoint.core.screening.screen import screen
from needlepoint.core.terms import UNKNOWN, Patient, Sex, Verdict
from needlepoint.knowledge.answers import check_answer
from needlepoint.knowledge.cards import Card, WorkedCase
from needlepoint.knowledge.contraindication import Contraindication, rule
from needlepoint.knowledge.loader import Knowledge
from needlepoint.knowledge.rulebook import rulebook

DAY: Final = date(2026, 11, 22)
_AGO: Final = re.compile(r"(\d+) days ago")
_PLAIN: Final[Mapping[str, Any]] = {
    "on": DAY,
    "age": 45,
    "sex": "female",
    "fitzpatrick": 2,
    "weight_kg": None,
    "device": "generic_pen",
    "indication": "facial_wrinkles",
    "areas": ["cheeks", "forehead"],
    "depth_mm": None,
    "anaesthetic": None,
    "operator": "physician",
    "premises": "DE",
}


def work(card: Card, worked: WorkedCase, knowledge: Knowledge) -> Screening:
    """
    Screen the given case by this card alone.

    Where the card finds nothing, the verdict is `refer` when an answer it reads is unknown, `ask` when one is missing.
    """
    case = given_case(worked, knowledge)
    alone = rulebook(knowledge, tuple(c for c in knowledge.cards.values() if c is card or _words_answers(c)))
    result = screen(case, replace(alone, rules=tuple(r for r in alone.rules if r.card == card.id)))
    findings = tuple(finding for finding in result.findings if finding.card == card.id)
    verdict = findings[0].verdict if findings else _undecided(rule(card), case, knowledge)
    return replace(result, findings=findings, verdict=verdict)


def _words_answers(card: Card) -> bool:
    return isinstance(card.payload, Contraindication) and card.payload.about != "case"


def _undecided(by: Rule, case: Case, knowledge: Knowledge) -> Verdict:
    reading = read(case, knowledge.questions)
    asked = {question for question, _ in by.when.reads() if question in reading.needed}
    if any(reading.answers.get(question) is UNKNOWN for question in asked):
        return Verdict.REFER
    outcome = by.when.check(reading)
    return Verdict.ASK if outcome.undecided else Verdict.CLEAR


def given_case(worked: WorkedCase, knowledge: Knowledge) -> Case:
    """Give the case an example describes."""
    given = dict(_PLAIN) | {key: worked.given[key] for key in worked.given if key in _PLAIN}
    on: date = given["on"]
    born = given["age"] if isinstance(given["age"], date) else on.replace(year=on.year - given["age"])
    names = knowledge.vocabulary
    return Case(
        on=on,
        patient=Patient(
            birth_date=born,
            sex=Sex(given["sex"]),
            fitzpatrick=given["fitzpatrick"],
            weight_kg=given["weight_kg"],
        ),
        indication=names.indications[given["indication"]],
        areas=names.expand(given["areas"]),
        answers={
            id_: check_answer(knowledge.question[id_], _dated(raw, on), on=on, birth_date=born)
            for id_, raw in worked.given.items()
            if id_ not in _PLAIN
        },
        device=names.devices[given["device"]],
        premises=given["premises"],
        operator=given["operator"],
        depth_mm=given["depth_mm"],
        anaesthetic=names.anaesthetics[given["anaesthetic"]] if given["anaesthetic"] else None,
    )


def _dated(raw: object, on: date) -> object:
    if isinstance(raw, date):
        return raw.isoformat()
    ago = _AGO.fullmatch(raw) if isinstance(raw, str) else None
    return (on - timedelta(days=int(ago[1]))).isoformat() if ago else raw
