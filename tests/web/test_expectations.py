"""The page on what to expect, and a device's facts on its card."""

from __future__ import annotations

import base64

import pytest
from django.urls import reverse

from needlepoint.knowledge import load
from needlepoint.records.models import Role
from needlepoint.web.clinic.expectations import combined_with, expected_of
from tests.people import NOW, make_clinic, sign_in

pytestmark = pytest.mark.django_db


def page(address: str, **query: str) -> str:
    make_clinic()
    answer = sign_in(Role.THERAPIST).get(address, query)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_the_chart_says_source_and_number_the_drift_and_that_nothing_is_promised_early() -> None:
    (one,) = expected_of("acne_scars", on=NOW.date())
    svg = base64.b64decode(one.picture.partition(",")[2]).decode()
    for words in ("n = 15", "nothing promised", "not needled or compared", "months after the first session"):
        assert words in svg
    shown = page(reverse("clinic:expectations"), use="acne_scars")
    for words in ("Alam 2014", "15 of 20 completed", "2 of 36", "3 of 10", "Nothing is promised before day 28"):
        assert words in shown


@pytest.mark.parametrize("use", ["", *load().vocabulary.indications, "no_such_use"])
def test_every_use_has_its_page_also_where_nothing_was_found(use: str) -> None:
    shown = page(reverse("clinic:expectations"), use=use)
    known = use if use in load().vocabulary.indications else ""
    for one in expected_of(known, on=NOW.date()):
        assert one.card.title in shown
    if use == "keloid_scars":
        assert "No trial with values" in shown
    assert "Exosome" in shown


def test_combinations_are_those_of_the_use() -> None:
    assert "with_minoxidil" in {one.card.id for one in combined_with("hair_loss", on=NOW.date())}
    assert "with_minoxidil" not in {one.card.id for one in combined_with("acne_scars", on=NOW.date())}
    assert combined_with("", on=NOW.date())[0].combination.how == "never"


def test_the_card_of_a_device_shows_what_is_known_how_well_and_what_is_not() -> None:
    shown = page(reverse("clinic:card", args=["device_exceed"]))
    for words in ("depth tolerance mm", "0.15", "K182407", "skin types 1, 2, 3, 4", "Not known:", "depth step mm"):
        assert words in shown
    assert "What is known of it" not in page(reverse("clinic:card", args=["isotretinoin_recent"]))
