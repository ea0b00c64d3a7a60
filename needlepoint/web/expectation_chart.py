"""Draws what a trial lets expect: the fan of the treated beside the drift of the untreated, or classes of response."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any, Final

import altair as alt

from needlepoint.core.planning.expectation import fan
from needlepoint.web.charts import ACCENT, BAND, INK, PAPER, SOFT, drawn, table

if TYPE_CHECKING:
    from needlepoint.core.planning.expectation import Expectation, Measured

_WIDTH: Final = 440
_HEIGHT: Final = 240
_TITLE_SIGNS: Final = 74
_AFTER: Final = 0.8  # months of paper beyond the last value
_TREATED: Final = "needled: mean, and where 8 of 10 people lay"
_CONTROL: Final = "not needled or compared: mean and its interval"


def expectation_chart(expectation: Expectation) -> str:
    """Give the chart of an expectation as the address of an image that carries it whole."""
    return _classes(expectation) if expectation.classes else _fan(expectation)


def _fan(expectation: Expectation) -> str:
    treated: list[dict[str, Any]] = [
        {"months": point.months, "mean": point.mean, "low": point.low, "high": point.high, "label": f"n = {point.n}",
         "side": _TREATED}
        for point in fan(expectation)
    ]  # fmt: skip
    control = [_control(point) for point in expectation.control]
    last = max(point.months for point in expectation.points)
    x = alt.X(
        "months:Q", title="months after the first session", scale=alt.Scale(domain=[0, last + _AFTER]),
        axis=alt.Axis(grid=False, tickMinStep=1),
    )  # fmt: skip
    base, other = (alt.Chart(table(rows)).encode(x=x) for rows in (treated, control))
    y = alt.Y("mean:Q", title=f"change, {expectation.unit} (higher is better)")
    layers = [
        *_nothing_promised(expectation.from_month, x),
        base.mark_rule(color=BAND, strokeWidth=22).encode(y=alt.Y("low:Q"), y2="high:Q"),
        alt.Chart(table([{"zero": 0}])).mark_rule(color=SOFT).encode(y="zero:Q"),
        other.mark_rule(color=SOFT, strokeWidth=1.5).encode(y=alt.Y("low:Q"), y2="high:Q"),
        base.mark_line(color=ACCENT, strokeWidth=1.5).encode(y=y),
        alt.Chart(table([*treated, *control])).mark_point(size=90, stroke=INK, strokeWidth=1.5, opacity=1).encode(
            x=x, y=y, fill=alt.Fill("side:N", legend=None, scale=_sides([ACCENT, PAPER])),
            shape=alt.Shape("side:N", scale=_sides(["circle", "square"]), legend=_legend()),
        ),
        base.mark_text(align="left", dx=14, dy=-12, color=INK, fontSize=12).encode(y=y, text="label:N"),
    ]  # fmt: skip
    return drawn(alt.layer(*layers).properties(width=_WIDTH, height=_HEIGHT, title=_title(expectation)))


def _title(expectation: Expectation) -> Any:
    """Give the trial and those who did not change, as they stand above the chart: it must not travel without them."""
    lines = textwrap.wrap(expectation.trial, _TITLE_SIGNS)
    if expectation.no_change:
        unchanged = "; ".join(f"{none.who} of {none.of}" for none in expectation.no_change)
        lines += textwrap.wrap(f"Without change: {unchanged}", _TITLE_SIGNS)
    return alt.TitleParams(text=lines, anchor="start", fontSize=12, fontWeight="normal", color=SOFT, lineHeight=16)


def _control(point: Measured) -> dict[str, Any]:
    return {"months": point.months, "mean": point.mean, "low": point.low, "high": point.high, "side": _CONTROL}


def _nothing_promised(from_month: float, x: Any) -> list[Any]:
    rows: list[dict[str, Any]] = [{"months": 0, "until": from_month, "words": "nothing promised"}]
    base = alt.Chart(table(rows)).encode(x=x)
    return [
        base.mark_rect(color=BAND, opacity=0.45).encode(x2="until:Q"),
        base.mark_text(align="left", baseline="top", dx=4, dy=4, y=0, color=SOFT, fontSize=11).encode(text="words:N"),
    ]


def _sides(values: list[str]) -> Any:
    return alt.Scale(domain=[_TREATED, _CONTROL], range=values)


def _legend() -> Any:
    return alt.Legend(title=None, orient="top", direction="vertical", labelLimit=400, symbolFillColor=PAPER)


def _classes(expectation: Expectation) -> str:
    rows: list[dict[str, Any]] = [{"words": one.words, "percent": one.percent} for one in expectation.classes]
    order = [one.words for one in expectation.classes]
    base = alt.Chart(table(rows)).encode(y=alt.Y("words:N", sort=order, title=None, axis=alt.Axis(labelLimit=320)))
    bars = base.mark_bar(color=ACCENT, height=18).encode(
        x=alt.X("percent:Q", title=expectation.unit, scale=alt.Scale(domain=[0, 100]))
    )
    words = base.mark_text(align="left", dx=5, color=INK).encode(
        x="percent:Q", text=alt.Text("percent:Q", format=".0f")
    )
    return drawn(alt.layer(bars, words).properties(width=_WIDTH, height=34 * len(rows), title=_title(expectation)))
