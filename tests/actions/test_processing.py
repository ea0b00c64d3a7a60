"""Files that tell how a phone or a program changed the picture, made here tag by tag."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from needlepoint.actions.processing import Processing, processing
from needlepoint.web.measures import mode_words
from tests import pictures
from tests.core.imaging.scenes import body_patch


def with_tags(
    *, software: str = "", description: str = "", rendered: int | None = None, scene: int | None = None,
    kind: str = "JPEG",
) -> bytes:  # fmt: skip
    exif = Image.Exif()
    for tag, text in ((0x0131, software), (0x010E, description)):
        if text:
            exif[tag] = text
    inner = exif.get_ifd(0x8769)
    if rendered is not None:
        inner[0xA401] = rendered
    if scene is not None:
        inner[0xA406] = scene
    out = io.BytesIO()
    Image.fromarray(body_patch()).save(out, kind, exif=exif)
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
     (with_xmp('xmp:CreatorTool="16.5" photoshop:DateCreated="2026-05-04" xmlns:photoshop="p"'), ()),
     (with_xmp("<xmp:CreatorTool>Adobe Lightroom 9</xmp:CreatorTool>"), (Processing.EDITED,)),
     (with_xmp("<x hdrgm:Version='1.0'/>"), (Processing.HDR,)),
     (with_xmp("<x GCamera:SpecialTypeID='com.google.x.SpecialType-NIGHT'/>"), (Processing.NIGHT,)),
     (with_xmp("<x maker:PortraitMode='1' maker:BeautyLevel='3'/>"), (Processing.BEAUTY, Processing.PORTRAIT)),
     (with_xmp("<x maker:PortraitMode='0' maker:BeautyLevel='0' maker:NightMode='off'/>"), ()),
     (with_tags(description="ptfbty"), (Processing.BEAUTY, Processing.PORTRAIT)),
     (with_tags(description="hdrpl"), (Processing.HDR,)),
     (with_tags(description="Before beauty treatment, after airbrush make-up"), ()),
     (with_tags(software="Facetune", kind="PNG"), (Processing.BEAUTY,)),
     (with_tags(rendered=3, kind="WEBP"), (Processing.HDR,)),
     (with_tags(description="hdrpl", kind="TIFF"), (Processing.HDR,)),
     (with_tags() + b"DualShot_Meta_Info" + b"\0" * 40, (Processing.PORTRAIT,)), (b"", ()), (b"\xff\xd8\xff\xe1", ())],
)  # fmt: skip
def test_what_the_file_tells_is_told(data: bytes, told: tuple[Processing, ...]) -> None:
    assert processing(data) == told


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "HEIF", "WEBP", "TIFF"])
def test_an_ordinary_photograph_of_any_kind_is_flagged_as_nothing(kind: str) -> None:
    assert processing(pictures.file(kind)) == ()


def test_a_thumbnail_in_front_hides_nothing_that_stands_behind_it() -> None:
    thumbnail = b"\xff\xd8\xff\xda btf \xff\xd9"
    plain, marked = (with_xmp(text) for text in ("", "<x hdrgm:Version='1.0'/>"))
    segment = b"\xff\xe5" + (len(thumbnail) + 2).to_bytes(2, "big") + thumbnail
    assert processing(plain[:2] + segment + plain[2:]) == ()
    assert processing(marked[:2] + segment + marked[2:]) == (Processing.HDR,)


def test_everything_that_can_be_kept_with_a_photograph_has_words_on_the_page() -> None:
    assert [why.id for why in mode_words(Processing)] == [each.value for each in Processing]
    assert all(why.label and why.advice for why in mode_words(Processing))


def test_no_damaged_file_makes_it_fail() -> None:
    whole = with_tags(software="BeautyPlus", rendered=2)
    for end in range(0, 400, 7):
        assert isinstance(processing(whole[:end]), tuple)
