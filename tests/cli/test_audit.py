"""`needlepoint audit verify` on a database file of its own, beside two clinics' worth of writers at once."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EACH = 40
WRITER = f"""
import django
django.setup()
from datetime import datetime, UTC
from django.db import transaction
from needlepoint.actions import audit
from needlepoint.actions.actor import HOUSE
for turn in range({EACH}):
    with transaction.atomic():
        audit.record("act", by=HOUSE, at=datetime(2026, 11, 24, tzinfo=UTC), turn=turn)
"""
COMMAND = "from needlepoint.cli.main import run; run()"


def environment(data: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return {**kept, "NEEDLEPOINT_DATA": str(data), "DJANGO_SETTINGS_MODULE": "needlepoint.config.settings"}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a database and let two processes write into its trail at the same time."""
    data = tmp_path_factory.mktemp("trail")
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"], cwd=ROOT, env=environment(data), check=True
    )
    writers = [subprocess.Popen([sys.executable, "-c", WRITER], cwd=ROOT, env=environment(data)) for _ in range(2)]
    assert [writer.wait(timeout=120) for writer in writers] == [0, 0]
    return data


@pytest.fixture
def file(written: Path) -> Iterator[Path]:
    """Give the database file, and put it back as it was afterwards."""
    path = written / "needlepoint.sqlite3"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    before = path.read_bytes()
    yield path
    for beside in written.glob("needlepoint.sqlite3-*"):
        beside.unlink()
    path.write_bytes(before)


def verify(file: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", COMMAND, "audit", "verify", *words],
        cwd=ROOT, env=environment(file.parent), capture_output=True, text=True, check=False,
    )  # fmt: skip


def tamper(file: Path, *statements: str) -> None:
    with sqlite3.connect(file) as connection:
        for name, *_ in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
    connection.close()


@pytest.mark.slow
def test_two_writers_at_once_make_one_unbroken_chain(file: Path) -> None:
    answer = verify(file)
    assert answer.returncode == 0, answer.stderr
    assert re.fullmatch(rf"Intact: {2 * EACH} events\. It ends with {2 * EACH}:[0-9a-f]{{64}}\n", answer.stdout)


@pytest.mark.slow
def test_every_broken_place_is_named_and_the_exit_code_is_3(file: Path) -> None:
    tamper(
        file,
        "UPDATE records_auditevent SET actor = 'nobody' WHERE number = 7",
        "DELETE FROM records_auditevent WHERE number BETWEEN 20 AND 21",
        f"DELETE FROM records_auditevent WHERE number = {2 * EACH}",
    )
    answer = verify(file)
    assert answer.returncode == 3
    assert answer.stdout.splitlines() == [
        "event 7 was altered",
        "events 20 to 21 are missing",
        f"event {2 * EACH} is missing",
        f"BROKEN in 3 places; {2 * EACH - 3} events read.",
    ]


@pytest.mark.slow
def test_the_seal_printed_before_shows_a_cut_that_the_database_alone_cannot(file: Path) -> None:
    anchor = verify(file).stdout.split()[-1]
    tamper(
        file,
        "DELETE FROM records_auditevent WHERE number > 30",
        "UPDATE records_audithead SET number = 30, seal = (SELECT seal FROM records_auditevent WHERE number = 30)",
    )
    assert verify(file).returncode == 0
    answer = verify(file, "--anchor", anchor)
    assert answer.returncode == 3
    assert f"events 31 to {2 * EACH} stood here when the seal was noted down, and no more" in answer.stdout


@pytest.mark.parametrize("anchor", ["", "12", "12:xyz", "-1:" + "0" * 64])
def test_an_anchor_that_is_none_is_bad_usage(tmp_path: Path, anchor: str) -> None:
    answer = verify(tmp_path / "none", f"--anchor={anchor}")
    assert (answer.returncode, answer.stdout) == (2, "")
    assert answer.stderr == "needlepoint: --anchor: must be the number of an event, a colon and its 64-digit seal\n"
