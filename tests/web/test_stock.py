"""The pages of the stock."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from needlepoint.records.models import Cartridge, Lot, Role
from tests import people
from tests.people import ROLLER, sign_in
from tests.pictures import barcode

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


GTIN = "04012345678901"


def scan(code: str = "", **more: Any) -> dict[str, Any]:
    return {"form": "scan", "code": code, **more}


def test_a_code_fills_the_delivery_and_its_trade_number_is_remembered() -> None:
    client, day = sign_in(), timezone.localdate() + timedelta(days=365)
    code = f"]d201{GTIN}17{day:%y%m%d}10L-1"
    first = client.post(STOCK, scan(code))
    assert first.status_code == 200
    assert "This trade number is new here" in first.content.decode()
    shown = first.context["delivery"]
    assert (shown["number"].value(), shown["expires_on"].value(), shown["gtin"].value()) == ("L-1", day, GTIN)
    client.post(STOCK, delivery(gtin=GTIN, maker="Maker of the tests"))
    again = client.post(STOCK, scan(code))
    shown = again.context["delivery"]
    assert (shown["product"].value(), shown["units"].value(), shown["maker"].value()) == (
        ROLLER,
        3,
        "Maker of the tests",
    )
    assert "new here" not in again.content.decode()


def test_a_photographed_code_fills_the_delivery() -> None:
    picture = SimpleUploadedFile("pack.png", barcode(f"(01){GTIN}(17)301231(10)A9(21)S4"), content_type="image/png")
    shown = sign_in().post(STOCK, scan(picture=picture)).context["delivery"]
    assert (shown["number"].value(), shown["serial"].value(), shown["units"].value()) == ("A9", "S4", 1)


@pytest.mark.parametrize(
    ("code", "told"), [("(01)04012345678902(10)A", "check digit"), ("+A123BJC5D6E71G", "HIBC"), ("<x>", "neither")]
)
def test_a_bad_code_is_told_and_kept_for_mending(code: str, told: str) -> None:
    answer = sign_in().post(STOCK, scan(code))
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert answer.context["code"] == code


def test_the_camera_gets_its_code_or_the_reason() -> None:
    client = sign_in()
    picture = SimpleUploadedFile("frame.png", barcode(f"(01){GTIN}(10)A9"), content_type="image/png")
    assert client.post("/clinic/stock/scan/", {"picture": picture}).json() == {"text": f"(01){GTIN}(10)A9"}
    nothing = client.post("/clinic/stock/scan/", {"picture": SimpleUploadedFile("x.jpg", b"x")})
    assert nothing.status_code == 422
    assert "not a picture" in nothing.json()["error"]


def test_a_serum_is_received_by_its_name() -> None:
    client = sign_in()
    assert "Enter the name" in client.post(STOCK, delivery(product="serum", units="")).content.decode()
    page = client.post(STOCK, delivery(product="serum", name="Serum 2 %", units=""), follow=True).content.decode()
    assert "serum or drug" in page
    assert Lot.objects.get().product == "Serum 2 %"


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
