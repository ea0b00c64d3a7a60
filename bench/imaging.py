"""What measuring a 12-megapixel JPEG costs, beside decoding it: prints ratios. Needs scikit-image for the portrait."""

import time
from collections.abc import Callable

import cv2
import numpy as np
import simplejpeg
import skimage.data

from needlepoint.actions.networks import face_models
from needlepoint.actions.pictures import pixels
from needlepoint.core.imaging.comparison import compare
from needlepoint.core.imaging.measures import measure

ROUNDS = 5


def portrait() -> np.ndarray:
    """Give the astronaut's head and shoulders as 3000 x 4000 pixels."""
    part = skimage.data.astronaut()[0:340, 98:353]
    return np.ascontiguousarray(cv2.resize(part, (3000, 4000), interpolation=cv2.INTER_CUBIC))


def retake(rgb: np.ndarray) -> np.ndarray:
    """Give the same head a little turned, nearer and noisier."""
    height, width = rgb.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), 2.0, 1.03)
    moved = cv2.warpAffine(rgb, matrix, (width, height), borderMode=cv2.BORDER_REFLECT)
    noise = np.random.default_rng(1).normal(0, 2, moved.shape)
    return np.clip(moved + noise, 0, 255).astype(np.uint8)


def fastest(work: Callable[[], object]) -> float:
    """Give the shortest of a few rounds, in milliseconds."""
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return 1000 * min(times)


def main() -> None:
    rgb = portrait()
    first = simplejpeg.encode_jpeg(rgb, quality=92, colorspace="RGB")
    second = retake(rgb)
    models = face_models()
    decode = fastest(lambda: pixels(first))
    shared = {
        "decode": decode,
        "measure (decoded)": fastest(lambda: measure(rgb, models)),
        "decode + measure": fastest(lambda: measure(pixels(first), models)),
        "compare (decoded)": fastest(lambda: compare(rgb, second, models)),
    }
    print(f"{rgb.shape[1]} x {rgb.shape[0]} px, JPEG {len(first) / 1e6:.1f} MB, one thread, best of {ROUNDS}")
    for name, taken in shared.items():
        print(f"{name:<20} {taken:7.0f} ms  {taken / decode:5.1f} x decoding")


if __name__ == "__main__":
    main()
