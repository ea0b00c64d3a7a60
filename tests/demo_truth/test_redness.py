"""What is measured in rendered patients, held against what was painted on them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest

from needlepoint.actions.networks import face_models
from needlepoint.core.imaging.comparison import compare
from needlepoint.core.imaging.face import find_face
from needlepoint.core.imaging.measures import measure
from needlepoint.core.imaging.photo import WHOLE, Change, MeasureId, Reason
from needlepoint.core.imaging.pose import head_pose
from needlepoint.core.imaging.regions import FACE_AREAS, bare_of_hair_and_lips, filled
from needlepoint.demo.camera import Camera
from needlepoint.demo.lamp import Lamp
from needlepoint.demo.render import Photograph, photograph
from needlepoint.demo.skin import Skin
from needlepoint.demo.subject import Covering, Subject, View

SMALL = Camera(width_px=480, height_px=640, oversampling=1.0)
AREAS = ("forehead", "cheeks", "nose", "chin_jaw", "glabella")
pytestmark = pytest.mark.slow


@dataclass(frozen=True, kw_only=True)
class Recovery:
    """One area of one patient: what was painted, and what was said of it."""

    fitzpatrick: int
    area: str
    truth: float
    found: Change

    @property
    def in_sign(self) -> bool:
        return self.found.change is not None and bool(np.sign(self.found.change) == np.sign(self.truth))

    @property
    def within_error(self) -> bool:
        limit = self.found.smallest_detectable_change
        return self.found.change is not None and limit is not None and abs(self.found.change - self.truth) <= limit


def taken(
    subject: Subject, skin: Skin, *, camera: Camera = SMALL, lamp: Lamp | None = None, seed: int = 0
) -> Photograph:
    return photograph(subject, skin, camera=camera, lamp=lamp or Lamp(), rng=np.random.default_rng(seed))


def retake_camera(rng: np.random.Generator) -> Camera:
    """Give the camera of the next visit: the same corner and lamp, nothing quite where it was."""
    return replace(
        SMALL, yaw_deg=rng.normal(0, 2), pitch_deg=rng.normal(0, 1.5), roll_deg=rng.normal(0, 2),
        shift_mm=(rng.normal(0, 5), rng.normal(0, 5)), exposure=1 + rng.normal(0, 0.03),
        balance_kelvin=5500 + rng.normal(0, 60),
    )  # fmt: skip


def painted_index(photo: Photograph, area: str) -> float:
    """Give the erythema index painted in an area, outlined as the product outlines it."""
    mesh = find_face(photo.rgb, face_models())
    assert mesh is not None
    shape = (photo.rgb.shape[0], photo.rgb.shape[1])
    inside = filled(FACE_AREAS[area], mesh[:, :2], shape) & bare_of_hair_and_lips(mesh[:, :2], shape)
    return photo.truth.erythema_index(inside)


def recovered(number: int) -> Recovery:
    rng = np.random.default_rng(1000 + number)
    fitzpatrick, area = number % 6 + 1, AREAS[number % len(AREAS)]
    subject = Subject(
        seed=number, masculine=float(rng.random()), age_years=float(rng.uniform(25, 70)),
        ancestry=tuple(rng.dirichlet((1, 1, 1))), covering=list(Covering)[number % 2],
    )  # fmt: skip
    points = float(rng.uniform(3, 8))
    before, after = (0.0, points) if rng.random() < 0.5 else (points, 0.0)
    skins = [
        Skin(fitzpatrick=fitzpatrick, redness={area: redness}, wrinkles=0.3, spots=0.3) for redness in (before, after)
    ]
    first = taken(subject, skins[0], seed=2 * number)
    second = taken(subject, skins[1], camera=retake_camera(rng), seed=2 * number + 1)
    changes = compare(first.rgb, second.rgb, face_models()).changes
    found = next(each for each in changes if (each.id, each.region) == (MeasureId.ERYTHEMA_INDEX, area))
    truth = painted_index(second, area) - painted_index(first, area)
    return Recovery(fitzpatrick=fitzpatrick, area=area, truth=truth, found=found)


def test_painted_redness_is_recovered_in_sign_and_within_error_on_18_of_20_renders_of_all_skin_types() -> None:
    cases = [recovered(number) for number in range(20)]
    assert {case.fitzpatrick for case in cases} == set(range(1, 7))
    assert {case.area for case in cases} == set(AREAS)
    assert all(abs(case.truth) > 1 for case in cases)
    missed = [case for case in cases if not (case.in_sign and case.within_error)]
    assert len(missed) <= 2, missed


@pytest.mark.parametrize("fitzpatrick", range(1, 7))
def test_all_face_areas_of_every_skin_type_are_read_near_what_was_painted(fitzpatrick: int) -> None:
    photo = taken(Subject(seed=40 + fitzpatrick), Skin(fitzpatrick=fitzpatrick), seed=fitzpatrick)
    answer = measure(photo.rgb, face_models())
    assert answer.quality.usable
    indices = {each.region: each for each in answer.measures if each.id is MeasureId.ERYTHEMA_INDEX}
    for area in ("forehead", "cheeks", "nose"):
        found = indices[area]
        assert found.comparable
        assert found.value is not None
        assert found.error is not None
        # Gloss adds white light, and the more the darker the skin: the reading may fall short, never overshoot.
        assert -2.5 * found.error < found.value - painted_index(photo, area) < 0.6


def test_ita_falls_from_each_skin_type_to_the_next() -> None:
    angles = []
    for fitzpatrick in range(1, 7):
        answer = measure(taken(Subject(seed=50), Skin(fitzpatrick=fitzpatrick)).rgb, face_models())
        angles.append(next(each.value for each in answer.measures if (each.id, each.region) == (MeasureId.ITA, WHOLE)))
    assert all(angle is not None for angle in angles)
    assert angles == sorted(angles, key=lambda angle: -(angle or 0))


@pytest.mark.parametrize(("yaw", "pitch", "roll"), [(0, 0, 0), (20, 0, 0), (-20, 0, 5), (0, 10, -8), (35, 0, 0)])
def test_the_pose_is_found_as_the_camera_stood(yaw: float, pitch: float, roll: float) -> None:
    camera = replace(SMALL, yaw_deg=yaw, pitch_deg=pitch, roll_deg=roll)
    straight, turned = (
        find_face(taken(Subject(seed=61), Skin(fitzpatrick=3), camera=each).rgb, face_models())
        for each in (SMALL, camera)
    )
    assert straight is not None
    assert turned is not None
    base, pose = head_pose(straight), head_pose(turned)
    assert pose.yaw_deg - base.yaw_deg == pytest.approx(yaw, abs=4)
    assert pose.pitch_deg - base.pitch_deg == pytest.approx(pitch, abs=6)
    assert pose.roll_deg - base.roll_deg == pytest.approx(roll, abs=3)
    assert abs(base.pitch_deg) < 8


@pytest.mark.parametrize(
    ("camera", "lamp", "reason"),
    [(replace(SMALL, yaw_deg=15), Lamp(), Reason.POSE_OFF), (SMALL, Lamp(kelvin=4000), Reason.CONDITIONS_DIFFER),
     (replace(SMALL, exposure=0.6), Lamp(), Reason.CONDITIONS_DIFFER),
     (SMALL, Lamp(key_azimuth_deg=-70, fill=0.2), Reason.CONDITIONS_DIFFER)],
    ids=["turned", "warmer lamp", "darker", "lamp from the side"],
)  # fmt: skip
def test_what_another_pose_or_lamp_does_is_not_called_a_change_of_the_skin(
    camera: Camera, lamp: Lamp, reason: Reason
) -> None:
    subject, skin = Subject(seed=62), Skin(fitzpatrick=2)
    first, second = taken(subject, skin), taken(subject, skin, camera=camera, lamp=lamp, seed=1)
    answer = compare(first.rgb, second.rgb, face_models())
    assert not [each for each in answer.changes if each.beyond_error]
    lightness = next(each for each in answer.changes if (each.id, each.region) == (MeasureId.ITA, "forehead"))
    assert lightness.reason is reason


def test_two_people_are_not_laid_over_each_other() -> None:
    first, second = (taken(Subject(seed=seed), Skin(fitzpatrick=3), seed=seed) for seed in (63, 64))
    answer = compare(first.rgb, second.rgb, face_models())
    assert answer.registration.residual_px is None
    assert {each.reason for each in answer.changes} == {Reason.NOT_REGISTERED}


@pytest.mark.parametrize("view", [View.ABDOMEN, View.THIGH])
def test_a_body_view_is_measured_as_a_whole_and_compared(view: View) -> None:
    subject, skin = Subject(seed=65), Skin(fitzpatrick=3, striae=0.8)
    first, second = (
        photograph(subject, skin, camera=camera, lamp=Lamp(), rng=np.random.default_rng(seed), view=view)
        for seed, camera in enumerate((SMALL, replace(SMALL, yaw_deg=2, shift_mm=(6, -5))))
    )
    answer = compare(first.rgb, second.rgb, face_models())
    assert not answer.before.face_found
    assert answer.registration.residual_px is not None
    assert answer.registration.residual_px < 2
    assert {each.region for each in answer.changes} == {WHOLE}
    assert not [each for each in answer.changes if each.beyond_error]
    index = next(each for each in answer.changes if each.id is MeasureId.ERYTHEMA_INDEX)
    assert index.comparable
    assert index.before == pytest.approx(first.truth.erythema_index(first.truth.skin), abs=1.5)
