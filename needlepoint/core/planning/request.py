"""What a plan is asked about and what it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from needlepoint.core.case import Case
from needlepoint.core.planning.facts import Limited


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRequest:
    """A case and what is wished for it; a case without a device leaves the choice to the plan.

    `area_cm2`, `depth_mm` and `passes` hold what was measured and wished by area; other areas are estimated and
    proposed. `beyond_evaluation`: areas where a physician lets the needles go beyond what the device was evaluated for;
    every other limit stands.
    """

    case: Case
    area_cm2: Mapping[str, float] = field(default_factory=dict)
    depth_mm: Mapping[str, float] = field(default_factory=dict)
    passes: Mapping[str, int] = field(default_factory=dict)
    beyond_evaluation: frozenset[str] = frozenset()
    target_density_per_cm2: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a device is planned in an area."""

    id: str
    text: str
    card: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaPlan:
    """How one area is needled; `cards` says for each number from which card it comes.

    `real_depth_mm`: between which depths the needles may really end. `limits`: all limits of the depth, lowest first.
    `reasons`: for or against the device.
    """

    area: str
    area_cm2: float
    device: str
    depth_mm: float
    depth_ceiling_mm: float
    passes: int
    density_per_cm2: float
    minutes: float
    density_assumed: bool
    cards: Mapping[str, str]
    real_depth_mm: tuple[float, float]
    limits: tuple[Limited, ...]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Warned:
    """Something the clinician should know, about one area or about the whole plan."""

    code: str
    area: str | None
    text: str
    card: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NumbingPlan:
    """The limits of the numbing product for this patient, whatever the areas planned.

    None: the limit does not apply to this route, or no number is known.
    """

    product: str
    card: str
    max_g: float | None
    max_mg: float | None
    max_area_cm2: float | None
    max_minutes: float | None
    apply_before_min: float | None
    blocked_by: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Care:
    """One step of preparation or aftercare; hours from the first puncture, None = open."""

    card: str
    evidence: tuple[str, ...]
    from_hours: float | None
    to_hours: float | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitTime:
    """Minutes of a visit by part, each from least to most; all parts but `needling_min` are waiting or care."""

    numbing_min: tuple[float, float]
    needling_min: float
    after_min: tuple[float, float]
    cards: tuple[str, ...]

    @property
    def whole_min(self) -> tuple[float, float]:
        """Give the whole visit, least and most."""
        least, most = (self.numbing_min[n] + self.needling_min + self.after_min[n] for n in (0, 1))
        return least, most


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a session would look, and the course; not a permission to treat."""

    id: str | None
    areas: tuple[AreaPlan, ...]
    total_minutes: float
    sessions: int
    interval_days: int | None
    anaesthetic: NumbingPlan | None
    warnings: tuple[Warned, ...]
    preparation: tuple[Care, ...]
    aftercare: tuple[Care, ...]
    missing: tuple[str, ...]
    visit: VisitTime
    knowledge_digest: str
    cards: Mapping[str, str]
