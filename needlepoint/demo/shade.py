"""The light a painted surface sends to the camera."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@njit(cache=True)
def _irradiance(c: NDArray[np.float64], x: float, y: float, z: float) -> float:
    total: float = (
        0.429043 * (c[8] * (x * x - y * y) + 2 * (c[4] * x * y + c[7] * x * z + c[5] * y * z))
        + 0.743125 * c[6] * z * z + 0.886227 * c[0] - 0.247708 * c[6]
        + 2 * 0.511664 * (c[3] * x + c[1] * y + c[2] * z)
    )  # fmt: skip
    return total


@njit(cache=True)
def _slope(
    row: int, column: int, seen: NDArray[np.int32], place: Floats, relief: Floats,
    n: NDArray[np.float64], grad: NDArray[np.float64],
) -> None:  # fmt: skip
    """Put the slope of the relief along the surface into `grad`, which is zero (Mikkelsen 2010)."""
    height, width = seen.shape
    if column == 0 or row == 0 or column == width - 1 or row == height - 1:
        return
    if min(seen[row, column - 1], seen[row, column + 1], seen[row - 1, column], seen[row + 1, column]) < 0:
        return
    px = (place[row, column + 1, 0] - place[row, column - 1, 0]) / 2
    py = (place[row, column + 1, 1] - place[row, column - 1, 1]) / 2
    pz = (place[row, column + 1, 2] - place[row, column - 1, 2]) / 2
    qx = (place[row + 1, column, 0] - place[row - 1, column, 0]) / 2
    qy = (place[row + 1, column, 1] - place[row - 1, column, 1]) / 2
    qz = (place[row + 1, column, 2] - place[row - 1, column, 2]) / 2
    hx = (relief[row, column + 1] - relief[row, column - 1]) / 2
    hy = (relief[row + 1, column] - relief[row - 1, column]) / 2
    ax, ay, az = qy * n[2] - qz * n[1], qz * n[0] - qx * n[2], qx * n[1] - qy * n[0]
    bx, by, bz = n[1] * pz - n[2] * py, n[2] * px - n[0] * pz, n[0] * py - n[1] * px
    turn = px * ax + py * ay + pz * az
    # A jump from one surface to another behind it is no slope.
    if abs(turn) < 1e-9 or px * px + py * py + pz * pz + qx * qx + qy * qy + qz * qz > 0.01:
        return
    grad[0], grad[1], grad[2] = (hx * ax + hy * bx) / turn, (hx * ay + hy * by) / turn, (hx * az + hy * bz) / turn
    steep = np.sqrt(grad[0] ** 2 + grad[1] ** 2 + grad[2] ** 2)
    if steep > 1.2:
        for k in range(3):
            grad[k] *= 1.2 / steep


@njit(cache=True)
def shaded(  # noqa: C901 - the work of one pixel, compiled as one loop
    seen: NDArray[np.int32], shares: Floats, triangles: NDArray[np.int64],
    vertices: NDArray[np.float64], normals: NDArray[np.float64], light: Floats,
    colour: Floats, relief: Floats, what: NDArray[np.uint8], gloss: Floats,
    key: NDArray[np.float64], key_open: float, room_open: float, shine: float, distance: float, ground: float,
) -> tuple[Floats, Floats]:  # fmt: skip
    """Give (h, w, 3) light and (h, w, 3) normals.

    Red light spreads further within skin than green and blue, so small relief shows less in it.
    """
    height, width = seen.shape
    out = np.zeros((height, width, 3), np.float32)
    facing = np.zeros((height, width, 3), np.float32)
    place = np.zeros((height, width, 3), np.float32)
    for row in range(height):
        for column in range(width):
            index = seen[row, column]
            if index >= 0:
                for k in range(3):
                    place[row, column, k] = (
                        shares[row, column, 0] * vertices[triangles[index, 0], k]
                        + shares[row, column, 1] * vertices[triangles[index, 1], k]
                        + shares[row, column, 2] * vertices[triangles[index, 2], k]
                    )
    c = np.zeros(9)
    n, soft, grad = np.zeros(3), np.zeros(3), np.zeros(3)
    through = np.array([0.5, 0.85, 1.0])
    for row in range(height):
        for column in range(width):
            index = seen[row, column]
            if index < 0:
                u, v = (column / width - 0.42), (row / height - 0.42)
                glow = ground * (1.0 - 0.55 * (u * u + 0.7 * v * v))
                for k in range(3):
                    out[row, column, k] = glow
                continue
            corners = triangles[index]
            length = 0.0
            for k in range(3):
                n[k] = 0.0
                for j in range(3):
                    n[k] += shares[row, column, j] * normals[corners[j], k]
                length += n[k] * n[k]
            length = np.sqrt(length) + 1e-12
            for k in range(3):
                n[k] /= length
                grad[k] = 0.0
                facing[row, column, k] = n[k]
            kind = what[row, column]
            if kind != 4:
                _slope(row, column, seen, place, relief, n, grad)
            key_seen, room_seen = 0.0, 0.0
            for k in range(9):
                c[k] = 0.0
                for j in range(3):
                    c[k] += shares[row, column, j] * (light[corners[j], 0, k] + light[corners[j], 1, k])
            for j in range(3):
                key_seen += shares[row, column, j] * light[corners[j], 0, 0]
                room_seen += shares[row, column, j] * light[corners[j], 1, 0]
            key_seen, room_seen = min(1.0, key_seen / key_open), min(1.0, room_seen / room_open)
            for band in range(3):
                share = through[band] if kind == 1 or kind == 2 else 1.0
                length = 0.0
                for k in range(3):
                    soft[k] = n[k] - share * grad[k]
                    length += soft[k] * soft[k]
                length = np.sqrt(length)
                arriving = max(0.0, _irradiance(c, soft[0] / length, soft[1] / length, soft[2] / length)) / np.pi
                albedo = colour[row, column, band]
                # What the neighbouring skin throws back where the room is hidden.
                arriving += (0.40 * room_seen * (1 - room_seen) + 0.10 * (1 - room_seen)) * albedo
                out[row, column, band] = albedo * arriving
            vx, vy, vz = -place[row, column, 0], -place[row, column, 1], distance - place[row, column, 2]
            length = np.sqrt(vx * vx + vy * vy + vz * vz)
            vx, vy, vz = vx / length, vy / length, vz / length
            if kind == 4:
                nv = n[0] * vx + n[1] * vy + n[2] * vz
                rx, ry, rz = 2 * nv * n[0] - vx, 2 * nv * n[1] - vy, 2 * nv * n[2] - vz
                glint = rx * key[0] + ry * key[1] + rz * key[2]
                if glint > 0.975:
                    for k in range(3):
                        out[row, column, k] += 0.75 * key_seen * min(1.0, (glint - 0.975) / 0.008)
                continue
            shininess = gloss[row, column] * shine
            if shininess > 0:
                nx, ny, nz = n[0] - 0.8 * grad[0], n[1] - 0.8 * grad[1], n[2] - 0.8 * grad[2]
                length = np.sqrt(nx * nx + ny * ny + nz * nz)
                nx, ny, nz = nx / length, ny / length, nz / length
                hx, hy, hz = vx + key[0], vy + key[1], vz + key[2]
                length = np.sqrt(hx * hx + hy * hy + hz * hz)
                nh = max(0.0, (nx * hx + ny * hy + nz * hz) / length)
                nl = nx * key[0] + ny * key[1] + nz * key[2]
                nv = max(0.05, nx * vx + ny * vy + nz * vz)
                if nl > 0:
                    a2 = 0.13 if kind != 3 else 0.2
                    lobe = a2 / (np.pi * (nh * nh * (a2 - 1) + 1) ** 2)
                    fresnel = 0.028 + 0.972 * (1 - max(0.0, (vx * hx + vy * hy + vz * hz) / length)) ** 5
                    glint = shininess * key_seen * lobe * fresnel * nl * np.pi * 0.62 / (4 * nv * (0.4 + 0.6 * nl))
                    for k in range(3):
                        out[row, column, k] += glint
                rim = shininess * room_seen * 0.10 * (1 - nv) ** 4
                for k in range(3):
                    out[row, column, k] += rim
    return out, facing
