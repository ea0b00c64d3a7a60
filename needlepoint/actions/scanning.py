"""Codes in a picture: what a camera saw of a pack, decoded on the server where the browser cannot."""

from __future__ import annotations

import io
import warnings
from typing import Final

import zxingcpp
from PIL import Image, ImageFilter, UnidentifiedImageError

from needlepoint.actions.lot_codes import Code, NotReadable, merged, read_code

LARGEST_PICTURE: Final = 20 * 2**20  # bytes
MOST_PIXELS: Final = 60_000_000
SIDE: Final = 2000  # a code that fills a tenth of the picture is still read at this size
_FORMATS: Final = zxingcpp.BarcodeFormats(
    [
        zxingcpp.BarcodeFormat.DataMatrix,
        zxingcpp.BarcodeFormat.QRCode,
        zxingcpp.BarcodeFormat.Code128,
        zxingcpp.BarcodeFormat.DataBar,
        zxingcpp.BarcodeFormat.DataBarExp,
        zxingcpp.BarcodeFormat.EAN13,
        zxingcpp.BarcodeFormat.UPCA,
        zxingcpp.BarcodeFormat.ITF14,
        zxingcpp.BarcodeFormat.Code39,
    ]
)


def read_picture(data: bytes) -> Code:
    """Give what the codes in a picture of one pack say.

    Raises
    ------
    NotReadable
        It is no picture, or holds no code that can be read.

    """
    return merged(read_code(text) for text in texts_in(data))


def texts_in(data: bytes) -> list[str]:
    """Give the codes in a picture as a scanner would send them, each with its symbology identifier.

    Raises
    ------
    NotReadable
        It is no picture, or holds no code.

    """
    picture = _opened(data)
    # A grainy picture is looked at again with its grain smoothed, which a sharp one would only lose by.
    found = _codes(picture) or _codes(picture.filter(ImageFilter.MedianFilter(3)))
    if not found:
        raise NotReadable("No code was found in the picture. Hold the pack still, closer, in good light; or type it.")
    return [f"{code.symbology_identifier}{code.text}" for code in found]


def _codes(picture: Image.Image) -> list[zxingcpp.Barcode]:
    return list(zxingcpp.read_barcodes(picture, formats=_FORMATS, text_mode=zxingcpp.TextMode.Plain))


def _opened(data: bytes) -> Image.Image:
    if len(data) > LARGEST_PICTURE:
        raise NotReadable(f"The picture is too large: at most {LARGEST_PICTURE // 2**20} MB.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(data))
            if picture.width * picture.height > MOST_PIXELS:
                raise NotReadable("The picture has too many pixels.")
            picture.draft("L", (SIDE, SIDE))
            grey = picture.convert("L")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError, Warning):
        raise NotReadable("This is not a picture that can be read. Send a JPEG or PNG.") from None
    grey.thumbnail((SIDE, SIDE))
    return grey
