"""The later photograph drawn onto the earlier one, held against maps that are known exactly."""

from __future__ import annotations

import numpy as np
import pytest

from needlepoint.core.imaging.aligned import Aligned, Difference, aligned, difference_map
from needlepoint.core.imaging.levels import Levels
from needlepoint.core.imaging.photo import Mask, Pixels
from needlepoint.core.imaging.registration import View, lay_over
from tests.core.imaging import scenes

PATCH = scenes.body_patch(seed=3)


def laid_pair(after: Pixels, *, longest_px: int = 560) -> Aligned:
    laid = lay_over(View(levels=Levels(PATCH), mesh=None), View(levels=Levels(after), mesh=None))
    assert laid is not None
    return aligned(PATCH, after, laid, face=None, longest_px=longest_px)


def off(one: Pixels, two: Pixels, where: Mask) -> float:
    return float(np.abs(one.astype(float) - two.astype(float))[where].mean())


def test_the_warped_photograph_lies_on_the_earlier_one_and_the_original_does_not() -> None:
    after, _ = scenes.retaken(PATCH, noise=0.5)
    pair = laid_pair(after)
    assert pair.after.shape == pair.before.shape == PATCH.shape
    assert pair.comparable.mean() > 0.6
    assert off(pair.before, pair.after, pair.comparable) < 0.3 * off(pair.before, after, pair.comparable)


def test_a_smaller_drawing_keeps_the_shape_of_the_earlier_photograph() -> None:
    after, _ = scenes.retaken(PATCH)
    pair = laid_pair(after, longest_px=280)
    assert pair.after.shape == (210, 280, 3)
    assert pair.comparable.shape == (210, 280)


@pytest.mark.parametrize(("by", "more"), [(12.0, True), (-12.0, False)])
def test_a_painted_change_is_orange_where_there_is_more_and_blue_where_there_is_less(by: float, more: bool) -> None:
    where = np.zeros(PATCH.shape[:2], np.bool_)
    where[150:270, 200:360] = True
    pair = Aligned(
        before=PATCH, after=scenes.reddened(PATCH, where, by=by), comparable=np.ones(PATCH.shape[:2], np.bool_)
    )
    drawn = difference_map(pair, Difference.REDNESS).astype(int)
    inside, outside = drawn[180:240, 240:320], drawn[20:100, 20:120]
    tint = (inside[..., 0] - inside[..., 2]).mean()
    assert tint > 60 if more else tint < -60
    assert np.abs(outside[..., 0] - outside[..., 2]).max() == 0, "unchanged skin stays grey"


def test_what_is_not_comparable_is_striped_and_never_coloured() -> None:
    everywhere = np.ones(PATCH.shape[:2], np.bool_)
    pair = Aligned(before=PATCH, after=scenes.reddened(PATCH, everywhere, by=30), comparable=~everywhere)
    drawn = difference_map(pair, Difference.REDNESS).astype(int)
    assert (drawn.max(axis=-1) == drawn.min(axis=-1)).all()
    assert np.abs(np.diff(drawn[200, :, 0])).max() > 30


def test_a_photograph_against_itself_shows_no_difference() -> None:
    pair = laid_pair(PATCH)
    drawn = difference_map(pair, Difference.LIGHTNESS).astype(int)
    assert (drawn.max(axis=-1) == drawn.min(axis=-1)).all()
