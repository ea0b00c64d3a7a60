"""Covering eyes and boxes leaves nothing of what was there."""

from __future__ import annotations

import numpy as np

from needlepoint.actions.networks import face_models
from needlepoint.core.imaging.deidentified import Box, covered
from needlepoint.core.imaging.face import find_face
from tests.core.imaging import scenes


def test_the_eyes_of_a_face_are_covered_and_the_cheeks_are_not() -> None:
    rgb = scenes.portrait()
    mesh = find_face(rgb, face_models())
    assert mesh is not None
    picture = covered(rgb, face=mesh, boxes=())
    for point in (33, 133, 159, 145, 263, 362, 386, 374, 105, 334):
        x, y = np.round(mesh[point, :2]).astype(int)
        assert tuple(picture[y, x]) == (110, 110, 110)
    x, y = np.round(mesh[50, :2]).astype(int)
    assert np.array_equal(picture[y, x], rgb[y, x])
    assert np.array_equal(rgb, scenes.portrait()), "the picture given stays as it was"


def test_a_box_is_filled_out_to_whole_pixels_and_may_reach_over_the_edge() -> None:
    rgb = scenes.body_patch()
    picture = covered(rgb, face=None, boxes=[Box(left=0.1001, top=0.2, width=0.2, height=0.1),
                                             Box(left=0.9, top=0.9, width=0.5, height=0.5)])  # fmt: skip
    height, width = rgb.shape[:2]
    inside = picture[int(0.2 * height) : int(0.3 * height), int(0.1001 * width) : int(0.3001 * width) + 1]
    assert (inside == 110).all()
    assert (picture[int(0.9 * height) :, int(0.9 * width) :] == 110).all()
    assert np.array_equal(picture[: int(0.2 * height)], rgb[: int(0.2 * height)])
