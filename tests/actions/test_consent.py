"""Consent: what is signed is kept word for word, and nothing counts that was not signed."""

from __future__ import annotations

import io
import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pypdf
import pytest
from django.db import DatabaseError, IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries, Settings

from needlepoint.actions import consent, consent_text, signatures, vault
from needlepoint.actions.access import NoSuchRecord, NotPermitted
from needlepoint.actions.actor import Actor
from needlepoint.actions.consent import NotGiven, PartsUnanswered, TextReplaced
from needlepoint.actions.signatures import Signature
from needlepoint.knowledge.consent import PARTS
from needlepoint.records.models import AuditEvent, Consent, Course, Role
from tests import people
from tests.people import NOW, TODAY
from tests.together import at_once

PATH = "M100 200 L140 90 L180 300 L220 120 L260 280 L300 150 L340 240 L380 190 L420 210 M500 100 L520 300"
YES = dict.fromkeys(PARTS, True)


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.VAULT = tmp_path / "vault"
    return tmp_path / "vault"


@pytest.fixture
def course(db: None) -> Course:
    people.make_clinic()
    return people.make_course()


def sign(course: Course, **given: Any) -> Consent:
    return consent.sign(
        course,
        **{
            "text": consent_text.offered_text(at=NOW),
            "parts": YES,
            "signature": signatures.drawn(PATH, name="Paula Example"),
            "on": TODAY,
            "by": people.actor(),
            "at": NOW,
            **given,
        },
    )


# ------------------------------------------------------------------------------------------------ signing


def test_the_document_carries_exactly_what_was_signed(course: Course) -> None:
    answers = {**YES, "teaching": False, "marketing": False}
    row = sign(course, parts=answers)
    reader = pypdf.PdfReader(io.BytesIO(consent.document(row, by=people.actor(), at=NOW)))
    words = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    text = row.text

    def carries(piece: str) -> bool:
        # Only line ends differ between the page and the text; a page break puts a footer between two words.
        return " ".join(piece.split()) in words or all(half in words for half in piece.split(". ") if half)

    for section in text.body["sections"]:
        for piece in (section["heading"], *section["paragraphs"], *section["points"]):
            assert carries(piece), piece
    for part in PARTS:
        assert carries(text.body["parts"][part]["statement"]), part
    assert words.count(" Yes ") == 3
    assert words.count(" No ") == 2
    for piece in (
        "Clinic of the tests", "Paula Example", "17 May 1981", "Cheeks and cheekbones", text.sha256,
        "24 November 2026 at 10:00:00", "version 1", "Tess Therapist",
    ):  # fmt: skip
        assert carries(piece), piece
    data = json.loads(reader.attachments["signed.json"][0])
    assert data["text"] == {"version": 1, "title": text.title, "sha256": text.sha256, "body": text.body}
    assert {answer["part"]: answer["agreed"] for answer in data["answers"]} == answers == row.parts
    assert [[tuple(point) for point in stroke] for stroke in data["signature"]["strokes"]] == [
        list(stroke) for stroke in signatures.strokes_of(row.signature)
    ]
    assert datetime.fromisoformat(data["signed_at"]["iso"]) == row.at


def test_the_drawing_itself_stands_in_the_document(course: Course) -> None:
    def ink(signature: Signature) -> int:
        row = sign(course, signature=signature, at=NOW + timedelta(hours=Consent.objects.count()))
        last = pypdf.PdfReader(io.BytesIO(vault.get(row.pdf_sha256))).pages[-1]
        return sum(operator in {b"l", b"c"} for _, operator in last.get_contents().operations)  # type: ignore[union-attr]  # the page has contents

    lines = PATH.count("L")
    assert ink(signatures.drawn(PATH, name="Paula Example")) == ink(signatures.typed("Paula Example")) + lines


@pytest.mark.parametrize("name", ["#panic() $x$ *bold*", 'Paula "]) #read("x")', "\\ // <label> @ref", "Łucja Ωραία"])
def test_whatever_a_name_holds_is_printed_and_never_obeyed(course: Course, name: str) -> None:
    row = sign(course, signature=signatures.typed(name))
    reader = pypdf.PdfReader(io.BytesIO(vault.get(row.pdf_sha256)))
    assert json.loads(reader.attachments["signed.json"][0])["signature"]["name"] == name
    assert name in " ".join(reader.pages[-1].extract_text().split()).replace("“", '"').replace("”", '"')


def test_every_font_is_inside_the_document(course: Course) -> None:
    reader = pypdf.PdfReader(io.BytesIO(vault.get(sign(course).pdf_sha256)))
    fonts = {name for page in reader.pages for name in page._get_fonts()[0]}
    unembedded = {name for page in reader.pages for name in page._get_fonts()[1]}
    assert fonts
    assert unembedded == set()


