from __future__ import annotations

import json

import cv2
import numpy as np
import pytest

from needlepoint.actions.networks import face_models
from needlepoint.core.imaging.comparison import compare
from needlepoint.core.imaging.face import find_face
from needlepoint.core.imaging.measures import measure
from needlepoint.core.imaging.photo import WHOLE, Change, Comparison, Mask, MeasureId, Pixels, Reason
from needlepoint.core.imaging.regions import FACE_AREAS, filled, oval
from tests.core.imaging.scenes import body_patch, portrait, reddened, relit, retaken

EYE_RIGHT = (33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7)
EYE_LEFT = (263, 466, 388, 387, 386, 385, 384, 398, 362, 382, 381, 380, 374, 373, 390, 249)


def change(comparison: Comparison, each: MeasureId, region: str) -> Change:
    return next(change for change in comparison.changes if (change.id, change.region) == (each, region))


def cheeks() -> Mask:
    mesh = find_face(portrait(), face_models())
    assert mesh is not None
    inside = filled(FACE_AREAS["cheeks"], mesh[:, :2], (512, 512)).astype(np.uint8)
    return np.asarray(cv2.dilate(inside, np.ones((3, 3), np.uint8)) > 0)


@pytest.mark.parametrize("rgb", [portrait(), body_patch()], ids=["face", "body"])
def test_a_photo_compared_with_itself_has_changed_nowhere(rgb: Pixels) -> None:
    answer = compare(rgb, rgb.copy(), face_models())
    assert answer.registration.residual_px == 0
    assert answer.registration.overlap == 1
    comparable = [each for each in answer.changes if each.comparable]
    assert comparable
    assert all(each.change == 0 and each.beyond_error is False for each in comparable)


def test_before_and_after_are_the_measures_of_each_photo() -> None:
    after, _ = retaken(portrait(), seed=1)
    answer = compare(portrait(), after, face_models())
    one, two = measure(portrait(), face_models()), measure(after, face_models())
    assert (answer.before, answer.after) == (one.quality, two.quality)
    assert [(each.region, each.id) for each in answer.changes] == [(each.region, each.id) for each in one.measures]
    for each, first, second in zip(answer.changes, one.measures, two.measures, strict=True):
        assert (each.before, each.after) == (first.value, second.value)


@pytest.mark.parametrize("by", [-6.0, -4.0, 4.0, 7.0])
def test_painted_redness_is_recovered_in_sign_and_size_from_a_retake(by: float) -> None:
    after, _ = retaken(reddened(portrait(), cheeks(), by=by), turn_deg=3, seed=int(by) + 9)
    answer = compare(portrait(), after, face_models())
    found = change(answer, MeasureId.ERYTHEMA_INDEX, "cheeks")
    assert found.comparable
    assert found.beyond_error
    assert found.change is not None
    assert found.smallest_detectable_change is not None
    assert np.sign(found.change) == np.sign(by)
    assert abs(found.change - by) < 0.6 < found.smallest_detectable_change
    for region in ("forehead", "nose", "chin_jaw"):
        assert not change(answer, MeasureId.ERYTHEMA_INDEX, region).beyond_error


@pytest.mark.parametrize("seed", range(4))
def test_a_retake_of_the_same_skin_shows_no_change(seed: int) -> None:
    after, _ = retaken(relit(portrait(), 1.02, 1.03, 1.01), turn_deg=seed - 2, zoom=1 - 0.02 * seed, seed=seed)
    answer = compare(portrait(), after, face_models())
    assert sum(each.comparable for each in answer.changes) > 15
    assert not [(each.region, each.id) for each in answer.changes if each.beyond_error]


@pytest.mark.parametrize(
    "gain",
    [(1.25, 1.0, 0.85), (0.8, 1.0, 1.2), (1.0, 1.0, 1.4), (1.4, 1.4, 1.4), (0.6, 0.6, 0.6)],
    ids=["warmer", "colder", "bluer", "brighter", "darker"],
)
def test_another_light_is_told_from_a_change_of_the_skin(gain: tuple[float, float, float]) -> None:
    after, _ = retaken(relit(portrait(), *gain), seed=3)
    answer = compare(portrait(), after, face_models())
    assert not [each for each in answer.changes if each.beyond_error]
    for each in (MeasureId.ITA, MeasureId.MELANIN_INDEX):
        assert change(answer, each, "cheeks").reason is Reason.CONDITIONS_DIFFER


