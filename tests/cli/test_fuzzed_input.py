"""What comes in is answered, or refused in one line that names the field; one, a batch and a population alike."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import polars as pl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from needlepoint.cli.screen_many import RESULT
from tests.cli.running import refused
from tests.core.screening.cases import COMPLETE

ODD: Final[st.SearchStrategy[Any]] = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-3, 9),
        st.sampled_from([10**400, -0.0, 0.5, 1e308, 5.0000001, 2**63, 130, 1e-320]),
        st.sampled_from(["", "never", "unknown", "UK", "DE-", "face", "elsewhere", "true", "2026-02-30", "2026-11-23"]),
        st.sampled_from(["0000-01-01", "9999-12-31", "2026-11-22T00", "Female", "\ud800", "\x00", "a\nb"]),
        st.text(max_size=4),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["a", "x_a", "id", "\n", "on"]), inner, max_size=2)
    ),
    max_leaves=4,
)
SETTINGS: Final = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def paths(value: Any, way: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Give the way to every value of a case."""
    if way:
        yield way
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from paths(inner, (*way, key))


def put(case: dict[str, Any], way: tuple[str | int, ...], value: Any) -> dict[str, Any]:
    """Give the case with something else in one place."""
    changed: Any = json.loads(json.dumps(case))
    holder = changed
    for step in way[:-1]:
        holder = holder[step]
    holder[way[-1]] = value
    return changed  # type: ignore[no-any-return]  # what JSON gives back for an object


def written(way: tuple[str | int, ...]) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in way).lstrip(".")


BASE: Final = COMPLETE | {"answered_on": {"pregnant": "2026-11-22"}, "depth_mm": 0.5}
PLACES: Final = sorted(paths(BASE), key=written)


@given(way=st.sampled_from(PLACES), odd=ODD)
@example(way=("patient", "fitzpatrick"), odd=True)
@SETTINGS
def test_something_odd_anywhere_is_answered_or_named(
    needlepoint: Any, tmp_path: Path, way: tuple[str | int, ...], odd: Any
) -> None:
    case = put(BASE, way, odd)
    text = json.dumps(case)
    single = needlepoint("screen", "-", "--json", stdin=text.encode())
    line = json.loads(needlepoint("screen", "--batch", "-", "--json", stdin=text.encode() + b"\n").out)
    if single.code == 0:
        assert json.loads(single.out) == line
    else:
        field, place = refused(single)[0], written(way)
        assert field == "".join(letter if letter.isprintable() else " " for letter in line["error"]["field"])
        assert field.startswith(place) or place.startswith(field) or line["error"]["class"] == "contradiction"
        assert line["error"]["class"] in CLASSES
    if way != ("id",):  # a population cannot do without
        assert many(needlepoint, tmp_path, text) == (line.get("verdict"), *error(line))


CLASSES: Final = {
    "missing_field", "unknown_field", "wrong_type", "not_finite", "out_of_range", "unknown_id", "unknown_area",
    "unknown_question", "duplicate_item", "empty_list", "bad_code", "impossible_date", "future_date", "contradiction",
}  # fmt: skip


def error(line: dict[str, Any]) -> tuple[str | None, str | None]:
    found = line.get("error", {})
    return found.get("class"), found.get("field")


def many(needlepoint: Any, room: Path, text: str) -> tuple[Any, ...]:
    """Give verdict, class and field of the one row that a population of this case has."""
    (room / "patients.jsonl").write_text(text + "\n", "utf-8")
    told = needlepoint("screen-many", str(room / "patients.jsonl"), "--out", str(room / "result.parquet"))
    assert told.code == 0
    row = pl.read_parquet(room / "result.parquet")
    assert row.schema == RESULT
    return row.select("verdict", "error_class", "error_field").row(0)


@given(data=st.data())
@SETTINGS
def test_text_broken_anywhere_is_answered_or_refused(needlepoint: Any, data: st.DataObject) -> None:
    text = json.dumps(COMPLETE).encode()
    at = data.draw(st.integers(0, len(text) - 1))
    broken = text[:at] + data.draw(st.binary(max_size=3)) + text[at + data.draw(st.integers(0, 3)) :]
    for command in ("screen", "plan"):
        told = needlepoint(command, "-", "--json", stdin=broken)
        assert told.code in (0, 2)
        if told.code == 2:
            refused(told)


@given(way=st.sampled_from(PLACES), odd=ODD)
@SETTINGS
def test_a_plan_answers_or_names_something_odd(needlepoint: Any, way: tuple[str | int, ...], odd: Any) -> None:
    told = needlepoint("plan", "-", "--json", stdin=json.dumps(put(BASE, way, odd)).encode())
    assert told.code in (0, 2)
    if told.code == 2:
        field, _ = refused(told)
        assert field


@pytest.mark.parametrize(
    ("spoil", "field"),
    [
        (lambda text: text.replace('"depth_mm": 0.5', '"depth_mm": 1e999'), "depth_mm"),
        (lambda text: text.replace('"depth_mm": 0.5', '"depth_mm": NaN'), "depth_mm"),
        (lambda text: text.replace('"depth_mm": 0.5', '"depth_mm": -Infinity'), "depth_mm"),
        (lambda text: text.replace('"sex": "female"', '"sex": "female", "sex": "male"'), "patient.sex"),
        (lambda text: text.replace('"frail": false', '"frail": false, "frail": false'), "answers.frail"),
        (lambda text: text + text, "CASE"),
        (lambda text: f"[{text}]", "CASE"),
        (lambda _: "[" * 100_000, "CASE"),
        (lambda text: "\ufeff" + text, "CASE"),
    ],
)
def test_what_json_itself_forbids_is_named(needlepoint: Any, spoil: Callable[[str], str], field: str) -> None:
    told = needlepoint("screen", "-", "--json", stdin=spoil(json.dumps(BASE)).encode())
    assert refused(told)[0] == field
