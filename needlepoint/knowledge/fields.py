"""Takes typed values out of a TOML table, and refuses by file and field whatever does not fit."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime
from typing import Any


class Unfit(Exception):
    """A file of the knowledge room says something that it may not say."""

    def __init__(self, file: str, field: str, message: str) -> None:
        super().__init__(f"{file}: {field}: {message}")
        self.file = file
        self.field = field
        self.message = message


class Fields:
    """The keys of one TOML table, each taken at most once; what is left over is refused by `done`."""

    def __init__(self, file: str, table: Mapping[str, Any], path: str = "") -> None:
        self.file = file
        self.path = path
        self._table = table
        self._left = set(table)

    def at(self, key: str) -> str:
        """Give the path of a key, as an error names it."""
        return f"{self.path}.{key}" if self.path else key

    def unfit(self, key: str, message: str) -> Unfit:
        """Give the refusal of a key."""
        return Unfit(self.file, self.at(key), message)

    def has(self, key: str) -> bool:
        """Say whether the key is there and not yet taken."""
        return key in self._left

    def left(self) -> frozenset[str]:
        """Give the keys not yet taken."""
        return frozenset(self._left)

    def done(self) -> None:
        """Refuse keys that nobody took."""
        for key in sorted(self._left):
            raise self.unfit(key, "unknown key")

    def raw(self, key: str) -> Any:
        """Take a value of any type; it must be there."""
        if key not in self._table:
            raise self.unfit(key, "is absent")
        self._left.discard(key)
        return self._table[key]

    def text(self, key: str) -> str:
        """Take a text that says something."""
        value = self.raw(key)
        if not isinstance(value, str) or not value.strip():
            raise self.unfit(key, "must be a text that is not empty")
        return " ".join(value.split())

    def text_or_none(self, key: str) -> str | None:
        """Take a text, or None when the key is absent."""
        return self.text(key) if key in self._table else None

    def one_of(self, key: str, allowed: Collection[str], what: str) -> str:
        """Take a text out of a closed set."""
        value = self.text(key)
        if value not in allowed:
            raise self.unfit(key, f"unknown {what} {value}")
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        """Take a truth value."""
        value = self.raw(key) if key in self._table else default
        if not isinstance(value, bool):
            raise self.unfit(key, "must be true or false")
        return value

    def number(self, key: str) -> float:
        """Take a number."""
        value = self.raw(key)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.unfit(key, "must be a number")
        return float(value)

    def number_or_none(self, key: str) -> float | None:
        """Take a number, or None when the key is absent."""
        return self.number(key) if key in self._table else None

    def whole(self, key: str) -> int:
        """Take a whole number, zero or more."""
        value = self.raw(key)
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise self.unfit(key, "must be a whole number, zero or more")
        return value

    def whole_or_none(self, key: str) -> int | None:
        """Take a whole number, or None when the key is absent."""
        return self.whole(key) if key in self._table else None

    def pair_or_none(self, key: str) -> tuple[float, float] | None:
        """Take two numbers in rising order, or None when the key is absent."""
        if key not in self._table:
            return None
        value = self.raw(key)
        if not isinstance(value, list) or len(value) != 2 or not all(_is_number(item) for item in value):
            raise self.unfit(key, "must be two numbers")
        if value[0] > value[1]:
            raise self.unfit(key, "must rise")
        return float(value[0]), float(value[1])

    def day(self, key: str) -> date:
        """Take a calendar day."""
        value = self.raw(key)
        if not isinstance(value, date) or isinstance(value, datetime):
            raise self.unfit(key, "must be a date without a time")
        return value

    def day_or_none(self, key: str) -> date | None:
        """Take a calendar day, or None when the key is absent."""
        return self.day(key) if key in self._table else None

    def words(self, key: str, *, least: int = 0) -> tuple[str, ...]:
        """Take a list of texts, each once; an absent key is an empty list."""
        value = self.raw(key) if key in self._table else []
        if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
            raise self.unfit(key, "must be a list of texts")
        if len(value) < least:
            raise self.unfit(key, "must not be empty")
        if len(set(value)) != len(value):
            raise self.unfit(key, "names something twice")
        return tuple(value)

    def known_words(self, key: str, allowed: Collection[str], what: str, *, least: int = 0) -> tuple[str, ...]:
        """Take a list of texts out of a closed set."""
        words = self.words(key, least=least)
        for word in words:
            if word not in allowed:
                raise self.unfit(key, f"unknown {what} {word}")
        return words

    def table(self, key: str) -> Fields:
        """Take a table."""
        value = self.raw(key)
        if not isinstance(value, dict):
            raise self.unfit(key, "must be a table")
        return Fields(self.file, value, self.at(key))

    def tables(self, key: str, *, least: int = 0) -> Iterator[Fields]:
        """Take a list of tables; an absent key is an empty list."""
        value = self.raw(key) if key in self._table else []
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self.unfit(key, "must be a list of tables")
        if len(value) < least:
            raise self.unfit(key, "must not be empty")
        return iter([Fields(self.file, item, f"{self.at(key)}[{n}]") for n, item in enumerate(value)])


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
