"""Photographs as DICOM: read back by pydicom, passed by dciodvfy where it is installed, coded data bit for bit."""

from __future__ import annotations

import io
import shutil
import subprocess
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pydicom
import pytest
from PIL import Image
from pydicom.encaps import generate_frames

from needlepoint.interop.dicom import jpeg
from needlepoint.interop.dicom.photograph import CannotBeWrapped, Person, Shot, wrapped
from tests import pictures

PERSON = Person(ref=UUID(int=5), family_name="Éxample", given_name="Paula", birth_date=date(1981, 5, 17), sex="female")


def plain(**how: Any) -> bytes:
    out = io.BytesIO()
    pictures.scene().save(out, "JPEG", quality=90, **how)
    return out.getvalue()


def shot(data: bytes, **changes: Any) -> Shot:
    return Shot(
        **{
            "data": data, "width_px": 320, "height_px": 240, "person": PERSON, "course": UUID(int=6),
            "photograph": UUID(int=7), "view": "Front", "taken_on": date(2026, 3, 2),
            "made_at": datetime(2026, 3, 2, 9, 30, tzinfo=UTC), "clinic": "Clinic of the tests", **changes,
        }
    )  # fmt: skip


def opened(data: bytes, **changes: Any) -> pydicom.FileDataset:
    return pydicom.dcmread(io.BytesIO(wrapped(shot(data, **changes))))


def frame(file: pydicom.FileDataset) -> bytes:
    return next(iter(generate_frames(file.PixelData, number_of_frames=1)))


def test_a_jpeg_without_metadata_lies_inside_bit_for_bit() -> None:
    data = plain()
    assert frame(opened(data))[: len(data)] == data
    assert len(frame(opened(data))) - len(data) <= 1, "fragments have an even length"


def test_the_place_is_taken_out_and_the_coded_picture_stays() -> None:
    data = pictures.file("JPEG")
    inside = frame(opened(data))
    assert pictures.CAMERA.encode() in data
    assert pictures.CAMERA.encode() not in inside
    assert b"Exif" not in inside
    assert inside[inside.index(b"\xff\xda") :].rstrip(b"\0") == data[data.index(b"\xff\xda") :]
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(inside))), np.asarray(Image.open(io.BytesIO(data))))


def test_a_second_picture_behind_the_first_and_a_comment_are_left_out() -> None:
    data = plain(comment=b"a note") + plain()
    inside = jpeg.read(data).data
    assert b"a note" not in inside
    assert inside.count(b"\xff\xd8\xff") == 1


def test_pydicom_reads_the_pixels_and_what_is_said_of_them() -> None:
    data = plain()
    file = opened(data)
    assert (file.Modality, file.SOPClassUID.name) == ("XC", "VL Photographic Image Storage")
    assert (str(file.PatientName), file.PatientID, file.PatientSex) == ("Éxample^Paula", str(UUID(int=5)), "F")
    assert file.StudyInstanceUID == f"2.25.{6}"
    assert file.pixel_array.shape == (240, 320, 3)
    assert "Laterality" not in file
    assert float(file.LossyImageCompressionRatio) == pytest.approx(320 * 240 * 3 / len(data), abs=0.01)


@pytest.mark.parametrize(
    ("data", "colours", "syntax"),
    [
        (plain(subsampling=2), "YBR_FULL_422", "1.2.840.10008.1.2.4.50"),
        (plain(subsampling=0), "YBR_FULL", "1.2.840.10008.1.2.4.50"),
    ],
)
def test_the_colours_are_named_as_they_are_coded(data: bytes, colours: str, syntax: str) -> None:
    file = opened(data)
    assert (file.PhotometricInterpretation, file.file_meta.TransferSyntaxUID) == (colours, syntax)


def test_grey_has_one_component() -> None:
    out = io.BytesIO()
    pictures.scene().convert("L").save(out, "JPEG")
    file = opened(out.getvalue())
    assert (file.SamplesPerPixel, file.PhotometricInterpretation) == (1, "MONOCHROME2")


@pytest.mark.parametrize(
    "data", [plain(progressive=True), b"", b"\xff\xd8", plain()[:2000], pictures.file("PNG")],
    ids=["progressive", "nothing", "a start", "half", "a PNG"],
)  # fmt: skip
def test_what_cannot_be_wrapped_is_refused(data: bytes) -> None:
    with pytest.raises(CannotBeWrapped):
        wrapped(shot(data))


def test_without_a_person_nothing_leads_back_to_one() -> None:
    file = opened(plain(), person=None, derivation="Eyes covered")
    assert (file.PatientIdentityRemoved, str(file.PatientName), file.PatientID) == ("YES", "", "")
    assert file.StudyInstanceUID != f"2.25.{6}"
    assert (file.StudyDate, file.InstitutionName) == ("", "")
    assert file.ImageType == ["DERIVED", "PRIMARY"]


@pytest.mark.parametrize("changes", [{}, {"person": None, "derivation": "Eyes covered"}], ids=["named", "nameless"])
def test_the_validator_of_dicom3tools_finds_no_error(tmp_path: Path, changes: dict[str, Any]) -> None:
    file = tmp_path / "photo.dcm"
    file.write_bytes(wrapped(shot(pictures.file("JPEG"), **changes)))
    tool = shutil.which("dciodvfy")
    if tool is None:
        read = pydicom.dcmread(file)
        assert read.SOPClassUID.name == "VL Photographic Image Storage"
        return
    said = subprocess.run([tool, str(file)], capture_output=True, text=True, check=False)
    errors = [line for line in (said.stdout + said.stderr).splitlines() if line.startswith("Error")]
    assert errors == []
