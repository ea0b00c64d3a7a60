"""What the guide says, in words and numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from needlepoint.core.imaging.guidance import Advice, Aid

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LABELS: Final[Mapping[Aid, str]] = {
    Aid.FACE: "Face",
    Aid.YAW: "Turn",
    Aid.PITCH: "Chin",
    Aid.ROLL: "Tilt",
    Aid.DISTANCE: "Distance",
    Aid.ACROSS: "Left and right",
    Aid.HEIGHT: "Up and down",
    Aid.LIGHT: "Light",
    Aid.SIDE: "Light from the side",
    Aid.SHARPNESS: "Sharpness",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One line of the guide: left and right are the patient's own."""

    about: str
    label: str
    ok: bool
    number: str
    says: str


def _either(more: str, less: str) -> Callable[[float], str]:
    return lambda off: more if off > 0 else less


def _turned(more: str, less: str) -> Callable[[float], str]:
    return lambda off: f"Patient: {more if off > 0 else less} by {abs(off):.0f}°."


def _signed(value: float, digits: int, unit: str) -> str:
    rounded = round(value, digits) + 0.0  # which takes the sign off a zero
    return f"{rounded:+.{digits}f}{unit}"


_NUMBERS: Final[Mapping[Aid, Callable[[float], str]]] = {
    **dict.fromkeys((Aid.YAW, Aid.PITCH, Aid.ROLL), lambda off: _signed(off, 0, "°")),
    **dict.fromkeys((Aid.DISTANCE, Aid.ACROSS, Aid.HEIGHT, Aid.LIGHT), lambda off: _signed(100 * off, 0, " %")),
    Aid.SIDE: lambda off: _signed(off, 1, " stops"),
    Aid.SHARPNESS: lambda off: f"{off:.2f}",
    Aid.FACE: lambda off: "",
}
_SAYS: Final[Mapping[Aid, Callable[[float], str]]] = {
    Aid.FACE: lambda off: "No face is seen: bring it into the picture, hair tied back.",
    Aid.YAW: _turned("turn your head to your right", "turn your head to your left"),
    Aid.PITCH: _turned("lower your chin", "lift your chin"),
    Aid.ROLL: _turned("tip your head to your right", "tip your head to your left"),
    Aid.DISTANCE: _either("Step back a little.", "Come a little closer."),
    Aid.ACROSS: _either("Point the camera a little to its right.", "Point the camera a little to its left."),
    Aid.HEIGHT: _either("Point the camera a little lower.", "Point the camera a little higher."),
    Aid.LIGHT: _either("Too bright: move away from the lamp.", "Too dark: bring more light from the front."),
    Aid.SIDE: _either("The light comes from the left side.", "The light comes from the right side."),
    Aid.SHARPNESS: lambda off: "Not sharp: wipe the lens, hold still, let it focus.",
}


def said(advice: Advice) -> Said:
    """Give an advice in words."""
    return Said(
        about=advice.about.value,
        label=LABELS[advice.about],
        ok=advice.ok,
        number=_NUMBERS[advice.about](advice.off),
        says="" if advice.ok else _SAYS[advice.about](advice.off),
    )
