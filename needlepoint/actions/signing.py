"""Signing a chart: what must be complete, the signature with its meaning, the lock, and amendments after it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction

from needlepoint.actions import access, audit, chart_fields, charting
from needlepoint.actions import session as sessions
from needlepoint.actions.access import Act
from needlepoint.actions.chart_fields import Entry, NotAValue
from needlepoint.actions.consent_document import sha256_of
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
_TRIES: Final = 5
_TRIES_WITHIN: Final = timedelta(minutes=15)
SIGNED_ACT: Final = "sign_session"
_REFUSED_ACT: Final = "refuse_signature"


class NotComplete(Exception):
    """Something is missing before the chart can be signed; the reasons are the sentences that the page shows."""

    def __init__(self, reasons: tuple[str, ...]) -> None:
        self.reasons = reasons
        super().__init__(" ".join(reasons))


class WrongPassword(Exception):
    """Whoever wanted to sign did not give their own password."""

    def __init__(self) -> None:
        super().__init__("That is not your password. Nothing has been signed.")


class TooManyTries(Exception):
    """The password was wrong too often in a short time."""

    def __init__(self) -> None:
        minutes = int(_TRIES_WITHIN.total_seconds() // 60)
        super().__init__(f"The password was wrong too often. Wait {minutes} minutes, then try again.")


class ReasonMissing(Exception):
    """An amendment says why it is made."""

    def __init__(self) -> None:
        super().__init__("Say why the chart is amended.")


class NotSigned(Exception):
    """Only a signed chart is amended; one that is open is simply changed."""

    def __init__(self) -> None:
        super().__init__("This chart has not been signed; change it directly.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """One thing a chart needs before it is signed: `missing` says in sentences what is not there yet."""

    label: str
    missing: tuple[str, ...]

    @property
    def done(self) -> bool:
        """Say whether nothing is missing of it."""
        return not self.missing


def completeness(session: TreatmentSession, areas: dict[int, SessionArea]) -> tuple[Tick, ...]:
    """Give what the chart needs before it is signed, and what of it is missing; no query."""
    planned = sessions.planned(session)
    remarkable = remarks(session)
    lines = [(area, planned.get(area.area)) for area in areas.values()]
    return (
        Tick(label="Time-out", missing=() if session.time_out_at else ("The time-out is not complete.",)),
        Tick(label="Numbing", missing=tuple(_numbing_missing(session))),
        Tick(label="Times", missing=tuple(_times_missing(session, areas))),
        Tick(label="Every area", missing=tuple(words for area in areas.values() for words in _area_missing(area))),
        Tick(
            label="Reasons where it differs from the plan",
            missing=tuple(
                f"{chart_fields.area_label(area)}: say why it differs from the plan."
                for area, line in lines
                if differs(area, line) and not area.deviation_reason
            ),
        ),
        Tick(label="Aftercare", missing=() if session.aftercare_given_at else ("Aftercare has not been given.",)),
        Tick(
            label="Remarkable things explained in the note",
            missing=() if session.note.strip() else tuple(f"Explain in the note: {words}" for words in remarkable),
        ),
    )


def differs(area: SessionArea, line: dict[str, Any] | None) -> tuple[str, ...]:
    """Give in words where an area was treated otherwise than planned."""
    if area.endpoint == "not_treated":
        return ("not treated",)
    if area.endpoint == "stopped_early":
        return ("stopped early",)
    found = []
    if line is not None and area.device != line["device"]:
        found.append("another device")
    if area.planned_depth_mm is not None and area.depth_mm not in (None, area.planned_depth_mm):
        found.append(f"{area.depth_mm:g} mm in place of {area.planned_depth_mm:g} mm")
    if area.planned_passes is not None and area.passes not in (None, area.planned_passes):
        found.append(f"{area.passes} passes in place of {area.planned_passes}")
    return tuple(found)


def _area_missing(area: SessionArea) -> list[str]:
    if area.endpoint == "not_treated":
        return []
    given = {
        "depth": area.depth_mm is not None,
        "passes": area.passes is not None,
        "endpoint": area.endpoint != "",
        "pain": area.pain is not None,
        "cartridge": area.cartridge_id is not None,
    }
    left = [what for what, there in given.items() if not there]
    return [f"{chart_fields.area_label(area)}: {', '.join(left)} missing."] if left else []


def _numbing_missing(session: TreatmentSession) -> list[str]:
    given = {
        "product and lot": session.numbing_lot_id,
        "grams": session.numbing_grams,
        "time on": session.numbing_on,
        "time off": session.numbing_off,
    }
    if not any(given.values()):
        return []
    left = [what for what, value in given.items() if value is None]
    if left:
        return [f"Numbing: {', '.join(left)} missing."]
    if session.numbing_on and session.numbing_off and session.numbing_off < session.numbing_on:
        return ["Numbing: it was off before it was on."]
    return []


def _times_missing(session: TreatmentSession, areas: dict[int, SessionArea]) -> list[str]:
    if areas and all(area.endpoint == "not_treated" for area in areas.values()):
        return []
    if session.started_at is None or session.finished_at is None:
        return ["The time of the first or of the last puncture is missing."]
    if session.finished_at < session.started_at:
        return ["The last puncture is before the first."]
    return []


def _minute(moment: datetime) -> datetime:
    """Give the minute a moment lies in: times of a chart can be entered no finer."""
    return moment.replace(second=0, microsecond=0)


def remarks(session: TreatmentSession) -> tuple[str, ...]:
    """Give what happened in a session that somebody who reads the chart must find explained; no query."""
    limits = sessions.numbing_limits(session) or {}
    grams, minutes = session.numbing_grams, numbing_minutes(session)
    most_grams, most_minutes = limits.get("max_g"), limits.get("max_minutes")
    found = []
    if grams is not None and most_grams is not None and grams > most_grams:
        found.append(f"{grams:g} g of numbing product, above the limit of {most_grams:g} g.")
    if minutes is not None and most_minutes is not None and minutes > most_minutes:
        found.append(f"numbing for {minutes:.0f} min, longer than the limit of {most_minutes:g} min.")
    if limits and not any((session.numbing_lot_id, grams, session.numbing_on, session.numbing_off)):
        found.append("the plan has numbing and none is charted.")
    if session.started_at and session.time_out_at and _minute(session.started_at) < _minute(session.time_out_at):
        found.append("the first puncture was before the time-out was complete.")
    if session.started_at and session.numbing_off and _minute(session.started_at) < _minute(session.numbing_off):
        found.append("the first puncture was before the numbing was off.")
    return tuple(found)


def numbing_minutes(session: TreatmentSession) -> float | None:
    """Give how long the numbing was on, in minutes; None while one of its times is open."""
    if session.numbing_on is None or session.numbing_off is None:
        return None
    return (session.numbing_off - session.numbing_on).total_seconds() / 60


def content_of(session: TreatmentSession) -> dict[str, Any]:
    """Give the whole chart as plain data: what the signature seals."""
    return content(session, areas=charting.areas_of(session), opened=charting.opened(session))


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
        "fields": {field.name: _sealed(field) for field in fields},
    }


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
    _check_password(session, password, by=by, at=at)
    with transaction.atomic():
        locked = charting.lock(session)
        if locked.signed_at is not None:
            raise charting.ChartSigned(locked)
        ticks = completeness(locked, charting.areas_of(locked))
        reasons = tuple(words for tick in ticks for words in tick.missing)
        if meaning not in MEANINGS:
            reasons = ("Choose what your signature means.", *reasons)
        if reasons:
            raise NotComplete(reasons)
        return _sign(locked, meaning, by=by, at=at)


def _sign(session: TreatmentSession, meaning: str, *, by: Actor, at: datetime) -> TreatmentSession:
    session.signed_sha256 = sha256_of(content_of(session))
    session.signed_at, session.signed_by, session.signed_meaning = at, by.member, MEANINGS[meaning]
    session.save(update_fields=["signed_at", "signed_by", "signed_meaning", "signed_sha256"])
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


def _check_password(session: TreatmentSession, password: str, *, by: Actor, at: datetime) -> None:
    """Hold the signer to the own password; outside of the transaction of the act, so that a refusal is on record."""
    wrong = AuditEvent.objects.filter(act=_REFUSED_ACT, by=by.member, at__gt=at - _TRIES_WITHIN).count()
    if wrong >= _TRIES:
        raise TooManyTries
    if by.member.check_password(password):
        return
    with transaction.atomic():
        audit.record(_REFUSED_ACT, by=by, at=at, patient=session.course.patient, subject=session)
    raise WrongPassword


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
    return ()


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
    if locked.signed_at is None:
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
