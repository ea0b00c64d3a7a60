"""The pictures of what passes leave on the skin."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from django.urls import reverse

from needlepoint.knowledge.planning import facts_on
from needlepoint.records.models import Role
from needlepoint.web.puncture_picture import SHOWN, TooDense, picture
from tests.people import NOW, make_clinic, sign_in

FACTS = facts_on(NOW.date())


def drawn(device: str, passes: int, directions: int, depth: str = "") -> ElementTree.Element:
    make_clinic()
    address = reverse("clinic:puncture_picture", args=[device, passes, directions])
    answer = sign_in(Role.THERAPIST).get(address, {"depth": depth} if depth else {})
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/svg+xml"
    return ElementTree.fromstring(answer.content)


def dots(svg: ElementTree.Element) -> int:
    return sum(path.get("d", "").count("h0") for path in svg)


@pytest.mark.django_db
def test_the_picture_holds_as_many_dots_as_were_counted_and_more_with_more_passes() -> None:
    few, many = drawn("dermaroller_192_1_5", 2, 2), drawn("dermaroller_192_1_5", 8, 4)
    counted = picture("dermaroller_192_1_5", depth_mm=1.5, passes=8, directions=4, facts=FACTS).survey.punctures
    assert dots(many) == counted
    assert 0 < dots(few) < dots(many)
    assert many.get("viewBox") == "0 0 10 10"


@pytest.mark.django_db
def test_the_needle_length_of_an_unnamed_roller_changes_the_picture_and_that_of_a_pen_does_not() -> None:
    assert dots(drawn("generic_roller", 8, 4, "0.2")) > dots(drawn("generic_roller", 8, 4, "3"))
    assert dots(drawn("exceed", 2, 2, "0.5")) == dots(drawn("exceed", 2, 2, "1.5"))


@pytest.mark.django_db
@pytest.mark.parametrize("where", ["rf_needling/2/2.svg", "no_such_pen/2/2.svg", "exceed/2/3.svg", "exceed/0/2.svg",
                                   "exceed/41/2.svg", "skinpen_precision/40/4.svg"])  # fmt: skip
def test_what_cannot_be_drawn_is_not_found(where: str) -> None:
    make_clinic()
    assert sign_in(Role.THERAPIST).get(f"/clinic/punctures/{where}").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("device", ["dermaroller_192_0_5", "skinpen_precision", "generic_stamp", "generic_roller"])
def test_the_page_shows_every_picture_with_its_count_and_says_what_is_assumed(device: str) -> None:
    make_clinic()
    answer = sign_in(Role.THERAPIST).get(reverse("clinic:punctures"), {"device": device})
    shown = answer.content.decode()
    for passes, directions in SHOWN:
        assert f"{passes} passes, {directions} directions" in shown
        assert reverse("clinic:puncture_picture", args=[device, passes, directions]) in shown
    assert "is assumed and not measured" in shown
    assert ("taken from a stand-in" in shown) is device.startswith("generic")
    assert reverse("clinic:card", args=["puncture_hole"]) in shown


@pytest.mark.django_db
@pytest.mark.parametrize("depth", ["deep", "0", "-1", "7", "nan"])
def test_a_needle_length_that_is_none_is_refused_in_words(depth: str) -> None:
    make_clinic()
    answer = sign_in(Role.THERAPIST).get(reverse("clinic:punctures"), {"device": "generic_roller", "depth": depth})
    assert answer.status_code == 200
    assert "A depth " in answer.content.decode()


@pytest.mark.parametrize("device", sorted(id_ for id_, known in FACTS.devices.items() if known.planned))
def test_every_device_has_its_picture(device: str) -> None:
    made = picture(
        device, depth_mm=FACTS.devices[device].device.fixed_depth_mm or 1.0, passes=2, directions=2, facts=FACTS
    )
    assert made.survey.punctures > 0
    assert made.survey.per_cm2 == pytest.approx(made.nominal_per_cm2, rel=0.5), "one tile scatters about the formula"


def test_what_could_not_be_told_apart_is_not_drawn() -> None:
    with pytest.raises(TooDense):
        picture("skinpen_precision", depth_mm=1, passes=30, directions=4, facts=FACTS)
