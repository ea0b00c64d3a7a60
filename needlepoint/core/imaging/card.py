"""The colour and scale card and the patch stickers: their geometry, and finding them in a photograph.

The card is printed from the same numbers that find it. All lengths are millimetres from the card's upper left corner,
x to the right, y down.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from needlepoint.core.imaging.colour import linear
from needlepoint.core.imaging.levels import Levels
from needlepoint.core.imaging.photo import Pixels

WIDTH_MM: Final = 96.0
HEIGHT_MM: Final = 54.0
DICTIONARY: Final = cv2.aruco.DICT_4X4_50
MARKER_MM: Final = 14.0
# Upper left corner of each marker by its id; 4 mm of white are left around each.
MARKERS: Final = {0: (4.0, 4.0), 1: (78.0, 4.0), 2: (78.0, 36.0), 3: (4.0, 36.0)}
PATCH_MM: Final = (8.0, 20.0)
_PATCH_LEFT_MM: Final = tuple(22.0 + 8.8 * place for place in range(6))
GREY_TOP_MM: Final = 5.0
COLOUR_TOP_MM: Final = 29.0
# What is printed, as sRGB code values: six greys from light to dark, then three skins, red, green and blue.
GREYS: Final = ((242, 242, 242), (200, 200, 200), (160, 160, 160), (121, 121, 121), (85, 85, 85), (52, 52, 52))
COLOURS: Final = ((205, 160, 138), (160, 112, 86), (98, 68, 54), (170, 60, 62), (78, 146, 76), (60, 66, 148))

# Stickers at the corners of a piece of skin, clockwise from the upper left; their middles are its corners.
STICKERS: Final = (8, 9, 10, 11)
STICKER_MARKER_MM: Final = 8.0
STICKER_MM: Final = 12.0  # with its white margin

_SEARCH_SIDE: Final = 900  # pixels at least; a marker of 14 mm is found down to about 12 of them
_FEWEST_MARKERS: Final = 2
_MISPLACED: Final = 0.05  # of a marker's side: what its corners may be off and still be this card
_TILTED: Final = 0.82  # shortest over longest stretch of a millimetre: beyond 35 degrees a length is no longer sure
_SAMPLES: Final = 20
_INNER: Final = 0.6  # of a patch's width and height, clear of its edges
_CLIPPED: Final = 250
_SPOILT: Final = 0.05
_PAPER_DIFFERS: Final = 1.35  # between the card's left and right end

Corners = NDArray[np.float64]  # (4, 2) pixels, clockwise from the upper left


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedPatch:
    """One field of the card: where it is printed and in what sRGB colour."""

    left_mm: float
    top_mm: float
    code: tuple[int, int, int]


def patches() -> tuple[PrintedPatch, ...]:
    """Give the card's twelve fields: six greys above, six colours below."""
    rows = ((GREY_TOP_MM, GREYS), (COLOUR_TOP_MM, COLOURS))
    return tuple(
        PrintedPatch(left_mm=left, top_mm=top, code=code)
        for top, codes in rows
        for left, code in zip(_PATCH_LEFT_MM, codes, strict=True)
    )


def marker_cells(number: int) -> NDArray[np.bool_]:
    """Give a marker as (6, 6) cells, true where black; one cell is a sixth of its side."""
    dictionary = cv2.aruco.getPredefinedDictionary(DICTIONARY)
    return np.asarray(cv2.aruco.generateImageMarker(dictionary, number, 6) == 0)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class CardFound:
    """A card seen in a photograph.

    Attributes
    ----------
    outline
        (4, 2) its corners in pixels, clockwise from the upper left.
    mm_per_px
        In its plane, across the direction in which it leans; None when it leans more than 35 degrees.
    seen
        (12, 3) mean linear light of each field, nan where a field is clipped or outside the picture.
    even
        Whether the white paper is about equally bright at both ends.

    """

    outline: Corners
    mm_per_px: float | None
    seen: NDArray[np.float64]
    even: bool


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class StickersFound:
    """A piece of skin between four stickers: its corners in pixels and the length of a pixel."""

    outline: Corners
    mm_per_px: float


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Found:
    """What of known size and colour was found in a photograph."""

    card: CardFound | None = None
    stickers: StickersFound | None = None

    @property
    def mm_per_px(self) -> float | None:
        """Give the length of a pixel; stickers lie on the skin itself and are believed before the card."""
        if self.stickers is not None:
            return self.stickers.mm_per_px
        return None if self.card is None else self.card.mm_per_px


