"""
Gives what the files of the knowledge say, parsed once and kept for the next start.

Parsing four hundred small TOML files takes longer than a whole screening, so what came of it is kept in the user's
cache directory. What is kept is plain JSON that the loader checks like the files themselves; nothing in it is run. It
is used only if its key fits (the content of every file and the source of this program that reads them), its checksum
fits, and nobody else could have written it. Whatever is amiss, the files are parsed again and nothing is said.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import stat
import tempfile
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from needlepoint.knowledge.fields import Unfit

# The mark of a date among the values of JSON; no file of the knowledge has a key without a name.
_DATE: Final = ""
_OTHERS_MAY_WRITE: Final = stat.S_IWGRP | stat.S_IWOTH


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """The files by name, the fingerprint of each, and the digest of them all."""

    files: Mapping[str, dict[str, Any]]
    fingerprints: Mapping[str, str]
    digest: str


def parsed(room: Path, names: tuple[str, ...], *, kept: Path | None) -> Parsed:
    """
    Give what the named files of a room say, from `kept` where that still fits them.

    Raises
    ------
    Unfit: a file cannot be read as TOML.

    """
    content = {name: _bytes(room, name) for name in names}
    key = None if kept is None else _key(content)
    found = None if kept is None or key is None else _recalled(kept, key)
    if found is not None:
        return found
    fresh = _parse(content)
    if kept is not None and key is not None:
        _keep(kept, key, fresh)
    return fresh


def kept_at(room: Path) -> Path | None:
    """Give the file in the user's cache directory that keeps a room; None where there is no such directory."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    try:
        cache = Path(base) if Path(base).is_absolute() else Path.home() / ".cache"
    except RuntimeError:
        return None
    name = hashlib.sha256(str(room).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return cache / "needlepoint" / f"knowledge-{name}.json"


def digest(raw: Mapping[str, Any]) -> str:
    """Give the SHA-256 of what is said, whatever its form."""
    content = json.dumps(_plain(raw), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(content.encode()).hexdigest()


def _bytes(room: Path, name: str) -> bytes:
    try:
        return (room / name).read_bytes()
    except OSError as fault:
        raise Unfit(name, "file", f"cannot be read: {fault}") from fault


def _parse(content: Mapping[str, bytes]) -> Parsed:
    files = {name: _toml(name, text) for name, text in content.items()}
    fingerprints = {name: digest(file) for name, file in files.items()}
    return Parsed(files=MappingProxyType(files), fingerprints=MappingProxyType(fingerprints), digest=digest(files))


def _toml(name: str, content: bytes) -> dict[str, Any]:
    try:
        return tomllib.loads(content.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise Unfit(name, "file", f"cannot be read: {fault}") from fault


def _plain(value: object) -> object:
    """Give content without its form: white space in texts, 1 or 1.0, and worked cases, which only test it."""
    match value:
        case dict():
            return {key: _plain(item) for key, item in value.items() if key != "case"}
        case list():
            return [_plain(item) for item in value]
        case str():
            return " ".join(value.split())
        case float() if value.is_integer():
            return int(value)
        case date():
            return value.isoformat()
        case _:
            return value


def _key(content: Mapping[str, bytes]) -> str | None:
    """Give the key of the files as this source reads them; None where the source cannot be seen."""
    try:
        sources = [Path(__file__).read_bytes(), Path(tomllib.__file__).read_bytes()]
    except OSError:
        return None
    whole = hashlib.sha256()
    for part in (*sources, *(part for name in content for part in (name.encode(), content[name]))):
        whole.update(hashlib.sha256(part).digest())
    return whole.hexdigest()


def _recalled(kept: Path, key: str) -> Parsed | None:
    text = _own_text(kept)
    if text is None:
        return None
    head, _, body = text.partition(b"\n")
    if head != _head(key, body):
        return None
    try:
        held = json.loads(body, object_hook=_with_dates)
        return Parsed(files=held["files"], fingerprints=held["fingerprints"], digest=held["digest"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _head(key: str, body: bytes) -> bytes:
    return f"{key} {hashlib.sha256(body).hexdigest()}".encode()


def _own_text(kept: Path) -> bytes | None:
    """Give the content of a regular file that nobody but this user can have written, in a directory likewise."""
    try:
        if not _is_own(kept.parent.lstat(), stat.S_IFDIR):
            return None
        handle = os.open(kept, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as opened:
            return opened.read() if _is_own(os.fstat(opened.fileno()), stat.S_IFREG) else None
    except OSError:
        return None


def _is_own(entry: os.stat_result, kind: int) -> bool:
    return stat.S_IFMT(entry.st_mode) == kind and entry.st_uid == os.geteuid() and not entry.st_mode & _OTHERS_MAY_WRITE


def _keep(kept: Path, key: str, fresh: Parsed) -> None:
    """Write aside and put in place, so that a reader sees the old or the new file and nothing between."""
    held = {"files": dict(fresh.files), "fingerprints": dict(fresh.fingerprints), "digest": fresh.digest}
    try:
        body = json.dumps(held, default=_date_as_table).encode()
        kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _is_own(kept.parent.lstat(), stat.S_IFDIR):
            return
        handle, aside = tempfile.mkstemp(dir=kept.parent)
    except (OSError, TypeError):
        return
    try:
        with os.fdopen(handle, "wb") as opened:
            opened.write(_head(key, body) + b"\n" + body)
        Path(aside).replace(kept)
    except OSError:
        with contextlib.suppress(OSError):
            Path(aside).unlink()


def _date_as_table(value: object) -> dict[str, str]:
    if type(value) is date:  # a time would come back as a day, so a file with one is not kept
        return {_DATE: value.isoformat()}
    raise TypeError(f"JSON cannot keep {value!r}")


def _with_dates(table: dict[str, Any]) -> Any:
    return date.fromisoformat(table[_DATE]) if _DATE in table else table
