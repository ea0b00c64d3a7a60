"""The life of a session's chart: the states it goes through, and the acts that lead from one to the next."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from needlepoint.records.models import CoSignature

if TYPE_CHECKING:
    from needlepoint.records.models import TreatmentSession


class State(StrEnum):
    """What a chart is."""

    OPEN = "open"
    SIGNED = "signed"
    COSIGNED = "co-signed"
    STRUCK = "struck"


class Move(StrEnum):
    """What is done with a chart."""

    CHART = "chart a field, open a cartridge"
    SIGN = "sign"
    AMEND = "amend"
    ADD = "add an addendum"
    COSIGN = "co-sign"
    STRIKE = "strike: wrong patient"


MOVES: Final[dict[State, dict[Move, State]]] = {
    State.OPEN: {Move.CHART: State.OPEN, Move.SIGN: State.SIGNED, Move.STRIKE: State.STRUCK},
    State.SIGNED: {
        Move.AMEND: State.SIGNED,
        Move.ADD: State.SIGNED,
        Move.COSIGN: State.COSIGNED,
        Move.STRIKE: State.STRUCK,
    },
    State.COSIGNED: {Move.AMEND: State.COSIGNED, Move.ADD: State.COSIGNED, Move.STRIKE: State.STRUCK},
    State.STRUCK: {Move.ADD: State.STRUCK},
}


def state_of(session: TreatmentSession) -> State:
    """Give what a chart is; no query while it is open or struck, one when it is signed."""
    if session.struck_at is not None:
        return State.STRUCK
    if session.signed_at is None:
        return State.OPEN
    return State.COSIGNED if CoSignature.objects.filter(session=session).exists() else State.SIGNED


def may(session: TreatmentSession, move: Move) -> bool:
    """Say whether this can be done with a chart as it is."""
    return move in MOVES[state_of(session)]
