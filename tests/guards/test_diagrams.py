"""The diagrams of the manual are those of the tables the program goes by."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def diagrams() -> dict[str, Any]:
    return runpy.run_path(str(ROOT / "tools" / "diagrams.py"))


def test_the_page_of_states_is_up_to_date(diagrams: dict[str, Any]) -> None:
    assert diagrams["PAGE"].read_text("utf-8") == diagrams["page"](), "run tools/diagrams.py"


def test_every_move_leads_to_a_state_of_its_table_and_is_drawn(diagrams: dict[str, Any]) -> None:
    for _, moves in diagrams["tables"]().values():
        drawn = diagrams["diagram"](moves)
        for ways in moves.values():
            assert set(ways.values()) <= set(moves)
        assert drawn.count(" --> ") == 1 + sum(len(ways) for ways in moves.values())


def test_a_changed_table_changes_the_diagram(diagrams: dict[str, Any]) -> None:
    assert "on_hold --> open: go on" in diagrams["diagram"]({"open": {"wait": "on-hold"}, "on-hold": {"go on": "open"}})
