"""What a picture's file tells of how the phone or a program changed the skin in it before anybody measured."""

from __future__ import annotations

import io
import re
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from PIL import Image
from PIL.ExifTags import IFD, Base

from needlepoint.actions.pictures import FORMATS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_SCANNED: Final = 1 << 19  # bytes at each end of the file in which marks are looked for
_LONGEST_TEXT: Final = 1 << 16


class Processing(StrEnum):
    """What was done to the picture; each makes skin look other than it is. Photographs are kept with these values."""

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
_SCENES: Final = {2: (Processing.PORTRAIT,), 3: (Processing.NIGHT,)}  # Exif 2.32, SceneCaptureType
# Marks in XMP, in the boxes of HEIC and in makers' trailers, in small letters; long enough not to occur by chance.
_MARKS: Final = {
    b"specialtype-portrait": Processing.PORTRAIT,
    b"aux:portraiteffectsmatte": Processing.PORTRAIT,
    b"ns.google.com/photos/1.0/depthmap": Processing.PORTRAIT,
    b"dualshot_meta_info": Processing.PORTRAIT,
    b"depthmapeffect": Processing.PORTRAIT,
    b"specialtype-night": Processing.NIGHT,
    b"specialtype-beauty": Processing.BEAUTY,
    b"hdr-gain-map/1.0": Processing.HDR,
    b"hdrgm:version": Processing.HDR,
    b"aux:hdrgainmap": Processing.HDR,
    b"usepanoramaviewer": Processing.PANORAMA,
}
_OFF: Final = r"""(?!["'\]>:=\s]*(?:0|off|false|no|none)\b)"""
# What stands in any text of the file: names of applications, makers' short words, modes unless they are said to be off.
_TEXTS: Final = {
    Processing.BEAUTY: re.compile(
        r"\b(?:beautyplus|facetune|faceapp|meitu|b612|youcam|camera360|ulike|ptfbty|btf)\b"
        rf"|\bsnow[_ ]?(?:cam|corp)|beauty[_ ]?(?:mode|level|cam){_OFF}"
    ),
    Processing.HDR: re.compile(rf"\b(?:hdrpl?|rhdr)\b{_OFF}|auto_hdr{_OFF}"),
    Processing.PORTRAIT: re.compile(rf"\bptfbty\b|bokehtype{_OFF}|portrait[_ ]?mode{_OFF}"),
    Processing.NIGHT: re.compile(rf"(?:night[_ ]?(?:mode|sight|scape)|astrophotography){_OFF}"),
}
# What stands where a file names the program that made it; elsewhere these are ordinary words.
_PROGRAMS: Final = {
    Processing.BEAUTY: re.compile("beauty|airbrush|faceu|remini"),
    Processing.EDITED: re.compile("snapseed|photoshop|lightroom|gimp|vsco|picsart|pixelmator|affinity photo"),
}
_MAKER: Final = re.compile(r"""(?:creatortool|softwareagent)(?:\s*=\s*["']|>)([^"'<]*)""")


def processing(data: bytes) -> tuple[Processing, ...]:
    """Give what the file tells was done to the picture, in the order of the enumeration; nothing if it is silent.

    A silent file proves nothing: many phones smooth skin without a word. No file, however hostile, makes this fail.
    """
    found = {*_marked(data), *_told(data)}
    return tuple(each for each in Processing if each in found)


def _marked(data: bytes) -> Iterator[Processing]:
    """Look for marks, which needs no reader and so works on what no reader opens."""
    ends = (data[:_SCANNED] + data[-_SCANNED:]).lower()
    return (each for mark, each in _MARKS.items() if mark in ends)


def _told(data: bytes) -> Iterator[Processing]:
    """Ask the tags and texts of the file."""
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
            exif, info = picture.getexif(), picture.info
            details = exif.get_ifd(IFD.Exif)
            texts = " ".join(
                map(_text, [*exif.values(), *details.values(), *map(info.get, ("comment", "Description"))])
            )
            xmp, program = _text(info.get("xmp")), f"{_text(exif.get(Base.Software))} {_text(info.get('Software'))}"
    except Exception:
        # Decoders raise whatever a hostile file makes them raise; it then tells nothing.
        return
    yield from _tagged(details)
    yield from _named(_TEXTS, f"{texts} {xmp} {program}")
    yield from _named(_PROGRAMS, " ".join([program, *_MAKER.findall(xmp)]))


def _tagged(details: Mapping[int, Any]) -> Iterator[Processing]:
    for tag, meanings in ((Base.CustomRendered, _RENDERED), (Base.SceneCaptureType, _SCENES)):
        value = details.get(tag)
        yield from meanings.get(value, ()) if isinstance(value, int) else ()


def _named(names: Mapping[Processing, re.Pattern[str]], text: str) -> Iterator[Processing]:
    return (each for each, name in names.items() if name.search(text))


def _text(value: object) -> str:
    """Give a value in small letters; what is no text says nothing."""
    if isinstance(value, bytes):
        value = value[:_LONGEST_TEXT].decode("latin-1")
    return value[:_LONGEST_TEXT].lower() if isinstance(value, str) else ""
