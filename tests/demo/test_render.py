"""A rendered photograph is reproducible, says the truth about itself, and shows a face."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from needlepoint.actions.networks import face_models
from needlepoint.core.imaging.face import find_face
from needlepoint.demo.camera import Camera
from needlepoint.demo.lamp import Lamp, white
from needlepoint.demo.marks import HAIR, PIT, marks
from needlepoint.demo.mesh import base_mesh
from needlepoint.demo.render import Photograph, photograph
from needlepoint.demo.skin import (
    REDDENED_AREAS,
    Skin,
    UnknownArea,
    UnknownFitzpatrick,
    erythema_index,
    reflectance,
)
from needlepoint.demo.subject import Covering, Subject, View, cut_out_of, figure

SMALL = Camera(width_px=360, height_px=480, oversampling=1.0)
CLEAR = replace(SMALL, noise=0.0, blur_px=0.0)
ANA = Subject(seed=7)


def take(
    skin: Skin, *, subject: Subject = ANA, camera: Camera = SMALL, lamp: Lamp | None = None, seed: int = 1,
    view: View = View.FACE,
) -> Photograph:  # fmt: skip
    return photograph(subject, skin, camera=camera, lamp=lamp or Lamp(), rng=np.random.default_rng(seed), view=view)


def linear(rgb: NDArray[np.uint8]) -> NDArray[np.float64]:
    code = rgb / 255
    return np.where(code <= 0.04045, code / 12.92, ((code + 0.055) / 1.055) ** 2.4)


def middle_of(photo: Photograph, area: str) -> NDArray[np.bool_]:
    """Give the skin where an area's redness is painted in full, seen from the front."""
    x, y, half_width, half_height = REDDENED_AREAS[area]
    at = photo.truth.canonical
    inside = np.hypot((np.abs(at[..., 0]) - x) / half_width, (at[..., 1] - y) / half_height) < 0.8
    return np.asarray(inside & (at[..., 2] > 0.8) & photo.truth.skin)


def test_the_same_arguments_give_the_same_bits() -> None:
    skin = Skin(fitzpatrick=3, redness={"cheeks": 4}, pits=0.5, wrinkles=0.4, spots=0.3, lesions=0.3)
    one, two = take(skin), take(skin)
    assert np.array_equal(one.rgb, two.rgb)
    assert np.array_equal(one.truth.reflectance, two.truth.reflectance)


def test_another_seed_of_the_camera_changes_the_noise_and_nothing_else() -> None:
    one, two = take(Skin(fitzpatrick=3)), take(Skin(fitzpatrick=3), seed=2)
    assert not np.array_equal(one.rgb, two.rgb)
    assert np.array_equal(one.truth.reflectance, two.truth.reflectance)
    assert np.abs(one.rgb.astype(int) - two.rgb).mean() < 2


def test_another_seed_of_the_subject_is_another_face() -> None:
    one, two = (figure(Subject(seed=seed), View.FACE, yaw_deg=0).vertices for seed in (1, 2))
    assert 0.01 < np.linalg.norm(one - two, axis=1).mean() < 0.5


@pytest.mark.parametrize("melanin", [0.0, 0.3, 0.8])
def test_one_unit_of_blood_is_one_point_of_the_erythema_index(melanin: float) -> None:
    less, more = (reflectance(np.array(melanin), np.array(blood)) for blood in (11.0, 18.5))
    assert erythema_index(more) - erythema_index(less) == pytest.approx(7.5)


@pytest.mark.parametrize("fitzpatrick", range(1, 7))
def test_painted_redness_is_in_the_truth_where_it_was_painted_and_nowhere_else(fitzpatrick: int) -> None:
    pale = take(Skin(fitzpatrick=fitzpatrick))
    red = take(Skin(fitzpatrick=fitzpatrick, redness={"cheeks": 6.0}))
    assert np.array_equal(pale.truth.skin, red.truth.skin)
    cheeks = middle_of(pale, "cheeks")
    assert red.truth.erythema_index(cheeks) - pale.truth.erythema_index(cheeks) == pytest.approx(6.0, abs=0.4)
    far = pale.truth.skin & (pale.truth.canonical[..., 1] > 7.5)
    assert np.array_equal(red.truth.reflectance[far], pale.truth.reflectance[far])


