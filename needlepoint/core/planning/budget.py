"""What remains of a numbing product: grams, milligrams, skin and minutes, counted over all applications."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from needlepoint.core.planning.request import NumbingPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """One application of a numbing product; minutes count on one clock, `off_min` is None while it is on the skin."""

    product: str
    on_min: float
    off_min: float | None = None
    g: float = 0.0
    mg: float = 0.0
    cm2: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class NumbingRows:
    """The evidence rows by which the budget itself refuses a further application."""

    one_product: str
    intact_only: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Remaining:
    """What may still be used; None: that limit does not apply, or no number is known.

    `minutes`: until the application that must come off first has to be off; below zero it is overdue. `blocked_by`:
    rows that forbid any further application; then grams, milligrams and skin are 0. `over`: limits already passed.
    """

    g: float | None
    mg: float | None
    cm2: float | None
    minutes: float | None
    blocked_by: tuple[str, ...]
    over: tuple[str, ...]


def remaining(
    limits: NumbingPlan,
    used: Sequence[Applied],
    *,
    now_min: float,
    rows: NumbingRows,
    needling_since_min: float | None = None,
) -> Remaining:
    """Give what remains of a product at one moment of a session.

    Grams and milligrams count over all applications, also those already wiped off; skin counts while it is covered.
    A second product and any application after the first puncture are refused, whatever is left.

    Parameters
    ----------
    limits : the hard limits of this patient, out of the plan
    used : applications so far, of any product
    now_min : the moment asked about, minutes on the clock of `used`
    rows : rows named when the budget refuses
    needling_since_min : first puncture, None = not begun

    Returns
    -------
    Remaining : never below zero, but for `minutes`
    """
    blocked = list(limits.blocked_by)
    if any(one.product != limits.product for one in used):
        blocked.append(rows.one_product)
    if needling_since_min is not None and needling_since_min <= now_min:
        blocked.append(rows.intact_only)
    on_skin = [one for one in used if one.on_min <= now_min and (one.off_min is None or one.off_min > now_min)]
    g, mg, cm2 = _sum(one.g for one in used), _sum(one.mg for one in used), _sum(one.cm2 for one in on_skin)
    left = {
        "g": _left(limits.max_g, g, blocked),
        "mg": _left(limits.max_mg, mg, blocked),
        "cm2": _left(limits.max_area_cm2, cm2, blocked),
    }
    minutes = _minutes(limits.max_minutes, on_skin, now_min)
    passed = {"g": (limits.max_g, g), "mg": (limits.max_mg, mg), "cm2": (limits.max_area_cm2, cm2)}
    over = [name for name, (limit, amount) in passed.items() if limit is not None and amount > limit]
    if minutes is not None and minutes < 0:
        over.append("minutes")
    return Remaining(
        g=left["g"],
        mg=left["mg"],
        cm2=left["cm2"],
        minutes=minutes,
        blocked_by=tuple(sorted(set(blocked))),
        over=tuple(over),
    )


def _sum(amounts: Iterable[float]) -> float:
    return sum(amounts, 0.0)


def _left(limit: float | None, used: float, blocked: Sequence[str]) -> float | None:
    if limit is None:
        return None
    return 0.0 if blocked else max(limit - used, 0.0)


def _minutes(limit: float | None, on_skin: Sequence[Applied], now_min: float) -> float | None:
    """Give the minutes until the oldest application has to be off; the whole contact time while nothing is on."""
    if limit is None:
        return None
    return min((one.on_min + limit - now_min for one in on_skin), default=limit)
