"""The command line as tests call it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from needlepoint.cli.main import run

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
