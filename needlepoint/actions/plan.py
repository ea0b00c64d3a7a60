"""Planning a course, kept as asked and as computed; and making a plan the one to treat by."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction

from needlepoint import knowledge
from needlepoint.actions import access, audit
from needlepoint.actions.access import Act, NoSuchRecord
from needlepoint.actions.case import DEEPEST_MM, NotDecidable, Setting, case_of, document_of
from needlepoint.actions.knowledge import adopted
from needlepoint.actions.plan_words import as_shown
from needlepoint.core.planning.facts import AreaFacts
from needlepoint.core.planning.plain import plain
from needlepoint.core.planning.plan import plan as compute
from needlepoint.core.planning.request import PlanRequest
from needlepoint.knowledge.planning import facts_on
from needlepoint.records.models import DepthOverride, Plan, PlanAdoption

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date, datetime, time

    from needlepoint.actions.actor import Actor
    from needlepoint.core.case import Case
    from needlepoint.records.models import Course, ProtocolVersion

# Limits of what counts as a wish at all; they are not clinical.
LARGEST_CM2: Final = 20_000
MOST_PASSES: Final = 40
DENSEST_PER_CM2: Final = 5_000
OF_AGE: Final = 18
PAST_SHOWN: Final = 20
LONGEST_REASON: Final = 4000


class PlanRefused(Exception):
    """A plan cannot be adopted; the message says why."""


class NothingPlanned(PlanRefused):
    """No area remains."""

    def __init__(self) -> None:
        super().__init__("No area remains in this plan.")


class NumbingNotSettled(PlanRefused):
    """The numbing product is ruled out, or questions on it are open."""


class AlreadyAdopted(PlanRefused):
    """Somebody did so before."""

    def __init__(self) -> None:
        super().__init__("This plan was adopted already.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What is wished for and what was measured, by area; what is left out is proposed or estimated."""

    depth_mm: Mapping[str, float] = field(default_factory=dict)
    passes: Mapping[str, int] = field(default_factory=dict)
    area_cm2: Mapping[str, float] = field(default_factory=dict)
    target_density_per_cm2: float | None = None
    start: time | None = None
    beyond_evaluation: Mapping[str, str] = field(default_factory=dict)  # area -> a physician's reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Computed:
    """A plan as computed and not kept: the case, what was asked, and the result with every word that its page shows."""

    document: dict[str, Any]
    request: dict[str, Any]
    result: dict[str, Any]


def preview(
    course: Course,
    setting: Setting,
    *,
    wishes: Wishes | None = None,
    protocol: ProtocolVersion | None = None,
    by: Actor,
) -> Computed:
    """Compute a plan out of what is recorded up to the day, and keep nothing.

    Raises
    ------
    NotPermitted
        The role does not include planning, or going beyond the depth a device was evaluated for.
    NotDecidable
        Something a plan needs is missing, contradictory or impossible; the reasons are sentences.

    """
    access.require(Act.PLAN, by=by)
    wishes = wishes or Wishes()
    if wishes.beyond_evaluation:
        access.require(Act.OVERRIDE_DEPTH, by=by)
    document = document_of(course, setting)
    case = case_of(document)
    reasons = (*_against(case, wishes), *_against_protocol(course, protocol))
    if reasons:
        raise NotDecidable(*reasons)
    result = computed(document, wishes)
    _mark_overrides(result, wishes, on=setting.on, by=by)
    if protocol is not None:
        _follow(result, protocol)
    asked = {**document, **_as_asked(wishes), **({} if protocol is None else {"protocol": protocol.pk})}
    return Computed(document=document, request=asked, result=as_shown(result, case, adopted()))


def computed(document: Mapping[str, Any], wishes: Wishes) -> dict[str, Any]:
    """Give the plan of a case as plain values, without the words its page adds."""
    case = case_of(document)
    return plain(compute(_request(case, wishes), facts_on(case.on)))


@transaction.atomic
def plan_course(
    course: Course,
    *,
    on: date,
    operator: str,
    device: str | None = None,
    anaesthetic: str | None = None,
    areas: tuple[str, ...] | None = None,
    wishes: Wishes | None = None,
    protocol: ProtocolVersion | None = None,
    by: Actor,
    at: datetime,
) -> Plan:
    """Compute a plan out of what is recorded up to the day, and keep request and result word for word.

    Raises
    ------
    NotPermitted
        The role does not include planning.
    NotDecidable
        Something a plan needs is missing, contradictory or impossible; the reasons are sentences.

    """
    setting = Setting(on=on, operator=operator, device=device, anaesthetic=anaesthetic, areas=areas)
    made = preview(course, setting, wishes=wishes, protocol=protocol, by=by)
    plan = Plan.objects.create(
        course=course,
        on=on,
        request=made.request,
        result=made.result,
        digest=made.result["knowledge_digest"],
        protocol=protocol,
        by=by.member,
        at=at,
    )
    audit.record("plan", by=by, at=at, patient=course.patient, subject=plan, on=on.isoformat())
    for row in made.result["areas"]:
        if "beyond" in row:
            _override_depth(plan, row, by=by, at=at)
    return plan