def test_what_is_signed_is_kept_and_named_in_the_audit_trail(course: Course) -> None:
    row = sign(course)
    event = AuditEvent.objects.get(act="sign_consent")
    assert event.patient == course.patient
    assert event.detail["pdf_sha256"] == row.pdf_sha256
    assert consent.faults(row) == ()
    state = consent.in_force(course)
    assert state.allows("treatment")
    assert (state.state, state.words) == ("done", "signed 24 Nov 2026")


@pytest.mark.parametrize("missing", PARTS)
def test_no_part_is_answered_by_leaving_it_out(course: Course, missing: str) -> None:
    for parts in ({part: True for part in PARTS if part != missing}, {**YES, missing: None}, {**YES, missing: "yes"}):
        with pytest.raises(PartsUnanswered) as refusal:
            sign(course, parts=parts)
        assert refusal.value.parts == (missing,)
    assert Consent.objects.count() == 0


def test_a_no_to_treatment_is_kept_and_is_no_consent(course: Course) -> None:
    sign(course, parts={**YES, "treatment": False})
    state = consent.in_force(course)
    assert (state.state, state.words) == ("stop", "declined 24 Nov 2026")
    assert not state.allows("treatment")
    assert state.allows("record_photo")


def test_before_anything_is_signed_nothing_is_allowed(course: Course) -> None:
    state = consent.in_force(course)
    assert (state.state, state.words) == ("open", "not signed")
    assert not any(state.allows(part) for part in PARTS)


def test_a_text_that_was_replaced_while_it_was_read_is_not_signed(course: Course) -> None:
    old = consent_text.offered_text(at=NOW)
    body = {**old.body, "language": "de"}
    consent_text.publish_text("Ours", body, by=people.actor(Role.PHYSICIAN), at=NOW)
    with pytest.raises(TextReplaced, match="version 2"):
        sign(course, text=old)


def test_a_form_sent_twice_is_kept_once(course: Course) -> None:
    first = sign(course)
    assert sign(course, at=NOW + timedelta(seconds=1)) == first
    assert AuditEvent.objects.filter(act="sign_consent").count() == 1


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.DIRECTOR, Role.ADMINISTRATOR])
def test_who_does_not_treat_takes_no_consent(course: Course, role: str) -> None:
    with pytest.raises(NotPermitted):
        sign(course, by=people.actor(role))


def link_of(patient: Any) -> Actor:
    from needlepoint.actions import links

    return Actor(link=links.invite(patient, course=None, by=people.actor(), at=NOW)[0])


def test_a_patient_signs_for_nobody_else(course: Course) -> None:
    own, other = link_of(course.patient), link_of(people.make_patient(given_name="Otto"))
    with pytest.raises(NotPermitted):
        sign(course, by=other)
    row = sign(course, by=own)
    assert (row.by, row.link) == (None, own.link)
    with pytest.raises(NotPermitted):
        consent.document(row, by=other, at=NOW)
    with pytest.raises(NotPermitted):
        consent.withdraw(row, "teaching", by=other, at=NOW)


def test_a_consent_is_found_only_in_its_own_course(course: Course) -> None:
    row = sign(course)
    assert consent.find(course, row.pk) == row
    with pytest.raises(NoSuchRecord):
        consent.find(people.make_course(), row.pk)


# ------------------------------------------------------------------------------------------------ taking back


@pytest.mark.parametrize("part", PARTS)
def test_one_part_is_taken_back_and_the_others_stay(course: Course, part: str) -> None:
    row = sign(course)
    consent.withdraw(row, part, by=people.actor(), at=NOW + timedelta(hours=1))
    state = consent.in_force(course)
    assert not state.allows(part)
    assert all(state.allows(other) for other in PARTS if other != part)
    with pytest.raises(NotGiven):
        consent.withdraw(row, part, by=people.actor(), at=NOW + timedelta(hours=2))


def test_what_was_never_agreed_to_cannot_be_taken_back(course: Course) -> None:
    row = sign(course, parts={**YES, "marketing": False})
    with pytest.raises(NotGiven):
        consent.withdraw(row, "marketing", by=people.actor(), at=NOW)


def test_a_part_that_was_taken_back_can_be_given_again(course: Course) -> None:
    first = sign(course)
    consent.withdraw(first, "treatment", by=people.actor(), at=NOW + timedelta(hours=1))
    second = sign(course, at=NOW + timedelta(hours=2))
    assert second != first
    assert consent.in_force(course).allows("treatment")
    with pytest.raises(NotGiven):
        consent.withdraw(first, "teaching", by=people.actor(), at=NOW + timedelta(hours=3))


