"""What a picture's file tells of how the phone or a program changed the skin in it before anybody measured."""

from __future__ import annotations

import io
from enum import StrEnum
from typing import Final

from PIL import Image

_SCANNED: Final = 1 << 19  # bytes at each end of the file in which marks are looked for
_EXIF_IFD: Final = 0x8769
_CUSTOM_RENDERED: Final = 0xA401
_SCENE_CAPTURE_TYPE: Final = 0xA406
_SOFTWARE: Final = 0x0131


class Processing(StrEnum):
    """What was done to the picture; each makes skin look other than it is."""

    BEAUTY = "beauty"
    HDR = "hdr"
    PORTRAIT = "portrait"
    NIGHT = "night"
    PANORAMA = "panorama"
    EDITED = "edited"


# Apple's values of the Exif tag CustomRendered, as ExifTool lists them; the standard itself knows 0 and 1.
_RENDERED: Final = {
    2: (Processing.HDR,),
    3: (Processing.HDR,),
    6: (Processing.PANORAMA,),
    7: (Processing.PORTRAIT, Processing.HDR),
    8: (Processing.PORTRAIT,),
}
_SCENES: Final = {2: Processing.PORTRAIT, 3: Processing.NIGHT}  # Exif 2.32, SceneCaptureType
# Marks in XMP, in the boxes of HEIC and in makers' trailers, in small letters.
_MARKS: Final = {
    b"specialtype-portrait": Processing.PORTRAIT,
    b"aux:portraiteffectsmatte": Processing.PORTRAIT,
    b"ns.google.com/photos/1.0/depthmap": Processing.PORTRAIT,
    b"dualshot_meta_info": Processing.PORTRAIT,
    b"specialtype-night": Processing.NIGHT,
    b"specialtype-beauty": Processing.BEAUTY,
    b"hdr-gain-map/1.0": Processing.HDR,
    b"aux:hdrgainmap": Processing.HDR,
}
# Words in the tag Software and in XMP's CreatorTool.
_PROGRAMS: Final = {
    **dict.fromkeys(
        ("beauty", "meitu", "facetune", "faceapp", "b612", "youcam", "airbrush", "faceu", "ulike"), Processing.BEAUTY
    ),
    **dict.fromkeys(
        ("snapseed", "photoshop", "lightroom", "gimp", "vsco", "picsart", "pixelmator", "affinity photo"),
        Processing.EDITED,
    ),
}


def processing(data: bytes) -> tuple[Processing, ...]:
    """Give what the file tells was done to the picture, in the order of the enumeration; nothing if it is silent.

    A silent file proves nothing: many phones smooth skin without a word. No file, however hostile, makes this fail.
    """
    found: set[Processing] = set()
    ends = (data[:_SCANNED] + data[-_SCANNED:]).lower()
    found |= {told for mark, told in _MARKS.items() if mark in ends}
    text = _creator(ends)
    try:
        with Image.open(io.BytesIO(data)) as picture:
            exif = picture.getexif()
            inner = exif.get_ifd(_EXIF_IFD)
            found |= set(_RENDERED.get(_number(inner.get(_CUSTOM_RENDERED)), ()))
            scene = _SCENES.get(_number(inner.get(_SCENE_CAPTURE_TYPE)))
            found |= {scene} if scene else set()
            text += " " + str(exif.get(_SOFTWARE, "")).lower()
    except Exception:  # noqa: S110 - decoders raise whatever a hostile file makes them raise; it then tells nothing
        pass
    found |= {told for word, told in _PROGRAMS.items() if word in text}
    return tuple(each for each in Processing if each in found)


def _number(value: object) -> int:
    return value if isinstance(value, int) else -1


def _creator(ends: bytes) -> str:
    """Give what XMP says of the program that made the file."""
    at = ends.find(b"creatortool")
    return ends[at : at + 100].decode("latin-1") if at >= 0 else ""
