"""`needlepoint screen-many`: a whole population, column by column; every row agrees with `needlepoint screen`."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final

import numpy as np
import polars as pl
import typer

from needlepoint.cli import population_jsonl, population_parquet
from needlepoint.cli.case import read_case
from needlepoint.cli.coding import Chunk, good, population
from needlepoint.cli.progress import progress
from needlepoint.cli.reading import check_strictly
from needlepoint.cli.unfinished import Unfinished, fingerprint, refusing_result
from needlepoint.core.screening.columnar import ANSWER, screen_population
from needlepoint.core.screening.findings import Screening
from needlepoint.core.screening.population import Places, Population
from needlepoint.core.screening.rules import Rulebook
from needlepoint.core.screening.screen import screen
from needlepoint.knowledge import load, rules_on
from needlepoint.knowledge.answers import AnswerError

_ENDINGS: Final = (".jsonl", ".parquet")
_ERRORS: Final = ("error_class", "error_field", "error_message")

RESULT: Final = pl.Schema(
    {"id": pl.String(), **ANSWER, **dict.fromkeys(_ERRORS, pl.String()), "knowledge_digest": pl.String()}
)

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command("screen-many")
def screen_many(
    patients: Annotated[str | None, typer.Argument(metavar="PATIENTS", help="File of cases, jsonl or parquet.")] = None,
    *,
    out: Annotated[str | None, typer.Option("--out", metavar="RESULT", help="File to write, jsonl or parquet.")] = None,
) -> None:
    """Screen a whole population; run again after an interruption, it goes on where it stopped."""
    source, result = _file(patients, "PATIENTS", "PATIENTS"), _file(out, "--out", "RESULT")
    run = Unfinished(result)
    try:
        with refusing_result(result), run.held():
            _screen_into(run, source, result)
    except KeyboardInterrupt:
        sys.stderr.write("needlepoint: interrupted; the same command goes on where it stopped\n")
        raise typer.Exit(130) from None


def _file(argument: str | None, option: str, name: str) -> Path:
    if argument is None:
        raise AnswerError("bad_usage", option, "is missing")
    file = Path(argument)
    if file.suffix not in _ENDINGS:
        raise AnswerError("bad_usage", option, "must end in .jsonl or .parquet")
    if name == "PATIENTS":
        _check_readable(file)
    return file


def _check_readable(file: Path) -> None:
    try:
        with file.open("rb") as opened:
            if not opened.read(1):
                raise AnswerError("unreadable_file", "PATIENTS", "is empty")
    except (OSError, ValueError) as fault:
        if isinstance(fault, AnswerError):
            raise
        reason = fault.strerror if isinstance(fault, OSError) and fault.strerror else "cannot be read"
        raise AnswerError("unreadable_file", "PATIENTS", reason) from fault


def _screen_into(run: Unfinished, source: Path, result: Path) -> None:
    is_text = source.suffix == ".jsonl"
    table = None if is_text else population_parquet.Table(source)
    size = population_jsonl.ROWS if table is None else population_parquet.ROWS
    parts = (load().digest, _program(), source.suffix, result.suffix, str(size))
    mark, rows = fingerprint(source, *parts, text=is_text)
    rows = rows if table is None else table.rows
    done = run.finished(mark)
    chunks = population_jsonl.chunks(source, skip=done) if table is None else table.chunks(skip=done)
    with progress("patients", total=rows, done=done * size) as advance:
        for place, chunk in enumerate(chunks, start=done):
            run.keep(place, screen_chunk(chunk))
            advance(len(chunk.fine))
    run.complete(-(-rows // size), pl.DataFrame(schema=RESULT))


def _program() -> str:
    """Give a digest of the parts of this program that an answer depends on."""
    rooms = [Path(__file__).parents[1] / room for room in ("core", "knowledge", "cli")]
    sources = sorted(file for room in rooms for file in room.rglob("*.py"))
    return hashlib.sha256(b"".join(hashlib.sha256(file.read_bytes()).digest() for file in sources)).hexdigest()


def screen_chunk(chunk: Chunk) -> pl.DataFrame:
    """Answer every case of a chunk: the good ones together, the others one by one."""
    fine = good(chunk)
    at = np.flatnonzero(fine)
    others = np.flatnonzero(~fine)
    found = [_answered(chunk, population(chunk), at)] if len(at) else []
    if len(others):
        found.append(pl.DataFrame([_one(chunk, place) for place in others.tolist()], schema=RESULT))
    if not found:
        return pl.DataFrame(schema=RESULT)
    places = np.concatenate([at, others]) if len(at) else others
    return pl.concat(found).select(pl.all().gather(np.argsort(places)))


def _answered(chunk: Chunk, people: Population, at: Places) -> pl.DataFrame:
    answers = []
    order = []
    for rules, places in _by_rules(people, at):
        answers.append(screen_population(people.at(places), rules))
        order.append(places)
    places = np.concatenate(order)
    none = pl.lit(None, dtype=pl.String)
    return (
        pl.concat(answers)
        .select(pl.all().gather(np.argsort(places)))
        .with_columns(
            pl.Series("id", [_utf8(chunk.ids[place] or "") for place in at.tolist()], dtype=pl.String),
            *(none.alias(name) for name in _ERRORS),
            pl.lit(load().digest).alias("knowledge_digest"),
        )
        .select(RESULT.names())
    )


def _by_rules(people: Population, at: Places) -> Iterator[tuple[Rulebook, Places]]:
    """Give the rules that hold on the days of treatment, each with the cases they hold for."""
    days, which = np.unique(people.on[at], return_inverse=True)
    books = [_rules(day) for day in days.tolist()]
    for book in dict.fromkeys(map(id, books)):
        here = np.array([id(other) == book for other in books])
        yield next(other for other in books if id(other) == book), at[here[which]]


@cache
def _rules(day: int) -> Rulebook:
    return rules_on(date.fromordinal(day))


def _one(chunk: Chunk, place: int) -> dict[str, Any]:
    """Answer one case as the single command does."""
    row: dict[str, Any] = {**dict.fromkeys(RESULT), "knowledge_digest": load().digest}
    values: dict[str, Any] = {}
    try:
        values = chunk.row(place)
        check_strictly(values)
        case = read_case(values)
        if case.id is None:
            raise AnswerError("missing_field", "id", "is required")
        row |= _plain(screen(case, rules_on(case.on)))
    except AnswerError as fault:
        row |= {name: [] for name in ("excluded_areas", "cards", "evidence", "missing")}
        row |= dict(zip(_ERRORS, map(_utf8, (fault.klass, fault.field, fault.message)), strict=True))
    id_ = values.get("id")
    return row | {"id": _utf8(id_) if isinstance(id_, str) else None}


def _plain(screening: Screening) -> dict[str, Any]:
    return {
        "verdict": screening.verdict.value,
        "not_before": screening.not_before,
        "excluded_areas": list(screening.excluded_areas),
        "cards": list(dict.fromkeys(finding.card for finding in screening.findings)),
        "evidence": list(dict.fromkeys(row for finding in screening.findings for row in finding.evidence)),
        "missing": list(screening.missing),
    }


def _utf8(text: str) -> str:
    """Give a text that UTF-8 can hold: JSON can escape half a character, a file cannot keep it."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
