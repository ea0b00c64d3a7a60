"""The page of the audit trail."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse

from needlepoint.actions import audit
from needlepoint.actions.actor import HOUSE
from needlepoint.records.models import AuditEvent, AuditHead, Role
from tests.people import NOW, make_course, make_patient, sign_in

pytestmark = pytest.mark.django_db
ADDRESS = "/clinic/audit/"


def test_reading_a_chart_shows_up_with_person_and_patient() -> None:
    course = make_course()
    sign_in(Role.THERAPIST).get(reverse("clinic:course", args=[course.ref]))
    page = sign_in(Role.DIRECTOR).get(ADDRESS).content.decode()
    row = page.split("<tbody>")[1].split("</tr>")[0]
    for words in ("(Therapist)", "read chart", "Paula Example", f"Course:{course.pk}"):
        assert words in row


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.THERAPIST, Role.PHYSICIAN])
def test_others_are_refused_with_the_reason(role: Role) -> None:
    for answer in (sign_in(role).get(ADDRESS), sign_in(role).post(ADDRESS)):
        assert answer.status_code == 403
        assert "To read the audit trail takes the role of administrator or director" in answer.content.decode()


@pytest.fixture
def long(db: None) -> None:
    patient = make_patient()
    with transaction.atomic():
        for turn in range(120):
            audit.record("read_chart" if turn % 2 else "screen", by=HOUSE, at=NOW, patient=patient, turn=turn)


@pytest.mark.usefixtures("long")
def test_a_page_holds_fifty_events_and_leads_to_the_older_ones() -> None:
    client = sign_in(Role.ADMINISTRATOR)
    first = client.get(ADDRESS).content.decode()
    assert first.count("<time") == 50
    assert "?before=71" in first
    assert client.get(ADDRESS + "?before=71").content.decode().count("<time") == 50
    last = client.get(ADDRESS + "?before=21").content.decode()
    assert last.count("<time") == 20
    assert "Older" not in last


@pytest.mark.usefixtures("long")
def test_a_filter_goes_along_to_the_older_ones() -> None:
    page = sign_in(Role.ADMINISTRATOR).get(ADDRESS + "?act=screen").content.decode()
    assert page.count("<time") == 50
    assert "?act=screen&amp;before=21" in page
    assert "No event fits." in sign_in(Role.ADMINISTRATOR).get(ADDRESS + "?patient=nobody").content.decode()


@pytest.mark.parametrize("query", ["?act=no_such_act", "?person=x", "?before=x", "?person=4711"])
@pytest.mark.usefixtures("long")
def test_a_filter_that_makes_no_sense_is_no_fault_of_the_page(query: str) -> None:
    assert sign_in(Role.DIRECTOR).get(ADDRESS + query).status_code == 200


@pytest.mark.usefixtures("long")
def test_the_page_takes_the_same_statements_however_long_the_trail(django_assert_max_num_queries: Any) -> None:
    client = sign_in(Role.DIRECTOR)
    with django_assert_max_num_queries(7):
        client.get(ADDRESS)


@pytest.mark.usefixtures("long")
def test_verifying_says_that_the_trail_is_whole_and_where_it_ends() -> None:
    seal = AuditHead.objects.get().seal
    page = sign_in(Role.DIRECTOR).post(ADDRESS).content.decode()
    assert "Intact: 120 events" in page
    assert f"120:{seal}" in page


@pytest.mark.usefixtures("long")
def test_verifying_names_what_is_broken() -> None:
    AuditHead.objects.update(number=123)
    page = sign_in(Role.DIRECTOR).post(ADDRESS).content.decode()
    assert "Broken in 1 place" in page
    assert "events 121 to 123 are missing" in page
    assert AuditEvent.objects.order_by("-number")[0].detail["broken"] == 1