def test_what_is_in_force_takes_two_queries_however_often_was_signed(
    course: Course, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for hour in range(4):
        row = sign(course, at=NOW + timedelta(hours=2 * hour))
        consent.withdraw(row, "treatment", by=people.actor(), at=NOW + timedelta(hours=2 * hour + 1))
    with django_assert_num_queries(2):
        assert consent.in_force(course).words == "withdrawn 24 Nov 2026"
    with django_assert_num_queries(2):
        assert len(consent.past(course)) == 4


# ------------------------------------------------------------------------------------- what the database refuses

RAW = [
    ("no signature", {"signature": ""}),
    ("a dot as a drawing", {"signature": "M10 10"}),
    ("no drawing but words", {"signature": "Paula Example, in her own hand, drawn here"}),
    ("a typed signature that is not the name", {"signature_kind": "typed", "signature": "somebody else"}),
    ("a kind that there is not", {"signature_kind": "thumb"}),
    ("no name", {"signed_name": ""}),
    ("a name of blanks", {"signed_name": "      "}),
    ("a part left out", {"parts": {"treatment": True}}),
    ("treatment yes in one place and no in the other", {"treatment": False}),
    ("nobody who took it", {"by": None}),
    ("no document", {"pdf_sha256": ""}),
]


@pytest.mark.parametrize("fields", [row[1] for row in RAW], ids=[row[0] for row in RAW])
def test_the_database_itself_refuses_an_empty_consent(course: Course, fields: dict[str, Any]) -> None:
    whole = {
        "course": course, "text": consent_text.offered_text(at=NOW), "parts": YES, "treatment": True,
        "signature_kind": "drawn", "signature": PATH, "signed_name": "Paula Example", "on": TODAY, "at": NOW,
        "by": people.make_staff(), "pdf_sha256": "a" * 64,
    }  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        Consent.objects.create(**{**whole, **fields})
    Consent.objects.create(**whole)  # only the one field was in the way


def test_a_signed_consent_cannot_be_changed(course: Course) -> None:
    row = sign(course)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Consent.objects.filter(pk=row.pk).update(signed_name="Somebody Else")


# ------------------------------------------------------------------------------------------------ checking


def test_an_altered_document_is_found(course: Course, folder: Path) -> None:
    row = sign(course)
    file = folder / row.pdf_sha256[:2] / row.pdf_sha256
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    assert consent.faults(row) == ("The signed document was altered after it was signed.",)
    with pytest.raises(vault.AlteredInVault):
        consent.document(row, by=people.actor(), at=NOW)
    file.unlink()
    assert consent.faults(row) == ("The signed document is missing.",)


ALTERED = [
    ("an answer", {"parts": {**YES, "marketing": False}}),
    ("the signature", {"signature": PATH + " L530 310"}),
    ("the name", {"signed_name": "Somebody Else"}),
    ("the time", {"at": NOW + timedelta(seconds=1)}),
]


@pytest.mark.parametrize("fields", [row[1] for row in ALTERED], ids=[row[0] for row in ALTERED])
def test_a_record_altered_behind_the_guards_is_found(course: Course, fields: dict[str, Any]) -> None:
    row = sign(course)
    for name, value in fields.items():
        setattr(row, name, value)
    assert consent.faults(row) == ("The record of this consent differs from what the audit trail noted.",)


def test_a_text_altered_behind_the_guards_is_found(course: Course) -> None:
    row = sign(course)
    row.text.body["parts"]["marketing"]["statement"] = "I agree to everything."
    assert consent.faults(row) == ("The text that was signed was altered after it was published.",)


def test_another_document_under_the_consent_is_found(course: Course) -> None:
    row = sign(course)
    row.pdf_sha256 = vault.put(b"another document")
    assert consent.faults(row) == ("The record of this consent differs from what the audit trail noted.",)


# ------------------------------------------------------------------------------------------------ at the same time


@pytest.mark.django_db(transaction=True)
def test_many_hands_on_one_button_leave_one_consent() -> None:
    people.make_clinic()
    course = people.make_course()
    text, by = consent_text.offered_text(at=NOW), people.actor()
    found = at_once(6, lambda place: sign(course, text=text, by=by, at=NOW + timedelta(milliseconds=place)).pk)
    assert len(found) == 6
    assert len(set(found)) == Consent.objects.count() == 1


def test_a_consent_signed_in_the_past_carries_that_time(course: Course) -> None:
    at = NOW - timedelta(days=90)
    row = sign(course, at=at, on=date(2026, 8, 26))
    reader = pypdf.PdfReader(io.BytesIO(vault.get(row.pdf_sha256)))
    assert "26 August 2026 at 11:00:00" in " ".join(reader.pages[-1].extract_text().split())
