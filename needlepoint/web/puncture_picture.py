"""Draws the punctures of a tile of skin to scale, as SVG."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from needlepoint.core.planning.pattern import Pattern, pattern_of
from needlepoint.core.planning.punctures import simulate
from needlepoint.core.terms import DeviceKind

if TYPE_CHECKING:
    from needlepoint.core.planning.facts import DeviceFacts, PlanningFacts
    from needlepoint.core.planning.punctures import PunctureField, Survey

# Passes and directions that are shown side by side; two passes have but two directions.
SHOWN: Final = ((2, 2), (4, 2), (4, 4), (8, 2), (8, 4))
_SIDE_MM: Final = 10.0
_DENSE_SIDE_MM: Final = 6.0
_DENSE_PER_CM2: Final = 4500.0
_DENSEST_PER_CM2: Final = 20_000.0
_SEED: Final = 7  # every picture of one device begins with the same throw, so that they can be compared


class TooDense(ValueError):
    """So many punctures to a square centimetre that nothing could be seen any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What a number of passes leaves on a tile of skin: the drawing, its scale and what was counted on it."""

    device: str
    depth_mm: float
    passes: int
    directions: int
    side_mm: float
    nominal_per_cm2: float
    assumed: bool
    hole_um: float
    survey: Survey
    svg: str


def pictures(device: str, *, depth_mm: float, facts: PlanningFacts) -> tuple[Picture, ...]:
    """Give the pictures of 2, 4 and 8 passes in 2 or 4 directions, all at one scale."""
    return tuple(picture(device, depth_mm=depth_mm, passes=n, directions=m, facts=facts) for n, m in SHOWN)


def picture(device: str, *, depth_mm: float, passes: int, directions: int, facts: PlanningFacts) -> Picture:
    """Draw what a device leaves after some passes; the same question always has the same picture.

    Raises
    ------
    TooDense : more punctures than can be told apart
    """
    known = facts.devices[device]
    densest = max(passes, SHOWN[-1][0]) * _pattern(known, depth_mm, 1, 1, facts).per_pass_per_cm2
    side = _SIDE_MM if densest <= _DENSE_PER_CM2 else _DENSE_SIDE_MM
    pattern = _pattern(known, depth_mm, passes, directions, facts)
    if pattern.per_cm2 > _DENSEST_PER_CM2:
        raise TooDense(f"{pattern.per_cm2:.0f} punctures per cm2 cannot be told apart")
    field = _field(pattern, side, facts.hole.diameter_um)
    return Picture(
        device=device,
        depth_mm=depth_mm,
        passes=passes,
        directions=min(passes, directions),
        side_mm=side,
        nominal_per_cm2=pattern.per_cm2,
        assumed=pattern.assumed,
        hole_um=field.hole_um,
        survey=field.survey,
        svg=drawn(field),
    )


def _pattern(known: DeviceFacts, depth_mm: float, passes: int, directions: int, facts: PlanningFacts) -> Pattern:
    return pattern_of(
        known,
        depth_mm=depth_mm,
        passes=passes,
        directions=directions,
        stroke=facts.stroke,
        drum=facts.drum,
        hand=facts.hands[DeviceKind(known.device.kind)],
    )


@lru_cache(maxsize=128)
def _field(pattern: Pattern, side_mm: float, hole_um: float) -> PunctureField:
    rng = np.random.default_rng(_SEED)
    return simulate(pattern, rng=rng, hole_um=hole_um, width_mm=side_mm, height_mm=side_mm)


def drawn(field: PunctureField) -> str:
    """Draw a tile to scale: each puncture as wide as its hole, and a bar of one millimetre."""
    wide, high, hole = field.width_mm, field.height_mm, field.hole_um / 1000
    dots = "".join(f"M{x:.2f} {y:.2f}h0" for x, y in zip(field.x_mm, field.y_mm, strict=True))
    left, low = wide - 1 - wide / 25, high - high / 25
    size = f'viewBox="0 0 {wide:g} {high:g}" width="{wide:g}mm" height="{high:g}mm"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}>'
        f'<path d="M0 0h{wide:g}v{high:g}h-{wide:g}z" fill="#f6ede6"/>'
        f'<path d="{dots}" fill="none" stroke="#7a1420" stroke-width="{hole:.4f}" stroke-linecap="round"/>'
        f'<path d="M{left:g} {low:g}h1" stroke="#f6ede6" stroke-width="{wide / 30:.3f}" stroke-linecap="round"/>'
        f'<path d="M{left:g} {low:g}h1" stroke="#1b2126" stroke-width="{wide / 80:.3f}"/>'
        "</svg>"
    )
