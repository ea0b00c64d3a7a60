"""When numbing cream goes on and comes off again, counted from the first puncture."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """When a cream goes on, when it is wiped off, and the last moment it may stay on."""

    apply_at: datetime
    remove_at: datetime
    latest_removal: datetime


def application(*, apply_before_min: float, max_minutes: float | None, start: datetime) -> Application:
    """Give the moments of numbing before a first puncture.

    Parameters
    ----------
    apply_before_min : contact time the product is planned with, minutes
    max_minutes : longest contact allowed for this patient, minutes; None = no other limit than the first puncture
    start : first puncture; nothing may be left on the skin then

    Returns
    -------
    Application : it is never on longer than allowed, and never past the first puncture

    Raises
    ------
    ValueError : the contact time is longer than what is allowed
    """
    if max_minutes is not None and apply_before_min > max_minutes:
        raise ValueError(f"{apply_before_min:g} min of contact is more than the {max_minutes:g} min allowed")
    apply_at = start - timedelta(minutes=apply_before_min)
    latest = start if max_minutes is None else apply_at + timedelta(minutes=max_minutes)
    return Application(apply_at=apply_at, remove_at=start, latest_removal=latest)
