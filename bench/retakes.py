"""What the measures say when nothing changed: simulated retakes of rendered patients and of a real portrait.

Prints for each measure how often two photographs of the same skin differ by more than the error said, and the standard
error that the retakes show beside the one that is said. `RETAKES` sets how many are made of each photograph.
"""

import os
import sys
from collections import defaultdict
from collections.abc import Iterator

import cv2
import numpy as np
import skimage.data

from needlepoint.actions.networks import face_models
from needlepoint.core.imaging.comparison import compare
from needlepoint.demo.camera import Camera
from needlepoint.demo.lamp import Lamp
from needlepoint.demo.render import photograph
from needlepoint.demo.skin import Skin
from needlepoint.demo.subject import Subject

RETAKES = int(os.environ.get("RETAKES", "4"))
CAMERA = Camera(width_px=1200, height_px=1600, oversampling=1.0)


def subjects() -> Iterator[tuple[str, np.ndarray]]:
    """Give a rendered patient of each skin type, marked in different ways, and a real face."""
    for fitzpatrick in range(1, 7):
        skin = Skin(fitzpatrick=fitzpatrick, wrinkles=0.2 * (fitzpatrick - 1), spots=0.5, lesions=0.3, pits=0.2)
        subject = Subject(seed=100 + fitzpatrick, age_years=30 + 6 * fitzpatrick, masculine=fitzpatrick % 2)
        rng = np.random.default_rng(fitzpatrick)
        yield f"type {fitzpatrick}", photograph(subject, skin, camera=CAMERA, lamp=Lamp(), rng=rng).rgb
    part = skimage.data.astronaut()[0:256, 128:352]
    yield "portrait", cv2.resize(part, None, fx=5, fy=5, interpolation=cv2.INTER_CUBIC)


def retaken(rgb: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Give the picture as the same camera takes it again: moved, bent, a little relit, blurred, noisy, stored."""
    height, width = rgb.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), rng.normal(0, 1.5), 1 + rng.normal(0, 0.03))
    matrix[:, 2] += rng.normal(0, 0.01 * width, 2)
    back = cv2.invertAffineTransform(matrix)
    places = np.stack(np.meshgrid(np.arange(width), np.arange(height)), axis=-1) @ back[:, :2].T + back[:, 2]
    bend = cv2.resize(rng.normal(size=(7, 7, 2)), (width, height), interpolation=cv2.INTER_CUBIC)
    places = (places + bend * 0.0015 * width).astype(np.float32)
    moved = cv2.remap(rgb, places[..., 0], places[..., 1], cv2.INTER_LANCZOS4, borderMode=cv2.BORDER_REFLECT)
    light = (moved / 255.0) ** 2.2
    slope = np.linspace(-1, 1, width)[None, :, None] * rng.normal(0, 0.05)
    gain = (1 + rng.normal(0, 0.046)) * np.array([1 + rng.normal(0, 0.017), 1, 1 + rng.normal(0, 0.017)])
    seen = 255 * np.clip(light * gain * (1 + slope), 0, 1) ** (1 / 2.2)
    seen = cv2.GaussianBlur(seen, (0, 0), rng.uniform(0.2, 0.8)) + rng.normal(0, 1.5, rgb.shape)
    _, stored = cv2.imencode(".jpg", np.clip(seen, 0, 255).astype(np.uint8)[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 90])
    return np.ascontiguousarray(cv2.imdecode(stored, cv2.IMREAD_COLOR)[..., ::-1])


def main() -> None:
    changes = defaultdict(list)
    refused = 0
    for name, rgb in subjects():
        rng = np.random.default_rng(7 if name == "portrait" else int(name[-1]))
        first = retaken(rgb, rng)
        for _ in range(RETAKES):
            answer = compare(first, retaken(rgb, rng), face_models())
            for each in answer.changes:
                if each.comparable:
                    changes[each.id.value].append((each.change, each.smallest_detectable_change))
                else:
                    refused += 1
        print(name, sum(map(len, changes.values())), "comparisons so far", file=sys.stderr)
    print(f"{'measure':<20} {'pairs':>6} {'beyond':>7} {'error seen':>11} {'error said':>11}")
    every = np.concatenate([np.array(pairs) for pairs in changes.values()])
    for name, pairs in changes.items():
        table = np.array(pairs)
        beyond = np.abs(table[:, 0]) > table[:, 1]
        seen, said = np.sqrt(np.mean(table[:, 0] ** 2) / 2), np.sqrt(np.mean((table[:, 1] / 1.96) ** 2) / 2)
        print(f"{name:<20} {len(table):>6} {beyond.mean():>7.1%} {seen:>11.4f} {said:>11.4f}")
    print(f"{'all':<20} {len(every):>6} {np.mean(np.abs(every[:, 0]) > every[:, 1]):>7.1%}   not comparable: {refused}")


if __name__ == "__main__":
    main()
