"""Surfaces, drawn uniformly by area."""

from __future__ import annotations

from math import comb

import numpy as np

from ._shape import (
    Shape,
    check_count,
    check_length,
    check_smaller,
    circle_points,
    collect,
    finish,
    sample_by_density,
    start,
    unit_vectors,
)


def make_sphere(
    n_points: int = 1000,
    *,
    dimension: int = 2,
    radius: float = 1.0,
    noise: float = 0.0,
    outliers: int | float = 0,
    ambient_dimension: int | None = None,
    random_state=None,
) -> Shape:
    """Points of a sphere.

    Parameters
    ----------
    n_points : int, default=1000
        How many points to draw.
    dimension : int, default=2
        Dimension of the sphere, one less than that of the space around it.
    radius : float, default=1.0
        Radius of the sphere.
    noise, outliers, ambient_dimension, random_state
        Width of Gaussian noise in the units of the coordinates, number or share of stray points,
        number of coordinates (by default its own), and seed; details in :func:`make_circle`.

    Returns
    -------
    Shape
        `points` of shape (n_points, dimension + 1). Betti numbers (1, 0, 1) in dimension 2;
        the hole of a higher sphere has a degree above 2 and is not listed.

    Raises
    ------
    ValueError
        If a parameter is out of its range; the message names it.
    """
    rng = start(n_points, random_state)
    check_count("dimension", dimension)
    check_length("radius", radius)
    return finish(
        radius * unit_vectors(n_points, dimension + 1, rng),
        rng,
        name="sphere" if dimension == 2 else f"{dimension}-sphere",
        betti=(1, int(dimension == 1), int(dimension == 2)),
        dimension=dimension,
        noise=noise,
        outliers=outliers,
        ambient_dimension=ambient_dimension,
    )


def make_torus(
    n_points: int = 1000,
    *,
    ring_radius: float = 1.0,
    tube_radius: float = 0.5,
    noise: float = 0.0,
    outliers: int | float = 0,
    ambient_dimension: int | None = None,
    random_state=None,
) -> Shape:
    """Points of the surface of a doughnut.

    Parameters
    ----------
    n_points : int, default=1000
        How many points to draw.
    ring_radius : float, default=1.0
        Radius of the tube's centre line.
    tube_radius : float, default=0.5
        Radius of the tube. The default makes both loops equally wide, which needs the fewest
        points.
    noise, outliers, ambient_dimension, random_state
        Width of Gaussian noise in the units of the coordinates, number or share of stray points,
        number of coordinates (by default its own), and seed; details in :func:`make_circle`.

    Returns
    -------
    Shape
        `points` of shape (n_points, 3); Betti numbers (1, 2, 1).

    Raises
    ------
    ValueError
        If a parameter is out of its range, or the tube closes the hole.

    References
    ----------
    P. Diaconis, S. Holmes, M. Shahshahani, Sampling from a manifold, IMS Collections 10 (2013).
    """
    rng = start(n_points, random_state)
    check_smaller("tube_radius", tube_radius, "ring_radius", ring_radius, "the hole is closed")
    return finish(
        torus_points(n_points, ring_radius, tube_radius, rng),
        rng,
        name="torus",
        betti=(1, 2, 1),
        dimension=2,
        noise=noise,
        outliers=outliers,
        ambient_dimension=ambient_dimension,
    )


def make_double_torus(
    n_points: int = 1000,
    *,
    ring_radius: float = 1.0,
    tube_radius: float = 0.5,
    noise: float = 0.0,
    outliers: int | float = 0,
    ambient_dimension: int | None = None,
    random_state=None,
) -> Shape:
    """Points of the surface of a doughnut with two holes (genus 2).

    It is the boundary of the union of two tori side by side, whose centre lines touch at the
    origin.

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
        `points` of shape (n_points, 3); Betti numbers (1, 4, 1).

    Raises
    ------
    ValueError
        If a parameter is out of its range, or the tubes close the holes.
    """
    rng = start(n_points, random_state)
    check_smaller("tube_radius", tube_radius, "ring_radius", ring_radius, "the holes are closed")

    def draw(n):
        points = torus_points(n, ring_radius, tube_radius, rng)
        side = rng.choice([-ring_radius, ring_radius], n)
        from_other = points + np.outer(2 * side, [1, 0, 0])
        points[:, 0] += side
        return points[~in_torus(from_other, ring_radius, tube_radius)]

    return finish(
        collect(draw, n_points),
        rng,
        name="double torus",
        betti=(1, 4, 1),
        dimension=2,
        noise=noise,
        outliers=outliers,
        ambient_dimension=ambient_dimension,
    )


