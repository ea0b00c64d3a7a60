"""The patient's questions as plain statements, in groups that one tap can answer, read from their file."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from needlepoint.core.questions import Question
from needlepoint.knowledge.fields import Fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Questions that stand on one screen as statements; who says "none of these" says no to each."""

    id: str
    subject: str
    lead: str
    statements: Mapping[str, str]


def read_groups(fields: Fields, questions: Mapping[str, Question]) -> tuple[Group, ...]:
    """Build the groups, and refuse a question that stands twice, is not the patient's, or has no plain no."""
    taken: set[str] = set()
    groups = []
    for row in fields.tables("group", least=1):
        table = row.table("statements")
        statements = {id_: table.text(id_) for id_ in questions if table.has(id_)}
        table.done()
        for id_ in statements:
            _check(table, questions[id_], taken)
        taken.update(statements)
        group = Group(
            id=row.text("id"),
            subject=row.text("subject"),
            lead=row.text("lead"),
            statements=MappingProxyType(statements),
        )
        row.done()
        groups.append(group)
    return tuple(groups)


def _check(table: Fields, question: Question, taken: Collection[str]) -> None:
    if question.id in taken:
        raise table.unfit(question.id, "this question stands in two groups")
    if question.asked_of != "patient":
        raise table.unfit(question.id, "this question is not the patient's")
    if none_of(question) is None:
        raise table.unfit(question.id, "this question has no plain no")


def none_of(question: Question) -> Any:
    """Give the answer, as JSON writes it, by which somebody says no to a question; None where it has none."""
    match question.kind:
        case "boolean":
            return False
        case "date_or_never":
            return None if question.again == "once" else "never"
        case "multichoice" | "areas":
            return []
        case "choice" if any(choice.id == "no" for choice in question.choices):
            return "no"
        case _:
            return None
