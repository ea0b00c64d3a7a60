"""Photographs leave the house as DICOM, or without identity and only with the patient's consent to that."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from django.urls import reverse
from PIL import Image
from skimage import data as pictures_of_skimage

from needlepoint.actions import photographs
from needlepoint.records.models import AuditEvent, Photograph, Role
from tests import people, pictures

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_vault(tmp_path: Path, settings: Any) -> None:
    settings.VAULT = tmp_path / "vault"


def photograph(data: bytes | None = None, *, beyond: bool = True) -> Photograph:
    people.make_clinic()
    course = people.make_course()
    people.make_consent(course, teaching=beyond, marketing=beyond)
    return photographs.add(
        course, data or pictures.file(), view="front", taken_on=people.TODAY, by=people.actor(), at=people.NOW
    )


def portrait() -> bytes:
    astronaut: Any = pictures_of_skimage.astronaut()  # type: ignore[no-untyped-call]  # the package gives no types
    return pictures.file(image=Image.fromarray(astronaut))


@pytest.mark.parametrize(
    ("data", "size"),
    [
        (pictures.file("JPEG"), (320, 240)),
        (pictures.file("JPEG", turned=6), (320, 240)),
        (pictures.file("JPEG", progressive=True), (320, 240)),
        (pictures.file("HEIF"), (320, 240)),
        (pictures.file("PNG"), (320, 240)),
    ],
    ids=["plain", "turned", "progressive", "HEIC", "PNG"],
)
def test_a_photograph_of_any_kind_is_saved_as_dicom_and_the_act_recorded(data: bytes, size: tuple[int, int]) -> None:
    photo = photograph(data)
    answer = people.sign_in().post(reverse("clinic:photo_dicom", args=[photo.ref]))
    assert answer["Content-Type"] == "application/dicom"
    file = pydicom.dcmread(io.BytesIO(answer.content))
    assert (file.Columns, file.Rows) == size
    assert file.pixel_array.shape == (size[1], size[0], 3)
    assert pictures.CAMERA.encode() not in answer.content
    event = AuditEvent.objects.get(act="export_photograph")
    assert (event.patient_id, event.detail["kind"]) == (photo.course.patient_id, "original")


def test_a_copy_without_identity_covers_eyes_and_boxes_and_carries_no_metadata() -> None:
    photo = photograph(portrait())
    client, url = people.sign_in(), reverse("clinic:photo_deidentify", args=[photo.ref])
    assert "Copy without identity" in client.get(url).content.decode()
    sent = {"left-1": "0", "top-1": "80", "width-1": "20", "height-1": "20"}
    answer = client.post(url, sent)
    assert answer["Content-Disposition"] == 'attachment; filename="photograph.jpg"', "not even the name tells"
    copy = pictures.opened(answer.content)
    assert not copy.getexif()
    assert pictures.CAMERA.encode() not in answer.content
    pixels = np.asarray(copy).astype(int)
    assert np.abs(pixels[430:, :90] - 110).max() < 12
    assert (np.abs(pixels[90:160, 180:270] - 110).max(axis=2) < 12).sum() > 500, "a band over the eyes"
    event = AuditEvent.objects.get(act="export_photograph")
    assert (event.detail["kind"], event.detail["eyes"], event.detail["boxes"]) == ("deidentified", True, 1)


def test_without_consent_to_teaching_or_publicity_there_is_no_copy() -> None:
    photo = photograph(portrait(), beyond=False)
    client, url = people.sign_in(), reverse("clinic:photo_deidentify", args=[photo.ref])
    assert "neither to teaching nor to publicity" in client.get(url).content.decode()
    assert client.post(url, {}).status_code == 422
    assert not AuditEvent.objects.filter(act="export_photograph").exists()


def test_a_picture_in_which_no_face_is_found_goes_out_only_when_somebody_says_so() -> None:
    photo = photograph()
    client, url = people.sign_in(), reverse("clinic:photo_deidentify", args=[photo.ref])
    answer = client.post(url, {})
    assert answer.status_code == 422
    assert "No face was found" in answer.content.decode()
    assert client.post(url, {"no_face": "1"})["Content-Type"] == "image/jpeg"


@pytest.mark.parametrize(
    "box", [("a", "1", "1", "1"), ("1", "1", "1", ""), ("1", "1", "0", "1"), ("-1", "1", "1", "1"),
            ("nan", "1", "1", "1"), ("1", "1", "1", "101")],
)  # fmt: skip
def test_a_box_that_is_none_is_named_and_what_was_typed_stays(box: tuple[str, ...]) -> None:
    photo = photograph(portrait())
    sent = {f"{side}-2": text for side, text in zip(("left", "top", "width", "height"), box, strict=True)}
    answer = people.sign_in().post(reverse("clinic:photo_deidentify", args=[photo.ref]), sent)
    assert answer.status_code == 422
    assert "Box 2:" in answer.content.decode()
    assert f'name="top-2" inputmode="decimal" value="{box[1]}"' in " ".join(answer.content.decode().split())


def test_a_director_exports_nothing() -> None:
    photo = photograph()
    assert people.sign_in(Role.DIRECTOR).post(reverse("clinic:photo_dicom", args=[photo.ref])).status_code == 403
