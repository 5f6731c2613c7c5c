"""Owns how coarse a place is told to everybody: squares of about two hundred metres. Pure."""

from __future__ import annotations

CELLS_PER_DEGREE = 500  # 0.002 degrees: some 220 m north, 200 m east at the latitude of central China


def coarse(lon: float, lat: float) -> tuple[float, float]:
    """The middle of the square a point lies in; the point itself is not to be had from it."""
    return _middle(lon), _middle(lat)


def _middle(degrees: float) -> float:
    return (int(degrees * CELLS_PER_DEGREE // 1) + 0.5) / CELLS_PER_DEGREE
