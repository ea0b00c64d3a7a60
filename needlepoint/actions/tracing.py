"""From a lot or a device to the patients it touched, and from a patient to all that touched them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.db.models import Q

from needlepoint import knowledge
from needlepoint.actions import access, audit, stock
from needlepoint.actions.access import Act
from needlepoint.records.models import (
    Cartridge,
    DeviceUnit,
    Lot,
    Patient,
    SessionArea,
    SessionChange,
    SessionStrike,
    SubstanceUse,
    TreatmentSession,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from needlepoint.actions.actor import Actor

LOTS_SHOWN: Final = 20
PATIENTS_SHOWN: Final = 20
SESSIONS_SHOWN: Final = 200


def session_keys(lots: Collection[int], devices: Collection[int]) -> set[int]:
    """Give the sessions in which something of these lots or devices was used, as charted and as amended; eight queries.

    Each kind of use is asked by its own index: one question over all of them reads whole tables.
    """
    found = set(Cartridge.objects.filter(lot__in=lots, session__isnull=False).values_list("session_id", flat=True))
    found |= set(TreatmentSession.objects.filter(numbing_lot__in=lots).values_list("pk", flat=True))
    uses = SubstanceUse.objects.filter(lot__in=lots, struck_at__isnull=True)
    found |= set(uses.values_list("session_id", flat=True))
    found |= set(SessionArea.objects.filter(cartridge__lot__in=lots).values_list("session_id", flat=True))
    found |= set(SessionArea.objects.filter(device_unit__in=devices).values_list("session_id", flat=True))
    amended = SessionChange.objects.filter(amendment=True)
    for field, keys in ((Q(field="numbing_lot"), lots), (Q(field__endswith=".device_unit"), devices)):
        if keys:
            found |= {session for session, new in amended.filter(field).values_list("session_id", "new") if new in keys}
    # A chart that went on in that of another patient: the patient who was treated is there.
    return found - set(SessionStrike.objects.filter(continued_as__isnull=False).values_list("session_id", flat=True))


def sessions_with(lots: Iterable[Lot], devices: Iterable[DeviceUnit] = ()) -> list[TreatmentSession]:
    """Give these sessions with their patients, the newest first."""
    keys = session_keys([lot.pk for lot in lots], [unit.pk for unit in devices])
    return list(TreatmentSession.objects.filter(pk__in=keys).select_related("course__patient"))


@transaction.atomic
def used_in(lot: Lot, *, by: Actor, at: datetime) -> tuple[TreatmentSession, ...]:
    """Give the newest sessions in which something of a lot was used, with their patients: whom a recall concerns."""
    access.require(Act.READ_CHART, by=by)
    found = tuple(sessions_with([lot])[:SESSIONS_SHOWN])
    audit.record("trace_lot", by=by, at=at, subject=lot, number=lot.number, sessions=len(found))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class LotTraced:
    """A lot with the sessions it was used in, and how many patients these are."""

    lot: Lot
    product: str
    sessions: tuple[TreatmentSession, ...]
    patients: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """One thing that touched a patient in one session."""

    session: TreatmentSession
    what: str
    lot: Lot | None
    device_unit: DeviceUnit | None
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Traced:
    """The answer to what was asked: lots with their patients, devices, and patients with their lots."""

    lots: tuple[LotTraced, ...]
    devices: tuple[tuple[DeviceUnit, tuple[TreatmentSession, ...]], ...]
    patients: tuple[tuple[Patient, tuple[Touched, ...]], ...]


@transaction.atomic
def trace(text: str, *, by: Actor, at: datetime) -> Traced:
    """Give what a lot number, a serial number or a patient's name leads to; looking is in the audit trail."""
    access.require(Act.READ_CHART, by=by)
    words = text.split()
    if not words:
        return Traced(lots=(), devices=(), patients=())
    lots = tuple(_lot(lot) for lot in Lot.objects.filter(number__iexact=" ".join(words))[:LOTS_SHOWN])
    units = DeviceUnit.objects.filter(serial__iexact=" ".join(words))[:LOTS_SHOWN]
    devices = tuple((unit, tuple(sessions_with([], [unit])[:SESSIONS_SHOWN])) for unit in units)
    patients = tuple((patient, lots_of(patient)) for patient in _named(words)) if not lots else ()
    for patient, _ in patients:
        audit.record("trace_patient", by=by, at=at, patient=patient)
    for traced in lots:
        audit.record(
            "trace_lot", by=by, at=at, subject=traced.lot, number=traced.lot.number, sessions=len(traced.sessions)
        )
    for unit, sessions in devices:
        audit.record("trace_device", by=by, at=at, subject=unit, serial=unit.serial, sessions=len(sessions))
    return Traced(lots=lots, devices=devices, patients=patients)


def _lot(lot: Lot) -> LotTraced:
    sessions = sessions_with([lot])
    return LotTraced(
        lot=lot,
        product=stock.product_label(lot.product),
        sessions=tuple(sessions[:SESSIONS_SHOWN]),
        patients=len({session.course.patient_id for session in sessions}),
    )


def _named(words: list[str]) -> list[Patient]:
    rows = Patient.objects.all()
    for word in words:
        rows = rows.filter(Q(given_name__istartswith=word) | Q(family_name__istartswith=word))
    return list(rows.order_by("family_name", "given_name", "pk")[:PATIENTS_SHOWN])


def lots_of(patient: Patient) -> tuple[Touched, ...]:
    """Give everything with a lot or a serial number that touched a patient, the newest session first; five queries."""
    rows = TreatmentSession.objects.filter(course__patient=patient).select_related("numbing_lot", "course")
    sessions = list(
        rows.prefetch_related("cartridges__lot", "substances__lot", "areas__device_unit", "areas__cartridge")[
            :SESSIONS_SHOWN
        ]
    )
    return tuple(touched for session in sessions for touched in touched_in(session))


def touched_in(session: TreatmentSession) -> list[Touched]:
    """Give everything with a lot or a serial number that touched the patient in one session."""
    numbing = session.numbing_lot
    found = [_unit(session, unit) for unit in session.cartridges.all()]
    if numbing is not None:
        found.append(_touched(session, stock.product_label(numbing.product), "", lot=numbing))
    found += [_serum(session, use) for use in session.substances.all() if use.struck_at is None]
    handles: dict[DeviceUnit, list[str]] = {}
    for row in session.areas.all():
        if row.device_unit is not None:
            handles.setdefault(row.device_unit, []).append(_area(row.area))
    for handle, where in handles.items():
        found.append(_touched(session, stock.product_label(handle.model), ", ".join(where), unit=handle))
    return found


def _unit(session: TreatmentSession, unit: Cartridge) -> Touched:
    where = ", ".join(_area(row.area) for row in session.areas.all() if row.cartridge_id == unit.pk)
    return _touched(session, f"{stock.product_label(unit.lot.product)}, unit {unit.unit}", where, lot=unit.lot)


def _serum(session: TreatmentSession, use: SubstanceUse) -> Touched:
    what = f"{use.lot.product}, {use.amount}{', off label' if use.off_label else ''}"
    return _touched(session, what, _area(use.area) if use.area else "", lot=use.lot)


def _touched(
    session: TreatmentSession, what: str, where: str, *, lot: Lot | None = None, unit: DeviceUnit | None = None
) -> Touched:
    return Touched(session=session, what=what, where=where, lot=lot, device_unit=unit)


def _area(id_: str) -> str:
    areas = knowledge.load().vocabulary.areas
    return areas[id_].label if id_ in areas else id_