NOTHING: Final = Found()


def find_references(picture: Pixels | Levels) -> Found:
    """Find the card and the stickers.

    Parameters
    ----------
    picture
        (height, width, 3) sRGB, or its levels if they serve elsewhere too.

    Returns
    -------
    Found
        Each None where it was not found whole enough to be sure of.

    References
    ----------
    Garrido-Jurado S. et al., Pattern Recognit 2014;47:2280, doi:10.1016/j.patcog.2014.01.005.

    """
    levels = picture if isinstance(picture, Levels) else Levels(picture)
    found = _markers(levels)
    if not found:
        return NOTHING
    rgb = levels.rgb
    refined = {number: _refined(rgb, corners) for number, corners in found.items()}
    return Found(card=_card(rgb, refined), stickers=_stickers(refined))


def _markers(levels: Levels) -> dict[int, Corners]:
    level, pixels = levels.at(_SEARCH_SIDE / max(levels.rgb.shape[:2]))
    grey = level[..., 1]  # markers are black on white: green tells them as well as any grey
    settings = cv2.aruco.DetectorParameters()
    settings.minMarkerPerimeterRate = 0.02
    settings.adaptiveThreshWinSizeMax = 23
    settings.adaptiveThreshWinSizeStep = 20
    settings.errorCorrectionRate = 0.3
    detector = cv2.aruco.ArucoDetector(cv2.aruco.getPredefinedDictionary(DICTIONARY), settings)
    corners, numbers, _ = detector.detectMarkers(np.ascontiguousarray(grey))
    if numbers is None:
        return {}
    found: dict[int, Corners] = {}
    for quad, number in zip(corners, [int(number) for number in numbers.ravel()], strict=True):
        if number in found:
            return {}  # one marker twice: two cards, or none
        found[number] = (quad.reshape(4, 2).astype(np.float64) + 0.5) * pixels - 0.5
    return {number: quad for number, quad in found.items() if number in MARKERS or number in STICKERS}


def _refined(rgb: Pixels, corners: Corners) -> Corners:
    """Find the corners again in the full picture, to a fraction of a pixel."""
    side = float(np.linalg.norm(corners - np.roll(corners, 1, axis=0), axis=1).min())
    reach = int(np.clip(side / 12, 2, 24))
    low = np.maximum(np.floor(corners.min(axis=0)).astype(int) - 3 * reach, 0)
    high = np.ceil(corners.max(axis=0)).astype(int) + 3 * reach + 1
    window = np.ascontiguousarray(rgb[low[1] : high[1], low[0] : high[0], 1])
    if min(window.shape) < 4 * reach + 5:
        return corners
    start = (corners - low).astype(np.float32).reshape(-1, 1, 2)
    stop = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 40, 0.01)
    better = cv2.cornerSubPix(window, start.copy(), (reach, reach), (-1, -1), stop).reshape(4, 2)
    moved = np.linalg.norm(better - start.reshape(4, 2), axis=1).max()
    return np.asarray(better + low, dtype=np.float64) if moved < 1.5 * reach else corners


def _square(corner: tuple[float, float], side: float) -> NDArray[np.float64]:
    return np.array(corner) + side * np.array([[0, 0], [1, 0], [1, 1], [0, 1]], dtype=np.float64)


