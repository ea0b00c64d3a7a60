"""Files made to do harm, and good ones that were cut or changed bit by bit: each is read or refused, nothing else.

Every file is made here. `FUZZED` says how many changed files of each format are tried; a longer run sets it in the
environment.
"""

from __future__ import annotations

import io
import os
import resource
import struct
import subprocess
import sys
import warnings
import zlib
from typing import Any

import numpy as np
import pytest
from PIL import Image

from needlepoint.actions.pictures import UnreadablePicture, look, pixels
from tests.core.imaging.scenes import body_patch

FUZZED = int(os.environ.get("FUZZED", "40"))
FORMATS: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 90}, "PNG": {}, "TIFF": {"compression": "tiff_lzw"}, "WEBP": {"quality": 90},
    "HEIF": {"quality": 80},
}  # fmt: skip
MEMORY = 3 << 30  # of address space, most of it taken by libraries before a picture is opened


def stored(kind: str) -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(body_patch()[:200, :260]).save(out, kind, exif=exif, **FORMATS[kind])
    return out.getvalue()


def answered(data: bytes) -> bool:
    """Tell whether it is read; anything but pixels or a refusal is a fault and passes through."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about damage, which is what these files are made of
        try:
            rgb = pixels(data)
        except UnreadablePicture:
            return False
    assert rgb.dtype == np.uint8
    assert rgb.ndim == 3
    assert rgb.shape[2] == 3
    return True


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(*chunks: bytes, width: int = 100, height: int = 100) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(chunks) + chunk(b"IEND", b"")


def rows(width: int, height: int) -> bytes:
    return chunk(b"IDAT", zlib.compress(bytes((3 * width + 1) * height), 9))


def tiff(width: int, height: int, *, offset: int = 8, count: int = 3) -> bytes:
    tags = [(256, 4, 1, width), (257, 4, 1, height), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 2),
            (273, 4, 1, offset), (277, 3, 1, count), (278, 4, 1, height),
            (279, 4, 1, width * height * 3 & 0xFFFFFFFF)]  # fmt: skip
    entries = b"".join(struct.pack("<HHII", *tag) for tag in tags)
    return b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + struct.pack("<I", 8)  # the next directory is itself


SWOLLEN = zlib.compress(bytes(100_000_000), 9)
TO_ITSELF = b"Exif\0\0II*\0" + struct.pack("<IHHHIII", 8, 1, 0x8769, 4, 1, 8, 0)
HOSTILE = {
    "a PNG of 60000 x 60000": png(rows(100, 100), width=60_000, height=60_000),
    "a PNG of 2 billion by 2 billion": png(rows(10, 10), width=2**31 - 1, height=2**31 - 1),
    "a PNG whose text unpacks to 100 MB": png(chunk(b"zTXt", b"a\0\0" + SWOLLEN), rows(100, 100)),
    "a PNG whose profile unpacks to 100 MB": png(chunk(b"iCCP", b"a\0\0" + SWOLLEN), rows(100, 100)),
    "a PNG with more rows than it says": png(rows(100, 20_000)),
    "a PNG with fewer rows than it says": png(rows(100, 10)),
    "a PNG without a picture": png(),
    "a PNG with a chunk of 4 GB": b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 2**32 - 1) + b"IHDR" + bytes(40),
    "a TIFF of 4 billion pixels": tiff(65_000, 65_000),
    "a TIFF that points behind its end": tiff(200, 200, offset=2**31),
    "a TIFF with 60000 samples": tiff(200, 200, count=60_000),
    "a TIFF that is its own next page": tiff(100, 100),
    "a JPEG of 65500 x 65500": stored("JPEG").replace(struct.pack(">HH", 200, 260), struct.pack(">HH", 65_500, 65_500)),
    "a JPEG with a directory that points to itself": (
        b"\xff\xd8\xff\xe1" + struct.pack(">H", len(TO_ITSELF) + 2) + TO_ITSELF + stored("JPEG")[2:]
    ),
    "a JPEG of markers alone": b"\xff\xd8" + b"\xff\xe0\x00\x02" * 50_000,
    "a WebP that says 4 GB": b"RIFF" + struct.pack("<I", 2**32 - 1) + b"WEBPVP8X" + bytes(60),
    "a HEIC of one endless box": struct.pack(">I", 0) + b"ftypheic" + bytes(200),
    "an SVG": b"<svg xmlns='http://www.w3.org/2000/svg' width='100' height='100'/>",
    "PostScript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 100 100\n",
    "a text": b"GIF is not read either" * 9,
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_read_or_refused(name: str) -> None:
    answered(HOSTILE[name])


def test_all_hostile_files_are_gone_through_in_bounded_memory() -> None:
    program = (
        "import resource\n"
        f"resource.setrlimit(resource.RLIMIT_AS, ({MEMORY}, {MEMORY}))\n"
        "from tests.actions.test_hostile_pictures import HOSTILE, answered\n"
        "print(sum(answered(data) for data in HOSTILE.values()))\n"
        # Not ru_maxrss: after a fork it begins with what the parent held.
        "from pathlib import Path\n"
        "print(Path('/proc/self/status').read_text().partition('VmHWM:')[2].split()[0])\n"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)
    read, peak_kib = map(int, ended.stdout.split())
    assert read < len(HOSTILE) / 3
    assert peak_kib < 700_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss > 0


@pytest.mark.parametrize("kind", FORMATS)
def test_a_cut_file_is_read_or_refused(kind: str) -> None:
    whole = stored(kind)
    assert answered(whole)
    for end in np.linspace(0, len(whole) - 1, FUZZED).astype(int).tolist():
        answered(whole[:end])


@pytest.mark.parametrize("kind", FORMATS)
def test_a_file_with_changed_bits_is_read_or_refused(kind: str) -> None:
    whole = np.frombuffer(stored(kind), np.uint8)
    rng = np.random.default_rng(list(FORMATS).index(kind))
    for number in range(FUZZED):
        changed = whole.copy()
        # Half of the changes hit the head, where sizes and pointers stand.
        reach = min(400, len(whole)) if number % 2 else len(whole)
        places = rng.integers(0, reach, rng.integers(1, 12))
        changed[places] ^= rng.integers(1, 256, len(places)).astype(np.uint8)
        answered(changed.tobytes())


@pytest.mark.parametrize("kind", FORMATS)
def test_looking_at_a_cut_file_refuses_it_or_says_what_it_is(kind: str) -> None:
    whole = stored(kind)
    for share in (0.1, 0.5, 0.9):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about damage, which is what these files are made of
            try:
                found = look(whole[: int(share * len(whole))])
            except UnreadablePicture:
                continue
        assert {found.width_px, found.height_px} == {200, 260}
