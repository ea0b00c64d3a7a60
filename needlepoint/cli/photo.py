"""Reads the photographs named on the command line."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Final

from needlepoint.actions.pictures import LONGEST_SIDE_PX, Flaw, UnreadablePicture, pixels
from needlepoint.knowledge.answers import AnswerError

if TYPE_CHECKING:
    from needlepoint.core.imaging.photo import Pixels

_FORMATS: Final = ("JPEG", "PNG", "TIFF", "WEBP", "HEIF")


def picture(content: bytes, name: str) -> Pixels:
    """Give the pixels of a photograph's content, upright and in sRGB.

    Raises
    ------
    AnswerError
        Of class unreadable_photo, naming the argument.

    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about tags and palettes, none of which bears on the pixels
        try:
            return pixels(content, most_pixels=LONGEST_SIDE_PX**2, formats=_FORMATS)
        except UnreadablePicture as fault:
            raise AnswerError("unreadable_photo", name, _sentence(fault)) from fault
        except MemoryError:
            raise AnswerError("unreadable_photo", name, "the picture is too large to be decoded here") from None


def value_text(value: float | None) -> str:
    """Give a number to two decimals, or a dash."""
    return "-" if value is None else f"{value:.2f}"


def _sentence(fault: UnreadablePicture) -> str:
    if fault.flaw is Flaw.NOT_AN_IMAGE:
        return "is no JPEG, PNG, TIFF, WebP or HEIC picture, or is damaged at its beginning"
    if fault.flaw is Flaw.DAMAGED:
        return "is damaged or incomplete"
    return str(fault)


def needed(argument: str | None, name: str) -> str:
    """Give an argument of the command line that must be there.

    Raises
    ------
    AnswerError
        Of class bad_usage, naming the argument.

    """
    if argument is None:
        raise AnswerError("bad_usage", name, "is missing")
    return argument