def _card(rgb: Pixels, found: dict[int, Corners]) -> CardFound | None:
    mine = [number for number in MARKERS if number in found]
    if len(mine) < _FEWEST_MARKERS:
        return None
    source = np.concatenate([_square(MARKERS[number], MARKER_MM) for number in mine])
    target = np.concatenate([found[number] for number in mine])
    plane, _ = cv2.findHomography(source, target, 0)
    if plane is None or not np.isfinite(plane).all():
        return None
    rest = np.linalg.norm(_moved(plane, source) - target, axis=1)
    longest, shortest = _stretch(plane, np.array([WIDTH_MM, HEIGHT_MM]) / 2)
    if rest.max() > _MISPLACED * MARKER_MM * longest:
        return None
    outline = _moved(plane, np.array([[0, 0], [WIDTH_MM, 0], [WIDTH_MM, HEIGHT_MM], [0, HEIGHT_MM]], dtype=np.float64))
    return CardFound(
        outline=outline, mm_per_px=1 / longest if shortest >= _TILTED * longest else None,
        seen=np.array([_seen(rgb, plane, patch.left_mm, patch.top_mm, *PATCH_MM) for patch in patches()]),
        even=_even(rgb, plane),
    )  # fmt: skip


def _stickers(found: dict[int, Corners]) -> StickersFound | None:
    if any(number not in found for number in STICKERS):
        return None
    corners = [found[number] for number in STICKERS]
    outline = np.array([quad.mean(axis=0) for quad in corners])
    if _area(outline) <= 0:
        return None
    # The longer sides: a sticker on curved skin leans, and leaning only shortens.
    sides = [np.sort(np.linalg.norm(quad - np.roll(quad, 1, axis=0), axis=1))[2:].mean() for quad in corners]
    return StickersFound(outline=outline, mm_per_px=float(STICKER_MARKER_MM / np.median(sides)))


def _area(outline: Corners) -> float:
    x, y = outline.T
    return float(0.5 * (x @ np.roll(y, -1) - y @ np.roll(x, -1)))


def _moved(plane: NDArray[Any], points: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(cv2.perspectiveTransform(points.reshape(-1, 1, 2), plane).reshape(-1, 2))


def _stretch(plane: NDArray[Any], middle: NDArray[np.float64]) -> tuple[float, float]:
    """Give the longest and the shortest a millimetre gets in the picture, in pixels."""
    steps = middle + np.array([[0.5, 0], [-0.5, 0], [0, 0.5], [0, -0.5]])
    at = _moved(plane, steps)
    longest, shortest = np.linalg.svd(np.column_stack([at[0] - at[1], at[2] - at[3]]), compute_uv=False)
    return float(longest), float(shortest)


def _seen(
    rgb: Pixels, plane: NDArray[Any], left: float, top: float, width: float, height: float
) -> NDArray[np.float64]:
    """Give the mean linear light of the inner part of a field, nan when clipped or not wholly in the picture."""
    across = (np.arange(_SAMPLES) + 0.5) / _SAMPLES * _INNER + (1 - _INNER) / 2
    grid = np.stack(np.meshgrid(left + width * across, top + height * across), axis=-1).reshape(-1, 2)
    places = np.round(_moved(plane, grid)).astype(int)
    limits = (rgb.shape[1], rgb.shape[0])
    if not np.all((places >= 0) & (places < limits)):
        return np.full(3, np.nan)
    codes = np.ascontiguousarray(rgb[places[:, 1], places[:, 0]])
    if (codes.max(axis=1) >= _CLIPPED).mean() > _SPOILT:
        return np.full(3, np.nan)
    return np.asarray(linear(codes[None])[0].mean(axis=0, dtype=np.float64))


def _even(rgb: Pixels, plane: NDArray[Any]) -> bool:
    """Compare the white between the markers at the left and at the right end, which nothing is printed on."""
    left, right = (_seen(rgb, plane, at, 21.0, MARKER_MM, 12.0) for at in (4.0, 78.0))
    if np.isnan(left).any() or np.isnan(right).any():
        return bool(np.isnan(left).any() and np.isnan(right).any())
    ratio = float(left[1] / right[1])
    return bool(1 / _PAPER_DIFFERS < ratio < _PAPER_DIFFERS)