def _override_depth(plan: Plan, row: Mapping[str, Any], *, by: Actor, at: datetime) -> None:
    """Keep that a physician let one area of a plan go beyond the evaluated depth, and why."""
    said = {name: row[name] for name in ("area", "device", "depth_mm")}
    said |= {name: row["beyond"][name] for name in ("evaluated_mm", "reason")}
    DepthOverride.objects.create(plan=plan, **said, by=by.member, at=at)
    audit.record("override_depth", by=by, at=at, patient=plan.course.patient, subject=plan, **said)


def _mark_overrides(result: dict[str, Any], wishes: Wishes, *, on: date, by: Actor) -> None:
    """Write beside each depth that is beyond its device's evaluation who allowed it and why."""
    devices = facts_on(on).devices
    for row in result["areas"]:
        evaluated = devices[row["device"]].evaluated_depth_mm
        if evaluated is not None and row["depth_mm"] > evaluated:
            reason = wishes.beyond_evaluation[row["area"]].strip()[:LONGEST_REASON]
            row["beyond"] = {"evaluated_mm": evaluated, "reason": reason, "by": str(by.member)}


def _against_protocol(course: Course, protocol: ProtocolVersion | None) -> Iterator[str]:
    if protocol is None:
        return
    if not hasattr(protocol, "adoption"):
        yield f"{protocol} has not been adopted by a physician."
    if protocol.protocol.indication != course.indication:
        yield f"{protocol} is for another use than this course."


def _follow(result: dict[str, Any], protocol: ProtocolVersion) -> None:
    """Take number and spacing of the sessions from the protocol; a longer interval that a card asks for stands."""
    result["protocol"] = {
        "id": protocol.pk,
        "ref": str(protocol.protocol.ref),
        "name": protocol.name,
        "version": protocol.number,
        "endpoint": protocol.endpoint,
    }
    if not result["areas"]:
        return
    result["sessions"] = protocol.sessions
    del result["cards"]["sessions"]
    if protocol.sessions == 1:
        result["interval_days"] = None
    elif protocol.interval_days >= (result["interval_days"] or 0):
        result["interval_days"] = protocol.interval_days
        del result["cards"]["interval_days"]


def _request(case: Case, wishes: Wishes) -> PlanRequest:
    return PlanRequest(
        case=case,
        area_cm2=MappingProxyType(dict(wishes.area_cm2)),
        depth_mm=MappingProxyType(dict(wishes.depth_mm)),
        passes=MappingProxyType(dict(wishes.passes)),
        beyond_evaluation=frozenset(wishes.beyond_evaluation),
        target_density_per_cm2=wishes.target_density_per_cm2,
    )


def _as_asked(wishes: Wishes) -> dict[str, Any]:
    return {
        "area_cm2": dict(wishes.area_cm2),
        "depth_mm": dict(wishes.depth_mm),
        "passes": dict(wishes.passes),
        **({} if wishes.start is None else {"start": f"{wishes.start:%H:%M}"}),
        **({} if wishes.target_density_per_cm2 is None else {"target_density_per_cm2": wishes.target_density_per_cm2}),
    }


def _against(case: Case, wishes: Wishes) -> Iterator[str]:
    names = knowledge.load().vocabulary.areas
    for word, values, most, unit in (
        ("depth", wishes.depth_mm, DEEPEST_MM, " mm"),
        ("size", wishes.area_cm2, LARGEST_CM2, " cm²"),
        ("number of passes", wishes.passes, MOST_PASSES, ""),
    ):
        for area, value in values.items():
            if area not in case.areas:
                yield f"{area} is no planned area of this course."
            elif not 0 < value <= most:
                yield f"{names[area].label}: the {word} must lie above 0 and not above {most}{unit}."
    for area, reason in wishes.beyond_evaluation.items():
        if not reason.strip():
            yield f"{names[area].label}: say why the needles may go beyond what the device was evaluated for."
    density = wishes.target_density_per_cm2
    if density is not None and not 0 < density <= DENSEST_PER_CM2:
        yield f"The density must lie above 0 and not above {DENSEST_PER_CM2} punctures per cm²."
    yield from _without_measures(case, wishes)


