"""What to expect of a course: values of published trials as a fan, with control and those who did not change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

# So many standard deviations to either side hold the middle eight of ten people of a normal curve.
_EIGHT_OF_TEN: Final = 1.2815515655446004
_DAYS_IN_MONTH: Final = 365.25 / 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One printed value of a trial; `sd` is the spread between people, `low` and `high` an interval of the mean."""

    months: float
    mean: float
    n: int
    row: str
    sd: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Class:
    """Which part of the people of a trial answered how."""

    words: str
    percent: float
    row: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoChange:
    """How many of how many people did not change."""

    words: str
    who: int
    of: int
    row: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What one trial lets expect of a use; months count from the first session, nothing is promised before a day."""

    card: str
    indications: frozenset[str]
    measure: str
    unit: str
    from_day: int
    trial: str
    points: tuple[Measured, ...]
    control: tuple[Measured, ...]
    classes: tuple[Class, ...]
    no_change: tuple[NoChange, ...]

    @property
    def from_month(self) -> float:
        """Give the month before which nothing is promised."""
        return self.from_day / _DAYS_IN_MONTH


@dataclass(frozen=True, slots=True, kw_only=True)
class FanPoint:
    """One time of the fan: the mean, and between which values eight of ten people lay, where a spread is known."""

    months: float
    mean: float
    low: float | None
    high: float | None
    n: int
    row: str


def fan(expectation: Expectation) -> tuple[FanPoint, ...]:
    """Give the treated side as mean and 10th to 90th percentile, in the order of time.

    Parameters
    ----------
    expectation : values of one trial

    Returns
    -------
    FanPoint of each printed value; nothing is interpolated and nothing lies before `from_day`
    """
    return tuple(
        FanPoint(
            months=point.months,
            mean=point.mean,
            low=None if point.sd is None else point.mean - _EIGHT_OF_TEN * point.sd,
            high=None if point.sd is None else point.mean + _EIGHT_OF_TEN * point.sd,
            n=point.n,
            row=point.row,
        )
        for point in sorted(expectation.points, key=lambda point: point.months)
    )
