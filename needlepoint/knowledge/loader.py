"""Loads the knowledge: reads every file once, refuses what does not fit, and keeps the result."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Final

from needlepoint.core.questions import Question
from needlepoint.core.terms import Source
from needlepoint.knowledge.cards import Card, read_envelope
from needlepoint.knowledge.consistency import check_together
from needlepoint.knowledge.evidence import Row, read_rows, read_sources
from needlepoint.knowledge.fields import Fields, Unfit
from needlepoint.knowledge.kinds import KINDS
from needlepoint.knowledge.parsed import Parsed, kept_at, parsed
from needlepoint.knowledge.questions import Contradiction, read_questions
from needlepoint.knowledge.shelf import Shelf
from needlepoint.knowledge.statements import Group, read_groups
from needlepoint.knowledge.vocabulary import Vocabulary, read_vocabulary

ROOM: Final = Path(__file__).parent
_TABLES: Final = ("sources.toml", "evidence.toml", "vocabulary.toml", "questions.toml", "statements.toml")
_SNAKE: Final = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, kw_only=True)
class Knowledge:
    """Everything the program knows about medicine, frozen; `digest` changes when any of it changes."""

    cards: Mapping[str, Card]
    questions: tuple[Question, ...]
    groups: tuple[Group, ...]
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
    return read(room)


def written(room: Path = ROOM) -> Mapping[str, tuple[str, str]]:
    """Give fingerprint and text of every file of a directory, by name."""
    said = _said(room)
    return {name: (mark, (room / name).read_text("utf-8")) for name, mark in said.fingerprints.items()}


def _said(room: Path) -> Parsed:
    names = (*_TABLES, *(_name(file) for file in _files(room)))
    return parsed(room, names, kept=kept_at(room) if room == ROOM else None)


def _files(room: Path) -> list[Path]:
    return sorted((room / "cards").glob("*/*.toml"), key=lambda file: (file.stem, file.parent.name))


def read(room: Path) -> Knowledge:
    """Read the knowledge of a directory anew; raises as `load` does."""
    files, said = _files(room), _said(room)
    sources = read_sources(_open("sources.toml", said))
    rows = read_rows(_open("evidence.toml", said), sources)
    names = _open("vocabulary.toml", said)
    vocabulary = read_vocabulary(names)
    names.done()
    asked_of = _open("questions.toml", said)
    asked = read_questions(asked_of, vocabulary)
    asked_of.done()
    statements = _open("statements.toml", said)
    groups = read_groups(statements, asked.questions)
    statements.done()
    shelf = Shelf(vocabulary=vocabulary, questions=asked.questions, rows=rows, sources=sources)
    return Knowledge(
        cards=_cards(files, shelf, said),
        questions=tuple(asked.questions.values()),
        groups=groups,
        contradictions=asked.contradictions,
        not_asked=asked.not_asked,
        vocabulary=vocabulary,
        sources=sources,
        rows=rows,
        digest=said.digest,
    )


def _name(file: Path) -> str:
    return f"cards/{file.parent.name}/{file.name}"


def _open(name: str, said: Parsed) -> Fields:
    return Fields(name, said.files[name])


def _cards(files: Sequence[Path], shelf: Shelf, said: Parsed) -> Mapping[str, Card]:
    cards: dict[str, Card] = {}
    names: dict[str, str] = {}
    for file in files:
        name = _name(file)
        if file.stem in cards:
            raise Unfit(name, "file", f"the id {file.stem} is taken by {names[file.stem]}")
        names[file.stem] = name
        cards[file.stem] = replace(_card(file, _open(name, said), shelf), fingerprint=said.fingerprints[name])
    check_together(cards, names)
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