@pytest.mark.parametrize("area", sorted(REDDENED_AREAS))
def test_every_area_reddens_at_its_own_place(area: str) -> None:
    pale, red = take(Skin(fitzpatrick=2)), take(Skin(fitzpatrick=2, redness={area: 5.0}))
    inside = middle_of(pale, area)
    assert inside.sum() > 50
    assert red.truth.erythema_index(inside) - pale.truth.erythema_index(inside) == pytest.approx(5.0, abs=0.6)


@pytest.mark.parametrize("fitzpatrick", [1, 4, 6])
def test_the_camera_sees_the_erythema_that_was_painted(fitzpatrick: int) -> None:
    lamp = Lamp(gloss=0.0)
    pale = take(Skin(fitzpatrick=fitzpatrick), camera=CLEAR, lamp=lamp)
    red = take(Skin(fitzpatrick=fitzpatrick, redness={"cheeks": 6.0}), camera=CLEAR, lamp=lamp)
    cheeks = middle_of(pale, "cheeks")
    seen = [float(erythema_index(linear(photo.rgb)[cheeks].mean(axis=0))) for photo in (pale, red)]
    painted = [photo.truth.erythema_index(cheeks) for photo in (pale, red)]
    assert seen == pytest.approx(painted, abs=0.6)
    assert seen[1] - seen[0] == pytest.approx(painted[1] - painted[0], abs=0.25)


def test_darker_types_give_back_less_light() -> None:
    skins = [take(Skin(fitzpatrick=fitzpatrick)).truth for fitzpatrick in range(1, 7)]
    green = [float(truth.reflectance[truth.skin][:, 1].mean()) for truth in skins]
    assert green == sorted(green, reverse=True)
    assert green[0] > 5 * green[-1]


@pytest.mark.parametrize("yaw", [-45, 0, 45])
@pytest.mark.parametrize("fitzpatrick", range(1, 7))
def test_the_face_is_found(fitzpatrick: int, yaw: float) -> None:
    subject = Subject(
        seed=fitzpatrick, masculine=fitzpatrick % 2, age_years=25 + 8 * fitzpatrick,
        covering=Covering.BAND if fitzpatrick % 3 else Covering.CROPPED_HAIR,
    )  # fmt: skip
    photo = take(Skin(fitzpatrick=fitzpatrick, wrinkles=0.5), subject=subject, camera=replace(SMALL, yaw_deg=yaw))
    mesh = find_face(photo.rgb, face_models())
    assert mesh is not None
    # Above and below the lips, and on the cheek that is turned to the camera, the mesh lies where the body has them.
    cheek = (280, (0.5, 6.95)) if yaw <= 0 else (50, (-0.5, 6.95))
    for point, place in ((0, (0.0, 6.70)), (17, (0.0, 6.51)), cheek):
        column, row = np.rint(mesh[point, :2]).astype(int)
        assert photo.truth.canonical[row, column, :2] == pytest.approx(place, abs=0.1)


@pytest.mark.parametrize("view", list(View))
def test_the_truth_is_whole(view: View) -> None:
    photo = take(Skin(fitzpatrick=5, pits=1, wrinkles=1, spots=1, lesions=1, striae=1), view=view)
    truth = photo.truth
    for values in (truth.reflectance, truth.canonical, truth.normals, truth.depth_mm):
        assert np.isfinite(values).all()
    assert truth.skin.mean() > 0.12
    shown = truth.reflectance[truth.skin]
    assert ((shown > 0) & (shown < 1)).all()
    assert (truth.reflectance[~truth.skin] == 0).all()
    assert np.allclose(np.linalg.norm(truth.normals[truth.skin], axis=1), 1, atol=1e-3)
    # Smoothed normals may look away at an outline, and only there.
    assert (truth.normals[truth.skin][:, 2] > 0).mean() > 0.99
    assert np.abs(truth.depth_mm[truth.skin] - SMALL.distance_mm).max() < 300


