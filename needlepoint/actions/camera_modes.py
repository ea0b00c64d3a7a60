"""What a camera did to a picture by itself, as far as its file tells: such pictures do not compare with others."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Final

from PIL import Image
from PIL.ExifTags import IFD, Base

from needlepoint.actions.pictures import FORMATS

_LOOKED_AT: Final = 2**18  # bytes of the file's head in which a name may stand
_PORTRAIT_SCENE, _NIGHT_SCENE = 2, 3
# What phones write as "custom rendered": 2 and 3 are HDR, 7 HDR with a blurred background, 8 a blurred background.
_RENDERED_HDR: Final = frozenset({2, 3, 7})
_RENDERED_PORTRAIT: Final = frozenset({7, 8})


class Mode(StrEnum):
    """What a camera does by itself."""

    BEAUTY = "beauty"
    HDR = "hdr"
    PORTRAIT = "portrait"
    NIGHT = "night"


_NAMES: Final = {
    Mode.BEAUTY: re.compile(
        rb"beautyplus|beauty[_ ]?(?:mode|level|cam)|facetune|faceapp|meitu|b612|youcam|camera360|ulike|remini|"
        rb"snow[_ ]?(?:cam|corp)|\bptfbty|\bbtf\b|airbrush",
        re.I,
    ),
    Mode.HDR: re.compile(rb"hdrgainmap|hdr-gain-map|hdrgm:version|\bhdrpl?\b|\brhdr\b|auto_hdr", re.I),
    Mode.PORTRAIT: re.compile(rb"specialtype-portrait|\bptfbty|bokehtype|portrait[_ ]?mode|depthmapeffect", re.I),
    Mode.NIGHT: re.compile(rb"specialtype-night|night[_ ]?(?:mode|sight|scape)|astrophotography", re.I),
}


def modes(data: bytes) -> tuple[Mode, ...]:
    """Give what the file says was done; silence of a file says nothing."""
    found = {*_named(data), *_tagged(data)}
    return tuple(mode for mode in Mode if mode in found)


def _named(data: bytes) -> Iterator[Mode]:
    head = _metadata(data)
    return (mode for mode, name in _NAMES.items() if name.search(head))


def _metadata(data: bytes) -> bytes:
    """Give the head of a JPEG up to its pixels, where phones write names; of other files the text they carry."""
    if data.startswith(b"\xff\xd8"):
        start = data.find(b"\xff\xda")
        return data[: min(start if start > 0 else _LOOKED_AT, _LOOKED_AT)]
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
            texts = [picture.info.get(name, b"") for name in ("exif", "xmp", "Software", "Description")]
    except Exception:
        # The file was looked at before; whatever its metadata does to a reader, it then tells of no mode.
        return b""
    return b" ".join(text if isinstance(text, bytes) else str(text).encode() for text in texts)


def _tagged(data: bytes) -> Iterator[Mode]:
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
            details = picture.getexif().get_ifd(IFD.Exif)
    except Exception:
        # As above.
        return
    rendered, scene = details.get(Base.CustomRendered), details.get(Base.SceneCaptureType)
    if rendered in _RENDERED_HDR:
        yield Mode.HDR
    if rendered in _RENDERED_PORTRAIT or scene == _PORTRAIT_SCENE:
        yield Mode.PORTRAIT
    if scene == _NIGHT_SCENE:
        yield Mode.NIGHT
