"""`needlepoint screen-many` from outside: every row agrees with the single command, in every format."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from needlepoint.cli import main, population_jsonl, population_parquet, screen_many
from needlepoint.cli.unfinished import Unfinished
from needlepoint.knowledge import load
from tests.cli.populations import as_table, singly, some_case, spoilt
from tests.core.screening.cases import COMPLETE

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Give a function that runs the command in this process."""

    def run(*arguments: object) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["needlepoint", "screen-many", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            main.run()
        out, err = capsys.readouterr()
        assert out == ""
        assert isinstance(end.value.code, int)
        return end.value.code, err

    return run


def rows(result: Path) -> list[dict[str, Any]]:
    """Give the rows of a result, dates as text."""
    if result.suffix == ".jsonl":
        return [json.loads(line) for line in result.read_text("utf-8").splitlines()]
    table = pl.read_parquet(result)
    assert table.schema == screen_many.RESULT
    return table.with_columns(pl.col("not_before").dt.to_string()).to_dicts()


def write(cases: list[dict[str, Any]], file: Path) -> None:
    if file.suffix == ".jsonl":
        file.write_text("".join(json.dumps(case) + "\n" for case in cases), "utf-8")
    else:
        as_table(cases).write_parquet(file)


@pytest.fixture(scope="module")
def people() -> list[dict[str, Any]]:
    rng = random.Random(20261122)
    return [some_case(rng, f"p{place}") for place in range(2000)]


@pytest.fixture(scope="module")
def expected(people: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return singly([json.dumps(case) for case in people])


@pytest.mark.parametrize("ending_in", [".jsonl", ".parquet"])
@pytest.mark.parametrize("ending_out", [".jsonl", ".parquet"])
def test_every_row_agrees_with_the_single_command(
    run: Run,
    tmp_path: Path,
    people: list[dict[str, Any]],
    expected: list[dict[str, Any]],
    ending_in: str,
    ending_out: str,
) -> None:
    source, result = tmp_path / f"patients{ending_in}", tmp_path / f"result{ending_out}"
    write(people, source)
    result.write_bytes(b"an older result")
    assert run(source, "--out", result) == (0, "")
    assert rows(result) == expected
    assert sorted(file.name for file in tmp_path.iterdir()) == sorted([source.name, result.name])


def test_the_random_population_meets_much_of_the_knowledge(expected: list[dict[str, Any]]) -> None:
    answered = [row for row in expected if row["verdict"]]
    assert len(answered) > 500
    assert {row["verdict"] for row in answered} >= {"ask", "refer", "defer", "contraindicated"}
    assert len({card for row in answered for card in row["cards"]}) > 100


def test_bad_lines_are_answered_in_the_words_of_the_single_command(run: Run, tmp_path: Path) -> None:
    rng = random.Random(3)
    cases = [spoilt(rng, some_case(rng, f"p{place}")) for place in range(300)]
    odd = ["", "{", "[1]", "null", '{"id": "a", "id": "b"}', '{"id": "a", "x_n": NaN}', '{"id": "a", "x_n": 1e999}']
    lines = [*(json.dumps(case) for case in cases), *odd, json.dumps(COMPLETE | {"id": "\ud83d\ude00 é"})]
    (tmp_path / "patients.jsonl").write_text("\n".join(lines), "utf-8")
    assert run(tmp_path / "patients.jsonl", "--out", tmp_path / "result.parquet") == (0, "")
    found = rows(tmp_path / "result.parquet")
    assert found == singly(lines)
    assert len({row["error_class"] for row in found}) > 10


def test_half_a_character_in_an_id_spoils_no_result(run: Run, tmp_path: Path) -> None:
    (tmp_path / "patients.jsonl").write_text(json.dumps(COMPLETE | {"id": "a\ud800"}), "utf-8")
    assert run(tmp_path / "patients.jsonl", "--out", tmp_path / "result.jsonl") == (0, "")
    assert rows(tmp_path / "result.jsonl")[0]["id"] == "a�"


@pytest.mark.parametrize(
    ("path", "column", "meaning"),
    [
        ("answers.frail", pl.Series([True]), True),
        ("answers.frail", pl.Series(["unknown"]), "unknown"),
        ("answers.frail", pl.Series(["yes"]), "yes"),
        ("answers.smoking", pl.Series(["no"], dtype=pl.Categorical), "no"),
        ("answers.surgery_last", pl.Series([date(2026, 11, 1)]), "2026-11-01"),
        ("answers.surgery_last", pl.Series(["2026-11-01"]), "2026-11-01"),
        ("answers.surgery_last", pl.Series(["yesterday"]), "yesterday"),
        ("answers.surgery_last", pl.Series([date(2027, 1, 1)]), "2027-01-01"),
        ("answers.medicines", pl.Series([["unknown"]]), "unknown"),
        ("answers.medicines", pl.Series([[None]], dtype=pl.List(pl.String)), [None]),
        ("answers.hba1c_percent", pl.Series([7]), 7),
        ("answers.hba1c_percent", pl.Series(["7.5"]), 7.5),
        ("answers.hba1c_percent", pl.Series(["unknown"]), "unknown"),
        ("answers.hba1c_percent", pl.Series(["much"]), "much"),
        ("depth_mm", pl.Series([1], dtype=pl.UInt8), 1),
        ("depth_mm", pl.Series([0.25], dtype=pl.Float32), 0.25),
        ("depth_mm", pl.Series(["1"]).str.to_decimal(scale=2), 1),
        ("depth_mm", pl.Series([9.0]), 9.0),
        ("patient.fitzpatrick", pl.Series([6], dtype=pl.Int8), 6),
        ("on", pl.Series(["2026-11-22"]), "2026-11-22"),
        ("on", pl.Series(["2026-11-31"]), "2026-11-31"),
        ("anaesthetic", pl.Series([None]), None),
        ("areas", pl.Series([["cheeks", "face"]], dtype=pl.List(pl.Categorical)), ["cheeks", "face"]),
        ("areas", pl.Series([[]], dtype=pl.List(pl.String)), []),
        ("x_anything", pl.Series([object()], dtype=pl.Object).is_null(), 0),
        ("answered_on.frail", pl.Series([date(2026, 1, 1)]), "2026-01-01"),
    ],
)
def test_a_column_may_have_any_type_the_contract_names(
    run: Run, tmp_path: Path, path: str, column: pl.Series, meaning: Any
) -> None:
    case = json.loads(json.dumps(COMPLETE)) | {"anaesthetic": None}
    case["answers"]["diabetes"] = True
    table = as_table([case]).with_columns(column.alias(path))
    table.write_parquet(tmp_path / "patients.parquet")
    assert run(tmp_path / "patients.parquet", "--out", tmp_path / "result.jsonl") == (0, "")
    room, _, key = path.rpartition(".")
    (case.setdefault(room, {}) if room else case)[key] = meaning
    assert rows(tmp_path / "result.jsonl") == singly([json.dumps(case)])


@pytest.mark.parametrize(
    ("change", "column"),
    [
        (lambda table: table.drop("areas"), "areas"),
        (lambda table: table.rename({"patient.sex": "patient.gender"}), "patient.gender"),
        (lambda table: table.with_columns(pl.lit(1.5).alias("patient.fitzpatrick")), "patient.fitzpatrick"),
        (lambda table: table.with_columns(pl.lit("2").alias("depth_mm")), "depth_mm"),
        (lambda table: table.with_columns(pl.lit(1).alias("answers.frail")), "answers.frail"),
        (lambda table: table.with_columns(pl.lit("cheeks").alias("answers.wart_areas")), "answers.wart_areas"),
        (lambda table: table.with_columns(pl.lit(date(2026, 1, 1)).cast(pl.Datetime).alias("on")), "on"),
        (lambda table: table.with_columns(pl.lit(7).alias("id")), "id"),
        (lambda table: table.with_columns(pl.lit(value=True).alias("answers")), "answers"),
    ],
)
def test_a_column_that_does_not_belong_is_named(
    run: Run, tmp_path: Path, change: Callable[[pl.DataFrame], pl.DataFrame], column: str
) -> None:
    change(as_table([COMPLETE])).write_parquet(tmp_path / "patients.parquet")
    code, err = run(tmp_path / "patients.parquet", "--out", tmp_path / "result.jsonl")
    assert code == 2
    assert err.startswith(f"needlepoint: {column}: ")
    assert not (tmp_path / "result.jsonl").exists()


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ([], "PATIENTS"),
        (["patients.jsonl"], "--out"),
        (["patients.csv", "--out", "r.jsonl"], "PATIENTS"),
        (["patients.jsonl", "--out", "r.csv"], "--out"),
        (["absent.jsonl", "--out", "r.jsonl"], "PATIENTS"),
        (["empty.jsonl", "--out", "r.jsonl"], "PATIENTS"),
        (["latin.jsonl", "--out", "r.jsonl"], "PATIENTS"),
        (["damaged.parquet", "--out", "r.jsonl"], "PATIENTS"),
        (["room.jsonl", "--out", "r.jsonl"], "PATIENTS"),
        (["patients.jsonl", "--out", "absent/r.jsonl"], "RESULT"),
        (["patients.jsonl", "--out", "room.jsonl"], "RESULT"),
    ],
)
def test_files_that_cannot_be_used_are_named(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], field: str
) -> None:
    monkeypatch.chdir(tmp_path)
    write([COMPLETE], Path("patients.jsonl"))
    Path("empty.jsonl").touch()
    Path("latin.jsonl").write_bytes(b'{"id": "\xe9"}')
    Path("damaged.parquet").write_bytes(b"PAR1 and no more")
    Path("room.jsonl").mkdir()
    code, err = run(*arguments)
    assert code == 2
    assert err.startswith(f"needlepoint: {field}: ")
    assert err.count("\n") == 1
    assert not Path("r.jsonl").exists()


