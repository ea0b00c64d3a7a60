"""The vault: bytes kept encrypted under the SHA-256 of what they are, never altered once they are in.

Photographs and signed documents live here; the tables keep only their hashes. A file is whole or it is not there:
it is written beside its place, forced to the disk, and only then put under its name.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

if TYPE_CHECKING:
    from pathlib import Path

_MARK: Final = b"needlepoint vault 1\n"
_NONCE_BYTES: Final = 12
_NAME: Final = re.compile(r"[0-9a-f]{64}")


class NotInVault(Exception):
    """No bytes are kept under this hash."""

    def __init__(self, sha256: str) -> None:
        self.sha256 = sha256
        super().__init__(f"Nothing is kept under {sha256[:12]}….")


class AlteredInVault(Exception):
    """What is kept under this hash is not what was put there, or was put there under another key."""

    def __init__(self, sha256: str) -> None:
        self.sha256 = sha256
        super().__init__(f"The file kept under {sha256[:12]}… was altered after it was stored.")


def put(data: bytes) -> str:
    """Keep these bytes and give the SHA-256 they are found under; once this returns they are on the disk."""
    sha256 = hashlib.sha256(data).hexdigest()
    if _is_whole(sha256):
        return sha256
    nonce = secrets.token_bytes(_NONCE_BYTES)
    sealed = AESGCM(_key()).encrypt(nonce, data, _bound_to(sha256))
    _write(_place(sha256), _MARK + nonce + sealed)
    return sha256


def get(sha256: str) -> bytes:
    """Give the bytes kept under this hash, checked against it.

    Raises
    ------
    NotInVault
        When nothing is kept under it.
    AlteredInVault
        When what is kept there is no longer what was put.

    """
    place = _place(sha256)
    try:
        kept = place.read_bytes()
    except (FileNotFoundError, IsADirectoryError) as error:
        raise NotInVault(sha256) from error
    start = len(_MARK) + _NONCE_BYTES
    if not kept.startswith(_MARK) or len(kept) < start:
        raise AlteredInVault(sha256)
    try:
        data = AESGCM(_key()).decrypt(kept[len(_MARK) : start], kept[start:], _bound_to(sha256))
    except InvalidTag as error:
        raise AlteredInVault(sha256) from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise AlteredInVault(sha256)
    return data


def _is_whole(sha256: str) -> bool:
    try:
        get(sha256)
    except (NotInVault, AlteredInVault):
        return False
    return True


def _place(sha256: str) -> Path:
    if not _NAME.fullmatch(sha256):
        raise NotInVault(sha256)
    folder: Path = settings.VAULT
    return folder / sha256[:2] / sha256


def _key() -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=_MARK).derive(settings.PHOTO_KEY.encode())


def _bound_to(sha256: str) -> bytes:
    """Give what ties a file to its name, so that two files of the vault cannot be exchanged for each other."""
    return bytes.fromhex(sha256)


def _write(place: Path, content: bytes) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    beside = place.parent / f".{place.name}.{secrets.token_hex(8)}"
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(place)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    # The names must be on the disk too, or the file is lost with the power although its bytes are safe.
    for folder in (place.parent, place.parent.parent):
        _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
