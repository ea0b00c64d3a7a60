"""How well a measurement repeats: the statistics of a test-retest study of the clinic's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtri, fdtri, ndtri, stdtrit

Scores = NDArray[np.float64]  # (people, takes)

_FEWEST_PEOPLE: Final = 3


class UnfitScores(ValueError):
    """The scores are no complete table of at least three people with at least two takes each."""

    def __init__(self, why: str) -> None:
        super().__init__(f"the scores must be a complete table of people by takes: {why}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """An estimate with its confidence limits."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Two takes of the same people set against each other.

    Attributes
    ----------
    means, differences
        (n,) of each person, second take less first: the points of the plot.
    bias
        Mean difference with its confidence interval.
    spread
        Standard deviation of the differences.
    lower, upper
        Limits of agreement, each with its confidence interval.

    """

    means: tuple[float, ...]
    differences: tuple[float, ...]
    bias: Interval
    spread: float
    lower: Interval
    upper: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Reliability:
    """What a test-retest study says of one measure.

    Attributes
    ----------
    people, takes
        Size of the study.
    icc
        Intraclass correlation ICC(2,1): two-way random, absolute agreement, single measure.
    sem
        Standard error of measurement, in the unit of the measure, with its confidence interval.
    sdc
        Smallest detectable change between two single measurements.

    """

    people: int
    takes: int
    icc: Interval
    sem: Interval
    sdc: float


def reliability(scores: Scores, *, confidence: float = 0.95) -> Reliability:
    """Give ICC(2,1), standard error of measurement and smallest detectable change.

    Parameters
    ----------
    scores
        (n, k) one row a person, one column a take; complete.
    confidence
        Of the intervals.

    Returns
    -------
    Reliability
        The standard error is the root of the mean variance within people, so that a drift from take to take counts
        as error (agreement, not consistency).

    Raises
    ------
    UnfitScores
        Fewer than three people or two takes, or a gap.

    References
    ----------
    Shrout P.E., Fleiss J.L., Psychol Bull 1979;86:420, doi:10.1037/0033-2909.86.2.420; McGraw K.O., Wong S.P.,
    Psychol Methods 1996;1:30, doi:10.1037/1082-989X.1.1.30; de Vet H.C.W. et al., J Clin Epidemiol 2006;59:1033,
    doi:10.1016/j.jclinepi.2005.10.015.

    """
    scores = _complete(scores)
    people, takes = scores.shape
    within = float(scores.var(axis=1, ddof=1).mean())
    sem = float(np.sqrt(within))
    return Reliability(
        people=people, takes=takes, icc=icc_2_1(scores, confidence=confidence),
        sem=_spread_interval(sem, people * (takes - 1), confidence), sdc=smallest_detectable_change(sem),
    )  # fmt: skip


def icc_2_1(scores: Scores, *, confidence: float = 0.95) -> Interval:
    """Give the intraclass correlation for absolute agreement of single measurements by takes (or raters) at random.

    Parameters
    ----------
    scores
        (n, k) one row a person, one column a take.
    confidence
        Of the interval.

    Returns
    -------
    Interval
        1 when takes agree wholly; may be negative when people differ less than takes do. Where no score differs from
        any other there is nothing to tell people apart by: 0, from 0 to 1.

    Raises
    ------
    UnfitScores
        As for `reliability`.

    References
    ----------
    Shrout P.E., Fleiss J.L., Psychol Bull 1979;86:420, doi:10.1037/0033-2909.86.2.420 (case 2).

    """
    scores = _complete(scores)
    n, k = scores.shape
    rows, columns, rest = _mean_squares(scores)
    below = rows + (k - 1) * rest + k * (columns - rest) / n
    if below <= 0:
        return Interval(value=0.0, low=0.0, high=1.0)
    value = (rows - rest) / below
    if rest <= 0:
        return Interval(value=value, low=value, high=value)
    # Satterthwaite's degrees of freedom for the part that is not people.
    ratio = columns / rest
    numerator = (k - 1) * (n - 1) * (k * value * ratio + n * (1 + (k - 1) * value) - k * value) ** 2
    denominator = (n - 1) * k**2 * value**2 * ratio**2 + (n * (1 + (k - 1) * value) - k * value) ** 2
    freedom = numerator / denominator
    tail = 1 - (1 - confidence) / 2
    upper, lower = float(fdtri(n - 1, freedom, tail)), float(fdtri(freedom, n - 1, tail))
    mixed = k * columns + (k * n - k - n) * rest
    low = n * (rows - upper * rest) / (upper * mixed + n * rows)
    high = n * (lower * rows - rest) / (mixed + n * lower * rows)
    return Interval(value=value, low=float(low), high=float(high))


def smallest_detectable_change(sem: float) -> float:
    """Give the change between two single measurements that error alone exceeds in 1 of 20: 1.96 * sqrt(2) * SEM.

    Parameters
    ----------
    sem
        Standard error of measurement.

    Returns
    -------
    float
        In the same unit.

    References
    ----------
    Weir J.P., J Strength Cond Res 2005;19:231.

    """
    return float(1.96 * np.sqrt(2) * sem)


def bland_altman(first: Scores, second: Scores, *, confidence: float = 0.95) -> Agreement:
    """Set two takes of the same people against each other.

    Parameters
    ----------
    first, second
        (n,) scores of the same people in the same order.
    confidence
        Of the intervals; the limits of agreement are always those of 95 % of differences.

    Returns
    -------
    Agreement
        Differences are second less first.

    Raises
    ------
    UnfitScores
        As for `reliability`.

    References
    ----------
    Bland J.M., Altman D.G., Lancet 1986;327:307, doi:10.1016/S0140-6736(86)90837-8.

    """
    table = _complete(np.column_stack([first, second]))
    differences = table[:, 1] - table[:, 0]
    n = len(differences)
    bias, spread = float(differences.mean()), float(differences.std(ddof=1))
    student = float(stdtrit(n - 1, 1 - (1 - confidence) / 2))
    reach, limit = student * spread / np.sqrt(n), float(ndtri(0.975)) * spread
    limit_reach = student * spread * np.sqrt(3 / n)
    return Agreement(
        means=tuple(table.mean(axis=1).tolist()), differences=tuple(differences.tolist()), bias=_around(bias, reach),
        spread=spread, lower=_around(bias - limit, limit_reach), upper=_around(bias + limit, limit_reach),
    )  # fmt: skip


def _around(value: float, reach: float) -> Interval:
    return Interval(value=value, low=float(value - reach), high=float(value + reach))


def _spread_interval(spread: float, freedom: int, confidence: float) -> Interval:
    tail = (1 - confidence) / 2
    low, high = (spread * float(np.sqrt(freedom / chdtri(freedom, share))) for share in (tail, 1 - tail))
    return Interval(value=spread, low=low, high=high)


def _mean_squares(scores: Scores) -> tuple[float, float, float]:
    """Give the mean squares of people, of takes, and of what is left."""
    n, k = scores.shape
    overall, by_person, by_take = scores.mean(), scores.mean(axis=1), scores.mean(axis=0)
    rows = k * ((by_person - overall) ** 2).sum() / (n - 1)
    columns = n * ((by_take - overall) ** 2).sum() / (k - 1)
    rest = ((scores - by_person[:, None] - by_take + overall) ** 2).sum() / ((n - 1) * (k - 1))
    return float(rows), float(columns), float(rest)


def _complete(scores: Scores) -> Scores:
    table = np.asarray(scores, dtype=np.float64)
    if table.ndim != 2 or table.shape[0] < _FEWEST_PEOPLE or table.shape[1] < 2:
        raise UnfitScores(f"at least {_FEWEST_PEOPLE} people and 2 takes are needed")
    if not np.isfinite(table).all():
        raise UnfitScores("every person needs a number for every take")
    return table
