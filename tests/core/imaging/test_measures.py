from __future__ import annotations

import json

import cv2
import numpy as np
import pytest
import skimage.data

from needlepoint.actions.networks import face_models
from needlepoint.core.imaging.face import find_face
from needlepoint.core.imaging.measures import measure, read
from needlepoint.core.imaging.photo import WHOLE, Measure, MeasureId, Measurement, Pixels, Reason
from needlepoint.core.imaging.regions import FACE_AREAS, filled
from tests.core.imaging.scenes import body_patch, enlarged, light, portrait, reddened, relit


def value(measurement: Measurement, each: MeasureId, region: str) -> Measure:
    return next(measure for measure in measurement.measures if (measure.id, measure.region) == (each, region))


@pytest.fixture(scope="module")
def astronaut() -> Measurement:
    return measure(portrait(), face_models())


def test_the_portrait_is_usable_and_its_face_looks_straight_ahead(astronaut: Measurement) -> None:
    quality = astronaut.quality
    assert quality.usable
    assert quality.reasons == ()
    assert quality.face_found
    assert (quality.width_px, quality.height_px) == (512, 512)
    assert abs(quality.yaw_deg or 99) < 5
    assert abs(quality.roll_deg or 99) < 6


def test_every_region_is_answered_in_order_with_whole_last(astronaut: Measurement) -> None:
    expected = [(region, each.value) for region in (*FACE_AREAS, WHOLE) for each in MeasureId]
    assert [(measure["region"], measure["id"]) for measure in astronaut.document()["measures"]] == expected


@pytest.mark.parametrize(
    "rgb",
    [portrait(), relit(portrait(), 4, 4, 4), relit(portrait(), 0.03, 0.03, 0.03), portrait()[:, :225], body_patch(),
     np.zeros((64, 80, 3), np.uint8), np.full((80, 64, 3), 255, np.uint8),
     np.repeat(portrait().mean(axis=2, keepdims=True).astype(np.uint8), 3, axis=2)],
    ids=["portrait", "bright", "dark", "half a face", "body", "black", "white", "grey"],
)  # fmt: skip
def test_the_rules_of_the_contract_hold_for_any_picture(rgb: Pixels) -> None:
    answer = measure(np.ascontiguousarray(rgb), face_models())
    json.dumps(answer.document(), allow_nan=False)
    assert answer.quality.usable == (not answer.quality.reasons)
    assert 0 <= answer.quality.sharpness <= 1
    assert 0 <= answer.quality.exposure <= 1
    for each in answer.measures:
        assert (each.value is None) == (each.error is None)
        assert each.comparable == (each.reason is None)
        assert not each.comparable or (each.value is not None and each.error is not None and each.error > 0)
        assert answer.quality.usable or not each.comparable


def test_the_mean_over_the_cheeks_is_that_of_their_pixels(astronaut: Measurement) -> None:
    mesh = find_face(portrait(), face_models())
    assert mesh is not None
    inside = filled(FACE_AREAS["cheeks"], mesh[:, :2], (512, 512))
    red, green, _ = light(portrait())[inside].mean(axis=0)
    by_hand = 100 * np.log10(red / green)
    # By hand nothing is taken out: hair beside and gloss on the cheeks shift it a little.
    assert value(astronaut, MeasureId.ERYTHEMA_INDEX, "cheeks").value == pytest.approx(by_hand, abs=0.8)


@pytest.mark.parametrize("by", [-4.0, 3.0, 8.0])
def test_painted_redness_is_read_where_it_was_painted_and_nowhere_else(astronaut: Measurement, by: float) -> None:
    mesh = find_face(portrait(), face_models())
    assert mesh is not None
    painted = cv2.dilate(filled(FACE_AREAS["nose"], mesh[:, :2], (512, 512)).astype(np.uint8), np.ones((3, 3))) > 0
    after = measure(reddened(portrait(), painted, by=by), face_models())
    risen = {
        region: (value(after, MeasureId.ERYTHEMA_INDEX, region).value or 0)
        - (value(astronaut, MeasureId.ERYTHEMA_INDEX, region).value or 0)
        for region in ("nose", "cheeks", "chin_jaw")
    }
    assert risen["nose"] == pytest.approx(by, abs=0.6)
    assert abs(risen["cheeks"]) < 0.4
    assert abs(risen["chin_jaw"]) < 0.4


def test_hair_over_the_forehead_is_not_read_as_forehead() -> None:
    reading = read(enlarged(portrait(), 2), face_models())
    assert reading.mesh is not None
    fringe = reading.crop.place(reading.mesh)[[10, 109, 338]]
    fit = reading.samples["forehead"].fit
    for x, y in np.round(fringe).astype(int):
        assert not fit[max(y, 0) : y + 4, x - 2 : x + 3].any()


