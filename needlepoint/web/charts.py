"""Charts drawn on the server as SVG: change and course, each with its error band. No script reaches the browser."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, Final

import altair as alt
import vl_convert

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from needlepoint.actions.outcome import Graded, Reading
    from needlepoint.web.measures import Differences

INK: Final = "#1b2126"
SOFT: Final = "#525c64"
LINE: Final = "#d9dddd"
BAND: Final = "#c9cfd2"
ACCENT: Final = "#0b6569"
PAPER: Final = "#ffffff"
_DARK: Final = {
    INK: "#e9ecee", SOFT: "#a9b3ba", LINE: "#343b41", BAND: "#4d575f", ACCENT: "#63c3c4", PAPER: "#1d2125",
    "#888": "#77838b", "#000": "#e9ecee",  # of the drawing itself: ticks and marks without a colour of their own
}  # fmt: skip
_WIDTH: Final = 440
_ROW: Final = 30
_HELD: Final = "comparable"
_NOT_HELD: Final = "not compared, or not comparable"


def change_chart(found: Differences) -> str:
    """Draw the change of one measure by region: a point for each, on a grey band of what may be chance."""
    rows = [
        {
            "region": row.label, "change": row.change, "low": -(row.band or 0.0), "high": row.band or 0.0,
            "said": "beyond the error" if row.state else "within the error",
        }
        for row in found.comparable
    ]  # fmt: skip
    order = [row.label for row in found.comparable]
    y = alt.Y("region:N", sort=order, title=None, axis=alt.Axis(labelLimit=320, ticks=False, domain=False))
    base = alt.Chart(table(rows))
    band = base.mark_bar(color=BAND, height=14).encode(
        x=alt.X("low:Q", title=f"change, {found.unit} (after − before; {found.meaning})"), x2="high:Q", y=y
    )
    zero = alt.Chart(table([{"zero": 0}])).mark_rule(color=SOFT).encode(x="zero:Q")
    points = base.mark_point(size=110, strokeWidth=2, opacity=1, stroke=INK).encode(
        x="change:Q", y=y, fill=alt.Fill("said:N", legend=None, scale=_said_scale()), shape=_said_shape()
    )
    return drawn(alt.layer(band, zero, points).properties(width=_WIDTH, height=_ROW * max(1, len(rows))))


def course_chart(readings: Sequence[Reading], *, title: str, sessions: Sequence[date]) -> str:
    """Draw one measure over time with the band of 95 of 100 retakes; only comparable readings are joined by a line."""
    rows = [
        {
            "on": reading.point.on.isoformat(), "value": reading.point.value, "low": reading.point.low,
            "high": reading.point.high, "held": _HELD if reading.held else _NOT_HELD,
        }
        for reading in readings
    ]  # fmt: skip
    base = alt.Chart(table(rows)).encode(x=_time())
    y = alt.Y("value:Q", scale=alt.Scale(zero=False))
    band = base.mark_rule(color=BAND, strokeWidth=10).encode(
        y=alt.Y("low:Q", title=title, scale=alt.Scale(zero=False)), y2="high:Q"
    )
    joined = alt.Chart(table([row for row in rows if row["held"] == _HELD])).encode(x=_time())
    line = joined.mark_line(color=ACCENT, strokeWidth=1.5).encode(y=y)
    names = [_HELD, _NOT_HELD]
    dots = base.mark_point(size=80, stroke=INK, strokeWidth=1.5, opacity=1).encode(
        y=y,
        fill=alt.Fill("held:N", legend=None, scale=alt.Scale(domain=names, range=[ACCENT, PAPER])),
        shape=alt.Shape("held:N", scale=alt.Scale(domain=names, range=["circle", "cross"]), legend=_legend()),
    )
    return drawn(alt.layer(*_session_rules(sessions), band, line, dots).properties(width=_WIDTH, height=220))


def grade_chart(graded: Graded, *, sessions: Sequence[date]) -> str:
    """Draw the grades of a scale over time, each with the band that raters cannot tell apart."""
    lowest, highest = graded.scale.grades[0].value, graded.scale.grades[-1].value
    half = graded.scale.band / 2
    rows = [
        {"on": score.on.isoformat(), "grade": score.grade, "low": score.grade - half, "high": score.grade + half}
        for score in graded.scores
    ]
    axis = alt.Axis(values=[grade.value for grade in graded.scale.grades], format="d")
    scale = alt.Scale(domain=[lowest - 0.5, highest + 0.5])
    title = f"grade (higher is {graded.scale.higher.value})"
    base = alt.Chart(table(rows)).encode(x=_time())
    band = base.mark_rule(color=BAND, strokeWidth=14).encode(
        y=alt.Y("low:Q", title=title, scale=scale, axis=axis), y2="high:Q"
    )
    dots = base.mark_point(size=110, filled=True, opacity=1, color=ACCENT).encode(
        y=alt.Y("grade:Q", scale=scale, axis=axis)
    )
    return drawn(alt.layer(*_session_rules(sessions), band, dots).properties(width=_WIDTH, height=190))


def table(rows: list[dict[str, Any]]) -> Any:
    """Give rows as the data of a chart."""
    return alt.Data(values=rows)  # type: ignore[no-untyped-call]  # the package gives this one no types


def _said_scale() -> Any:
    return alt.Scale(domain=["beyond the error", "within the error"], range=[ACCENT, PAPER])


def _said_shape() -> Any:
    scale = alt.Scale(domain=["beyond the error", "within the error"], range=["diamond", "circle"])
    return alt.Shape("said:N", scale=scale, legend=_legend())


def _legend() -> Any:
    return alt.Legend(title=None, orient="top", labelLimit=400, symbolFillColor=PAPER, symbolStrokeColor=INK)


def _time() -> Any:
    return alt.X("on:T", title=None, axis=alt.Axis(format="%-d %b %Y", labelAngle=-30, tickCount=6, grid=False))


def _session_rules(sessions: Sequence[date]) -> list[Any]:
    if not sessions:
        return []
    rows = [{"on": day.isoformat(), "label": "session"} for day in sessions]
    base = alt.Chart(table(rows)).encode(x=_time())
    return [
        base.mark_rule(color=SOFT, strokeDash=[4, 4]),
        base.mark_text(align="left", dx=4, y=8, color=SOFT, fontSize=11).encode(text="label:N"),
    ]


def drawn(chart: Any) -> str:
    """Give the chart as the address of an image that carries it whole."""
    styled = chart.configure(background=PAPER, font="sans-serif", padding=8).configure_view(stroke=None)
    styled = styled.configure_axis(
        labelColor=INK, titleColor=SOFT, gridColor=LINE, domainColor=LINE, labelFontSize=12, titleFontSize=12,
        titleFontWeight="normal",
    )  # fmt: skip
    svg = vl_convert.vegalite_to_svg(styled.to_json(validate=False)).replace(">", f"><style>{_darkened()}</style>", 1)
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"


def _darkened() -> str:
    """Give the style by which a chart takes the colours of the dark pages where those are wanted."""
    rules = (f'[{part}="{light}"]{{{part}:{dark}}}' for light, dark in _DARK.items() for part in ("fill", "stroke"))
    return f"@media (prefers-color-scheme: dark){{{''.join(rules)}}}"
