"""
`needlepoint knowledge`: gives the knowledge in the languages of others.

Exit code 0 when it is written, 2 for bad usage, 1 when the program itself fails.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Annotated, Final

import typer

from needlepoint.interop.cql.library import library
from needlepoint.interop.fhir.knowledge import bundle, resources
from needlepoint.interop.fhir.naming import EXAMPLE_BASE
from needlepoint.knowledge import load, rules_on
from needlepoint.knowledge.answers import AnswerError, check_day

_ADDRESS: Final = re.compile(r"(https?://|urn:)\S+")

app = typer.Typer(add_completion=False, rich_markup_mode=None, help="Give the knowledge in the languages of others.")


@app.callback()
def knowledge() -> None:
    """Give the knowledge in the languages of others."""


@app.command("cql")
def cql(
    on: Annotated[str | None, typer.Option("--on", metavar="DATE", help="Day on which the rules hold.")] = None,
) -> None:
    """Write the rules of a screening as a library of the Clinical Quality Language."""
    if on is None:
        raise AnswerError("bad_usage", "--on", "is missing")
    sys.stdout.write(library(rules_on(check_day(on, "--on")), load().vocabulary))


@app.command()
def export(
    *,
    fhir: Annotated[
        str,
        typer.Option(
            metavar="OUT", help="A file; .ndjson gives one resource a line, any other name one Bundle; - prints it."
        ),
    ],
    base: Annotated[
        str, typer.Option(metavar="ADDRESS", help="The canonical address under which you publish the resources.")
    ] = EXAMPLE_BASE,
) -> None:
    """Write every card and question as FHIR R4 (4.0.1): PlanDefinition, ActivityDefinition and Questionnaire."""
    if not _ADDRESS.fullmatch(base):
        raise AnswerError("bad_usage", "--base", "must be an absolute address that begins with https:// or urn:")
    known = load()
    if fhir.endswith(".ndjson"):
        text = "".join(f"{json.dumps(one, ensure_ascii=False)}\n" for one in resources(known, base=base))
    else:
        text = json.dumps(bundle(known, base=base), ensure_ascii=False, indent=1) + "\n"
    if fhir == "-":
        sys.stdout.write(text)
        return
    try:
        Path(fhir).write_text(text, encoding="utf-8")
    except OSError as fault:
        raise AnswerError("bad_usage", "--fhir", f"cannot be written: {fault.strerror}") from fault
    typer.echo(f"{len(known.cards)} cards and {len(known.questions)} questions written to {fhir}")
