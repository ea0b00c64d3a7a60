"""The demo patients' files: the right number, the right painting, and a place and time to take out again."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import numpy as np
import pytest
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

from needlepoint.actions.pictures import pixels, served_copy
from needlepoint.demo import photographs
from needlepoint.demo.photographs import course, encoded, person
from needlepoint.demo.render import Photograph
from needlepoint.demo.subject import Covering


@pytest.fixture(scope="module")
def taken() -> list[photographs.Taken]:
    return list(course(5, fitzpatrick=2, visits=2, views=("front",), redness=(6.0, 1.0), pits=(0.8, 0.3)))


def test_a_course_has_one_file_for_each_visit_and_view(taken: list[photographs.Taken]) -> None:
    assert [(each.visit, each.view) for each in taken] == [(0, "front"), (1, "front")]
    assert taken[0].taken_at < taken[1].taken_at
    assert taken[0].skin.redness["cheeks"] > taken[1].skin.redness["cheeks"]
    assert taken[0].skin.pits > taken[1].skin.pits
    for each in taken:
        assert pixels(each.jpeg).shape == (1600, 1200, 3)


def test_a_course_is_the_same_every_time(taken: list[photographs.Taken]) -> None:
    again = next(iter(course(5, fitzpatrick=2, visits=2, views=("front",), redness=(6.0, 1.0), pits=(0.8, 0.3))))
    assert again.jpeg == taken[0].jpeg


def test_a_file_carries_time_and_place_and_says_that_it_is_rendered(taken: list[photographs.Taken]) -> None:
    exif = Image.open(io.BytesIO(taken[0].jpeg)).getexif()
    assert exif.get_ifd(IFD.Exif)[Base.DateTimeOriginal] == f"{taken[0].taken_at:%Y:%m:%d %H:%M:%S}"
    assert exif.get_ifd(IFD.GPSInfo)[GPS.GPSLatitudeRef] == "N"
    assert "Rendered" in exif[Base.ImageDescription]


def test_what_is_served_has_neither() -> None:
    grey = np.full((64, 64, 3), 128, np.uint8)
    photo = Photograph(rgb=grey, truth=None)  # type: ignore[arg-type]  # a file is made of the pixels alone
    served = served_copy(encoded(photo, taken_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)), longest_px=64)
    exif = Image.open(io.BytesIO(served)).getexif()
    assert not exif.get_ifd(IFD.GPSInfo)
    assert Base.DateTimeOriginal not in exif.get_ifd(IFD.Exif)


def test_hair_greys_with_age() -> None:
    young, old = (person(3, fitzpatrick=5, age_years=age).hair for age in (25, 75))
    assert sum(old) > 2 * sum(young)


def test_demo_patients_differ_from_each_other() -> None:
    people = [person(seed, fitzpatrick=3) for seed in range(12)]
    assert len({each.ancestry for each in people}) == len(people)
    assert {each.covering for each in people} == set(Covering)
