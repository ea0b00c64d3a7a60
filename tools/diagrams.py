"""Writes docs/reference/states.md: the life of each record as a diagram, drawn from the table the program goes by.

With --check nothing is written; the exit code is 1 when the page is out of date.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import django

ROOT: Final = Path(__file__).resolve().parents[1]
PAGE: Final = ROOT / "docs" / "reference" / "states.md"
HEAD: Final = """# The life of a record

Each diagram is drawn from the table by which the program allows an act or refuses it. This page is written by
`tools/diagrams.py`; do not edit it.
"""


def tables() -> dict[str, tuple[str, Mapping[str, Mapping[str, str]]]]:
    """Give every table of states with its title and the module it stands in."""
    from needlepoint.actions import consent, session_states, stock

    return {
        "The chart of a session": ("needlepoint/actions/session_states.py", session_states.MOVES),
        "A lot": ("needlepoint/actions/stock.py", stock.LOT_MOVES),
        "One part of a consent": ("needlepoint/actions/consent.py", consent.PART_MOVES),
    }


def diagram(moves: Mapping[str, Mapping[str, str]]) -> str:
    """Draw a table of states in Mermaid; the first state is where it begins."""
    names = {state: str(state).replace("-", "_") for state in moves}
    lines = ["```mermaid", "stateDiagram-v2"]
    lines += [f'    state "{str(state).replace("_", " ")}" as {name}' for state, name in names.items()]
    lines.append(f"    [*] --> {next(iter(names.values()))}")
    for state, ways in moves.items():
        lines += [f"    {names[state]} --> {names[to]}: {str(act).replace(':', ',')}" for act, to in ways.items()]
    return "\n".join([*lines, "```"])


def page() -> str:
    """Give the whole page."""
    parts = [HEAD]
    for title, (module, moves) in tables().items():
        parts.append(f"\n## {title}\n\nFrom `{module}`.\n\n{diagram(moves)}\n")
    return "".join(parts)


def main() -> int:
    """Write the page, or say whether it is up to date."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "needlepoint.config.settings")
    django.setup()
    if "--check" in sys.argv[1:]:
        return 0 if PAGE.read_text("utf-8") == page() else 1
    PAGE.write_text(page(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
