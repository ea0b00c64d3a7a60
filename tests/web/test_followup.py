"""The self-check on the phone, what happens next, the queue and the follow-up of a course."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from needlepoint.actions import links
from needlepoint.records.models import AdverseEvent, Alert, Role, SelfCheck, TreatmentSession
from tests import people

pytestmark = pytest.mark.django_db

NONE = {"none_of": ["red", "amber", "yellow"], "trend": "better"}


def make_session(*, days_ago: int = 3, **fields: Any) -> TreatmentSession:
    people.make_clinic()
    return people.make_session(people.make_course(), on=timezone.localdate() - timedelta(days=days_ago), **fields)


def secret_of(session: TreatmentSession) -> str:
    course = session.course
    return links.invite(course.patient, course=course, by=people.actor(), at=timezone.now())[1]


def check_url(session: TreatmentSession, *, day: int = 3) -> str:
    return reverse("patient:check", args=[secret_of(session), day])


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_the_page_asks_what_fits_the_day_and_names_the_emergency_number_first(client: Client) -> None:
    page = words(client.get(check_url(make_session())))
    assert "Today is day 3 after your treatment" in page
    assert page.index("Call 112 now") < page.index("Danger signs") < page.index("Signs that we want to see")
    assert "It is hard to breathe" in page
    assert "metal in my mouth" not in page
    assert "still red" not in page


def test_a_link_made_for_another_day_asks_the_questions_of_today(client: Client) -> None:
    page = words(client.get(check_url(make_session(days_ago=14), day=3)))
    assert "Today is day 14" in page
    assert "The treated skin is still red" in page


def test_an_answer_left_out_is_named_at_its_place_and_what_was_ticked_stays(client: Client) -> None:
    answer = client.post(check_url(make_session()), {"none_of": ["red"]})
    page = words(answer)
    assert answer.status_code == 422
    assert not SelfCheck.objects.exists()
    assert page.count("Please tick what you notice") == 1
    assert "Please choose one." in page
    assert re.search(r'value="red" checked', page)


@pytest.mark.parametrize(
    ("sent", "urgency", "says", "never"),
    [
        ({"sign": ["breathing"]}, "red", "Call the emergency number now: 112", "none of the signs"),
        ({"sign": ["pus"]}, "amber", "Call the clinic today", "none of the signs"),
        ({**NONE, "words": "smells"}, "amber", "A person of the clinic reads it today", "none of the signs"),
        (NONE, "none", "You reported none of the signs on our list", "Call the emergency number now"),
    ],
)
def test_after_sending_the_page_says_what_happens_next(
    client: Client, sent: dict[str, Any], urgency: str, says: str, never: str
) -> None:
    url = check_url(make_session())
    answer = client.post(url, sent)
    assert (answer.status_code, answer["Location"]) == (302, f"{url}next/")
    page = words(client.get(answer["Location"]))
    assert SelfCheck.objects.get().urgency == urgency
    assert says in page
    assert never not in page
    assert "+49 30 0000" in page
    assert "Call 112 in an emergency." in page


@pytest.mark.parametrize("sent", [{"sign": ["pus"]}, {"sign": ["breathing", "fever"]}, NONE])
def test_no_page_promises_that_all_is_well(client: Client, sent: dict[str, Any]) -> None:
    page = words(client.post(check_url(make_session()), sent, follow=True)).lower()
    for promise in ("all is well", "nothing to worry", "no need to worry", "everything is fine", "harmless", "normal"):
        assert promise not in page


def test_before_any_session_there_is_nothing_to_check(client: Client) -> None:
    course = people.make_course()
    _, secret = links.invite(course.patient, course=course, by=people.actor(), at=timezone.now())
    assert client.get(reverse("patient:check", args=[secret, 3])).status_code == 404


def test_a_flag_reaches_the_queue_and_leaves_it_with_a_note(client: Client) -> None:
    session = make_session()
    client.post(check_url(session), {"sign": ["pus", "redness_grows"]})
    staff, alert = people.sign_in(), Alert.objects.get()
    page = words(staff.get(reverse("clinic:queue")))
    assert "Signs of an infected skin." in page
    assert "The red area is growing" in page
    assert "◷</span> Today" in page
    assert reverse("clinic:followup", args=[session.course.ref]) in page
    handle = reverse("clinic:queue_handle", args=[alert.pk])
    empty = staff.post(handle, {"handling": ""})
    assert empty.status_code == 422
    assert f'id="error-{alert.pk}"' in words(empty)
    assert staff.post(handle, {"handling": "Seen, antibiotic begun."}).status_code == 302
    assert "Nothing waits." in words(staff.get(reverse("clinic:queue")))
    chart = words(staff.get(reverse("clinic:followup", args=[session.course.ref])))
    assert "Seen, antibiotic begun." in chart
    assert "There is pus, or yellow fluid that smells" in chart


def test_what_is_overdue_says_so() -> None:
    session = make_session()
    Alert.objects.create(
        patient=session.course.patient, urgency="amber", reason="Something.", raised_at=timezone.now(),
        due_at=timezone.now() - timedelta(hours=1),
    )  # fmt: skip
    assert "⚠ was due" in words(people.sign_in().get(reverse("clinic:queue")))


def test_who_is_silent_is_asked_by_telephone() -> None:
    session, staff = make_session(started_at=timezone.now()), people.sign_in()
    assert str(session.course.patient) in words(staff.get(reverse("clinic:queue")))
    url = reverse("clinic:check", args=[session.course.ref])
    assert staff.post(url, {}).status_code == 422
    assert staff.post(url, {"sign": ["pus"]}).status_code == 302
    assert SelfCheck.objects.get().by == people.make_staff()
    page = words(staff.get(reverse("clinic:queue")))
    assert "Everybody has reported." in page


def adverse(session: TreatmentSession) -> dict[str, Any]:
    return {
        "session": session.pk, "area": "cheeks", "what": "Blisters", "grade": 2, "began_on": session.on.isoformat(),
        "course_so_far": "Came on day 1.", "outcome": "ongoing", "photograph": "",
    }  # fmt: skip


def test_an_adverse_event_is_recorded_and_shown_with_its_session() -> None:
    session, staff = make_session(), people.sign_in()
    url = reverse("clinic:adverse_new", args=[session.course.ref])
    assert staff.post(url, adverse(session)).status_code == 302
    page = words(staff.get(reverse("clinic:followup", args=[session.course.ref])))
    assert "<strong>Blisters</strong>, Cheeks and cheekbones" in page
    assert "grade 2 (Moderate" in page
    event = AdverseEvent.objects.get()
    staff.post(
        reverse("clinic:adverse_update", args=[event.pk]),
        {"grade": 1, "course_so_far": "Gone.", "outcome": "resolved"},
    )
    assert "Gone without a trace" in words(staff.get(reverse("clinic:followup", args=[session.course.ref])))


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"what": ""}, "id_what_error"),
        ({"grade": "6"}, "id_grade_error"),
        ({"session": "999"}, "id_session_error"),
        ({"began_on": "2001-01-01"}, "id_began_on_error"),
        ({"began_on": "2999-01-01"}, "id_began_on_error"),
        ({"area": "moon"}, "id_area_error"),
    ],
)
def test_what_is_wrong_in_an_adverse_event_is_named_at_its_field(change: dict[str, str], error: str) -> None:
    session = make_session()
    url = reverse("clinic:adverse_new", args=[session.course.ref])
    answer = people.sign_in().post(url, {**adverse(session), **change})
    assert answer.status_code == 422
    assert f'id="{error}"' in words(answer)
    assert "Came on day 1." in words(answer)
    assert not AdverseEvent.objects.exists()


@pytest.mark.parametrize(
    ("name", "role", "status"),
    [
        ("queue", Role.THERAPIST, 200), ("queue", Role.PHYSICIAN, 200), ("queue", Role.DIRECTOR, 403),
        ("queue", Role.FRONT_DESK, 403), ("followup", Role.DIRECTOR, 200), ("followup", Role.FRONT_DESK, 403),
        ("check", Role.DIRECTOR, 403), ("check", Role.PHYSICIAN, 200),
    ],
)  # fmt: skip
def test_who_may_see_the_queue_and_the_follow_up(name: str, role: str, status: int) -> None:
    session = make_session()
    args = [] if name == "queue" else [session.course.ref]
    assert people.sign_in(role).get(reverse(f"clinic:{name}", args=args)).status_code == status


def test_the_pages_ask_the_database_no_more_for_a_long_course(django_assert_max_num_queries: Any) -> None:
    session, staff = make_session(), people.sign_in()
    url = check_url(session)
    for _ in range(6):
        Client().post(url, {"sign": ["pus"]})
    staff.get(reverse("clinic:queue"))
    with django_assert_max_num_queries(14):
        staff.get(reverse("clinic:queue"))
    with django_assert_max_num_queries(25):
        staff.get(reverse("clinic:followup", args=[session.course.ref]))
