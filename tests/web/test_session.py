"""The pages of a session: opening it, charting with and without a script, signing, amending."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from needlepoint.actions import charting, session, signing
from needlepoint.records.models import Cartridge, Course, Role, SessionChange, TimeOut, TreatmentSession
from tests import people
from tests.people import CREAM, sign_in

pytestmark = pytest.mark.django_db
PASSWORD = "a long password of the tests"


def treatable() -> Course:
    """A course that a session may be opened for now: the pages know no other day than today."""
    now, day = timezone.now(), timezone.localdate()
    course = people.make_course(indication="facial_wrinkles", areas=["cheeks", "forehead"])
    people.answer_all(course.patient, on=day, at=now - timedelta(hours=1))
    people.make_screening(course, on=day, at=now - timedelta(minutes=30))
    people.make_plan(course, at=now - timedelta(minutes=20))
    people.make_consent(course, at=now - timedelta(days=3))
    return course


def opened() -> TreatmentSession:
    return session.open_session(treatable(), on=timezone.localdate(), by=people.actor(), at=timezone.now())


def address(name: str, row: TreatmentSession) -> str:
    return reverse(f"clinic:{name}", args=[row.ref])


def chart_all(row: TreatmentSession) -> None:
    now, by = timezone.now(), people.actor()
    charting.open_next(row, people.make_lot(expires_on=timezone.localdate() + timedelta(days=9)), by=by, at=now)
    entries = {f"time_out.{item}": "true" for item in TimeOut.values}
    for area in row.areas.all():
        values = {"depth_mm": "0.5", "passes": "4", "endpoint": "even_redness", "pain": "2"}
        entries |= {f"area.{area.pk}.{name}": text for name, text in values.items()}
    entries |= {"started_at": "now", "finished_at": "now", "aftercare_given": "true", "no_photo_reason": "no camera"}
    for name, text in entries.items():
        charting.save(row, name, text, key=name, made_at=now, by=by, at=now)


# ------------------------------------------------------------------------------------------------ opening


def test_the_page_offers_the_session_and_opens_it() -> None:
    course, client = treatable(), sign_in()
    place = reverse("clinic:sessions", args=[course.ref])
    page = client.get(place).content.decode()
    assert "Screened today, plan adopted, consent signed" in page
    answer = client.post(place)
    row = TreatmentSession.objects.get()
    assert answer["Location"] == address("session", row)
    assert "Go on with the open session" in client.get(place).content.decode()
    assert client.post(place)["Location"] == address("session", row)


def test_the_reasons_stand_beside_the_greyed_button_and_the_server_says_the_same() -> None:
    course = people.make_course()
    client, place = sign_in(), reverse("clinic:sessions", args=[course.ref])
    page = client.get(place).content.decode()
    reasons = session.footing(course, on=timezone.localdate()).reasons
    assert len(reasons) == 3
    assert all(reason in page for reason in reasons)
    assert 'disabled aria-describedby="why-not"' in " ".join(page.split())
    answer = client.post(place)
    assert answer.status_code == 422
    assert all(reason in answer.content.decode() for reason in reasons)
    assert TreatmentSession.objects.count() == 0


def test_a_physician_opens_without_pre_conditions_and_the_chart_says_so() -> None:
    course = people.make_course()
    client, place = sign_in(Role.PHYSICIAN), reverse("clinic:sessions", args=[course.ref])
    assert client.post(place, {"exception_reason": " "}).status_code == 422
    page = client.post(place, {"exception_reason": "signed on paper"}, follow=True).content.decode()
    assert "Phil Physician allowed it: signed on paper" in page


@pytest.mark.parametrize(("role", "status"), [(Role.DIRECTOR, 200), (Role.FRONT_DESK, 403), (Role.ADMINISTRATOR, 403)])
def test_who_does_not_treat_reads_at_most(role: str, status: int) -> None:
    row = opened()
    client = sign_in(role)
    place = reverse("clinic:sessions", args=[row.course.ref])
    assert client.get(place).status_code == status
    assert client.get(address("session", row)).status_code == status
    assert client.post(place).status_code == 403
    for name in ("session_save", "session_cartridge", "session_sign", "session_amend"):
        assert client.post(address(name, row), {}).status_code == 403
    assert client.post(address("session", row), {"was.note": "", "note": "x"}).status_code == 403
    assert SessionChange.objects.count() == 0
    if status == 200:
        assert "session.js" not in client.get(address("session", row)).content.decode()


# ------------------------------------------------------------------------------------------------ saving one field


def entry(row: TreatmentSession, client: Client, **changes: Any) -> Any:
    data = {"field": "note", "text": "x", "key": "k1", "age_ms": "0", **changes}
    return client.post(address("session_save", row), data)


def test_an_entry_answers_with_its_time_and_what_is_still_missing() -> None:
    row = opened()
    answer = entry(row, sign_in()).json()
    assert answer["stands"]
    (change,) = answer["changes"]
    assert (change["field"], change["text"], change["by"]) == ("note", "x", "Tess Therapist")
    assert "The time-out is not complete." in answer["missing"]
    assert not answer["signed"]


def test_an_entry_sent_again_is_not_saved_again() -> None:
    row, client = opened(), sign_in()
    assert entry(row, client).json()["changes"] == entry(row, client).json()["changes"]
    assert SessionChange.objects.count() == 1


def test_an_entry_that_waited_does_not_push_out_a_newer_one() -> None:
    row = opened()
    TreatmentSession.objects.filter(pk=row.pk).update(opened_at=timezone.now() - timedelta(hours=1))
    entry(row, sign_in(Role.PHYSICIAN), key="new", text="new")
    answer = entry(row, sign_in(), key="old", text="old", age_ms="600000").json()
    assert not answer["stands"]
    assert answer["changes"][0]["text"] == "new"
    assert answer["changes"][0]["by"] == "Phil Physician"


@pytest.mark.parametrize("age", ["", "-5", "soon", "9" * 40, "1e9", "٣"])
def test_a_strange_age_does_no_harm(age: str) -> None:
    row = opened()
    assert entry(row, sign_in(), age_ms=age).status_code == 200
    assert SessionChange.objects.get().made_at >= row.opened_at


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"field": "signed_at"}, 422),
        ({"field": ""}, 422),
        ({"key": ""}, 422),
        ({"field": "numbing_grams", "text": "much"}, 422),
        ({"text": "a\0b"}, 422),
    ],
)
def test_what_cannot_be_saved_is_told(changes: dict[str, str], status: int) -> None:
    row = opened()
    answer = entry(row, sign_in(), **changes)
    assert answer.status_code == status
    assert answer.json()["error"]


def test_an_entry_after_the_signature_is_refused_as_such() -> None:
    row = opened()
    chart_all(row)
    signing.sign(row, password=PASSWORD, meaning="performed", by=people.actor(), at=timezone.now())
    assert entry(row, sign_in()).status_code == 409


def test_somebody_signed_out_is_sent_to_the_door() -> None:
    answer = entry(opened(), Client())
    assert answer.status_code == 302
    assert "/login/" in answer["Location"]


def test_another_device_is_told_what_changed() -> None:
    row, client = opened(), sign_in()
    first = entry(row, client).json()["changes"][0]["id"]
    entry(row, sign_in(Role.PHYSICIAN), key="k2", field="time_out.lot", text="true")
    told = client.get(address("session_changes", row), {"after": str(first)}).json()
    assert [(change["field"], change["text"], change["by"]) for change in told["changes"]] == [
        ("time_out.lot", "true", "Phil Physician")
    ]
    for strange in ("", "x", "9" * 30):
        assert client.get(address("session_changes", row), {"after": strange}).status_code == 200


# ------------------------------------------------------------------------------------------------ without a script


def fields_of(page: Any) -> dict[str, str]:
    """What a browser without script would send: every field as the page shows it."""
    chart = page.context["chart"]
    shown = [*chart.fields.values(), *chart.time_out, *(f for area in chart.areas for f in area.fields.values())]
    data = {f"was.{field.name}": field.text for field in shown}
    return data | {field.name: field.text for field in shown if field.text} | {"nonce": page.context["nonce"]}


def test_without_a_script_the_whole_form_is_saved_and_only_what_changed() -> None:
    row, client = opened(), sign_in()
    data = fields_of(client.get(address("session", row)))
    area = row.areas.all()[0]
    data |= {"note": "two\r\nlines", "time_out.lot": "true", f"area.{area.pk}.pain": "3"}
    answer = client.post(address("session", row), data, follow=True)
    assert "Saved at" in answer.content.decode()
    assert set(SessionChange.objects.values_list("field", "new")) == {
        ("note", "two\nlines"), ("time_out.lot", True), (f"area.{area.pk}.pain", 3),
    }  # fmt: skip
    client.post(address("session", row), data)
    assert SessionChange.objects.count() == 3  # the same form sent twice


def test_without_a_script_a_stale_page_does_not_push_out_what_others_entered() -> None:
    row, client = opened(), sign_in()
    data = fields_of(client.get(address("session", row)))
    entry(row, sign_in(Role.PHYSICIAN), text="from the physician")
    client.post(address("session", row), {**data, "time_out.lot": "true"})
    row.refresh_from_db()
    assert row.note == "from the physician"


def test_without_a_script_what_is_refused_stays_in_its_field_with_the_reason() -> None:
    row, client = opened(), sign_in()
    area = row.areas.all()[0]
    data = {**fields_of(client.get(address("session", row))), f"area.{area.pk}.passes": "many", "note": "kept"}
    answer = client.post(address("session", row), data)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Enter passes as a whole number, 1 to 99." in page
    assert 'value="many"' in page
    row.refresh_from_db()
    assert row.note == "kept"


def test_without_a_script_the_buttons_enter_the_time_and_the_plan() -> None:
    row, client = opened(), sign_in()
    data = fields_of(client.get(address("session", row)))
    client.post(address("session", row), {**data, "now": "started_at"})
    first, second = row.areas.all()
    client.post(
        address("session", row),
        {**data, "nonce": "n2", "say": f"area.{first.pk}.depth_mm=0.5\r\narea.{first.pk}.passes=4"},
    )
    row.refresh_from_db()
    assert row.started_at is not None
    assert [(area.depth_mm, area.passes) for area in row.areas.all()] == [(0.5, 4), (None, None)]
    many = {"many": "set", "many.area": [str(first.pk), str(second.pk)], "many.pain": "3", "many.endpoint": ""}
    client.post(address("session", row), {**data, "nonce": "n3", **many})
    assert [(area.endpoint, area.pain) for area in row.areas.all()] == [("", 3), ("", 3)]
    reason = {"many.area": [str(first.pk), str(second.pk)], "many.deviation_reason": "Too painful"}
    client.post(address("session", row), {**data, "nonce": "n5", "say": f"area.{second.pk}.passes=2"})
    client.post(address("session", row), {**data, "nonce": "n6", **reason})
    assert [area.deviation_reason for area in row.areas.all()] == ["", "Too painful"]
    client.post(address("session", row), {**data, "nonce": "n4", "say": "signed_at=now\narea.1.nothing=1\nnonsense"})
    assert client.get(address("session", row)).context["session"].signed_at is None


# ------------------------------------------------------------------------------------------------ cartridges


def test_the_lot_that_expires_first_is_offered_and_opened() -> None:
    row, client = opened(), sign_in()
    soon = people.make_lot(number="SOON", expires_on=timezone.localdate() + timedelta(days=3))
    people.make_lot(number="LATE", expires_on=timezone.localdate() + timedelta(days=300))
    offers = client.get(address("session", row)).context["chart"].offers
    assert [(offer.line.lot.number, offer.first) for offer in offers] == [("SOON", True), ("LATE", False)]
    page = client.post(address("session_cartridge", row), {"lot": str(soon.pk)}, follow=True).content.decode()
    assert "Opened: lot SOON, unit 001." in page
    assert Cartridge.objects.get(session=row).lot == soon


@pytest.mark.parametrize("code", ["a100", " A100 ", "(01)04012345678901(10)A100(17){expiry}"])
def test_a_scanned_or_typed_lot_is_opened(code: str) -> None:
    row = opened()
    people.make_lot(expires_on=timezone.localdate())
    code = code.format(expiry=f"{timezone.localdate():%y%m%d}")
    sign_in().post(address("session_cartridge", row), {"code": code})
    assert Cartridge.objects.get(session=row).lot.number == "A100"


@pytest.mark.parametrize(
    ("fields", "data", "told"),
    [
        ({"expires_on": "2020-01-01"}, {"code": "A100"}, "expired on 01 January 2020"),
        ({"state": "recalled"}, {"code": "A100"}, "recalled"),
        ({"units": 0}, {"code": "A100"}, "Nothing is left of lot A100"),
        ({}, {"code": "B7"}, "No lot B7 is in stock"),
        ({}, {"code": ""}, "Enter or scan a lot number"),
        ({"product": CREAM}, {"code": "A100"}, "No lot A100 is in stock"),
    ],
)
def test_what_cannot_be_opened_is_told(fields: dict[str, Any], data: dict[str, str], told: str) -> None:
    row = opened()
    people.make_lot(**{"expires_on": timezone.localdate(), **fields})
    answer = sign_in().post(address("session_cartridge", row), data)
    assert answer.status_code == 422
    assert told in answer.content.decode()


# ------------------------------------------------------------------------------------------------ signing, amending


def test_a_chart_is_signed_with_the_password_and_locked() -> None:
    row, client = opened(), sign_in()
    chart_all(row)
    answer = client.post(address("session_sign", row), {"password": "wrong", "meaning": "performed"})
    assert answer.status_code == 422
    assert "That is not your password" in answer.content.decode()
    page = client.post(address("session_sign", row), {"password": PASSWORD, "meaning": "performed"}, follow=True)
    assert "I gave this treatment, and this chart is true and complete." in page.content.decode()
    assert "Unchanged since." in page.content.decode()
    row.refresh_from_db()
    assert row.signed_at is not None


def test_what_is_missing_is_said_before_and_after_the_attempt() -> None:
    row, client = opened(), sign_in()
    page = client.get(address("session", row))
    missing = [words for tick in page.context["chart"].ticks for words in tick.missing]
    assert len(missing) == 7
    answer = client.post(address("session_sign", row), {"password": PASSWORD})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert all(words in text for words in [*missing, "Choose what your signature means."])
    assert PASSWORD not in text


def test_an_amendment_shows_the_original_struck_and_the_reason() -> None:
    row, client = opened(), sign_in()
    chart_all(row)
    client.post(address("session_sign", row), {"password": PASSWORD, "meaning": "performed"})
    field = f"area.{row.areas.all()[0].pk}.pain"
    assert 'name="reason"' in client.get(address("session", row), {"amend": field}).content.decode()
    bad = client.post(address("session_amend", row), {"field": field, "text": "9", "reason": ""})
    assert (bad.status_code, "Say why the chart is amended." in bad.content.decode()) == (422, True)
    page = client.post(
        address("session_amend", row), {"field": field, "text": "9", "reason": "read it wrong"}, follow=True
    ).content.decode()
    flat = " ".join(page.split())
    assert '<del><span class="visually-hidden">Originally: </span>2</del>' in flat
    assert '<ins><span class="visually-hidden">Amended to: </span>9</ins>' in flat
    assert "read it wrong" in page


@pytest.mark.parametrize("kind", ["note", "started_at", "aftercare_given", "numbing_lot", "time_out.lot"])
def test_every_kind_of_field_can_be_amended_on_its_page(kind: str) -> None:
    row, client = opened(), sign_in()
    chart_all(row)
    client.post(address("session_sign", row), {"password": PASSWORD, "meaning": "performed"})
    assert 'name="text"' in client.get(address("session", row), {"amend": kind}).content.decode()
    area = row.areas.all()[0]
    for name in ("endpoint", "device", "cartridge", "device_unit", "depth_mm"):
        page = client.get(address("session", row), {"amend": f"area.{area.pk}.{name}"}).content.decode()
        assert 'name="text"' in page


def test_a_consent_taken_back_during_the_session_is_an_alarm() -> None:
    row, client = opened(), sign_in()
    client.post(reverse("clinic:consent_withdraw", args=[row.course.ref]), {"part": "treatment"})
    assert "Stop: consent to treatment was taken back." in client.get(address("session", row)).content.decode()


def test_what_a_patient_or_a_clinician_wrote_is_never_markup() -> None:
    row, client = opened(), sign_in()
    entry(row, client, text="</textarea><script>alert(1)</script>")
    assert "<script>alert" not in client.get(address("session", row)).content.decode()


# ------------------------------------------------------------------------------------------------ statements


@pytest.mark.parametrize("past", [1, 30])
def test_a_chart_takes_no_more_statements_when_many_sessions_went_before(
    past: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    row, client = opened(), sign_in()
    day = timezone.localdate()
    for place in range(1, past + 1):
        people.make_session(
            row.course, on=day - timedelta(days=30 * place), signed_at=timezone.now(),
            signed_by=people.make_staff(), signed_meaning="m", signed_sha256="f" * 64,
        )  # fmt: skip
    client.get(address("session", row))
    with django_assert_max_num_queries(28):
        client.get(address("session", row))
    with django_assert_max_num_queries(28):
        client.get(reverse("clinic:sessions", args=[row.course.ref]))


def test_saving_a_field_takes_the_same_statements_however_long_the_chart_is(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    row, client = opened(), sign_in()
    for place in range(25):
        entry(row, client, key=f"k{place}", text=f"t{place}")
    with django_assert_max_num_queries(20):
        assert entry(row, client, key="last").status_code == 200
