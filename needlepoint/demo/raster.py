"""Which triangle is seen in each pixel, by a depth buffer, and what its corners carry there."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Triangles = NDArray[np.int64]


@njit(cache=True)
def visible(
    screen: NDArray[np.float64], triangles: Triangles, height: int, width: int
) -> tuple[NDArray[np.int32], Floats, Floats]:
    """Draw triangles.

    Parameters
    ----------
    screen
        (n, 3) vertices: x and y in pixels, the middle of the first pixel at 0, 0, and the reciprocal of the
        distance along the camera's axis.
    triangles
        (m, 3) vertex indices; those that turn clockwise on screen (y down) are seen from behind and left out.
    height, width
        Of the picture in pixels.

    Returns
    -------
    tuple
        (height, width) index of the triangle seen, -1 for none, (height, width, 3) perspective-correct shares of
        its corners, and (height, width) reciprocal distance, 0 for none.

    """
    seen = np.full((height, width), -1, np.int32)
    nearest = np.zeros((height, width), np.float32)
    shares = np.zeros((height, width, 3), np.float32)
    for index in range(triangles.shape[0]):
        a, b, c = screen[triangles[index, 0]], screen[triangles[index, 1]], screen[triangles[index, 2]]
        area = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
        if area >= -1e-12 or a[2] <= 0 or b[2] <= 0 or c[2] <= 0:
            continue
        left = max(0, int(np.ceil(min(a[0], b[0], c[0]))))
        right = min(width - 1, int(np.floor(max(a[0], b[0], c[0]))))
        top = max(0, int(np.ceil(min(a[1], b[1], c[1]))))
        bottom = min(height - 1, int(np.floor(max(a[1], b[1], c[1]))))
        for y in range(top, bottom + 1):
            for x in range(left, right + 1):
                u = ((b[0] - x) * (c[1] - y) - (b[1] - y) * (c[0] - x)) / area
                v = ((c[0] - x) * (a[1] - y) - (c[1] - y) * (a[0] - x)) / area
                w = 1 - u - v
                if u < 0 or v < 0 or w < 0:
                    continue
                near = u * a[2] + v * b[2] + w * c[2]
                if near <= nearest[y, x]:
                    continue
                nearest[y, x] = near
                seen[y, x] = index
                shares[y, x, 0] = u * a[2] / near
                shares[y, x, 1] = v * b[2] / near
                shares[y, x, 2] = w * c[2] / near
    return seen, shares, nearest


@njit(cache=True)
def spread(seen: NDArray[np.int32], shares: Floats, triangles: Triangles, values: Floats) -> Floats:
    """Give what the corners carry in every pixel: (height, width, k) for (n, k) values of the vertices."""
    height, width = seen.shape
    count = values.shape[1]
    out = np.zeros((height, width, count), np.float32)
    for y in range(height):
        for x in range(width):
            index = seen[y, x]
            if index < 0:
                continue
            a, b, c = triangles[index]
            for k in range(count):
                out[y, x, k] = (
                    shares[y, x, 0] * values[a, k] + shares[y, x, 1] * values[b, k] + shares[y, x, 2] * values[c, k]
                )
    return out


@njit(cache=True)
def lit(  # noqa: C901 - one loop over directions, compiled as one; calls inside it would cost more than they explain
    vertices: NDArray[np.float64],
    normals: NDArray[np.float64],
    triangles: Triangles,
    directions: NDArray[np.float64],
    weights: NDArray[np.float64],
    side: int,
) -> NDArray[np.float64]:
    """Gather the light that reaches each vertex from far away, shadows cast, as nine spherical harmonics.

    Parameters
    ----------
    vertices, normals
        (n, 3) positions and unit normals.
    triangles
        (m, 3) what casts shadows.
    directions
        (d, 3) unit vectors towards the light.
    weights
        (d, g) radiance times solid angle from each direction, in g groups of lamps kept apart.
    side
        Pixels of the square depth map in each direction.

    Returns
    -------
    array
        (n, g, 9) coefficients of the light that arrives.

    References
    ----------
    Ramamoorthi R., Hanrahan P., SIGGRAPH 2001, doi:10.1145/383259.383317.

    """
    count, groups = vertices.shape[0], weights.shape[1]
    out = np.zeros((count, groups, 9))
    low, high = np.zeros(3), np.zeros(3)
    for k in range(3):
        low[k], high[k] = vertices[:, k].min(), vertices[:, k].max()
    middle = (low + high) / 2
    reach = np.sqrt(((high - low) ** 2).sum()) / 2 + 0.05
    scale = (side - 3) / (2 * reach)
    flat = np.empty((count, 3))
    harmonics = np.empty(9)
    for d in range(directions.shape[0]):
        x, y, z = directions[d]
        # Two axes across the direction.
        if abs(y) < 0.9:
            ax, ay, az = z, 0.0, -x
        else:
            ax, ay, az = 0.0, -z, y
        length = np.sqrt(ax * ax + ay * ay + az * az)
        ax, ay, az = ax / length, ay / length, az / length
        bx, by, bz = y * az - z * ay, z * ax - x * az, x * ay - y * ax
        for i in range(count):
            px, py, pz = vertices[i, 0] - middle[0], vertices[i, 1] - middle[1], vertices[i, 2] - middle[2]
            flat[i, 0] = (px * ax + py * ay + pz * az) * scale + side / 2
            flat[i, 1] = (px * bx + py * by + pz * bz) * scale + side / 2
            flat[i, 2] = px * x + py * y + pz * z
        depth = np.full((side, side), -1e9)
        for index in range(triangles.shape[0]):
            a, b, c = flat[triangles[index, 0]], flat[triangles[index, 1]], flat[triangles[index, 2]]
            area = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
            if abs(area) < 1e-12:
                continue
            left, right = int(np.ceil(min(a[0], b[0], c[0]))), int(np.floor(max(a[0], b[0], c[0])))
            top, bottom = int(np.ceil(min(a[1], b[1], c[1]))), int(np.floor(max(a[1], b[1], c[1])))
            for row in range(top, bottom + 1):
                for column in range(left, right + 1):
                    u = ((b[0] - column) * (c[1] - row) - (b[1] - row) * (c[0] - column)) / area
                    v = ((c[0] - column) * (a[1] - row) - (c[1] - row) * (a[0] - column)) / area
                    if u < 0 or v < 0 or u + v > 1:
                        continue
                    near = u * a[2] + v * b[2] + (1 - u - v) * c[2]
                    if near > depth[row, column]:
                        depth[row, column] = near
        harmonics[0] = 0.282095
        harmonics[1], harmonics[2], harmonics[3] = 0.488603 * y, 0.488603 * z, 0.488603 * x
        harmonics[4], harmonics[5] = 1.092548 * x * y, 1.092548 * y * z
        harmonics[6] = 0.315392 * (3 * z * z - 1)
        harmonics[7], harmonics[8] = 1.092548 * x * z, 0.546274 * (x * x - y * y)
        for i in range(count):
            facing = normals[i, 0] * x + normals[i, 1] * y + normals[i, 2] * z
            # Moved off the surface and towards the light, or the surface would shade itself.
            u = flat[i, 0] + (normals[i, 0] * ax + normals[i, 1] * ay + normals[i, 2] * az) * 0.02 * scale
            v = flat[i, 1] + (normals[i, 0] * bx + normals[i, 1] * by + normals[i, 2] * bz) * 0.02 * scale
            own = flat[i, 2] + 0.035 + 0.02 * facing
            column, row = int(np.floor(u)), int(np.floor(v))
            fu, fv = u - column, v - row
            open_share = 0.0
            if own > depth[row, column]:
                open_share += (1 - fu) * (1 - fv)
            if own > depth[row, column + 1]:
                open_share += fu * (1 - fv)
            if own > depth[row + 1, column]:
                open_share += (1 - fu) * fv
            if own > depth[row + 1, column + 1]:
                open_share += fu * fv
            if open_share > 0:
                for g in range(groups):
                    amount = weights[d, g] * open_share
                    for k in range(9):
                        out[i, g, k] += amount * harmonics[k]
    return out
