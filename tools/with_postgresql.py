"""Runs a command beside a PostgreSQL of its own, on loopback, for as long as the command runs: DATABASE_URL names it.

    python tools/with_postgresql.py COMMAND...

Exit code: the command's own; 3 when there is no PostgreSQL on this machine.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MISSING = 3


def find(program: str) -> str | None:
    """Give where a program is, also where Debian keeps the servers of PostgreSQL."""
    homes = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return shutil.which(program) or next((str(home / program) for home in homes if (home / program).exists()), None)


def free_port() -> int:
    """Give a free port below the ephemeral ones, where nothing else lands by chance."""
    for port in range(15432, 15532):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
    raise SystemExit("no free port between 15432 and 15532")


@contextmanager
def postgresql(initdb: str, pg_ctl: str) -> Iterator[str]:
    """Run a server of our own on loopback for as long as it is needed; give its address."""
    home = Path(tempfile.mkdtemp(prefix="needlepoint-pg-"))
    port = free_port()
    as_user: list[str] = []
    if os.geteuid() == 0:  # the server refuses to run as root
        shutil.chown(home, "postgres", "postgres")
        as_user = ["runuser", "-u", "postgres", "--"]
    data = home / "data"
    options = f"-p {port} -k {home} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=600"

    def call(*words: str) -> None:
        subprocess.run([*as_user, *words], check=True, cwd=home, stdout=subprocess.DEVNULL)

    call(initdb, "-D", str(data), "-A", "trust", "-U", "needlepoint", "-E", "UTF8")
    try:
        call(pg_ctl, "-D", str(data), "-o", options, "-l", str(home / "log"), "-w", "start")
        yield f"postgres://needlepoint@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run([*as_user, pg_ctl, "-D", str(data), "-m", "immediate", "stop"], check=False, cwd=home)
        shutil.rmtree(home, ignore_errors=True)


def main() -> int:
    """Start the server, run the command, stop the server."""
    initdb, pg_ctl = find("initdb"), find("pg_ctl")
    if initdb is None or pg_ctl is None:
        print("NOT RUN: PostgreSQL is not installed. Install the package postgresql and try again.")
        return MISSING
    with postgresql(initdb, pg_ctl) as address:
        return subprocess.run(sys.argv[1:], env={**os.environ, "DATABASE_URL": address}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
