"""Curves, drawn uniformly by length."""

from __future__ import annotations

import numpy as np

from ._shape import (
    Shape,
    check_count,
    check_length,
    circle_points,
    finish,
    sample_by_density,
    start,
)


def make_circle(
    n_points: int = 1000,
    *,
    radius: float = 1.0,
    noise: float = 0.0,
    outliers: int | float = 0,
    ambient_dimension: int | None = None,
    random_state=None,
) -> Shape:
    """Points of a circle in the plane.

    Parameters
    ----------
    n_points : int, default=1000
        How many points to draw.
    radius : float, default=1.0
        Radius of the circle.
    noise : float, default=0.0
        Standard deviation of Gaussian noise, added to every coordinate of the ambient space, in
        the units of the coordinates.
    outliers : int or float, default=0
        How many of the points (an int), or what fraction of them (a float), to replace by uniform
        points of the bounding box, which is first enlarged on every side by a quarter of its
        longest edge.
    ambient_dimension : int, default=None
        Embed the shape in this many dimensions by a random linear isometry. Noise and outliers are
        added after that, in the whole space. By default the shape keeps its own coordinates.
    random_state : int, RandomState, Generator or None, default=None
        Source of randomness; an int gives the same points every time.

    Returns
    -------
    Shape
        `points` of shape (n_points, 2), or (n_points, ambient_dimension).

    Raises
    ------
    ValueError
        If a parameter is out of its range; the message names it.

    Examples
    --------
    >>> from tda.datasets import make_circle
    >>> make_circle(200, noise=0.05, ambient_dimension=10, random_state=0)
    Shape('circle', 200 points in R^10, dimension=1, betti=(1, 1, 0))
    """
    rng = start(n_points, random_state)
    check_length("radius", radius)
    return finish(
        radius * circle_points(n_points, rng),
        rng,
        name="circle",
        betti=(1, 1, 0),
        dimension=1,
        noise=noise,
        outliers=outliers,
        ambient_dimension=ambient_dimension,
    )


def make_figure_eight(
    n_points: int = 1000,
    *,
    radius: float = 1.0,
    noise: float = 0.0,
    outliers: int | float = 0,
    ambient_dimension: int | None = None,
    random_state=None,
) -> Shape:
    """Points of a figure eight: two circles in the plane that touch at the origin.

    Parameters
    ----------
    n_points : int, default=1000
        How many points to draw.
    radius : float, default=1.0
        Radius of either circle.
    noise, outliers, ambient_dimension, random_state
        Width of Gaussian noise in the units of the coordinates, number or share of stray points,
        number of coordinates (by default its own), and seed; details in :func:`make_circle`.

    Returns
    -------
    Shape
        `points` of shape (n_points, 2); Betti numbers (1, 2, 0).

    Raises
    ------
    ValueError
        If a parameter is out of its range; the message names it.
    """
    rng = start(n_points, random_state)
    check_length("radius", radius)
    points = radius * circle_points(n_points, rng)
    points[:, 0] += radius * rng.choice([-1.0, 1.0], n_points)
    return finish(
        points,
        rng,
        name="figure eight",
        betti=(1, 2, 0),
        dimension=1,
        noise=noise,
        outliers=outliers,
        ambient_dimension=ambient_dimension,
    )


def make_linked_circles(
    n_points: int = 1000,
    *,
    radius: float = 1.0,
    noise: float = 0.0,
    outliers: int | float = 0,
    ambient_dimension: int | None = None,
    random_state=None,
) -> Shape:
    """Points of a Hopf link: two circles in space, each through the other's centre.

    Parameters
    ----------
    n_points : int, default=1000
        How many points to draw.
    radius : float, default=1.0
        Radius of either circle, and the distance between the two.
    noise, outliers, ambient_dimension, random_state
        Width of Gaussian noise in the units of the coordinates, number or share of stray points,
        number of coordinates (by default its own), and seed; details in :func:`make_circle`.

    Returns
    -------
    Shape
        `points` of shape (n_points, 3); Betti numbers (2, 2, 0).

    Raises
    ------
    ValueError
        If a parameter is out of its range; the message names it.
    """
    rng = start(n_points, random_state)
    check_length("radius", radius)
    along, across = circle_points(n_points, rng).T
    nought = np.zeros(n_points)
    flat = np.column_stack([along, across, nought])
    upright = np.column_stack([along + 1, nought, across])
    is_flat = rng.choice([True, False], n_points)
    return finish(
        radius * np.where(is_flat[:, np.newaxis], flat, upright),
        rng,
        name="linked circles",
        betti=(2, 2, 0),
        dimension=1,
        noise=noise,
        outliers=outliers,
        ambient_dimension=ambient_dimension,
    )


