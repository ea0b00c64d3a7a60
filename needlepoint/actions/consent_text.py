"""The versions of the consent text: frozen once published, the newest is the one that is signed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.db import transaction

from needlepoint import knowledge
from needlepoint.actions import access, audit
from needlepoint.actions.access import Act
from needlepoint.actions.actor import HOUSE
from needlepoint.actions.consent_document import sha256_of
from needlepoint.knowledge.consent import read_first_text
from needlepoint.records.models import ConsentPart, ConsentText

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from needlepoint.actions.actor import Actor

VERSIONS_SHOWN: Final = 20
_LONGEST_TITLE: Final = 200


class UnfitText(Exception):
    """A consent text lacks something that every consent text must have."""


class NothingNew(Exception):
    """The same text has been published before."""

    def __init__(self, version: int) -> None:
        self.version = version
        super().__init__(f"This is word for word version {version}, which is published already.")


def newest_text() -> ConsentText | None:
    """Give the version that is signed now, or nothing in a clinic that has none yet."""
    return ConsentText.objects.select_related("by").first()


def versions() -> tuple[ConsentText, ...]:
    """Give the newest versions, without their bodies."""
    return tuple(ConsentText.objects.select_related("by").defer("body")[:VERSIONS_SHOWN])


@transaction.atomic
def offered_text(*, at: datetime) -> ConsentText:
    """Give the version that is signed now; a new clinic begins with the text that came with the house."""
    newest = newest_text()
    if newest is not None:
        return newest
    first = read_first_text(knowledge.load().rows.keys())
    return _publish(first.title, first.body, by=HOUSE, at=at)


@transaction.atomic
def publish_text(title: str, body: Mapping[str, Any], *, by: Actor, at: datetime) -> ConsentText:
    """Publish a new version of the text, which from now on is the one that is signed.

    Raises
    ------
    NotPermitted
        The role does not include publishing a consent text.
    UnfitText
        A title, a section or the statement of a part is missing.
    NothingNew
        The text is word for word an older version.

    """
    access.require(Act.WRITE_CONSENT_TEXT, by=by)
    return _publish(title.strip(), fit_body(body), by=by, at=at)


def _publish(title: str, body: dict[str, Any], *, by: Actor, at: datetime) -> ConsentText:
    if not title or len(title) > _LONGEST_TITLE:
        raise UnfitText(f"The text needs a title of at most {_LONGEST_TITLE} characters.")
    sha256 = sha256_of({"title": title, "body": body})
    known = ConsentText.objects.filter(sha256=sha256).first()
    newest = newest_text()
    if known is not None:
        raise NothingNew(known.version)
    text = ConsentText.objects.create(
        version=newest.version + 1 if newest else 1, title=title, body=body, sha256=sha256, at=at, by=by.user
    )
    audit.record("publish_consent_text", by=by, at=at, subject=text, version=text.version, sha256=sha256)
    return text


def is_unaltered(text: ConsentText) -> bool:
    """Say whether the text is still word for word what was published."""
    return text.sha256 == sha256_of({"title": text.title, "body": text.body})


def fit_body(body: Mapping[str, Any]) -> dict[str, Any]:
    """Give the body in its one form: language, sections, and a label, statement and note for each part.

    Raises
    ------
    UnfitText
        When something is missing; the message says what.

    """
    sections = [_section(place, section) for place, section in enumerate(body.get("sections", ()), start=1)]
    if not sections:
        raise UnfitText("The text needs at least one section.")
    parts = body.get("parts", {})
    if set(parts) != set(ConsentPart.values):
        raise UnfitText("The text needs a statement for each of the five parts.")
    return {
        "language": _words(body.get("language"), "a language"),
        "sections": sections,
        "parts": {part: _part(part, parts[part]) for part in ConsentPart.values},
    }


def _section(place: int, section: Mapping[str, Any]) -> dict[str, Any]:
    paragraphs = [_words(words, f"words in section {place}") for words in section.get("paragraphs", ())]
    points = [_words(words, f"words in section {place}") for words in section.get("points", ())]
    if not paragraphs and not points:
        raise UnfitText(f"Section {place} says nothing.")
    return {
        "id": _words(section.get("id"), f"an id for section {place}"),
        "heading": _words(section.get("heading"), f"a heading for section {place}"),
        "paragraphs": paragraphs,
        "points": points,
    }


def _part(part: str, statement: Mapping[str, Any]) -> dict[str, str]:
    label = ConsentPart(part).label.lower()
    return {name: _words(statement.get(name), f"a {name} for {label}") for name in ("label", "statement", "note")}


def _words(value: object, what: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise UnfitText(f"The text needs {what}.")
    return " ".join(value.split())
