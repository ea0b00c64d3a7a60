"""Signing a chart: what must be complete, the signature with its meaning, the lock, and amendments after it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction

from needlepoint.actions import access, audit, chart_fields, charting, completeness, cosigning, identity, session_states
from needlepoint.actions.access import Act
from needlepoint.actions.chart_fields import Entry, NotAValue
from needlepoint.actions.consent_document import sha256_of
from needlepoint.actions.session_states import Move
from needlepoint.records.models import AuditEvent, SessionChange, TreatmentSession

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from needlepoint.actions.actor import Actor
    from needlepoint.actions.chart_fields import Field, Plain
    from needlepoint.records.models import Cartridge, SessionArea

MEANINGS: Final = {
    "performed": "I gave this treatment, and this chart is true and complete.",
    "responsible": "I am responsible for this treatment and have checked this chart.",
}
LONGEST_REASON: Final = 1000
SIGNED_ACT: Final = "sign_session"


class NotComplete(Exception):
    """Something is missing before the chart can be signed; the reasons are the sentences that the page shows."""

    def __init__(self, reasons: tuple[str, ...]) -> None:
        self.reasons = reasons
        super().__init__(" ".join(reasons))


class ReasonMissing(Exception):
    """An amendment says why it is made."""

    def __init__(self) -> None:
        super().__init__("Say why the chart is amended.")


class NotSigned(Exception):
    """Only a signed chart is amended; one that is open is simply changed."""

    def __init__(self) -> None:
        super().__init__("This chart has not been signed; change it directly.")


def content_of(session: TreatmentSession) -> dict[str, Any]:
    """Give the whole chart as plain data: what the signature seals."""
    return content(session, areas=charting.areas_of(session), opened=charting.opened(session, own=True))


def content(session: TreatmentSession, *, areas: dict[int, SessionArea], opened: Iterable[Cartridge]) -> dict[str, Any]:
    """Give the same of rows at hand; `areas` and `opened` in the order of their keys."""
    fields = (chart_fields.field_of(session, name, areas=areas) for name in chart_fields.names(session, areas))
    return {
        "session": str(session.ref),
        "course": str(session.course.ref),
        "on": session.on.isoformat(),
        "opened_at": session.opened_at.timestamp(),
        "therapist": session.therapist_id,
        "stands_on": [session.screening_id, session.plan_id, session.consent_id],
        "exception": [session.exception_by_id, session.exception_reason],
        "areas": [[area.pk, area.area, area.planned_depth_mm, area.planned_passes] for area in areas.values()],
        "cartridges": [[unit.pk, unit.lot.number, unit.lot.product, unit.unit] for unit in opened],
        "fields": {field.name: value for field in fields if (value := _sealed(field)) not in _unsealed(field)},
    }


def _unsealed(field: Field) -> tuple[Plain, ...]:
    """Give what is left out of the seal: an empty field that did not exist when older charts were signed."""
    return (None, "") if field.attribute in chart_fields.LATER else ()


def _sealed(field: Field) -> Plain:
    """Give a field's value in one form whatever the database: times as seconds, numbers as such."""
    if field.attribute in chart_fields.TIMES | chart_fields.TICKED:
        at: datetime | None = getattr(field.row, chart_fields.COLUMNS.get(field.attribute, field.attribute))
        return at.timestamp() if at else None
    return chart_fields.value_of(field)


def sign(session: TreatmentSession, *, password: str, meaning: str, by: Actor, at: datetime) -> TreatmentSession:
    """Sign and lock a chart; of many who try at once one signs.

    Raises
    ------
    WrongPassword, TooManyTries
        Whoever signs did not show who they are.
    NotComplete
        Something is missing; the reasons say what.
    ChartSigned
        It was signed before.

    """
    access.require(Act.SIGN, by=by)
    identity.confirm(password, about=session, by=by, at=at)
    with transaction.atomic():
        locked = charting.lock(session)
        charting.refuse_locked(locked)
        ticks = completeness.ticks(locked, charting.areas_of(locked))
        reasons = tuple(words for tick in ticks for words in tick.missing)
        if meaning not in MEANINGS:
            reasons = ("Choose what your signature means.", *reasons)
        if reasons:
            raise NotComplete(reasons)
        return _sign(locked, meaning, by=by, at=at)


