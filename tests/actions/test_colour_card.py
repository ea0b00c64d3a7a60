"""The sheet is drawn from the numbers by which the card is found, and its ruler is measured once printed."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
import pytest
import typst
from django.urls import reverse
from PIL import Image
from pypdf import PdfReader

from needlepoint.actions import colour_card
from needlepoint.actions.access import NotPermitted
from needlepoint.actions.networks import face_models
from needlepoint.core.imaging.card import COLOURS, GREYS, HEIGHT_MM, WIDTH_MM, find_references
from needlepoint.core.imaging.measures import Settings, read
from needlepoint.records.models import AuditEvent, CardCalibration, Role
from tests import people
from tests.core.imaging import scenes
from tests.core.imaging.cards import drawn_card, laid

pytestmark = pytest.mark.django_db

PX_PER_MM = 8.0


def printed() -> np.ndarray[Any, np.dtype[np.uint8]]:
    """The sheet as a printer at this resolution would put it on paper."""
    png = typst.compile(
        colour_card.template(), format="png", ppi=25.4 * PX_PER_MM, ignore_system_fonts=True,
        sys_inputs={"card": json.dumps(colour_card.drawing("Clinic of the tests"))},
    )  # fmt: skip
    return np.array(Image.open(io.BytesIO(png)).convert("RGB"))


def test_the_printed_card_is_found_with_its_size_and_its_colours() -> None:
    found = find_references(printed()).card
    assert found is not None
    assert found.mm_per_px == pytest.approx(1 / PX_PER_MM, rel=0.002)
    sides = np.linalg.norm(found.outline - np.roll(found.outline, -1, axis=0), axis=1) / PX_PER_MM
    assert sides == pytest.approx([WIDTH_MM, HEIGHT_MM, WIDTH_MM, HEIGHT_MM], abs=0.1)
    code = np.array(GREYS + COLOURS) / 255
    expected = np.where(code <= 0.04045, code / 12.92, ((code + 0.055) / 1.055) ** 2.4)
    assert np.nan_to_num(found.seen, nan=-1) == pytest.approx(expected, abs=0.01)


def test_the_sheet_is_one_page_of_a4() -> None:
    people.make_clinic(name="Clinic <of> #the tests")
    reader = PdfReader(io.BytesIO(colour_card.sheet(at=people.NOW)))
    (page,) = reader.pages
    assert [round(float(side) * 25.4 / 72) for side in page.mediabox[2:]] == [210, 297]
    text = page.extract_text()
    assert "Print this page at 100 %" in text
    assert "Clinic <of> #the tests" in text


def test_the_ruler_is_measured_and_the_measurement_recorded() -> None:
    assert colour_card.print_factor() == 1.0
    colour_card.calibrate(measured_mm=98.5, printer="laser", by=people.actor(), at=people.NOW)
    assert colour_card.print_factor() == pytest.approx(0.985)
    assert AuditEvent.objects.get(act="calibrate_card").detail["measured_mm"] == 98.5
    colour_card.calibrate(measured_mm=100, printer="", by=people.actor(), at=people.NOW)
    assert colour_card.print_factor() == 1.0, "the newest counts"


def test_lengths_in_photographs_are_corrected_by_what_the_ruler_measured() -> None:
    photo = laid(scenes.body_patch(), drawn_card(), at=(280, 210), mm_per_px=0.3)
    as_drawn, shrunk = (
        read(photo, face_models(), settings=Settings(printed=printed)).measurement.quality.scale_mm_per_px
        for printed in (1.0, 0.97)
    )
    assert as_drawn == pytest.approx(0.3, rel=0.02)
    assert shrunk == pytest.approx(0.97 * (as_drawn or 0))


@pytest.mark.parametrize("measured", ["", "ten", "9.85", "985", "nan", "-100", "inf"])
def test_what_cannot_be_the_ruler_is_refused_and_stays_in_its_field(measured: str) -> None:
    answer = people.sign_in().post(reverse("clinic:card_calibration"), {"measured": measured})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "100 mm are drawn, and 80 to 120 mm are taken" in text
    assert f'value="{measured}"' in text
    assert not CardCalibration.objects.exists()


def test_a_comma_is_a_decimal_point_and_the_page_says_who_measured() -> None:
    client = people.sign_in()
    answer = client.post(reverse("clinic:card_calibration"), {"measured": "99,2", "printer": "laser"}, follow=True)
    assert "99.2 mm for 100 mm" in answer.content.decode()
    assert "Tess Therapist" in client.get(reverse("clinic:card_calibration")).content.decode()


def test_a_director_prints_but_does_not_calibrate() -> None:
    assert people.sign_in(Role.DIRECTOR).get(reverse("clinic:card_sheet")).status_code == 200
    with pytest.raises(NotPermitted):
        colour_card.calibrate(measured_mm=99, printer="", by=people.actor(Role.DIRECTOR), at=people.NOW)
