"""Every row of the safety table is carried by a card, or it is said why not; and the manual says so today."""

import runpy
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from needlepoint.knowledge import load
from needlepoint.knowledge.loader import ROOM

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def coverage() -> dict[str, Any]:
    return runpy.run_path(str(ROOT / "tools" / "coverage.py"))


@pytest.fixture(scope="module")
def listed() -> str:
    return (ROOM / "uncarried.toml").read_text("utf-8")


def test_every_row_is_carried_or_explained_and_the_page_is_up_to_date(coverage: dict[str, Any], listed: str) -> None:
    page = coverage["page"](load(), listed)
    assert coverage["PAGE"].read_text("utf-8") == page, "run tools/coverage.py"


def test_a_new_row_without_card_or_reason_is_found(coverage: dict[str, Any], listed: str) -> None:
    rows = dict(load().rows)
    rows["ci-new"] = replace(rows["ci-warts"], id="ci-new")
    with pytest.raises(coverage["Uncovered"], match="ci-new"):
        coverage["page"](replace(load(), rows=MappingProxyType(rows)), listed)


@pytest.mark.parametrize("row", ["ci-warts", "ci-of-no-table", "la-deaths"])
def test_a_reason_for_a_row_that_needs_none_is_found(coverage: dict[str, Any], listed: str, row: str) -> None:
    more = f'{listed}\n[[reason]]\nbecause = "x"\nrows = ["{row}"]\n'
    with pytest.raises(coverage["Uncovered"], match=row):
        coverage["page"](load(), more)
