"""The demo clinic's recalls, messages and adverse event, walked without its photographs."""

from __future__ import annotations

import pytest

from needlepoint.actions import knowledge, messages, recall, recall_report, stock
from needlepoint.demo import clinic, telling, walk
from needlepoint.demo.walk import at_nine
from needlepoint.knowledge import load
from needlepoint.records.models import AdverseEvent, Lot, Message, MessageState
from tests.people import TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> clinic.House:
    house = clinic._house(TODAY)
    knowledge.adopt(digest=load().digest, note="Of the tests.", by=house["physician"], at=at_nine(house.day(300)))
    return house


def test_a_recall_is_closed_with_its_report(house: clinic.House) -> None:
    clinic._finished(house, photographed=False)
    closed = telling.closed_recall(house, lot=clinic.OLD_PEN_LOT)
    run = recall.run_of(closed)
    assert [one.row.patient.given_name for one in run.listed] == ["Gia"]
    assert len(run.listed[0].sessions) == 1, "her later sessions used another lot"
    assert run.count("reached") == 1
    report = recall_report.report(closed, by=house["director"], at=at_nine(house.today))
    assert report.startswith(b"%PDF")


def test_a_recall_is_open_and_its_lot_held_back_while_another_can_be_used(house: clinic.House) -> None:
    clinic._harmed(house)
    run = recall.run_of(telling.open_recall(house, lot=clinic.ROLLER_LOT))
    assert run.recall.closed_at is None
    assert [one.row.patient.given_name for one in run.listed] == ["Fay"]
    assert run.count("written") == 1
    course = run.listed[0].sessions[0].course
    shown = messages.of_course(course, by=house["therapist"], at=at_nine(TODAY))
    assert [one.key for one in shown] == ["recall"], "a course shows what was sent for a recall too"
    assert Lot.objects.get(number=clinic.ROLLER_LOT).state == "quarantined"
    usable = stock.suggestion(clinic.ROLLER, on=TODAY)
    assert usable is not None
    assert usable.number != clinic.ROLLER_LOT


def test_an_adverse_event_has_a_course_and_an_outcome(house: clinic.House) -> None:
    clinic._harmed(house)
    event = AdverseEvent.objects.get()
    assert [(one.grade, one.outcome) for one in event.course.order_by("pk")] == [
        (2, "ongoing"), (1, "ongoing"), (1, "resolved"),
    ]  # fmt: skip
    assert event.ended_on == TODAY
    assert event.lot is not None
    assert event.lot.number == clinic.ROLLER_LOT


def test_preparation_is_queued_with_its_calendar(house: clinic.House) -> None:
    walk.write_protocols(writer=house["therapist"], physician=house["physician"], on=house.day(290))
    telling.preparation(house, clinic._ready(house))
    message = Message.objects.get()
    assert (message.state, message.patient.given_name) == (MessageState.QUEUED, "Emil")
    assert "BEGIN:VEVENT" in message.calendar
    assert "- " in message.body
