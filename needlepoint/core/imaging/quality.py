"""Whether a photograph can be measured: sharpness, exposure, pose, and whether there is skin."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from needlepoint.core.imaging.colour import lab
from needlepoint.core.imaging.correction import Corrected
from needlepoint.core.imaging.face import Points
from needlepoint.core.imaging.levels import Levels
from needlepoint.core.imaging.photo import Mask, Quality, Reason
from needlepoint.core.imaging.pose import Pose, head_pose
from needlepoint.core.imaging.skin import Crop

_SHARP_SIDE: Final = 1024  # sharpness is judged with the subject at most this large, so that photos agree
_BLUR_WIDTH: Final = 11  # of the average a blurred picture hardly differs from, as Crete chose it
_BLURRED: Final = 0.3
_DARK: Final = 0.2
_BRIGHT: Final = 0.8
_CLIPPED: Final = 0.3  # share of the subject
_TURNED_DEG: Final = 55.0
_NODDED_DEG: Final = 35.0
# Median L* of the skin and the exposure said of it: all skin types under balanced light fall between 0.4 and 0.6.
_LIGHTNESS: Final = (0.0, 25.0, 80.0, 100.0)
_EXPOSURE: Final = (0.0, 0.4, 0.6, 1.0)
# Dark skin is not a dark picture: the brightest half percent (eyes, teeth, gloss) tells the two apart.
_HIGHLIGHT: Final = (0.0, 30.0, 60.0)
_HIGHLIGHT_EXPOSURE: Final = (0.0, 0.2, 0.5)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Look:
    """What was found in a picture before its quality is judged."""

    mesh: Points | None
    skin: Mask
    reason: Reason | None
    box: tuple[int, int, int, int] | None = None  # left, top, right, bottom of an outlined part
    mm_per_px: float | None = None
    corrected_by: Corrected = Corrected.NONE


def judged(levels: Levels, crop: Crop, look: Look) -> Quality:
    """Give the quality of a photograph.

    Parameters
    ----------
    levels
        The photograph.
    crop
        The face, or the whole picture, in linear light.
    look
        Mesh, skin, and the reason why there is none.

    Returns
    -------
    Quality
        Usable exactly when it has no reasons against it.

    """
    rgb = levels.rgb
    sharpness = sharp(_subject(levels, look))
    exposure = exposed(crop, look.skin)
    pose = None if look.mesh is None else head_pose(look.mesh)
    reasons = tuple(_against(sharpness=sharpness, exposure=exposure, pose=pose, crop=crop, look=look))
    return Quality(
        usable=not reasons, reasons=reasons, width_px=rgb.shape[1], height_px=rgb.shape[0],
        sharpness=sharpness, exposure=exposure, face_found=look.mesh is not None,
        yaw_deg=pose.yaw_deg if pose else None, pitch_deg=pose.pitch_deg if pose else None,
        roll_deg=pose.roll_deg if pose else None, scale_mm_per_px=look.mm_per_px,
        colour_reference=look.corrected_by is not Corrected.NONE, corrected_by=look.corrected_by.value,
    )  # fmt: skip


def _against(*, sharpness: float, exposure: float, pose: Pose | None, crop: Crop, look: Look) -> Iterator[Reason]:
    if exposure < _DARK:
        yield Reason.TOO_DARK
    elif exposure > _BRIGHT or crop.bright.mean() > _CLIPPED:
        yield Reason.TOO_BRIGHT
    if sharpness < _BLURRED:
        yield Reason.BLURRED
    if pose is not None and (abs(pose.yaw_deg) > _TURNED_DEG or abs(pose.pitch_deg) > _NODDED_DEG):
        yield Reason.POSE_OFF
    if look.reason is not None:
        yield look.reason


def sharp(grey: NDArray[np.uint8]) -> float:
    """Give 0 for a picture that blurring leaves as it was, towards 1 the more of it blurring takes away.

    Parameters
    ----------
    grey
        (height, width) code values.

    Returns
    -------
    float
        1 minus the perceptual blur of Crete et al.; 0 for an even picture.

    References
    ----------
    Crete F. et al., Proc. SPIE 6492 (2007), doi:10.1117/12.702790.

    """
    values = grey.astype(np.float32)
    shares = []
    for axis, size in ((1, (_BLUR_WIDTH, 1)), (0, (1, _BLUR_WIDTH))):
        steps = np.abs(cv2.Sobel(values, cv2.CV_32F, int(axis == 1), int(axis == 0)))
        blurred = cv2.blur(values, size)
        left = np.abs(cv2.Sobel(blurred, cv2.CV_32F, int(axis == 1), int(axis == 0)))
        total = float(steps.sum(dtype=np.float64))
        lost = float(np.maximum(steps - left, 0).sum(dtype=np.float64))
        shares.append(lost / total if total > 0 else 0.0)
    return float(min(shares))


def exposed(crop: Crop, skin: Mask) -> float:
    """Give 0 for black, 0.5 for balanced and 1 for white, by the lightness of the skin and of the brightest parts.

    Parameters
    ----------
    crop
        The picture in linear light.
    skin
        (h, w) its skin; with none, all of it counts.

    Returns
    -------
    float
        0 to 1.

    """
    light = crop.light[skin] if skin.any() else crop.light.reshape(-1, 3)
    lightness = lab(np.median(light, axis=0).astype(np.float64))[0]
    brightest = np.percentile(crop.light.reshape(-1, 3)[:, 1], 99.5)
    highlight = lab(np.full(3, brightest, dtype=np.float64))[0]
    by_skin = float(np.interp(lightness, _LIGHTNESS, _EXPOSURE))
    if by_skin >= 0.5:
        return by_skin
    return min(by_skin, float(np.interp(highlight, _HIGHLIGHT, _HIGHLIGHT_EXPOSURE)))


def _subject(levels: Levels, look: Look) -> NDArray[np.uint8]:
    """Give the face, the outlined part or the whole picture in grey, not larger than it is judged at."""
    height, width = levels.rgb.shape[:2]
    left, top, right, bottom = look.box or (0, 0, width, height)
    if look.mesh is not None:
        left, top = np.maximum(look.mesh[:, :2].min(axis=0), 0).astype(int)
        right, bottom = np.maximum(look.mesh[:, :2].max(axis=0).astype(int) + 1, (left + 8, top + 8))
    factor = _SHARP_SIDE / max(min(right, width) - left, min(bottom, height) - top)
    level, pixels = levels.at(factor)
    part = level[top // pixels : -(-bottom // pixels), left // pixels : -(-right // pixels)]
    grey = np.asarray(cv2.cvtColor(np.ascontiguousarray(part), cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    if factor * pixels >= 1:
        return grey
    size = (max(2, round(part.shape[1] * factor * pixels)), max(2, round(part.shape[0] * factor * pixels)))
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
