"""The pages of the protocol library, and planning from a protocol in two taps."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse

from needlepoint.records.models import Plan, ProtocolVersion, Role
from tests.actions.test_protocols import adopted, held, planned, written
from tests.people import make_clinic, make_course, sign_in

pytestmark = pytest.mark.django_db


def filled(**changes: Any) -> dict[str, Any]:
    return {
        "name": "Scars", "indication": "acne_scars", "device_class": "pen", "device": "",
        "endpoint": "pinpoint_bleeding", "sessions": "3", "interval_days": "30", "anaesthetic": "",
        "note": "First try.", "depth_cheeks": "1.0", "passes_cheeks": "4", **changes,
    }  # fmt: skip


def test_a_protocol_is_written_edited_and_adopted_on_its_pages() -> None:
    client = sign_in(Role.PHYSICIAN)
    page = client.post(reverse("clinic:protocol_new"), filled(), follow=True).content.decode()
    assert "Kept: Scars, version 1." in page
    version = ProtocolVersion.objects.get()
    address = reverse("clinic:protocol", args=[version.protocol.ref])
    edit = reverse("clinic:protocol_edit", args=[version.protocol.ref])
    assert re.search(r'name="depth_cheeks"\s+value="1.0"', client.get(edit).content.decode())
    page = client.post(edit, filled(passes_cheeks="6"), follow=True).content.decode()
    assert "<del>1.00 mm, 4 passes</del>" in page
    assert "<ins>1.00 mm, 6 passes</ins>" in page
    page = client.post(reverse("clinic:protocol_adopt", args=[version.pk]), follow=True).content.decode()
    assert "Adopted: Scars, version 1." in page
    assert "Scars" in client.get(reverse("clinic:protocols")).content.decode()
    assert client.get(address).status_code == 200


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"passes_cheeks": ""}, "Give both or neither."),
        ({"depth_cheeks": "", "passes_cheeks": ""}, "Give at least one area a depth and passes."),
        ({"depth_cheeks": "2.5"}, "2.5 mm is above"),
        ({"name": ""}, "This field is required."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(changes: dict[str, str], says: str) -> None:
    answer = sign_in(Role.PHYSICIAN).post(reverse("clinic:protocol_new"), filled(**changes))
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert "First try." in answer.content.decode()
    assert not ProtocolVersion.objects.exists()


def test_a_copy_starts_from_the_version_it_copies() -> None:
    version = written()
    page = sign_in().get(reverse("clinic:protocol_new"), {"copy": version.pk}).content.decode()
    assert "Acne scars by pen, copy" in page
    answer = sign_in().post(reverse("clinic:protocol_new") + f"?copy={version.pk}", filled(), follow=True)
    assert "Copied from" in answer.content.decode()


def test_a_therapist_writes_and_is_told_who_adopts() -> None:
    version = written()
    page = sign_in().get(reverse("clinic:protocol", args=[version.protocol.ref])).content.decode()
    assert "To adopt a protocol takes the role of physician" in page
    assert sign_in().post(reverse("clinic:protocol_adopt", args=[version.pk])).status_code == 403
    assert sign_in(Role.FRONT_DESK).get(reverse("clinic:protocols")).status_code == 403


def test_two_taps_lead_from_a_protocol_to_a_plan() -> None:
    make_clinic()
    version, course = adopted(), make_course(areas=["cheeks"])
    address = reverse("clinic:plan", args=[course.ref])
    client = sign_in(Role.PHYSICIAN)
    assert f'href="?protocol={version.pk}"' in client.get(address).content.decode()
    page = client.get(address, {"protocol": version.pk}).content.decode()
    assert re.search(r'name="passes_cheeks"\s+value="4"', page)
    assert 'data-passes="4"' in page
    form = dict(re.findall(r'<input type="(?:hidden|number|date|time)" name="(\w+)" value="([^"]*)"', page))
    form |= {"areas": ["cheeks"], "operator": "physician", "device": "skinpen_precision", "anaesthetic": ""}
    answer = client.post(address, form, follow=True)
    plan = Plan.objects.get()
    assert plan.protocol == version
    assert "Planned from the protocol" in answer.content.decode()
    assert (plan.result["sessions"], plan.result["interval_days"]) == (4, 35)


def test_the_page_of_a_course_shows_planned_beside_done() -> None:
    plan = planned(adopted())
    held(plan, depth_mm=1.25)
    page = sign_in().get(reverse("clinic:course_done", args=[plan.course.ref])).content.decode()
    for words in ("1.50 mm, 4×", "1.25 mm, 4×", "differs", "took 20 min", "Fine pinpoint bleeding"):
        assert words in page
    page = sign_in().get(reverse("clinic:protocol", args=[plan.protocol.protocol.ref])).content.decode()  # type: ignore[union-attr]  # this plan has one
    assert "0 of 1" in page
