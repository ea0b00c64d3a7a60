"""The card and the stickers are found where they lie, and tell length and light."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from needlepoint.core.imaging.card import (
    HEIGHT_MM,
    MARKER_MM,
    MARKERS,
    PATCH_MM,
    STICKERS,
    WIDTH_MM,
    find_references,
    marker_cells,
    patches,
)
from needlepoint.core.imaging.correction import AS_DRAWN, UNCORRECTED, CardValues, Corrected, correction
from tests.core.imaging.cards import drawn_card, laid, with_stickers
from tests.core.imaging.scenes import body_patch, enlarged, light, portrait

SKIN = enlarged(body_patch(), 2)  # 1120 x 840 pixels


def scene(**how: object) -> np.ndarray:
    return laid(SKIN, drawn_card(), **({"at": (540, 410), "mm_per_px": 0.15} | how))  # type: ignore[arg-type]  # of the tables below


def test_nothing_on_the_card_overlaps_and_all_of_it_is_on_the_card() -> None:
    boxes = [(left, top, MARKER_MM, MARKER_MM) for left, top in MARKERS.values()]
    boxes += [(patch.left_mm, patch.top_mm, *PATCH_MM) for patch in patches()]
    for number, (left, top, width, height) in enumerate(boxes):
        assert left >= 3.9
        assert top >= 3.9
        assert left + width <= WIDTH_MM - 3.9
        assert top + height <= HEIGHT_MM - 3.9
        for other in boxes[number + 1 :]:
            apart = (left + width <= other[0], other[0] + other[2] <= left,
                     top + height <= other[1], other[1] + other[3] <= top)  # fmt: skip
            assert any(apart)


def test_every_marker_has_a_black_rim_and_differs_from_every_other() -> None:
    cells = [marker_cells(number) for number in (*MARKERS, *STICKERS)]
    for one in cells:
        assert one.shape == (6, 6)
        assert one[0].all() and one[-1].all() and one[:, 0].all() and one[:, -1].all()  # noqa: PT018 - the four sides are one rim
    assert len({one.tobytes() for one in cells}) == len(cells)


@pytest.mark.parametrize(
    ("how", "tolerance"),
    [({}, 0.005), ({"turn_deg": 33}, 0.005), ({"turn_deg": 180}, 0.005), ({"mm_per_px": 0.3}, 0.01),
     ({"mm_per_px": 0.11}, 0.005), ({"lean": 0.9, "turn_deg": 20}, 0.01)],
    ids=["straight", "turned", "upside down", "small", "large", "leaning"],
)  # fmt: skip
def test_the_length_of_a_pixel_is_told_to_one_percent(how: dict[str, float], tolerance: float) -> None:
    card = find_references(scene(**how)).card
    assert card is not None
    assert card.mm_per_px == pytest.approx(how.get("mm_per_px", 0.15), rel=tolerance)


def test_blur_noise_and_jpeg_leave_the_card_findable() -> None:
    rng = np.random.default_rng(1)
    blurred = cv2.GaussianBlur(scene(), (0, 0), 1.5) + rng.normal(0, 3, SKIN.shape)
    _, stored = cv2.imencode(".jpg", np.clip(blurred, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 70])
    card = find_references(np.asarray(cv2.imdecode(stored, cv2.IMREAD_COLOR), np.uint8)).card
    assert card is not None
    assert card.mm_per_px == pytest.approx(0.15, rel=0.01)


def test_a_card_that_leans_far_tells_no_length_but_still_colour() -> None:
    card = find_references(scene(lean=0.7)).card
    assert card is not None
    assert card.mm_per_px is None
    assert correction(card).by is Corrected.GREY


@pytest.mark.parametrize("gain", [(1, 1, 1), (0.8, 0.7, 0.5), (0.5, 0.55, 0.8)], ids=["white", "warm", "cool"])
def test_the_greys_undo_brightness_and_colour_of_the_lamp(gain: tuple[float, float, float]) -> None:
    found = correction(find_references(scene(gain=gain)).card)
    assert found.by is Corrected.GREY
    assert found.gain == pytest.approx(1 / np.array(gain), rel=0.02)


def test_a_calibrated_card_undoes_a_camera_that_mixes_colours() -> None:
    mixing = np.array([[0.9, 0.12, -0.02], [0.05, 0.85, 0.1], [0.02, 0.1, 0.88]])
    card = find_references(scene()).card
    assert card is not None
    object.__setattr__(card, "seen", card.seen @ mixing.T)  # what that camera would have seen
    values = CardValues(fields=AS_DRAWN.fields, calibrated=True)
    by_colours, by_greys = correction(card, values), correction(card)
    skin = light(np.array([[[190, 140, 118]]], np.uint8))[0, 0]
    off = [np.abs(np.log(each.matrix @ (mixing @ skin) / skin)).max() for each in (by_colours, by_greys)]
    assert by_colours.by is Corrected.CARD
    assert off[0] < 0.02
    assert off[0] < off[1] / 2


def test_a_clipped_or_unevenly_lit_card_puts_nothing_right() -> None:
    assert correction(None) is UNCORRECTED
    shaded = scene().astype(np.float64)
    shaded[:, 300:] *= np.linspace(1, 0.25, SKIN.shape[1] - 300)[None, :, None]
    assert correction(find_references(shaded.astype(np.uint8)).card) is UNCORRECTED
    bright = np.clip(scene().astype(int) * 3, 0, 255).astype(np.uint8)
    card = find_references(bright).card
    assert card is None or correction(card) is UNCORRECTED


def test_bent_tones_are_noticed() -> None:
    card = find_references(scene()).card
    assert card is not None
    flat = card.seen.copy()
    flat[:6] = 0.4 + 0.01 * np.arange(6)[::-1, None]
    object.__setattr__(card, "seen", flat)
    assert correction(card) is UNCORRECTED


def test_stickers_mark_a_patch_and_its_scale() -> None:
    corners = np.array([[200, 160], [860, 200], [830, 660], [230, 630]], float)
    found = find_references(with_stickers(SKIN, corners, mm_per_px=0.15)).stickers
    assert found is not None
    assert found.outline == pytest.approx(corners, abs=1)
    assert found.mm_per_px == pytest.approx(0.15, rel=0.025)


@pytest.mark.parametrize("picture", [SKIN, portrait(), np.zeros((64, 64, 3), np.uint8)], ids=["skin", "face", "black"])
def test_where_there_is_none_none_is_found(picture: np.ndarray) -> None:
    found = find_references(picture)
    assert (found.card, found.stickers, found.mm_per_px) == (None, None, None)


def test_noise_holds_no_card() -> None:
    for seed in range(5):
        found = find_references(np.random.default_rng(seed).integers(0, 255, (600, 800, 3), np.uint8))
        assert found.card is None
