"""What measuring a 12-megapixel JPEG costs, beside decoding it and beside assemblies of other libraries: prints ratios.

Needs scikit-image for the portrait. `CORES=2` lets the decoder and the libraries have both cores.
"""

import io
import itertools
import os
import resource
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import simplejpeg
import skimage.color
import skimage.data
import skimage.filters
from PIL import Image
from scipy.stats import spearmanr

from needlepoint.actions.networks import face_models
from needlepoint.actions.pictures import pixels
from needlepoint.core.imaging.comparison import compare
from needlepoint.core.imaging.levels import Levels
from needlepoint.core.imaging.measures import measure, read
from needlepoint.core.imaging.registration import View, lay_over
from needlepoint.core.imaging.ridges import ridges

ROUNDS = int(os.environ.get("ROUNDS", "5"))
PHOTOS = int(os.environ.get("PHOTOS", "60"))
CORES = int(os.environ.get("CORES", "1"))


def portrait() -> np.ndarray:
    """Give the astronaut's head and shoulders as 3000 x 4000 pixels, with the grain of skin that the small one lost."""
    part = skimage.data.astronaut()[0:340, 98:353]
    large = cv2.resize(part, (3000, 4000), interpolation=cv2.INTER_CUBIC).astype(np.float32)
    grain = np.random.default_rng(0).normal(0, 1, (4000, 3000)).astype(np.float32)
    fine, broad = (cv2.GaussianBlur(grain, (0, 0), spread) for spread in (2.0, 8.0))
    return np.clip(large * (1 + 0.12 * fine + 0.25 * broad)[..., None], 0, 255).astype(np.uint8)


