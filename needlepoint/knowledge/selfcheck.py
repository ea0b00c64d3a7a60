"""Gives the triage cards as the rules of a self-check: the flags, what is usual, the days."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import TypeVar

from needlepoint.core.outcomes.triage import Flag, TriageRules, Unread, Worsening
from needlepoint.knowledge.fields import Unfit
from needlepoint.knowledge.loader import load
from needlepoint.knowledge.triage import Expected, Schedule

P = TypeVar("P")


def triage_on(day: date) -> TriageRules:
    """Give the flags that hold on a day, out of the program's own knowledge."""
    return _rules(_ids(day))


def expected_on(day: date) -> Expected:
    """Give what is known on a day about how skin usually heals."""
    return _only(_ids(day), Expected)


def schedule_on(day: date) -> Schedule:
    """Give the days of the self-checks as they stand on a day."""
    return _only(_ids(day), Schedule)


def _ids(day: date) -> tuple[str, ...]:
    return tuple(card.id for card in load().of_kind("triage") if card.is_valid_on(day))


@lru_cache(maxsize=64)
def _rules(ids: tuple[str, ...]) -> TriageRules:
    flags = [payload for id_ in ids if isinstance(payload := load().cards[id_].payload, Flag)]
    _check_wording(flags)
    return TriageRules(
        flags=tuple(sorted(flags, key=lambda flag: -flag.urgency.rank)),
        worsening=_only(ids, Worsening),
        unread=_only(ids, Unread),
    )


def _check_wording(flags: list[Flag]) -> None:
    """Refuse one sign asked in two ways: the patient ticks it once for all flags that look at it."""
    asked: dict[str, str] = {}
    for flag in flags:
        for sign in flag.signs:
            if asked.setdefault(sign.id, sign.ask) != sign.ask:
                raise Unfit(f"cards/triage/{flag.card}.toml", "sign", f"{sign.id} is asked otherwise elsewhere")


def _only(ids: tuple[str, ...], shape: type[P]) -> P:
    found = [payload for id_ in ids if isinstance(payload := load().cards[id_].payload, shape)]
    if len(found) != 1:
        raise Unfit("cards/triage", "about", f"needs one {shape.__name__} a day and has {len(found)}")
    return found[0]
