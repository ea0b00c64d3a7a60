"""What to do with head, camera and light so that the next photograph can be compared with the last."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from needlepoint.core.imaging.light import Shot, light_change
from needlepoint.core.imaging.measures import Reading
from needlepoint.core.imaging.photo import WHOLE, Reason

POSE_DEG: Final = 5.0  # from the photograph before
_POSE_WITHOUT_DEG: Final = 10.0  # from the view's own angle, where there is none before: heads differ
_NEARER: Final = 1.08
_FACE_SHARE: Final = (0.4, 0.8)  # of the picture's height, without a photograph before
_ASIDE: Final = 0.1  # of the picture's width or height
_LIT: Final = (0.3, 0.7)
_LIT_AS_BEFORE: Final = 0.08
_ONE_SIDED: Final = 0.8  # base-2 logarithm of green light, left half of the face over right
_BLURRED: Final = 0.3
_OTHER_COLOUR: Final = 0.2  # base-2 logarithm of the change of the light's colour, and of its brightness
_OTHER_BRIGHTNESS: Final = 0.45


class Aid(StrEnum):
    """What an advice is about."""

    FACE = "face"
    YAW = "yaw"
    PITCH = "pitch"
    ROLL = "roll"
    DISTANCE = "distance"
    ACROSS = "across"
    HEIGHT = "height"
    LIGHT = "light"
    SIDE = "side"
    SHARPNESS = "sharpness"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a frame shows; None where there is no face to tell it by.

    Attributes
    ----------
    pose
        Yaw, pitch and roll in degrees.
    size
        Height of the face as a share of the picture's.
    middle
        Where the face is, as shares of the picture's width and height.
    exposure, sharpness
        As in Quality.
    side
        Base-2 logarithm of green light on the left half of the face over the right, as the picture shows it.

    """

    pose: tuple[float, float, float] | None
    size: float | None
    middle: tuple[float, float] | None
    exposure: float
    sharpness: float
    side: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """One thing that is right, or how far it is off: degrees, or shares of the picture or of what it was before."""

    about: Aid
    ok: bool
    off: float = 0.0


def seen(reading: Reading) -> Seen:
    """Give what a frame shows.

    Parameters
    ----------
    reading
        The frame as it was read.

    Returns
    -------
    Seen
        For the guide.

    """
    quality, mesh = reading.measurement.quality, reading.mesh
    if mesh is None or quality.yaw_deg is None or quality.pitch_deg is None or quality.roll_deg is None:
        return Seen(
            pose=None, size=None, middle=None, exposure=quality.exposure, sharpness=quality.sharpness, side=None
        )
    low, high = mesh[:, :2].min(axis=0), mesh[:, :2].max(axis=0)
    x, y = (low + high) / 2 / (quality.width_px, quality.height_px)
    return Seen(
        pose=(quality.yaw_deg, quality.pitch_deg, quality.roll_deg),
        size=float((high[1] - low[1]) / quality.height_px), middle=(float(x), float(y)),
        exposure=quality.exposure, sharpness=quality.sharpness, side=_side(reading),
    )  # fmt: skip


def _side(reading: Reading) -> float | None:
    skin = reading.samples[WHOLE].fit
    columns = np.nonzero(skin)[1]
    if not columns.size:
        return None
    left = np.arange(skin.shape[1])[None] < columns.mean()
    halves = [reading.crop.light[skin & half, 1] for half in (left, ~left)]
    if any(not half.size for half in halves):
        return None
    return float(np.log2((halves[0].mean() + 1e-4) / (halves[1].mean() + 1e-4)))


def advised(now: Seen, *, before: Seen | None, yaw_deg: float | None) -> tuple[Advice, ...]:
    """Give what is right and what is off.

    Parameters
    ----------
    now
        The frame.
    before
        The photograph to be matched, read at the same size; None when this is the first.
    yaw_deg
        How far the view has the head turned; None for a view that shows no whole face.

    Returns
    -------
    tuple
        One advice for each thing that can be told, the most important first.

    """
    return tuple(_advised(now, before=before, yaw_deg=yaw_deg))


