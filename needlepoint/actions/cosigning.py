"""The physician's second signature: which charts need one and why, the queue of them, and signing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction

from needlepoint.actions import access, audit, chart_words, charting, completeness, consent, identity, session_states
from needlepoint.actions import session as sessions
from needlepoint.actions.access import Act
from needlepoint.actions.clinic import the_clinic
from needlepoint.actions.consent_document import sha256_of
from needlepoint.actions.session_states import Move
from needlepoint.records.models import (
    AuditEvent,
    Clinic,
    CoSignature,
    Override,
    Role,
    SessionAddendum,
    SessionChange,
    TreatmentSession,
)

if TYPE_CHECKING:
    from datetime import datetime

    from needlepoint.actions.actor import Actor

MEANINGS: Final = {
    "agreed": "I have read this chart and agree with what was done.",
    "seen": "I have read this chart; what I think of it stands in an addendum.",
}
WAITING_SHOWN: Final = 100
_COSIGNED_ACT: Final = "cosign_session"


class NotToCosign(Exception):
    """A chart cannot be co-signed, or not by this physician; the words say why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """The charts that wait for a physician, the oldest first, and how many there are."""

    sessions: tuple[TreatmentSession, ...]
    total: int
    every: bool


def reasons(session: TreatmentSession, *, by: Actor) -> tuple[str, ...]:
    """Give why a chart that this person signs needs a physician's signature too; none when it needs none."""
    if by.role == Role.PHYSICIAN:
        return ()
    found = []
    clinic = the_clinic()
    if clinic is not None and clinic.cosign_every:
        found.append("Every chart of a therapist is co-signed in this clinic.")
    if session.exception_by_id is not None:
        found.append("It was held without all pre-conditions.")
    if session.screening_id and Override.objects.filter(screening=session.screening_id).exists():
        found.append("A finding of the screening was overridden.")
    if session.consent_id and not consent.allows(session.course, "treatment"):
        found.append("Consent to treatment was taken back.")
    planned = sessions.planned(session)
    for area in charting.areas_of(session).values():
        words = completeness.differs(area, planned.get(area.area))
        if words:
            found.append(f"{chart_words.area_label(area)}: {', '.join(words)}.")
    found += [f"{words[0].upper()}{words[1:]}" for words in completeness.remarks(session)]
    return tuple(found)


@transaction.atomic
def read_waiting(*, by: Actor, at: datetime) -> Waiting:
    """Give the charts that wait for a co-signature, and record that they were listed."""
    access.require(Act.READ_CHART, by=by)
    audit.record("read_cosign_queue", by=by, at=at)
    return waiting()


def waiting() -> Waiting:
    """Give the charts that wait for a co-signature; three queries however many there are."""
    rows = TreatmentSession.objects.filter(
        signed_at__isnull=False, struck_at__isnull=True, cosignature__isnull=True
    ).exclude(cosign_because="")
    shown = rows.select_related("course__patient", "signed_by").order_by("signed_at")[:WAITING_SHOWN]
    clinic = the_clinic()
    return Waiting(sessions=tuple(shown), total=rows.count(), every=clinic is not None and clinic.cosign_every)


def cosign(session: TreatmentSession, *, password: str, meaning: str, by: Actor, at: datetime) -> CoSignature:
    """Sign, as a physician, a chart that somebody else has signed; of many who try at once one signs.

    Raises
    ------
    WrongPassword, TooManyTries
        Whoever signs did not show who they are.
    NotToCosign
        The chart is open, struck, signed by the same person, co-signed already, or no meaning was chosen.

    """
    access.require(Act.COSIGN, by=by)
    identity.confirm(password, about=session, by=by, at=at)
    with transaction.atomic():
        locked = charting.lock(session)
        reason = refusal(locked, by=by)
        if reason is None and meaning not in MEANINGS:
            reason = "Choose what your signature means."
        if reason is not None:
            raise NotToCosign(reason)
        sealed = sha256_of(seen_with(locked))
        row = CoSignature.objects.create(session=locked, meaning=MEANINGS[meaning], sha256=sealed, by=by.member, at=at)
        patient = locked.course.patient
        audit.record(_COSIGNED_ACT, by=by, at=at, patient=patient, subject=locked, sha256=sealed, meaning=row.meaning)
        return row


def refusal(session: TreatmentSession, *, by: Actor) -> str | None:
    """Give in a sentence why this physician cannot co-sign this chart now, or nothing."""
    if session.struck_at is not None:
        return "This chart was struck: it was charted on the wrong patient."
    if session.signed_at is None:
        return "This chart has not been signed yet."
    if session.signed_by_id == by.member.pk:
        return "You signed this chart yourself; somebody else co-signs it."
    if session_states.may(session, Move.COSIGN):
        return None
    row = of(session)
    return f"{row.by if row else 'Somebody'} has co-signed this chart already."


def seen_with(session: TreatmentSession, *, until: datetime | None = None) -> dict[str, Any]:
    """Give what a co-signature seals: the chart as it was signed, and what was amended and added up to then."""
    changes = SessionChange.objects.filter(session=session, amendment=True).order_by("id")
    addenda = SessionAddendum.objects.filter(session=session)
    if until is not None:
        changes, addenda = changes.filter(at__lte=until), addenda.filter(at__lte=until)
    return {
        "signed": session.signed_sha256,
        "amendments": [[row.pk, row.field, row.new, row.reason] for row in changes],
        "addenda": [[row.pk, row.text] for row in addenda],
    }


def of(session: TreatmentSession) -> CoSignature | None:
    """Give the co-signature of a chart; one query."""
    return CoSignature.objects.filter(session=session).select_related("by").first()


def faults(session: TreatmentSession) -> tuple[str, ...]:
    """Give in sentences what of a co-signature is no longer as it was given; none when it is whole or there is none."""
    row = of(session)
    if row is None:
        return ()
    event = AuditEvent.objects.filter(act=_COSIGNED_ACT, subject=f"TreatmentSession:{session.pk}").first()
    if event is None or event.detail.get("sha256") != row.sha256 or event.by_id != row.by_id:
        return ("The co-signature differs from what the audit trail noted.",)
    if sha256_of(seen_with(session, until=row.at)) != row.sha256:
        return ("What was co-signed was altered after it.",)
    return ()


@transaction.atomic
def choose(*, every: bool, by: Actor, at: datetime) -> None:
    """Choose whether physicians co-sign every chart of a therapist, or those with something to look at."""
    access.require(Act.CHOOSE_COSIGNING, by=by)
    clinic = Clinic.objects.select_for_update().filter(id=1).first()
    if clinic is None or clinic.cosign_every == every:
        return
    clinic.cosign_every = every
    clinic.save(update_fields=["cosign_every"])
    audit.record("choose_cosigning", by=by, at=at, subject=clinic, every=every)
