from __future__ import annotations

import cv2
import numpy as np
import pytest

from needlepoint.actions.networks import face_models
from needlepoint.core.imaging.face import find_face
from needlepoint.core.imaging.levels import Levels
from needlepoint.core.imaging.photo import Pixels
from needlepoint.core.imaging.regions import oval
from needlepoint.core.imaging.registration import Laid, View, lay_over
from tests.core.imaging.scenes import body_patch, enlarged, portrait, relit, retaken


def view(rgb: Pixels) -> View:
    return View(levels=Levels(rgb), mesh=find_face(rgb, face_models()))


def errors_px(
    laid: Laid, before: View, truth: np.ndarray[tuple[int, ...], np.dtype[np.float32]]
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Give how far off each agreed pixel is, in pixels of BEFORE, by the map that made AFTER."""
    height, width = laid.agreed.shape
    grid = np.stack(np.meshgrid(np.arange(width), np.arange(height)), axis=-1)
    here = (grid + 0.5) * laid.step + laid.corner - 0.5
    back = cv2.remap(truth, laid.places[..., 0], laid.places[..., 1], cv2.INTER_LINEAR)
    judged = laid.agreed
    if before.mesh is not None:
        judged = judged & oval((before.mesh[:, :2] + 0.5 - laid.corner) / laid.step - 0.5, (height, width))
    return np.asarray(np.linalg.norm(back - here, axis=-1)[judged], dtype=np.float64)


@pytest.mark.parametrize(
    "change",
    [{"seed": 1}, {"seed": 2, "turn_deg": 10.0, "zoom": 0.85},
     {"seed": 3, "turn_deg": -6.0, "zoom": 1.1, "bend_px": 1.5}, {"seed": 4, "noise": 5.0}],
    ids=["usual", "turned and smaller", "bent", "noisy"],
)  # fmt: skip
def test_a_face_taken_again_is_laid_over_to_a_third_of_a_pixel(change: dict[str, float]) -> None:
    after, truth = retaken(portrait(), **change)  # type: ignore[arg-type]  # the table holds numbers of both kinds
    before = view(portrait())
    laid = lay_over(before, view(after))
    assert laid is not None
    off = errors_px(laid, before, truth)
    assert np.median(off) < 0.33
    assert np.percentile(off, 90) < 0.7


def test_the_stated_residual_is_about_the_true_one() -> None:
    large = enlarged(portrait(), 3)
    after, truth = retaken(large, bend_px=3, shift=(15, -9), seed=5)
    before = view(large)
    laid = lay_over(before, view(after))
    assert laid is not None
    true = float(np.sqrt(np.mean(errors_px(laid, before, truth) ** 2)))
    assert 0.4 * true < laid.residual_px < 2.5 * true


def test_light_does_not_disturb_laying_over() -> None:
    after, truth = retaken(relit(portrait(), 0.6, 0.5, 0.45), seed=6)
    before = view(portrait())
    laid = lay_over(before, view(after))
    assert laid is not None
    assert np.median(errors_px(laid, before, truth)) < 0.4


def test_a_body_patch_without_a_face_is_laid_over() -> None:
    patch = body_patch()
    after, truth = retaken(patch, turn_deg=5, zoom=1.05, seed=7)
    laid = lay_over(view(patch), view(after))
    assert laid is not None
    assert np.median(errors_px(laid, view(patch), truth)) < 0.3


@pytest.mark.parametrize(
    ("before", "after"),
    [(portrait(), body_patch()), (body_patch(), portrait()), (body_patch(seed=1), body_patch(seed=2)),
     (body_patch(), np.full((420, 560, 3), (200, 150, 120), np.uint8)),
     (portrait(), np.ascontiguousarray(portrait()[:, ::-1]))],
    ids=["face and body", "body and face", "two bodies", "even skin", "mirrored"],
)  # fmt: skip
def test_pictures_of_different_things_are_not_laid_over(before: Pixels, after: Pixels) -> None:
    assert lay_over(view(before), view(after)) is None
