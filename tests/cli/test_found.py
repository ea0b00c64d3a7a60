"""`needlepoint found` on an empty database."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def run(data: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "DJANGO_SETTINGS_MODULE"}}
    return subprocess.run(
        [sys.executable, *words], cwd=ROOT, env={**environment, "NEEDLEPOINT_DATA": str(data)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


COMMAND = ["-c", "from needlepoint.cli.main import run; run()", "found"]
GOOD = ["--name", "A clinic", "--premises", "DE", "--administrator", "anna"]


def test_a_clinic_is_set_up_once_with_an_administrator_who_gets_a_one_time_password(tmp_path: Path) -> None:
    migrated = run(tmp_path, "manage.py", "migrate", "-v0")
    assert migrated.returncode == 0, migrated.stderr
    first = run(tmp_path, *COMMAND, *GOOD)
    assert first.returncode == 0, first.stderr
    assert "Sign in as anna with the one-time password" in first.stdout
    second = run(tmp_path, *COMMAND, *GOOD)
    assert second.returncode == 2
    assert second.stderr.startswith("needlepoint: --name: a clinic is set up")


def test_a_place_that_is_none_is_named(tmp_path: Path) -> None:
    refused = run(tmp_path, *COMMAND, "--name", "A clinic", "--premises", "UK", "--administrator", "anna")
    assert refused.returncode == 2
    assert refused.stdout == ""
    assert refused.stderr == "needlepoint: --premises: UK is no assigned country code\n"
