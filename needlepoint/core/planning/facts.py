"""The facts a plan is made from, as frozen values; each carries the id of the card it was read from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from needlepoint.core.case import Anaesthetic, Device
from needlepoint.core.conditions import Condition
from needlepoint.core.questions import Question
from needlepoint.core.terms import DeviceKind, Sex

Trait = Literal["bony", "thin", "near_eye"]
EvidenceLevel = Literal["good", "moderate", "weak", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limited:
    """A greatest depth, the card that sets it, and whether it is law or role rather than skin or device."""

    mm: float
    card: str
    why: str
    by_law: bool = False
    evaluation: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceLabel:
    """One use that a regulator's record names for a device, and the row it was read in; an empty set names nobody."""

    record: str
    row: str
    indications: frozenset[str]
    areas: frozenset[str]
    fitzpatrick: frozenset[int]
    least_age: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceFacts:
    """A device as the planner sees it.

    `rank`: place among devices of its kind when the program chooses, lowest first; None = never chosen by
    itself. `rate_hz`: the puncture rate that is planned with. `planned` is false for what is out of scope.
    """

    device: Device
    card: str
    planned: bool
    because: str
    rank: int | None = None
    rate_hz: float | None = None
    evaluated_depth_mm: float | None = None
    tolerance_mm: float | None = None
    labels: tuple[DeviceLabel, ...] = ()

    @property
    def range_mm(self) -> tuple[float, float] | None:
        """Give the least and the greatest depth that can be set; None where no range is known."""
        if self.device.setting_mm is None:
            return None
        least, most = self.device.setting_mm
        longest = self.device.needle_length_mm
        return least, most if longest is None else min(most, longest)


@dataclass(frozen=True, slots=True, kw_only=True)
class DepthBand:
    """The usual depth in one area for some groups of indications, and the depth never to be passed there."""

    groups: frozenset[str]
    low_mm: float
    high_mm: float
    ceiling_mm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaFacts:
    """An area of the body as the planner sees it; one that is never needled has neither bands nor minutes.

    `share`: part of the body surface, both sides together. `skin_mm`: mean thickness less one standard deviation.
    `minutes`: hands-on time of the whole area as least, usual and most.
    """

    id: str
    card: str
    because: str
    needled: bool
    share: float = 0.0
    suits: tuple[DeviceKind, ...] = ()
    traits: frozenset[Trait] = frozenset()
    bands: tuple[DepthBand, ...] = ()
    skin_mm: Mapping[Sex, float] = field(default_factory=dict)
    minutes: tuple[float, float, float] = (0.0, 0.0, 0.0)

    def band_for(self, group: str) -> DepthBand:
        """Give the band of an indication group, else the one for all others, which stands last."""
        return next((band for band in self.bands if group in band.groups), self.bands[-1])

    def thin_limit_mm(self, sex: Sex) -> float | None:
        """Give the depth beyond which the skin may be pierced right through; the thinner sex where unsure."""
        return self.skin_mm.get(sex, min(self.skin_mm.values(), default=None))


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicationFacts:
    """What a course for this use looks like and how much is known about it; no `areas` = anywhere."""

    id: str
    card: str
    sessions: int
    interval_days: int
    level: EvidenceLevel
    aim: Literal["low", "high"]
    because: str
    ceiling_mm: float | None = None
    areas: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseBand:
    """Limits of a numbing product for an age and weight; several that fit are all kept.

    Ages in completed months, weights in kg, lower ends included, upper ends not.
    """

    from_months: int = 0
    below_months: int | None = None
    from_kg: float | None = None
    below_kg: float | None = None
    premises: frozenset[str] = frozenset()
    max_g: float | None = None
    max_area_cm2: float | None = None
    max_minutes: float | None = None
    mg_per_kg: float | None = None
    max_mg: float | None = None
    never: bool = False
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AnaestheticFacts:
    """A numbing product as its label describes it; `usual_minutes` is an adult's longest contact."""

    product: Anaesthetic
    card: str
    because: str
    bands: tuple[DoseBand, ...]
    apply_before_min: float | None = None
    usual_minutes: float | None = None
    soft_area_cm2: float | None = None
    strong: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRule:
    """A card that changes or remarks a plan when its condition is met.

    Effects, all optional: `warn` (a warning code, once for each area concerned where `by_area`), `ceiling_mm`,
    `forbids` (the area is not needled), `cautious` (lower end of the depth and density bands), `interval_days`
    (no shorter), `blocks` (the numbing product is ruled out), `max_minutes` (of numbing contact).
    """

    card: str
    evidence: tuple[str, ...]
    because: str
    when: Condition
    warn: str | None = None
    by_area: bool = False
    ceiling_mm: float | None = None
    by_law: bool = False
    forbids: bool = False
    cautious: bool = False
    interval_days: int | None = None
    blocks: bool = False
    max_minutes: float | None = None

    @property
    def restricts(self) -> bool:
        """Say whether the rule also holds while an answer it hangs on is "unknown"."""
        return self.blocks or self.cautious or self.ceiling_mm is not None or self.max_minutes is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class CareStep:
    """One thing to do or leave before or after a session; hours from the first puncture, None = open."""

    card: str
    evidence: tuple[str, ...]
    from_hours: float | None
    to_hours: float | None
    text: str
    when: Condition | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Density:
    """The published band of punctures per cm2 and the two places in it that are planned for."""

    card: str
    least: float
    most: float
    usual: float
    cautious: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Stroke:
    """How a pen is led over the skin, and what stands in for devices whose geometry is not known."""

    card: str
    glide_cm_s: float
    field_cm: float
    efficiency: float
    unknown_needles: int
    unknown_rate_hz: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Drum:
    """The standard roller drum; stands in for rollers and stamps whose geometry is not known."""

    card: str
    needles: int
    diameter_cm: float
    width_cm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """How steadily devices of some kinds are led; spreads are standard deviations.

    `stroke_mm`: length of one stroke. `slip`: skin that passes without the drum turning, as a part of the way.
    `step_spread`: of the way between two strikes, as a part of it, from stroke to stroke. `shake_mm`: of each strike.
    """

    card: str
    kinds: frozenset[DeviceKind]
    stroke_mm: float
    slip: float
    step_spread: float
    lane_spread_mm: float
    heading_spread_deg: float
    shake_mm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Hole:
    """How wide a puncture is."""

    card: str
    diameter_um: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DepthStudy:
    """What one study found of the depth really reached: a share of the depth set, between two settings."""

    words: str
    set_mm: tuple[float, float]
    share: float
    row: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RealDepth:
    """Between which shares of the depth set the needles really end."""

    card: str
    least_share: float
    most_share: float
    studies: tuple[DepthStudy, ...]


