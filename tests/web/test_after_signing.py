"""The pages of what comes after charting: the queue to co-sign, addenda, the wrong patient, the whole history."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from needlepoint.actions import charting, session, signing
from needlepoint.records.models import (
    Clinic,
    CoSignature,
    Course,
    Role,
    SessionAddendum,
    SessionStrike,
    TreatmentSession,
)
from tests import people
from tests.people import sign_in
from tests.web.test_session import PASSWORD, address, chart_all, opened

pytestmark = pytest.mark.django_db


def signed_otherwise() -> TreatmentSession:
    """A chart that a therapist signed and in which an area had more passes than planned."""
    row = opened()
    chart_all(row)
    now, by = timezone.now(), people.actor()
    area = row.areas.all()[0].pk
    for name, text in ((f"area.{area}.passes", "6"), (f"area.{area}.deviation_reason", "Thicker skin here")):
        charting.save(row, name, text, key=f"other {name}", made_at=now, by=by, at=now)
    return signing.sign(row, password=PASSWORD, meaning="performed", by=by, at=now)


def right_course() -> Course:
    now, day = timezone.now(), timezone.localdate()
    course = people.make_course(
        people.make_patient(given_name="Rita", family_name="Right"),
        indication="facial_wrinkles",
        areas=["cheeks", "forehead"],
    )
    people.answer_all(course.patient, on=day, at=now - timedelta(hours=1))
    people.make_screening(course, on=day, at=now - timedelta(minutes=30))
    people.make_plan(course, at=now - timedelta(minutes=20))
    people.make_consent(course, at=now - timedelta(days=3))
    return course


# ------------------------------------------------------------------------------------------------ co-signing


def test_the_physician_finds_the_chart_in_the_queue_with_why_and_cosigns_it() -> None:
    row, client = signed_otherwise(), sign_in(Role.PHYSICIAN)
    page = client.get(reverse("clinic:cosign_queue")).content.decode()
    assert "6 passes in place of 4" in page
    assert address("session", row) in page
    answer = client.post(address("session_cosign", row), {"password": "wrong", "meaning": "agreed"})
    assert (answer.status_code, "That is not your password" in answer.content.decode()) == (422, True)
    assert "Choose what your signature means" in (
        client.post(address("session_cosign", row), {"password": PASSWORD}).content.decode()
    )
    done = client.post(address("session_cosign", row), {"password": PASSWORD, "meaning": "agreed"}, follow=True)
    assert "No chart waits" in done.content.decode()
    assert "I have read this chart and agree" in client.get(address("session", row)).content.decode()
    assert CoSignature.objects.get().by == people.make_staff(Role.PHYSICIAN)


@pytest.mark.parametrize("role", [Role.THERAPIST, Role.DIRECTOR])
def test_who_may_not_cosign_reads_the_queue_with_the_reason(role: str) -> None:
    row, client = signed_otherwise(), sign_in(role)
    assert "To read only." in client.get(reverse("clinic:cosign_queue")).content.decode()
    assert client.post(address("session_cosign", row), {"password": PASSWORD, "meaning": "agreed"}).status_code == 403
    assert 'name="meaning"' not in client.get(address("session", row)).content.decode()


def test_the_director_has_every_chart_cosigned() -> None:
    people.make_clinic()
    client = sign_in(Role.DIRECTOR)
    client.post(reverse("clinic:cosign_choose"), {"every": "yes"})
    assert Clinic.objects.get().cosign_every
    assert "Every chart that a therapist signs." in client.get(reverse("clinic:cosign_queue")).content.decode()
    client.post(reverse("clinic:cosign_choose"), {"every": "no"})
    assert not Clinic.objects.get().cosign_every


# ------------------------------------------------------------------------------------------------ addenda, history


def test_an_addendum_is_added_below_the_signed_chart() -> None:
    row, client = signed_otherwise(), sign_in()
    bad = client.post(address("session_addendum", row), {"text": " ", "key": "k"})
    assert (bad.status_code, "Write what is to be added." in bad.content.decode()) == (422, True)
    for _ in range(2):  # sent twice
        client.post(address("session_addendum", row), {"text": "Telephoned: all well.", "key": "k"})
    page = client.get(address("session", row)).content.decode()
    assert page.count("Telephoned: all well.") == SessionAddendum.objects.count() == 1
    assert "Unchanged since." in page


def test_an_open_chart_takes_no_addendum() -> None:
    row = opened()
    page = sign_in().post(address("session_addendum", row), {"text": "x", "key": "k"}, follow=True).content.decode()
    assert "change it directly" in page


def test_the_history_lists_every_entry_also_one_that_came_too_late() -> None:
    row, now = opened(), timezone.now()
    TreatmentSession.objects.filter(pk=row.pk).update(opened_at=now - timedelta(hours=1))
    row.refresh_from_db()
    physician = people.actor(Role.PHYSICIAN)
    charting.save(row, "note", "newer", key="a", made_at=now, by=physician, at=now)
    charting.save(row, "note", "older", key="b", made_at=now - timedelta(minutes=9), by=people.actor(), at=now)
    page = sign_in(Role.DIRECTOR).get(address("session_history", row)).content.decode()
    assert [page.index(words) for words in ("Phil Physician", "newer", "older", "a newer entry stood already")]


# ------------------------------------------------------------------------------------------------ the wrong patient


def test_the_right_patient_is_found_and_the_session_goes_on_there() -> None:
    row, course, client = signed_otherwise(), right_course(), sign_in()
    found = client.get(address("session_strike", row), {"q": "Right"}).content.decode()
    assert "Rita Right" in found
    assert str(row.course.ref) not in found.split("<form", 2)[2]
    form = {"q": "Right", "course": str(course.ref), "reason": "two tablets mixed up", "password": PASSWORD}
    page = client.post(address("session_strike", row), form, follow=True).content.decode()
    again = TreatmentSession.objects.get(course=course)
    assert "Charted first on another patient." in page
    assert "two tablets mixed up" in page
    struck = client.get(address("session", row)).content.decode()
    assert "Struck: charted on the wrong patient" in struck
    assert address("session", again) in struck
    assert "Rita" not in struck
    assert "Struck: wrong patient" in client.get(reverse("clinic:sessions", args=[row.course.ref])).content.decode()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"reason": ""}, "Say what happened"),
        ({"password": "wrong"}, "That is not your password"),
        ({"course": ""}, "Choose whose session it was"),
        ({"course": "none of this kind"}, "Choose whose session it was"),
    ],
)
def test_a_strike_that_lacks_something_changes_nothing_and_says_what(changes: dict[str, str], told: str) -> None:
    row = opened()
    form = {"course": "none", "reason": "two tablets mixed up", "password": PASSWORD, **changes}
    answer = sign_in().post(address("session_strike", row), form)
    assert (answer.status_code, told in answer.content.decode()) == (422, True)
    assert PASSWORD not in answer.content.decode()
    assert SessionStrike.objects.count() == 0


def test_a_session_of_nobody_known_is_only_struck_and_the_course_goes_on() -> None:
    row, client = opened(), sign_in()
    form = {"course": "none", "reason": "not the patient of this chart", "password": PASSWORD}
    page = client.post(address("session_strike", row), form, follow=True).content.decode()
    assert "Whom it belongs to was not known then." in page
    assert client.post(address("session_save", row), {"field": "note", "text": "x", "key": "k"}).status_code == 409
    again = session.open_session(row.course, on=timezone.localdate(), by=people.actor(), at=timezone.now())
    assert again.pk != row.pk
