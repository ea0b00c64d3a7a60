"""Holds the audit trail against itself: names every event that was altered, removed, moved or slipped in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.db.models import Q

from needlepoint.actions.audit import FIRST_SEAL, seal_of
from needlepoint.records.models import AuditEvent, AuditHead

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_PAGE: Final = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """One place where the chain does not hold; `last` is another number when it is a run of events."""

    first: int
    last: int
    what: str

    @property
    def where(self) -> str:
        """Name the event or the run of events."""
        return f"event {self.first}" if self.first == self.last else f"events {self.first} to {self.last}"

    def __str__(self) -> str:
        """Give it as a sentence."""
        return f"{self.where} {self.what}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """An event and its seal as somebody noted them down outside the database."""

    number: int
    seal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a walk over the whole chain found; `number` and `seal` are where it ends."""

    count: int
    number: int
    seal: str
    breaks: tuple[Break, ...]

    @property
    def intact(self) -> bool:
        """Say whether every event is where and as it was written."""
        return not self.breaks


def length() -> int:
    """Give the number of the last event."""
    return AuditHead.objects.filter(id=1).values_list("number", flat=True).first() or 0


def verify(*, anchor: Anchor | None = None, progress: Callable[[int], None] = lambda done: None) -> Report:
    """Walk the whole chain and name every place where it does not hold.

    It takes no lock: events may be added meanwhile and are walked too. An anchor that somebody kept elsewhere shows
    also what the database alone cannot: that the end was cut off and the mark of the end with it.
    """
    walk = _Walk(anchor=anchor)
    end = _end()
    while walk.number < end.number:
        for number, row in _rows(walk.number, end.number):
            walk.step(number, row)
            progress(walk.count)
        walk.missing_until(end.number)
        end = _end()
    walk.close(end, beyond=_beyond(end))
    return Report(count=walk.count, number=end.number, seal=end.seal, breaks=tuple(walk.breaks))


def _end() -> Anchor:
    """Give where the chain ends; where the mark of the end is gone, the last event there is, and no seal."""
    head = AuditHead.objects.filter(id=1).first()
    if head is not None:
        return Anchor(number=head.number, seal=head.seal)
    last = AuditEvent.objects.order_by("-number").values_list("number", flat=True).first()
    return Anchor(number=0, seal=FIRST_SEAL) if last is None else Anchor(number=last, seal="")


def _beyond(end: Anchor) -> list[int]:
    """Give the numbers past the end; those that were added rightly while we looked are not past it any more."""
    outside = AuditEvent.objects.filter(Q(number__lt=1) | Q(number__gt=end.number)).order_by("number")
    numbers = list(outside.values_list("number", flat=True))
    now = _end().number if numbers else 0
    return [number for number in numbers if not 1 <= number <= now]


def _rows(after: int, until: int) -> Iterator[tuple[int, AuditEvent | None]]:
    """Give the events by number, page by page; None where what is stored cannot even be read."""
    while after < until:
        page = AuditEvent.objects.filter(number__gt=after, number__lte=until).order_by("number", "id")
        numbers = list(page.values_list("number", "id")[:_PAGE])
        if not numbers:
            return
        yield from _readable(numbers)
        after = numbers[-1][0]


def _readable(numbers: list[tuple[int, int]]) -> Iterator[tuple[int, AuditEvent | None]]:
    ids = [id_ for _, id_ in numbers]
    try:
        rows = {row.pk: row for row in AuditEvent.objects.filter(id__in=ids)}
    except (ValueError, TypeError):
        rows = {id_: row for id_ in ids if (row := _single(id_)) is not None}
    for number, id_ in numbers:
        row = rows.get(id_)
        yield number, row if row is not None and isinstance(row.at, datetime) else None


def _single(id_: int) -> AuditEvent | None:
    """Give an event, or nothing when what stands in the database is no event any more (a date that is none)."""
    try:
        return AuditEvent.objects.get(id=id_)
    except (ValueError, TypeError):
        return None


@dataclass(slots=True, kw_only=True)
class _Walk:
    """Where a walk stands, and what it has found so far."""

    anchor: Anchor | None
    count: int = 0
    number: int = 0
    seal: str = FIRST_SEAL  # empty after a gap or an altered event: nothing can be said of what went before
    breaks: list[Break] = field(default_factory=list)

    def step(self, number: int, row: AuditEvent | None) -> None:
        """Hold one event against itself and against the one before."""
        self.count += 1
        if number == self.number:
            self._found(number, number, "stands twice")
            return
        self.missing_until(number - 1)
        self.number = number
        if row is None or row.seal != seal_of(row):
            self._found(number, number, "was altered")
            self.seal = ""
            return
        if self.seal and row.previous != self.seal:
            self._found(number - 1, number, "do not fit together: one of them was rewritten or put elsewhere")
        self.seal = row.seal
        if self.anchor and self.anchor.number == number and self.anchor.seal != row.seal:
            self._found(number, number, "is not the one whose seal was noted down")

    def missing_until(self, last: int) -> None:
        """Note that nothing stands between here and a number."""
        if last > self.number:
            self._found(self.number + 1, last, "is missing" if last == self.number + 1 else "are missing")
            self.number, self.seal = last, ""

    def close(self, end: Anchor, *, beyond: list[int]) -> None:
        """Hold the end of the chain against its mark."""
        if not end.seal:
            self._found(end.number, end.number, "is the last there is; the mark of the chain's end is missing")
        elif self.seal and self.seal != end.seal:
            self._found(end.number, end.number, "is not the one the chain ended with")
        for number in beyond:
            self._found(number, number, "was slipped in outside the chain")
        if self.anchor and self.anchor.number > end.number:
            self._found(end.number + 1, self.anchor.number, "stood here when the seal was noted down, and no more")

    def _found(self, first: int, last: int, what: str) -> None:
        self.breaks.append(Break(first=first, last=last, what=what))
