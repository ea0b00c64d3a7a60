"""Synthetic patients: most of what is asked is answered with no, and a few things matter in each."""

import random
from datetime import timedelta
from typing import Any, Final

from needlepoint.cli.case import read_case
from needlepoint.core.case import Case
from needlepoint.core.questions import Question
from needlepoint.knowledge import load
from needlepoint.knowledge.answers import AnswerError
from thirty.rules import ON

_MATTER: Final = 4
_NOTHING: Final[dict[str, Any]] = {"boolean": False, "date_or_never": "never", "areas": [], "multichoice": []}
_HANGING: Final = frozenset(question.id for question in load().questions if question.only_if is not None)


def written(size: int) -> list[dict[str, Any]]:
    """Give well-formed cases as JSON holds them; those that contradict themselves are left out."""
    rng = random.Random(7)
    found: list[dict[str, Any]] = []
    while len(found) < size:
        case = _case(rng, len(found))
        try:
            read_case(case)
        except AnswerError:
            continue
        found.append(case)
    return found


def repeated(cases: list[Case], size: int) -> list[Case]:
    """Give so many cases, the same ones over and over."""
    return [cases[place % len(cases)] for place in range(size)]


def _case(rng: random.Random, place: int) -> dict[str, Any]:
    names, asked = load().vocabulary, [question for question in load().questions if question.id not in _HANGING]
    born = ON - timedelta(days=rng.randrange(16 * 365, 80 * 365))
    answers = {question.id: _NOTHING.get(question.kind) or _first(question) for question in asked}
    answers |= {question.id: _something(rng, question) for question in rng.sample(asked, _MATTER)}
    answers[rng.choice(asked).id] = "unknown"
    for question in load().questions:
        gate = question.only_if
        if gate and answers.get(gate.question) not in (None, "never", "unknown", "no", []) and rng.random() < 0.8:
            answers[question.id] = _something(rng, question)
    return {
        "id": f"p{place}", "on": ON.isoformat(), "premises": rng.choice(["DE", "US-CA", "US-AZ", "US-TX", "GB-SCT"]),
        "operator": rng.choice(["physician", "physician", "nurse", "aesthetician"]),
        "device": rng.choice(list(names.devices)), "indication": rng.choice(list(names.indications)),
        "areas": rng.sample(list(names.areas), 2), "depth_mm": rng.choice([None, 0.5, 1.0, 1.5]),
        "patient": {"birth_date": born.isoformat(), "sex": "female", "fitzpatrick": rng.randrange(1, 7)},
        "answers": {id_: answer for id_, answer in answers.items() if answer is not None},
    }  # fmt: skip


def _first(question: Question) -> Any:
    return question.choices[0].id if question.kind == "choice" else _NOTHING.get(question.kind)


def _something(rng: random.Random, question: Question) -> Any:
    match question.kind:
        case "boolean":
            return True
        case "date_or_never":
            return (ON - timedelta(days=rng.randrange(400))).isoformat()
        case "areas":
            return rng.sample(list(load().vocabulary.areas), 4)
        case "multichoice":
            return [rng.choice(question.choices).id]
        case "number":
            return rng.uniform(5, 10)
        case _:
            return rng.choice(question.choices).id
