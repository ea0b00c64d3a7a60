"""`needlepoint measure-many`: many photographs, each as `needlepoint measure` would answer it; one row a photograph."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Final

import polars as pl
import typer

from needlepoint.cli.photo_rows import ROW, failed
from needlepoint.cli.progress import progress
from needlepoint.cli.unfinished import Unfinished, refusing_result
from needlepoint.cli.workforce import Row, Workforce, workforce
from needlepoint.knowledge.answers import AnswerError

_PICTURES: Final = frozenset({".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp", ".heic", ".heif"})
_MANIFESTS: Final = frozenset({".txt", ".csv", ".parquet"})
_RESULTS: Final = frozenset({".parquet", ".jsonl"})
_COLUMN: Final = "photo"

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command("measure-many")
def measure_many(
    photos: Annotated[
        str | None,
        typer.Argument(metavar="PHOTOS", help="Folder, or list of files: txt (one a line), csv or parquet (photo)."),
    ] = None,
    *,
    out: Annotated[str | None, typer.Option("--out", metavar="RESULT", help="File to write, parquet or jsonl.")] = None,
    workers: Annotated[int | None, typer.Option("--workers", help="Processes of this machine; all cores.")] = None,
    cluster: Annotated[str | None, typer.Option("--cluster", help="Address of a Dask scheduler, tcp://...")] = None,
    chunk: Annotated[int, typer.Option("--chunk", help="Photographs kept at a time.")] = 64,
) -> None:
    """Measure many photographs; run again after an interruption, it goes on where it stopped."""
    if cluster is not None and workers is not None:
        raise AnswerError("bad_usage", "--workers", "cannot go together with --cluster")
    if (workers is not None and workers < 1) or chunk < 1:
        raise AnswerError("bad_usage", "--chunk" if chunk < 1 else "--workers", "must be at least 1")
    result = _result(out)
    files = listed(photos)
    run = Unfinished(result)
    try:
        with workforce(workers or _cores(), cluster) as force, refusing_result(result), run.held():
            _measure_into(run, files, result, force=force, chunk=chunk)
    except KeyboardInterrupt:
        sys.stderr.write("needlepoint: interrupted; the same command goes on where it stopped\n")
        raise typer.Exit(130) from None


def _cores() -> int:
    return len(os.sched_getaffinity(0))


def _result(argument: str | None) -> Path:
    if argument is None:
        raise AnswerError("bad_usage", "--out", "is missing")
    result = Path(argument)
    if result.suffix not in _RESULTS:
        raise AnswerError("bad_usage", "--out", "must end in .parquet or .jsonl")
    return result


def listed(argument: str | None) -> list[tuple[str, Path]]:
    """Give name and place of each photograph: those of a folder by name, those of a list in its order.

    Raises
    ------
    AnswerError
        Of class bad_usage, unreadable_file or bad_column.

    """
    if argument is None:
        raise AnswerError("bad_usage", "PHOTOS", "is missing")
    place = Path(argument)
    if place.is_dir():
        found = sorted(file for file in place.rglob("*") if file.suffix.lower() in _PICTURES and file.is_file())
        return [(file.relative_to(place).as_posix(), file) for file in found]
    if place.suffix not in _MANIFESTS:
        raise AnswerError("bad_usage", "PHOTOS", "must be a folder, or a list that ends in .txt, .csv or .parquet")
    return [(name, place.parent / name) for name in _names(place)]


def _names(manifest: Path) -> list[str]:
    try:
        if manifest.suffix == ".txt":
            return [line for line in manifest.read_text("utf-8").splitlines() if line.strip()]
        table = (
            pl.read_parquet(manifest) if manifest.suffix == ".parquet" else pl.read_csv(manifest, infer_schema=False)
        )
    except OSError as fault:
        raise AnswerError("unreadable_file", "PHOTOS", fault.strerror or "cannot be read") from fault
    except UnicodeDecodeError as fault:
        raise AnswerError("unreadable_file", "PHOTOS", "is not UTF-8") from fault
    except pl.exceptions.PolarsError as fault:
        raise AnswerError("unreadable_file", "PHOTOS", "is damaged, or no table") from fault
    if _COLUMN not in table.columns or table.schema[_COLUMN] != pl.String:
        raise AnswerError("bad_column", _COLUMN, "must be there, and hold text")
    return [str(name) for name in table[_COLUMN].drop_nulls()]


def _measure_into(
    run: Unfinished, files: list[tuple[str, Path]], result: Path, *, force: Workforce, chunk: int
) -> None:
    done = run.finished(_fingerprint(files, result.suffix, str(chunk)))
    count = -(-len(files) // chunk)
    with progress("photographs", total=len(files), done=min(done * chunk, len(files))) as advance:
        for place in range(done, count):
            part = files[place * chunk : (place + 1) * chunk]
            run.keep(place, pl.DataFrame(_rows(part, force, advance), schema=ROW))
    run.complete(count, pl.DataFrame(schema=ROW))


def _rows(files: list[tuple[str, Path]], force: Workforce, advance: Callable[[int], Any]) -> list[Row]:
    rows: list[Row] = [{**dict.fromkeys(ROW), _COLUMN: name} for name, _ in files]
    readable = []
    for place, (_, file) in enumerate(files):
        fault = _unreadable(file)
        if fault is None:
            readable.append(place)
        else:
            rows[place] |= failed("unreadable_file", fault)
            advance(1)
    for number, row in force.rows([partial(_content, files[place][1]) for place in readable]):
        name = rows[readable[number]][_COLUMN]
        rows[readable[number]] |= row | {_COLUMN: name}
        advance(1)
    return rows


def _unreadable(file: Path) -> str | None:
    try:
        with file.open("rb") as opened:
            return None if opened.read(1) else "is empty"
    except (OSError, ValueError) as fault:
        return (fault.strerror if isinstance(fault, OSError) else None) or "cannot be read"


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""  # it went away after it was looked at; an empty photograph is answered as one


def _fingerprint(files: list[tuple[str, Path]], *parts: str) -> str:
    """Give a digest of which photographs these are, by name, size and time, and of the program that measures them."""
    whole = hashlib.sha256("\n".join([*parts, _program()]).encode())
    for name, file in files:
        try:
            state = file.stat()
            whole.update(f"{name}\0{state.st_size}\0{state.st_mtime_ns}\n".encode(errors="surrogateescape"))
        except OSError:
            whole.update(f"{name}\0\n".encode(errors="surrogateescape"))
    return whole.hexdigest()


def _program() -> str:
    house = Path(__file__).parents[1]
    sources = sorted([*(house / "core/imaging").rglob("*.py"), *(house / "cli").glob("*.py"),
                      house / "actions/pictures.py", house / "actions/networks.py"])  # fmt: skip
    return hashlib.sha256(b"".join(hashlib.sha256(file.read_bytes()).digest() for file in sources)).hexdigest()
