"""What remains of a numbing product in a session."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from needlepoint.core.planning.budget import Applied, NumbingRows, Remaining, remaining
from needlepoint.core.planning.request import NumbingPlan
from needlepoint.knowledge.planning import numbing_rows
from tests.core.planning.asking import ON, numbing

EMLA, LMX = "lidocaine_prilocaine_2_5", "lidocaine_4"
ROWS = numbing_rows(ON)


def on(*, g: float = 0, cm2: float = 0, at: float = 0, off: float | None = None, product: str = EMLA) -> Applied:
    return Applied(product=product, on_min=at, off_min=off, g=g, cm2=cm2)


def left(*used: Applied, now: float, limits: NumbingPlan | None = None, needling: float | None = None) -> Remaining:
    return remaining(
        limits or numbing(anaesthetic=EMLA), used, now_min=now, rows=ROWS, needling_since_min=needling
    )  # fmt: skip


def test_the_rows_that_refuse_come_from_their_card() -> None:
    assert NumbingRows(one_product="la-one-product", intact_only="la-intact-only") == ROWS


def test_before_anything_is_on_the_whole_limit_remains() -> None:
    found = left(now=0)
    assert (found.g, found.cm2, found.minutes, found.mg) == (60, 600, 300, None)
    assert found.blocked_by == found.over == ()


def test_grams_add_up_and_skin_comes_free_when_the_cream_is_off() -> None:
    used = (on(g=20, cm2=200, at=0, off=60), on(g=15, cm2=150, at=30))
    assert (left(*used, now=45).g, left(*used, now=45).cm2) == (25, 250)
    assert (left(*used, now=61).g, left(*used, now=61).cm2) == (25, 450)


def test_the_clock_is_that_of_the_application_that_must_come_off_first() -> None:
    used = (on(at=0, off=60), on(at=30), on(at=50))
    assert left(*used, now=60).minutes == 270
    overdue = left(*used, now=340)
    assert overdue.minutes == -10
    assert overdue.over == ("minutes",)


def test_a_second_product_is_refused_by_its_row() -> None:
    found = left(on(g=5, product=LMX), now=10)
    assert found.blocked_by == ("la-one-product",)
    assert (found.g, found.cm2) == (0, 0)


def test_nothing_is_applied_once_needling_has_begun() -> None:
    assert left(on(g=5, off=60), now=70, needling=65).blocked_by == ("la-intact-only",)
    assert left(on(g=5), now=60, needling=65).blocked_by == ()


def test_more_than_allowed_is_told_and_leaves_nothing() -> None:
    found = left(on(g=61, cm2=700), now=5)
    assert (found.g, found.cm2) == (0, 0)
    assert found.over == ("g", "cm2")


def test_a_child_has_the_budget_of_its_band() -> None:
    child = numbing(anaesthetic=EMLA, born=date(2023, 1, 1), weight_kg=14)
    assert (left(now=0, limits=child).g, left(now=0, limits=child).cm2) == (10, 100)


uses = some.lists(
    some.builds(
        on,
        g=some.floats(0, 30),
        cm2=some.floats(0, 300),
        at=some.floats(0, 100),
        off=some.none() | some.floats(100, 200),
    ),
    max_size=6,
)


@given(uses, uses, some.floats(0, 400))
def test_more_use_never_leaves_more_and_no_limit_is_exceeded(
    used: list[Applied], more: list[Applied], now: float
) -> None:
    before, after = left(*used, now=now), left(*used, *more, now=now)
    for name in ("g", "cm2"):
        assert 0 <= getattr(after, name) <= getattr(before, name)
    assert after.g is not None
    assert after.g + sum(use.g for use in (*used, *more)) == pytest.approx(60) or "g" in after.over or after.g == 0
    assert (after.minutes or 0) <= (before.minutes or 0)
    assert set(before.over) <= set(after.over)
