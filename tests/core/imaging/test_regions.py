from __future__ import annotations

import tomllib
from importlib.resources import files
from itertools import combinations
from typing import Any

import numpy as np
import pytest

from needlepoint.actions.networks import face_models
from needlepoint.core.imaging.face import Points, find_face
from needlepoint.core.imaging.photo import UNITS, FurtherId, MeasureId, Reason
from needlepoint.core.imaging.regions import FACE_AREAS, bare_of_hair_and_lips, facing, filled, oval
from tests.core.imaging.scenes import enlarged, portrait

SHAPE = (1024, 1024)


@pytest.fixture(scope="module")
def mesh() -> Points:
    found = find_face(enlarged(portrait(), 2), face_models())
    assert found is not None
    return found


def vocabulary() -> dict[str, Any]:
    return tomllib.loads(files("needlepoint.knowledge").joinpath("vocabulary.toml").read_text(encoding="utf-8"))


def test_the_areas_are_the_vocabularys_face_areas_in_its_order() -> None:
    assert list(FACE_AREAS) == [area["id"] for area in vocabulary()["areas"] if area["group"] == "face"]


def test_an_area_has_as_many_outlines_as_sides() -> None:
    sides = {area["id"]: area["sides"] for area in vocabulary()["areas"]}
    assert {area: len(outlines) for area, outlines in FACE_AREAS.items()} == {area: sides[area] for area in FACE_AREAS}


def test_measures_units_and_reasons_are_the_vocabularys() -> None:
    units = {measure["id"]: measure["unit"] for measure in vocabulary()["measures"]}
    assert {each.value: UNITS[each] for each in MeasureId} == units
    assert list(units) == list(MeasureId)
    assert set(UNITS) == {*MeasureId, *FurtherId}
    assert not set(MeasureId) & set(FurtherId)
    assert [reason["id"] for reason in vocabulary()["photo_reasons"]] == [reason.value for reason in Reason]


def test_no_two_areas_share_more_than_an_edge(mesh: Points) -> None:
    masks = {area: filled(outlines, mesh[:, :2], SHAPE) for area, outlines in FACE_AREAS.items()}
    for one, two in combinations(FACE_AREAS, 2):
        shared = (masks[one] & masks[two]).sum()
        assert shared < 0.12 * min(masks[one].sum(), masks[two].sum()), (one, two)


@pytest.mark.parametrize(
    ("upper", "lower"),
    [("forehead", "glabella"), ("glabella", "nose"), ("under_eye", "cheeks"), ("nose", "upper_lip"),
     ("upper_lip", "perioral"), ("perioral", "chin_jaw"), ("temples", "crows_feet"), ("cheeks", "chin_jaw")],
)  # fmt: skip
def test_areas_lie_above_each_other_as_in_a_face(mesh: Points, upper: str, lower: str) -> None:
    heights = [np.nonzero(filled(FACE_AREAS[area], mesh[:, :2], SHAPE))[0].mean() for area in (upper, lower)]
    assert heights[0] < heights[1]


def test_all_areas_lie_within_the_face(mesh: Points) -> None:
    face = oval(mesh[:, :2], SHAPE)
    for area, outlines in FACE_AREAS.items():
        mask = filled(outlines, mesh[:, :2], SHAPE)
        assert (mask & face).sum() > 0.97 * mask.sum(), area


@pytest.mark.parametrize("point", [13, 14, 0, 17, 159, 145, 386, 374, 52, 282], ids=str)
def test_lips_eyes_and_brows_are_left_out(mesh: Points, point: int) -> None:
    bare = bare_of_hair_and_lips(mesh[:, :2], SHAPE)
    x, y = np.round(mesh[point, :2]).astype(int)
    assert not bare[y, x]


def test_both_sides_of_a_frontal_face_look_at_the_camera_and_the_middle_most(mesh: Points) -> None:
    shares = {area: [facing(outline, mesh) for outline in outlines] for area, outlines in FACE_AREAS.items()}
    assert all(share > 0.2 for sides in shares.values() for share in sides)
    assert min(shares["glabella"][0], shares["nose"][0]) > max(shares["temples"])


def test_a_head_turned_by_60_degrees_shows_one_cheek(mesh: Points) -> None:
    angle = np.radians(60)
    turn = np.array([[np.cos(angle), 0, np.sin(angle)], [0, 1, 0], [-np.sin(angle), 0, np.cos(angle)]])
    right, left = (facing(outline, mesh @ turn.T) for outline in FACE_AREAS["cheeks"])
    assert min(right, left) < 0.2 < 0.7 < max(right, left)
