"""`needlepoint knowledge`: gives the knowledge in the languages of others."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from needlepoint.interop.cql.library import library
from needlepoint.knowledge import load, rules_on
from needlepoint.knowledge.answers import AnswerError, check_day

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
