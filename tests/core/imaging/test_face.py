from __future__ import annotations

import cv2
import numpy as np
import pytest

from needlepoint.actions.networks import face_models
from needlepoint.core.imaging.face import find_face
from needlepoint.core.imaging.photo import Pixels
from needlepoint.core.imaging.pose import head_pose
from tests.core.imaging.scenes import body_patch, enlarged, portrait


def test_the_same_pixels_give_the_same_points_to_the_last_bit() -> None:
    first, second = find_face(portrait(), face_models()), find_face(portrait().copy(), face_models())
    assert first is not None
    assert second is not None
    assert first.tobytes() == second.tobytes()


def test_the_points_lie_on_the_astronauts_face() -> None:
    mesh = find_face(portrait(), face_models())
    assert mesh is not None
    # Read off the picture by eye: outer corners of the eyes, tip of the nose, chin.
    for point, place in ((33, (192, 101)), (263, (257, 105)), (1, (223, 129)), (152, (223, 176))):
        assert np.linalg.norm(mesh[point, :2] - place) < 5, point


@pytest.mark.parametrize("factor", [1.5, 2.0, 4.0])
def test_the_size_of_the_picture_hardly_moves_the_points(factor: float) -> None:
    here, there = find_face(portrait(), face_models()), find_face(enlarged(portrait(), factor), face_models())
    assert here is not None
    assert there is not None
    assert np.linalg.norm((there[:, :2] + 0.5) / factor - 0.5 - here[:, :2], axis=1).mean() < 0.15


@pytest.mark.parametrize("degrees", [-20, -8, 8, 20])
def test_the_points_turn_with_the_picture(degrees: float) -> None:
    matrix = cv2.getRotationMatrix2D((225, 120), degrees, 1)
    turned = np.asarray(cv2.warpAffine(portrait(), matrix, (512, 512), flags=cv2.INTER_CUBIC), dtype=np.uint8)
    here, there = find_face(portrait(), face_models()), find_face(turned, face_models())
    assert here is not None
    assert there is not None
    assert np.linalg.norm(here[:, :2] @ matrix[:, :2].T + matrix[:, 2] - there[:, :2], axis=1).mean() < 0.4
    assert head_pose(there).roll_deg - head_pose(here).roll_deg == pytest.approx(-degrees, abs=1)


def test_a_face_small_in_the_picture_is_found_where_it_is() -> None:
    wide = np.full((1000, 1600, 3), 90, np.uint8)
    wide[300:812, 900:1412] = portrait()
    here, there = find_face(portrait(), face_models()), find_face(wide, face_models())
    assert here is not None
    assert there is not None
    assert np.abs(there[:, :2] - (900, 300) - here[:, :2]).mean() < 0.5


@pytest.mark.parametrize(
    "rgb",
    [np.random.default_rng(0).integers(0, 255, (300, 400, 3), np.uint8), np.zeros((64, 64, 3), np.uint8), body_patch()],
    ids=["noise", "black", "body"],
)  # fmt: skip
def test_no_face_is_found_where_there_is_none(rgb: Pixels) -> None:
    assert find_face(rgb, face_models()) is None


def test_yaw_changes_its_sign_in_the_mirror_and_pitch_does_not() -> None:
    here, mirrored = (
        find_face(picture, face_models()) for picture in (portrait(), np.ascontiguousarray(portrait()[:, ::-1]))
    )
    assert here is not None
    assert mirrored is not None
    one, two = head_pose(here), head_pose(mirrored)
    assert one.yaw_deg == pytest.approx(-two.yaw_deg, abs=2)
    assert one.roll_deg == pytest.approx(-two.roll_deg, abs=2)
    assert one.pitch_deg == pytest.approx(two.pitch_deg, abs=3)
