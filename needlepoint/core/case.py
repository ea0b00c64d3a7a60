"""The case: who is to be needled, where, with what, on which day, and what was answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Final, Literal

from needlepoint.core.terms import DeviceKind, Patient, Value

FactsFrom = Literal["label", "text", "unverified", "none"]

# How a planned depth sits with what the device can do: `needles_longer` is a roller that would go deeper than planned.
DepthFit = Literal["fits", "beyond_device", "between_settings", "needles_longer"]
_SAME_MM: Final = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A needling device as its label or maker describes it; None where a fact is not known."""

    id: str
    kind: DeviceKind
    overlay: str
    label: str
    facts_from: FactsFrom
    evidence: tuple[str, ...]
    less_sure: tuple[str, ...] = ()
    needles: int | None = None
    rows: int | None = None
    around: int | None = None
    drum_diameter_mm: float | None = None
    width_mm: float | None = None
    needle_length_mm: float | None = None
    needle_diameter_mm: float | None = None
    setting_mm: tuple[float, float] | None = None
    setting_step_mm: float | None = None
    rate_hz: tuple[float, float] | None = None

    @property
    def fixed_depth_mm(self) -> float | None:
        """Give the needle length of a roller, whose depth cannot be set; None for other devices."""
        return self.needle_length_mm if self.kind is DeviceKind.ROLLER else None

    def depth_fit(self, depth_mm: float) -> DepthFit:
        """Say whether the device can be set to a depth; what is not known of it is taken to fit."""
        fixed = self.fixed_depth_mm
        if fixed is not None and abs(depth_mm - fixed) > _SAME_MM:
            return "needles_longer" if depth_mm < fixed else "beyond_device"
        if fixed is not None or self.setting_mm is None:
            return "fits"
        least, most = self.setting_mm
        if not least - _SAME_MM <= depth_mm <= most + _SAME_MM:
            return "beyond_device"
        if self.setting_step_mm is None:
            return "fits"
        steps = (depth_mm - least) / self.setting_step_mm
        return "fits" if abs(steps - round(steps)) <= _SAME_MM else "between_settings"


@dataclass(frozen=True, slots=True, kw_only=True)
class Indication:
    """What the treatment is for."""

    id: str
    group: str
    origin: str
    label: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Anaesthetic:
    """A numbing product: its route, its form and the classes of its ingredients."""

    id: str
    route: str
    form: str
    classes: frozenset[str]
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What a screening or a plan is asked about; checked at the edge, trusted from there on.

    `areas` are area ids, groups spread out, each once, in vocabulary order. `answered_on` holds the
    days that differ from `on`. A plan may leave out premises, operator and device; a screening has them all.
    """

    on: date
    patient: Patient
    indication: Indication
    areas: tuple[str, ...]
    answers: Mapping[str, Value]
    answered_on: Mapping[str, date] = field(default_factory=lambda: MappingProxyType({}))
    device: Device | None = None
    premises: str | None = None
    operator: str | None = None
    depth_mm: float | None = None
    anaesthetic: Anaesthetic | None = None
    id: str | None = None

    @property
    def deepest_mm(self) -> float | None:
        """Give the depth that rules on depth look at: the one planned; a roller's needles cannot go less deep."""
        fixed = self.device.fixed_depth_mm if self.device else None
        if fixed is None or self.depth_mm is None:
            return self.depth_mm if fixed is None else fixed
        return max(self.depth_mm, fixed)

    @property
    def depth_fit(self) -> DepthFit | None:
        """Say whether the device can be set to the depth planned; None where no depth or no device is named."""
        return self.device.depth_fit(self.depth_mm) if self.device and self.depth_mm is not None else None

    def answer_day(self, question: str) -> date:
        """Give the day the question was answered; without an entry it is the day of treatment."""
        return self.answered_on.get(question, self.on)


def lies_in(premises: str | None, places: frozenset[str]) -> bool:
    """Say whether the premises are in one of the places; a country covers its subdivisions."""
    if premises is None:
        return False
    return premises in places or premises.partition("-")[0] in places