def make_trefoil_knot(
    n_points: int = 1000,
    *,
    scale: float = 1.0,
    noise: float = 0.0,
    outliers: int | float = 0,
    ambient_dimension: int | None = None,
    random_state=None,
) -> Shape:
    """Points of the trefoil (sin t + 2 sin 2t, cos t - 2 cos 2t, -sin 3t).

    Persistent homology finds the loop, but cannot detect the knot.

    Parameters
    ----------
    n_points : int, default=1000
        How many points to draw.
    scale : float, default=1.0
        Factor on the coordinates; at 1.0 the knot reaches 3 from its axis.
    noise, outliers, ambient_dimension, random_state
        Width of Gaussian noise in the units of the coordinates, number or share of stray points,
        number of coordinates (by default its own), and seed; details in :func:`make_circle`.

    Returns
    -------
    Shape
        `points` of shape (n_points, 3); Betti numbers (1, 1, 0).

    Raises
    ------
    ValueError
        If a parameter is out of its range; the message names it.
    """
    rng = start(n_points, random_state)
    check_length("scale", scale)

    def speed(t):
        return np.sqrt(17 + 8 * np.cos(3 * t) + 9 * np.cos(3 * t) ** 2)

    t = sample_by_density(speed, np.sqrt(34), 0.0, 2 * np.pi, n_points, rng)
    x = np.sin(t) + 2 * np.sin(2 * t)
    y = np.cos(t) - 2 * np.cos(2 * t)
    return finish(
        scale * np.column_stack([x, y, -np.sin(3 * t)]),
        rng,
        name="trefoil knot",
        betti=(1, 1, 0),
        dimension=1,
        noise=noise,
        outliers=outliers,
        ambient_dimension=ambient_dimension,
    )


def make_squiggle(
    n_points: int = 1000,
    *,
    dimension: int = 1000,
    turns: float = 3.0,
    noise: float = 0.0,
    outliers: int | float = 0,
    ambient_dimension: int | None = None,
    random_state=None,
) -> Shape:
    r"""Points of a smooth open curve that winds through many dimensions.

    Parameters
    ----------
    n_points : int, default=1000
        How many points to draw.
    dimension : int, default=1000
        Dimension of the space that the curve winds through, 4 or more.
    turns : float, default=3.0
        The number of turns of the fastest coordinates. At most ``dimension / 4``, so that the curve
        never returns to itself.
    noise, outliers, ambient_dimension, random_state
        Width of Gaussian noise in the units of the coordinates, number or share of stray points,
        number of coordinates (by default its own), and seed; details in :func:`make_circle`.

    Returns
    -------
    Shape
        `points` of shape (n_points, dimension); Betti numbers (1, 0, 0). In even dimensions the
        curve lies on the unit sphere; its length grows with `turns`.

    Raises
    ------
    ValueError
        If a parameter is out of its range; the message names it.

    Notes
    -----
    With m = dimension // 2 frequencies w_k = 2 pi turns k / m, the curve is

    .. math:: (\cos w_k t, \sin w_k t)_{k \le m} / \sqrt{m}, \qquad 0 \le t < 1,

    a helix on a torus. Its speed is constant, so a uniform t is uniform by length. In odd
    dimensions a last coordinate t is joined, which keeps the speed constant.
    """
    rng = start(n_points, random_state)
    check_count("dimension", dimension, minimum=4)
    check_length("turns", turns)
    if turns > dimension / 4:
        raise ValueError(
            f"turns={turns!r} with dimension={dimension!r}: the curve comes back to itself; "
            "lower turns, or raise dimension to four a turn"
        )
    n_circles = dimension // 2
    time = rng.uniform(size=(n_points, 1))
    angles = 2 * np.pi * turns * np.arange(1, n_circles + 1) / n_circles * time
    columns = [np.cos(angles) / np.sqrt(n_circles), np.sin(angles) / np.sqrt(n_circles)]
    if dimension % 2:
        columns.append(time)
    return finish(
        np.hstack(columns),
        rng,
        name="squiggle",
        betti=(1, 0, 0),
        dimension=1,
        noise=noise,
        outliers=outliers,
        ambient_dimension=ambient_dimension,
    )
