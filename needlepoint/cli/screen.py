"""`needlepoint screen`: whether this patient may be needled here, on that day, with this device, in these areas."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Annotated, Any

import typer

from needlepoint.cli.batch import answers, lines_of, write_json
from needlepoint.cli.case import read_case
from needlepoint.cli.reading import decode, parse_object, read_bytes
from needlepoint.core.screening.plain import plain
from needlepoint.core.screening.screen import screen as screen_case
from needlepoint.knowledge import load, rules_on
from needlepoint.knowledge.answers import AnswerError


def screen(
    case: Annotated[str | None, typer.Argument(metavar="CASE", help="JSON file, or - for standard input.")] = None,
    *,
    batch: Annotated[
        str | None, typer.Option("--batch", metavar="CASES", help="File with one case a line, or -.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Say whether a patient may be needled, and why or why not."""
    write = write_json if json else _write_text
    if batch is not None:
        if case is not None:
            raise AnswerError("bad_usage", "--batch", "cannot stand together with a single file")
        for answer in answers(lines_of(batch, "CASES"), answer_case):
            write(answer)
        return
    if case is None:
        raise AnswerError("bad_usage", "CASE", "is missing")
    write(answer_case(parse_object(decode(read_bytes(case, "CASE"), "CASE"), "CASE")))


def answer_case(values: dict[str, Any]) -> dict[str, Any]:
    """Give the answer to one case, as the contract writes it."""
    case = read_case(values)
    return plain(screen_case(case, rules_on(case.on)))


def _write_text(answer: dict[str, Any]) -> None:
    sys.stdout.write("\n".join(_text(answer)) + "\n")


def _text(answer: dict[str, Any]) -> Iterator[str]:
    if "id" in answer:
        yield f"{answer['id']}"
    if "error" in answer:
        yield f"  not answered: {answer['error']['field']}: {answer['error']['message']}"
        return
    known = load()
    yield f"{answer['verdict'].upper()}: {known.vocabulary.verdicts[answer['verdict']]}"
    yield "  The knowledge behind this has not been adopted by a clinic; it does not replace a physician's judgement."
    if answer["not_before"]:
        yield f"  not before {answer['not_before']}"
    if answer["excluded_areas"]:
        yield f"  leave out: {', '.join(answer['excluded_areas'])}"
    for finding in answer["findings"]:
        yield from _finding(finding)
    if answer["missing"]:
        yield ""
        yield f"Still to be answered ({len(answer['missing'])}):"
        yield from (f"  {id_}: {known.question[id_].ask}" for id_ in answer["missing"])
    yield f"knowledge {answer['knowledge_digest'][:12]}"


def _finding(finding: dict[str, Any]) -> Iterator[str]:
    where = ", ".join(finding["areas"]) or "whole case"
    until = f", not before {finding['not_before']}" if finding["not_before"] else ""
    yield ""
    yield f"{finding['verdict']}: {finding['title']} ({where}{until})"
    yield f"  why: {finding['because']}"
    yield f"  tell the patient: {finding['tell']}"
    proposal = ", partly a proposal" if finding["proposal"] else ""
    yield f"  card {finding['card']}, evidence {', '.join(finding['evidence'])} ({finding['confidence']}{proposal})"
    for source in finding["sources"]:
        yield f"    {source['key']}: {source['citation']}"
