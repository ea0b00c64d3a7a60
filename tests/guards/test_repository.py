"""What the repository itself must be like."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WALL = 400  # lines of a module
# Written in pieces, so that this file does not hold what it looks for.
ADDRESSES = re.compile("|".join(["pypi" + r"\.org", "python" + "hosted", "registry" + r"\.npmjs", "deb" + r"\.debian"]))
MACHINE_PATHS = re.compile("|".join(["/wo" + "rk/", "/ro" + "ot/", "/ho" + "me/[a-z]+/"]))


def files(*endings: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    return [ROOT / name for name in listed if (not endings or name.endswith(endings)) and (ROOT / name).is_file()]


def test_no_file_names_a_package_index_or_a_path_of_a_machine() -> None:
    guilty = []
    for path in files(".py", ".toml", ".md", ".lock", ".in", ".html", ".js", ".css", ".sh", "Makefile", "run"):
        text = path.read_text("utf-8")
        if ADDRESSES.search(text) or MACHINE_PATHS.search(text):
            guilty.append(str(path.relative_to(ROOT)))
    assert guilty == []


@pytest.mark.parametrize("lock", ["runtime", "dev", "data"])
def test_a_lock_pins_every_package_with_hashes_and_records_no_address(lock: str) -> None:
    text = (ROOT / "requirements" / f"{lock}.lock").read_text("utf-8")
    pins = re.findall(r"^[a-z0-9._\[\]-]+==\S+", text, re.M)
    assert pins
    assert "://" not in text
    for block in re.split(r"^(?=[a-z0-9])", text, flags=re.M)[1:]:
        assert "--hash=sha256:" in block, block.splitlines()[0]


def test_no_module_is_longer_than_the_wall() -> None:
    long = {
        str(path.relative_to(ROOT)): count
        for path in files(".py")
        if "migrations" not in path.parts and (count := len(path.read_text("utf-8").splitlines())) > WALL
    }
    assert long == {}


def test_every_silenced_check_says_why() -> None:
    silence = re.compile(r"#\s*(?:noqa(?::\s*[A-Z0-9, ]+)?|type:\s*ignore\[[a-z-]+(?:,\s*[a-z-]+)*\])(?P<why>.*)$")
    bare = []
    for path in files(".py"):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
            found = silence.search(line)
            if found and len(found["why"].strip(" —-#")) < 8:
                bare.append(f"{path.relative_to(ROOT)}:{number}")
    assert bare == []


def test_the_house_has_no_room_for_leftovers() -> None:
    names = {"utils", "common", "helpers", "services", "misc"}
    assert [str(p.relative_to(ROOT)) for p in files(".py") if names & {*p.parts, p.stem}] == []


def test_nothing_unfinished_is_left_in_the_code() -> None:
    marks = re.compile("TO" + "DO|FIX" + "ME|XX" + r"X\b|NotImplemented" + "Error")
    assert [str(p.relative_to(ROOT)) for p in files(".py", ".js", ".html") if marks.search(p.read_text("utf-8"))] == []


def test_the_project_never_reads_the_folder_beside_it() -> None:
    outside = re.compile(r"\.\./" + "shared")
    assert [str(p.relative_to(ROOT)) for p in files() if p.suffix in {".py", ".toml", ".md", ".sh"}
            and outside.search(p.read_text("utf-8"))] == []  # fmt: skip


def test_templates_hold_no_inline_script_or_style() -> None:
    inline = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", re.I)
    assert [str(p.relative_to(ROOT)) for p in files(".html") if inline.search(p.read_text("utf-8"))] == []
