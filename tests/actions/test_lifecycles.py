"""Lots and consents, tested from their own tables: every act in every state does what the table says, or is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest

from needlepoint.actions import consent, stock
from needlepoint.actions.consent import AGREE, DECLINE, PART_MOVES, TAKE_BACK, NotGiven
from needlepoint.actions.stock import LOT_MOVES
from needlepoint.actions.trade_items import NotReceived
from needlepoint.records.models import ConsentWithdrawal, Course, LotState
from tests import people
from tests.people import NOW


@pytest.mark.django_db
@pytest.mark.parametrize("to", LotState)
@pytest.mark.parametrize("state", LotState)
def test_a_lot_goes_from_state_to_state_as_its_table_says(state: LotState, to: LotState) -> None:
    lot = people.make_lot(state=state)
    if to == state or to in LOT_MOVES[state].values():
        assert stock.set_state(lot, to, reason="letter of the maker", by=people.actor(), at=NOW).state == to
    else:
        with pytest.raises(NotReceived, match="quarantine"):
            stock.set_state(lot, to, reason="letter of the maker", by=people.actor(), at=NOW)
        lot.refresh_from_db()
        assert lot.state == state


def stands(course: Course) -> str:
    return consent.in_force(course).parts[0].state


def in_state(state: str) -> Course:
    course = people.make_course()
    ways = {"not_asked": [], "agreed": [AGREE], "declined": [DECLINE], "withdrawn": [AGREE, TAKE_BACK]}
    for hour, move in enumerate(ways[state]):
        do(move, course, hour)
    assert stands(course) == state
    return course


def do(move: str, course: Course, hour: int) -> object:
    at = NOW - timedelta(days=9) + timedelta(hours=hour)
    if move != TAKE_BACK:
        return people.make_consent(course, at=at, treatment=move == AGREE)
    given = consent.in_force(course).consent
    if given is None:
        raise NotGiven("treatment")
    return consent.withdraw(given, "treatment", by=people.actor(), at=at)


@pytest.mark.django_db
@pytest.mark.parametrize("move", [AGREE, DECLINE, TAKE_BACK])
@pytest.mark.parametrize("state", PART_MOVES)
def test_a_part_of_a_consent_goes_from_state_to_state_as_its_table_says(state: str, move: str) -> None:
    course = in_state(state)
    before = ConsentWithdrawal.objects.count()
    if move in PART_MOVES[state]:
        do(move, course, 12)
    else:
        with pytest.raises(NotGiven):
            do(move, course, 12)
        assert ConsentWithdrawal.objects.count() == before
    assert stands(course) == PART_MOVES[state].get(move, state)
