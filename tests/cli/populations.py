"""Random cases, good and bad, and what the single command says of them."""

import json
import random
from datetime import date, timedelta
from typing import Any

import polars as pl

from needlepoint.cli.batch import answers
from needlepoint.cli.case import countries
from needlepoint.cli.screen import answer_case
from needlepoint.core.questions import Question
from needlepoint.knowledge import load
from tests.core.screening.cases import COMPLETE

SEVERAL = ("multichoice", "areas")


def some_case(rng: random.Random, id_: str) -> dict[str, Any]:
    """Give a case that may be anything, mostly well-formed; some contradict themselves."""
    names = load().vocabulary
    on = date(2026, 11, 22) + timedelta(days=rng.choice([0, 0, 0, 1, -400, 300, -9000]))
    case: dict[str, Any] = json.loads(json.dumps(COMPLETE))
    if rng.random() < 0.3:
        case["answers"] = {}
    case |= {
        "id": id_,
        "on": on.isoformat(),
        "premises": rng.choice(["DE", "US-CA", "GB-SCT", "AU-NSW", "US", "FR", rng.choice(sorted(countries()))]),
        "operator": rng.choice(list(names.operators)),
        "device": rng.choice(list(names.devices)),
        "indication": rng.choice(list(names.indications)),
        "areas": rng.sample(list(names.members), rng.choice([1, 1, 2, 4])),
        "depth_mm": rng.choice([None, 0.2, 0.5, 1, 1.5, 2.5]),
        "anaesthetic": rng.choice([None, None, *names.anaesthetics]),
    }
    born = on - timedelta(days=rng.choice([rng.randrange(200, 45000), rng.randrange(6000, 25000), 6574, 6575]))
    case["patient"] = {
        "birth_date": born.isoformat(),
        "sex": rng.choice(list(names.sexes)),
        "fitzpatrick": rng.randrange(1, 7),
        "weight_kg": rng.choice([None, 3.5, 64, 120.5]),
    }
    for question in rng.sample(load().questions, rng.choice([0, 2, 8, 30])):
        case["answers"][question.id] = some_answer(rng, question, on, born)
    stale = rng.sample(sorted(case["answers"]), min(len(case["answers"]), rng.choice([0, 0, 3])))
    case["answered_on"] = {id_: max(born, on - timedelta(days=rng.choice([0, 1, 90, 91]))).isoformat() for id_ in stale}
    case["answers"] = {
        id_: answer if not _is_date(answer) or born.isoformat() <= answer <= on.isoformat() else "never"
        for id_, answer in case["answers"].items()
    }
    return case


def _is_date(answer: object) -> bool:
    return isinstance(answer, str) and answer[:1].isdigit() and answer.count("-") == 2


def some_answer(rng: random.Random, question: Question, on: date, born: date) -> Any:
    """Give an answer that the question allows."""
    if rng.random() < 0.1:
        return "unknown"
    match question.kind:
        case "boolean":
            return rng.random() < 0.5
        case "choice":
            return rng.choice(question.choices).id
        case "multichoice":
            ids = [choice.id for choice in question.choices]
            return rng.sample(ids, min(len(ids), rng.choice([0, 1, 2])))
        case "areas":
            return rng.sample([*load().vocabulary.members, "elsewhere"], rng.choice([0, 1, 3]))
        case "number":
            return rng.uniform(question.least or 0, question.greatest or 1)
        case _:
            ago = rng.choice([0, 1, 6, 7, 13, 14, 27, 28, 29, 89, 90, 179, 180, 181, 364, 365, 366, 2000])
            return rng.choice(["never", max(born, on - timedelta(days=ago)).isoformat()])


