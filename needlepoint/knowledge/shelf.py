"""What a card is held against when it is read: names, questions, evidence rows, sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from needlepoint.core.questions import Question
from needlepoint.core.terms import Source
from needlepoint.knowledge.evidence import Row
from needlepoint.knowledge.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """Everything a card may refer to."""

    vocabulary: Vocabulary
    questions: Mapping[str, Question]
    rows: Mapping[str, Row]
    sources: Mapping[str, Source]
