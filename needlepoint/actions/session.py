"""The treatment session: what it needs before it may be opened, opening it, and finding it again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction

from needlepoint import knowledge
from needlepoint.actions import access, audit, consent, screening
from needlepoint.actions.access import Act, NoSuchRecord
from needlepoint.core.terms import DeviceKind
from needlepoint.records.models import Course, Plan, Screening, SessionArea, TreatmentSession

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from needlepoint.actions.actor import Actor
    from needlepoint.actions.consent import InForce

SESSIONS_SHOWN: Final = 20
LONGEST_REASON: Final = 4000
UNPLANNED_DEVICE: Final = "generic_pen"


class NotReady(Exception):
    """A session may not be opened; the reasons are the sentences that the page shows."""

    def __init__(self, reasons: tuple[str, ...]) -> None:
        self.reasons = reasons
        super().__init__(" ".join(reasons))


class StillOpen(Exception):
    """A session of this course is open already; it is signed before another begins."""

    def __init__(self, session: TreatmentSession) -> None:
        self.session = session
        super().__init__(f"The session of {session.on:%d %B %Y} is still open. Sign it before you open another.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Footing:
    """What a session of a day stands on, and in sentences why it may not be opened; no reasons when it may."""

    screening: Screening | None
    plan: Plan | None
    consent: InForce
    excluded_areas: tuple[str, ...]
    reasons: tuple[str, ...]


def footing(course: Course, *, on: date) -> Footing:
    """Give what a session on a day would stand on; the number of queries does not grow with the course."""
    screened = (
        Screening.objects.filter(course=course, on=on)
        .select_related("course")
        .prefetch_related("overrides__by", "overrides__confirmation__by")
        .first()
    )
    plan = Plan.objects.filter(course=course, adoption__isnull=False).order_by("-adoption__at", "-id").first()
    agreed = consent.in_force(course)
    excluded = screening.standing(screened).excluded_areas if screened else ()
    reasons = [
        *_screening_reasons(screened, on),
        *_plan_reasons(plan, excluded),
        *_disagreements(screened, plan),
        *_consent_reasons(agreed),
    ]
    if course.closed_at is not None:
        reasons.append("This course is closed.")
    counted = TreatmentSession.objects.filter(course=course, struck_at__isnull=True)
    if counted.filter(on=on, signed_at__isnull=False).exists():
        reasons.append("A session of this day has been signed already.")
    return Footing(screening=screened, plan=plan, consent=agreed, excluded_areas=excluded, reasons=tuple(reasons))


def _screening_reasons(screened: Screening | None, on: date) -> list[str]:
    if screened is None:
        return [f"There is no screening of {screening.spoken(on)}; a session needs one of its own day."]
    return list(screening.obstacles(screened, on=on))


def _plan_reasons(plan: Plan | None, excluded: tuple[str, ...]) -> list[str]:
    if plan is None:
        return ["No plan has been adopted."]
    if all(area["area"] in excluded for area in plan.result["areas"]):
        return ["No area of the plan may be treated today."]
    return []


def _disagreements(screened: Screening | None, plan: Plan | None) -> list[str]:
    """Give what was planned and not screened: rules differ by device, depth, area and numbing product."""
    if screened is None or plan is None:
        return []
    names = knowledge.load().vocabulary
    case, lines = screened.case, plan.result["areas"]
    reasons = []
    for device in {line["device"] for line in lines}:
        if names.devices[device].overlay != names.devices[case["device"]].overlay:
            planned_, screened_ = names.devices[device].label, names.devices[case["device"]].label
            reasons.append(f"The plan uses {planned_}; the screening was for {screened_}, which has other rules.")
    deepest = max((line["depth_mm"] for line in lines), default=0)
    if case.get("depth_mm") is not None and deepest > case["depth_mm"]:
        reasons.append(f"The plan goes {deepest:g} mm deep; the screening was for {case['depth_mm']:g} mm.")
    unscreened = {line["area"] for line in lines} - set(names.expand(case["areas"]))
    if unscreened:
        areas = ", ".join(names.areas[area].label for area in names.expand(unscreened))
        reasons.append(f"Planned and not screened: {areas}.")
    numbing = (plan.result.get("anaesthetic") or {}).get("product")
    if numbing and numbing != case.get("anaesthetic"):
        reasons.append(f"The screening was not for the numbing that is planned, {names.anaesthetics[numbing].label}.")
    return reasons


def _consent_reasons(agreed: InForce) -> list[str]:
    if agreed.allows("treatment"):
        return []
    return {
        "open": ["Consent to treatment has not been signed."],
        "stop": [f"There is no consent to treatment: {agreed.words}."],
    }[agreed.state]


@transaction.atomic
def open_session(course: Course, *, on: date, exception_reason: str = "", by: Actor, at: datetime) -> TreatmentSession:
    """Open the chart of a session, with a line for each area of the plan that may be treated.

    Raises
    ------
    StillOpen
        An earlier session of the course has not been signed.
    NotReady
        A pre-condition is missing and no physician has given a reason to go on without it.
    NotPermitted
        The role does not include treating, or allowing an exception.

    """
    access.require(Act.TREAT, by=by)
    Course.objects.select_for_update().get(pk=course.pk)
    still_open = open_one(course)
    if still_open is not None:
        raise StillOpen(still_open)
    ground = footing(course, on=on)
    reason = _exception(ground, exception_reason, by=by)
    session = TreatmentSession.objects.create(
        course=course,
        on=on,
        screening=ground.screening,
        plan=ground.plan,
        consent=ground.consent.consent,
        exception_reason=reason,
        exception_by=by.member if reason else None,
        therapist=by.member,
        opened_at=at,
    )
    SessionArea.objects.bulk_create(_lines(session, ground))
    missing = list(ground.reasons)
    audit.record(
        "open_session", by=by, at=at, patient=course.patient, subject=session, exception=reason, missing=missing
    )
    return session


def open_one(course: Course) -> TreatmentSession | None:
    """Give the session of a course that is being charted, if there is one."""
    rows = TreatmentSession.objects.filter(course=course, signed_at__isnull=True, struck_at__isnull=True)
    return rows.select_related("therapist").first()


def _exception(ground: Footing, reason: str, *, by: Actor) -> str:
    """Give the reason to keep with the session; none when nothing is missing."""
    if not ground.reasons:
        return ""
    reason = reason.strip()[:LONGEST_REASON]
    if not reason:
        raise NotReady(ground.reasons)
    access.require(Act.ALLOW_EXCEPTION, by=by)
    return reason


def _lines(session: TreatmentSession, ground: Footing) -> list[SessionArea]:
    planned = ground.plan.result["areas"] if ground.plan else []
    lines = [
        SessionArea(
            session=session,
            area=area["area"],
            device=area["device"],
            planned_depth_mm=area["depth_mm"],
            planned_passes=area["passes"],
        )
        for area in planned
        if area["area"] not in ground.excluded_areas
    ]
    if lines:
        return lines
    # Only an exception comes here: without a plan, or with one whose areas are all excluded.
    areas = knowledge.load().vocabulary.expand(session.course.areas)
    return [SessionArea(session=session, area=area, device=_screened_device(ground.screening)) for area in areas]


def _screened_device(screened: Screening | None) -> str:
    device = screened.case.get("device") if screened else None
    return device if device in devices() else UNPLANNED_DEVICE


def devices() -> dict[str, str]:
    """Give the devices a session can be charted with, and their names: all but those with radio frequency."""
    known = knowledge.load().vocabulary.devices.values()
    return {device.id: device.label for device in known if device.kind is not DeviceKind.RF}


def find(ref: UUID) -> TreatmentSession:
    """Give a session with everything its page needs of other tables in one query.

    Raises
    ------
    NoSuchRecord
        There is none under this reference.

    """
    found = TreatmentSession.objects.select_related(
        "course__patient",
        "screening",
        "plan",
        "consent__text",
        "therapist",
        "exception_by",
        "signed_by",
        "numbing_lot",
    )
    session = found.defer("screening__case", "consent__text__body", "consent__signature").filter(ref=ref).first()
    if session is None:
        raise NoSuchRecord("session")
    return session


@transaction.atomic
def read(ref: UUID, *, by: Actor, at: datetime) -> TreatmentSession:
    """Give a session, and record that its chart was read."""
    access.require(Act.READ_CHART, by=by)
    session = find(ref)
    audit.record("read_chart", by=by, at=at, patient=session.course.patient, subject=session)
    return session


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The newest sessions of a course, how many there are, and the one that is open."""

    sessions: tuple[TreatmentSession, ...]
    total: int
    open: TreatmentSession | None


def held(course: Course) -> Held:
    """Give the newest sessions of a course; at most four queries."""
    rows = TreatmentSession.objects.filter(course=course).select_related("therapist", "signed_by")
    newest = tuple(rows.prefetch_related("areas")[:SESSIONS_SHOWN])
    return Held(
        sessions=newest,
        total=len(newest) if len(newest) < SESSIONS_SHOWN else rows.count(),
        open=open_one(course),
    )


def planned(session: TreatmentSession) -> dict[str, dict[str, Any]]:
    """Give the plan's lines by area; empty when the session stands on no plan."""
    return {line["area"]: line for line in session.plan.result["areas"]} if session.plan else {}


def numbing_limits(session: TreatmentSession) -> dict[str, Any] | None:
    """Give the limits of numbing out of the plan; None when no numbing was planned."""
    limits: dict[str, Any] | None = session.plan.result.get("anaesthetic") if session.plan else None
    return limits
