"""Two hundred hands at once on one cartridge, one signature, one field: one wins or all are kept, without an error."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from needlepoint.actions import charting, session, signing
from needlepoint.records.models import AuditEvent, Cartridge, SessionChange, TimeOut, TreatmentSession
from tests import people
from tests.people import sign_in
from tests.together import at_once

pytestmark = pytest.mark.django_db(transaction=True)
HANDS = 200
BROWSERS = 40  # where each is answered with a whole page
PASSWORD = "a long password of the tests"


def opened(*, areas: int = 2) -> TreatmentSession:
    """A session of today, opened an hour ago."""
    now, day = timezone.now(), timezone.localdate()
    patient = people.make_patient(family_name=f"Example {TreatmentSession.objects.count()}")
    course = people.make_course(patient, indication="facial_wrinkles", areas=["cheeks", "forehead"][:areas])
    people.answer_all(course.patient, on=day, at=now - timedelta(hours=3))
    people.make_screening(course, on=day, at=now - timedelta(hours=2))
    people.make_plan(course, at=now - timedelta(hours=2))
    people.make_consent(course, at=now - timedelta(days=3))
    return session.open_session(course, on=day, by=people.actor(), at=now - timedelta(hours=1))


def hands(row: TreatmentSession, name: str, form: Any, *, count: int = HANDS) -> Counter[tuple[int, str]]:
    """Send a form from many browsers at once; give how often each status and kind of answer came."""
    address = reverse(f"clinic:{name}", args=[row.ref])
    cookie = sign_in().cookies["sessionid"].value

    def hand(place: int) -> tuple[int, str]:
        client = Client(raise_request_exception=False)
        client.cookies["sessionid"] = cookie
        answer = client.post(address, form(place))
        return answer.status_code, answer.headers.get("Content-Type", "").partition(";")[0]

    found = at_once(count, hand)
    errors = [each for each in found if isinstance(each, Exception)]
    assert errors == []
    return Counter(found)  # type: ignore[arg-type]  # what is no error is an answer


def test_of_two_hundred_who_open_one_cartridge_one_does() -> None:
    row = opened()
    unit = people.make_lot(units=1, expires_on=timezone.localdate()).cartridges.get()
    found = at_once(HANDS, lambda place: charting.open_cartridge(row, unit, by=people.actor(), at=timezone.now()))
    assert Counter(type(each).__name__ for each in found) == {"Cartridge": 1, "NotUsable": HANDS - 1}
    assert Cartridge.objects.get().session == row


def test_of_many_browsers_that_open_the_last_cartridge_one_gets_it_and_the_others_are_told() -> None:
    row = opened()
    lot = people.make_lot(units=1, expires_on=timezone.localdate())
    answers = hands(row, "session_cartridge", lambda place: {"lot": str(lot.pk)}, count=BROWSERS)
    assert answers == {(302, "text/html"): 1, (422, "text/html"): BROWSERS - 1}


def test_of_two_hundred_who_sign_one_chart_one_does_and_the_others_find_it_signed() -> None:
    row = opened()
    now, by = timezone.now(), people.actor()
    charting.open_next(row, people.make_lot(expires_on=timezone.localdate()), by=by, at=now)
    entries = {f"time_out.{item}": "true" for item in TimeOut.values}
    for area in row.areas.all():
        values = {"depth_mm": "0.5", "passes": "4", "endpoint": "even_redness", "pain": "2"}
        entries |= {f"area.{area.pk}.{name}": text for name, text in values.items()}
    entries |= {"started_at": "now", "finished_at": "now", "aftercare_given": "true", "no_photo_reason": "none"}
    for name, text in entries.items():
        charting.save(row, name, text, key=name, made_at=now, by=by, at=now)
    found = at_once(
        HANDS, lambda place: signing.sign(row, password=PASSWORD, meaning="performed", by=by, at=timezone.now())
    )
    assert Counter(type(each).__name__ for each in found) == {"TreatmentSession": 1, "ChartSigned": HANDS - 1}
    answers = hands(row, "session_sign", lambda place: {"password": PASSWORD, "meaning": "performed"}, count=BROWSERS)
    assert answers == {(302, "text/html"): BROWSERS}
    row.refresh_from_db()
    assert AuditEvent.objects.filter(act=signing.SIGNED_ACT).count() == 1
    assert signing.faults(session.find(row.ref)) == ()


def test_two_hundred_entries_in_one_field_are_all_kept_once_and_the_newest_stands() -> None:
    row = opened()

    def form(place: int) -> dict[str, str]:
        # The lower the place, the longer it waited on its device.
        return {"field": "note", "text": f"note {place}", "key": f"k{place}", "age_ms": str((HANDS - place) * 2000)}

    assert hands(row, "session_save", form) == {(200, "application/json"): HANDS}
    assert Counter(SessionChange.objects.values_list("new", flat=True)) == {f"note {p}": 1 for p in range(HANDS)}
    newest = SessionChange.objects.order_by("made_at").last()
    row.refresh_from_db()
    assert newest is not None
    assert (row.note, newest.kept) == (newest.new, True)


def test_one_entry_that_two_hundred_deliver_is_kept_once() -> None:
    row = opened()
    form = {"field": "note", "text": "once", "key": "the same", "age_ms": "0"}
    assert hands(row, "session_save", lambda place: form) == {(200, "application/json"): HANDS}
    assert SessionChange.objects.count() == 1