class Why(StrEnum):
    """Why a device is planned in an area, or what speaks against it."""

    NAMED = "named"
    LABELLED = "labelled"
    NEAR_EYE = "near_eye"
    BONY = "bony"
    SMALL = "small"
    EITHER = "either"
    LARGE = "large"
    UNSUITED = "unsuited"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceStudy:
    """What one comparison of devices says, and what it does not say."""

    words: str
    says: str
    does_not_say: str
    row: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceChoice:
    """The words for each reason to choose a device, and the studies behind them."""

    card: str
    reasons: Mapping[Why, str]
    studies: tuple[ChoiceStudy, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitLength:
    """The parts of a visit beside the needling: longest usual wait for numbing, and care afterwards, minutes."""

    card: str
    most_numbing_min: float
    after_min: tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class BodySurface:
    """How skin areas are estimated: Mosteller's formula, and the person to whom the usual minutes belong."""

    card: str
    divisor: float
    usual_height_cm: float
    usual_weight_kg: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionLength:
    """The longest session that published times know."""

    card: str
    most_minutes: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelAge:
    """The age from which device authorisations hold where a device's own label says nothing else."""

    card: str
    least_age: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanningFacts:
    """All that a plan is made from."""

    devices: Mapping[str, DeviceFacts]
    areas: Mapping[str, AreaFacts]
    indications: Mapping[str, IndicationFacts]
    anaesthetics: Mapping[str, AnaestheticFacts]
    rules: tuple[PlanRule, ...]
    preparation: tuple[CareStep, ...]
    aftercare: tuple[CareStep, ...]
    density: Density
    stroke: Stroke
    drum: Drum
    hands: Mapping[DeviceKind, Hand]
    hole: Hole
    real_depth: RealDepth
    choice: DeviceChoice
    visit: VisitLength
    surface: BodySurface
    session: SessionLength
    label_age: LabelAge
    questions: tuple[Question, ...]
    area_order: Mapping[str, int]
    unknown_row: str
    digest: str
