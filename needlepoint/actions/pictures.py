"""Reads image files from outside: what they are, whether they are whole, and their pixels, upright in sRGB."""

from __future__ import annotations

import io
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image, ImageCms, ImageOps
from pillow_heif import register_heif_opener
from simplejpeg import decode_jpeg

if TYPE_CHECKING:
    from numpy.typing import NDArray

Image.init()  # otherwise Pillow knows only its five commonest formats
register_heif_opener()

SHORTEST_SIDE_PX: Final = 64
LONGEST_SIDE_PX: Final = 20_000
MOST_PIXELS: Final = 220_000_000  # phones make up to 200 megapixels; more than this is a trap for memory
Image.MAX_IMAGE_PIXELS = (
    None  # Pillow would warn before `_check_size` can say it in words; nothing is decoded before it
)

MEDIA_TYPES: Final = {
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",  # a JPEG with a second picture behind it, as some phones write
    "PNG": "image/png",
    "HEIF": "image/heic",
    "TIFF": "image/tiff",
    "WEBP": "image/webp",
}
_READ: Final = ("JPEG", "PNG", "HEIF", "TIFF", "WEBP")  # an MPO opens as a JPEG
FORMATS: Final = _READ
_JPEG: Final = frozenset({"JPEG", "MPO"})
_DAMAGE: Final = ("premature end", "bad huffman", "bad progression", "found marker", "unsupported marker")
_SIGNATURES: Final = (b"\xff\xd8\xff", b"\x89PNG", b"RIFF", b"II*\0", b"MM\0*")
_BEHIND_TRANSPARENCY: Final = (128, 128, 128)
_ORIENTATION: Final = 0x0112
_QUALITY: Final = 88


class Flaw(StrEnum):
    """Why a file is not taken as a picture; the value is the sentence for the person who sent it."""

    EMPTY = "The file is empty."
    NOT_AN_IMAGE = "This is not a JPEG, PNG, HEIC, WebP or TIFF picture."
    DAMAGED = "The picture is damaged or was not sent completely. Please send it again."
    TOO_SMALL = f"The picture is too small: each side needs at least {SHORTEST_SIDE_PX} pixels."
    TOO_LARGE = f"The picture is too large: no side may exceed {LONGEST_SIDE_PX} pixels."
    TOO_MANY_PIXELS = f"The picture has more than {MOST_PIXELS // 1_000_000} megapixels."


