"""Laying AFTER over BEFORE: face mesh or matched details first, then a dense flow that must agree both ways."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from needlepoint.core.imaging.face import Points
from needlepoint.core.imaging.levels import Levels
from needlepoint.core.imaging.photo import Floats, Mask, Pixels
from needlepoint.core.imaging.regions import oval

_FRAME_SIDE: Final = 900  # pixels across the face, or along a picture without one
_DETAIL: Final = 0.012  # of the frame: the size of the surroundings by which brightness is evened out
_AGREE_PX: Final = 1.5  # forward and backward flow
_ALIKE: Final = 0.7  # correlation of evened-out brightness below which these are not the same skin
# Share of the face, or of a picture without one, in which the flow must agree both ways. In trials with rendered and
# real heads it was above 0.96 for the same head under other lamps and angles, and below 0.69 for two heads.
_AGREED_FACE: Final = 0.82
_AGREED_PICTURE: Final = 0.4
_TRACKED: Final = 400
_FEWEST_TRACKED: Final = 8
_INLIERS: Final = 25
_SMOOTHING: Final = 1e-3  # of the plate spline: landmarks are not exact
_GRID: Final = 24


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class View:
    """One photograph for laying over: its levels, and the mesh if it shows a face."""

    levels: Levels
    mesh: Points | None


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Laid:
    """Where each pixel of a frame on BEFORE lies in AFTER.

    Attributes
    ----------
    corner, step
        Picture pixel of the frame's upper left edge in BEFORE, and pixels of BEFORE to one of the frame, as x, y.
    places
        (h, w, 2) x, y in pixels of AFTER.
    agreed
        (h, w) pixels where forward and backward flow agree.
    residual_px
        Root mean square distance of matched points that is left, in pixels of BEFORE.
    alike
        Correlation of the two pictures after laying over, brightness evened out.

    """

    corner: NDArray[np.float64]
    step: NDArray[np.float64]
    places: Floats
    agreed: Mask
    residual_px: float
    alike: float

    def carried(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the places in AFTER of (n, 2) pixels of BEFORE."""
        frame = ((points + 0.5 - self.corner) / self.step - 0.5).astype(np.float32)
        there = _sampled(self.places, frame[:, None])
        return np.asarray(there[:, 0], dtype=np.float64)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class _Frame:
    grey: NDArray[np.uint8]
    corner: NDArray[np.float64]
    step: NDArray[np.float64]

    def into(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray((points + 0.5 - self.corner) / self.step - 0.5)

    def out_of(self, points: Floats) -> Floats:
        return np.asarray((points + 0.5) * self.step + self.corner - 0.5, dtype=np.float32)


def lay_over(before: View, after: View) -> Laid | None:
    """Find for each pixel of BEFORE's face, or of the whole of BEFORE, its place in AFTER.

    Parameters
    ----------
    before, after
        The two photographs.

    Returns
    -------
    Laid or None
        None when no start was found, or what came to lie over each other is not alike.

    References
    ----------
    Kroeger T. et al., Fast optical flow using dense inverse search, arXiv:1603.03590; Bookstein F.L., Principal
    warps, doi:10.1109/34.24792; Barath D. et al., MAGSAC++, arXiv:1912.05909.

    """
    if (before.mesh is None) != (after.mesh is None):
        return None
    if before.mesh is not None and after.mesh is not None:
        side = min(_FRAME_SIDE, _size(before.mesh), _size(after.mesh))
        base, other = _face_frame(before.levels, before.mesh, side), _face_frame(after.levels, after.mesh, side)
        start = _by_mesh(base, other, before.mesh, after.mesh)
        within = oval(base.into(before.mesh[:, :2]), (base.grey.shape[0], base.grey.shape[1]))
    else:
        base, other = _picture_frame(before.levels), _picture_frame(after.levels)
        found = _by_details(base.grey, other.grey)
        if found is None:
            return None
        start, within = found, np.ones((base.grey.shape[0], base.grey.shape[1]), np.bool_)
    enough = _AGREED_PICTURE if before.mesh is None else _AGREED_FACE
    return _refined(base, other, start, within, enough=enough)


def _refined(base: _Frame, other: _Frame, start: Floats, within: Mask, *, enough: float) -> Laid | None:
    warped = _sampled(other.grey, start)
    reach = max(2.0, _DETAIL * max(base.grey.shape))
    one, two = _evened(base.grey, reach), _evened(warped, reach)
    flow, back = _flow(one, two), _flow(two, one)
    grid = _pixels(base.grey.shape[:2])
    there = grid + flow
    returned = flow + _sampled(back, there)
    inside = _within(start, other.grey.shape[:2])
    agreed = (np.hypot(returned[..., 0], returned[..., 1]) < _AGREE_PX) & inside
    places = _sampled(start, there)
    laid = _sampled(other.grey, places)
    three = _evened(laid, reach)
    judged = within & agreed
    if judged.sum() < enough * within.sum():
        return None
    alike = _correlation(one, three, judged)
    if alike < _ALIKE:
        return None
    residual = _residual(one, three, judged, returned)
    return Laid(
        corner=base.corner, step=base.step, places=other.out_of(places), agreed=agreed,
        residual_px=residual * float(base.step.mean()), alike=alike,
    )  # fmt: skip


def _residual(one: NDArray[np.uint8], two: NDArray[np.uint8], judged: Mask, returned: Floats) -> float:
    """Follow single details from one picture to the other, independently of the flow."""
    points = cv2.goodFeaturesToTrack(one, _TRACKED, 0.02, 6, mask=judged.astype(np.uint8))
    if points is not None and len(points) >= _FEWEST_TRACKED:
        moved, found, _ = cv2.calcOpticalFlowPyrLK(one, two, points, points.copy(), winSize=(15, 15), maxLevel=1)
        home, again, _ = cv2.calcOpticalFlowPyrLK(two, one, moved, moved.copy(), winSize=(15, 15), maxLevel=1)
        sure = (found[:, 0] > 0) & (again[:, 0] > 0) & (np.linalg.norm(home - points, axis=2)[:, 0] < 0.5)
        if sure.sum() >= _FEWEST_TRACKED:
            return float(np.sqrt(np.mean(np.sum((moved - points)[sure].astype(np.float64) ** 2, axis=2))))
    return float(np.sqrt(np.mean(np.sum(returned[judged].astype(np.float64) ** 2, axis=-1))))


def _flow(one: NDArray[np.uint8], two: NDArray[np.uint8]) -> Floats:
    search = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    flow = np.asarray(search.calc(one, two, np.zeros((*one.shape, 2), np.float32)), dtype=np.float32)
    return np.asarray(cv2.GaussianBlur(flow, (0, 0), 2.0), dtype=np.float32)


def _evened(grey: NDArray[np.uint8], reach: float) -> NDArray[np.uint8]:
    """Take out slow changes of brightness and contrast, which are light, and keep detail, which is skin."""
    values = np.log2(grey.astype(np.float32) + 4)
    detail = values - cv2.GaussianBlur(values, (0, 0), reach)
    spread = np.sqrt(cv2.GaussianBlur(detail * detail, (0, 0), 2 * reach)) + 0.02
    return np.asarray(np.clip(128 + 40 * detail / spread, 0, 255).astype(np.uint8))


def _correlation(one: NDArray[np.uint8], two: NDArray[np.uint8], where: Mask) -> float:
    first, second = (cv2.GaussianBlur(each, (0, 0), 1.5)[where].astype(np.float64) for each in (one, two))
    first, second = first - first.mean(), second - second.mean()
    size = float(np.sqrt((first**2).sum() * (second**2).sum()))
    return float((first * second).sum() / size) if size > 0 else 0.0


def _by_mesh(base: _Frame, other: _Frame, before: Points, after: Points) -> Floats:
    spline = _Spline(base.into(before[:, :2]), other.into(after[:, :2]))
    return spline.spread(base.grey.shape[:2])


class _Spline:
    """A thin plate through matched points, bent as little as they allow."""

    def __init__(self, source: NDArray[np.float64], target: NDArray[np.float64]) -> None:
        self._middle, self._scale = source.mean(axis=0), float(np.ptp(source))
        self._knots = (source - self._middle) / self._scale
        count = len(source)
        kernel = _kernel(self._knots, self._knots) + _SMOOTHING * np.eye(count)
        affine = np.column_stack([np.ones(count), self._knots])
        system = np.block([[kernel, affine], [affine.T, np.zeros((3, 3))]])
        # The displacement is fitted, not the place: equal meshes then give exactly nothing.
        self._weights = np.linalg.solve(system, np.vstack([target - source, np.zeros((3, 2))]))

    def spread(self, shape: tuple[int, ...]) -> Floats:
        height, width = shape[:2]
        columns, rows = np.linspace(0, width - 1, _GRID), np.linspace(0, height - 1, _GRID)
        nodes = np.stack(np.meshgrid(columns, rows), axis=-1).reshape(-1, 2)
        scaled = (nodes - self._middle) / self._scale
        basis = np.column_stack([_kernel(scaled, self._knots), np.ones(len(nodes)), scaled])
        coarse = (basis @ self._weights).reshape(_GRID, _GRID, 2).astype(np.float32)
        grid = _pixels((height, width))
        at = grid / np.array([max(width - 1, 1), max(height - 1, 1)], np.float32) * np.float32(_GRID - 1)
        moved = _sampled(coarse, at.astype(np.float32), cv2.INTER_CUBIC)
        return np.asarray(grid + moved, dtype=np.float32)


def _kernel(one: NDArray[np.float64], two: NDArray[np.float64]) -> NDArray[np.float64]:
    squares = ((one[:, None] - two[None]) ** 2).sum(axis=-1)
    return np.asarray(0.5 * squares * np.log(np.maximum(squares, 1e-12)))


def _by_details(one: NDArray[np.uint8], two: NDArray[np.uint8]) -> Floats | None:
    """Match details of pictures without a face, and lay a plane through the matches that agree."""
    finder = cv2.SIFT.create(nfeatures=4000, contrastThreshold=0.01)
    lists = [finder.detectAndCompute(cv2.createCLAHE(2.0, (8, 8)).apply(each), None) for each in (one, two)]
    (first, first_marks), (second, second_marks) = lists
    if first_marks is None or second_marks is None or min(len(first), len(second)) < _INLIERS:
        return None
    pairs = cv2.BFMatcher(cv2.NORM_L2).knnMatch(first_marks, second_marks, k=2)
    good = [pair[0] for pair in pairs if len(pair) == 2 and pair[0].distance < 0.8 * pair[1].distance]
    if len(good) < _INLIERS:
        return None
    source = np.array([first[match.queryIdx].pt for match in good])
    target = np.array([second[match.trainIdx].pt for match in good])
    cv2.setRNGSeed(0)
    plane, agreeing = cv2.findHomography(source, target, cv2.USAC_MAGSAC, 3.0, None, 5000, 0.999)
    if plane is None or int(agreeing.sum()) < _INLIERS or abs(np.linalg.det(plane[:2, :2])) < 0.05:
        return None
    grid = _pixels(one.shape[:2]).astype(np.float64)
    return np.asarray(cv2.perspectiveTransform(grid.reshape(-1, 1, 2), plane).reshape(grid.shape), dtype=np.float32)


def _face_frame(levels: Levels, mesh: Points, side: float) -> _Frame:
    factor = side / _size(mesh)
    level, pixels = levels.at(factor)
    low, high = mesh[:, :2].min(axis=0), mesh[:, :2].max(axis=0)
    margin = 0.08 * (high - low)
    limits = np.array([level.shape[1], level.shape[0]])
    left, top = np.clip(np.floor((low - margin) / pixels), 0, limits - 2).astype(int)
    right, bottom = np.clip(np.ceil((high + margin) / pixels), (left + 2, top + 2), limits).astype(int)
    return _frame(level[top:bottom, left:right], np.array([left, top], dtype=np.float64), factor * pixels, pixels)


def _picture_frame(levels: Levels) -> _Frame:
    factor = min(1.0, _FRAME_SIDE / max(levels.rgb.shape[:2]))
    level, pixels = levels.at(factor)
    return _frame(level, np.zeros(2), factor * pixels, pixels)


def _frame(part: Pixels, corner: NDArray[np.float64], factor: float, pixels: int) -> _Frame:
    """Give green, which tells skin's detail best, on the frame's grid; corner and step in the picture's own pixels."""
    size = (max(16, round(part.shape[1] * factor)), max(16, round(part.shape[0] * factor)))
    step = np.array([part.shape[1] / size[0], part.shape[0] / size[1]])
    grey = cv2.resize(np.ascontiguousarray(part[..., 1]), size, interpolation=cv2.INTER_AREA)
    return _Frame(grey=np.asarray(grey, dtype=np.uint8), corner=corner * pixels, step=step * pixels)


def _sampled(values: NDArray[Any], places: Floats, how: int = cv2.INTER_LINEAR) -> NDArray[Any]:
    return np.asarray(cv2.remap(values, places, np.empty(0), how, borderMode=cv2.BORDER_REPLICATE))


def _size(mesh: Points) -> float:
    return float(np.max(np.ptp(mesh[:, :2], axis=0)))


def _pixels(shape: tuple[int, ...]) -> Floats:
    height, width = shape[:2]
    return np.stack(np.meshgrid(np.arange(width), np.arange(height)), axis=-1).astype(np.float32)


def _within(places: Floats, shape: tuple[int, ...]) -> Mask:
    height, width = shape[:2]
    x, y = places[..., 0], places[..., 1]
    return np.asarray((x > -1) & (y > -1) & (x < width) & (y < height))
