"""Graded scales: a change between two grades, set against what raters cannot tell apart."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Direction(StrEnum):
    """Which way a scale runs; two published scales may run opposite ways under one name."""

    WORSE = "worse"
    BETTER = "better"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """One step of a scale: its number, its name, and how to recognise it."""

    value: float
    name: str
    wording: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """A graded scale. `higher` says what a larger number means; `band` is the smallest detectable change."""

    id: str
    title: str
    indications: tuple[str, ...]
    higher: Direction
    grades: tuple[Grade, ...]
    band: float
    band_because: str

    def grade(self, value: float) -> Grade | None:
        """Give the step of this number, if the scale has it."""
        return next((grade for grade in self.grades if grade.value == value), None)


class Finding(StrEnum):
    """What a change amounts to."""

    BETTER = "better"
    WORSE = "worse"
    WITHIN_ERROR = "within_error"


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeChange:
    """Two grades of one scale, set against its band."""

    before: float
    after: float
    band: float
    finding: Finding

    @property
    def change(self) -> float:
        """Give after minus before, in grades."""
        return self.after - self.before


def grade_change(scale: Scale, *, before: float, after: float) -> GradeChange:
    """Set one grade against an earlier one.

    Parameters
    ----------
    scale
        The scale, with its band in grades.
    before, after
        Grades of that scale.

    Returns
    -------
    GradeChange
        Better or worse only when the difference is larger than the band.

    References
    ----------
    Smallest detectable change: Weir J.P., J Strength Cond Res 2005;19:231. Scale: card `goodman_baron_qualitative`.

    """
    change = after - before
    if abs(change) <= scale.band:
        finding = Finding.WITHIN_ERROR
    else:
        worse = (change > 0) == (scale.higher is Direction.WORSE)
        finding = Finding.WORSE if worse else Finding.BETTER
    return GradeChange(before=before, after=after, band=scale.band, finding=finding)
