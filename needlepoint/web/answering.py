"""One question on a page: how its answer is shown in a form and read out of one, for patients and clinicians alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from needlepoint import knowledge
from needlepoint.knowledge.answers import AnswerError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from django.http import QueryDict

    from needlepoint.actions.questionnaire import Asked
    from needlepoint.core.questions import Question
    from needlepoint.core.terms import Area

UNKNOWN: Final = "unknown"
NONE: Final = "none"
DAY: Final = "day"
ELSEWHERE: Final = "elsewhere"
LONG_LIST: Final = 14

Option = tuple[str, str]


class Unanswered(Exception):
    """The form holds nothing for this question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A question as a page shows it: what is chosen or written, and what is wrong with it."""

    asked: Asked
    chosen: frozenset[str] = frozenset()
    written: str = ""
    error: str = ""
    planned: tuple[Option, ...] = ()
    groups: tuple[tuple[str, tuple[Option, ...]], ...] = ()

    @property
    def question(self) -> Question:
        """Give the question."""
        return self.asked.question

    @property
    def before(self) -> str:
        """Give the mark of the answer that the page was made with."""
        return mark(self.question, _kept(self.asked))

    @property
    def long(self) -> bool:
        """Say whether its list is so long that a filter helps."""
        return len(self.question.choices) > LONG_LIST

    @property
    def options(self) -> tuple[Option, ...]:
        """Give the answers offered, without those that every question of the kind has."""
        if self.question.kind == "boolean":
            return (("true", "Yes"), ("false", "No"))
        return tuple((choice.id, choice.label) for choice in self.question.choices)


def shown(asked: Asked, planned: Collection[str]) -> Shown:
    """Show a question with its answer in force; areas to be treated come first where areas are asked for."""
    chosen, written = _chosen(asked.question, _kept(asked))
    first, groups = _areas(asked, planned)
    return Shown(asked=asked, chosen=chosen, written=written, planned=first, groups=groups)


def _kept(asked: Asked) -> Any:
    """Give the answer that stands in the form; what is asked anew at every visit starts empty."""
    return asked.answer.value if asked.answer and not asked.anew else None


def shown_again(asked: Asked, planned: Collection[str], typed: QueryDict, error: AnswerError) -> Shown:
    """Show a question with what was typed and what is wrong with it."""
    name = asked.question.id
    first, groups = _areas(asked, planned)
    return Shown(
        asked=asked,
        chosen=frozenset(typed.getlist(name)) | ({UNKNOWN} if typed.get(f"{name}.unknown") else frozenset()),
        written=typed.get(f"{name}.written", "")[:40],
        error=in_plain_words(asked.question, error),
        planned=first,
        groups=groups,
    )


def _areas(
    asked: Asked, planned: Collection[str]
) -> tuple[tuple[Option, ...], tuple[tuple[str, tuple[Option, ...]], ...]]:
    if asked.question.kind != "areas":
        return (), ()
    known = knowledge.load().vocabulary
    first = tuple((id_, known.areas[id_].label) for id_ in planned)
    rest = [
        (label, tuple((area.id, area.label) for area in _members(group) if area.id not in planned))
        for group, label in known.area_groups.items()
    ]
    return first, tuple((label, areas) for label, areas in rest if areas)


def _members(group: str) -> Iterator[Area]:
    return (area for area in knowledge.load().vocabulary.areas.values() if area.group == group)


def _chosen(question: Question, value: Any) -> tuple[frozenset[str], str]:
    if value is None:
        return frozenset(), ""
    if value == UNKNOWN:
        return frozenset({UNKNOWN}), ""
    match question.kind:
        case "boolean":
            return frozenset({"true" if value else "false"}), ""
        case "choice":
            return frozenset({str(value)}), ""
        case "date_or_never":
            return (frozenset({"never"}), "") if value == "never" else (frozenset({DAY}), str(value))
        case "number":
            return frozenset(), f"{value:g}"
        case "text":
            return frozenset(), str(value)
        case _:
            return _spread(value), ""


def mark(question: Question, value: Any) -> str:
    """Give a mark of an answer by which a form can tell whether it was changed; empty for no answer."""
    chosen, written = _chosen(question, value)
    return " ".join([*sorted(chosen), written]).strip()


def _spread(ids: Iterable[str]) -> frozenset[str]:
    members = knowledge.load().vocabulary.members
    return frozenset(one for id_ in ids for one in members.get(id_, {id_})) or frozenset({NONE})


def read(question: Question, typed: QueryDict) -> Any:
    """Give the answer out of a form as the JSON value the questions are answered with.

    Raises
    ------
    Unanswered
        When the form holds nothing for it.
    AnswerError
        When what it holds cannot be read, or cannot hold together.

    """
    match question.kind:
        case "boolean" | "choice":
            return _one(question, typed)
        case "multichoice" | "areas":
            return _several(question, typed)
        case "date_or_never":
            return _day(question, typed)
        case _:
            return _written(question, typed)


def _one(question: Question, typed: QueryDict) -> Any:
    chosen = typed.get(question.id)
    if not chosen:
        raise Unanswered
    if question.kind == "boolean":
        return {"true": True, "false": False}.get(chosen, chosen)
    return chosen


def _several(question: Question, typed: QueryDict) -> Any:
    chosen = typed.getlist(question.id)
    if not chosen:
        raise Unanswered
    alone = {NONE, UNKNOWN}.intersection(chosen)
    if alone and len(set(chosen)) > 1:
        raise AnswerError("contradiction", question.id, "these cannot hold together")
    if alone:
        return [] if chosen[0] == NONE else UNKNOWN
    return list(dict.fromkeys(chosen))


def _day(question: Question, typed: QueryDict) -> Any:
    chosen = typed.get(question.id, "")
    written = typed.get(f"{question.id}.written", "").strip()
    if chosen in ("never", UNKNOWN):
        if written:
            raise AnswerError("contradiction", question.id, "these cannot hold together")
        return chosen
    if not written:
        if chosen == DAY:
            raise AnswerError("missing_field", question.id, "the day is missing")
        raise Unanswered
    return written


def _written(question: Question, typed: QueryDict) -> Any:
    written = typed.get(f"{question.id}.written", "").strip()
    if typed.get(f"{question.id}.unknown"):
        if written:
            raise AnswerError("contradiction", question.id, "these cannot hold together")
        return UNKNOWN
    if not written:
        raise Unanswered
    if question.kind == "text":
        return written
    try:
        return float(written.replace(",", "."))
    except ValueError:
        raise AnswerError("wrong_type", question.id, "must be a number") from None


def in_plain_words(question: Question, error: AnswerError) -> str:
    """Give what is wrong with an answer, for whoever typed it."""
    match error.klass:
        case "future_date":
            return "This day is still to come. Please give a day up to today."
        case "impossible_date":
            return "Please give the whole date: day, month and year, not before the day of birth."
        case "missing_field":
            return "Please give the day, or choose another answer."
        case "contradiction":
            return "Two of these answers cannot both hold. Please keep one."
        case "out_of_range":
            return f"Please give a number between {question.least:g} and {question.greatest:g} {question.unit}."
        case "wrong_type" | "not_finite" if question.kind == "number":
            return "Please give a number, for example 6.5."
        case _:
            return "Please choose one of the answers offered."
