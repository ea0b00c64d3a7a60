"""The guide: nothing is off against the same photograph, and each thing that is off is told with its size."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
import pytest

from needlepoint.actions.networks import face_models
from needlepoint.core.imaging.guidance import Advice, Aid, Seen, advised, against_keeping, seen
from needlepoint.core.imaging.measures import Reading, read
from needlepoint.core.imaging.photo import Pixels, Reason
from tests.core.imaging import scenes


@lru_cache(maxsize=1)
def portrait() -> Pixels:
    """The face large in the picture, as a photograph of the clinic has it."""
    return scenes.enlarged(np.ascontiguousarray(scenes.portrait()[20:260, 120:320]), 3.0)


def taken(rgb: Pixels) -> Reading:
    return read(rgb, face_models())


def off(advice: tuple[Advice, ...]) -> dict[Aid, float]:
    return {one.about: one.off for one in advice if not one.ok}


def turned(rgb: Pixels, degrees: float) -> Pixels:
    height, width = rgb.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    return np.asarray(cv2.warpAffine(rgb, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE), dtype=np.uint8)


def against(rgb: Pixels) -> dict[Aid, float]:
    return off(advised(seen(taken(rgb)), before=seen(taken(portrait())), yaw_deg=0.0))


def test_the_same_photograph_again_is_right_in_everything() -> None:
    assert against(portrait()) == {}
    assert against_keeping(taken(portrait()), before=taken(portrait()), yaw_deg=0.0) == ()


def test_a_head_tipped_by_eight_degrees_is_told_as_eight() -> None:
    found = against(turned(portrait(), -8.0))
    assert abs(found[Aid.ROLL]) == pytest.approx(8.0, abs=1.5)
    assert Reason.POSE_OFF in against_keeping(
        taken(turned(portrait(), -8.0)), before=taken(portrait()), yaw_deg=0.0
    )  # fmt: skip


def test_three_degrees_are_within_what_is_allowed() -> None:
    assert Aid.ROLL not in against(turned(portrait(), 3.0))


def test_a_nearer_face_is_told_by_how_much() -> None:
    height, width = portrait().shape[:2]
    near = scenes.enlarged(np.ascontiguousarray(portrait()[60 : height - 60, 50 : width - 50]), 1.2)
    assert against(near)[Aid.DISTANCE] == pytest.approx(1.2 * height / near.shape[0] - 1, abs=0.05)


def test_a_dark_and_a_blurred_frame_are_told() -> None:
    assert against(scenes.relit(portrait(), 0.15, 0.15, 0.15))[Aid.LIGHT] < 0
    blurred = np.asarray(cv2.GaussianBlur(portrait(), (0, 0), 12), dtype=np.uint8)
    assert Aid.SHARPNESS in against(blurred)
    assert Reason.BLURRED in against_keeping(taken(blurred), before=taken(portrait()), yaw_deg=0.0)


def test_another_lamp_is_a_reason_to_take_it_again() -> None:
    warm = scenes.relit(portrait(), 1.0, 0.8, 0.6)
    assert Reason.CONDITIONS_DIFFER in against_keeping(taken(warm), before=taken(portrait()), yaw_deg=0.0)


def test_a_view_of_a_face_without_a_face_is_told_and_a_body_area_is_not_asked_for_one() -> None:
    skin = taken(scenes.body_patch())
    assert Aid.FACE in off(advised(seen(skin), before=None, yaw_deg=0.0))
    assert Reason.REGION_NOT_FOUND in against_keeping(skin, before=None, yaw_deg=0.0)
    body = advised(seen(skin), before=None, yaw_deg=None)
    assert {one.about for one in body} == {Aid.LIGHT, Aid.SHARPNESS}


@pytest.mark.parametrize(("angle", "known", "ok"), [(7.0, True, False), (4.0, True, True), (7.0, False, True)])
def test_the_pose_is_held_more_closely_to_a_photograph_than_to_a_view(angle: float, known: bool, ok: bool) -> None:
    def face(yaw: float) -> Seen:
        return Seen(pose=(yaw, 0.0, 0.0), size=0.5, middle=(0.5, 0.5), exposure=0.5, sharpness=0.5, side=0.0)

    found = advised(face(angle), before=face(0.0) if known else None, yaw_deg=0.0)
    assert next(one.ok for one in found if one.about is Aid.YAW) is ok
