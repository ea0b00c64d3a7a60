"""Charting: each field is saved as it changes, exactly once, and the newest entry of a field stands.

Two people may write on one chart from two devices. Of two entries in one field the one that was made later stands,
also when the earlier one arrives last because its device was cut off; that one is kept in the history. A device sends
its own entries in their order, under keys that begin with its name: of those the one that arrives later was made later,
however long the network held the earlier one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db import transaction

from needlepoint.actions import access, audit, chart_fields, session_states, stock
from needlepoint.actions.access import Act
from needlepoint.actions.chart_fields import Entry, NotAValue
from needlepoint.actions.lot_codes import Code, NotReadable, read_code
from needlepoint.actions.session_states import Move
from needlepoint.records.models import Cartridge, Lot, SessionArea, SessionChange, TreatmentSession

if TYPE_CHECKING:
    from datetime import datetime

    from needlepoint.actions.actor import Actor
    from needlepoint.actions.chart_fields import Field, Plain

LONGEST_KEY: Final = 64
CHANGES_GIVEN: Final = 200
HISTORY_GIVEN: Final = 2000


class ChartSigned(Exception):
    """The chart has been signed and is locked."""

    def __init__(self, session: TreatmentSession) -> None:
        self.session = session
        super().__init__("This chart has been signed and is locked. What must be corrected is amended, with a reason.")


class ChartStruck(ChartSigned):
    """The chart was struck as one of the wrong patient and is locked."""

    def __init__(self, session: TreatmentSession) -> None:
        self.session = session
        Exception.__init__(self, "This chart was struck: it was charted on the wrong patient. Go on in the right one.")


class NotUsable(Exception):
    """A cartridge or a lot cannot be used; the words say why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What became of one entry: the change as it was kept, and the one that stands in its field now."""

    change: SessionChange
    standing: SessionChange

    @property
    def stands(self) -> bool:
        """Say whether this entry is the one that stands."""
        return self.change.pk == self.standing.pk


def areas_of(session: TreatmentSession) -> dict[int, SessionArea]:
    """Give the areas of a chart by number, with what their lines show of the stock; one query."""
    rows = SessionArea.objects.filter(session=session).select_related("cartridge__lot", "device_unit")
    return {area.pk: area for area in rows}


@transaction.atomic
def save(
    session: TreatmentSession, name: str, text: str, *, key: str, made_at: datetime, by: Actor, at: datetime
) -> Saved:
    """Save one field of a chart; the same key sent again changes nothing and gives the same answer.

    Raises
    ------
    ChartSigned
        The chart is locked.
    NoSuchField, NotAValue
        There is no such field, or this cannot stand in it.

    """
    access.require(Act.TREAT, by=by)
    locked = lock(session)
    before = _by_key(locked, key)
    if before is not None:
        return Saved(change=before, standing=_standing(locked, before.field) or before)
    refuse_locked(locked)
    field = chart_fields.field_of(locked, name, areas=areas_of(locked))
    made_at = min(max(made_at, locked.opened_at), at)
    return _save(field, _read(field, text, locked, made_at=made_at), locked, key=key, made_at=made_at, by=by, at=at)


def lock(session: TreatmentSession) -> TreatmentSession:
    """Give the session as it is now, held so that entries of one chart come one after the other."""
    rows = TreatmentSession.objects.select_for_update(of=("self",))
    return rows.select_related("course__patient", "plan").get(pk=session.pk)


def refuse_locked(session: TreatmentSession) -> None:
    """Raise ChartSigned when the chart has been signed, or ChartStruck when it was struck."""
    if not session_states.may(session, Move.CHART):
        raise ChartStruck(session) if session.struck_at else ChartSigned(session)


def _by_key(session: TreatmentSession, key: str) -> SessionChange | None:
    if not 0 < len(key) <= LONGEST_KEY or not key.isprintable():
        raise NotAValue("key", "The entry carries no key.")
    return SessionChange.objects.select_related("by").filter(session=session, key=key).first()


def _device(key: str) -> str:
    """Give the name of the device that chose a key; a key without one is a device of its own."""
    return key.partition(".")[0]


def _standing(session: TreatmentSession, name: str) -> SessionChange | None:
    rows = SessionChange.objects.filter(session=session, field=name, kept=True, amendment=False)
    return rows.select_related("by").order_by("-made_at", "-id").first()


def _read(field: Field, text: str, session: TreatmentSession, *, made_at: datetime) -> Plain:
    if "\0" in text:
        raise NotAValue(field.name, "This holds a character that cannot be kept.")
    try:
        return field.read(Entry(text=text, made_at=made_at, session=session, area=field.area))
    except NotAValue as refusal:
        raise NotAValue(field.name, str(refusal)) from None


def _save(
    field: Field,
    value: Plain,
    session: TreatmentSession,
    *,
    key: str,
    made_at: datetime,
    by: Actor,
    at: datetime,
) -> Saved:
    standing = _standing(session, field.name)
    if standing is not None and _device(standing.key) == _device(key):
        made_at = max(made_at, standing.made_at)
    kept = standing is None or standing.made_at <= made_at
    change = SessionChange.objects.create(
        session=session,
        field=field.name,
        old=chart_fields.value_of(field),
        new=value,
        key=key,
        made_at=made_at,
        kept=kept,
        by=by.member,
        at=at,
    )
    if kept:
        field.row.save(update_fields=chart_fields.put(field, value, made_at=made_at))
    patient = session.course.patient
    audit.record("save_field", by=by, at=at, patient=patient, subject=session, field=field.name, kept=kept)
    return Saved(change=change, standing=change if kept or standing is None else standing)


@transaction.atomic
def open_next(session: TreatmentSession, lot: Lot, *, by: Actor, at: datetime) -> Cartridge:
    """Open the next unit of a lot for this session, and enter it in the areas that wait for one of its kind.

    Raises
    ------
    ChartSigned
        The chart is locked.
    NotUsable
        The lot is expired, held back or used up.

    """
    access.require(Act.TREAT, by=by)
    locked = lock(session)
    lot = _usable(lot, locked)
    unit = Cartridge.objects.filter(lot=lot, session__isnull=True).order_by("unit").first()
    if unit is None:
        raise NotUsable(f"Nothing is left of lot {lot.number}.")
    return _open(locked, unit, by=by, at=at)


@transaction.atomic
def open_cartridge(session: TreatmentSession, cartridge: Cartridge, *, by: Actor, at: datetime) -> Cartridge:
    """Open one particular cartridge for this session; whoever comes second is refused.

    Raises
    ------
    ChartSigned
        The chart is locked.
    NotUsable
        The cartridge was opened before, or its lot is expired or held back.

    """
    access.require(Act.TREAT, by=by)
    locked = lock(session)
    _usable(cartridge.lot, locked)
    return _open(locked, cartridge, by=by, at=at)


def _usable(lot: Lot, session: TreatmentSession) -> Lot:
    """Give the lot as it is now, held so that nobody takes it out of use meanwhile."""
    refuse_locked(session)
    lot = Lot.objects.select_for_update().get(pk=lot.pk)
    reason = stock.unusable_because(lot, on=session.on)
    if lot.kind not in stock.SINGLE_USE:
        reason = f"Lot {lot.number} holds no cartridges."
    if reason:
        raise NotUsable(reason)
    return lot


def _open(session: TreatmentSession, unit: Cartridge, *, by: Actor, at: datetime) -> Cartridge:
    if not Cartridge.objects.filter(pk=unit.pk, session__isnull=True).update(session=session):
        raise NotUsable(f"Unit {unit.unit} of lot {unit.lot.number} was opened before; it is used once only.")
    unit.refresh_from_db()
    audit.record(
        "open_cartridge",
        by=by,
        at=at,
        patient=session.course.patient,
        subject=session,
        lot=unit.lot.number,
        unit=unit.unit,
    )
    areas = areas_of(session)
    for area in areas.values():
        if area.device == unit.lot.product and area.cartridge_id is None:
            field = chart_fields.field_of(session, f"area.{area.pk}.cartridge", areas=areas)
            _save(field, unit.pk, session, key=f"unit-{unit.pk}-{area.pk}", made_at=at, by=by, at=at)
    return unit


def last_changes(session: TreatmentSession) -> dict[str, SessionChange]:
    """Give for each field of a chart the change that stands in it, without its values; one query."""
    rows = SessionChange.objects.filter(session=session, kept=True, amendment=False)
    return {row.field: row for row in rows.select_related("by").defer("old", "new").order_by("made_at", "id")}


def changes_after(session: TreatmentSession, number: int) -> tuple[SessionChange, ...]:
    """Give the changes of a chart after one of this number, in the order they arrived, at most two hundred."""
    rows = SessionChange.objects.filter(session=session, pk__gt=number, kept=True, amendment=False)
    return tuple(rows.select_related("by").order_by("id")[:CHANGES_GIVEN])


def history(session: TreatmentSession) -> tuple[SessionChange, ...]:
    """Give every entry of a chart in the order they arrived, also those a newer one pushed out; one query."""
    return tuple(SessionChange.objects.filter(session=session).select_related("by").order_by("id")[:HISTORY_GIVEN])


def opened(session: TreatmentSession, *, own: bool = False) -> tuple[Cartridge, ...]:
    """Give the cartridges a chart may name, or its own only, in the order they were opened; one query."""
    rows = Cartridge.objects.filter(session=session) if own else chart_fields.charted_with(session)
    return tuple(rows.select_related("lot").order_by("pk"))


@transaction.atomic
def open_scanned(session: TreatmentSession, code: str, *, by: Actor, at: datetime) -> Cartridge:
    """Open the unit whose code was scanned or typed: that of its serial number, or else the next of its lot.

    Raises
    ------
    ChartSigned
        The chart is locked.
    NotUsable
        The code cannot be read, no such lot is in stock or may be used, or this very unit was opened before.

    """
    access.require(Act.TREAT, by=by)
    locked = lock(session)
    read = _code(code)
    lot = _usable(find_lot_to_open(code, session=locked), locked)
    if read.serial is None:
        return open_next(locked, lot, by=by, at=at)
    unit = Cartridge.objects.filter(lot=lot, unit=read.serial).first()
    if unit is None:
        unit = Cartridge.objects.filter(lot=lot, session__isnull=True).order_by("unit").first()
        if unit is None:
            raise NotUsable(f"Nothing is left of lot {lot.number}.")
        # Received by count: from now on this unit goes by the serial number on its pack, so that it opens once only.
        Cartridge.objects.filter(pk=unit.pk).update(unit=read.serial)
        unit.unit = read.serial
    return _open(locked, unit, by=by, at=at)


def _code(text: str) -> Code:
    """Give what a code says; a text that is the number of a lot in stock is that, whatever else it looks like."""
    if text.strip() and Lot.objects.filter(number__iexact=text.strip()).exists():
        return Code(lot=text.strip())
    try:
        return read_code(text)
    except NotReadable as error:
        raise NotUsable(str(error)) from None


def find_lot_to_open(code: str, *, session: TreatmentSession) -> Lot:
    """Give the lot that a scanned or typed code names.

    Raises
    ------
    NotUsable
        The code cannot be read, no such lot is in stock, more than one product has a lot of this number, or the pack
        says something else than the stock.

    """
    read = _code(code)
    found = Lot.objects.filter(number__iexact=read.lot or "", kind__in=stock.SINGLE_USE)
    if read.gtin:
        found = found.filter(gtin__in=["", read.gtin])
    wanted = SessionArea.objects.filter(session=session).values("device")
    rows = list(found.filter(product__in=wanted)[:2]) or list(found[:2])
    if read.gtin and read.lot is None:
        raise NotUsable("This code holds the trade number alone. Scan the code with the lot, or type the lot number.")
    if not rows:
        raise NotUsable(f"No lot {read.lot} is in stock." if read.lot else "Enter or scan a lot number.")
    if len(rows) > 1:
        raise NotUsable(f"Several products have a lot {read.lot}. Choose it from the list.")
    if read.expires_on and read.expires_on != rows[0].expires_on:
        raise NotUsable(
            f"The pack expires on {read.expires_on:%d %B %Y}, lot {rows[0].number} in stock on"
            f" {rows[0].expires_on:%d %B %Y}. Look again, and put the pack aside."
        )
    return rows[0]