def _sign(session: TreatmentSession, meaning: str, *, by: Actor, at: datetime) -> TreatmentSession:
    session.signed_sha256 = sha256_of(content_of(session))
    session.signed_at, session.signed_by, session.signed_meaning = at, by.member, MEANINGS[meaning]
    session.cosign_because = "\n".join(cosigning.reasons(session, by=by))
    session.save(update_fields=["signed_at", "signed_by", "signed_meaning", "signed_sha256", "cosign_because"])
    audit.record(
        SIGNED_ACT,
        by=by,
        at=at,
        patient=session.course.patient,
        subject=session,
        sha256=session.signed_sha256,
        meaning=session.signed_meaning,
    )
    return session


def faults(session: TreatmentSession) -> tuple[str, ...]:
    """Give in sentences what of a signed chart is no longer as it was signed; none when it is whole."""
    if session.signed_at is None:
        return ()
    event = AuditEvent.objects.filter(act=SIGNED_ACT, subject=f"TreatmentSession:{session.pk}").first()
    if event is None:
        return ("The audit trail does not know of this signature.",)
    if event.detail.get("sha256") != session.signed_sha256 or event.by_id != session.signed_by_id:
        return ("The signature differs from what the audit trail noted.",)
    if sha256_of(content_of(session)) != session.signed_sha256:
        return ("The chart was altered after it was signed.",)
    return cosigning.faults(session)


@transaction.atomic
def amend(session: TreatmentSession, name: str, text: str, *, reason: str, by: Actor, at: datetime) -> SessionChange:
    """Correct a signed chart: the original stays as it was signed, the correction stands beside it with its reason.

    Raises
    ------
    NotSigned
        The chart is open.
    ReasonMissing
        No reason was given.
    NoSuchField, NotAValue
        There is no such field, this cannot stand in it, or it stands there already.

    """
    access.require(Act.AMEND, by=by)
    locked = charting.lock(session)
    if locked.struck_at is not None:
        raise charting.ChartStruck(locked)
    if not session_states.may(locked, Move.AMEND):
        raise NotSigned
    reason = " ".join(reason.replace("\0", "").split())[:LONGEST_REASON]
    if not reason:
        raise ReasonMissing
    field = chart_fields.field_of(locked, name, areas=charting.areas_of(locked))
    old, new = _current(field, locked), _read(field, text, locked, at=at)
    if new == old:
        raise NotAValue(name, "This is what the chart says already.")
    change = SessionChange.objects.create(
        session=locked,
        field=name,
        old=old,
        new=new,
        reason=reason,
        amendment=True,
        key=uuid.uuid4().hex,
        made_at=at,
        by=by.member,
        at=at,
    )
    audit.record("amend_session", by=by, at=at, patient=locked.course.patient, subject=locked, field=name)
    return change


def _current(field: Field, session: TreatmentSession) -> Plain:
    last = SessionChange.objects.filter(session=session, field=field.name, amendment=True).order_by("id").last()
    return last.new if last else chart_fields.value_of(field)


def _read(field: Field, text: str, session: TreatmentSession, *, at: datetime) -> Plain:
    try:
        return field.read(Entry(text=text.replace("\0", ""), made_at=at, session=session, area=field.area))
    except NotAValue as refusal:
        raise NotAValue(field.name, str(refusal)) from None


def amendments(session: TreatmentSession) -> tuple[SessionChange, ...]:
    """Give the amendments of a signed chart, oldest first; one query."""
    return tuple(SessionChange.objects.filter(session=session, amendment=True).select_related("by").order_by("id"))
