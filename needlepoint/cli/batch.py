"""Answers many inputs at a time, one JSON object a line; a bad line is answered with what is wrong with it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

from needlepoint.cli.reading import check_strictly, decode, parse_loosely, read_bytes
from needlepoint.knowledge.answers import AnswerError

Answer = Callable[[dict[str, Any]], dict[str, Any]]


def lines_of(argument: str, name: str) -> list[str]:
    """Give the lines of a batch; a line feed at the very end starts no further line."""
    lines = decode(read_bytes(argument, name), name).split("\n")
    return lines[:-1] if lines[-1] == "" else lines


def answers(lines: list[str], answer: Answer) -> Iterator[dict[str, Any]]:
    """Give one answer for each line, in order."""
    for line in lines:
        given: dict[str, Any] = {}
        try:
            if not line.strip():
                raise AnswerError("not_json", "$", "is an empty line")
            given = parse_loosely(line, "$")  # in two steps, so that a line refused by the second still has its id
            check_strictly(given)
            yield answer(given)
        except AnswerError as fault:
            yield _refused(fault, given.get("id"))


def _refused(fault: AnswerError, id_: object) -> dict[str, Any]:
    error = {"class": fault.klass, "field": fault.field, "message": fault.message}
    return {**({"id": id_} if isinstance(id_, str) else {}), "error": error}


def write_json(value: dict[str, Any]) -> None:
    """Write one JSON object on one line of standard output."""
    sys.stdout.write(json.dumps(value, allow_nan=False) + "\n")
