"""A photograph and its halves, each made once: what looks for something coarse need not go through all pixels."""

from __future__ import annotations

import cv2
import numpy as np

from needlepoint.core.imaging.photo import Pixels


class Levels:
    """A picture, half of it, a quarter of it, as they are asked for."""

    def __init__(self, rgb: Pixels) -> None:
        self._levels = [rgb]

    @property
    def rgb(self) -> Pixels:
        """Give the picture itself."""
        return self._levels[0]

    def at(self, factor: float) -> tuple[Pixels, int]:
        """Give the smallest level that is not coarser than a factor, and how many pixels make one of its own.

        Parameters
        ----------
        factor
            Size wanted, as a share of the picture's.

        Returns
        -------
        tuple
            (h, w, 3) sRGB code values, and 1, 2, 4 ...; the last odd row or column of a level has no half.

        """
        depth = 0
        while 0.5 ** (depth + 1) >= factor and min(self._level(depth).shape[:2]) >= 16:
            depth += 1
        return self._level(depth), 2**depth

    def _level(self, depth: int) -> Pixels:
        while len(self._levels) <= depth:
            last = self._levels[-1]
            even = last[: last.shape[0] // 2 * 2, : last.shape[1] // 2 * 2]
            size = (even.shape[1] // 2, even.shape[0] // 2)
            self._levels.append(np.asarray(cv2.resize(even, size, interpolation=cv2.INTER_AREA), dtype=np.uint8))
        return self._levels[depth]
