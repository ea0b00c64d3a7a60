"""How a device is led over the skin: needles of one strike, way to the next, directions, steadiness."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from needlepoint.core.terms import DeviceKind

if TYPE_CHECKING:
    from needlepoint.core.planning.facts import DeviceFacts, Drum, Hand, Stroke

_MM_IN_CM = 10.0
_CM2_IN_MM2 = 100.0
_GOLDEN = math.pi * (3 - math.sqrt(5))
# Horizontal, then vertical, then the two diagonals.
DIRECTIONS: Final = {1: (0.0,), 2: (0.0, 90.0), 4: (0.0, 90.0, 45.0, 135.0)}


class Unsteady(ValueError):
    """A hand so unsteady that a stroke could come to a stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """A device led over the skin in lanes side by side, pass after pass.

    `needles_mm`: place of each needle at one strike, along and across the way. `step_mm`: way between two strikes of an
    even hand. `lane_mm`: width of a lane. `turns_deg`: direction of each pass. `hand`: how steadily. `card`: where the
    geometry comes from; `assumed` where part of it had to be taken from a stand-in.
    """

    needles_mm: tuple[tuple[float, float], ...]
    step_mm: float
    lane_mm: float
    turns_deg: tuple[float, ...]
    hand: Hand
    card: str
    assumed: bool

    @property
    def per_pass_per_cm2(self) -> float:
        """Give the density of one pass by the closed form, slip counted."""
        return _CM2_IN_MM2 * len(self.needles_mm) / (self.step_mm * (1 + self.hand.slip) * self.lane_mm)

    @property
    def per_cm2(self) -> float:
        """Give the density after all passes."""
        return len(self.turns_deg) * self.per_pass_per_cm2


def dealt(passes: int, directions: int) -> tuple[float, ...]:
    """Give the direction of each pass in degrees, the directions taken in turn.

    Raises
    ------
    KeyError : directions other than 1, 2 or 4
    """
    turns = DIRECTIONS[directions]
    return tuple(turns[number % len(turns)] for number in range(passes))


def pattern_of(
    facts: DeviceFacts,
    *,
    depth_mm: float,
    passes: int,
    directions: int,
    stroke: Stroke,
    drum: Drum,
    hand: Hand,
) -> Pattern:
    """Give the pattern that a device leaves, with the stand-ins of `exposure.per_pass` where geometry is not known.

    Parameters
    ----------
    facts : the device
    depth_mm : needle length out of the drum, mm; matters for rollers only
    passes, directions : number of passes, dealt over 1, 2 or 4 directions
    stroke, drum : glide of a pen, and the standard drum
    hand : how steadily the device is led
    """
    turns = dealt(passes, directions)
    if facts.device.kind is DeviceKind.PEN:
        return _of_pen(facts, turns, stroke, hand)
    return _of_drum(facts, turns, depth_mm if facts.device.kind is DeviceKind.ROLLER else 0.0, drum, hand)


def _of_drum(facts: DeviceFacts, turns: tuple[float, ...], length_mm: float, drum: Drum, hand: Hand) -> Pattern:
    """Lay the needles of a drum out: one row across strikes at once, the next when the drum has turned on."""
    device = facts.device
    known = device.needles is not None and device.drum_diameter_mm is not None and device.width_mm is not None
    needles = device.needles or drum.needles
    diameter = (device.drum_diameter_mm if known else None) or drum.diameter_cm * _MM_IN_CM
    width = (device.width_mm if known else None) or drum.width_cm * _MM_IN_CM
    rows = device.rows if known and device.rows else _rows(needles, width, math.pi * diameter)
    around = needles / rows
    return Pattern(
        needles_mm=tuple((0.0, width * ((row + 0.5) / rows - 0.5)) for row in range(rows)),
        step_mm=math.pi * (diameter + 2 * length_mm) / around,
        lane_mm=width,
        turns_deg=turns,
        hand=hand,
        card=facts.card if known else drum.card,
        assumed=not known,
    )


def _rows(needles: int, width: float, around: float) -> int:
    """Give the number of rows that leaves needles about as far apart across as around, and comes out even."""
    wished = math.sqrt(needles * width / around)
    return min((rows for rows in range(1, needles + 1) if needles % rows == 0), key=lambda rows: abs(rows - wished))


def _of_pen(facts: DeviceFacts, turns: tuple[float, ...], stroke: Stroke, hand: Hand) -> Pattern:
    """Lay the needles of a cartridge out evenly over a round field; all strike at once."""
    needles = facts.device.needles or stroke.unknown_needles
    rate = facts.rate_hz or stroke.unknown_rate_hz
    field = stroke.field_cm * _MM_IN_CM
    return Pattern(
        needles_mm=tuple(_seed(number, needles, field / 2) for number in range(needles)),
        step_mm=stroke.glide_cm_s * _MM_IN_CM / (rate * stroke.efficiency),
        lane_mm=field,
        turns_deg=turns,
        hand=hand,
        card=stroke.card,
        assumed=facts.device.needles is None or facts.rate_hz is None,
    )


def _seed(number: int, of: int, radius: float) -> tuple[float, float]:
    """Give the place of one needle, as the seeds of a sunflower lie."""
    away = radius * math.sqrt((number + 0.5) / of)
    return away * math.cos(number * _GOLDEN), away * math.sin(number * _GOLDEN)
