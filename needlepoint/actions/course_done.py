"""What was planned beside what was done beside what came of it: for one course, and for all courses of a protocol."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from needlepoint import knowledge
from needlepoint.actions import access, outcome
from needlepoint.actions.access import Act
from needlepoint.core.outcomes.scales import Finding
from needlepoint.records.models import Course, Endpoint, SessionArea, TreatmentSession

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from django.db.models import QuerySet

    from needlepoint.actions.actor import Actor
    from needlepoint.actions.outcome import Graded
    from needlepoint.records.models import Plan, ProtocolVersion

SESSIONS_SHOWN: Final = 30
SESSIONS_COUNTED: Final = 2000
_SAME_MM: Final = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaDone:
    """One area of one session: planned, done, how it ended, and why it differs."""

    label: str
    planned_depth_mm: float | None
    planned_passes: int | None
    depth_mm: float | None
    passes: int | None
    endpoint: str
    pain: int | None
    deviation: str

    @property
    def differs(self) -> bool:
        """Say whether what was done is known and is not what was planned."""
        depth = self.depth_mm is not None and self.planned_depth_mm is not None
        passes = self.passes is not None and self.planned_passes is not None
        return (depth and abs((self.depth_mm or 0) - (self.planned_depth_mm or 0)) > _SAME_MM) or (
            passes and self.passes != self.planned_passes
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionDone:
    """One session: its plan's protocol, planned and real minutes of needling, its areas, and what happened after it."""

    on: date
    signed: bool
    protocol: str
    planned_minutes: float | None
    minutes: float | None
    areas: tuple[AreaDone, ...]
    events: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseDone:
    """A course: sessions and weeks planned and held, each session, and the graded scales."""

    planned_sessions: int | None
    interval_days: int | None
    sessions: tuple[SessionDone, ...]
    scales: tuple[Graded, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtocolDone:
    """What came of all courses planned from one version; results are counted by course and scale."""

    courses: int
    sessions: int
    areas: int
    areas_as_planned: int
    endpoint_reached: int
    endpoint_known: int
    planned_minutes: float | None
    minutes: float | None
    events: Mapping[str, int]
    better: int
    unchanged: int
    worse: int

    @property
    def graded(self) -> int:
        """Give how many before-and-after pairs of grades there are."""
        return self.better + self.unchanged + self.worse


def course_done(course: Course, *, by: Actor) -> CourseDone:
    """Give what was planned, done and found in one course; the number of queries does not grow with it."""
    access.require(Act.READ_CHART, by=by)
    sessions = list(_sessions(TreatmentSession.objects.filter(course=course))[:SESSIONS_SHOWN])
    sessions.reverse()
    plan = next((session.plan for session in reversed(sessions) if session.plan), None) or _newest_plan(course)
    first = sessions[0].on if sessions else None
    return CourseDone(
        planned_sessions=plan.result["sessions"] if plan else None,
        interval_days=plan.result["interval_days"] if plan else None,
        sessions=tuple(_session(session) for session in sessions),
        scales=tuple(graded for graded in outcome.graded(course, first_session=first) if graded.scores),
    )


def _newest_plan(course: Course) -> Plan | None:
    return course.plans.filter(adoption__isnull=False).order_by("-adoption__at", "-id").first()


def _sessions(rows: QuerySet[TreatmentSession]) -> QuerySet[TreatmentSession]:
    return rows.select_related("plan__protocol").prefetch_related("areas", "adverse_events").order_by("-on", "-id")


def _session(session: TreatmentSession) -> SessionDone:
    plan = session.plan
    return SessionDone(
        on=session.on,
        signed=session.signed_at is not None,
        protocol=str(plan.protocol) if plan and plan.protocol else "",
        planned_minutes=plan.result["total_minutes"] if plan else None,
        minutes=_minutes(session),
        areas=tuple(_area(area) for area in session.areas.all()),
        events=tuple(event.what for event in session.adverse_events.all()),
    )


def _minutes(session: TreatmentSession) -> float | None:
    if session.started_at is None or session.finished_at is None:
        return None
    return (session.finished_at - session.started_at).total_seconds() / 60


def _area(area: SessionArea) -> AreaDone:
    names = knowledge.load().vocabulary.areas
    return AreaDone(
        label=names[area.area].label if area.area in names else area.area,
        planned_depth_mm=area.planned_depth_mm,
        planned_passes=area.planned_passes,
        depth_mm=area.depth_mm,
        passes=area.passes,
        endpoint=str(Endpoint(area.endpoint).label) if area.endpoint in Endpoint.values else area.endpoint,
        pain=area.pain,
        deviation=area.deviation_reason,
    )


def protocol_done(version: ProtocolVersion, *, by: Actor) -> ProtocolDone:
    """Give what came of the courses planned from a version: numbers only, no patient can be told from them.

    Only signed sessions count.
    """
    access.require(Act.READ_PROTOCOLS, by=by)
    signed = TreatmentSession.objects.filter(plan__protocol=version, signed_at__isnull=False)
    sessions = list(_sessions(signed)[:SESSIONS_COUNTED])
    done = [_session(session) for session in sessions]
    areas = [area for session in done for area in session.areas if area.depth_mm is not None]
    ends = [area.endpoint for area in areas if area.endpoint]
    reached = str(Endpoint(version.endpoint).label)
    findings = Counter(_findings(sessions))
    return ProtocolDone(
        courses=len({session.course_id for session in sessions}),
        sessions=len(sessions),
        areas=len(areas),
        areas_as_planned=sum(not area.differs for area in areas),
        endpoint_reached=sum(end == reached for end in ends),
        endpoint_known=len(ends),
        planned_minutes=_mean(session.planned_minutes for session in done),
        minutes=_mean(session.minutes for session in done),
        events=dict(Counter(event for session in done for event in session.events).most_common()),
        better=findings[Finding.BETTER],
        unchanged=findings[Finding.WITHIN_ERROR],
        worse=findings[Finding.WORSE],
    )


def _findings(sessions: Sequence[TreatmentSession]) -> list[Finding]:
    """Give what each scale of each course says, its first session being the earliest of any plan."""
    courses = {session.course_id for session in sessions}
    firsts: dict[int, date] = {}
    for course_id, on in TreatmentSession.objects.filter(course_id__in=courses).values_list("course_id", "on"):
        firsts[course_id] = min(on, firsts.get(course_id, on))
    return [
        graded.change.finding
        for course in Course.objects.filter(pk__in=courses)
        for graded in outcome.graded(course, first_session=firsts[course.pk])
        if graded.change is not None
    ]


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None
