"""How far two raters, or two takes of the same thing, agree beyond chance."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def weighted_kappa(first: Sequence[int], second: Sequence[int], *, steps: Sequence[int]) -> float | None:
    """Give Cohen's kappa with quadratic weights.

    Parameters
    ----------
    first, second
        The grades of two raters, in the same order of what was rated.
    steps
        Every grade there is, in order.

    Returns
    -------
    float or None
        1 for full agreement, 0 for what chance gives; None where chance alone gives full agreement, or nothing
        was rated by both.

    References
    ----------
    Cohen J., Psychol Bull 1968;70:213, doi:10.1037/h0026256.

    """
    if not first or len(first) != len(second):
        return None
    place = {step: index for index, step in enumerate(steps)}
    count = len(steps)
    seen = np.zeros((count, count))
    for one, two in zip(first, second, strict=True):
        seen[place[one], place[two]] += 1
    seen /= len(first)
    expected = np.outer(seen.sum(axis=1), seen.sum(axis=0))
    weights = (np.arange(count)[:, None] - np.arange(count)[None]) ** 2
    by_chance = float((weights * expected).sum())
    return None if by_chance == 0 else 1 - float((weights * seen).sum()) / by_chance


def icc_2_1(values: NDArray[np.float64]) -> float | None:
    """Give the intraclass correlation of single ratings, two-way random effects, absolute agreement.

    Parameters
    ----------
    values
        (subjects, raters) without gaps.

    Returns
    -------
    float or None
        At most 1; None for fewer than two subjects or raters, or when nothing varies.

    References
    ----------
    Shrout P.E., Fleiss J.L., Psychol Bull 1979;86:420, doi:10.1037/0033-2909.86.2.420.

    """
    subjects, raters = values.shape
    if subjects < 2 or raters < 2:
        return None
    middle = values.mean()
    rows, columns = values.mean(axis=1) - middle, values.mean(axis=0) - middle
    rest = values - middle - rows[:, None] - columns[None]
    between = raters * float((rows**2).sum()) / (subjects - 1)
    across = subjects * float((columns**2).sum()) / (raters - 1)
    error = float((rest**2).sum()) / ((subjects - 1) * (raters - 1))
    whole = between + (raters - 1) * error + raters * (across - error) / subjects
    return None if whole <= 0 else (between - error) / whole
