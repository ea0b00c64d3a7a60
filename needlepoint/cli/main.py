"""
The `needlepoint` command.

Each command lives in a module of its own and is imported only when it is called, so that `needlepoint screen` starts
without the web, the database or the imaging libraries. A new command is one line in `COMMANDS`.
"""

from __future__ import annotations

import importlib
import io
import sys
from typing import Any, Final

import typer
from typer._click.exceptions import (  # typer offers no public name for the base of its usage errors
    BadOptionUsage,
    BadParameter,
    NoSuchOption,
    UsageError,
)
from typer.core import TyperGroup

from needlepoint.knowledge.answers import AnswerError

COMMANDS: Final = {
    "screen": "needlepoint.cli.screen",
    "screen-many": "needlepoint.cli.screen_many",
    "plan": "needlepoint.cli.plan",
    "punctures": "needlepoint.cli.punctures",
    "measure": "needlepoint.cli.measure",
    "measure-many": "needlepoint.cli.measure_many",
    "compare": "needlepoint.cli.compare",
    "knowledge": "needlepoint.cli.knowledge",
    "audit": "needlepoint.cli.audit",
    "found": "needlepoint.cli.found",
    "crowd": "needlepoint.cli.crowd",
    "serve": "needlepoint.cli.serve",
}

BAD_INPUT: Final = 2
_LONGEST: Final = 200


class Lazy(TyperGroup):
    """Commands that are imported when they are called; each module has a function of the command's name."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Give the commands whose module is there."""
        return [name for name, module in COMMANDS.items() if importlib.util.find_spec(module)]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Import one command."""
        if cmd_name not in COMMANDS or importlib.util.find_spec(COMMANDS[cmd_name]) is None:
            return None
        module = importlib.import_module(COMMANDS[cmd_name])
        app = getattr(module, "app", None)
        if app is None:
            app = typer.Typer(add_completion=False, rich_markup_mode=None)
            app.command(cmd_name)(getattr(module, cmd_name))
        return typer.main.get_command(app)


app = typer.Typer(
    cls=Lazy, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None, no_args_is_help=False
)


@app.callback()
def needlepoint() -> None:
    """Carry a course of micro-needling from consultation to measured result."""


def run() -> None:
    """Run the command line; bad input ends with one line on standard error and exit code 2."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # it is None where the program was started without one
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        sys.exit(app(standalone_mode=False) or 0)
    except AnswerError as fault:
        refuse(fault.field, fault.message)
    except UsageError as fault:
        refuse(*_usage(fault))
    except typer.Abort:
        sys.exit(130)
    except BrokenPipeError:
        # Whoever read the output has enough of it; closing standard error keeps Python from complaining at exit.
        sys.stderr.close()
        sys.exit(0)


def refuse(field: str, message: str) -> None:
    """End with the one line that names the field."""
    sys.stderr.write(f"needlepoint: {_on_one_line(field)}: {_on_one_line(message)}\n")
    sys.exit(BAD_INPUT)


def _on_one_line(text: str) -> str:
    plain = "".join(char if char.isprintable() else " " for char in text)
    return plain if len(plain) <= _LONGEST else plain[: _LONGEST - 3] + "..."


def _usage(fault: UsageError) -> tuple[str, str]:
    """Give the option or argument a usage error is about, and what is wrong with it."""
    if isinstance(fault, NoSuchOption):
        return fault.option_name, "there is no such option"
    if isinstance(fault, BadOptionUsage):
        return fault.option_name, "is used wrongly, or needs a value"
    if isinstance(fault, BadParameter):
        name = fault.param_hint or (fault.param.name if fault.param else "arguments")
        return str(name), fault.message or "is missing"
    if "extra argument" in fault.format_message():
        return "arguments", "there is one too many"
    return "COMMAND", "is missing, or there is no such command; needlepoint --help lists them"