def make_klein_bottle(
    n_points: int = 1000,
    *,
    ring_radius: float = 1.0,
    tube_radius: float = 0.5,
    noise: float = 0.0,
    outliers: int | float = 0,
    ambient_dimension: int | None = None,
    random_state=None,
) -> Shape:
    r"""Points of a Klein bottle in R^4, where it does not cross itself.

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
        `points` of shape (n_points, 4); Betti numbers (1, 2, 1) over Z/2, (1, 1, 0) over any
        other field.

    Raises
    ------
    ValueError
        If a parameter is out of its range, or the tube is wider than its ring.

    Notes
    -----
    A torus whose tube turns half round in the extra dimension while it goes once round its ring,

    .. math:: ((R + r \cos v) \cos u, (R + r \cos v) \sin u,
              r \sin v \cos(u/2), r \sin v \sin(u/2)),

    with area element :math:`r \sqrt{(R + r \cos v)^2 + (r \sin v)^2 / 4}`.

    Examples
    --------
    >>> from tda.datasets import make_klein_bottle
    >>> make_klein_bottle(500, random_state=0).betti_over(3)
    (1, 1, 0)
    """
    rng = start(n_points, random_state)
    check_smaller("tube_radius", tube_radius, "ring_radius", ring_radius, "the bottle pinches")

    def area(v):
        return np.hypot(ring_radius + tube_radius * np.cos(v), tube_radius * np.sin(v) / 2)

    # area(v)^2 is a convex parabola in cos v, so its largest value is at cos v = 1 (or -1, less).
    u = rng.uniform(0, 2 * np.pi, n_points)
    v = sample_by_density(area, ring_radius + tube_radius, 0.0, 2 * np.pi, n_points, rng)
    from_axis = ring_radius + tube_radius * np.cos(v)
    lift = tube_radius * np.sin(v)
    return finish(
        np.column_stack(
            [
                from_axis * np.cos(u),
                from_axis * np.sin(u),
                lift * np.cos(u / 2),
                lift * np.sin(u / 2),
            ]
        ),
        rng,
        name="Klein bottle",
        betti=(1, 2, 1),
        odd_betti=(1, 1, 0),
        dimension=2,
        noise=noise,
        outliers=outliers,
        ambient_dimension=ambient_dimension,
    )


def make_projective_plane(
    n_points: int = 1000,
    *,
    radius: float = 1.0,
    noise: float = 0.0,
    outliers: int | float = 0,
    ambient_dimension: int | None = None,
    random_state=None,
) -> Shape:
    """Points of the real projective plane, as the Veronese surface in R^5.

    Parameters
    ----------
    n_points : int, default=1000
        How many points to draw.
    radius : float, default=1.0
        Radius of the 4-sphere that the surface lies on.
    noise, outliers, ambient_dimension, random_state
        Width of Gaussian noise in the units of the coordinates, number or share of stray points,
        number of coordinates (by default its own), and seed; details in :func:`make_circle`.

    Returns
    -------
    Shape
        `points` of shape (n_points, 5); Betti numbers (1, 1, 1) over Z/2, (1, 0, 0) over any
        other field.

    Raises
    ------
    ValueError
        If a parameter is out of its range; the message names it.

    Notes
    -----
    Opposite points of the sphere have the same five quadratic coordinates. They turn with the
    sphere, so uniform points of the sphere give points uniform by area.
    """
    rng = start(n_points, random_state)
    check_length("radius", radius)
    x, y, z = unit_vectors(n_points, 3, rng).T
    veronese = [x * y, x * z, y * z, (x**2 - y**2) / 2, (3 * z**2 - 1) / np.sqrt(12)]
    return finish(
        radius * np.sqrt(3) * np.column_stack(veronese),
        rng,
        name="projective plane",
        betti=(1, 1, 1),
        odd_betti=(1, 0, 0),
        dimension=2,
        noise=noise,
        outliers=outliers,
        ambient_dimension=ambient_dimension,
    )


