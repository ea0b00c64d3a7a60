"""`needlepoint crowd`: fills the demo clinic with many synthetic patients, to see how the house stands it."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from needlepoint.knowledge.answers import AnswerError


def crowd(
    patients: Annotated[int, typer.Option(min=1, max=10_000_000, help="How many patients the clinic is to have.")],
) -> None:
    """Grow the demo clinic to so many patients, each with a finished course; Ctrl-C keeps what is there."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "needlepoint.config.settings")
    import django  # here, because only this command and a few others need the web framework

    django.setup()
    _grow(patients)


def _grow(patients: int) -> None:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from needlepoint.actions.crowd import NoPattern, grow

    columns = (TextColumn("patients"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    there = 0
    try:
        with Progress(*columns) as progress:
            task = progress.add_task("patients", total=patients)
            for there in grow(patients):
                progress.update(task, completed=there)
    except NoPattern as error:
        raise AnswerError("contradiction", "--patients", str(error)) from None
    except KeyboardInterrupt:
        typer.echo(f"Stopped. The clinic has {there} patients; say it again to go on.", err=True)
        raise typer.Exit(130) from None
