"""Reading the audit trail page by page, and having it verified."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from needlepoint.actions import audit, audit_chain, trail
from needlepoint.actions.access import NotPermitted
from needlepoint.actions.actor import HOUSE
from needlepoint.actions.trail import PAGE, TrailTooLong, Wanted, read_trail, verify_trail
from needlepoint.records.models import AuditEvent, Role
from tests.people import NOW, actor, make_patient

pytestmark = pytest.mark.django_db


@pytest.fixture
def events(db: None) -> None:
    paula, otto = make_patient(), make_patient(given_name="Otto", family_name="Other")
    thea = actor(Role.THERAPIST)
    with transaction.atomic():
        for turn in range(60):
            audit.record("read_chart", by=thea, at=NOW, patient=paula if turn % 2 else otto)
        audit.record("screen", by=HOUSE, at=NOW, patient=otto, verdict="clear")


def read(**wanted: Any) -> trail.TrailPage:
    return read_trail(Wanted(**wanted), by=actor(Role.DIRECTOR), at=NOW)


@pytest.mark.usefixtures("events")
def test_the_newest_come_first_and_older_ones_page_by_page() -> None:
    first = read()
    assert [event.number for event in first.events] == list(range(61, 11, -1))
    second = read(before=first.older)
    assert [event.number for event in second.events] == list(range(11, 0, -1))
    assert second.older is None


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        ({"act": "screen"}, 1),
        ({"patient": "otto"}, 31),
        ({"patient": "OTHER Otto"}, 31),
        ({"patient": "nobody"}, 0),
        ({"patient": "other", "act": "read_chart"}, 30),
    ],
)
@pytest.mark.usefixtures("events")
def test_the_trail_is_narrowed_by_patient_and_act(wanted: dict[str, str], count: int) -> None:
    assert len(read(**wanted).events) == count


@pytest.mark.usefixtures("events")
def test_the_trail_is_narrowed_by_person() -> None:
    thea = actor(Role.THERAPIST).member
    assert {event.by_id for event in read(person=thea.pk).events} == {thea.pk}
    assert read(person=4711).events == []


@pytest.mark.usefixtures("events")
def test_looking_for_a_patient_is_in_the_trail_itself() -> None:
    read(patient="otto")
    newest = AuditEvent.objects.order_by("-number")[0]
    assert (newest.act, newest.detail) == ("read_trail", {"patient_sought": "otto"})


@pytest.mark.usefixtures("events")
def test_a_page_takes_one_statement_and_its_savepoint(django_assert_num_queries: Any) -> None:
    by = actor(Role.DIRECTOR)
    with django_assert_num_queries(3):
        page = read_trail(Wanted(), by=by, at=NOW)
        assert len([str(event.patient) for event in page.events]) == PAGE


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.THERAPIST, Role.PHYSICIAN])
def test_only_director_and_administrator_read_the_trail(role: Role) -> None:
    with pytest.raises(NotPermitted, match="To read the audit trail takes the role of administrator or director"):
        read_trail(Wanted(), by=actor(role), at=NOW)
    with pytest.raises(NotPermitted):
        verify_trail(by=actor(role), at=NOW)


@pytest.mark.usefixtures("events")
def test_verifying_is_in_the_trail_with_what_came_out() -> None:
    report = verify_trail(by=actor(Role.ADMINISTRATOR), at=NOW)
    assert report.intact
    newest = AuditEvent.objects.order_by("-number")[0]
    assert (newest.act, newest.detail) == ("verify_trail", {"events": 61, "broken": 0})
    assert audit_chain.verify().intact


@pytest.mark.usefixtures("events")
def test_a_trail_too_long_to_wait_for_is_left_to_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trail, "LONGEST_WALK", 60)
    with pytest.raises(TrailTooLong, match="needlepoint audit verify"):
        verify_trail(by=actor(Role.DIRECTOR), at=NOW)
