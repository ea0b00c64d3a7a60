"""Finding a face and 468 points on it, the same points for the same pixels every time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from needlepoint.core.imaging.levels import Levels
from needlepoint.core.imaging.photo import Floats, Pixels

cv2.setNumThreads(1)  # threads would neither be faster here nor give the same sums every time

Points = NDArray[np.float64]  # (468, 3): x, y in pixels of the picture, z in the same unit, towards the camera negative

DETECTOR_SIDE: Final = 128
MESH_SIDE: Final = 192
_POINTS: Final = 468
_SURE: Final = 0.5  # the detector's own threshold
_SURER: Final = 0.75  # for faces found in a part of the picture, where chance has more tries
_MESH_SURE: Final = 0.5
_WIDEN: Final = 1.5  # the mesh network was trained on crops half as wide again as the face
_WORKING_SIDE: Final = 576  # crops are cut from a picture in which the face's square has this side
_PASSES: Final = 3
# Shift (share of the crop), turn (radians) and scale of the crops whose points are averaged: fixed, so repeatable.
_JITTER: Final = (
    (0.015, 0.01, 0.02, 1.03),
    (-0.015, 0.01, -0.02, 0.97),
    (0.01, -0.015, -0.035, 1.05),
    (-0.01, -0.015, 0.035, 0.95),
)


class FaceModels:
    """The two networks, ready to run on one thread; safe to share between threads."""

    def __init__(self, *, detector: bytes, mesh: bytes) -> None:
        self._detector = _Network(detector)
        self._mesh = _Network(mesh)
        self._lock = threading.Lock()

    def detect(self, crop: Floats) -> tuple[Floats, Floats]:
        """Give 896 raw boxes and their scores for a (128, 128, 3) crop in -1..1."""
        with self._lock:
            outputs = self._detector.run(crop)
        boxes, scores = sorted(outputs, key=lambda output: -output.shape[-1])
        return boxes.reshape(-1, 8, 2), _sigmoid(scores.reshape(-1))

    def points(self, crop: Floats) -> tuple[Floats, float]:
        """Give 468 points in pixels of a (192, 192, 3) crop in 0..1, and how sure the network is of a face."""
        with self._lock:
            outputs = self._mesh.run(crop)
        points, score = sorted(outputs, key=lambda output: -output.size)
        return points.reshape(_POINTS, 3), float(_sigmoid(score.reshape(-1))[0])


class _Network:
    def __init__(self, model: bytes) -> None:
        self._interpreter: Any = Interpreter(model_content=model, num_threads=1)
        self._interpreter.allocate_tensors()
        self._input = self._interpreter.get_input_details()[0]["index"]
        self._outputs = [output["index"] for output in self._interpreter.get_output_details()]

    def run(self, crop: Floats) -> list[Floats]:
        self._interpreter.set_tensor(self._input, crop[None])
        self._interpreter.invoke()
        return [self._interpreter.get_tensor(output) for output in self._outputs]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Square:
    """A turned square of a picture: its middle, its side, and its angle in radians."""

    x: float
    y: float
    side: float
    angle: float

    def crop_to_picture(self) -> NDArray[np.float64]:
        step = self.side / MESH_SIDE
        cos, sin = np.cos(self.angle) * step, np.sin(self.angle) * step
        half = (MESH_SIDE - 1) / 2
        return np.array([[cos, -sin, self.x - (cos - sin) * half], [sin, cos, self.y - (sin + cos) * half]])


def find_face(picture: Pixels | Levels, models: FaceModels) -> Points | None:
    """Give the mesh of the surest face, or None.

    Parameters
    ----------
    picture
        (height, width, 3) sRGB, or its levels if they serve elsewhere too.
    models
        The networks.

    Returns
    -------
    array or None
        (468, 3) x, y in pixels of the picture (the middle of the first pixel is 0, 0) and relative depth.

    References
    ----------
    Bazarevsky V. et al., BlazeFace, arXiv:1907.05047; Kartynnik Y. et al., arXiv:1907.06724.

    """
    levels = picture if isinstance(picture, Levels) else Levels(picture)
    square = _detected(levels, models)
    if square is None:
        return None
    level, pixels = levels.at(_WORKING_SIDE / square.side)
    square = _on_level(square, pixels)
    corner, window = _window(level, square)
    working = _shrunk(window, _WORKING_SIDE / square.side)
    factors = _factors(working, window)
    inside = _Square(x=square.x - corner[0], y=square.y - corner[1], side=square.side, angle=square.angle)
    mesh = _settled(working, _scaled(inside, float(factors[0])), models)
    if mesh is None:
        return None
    # A shrunk pixel covers 1/factor pixels, so its middle lies half of that further in; so it is with a level's.
    mesh[:, :2] = (((mesh[:, :2] + 0.5) / factors + corner) * pixels) - 0.5
    mesh[:, 2] *= pixels / factors[0]
    return mesh


def _on_level(square: _Square, pixels: int) -> _Square:
    x, y = ((middle + 0.5) / pixels - 0.5 for middle in (square.x, square.y))
    return _Square(x=x, y=y, side=square.side / pixels, angle=square.angle)


def _window(rgb: Pixels, square: _Square) -> tuple[NDArray[np.float64], Pixels]:
    """Cut the part of the picture in which the face can lie; the rest need not be shrunk."""
    left, top = (max(0, int(middle - square.side)) for middle in (square.x, square.y))
    right, bottom = (max(1, int(middle + square.side)) for middle in (square.x, square.y))
    return np.array([left, top], dtype=np.float64), rgb[top:bottom, left:right]


def _settled(working: Pixels, square: _Square, models: FaceModels) -> Points | None:
    """Cut again around what was found until the crop sits, then average over jittered crops."""
    for _ in range(_PASSES):
        points, score = _mesh_in(_for_mesh(working, square), square, models)
        if score < _MESH_SURE:
            return None
        square = _square_of(points)
    jittered = [
        _Square(
            x=square.x + dx * square.side, y=square.y + dy * square.side,
            side=square.side * scale, angle=square.angle + turn,
        )
        for dx, dy, turn, scale in _JITTER
    ]  # fmt: skip
    shrunk = _for_mesh(working, square)
    meshes = [_mesh_in(shrunk, each, models)[0] for each in (square, *jittered)]
    return np.asarray(np.mean(meshes, axis=0))


@dataclass(frozen=True, slots=True, eq=False)
class _Shrunk:
    """A picture as small as the mesh network sees it, and how much smaller that is, as x, y."""

    picture: Pixels
    factors: NDArray[np.float64]


def _for_mesh(working: Pixels, square: _Square) -> _Shrunk:
    shrunk = _shrunk(working, MESH_SIDE / square.side)
    return _Shrunk(shrunk, _factors(shrunk, working))


def _mesh_in(shrunk: _Shrunk, square: _Square, models: FaceModels) -> tuple[Points, float]:
    to_picture = square.crop_to_picture()
    # The same crop, cut from the shrunk picture: pixel middles move as in find_face.
    matrix = to_picture * shrunk.factors[:, None]
    matrix[:, 2] += 0.5 * shrunk.factors - 0.5
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    crop = cv2.warpAffine(shrunk.picture, matrix, (MESH_SIDE, MESH_SIDE), flags=how)
    points, score = models.points((crop / np.float32(255)).astype(np.float32))
    mesh = points.astype(np.float64)
    mesh[:, :2] = (mesh[:, :2] - 0.5) @ to_picture[:, :2].T + to_picture[:, 2]
    mesh[:, 2] *= square.side / MESH_SIDE
    return mesh, score


def _square_of(mesh: Points) -> _Square:
    across = mesh[263, :2] - mesh[33, :2]
    angle = float(np.arctan2(across[1], across[0]))
    cos, sin = np.cos(angle), np.sin(angle)
    turn = np.array([[cos, sin], [-sin, cos]])
    upright = mesh[:, :2] @ turn.T
    low, high = upright.min(axis=0), upright.max(axis=0)
    middle = turn.T @ ((low + high) / 2)
    side = max(float((high - low).max()) * _WIDEN, 8.0)
    return _Square(x=float(middle[0]), y=float(middle[1]), side=side, angle=angle)


def _detected(levels: Levels, models: FaceModels) -> _Square | None:
    """Look at the whole picture first, then at halves and quarters of it, where a small face is larger."""
    wanted = 8 * DETECTOR_SIDE / max(levels.rgb.shape[:2])
    level, pixels = levels.at(wanted)
    small = _shrunk(level, wanted * pixels)
    factor = small.shape[1] / levels.rgb.shape[1]
    whole = _surest(small, models)
    if whole is not None and whole[0] > _SURE:
        return _scaled(whole[1], 1 / factor)
    found = [(window, _surest(part, models)) for window, part in _parts(small)]
    faces = [(face[0], window, face[1]) for window, face in found if face is not None and face[0] > _SURER]
    if not faces:
        return None
    _, (left, top), square = max(faces, key=lambda face: face[0])
    moved = _Square(x=square.x + left, y=square.y + top, side=square.side, angle=square.angle)
    return _scaled(moved, 1 / factor)


def _parts(small: Pixels) -> Iterator[tuple[tuple[int, int], Pixels]]:
    height, width = small.shape[:2]
    for share in (0.6, 0.35):
        side = max(int(share * max(height, width)), 48)
        for top in _steps(height, side):
            for left in _steps(width, side):
                yield (left, top), small[top : top + side, left : left + side]


def _steps(length: int, side: int) -> list[int]:
    spare = max(length - side, 0)
    count = int(np.ceil(spare / (side * 0.5))) + 1
    return [round(float(place)) for place in np.linspace(0, spare, count)]


def _surest(picture: Pixels, models: FaceModels) -> tuple[float, _Square] | None:
    height, width = picture.shape[:2]
    factor = DETECTOR_SIDE / max(height, width)
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    shrunk = cv2.resize(picture, size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR)
    left, top = (DETECTOR_SIDE - size[0]) // 2, (DETECTOR_SIDE - size[1]) // 2
    canvas = np.zeros((DETECTOR_SIDE, DETECTOR_SIDE, 3), np.uint8)
    canvas[top : top + size[1], left : left + size[0]] = shrunk
    boxes, scores = models.detect((canvas / np.float32(127.5) - 1).astype(np.float32))
    best = int(np.argmax(scores))
    box = boxes[best].astype(np.float64) / DETECTOR_SIDE
    places = (box + _ANCHORS[best]) * DETECTOR_SIDE
    middle, eyes = places[0] - (left, top), places[3] - places[2]
    side = float(box[1].max()) * DETECTOR_SIDE / factor * _WIDEN
    if side < 8:
        return None
    x, y = middle / factor
    return float(scores[best]), _Square(x=float(x), y=float(y), side=side, angle=float(np.arctan2(eyes[1], eyes[0])))


def _anchors() -> NDArray[np.float64]:
    """Give the middles of the detector's cells: two for each of 16 x 16, six for each of 8 x 8."""
    grids = [
        np.repeat(np.stack(np.meshgrid(*(2 * [(np.arange(side) + 0.5) / side])), axis=-1).reshape(-1, 2), each, axis=0)
        for side, each in ((16, 2), (8, 6))
    ]
    return np.concatenate(grids)


_ANCHORS: Final = _anchors()


def _scaled(square: _Square, factor: float) -> _Square:
    return _Square(x=square.x * factor, y=square.y * factor, side=square.side * factor, angle=square.angle)


def _shrunk(picture: Pixels, factor: float) -> Pixels:
    """Shrink by averaging areas, or leave as it is: a picture is never enlarged."""
    if factor >= 1:
        return picture
    size = (max(1, round(picture.shape[1] * factor)), max(1, round(picture.shape[0] * factor)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _factors(shrunk: Pixels, picture: Pixels) -> NDArray[np.float64]:
    return np.array([shrunk.shape[1] / picture.shape[1], shrunk.shape[0] / picture.shape[0]])


def _sigmoid(raw: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(raw, -80, 80))), dtype=np.float32)
