"""The vocabulary every room shares: verdicts, answers, areas, the patient."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum, StrEnum
from typing import Final, Literal


class Verdict(StrEnum):
    """What a finding, or a whole screening, says; declared mildest first."""

    CLEAR = "clear"
    CAUTION = "caution"
    AVOID_AREA = "avoid_area"
    ASK = "ask"
    REFER = "refer"
    DEFER = "defer"
    CONTRAINDICATED = "contraindicated"

    @property
    def rank(self) -> int:
        """Give the place in the order of severity, 0 for the mildest."""
        return _RANK[self]


_RANK: Final = {verdict: place for place, verdict in enumerate(Verdict)}


def gravest(verdicts: Iterable[Verdict]) -> Verdict:
    """Give the verdict of highest rank; clear when there is none."""
    return max(verdicts, key=lambda verdict: verdict.rank, default=Verdict.CLEAR)


class Silence(Enum):
    """An answer that is given and says nothing: it takes a question off the list and is never a no."""

    UNKNOWN = "unknown"


UNKNOWN: Final = Silence.UNKNOWN


class Never(Enum):
    """The answer to "when did you last": it has not happened."""

    NEVER = "never"


NEVER: Final = Never.NEVER

AnswerKind = Literal["boolean", "choice", "multichoice", "date_or_never", "number", "areas", "text"]

# boolean -> bool; choice and text -> str; multichoice and areas -> frozenset of ids, groups already
# spread out into their members; date_or_never -> date or NEVER; number -> float; any of them -> UNKNOWN.
Value = bool | str | float | date | frozenset[str] | Never | Silence


class Sex(StrEnum):
    """Sex at birth, as the questions and labels use it."""

    FEMALE = "female"
    MALE = "male"
    INTERSEX = "intersex"
    UNKNOWN = "unknown"


class DeviceKind(StrEnum):
    """The families of needling devices."""

    ROLLER = "roller"
    PEN = "pen"
    STAMP = "stamp"
    RF = "rf"


@dataclass(frozen=True, slots=True)
class Area:
    """A place on the body that can be planned, both sides together where there are two."""

    id: str
    group: str
    sides: int
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """What every rule may look at in a person, besides the answers."""

    birth_date: date
    sex: Sex
    fitzpatrick: int
    weight_kg: float | None = None
    height_cm: float | None = None

    def age_on(self, day: date) -> int:
        """Give completed years on `day`; born on 29 February, the birthday of other years is 1 March."""
        had_birthday = (day.month, day.day) >= (self.birth_date.month, self.birth_date.day)
        return day.year - self.birth_date.year - (not had_birthday)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a statement was read."""

    key: str
    citation: str
    address: str | None


def in_order(ids: Iterable[str], order: Mapping[str, int]) -> tuple[str, ...]:
    """Give the ids, each once, in the order of the vocabulary."""
    return tuple(sorted(set(ids), key=order.__getitem__))
