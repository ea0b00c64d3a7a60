"""`needlepoint audit verify`: says whether the audit trail is whole.

Exit code 0 when it is, 3 when it is not, 2 for bad usage, 1 when the program itself fails.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Annotated, Final

import typer

from needlepoint.knowledge.answers import AnswerError

if TYPE_CHECKING:
    from needlepoint.actions.audit_chain import Report

BROKEN: Final = 3
_ANCHOR: Final = re.compile(r"(\d{1,18}):([0-9a-f]{64})", re.ASCII)

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.callback()
def audit() -> None:
    """Look after the audit trail."""


@app.command()
def verify(
    *,
    anchor: Annotated[
        str | None,
        typer.Option(metavar="NUMBER:SEAL", help="An event and its seal as an earlier run printed them."),
    ] = None,
) -> None:
    """Walk the whole audit trail and name every event that was altered, removed, moved or slipped in.

    Keep the seal it prints somewhere outside the database and give it back with --anchor: then it also shows when the
    end was cut off, or everything was made anew.
    """
    kept = None if anchor is None else _number_and_seal(anchor)
    _set_up()
    report = _walk(kept)
    for fault in report.breaks:
        typer.echo(str(fault))
    if not report.intact:
        places = "1 place" if len(report.breaks) == 1 else f"{len(report.breaks)} places"
        typer.echo(f"BROKEN in {places}; {report.count} events read.")
        raise typer.Exit(BROKEN)
    typer.echo(f"Intact: {report.count} events. It ends with {report.number}:{report.seal}")


def _number_and_seal(text: str) -> tuple[int, str]:
    found = _ANCHOR.fullmatch(text)
    if found is None:
        raise AnswerError("bad_usage", "--anchor", "must be the number of an event, a colon and its 64-digit seal")
    return int(found[1]), found[2]


def _set_up() -> None:
    # Django is loaded here and not above, so that the other commands start without it.
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "needlepoint.config.settings")
    import django

    django.setup()


def _walk(kept: tuple[int, str] | None) -> Report:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from needlepoint.actions import audit_chain

    console = Console(stderr=True)
    columns = (TextColumn("events"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("events", total=audit_chain.length())
        anchor = None if kept is None else audit_chain.Anchor(number=kept[0], seal=kept[1])
        return audit_chain.verify(anchor=anchor, progress=lambda done: progress.update(task, completed=done))
