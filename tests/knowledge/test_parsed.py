"""What is kept of the parsed knowledge is used only while it fits, and never changes an answer."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from needlepoint.knowledge.fields import Unfit
from needlepoint.knowledge.loader import ROOM, load
from needlepoint.knowledge.parsed import Parsed, kept_at, parsed

NAMES = ("one.toml", "two.toml")


@pytest.fixture
def room(tmp_path: Path) -> Path:
    room = tmp_path / "room"
    room.mkdir()
    (room / "one.toml").write_text('day = 2026-11-22\nwords = ["a", "b"]\n[table]\nnumber = 1.5\n', "utf-8")
    (room / "two.toml").write_text("number = 2\n", "utf-8")
    return room


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "needlepoint" / "kept.json"


def same(one: Parsed, other: Parsed) -> bool:
    return (dict(one.files), dict(one.fingerprints), one.digest) == (
        dict(other.files),
        dict(other.fingerprints),
        other.digest,
    )


def test_what_is_kept_says_the_same_as_the_files(room: Path, kept: Path) -> None:
    without = parsed(room, NAMES, kept=None)
    first = parsed(room, NAMES, kept=kept)
    assert kept.exists()
    second = parsed(room, NAMES, kept=kept)
    assert same(without, first)
    assert same(without, second)


def test_what_is_kept_is_what_is_read(room: Path, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = parsed(room, NAMES, kept=kept)

    def no_parsing(_: str) -> None:
        raise AssertionError("the files were parsed again")

    monkeypatch.setattr("tomllib.loads", no_parsing)
    assert same(fresh, parsed(room, NAMES, kept=kept))


@pytest.mark.parametrize(
    "change",
    [
        lambda room: (room / "two.toml").write_text("number = 3\n", "utf-8"),
        lambda room: (room / "one.toml").write_bytes((room / "one.toml").read_bytes().replace(b"1.5", b"2.5")),
    ],
)
def test_a_changed_file_is_read_anew(room: Path, kept: Path, change: Callable[[Path], object]) -> None:
    before = parsed(room, NAMES, kept=kept)
    times = {name: (room / name).stat().st_mtime_ns for name in NAMES}
    change(room)
    for name, time in times.items():
        os.utime(room / name, ns=(time, time))  # size and time as before: only the content tells
    after = parsed(room, NAMES, kept=kept)
    assert same(after, parsed(room, NAMES, kept=None))
    assert after.digest != before.digest


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: b"",
        lambda text: text[:-40],
        lambda text: text.replace(b"1.5", b"9.5"),
        lambda text: text.replace(b"\n", b"\nx"),
        lambda text: b"\x80\xff\n" + text,
        lambda text: b"{}\n[]",
    ],
)
def test_a_spoilt_file_is_not_used_and_mended(room: Path, kept: Path, spoil: Callable[[bytes], bytes]) -> None:
    fresh = parsed(room, NAMES, kept=kept)
    good = kept.read_bytes()
    kept.write_bytes(spoil(good))
    assert same(fresh, parsed(room, NAMES, kept=kept))
    assert kept.read_bytes() == good


def test_a_file_that_others_may_write_is_not_used(room: Path, kept: Path) -> None:
    fresh = parsed(room, NAMES, kept=kept)
    head, _, body = kept.read_bytes().partition(b"\n")
    # A forger who knows the format can make the checksum fit; the rights of the file give the forgery away.
    forged = body.replace(b"1.5", b"9.5")
    kept.write_bytes(head.split(b" ")[0] + b" " + hashlib.sha256(forged).hexdigest().encode() + b"\n" + forged)
    assert not same(fresh, parsed(room, NAMES, kept=kept))
    kept.chmod(0o666)
    assert same(fresh, parsed(room, NAMES, kept=kept))
    assert kept.stat().st_mode & 0o022 == 0


def test_nothing_is_kept_where_others_may_write(room: Path, kept: Path) -> None:
    kept.parent.mkdir(parents=True)
    kept.parent.chmod(0o777)
    assert same(parsed(room, NAMES, kept=None), parsed(room, NAMES, kept=kept))
    assert list(kept.parent.iterdir()) == []


def test_a_link_in_its_place_is_not_followed(room: Path, kept: Path, tmp_path: Path) -> None:
    fresh = parsed(room, NAMES, kept=kept)
    elsewhere = tmp_path / "elsewhere.json"
    elsewhere.write_bytes(b"not ours")
    kept.unlink()
    kept.symlink_to(elsewhere)
    assert same(fresh, parsed(room, NAMES, kept=kept))
    assert elsewhere.read_bytes() == b"not ours"


def test_a_place_that_cannot_be_written_is_passed_over(room: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no directory", "utf-8")
    kept = tmp_path / "file" / "needlepoint" / "kept.json"
    assert same(parsed(room, NAMES, kept=None), parsed(room, NAMES, kept=kept))


def test_a_file_that_is_no_toml_is_refused_and_nothing_kept(room: Path, kept: Path) -> None:
    (room / "two.toml").write_text("number =", "utf-8")
    with pytest.raises(Unfit, match=r"two\.toml"):
        parsed(room, NAMES, kept=kept)
    assert not kept.exists()


def test_the_place_follows_the_users_cache_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    place = kept_at(ROOM)
    assert place is not None
    assert place.parent == tmp_path / "needlepoint"
    monkeypatch.setenv("XDG_CACHE_HOME", "not/absolute")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    place = kept_at(ROOM)
    assert place is not None
    assert place.parent == tmp_path / "home" / ".cache" / "needlepoint"


def test_two_processes_at_once_and_a_third_later_load_the_same_knowledge(tmp_path: Path) -> None:
    code = "from needlepoint.knowledge import load; print(load().digest)"
    env = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}

    def start() -> subprocess.Popen[str]:
        return subprocess.Popen([sys.executable, "-c", code], env=env, stdout=subprocess.PIPE, text=True)

    together = [start(), start()]
    said = [process.communicate(timeout=60)[0].strip() for process in together]
    said.append(start().communicate(timeout=60)[0].strip())
    assert said == [load().digest] * 3
    kept = list((tmp_path / "needlepoint").iterdir())
    assert len(kept) == 1
    assert json.loads(kept[0].read_bytes().partition(b"\n")[2])["digest"] == load().digest
