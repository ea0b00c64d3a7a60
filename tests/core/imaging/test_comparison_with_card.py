"""Two photographs with and without the card: what it makes comparable, and what it does not."""

from __future__ import annotations

import numpy as np
import pytest

from needlepoint.actions.networks import face_models
from needlepoint.core.imaging.comparison import compare
from needlepoint.core.imaging.measures import Settings
from needlepoint.core.imaging.photo import WHOLE, Change, Comparison, FurtherId, Id, MeasureId, Pixels, Reason
from tests.core.imaging.cards import drawn_card, laid
from tests.core.imaging.scenes import body_patch, codes, enlarged, light, retaken

SKIN = enlarged(body_patch(), 2)
MM = 0.22


def carded(rgb: Pixels) -> Pixels:
    return laid(rgb, drawn_card(), at=(560, 600), mm_per_px=MM)


def change(answer: Comparison, each: Id) -> Change:
    return next(one for one in answer.changes if (one.id, one.region) == (each, WHOLE))


def retake(rgb: Pixels, gain: tuple[float, float, float] = (1, 1, 1)) -> Pixels:
    return codes(light(retaken(rgb, seed=4)[0]) * np.array(gain))


def test_with_a_card_in_both_another_white_is_no_change_of_the_skin() -> None:
    answer = compare(carded(SKIN), retake(carded(SKIN), (1.0, 0.95, 0.9)), face_models())
    for each in (MeasureId.ERYTHEMA_INDEX, MeasureId.MELANIN_INDEX, MeasureId.ITA, MeasureId.LINE_DENSITY):
        found = change(answer, each)
        assert found.comparable, found
        assert found.beyond_error is False, found


def test_another_kind_of_lamp_is_not_undone_by_a_card() -> None:
    answer = compare(carded(SKIN), retake(carded(SKIN), (1.0, 0.75, 0.45)), face_models())
    assert change(answer, MeasureId.ERYTHEMA_INDEX).reason is Reason.CONDITIONS_DIFFER


@pytest.mark.parametrize("first", [True, False])
def test_a_card_in_one_photograph_only_compares_neither_colour_nor_lengths(first: bool) -> None:
    pair = (carded(SKIN), retake(SKIN)) if first else (SKIN, retake(carded(SKIN)))
    answer = compare(*pair, face_models())
    assert change(answer, MeasureId.ERYTHEMA_INDEX).reason is Reason.NO_COLOUR_REFERENCE
    assert change(answer, MeasureId.LINE_DENSITY).reason is Reason.UNIT_DIFFERS


def test_an_outline_is_carried_over_and_a_fading_mark_is_seen_to_fade() -> None:
    values, where = light(SKIN), np.zeros(SKIN.shape[:2], np.bool_)
    where[300:420, 400:700] = True
    pictures = []
    for redness in (8.0, 3.0):
        marked = values.copy()
        marked[where, 1] *= 10 ** (-redness / 100)
        pictures.append(codes(marked))
    outline = np.array([[300, 220], [800, 220], [800, 500], [300, 500]], float)
    answer = compare(pictures[0], retake(pictures[1]), face_models(), settings=Settings(outline=outline))
    found = change(answer, FurtherId.MARK_REDNESS)
    assert found.comparable, found
    assert found.beyond_error
    assert found.change == pytest.approx(-5, abs=0.8)
    assert change(answer, FurtherId.MARK_SHARE).beyond_error is False
