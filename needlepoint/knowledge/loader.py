"""Loads the knowledge: reads every file once, refuses what does not fit, and keeps the result."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from needlepoint.core.questions import Question
from needlepoint.core.terms import Source
from needlepoint.knowledge.cards import Card, read_envelope
from needlepoint.knowledge.consistency import check_together
from needlepoint.knowledge.evidence import Row, read_rows, read_sources
from needlepoint.knowledge.fields import Fields, Unfit
from needlepoint.knowledge.kinds import KINDS
from needlepoint.knowledge.questions import Contradiction, read_questions
from needlepoint.knowledge.shelf import Shelf
from needlepoint.knowledge.vocabulary import Vocabulary, read_vocabulary

ROOM: Final = Path(__file__).parent
_SNAKE: Final = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, kw_only=True)
class Knowledge:
    """Everything the program knows about medicine, frozen; `digest` changes when any of it changes."""

    cards: Mapping[str, Card]
    questions: tuple[Question, ...]
    contradictions: tuple[Contradiction, ...]
    not_asked: Mapping[str, str]
    vocabulary: Vocabulary
    sources: Mapping[str, Source]
    rows: Mapping[str, Row]
    digest: str

    @cached_property
    def question(self) -> Mapping[str, Question]:
        """Give the questions by id, in the order in which they are asked."""
        return MappingProxyType({question.id: question for question in self.questions})

    def of_kind(self, kind: str) -> tuple[Card, ...]:
        """Give the cards of a kind, by id, whatever their days."""
        return tuple(card for card in self.cards.values() if card.kind == kind)

    def on(self, day: date) -> Knowledge:
        """Give the knowledge with only the cards that hold on the day; the digest stays that of the whole."""
        valid = {id_: card for id_, card in self.cards.items() if card.is_valid_on(day)}
        return replace(self, cards=MappingProxyType(valid))


@cache
def load(room: Path = ROOM) -> Knowledge:
    """Load the knowledge of a directory, once.

    Raises
    ------
    Unfit: a file says something it may not say; the message names file and field.

    """
    raw: dict[str, Any] = {}
    sources = read_sources(_open(room, "sources.toml", raw))
    rows = read_rows(_open(room, "evidence.toml", raw), sources)
    names = _open(room, "vocabulary.toml", raw)
    vocabulary = read_vocabulary(names)
    names.done()
    asked_of = _open(room, "questions.toml", raw)
    asked = read_questions(asked_of, vocabulary)
    asked_of.done()
    shelf = Shelf(vocabulary=vocabulary, questions=asked.questions, rows=rows, sources=sources)
    cards = _cards(room, shelf, raw)
    return Knowledge(
        cards=cards,
        questions=tuple(asked.questions.values()),
        contradictions=asked.contradictions,
        not_asked=asked.not_asked,
        vocabulary=vocabulary,
        sources=sources,
        rows=rows,
        digest=_digest(raw),
    )


def _parsed(file: Path, name: str) -> dict[str, Any]:
    try:
        with file.open("rb") as opened:
            return tomllib.load(opened)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise Unfit(name, "file", f"cannot be read: {fault}") from fault


def _open(room: Path, name: str, raw: dict[str, Any]) -> Fields:
    raw[name] = _parsed(room / name, name)
    return Fields(name, raw[name])


def _cards(room: Path, shelf: Shelf, raw: dict[str, Any]) -> Mapping[str, Card]:
    cards: dict[str, Card] = {}
    files: dict[str, str] = {}
    for file in sorted((room / "cards").glob("*/*.toml"), key=lambda file: (file.stem, file.parent.name)):
        name = f"cards/{file.parent.name}/{file.name}"
        if file.stem in cards:
            raise Unfit(name, "file", f"the id {file.stem} is taken by {files[file.stem]}")
        files[file.stem] = name
        raw[name] = _parsed(file, name)
        cards[file.stem] = replace(_card(file, Fields(name, raw[name]), shelf), fingerprint=_digest(raw[name]))
    check_together(cards, files)
    return MappingProxyType(cards)


def _card(file: Path, fields: Fields, shelf: Shelf) -> Card:
    if not _SNAKE.fullmatch(file.stem):
        raise fields.unfit("file", f"{file.stem} is not in snake_case")
    card = read_envelope(file.stem, fields, shelf)
    if card.kind not in KINDS:
        raise fields.unfit("kind", f"unknown kind {card.kind}")
    if card.kind != file.parent.name:
        raise fields.unfit("kind", f"{card.kind} lies in the folder of {file.parent.name}")
    card = replace(card, payload=KINDS[card.kind](fields, card, shelf))
    fields.done()
    return card


def _digest(raw: Mapping[str, Any]) -> str:
    content = json.dumps(_plain(raw), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(content.encode()).hexdigest()


def _plain(value: object) -> object:
    """Give content without its form: white space in texts, 1 or 1.0, and worked cases, which only test it."""
    match value:
        case dict():
            return {key: _plain(item) for key, item in value.items() if key != "case"}
        case list():
            return [_plain(item) for item in value]
        case str():
            return " ".join(value.split())
        case float() if value.is_integer():
            return int(value)
        case date():
            return value.isoformat()
        case _:
            return value