class UnreadablePicture(Exception):
    """The bytes are no picture that can be used."""

    def __init__(self, flaw: Flaw) -> None:
        self.flaw = flaw
        super().__init__(flaw.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a picture is: its kind, and its size upright."""

    media_type: str
    width_px: int
    height_px: int


def look(data: bytes, *, most_pixels: int = MOST_PIXELS) -> Look:
    """Say what a picture is, having read it to its last line.

    Raises
    ------
    UnreadablePicture
        The file is empty, no picture, damaged, too small or too large.

    """
    picture = _opened(data, most_pixels=most_pixels)
    if picture.format in _JPEG:
        _jpeg(data)
    picture = _upright(picture)
    return Look(media_type=MEDIA_TYPES[_format(data)], width_px=picture.width, height_px=picture.height)


def stands_upright(data: bytes) -> bool:
    """Tell whether the rows of a picture are stored as they are looked at."""
    with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
        return bool(picture.getexif().get(_ORIENTATION, 1) == 1)


def pixels(data: bytes, *, most_pixels: int = MOST_PIXELS, formats: tuple[str, ...] = FORMATS) -> NDArray[np.uint8]:
    """Give the pixels of a picture as (height, width, 3) sRGB, upright.

    Raises
    ------
    UnreadablePicture
        As for `look`.

    """
    picture = _opened(data, most_pixels=most_pixels, formats=formats, load=False)
    if picture.format in _JPEG:
        rgb = _jpeg(data)
        if rgb is not None and _is_plain(picture):
            return _turned(rgb, picture)
    _load(picture)
    return np.asarray(_srgb(_upright(picture)))


def served_copy(data: bytes, *, longest_px: int) -> bytes:
    """Give a JPEG without any metadata: upright, sRGB, no side longer than asked for.

    Raises
    ------
    UnreadablePicture
        As for `look`.

    """
    picture = _opened(data, most_pixels=MOST_PIXELS, longest_px=longest_px)
    # Shrunk before it is turned and its colours converted: these then touch few pixels.
    picture.thumbnail((longest_px, longest_px), Image.Resampling.LANCZOS, reducing_gap=2.0)
    clean = _srgb(_upright(picture))
    out = io.BytesIO()
    # A copy made of pixels alone carries neither place nor camera nor comment.
    Image.fromarray(np.asarray(clean)).save(out, "JPEG", quality=_QUALITY, optimize=True, progressive=True)
    return out.getvalue()


def _opened(
    data: bytes,
    *,
    most_pixels: int,
    longest_px: int | None = None,
    formats: tuple[str, ...] = FORMATS,
    load: bool = True,
) -> Image.Image:
    if not data:
        raise UnreadablePicture(Flaw.EMPTY)
    try:
        picture: Image.Image = Image.open(io.BytesIO(data), formats=formats)
    except Exception as error:
        # Decoders raise whatever a hostile file makes them raise; to the sender it is all one.
        begun = data.startswith(_SIGNATURES) or data[4:8] == b"ftyp"
        raise UnreadablePicture(Flaw.DAMAGED if begun else Flaw.NOT_AN_IMAGE) from error
    _check_size(picture, most_pixels=most_pixels)
    if longest_px is not None:
        picture.draft(None, (2 * longest_px, 2 * longest_px))
    if load:
        _load(picture)
    return picture


def _load(picture: Image.Image) -> None:
    try:
        picture.load()
    except Exception as error:
        raise UnreadablePicture(Flaw.DAMAGED) from error


def _jpeg(data: bytes) -> NDArray[np.uint8] | None:
    """Decode at full precision and twice as fast; None where only the other decoder may manage.

    That one fills what is damaged with grey and says nothing, so damage is told here.
    """
    try:
        return np.asarray(decode_jpeg(data, colorspace="RGB", fastdct=False, fastupsample=False), dtype=np.uint8)
    except ValueError as error:
        if any(sign in str(error).lower() for sign in _DAMAGE):
            raise UnreadablePicture(Flaw.DAMAGED) from error
        return None


def _is_plain(picture: Image.Image) -> bool:
    """Tell whether the stored colours are sRGB as they stand."""
    return picture.mode in {"RGB", "L"} and not picture.info.get("icc_profile")


def _turned(rgb: NDArray[np.uint8], picture: Image.Image) -> NDArray[np.uint8]:
    """Undo what the orientation tag says of how the rows were stored."""
    try:
        orientation = picture.getexif().get(_ORIENTATION, 1)
    except Exception as error:
        raise UnreadablePicture(Flaw.DAMAGED) from error
    if orientation in {5, 6, 7, 8}:
        rgb = rgb.transpose(1, 0, 2)
    if orientation in {2, 3, 6, 7}:
        rgb = rgb[:, ::-1]
    if orientation in {3, 4, 7, 8}:
        rgb = rgb[::-1]
    return np.ascontiguousarray(rgb)


def _format(data: bytes) -> str:
    with Image.open(io.BytesIO(data), formats=_READ) as picture:
        return str(picture.format)


def _check_size(picture: Image.Image, *, most_pixels: int) -> None:
    if min(picture.size) < SHORTEST_SIDE_PX:
        raise UnreadablePicture(Flaw.TOO_SMALL)
    if max(picture.size) > LONGEST_SIDE_PX:
        raise UnreadablePicture(Flaw.TOO_LARGE)
    if picture.width * picture.height > most_pixels:
        raise UnreadablePicture(Flaw.TOO_MANY_PIXELS)


def _upright(picture: Image.Image) -> Image.Image:
    try:
        if picture.getexif().get(_ORIENTATION, 1) == 1:
            return picture  # which spares a copy of what may be a gigabyte
        return ImageOps.exif_transpose(picture)
    except Exception as error:
        raise UnreadablePicture(Flaw.DAMAGED) from error


def _srgb(picture: Image.Image) -> Image.Image:
    """Give the picture in RGB, its colours converted from those its profile names; phones write Display P3."""
    profile = picture.info.get("icc_profile")
    picture = _opaque(picture)
    if not profile or picture.mode not in {"RGB", "CMYK"}:
        return picture if picture.mode == "RGB" else picture.convert("RGB")
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if "srgb" in ImageCms.getProfileDescription(source).lower():
            return picture.convert("RGB")
        converted = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        # A profile that cannot be used says nothing about the colours; sRGB is what nearly every picture means.
        return picture.convert("RGB")
    return converted if converted is not None else picture.convert("RGB")


def _opaque(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I"):
        # Sixteen bits of grey: Pillow's own conversion would cut the bright part off.
        return Image.fromarray((np.asarray(picture).clip(0, 65535) // 257).astype(np.uint8)).convert("RGB")
    if "A" not in picture.getbands() and "transparency" not in picture.info:
        return picture
    with_alpha = picture.convert("RGBA")
    behind = Image.new("RGBA", with_alpha.size, (*_BEHIND_TRANSPARENCY, 255))
    return Image.alpha_composite(behind, with_alpha).convert("RGB")
