"""The questions and the contradictions, read from their file and held against the vocabulary."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, cast, get_args

from needlepoint.core.questions import Again, AskedOf, Choice, NeededWhen, OnlyIf, Question
from needlepoint.core.terms import NEVER, UNKNOWN, AnswerKind, Sex, Value
from needlepoint.knowledge.fields import Fields
from needlepoint.knowledge.vocabulary import Vocabulary

WORDS: Final[Mapping[object, Value]] = MappingProxyType({"never": NEVER, "unknown": UNKNOWN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One condition of a contradiction, on an answer or on a field of the case."""

    question: str | None
    field: str | None
    among: frozenset[Value] | None = None
    present: bool = False
    empty: bool = False
    lacks: frozenset[str] | None = None
    all_of: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """Things that cannot all be true; `field` is the path that an error names."""

    id: str
    field: str
    because: str
    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """All that the file of questions says."""

    questions: Mapping[str, Question]
    contradictions: tuple[Contradiction, ...]
    not_asked: Mapping[str, str]


def read_questions(fields: Fields, vocabulary: Vocabulary) -> Asked:
    """Build the questions, in the order in which they are asked."""
    fields.text("version")
    days = {"every_visit": 0, "when_changed": fields.whole("stale_after_days"), "once": None}
    questions: dict[str, Question] = {}
    for row in fields.tables("question", least=1):
        question = _question(row, vocabulary, questions, days)
        if question.id in questions:
            raise row.unfit("id", f"{question.id} stands twice")
        questions[question.id] = question
        row.done()
    contradictions = tuple(_contradiction(row, questions) for row in fields.tables("contradiction"))
    table = fields.table("not_asked")
    not_asked = {row: table.text(row) for row in sorted(table.left())}
    return Asked(questions=MappingProxyType(questions), contradictions=contradictions, not_asked=not_asked)


def _question(
    row: Fields, vocabulary: Vocabulary, earlier: Mapping[str, Question], days: Mapping[str, int | None]
) -> Question:
    again = row.one_of("again", get_args(Again), "interval")
    kind = row.one_of("kind", get_args(AnswerKind), "kind of answer")
    return Question(
        id=row.text("id"),
        ask=row.text("ask"),
        kind=cast(AnswerKind, kind),
        asked_of=cast(AskedOf, row.one_of("asked_of", get_args(AskedOf), "person")),
        again=cast(Again, again),
        good_for_days=days[again],
        evidence=row.words("evidence", least=1),
        choices=_choices(row, kind, vocabulary),
        unit=row.text("unit") if kind == "number" else None,
        least=row.number("min") if kind == "number" else None,
        greatest=row.number("max") if kind == "number" else None,
        only_if=_only_if(row.table("only_if"), earlier) if row.has("only_if") else None,
        when=_when(row.table("when"), vocabulary) if row.has("when") else NeededWhen(),
    )


def _choices(row: Fields, kind: str, vocabulary: Vocabulary) -> tuple[Choice, ...]:
    if kind not in ("choice", "multichoice"):
        return ()
    if row.has("choices_from"):
        row.one_of("choices_from", ("medicines",), "vocabulary table")
        return tuple(Choice(medicine.id, medicine.label) for medicine in vocabulary.medicines.values())
    choices = []
    for choice in row.tables("choices", least=1):
        choices.append(Choice(choice.text("id"), choice.text("label")))
        choice.done()
    ids = [choice.id for choice in choices]
    if len(set(ids)) != len(ids) or "unknown" in ids:
        raise row.unfit("choices", "an id stands twice, or is unknown, which every question allows")
    return tuple(choices)


def _only_if(row: Fields, earlier: Mapping[str, Question]) -> OnlyIf:
    question = earlier[row.one_of("question", earlier, "earlier question")]
    if row.has("present"):
        row.flag("present", default=True)
        row.done()
        return OnlyIf(question=question.id)
    key = "is" if row.has("is") else "is_not"
    values = answer_values(row, key, question)
    row.done()
    if key == "is":
        return OnlyIf(question=question.id, among=values)
    return OnlyIf(question=question.id, not_among=values)


def _when(row: Fields, vocabulary: Vocabulary) -> NeededWhen:
    def words(key: str, allowed: Collection[str], what: str) -> frozenset[str] | None:
        return frozenset(row.known_words(key, allowed, what, least=1)) if row.has(key) else None

    areas = words("areas", vocabulary.members, "area")
    sex = words("sex", vocabulary.sexes, "sex")
    when = NeededWhen(
        areas=frozenset(vocabulary.expand(areas)) if areas else None,
        indication_groups=words("indication_groups", vocabulary.indication_groups, "indication group"),
        devices=words("devices", vocabulary.devices, "device"),
        sex=frozenset(Sex(id_) for id_ in sex) if sex else None,
        anaesthetic=row.flag("anaesthetic", default=True) if row.has("anaesthetic") else None,
        premises=frozenset(row.words("premises", least=1)) if row.has("premises") else None,
    )
    row.done()
    return when


def possible(question: Question) -> frozenset[Value]:
    """Give the answers of a question that a condition may name."""
    match question.kind:
        case "boolean":
            return frozenset({True, False})
        case "date_or_never":
            return frozenset({NEVER})
        case _:
            return frozenset(choice.id for choice in question.choices)


def answer_values(row: Fields, key: str, question: Question) -> frozenset[Value]:
    """Take one answer or a list of answers that the question allows."""
    raw = row.raw(key)
    values = raw if isinstance(raw, list) else [raw]
    allowed = possible(question) | {UNKNOWN}
    taken: set[Value] = set()
    for value in values:
        answer: Value = value if isinstance(value, bool) else WORDS.get(value, value)
        if not isinstance(value, bool | str) or answer not in allowed:
            raise row.unfit(key, f"{question.id} cannot be {value}")
        taken.add(answer)
    return frozenset(taken)


def _contradiction(row: Fields, questions: Mapping[str, Question]) -> Contradiction:
    built = Contradiction(
        id=row.text("id"),
        field=row.text("field"),
        because=row.text("because"),
        clauses=tuple(_clause(part, questions) for part in row.tables("all", least=1)),
    )
    row.done()
    return built


def _clause(row: Fields, questions: Mapping[str, Question]) -> Clause:
    if row.has("field"):
        field = row.one_of("field", ("patient.sex", "indication", "indication_group"), "field")
        clause = Clause(question=None, field=field, among=frozenset({row.text("is")}))
        row.done()
        return clause
    question = questions[row.one_of("question", questions, "question")]

    def ids(key: str) -> frozenset[str] | None:
        allowed = [choice.id for choice in question.choices]
        return frozenset(row.known_words(key, allowed, "choice", least=1)) if row.has(key) else None

    clause = Clause(
        question=question.id,
        field=None,
        among=answer_values(row, "is", question) if row.has("is") else None,
        present=row.flag("present", default=False),
        empty=row.flag("empty", default=False),
        lacks=ids("lacks"),
        all_of=ids("all_of"),
    )
    row.done()
    return clause


def served_rows(questions: Iterable[Question]) -> frozenset[str]:
    """Give the evidence rows that the questions serve."""
    return frozenset(row for question in questions for row in question.evidence)
