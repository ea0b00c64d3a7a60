"""How far two raters who grade in steps agree beyond chance."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


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
