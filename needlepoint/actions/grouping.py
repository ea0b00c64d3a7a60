"""Several questions answered with one tap: "none of these", or "all as last time"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from django.db import transaction

from needlepoint import knowledge
from needlepoint.actions import answers
from needlepoint.actions.questionnaire import questionnaire
from needlepoint.knowledge.statements import none_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from needlepoint.actions.actor import Actor
    from needlepoint.actions.questionnaire import Asked, Subject
    from needlepoint.knowledge.statements import Group
    from needlepoint.records.models import Course

Way = Literal["none", "same", "each"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A question of a block, with the statement by which somebody finds it; empty where it is asked by itself."""

    asked: Asked
    statement: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Questions that stand together.

    way: `none` they can be answered with none of these, `same` with all as last time, `each` only one by one.
    """

    id: str
    way: Way
    lead: str
    items: tuple[Item, ...]

    @property
    def tappable(self) -> tuple[Asked, ...]:
        """Give the questions that the one tap would answer."""
        if self.way == "each":
            return ()
        stated = tuple(item.asked for item in self.items if item.statement)
        return stated if self.way == "same" else tuple(one for one in stated if not one.settled)

    @property
    def begun(self) -> bool:
        """Say whether some of its questions are settled already."""
        return any(item.asked.settled for item in self.items)

    @property
    def open(self) -> bool:
        """Say whether something is left to answer here."""
        return any(not item.asked.settled for item in self.items)


def blocks(subject: Subject) -> tuple[Block, ...]:
    """Give the questions of a subject by group; what was answered on an earlier day stands apart, to be confirmed."""
    return tuple(_blocks(subject))


def _blocks(subject: Subject) -> Iterator[Block]:
    gathered: dict[tuple[str, Way], list[Item]] = {}
    places: dict[str, tuple[str, Way]] = {}
    groups = {id_: group for group in knowledge.load().groups for id_ in group.statements}
    for asked in subject.asked:
        place = _place(asked, groups.get(asked.question.id), places)
        places[asked.question.id] = place
        group = groups.get(asked.question.id)
        statement = group.statements[asked.question.id] if group else ""
        gathered.setdefault(place, []).append(Item(asked=asked, statement=statement))
    leads = {group.id: group.lead for group in knowledge.load().groups}
    for (id_, way), items in gathered.items():
        yield Block(id=f"{id_}-{way}", way=way, lead=leads.get(id_, ""), items=tuple(items))


def _place(asked: Asked, group: Group | None, places: dict[str, tuple[str, Way]]) -> tuple[str, Way]:
    """Give group and way of a question; one that another calls for stands beside that one."""
    if group is None:
        caller = asked.question.only_if.question if asked.question.only_if else ""
        return places.get(caller, (asked.question.id, "each"))
    kept = asked.earlier and asked.question.again != "every_visit"
    return group.id, "same" if kept else "none"


def tap(course: Course, block: str, *, by: Actor, at: datetime, on: date) -> int:
    """Answer a block with its one tap; give how many answers that were, none where there is nothing to tap."""
    if block.endswith("-same"):
        return _say_same(course, block, by=by, at=at, on=on)
    return _say_none(course, block, by=by, at=at, on=on)


@transaction.atomic
def _say_none(course: Course, block: str, *, by: Actor, at: datetime, on: date) -> int:
    """Answer every open statement of a block with no, and those that a no calls for; give how many that were."""
    count = 0
    while open_ := _tappable(course, block, on=on):
        for asked in open_:
            value = none_of(asked.question)
            answers.save_answer(course.patient, asked.question.id, value, by=by, at=at, on=on)
        count += len(open_)
    return count


@transaction.atomic
def _say_same(course: Course, block: str, *, by: Actor, at: datetime, on: date) -> int:
    """Give every answer of a block again as it was, dated today; give how many that were."""
    kept = _tappable(course, block, on=on)
    for asked in kept:
        if asked.answer is not None:
            answers.save_answer(course.patient, asked.question.id, asked.answer.value, by=by, at=at, on=on)
    return len(kept)


def _tappable(course: Course, block: str, *, on: date) -> tuple[Asked, ...]:
    now = questionnaire(course, on=on, asked_of="patient")
    everywhere = (one for subject in now.subjects for one in blocks(subject))
    return next((one.tappable for one in everywhere if one.id == block), ())