def spoilt(rng: random.Random, case: dict[str, Any]) -> dict[str, Any]:
    """Give the case with something wrong in it, or something odd that is right."""
    change: dict[str, Any] = rng.choice(
        [
            {"on": "2026-02-30"},
            {"areas": []},
            {"areas": ["nowhere"]},
            {"areas": ["cheeks", "cheeks"]},
            {"areas": [["cheeks"]]},
            {"areas": "cheeks"},
            {"device": "Generic_pen"},
            {"premises": "UK"},
            {"depth_mm": 0},
            {"depth_mm": "1"},
            {"depth_mm": True},
            {"depth_mm": 10**400},
            {"id": None},
            {"id": 7},
            {"unknown": 1},
            {"x_note": {"a": [None]}},
            {"patient": {**case["patient"], "fitzpatrick": 2.0}},
            {"patient": {**case["patient"], "fitzpatrick": 2.5}},
            {"patient": {**case["patient"], "birth_date": "1890-01-01"}},
            {"patient": {**case["patient"], "weight_kg": 0}},
            {"patient": None},
            {"patient": {**case["patient"], "x_room": 1, "wieght_kg": 70}},
            {"answers": {**case["answers"], "x_mine": None}},
            {"answers": {**case["answers"], "frail": None}},
            {"answers": {**case["answers"], "frail": 1}},
            {"answers": {**case["answers"], "frail": "true"}},
            {"answers": {**case["answers"], "medicines": ["unknown"]}},
            {"answers": {**case["answers"], "wart_areas": [{}]}},
            {"answers": {**case["answers"], "hba1c_percent": 5, "diabetes": True}},
            {"answers": {**case["answers"], "surgery_last": "2050-01-01"}},
            {"answers": {**case["answers"], "surgery_last": 5}},
            {"answers": {**case["answers"], "frail_": True}},
            {"answered_on": {"frail": case["on"], "x_y": 1}},
            {"answered_on": {"frail": "never"}},
            {"answered_on": {"frail_": None}},
        ]
    )
    return case | change


def singly(lines: list[str]) -> list[dict[str, Any]]:
    """Give the rows of the result as the single command has them."""
    return [_row(answer, line) for answer, line in zip(answers(lines, answer_case), lines, strict=True)]


def _row(answer: dict[str, Any], line: str) -> dict[str, Any]:
    lists: dict[str, list[str]] = {"excluded_areas": [], "cards": [], "evidence": [], "missing": []}
    error = dict.fromkeys(("error_class", "error_field", "error_message"))
    row = {"id": answer.get("id"), "verdict": None, "not_before": None, **lists, **error}
    if "error" not in answer and "id" not in answer:
        answer = {"error": {"class": "missing_field", "field": "id", "message": "is required"}}
    if "error" in answer:
        row |= {f"error_{key}": value for key, value in answer["error"].items()}
    else:
        row |= {key: answer[key] for key in ("verdict", "not_before", "excluded_areas", "missing")}
        row["cards"] = list(dict.fromkeys(finding["card"] for finding in answer["findings"]))
        row["evidence"] = list(dict.fromkeys(id_ for finding in answer["findings"] for id_ in finding["evidence"]))
    return row | {"knowledge_digest": load().digest}


def as_table(cases: list[dict[str, Any]]) -> pl.DataFrame:
    """Give well-formed cases as the columns of the contract."""
    flat = [_flat(case) for case in cases]
    paths = dict.fromkeys(path for row in flat for path in row)
    return pl.DataFrame({path: _column(path, [row.get(path) for row in flat]) for path in paths})


def _flat(case: dict[str, Any]) -> dict[str, Any]:
    flat = {key: value for key, value in case.items() if not isinstance(value, dict)}
    for room in ("patient", "answers", "answered_on"):
        flat |= {f"{room}.{key}": value for key, value in (case.get(room) or {}).items()}
    return flat


def _column(path: str, values: list[Any]) -> pl.Series:
    room, _, id_ = path.rpartition(".")
    kind = load().question[id_].kind if room == "answers" else ""
    if kind in SEVERAL:
        return pl.Series([["unknown"] if value == "unknown" else value for value in values], dtype=pl.List(pl.String))
    if kind == "boolean":
        words = {True: "true", False: "false", "unknown": "unknown", None: None}
        return pl.Series([words[value] for value in values], dtype=pl.String)
    if kind == "number":
        return pl.Series([value if value is None else str(value) for value in values], dtype=pl.String)
    if path in ("depth_mm", "patient.weight_kg", "patient.height_cm"):
        return pl.Series([value if value is None else float(value) for value in values], dtype=pl.Float64)
    if room == "answered_on" or path in ("on", "patient.birth_date"):
        return pl.Series([value and date.fromisoformat(value) for value in values], dtype=pl.Date)
    return pl.Series(values)
