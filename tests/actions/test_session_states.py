"""The life of a chart, tested from its own table: every act in every state does what the table says, or is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from needlepoint.actions import addenda, charting, cosigning, session, signing, striking
from needlepoint.actions.charting import ChartSigned
from needlepoint.actions.cosigning import NotToCosign
from needlepoint.actions.session_states import MOVES, Move, State, state_of
from needlepoint.actions.signing import NotSigned
from needlepoint.records.models import Role, TreatmentSession
from tests import people
from tests.actions.test_signing import LATER, PASSWORD, charted, sign

AFTER = LATER + timedelta(hours=1)


def cosign(row: TreatmentSession) -> None:
    physician = people.actor(Role.PHYSICIAN)
    cosigning.cosign(row, password=PASSWORD, meaning="agreed", by=physician, at=AFTER)


def strike(row: TreatmentSession) -> None:
    striking.strike(row, to=None, reason="wrong patient", password=PASSWORD, by=people.actor(), at=AFTER)


def amend(row: TreatmentSession) -> None:
    signing.amend(row, "note", "amended", reason="read back", by=people.actor(), at=AFTER)


def chart(row: TreatmentSession) -> None:
    charting.save(row, "note", "charted", key="state", made_at=AFTER, by=people.actor(), at=AFTER)


def add(row: TreatmentSession) -> None:
    addenda.add(row, "added", key="state", by=people.actor(), at=AFTER)


ACTS: dict[Move, Callable[[TreatmentSession], object]] = {
    Move.CHART: chart, Move.SIGN: sign, Move.AMEND: amend, Move.ADD: add, Move.COSIGN: cosign, Move.STRIKE: strike,
}  # fmt: skip
WAYS: dict[State, list[Move]] = {
    State.OPEN: [], State.SIGNED: [Move.SIGN], State.COSIGNED: [Move.SIGN, Move.COSIGN], State.STRUCK: [Move.STRIKE],
}  # fmt: skip


def in_state(state: State) -> TreatmentSession:
    row = charted()
    for move in WAYS[state]:
        ACTS[move](session.find(row.ref))
    found = session.find(row.ref)
    assert state_of(found) == state
    return found


@pytest.mark.django_db
@pytest.mark.parametrize("move", Move)
@pytest.mark.parametrize("state", State)
def test_every_act_in_every_state_does_what_the_table_says(state: State, move: Move) -> None:
    row = in_state(state)
    if move in MOVES[state]:
        ACTS[move](row)
    else:
        with pytest.raises((ChartSigned, NotSigned, NotToCosign)):
            ACTS[move](row)
    assert state_of(session.find(row.ref)) == MOVES[state].get(move, state)


def test_every_state_is_reached_and_a_struck_chart_stays_struck() -> None:
    reached = {State.OPEN} | {to for moves in MOVES.values() for to in moves.values()}
    assert reached == set(State) == set(MOVES)
    assert set(MOVES[State.STRUCK].values()) == {State.STRUCK}
