"""Reads a population out of JSON lines, a chunk at a time."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Final

import numpy as np

from needlepoint.cli.coding import ABSENT, DAYS, NUMBERS, TEXTS, Chunk, Coders, numbers
from needlepoint.cli.reading import parse_loosely
from needlepoint.knowledge import load
from needlepoint.knowledge.answers import AnswerError

ROWS: Final = 10_000
_TOP: Final = frozenset(
    {"id", "on", "premises", "operator", "device", "indication", "areas", "depth_mm", "anaesthetic", "patient"}
    | {"answers", "answered_on"}
)
_PATIENT: Final = frozenset({"birth_date", "sex", "fitzpatrick", "weight_kg", "height_cm"})
_NOTHING: Final[Mapping[str, Any]] = {}


class _Strange(ValueError):
    """Something that the strict reader has to look at."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    built = dict(pairs)
    if len(built) != len(pairs):
        raise _Strange
    return built


def _float(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise _Strange
    return number


def _constant(word: str) -> float:
    raise _Strange


_DECODER: Final = json.JSONDecoder(object_pairs_hook=_object, parse_float=_float, parse_constant=_constant)


def chunks(file: Path, *, skip: int = 0, coders: Coders | None = None) -> Iterator[Chunk]:
    """Give the cases of a file chunk by chunk, without the first `skip` chunks; it has been found to be UTF-8."""
    coders = coders or Coders()
    with file.open("rb") as lines:
        for _ in range(skip):
            for _ in islice(lines, ROWS):
                pass
        while rows := list(islice(lines, ROWS)):
            yield _chunk(rows, coders)


def _chunk(lines: Sequence[bytes], coders: Coders) -> Chunk:
    cases = [_parsed(line) for line in lines]
    fine = np.array([case is not None for case in cases])
    tops = [case or _NOTHING for case in cases]
    patients = [top.get("patient") or _NOTHING for top in tops]
    answers = [top.get("answers") or _NOTHING for top in tops]
    answered_on = [top.get("answered_on") or _NOTHING for top in tops]
    ids = [top.get("id") for top in tops]

    def column(path: str) -> list[Any]:
        room, _, key = path.rpartition(".")
        rows = {"": tops, "patient": patients, "answers": answers, "answered_on": answered_on}[room]
        return [row.get(key) for row in rows]

    coded = {path: coders.code(path, column(path)) for path in (*TEXTS, "areas")}
    days = {path: coders.code_days(column(path)) for path in DAYS}
    counted = {}
    for path in NUMBERS:
        counted[path], bad = numbers(column(path))
        fine &= ~bad
    for question in load().questions:
        path = f"answers.{question.id}"
        if question.kind == "date_or_never":
            days[path] = coders.code_days(column(path))
        else:
            coded[path] = coders.code(path, column(path))
    for id_ in dict.fromkeys(id_ for row in answered_on for id_ in row if id_ in load().question):
        days[f"answered_on.{id_}"] = coders.code_days(column(f"answered_on.{id_}"))
    return Chunk(
        fine=fine & np.array([isinstance(id_, str) for id_ in ids], dtype=bool),
        ids=[id_ if isinstance(id_, str) else None for id_ in ids],
        coded={path: codes for path, codes in coded.items() if path in _KEPT or (codes != ABSENT).any()},
        days={path: codes for path, codes in days.items() if path in _KEPT or (codes != ABSENT).any()},
        numbers=counted,
        row=lambda place: _object_of(lines[place]),
        coders=coders,
    )


_KEPT: Final = frozenset((*TEXTS, *DAYS, "areas"))


def _parsed(line: bytes) -> dict[str, Any] | None:
    """Give the object of a line if its shape is surely that of a case."""
    try:
        case = _DECODER.decode(line.decode())
    except (ValueError, RecursionError):
        return None
    return case if isinstance(case, dict) and _is_case(case) else None


def _is_case(case: dict[str, Any]) -> bool:
    patient, answers, days = case.get("patient"), case.get("answers"), case.get("answered_on")
    return (
        isinstance(patient, dict)
        and isinstance(answers, dict)
        and (days is None or isinstance(days, dict))
        and _has_only(_TOP, case)
        and _has_only(_PATIENT, patient)
        and _has_only(load().question.keys(), answers)
        and (not days or _has_only(load().question.keys(), days))
        and None not in answers.values()
    )


def _has_only(known: Any, given: dict[str, Any]) -> bool:
    return given.keys() <= known or all(key in known or key.startswith("x_") for key in given)


def _object_of(line: bytes) -> dict[str, Any]:
    """Give the object of a line as a batch reads it first."""
    text = line.removesuffix(b"\n").decode()
    if not text.strip():
        raise AnswerError("not_json", "$", "is an empty line")
    return parse_loosely(text, "$")
