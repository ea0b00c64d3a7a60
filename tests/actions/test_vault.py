"""The vault: what goes in comes out, or its loss is named."""

from __future__ import annotations

import hashlib
import threading
from pathlib import Path

import pytest
from pytest_django import Settings

from needlepoint.actions import vault
from needlepoint.actions.vault import AlteredInVault, NotInVault


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.VAULT = tmp_path / "vault"
    return tmp_path / "vault"


def only_file(folder: Path) -> Path:
    (found,) = [path for path in folder.rglob("*") if path.is_file()]
    return found


@pytest.mark.parametrize("data", [b"", b"x", b"signed" * 1000, bytes(range(256)) * 4096])
def test_what_was_put_is_given_back_under_its_hash(data: bytes) -> None:
    sha256 = vault.put(data)
    assert sha256 == hashlib.sha256(data).hexdigest()
    assert vault.get(sha256) == data


def test_the_same_bytes_are_kept_once(folder: Path) -> None:
    assert vault.put(b"one") == vault.put(b"one")
    assert only_file(folder).name == hashlib.sha256(b"one").hexdigest()


def test_nothing_readable_lies_on_the_disk_and_nobody_else_may_open_it(folder: Path) -> None:
    vault.put(b"the patient's face, in plain bytes")
    file = only_file(folder)
    assert b"patient" not in file.read_bytes()
    assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("position", [0, 25, -1])
def test_a_changed_byte_is_found(folder: Path, position: int) -> None:
    sha256 = vault.put(b"signed")
    content = bytearray(only_file(folder).read_bytes())
    content[position] ^= 1
    only_file(folder).write_bytes(content)
    with pytest.raises(AlteredInVault, match="altered"):
        vault.get(sha256)


@pytest.mark.parametrize("left", [0, 10, 30])
def test_a_file_cut_short_is_found(folder: Path, left: int) -> None:
    sha256 = vault.put(b"signed" * 100)
    only_file(folder).write_bytes(only_file(folder).read_bytes()[:left])
    with pytest.raises(AlteredInVault):
        vault.get(sha256)


def test_two_files_cannot_be_exchanged(folder: Path) -> None:
    one, other = vault.put(b"one"), vault.put(b"other")
    (folder / one[:2] / one).write_bytes((folder / other[:2] / other).read_bytes())
    with pytest.raises(AlteredInVault):
        vault.get(one)


def test_a_damaged_file_is_whole_again_once_its_bytes_are_put_again(folder: Path) -> None:
    sha256 = vault.put(b"signed")
    only_file(folder).write_bytes(b"")
    vault.put(b"signed")
    assert vault.get(sha256) == b"signed"


@pytest.mark.parametrize("sha256", ["0" * 64, "", "../" * 22, "A" * 64, "0" * 64 + "\n"])
def test_what_was_never_put_is_not_there(sha256: str) -> None:
    with pytest.raises(NotInVault):
        vault.get(sha256)


def test_another_key_opens_nothing(settings: Settings) -> None:
    sha256 = vault.put(b"signed")
    settings.PHOTO_KEY = "another key"
    with pytest.raises(AlteredInVault):
        vault.get(sha256)


def test_a_failed_write_leaves_nothing_behind(folder: Path) -> None:
    sha256 = hashlib.sha256(b"signed").hexdigest()
    (folder / sha256[:2] / sha256).mkdir(parents=True)  # nothing can be put under this name
    with pytest.raises(OSError, match="directory"):
        vault.put(b"signed")
    assert [path for path in folder.rglob("*") if path.is_file()] == []


def test_many_at_once_put_the_same_bytes_and_all_find_them() -> None:
    data, found = b"signed" * 10_000, []
    threads = [threading.Thread(target=lambda: found.append(vault.get(vault.put(data)))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [data] * 8
