"""Which pixels are skin fit to be read: not hair, shadow, gloss, cover or clipped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from needlepoint.core.imaging.averaging import averaged, clipped_shares
from needlepoint.core.imaging.face import Points
from needlepoint.core.imaging.photo import Floats, Mask, Pixels

_FACE_MM: Final = 120.0  # from hairline to chin, points 10 and 152: taken so for every face, measured on none
WORKING_MM: Final = 0.2  # to a pixel of the crop, so that every photograph is looked at equally closely
FINE_MM: Final = 0.08  # to a pixel of the fine plane
_LARGEST_FINE: Final = 2400  # pixels along a side of it
_PICTURE_SIDE: Final = 800
_CLIPPED_CODE: Final = 252
_CRUSHED_CODE: Final = 3
_STEP: Final = 1e-4
_PASSAGE: Final = 0.012  # of the crop's width

# Bounds of human skin in logarithms to base 2 of red over green and green over blue, wide enough for all skin
# types under any usual white balance; grey, blue and green things fall outside.
_RED_OVER_GREEN: Final = (0.12, 2.6)
_GREEN_OVER_BLUE: Final = (-0.35, 2.6)
# Where no face vouches for it, the bulk of the skin must lie within what skin usually is.
_USUAL_RED: Final = (0.25, 1.55)
_USUAL_BLUE: Final = (0.05, 1.7)

# What skin without a face must keep to; in trials skin stayed below a third of each, and fur, wood, sand and stained
# tissue exceeded one of them. Base-2 logarithms: usual and large steps of light, spread of the two colour ratios.
_RELIEF_PX: Final = 4.0
_STEPS: Final = (0.2, 0.45)
_COLOURS: Final = (0.2, 0.25)
_ONE_WAY: Final = 0.8


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Crop:
    """A part of the picture in linear light, shrunk by averaging areas.

    Attributes
    ----------
    light
        (h, w, 3) linear red, green, blue.
    spoilt
        (h, w) pixels in which more than a tenth is clipped or crushed to black.
    bright
        (h, w) the part of `spoilt` that is clipped.
    corner, step
        Picture pixel of the crop's upper left edge, and picture pixels to one pixel of the crop, as x, y.
    mm
        Millimetres to a pixel of the crop: of the person's own face when there is one, taken as 120 from hairline to
        chin, else by the card; None without either.
    fine
        (m, n) linear green on a finer grid over the same part, if the picture holds one.
    fine_mm
        Millimetres to a pixel of `fine`.

    """

    light: Floats
    spoilt: Mask
    bright: Mask
    corner: NDArray[np.float64]
    step: NDArray[np.float64]
    mm: float | None = None
    fine: Floats | None = None
    fine_mm: float | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """Give height and width."""
        return self.spoilt.shape[0], self.spoilt.shape[1]

    def corrected(self, right: Callable[[Floats], Floats]) -> Crop:
        """Give the same with its light put right; the fine plane is read for contrast alone and stays."""
        return replace(self, light=right(self.light))

    def without(self, corners: NDArray[np.float64]) -> Crop:
        """Give the same with what lies inside an outline, in pixels of the picture, not fit to be read."""
        places = (corners + 0.5 - self.corner) / self.step - 0.5
        covered = self.spoilt.astype(np.uint8)
        cv2.fillPoly(covered, [np.round(places * 16).astype(np.int32)], 1, shift=4)
        return replace(self, spoilt=covered.astype(np.bool_))

    def place(self, mesh: Points) -> NDArray[np.float64]:
        """Give mesh points in pixels of the crop."""
        return np.asarray((mesh[:, :2] + 0.5 - self.corner) / self.step - 0.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class SkinColour:
    """What skin looks like in one picture: medians of the two colour ratios and of red, as base-2 logarithms."""

    red_over_green: float
    green_over_blue: float
    red: float


def face_crop(rgb: Pixels, mesh: Points) -> Crop:
    """Cut out the face.

    Parameters
    ----------
    rgb
        (height, width, 3) sRGB.
    mesh
        (468, 3) face mesh in its pixels.

    Returns
    -------
    Crop
        0.2 mm to a pixel where the face is taken to be 120 mm long; coarser when the picture is.

    """
    low, high = mesh[:, :2].min(axis=0), mesh[:, :2].max(axis=0)
    margin = 0.06 * (high - low)
    left, top = np.clip(np.floor(low - margin), 0, (rgb.shape[1] - 2, rgb.shape[0] - 2)).astype(int)
    right, bottom = np.clip(np.ceil(high + margin), (left + 2, top + 2), (rgb.shape[1], rgb.shape[0])).astype(int)
    mm = _FACE_MM / max(float(np.linalg.norm(mesh[152] - mesh[10])), 1.0)
    return _crop(rgb[top:bottom, left:right], np.array([left, top], dtype=np.float64), mm=mm)


def picture_crop(rgb: Pixels, *, mm: float | None = None) -> Crop:
    """Take the whole picture: 0.2 mm to a pixel when its scale is known, at most 800 pixels long otherwise.

    Parameters
    ----------
    rgb
        (height, width, 3) sRGB.
    mm
        Millimetres to one of its pixels.

    Returns
    -------
    Crop
        All of it.

    """
    return _crop(rgb, np.zeros(2), mm=mm)


def part_crop(rgb: Pixels, box: tuple[int, int, int, int], *, mm: float | None = None) -> Crop:
    """Take a part of the picture.

    Parameters
    ----------
    rgb
        (height, width, 3) sRGB.
    box
        Left, top, right and bottom in its pixels.
    mm
        Millimetres to one of its pixels.

    Returns
    -------
    Crop
        As `picture_crop` does.

    """
    left, top, right, bottom = box
    return _crop(rgb[top:bottom, left:right], np.array([left, top], dtype=np.float64), mm=mm)


def skin_colour(crop: Crop, where: Mask) -> SkinColour | None:
    """Learn the colour of skin from pixels that are mostly skin, or give None when they have not its colour.

    Parameters
    ----------
    crop
        The picture in linear light.
    where
        (h, w) pixels to learn from.

    Returns
    -------
    SkinColour or None
        Medians over those of them that can be skin at all.

    """
    red, red_over_green, green_over_blue = _logs(crop)
    within = where & ~crop.spoilt
    likely = within & _possible(red_over_green, green_over_blue)
    if likely.sum() < max(16, 0.2 * within.sum()):
        return None
    return SkinColour(
        red_over_green=float(np.median(red_over_green[likely])),
        green_over_blue=float(np.median(green_over_blue[likely])),
        red=float(np.median(red[likely])),
    )


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Sorted:
    """What each pixel of a crop is; exactly one of the four is true of each."""

    skin: Mask
    dark: Mask
    bright: Mask
    foreign: Mask


def sort_pixels(crop: Crop, colour: SkinColour) -> Sorted:
    """Tell skin from hair and shadow, gloss and clipping, and things of another colour.

    Hair and shadow are told by red light, which blood does not take away: a patch does not count as shadow for
    being red. Gloss is skin with the lamp's own colour added, so brighter and less coloured than its surroundings.

    Parameters
    ----------
    crop
        The picture in linear light.
    colour
        What skin looks like in it.

    Returns
    -------
    Sorted
        Four masks of the crop's size.

    """
    red, red_over_green, green_over_blue = _logs(crop)
    away_red, away_blue = red_over_green - colour.red_over_green, green_over_blue - colour.green_over_blue
    brighter = red - colour.red
    gloss = (away_red + away_blue < -0.45) & (brighter > 0.4)
    bright = crop.bright | gloss
    dark = ~bright & ((brighter < -1.25) | crop.spoilt)
    own = (away_red > -0.5) & (away_red < 1.3) & (away_blue > -0.8) & (away_blue < 1.0)
    skin = own & _possible(red_over_green, green_over_blue) & ~bright & ~dark
    return Sorted(skin=skin, dark=dark, bright=bright, foreign=~skin & ~dark & ~bright)


def usual(colour: SkinColour) -> bool:
    """Tell whether a colour is what skin usually has, for pictures in which no face vouches for it.

    Parameters
    ----------
    colour
        Medians over what may be skin.

    Returns
    -------
    bool
        False for most wood, brick and coffee; true for some of it: a photograph without a face is taken on trust.

    """
    return bool(
        _USUAL_RED[0] < colour.red_over_green < _USUAL_RED[1]
        and _USUAL_BLUE[0] < colour.green_over_blue < _USUAL_BLUE[1]
    )


def looks_like_skin(crop: Crop, skin: Mask) -> bool:
    """Tell whether what has the colour of skin has its relief and evenness too; fur, wood and sand have not.

    Parameters
    ----------
    crop
        The picture in linear light.
    skin
        (h, w) pixels of the colour of skin.

    Returns
    -------
    bool
        False where light jumps about from pixel to pixel, where colours are as many as a coat's, or where all of the
        detail runs one way.

    """
    logs = np.log2(crop.light + np.float32(_STEP))
    detail = logs[..., 1] - cv2.GaussianBlur(logs[..., 1], (0, 0), _RELIEF_PX)
    usual_step, large_step = np.percentile(np.abs(detail[skin]), [50, 95])
    ratios = [cv2.GaussianBlur(logs[..., band] - logs[..., band + 1], (0, 0), 2.0) for band in (0, 1)]
    colours = [float(ratio[skin].std()) for ratio in ratios]
    across, down = (cv2.Sobel(detail, cv2.CV_32F, *order)[skin].astype(np.float64) for order in ((1, 0), (0, 1)))
    size = float((across**2 + down**2).sum())
    one_way = np.hypot((across**2 - down**2).sum(), 2 * (across * down).sum()) / size if size > 0 else 0.0
    return bool(
        usual_step < _STEPS[0] and large_step < _STEPS[1] and colours[0] < _COLOURS[0] and colours[1] < _COLOURS[1]
        and one_way < _ONE_WAY
    )  # fmt: skip


def whole_patches(skin: Mask) -> Mask:
    """Keep what is wide enough to be a patch of skin rather than scattered pixels of its colour.

    Parameters
    ----------
    skin
        (h, w) pixels that look like skin.

    Returns
    -------
    array
        (h, w) the part of `skin` that a disc of a hundredth of the width fits into.

    """
    reach = max(1, round(_PASSAGE * skin.shape[1]))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    return np.asarray(cv2.morphologyEx(skin.astype(np.uint8), cv2.MORPH_OPEN, kernel) > 0)


def joined(skin: Mask, core: Mask) -> Mask:
    """Keep the skin that hangs together with the middle of the face; strands of hair as light as skin do not.

    Parameters
    ----------
    skin
        (h, w) pixels that look like skin.
    core
        (h, w) pixels that lie where skin is certain.

    Returns
    -------
    array
        (h, w) the part of `skin` that can be reached from `core` without a narrow passage.

    """
    reach = max(1, round(_PASSAGE * skin.shape[1]))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    eroded = cv2.erode(skin.astype(np.uint8), kernel)
    count, labels = cv2.connectedComponents(eroded, connectivity=4)
    shares = np.bincount(labels[core & (eroded > 0)], minlength=count)
    if shares.size < 2 or shares[1:].max() == 0:
        return skin
    # A piece of the core counts when it is more than a crumb: glasses may part the cheeks from the nose.
    kept = np.flatnonzero(shares >= max(4, 0.02 * shares[1:].max()))
    kept = kept[kept > 0]
    reached = cv2.dilate(np.isin(labels, kept).astype(np.uint8), kernel)
    return np.asarray(skin & (reached > 0))


def _possible(red_over_green: Floats, green_over_blue: Floats) -> Mask:
    (red_low, red_high), (blue_low, blue_high) = _RED_OVER_GREEN, _GREEN_OVER_BLUE
    return np.asarray(
        (red_over_green > red_low) & (red_over_green < red_high)
        & (green_over_blue > blue_low) & (green_over_blue < blue_high)
    )  # fmt: skip


def _logs(crop: Crop) -> tuple[Floats, Floats, Floats]:
    # A light blur: the question is what a spot is made of, not what the noise in one pixel did.
    red, green, blue = (cv2.blur(each, (3, 3)) for each in cv2.split(crop.light))
    red, green, blue = (np.log2(each + np.float32(_STEP)) for each in (red, green, blue))
    return red, red - green, green - blue


def _crop(part: Pixels, corner: NDArray[np.float64], *, mm: float | None) -> Crop:
    """Average once to the fine grid, and that to the working grid."""
    longest = max(part.shape[:2])
    if mm is None:
        fine_factor = factor = min(1.0, _PICTURE_SIDE / longest)
    else:
        fine_factor = min(1.0, max(mm / FINE_MM, mm / WORKING_MM), _LARGEST_FINE / longest)
        factor = min(fine_factor, mm / WORKING_MM)
    height, width = _size(part, fine_factor)
    light = averaged(part, height, width)
    fine = light[..., 1] if mm is not None else None
    fine_mm = None if mm is None else mm * part.shape[0] / height
    size = _size(part, factor)
    if size != (height, width):
        light = np.asarray(cv2.resize(light, size[::-1], interpolation=cv2.INTER_AREA), dtype=np.float32)
    bright, dark = clipped_shares(part, *size, above=_CLIPPED_CODE, below=_CRUSHED_CODE)
    step = np.array([part.shape[1] / size[1], part.shape[0] / size[0]])
    return Crop(
        light=light, spoilt=bright | dark, bright=bright, corner=corner, step=step,
        mm=None if mm is None else mm * float(step.mean()), fine=fine, fine_mm=fine_mm,
    )  # fmt: skip


def _size(part: Pixels, factor: float) -> tuple[int, int]:
    return max(2, round(part.shape[0] * factor)), max(2, round(part.shape[1] * factor))
