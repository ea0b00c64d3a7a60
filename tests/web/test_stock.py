"""The pages of the stock."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from needlepoint.records.models import Cartridge, DeviceUnit, Lot, Role
from tests import people
from tests.people import ROLLER, sign_in

pytestmark = pytest.mark.django_db
STOCK = "/clinic/stock/"


def delivery(**changes: Any) -> dict[str, Any]:
    year = (timezone.localdate() + timedelta(days=365)).isoformat()
    return {"form": "delivery", "product": ROLLER, "number": "L-1", "expires_on": year, "units": "3", **changes}


def test_a_delivery_is_taken_in_and_listed() -> None:
    client = sign_in()
    page = client.post(STOCK, delivery(), follow=True).content.decode()
    assert "Lot L-1 is in stock." in page
    assert "<strong>3</strong> left, 0 used" in page
    assert Cartridge.objects.count() == 3


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"product": "hammer"}, "Select a valid choice"),
        ({"number": ""}, "This field is required"),
        ({"number": "a\0b"}, "Null characters"),
        ({"units": ""}, "Enter how many units came"),
        ({"expires_on": "2020-01-01"}, "is not taken into stock"),
        ({"expires_on": "soon"}, "Enter a valid date"),
    ],
)
def test_what_is_wrong_with_a_delivery_is_told_at_its_field(change: dict[str, str], told: str) -> None:
    answer = sign_in().post(STOCK, delivery(**change))
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert Lot.objects.count() == 0


def test_a_device_is_entered() -> None:
    client = sign_in()
    data = {"form": "device", "device-model": "dermapen_4", "device-serial": "S1", "device-service_due": "2020-01-01"}
    assert "service was due" in client.post(STOCK, data, follow=True).content.decode()
    assert DeviceUnit.objects.get().serial == "S1"
    assert "entered already" in client.post(STOCK, data).content.decode()


def test_a_lot_is_found_by_its_number() -> None:
    people.make_lot(number="AB-1")
    people.make_lot(number="CD-2")
    page = sign_in().get(STOCK, {"q": "cd"}).content.decode()
    assert "CD-2" in page
    assert "AB-1" not in page
    assert "No lot with" in sign_in().get(STOCK, {"q": "zz\0"}).content.decode()


def test_the_list_takes_no_more_statements_for_many_lots(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    client = sign_in()
    for place in range(30):
        people.make_lot(number=f"N{place}")
    with django_assert_max_num_queries(6):
        client.get(STOCK)


def test_a_lot_is_held_back_and_says_whom_it_concerns() -> None:
    lot = people.make_lot()
    session = people.make_session(people.make_course())
    Cartridge.objects.filter(lot=lot, unit="001").update(session=session)
    client, address = sign_in(Role.DIRECTOR), reverse("clinic:lot", args=[lot.pk])
    assert "Say why" in client.post(address, {"state": "recalled", "reason": " "}).content.decode()
    page = client.post(address, {"state": "recalled", "reason": "letter of the maker"}, follow=True).content.decode()
    assert "Recalled" in page
    assert "Paula Example" in page
    lot.refresh_from_db()
    assert lot.state == "recalled"


def test_a_lot_that_is_not_there_is_not_found() -> None:
    assert sign_in().get(reverse("clinic:lot", args=[4711])).status_code == 404


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.ADMINISTRATOR])
def test_who_does_not_keep_the_stock_is_told_so(role: str) -> None:
    assert sign_in(role).get(STOCK).status_code == 403
    assert sign_in(role).post(STOCK, delivery()).status_code == 403
    assert Lot.objects.count() == 0
