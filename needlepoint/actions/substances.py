"""Serums and drugs used in a session: lot, amount, whether through the channels, and whether outside their label."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db import transaction

from needlepoint import knowledge
from needlepoint.actions import access, audit, charting, stock
from needlepoint.actions.access import Act, NoSuchRecord
from needlepoint.actions.trade_items import NotReceived
from needlepoint.records.models import Lot, SubstanceUse

if TYPE_CHECKING:
    from datetime import datetime

    from needlepoint.actions.actor import Actor
    from needlepoint.records.models import TreatmentSession

LONGEST_AMOUNT: Final = 40
LONGEST_REASON: Final = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """What is to be written down of a serum or drug: how much, where, through the channels or not, on label or not."""

    amount: str
    area: str = ""
    channels: bool
    off_label: bool
    reason: str = ""


@transaction.atomic
def record(session: TreatmentSession, lot: Lot, use: Use, *, by: Actor, at: datetime) -> SubstanceUse:
    """Write down a serum or drug that was used.

    Raises
    ------
    ChartSigned
        The chart is locked.
    NotReceived
        The lot is expired or held back, or the amount, the area or the reason of an off-label use is missing.

    """
    access.require(Act.TREAT, by=by)
    locked = charting.lock(session)
    charting.refuse_locked(locked)
    lot = Lot.objects.select_for_update().get(pk=lot.pk)
    spent = stock.unusable_because(lot, on=locked.on)
    if lot.kind != stock.SERUM:
        spent = f"Lot {lot.number} is no serum or drug."
    if spent:
        raise NotReceived("lot", spent)
    kept = _checked(use)
    row = SubstanceUse.objects.create(
        session=locked, lot=lot, area=kept.area, amount=kept.amount, channels=kept.channels,
        off_label=kept.off_label, reason=kept.reason, by=by.member, at=at,
    )  # fmt: skip
    audit.record(
        "use_substance", by=by, at=at, patient=locked.course.patient, subject=locked, lot=lot.number,
        off_label=kept.off_label,
    )  # fmt: skip
    return row


def _checked(use: Use) -> Use:
    amount, reason = " ".join(use.amount.split()), " ".join(use.reason.split())
    if not amount or len(amount) > LONGEST_AMOUNT:
        raise NotReceived("amount", "Say how much, with its unit, for example 2 ml.")
    if use.area and use.area not in knowledge.load().vocabulary.areas:
        raise NotReceived("area", "Choose an area of the list.")
    if use.off_label and not reason:
        raise NotReceived("reason", "Say why it is used outside its label.")
    if len(reason) > LONGEST_REASON:
        raise NotReceived("reason", f"The reason holds at most {LONGEST_REASON} characters.")
    return Use(amount=amount, area=use.area, channels=use.channels, off_label=use.off_label, reason=reason)


@transaction.atomic
def strike(pk: int, *, reason: str, by: Actor, at: datetime) -> SubstanceUse:
    """Strike an entry that was a mistake; it stays readable.

    Raises
    ------
    NoSuchRecord, ChartSigned, NotReceived
        There is no such entry, its chart is locked, or it is struck already or without a reason.

    """
    access.require(Act.TREAT, by=by)
    row = SubstanceUse.objects.select_related("session").filter(pk=pk).first()
    if row is None:
        raise NoSuchRecord("substance")
    locked = charting.lock(row.session)
    charting.refuse_locked(locked)
    row.refresh_from_db()
    if row.struck_at is not None:
        raise NotReceived("struck_reason", "This entry is struck already.")
    words = " ".join(reason.split())[:LONGEST_REASON]
    if not words:
        raise NotReceived("struck_reason", "Say why the entry is struck.")
    row.struck_at, row.struck_by, row.struck_reason = at, by.member, words
    row.save(update_fields=["struck_at", "struck_by", "struck_reason"])
    audit.record("strike_substance", by=by, at=at, patient=locked.course.patient, subject=locked, entry=row.pk)
    return row


def of_session(session: TreatmentSession) -> tuple[SubstanceUse, ...]:
    """Give what was used in a session, struck entries included; one query."""
    return tuple(SubstanceUse.objects.filter(session=session).select_related("lot", "by", "struck_by"))


def usable(session: TreatmentSession) -> tuple[Lot, ...]:
    """Give the lots of serums and drugs that may be used on the day of a session, the first to expire first."""
    rows = Lot.objects.filter(kind=stock.SERUM, state="in_stock", expires_on__gte=session.on)
    return tuple(rows.order_by("expires_on", "product")[: stock.LOTS_SHOWN])
