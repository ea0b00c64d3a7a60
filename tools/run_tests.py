"""Runs every test: on SQLite, on PostgreSQL, in headless Chromium; names loudly what could not run.

On Debian as root it installs what is missing; elsewhere it says what to install. With CI=true a part that could not
run is a failure.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NEEDS = {"chromium": "chromium fonts-dejavu-core", "initdb": "postgresql"}
DATABASE_ROOMS = ["tests/actions", "tests/web", "tests/guards"]


def find(program: str) -> str | None:
    """Give where a program is, also where Debian keeps the servers of PostgreSQL."""
    homes = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return shutil.which(program) or next((str(home / program) for home in homes if (home / program).exists()), None)


def install(packages: list[str]) -> None:
    """Install packages where that is ours to do: on Debian, as root."""
    if not packages or os.geteuid() != 0 or shutil.which("apt-get") is None:
        return
    print(f"installing {', '.join(packages)} ...", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update"], ["apt-get", "install", "-y", "--no-install-recommends", *packages]):
        subprocess.run(command, env=environment, check=False, stdout=subprocess.DEVNULL)


def free_port() -> int:
    """Give a free port below the ephemeral ones, where nothing else lands by chance."""
    for port in range(15432, 15532):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
    raise SystemExit("no free port between 15432 and 15532")


@contextmanager
def postgresql() -> Iterator[str]:
    """Run a server of our own on loopback for as long as it is needed; give its address."""
    initdb, pg_ctl = find("initdb"), find("pg_ctl")
    assert initdb
    assert pg_ctl
    home = Path(tempfile.mkdtemp(prefix="needlepoint-pg-"))
    port = free_port()
    as_user: list[str] = []
    if os.geteuid() == 0:  # the server refuses to run as root
        shutil.chown(home, "postgres", "postgres")
        as_user = ["runuser", "-u", "postgres", "--"]
    data = home / "data"
    options = f"-p {port} -k {home} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=300"

    def call(*words: str) -> None:
        subprocess.run([*as_user, *words], check=True, cwd=home, stdout=subprocess.DEVNULL)

    call(initdb, "-D", str(data), "-A", "trust", "-U", "needlepoint", "-E", "UTF8")
    try:
        call(pg_ctl, "-D", str(data), "-o", options, "-l", str(home / "log"), "-w", "start")
        yield f"postgres://needlepoint@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run([*as_user, pg_ctl, "-D", str(data), "-m", "immediate", "stop"], check=False, cwd=home)
        shutil.rmtree(home, ignore_errors=True)


def pytest(title: str, *arguments: str, **environment: str) -> bool:
    """Run a part of the tests; say whether it passed."""
    print(f"\n=== {title}", flush=True)
    command = [sys.executable, "-m", "pytest", "-q", *arguments]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, check=False).returncode == 0


def in_chromium(*arguments: str) -> bool:
    """Run the browser tests; what failed is tried once more by itself, and named when only the second try passed."""
    if pytest("headless Chromium", "-m", "browser", *arguments):
        return True
    again = pytest("headless Chromium, once more what failed", "-m", "browser", "--last-failed", *arguments)
    if again:
        print("UNSTEADY: the browser tests named above failed once and passed alone; a slow machine or a real race.")
    return again


def main() -> int:
    """Run the parts one after the other; give 0 when all that should have run passed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--screenshots", action="store_true", help="only walk the spine and keep the screenshots")
    chosen = parser.parse_args()
    install([name for program, names in NEEDS.items() if find(program) is None for name in names.split()])
    missing = {program: package for program, package in NEEDS.items() if find(program) is None}
    os.environ["NEEDLEPOINT_CHROMIUM"] = find("chromium") or ""
    if chosen.screenshots:
        walk = ["tests/system", "-m", "browser", "-k", "spine or finished"]
        return 0 if pytest("the spine, with screenshots", *walk, NEEDLEPOINT_SCREENSHOTS="docs/screenshots") else 1

    two = ["-n", "2", "--dist", "loadfile"]
    coverage = ["--cov", "--cov-report="]
    results = {"SQLite": pytest("SQLite", "-m", "not browser", *two, *coverage)}
    if "initdb" not in missing:
        with postgresql() as address:
            results["PostgreSQL"] = pytest(
                "PostgreSQL", "-m", "not browser", *two, *DATABASE_ROOMS, DATABASE_URL=address
            )
    if "chromium" not in missing:
        results["Chromium"] = in_chromium(*coverage, "--cov-append")
    subprocess.run(
        [sys.executable, "-m", "coverage", "report", "--skip-covered", "--sort=cover"], cwd=ROOT, check=False
    )

    print("\n=== all parts")
    for part, passed in results.items():
        print(f"{part}: {'passed' if passed else 'FAILED'}")
    for program, package in missing.items():
        print(f"NOT RUN: the part that needs {program}. Install the package {package} and try again.")
    incomplete = bool(missing) and os.environ.get("CI") == "true"
    return 0 if all(results.values()) and not incomplete else 1


if __name__ == "__main__":
    sys.exit(main())
