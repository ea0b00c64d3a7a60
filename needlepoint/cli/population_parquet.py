"""Reads a population out of Parquet, a chunk at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl
import polars.selectors as cs

from needlepoint.cli.coding import ABSENT, BAD, DAYS, NUMBERS, TEXTS, Chunk, Coders, day_codes
from needlepoint.core.screening.population import UNIX_EPOCH, Codes
from needlepoint.knowledge import load
from needlepoint.knowledge.answers import AnswerError

ROWS: Final = 25_000
NEEDED: Final = (
    "id",
    "on",
    "premises",
    "operator",
    "device",
    "indication",
    "areas",
    "patient.birth_date",
    "patient.sex",
    "patient.fitzpatrick",
)
_LEFT_OUT: Final = "x_"

Fits = Callable[[pl.DataType], bool]


def _is_text(kind: pl.DataType) -> bool:
    return kind in (pl.String, pl.Categorical, pl.Enum, pl.Null)


def _is_list(kind: pl.DataType) -> bool:
    return kind == pl.Null or (isinstance(kind, pl.List) and _is_text(kind.inner))  # type: ignore[arg-type]  # the inner type of a column that was read is always an instance


def _is_day(kind: pl.DataType) -> bool:
    return kind == pl.Date or _is_text(kind)


def _is_number(kind: pl.DataType) -> bool:
    return kind.is_numeric() or kind == pl.Null


def _is_whole(kind: pl.DataType) -> bool:
    return kind.is_integer() or kind == pl.Null


def _is_boolean(kind: pl.DataType) -> bool:
    return kind == pl.Boolean or _is_text(kind)


def _is_counted(kind: pl.DataType) -> bool:
    return _is_number(kind) or _is_text(kind)


_OF_KIND: Final[Mapping[str, Fits]] = {
    "boolean": _is_boolean,
    "choice": _is_text,
    "text": _is_text,
    "multichoice": _is_list,
    "areas": _is_list,
    "date_or_never": _is_day,
    "number": _is_counted,
}


def _fits() -> dict[str, Fits]:
    """Give for each column that there may be which types it may have."""
    fits: dict[str, Fits] = {"id": _is_text, "areas": _is_list}
    fits |= dict.fromkeys(TEXTS, _is_text)
    fits |= dict.fromkeys(DAYS, _is_day)
    fits |= dict.fromkeys(NUMBERS, _is_number)
    fits["patient.fitzpatrick"] = _is_whole
    for question in load().questions:
        fits[f"answers.{question.id}"] = _OF_KIND[question.kind]
        fits[f"answered_on.{question.id}"] = _is_day
    return fits


class Table:
    """
    A Parquet file whose columns are those of the contract.

    Raises
    ------
    AnswerError: of class unreadable_file, or bad_column naming the column.
    """

    def __init__(self, file: Path) -> None:
        try:
            schema = pl.read_parquet_schema(file)
            self.rows = int(pl.scan_parquet(file).select(pl.len()).collect().item())
        except (pl.exceptions.PolarsError, OSError) as fault:
            raise AnswerError("unreadable_file", "PATIENTS", "is no Parquet file that can be read") from fault
        self.columns = [name for name in schema if not name.startswith(_LEFT_OUT)]
        self._file = file
        fits = _fits()
        for name in self.columns:
            if name not in fits:
                raise AnswerError("bad_column", name, "is no known column")
            if not fits[name](schema[name]):
                raise AnswerError("bad_column", name, "has a type that this column cannot have")
        for name in NEEDED:
            if name not in schema:
                raise AnswerError("bad_column", name, "is required")

    def chunks(self, *, skip: int = 0, coders: Coders | None = None) -> Iterator[Chunk]:
        """Give the cases chunk by chunk, without the first `skip` chunks."""
        coders = coders or Coders()
        for start in range(skip * ROWS, self.rows, ROWS):
            try:
                frame = pl.scan_parquet(self._file).select(self.columns).slice(start, ROWS).collect()
            except (pl.exceptions.PolarsError, OSError) as fault:
                raise AnswerError("unreadable_file", "PATIENTS", "is damaged") from fault
            yield _chunk(frame, coders)


def _chunk(frame: pl.DataFrame, coders: Coders) -> Chunk:
    frame = frame.with_columns(
        cs.categorical().cast(pl.String), cs.enum().cast(pl.String), cs.decimal().cast(pl.Float64)
    )
    size = len(frame)
    fine = np.ones(size, dtype=bool)
    coded: dict[str, Codes] = {}
    days: dict[str, Codes] = {}
    counted = {path: np.full(size, np.nan) for path in NUMBERS}
    for path in frame.columns:
        column = frame[path]
        if path in NUMBERS:
            number = column.cast(pl.Float64)
            fine &= number.is_null().to_numpy() | number.is_finite().fill_null(value=True).to_numpy()
            counted[path] = number.fill_null(np.nan).to_numpy()
        elif path != "id" and (path in _KEPT or column.null_count() < size):
            (days if _is_about_a_day(path) else coded)[path] = _codes(path, column, coders)
    coded.setdefault("anaesthetic", np.full(size, ABSENT, dtype=np.int32))
    ids = frame["id"].cast(pl.String).to_list()
    return Chunk(
        fine=fine,
        ids=ids,
        coded=coded,
        days=days,
        numbers=counted,
        row=partial(_row, frame),
        coders=coders,
    )


_KEPT: Final = frozenset((*TEXTS, *DAYS, "areas"))


def _kind(path: str) -> str:
    room, _, id_ = path.partition(".")
    return load().question[id_].kind if room == "answers" else ""


def _is_about_a_day(path: str) -> bool:
    return path in DAYS or path.startswith("answered_on.") or _kind(path) == "date_or_never"


def _codes(path: str, column: pl.Series, coders: Coders) -> Codes:
    if column.dtype == pl.Date:
        return _day_codes(column)
    if _is_about_a_day(path):
        return _each(column, coders.code_days)
    kind = _kind(path)
    return _each(column, lambda values: coders.code(path, [as_json(kind, value) for value in values]))


def _each(column: pl.Series, code: Callable[[list[Any]], Codes]) -> Codes:
    """Code each distinct value once."""
    if isinstance(column.dtype, pl.List):
        return _each_list(column.cast(pl.List(pl.String)), code)
    distinct = column.unique(maintain_order=True)
    if len(distinct) * 2 > len(column):
        return code(column.to_list())
    codes = pl.Series(code(distinct.to_list()), dtype=pl.Int32)
    return column.replace_strict(distinct, codes, return_dtype=pl.Int32).to_numpy()


def _each_list(column: pl.Series, code: Callable[[list[Any]], Codes]) -> Codes:
    """Code each distinct list once; two lists look alike here only if both hold what no id holds."""
    keys = column.list.len().cast(pl.String) + "|" + column.list.join("\x1f", ignore_nulls=False)
    first = pl.DataFrame({"key": keys}).with_row_index().drop_nulls().unique("key", keep="first", maintain_order=True)
    codes = pl.Series(code(column.gather(first["index"]).to_list()), dtype=pl.Int32)
    numbered = keys.replace_strict(first["key"], codes, default=ABSENT, return_dtype=pl.Int32)
    return numbered.set(keys.is_null() & column.is_not_null(), BAD).to_numpy()


def _day_codes(column: pl.Series) -> Codes:
    numbered = column.to_physical().cast(pl.Int64) + UNIX_EPOCH
    inside = numbered.is_between(1, date.max.toordinal()).fill_null(value=False).to_numpy()
    outside = np.where(column.is_null().to_numpy(), ABSENT, BAD)
    return np.where(inside, day_codes(numbered.fill_null(0).clip(0, date.max.toordinal()).to_list()), outside).astype(
        np.int32
    )


def _row(frame: pl.DataFrame, place: int) -> dict[str, Any]:
    """Give one row as the case that JSON would hold."""
    case: dict[str, Any] = {"patient": {}, "answers": {}}
    for path in frame.columns:
        value = _day(frame[path], place) if frame[path].dtype == pl.Date else frame[path][place]
        if value is None:
            continue
        if isinstance(value, pl.Series):
            value = value.to_list()
        room, _, key = path.rpartition(".")
        (case.setdefault(room, {}) if room else case)[key] = as_json(_kind(path), value)
    return case


def _day(column: pl.Series, place: int) -> str | None:
    days = column.to_physical()[place]
    if days is None:
        return None
    ordinal = days + UNIX_EPOCH
    return date.fromordinal(ordinal).isoformat() if 1 <= ordinal <= date.max.toordinal() else "outside the calendar"


def as_json(kind: str, value: Any) -> Any:
    """Give a cell as JSON writes it: what a column of text or lists cannot say otherwise is said in words."""
    match kind, value:
        case "boolean", "true":
            return True
        case "boolean", "false":
            return False
        case (("multichoice" | "areas"), ["unknown"]):
            return "unknown"
        case "number", str() if value != "unknown":
            return _as_number(value)
        case _:
            return value


def _as_number(text: str) -> Any:
    try:
        return float(text) if text == text.strip() and "_" not in text else text
    except ValueError:
        return text
