"""Writes docs/reference/coverage.md: each row of the safety table, the cards that carry it, or why none does.

With --check nothing is written; the exit code is 1 when the page is out of date or a row is on no list.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from needlepoint.knowledge import Card, Knowledge, load
from needlepoint.knowledge.contraindication import Contraindication
from needlepoint.knowledge.loader import ROOM

PAGE: Final = Path(__file__).resolve().parents[1] / "docs" / "reference" / "coverage.md"
HEAD: Final = """# What the cards carry

Every row of the safety table of the evidence, and the cards that name it; or why none does. Rows of the technique table
(their ids have a dot) are not listed here. This page is written by `tools/coverage.py`; do not edit it.

"""


class Uncovered(ValueError):
    """Rows that neither a card nor a reason covers, or reasons that cover nothing."""


def carried(knowledge: Knowledge) -> Mapping[str, list[str]]:
    """Give the cards that name each row, by the row."""
    found: dict[str, list[str]] = {}
    for card in knowledge.cards.values():
        for row in sorted(_rows(card)):
            found.setdefault(row, []).append(card.id)
    return found


def _rows(card: Card) -> set[str]:
    rows = set(card.evidence)
    if isinstance(card.payload, Contraindication):
        rows |= {*card.payload.soft_evidence, *(row for also in card.payload.also for row in also.evidence)}
    return rows


def reasons(knowledge: Knowledge, listed: str) -> Mapping[str, str]:
    """Give for each row that no card has to carry why that is so.

    Raises
    ------
    Uncovered: a row is given two reasons.
    """
    found = {row: because for row, because in knowledge.not_asked.items() if row not in carried(knowledge)}
    for reason in tomllib.loads(listed)["reason"]:
        for row in reason["rows"]:
            if row in found:
                raise Uncovered(f"{row} has two reasons")
            found[row] = reason["because"]
    return found


def page(knowledge: Knowledge, listed: str) -> str:
    """Give the page.

    Raises
    ------
    Uncovered: a row is on no list, or a reason speaks of a row that a card carries or that does not exist.
    """
    cards, why = carried(knowledge), reasons(knowledge, listed)
    safety = [row for row in knowledge.rows.values() if "." not in row.id]
    ids = {row.id for row in safety}
    bare = sorted(ids - cards.keys() - why.keys())
    idle = sorted(row for row in why if row in cards or row not in ids)
    if bare or idle:
        raise Uncovered(f"without card or reason: {bare}; with a reason that is not wanted: {idle}")
    count = sum(row.id in cards for row in safety)
    return HEAD + "\n".join(
        [
            f"{count} of {len(safety)} rows are carried by a card; {len(safety) - count} are not.",
            "",
            "| row | calls for | confidence | cards, or why none |",
            "|---|---|---|---|",
            *_lines(knowledge, cards, why),
            "",
        ]
    )


def _lines(knowledge: Knowledge, cards: Mapping[str, list[str]], why: Mapping[str, str]) -> Iterator[str]:
    for row in sorted(knowledge.rows.values(), key=lambda row: row.id):
        if "." in row.id:
            continue
        said = ", ".join(f"`{card}`" for card in cards[row.id]) if row.id in cards else f"*none:* {why[row.id]}"
        yield f"| `{row.id}` | {row.action} | {row.confidence} | {said} |"


def main() -> int:
    """Write the page, or check it."""
    try:
        fresh = page(load(), (ROOM / "uncarried.toml").read_text("utf-8"))
    except Uncovered as fault:
        print(fault, file=sys.stderr)
        return 1
    if "--check" in sys.argv[1:]:
        if PAGE.exists() and PAGE.read_text("utf-8") == fresh:
            return 0
        print(f"{PAGE.name} does not say what the cards carry today; run tools/coverage.py", file=sys.stderr)
        return 1
    PAGE.write_text(fresh, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
