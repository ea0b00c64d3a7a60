"""The pages of consent: to read, to sign, to take back, to download; on the phone and on the tablet."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pypdf
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from needlepoint.actions import consent, consent_text, links, vault
from needlepoint.records.models import AuditEvent, Consent, ConsentPart, ConsentText, Course, Role
from tests import people
from tests.people import sign_in

pytestmark = pytest.mark.django_db

PATH = "M100 200 L140 90 L180 300 L220 120 L260 280 L300 150 L340 240 L380 190 L420 210 M500 100 L520 300"


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.VAULT = tmp_path / "vault"
    return tmp_path / "vault"


@pytest.fixture
def course() -> Course:
    people.make_clinic()
    return people.make_course()


@pytest.fixture
def secret(course: Course) -> str:
    return links.invite(course.patient, course=course, by=people.actor(), at=timezone.now())[1]


def form(**changes: str) -> dict[str, str]:
    text = consent_text.offered_text(at=timezone.now())
    whole = {f"part-{part}": "yes" for part in ConsentPart.values}
    return {**whole, "text": str(text.pk), "name": "Paula Example", "method": "drawn", "drawing": PATH, **changes}


def without(*names: str, **changes: str) -> dict[str, str]:
    return {name: value for name, value in form(**changes).items() if name not in names}


def on_phone(secret: str, data: dict[str, str] | None = None) -> Any:
    address = reverse("patient:consent", args=[secret])
    return Client().get(address) if data is None else Client().post(address, data)


def words(answer: Any) -> str:
    return str(answer.content.decode())


def test_nothing_is_ticked_beforehand_and_everything_can_be_read(secret: str) -> None:
    page = words(on_phone(secret))
    text = ConsentText.objects.get()
    assert "checked" not in page
    for section in text.body["sections"]:
        assert section["heading"] in page
    for part in text.body["parts"].values():
        assert part["statement"] in page


def test_a_patient_signs_on_the_own_phone(course: Course, secret: str) -> None:
    answer = on_phone(secret, form(**{"part-marketing": "no"}))
    assert answer.status_code == 302
    row = Consent.objects.get()
    assert (row.course, row.by, row.signature, row.signature_kind) == (course, None, PATH, "drawn")
    assert row.parts["marketing"] is False
    page = words(on_phone(secret))
    assert "What you answered" in page
    assert page.count("Take back:") == 4


def test_it_is_signed_without_a_script_by_typing(secret: str) -> None:
    assert on_phone(secret, form(method="typed", drawing="")).status_code == 302
    row = Consent.objects.get()
    assert (row.signature_kind, row.signature) == ("typed", "Paula Example")


INCOMPLETE = [
    *((f"no answer to {part}", (f"part-{part}",), {}, "Please answer yes or no.") for part in ConsentPart.values),
    ("an answer of its own", (), {"part-treatment": "perhaps"}, "Please answer yes or no."),
    ("no name", ("name",), {}, "Write your full name."),
    ("a blank name", (), {"name": "  ", "method": "typed"}, "Write your full name."),
    ("no way of signing", ("method",), {}, "Choose how you sign"),
    ("an empty field", (), {"drawing": ""}, "Sign in the field"),
    ("a dot", (), {"drawing": "M1 1"}, "too little to be a signature"),
    ("nothing at all", (*(f"part-{part}" for part in ConsentPart.values), "name", "method", "drawing"), {},
     "Write your full name."),
    ("another text", (), {"text": "99999"}, "has been replaced"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("left_out", "changes", "told"), [row[1:] for row in INCOMPLETE], ids=[row[0] for row in INCOMPLETE]
)
def test_nothing_incomplete_is_signed_and_what_was_entered_stays(
    secret: str, left_out: tuple[str, ...], changes: dict[str, str], told: str
) -> None:
    answer = on_phone(secret, without(*left_out, **changes))
    page = words(answer)
    assert answer.status_code == 422
    assert told in page
    assert "Not signed yet" in page
    assert Consent.objects.count() == 0
    if "part-messages" not in left_out:
        assert 'name="part-messages" value="yes" required checked' in " ".join(page.split())


def test_a_drawing_that_was_refused_with_something_else_is_drawn_again(secret: str) -> None:
    page = words(on_phone(secret, without("name")))
    assert f'value="{PATH}"' in page


def test_the_copy_is_what_was_signed(secret: str) -> None:
    on_phone(secret, form())
    answer = Client().get(reverse("patient:consent_document", args=[secret]))
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Cache-Control"] == "no-store"
    assert "Paula Example" in pypdf.PdfReader(io.BytesIO(answer.content)).pages[-1].extract_text()
    assert AuditEvent.objects.filter(act="read_consent").count() == 1


def test_before_anything_is_signed_there_is_no_copy(secret: str) -> None:
    assert Client().get(reverse("patient:consent_document", args=[secret])).status_code == 404


def test_a_patient_takes_one_part_back(course: Course, secret: str) -> None:
    on_phone(secret, form())
    address = reverse("patient:consent_withdraw", args=[secret])
    Client().post(address, {"part": "teaching"})
    assert not consent.allows(course, "teaching")
    assert consent.allows(course, "treatment")
    for part in ("teaching", "", "everything"):
        Client().post(address, {"part": part})
    assert consent.allows(course, "treatment")
    assert "Taken back" in words(on_phone(secret))


def test_a_link_that_is_over_signs_nothing(course: Course, secret: str) -> None:
    links.revoke(course.patient.links.get(), by=people.actor(), at=timezone.now())
    assert on_phone(secret, form()).status_code == 410
    assert Consent.objects.count() == 0


def test_the_patient_can_answer_anew(secret: str) -> None:
    on_phone(secret, form())
    assert "Your signature" in words(Client().get(reverse("patient:consent", args=[secret]) + "?again=1"))


# ------------------------------------------------------------------------------------------------ in the clinic


def test_the_tablet_shows_the_form_and_no_way_into_the_clinic(course: Course) -> None:
    page = words(sign_in().get(reverse("clinic:consent_sign", args=[course.ref])))
    assert "Your signature" in page
    assert reverse("clinic:patients") not in page


def test_a_patient_signs_on_the_tablet(course: Course) -> None:
    client = sign_in()
    answer = client.post(reverse("clinic:consent_sign", args=[course.ref]), form())
    assert answer.status_code == 302
    assert Consent.objects.get().by == people.make_staff()
    page = words(client.get(answer["Location"]))
    assert "Whole, as it was signed" in page
    assert "Not the clinic&#x27;s own text yet." in page or "Not the clinic's own text yet." in page
    document = client.get(reverse("clinic:consent_document", args=[course.ref, Consent.objects.get().pk]))
    assert document.content.startswith(b"%PDF")


def test_an_incomplete_form_on_the_tablet_is_told(course: Course) -> None:
    answer = sign_in().post(reverse("clinic:consent_sign", args=[course.ref]), without("name"))
    assert answer.status_code == 422
    assert Consent.objects.count() == 0


def test_an_altered_document_is_told_and_not_given(course: Course, folder: Path) -> None:
    client = sign_in()
    client.post(reverse("clinic:consent_sign", args=[course.ref]), form())
    row = Consent.objects.get()
    file = folder / row.pdf_sha256[:2] / row.pdf_sha256
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    page = words(client.get(reverse("clinic:consent", args=[course.ref])))
    assert "Not as it was signed" in page
    answer = client.get(reverse("clinic:consent_document", args=[course.ref, row.pk]), follow=True)
    assert "The signed document was altered after it was signed." in words(answer)
    assert b"%PDF" not in answer.content
    with pytest.raises(vault.AlteredInVault):
        vault.get(row.pdf_sha256)


def test_staff_takes_a_part_back_for_the_patient(course: Course) -> None:
    client = sign_in()
    client.post(reverse("clinic:consent_sign", args=[course.ref]), form())
    client.post(reverse("clinic:consent_withdraw", args=[course.ref]), {"part": "treatment"})
    assert consent.in_force(course).state == "stop"
    page = words(client.post(reverse("clinic:consent_withdraw", args=[course.ref]), {"part": "treatment"}, follow=True))
    assert "there is no yes to take back" in page


def test_the_document_of_another_patient_is_not_there(course: Course) -> None:
    client = sign_in()
    client.post(reverse("clinic:consent_sign", args=[course.ref]), form())
    other = people.make_course(people.make_patient(given_name="Otto"))
    assert client.get(reverse("clinic:consent_document", args=[other.ref, Consent.objects.get().pk])).status_code == 404


def test_the_state_of_consent_takes_no_more_statements_after_many_signatures(
    course: Course, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = sign_in()
    for place in range(5):
        client.post(reverse("clinic:consent_sign", args=[course.ref]), form(name=f"Paula Example {'I' * place}"))
    assert Consent.objects.count() == 5
    with django_assert_max_num_queries(26):
        client.get(reverse("clinic:consent", args=[course.ref]))


@pytest.mark.parametrize(("role", "status"), [(Role.DIRECTOR, 200), (Role.FRONT_DESK, 403), (Role.ADMINISTRATOR, 403)])
def test_who_does_not_treat_reads_at_most(course: Course, role: str, status: int) -> None:
    client = sign_in(role)
    assert client.get(reverse("clinic:consent", args=[course.ref])).status_code == status
    assert client.get(reverse("clinic:consent_sign", args=[course.ref])).status_code == 403
    assert client.post(reverse("clinic:consent_withdraw", args=[course.ref]), {"part": "treatment"}).status_code == 403


# ------------------------------------------------------------------------------------------------ the text


def text_form(client: Client) -> dict[str, str]:
    page = client.get(reverse("clinic:consent_text"))
    data = {"title": "Our own consent"}
    for forms in (page.context["sections"], page.context["parts"].values()):
        for one in forms:
            data |= {one.add_prefix(name): one[name].value() or "" for name in one.fields}
    management = page.context["sections"].management_form
    return data | {management.add_prefix(name): str(management[name].value()) for name in management.fields}


def test_a_physician_publishes_a_version_which_is_then_signed(course: Course, secret: str) -> None:
    client = sign_in(Role.PHYSICIAN)
    data = text_form(client)
    data["section-0-paragraphs"] = "First.\r\n\r\nSecond, in two\r\nlines."
    data["section-1-points"] = "One.\r\n\r\nTwo."
    answer = client.post(reverse("clinic:consent_text"), data, follow=True)
    assert "Version 2 is published" in words(answer)
    text = ConsentText.objects.get(version=2)
    assert (text.title, text.by) == ("Our own consent", people.make_staff(Role.PHYSICIAN))
    assert text.body["sections"][0]["paragraphs"] == ["First.", "Second, in two lines."]
    assert text.body["sections"][1]["points"] == ["One.", "Two."]
    assert len(text.body["sections"]) == len(ConsentText.objects.get(version=1).body["sections"])
    assert "Our own consent" in words(on_phone(secret))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"title": " "}, "needs a title"),
        ({"treatment-statement": ""}, "Something below is missing"),
        ({"section-0-heading": ""}, "needs a heading"),
    ],
)
def test_a_text_with_a_gap_is_not_published_and_stays_as_written(
    course: Course, change: dict[str, str], told: str
) -> None:
    client = sign_in(Role.PHYSICIAN)
    answer = client.post(reverse("clinic:consent_text"), {**text_form(client), "marketing-note": "kept note", **change})
    assert answer.status_code == 422
    assert told in words(answer)
    assert "kept note" in words(answer)
    assert ConsentText.objects.count() == 1


def test_the_same_text_again_is_no_new_version(course: Course) -> None:
    client = sign_in(Role.PHYSICIAN)
    data = text_form(client)
    client.post(reverse("clinic:consent_text"), data)
    assert "word for word version 2" in words(client.post(reverse("clinic:consent_text"), data))


@pytest.mark.parametrize("role", [Role.THERAPIST, Role.FRONT_DESK, Role.ADMINISTRATOR])
def test_who_may_not_publish_does_not_see_the_page(course: Course, role: str) -> None:
    assert sign_in(role).get(reverse("clinic:consent_text")).status_code == 403
