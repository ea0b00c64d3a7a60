"""A JPEG file taken apart as far as wrapping it needs: what it is, and itself without place, device and comments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_START, _END, _SCAN, _COMMENT = 0xD8, 0xD9, 0xDA, 0xFE
_FRAMES: Final = frozenset({*range(0xC0, 0xC4), *range(0xC5, 0xC8), *range(0xC9, 0xCC), *range(0xCD, 0xD0)})
_ALONE: Final = frozenset({0x01, *range(0xD0, 0xD8)})
_APPLICATION: Final = range(0xE0, 0xF0)
BASELINE: Final = 0xC0
EXTENDED: Final = 0xC1


class NotAJpeg(ValueError):
    """The bytes are no whole JPEG."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Jpeg:
    """What a JPEG is.

    Attributes
    ----------
    data
        The file without metadata: the coded picture is the same bit for bit.
    process
        The marker of its frame: 0xC0 is baseline, 0xC2 progressive.
    components
        1 for grey, 3 for colour.
    subsampled
        Whether colour has fewer samples than brightness.
    coded_rgb
        Whether the components are red, green and blue instead of brightness and colour.

    """

    data: bytes
    process: int
    components: int
    subsampled: bool
    coded_rgb: bool


def read(data: bytes) -> Jpeg:
    """Take a JPEG apart.

    Raises
    ------
    NotAJpeg
        When it is none, or ends before its end.

    """
    kept = bytearray()
    frame, coded_rgb = b"", False
    for marker, part in _parts(data):
        if marker in _FRAMES:
            frame = part
        if marker == 0xEE and part[4:9] == b"Adobe":
            coded_rgb = len(part) > 15 and part[15] == 0
        if _stays(marker, part):
            kept += part
    if len(frame) < 10:
        raise NotAJpeg("no frame")
    components = frame[9]
    sampling = [frame[11 + 3 * place] for place in range(components)]
    return Jpeg(
        data=bytes(kept), process=frame[1], components=components,
        subsampled=components > 1 and sampling[0] != sampling[1], coded_rgb=coded_rgb,
    )  # fmt: skip


def _stays(marker: int, part: bytes) -> bool:
    """Tell what belongs to the picture itself: everything but comments and applications' own, save colour profiles."""
    if marker == _COMMENT:
        return False
    if marker not in _APPLICATION:
        return True
    return marker == 0xE0 or (marker == 0xE2 and part[4:15] == b"ICC_PROFILE") or marker == 0xEE


def _parts(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Go through the file: each marker with its segment, a scan with its coded data, up to the end of the picture."""
    if data[:2] != bytes((0xFF, _START)):
        raise NotAJpeg("no start")
    yield _START, data[:2]
    at = 2
    while at + 1 < len(data):
        if data[at] != 0xFF:
            raise NotAJpeg("no marker where one should be")
        marker = data[at + 1]
        if marker == 0xFF:  # fill
            at += 1
            continue
        if marker == _END:
            yield marker, data[at : at + 2]
            return
        end = at + 2 if marker in _ALONE else at + 2 + int.from_bytes(data[at + 2 : at + 4])
        if marker == _SCAN:
            end = _coded_end(data, end)
        yield marker, data[at:end]
        at = end
    raise NotAJpeg("no end")


def _coded_end(data: bytes, at: int) -> int:
    """Give where coded data end: at a marker that is neither a stuffed byte nor a restart."""
    while True:
        at = data.find(b"\xff", at)
        if at < 0 or at + 1 >= len(data):
            raise NotAJpeg("no end")
        if data[at + 1] != 0x00 and not 0xD0 <= data[at + 1] <= 0xD7:
            return at
        at += 2
