"""Triage: which signs after a session call for whom and how soon, what is usual, and when is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from needlepoint.core.outcomes.triage import Flag, Sign, Unread, Urgency, Worsening
from needlepoint.knowledge.cards import Card
from needlepoint.knowledge.fields import Fields
from needlepoint.knowledge.shelf import Shelf

ABOUT: Final = ("signs", "worsening", "unread", "expected", "schedule")
_URGENCIES: Final = frozenset(urgency.value for urgency in Urgency if urgency is not Urgency.NONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """What is usual on some days after a session, in the patient's words."""

    first_day: int
    last_day: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What skin usually does day by day."""

    usual: tuple[Usual, ...]

    def on(self, day: int) -> str | None:
        """Give what is usual on that day after the session, if the card knows."""
        return next((row.text for row in self.usual if row.first_day <= day <= row.last_day), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """On which days after a session a self-check is asked for, and from which day silence is followed up."""

    days: tuple[int, ...]
    silent_from_day: int


def read_triage(fields: Fields, card: Card, shelf: Shelf) -> object:
    """Build the payload of a triage card: a Flag, Worsening, Unread, Expected or Schedule."""
    about = fields.one_of("about", ABOUT, "matter")
    if about == "expected":
        return Expected(usual=tuple(_usual(row) for row in fields.tables("usual", least=1)))
    if about == "schedule":
        return _schedule(fields)
    urgency = Urgency(fields.one_of("urgency", _URGENCIES, "urgency"))
    due_hours = fields.number("due_hours")
    if about == "worsening":
        return Worsening(
            card=card.id, title=card.title, urgency=urgency, due_hours=due_hours, tell=card.tell,
            checks=fields.whole("checks"),
        )  # fmt: skip
    if about == "unread":
        return Unread(card=card.id, title=card.title, urgency=urgency, due_hours=due_hours, tell=card.tell)
    return _flag(fields, card, urgency=urgency, due_hours=due_hours)


def _flag(fields: Fields, card: Card, *, urgency: Urgency, due_hours: float) -> Flag:
    first, last = _days(fields)
    signs = tuple(_sign(row, first=first, last=last) for row in fields.tables("sign", least=1))
    known = {sign.id for sign in signs}
    all_of = fields.known_words("all_of", known, "sign")
    any_of = fields.known_words("any_of", known, "sign")
    if not all_of and not any_of:
        any_of = tuple(sign.id for sign in signs)
    for sign in known - set(all_of) - set(any_of):
        raise fields.unfit("sign", f"{sign} raises nothing")
    if not any(not case.given.get("signs") for case in card.cases):
        raise fields.unfit("case", "has no case for silence: given = { signs = [] }")
    return Flag(
        card=card.id, title=card.title, urgency=urgency, due_hours=due_hours, tell=card.tell, signs=signs,
        all_of=frozenset(all_of), any_of=frozenset(any_of),
    )  # fmt: skip


def _days(fields: Fields) -> tuple[int, int]:
    first, last = fields.whole("from_day"), fields.whole("to_day")
    if last < first:
        raise fields.unfit("to_day", "lies before from_day")
    return first, last


def _sign(row: Fields, *, first: int, last: int) -> Sign:
    own_first, own_last = row.whole_or_none("from_day"), row.whole_or_none("to_day")
    sign = Sign(
        id=row.text("id"), ask=row.text("ask"),
        first_day=first if own_first is None else own_first,
        last_day=last if own_last is None else own_last,
    )  # fmt: skip
    row.done()
    return sign


def _usual(row: Fields) -> Usual:
    first, last = _days(row)
    usual = Usual(first_day=first, last_day=last, text=row.text("text"))
    row.done()
    return usual


def _schedule(fields: Fields) -> Schedule:
    days = fields.raw("days")
    if not isinstance(days, list) or not days or not all(isinstance(day, int) for day in days):
        raise fields.unfit("days", "must be a list of whole numbers")
    if days != sorted(set(days)) or days[0] < 0:
        raise fields.unfit("days", "must rise from zero or more")
    return Schedule(days=tuple(days), silent_from_day=fields.whole("silent_from_day"))