@pytest.mark.parametrize(
    ("gain", "reason"), [(5.0, Reason.TOO_BRIGHT), (0.03, Reason.TOO_DARK)], ids=["bright", "dark"]
)
def test_wrong_exposure_is_named(gain: float, reason: Reason) -> None:
    quality = measure(relit(portrait(), gain, gain, gain), face_models()).quality
    assert reason in quality.reasons


def test_exposure_rises_with_light_and_is_near_the_middle_for_a_good_photo(astronaut: Measurement) -> None:
    shares = [measure(relit(portrait(), g, g, g), face_models()).quality.exposure for g in (0.05, 0.2, 0.5)]
    assert shares == sorted(shares)
    assert shares[-1] < astronaut.quality.exposure
    assert 0.4 < astronaut.quality.exposure < 0.65


def test_sharpness_falls_with_blur_until_the_photo_is_unusable(astronaut: Measurement) -> None:
    blurred = [
        measure(np.asarray(cv2.GaussianBlur(portrait(), (0, 0), spread), dtype=np.uint8), face_models()).quality
        for spread in (1, 2, 4)
    ]
    shares = [astronaut.quality.sharpness, *(quality.sharpness for quality in blurred)]
    assert shares == sorted(shares, reverse=True)
    assert blurred[-1].reasons == (Reason.BLURRED,)


def test_a_body_photo_is_measured_as_a_whole() -> None:
    answer = measure(body_patch(), face_models())
    assert not answer.quality.face_found
    assert {each.region for each in answer.measures} == {WHOLE}
    index = value(answer, MeasureId.ERYTHEMA_INDEX, WHOLE)
    red, green, _ = light(body_patch()).reshape(-1, 3).mean(axis=0)
    assert index.value == pytest.approx(100 * np.log10(red / green), abs=0.3)
    assert index.comparable


@pytest.mark.parametrize(
    "rgb",
    [np.full((90, 120, 3), (40, 90, 200), np.uint8),
     np.random.default_rng(3).integers(0, 255, (200, 200, 3), np.uint8)],
    ids=["blue wall", "noise"],
)  # fmt: skip
def test_a_picture_without_skin_is_answered_as_unusable(rgb: Pixels) -> None:
    answer = measure(rgb, face_models())
    assert not answer.quality.usable
    assert Reason.REGION_NOT_FOUND in answer.quality.reasons
    assert all(each.value is None and each.reason is Reason.REGION_NOT_FOUND for each in answer.measures)


def test_a_covered_lower_face_is_said_to_be_covered() -> None:
    mesh = find_face(portrait(), face_models())
    assert mesh is not None
    masked = portrait().copy()
    cv2.fillPoly(
        masked, [np.round(mesh[[93, 50, 5, 280, 323, 397, 378, 152, 149, 172], :2]).astype(np.int32)], (90, 140, 170)
    )
    answer = measure(masked, face_models())
    for region in ("upper_lip", "chin_jaw"):
        assert not value(answer, MeasureId.ERYTHEMA_INDEX, region).comparable
    assert value(answer, MeasureId.ERYTHEMA_INDEX, "glabella").value is not None


def test_progress_rises_to_one() -> None:
    seen: list[float] = []
    measure(portrait(), face_models(), progress=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 1.0


def test_the_same_photo_gives_the_same_numbers_to_the_last_bit(astronaut: Measurement) -> None:
    assert measure(portrait().copy(), face_models()) == astronaut


@pytest.mark.parametrize("name", ["chelsea", "coffee", "immunohistochemistry", "retina", "brick", "rocket"])
def test_what_is_no_skin_is_no_skin_even_in_its_colours(name: str) -> None:
    picture = np.atleast_3d(getattr(skimage.data, name)())
    rgb = np.ascontiguousarray(np.broadcast_to(picture, (*picture.shape[:2], 3)) if picture.shape[2] == 1 else picture)
    answer = measure(rgb[..., :3], face_models())
    assert not answer.quality.usable
    assert not [each for each in answer.measures if each.comparable]


@pytest.mark.parametrize("kind", ["wood", "sand"])
def test_wood_and_sand_are_no_skin(kind: str) -> None:
    rng = np.random.default_rng(0)
    if kind == "wood":
        grain = 4 * cv2.GaussianBlur(rng.normal(size=(400, 600)), (0, 0), sigmaX=40, sigmaY=1)[..., None]
        rgb = np.array([150, 105, 70]) * (1 + 0.25 * grain)
    else:
        rgb = np.array([190, 150, 115]) + rng.normal(0, 22, (400, 500, 1))
    assert not measure(np.clip(rgb, 0, 255).astype(np.uint8), face_models()).quality.usable
