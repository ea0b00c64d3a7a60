"""Photographs as files in every kind that the command line reads, and many that it must refuse."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from PIL import Image

from needlepoint.core.imaging.photo import Pixels
from tests.core.imaging.scenes import portrait


def saved(rgb: Pixels | None = None, kind: str = "PNG", **options: Any) -> bytes:
    out = io.BytesIO()
    Image.fromarray(portrait() if rgb is None else rgb).save(out, kind, **options)
    return out.getvalue()


def stored_turned(orientation: int) -> bytes:
    """Give a PNG whose rows lie as the tag says, so that a reader that obeys it sees the portrait upright."""
    undo = {2: (0, True), 3: (2, False), 4: (2, True), 5: (1, True), 6: (1, False), 7: (3, True), 8: (3, False)}
    turns, mirrored = undo[orientation]
    upright = portrait()[:, ::-1] if mirrored else portrait()
    exif = Image.Exif()
    exif[0x0112] = orientation
    return saved(np.ascontiguousarray(np.rot90(upright, turns)), exif=exif)
