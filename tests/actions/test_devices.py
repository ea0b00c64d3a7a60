"""The register of devices: what may be chosen, service, disinfection; and the log of sharps containers."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries

from needlepoint.actions import charting, devices, sharps
from needlepoint.actions.access import NoSuchRecord, NotPermitted
from needlepoint.actions.chart_fields import NotAValue
from needlepoint.actions.trade_items import NotReceived
from needlepoint.records.models import AuditEvent, DeviceUnit, Role, SessionArea, SharpsContainer, TreatmentSession
from tests import people
from tests.people import NOW, TODAY

PEN = "dermapen_4"
pytestmark = pytest.mark.django_db


def make_device(serial: str = "S1", *, due: date | None = None, **fields: Any) -> DeviceUnit:
    return DeviceUnit.objects.create(model=PEN, serial=serial, service_due=due, **fields)


def make_area(**fields: Any) -> SessionArea:
    session = people.make_session(people.make_course(), **fields)
    return session.areas.create(area="cheeks", device=PEN)


def choose(area: SessionArea, unit: DeviceUnit, *, key: str = "k") -> object:
    name = f"area.{area.pk}.device_unit"
    return charting.save(area.session, name, str(unit.pk), key=key, made_at=NOW, by=people.actor(), at=NOW)


def test_a_device_is_entered_once_by_its_serial_number() -> None:
    unit = devices.add_device_unit(PEN, " S 1 ", service_due=TODAY, by=people.actor(), at=NOW, maker="Maker")
    assert (unit.model, unit.serial, unit.service_due, unit.maker) == (PEN, "S 1", TODAY, "Maker")
    for model, serial, field in [(PEN, "S 1", "serial"), (PEN, "", "serial"), ("rf_needling", "S2", "model")]:
        with pytest.raises(NotReceived) as refusal:
            devices.add_device_unit(model, serial, service_due=None, by=people.actor(), at=NOW)
        assert refusal.value.field == field
    assert list(devices.device_units()) == list(DeviceUnit.objects.all()) == [unit]
    with pytest.raises(NotPermitted):
        devices.add_device_unit(PEN, "S3", service_due=None, by=people.actor(Role.FRONT_DESK), at=NOW)


MAY = [
    ("no day of service", {}, True),
    ("due today", {"due": TODAY}, True),
    ("due yesterday", {"due": TODAY - timedelta(days=1)}, False),
    ("quarantined", {"state": "quarantined"}, False),
    ("recalled", {"state": "recalled"}, False),
    ("retired", {"state": "retired"}, False),
]


@pytest.mark.parametrize(("fields", "may"), [row[1:] for row in MAY], ids=[row[0] for row in MAY])
def test_a_device_that_is_overdue_or_held_back_can_be_chosen_nowhere(fields: dict[str, Any], may: bool) -> None:
    unit, area = make_device(**fields), make_area()
    assert (devices.unusable_because(unit, on=TODAY) is None) is may
    assert bool(devices.usable_units(on=TODAY)) is may
    if may:
        choose(area, unit)
        area.refresh_from_db()
        assert area.device_unit == unit
        return
    with pytest.raises(NotAValue, match=r"was due|Device S1 is"):
        choose(area, unit)
    with pytest.raises(DatabaseError, match="overdue for service or held back"), transaction.atomic():
        SessionArea.objects.filter(pk=area.pk).update(device_unit=unit)
    with pytest.raises(DatabaseError, match="overdue for service or held back"), transaction.atomic():
        area.session.areas.create(area="forehead", device=PEN, device_unit=unit)


def test_a_chart_goes_on_when_its_device_becomes_overdue_or_is_recalled_meanwhile() -> None:
    unit, area = make_device(due=TODAY), make_area()
    choose(area, unit)
    devices.set_device_state(unit, "recalled", reason="letter of the maker", by=people.actor(), at=NOW)
    choose(area, unit, key="again")
    SessionArea.objects.filter(pk=area.pk).update(pain=3)


def test_a_service_moves_the_day_and_is_kept() -> None:
    unit = make_device(due=TODAY - timedelta(days=1))
    said: dict[str, Any] = {"note": "new motor", "by": people.actor(), "at": NOW, "on": TODAY}
    devices.record_service(unit, serviced_on=TODAY, next_due=TODAY + timedelta(days=365), **said)
    unit.refresh_from_db()
    assert unit.service_due == TODAY + timedelta(days=365)
    row = unit.services.get()
    assert (row.on, row.note) == (TODAY, "new motor")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        unit.services.update(note="old motor")
    for field, serviced_on, next_due in [("serviced_on", TODAY + timedelta(days=1), TODAY + timedelta(days=9)),
                                         ("next_due", TODAY, TODAY)]:  # fmt: skip
        with pytest.raises(NotReceived) as refusal:
            devices.record_service(unit, serviced_on=serviced_on, next_due=next_due, **said)
        assert refusal.value.field == field


def test_a_handle_waits_for_its_disinfection_after_each_use(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    unit, area = make_device(), make_area()
    make_device("S2")
    assert [line.unclean for line in devices.register(on=TODAY)] == [False, False]
    choose(area, unit)
    with django_assert_num_queries(1):
        lines = devices.register(on=TODAY)
    assert [line.unclean for line in lines] == [True, False]
    later = area.session.opened_at + timedelta(hours=1)
    said: dict[str, Any] = {"agent": "wipe, 1 min, new sleeve", "note": "", "by": people.actor()}
    devices.record_disinfection(unit, passed=False, at=later, **said)
    assert devices.register(on=TODAY)[0].unclean
    row = devices.record_disinfection(unit, passed=True, at=later, **said)
    assert row.session == area.session
    assert not devices.register(on=TODAY)[0].unclean
    with pytest.raises(NotReceived, match="with what"):
        devices.record_disinfection(unit, agent=" ", passed=True, note="", by=people.actor(), at=later)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        unit.disinfections.all().delete()


def test_a_device_tells_where_it_was_used_and_looking_is_in_the_audit_trail() -> None:
    unit, area = make_device(), make_area()
    choose(area, unit)
    assert devices.history(unit, by=people.actor(), at=NOW).sessions == (TreatmentSession.objects.get(),)
    assert AuditEvent.objects.filter(act="trace_device").count() == 1
    with pytest.raises(NoSuchRecord):
        devices.find_device(4711)


@pytest.mark.parametrize(("state", "reason", "field"), [("lost", "x", "state"), ("retired", " ", "reason")])
def test_a_device_is_not_held_back_without_state_and_reason(state: str, reason: str, field: str) -> None:
    unit = make_device()
    with pytest.raises(NotReceived) as refusal:
        devices.set_device_state(unit, state, reason=reason, by=people.actor(), at=NOW)
    assert refusal.value.field == field


# ------------------------------------------------------------------------------------------------- sharps


def set_up(label: str = "SH-1", room: str = "Room 1") -> SharpsContainer:
    return sharps.open_container(label, room=room, by=people.actor(), at=NOW)


@pytest.mark.parametrize("before", list(sharps.LIFE))
@pytest.mark.parametrize("to", [*sharps.LIFE, "lost"])
def test_a_container_goes_only_where_its_life_leads(before: str, to: str) -> None:
    row, by = set_up(), people.actor()
    for step in (sharps.CLOSED, sharps.COLLECTED)[: list(sharps.LIFE).index(before)]:
        sharps.move_on(row.pk, step, collector="Waste Ltd", by=by, at=NOW)
    if to in sharps.LIFE[before]:
        assert sharps.state_of(sharps.move_on(row.pk, to, collector="Waste Ltd", by=by, at=NOW)) == to
        return
    with pytest.raises(NotReceived, match="cannot become"):
        sharps.move_on(row.pk, to, collector="Waste Ltd", by=by, at=NOW)
    row.refresh_from_db()
    assert sharps.state_of(row) == before


def test_a_room_has_one_open_container_and_a_collection_says_by_whom() -> None:
    row = set_up()
    for label, room, field in [
        ("SH-1", "Room 2", "label"),
        ("SH-2", "Room 1", "room"),
        ("", "R", "label"),
        ("L", "", "room"),
    ]:
        with pytest.raises(NotReceived) as refusal:
            set_up(label, room)
        assert refusal.value.field == field
    with pytest.raises(IntegrityError), transaction.atomic():
        SharpsContainer.objects.create(label="SH-3", room="Room 1", opened_at=NOW, opened_by=people.make_staff())
    sharps.move_on(row.pk, sharps.CLOSED, by=people.actor(), at=NOW)
    with pytest.raises(NotReceived) as refusal:
        sharps.move_on(row.pk, sharps.COLLECTED, by=people.actor(), at=NOW)
    assert refusal.value.field == "collector"
    with pytest.raises(NoSuchRecord):
        sharps.move_on(4711, sharps.CLOSED, by=people.actor(), at=NOW)
    assert [c.label for c in sharps.containers()] == ["SH-1"]
