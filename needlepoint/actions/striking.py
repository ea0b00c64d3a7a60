"""A session charted on the wrong patient: struck there, and charted anew on the right one; nothing is deleted.

The struck chart stays as it is, readable and locked, and no longer counts as a session of that patient. The new chart
takes over what was charted with who charted it and when, stands on the right patient's own screening, plan and consent,
and is signed anew. Single-use cartridges stay with the chart they were opened in; the new one names them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from needlepoint.actions import access, audit, chart_fields, charting, identity, patients, session_states
from needlepoint.actions import session as sessions
from needlepoint.actions.access import Act
from needlepoint.actions.charting import ChartStruck
from needlepoint.actions.session_states import Move
from needlepoint.records.models import (
    Course,
    Role,
    SessionArea,
    SessionChange,
    SessionStrike,
    SubstanceUse,
    TreatmentSession,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from needlepoint.actions.actor import Actor

LONGEST_REASON: Final = 1000
COURSES_OFFERED: Final = 12


class NotStruck(Exception):
    """The session cannot be struck, or not moved there; the reasons are the sentences that the page shows."""

    def __init__(self, *reasons: str) -> None:
        self.reasons = reasons
        super().__init__(" ".join(reasons))


def strike(
    session: TreatmentSession, *, to: Course | None, reason: str, password: str, by: Actor, at: datetime
) -> SessionStrike:
    """Strike a session as one of the wrong patient and, where a course is given, chart it anew there.

    Raises
    ------
    WrongPassword, TooManyTries
        Whoever strikes did not show who they are.
    NotStruck
        No reason, the same patient, or the right chart lacks what a session stands on and this is not a physician.
    ChartStruck
        It was struck before.

    """
    access.require(Act.STRIKE, by=by)
    reason = " ".join(reason.replace("\0", "").split())[:LONGEST_REASON]
    if not reason:
        raise NotStruck("Say what happened: it stays in both charts.")
    if to is not None and to.patient_id == session.course.patient_id:
        raise NotStruck("This course belongs to the same patient.")
    identity.confirm(password, about=session, by=by, at=at)
    with transaction.atomic():
        if to is not None:
            Course.objects.select_for_update().get(pk=to.pk)
        locked = charting.lock(session)
        if not session_states.may(locked, Move.STRIKE):
            raise ChartStruck(locked)
        again = _anew(locked, to, reason=reason, by=by) if to is not None else None
        row = SessionStrike.objects.create(session=locked, continued_as=again, reason=reason, by=by.member, at=at)
        if again is not None:
            _take_over(locked, again, at=at)
        TreatmentSession.objects.filter(pk=locked.pk).update(struck_at=at)
        _on_record(row, locked, again, by=by, at=at)
    return row


def _on_record(
    row: SessionStrike, struck: TreatmentSession, again: TreatmentSession | None, *, by: Actor, at: datetime
) -> None:
    """Leave a trace in the audit trail of both patients; neither event names the other patient."""
    other = str(again.ref) if again else None
    patient = struck.course.patient
    audit.record("strike_session", by=by, at=at, patient=patient, subject=struck, reason=row.reason, continued_as=other)
    if again is not None:
        audit.record(
            "continue_session",
            by=by,
            at=at,
            patient=again.course.patient,
            subject=again,
            reason=row.reason,
            struck=str(struck.ref),
        )


def _anew(struck: TreatmentSession, to: Course, *, reason: str, by: Actor) -> TreatmentSession:
    """Open the chart of the right patient; where a pre-condition is missing only a physician goes on."""
    still_open = sessions.open_one(to)
    if still_open is not None:
        raise NotStruck(str(sessions.StillOpen(still_open)))
    ground = sessions.footing(to, on=struck.on)
    if ground.reasons and by.role != Role.PHYSICIAN:
        raise NotStruck("The right chart lacks what a session stands on; a physician can move it.", *ground.reasons)
    again = TreatmentSession.objects.create(
        course=to,
        on=struck.on,
        screening=ground.screening,
        plan=ground.plan,
        consent=ground.consent.consent,
        exception_reason=f"Charted first on another patient by mistake: {reason}" if ground.reasons else "",
        exception_by=by.member if ground.reasons else None,
        therapist=struck.therapist,
        opened_at=struck.opened_at,
    )
    planned = sessions.planned(again)
    for area in struck.areas.all():
        line = planned.get(area.area, {})
        SessionArea.objects.create(
            session=again,
            area=area.area,
            device=area.device,
            planned_depth_mm=line.get("depth_mm"),
            planned_passes=line.get("passes"),
        )
    return again


def _take_over(struck: TreatmentSession, again: TreatmentSession, *, at: datetime) -> None:
    """Enter in the new chart what the struck one says now, amendments included, under the names of who entered it."""
    target = charting.lock(again)
    areas = charting.areas_of(target)
    for name, change in _said(struck, areas):
        field, value = chart_fields.field_of(target, name, areas=areas), change.new
        SessionChange.objects.create(
            session=target,
            field=field.name,
            old=None,
            new=value,
            key=f"from-{change.pk}",
            made_at=change.made_at,
            by=change.by,
            at=at,
        )
        field.row.save(update_fields=chart_fields.put(field, value, made_at=change.made_at))
    for use in SubstanceUse.objects.filter(session=struck, struck_at__isnull=True):
        use.pk, use.session = None, target
        use.save(force_insert=True)


def _said(struck: TreatmentSession, areas: dict[int, SessionArea]) -> Iterator[tuple[str, SessionChange]]:
    """Give each field that was entered, by its name in the new chart, with the change that set it last."""
    numbers = {area.area: pk for pk, area in areas.items()}
    renamed = {f"area.{area.pk}.": f"area.{numbers[area.area]}." for area in struck.areas.all()}
    last: dict[str, SessionChange] = {}
    for change in SessionChange.objects.filter(session=struck, kept=True).order_by("amendment", "made_at", "id"):
        last[change.field] = change
    for name, change in last.items():
        prefix = next((old for old in renamed if name.startswith(old)), None)
        yield renamed[prefix] + name.removeprefix(prefix) if prefix else name, change


def of(session: TreatmentSession) -> SessionStrike | None:
    """Give how a chart came to be struck, or came from a struck one; nothing when neither; one query."""
    rows = SessionStrike.objects.select_related("by", "session", "continued_as")
    return rows.filter(Q(session=session) | Q(continued_as=session)).order_by("id").last()


def chosen_course(ref: str, *, apart_from: TreatmentSession) -> Course:
    """Give the course of another patient that was chosen; raises ValueError when this names none."""
    course = Course.objects.select_related("patient").filter(ref=UUID(ref), closed_at__isnull=True).first()
    if course is None or course.patient_id == apart_from.course.patient_id:
        raise ValueError(ref)
    return course


def find_courses(words: str, *, apart_from: TreatmentSession, by: Actor) -> tuple[Course, ...]:
    """Give the open courses of other patients that these words find, for choosing the right one."""
    if not words.strip():
        return ()
    people = [person.pk for person in patients.search_patients(words, by=by)]
    rows = Course.objects.filter(patient__in=people, closed_at__isnull=True)
    rows = rows.exclude(patient=apart_from.course.patient_id).select_related("patient")
    return tuple(rows.order_by("patient__family_name", "patient__given_name", "-opened_at")[:COURSES_OFFERED])
