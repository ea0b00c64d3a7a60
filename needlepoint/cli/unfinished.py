"""
Keeps the finished chunks of a long run beside its result, so that an interrupted run goes on where it stopped.

The chunks lie in a directory named like the result with `.unfinished` behind. They are used only if its fingerprint
fits: the content of the input, the knowledge, and the program that made them. It goes away with the complete result.
"""

from __future__ import annotations

import codecs
import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import polars as pl

from needlepoint.knowledge.answers import AnswerError

_BLOCK: Final = 1 << 22
_FINGERPRINT: Final = "fingerprint"
_ASIDE: Final = "aside"


class Unfinished:
    """The finished chunks of one run."""

    def __init__(self, result: Path) -> None:
        self._result = result
        self._room = result.with_name(result.name + ".unfinished")
        self._ending = result.suffix

    def finished(self, fingerprint: str) -> int:
        """Give how many chunks of the same run are there already; chunks of any other run are thrown away."""
        kept = self._room / _FINGERPRINT
        if not kept.exists() or kept.read_text("utf-8") != fingerprint:
            for file in self._room.iterdir():
                file.unlink()
            self._put(kept, fingerprint.encode())
        count = 0
        while self._chunk(count).exists():
            count += 1
        return count

    def keep(self, place: int, answers: pl.DataFrame) -> None:
        """Keep one finished chunk."""
        aside = self._room / _ASIDE
        if self._ending == ".parquet":
            answers.write_parquet(aside)
        else:
            answers.write_ndjson(aside)
        _to_disk(aside)
        aside.replace(self._chunk(place))

    def complete(self, count: int, empty: pl.DataFrame) -> None:
        """Join the chunks, put the result in place and leave nothing else behind."""
        aside = self._room / _ASIDE
        chunks = [self._chunk(place) for place in range(count)]
        if self._ending != ".parquet":
            with aside.open("wb") as whole:
                for chunk in chunks:
                    with chunk.open("rb") as part:
                        shutil.copyfileobj(part, whole, _BLOCK)
        elif chunks:
            pl.scan_parquet(chunks).sink_parquet(aside)
        else:
            empty.write_parquet(aside)
        _to_disk(aside)
        aside.replace(self._result)
        shutil.rmtree(self._room)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the directory for one run at a time."""
        self._room.mkdir(exist_ok=True)
        handle = os.open(self._room, os.O_RDONLY)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise AnswerError("unreadable_file", "RESULT", "is being written by another run") from None
            yield
        finally:
            os.close(handle)

    def _chunk(self, place: int) -> Path:
        return self._room / f"{place:07d}{self._ending}"

    def _put(self, file: Path, content: bytes) -> None:
        aside = self._room / _ASIDE
        aside.write_bytes(content)
        aside.replace(file)


@contextmanager
def refusing_result(result: Path) -> Iterator[None]:
    """Refuse a result that cannot be written."""
    if result.is_dir():
        raise AnswerError("unreadable_file", "RESULT", "is a directory")
    try:
        yield
    except (OSError, ValueError) as fault:
        if isinstance(fault, AnswerError):
            raise
        reason = fault.strerror if isinstance(fault, OSError) and fault.strerror else "cannot be written"
        raise AnswerError("unreadable_file", "RESULT", reason) from fault


def _to_disk(file: Path) -> None:
    with file.open("rb") as written:
        os.fsync(written.fileno())


def fingerprint(file: Path, *parts: str, text: bool) -> tuple[str, int]:
    """
    Give the fingerprint of a file together with other parts, and the number of its lines.

    Raises
    ------
    AnswerError: of class unreadable_file; also where a text is not UTF-8.
    """
    whole = hashlib.sha256("\n".join(parts).encode())
    decoder: Any = codecs.getincrementaldecoder("utf-8")()
    lines, last = 0, b"\n"
    try:
        with file.open("rb") as content:
            while block := content.read(_BLOCK):
                whole.update(block)
                if text:
                    decoder.decode(block)
                    lines, last = lines + block.count(b"\n"), block[-1:]
        decoder.decode(b"", True)
    except UnicodeDecodeError as fault:
        raise AnswerError("unreadable_file", "PATIENTS", "is not UTF-8") from fault
    except OSError as fault:
        raise AnswerError("unreadable_file", "PATIENTS", fault.strerror or "cannot be read") from fault
    return whole.hexdigest(), lines + (last != b"\n")
