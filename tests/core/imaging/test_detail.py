"""Lines, texture, pores, spots and marks against what was painted, with a card in the picture for the length."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
import pytest
from scipy.stats import spearmanr
from skimage.filters import frangi

from needlepoint.actions.networks import face_models
from needlepoint.core.imaging.measures import Settings, measure
from needlepoint.core.imaging.photo import WHOLE, FurtherId, Id, MeasureId, Measurement, Pixels, Reason
from needlepoint.core.imaging.ridges import ridges
from tests.core.imaging.cards import drawn_card, laid, with_stickers
from tests.core.imaging.scenes import body_patch, codes, dotted, enlarged, light, lined

MM = 0.1  # to a pixel of the pictures with lines and spots
FINE_MM = 0.07
AREA_CM2 = 11.2 * (8.4 + 6.2) - 10.4 * 5.8  # of the picture with its part for the card, less the card and its shadow


@lru_cache(maxsize=2)
def plain(mm: float = MM) -> Pixels:
    """Give skin of 112 x 84 mm at a tenth of a millimetre, its card to come."""
    return enlarged(body_patch(), 2 if mm == MM else 2.6)


def carded(rgb: Pixels, *, mm: float = MM) -> Pixels:
    """Put the card below on plain skin, clear of what was painted above."""
    taller = np.concatenate([rgb, plain(mm)[::-1][: round(62 / mm)]])
    return laid(taller, drawn_card(), at=(rgb.shape[1] / 2, rgb.shape[0] + 31 / mm), mm_per_px=mm)


def value(answer: Measurement, each: Id) -> float:
    found = next(one for one in answer.measures if (one.id, one.region) == (each, WHOLE))
    assert found.value is not None, found
    assert found.error is not None
    assert found.error > 0
    return found.value


def reason(answer: Measurement, each: Id) -> Reason | None:
    return next(one for one in answer.measures if (one.id, one.region) == (each, WHOLE)).reason


def taken(rgb: Pixels, *, mm: float = MM) -> Measurement:
    answer = measure(carded(rgb, mm=mm), face_models())
    assert answer.quality.scale_mm_per_px == pytest.approx(mm, rel=0.01)
    assert answer.quality.colour_reference
    return answer


@pytest.mark.parametrize("upright", [False, True])
def test_line_density_grows_by_what_was_painted_and_knows_its_direction(upright: bool) -> None:
    found = [taken(lined(plain(), mm_per_px=MM, lines=count, upright=upright)) for count in (0, 4, 8)]
    none, few, many = (value(each, MeasureId.LINE_DENSITY) for each in found)
    assert few - none == pytest.approx(4 * 20 / AREA_CM2, rel=0.3)
    assert many - few == pytest.approx(few - none, rel=0.25)
    assert value(found[2], FurtherId.LINES_UPRIGHT) == pytest.approx(100.0 if upright else 0.0, abs=20)


def test_lines_too_faint_or_too_short_are_none() -> None:
    none = value(taken(plain()), MeasureId.LINE_DENSITY)
    for how in ({"depth": 0.02}, {"length_mm": 1.0}):
        answer = taken(lined(plain(), mm_per_px=MM, lines=6, **how))  # type: ignore[arg-type]  # of the two cases above
        assert value(answer, MeasureId.LINE_DENSITY) == pytest.approx(none, abs=0.15)


def test_without_a_length_lines_are_not_counted_and_with_one_ra_is_still_refused() -> None:
    without, with_card = measure(plain(), face_models()), taken(plain())
    for each in (MeasureId.LINE_DENSITY, MeasureId.TEXTURE_CONTRAST, MeasureId.PORE_AREA, MeasureId.SCAR_AREA):
        assert reason(without, each) is Reason.NO_SCALE
    assert reason(with_card, MeasureId.ROUGHNESS_RA) is Reason.NO_SCALE
    assert {"depth", "volume", "roughness_ra", "fine_lines", "absolute_colour"} <= set(with_card.document()["refused"])


@pytest.mark.parametrize("share", [0.5, 1.5, 2.0])
def test_texture_contrast_follows_the_contrast_of_the_skin(share: float) -> None:
    def relief(factor: float) -> Measurement:
        values = light(plain())
        smooth = cv2.GaussianBlur(values, (0, 0), 12)
        return taken(codes(smooth * (values / smooth) ** factor))

    assert value(relief(share), MeasureId.TEXTURE_CONTRAST) == pytest.approx(
        share * value(relief(1.0), MeasureId.TEXTURE_CONTRAST), rel=0.2
    )


def test_pores_are_counted_and_smeared_ones_are_not() -> None:
    rng = np.random.default_rng(2)
    pictures = [
        dotted(plain(FINE_MM), mm_per_px=FINE_MM, dots=count, radius_mm=0.2, absorbed=(12, 12, 12))[0]
        for count in (0, 1500)
    ]
    grain = rng.normal(0, 2, pictures[0].shape)
    none, many = (taken(np.clip(each + grain, 0, 255).astype(np.uint8), mm=FINE_MM) for each in pictures)
    height, width = (side * FINE_MM / 10 for side in pictures[0].shape[:2])
    counted = value(many, FurtherId.PORE_COUNT) - value(none, FurtherId.PORE_COUNT)
    assert counted == pytest.approx(1500 / (width * (height + 6.2) - 10.4 * 5.8), rel=0.15)
    assert value(many, MeasureId.PORE_AREA) > 10 * value(none, MeasureId.PORE_AREA)
    porous = pictures[1]
    blurred = np.asarray(cv2.GaussianBlur(porous, (0, 0), 6), dtype=np.uint8)
    assert reason(taken(blurred, mm=FINE_MM), MeasureId.PORE_AREA) in {Reason.BLURRED, Reason.TOO_FEW_PIXELS}


@pytest.mark.parametrize(
    ("each", "other", "absorbed"),
    [(MeasureId.RED_PATCH_AREA, MeasureId.DARK_PATCH_AREA, (0, 12, 9)),
     (MeasureId.DARK_PATCH_AREA, MeasureId.RED_PATCH_AREA, (10, 13, 16))],
    ids=["red", "dark"],
)  # fmt: skip
def test_spots_of_each_kind_are_told_apart_and_grow_with_what_was_painted(
    each: MeasureId, other: MeasureId, absorbed: tuple[float, float, float]
) -> None:
    painted = [dotted(plain(), mm_per_px=MM, dots=count, radius_mm=1.5, absorbed=absorbed) for count in (20, 40)]
    found = [taken(plain()), *(taken(rgb) for rgb, _ in painted)]
    shares = np.array([value(one, each) for one in found])
    truth = np.array([0.0, *(where.sum() * MM * MM / AREA_CM2 for _, where in painted)])
    slope = np.polyfit(truth, shares, 1)[0]
    assert np.corrcoef(truth, shares)[0, 1] > 0.99
    assert slope == pytest.approx(1, abs=0.25)
    assert max(value(one, other) for one in found) < value(found[0], other) + 0.2


def test_an_outlined_scar_is_measured_against_its_neighbours() -> None:
    scar = np.zeros(plain().shape[:2], np.uint8)
    cv2.ellipse(scar, (560, 420), (120, 60), 20, 0, 360, 1, -1)
    outline = np.array([[300, 200], [820, 200], [820, 640], [300, 640]], float)
    values = light(plain())
    values[scar > 0, 1] *= 10 ** (-5 / 100)
    answer = measure(carded(codes(values)), face_models(), settings=Settings(outline=outline))
    assert value(answer, MeasureId.SCAR_AREA) == pytest.approx(np.pi * 1.2 * 0.6, rel=0.05)
    assert value(answer, FurtherId.MARK_SHARE) == pytest.approx(100 * scar[200:640, 300:820].mean(), rel=0.05)
    assert value(answer, FurtherId.MARK_REDNESS) == pytest.approx(5, abs=0.5)
    assert value(answer, FurtherId.MARK_TEXTURE) == pytest.approx(1, abs=0.15)
    assert len(answer.outlines) == 1
    corners = np.array(answer.outlines[0])
    assert (corners.min(axis=0) + corners.max(axis=0)) / 2 == pytest.approx((560, 420), abs=14)


def test_stretch_marks_have_length_and_width_between_stickers() -> None:
    corners = np.array([[150, 150], [970, 150], [970, 700], [150, 700]], float)
    values = light(plain())
    marks = np.zeros(plain().shape[:2], np.uint8)
    for left in (350, 500, 650):
        cv2.line(marks, (left, 260), (left + 40, 560), 1, 40)
    values[marks > 0, 1] *= 10 ** (-6 / 100)
    answer = measure(with_stickers(codes(values), corners, mm_per_px=MM), face_models())
    assert answer.quality.scale_mm_per_px == pytest.approx(MM, rel=0.03)
    length = 3 * (np.hypot(40, 300) + 40) * MM
    assert value(answer, FurtherId.MARK_LENGTH) == pytest.approx(length, rel=0.12)
    assert value(answer, FurtherId.MARK_WIDTH) == pytest.approx(4.0, rel=0.12)
    assert value(answer, FurtherId.MARK_REDNESS) == pytest.approx(6, abs=0.7)


def test_a_card_makes_redness_the_same_under_another_white() -> None:
    warm = codes(light(carded(plain())) * np.array([1.0, 0.85, 0.6]))
    one, two = taken(plain()), measure(warm, face_models())
    for each in (MeasureId.ERYTHEMA_INDEX, MeasureId.MELANIN_INDEX, MeasureId.ITA):
        assert value(two, each) == pytest.approx(value(one, each), abs=0.6)


def test_ridges_rank_as_frangis_do_on_skin() -> None:
    plane = np.log2(light(lined(plain(), mm_per_px=MM, lines=8))[::2, ::2, 1]).astype(np.float32)
    ours = ridges(plane).strength
    theirs = frangi(plane, sigmas=(1.2, 2.0, 2.4, 4.0), black_ridges=True)  # type: ignore[no-untyped-call]  # scikit-image has no types
    assert spearmanr(ours.ravel(), theirs.ravel()).statistic > 0.8
