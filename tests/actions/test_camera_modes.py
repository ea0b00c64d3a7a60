"""What a camera did by itself is told from the file, and what the file does not say is not made up."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from needlepoint.actions.camera_modes import Mode, modes
from tests import pictures


def file(*, software: str = "", description: str = "", rendered: int | None = None, scene: int | None = None,
         xmp: bytes | None = None, kind: str = "JPEG") -> bytes:  # fmt: skip
    image = pictures.scene()
    exif = Image.Exif()
    if software:
        exif[0x0131] = software
    if description:
        exif[0x010E] = description
    details = exif.get_ifd(0x8769)
    if rendered is not None:
        details[0xA401] = rendered
    if scene is not None:
        details[0xA406] = scene
    out = io.BytesIO()
    image.save(out, kind, exif=exif, **({"xmp": xmp} if xmp else {}))
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (file(), ()),
        (file(software="BeautyPlus 7.1"), (Mode.BEAUTY,)),
        (file(description="ptfbty"), (Mode.BEAUTY, Mode.PORTRAIT)),
        (file(rendered=3), (Mode.HDR,)),
        (file(rendered=7), (Mode.HDR, Mode.PORTRAIT)),
        (file(rendered=8), (Mode.PORTRAIT,)),
        (file(scene=3), (Mode.NIGHT,)),
        (file(scene=0), ()),
        (file(xmp=b"<x hdrgm:Version='1.0'/>"), (Mode.HDR,)),
        (file(xmp=b"<x GCamera:SpecialTypeID='com.google.x.SpecialType-NIGHT'/>"), (Mode.NIGHT,)),
        (file(software="Facetune", kind="PNG"), (Mode.BEAUTY,)),
        (file(rendered=3, kind="WEBP"), (Mode.HDR,)),
        (b"", ()),
        (b"\xff\xd8\xff", ()),
    ],
)
def test_modes_are_read_from_the_file(data: bytes, expected: tuple[Mode, ...]) -> None:
    assert modes(data) == expected


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "HEIF", "WEBP", "TIFF"])
def test_an_ordinary_photograph_of_any_kind_is_flagged_as_nothing(kind: str) -> None:
    assert modes(pictures.file(kind)) == ()
