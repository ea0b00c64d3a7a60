"""How the skin of two photographs differs, and whether by more than the measuring error."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from needlepoint.core.imaging.correction import Corrected
from needlepoint.core.imaging.face import FaceModels
from needlepoint.core.imaging.levels import Levels
from needlepoint.core.imaging.light import LightChange, Shot, light_change
from needlepoint.core.imaging.measures import STANDARD, Progress, Reading, Settings, no_progress, read
from needlepoint.core.imaging.photo import (
    WHOLE,
    Change,
    Comparison,
    Floats,
    FurtherId,
    Id,
    Mask,
    Measure,
    MeasureId,
    Pixels,
    Quality,
    Reason,
    Registration,
)
from needlepoint.core.imaging.registration import Laid, View, lay_over
from needlepoint.core.imaging.uncertainty import smallest_detectable_change
from needlepoint.core.imaging.values import BY_COLOUR, BY_RELIEF, INDICES

_TURNED_DEG: Final = 8.0  # yaw or pitch between the photos; estimates are good to 3, retakes to 5
_TIPPED_DEG: Final = 20.0  # roll, which laying over undoes, but which turns the head under the lamp
_LIGHT_SHARE: Final = 0.6  # of the smallest detectable change that light alone may explain
_OTHER_COLOUR: Final = 0.2  # base-2 logarithms of the change of light beyond which no measure is compared
_OTHER_BRIGHTNESS: Final = 0.45
_RELIT: Final = 0.16  # spread over the face of the change of red light, base-2 logarithm
_TINTED: Final = 0.2  # base-2 logarithm of red over green
_ALIKE: Final = 0.25  # spread over the face, as a share of the change itself
_REGIONS_TO_TELL: Final = 4
_BLOCKS_TO_HALVE: Final = 6
_OVERLAP: Final = 0.5
_ROWS: Final = 30000
_REGION_OVERLAP: Final = 0.6
_BY_BRIGHTNESS: Final = frozenset({MeasureId.MELANIN_INDEX, MeasureId.ITA, FurtherId.LIGHTNESS})
_OTHER_SHARPNESS: Final = 0.15  # apart, beyond which texture is another lens or focus
_OTHER_SIZE: Final = 1.4  # times as many pixels to a millimetre, likewise for what is finer than a pixel of the crop
_FINE: Final = frozenset({MeasureId.PORE_AREA, FurtherId.ROUGHNESS_FINE, FurtherId.PORE_COUNT})


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class _Pair:
    """Two readings and what is known about setting one against the other.

    Attributes
    ----------
    stop
        What forbids every comparison.
    hidden
        Regions of which AFTER shows too little.
    light
        How AFTER's light differs, where the surroundings tell.
    relit
        Whether the lamp stood elsewhere.
    tinted
        Whether all regions changed colour alike and much, as another light would make them.

    """

    before: Reading
    after: Reading
    stop: Reason | None
    same: bool
    hidden: frozenset[str]
    light: LightChange | None
    relit: bool
    tinted: bool

    @property
    def with_card(self) -> bool:
        """Tell whether the colours of either were put right by a card."""
        return any(each.correction.by is not Corrected.NONE for each in (self.before, self.after))


def compare(
    before: Pixels,
    after: Pixels,
    models: FaceModels,
    *,
    settings: Settings = STANDARD,
    progress: Progress = no_progress,
) -> Comparison:
    """Set AFTER against BEFORE.

    Parameters
    ----------
    before, after
        (height, width, 3) sRGB code values, upright; sizes may differ.
    models
        The face networks.
    settings
        Error model, card, and an outline in BEFORE, which is found again in AFTER.
    progress
        Called with shares from 0 to 1.

    Returns
    -------
    Comparison
        A change for every measure that either photograph has; not comparable, with the reason, where the
        pose, the light or the laying over does not allow it.

    References
    ----------
    Smallest detectable change: Weir J.P., J Strength Cond Res 2005;19:231.

    """
    first = read(before, models, settings=settings, progress=lambda share: progress(0.25 * share))
    same = before.shape == after.shape and bool(np.array_equal(before, after))
    laid = None
    if settings.outline is not None and not same:
        laid = lay_over(View(levels=first.levels, mesh=None), View(levels=Levels(after), mesh=None))
        settings = settings if laid is None else replace(settings, outline=laid.carried(settings.outline))
    second = read(after, models, settings=settings, progress=lambda share: progress(0.25 + 0.25 * share))
    shown = first.samples[WHOLE].fit
    registration = Registration(residual_px=0.0, overlap=1.0)
    if not same:
        if settings.outline is None:
            laid = lay_over(View(levels=first.levels, mesh=first.mesh), View(levels=second.levels, mesh=second.mesh))
        shown = np.zeros_like(shown) if laid is None else _shown(laid, first, second)
        overlap = _share(shown, first.samples[WHOLE].fit)
        registration = Registration(residual_px=None if laid is None else laid.residual_px, overlap=overlap)
    progress(0.9)
    stop = _against(first.measurement.quality, second.measurement.quality, registration)
    light = None if same or stop else light_change(_shot(first), _shot(second))
    pair = _Pair(
        before=first, after=second, stop=stop or _other_light(light), same=same, hidden=_hidden(first, shown),
        light=light, relit=_relit(first, second), tinted=_tinted(first, second),
    )  # fmt: skip
    changes = tuple(_changes(pair))
    progress(1.0)
    return Comparison(
        before=first.measurement.quality, after=second.measurement.quality, registration=registration, changes=changes
    )


def _shown(laid: Laid, first: Reading, second: Reading) -> Mask:
    """Give the measured skin of BEFORE whose place in AFTER is measured skin too, as a mask of BEFORE's crop."""
    skin, other = first.samples[WHOLE].fit, second.samples[WHOLE].fit
    rows, columns = np.nonzero(skin)
    shown = np.zeros_like(skin)
    if not rows.size:
        return shown
    pixels = (np.column_stack([columns, rows]) + 0.5) * first.crop.step + first.crop.corner - 0.5
    frame = ((pixels + 0.5 - laid.corner) / laid.step - 0.5).astype(np.float32)
    sides = [np.ascontiguousarray(frame[:, axis, None]) for axis in (0, 1)]
    places = np.concatenate([_at(laid.places, *part) for part in _pieces(*sides)])
    inside = np.round((places + 0.5 - second.crop.corner) / second.crop.step - 0.5).astype(int)
    height, width = other.shape
    within = np.all((inside >= 0) & (inside < (width, height)), axis=1)
    # Outlines are sharp and landmarks are not: skin within a pixel of the outline counts as shown.
    near = cv2.dilate(other.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    x, y = inside[within].T
    shown[rows[within], columns[within]] = near[y, x]
    return shown


def _pieces(x: Floats, y: Floats) -> Iterator[tuple[Floats, Floats]]:
    """Cut long lists: remapping takes fewer than 32768 rows at a time."""
    for start in range(0, len(x), _ROWS):
        yield x[start : start + _ROWS], y[start : start + _ROWS]


def _at(places: Floats, x: Floats, y: Floats) -> Floats:
    there = cv2.remap(places, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(there, dtype=np.float32)[:, 0]


def _share(shown: Mask, skin: Mask) -> float:
    return float(shown[skin].mean()) if skin.any() else 0.0


def _hidden(first: Reading, shown: Mask) -> frozenset[str]:
    return frozenset(
        region
        for region, sample in first.samples.items()
        if sample.fit.any() and _share(shown, sample.fit) < _REGION_OVERLAP
    )


def _other_light(light: LightChange | None) -> Reason | None:
    if light is None:
        return None
    red, green, blue = np.log2(light.gain)
    colour = max(abs(red - green), abs(blue - green))
    brightness = abs(green) if light.brightness_known else 0.0
    return Reason.CONDITIONS_DIFFER if colour > _OTHER_COLOUR or brightness > _OTHER_BRIGHTNESS else None


def _against(before: Quality, after: Quality, registration: Registration) -> Reason | None:
    """Give the first thing that speaks against setting anything in these two photos against each other."""
    if before.reasons or after.reasons:
        return (before.reasons or after.reasons)[0]
    if _turned(before, after):
        return Reason.POSE_OFF
    if registration.residual_px is None or registration.overlap < _OVERLAP:
        return Reason.NOT_REGISTERED
    return None


def _turned(before: Quality, after: Quality) -> bool:
    angles = (
        (before.yaw_deg, after.yaw_deg, _TURNED_DEG),
        (before.pitch_deg, after.pitch_deg, _TURNED_DEG),
        (before.roll_deg, after.roll_deg, _TIPPED_DEG),
    )
    return any(one is not None and two is not None and abs(two - one) > limit for one, two, limit in angles)


def _shot(reading: Reading) -> Shot:
    colour = reading.samples[WHOLE].colour
    return Shot(levels=reading.levels, mesh=reading.mesh, skin=np.ones(3) if colour is None else colour)


def _relit(first: Reading, second: Reading) -> bool:
    """Tell whether red light, which pigment takes least of, changed here more than there: the lamp moved."""
    before, after = _halves(first), _halves(second)
    shared = [place for place in before if place in after]
    if len(shared) < _REGIONS_TO_TELL:
        return False
    return float(np.std([np.log2(after[place] / before[place]) for place in shared])) > _RELIT


def _halves(reading: Reading) -> dict[tuple[str, bool], float]:
    """Give red light in the left and the right half of each region, for lamps differ most from side to side."""
    halves = {}
    for region, sample in reading.samples.items():
        if region == WHOLE or len(sample.blocks) < _BLOCKS_TO_HALVE:
            continue
        left = sample.places[:, 0] < sample.places[:, 0].mean()
        if left.any() and not left.all():
            halves[region, True] = float(sample.blocks[left, 0].mean())
            halves[region, False] = float(sample.blocks[~left, 0].mean())
    return halves


def _tinted(first: Reading, second: Reading) -> bool:
    """Tell whether red over green moved everywhere alike, and further than lamps of one kind differ."""
    logs = _log_changes(first, second)
    if len(logs) < _REGIONS_TO_TELL:
        return False
    tint = logs[:, 0] - logs[:, 1]
    middle = abs(float(np.median(tint)))
    return middle > _TINTED and _spread(tint) < _ALIKE * middle


def _log_changes(first: Reading, second: Reading) -> NDArray[np.float64]:
    """Give the change of red, green and blue of each region both photos show, as base-2 logarithms."""
    before, after = (
        {region: sample.colour for region, sample in reading.samples.items() if sample.colour is not None}
        for reading in (first, second)
    )
    shared = [region for region in before if region in after and region != WHOLE]
    return np.array([np.log2(after[region] / before[region]) for region in shared]).reshape(-1, 3)


def _spread(values: NDArray[np.float64]) -> float:
    return 1.4826 * float(np.median(np.abs(values - np.median(values))))


def _changes(pair: _Pair) -> Iterator[Change]:
    """Go through the measures of either photo, in the order both keep: regions, then measures."""
    before, after = _by_place(pair.before), _by_place(pair.after)
    more, fewer = (before, after) if len(before) >= len(after) else (after, before)
    for place in [*more, *(place for place in fewer if place not in more)]:
        yield _change(place, before.get(place), after.get(place), pair)


def _by_place(reading: Reading) -> dict[tuple[str, Id], Measure]:
    return {(measure.region, measure.id): measure for measure in reading.measurement.measures}


def _change(place: tuple[str, Id], one: Measure | None, two: Measure | None, pair: _Pair) -> Change:
    region, each = place
    before, after = (None if measure is None else measure.value for measure in (one, two))
    reason = _reason(one, two, pair)
    if reason is not None or before is None or after is None:
        return Change(
            id=each, region=region, before=before, after=after, change=None, smallest_detectable_change=None,
            beyond_error=None, comparable=False, reason=reason or Reason.REGION_NOT_FOUND,
        )  # fmt: skip
    change, limit = after - before, _limit(one, two)
    return Change(
        id=each, region=region, before=before, after=after, change=change,
        smallest_detectable_change=limit, beyond_error=abs(change) > limit, comparable=True, reason=None,
    )  # fmt: skip


def _limit(one: Measure | None, two: Measure | None) -> float:
    errors = [measure.error for measure in (one, two) if measure is not None and measure.error is not None]
    return smallest_detectable_change(errors[0], errors[1])


def _reason(one: Measure | None, two: Measure | None, pair: _Pair) -> Reason | None:
    if one is None or two is None:
        return pair.stop or Reason.REGION_NOT_FOUND
    if one.value is None and two.value is None and one.reason is two.reason:
        return pair.stop or one.reason
    if Reason.NO_SCALE in (one.reason, two.reason) and (one.value is None) != (two.value is None):
        return pair.stop or Reason.UNIT_DIFFERS
    own = (None if one.comparable else one.reason) or (None if two.comparable else two.reason)
    if pair.stop or own or pair.same:
        return pair.stop or own
    if one.region in pair.hidden:
        return Reason.REGION_NOT_FOUND
    if one.id in BY_COLOUR:
        return _by_card(one, pair) if pair.with_card else _by_light(one, two, pair)
    if one.id in BY_RELIEF:
        return _by_relief(one, pair)
    return Reason.CONDITIONS_DIFFER if pair.relit else None


def _by_relief(one: Measure, pair: _Pair) -> Reason | None:
    """Tell whether lamp, focus or distance changed so that the same skin shows another relief."""
    before, after = pair.before.measurement.quality, pair.after.measurement.quality
    if pair.relit or abs(before.sharpness - after.sharpness) > _OTHER_SHARPNESS:
        return Reason.CONDITIONS_DIFFER
    sizes = [reading.crop.mm / float(reading.crop.step.mean()) for reading in (pair.before, pair.after)
             if reading.crop.mm is not None]  # fmt: skip
    if one.id in _FINE and len(sizes) == 2 and max(sizes) > _OTHER_SIZE * min(sizes):
        return Reason.CONDITIONS_DIFFER
    return None


def _by_card(one: Measure, pair: _Pair) -> Reason | None:
    """Tell whether the light differs by more than a card can undo: another lamp shows other pigments."""
    before, after = pair.before.correction, pair.after.correction
    if before.by is not after.by:
        return Reason.NO_COLOUR_REFERENCE
    red, green, blue = np.log2(after.gain / before.gain)
    if max(abs(red - green), abs(blue - green)) > _OTHER_COLOUR:
        return Reason.CONDITIONS_DIFFER
    relit = pair.relit and one.id is not MeasureId.ERYTHEMA_INDEX
    return Reason.CONDITIONS_DIFFER if relit else None


def _by_light(one: Measure, two: Measure, pair: _Pair) -> Reason | None:
    by_brightness = one.id in _BY_BRIGHTNESS
    if pair.relit and one.id is not MeasureId.ERYTHEMA_INDEX:
        return Reason.CONDITIONS_DIFFER
    if pair.light is None or (by_brightness and not pair.light.brightness_known):
        # Nothing in the pictures vouches for the exposure; the colour of the light is in the error already.
        return Reason.NO_COLOUR_REFERENCE if by_brightness or (pair.light is None and pair.tinted) else None
    colour = pair.before.samples[one.region].colour
    explained = 0.0 if colour is None else _explained(one, colour, pair.light.gain)
    return Reason.CONDITIONS_DIFFER if abs(explained) > _LIGHT_SHARE * _limit(one, two) else None


def _explained(measure: Measure, colour: NDArray[np.float64], gain: NDArray[np.float64]) -> float:
    """Give the change that the change of light alone would bring about."""
    index = INDICES.get(measure.id)
    if measure.id in (FurtherId.REDNESS_BESIDE, FurtherId.DARKNESS_BESIDE):
        return 0.0  # both sides of the difference change alike
    if index is None:
        # Unevenness scales with the light, roughly with the cube root of its brightness.
        return float((measure.value or 0.0) * (np.cbrt(gain.mean()) - 1))
    return float(index(colour * gain) - index(colour))
