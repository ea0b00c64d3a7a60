"""Painting a body pixel by pixel: what is there, how much light it gives back, how high it stands, how it shines.

Everything is a function of the place on the unshaped body, so the paint moves with the person and never repeats.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from needlepoint.demo.noise import noise

NOTHING, SKIN, LIPS, HAIR, EYE, CLOTH = range(6)
Floats = NDArray[np.float32]

# Columns of a vertex's attributes.
# unshaped x, y, z; inside the hairline; inside the cloth's edge; behind the band's front edge; part
_PART = 6


@njit(cache=True, inline="always")
def _smooth(low: float, high: float, value: float) -> float:
    t = min(1.0, max(0.0, (value - low) / (high - low)))
    return t * t * (3 - 2 * t)


@njit(cache=True)
def _reddening(x: float, y: float, z: float, areas: NDArray[np.float64]) -> float:
    """Give the points of redness painted at a place, full within an area and running out at its rim."""
    total = 0.0
    if z < 0.55:
        return total
    for row in range(areas.shape[0]):
        across = (abs(x) - areas[row, 0]) / areas[row, 2]
        along = (y - areas[row, 1]) / areas[row, 3]
        total += areas[row, 4] * (1 - _smooth(0.8, 1.35, np.sqrt(across * across + along * along)))
    return total * _smooth(0.55, 0.75, z)


@njit(cache=True)
def _lips(x: float, y: float, z: float) -> float:
    """Give 1 on the red of the lips, 0 off it."""
    if z < 1.15 or y < 6.45 or y > 6.75:
        return 0.0
    across = min(abs(x) / 0.262, 1.0)
    top = 6.612 + 0.090 * (1 - across**2.2) + 0.016 * np.exp(-(((abs(x) - 0.055) / 0.035) ** 2)) - 0.004
    bottom = 6.604 - 0.105 * (1 - across**2.6) ** 0.8
    return _smooth(-0.010, 0.012, min(top - y, y - bottom)) * (1 - _smooth(0.245, 0.275, abs(x)))


@njit(cache=True)
def _skin_pigments(
    x: float, y: float, z: float, base: float, masculine: float,
    areas: NDArray[np.float64], seed: int, out: NDArray[np.float64],
) -> None:  # fmt: skip
    """Put melanin, blood and height (decimetres) of bare skin into `out`."""
    ax = abs(x)
    face = _smooth(0.3, 0.7, z) * _smooth(6.0, 6.3, y)
    mottle = noise(x * 4, y * 4, z * 4, seed + 1)
    fine = noise(x * 24, y * 24, z * 24, seed + 2)
    grain = noise(x * 95, y * 95, z * 95, seed + 3)
    melanin = base * (1 + 0.07 * mottle + 0.05 * fine + 0.04 * grain)
    eye = np.exp(-(((ax - 0.31) / 0.17) ** 2) - ((y - 7.25) / 0.12) ** 2) * face
    melanin += eye * (0.018 + 0.10 * base)
    # Jaw, chin and upper lip, up to a line that rises towards the ear.
    beard = masculine * face * (1 - _smooth(6.62, 6.86, y - 0.35 * max(0.0, ax - 0.25)))
    melanin += beard * (0.035 + 0.03 * noise(x * 130, y * 130, z * 130, seed + 9))
    flush = np.exp(-(((ax - 0.40) / 0.20) ** 2) - ((y - 6.98) / 0.20) ** 2) * face
    nose = np.exp(-((x / 0.13) ** 2) - ((y - 6.95) / 0.16) ** 2) * face
    ear = _smooth(0.70, 0.78, ax) * _smooth(6.7, 6.85, y) * (1 - _smooth(0.6, 0.68, z))
    blood = 11.0 + 2.2 * flush + 2.4 * nose + 4.0 * ear + 1.8 * eye - 0.8 * _smooth(7.4, 7.6, y)
    blood += 1.3 * noise(x * 7, y * 7, z * 7, seed + 4) + 1.2 * noise(x * 28, y * 28, z * 28, seed + 5)
    blood += 0.9 * noise(x * 80, y * 80, z * 80, seed + 6)
    red = _reddening(x, y, z, areas)
    if red != 0.0:
        blood += red * (1 + 0.18 * noise(x * 15, y * 15, z * 15, seed + 7))
    out[0] = max(0.0, melanin)
    out[1] = max(0.0, blood)
    out[2] = 0.00055 * grain + 0.00045 * noise(x * 190, y * 190, z * 190, seed + 8)


@njit(cache=True)
def _marked(  # noqa: C901 - one branch for each kind of mark
    x: float, y: float, z: float, strokes: NDArray[np.float64], corner: NDArray[np.float64],
    shape: NDArray[np.int64], starts: NDArray[np.int64], members: NDArray[np.int64], out: NDArray[np.float64],
) -> float:  # fmt: skip
    """Change pigments and height by the marks at a place; give how much of it hairs cover."""
    i, j, k = int((x - corner[0]) // 0.06), int((y - corner[1]) // 0.06), int((z - corner[2]) // 0.06)
    if i < 0 or j < 0 or k < 0 or i >= shape[0] or j >= shape[1] or k >= shape[2]:
        return 0.0
    cell = (k * shape[1] + j) * shape[0] + i
    bare, line = 1.0, 0.0
    stria, stria_points = 0.0, 0.0
    for at in range(starts[cell], starts[cell + 1]):
        stroke = strokes[members[at]]
        dx, dy, dz = x - stroke[0], y - stroke[1], z - stroke[2]
        ex, ey, ez = stroke[3] - stroke[0], stroke[4] - stroke[1], stroke[5] - stroke[2]
        length = ex * ex + ey * ey + ez * ez
        t = 0.0
        if length > 0:
            t = min(1.0, max(0.0, (dx * ex + dy * ey + dz * ez) / length))
        dx, dy, dz = dx - t * ex, dy - t * ey, dz - t * ez
        off = dx * stroke[6] + dy * stroke[7] + dz * stroke[8]
        if abs(off) > 0.08:
            continue
        far = np.sqrt(max(0.0, dx * dx + dy * dy + dz * dz - off * off)) / stroke[9]
        if far > 1.8:
            continue
        kind, amount = stroke[10], stroke[11]
        if kind == 5:
            bare *= 1 - amount * (1 - _smooth(0.3, 1.25 - 0.55 * t, far))
        elif kind == 1:
            line = max(line, amount * np.exp(-2.2 * far * far))
        elif kind == 4:
            share = 1 - _smooth(0.35, 1.15, far)
            if share > stria:
                stria, stria_points = share, amount
        elif kind == 0:
            if far < 1:
                bowl = (1 - far * far) ** 2
                out[2] -= amount * bowl
                out[1] += 1.0 * bowl
            else:
                out[2] += 0.12 * amount * (1 - _smooth(1.0, 1.6, far))
        elif kind == 2:
            out[0] += amount * (1 - _smooth(0.45, 1.2, far))
        else:
            share = 1 - _smooth(0.2, 1.3, far)
            out[1] += amount * share
            out[2] += 0.0035 * share
    out[2] -= line
    if stria > 0:
        across = 0.5 + 0.5 * noise(x * 9, y * 70, z * 9, 77)
        out[1] += stria_points * stria * (0.75 + 0.5 * across)
        out[0] *= 1 - 0.28 * stria
        out[2] -= 0.0030 * stria * (0.6 + 0.8 * across)
    return 1 - bare


@njit(cache=True)
def _eye(dx: float, dy: float, dz: float, iris: NDArray[np.float64], seed: int, out: NDArray[np.float64]) -> None:
    """Put the reflectance of an eye into `out`, by the direction from its middle; it looks straight ahead."""
    length = np.sqrt(dx * dx + dy * dy + dz * dz)
    dx, dy, dz = dx / length, dy / length, dz / length
    away = np.arccos(min(1.0, max(-1.0, dz)))
    around = np.arctan2(dy, dx)
    vein = 0.5 + 0.5 * noise(dx * 14, dy * 14, dz * 14, seed + 21)
    corner = _smooth(0.45, 0.95, away)
    out[0] = 0.56 - 0.05 * corner
    out[1] = 0.50 - 0.12 * corner - 0.04 * vein
    out[2] = 0.46 - 0.12 * corner - 0.04 * vein
    if away < 0.52:
        share = 1 - _smooth(0.44, 0.49, away)
        fibre = 0.75 + 0.5 * noise(np.cos(around) * 9, np.sin(around) * 9, away * 5, seed + 22)
        ring = 1 - 0.65 * _smooth(0.33, 0.46, away)
        glow = 1 + 0.8 * (1 - _smooth(0.17, 0.30, away))
        pupil = _smooth(0.145, 0.165, away)
        for band in range(3):
            colour = iris[band] * fibre * ring * glow * pupil + 0.003
            out[band] = out[band] * (1 - share) + colour * share


@njit(cache=True)
def lashed(
    seen: NDArray[np.int32], shares: Floats, nearest: Floats, triangles: NDArray[np.int64],
    canonical: NDArray[np.float64], in_front: Floats, eyes: NDArray[np.float64], seed: int,
) -> Floats:  # fmt: skip
    """Give how much of each pixel lashes cover: hairs on strips that stand out from the rims of the lids."""
    height, width = seen.shape
    out = np.zeros((height, width), np.float32)
    for row in range(height):
        for column in range(width):
            index = seen[row, column]
            if index < 0 or nearest[row, column] <= in_front[row, column]:
                continue
            x, y, z = 0.0, 0.0, 0.0
            for j in range(3):
                share, corner = shares[row, column, j], triangles[index, j]
                x += share * canonical[corner, 0]
                y += share * canonical[corner, 1]
                z += share * canonical[corner, 2]
            dx, dy, dz = abs(x) - eyes[0, 0], y - eyes[0, 1], z - eyes[0, 2]
            upper = 1.0 if dy > 0.015 else 0.42
            root = 0.166 if upper == 1.0 else 0.158
            along = (np.sqrt(dx * dx + dy * dy + dz * dz) - root) / 0.044
            # Hairs fan out: their number grows with the place along the lid, and leans with the way to the tip.
            hair = (abs(x) + 0.012 * along * along) * (150 if upper == 1.0 else 190)
            which = int(hair // 1)
            length = 0.55 + 0.45 * (0.5 + 0.5 * noise(which * 7.3, 0.5, 0.5, seed + 41))
            middle = abs(hair - which - 0.5 + 0.25 * noise(which * 3.1, 4.5, 0.5, seed + 42))
            thin = 0.5 * (1 - along / length)
            rim = 1 - _smooth(0.10, 0.28, along)
            strand = 1 - _smooth(thin - 0.12, thin + 0.12, middle) if along < length else 0.0
            out[row, column] = upper * max(0.9 * rim, 0.85 * strand)
    return out


@njit(cache=True)
def painted(  # noqa: C901 - the work of one pixel, compiled as one loop
    seen: NDArray[np.int32], shares: Floats, triangles: NDArray[np.int64], attributes: NDArray[np.float64],
    lashes: Floats, strokes: NDArray[np.float64], corner: NDArray[np.float64], shape: NDArray[np.int64],
    starts: NDArray[np.int64], members: NDArray[np.int64],
    areas: NDArray[np.float64], melanin: float, masculine: float, band: int,
    hair: NDArray[np.float64], iris: NDArray[np.float64], eyes: NDArray[np.float64],
    ground: NDArray[np.float64], melanin_by_band: NDArray[np.float64], blood_by_band: NDArray[np.float64], seed: int,
) -> tuple[Floats, Floats, NDArray[np.uint8], Floats]:  # fmt: skip
    """Paint what is seen.

    Returns
    -------
    tuple
        (h, w, 3) linear reflectance, (h, w) height in decimetres, (h, w) what is there, (h, w) gloss.

    """
    height, width = seen.shape
    colour = np.zeros((height, width, 3), np.float32)
    relief = np.zeros((height, width), np.float32)
    what = np.zeros((height, width), np.uint8)
    gloss = np.zeros((height, width), np.float32)
    v = np.zeros(6)
    skin = np.zeros(3)
    out = np.zeros(3)
    for row in range(height):
        for column in range(width):
            index = seen[row, column]
            if index < 0:
                continue
            a, b, c = triangles[index, 0], triangles[index, 1], triangles[index, 2]
            for k in range(6):
                v[k] = (
                    shares[row, column, 0] * attributes[a, k] + shares[row, column, 1] * attributes[b, k]
                    + shares[row, column, 2] * attributes[c, k]
                )  # fmt: skip
            x, y, z = v[0], v[1], v[2]
            part = int(attributes[a, _PART])
            if part > 0:
                eye = eyes[part - 1]
                _eye(x - eye[0], y - eye[1], z - eye[2], iris, seed, out)
                lid = (1 - 0.45 * _smooth(7.295, 7.335, y)) * (1 - 0.85 * lashes[row, column])
                for k in range(3):
                    colour[row, column, k] = out[k] * lid
                what[row, column], gloss[row, column] = 4, 1.0
                continue
            if v[4] > -0.004:
                weave = noise(x * 120, y * 120, z * 120, 31)
                fold = noise(x * 1.3, y * 0.8, z * 1.3, seed + 32)
                grey = 0.27 * (1 + 0.05 * weave + 0.04 * fold) * (0.75 + 0.25 * _smooth(-0.004, 0.05, v[4]))
                for k in range(3):
                    colour[row, column, k] = grey
                relief[row, column] = 0.0012 * weave + 0.05 * fold + 0.012 * noise(x * 4, y * 3, z * 4, seed + 33)
                what[row, column] = 5
                continue
            _skin_pigments(x, y, z, melanin, masculine, areas, seed, skin)
            lips = _lips(x, y, z)
            if lips > 0:
                crease = noise(x * 70, y * 12, z * 12, seed + 11)
                skin[0] += lips * (0.05 + 0.10 * melanin)
                skin[1] += lips * (13.0 + 1.5 * crease)
                skin[2] += lips * 0.0016 * crease
            cover = _marked(x, y, z, strokes, corner, shape, starts, members, skin)
            cover = max(cover, lashes[row, column])
            for k in range(3):
                colour[row, column, k] = ground[k] * 10.0 ** -(
                    skin[0] * melanin_by_band[k] + skin[1] * blood_by_band[k]
                )
            what[row, column] = 2 if lips > 0.3 else 1
            relief[row, column] = skin[2]
            gloss[row, column] = 0.85 + 0.9 * lips
            inside = v[3]
            if inside > -0.08 and y > 6.4:
                px, py, pz = x, y - 7.55, z - 0.25
                far = np.sqrt(px * px + py * py + pz * pz)
                polar = np.arccos(min(1.0, max(-1.0, (0.75 * py - 0.66 * pz) / far)))
                azimuth = np.arctan2(px, 0.66 * py + 0.75 * pz)
                ring = np.sin(polar)
                strand = noise(np.cos(azimuth) * ring * 95, np.sin(azimuth) * ring * 95, polar * 7, seed + 12)
                tuft = noise(np.cos(azimuth) * ring * 30, np.sin(azimuth) * ring * 30, polar * 9, seed + 13)
                if band == 1 and v[5] > -0.02 and v[5] < 0.19 and y > 6.9:
                    rib = noise(x * 60, y * 60, z * 60, seed + 14)
                    edge = _smooth(-0.02, 0.015, v[5]) * (1 - _smooth(0.16, 0.19, v[5]))
                    for k in range(3):
                        colour[row, column, k] = 0.62 * (1 + 0.05 * rib) * (0.8 + 0.2 * edge)
                    relief[row, column] = 0.004 * rib
                    what[row, column], gloss[row, column] = 5, 0.0
                    continue
                hairy = _smooth(-0.035, 0.05, inside + (0.045 * strand + 0.02 * tuft) * (1 - 0.7 * band))
                if hairy > 0:
                    shade = 0.75 + 0.45 * strand + 0.3 * tuft
                    for k in range(3):
                        dark = hair[k] * max(0.25, shade)
                        colour[row, column, k] = colour[row, column, k] * (1 - hairy) + dark * hairy
                    relief[row, column] = relief[row, column] * (1 - hairy) + hairy * (0.008 * strand + 0.012 * tuft)
                    gloss[row, column] = gloss[row, column] * (1 - hairy) + 0.7 * hairy
                    if hairy > 0.25:
                        what[row, column] = 3
            if cover > 0:
                for k in range(3):
                    colour[row, column, k] = colour[row, column, k] * (1 - cover) + 0.55 * hair[k] * cover
                gloss[row, column] *= 1 - cover
                if cover > 0.25:
                    what[row, column] = 3
    return colour, relief, what, gloss
