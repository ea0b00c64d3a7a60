"""The register of reusable devices: serial number, service, disinfection after use, and whether one may be used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.db.models import Max, OuterRef, Q, Subquery

from needlepoint import knowledge
from needlepoint.actions import access, audit
from needlepoint.actions.access import Act, NoSuchRecord
from needlepoint.actions.trade_items import NotReceived
from needlepoint.core.terms import DeviceKind
from needlepoint.records.models import (
    DeviceService,
    DeviceState,
    DeviceUnit,
    Disinfection,
    SessionArea,
    TreatmentSession,
)

if TYPE_CHECKING:
    from datetime import date, datetime

    from needlepoint.actions.actor import Actor

DEVICES_SHOWN: Final = 100
ENTRIES_SHOWN: Final = 30
LONGEST_NOTE: Final = 300
LONGEST_AGENT: Final = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceLine:
    """A device as the register shows it: why it may not be used, and whether it waits to be disinfected."""

    unit: DeviceUnit
    label: str
    unusable: str | None
    unclean: bool


@transaction.atomic
def add_device_unit(
    model: str, serial: str, *, service_due: date | None, by: Actor, at: datetime, gtin: str = "", maker: str = ""
) -> DeviceUnit:
    """Enter a reusable device of the clinic, by model and serial number.

    Raises
    ------
    NotReceived
        The model is unknown or the device is entered already.

    """
    access.require(Act.STOCK, by=by)
    device = knowledge.load().vocabulary.devices.get(model)
    if device is None or device.kind is DeviceKind.RF:
        raise NotReceived("model", "Choose a device of the list.")
    serial = " ".join(serial.split())
    if not serial:
        raise NotReceived("serial", "Enter the serial number.")
    unit, new = DeviceUnit.objects.get_or_create(
        model=model,
        serial=serial,
        defaults={"service_due": service_due, "gtin": gtin, "maker": " ".join(maker.split())},
    )
    if not new:
        raise NotReceived("serial", "This device is entered already.")
    audit.record("add_device", by=by, at=at, subject=unit, model=model, serial=serial)
    return unit


def find_device(pk: int) -> DeviceUnit:
    """Give a device; raises NoSuchRecord when there is none of this number."""
    found = DeviceUnit.objects.filter(pk=pk).first()
    if found is None:
        raise NoSuchRecord("device")
    return found


def unusable_because(unit: DeviceUnit, *, on: date) -> str | None:
    """Give in a sentence why a device may not be used on a day, or nothing when it may."""
    if unit.state != DeviceState.IN_SERVICE:
        return f"Device {unit.serial} is {DeviceState(unit.state).label.lower()}."
    if unit.service_due is not None and unit.service_due < on:
        return f"The service of device {unit.serial} was due on {unit.service_due:%d %B %Y}."
    return None


def device_units() -> tuple[DeviceUnit, ...]:
    """Give the clinic's reusable devices."""
    return tuple(DeviceUnit.objects.order_by("model", "serial")[:DEVICES_SHOWN])


def usable_units(*, on: date) -> tuple[DeviceUnit, ...]:
    """Give the devices that may be used on a day; one query."""
    rows = DeviceUnit.objects.filter(state=DeviceState.IN_SERVICE)
    rows = rows.filter(Q(service_due__isnull=True) | Q(service_due__gte=on))
    return tuple(rows.order_by("model", "serial")[:DEVICES_SHOWN])


def register(*, on: date) -> tuple[DeviceLine, ...]:
    """Give the register: what is in service first, with what keeps a device from being used; one query."""
    names = knowledge.load().vocabulary.devices
    cleaned = Disinfection.objects.filter(unit=OuterRef("pk"), passed=True).order_by("-at").values("at")[:1]
    used = (
        SessionArea.objects.filter(device_unit=OuterRef("pk"))
        .values("device_unit")
        .annotate(last=Max("session__opened_at"))
        .values("last")
    )
    rows = DeviceUnit.objects.annotate(last_clean=Subquery(cleaned), last_use=Subquery(used))
    lines = [
        DeviceLine(
            unit=unit,
            label=names[unit.model].label if unit.model in names else unit.model,
            unusable=unusable_because(unit, on=on),
            unclean=bool(unit.last_use and (unit.last_clean is None or unit.last_clean < unit.last_use)),
        )
        for unit in rows.order_by("model", "serial")[:DEVICES_SHOWN]
    ]
    return tuple(sorted(lines, key=lambda line: line.unit.state != DeviceState.IN_SERVICE))