def retake(rgb: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give the same head a little turned, bent, nearer and noisier, and where each of its pixels was."""
    height, width = rgb.shape[:2]
    rng = np.random.default_rng(1)
    back = cv2.invertAffineTransform(cv2.getRotationMatrix2D((width / 2, height / 2), 2.0, 1.03))
    places = np.stack(np.meshgrid(np.arange(width), np.arange(height)), axis=-1) @ back[:, :2].T + back[:, 2]
    bend = cv2.resize(rng.normal(size=(7, 7, 2)), (width, height), interpolation=cv2.INTER_CUBIC)
    places = (places + 6 * bend).astype(np.float32)
    moved = cv2.remap(rgb, places, None, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)
    return np.clip(moved + rng.normal(0, 2, moved.shape), 0, 255).astype(np.uint8), places


def fastest(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Give the shortest of a few rounds, in milliseconds."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return 1000 * min(times)


def by_opencv(content: bytes) -> None:
    """Do with OpenCV, on all pixels, what the colour, band and spot measures need."""
    rgb = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    lab = cv2.cvtColor((rgb / np.float32(255)).astype(np.float32), cv2.COLOR_BGR2LAB)
    grey = np.log2(rgb[..., 1].astype(np.float32) + 1)
    bands = [cv2.GaussianBlur(grey, (0, 0), spread) for spread in (1.5, 3, 8, 24)]
    assert lab.mean() + sum(float(np.std(two - one)) for one, two in itertools.pairwise(bands)) > 0


def by_pillow(content: bytes) -> None:
    """Decode and go to L*a*b* with Pillow, and take the statistics."""
    picture = Image.open(io.BytesIO(content)).convert("RGB")
    assert np.asarray(picture, dtype=np.float32).mean(axis=(0, 1)).min() > 0


def by_skimage(rgb: np.ndarray) -> None:
    """Go to L*a*b* with scikit-image and filter for lines once, on all pixels."""
    lab = skimage.color.rgb2lab(rgb)
    assert skimage.filters.frangi(lab[..., 0], black_ridges=True).max() > 0


def registration(rgb: np.ndarray, models: object) -> None:
    after, places = retake(rgb)
    one, two = Levels(rgb), Levels(after)
    views = [View(levels=each, mesh=read(each.rgb, models).mesh) for each in (one, two)]
    taken = fastest(lambda: lay_over(*views), 2)
    laid = lay_over(*views)
    inner = laid.agreed.copy()
    rows, columns = np.nonzero(inner)
    there = laid.places[rows, columns]
    back = cv2.remap(places, there[:, None].astype(np.float32)[:30000], None, cv2.INTER_LINEAR)[:, 0]
    true = ((np.column_stack([columns, rows]) + 0.5) * laid.step + laid.corner - 0.5)[:30000]
    off = np.linalg.norm(back - true, axis=1)
    print(f"dense registration: {taken:.0f} ms, median error {np.median(off):.2f} px of the picture, "
          f"{np.median(off / laid.step.mean()):.2f} px of the frame, p90 {np.percentile(off, 90):.2f} px")  # fmt: skip


def lines(rgb: np.ndarray, models: object) -> None:
    plane = np.log2(read(rgb, models).crop.light[..., 1] + 1e-4)
    ours, theirs = ridges(plane, octaves=3), skimage.filters.frangi(plane, sigmas=(1.2, 2, 2.4, 4, 4.8, 8))
    large = np.log2(rgb[..., 1].astype(np.float32) + 1)[1000:3000, 500:2500]
    pairs = (
        ("working plane, the same six widths", plane, {"sigmas": (1.2, 2, 2.4, 4, 4.8, 8)}),
        ("4 megapixels, frangi's own widths", np.ascontiguousarray(large), {}),
    )
    for name, here, how in pairs:
        a = fastest(lambda here=here: ridges(here, octaves=3))
        b = fastest(lambda here=here, how=how: skimage.filters.frangi(here, black_ridges=True, **how), 1)
        print(f"ridges, {name}: {a:.0f} ms, frangi {b:.0f} ms, {b / a:.0f} times as long")
    theirs = skimage.filters.frangi(plane, sigmas=(1.2, 2, 2.4, 4, 4.8, 8), black_ridges=True)
    print(f"  rank correlation {spearmanr(ours.strength.ravel(), theirs.ravel()).statistic:.2f}")


def many(content: bytes, models: object) -> None:
    peaks = []
    start = time.perf_counter()
    for _ in range(PHOTOS):
        measure(pixels(content), models)
        resident = int(Path("/proc/self/statm").read_text("ascii").split()[1])
        peaks.append(resident * resource.getpagesize() / 2**20)
    third = len(peaks) // 3
    rate = PHOTOS / (time.perf_counter() - start)
    first, last = np.mean(peaks[:third]), np.mean(peaks[-third:])
    print(f"{PHOTOS} photographs in a row: {rate:.1f} a second, {first:.0f} MiB early, {last:.0f} MiB late")


def main() -> None:
    cv2.setNumThreads(CORES)
    rgb = portrait()
    content = simplejpeg.encode_jpeg(rgb, quality=92, colorspace="RGB")
    second, _ = retake(rgb)
    models = face_models()
    decode = fastest(lambda: simplejpeg.decode_jpeg(content))
    shared = {
        "libjpeg-turbo decodes": decode,
        "measure, decoded": fastest(lambda: measure(rgb, models)),
        "decode and measure": fastest(lambda: measure(pixels(content), models)),
        "Pillow decodes, means": fastest(lambda: by_pillow(content), 2),
        "OpenCV, colour and bands": fastest(lambda: by_opencv(content), 2),
        "compare, decoded": fastest(lambda: compare(rgb, second, models), 2),
    }
    print(f"{rgb.shape[1]} x {rgb.shape[0]} px, JPEG {len(content) / 1e6:.1f} MB, {CORES} thread(s), best of {ROUNDS}")
    for name, taken in shared.items():
        print(f"{name:<26} {taken:7.0f} ms  {taken / decode:6.1f} x decoding")
    quarter = np.ascontiguousarray(rgb[::2, ::2])
    print(
        f"scikit-image, L*a*b* and frangi on a quarter of the pixels: {fastest(lambda: by_skimage(quarter), 1):.0f} ms"
    )
    many(content, models)
    lines(rgb, models)
    registration(rgb, models)


if __name__ == "__main__":
    main()
