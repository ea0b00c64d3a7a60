"""What a form brings of a pack: a code that was scanned or typed, or a picture of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from needlepoint.actions import scanning
from needlepoint.actions.lot_codes import NotReadable

if TYPE_CHECKING:
    from django.http import HttpRequest


def code_in(request: HttpRequest) -> str:
    """Give the code of a form, read from its picture when it brings one.

    Raises
    ------
    NotReadable
        The picture holds no code that can be read.

    """
    picture = request.FILES.get("picture")
    if picture is None:
        return request.POST.get("code", "").replace("\0", "")
    if (picture.size or 0) > scanning.LARGEST_PICTURE:  # before it is read into memory
        raise NotReadable(f"The picture is too large: at most {scanning.LARGEST_PICTURE // 2**20} MB.")
    return scanning.read_picture(picture.read()).printed
