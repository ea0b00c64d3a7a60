"""Files that tell how a phone or a program changed the picture, made here tag by tag."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from needlepoint.actions.processing import Processing, processing
from tests.core.imaging.scenes import body_patch


def with_tags(*, software: str | None = None, rendered: int | None = None, scene: int | None = None) -> bytes:
    exif = Image.Exif()
    if software:
        exif[0x0131] = software
    inner = exif.get_ifd(0x8769)
    if rendered is not None:
        inner[0xA401] = rendered
    if scene is not None:
        inner[0xA406] = scene
    out = io.BytesIO()
    Image.fromarray(body_patch()).save(out, "JPEG", exif=exif)
    return out.getvalue()


def with_xmp(text: str) -> bytes:
    out = io.BytesIO()
    xmp = f'<x:xmpmeta xmlns:x="adobe:ns:meta/">{text}</x:xmpmeta>'
    Image.fromarray(body_patch()).save(out, "JPEG", xmp=xmp.encode())
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "told"),
    [(with_tags(), ()), (with_tags(rendered=0, scene=0), ()), (with_tags(rendered=1), ()),
     (with_tags(rendered=2), (Processing.HDR,)), (with_tags(rendered=3), (Processing.HDR,)),
     (with_tags(rendered=8), (Processing.PORTRAIT,)), (with_tags(rendered=7), (Processing.HDR, Processing.PORTRAIT)),
     (with_tags(rendered=6), (Processing.PANORAMA,)), (with_tags(scene=2), (Processing.PORTRAIT,)),
     (with_tags(scene=3), (Processing.NIGHT,)), (with_tags(software="BeautyPlus 7.1"), (Processing.BEAUTY,)),
     (with_tags(software="Adobe Photoshop 25"), (Processing.EDITED,)), (with_tags(software="17.4.1"), ()),
     (with_xmp("com.google.android.apps.camera.gallery.specialtype.SpecialType-PORTRAIT"), (Processing.PORTRAIT,)),
     (with_xmp('xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/"'), (Processing.HDR,)),
     (with_xmp('xmp:CreatorTool="Meitu 9"'), (Processing.BEAUTY,)),
     (with_tags() + b"DualShot_Meta_Info" + b"\0" * 40, (Processing.PORTRAIT,)), (b"", ()), (b"\xff\xd8\xff\xe1", ())],
)  # fmt: skip
def test_what_the_file_tells_is_told(data: bytes, told: tuple[Processing, ...]) -> None:
    assert processing(data) == told


def test_no_damaged_file_makes_it_fail() -> None:
    whole = with_tags(software="BeautyPlus", rendered=2)
    for end in range(0, 400, 7):
        assert isinstance(processing(whole[:end]), tuple)