def test_wall_and_drape_are_grey() -> None:
    photo = take(Skin(fitzpatrick=2), camera=CLEAR)
    wall = photo.rgb[:40, :40].reshape(-1, 3)
    drape = photo.rgb[-20:, 150:210].reshape(-1, 3)
    for part in (wall, drape):
        assert np.ptp(part.astype(int), axis=1).max() <= 1
        assert 60 < part.mean() < 200


def test_hair_lips_and_cloth_do_not_count_as_skin() -> None:
    truth = take(Skin(fitzpatrick=2)).truth
    x, y = np.abs(truth.canonical[..., 0]), truth.canonical[..., 1]
    body = truth.depth_mm > 0
    lips = body & (x < 0.15) & (y > 6.53) & (y < 6.58) & (truth.canonical[..., 2] > 1.2)
    brows = body & (x > 0.2) & (x < 0.35) & (np.abs(y - 7.49) < 0.01) & (truth.canonical[..., 2] > 1.0)
    for covered in (lips, brows, body & (y > 8.2), body & (y < 5.0)):
        assert covered.sum() > 5
        assert truth.skin[covered].mean() < 0.35


def test_fewer_pits_are_some_of_the_same_pits_and_shallower() -> None:
    many, few = (marks(ANA, Skin(fitzpatrick=2, pits=share), View.FACE).strokes for share in (0.9, 0.4))
    many, few = (strokes[strokes[:, 10] == PIT] for strokes in (many, few))
    assert 0 < len(few) < len(many)
    places = {tuple(place): depth for place, depth in zip(many[:, :3], many[:, 11], strict=True)}
    for place, depth in zip(few[:, :3], few[:, 11], strict=True):
        assert depth < places[tuple(place)]


def test_pits_do_not_move_the_brows() -> None:
    one, two = (marks(ANA, Skin(fitzpatrick=2, pits=share), View.FACE).strokes for share in (0.0, 0.8))
    assert np.array_equal(one[one[:, 10] == HAIR], two[two[:, 10] == HAIR])


def test_stretch_marks_redden_the_abdomen() -> None:
    bare, marked = (take(Skin(fitzpatrick=2, striae=share), view=View.ABDOMEN).truth for share in (0.0, 1.0))
    both = bare.skin & marked.skin
    change = erythema_index(marked.reflectance[both]) - erythema_index(bare.reflectance[both])
    assert 0.01 < (change > 3).mean() < 0.3
    assert np.median(np.abs(change)) < 0.2


@pytest.mark.parametrize("fitzpatrick", [0, 7])
def test_a_skin_type_that_does_not_exist_is_refused(fitzpatrick: int) -> None:
    with pytest.raises(UnknownFitzpatrick):
        Skin(fitzpatrick=fitzpatrick)


def test_an_area_that_cannot_redden_is_refused() -> None:
    with pytest.raises(UnknownArea, match="knee"):
        Skin(fitzpatrick=2, redness={"knee": 1})


@pytest.mark.parametrize("view", list(View))
def test_subdivision_keeps_the_body_in_its_place(view: View) -> None:
    cut = cut_out_of(view)
    weights = np.asarray(cut.weights.sum(axis=1)).ravel()
    assert np.allclose(weights, 1)
    fine = cut.weights @ base_mesh().template
    assert view.value[0] <= fine[:, 1].min()
    assert fine[:, 1].max() <= view.value[1]


@pytest.mark.parametrize(("kelvin", "warm"), [(4500, 1), (6504, 0), (9000, -1)])
def test_a_warmer_lamp_has_more_red_than_blue(kelvin: float, warm: int) -> None:
    red, green, blue = white(kelvin)
    assert green == 1
    assert np.sign(round(red - blue, 2)) == warm


def test_a_lamp_the_camera_is_not_set_for_tints_the_wall() -> None:
    photo = take(Skin(fitzpatrick=2), camera=CLEAR, lamp=Lamp(kelvin=4500))
    red, _, blue = photo.rgb[:40, :40].reshape(-1, 3).mean(axis=0)
    assert red > blue + 10
