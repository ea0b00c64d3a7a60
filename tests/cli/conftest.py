"""The command line as tests call it."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any

import pytest

from needlepoint.cli.main import run
from tests.cli.running import Result

Answer = tuple[int, str, str]


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Any:
    def called(*arguments: str) -> Answer:
        monkeypatch.setattr(sys, "argv", ["needlepoint", *arguments])
        with pytest.raises(SystemExit) as end:
            run()
        out, err = capfd.readouterr()
        return int(end.value.code or 0), out, err

    return called


@pytest.fixture
def put(tmp_path: Path) -> Any:
    def written(content: bytes, name: str = "photo") -> str:
        path = tmp_path / name
        path.write_bytes(content)
        return str(path)

    return written


@pytest.fixture
def needlepoint(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Give a function that runs the command in this process."""

    def called(*arguments: str, stdin: bytes = b"") -> Result:
        monkeypatch.setattr(sys, "argv", ["needlepoint", *arguments])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as end:
            run()
        out, err = capsys.readouterr()
        assert isinstance(end.value.code, int)
        return Result(end.value.code, out, err)

    return called
