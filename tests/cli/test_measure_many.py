"""`needlepoint measure-many` from outside: every row agrees with `needlepoint measure`, whoever measured it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from needlepoint.cli.measure_many import listed
from needlepoint.cli.photo_rows import ROW
from tests.cli.photos import saved
from tests.core.imaging.scenes import body_patch, portrait, relit, retaken

Call = Callable[..., tuple[int, str, str]]
COMMAND = (sys.executable, "-c", "from needlepoint.cli.main import run; run()")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder of good, bad and useless photographs."""
    place = tmp_path_factory.mktemp("photos")
    (place / "later").mkdir()
    (place / "a.jpg").write_bytes(saved(kind="JPEG", quality=92))
    for number in range(6):
        (place / "later" / f"{number}.png").write_bytes(saved(retaken(portrait(), seed=number)[0]))
    (place / "b.webp").write_bytes(saved(body_patch(), kind="WEBP", quality=90))
    (place / "c.tiff").write_bytes(saved(relit(portrait(), 0.02, 0.02, 0.02), kind="TIFF"))
    (place / "d.jpg").write_bytes(saved(kind="JPEG")[:4000])
    (place / "e.png").write_bytes(b"")
    (place / "f.JPEG").write_bytes(b"no picture at all")
    (place / "g.png").write_bytes(saved(np.zeros((70, 70, 3), np.uint8)))
    (place / "notes.md").write_text("not a photograph")
    return place