def make_flat_torus(
    n_points: int = 1000,
    *,
    dimension: int = 2,
    radius: float = 1.0,
    noise: float = 0.0,
    outliers: int | float = 0,
    ambient_dimension: int | None = None,
    random_state=None,
) -> Shape:
    """Points of a product of circles, without curvature.

    Parameters
    ----------
    n_points : int, default=1000
        How many points to draw.
    dimension : int, default=2
        How many circles.
    radius : float, default=1.0
        Radius of each circle.
    noise, outliers, ambient_dimension, random_state
        Width of Gaussian noise in the units of the coordinates, number or share of stray points,
        number of coordinates (by default its own), and seed; details in :func:`make_circle`.

    Returns
    -------
    Shape
        `points` of shape (n_points, 2 * dimension). The Betti number of degree k is the binomial
        coefficient (dimension choose k); degrees above 2 are not listed.

    Raises
    ------
    ValueError
        If a parameter is out of its range; the message names it.
    """
    rng = start(n_points, random_state)
    check_count("dimension", dimension)
    check_length("radius", radius)
    return finish(
        radius * np.hstack([circle_points(n_points, rng) for _ in range(dimension)]),
        rng,
        name="flat torus" if dimension == 2 else f"flat {dimension}-torus",
        betti=(1, dimension, comb(dimension, 2)),
        dimension=dimension,
        noise=noise,
        outliers=outliers,
        ambient_dimension=ambient_dimension,
    )


def make_swiss_roll(
    n_points: int = 1000,
    *,
    turns: float = 1.5,
    height: float = 21.0,
    noise: float = 0.0,
    outliers: int | float = 0,
    ambient_dimension: int | None = None,
    random_state=None,
) -> Shape:
    """Points of a rolled sheet: the spiral t (cos t, sin t) times an interval.

    Unlike scikit-learn's, it is uniform by area.

    Parameters
    ----------
    n_points : int, default=1000
        How many points to draw.
    turns : float, default=1.5
        How often the sheet goes round; t runs from 1.5 pi to (1.5 + 2 turns) pi.
    height : float, default=21.0
        Width of the sheet, along y.
    noise, outliers, ambient_dimension, random_state
        Width of Gaussian noise in the units of the coordinates, number or share of stray points,
        number of coordinates (by default its own), and seed; details in :func:`make_circle`.

    Returns
    -------
    Shape
        `points` of shape (n_points, 3); Betti numbers (1, 0, 0).

    Raises
    ------
    ValueError
        If a parameter is out of its range; the message names it.
    """
    rng = start(n_points, random_state)
    check_length("turns", turns)
    check_length("height", height)
    first, last = 1.5 * np.pi, (1.5 + 2 * turns) * np.pi

    def speed(t):
        return np.hypot(1, t)

    t = sample_by_density(speed, speed(last), first, last, n_points, rng)
    return finish(
        np.column_stack([t * np.cos(t), rng.uniform(0, height, n_points), t * np.sin(t)]),
        rng,
        name="swiss roll",
        betti=(1, 0, 0),
        dimension=2,
        noise=noise,
        outliers=outliers,
        ambient_dimension=ambient_dimension,
    )


def torus_points(
    n_points: int, ring_radius: float, tube_radius: float, rng: np.random.Generator
) -> np.ndarray:
    """Uniform points of the torus about the z axis."""
    around_tube = tube_angles(n_points, ring_radius, tube_radius, rng)
    from_axis = ring_radius + tube_radius * np.cos(around_tube)
    around_ring = circle_points(n_points, rng)
    return np.column_stack(
        [from_axis[:, np.newaxis] * around_ring, tube_radius * np.sin(around_tube)]
    )


def tube_angles(
    n_points: int, ring_radius: float, tube_radius: float, rng: np.random.Generator
) -> np.ndarray:
    """Angles around the tube of a torus, by area: its outer side is longer than its inner one."""
    return sample_by_density(
        lambda angle: ring_radius + tube_radius * np.cos(angle),
        ring_radius + tube_radius,
        0.0,
        2 * np.pi,
        n_points,
        rng,
    )


def in_torus(points: np.ndarray, ring_radius: float, tube_radius: float) -> np.ndarray:
    """Which points are inside the torus about the z axis."""
    x, y, z = points.T
    return np.hypot(np.hypot(x, y) - ring_radius, z) < tube_radius
