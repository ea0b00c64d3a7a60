"""Runs every test: on SQLite, on PostgreSQL, in headless Chromium; names loudly what could not run.

On Debian as root it installs what is missing; elsewhere it says what to install. With CI=true a part that could not
run is a failure.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

from with_postgresql import find

ROOT = Path(__file__).resolve().parent.parent
NEEDS = {"chromium": "chromium fonts-dejavu-core", "initdb": "postgresql"}
DATABASE_ROOMS = ["tests/actions", "tests/web", "tests/guards"]


def install(packages: list[str]) -> None:
    """Install packages where that is ours to do: on Debian, as root."""
    if not packages or os.geteuid() != 0 or shutil.which("apt-get") is None:
        return
    print(f"installing {', '.join(packages)} ...", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update"], ["apt-get", "install", "-y", "--no-install-recommends", *packages]):
        subprocess.run(command, env=environment, check=False, stdout=subprocess.DEVNULL)


def pytest(title: str, *arguments: str, beside: tuple[str, ...] = (), **environment: str) -> bool:
    """Run a part of the tests, beside a server where one is named; say whether it passed."""
    print(f"\n=== {title}", flush=True)
    command = [*beside, sys.executable, "-m", "pytest", "-q", *arguments]
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
        beside = (sys.executable, "tools/with_postgresql.py")
        results["PostgreSQL"] = pytest("PostgreSQL", "-m", "not browser", *two, *DATABASE_ROOMS, beside=beside)
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
