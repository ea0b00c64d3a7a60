"""The consent text: where a clinic begins, and its frozen versions."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, transaction

from needlepoint.actions import consent_text
from needlepoint.actions.access import NotPermitted
from needlepoint.actions.consent_text import NothingNew, UnfitText
from needlepoint.knowledge import Unfit
from needlepoint.knowledge.consent import FILE, PARTS, read_first_text
from needlepoint.records.models import ConsentPart, ConsentText, Role
from tests import people
from tests.people import NOW

pytestmark = pytest.mark.django_db


def test_the_first_text_answers_to_the_parts_and_rests_on_evidence_rows() -> None:
    text = consent_text.offered_text(at=NOW)
    assert text.version == 1
    assert text.by is None
    assert list(text.body["parts"]) == list(PARTS) == ConsentPart.values
    assert consent_text.is_unaltered(text)
    assert consent_text.offered_text(at=NOW) == text
    with pytest.raises(Unfit, match=r"section\[1\].point\[0\].evidence: unknown evidence row"):
        read_first_text({"ic-single-use"})


@pytest.mark.parametrize("word", ["no risk", "risk-free", "100%", "guarantee", "safe.", "stop taking", "do not take"])
def test_the_first_text_promises_nothing_and_stops_no_medicine(word: str) -> None:
    assert word not in FILE.read_text("utf-8").lower()


def body() -> dict[str, Any]:
    section = {"id": "what", "heading": "What", "paragraphs": ["One."], "points": []}
    part = {"label": "Label", "statement": "I agree.", "note": "Note."}
    return {"language": "en", "sections": [section], "parts": {name: dict(part) for name in PARTS}}


def test_a_published_text_is_the_next_version_and_frozen() -> None:
    consent_text.offered_text(at=NOW)
    text = consent_text.publish_text("Ours", body(), by=people.actor(Role.PHYSICIAN), at=NOW)
    assert (text.version, text.sha256) != (1, consent_text.versions()[1].sha256)
    assert consent_text.newest_text() == text
    text.title = "Changed"
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        text.save()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        ConsentText.objects.filter(pk=text.pk).delete()
    with pytest.raises(NothingNew):
        consent_text.publish_text("Ours", body(), by=people.actor(Role.PHYSICIAN), at=NOW)


def drop(*path: Any) -> dict[str, Any]:
    whole = body()
    inner: Any = whole
    for key in path[:-1]:
        inner = inner[key]
    del inner[path[-1]]
    return whole


UNFIT = [
    ("no section", {**body(), "sections": []}),
    ("a section without words", {**body(), "sections": [{"id": "a", "heading": "A"}]}),
    ("a section without a heading", drop("sections", 0, "heading")),
    ("a part missing", drop("parts", "messages")),
    ("a part without a statement", drop("parts", "messages", "statement")),
    ("a part too many", {**body(), "parts": {**body()["parts"], "more": {}}}),
    ("no language", drop("language")),
]


@pytest.mark.parametrize("unfit", [row[1] for row in UNFIT], ids=[row[0] for row in UNFIT])
def test_a_text_with_a_gap_is_not_published(unfit: dict[str, Any]) -> None:
    with pytest.raises(UnfitText):
        consent_text.publish_text("Ours", unfit, by=people.actor(Role.PHYSICIAN), at=NOW)
    assert ConsentText.objects.count() == 0


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.THERAPIST, Role.ADMINISTRATOR])
def test_only_physician_and_director_publish_a_text(role: str) -> None:
    with pytest.raises(NotPermitted):
        consent_text.publish_text("Ours", body(), by=people.actor(role), at=NOW)
