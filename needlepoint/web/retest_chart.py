"""The plot of a test-retest study: differences against means, with bias and limits of agreement."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt

from needlepoint.web.charts import ACCENT, SOFT, drawn, table

if TYPE_CHECKING:
    from needlepoint.actions.retest import Found

_WIDTH = 420
_HEIGHT = 260


def bland_altman_chart(found: Found, *, name: str) -> str:
    """Draw each person's difference between two takes against their mean."""
    rows = [{"mean": mean, "difference": d} for mean, d in zip(found.means, found.differences, strict=True)]
    x = alt.X("mean:Q", title=f"mean of both takes, {found.unit}", scale=alt.Scale(zero=False))
    y = alt.Y("difference:Q", title=f"second − first, {found.unit}")
    points = alt.Chart(table(rows)).mark_point(size=60, filled=True, opacity=0.8, color=ACCENT).encode(x=x, y=y)
    lines = [
        {"at": found.bias, "said": f"bias {found.bias:+.2f}"},
        {"at": found.lower, "said": f"{found.lower:+.2f}"},
        {"at": found.upper, "said": f"{found.upper:+.2f}"},
    ]
    base = alt.Chart(table(lines)).encode(y="at:Q")
    rules = base.mark_rule(color=SOFT, strokeDash=[5, 4])
    words = base.mark_text(align="left", dx=4, dy=-6, color=SOFT, fontSize=11).encode(x=alt.value(0), text="said:N")
    return drawn(alt.layer(rules, words, points).properties(width=_WIDTH, height=_HEIGHT, title=name))
