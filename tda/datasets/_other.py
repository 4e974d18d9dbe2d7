"""Shapes without loops or voids: separate blobs, and noise without any structure."""

from __future__ import annotations

import numpy as np

from ._shape import (
    Shape,
    check_count,
    check_length,
    finish,
    points_of_ball,
    start,
    unit_vectors,
)


def make_blobs(
    n_points: int = 1000,
    *,
    n_blobs: int = 3,
    n_features: int = 2,
    separation: float = 4.0,
    noise: float = 0.0,
    outliers: int | float = 0,
    ambient_dimension: int | None = None,
    random_state=None,
) -> Shape:
    """Points of balls of radius 1 that do not touch.

    Parameters
    ----------
    n_points : int, default=1000
        How many points to draw.
    n_blobs : int, default=3
        How many balls.
    n_features : int, default=2
        Dimension of the balls.
    separation : float, default=4.0
        Distance from each centre to the nearest other one, above 2.
    noise, outliers, ambient_dimension, random_state
        Width of Gaussian noise in the units of the coordinates, number or share of stray points,
        number of coordinates (by default its own), and seed; details in :func:`make_circle`.

    Returns
    -------
    Shape
        `points` of shape (n_points, n_features); Betti numbers (n_blobs, 0, 0).

    Raises
    ------
    ValueError
        If a parameter is out of its range, or the balls would touch.

    Notes
    -----
    The centres grow as a random tree: each next one at `separation` from one that stands, in a
    random direction, wherever it keeps that distance from all.
    """
    rng = start(n_points, random_state)
    check_count("n_blobs", n_blobs)
    check_count("n_features", n_features)
    check_length("separation", separation)
    if separation <= 2:
        raise ValueError(
            f"separation={separation!r}: balls of radius 1 touch; give a number above 2"
        )
    centres = _grow_centres(n_blobs, n_features, separation, rng)
    points = centres[rng.integers(n_blobs, size=n_points)]
    return finish(
        points + points_of_ball(n_points, n_features, rng),
        rng,
        name="blobs",
        betti=(n_blobs, 0, 0),
        dimension=n_features,
        noise=noise,
        outliers=outliers,
        ambient_dimension=ambient_dimension,
    )


def make_uniform(
    n_points: int = 1000,
    *,
    kind: str = "cube",
    dimension: int = 2,
    noise: float = 0.0,
    outliers: int | float = 0,
    ambient_dimension: int | None = None,
    random_state=None,
) -> Shape:
    """Points without any structure.

    Parameters
    ----------
    n_points : int, default=1000
        How many points to draw.
    kind : {"cube", "ball", "gaussian"}, default="cube"
        Uniform in [0, 1]^dimension (in two dimensions, a square), uniform in the unit ball, or
        standard normal.
    dimension : int, default=2
        Dimension of the space.
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
    if kind == "cube":
        points = rng.uniform(size=(n_points, dimension))
    elif kind == "ball":
        points = points_of_ball(n_points, dimension, rng)
    elif kind == "gaussian":
        points = rng.standard_normal((n_points, dimension))
    else:
        raise ValueError(f'kind={kind!r}: give "cube", "ball" or "gaussian"')
    return finish(
        points,
        rng,
        name=f"uniform {kind}" if kind != "gaussian" else "gaussian",
        betti=(1, 0, 0),
        dimension=dimension,
        noise=noise,
        outliers=outliers,
        ambient_dimension=ambient_dimension,
    )


def _grow_centres(
    n_blobs: int, n_features: int, separation: float, rng: np.random.Generator
) -> np.ndarray:
    centres = np.zeros((1, n_features))
    while len(centres) < n_blobs:
        parent = centres[rng.integers(len(centres))]
        candidate = parent + separation * unit_vectors(1, n_features, rng)
        # The parent itself stands at `separation` up to rounding.
        if np.linalg.norm(centres - candidate, axis=1).min() > separation * (1 - 1e-9):
            centres = np.vstack([centres, candidate])
    return centres
