"""Which pixels are skin fit to be read: not hair, shadow, gloss, cover or clipped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from needlepoint.core.imaging.colour import linear
from needlepoint.core.imaging.face import Points
from needlepoint.core.imaging.photo import Floats, Mask, Pixels

_FACE_WIDTH: Final = 560  # pixels of the crop across a face: plenty for colour, quick to go through
_PICTURE_SIDE: Final = 800
_CLIPPED_CODE: Final = 252
_CRUSHED_CODE: Final = 3
_MOST_PIXELS: Final = 40_000_000  # taken to linear light at once
_STEP: Final = 1e-4
_PASSAGE: Final = 0.012  # of the crop's width

# Bounds of human skin in logarithms to base 2 of red over green and green over blue, wide enough for all skin
# types under any usual white balance; grey, blue and green things fall outside.
_RED_OVER_GREEN: Final = (0.12, 2.6)
_GREEN_OVER_BLUE: Final = (-0.35, 2.6)
# Where no face vouches for it, the bulk of the skin must lie within what skin usually is.
_USUAL_RED: Final = (0.25, 1.55)
_USUAL_BLUE: Final = (0.05, 1.7)


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

    """

    light: Floats
    spoilt: Mask
    bright: Mask
    corner: NDArray[np.float64]
    step: NDArray[np.float64]

    @property
    def shape(self) -> tuple[int, int]:
        """Give height and width."""
        return self.spoilt.shape[0], self.spoilt.shape[1]

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
        At most 560 pixels across the face.

    """
    low, high = mesh[:, :2].min(axis=0), mesh[:, :2].max(axis=0)
    margin = 0.06 * (high - low)
    left, top = np.clip(np.floor(low - margin), 0, (rgb.shape[1] - 2, rgb.shape[0] - 2)).astype(int)
    right, bottom = np.clip(np.ceil(high + margin), (left + 2, top + 2), (rgb.shape[1], rgb.shape[0])).astype(int)
    factor = min(1.0, _FACE_WIDTH / float(np.max(high - low)))
    return _crop(rgb[top:bottom, left:right], np.array([left, top], dtype=np.float64), factor)


def picture_crop(rgb: Pixels) -> Crop:
    """Take the whole picture, at most 800 pixels long.

    Parameters
    ----------
    rgb
        (height, width, 3) sRGB.

    Returns
    -------
    Crop
        All of it.

    """
    return _crop(rgb, np.zeros(2), min(1.0, _PICTURE_SIDE / max(rgb.shape[:2])))


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
    logs = np.log2(cv2.blur(crop.light, (3, 3)) + np.float32(_STEP))
    return logs[..., 0], logs[..., 0] - logs[..., 1], logs[..., 1] - logs[..., 2]


def _held(part: Pixels) -> Pixels:
    """Shrink what would not fit into memory as linear light; neighbouring pixels of so large a picture are alike."""
    factor = (_MOST_PIXELS / (part.shape[0] * part.shape[1])) ** 0.5
    if factor >= 1:
        return part
    size = (max(2, int(part.shape[1] * factor)), max(2, int(part.shape[0] * factor)))
    return np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _crop(part: Pixels, corner: NDArray[np.float64], factor: float) -> Crop:
    size = (max(2, round(part.shape[1] * factor)), max(2, round(part.shape[0] * factor)))
    step = np.array([part.shape[1] / size[0], part.shape[0] / size[1]])
    part = _held(part)
    strongest = np.maximum(np.maximum(part[..., 0], part[..., 1]), part[..., 2])
    shares = [
        cv2.resize((each * np.uint8(255)).astype(np.uint8), size, interpolation=cv2.INTER_AREA) > 25
        for each in (strongest >= _CLIPPED_CODE, strongest <= _CRUSHED_CODE)
    ]
    light = np.asarray(cv2.resize(linear(part), size, interpolation=cv2.INTER_AREA), dtype=np.float32)
    return Crop(light=light, spoilt=shares[0] | shares[1], bright=shares[0], corner=corner, step=step)