@pytest.fixture(scope="module")
def alone(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    result = tmp_path_factory.mktemp("alone") / "result.parquet"
    subprocess.run([*COMMAND, "measure-many", folder, "--out", result, "--workers", "1"], check=True)
    return pl.read_parquet(result)


def test_every_photograph_of_a_folder_has_a_row_in_the_order_of_names(alone: pl.DataFrame) -> None:
    assert alone.schema == ROW
    assert alone["photo"].to_list() == [
        "a.jpg", "b.webp", "c.tiff", "d.jpg", "e.png", "f.JPEG", "g.png",
        *(f"later/{number}.png" for number in range(6)),
    ]  # fmt: skip


def test_a_row_says_what_measure_says(alone: pl.DataFrame, folder: Path, call: Call) -> None:
    for row in alone.filter(pl.col("error_class").is_null()).to_dicts():
        code, out, _ = call("measure", str(folder / row["photo"]), "--json")
        answer = json.loads(out)
        assert code == 0
        assert {key: row[key] for key in answer["quality"]} == answer["quality"]
        assert (row["measures"], row["further"]) == (answer["measures"], answer["further"])


def test_a_bad_photograph_is_a_row_with_what_is_wrong_with_it(alone: pl.DataFrame, folder: Path, call: Call) -> None:
    bad = alone.filter(pl.col("error_class").is_not_null())
    assert dict(bad.select("photo", "error_class").iter_rows()) == {
        "d.jpg": "unreadable_photo", "e.png": "unreadable_file", "f.JPEG": "unreadable_photo",
    }  # fmt: skip
    for row in bad.to_dicts():
        _, _, err = call("measure", str(folder / row["photo"]), "--json")
        assert err == f"needlepoint: PHOTO: {row['error_message']}\n"
        assert row["measures"] is None


def test_several_processes_give_the_same_bits(alone: pl.DataFrame, folder: Path, tmp_path: Path) -> None:
    result = tmp_path / "result.parquet"
    subprocess.run([*COMMAND, "measure-many", folder, "--out", result, "--workers", "2", "--chunk", "5"], check=True)
    assert pl.read_parquet(result).equals(alone, null_equal=True)


def test_an_interrupted_run_goes_on_where_it_stopped(alone: pl.DataFrame, folder: Path, tmp_path: Path) -> None:
    result = tmp_path / "result.parquet"
    command: list[str | Path] = [*COMMAND, "measure-many", folder, "--out", result, "--workers", "1", "--chunk", "2"]
    running = subprocess.Popen(command, stderr=subprocess.PIPE)
    first = tmp_path / "result.parquet.unfinished" / "0000001.parquet"
    wait_for(first.exists)
    running.send_signal(signal.SIGINT)
    assert b"goes on where it stopped" in running.communicate(timeout=60)[1]
    assert running.returncode == 130
    assert not result.exists()
    kept = first.stat().st_mtime_ns
    again = subprocess.Popen(command)
    wait_for(lambda: (tmp_path / "result.parquet.unfinished" / "0000003.parquet").exists() or result.exists())
    assert result.exists() or first.stat().st_mtime_ns == kept
    assert again.wait(timeout=120) == 0
    assert pl.read_parquet(result).equals(alone, null_equal=True)


def test_an_address_where_no_scheduler_answers_is_refused(folder: Path, tmp_path: Path) -> None:
    command: list[str | Path] = [
        *COMMAND,
        "measure-many",
        folder,
        "--out",
        tmp_path / "r.parquet",
        "--cluster",
        "tcp://127.0.0.1:1",
    ]
    ended = subprocess.run(command, capture_output=True, check=False)
    assert (ended.returncode, ended.stdout) == (2, b"")
    assert ended.stderr.startswith(b"needlepoint: --cluster: ")
    assert ended.stderr.count(b"\n") == 1


def wait_for(what: Callable[[], bool], *, seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


@contextmanager
def cluster(workers: int) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """Start a scheduler and workers of Dask on this machine; give its address and the workers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    scheduler = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", str(port),
                 "--no-dashboard"]  # fmt: skip
    worker = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny",
              "--no-dashboard", "--host", "127.0.0.1", "--death-timeout", "60"]  # fmt: skip
    started = [subprocess.Popen(scheduler, **quiet)]
    try:
        started += [subprocess.Popen(worker, **quiet) for _ in range(workers)]
        yield address, started[1:]
    finally:
        for process in reversed(started):
            process.kill()
            process.wait()


@pytest.mark.slow
def test_a_cluster_that_loses_a_worker_midway_gives_the_same_bits(
    alone: pl.DataFrame, folder: Path, tmp_path: Path
) -> None:
    result = tmp_path / "result.parquet"
    unfinished = tmp_path / "result.parquet.unfinished"
    with cluster(2) as (address, workers):
        both_there(address)
        command: list[str | Path] = [
            *COMMAND,
            "measure-many",
            folder,
            "--out",
            result,
            "--cluster",
            address,
            "--chunk",
            "3",
        ]
        with subprocess.Popen(command) as running:
            wait_for((unfinished / "0000000.parquet").exists)
            os.kill(workers[0].pid, signal.SIGKILL)
            workers[0].wait()
            assert not result.exists()  # it was in the middle
            assert running.wait(timeout=240) == 0
        assert workers[1].poll() is None
    assert pl.read_parquet(result).equals(alone, null_equal=True)


def both_there(address: str) -> None:
    """Wait until the scheduler knows both workers, asked from another process."""
    ask = f"from distributed import Client; Client({address!r}, timeout=60).wait_for_workers(2, timeout=120)"
    subprocess.run([sys.executable, "-c", ask], check=True, stderr=subprocess.DEVNULL)


@pytest.mark.parametrize("ending", ["txt", "csv", "parquet"])
def test_a_list_names_photographs_in_its_own_order(tmp_path: Path, ending: str) -> None:
    names = ["later/1.png", "a.jpg", "gone.png"]
    manifest = tmp_path / f"list.{ending}"
    if ending == "txt":
        manifest.write_text("\n".join(names) + "\n")
    elif ending == "csv":
        pl.DataFrame({"x": [1, 2, 3], "photo": names}).write_csv(manifest)
    else:
        pl.DataFrame({"photo": names}).write_parquet(manifest)
    assert listed(str(manifest)) == [(name, tmp_path / name) for name in names]


@pytest.mark.parametrize(
    ("arguments", "field"),
    [(("nowhere.txt", "--out", "r.parquet"), "PHOTOS"), (("nowhere", "--out", "r.parquet"), "PHOTOS"),
     ((".",), "--out"), ((".", "--out", "r.csv"), "--out"), (("--out", "r.parquet"), "PHOTOS"),
     ((".", "--out", "r.parquet", "--workers", "0"), "--workers"),
     ((".", "--out", "r.parquet", "--chunk", "0"), "--chunk"),
     ((".", "--out", "r.parquet", "--workers", "2", "--cluster", "tcp://127.0.0.1:1"), "--workers"),
     ((".", "--out", "/nowhere/r.parquet"), "RESULT")],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_what_cannot_be_done_is_refused_in_one_line(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], field: str
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, err = call("measure-many", *arguments)
    assert (code, out) == (2, "")
    assert err.startswith(f"needlepoint: {field}: ")
    assert err.count("\n") == 1


def test_an_empty_folder_gives_an_empty_table(call: Call, tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    assert call("measure-many", str(tmp_path / "none"), "--out", str(tmp_path / "r.parquet"), "--workers", "1")[0] == 0
    assert pl.read_parquet(tmp_path / "r.parquet").schema == ROW
