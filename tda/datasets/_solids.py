"""Filled shapes, drawn uniformly by area or volume."""

from __future__ import annotations

import numpy as np

from ._shape import (
    Shape,
    check_count,
    check_length,
    check_smaller,
    circle_points,
    collect,
    finish,
    points_of_ball,
    start,
)
from ._surfaces import in_torus


def make_disk(
    n_points: int = 1000,
    *,
    radius: float = 1.0,
    noise: float = 0.0,
    outliers: int | float = 0,
    ambient_dimension: int | None = None,
    random_state=None,
) -> Shape:
    """Points of a filled circle.

    Parameters
    ----------
    n_points : int, default=1000
        How many points to draw.
    radius : float, default=1.0
        Radius of the disk.
    noise, outliers, ambient_dimension, random_state
        Width of Gaussian noise in the units of the coordinates, number or share of stray points,
        number of coordinates (by default its own), and seed; details in :func:`make_circle`.

    Returns
    -------
    Shape
        `points` of shape (n_points, 2); Betti numbers (1, 0, 0).

    Raises
    ------
    ValueError
        If a parameter is out of its range; the message names it.
    """
    rng = start(n_points, random_state)
    check_length("radius", radius)
    return finish(
        radius * points_of_ball(n_points, 2, rng),
        rng,
        name="disk",
        betti=(1, 0, 0),
        dimension=2,
        noise=noise,
        outliers=outliers,
        ambient_dimension=ambient_dimension,
    )


def make_annulus(
    n_points: int = 1000,
    *,
    inner: float = 0.5,
    outer: float = 1.0,
    noise: float = 0.0,
    outliers: int | float = 0,
    ambient_dimension: int | None = None,
    random_state=None,
) -> Shape:
    """Points of a disk with a round hole in its middle.

    Parameters
    ----------
    n_points : int, default=1000
        How many points to draw.
    inner : float, default=0.5
        Radius of the hole.
    outer : float, default=1.0
        Radius of the disk.
    noise, outliers, ambient_dimension, random_state
        Width of Gaussian noise in the units of the coordinates, number or share of stray points,
        number of coordinates (by default its own), and seed; details in :func:`make_circle`.

    Returns
    -------
    Shape
        `points` of shape (n_points, 2); Betti numbers (1, 1, 0).

    Raises
    ------
    ValueError
        If a parameter is out of its range, or the hole is wider than the disk.
    """
    rng = start(n_points, random_state)
    check_smaller("inner", inner, "outer", outer, "nothing is left between")
    # The area within a radius grows as its square.
    radii = np.sqrt(rng.uniform(inner**2, outer**2, (n_points, 1)))
    return finish(
        radii * circle_points(n_points, rng),
        rng,
        name="annulus",
        betti=(1, 1, 0),
        dimension=2,
        noise=noise,
        outliers=outliers,
        ambient_dimension=ambient_dimension,
    )


def make_ball(
    n_points: int = 1000,
    *,
    dimension: int = 3,
    radius: float = 1.0,
    noise: float = 0.0,
    outliers: int | float = 0,
    ambient_dimension: int | None = None,
    random_state=None,
) -> Shape:
    """Points of a filled sphere.

    Parameters
    ----------
    n_points : int, default=1000
        How many points to draw.
    dimension : int, default=3
        Dimension of the ball.
    radius : float, default=1.0
        Radius of the ball.
    noise, outliers, ambient_dimension, random_state
        Width of Gaussian noise in the units of the coordinates, number or share of stray points,
        number of coordinates (by default its own), and seed; details in :func:`make_circle`.

    Returns
    -------
    Shape
        `points` of shape (n_points, dimension); Betti numbers (1, 0, 0).

    Raises
    ------
    ValueError
        If a parameter is out of its range; the message names it.
    """
    rng = start(n_points, random_state)
    check_count("dimension", dimension)
    check_length("radius", radius)
    return finish(
        radius * points_of_ball(n_points, dimension, rng),
        rng,
        name="ball" if dimension == 3 else f"{dimension}-ball",
        betti=(1, 0, 0),
        dimension=dimension,
        noise=noise,
        outliers=outliers,
        ambient_dimension=ambient_dimension,
    )


