"""Signatures: drawn with a finger or a mouse, or a full name typed; an empty one is not one.

A drawing is kept as path data of straight strokes in a field of 1000 by 400 units: `M10 20 L30 40 L… M…`.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal

FIELD_WIDTH: Final = 1000
FIELD_HEIGHT: Final = 400
_LONGEST_PATH: Final = 60_000  # characters
_LEAST_POINTS: Final = 8
_LEAST_INK: Final = 150.0  # units along the strokes; a slip of the finger leaves less
_LEAST_SPREAD: Final = 60.0  # units from one end to the other
_PATH: Final = re.compile(
    r"M\d{1,4} \d{1,4}(?: L\d{1,4} \d{1,4})*(?: M\d{1,4} \d{1,4}(?: L\d{1,4} \d{1,4})*)*", re.ASCII
)
_LEAST_LETTERS: Final = 2
_LONGEST_NAME: Final = 200

Point = tuple[int, int]


class SignatureMissing(Exception):
    """There is no signature in what was handed over."""

    def __init__(self, field: str, words: str) -> None:
        self.field = field
        super().__init__(words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A signature that is really one: who signed and, when it was drawn, the strokes."""

    kind: Literal["drawn", "typed"]
    name: str
    path: str | None = None

    @property
    def kept(self) -> str:
        """Give what the table keeps: the path data, or the typed name."""
        return self.path if self.path is not None else self.name

    @property
    def strokes(self) -> tuple[tuple[Point, ...], ...]:
        """Give the strokes as points; none when the name was typed."""
        return strokes_of(self.path) if self.path is not None else ()


def drawn(path: str, *, name: str) -> Signature:
    """Give a drawn signature.

    Raises
    ------
    SignatureMissing
        When the drawing has no real strokes, or the name is missing.

    """
    signer = _name(name)
    path = " ".join(path.split())
    if not path:
        raise SignatureMissing("drawing", "Sign in the field, or choose to type your name instead.")
    if len(path) > _LONGEST_PATH or not _PATH.fullmatch(path):
        raise SignatureMissing("drawing", "The drawing could not be read. Clear the field and sign again.")
    strokes = strokes_of(path)
    points = [point for stroke in strokes for point in stroke]
    if any(x > FIELD_WIDTH or y > FIELD_HEIGHT for x, y in points):
        raise SignatureMissing("drawing", "The drawing could not be read. Clear the field and sign again.")
    if len(points) < _LEAST_POINTS or _ink(strokes) < _LEAST_INK or _spread(points) < _LEAST_SPREAD:
        raise SignatureMissing("drawing", "That is too little to be a signature. Sign your name in the field.")
    return Signature(kind="drawn", name=signer, path=path)


def typed(name: str) -> Signature:
    """Give a signature by the full name typed.

    Raises
    ------
    SignatureMissing
        When there is no full name.

    """
    return Signature(kind="typed", name=_name(name))


def strokes_of(path: str) -> tuple[tuple[Point, ...], ...]:
    """Give the strokes of path data as points."""
    strokes: list[list[Point]] = []
    for command, x, y in re.findall(r"([ML])(\d+) (\d+)", path):
        if command == "M":
            strokes.append([])
        strokes[-1].append((int(x), int(y)))
    return tuple(tuple(stroke) for stroke in strokes)


def _name(name: str) -> str:
    clean = " ".join(name.split())
    if sum(letter.isalpha() for letter in clean) < _LEAST_LETTERS:
        raise SignatureMissing("name", "Write your full name.")
    if len(clean) > _LONGEST_NAME or not clean.isprintable():
        raise SignatureMissing("name", f"Write your full name in at most {_LONGEST_NAME} characters.")
    return clean


def _ink(strokes: tuple[tuple[Point, ...], ...]) -> float:
    return sum(math.dist(a, b) for stroke in strokes for a, b in pairwise(stroke))


def _spread(points: list[Point]) -> float:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return math.hypot(max(xs) - min(xs), max(ys) - min(ys))
