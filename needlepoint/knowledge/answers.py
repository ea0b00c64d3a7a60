"""
Checks one answer as it comes from outside, and all of them against each other.

The command line and the questionnaire share this: both raise and show the same classes and sentences.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from needlepoint.core.questions import Question, is_present, matches
from needlepoint.core.terms import NEVER, UNKNOWN, Patient, Value
from needlepoint.knowledge.loader import load
from needlepoint.knowledge.questions import Clause, Contradiction
from needlepoint.knowledge.vocabulary import ELSEWHERE

_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class AnswerError(ValueError):
    """A value that may not be given here: its class, the path of the field, one plain sentence."""

    def __init__(self, klass: str, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.klass = klass
        self.field = field
        self.message = message


def check_answer(question: Question, raw: object, *, on: date, birth_date: date) -> Value:
    """
    Give the answer as the rules read it.

    Raises
    ------
    AnswerError: the value is not one the question allows; the classes are those of the vocabulary.
    """
    path = f"answers.{question.id}"
    if raw == "unknown":
        return UNKNOWN
    if question.kind in ("choice", "multichoice"):
        return _chosen(question, raw, path)
    match question.kind:
        case "boolean":
            return _boolean(raw, path)
        case "areas":
            return _areas(raw, path)
        case "date_or_never":
            return _dated(raw, path, on=on, birth_date=birth_date)
        case "number":
            return _number(question, raw, path)
        case _:
            return check_text(raw, path)


def check_text(raw: object, path: str) -> str:
    """Give a text."""
    if not isinstance(raw, str):
        raise AnswerError("wrong_type", path, f"must be a text, not {type_of(raw)}")
    return raw


def check_day(raw: object, path: str) -> date:
    """Give a calendar day out of its text."""
    text = check_text(raw, path)
    if _DAY.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise AnswerError("impossible_date", path, f"{text} is no calendar day") from None
    raise AnswerError("impossible_date", path, "must be a day written YYYY-MM-DD")


def check_number(raw: object, path: str) -> float:
    """Give a finite number."""
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise AnswerError("wrong_type", path, f"must be a number, not {type_of(raw)}")
    try:
        number = float(raw)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise AnswerError("not_finite", path, "must be a finite number")
    return number


def type_of(raw: object) -> str:
    """Give the type of a JSON value in plain words."""
    names: Mapping[type, str] = {
        bool: "true or false",
        str: "text",
        int: "a number",
        float: "a number",
        list: "a list",
        dict: "an object",
    }
    return names.get(type(raw), "null")


def _boolean(raw: object, path: str) -> bool:
    if not isinstance(raw, bool):
        raise AnswerError("wrong_type", path, f"must be true, false or unknown, not {type_of(raw)}")
    return raw


def _chosen(question: Question, raw: object, path: str) -> Value:
    choices = {choice.id for choice in question.choices}
    if question.kind == "multichoice":
        ids = check_ids(raw, path, choices.__contains__, klass="unknown_id", what="choice of this question")
        return frozenset(ids)
    id_ = check_text(raw, path)
    if id_ not in choices:
        raise AnswerError("unknown_id", path, "is none of the choices of this question")
    return id_


def check_ids(raw: object, path: str, allowed: Callable[[str], bool], *, klass: str, what: str) -> tuple[str, ...]:
    """Give a list of known ids, each once."""
    if not isinstance(raw, list):
        raise AnswerError("wrong_type", path, f"must be a list, not {type_of(raw)}")
    seen: dict[str, None] = {}
    for place, item in enumerate(raw):
        here = f"{path}[{place}]"
        id_ = check_text(item, here)
        if not allowed(id_):
            raise AnswerError(klass, here, f"is no known {what}")
        if id_ in seen:
            raise AnswerError("duplicate_item", here, "stands twice in the list")
        seen[id_] = None
    return tuple(seen)


def _areas(raw: object, path: str) -> frozenset[str]:
    members = load().vocabulary.members
    ids = check_ids(raw, path, lambda id_: id_ in members or id_ == ELSEWHERE, klass="unknown_area", what="area")
    return frozenset(area for id_ in ids for area in members.get(id_, {id_}))


def _dated(raw: object, path: str, *, on: date, birth_date: date) -> Value:
    if raw == "never":
        return NEVER
    day = check_day(raw, path)
    if day > on:
        raise AnswerError("future_date", path, f"{day} is after {on}")
    if day < birth_date:
        raise AnswerError("impossible_date", path, f"{day} is before the day of birth")
    return day


def _number(question: Question, raw: object, path: str) -> float:
    number = check_number(raw, path)
    least, greatest = question.least, question.greatest
    if (least is not None and number < least) or (greatest is not None and number > greatest):
        raise AnswerError("out_of_range", path, f"must lie between {least:g} and {greatest:g}")
    return number


def find_contradiction(
    answers: Mapping[str, Value], *, patient: Patient, indication: str, indication_group: str
) -> Contradiction | None:
    """Give the first contradiction among the answers and the case, if there is one."""
    fields = {"patient.sex": patient.sex.value, "indication": indication, "indication_group": indication_group}
    for contradiction in load().contradictions:
        if all(fulfilled(clause, answers, fields) for clause in contradiction.clauses):
            return contradiction
    return None


def fulfilled(clause: Clause, answers: Mapping[str, Value], fields: Mapping[str, str]) -> bool:
    """Say whether one clause of a contradiction holds; an answer that is absent or unknown contradicts nothing."""
    if clause.field is not None:
        return clause.among is not None and fields[clause.field] in clause.among
    answer = answers.get(clause.question or "", UNKNOWN)
    if answer is UNKNOWN:
        return False
    if clause.among is not None:
        return matches(answer, clause.among)
    if clause.present:
        return is_present(answer)
    held = answer if isinstance(answer, frozenset) else frozenset()
    if clause.empty:
        return held == frozenset()
    if clause.lacks is not None:
        return held.isdisjoint(clause.lacks)
    return clause.all_of is not None and clause.all_of <= held
