"""Opening a unit for a session by what its pack says."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from needlepoint.records.models import Cartridge, TreatmentSession
from tests import people
from tests.people import ROLLER, sign_in
from tests.pictures import barcode

pytestmark = pytest.mark.django_db


def open_session() -> TreatmentSession:
    row = people.make_session(people.make_course(), on=timezone.localdate())
    row.areas.create(area="cheeks", device=ROLLER)
    return row


def test_a_photographed_pack_is_opened_by_its_serial_number_once() -> None:
    row, client = open_session(), sign_in()
    lot = people.make_lot()
    code = f"(01)04012345678901(17){lot.expires_on:%y%m%d}(10)A100(21)SN7"
    data = {"picture": SimpleUploadedFile("pack.png", barcode(code), content_type="image/png")}
    page = client.post(reverse("clinic:session_cartridge", args=[row.ref]), data, follow=True).content.decode()
    assert "Opened: lot A100, unit SN7." in page
    again = client.post(reverse("clinic:session_cartridge", args=[row.ref]), {"code": code}).content.decode()
    assert "Unit SN7 of lot A100 was opened before" in again
    assert Cartridge.objects.filter(session=row).count() == 1


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("(01)04012345678901(10)A100(17)301231", "The pack expires on 31 December 2030"),
        ("(01)04012345678902(10)A100", "check digit"),
        ("4012345678901", "trade number alone"),
        ("+A123BJC5D6E71G", "HIBC"),
    ],
)
def test_a_pack_that_says_something_else_is_not_opened(code: str, told: str) -> None:
    row = open_session()
    people.make_lot(expires_on=timezone.localdate())
    answer = sign_in().post(reverse("clinic:session_cartridge", args=[row.ref]), {"code": code})
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert not Cartridge.objects.filter(session=row).exists()
