"""Smooth seeded noise in space: the same number for the same place and seed, everywhere and always."""

from __future__ import annotations

from numba import njit


@njit(cache=True, inline="always")
def hashed(x: int, y: int, z: int, seed: int) -> float:
    """Give a number in 0..1 for a lattice point."""
    h = (x * 374761393 + y * 668265263 + z * 2147483647 + seed * 1274126177) & 0xFFFFFFFF
    h = ((h ^ (h >> 15)) * 2246822519) & 0xFFFFFFFF
    h = ((h ^ (h >> 13)) * 3266489917) & 0xFFFFFFFF
    return ((h ^ (h >> 16)) & 0xFFFFFF) / 16777216.0


@njit(cache=True)
def noise(x: float, y: float, z: float, seed: int) -> float:
    """Give smooth noise in -1..1 that varies over lengths of about one.

    Parameters
    ----------
    x, y, z
        The place, in lattice units.
    seed
        Another seed, another field.

    Returns
    -------
    float
        0 on average.

    """
    fx, fy, fz = int(x // 1), int(y // 1), int(z // 1)
    u, v, w = x - fx, y - fy, z - fz
    u, v, w = u * u * (3 - 2 * u), v * v * (3 - 2 * v), w * w * (3 - 2 * w)
    a = hashed(fx, fy, fz, seed) * (1 - u) + hashed(fx + 1, fy, fz, seed) * u
    b = hashed(fx, fy + 1, fz, seed) * (1 - u) + hashed(fx + 1, fy + 1, fz, seed) * u
    c = hashed(fx, fy, fz + 1, seed) * (1 - u) + hashed(fx + 1, fy, fz + 1, seed) * u
    d = hashed(fx, fy + 1, fz + 1, seed) * (1 - u) + hashed(fx + 1, fy + 1, fz + 1, seed) * u
    return 2 * ((a * (1 - v) + b * v) * (1 - w) + (c * (1 - v) + d * v) * w) - 1