def test_a_table_without_rows_gives_a_result_without_rows(run: Run, tmp_path: Path) -> None:
    as_table([COMPLETE]).clear().write_parquet(tmp_path / "patients.parquet")
    for ending in (".jsonl", ".parquet"):
        assert run(tmp_path / "patients.parquet", "--out", tmp_path / f"result{ending}") == (0, "")
        assert rows(tmp_path / f"result{ending}") == []


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(population_jsonl, "ROWS", 7)
    monkeypatch.setattr(population_parquet, "ROWS", 7)


@pytest.mark.usefixtures("small_chunks")
@pytest.mark.parametrize("ending", [".jsonl", ".parquet"])
def test_an_interrupted_run_goes_on_where_it_stopped(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, people: list[dict[str, Any]], ending: str
) -> None:
    source, result = tmp_path / f"patients{ending}", tmp_path / f"result{ending}"
    write(people[:40], source)
    keep = Unfinished.keep
    kept: list[int] = []

    def keep_three(self: Unfinished, place: int, answers: pl.DataFrame) -> None:
        if len(kept) == 3:
            raise KeyboardInterrupt
        kept.append(place)
        keep(self, place, answers)

    monkeypatch.setattr(Unfinished, "keep", keep_three)
    code, err = run(source, "--out", result)
    assert code == 130
    assert "goes on where it stopped" in err
    assert not result.exists()

    def keep_more(self: Unfinished, place: int, answers: pl.DataFrame) -> None:
        kept.append(place)
        keep(self, place, answers)

    monkeypatch.setattr(Unfinished, "keep", keep_more)
    assert run(source, "--out", result) == (0, "")
    assert kept == [0, 1, 2, 3, 4, 5]
    assert rows(result) == singly([json.dumps(case) for case in people[:40]])
    assert not result.with_name(result.name + ".unfinished").exists()


