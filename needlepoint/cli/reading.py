"""
Reads JSON as the contract wants it, and takes typed values out of it.

For `needlepoint plan` as for `needlepoint screen`: `read_bytes` and `decode` for the file, `parse_object` for strict
JSON (no key twice, no NaN, no number too large), `Given` for taking fields with their paths. Whatever is wrong is
raised as `AnswerError(klass, field, message)`, which `cli.main.run` turns into the line on standard error and
`batch.answers` into the line of a batch.
"""

from __future__ import annotations

import errno
import json
import math
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from needlepoint.knowledge.answers import AnswerError, check_number, check_text, type_of

STDIN: Final = "-"
_MOST_DIGITS: Final = 400  # more digits than the largest double has


class _Doubled(dict[str, Any]):
    """An object in which a key stands twice."""

    def __init__(self, pairs: list[tuple[str, Any]], key: str) -> None:
        super().__init__(pairs)
        self.key = key


def read_bytes(argument: str, name: str) -> bytes:
    """
    Give what a file argument holds; `-` is standard input.

    Raises
    ------
    AnswerError: of class unreadable_file, naming the argument.
    """
    try:
        content = _standard_input() if argument == STDIN else Path(argument).read_bytes()
    except (OSError, ValueError) as fault:
        reason = fault.strerror if isinstance(fault, OSError) and fault.strerror else "cannot be read"
        raise AnswerError("unreadable_file", name, reason) from fault
    if not content:
        raise AnswerError("unreadable_file", name, "is empty")
    return content


def _standard_input() -> bytes:
    if sys.stdin is None:  # so it is where the program was started without one
        raise OSError(errno.EBADF, "there is no standard input")
    return sys.stdin.buffer.read()


def decode(content: bytes, name: str) -> str:
    """Give the text of a file, which must be UTF-8."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as fault:
        raise AnswerError("unreadable_file", name, "is not UTF-8") from fault


def parse_object(text: str, whole: str) -> dict[str, Any]:
    """
    Give the one JSON object of a text.

    Raises
    ------
    AnswerError: of class not_json naming `whole`, duplicate_key or not_finite naming the path.
    """
    value = parse_loosely(text, whole)
    check_strictly(value)
    return value


def parse_loosely(text: str, whole: str) -> dict[str, Any]:
    """
    Give the one JSON object of a text, before `check_strictly` has looked for keys twice and endless numbers.

    Raises
    ------
    AnswerError: of class not_json naming `whole`.
    """
    try:
        value = json.loads(text, object_pairs_hook=_object, parse_constant=_constant, parse_int=_integer, strict=True)
    except (ValueError, RecursionError) as fault:
        raise AnswerError("not_json", whole, "is not well-formed JSON") from fault
    if not isinstance(value, dict):
        raise AnswerError("not_json", whole, f"must be a JSON object, not {type_of(value)}")
    return value


def check_strictly(value: dict[str, Any]) -> None:
    """
    Refuse a key that stands twice and a number that is not finite, at any depth.

    Raises
    ------
    AnswerError: of class duplicate_key or not_finite, naming the path.
    """
    for fault in _faults(value, ""):
        raise fault


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    built = dict(pairs)
    if len(built) == len(pairs):
        return built
    seen: set[str] = set()
    return _Doubled(pairs, next(key for key, _ in pairs if key in seen or seen.add(key)))  # type: ignore[func-returns-value]  # add gives None, which is what makes the search go on


def _constant(word: str) -> float:
    return math.nan


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= _MOST_DIGITS else math.inf


def _faults(value: object, path: str) -> Iterator[AnswerError]:
    match value:
        case dict():
            if isinstance(value, _Doubled):
                yield AnswerError("duplicate_key", join(path, value.key), "stands twice in one object")
            for key, item in value.items():
                yield from _faults(item, join(path, key))
        case list():
            for place, item in enumerate(value):
                yield from _faults(item, f"{path}[{place}]")
        case float() if not math.isfinite(value):
            yield AnswerError("not_finite", path, "must be a finite number")


def join(path: str, key: str) -> str:
    """Give the path of a key inside a path."""
    return f"{path}.{key}" if path else key


class Given:
    """
    The fields of one JSON object.

    Null counts as absent. Keys that begin with `x_` are ignored, others that nobody takes are refused by `done`.
    """

    def __init__(self, values: Mapping[str, Any], path: str = "") -> None:
        self._values = {key: value for key, value in values.items() if not key.startswith("x_")}
        self._left = set(self._values)
        self.path = path

    def at(self, key: str) -> str:
        """Give the path of a field."""
        return join(self.path, key)

    def take(self, key: str) -> Any | None:
        """Give a field as it stands; None when it is absent or null."""
        self._left.discard(key)
        return self._values.get(key)

    def need(self, key: str) -> Any:
        """Give a field that must be there."""
        value = self.take(key)
        if value is None:
            raise AnswerError("missing_field", self.at(key), "is required")
        return value

    def text(self, key: str) -> str:
        """Give a text that must be there."""
        return check_text(self.need(key), self.at(key))

    def text_or_none(self, key: str) -> str | None:
        """Give a text, or None when it is absent."""
        value = self.take(key)
        return None if value is None else check_text(value, self.at(key))

    def object(self, key: str) -> Given:
        """Give an object that must be there."""
        value = self.need(key)
        return Given(as_object(value, self.at(key)), self.at(key))

    def object_or_none(self, key: str) -> Given | None:
        """Give an object, or None when it is absent."""
        value = self.take(key)
        return None if value is None else Given(as_object(value, self.at(key)), self.at(key))

    def number_or_none(
        self, key: str, *, least: float = -math.inf, above: float = -math.inf, greatest: float
    ) -> float | None:
        """Give a number between limits, or None when it is absent."""
        value = self.take(key)
        if value is None:
            return None
        return check_limits(value, self.at(key), least=least, above=above, greatest=greatest)

    def keys(self) -> tuple[str, ...]:
        """Give the keys in the order given, those with null included."""
        return tuple(self._values)

    def done(self) -> None:
        """Refuse keys that nobody took."""
        for key in self._values:
            if key in self._left:
                raise AnswerError("unknown_field", self.at(key), "is no known field")


def as_object(value: object, path: str) -> Mapping[str, Any]:
    """Give a JSON object as it stands."""
    if not isinstance(value, dict):
        raise AnswerError("wrong_type", path, f"must be an object, not {type_of(value)}")
    return value


def check_limits(
    value: object, path: str, *, least: float = -math.inf, above: float = -math.inf, greatest: float
) -> float:
    """Give a number between limits; `least` and `greatest` count as inside, `above` does not."""
    number = check_number(value, path)
    if number < least or number <= above or number > greatest:
        low = f"at least {least:g}" if math.isfinite(least) else f"above {above:g}"
        raise AnswerError("out_of_range", path, f"must be {low} and at most {greatest:g}")
    return number


def check_whole(value: object, path: str, *, least: int, greatest: int) -> int:
    """Give a whole number between limits."""
    number = check_number(value, path)
    if not number.is_integer():
        raise AnswerError("wrong_type", path, "must be a whole number")
    return int(check_limits(number, path, least=least, greatest=greatest))