def _without_measures(case: Case, wishes: Wishes) -> Iterator[str]:
    patient = case.patient
    measured = all(area in wishes.area_cm2 for area in case.areas)
    if not measured and (patient.weight_kg is None or patient.height_cm is None):
        yield "Record weight and height, or enter the measured size of every area."
        return
    young = patient.age_on(case.on) < OF_AGE
    if case.anaesthetic and patient.weight_kg is None and (young or case.anaesthetic.route == "injected"):
        yield "Record the weight: the limits of this numbing product hang on it."


def against_adopting(plan: Plan) -> PlanRefused | None:
    """Give why a plan cannot be adopted, or nothing when it can."""
    result = plan.result
    if hasattr(plan, "adoption"):
        return AlreadyAdopted()
    if not result["areas"]:
        return NothingPlanned()
    if result["anaesthetic"] and result["anaesthetic"]["blocked_by"]:
        return NumbingNotSettled("The numbing product is ruled out for this patient. Plan without it or with another.")
    if result["missing"]:
        return NumbingNotSettled("Questions on numbing are not answered. Answer them and plan again.")
    return None


@transaction.atomic
def adopt_plan(plan: Plan, *, by: Actor, at: datetime) -> PlanAdoption:
    """Make a plan the one to treat by.

    Raises
    ------
    NotPermitted
        The role does not include it.
    PlanRefused
        No area remains, the numbing is not settled, or it was adopted already.

    """
    access.require(Act.ADOPT_PLAN, by=by)
    refused = against_adopting(plan)
    if refused is not None:
        raise refused
    adoption, new = PlanAdoption.objects.get_or_create(plan=plan, defaults={"by": by.member, "at": at})
    if not new:
        raise AlreadyAdopted
    audit.record("adopt_plan", by=by, at=at, patient=plan.course.patient, subject=plan)
    return adoption


def adopted_plan(course: Course) -> Plan | None:
    """Give the plan of a course that was adopted last, the one to treat by."""
    return (
        Plan.objects.filter(course=course, adoption__isnull=False)
        .select_related("adoption__by", "by")
        .order_by("-adoption__at", "-adoption__id")
        .first()
    )


def find_plan(pk: int) -> Plan:
    """Give a plan with its patient, its author and its adoption.

    Raises
    ------
    NoSuchRecord
        There is none under this number.

    """
    found = Plan.objects.select_related("course__patient", "by", "adoption__by").filter(pk=pk).first()
    if found is None:
        raise NoSuchRecord("plan")
    return found


@transaction.atomic
def read_plan(pk: int, *, by: Actor, at: datetime) -> Plan:
    """Give a plan, and record that this part of the chart was read."""
    access.require(Act.READ_CHART, by=by)
    plan = find_plan(pk)
    audit.record("read_chart", by=by, at=at, patient=plan.course.patient, subject=plan)
    return plan


@transaction.atomic
def export_plan(pk: int, *, form: str, by: Actor, at: datetime) -> Plan:
    """Give a plan to be taken out of the chart, and record in which form."""
    access.require(Act.READ_CHART, by=by)
    plan = find_plan(pk)
    audit.record("export_plan", by=by, at=at, patient=plan.course.patient, subject=plan, form=form)
    return plan


def past(course: Course) -> tuple[Plan, ...]:
    """Give the newest plans of a course without their long texts."""
    rows = Plan.objects.filter(course=course).select_related("by", "adoption__by").defer("request", "result")
    return tuple(rows[:PAST_SHOWN])


def areas_of(course: Course) -> tuple[tuple[str, str], ...]:
    """Give the areas of a course, groups spread out, with their names."""
    names = knowledge.load().vocabulary
    known = [area for area in course.areas if area in names.members]
    return tuple((area, names.areas[area].label) for area in names.expand(known))


def newest_plan(course: Course) -> Plan | None:
    """Give the newest plan of a course, adopted or not."""
    return Plan.objects.filter(course=course).select_related("adoption").first()


def never_needled() -> tuple[str, ...]:
    """Give the areas that no plan needles, whoever the patient is."""
    found = (card.payload for card in knowledge.load().cards.values())
    return tuple(area.id for area in found if isinstance(area, AreaFacts) and not area.needled)


def last_request(course: Course) -> dict[str, Any]:
    """Give what was asked of the newest plan of a course, empty when there is none."""
    newest = Plan.objects.filter(course=course).only("request").first()
    return newest.request if newest is not None else {}