def test_a_slightly_warmer_lamp_forbids_only_what_it_could_explain() -> None:
    answer = compare(portrait(), relit(portrait(), 1.06, 1.0, 1.0), face_models())
    assert change(answer, MeasureId.ERYTHEMA_INDEX, "cheeks").reason is Reason.CONDITIONS_DIFFER
    assert change(answer, MeasureId.ITA, "cheeks").comparable


def test_where_nothing_but_the_face_is_seen_a_tint_of_all_of_it_is_not_called_redness() -> None:
    face = find_face(portrait(), face_models())
    assert face is not None
    alone = np.where(oval(face[:, :2], (512, 512))[..., None], portrait(), 0).astype(np.uint8)
    eyes = filled((EYE_RIGHT, EYE_LEFT), face[:, :2], (512, 512))
    alone[cv2.dilate(eyes.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0] = 0
    answer = compare(alone, relit(alone, 1.0, 0.8, 0.76), face_models())
    assert not [each for each in answer.changes if each.beyond_error and each.id is MeasureId.ERYTHEMA_INDEX]
    assert change(answer, MeasureId.ERYTHEMA_INDEX, "cheeks").reason is Reason.NO_COLOUR_REFERENCE
    assert change(answer, MeasureId.ITA, "cheeks").reason is Reason.NO_COLOUR_REFERENCE


def test_faces_turned_differently_are_not_compared() -> None:
    # Squeezing one half of the face makes the network see a turned head.
    rows, columns = np.mgrid[0:512, 0:512].astype(np.float32)
    squeezed = columns + 26 * np.tanh((columns - 226) / 26) ** 2 * np.exp(-(((columns - 226) / 60) ** 2))
    after = np.asarray(cv2.remap(portrait(), squeezed.astype(np.float32), rows, cv2.INTER_CUBIC), dtype=np.uint8)
    answer = compare(portrait(), after, face_models())
    assert answer.before.yaw_deg is not None
    assert answer.after.yaw_deg is not None
    assert abs(answer.after.yaw_deg - answer.before.yaw_deg) > 8
    assert {each.reason for each in answer.changes} == {Reason.POSE_OFF}


def test_an_unusable_photo_makes_nothing_comparable_and_says_why() -> None:
    blurred = np.asarray(cv2.GaussianBlur(portrait(), (0, 0), 5), dtype=np.uint8)
    answer = compare(portrait(), blurred, face_models())
    assert {each.reason for each in answer.changes} == {Reason.BLURRED}
    assert all(each.change is None and each.beyond_error is None for each in answer.changes)


@pytest.mark.parametrize(
    ("before", "after"),
    [(portrait(), body_patch()), (body_patch(), portrait()), (body_patch(seed=1), body_patch(seed=2))],
    ids=["face then body", "body then face", "two bodies"],
)
def test_photos_of_different_things_are_not_registered(before: Pixels, after: Pixels) -> None:
    answer = compare(before, after, face_models())
    assert answer.registration.residual_px is None
    assert answer.registration.overlap == 0
    assert {each.reason for each in answer.changes} == {Reason.NOT_REGISTERED}
    assert answer.changes[-1].region == WHOLE


def test_redness_painted_on_a_body_patch_is_recovered() -> None:
    patch = body_patch()
    everywhere = np.ones(patch.shape[:2], np.bool_)
    after, _ = retaken(reddened(patch, everywhere, by=5), turn_deg=4, seed=2)
    found = change(compare(patch, after, face_models()), MeasureId.ERYTHEMA_INDEX, WHOLE)
    assert found.beyond_error
    assert found.change == pytest.approx(5, abs=0.5)


@pytest.mark.parametrize(
    ("before", "after"),
    [(portrait(), portrait()), (portrait(), retaken(portrait(), seed=1)[0]), (body_patch(), portrait())],
    ids=["same", "retake", "other"],
)
def test_the_rules_of_the_contract_hold_for_changes(before: Pixels, after: Pixels) -> None:
    answer = compare(before, after, face_models())
    json.dumps(answer.document(), allow_nan=False)
    assert 0 <= answer.registration.overlap <= 1
    for each in answer.changes:
        assert each.comparable == (each.reason is None)
        nothing = (each.change is None, each.smallest_detectable_change is None, each.beyond_error is None)
        assert set(nothing) == {not each.comparable}
        if each.change is not None and each.smallest_detectable_change is not None:
            assert each.before is not None
            assert each.after is not None
            assert each.change == each.after - each.before
            assert each.beyond_error == (abs(each.change) > each.smallest_detectable_change)


def test_the_answer_is_the_same_every_time() -> None:
    after, _ = retaken(portrait(), seed=8)
    assert compare(portrait(), after, face_models()) == compare(portrait(), after.copy(), face_models())