def make_solid_torus(
    n_points: int = 1000,
    *,
    ring_radius: float = 1.0,
    tube_radius: float = 0.5,
    noise: float = 0.0,
    outliers: int | float = 0,
    ambient_dimension: int | None = None,
    random_state=None,
) -> Shape:
    """Points of a doughnut, filled.

    Parameters
    ----------
    n_points : int, default=1000
        How many points to draw.
    ring_radius : float, default=1.0
        Radius of the tube's centre line.
    tube_radius : float, default=0.5
        Radius of the tube.
    noise, outliers, ambient_dimension, random_state
        Width of Gaussian noise in the units of the coordinates, number or share of stray points,
        number of coordinates (by default its own), and seed; details in :func:`make_circle`.

    Returns
    -------
    Shape
        `points` of shape (n_points, 3); Betti numbers (1, 1, 0), those of a solid mug.

    Raises
    ------
    ValueError
        If a parameter is out of its range, or the tube closes the hole.
    """
    rng = start(n_points, random_state)
    check_smaller("tube_radius", tube_radius, "ring_radius", ring_radius, "the hole is closed")
    return finish(
        collect(lambda n: _torus_filling(n, ring_radius, tube_radius, rng), n_points),
        rng,
        name="solid torus",
        betti=(1, 1, 0),
        dimension=3,
        noise=noise,
        outliers=outliers,
        ambient_dimension=ambient_dimension,
    )


def make_solid_double_torus(
    n_points: int = 1000,
    *,
    ring_radius: float = 1.0,
    tube_radius: float = 0.5,
    noise: float = 0.0,
    outliers: int | float = 0,
    ambient_dimension: int | None = None,
    random_state=None,
) -> Shape:
    """Points of a doughnut with two holes, filled: what :func:`make_double_torus` bounds.

    Parameters
    ----------
    n_points : int, default=1000
        How many points to draw.
    ring_radius : float, default=1.0
        Radius of either tube's centre line.
    tube_radius : float, default=0.5
        Radius of either tube.
    noise, outliers, ambient_dimension, random_state
        Width of Gaussian noise in the units of the coordinates, number or share of stray points,
        number of coordinates (by default its own), and seed; details in :func:`make_circle`.

    Returns
    -------
    Shape
        `points` of shape (n_points, 3); Betti numbers (1, 2, 0).

    Raises
    ------
    ValueError
        If a parameter is out of its range, or the tubes close the holes.
    """
    rng = start(n_points, random_state)
    check_smaller("tube_radius", tube_radius, "ring_radius", ring_radius, "the holes are closed")

    def draw(n):
        points = _torus_filling(n, ring_radius, tube_radius, rng)
        side = rng.choice([-ring_radius, ring_radius], len(points))
        from_other = points + np.outer(2 * side, [1, 0, 0])
        points[:, 0] += side
        # The overlap would be drawn from both, so one of them leaves it out.
        steps_back = in_torus(from_other, ring_radius, tube_radius) & (side > 0)
        return points[~steps_back]

    return finish(
        collect(draw, n_points),
        rng,
        name="solid double torus",
        betti=(1, 2, 0),
        dimension=3,
        noise=noise,
        outliers=outliers,
        ambient_dimension=ambient_dimension,
    )


def _torus_filling(
    n: int, ring_radius: float, tube_radius: float, rng: np.random.Generator
) -> np.ndarray:
    """Those of n uniform points of the bounding box that are inside the torus."""
    reach = ring_radius + tube_radius
    box = np.array([reach, reach, tube_radius])
    points = rng.uniform(-box, box, (n, 3))
    return points[in_torus(points, ring_radius, tube_radius)]
