"""The pages of devices, sharps containers, and serums of a session."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from needlepoint.records.models import DeviceUnit, Disinfection, Lot, Role, SharpsContainer, SubstanceUse
from tests import people
from tests.people import sign_in

pytestmark = pytest.mark.django_db
DEVICES, SHARPS = "/clinic/devices/", "/clinic/sharps/"


def entry(**changes: Any) -> dict[str, Any]:
    return {"form": "device", "model": "dermapen_4", "serial": "S1", "service_due": "2020-01-01", **changes}


def test_a_device_is_entered_and_says_that_it_is_overdue() -> None:
    client = sign_in()
    assert "Service overdue" in client.post(DEVICES, entry(), follow=True).content.decode()
    assert DeviceUnit.objects.get().serial == "S1"
    assert "entered already" in client.post(DEVICES, entry()).content.decode()


def test_a_code_fills_the_entry_of_a_device() -> None:
    client = sign_in()
    shown = client.post(DEVICES, {"form": "scan", "code": "]d20104012345678901" + "21SN7"}).context["form"]
    assert (shown["serial"].value(), shown["gtin"].value()) == ("SN7", "04012345678901")
    assert client.post(DEVICES, {"form": "scan", "code": "0104012345678902"}).status_code == 422


def test_the_page_of_a_device_takes_service_disinfection_and_state() -> None:
    unit = DeviceUnit.objects.create(model="dermapen_4", serial="S1")
    client, address, today = sign_in(), reverse("clinic:device", args=[unit.pk]), timezone.localdate()
    assert client.post(address, {"form": "clean", "agent": "", "passed": ""}).status_code == 422
    client.post(address, {"form": "clean", "agent": "wipe", "passed": "yes"})
    assert Disinfection.objects.get().passed
    wrong = {"form": "service", "serviced_on": today.isoformat(), "next_due": today.isoformat()}
    assert "later than this one" in client.post(address, wrong).content.decode()
    client.post(address, {**wrong, "next_due": (today + timedelta(days=365)).isoformat()})
    assert "Say why" in client.post(address, {"form": "state", "state": "retired", "reason": ""}).content.decode()
    page = client.post(address, {"form": "state", "state": "retired", "reason": "old"}, follow=True).content.decode()
    unit.refresh_from_db()
    assert (unit.service_due, unit.state) == (today + timedelta(days=365), "retired")
    assert "Device S1 is retired." in page
    assert client.get(reverse("clinic:device", args=[4711])).status_code == 404


def test_an_overdue_device_is_not_offered_in_a_session() -> None:
    row = people.make_session(people.make_course(), on=timezone.localdate())
    area = row.areas.create(area="cheeks", device="dermapen_4")
    late = timezone.localdate() - timedelta(days=1)
    DeviceUnit.objects.create(model="dermapen_4", serial="GOOD-1")
    unit = DeviceUnit.objects.create(model="dermapen_4", serial="LATE-1", service_due=late)
    client = sign_in()
    page = client.get(reverse("clinic:session", args=[row.ref])).content.decode()
    assert "GOOD-1" in page
    assert "LATE-1" not in page
    data = {"field": f"area.{area.pk}.device_unit", "text": str(unit.pk), "key": "k"}
    answer = client.post(reverse("clinic:session_save", args=[row.ref]), data)
    assert answer.status_code == 422
    assert "The service of device LATE-1 was due" in answer.json()["error"]


def test_the_register_takes_no_more_statements_for_many_devices(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for place in range(30):
        DeviceUnit.objects.create(model="dermapen_4", serial=f"S{place}")
    client = sign_in()
    with django_assert_max_num_queries(5):
        client.get(DEVICES)


def test_a_container_is_set_up_closed_and_collected() -> None:
    client = sign_in()
    client.post(SHARPS, {"form": "open", "label": "SH-1", "room": "Room 1"})
    row = SharpsContainer.objects.get()
    assert (
        "is in the log already" in client.post(SHARPS, {"form": "open", "label": "SH-1", "room": "R"}).content.decode()
    )
    move = {"form": "move", "container": str(row.pk)}
    client.post(SHARPS, {**move, "to": "closed"})
    assert "Say who collected it" in client.post(SHARPS, {**move, "to": "collected"}).content.decode()
    page = client.post(SHARPS, {**move, "to": "collected", "collector": "Waste Ltd, 17"}, follow=True).content.decode()
    assert "Waste Ltd, 17" in page
    assert client.post(SHARPS, {"form": "move", "container": "x", "to": "closed"}).status_code == 404


def test_a_serum_is_written_down_and_struck_on_its_page() -> None:
    day = timezone.localdate()
    row = people.make_session(people.make_course(), on=day)
    row.areas.create(area="cheeks", device="dermapen_4")
    lot = Lot.objects.create(kind="serum", product="Serum 2 %", number="H1", expires_on=day)
    client, address = sign_in(), reverse("clinic:session_products", args=[row.ref])
    use = {"form": "use", "lot": str(lot.pk), "amount": "2 ml", "channels": "yes", "off_label": "yes", "reason": ""}
    answer = client.post(address, use)
    assert answer.status_code == 422
    assert "Say why it is used outside its label" in answer.content.decode()
    page = client.post(address, {**use, "reason": "asked for"}, follow=True).content.decode()
    assert "Off label" in page
    strike = {"form": "strike", "entry": str(SubstanceUse.objects.get().pk), "reason": ""}
    assert "Say why the entry is struck" in client.post(address, strike).content.decode()
    assert "<s>" in client.post(address, {**strike, "reason": "other tray"}, follow=True).content.decode()
    assert sign_in(Role.DIRECTOR).get(address).status_code == 403
