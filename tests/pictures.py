"""Image files as phones and hostile people send them, made in memory."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np
import zxingcpp
from PIL import Image

LATITUDE, LONGITUDE = (52.0, 31.0, 12.0), (13.0, 24.0, 18.0)
CAMERA = "Camera of the tests"


def scene(width: int = 320, height: int = 240, *, seed: int = 0) -> Image.Image:
    """A red quarter at the upper left, green at the upper right, blue below, with some grain."""
    rgb = np.zeros((height, width, 3), np.uint8)
    rgb[: height // 2, : width // 2] = (200, 40, 40)
    rgb[: height // 2, width // 2 :] = (40, 160, 40)
    rgb[height // 2 :] = (40, 40, 200)
    grain = np.random.default_rng(seed).integers(-8, 9, rgb.shape)
    return Image.fromarray((rgb.astype(int) + grain).clip(0, 255).astype(np.uint8))


def file(kind: str = "JPEG", *, turned: int = 1, image: Image.Image | None = None, seed: int = 0, **how: Any) -> bytes:
    """A file with the place where it was taken in it, stored as the orientation tag `turned` says."""
    image = image or scene(seed=seed)
    exif = image.getexif()
    exif[0x0110] = CAMERA
    exif[0x0112] = turned
    place = exif.get_ifd(0x8825)
    place[1], place[2], place[3], place[4] = "N", LATITUDE, "E", LONGITUDE
    stored = {1: image, 6: image.transpose(Image.Transpose.ROTATE_90), 3: image.transpose(Image.Transpose.ROTATE_180)}
    out = io.BytesIO()
    # HEIF keeps the turn in a box of its own, which the writer fills from the tag.
    stored[turned].save(out, kind, exif=exif.tobytes(), **({"quality": 95} if kind != "PNG" else {}), **how)
    return out.getvalue()


def gif() -> bytes:
    """A picture of a kind that is not taken."""
    out = io.BytesIO()
    scene().save(out, "GIF")
    return out.getvalue()


def bomb(side: int) -> bytes:
    """A PNG of a few hundred bytes that says it is side × side pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 64)) + chunk(b"IEND", b"")
    )


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def barcode(printed: str) -> bytes:
    """A picture of a GS1 DataMatrix that says what is printed, identifiers in brackets."""
    code = zxingcpp.create_barcode(printed, zxingcpp.BarcodeFormat.DataMatrix, gs1=True)
    out = io.BytesIO()
    Image.fromarray(np.pad(np.array(code.to_image(scale=6)), 40, constant_values=255)).save(out, "PNG")
    return out.getvalue()
