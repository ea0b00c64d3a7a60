"""The pages of recalls, tracing and messages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar
from pytest_django import Settings

from needlepoint.records.models import Cartridge, Message, Recall, RecallContact, Role, TreatmentSession
from tests import people
from tests.people import sign_in

pytestmark = pytest.mark.django_db
NEW = "/clinic/recalls/new"


def notice(**changes: Any) -> dict[str, Any]:
    return {
        "maker": "Maker of the tests", "reference": "FSN-1", "notice_on": "2026-01-02", "urgency": "class_2",
        "lots": "A100\nB200", "action": "quarantined", "text": "Torn seals.", **changes,
    }  # fmt: skip


def treated() -> TreatmentSession:
    people.make_clinic()
    course = people.make_course()
    people.make_consent(course)
    session = people.make_session(course)
    unit = people.make_lot().cartridges.all()[0]
    Cartridge.objects.filter(pk=unit.pk).update(session=session)
    return session


def taken_in(client: Client) -> str:
    return str(client.post(NEW, notice())["Location"])


def test_a_run_goes_from_notice_to_report() -> None:
    treated()
    client = sign_in(Role.DIRECTOR)
    letter = SimpleUploadedFile("letter one.pdf", b"%PDF", content_type="application/pdf")
    page = client.post(NEW, notice(file=letter), follow=True)
    address = page.redirect_chain[-1][0]
    text = page.content.decode()
    assert "Paula Example" in text
    assert "To be told" in text
    assert "Quarantined" in text
    told = client.post(address, {"form": "write", "words": "Please call us."}, follow=True).content.decode()
    assert "1 message queued." in told
    row = Recall.objects.get().patients.get()
    assert client.post(address, {"form": "close", "conclusion": "x", "password": "x"}).status_code == 422
    done = client.post(
        address, {"form": "contact", "listed": str(row.pk), "kind": "reply", "words": "fine"}, follow=True
    )
    assert "Reached" in done.content.decode()
    assert RecallContact.objects.filter(kind="reply").count() == 1
    password = "a long password of the tests"
    closed = client.post(address, {"form": "close", "conclusion": "Sent back.", "password": password}, follow=True)
    assert "The report is frozen." in closed.content.decode()
    report = client.get(f"{address}report.pdf")
    assert report["Content-Type"] == "application/pdf"
    assert report.content.startswith(b"%PDF")
    file = client.get(f"{address}notice")
    assert (file["Content-Type"], file["Content-Disposition"]) == (
        "application/octet-stream", 'attachment; filename="letterone.pdf"',
    )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"maker": ""}, "This field is required"),
        ({"lots": "", "text": "x"}, "Say at least one of"),
        ({"gtin": "401"}, "has fourteen digits"),
        ({"notice_on": "2999-01-01"}, "still to come"),
    ],
)
def test_what_is_wrong_with_a_notice_is_told_and_nothing_is_lost(change: dict[str, str], told: str) -> None:
    answer = sign_in(Role.PHYSICIAN).post(NEW, notice(**change))
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert "FSN-1" in answer.content.decode()
    assert not Recall.objects.exists()


def test_an_entry_that_says_too_little_is_told_at_the_run() -> None:
    treated()
    client = sign_in(Role.DIRECTOR)
    address = taken_in(client)
    row = Recall.objects.get().patients.get()
    for data, words in [
        ({"form": "write", "words": " "}, "Write what the patients should know"),
        ({"form": "contact", "listed": str(row.pk), "kind": "given_up", "words": ""}, "what was tried"),
        ({"form": "close", "conclusion": "x", "password": "guessed"}, "not your password"),
    ]:
        answer = client.post(address, data)
        assert answer.status_code == 422
        assert words in answer.content.decode()
    assert client.post(address, {"form": "contact", "listed": "x"}).status_code == 404
    assert client.get(f"{address}report.pdf").status_code == 404
    assert client.get(f"{address}notice").status_code == 404


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.THERAPIST])
def test_who_does_not_run_recalls_is_told_so(role: str) -> None:
    assert sign_in(role).get("/clinic/recalls/").status_code == 403
    assert sign_in(role).post(NEW, notice()).status_code == 403


@pytest.mark.parametrize(
    ("asked", "seen"),
    [
        ("A100", "Paula Example"),
        ("(01)04012345678901(10)A100", "Paula Example"),
        ("paula", "A100"),
        ("Zz", "No lot, device"),
    ],
)
def test_one_page_leads_both_ways(asked: str, seen: str) -> None:
    treated()
    assert seen in sign_in(Role.DIRECTOR).post("/clinic/trace/", {"code": asked}).content.decode()


def test_a_code_that_cannot_be_read_is_told_at_the_trace() -> None:
    answer = sign_in(Role.DIRECTOR).post("/clinic/trace/", {"code": "(01)04012345678902"})
    assert answer.status_code == 422
    assert "check digit" in answer.content.decode()


# ------------------------------------------------------------------------------------------------- messages


def test_aftercare_is_previewed_sent_and_given_as_a_calendar_file() -> None:
    people.make_clinic()
    course = people.make_course()
    people.make_consent(course)
    now = timezone.now()
    people.make_session(course, on=timezone.localdate(), plan=people.make_plan(course), started_at=now, finished_at=now)
    client, address = sign_in(), reverse("clinic:course_messages", args=[course.ref])
    shown = client.post(address, {"key": "aftercare", "do": "preview"}).content.decode()
    assert "Keep out of the sun for three days." in shown
    file = client.post(address, {"key": "aftercare", "do": "calendar"})
    assert file["Content-Type"].startswith("text/calendar")
    events = Calendar.from_ical(file.content).walk("VEVENT")
    assert any("Keep out of the sun" in str(event["summary"]) for event in events)
    assert any("Tell the clinic how your skin is" in str(event["summary"]) for event in events)
    client.post(address, {"key": "aftercare", "do": "send"})
    message = Message.objects.get()
    assert (message.key, message.state) == ("aftercare", "queued")
    assert "BEGIN:VCALENDAR" in message.calendar
    assert "Queued" in client.get(address).content.decode()
    assert message.subject in client.get("/clinic/messages/").content.decode()


def test_preparation_needs_a_day_to_come() -> None:
    people.make_clinic()
    course = people.make_course()
    people.make_consent(course)
    client, address = sign_in(), reverse("clinic:course_messages", args=[course.ref])
    assert "no adopted plan" in client.get(address).content.decode()
    people.make_plan(course)
    for when in ("", "soon", "2020-01-01T09:00", "2026-13-01T09:00"):
        answer = client.post(address, {"key": "preparation", "when": when, "do": "send"})
        assert answer.status_code == 422
        assert "Give the day and time" in answer.content.decode()
    when = (timezone.localtime() + timedelta(days=9)).strftime("%Y-%m-%dT09:00")
    client.post(address, {"key": "preparation", "when": when, "do": "send"})
    message = Message.objects.get()
    assert "Leave acids off." in message.body
    assert "09:00" in message.body


def test_who_declined_messages_cannot_be_sent_one() -> None:
    people.make_clinic()
    course = people.make_course()
    people.make_consent(course, messages=False)
    page = sign_in().get(reverse("clinic:course_messages", args=[course.ref])).content.decode()
    assert "The patient declined messages." in page


def test_a_text_is_previewed_refused_and_put_into_force() -> None:
    client, address = sign_in(Role.DIRECTOR), "/clinic/messages/texts/check_in/"
    good = {"subject": "How are you?", "body": "Dear {patient}, {link} {telephone}"}
    assert "Dear Paula Example" in client.post(address, {**good, "do": "preview"}).content.decode()
    wrong = client.post(address, {**good, "body": "Dear {patient}, {weight}, hello", "do": "publish"})
    assert wrong.status_code == 422
    assert "{weight} cannot stand here" in wrong.content.decode()
    assert "Version 1 is in force." in client.post(address, {**good, "do": "publish"}, follow=True).content.decode()
    assert client.get("/clinic/messages/texts/none/").status_code == 404
    assert "How are you?" in client.get("/clinic/messages/texts/").content.decode()
    assert sign_in(Role.THERAPIST).get(address).status_code == 403


def test_a_failed_message_is_sent_again_from_the_list() -> None:
    course = people.make_course()
    by = people.make_staff()
    row = Message.objects.create(
        patient=course.patient, course=course, key="aftercare", text_version=0, channel="email",
        address="a@example.org", subject="After", body="x", state="failed",
        reason="The mail server could not be reached.",
        queued_at=timezone.now(), due_at=timezone.now(), by=by,
    )  # fmt: skip
    client = sign_in()
    assert "could not be reached" in client.get("/clinic/messages/").content.decode()
    client.post(reverse("clinic:message_again", args=[row.pk]))
    row.refresh_from_db()
    assert row.state == "queued"
    assert client.post(reverse("clinic:message_again", args=[row.pk])).status_code == 404


def test_only_the_demonstration_shows_its_mail(settings: Settings) -> None:
    assert Client().get("/demo/mail/").status_code == 404
    settings.DEMO = True
    settings.DEMO_MAIL.mkdir(parents=True, exist_ok=True)
    mail = b"Subject: Hello\r\nTo: a@example.org\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nSee http://127.0.0.1/p/x/\r\n"
    (settings.DEMO_MAIL / "1.eml").write_bytes(mail)
    page = Client().get("/demo/mail/").content.decode()
    assert "Hello" in page
    assert 'href="http://127.0.0.1/p/x/"' in page


def test_course_and_patient_lead_to_the_messages_for_whoever_may_open_them() -> None:
    course = treated().course
    pages = [reverse("clinic:course", args=[course.ref]), reverse("clinic:patient", args=[course.patient.ref])]
    wanted = f'href="{reverse("clinic:course_messages", args=[course.ref])}"'
    therapist = sign_in()
    assert all(wanted in therapist.get(page).content.decode() for page in pages)
    assert wanted not in sign_in(Role.FRONT_DESK).get(pages[1]).content.decode(), "the front desk reads no chart"
