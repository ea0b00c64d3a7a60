"""The case: who is to be needled, where, with what, on which day, and what was answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Literal

from needlepoint.core.terms import DeviceKind, Patient, Value

FactsFrom = Literal["label", "text", "unverified", "none"]


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
        """Give the depth that rules on depth look at: the one planned, else a roller's needle length."""
        if self.depth_mm is not None:
            return self.depth_mm
        return self.device.fixed_depth_mm if self.device else None

    def answer_day(self, question: str) -> date:
        """Give the day the question was answered; without an entry it is the day of treatment."""
        return self.answered_on.get(question, self.on)


def lies_in(premises: str | None, places: frozenset[str]) -> bool:
    """Say whether the premises are in one of the places; a country covers its subdivisions."""
    if premises is None:
        return False
    return premises in places or premises.partition("-")[0] in places