@transaction.atomic
def record_service(unit: DeviceUnit, *, serviced_on: date, next_due: date, note: str, by: Actor, at: datetime,
                   on: date) -> DeviceService:  # fmt: skip
    """Write down a service; from now on the next is due on its day.

    Raises
    ------
    NotReceived
        The service is still to come, or the next is not later.

    """
    access.require(Act.STOCK, by=by)
    if serviced_on > on:
        raise NotReceived("serviced_on", "This day is still to come.")
    if next_due <= serviced_on:
        raise NotReceived("next_due", "The next service is later than this one.")
    unit = DeviceUnit.objects.select_for_update().get(pk=unit.pk)
    row = DeviceService.objects.create(
        unit=unit, on=serviced_on, next_due=next_due, note=_line(note), by=by.member, at=at
    )
    unit.service_due = next_due
    unit.save(update_fields=["service_due"])
    audit.record(
        "service_device", by=by, at=at, subject=unit, on=serviced_on.isoformat(), next_due=next_due.isoformat()
    )
    return row


@transaction.atomic
def record_disinfection(
    unit: DeviceUnit, *, agent: str, passed: bool, note: str, by: Actor, at: datetime,
    session: TreatmentSession | None = None,
) -> Disinfection:  # fmt: skip
    """Write down that a handle was made ready for the next patient; without a session it is that of its last use.

    Raises
    ------
    NotReceived
        It is not said with what.

    """
    access.require(Act.STOCK, by=by)
    agent = " ".join(agent.split())
    if not agent or len(agent) > LONGEST_AGENT or not agent.isprintable():
        raise NotReceived("agent", f"Say with what it was disinfected, in at most {LONGEST_AGENT} characters.")
    if session is None:
        session = TreatmentSession.objects.filter(areas__device_unit=unit).order_by("-opened_at").first()
    row = Disinfection.objects.create(
        unit=unit, session=session, agent=agent, passed=passed, note=_line(note), by=by.member, at=at
    )
    audit.record("disinfect_device", by=by, at=at, subject=unit, passed=passed)
    return row


@transaction.atomic
def set_device_state(unit: DeviceUnit, state: str, *, reason: str, by: Actor, at: datetime) -> DeviceUnit:
    """Hold a device back, retire it, or take it into service again; the database lets nobody use what is held.

    Raises
    ------
    NotReceived
        The state is unknown or no reason is given.

    """
    access.require(Act.STOCK, by=by)
    if state not in DeviceState.values:
        raise NotReceived("state", "Choose a state of the list.")
    reason = " ".join(reason.split())
    if not reason:
        raise NotReceived("reason", "Say why: it is kept with the change.")
    unit = DeviceUnit.objects.select_for_update().get(pk=unit.pk)
    before, unit.state = unit.state, state
    unit.save(update_fields=["state"])
    audit.record("set_device_state", by=by, at=at, subject=unit, before=before, after=state, reason=reason)
    return unit


def device_states() -> tuple[tuple[str, str], ...]:
    """Give the states a device can be in, with their names."""
    return tuple((state.value, state.label) for state in DeviceState)


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What was done with and for a device, newest first."""

    services: tuple[DeviceService, ...]
    disinfections: tuple[Disinfection, ...]
    sessions: tuple[TreatmentSession, ...]


@transaction.atomic
def history(unit: DeviceUnit, *, by: Actor, at: datetime) -> History:
    """Give the newest entries about a device, with the sessions it was used in; three queries."""
    access.require(Act.READ_CHART, by=by)
    sessions = TreatmentSession.objects.filter(areas__device_unit=unit).distinct().select_related("course__patient")
    audit.record("trace_device", by=by, at=at, subject=unit, serial=unit.serial)
    return History(
        services=tuple(unit.services.select_related("by")[:ENTRIES_SHOWN]),
        disinfections=tuple(unit.disinfections.select_related("by", "session")[:ENTRIES_SHOWN]),
        sessions=tuple(sessions[:ENTRIES_SHOWN]),
    )


def _line(text: str) -> str:
    return " ".join(text.replace("\0", "").split())[:LONGEST_NOTE]