@pytest.mark.usefixtures("small_chunks")
def test_chunks_of_another_input_are_not_used(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, people: list[dict[str, Any]]
) -> None:
    source, result = tmp_path / "patients.jsonl", tmp_path / "result.jsonl"
    write(people[:20], source)
    complete = Unfinished.complete

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Unfinished, "complete", interrupted)
    assert run(source, "--out", result)[0] == 130
    write(people[20:40], source)
    monkeypatch.setattr(Unfinished, "complete", complete)
    assert run(source, "--out", result) == (0, "")
    assert [row["id"] for row in rows(result)] == [case["id"] for case in people[20:40]]


def test_a_second_run_to_the_same_result_is_refused(run: Run, tmp_path: Path) -> None:
    write([COMPLETE], tmp_path / "patients.jsonl")
    with Unfinished(tmp_path / "result.jsonl").held():
        code, err = run(tmp_path / "patients.jsonl", "--out", tmp_path / "result.jsonl")
    assert code == 2
    assert err == "needlepoint: RESULT: is being written by another run\n"


@pytest.mark.slow
def test_a_killed_process_leaves_no_half_result_and_is_gone_on_with(tmp_path: Path) -> None:
    source, result = tmp_path / "patients.jsonl", tmp_path / "result.jsonl"
    source.write_text("".join(json.dumps(COMPLETE | {"id": f"p{n}"}) + "\n" for n in range(45_000)), "utf-8")
    code = "from needlepoint.cli.main import run; run()"
    command = [sys.executable, "-c", code, "screen-many", str(source), "--out", str(result)]
    process = subprocess.Popen(command)
    first = tmp_path / "result.jsonl.unfinished" / "0000000.jsonl"
    end = time.monotonic() + 60
    while not first.exists() and time.monotonic() < end:
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert not result.exists()
    assert first.exists()
    assert subprocess.run(command, check=False).returncode == 0
    found = rows(result)
    assert [row["id"] for row in found] == [f"p{n}" for n in range(45_000)]
    assert {row["knowledge_digest"] for row in found} == {load().digest}