def _advised(now: Seen, *, before: Seen | None, yaw_deg: float | None) -> Iterator[Advice]:
    if yaw_deg is not None:
        if now.pose is None or now.size is None or now.middle is None:
            yield Advice(about=Aid.FACE, ok=False)
        else:
            yield from _posed(now.pose, before=before, yaw_deg=yaw_deg)
            yield from _placed(now.size, now.middle, before=before)
    yield _lit(now, before=before)
    if now.side is not None and yaw_deg == 0:
        aside = 0.0 if before is None or before.side is None else before.side
        yield Advice(about=Aid.SIDE, ok=abs(now.side - aside) <= _ONE_SIDED, off=now.side - aside)
    yield Advice(about=Aid.SHARPNESS, ok=now.sharpness >= _BLURRED, off=now.sharpness)


def _posed(pose: tuple[float, float, float], *, before: Seen | None, yaw_deg: float) -> Iterator[Advice]:
    known = before is not None and before.pose is not None
    goal = before.pose if before is not None and before.pose is not None else (yaw_deg, 0.0, 0.0)
    limit = POSE_DEG if known else _POSE_WITHOUT_DEG
    for about, angle, wanted in zip((Aid.YAW, Aid.PITCH, Aid.ROLL), pose, goal, strict=True):
        yield Advice(about=about, ok=abs(angle - wanted) <= limit, off=angle - wanted)


def _placed(size: float, middle: tuple[float, float], *, before: Seen | None) -> Iterator[Advice]:
    if before is not None and before.size is not None:
        ratio = size / before.size
        yield Advice(about=Aid.DISTANCE, ok=1 / _NEARER <= ratio <= _NEARER, off=ratio - 1)
    else:
        near, far = max(0.0, size - _FACE_SHARE[1]), min(0.0, size - _FACE_SHARE[0])
        yield Advice(about=Aid.DISTANCE, ok=near == far == 0, off=near + far)
    goal = before.middle if before is not None and before.middle is not None else (0.5, 0.5)
    for about, place, wanted in zip((Aid.ACROSS, Aid.HEIGHT), middle, goal, strict=True):
        yield Advice(about=about, ok=abs(place - wanted) <= _ASIDE, off=place - wanted)


def _lit(now: Seen, *, before: Seen | None) -> Advice:
    if before is None:
        dark, bright = min(0.0, now.exposure - _LIT[0]), max(0.0, now.exposure - _LIT[1])
        return Advice(about=Aid.LIGHT, ok=dark == bright == 0, off=dark + bright)
    off = now.exposure - before.exposure
    return Advice(about=Aid.LIGHT, ok=abs(off) <= _LIT_AS_BEFORE, off=off)


def against_keeping(shot: Reading, *, before: Reading | None, yaw_deg: float | None) -> tuple[Reason, ...]:
    """Give why a photograph should be taken again at once, while the patient is still there.

    Parameters
    ----------
    shot
        The photograph as it was read.
    before
        The one to be matched, read at the same size; None when this is the first.
    yaw_deg
        As in `advised`.

    Returns
    -------
    tuple
        Nothing when it may be kept.

    """
    quality = shot.measurement.quality
    reasons = list(quality.reasons)
    if yaw_deg is not None:
        if not quality.face_found:
            reasons.append(Reason.REGION_NOT_FOUND)
        else:
            now, then = seen(shot), None if before is None else seen(before)
            found = {advice.about: advice.ok for advice in advised(now, before=then, yaw_deg=yaw_deg)}
            reasons += _told(found)
    if before is not None and _other_light(before, shot):
        reasons.append(Reason.CONDITIONS_DIFFER)
    if any(sample.reason is Reason.MAKE_UP_OR_COVER for sample in shot.samples.values()):
        reasons.append(Reason.MAKE_UP_OR_COVER)
    return tuple(dict.fromkeys(reasons))


def _told(found: Mapping[Aid, bool]) -> Iterator[Reason]:
    if not all(found.get(aid, True) for aid in (Aid.YAW, Aid.PITCH, Aid.ROLL)):
        yield Reason.POSE_OFF
    if not found.get(Aid.SIDE, True):
        yield Reason.UNEVEN_LIGHT


def _other_light(before: Reading, after: Reading) -> bool:
    one, two = (Shot(levels=each.levels, mesh=each.mesh, skin=_skin(each)) for each in (before, after))
    change = light_change(one, two)
    if change is None:
        return False
    red, green, blue = np.log2(change.gain)
    brightness = abs(green) if change.brightness_known else 0.0
    return bool(max(abs(red - green), abs(blue - green)) > _OTHER_COLOUR or brightness > _OTHER_BRIGHTNESS)


def _skin(reading: Reading) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    colour = reading.samples[WHOLE].colour
    return np.ones(3) if colour is None else colour
