from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms

from tests.cli.photos import saved, stored_turned
from tests.core.imaging.scenes import portrait


def test_a_photo_is_answered_with_the_fields_of_the_contract(call: Any, put: Any) -> None:
    code, out, err = call("measure", put(saved()), "--json")
    assert (code, err) == (0, "")
    answer = json.loads(out)
    assert list(answer) == ["quality", "measures", "further", "outlines", "refused"]
    assert list(answer["quality"]) == [
        "usable", "reasons", "width_px", "height_px", "sharpness", "exposure", "scale_mm_per_px",
        "colour_reference", "face_found", "yaw_deg", "pitch_deg", "roll_deg", "corrected_by",
        "processing",
    ]  # fmt: skip
    for each in answer["measures"]:
        assert list(each) == ["id", "region", "value", "unit", "error", "comparable", "reason"]


def test_without_json_the_same_is_said_in_words(call: Any, put: Any) -> None:
    code, out, err = call("measure", put(saved()))
    assert (code, err) == (0, "")
    assert "cheeks" in out
    assert "not diagnoses" in out
    assert "{" not in out


def test_a_photo_may_come_from_standard_input(call: Any, monkeypatch: pytest.MonkeyPatch, put: Any) -> None:
    expected = call("measure", put(saved()), "--json")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(saved())))
    assert call("measure", "-", "--json") == expected


@pytest.mark.parametrize(
    ("kind", "options"),
    [("PNG", {}), ("TIFF", {}), ("TIFF", {"compression": "tiff_lzw"}), ("WEBP", {"lossless": True}),
     ("WEBP", {"quality": 95}), ("JPEG", {"quality": 97}), ("JPEG", {"quality": 97, "progressive": True})],
)  # fmt: skip
def test_every_format_of_the_contract_gives_the_same_skin(call: Any, put: Any, kind: str, options: Any) -> None:
    assert _cheeks(call, put(saved(kind=kind, **options))) == pytest.approx(_cheeks(call, put(saved())), abs=0.3)


@pytest.mark.parametrize("orientation", range(2, 9))
def test_a_photo_is_read_upright_as_its_tag_says(call: Any, put: Any, orientation: int) -> None:
    upright, turned = (call("measure", put(content), "--json")[1] for content in (saved(), stored_turned(orientation)))
    assert turned == upright


@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_a_jpeg_is_turned_as_a_png_is(call: Any, put: Any, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    rows = np.asarray(Image.open(io.BytesIO(stored_turned(orientation))))
    code, out, _ = call("measure", put(saved(rows, "JPEG", quality=97, exif=exif)), "--json")
    assert code == 0
    assert json.loads(out)["quality"]["face_found"]
    assert abs(json.loads(out)["quality"]["roll_deg"]) < 8


def test_an_embedded_profile_is_obeyed(call: Any, put: Any) -> None:
    plain = _cheeks(call, put(saved()))
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    same = saved(icc_profile=lab.tobytes())
    assert _cheeks(call, put(same)) == plain


@pytest.mark.parametrize("mode", ["RGBA", "P", "CMYK"])
def test_other_kinds_of_pixels_are_read(call: Any, put: Any, mode: str) -> None:
    out = io.BytesIO()
    Image.fromarray(portrait()).convert(mode).save(out, "TIFF" if mode == "CMYK" else "PNG")
    assert _cheeks(call, put(out.getvalue())) == pytest.approx(_cheeks(call, put(saved())), abs=2)


@pytest.mark.parametrize("bits", [8, 16])
def test_a_grey_photo_is_answered_as_showing_no_skin_colour(call: Any, put: Any, bits: int) -> None:
    grey = portrait().mean(axis=2)
    stored = (grey * 257).astype(np.uint16) if bits == 16 else grey.astype(np.uint8)
    code, out, _ = call("measure", put(saved(stored)), "--json")
    answer = json.loads(out)
    assert code == 0
    assert answer["quality"]["face_found"]
    assert answer["quality"]["reasons"] == ["region_not_found"]
    assert all(each["value"] is None for each in answer["measures"])


@pytest.mark.parametrize(
    "content",
    [b"not a picture at all", saved()[:4000], saved(kind="JPEG")[:9000], saved(kind="WEBP")[:4000],
     saved(kind="TIFF")[:4000], saved(kind="GIF"), saved(kind="BMP"), saved(np.zeros((63, 200, 3), np.uint8)),
     saved(np.zeros((64, 20001, 3), np.uint8)), b"\x89PNG\r\n\x1a\n" + b"\0" * 400,
     saved(kind="JPEG")[:20000] + b"\0" * 500 + saved(kind="JPEG")[20500:]],
    ids=["text", "cut PNG", "cut JPEG", "cut WebP", "cut TIFF", "GIF", "BMP", "too small", "too long", "empty PNG",
         "holed JPEG"],
)  # fmt: skip
def test_what_is_no_readable_photo_is_refused_in_one_line(call: Any, put: Any, content: bytes) -> None:
    code, out, err = call("measure", put(content), "--json")
    assert (code, out) == (2, "")
    assert err.startswith("needlepoint: PHOTO: ")
    assert err.count("\n") == 1
    assert len(err) < 240


def test_a_missing_file_and_a_missing_argument_are_named(call: Any, tmp_path: Path) -> None:
    for arguments in (["measure", str(tmp_path / "none.png")], ["measure", str(tmp_path)], ["measure"]):
        code, out, err = call(*arguments, "--json")
        assert (code, out) == (2, "")
        assert err.startswith("needlepoint: PHOTO: ")
        assert err.count("\n") == 1


def test_the_smallest_and_the_longest_picture_are_answered(call: Any, put: Any) -> None:
    for shape in ((64, 64), (64, 20000)):
        code, out, _ = call("measure", put(saved(np.zeros((*shape, 3), np.uint8))), "--json")
        assert code == 0
        assert not json.loads(out)["quality"]["usable"]


def _cheeks(call: Any, path: str) -> float:
    code, out, err = call("measure", path, "--json")
    assert (code, err) == (0, "")
    found = [m for m in json.loads(out)["measures"] if (m["id"], m["region"]) == ("erythema_index", "cheeks")]
    return float(found[0]["value"])
