r"""The mug: topologically a doughnut.

The cup stands on z = 0 with the z axis as its own. The handle is a round tube bent like a U: two
straight arms leave the wall along x, one above the other, and a half ring joins them. ::

     ____        ____
    |    |      |    |_____        ^
    |    |cavity|    |_____\_      |
    |    |      |wall|     \ \     |
    |    |______|    |  o   ) )    | height
    |                |_____/ /     |       o: a ball of finger_radius just fits
    |     bottom     |______/      |
    |________________|             v
            |-radius-|
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ._shape import Shape, check_length, check_smaller, circle_points, collect, finish, start
from ._surfaces import tube_angles


class _Mug(NamedTuple):
    """The measures of a mug."""

    radius: float
    height: float
    wall: float
    bottom: float
    handle_radius: float
    finger_radius: float

    @property
    def cavity_radius(self) -> float:
        return self.radius - self.wall

    @property
    def bend(self) -> float:
        """Radius of the half ring's centre line, and half the distance of the two arms."""
        return self.finger_radius + self.handle_radius

    @property
    def elbow(self) -> float:
        """The x where the arms end and the half ring begins."""
        return self.radius + self.finger_radius

    @property
    def root(self) -> float:
        """The x where the arms begin: just so deep that their flat ends are hidden in the wall."""
        return np.sqrt(self.radius**2 - self.handle_radius**2)


def make_mug(
    n_points: int = 1000,
    *,
    radius: float = 1.0,
    height: float = 2.6,
    wall: float = 0.6,
    bottom: float = 1.6,
    handle_radius: float = 0.45,
    finger_radius: float = 0.4,
    noise: float = 0.0,
    outliers: int | float = 0,
    ambient_dimension: int | None = None,
    random_state=None,
) -> Shape:
    """Points of the surface of a mug: outside, cavity, rim, bottom and handle.

    Parameters
    ----------
    n_points : int, default=1000
        How many points to draw.
    radius : float, default=1.0
        Outer radius of the cup.
    height : float, default=2.6
        Height of the cup; at least the handle's own, 4 handle_radius + 2 finger_radius.
    wall : float, default=0.6
        Thickness of the wall.
    bottom : float, default=1.6
        Thickness of the bottom.
    handle_radius : float, default=0.45
        Radius of the handle, a round tube.
    finger_radius : float, default=0.4
        Radius of the largest ball that fits between handle and cup.
    noise, outliers, ambient_dimension, random_state
        Width of Gaussian noise in the units of the coordinates, number or share of stray points,
        number of coordinates (by default its own), and seed; details in :func:`make_circle`.

    Returns
    -------
    Shape
        `points` of shape (n_points, 3); Betti numbers (1, 2, 1), those of a torus.

    Raises
    ------
    ValueError
        If a parameter is out of its range, the handle is higher than the cup, or its ends poke
        into the cavity.

    Notes
    -----
    The default walls are thick on purpose. The void is the inside of the clay, and its bar ends at
    the radius of the largest ball that fits there. The loop round the handle is also a loop round
    the wall, and ends when either is filled: at handle_radius or wall / 2. The loop through the
    handle ends at finger_radius. All three must be wide against the distance of the points. So all
    three holes of the default show from 5,000 points, even under noise of 2 % of its diameter. Of
    porcelain, ``height=1.8, wall=0.12, bottom=0.12, handle_radius=0.12, finger_radius=0.4``, 5,000
    points without noise show the loop through the handle only, and the other two holes take about
    50,000.

    Examples
    --------
    >>> from tda.datasets import make_mug
    >>> make_mug(5000, random_state=0)
    Shape('mug', 5000 points in R^3, dimension=2, betti=(1, 2, 1))
    """
    rng = start(n_points, random_state)
    mug = _check_mug(radius, height, wall, bottom, handle_radius, finger_radius)
    return finish(
        _sample_surface(mug, n_points, rng),
        rng,
        name="mug",
        betti=(1, 2, 1),
        dimension=2,
        noise=noise,
        outliers=outliers,
        ambient_dimension=ambient_dimension,
    )


def make_solid_mug(
    n_points: int = 1000,
    *,
    radius: float = 1.0,
    height: float = 2.6,
    wall: float = 0.6,
    bottom: float = 1.6,
    handle_radius: float = 0.45,
    finger_radius: float = 0.4,
    noise: float = 0.0,
    outliers: int | float = 0,
    ambient_dimension: int | None = None,
    random_state=None,
) -> Shape:
    """Points of a solid mug: inside the clay, not inside the cavity.

    Parameters
    ----------
    n_points : int, default=1000
        How many points to draw.
    radius, height, wall, bottom, handle_radius, finger_radius
        As in :func:`make_mug`, which draws from the surface of the same mug.
    noise, outliers, ambient_dimension, random_state
        Width of Gaussian noise in the units of the coordinates, number or share of stray points,
        number of coordinates (by default its own), and seed; details in :func:`make_circle`.

    Returns
    -------
    Shape
        `points` of shape (n_points, 3); Betti numbers (1, 1, 0), those of a solid torus.

    Raises
    ------
    ValueError
        As in :func:`make_mug`.

    Examples
    --------
    >>> from tda.datasets import make_solid_mug, make_solid_torus
    >>> make_solid_mug(10).betti == make_solid_torus(10).betti
    True
    """
    rng = start(n_points, random_state)
    mug = _check_mug(radius, height, wall, bottom, handle_radius, finger_radius)
    return finish(
        _sample_solid(mug, n_points, rng),
        rng,
        name="solid mug",
        betti=(1, 1, 0),
        dimension=3,
        noise=noise,
        outliers=outliers,
        ambient_dimension=ambient_dimension,
    )


def _check_mug(
    radius: float,
    height: float,
    wall: float,
    bottom: float,
    handle_radius: float,
    finger_radius: float,
) -> _Mug:
    """The mug of these measures, checked: it has a cavity, and its handle meets the wall."""
    check_smaller("wall", wall, "radius", radius, "the mug has no cavity")
    check_smaller("bottom", bottom, "height", height, "the mug has no cavity")
    check_length("finger_radius", finger_radius)
    check_smaller("handle_radius", handle_radius, "radius", radius, "the handle swallows the cup")
    mug = _Mug(radius, height, wall, bottom, handle_radius, finger_radius)
    if mug.root < mug.cavity_radius:
        raise ValueError(
            f"handle_radius={handle_radius!r} with wall={wall!r}: the handle's ends poke into the "
            "cavity; lower handle_radius or raise wall"
        )
    handle_height = 2 * (mug.bend + handle_radius)
    if handle_height > height:
        raise ValueError(
            f"height={height!r} is less than the handle's, 4 handle_radius + 2 finger_radius = "
            f"{handle_height:g}; raise height or lower one of those"
        )
    return mug


def _sample_solid(mug: _Mug, n_points: int, rng: np.random.Generator) -> np.ndarray:
    """Uniform by volume: points of the bounding box that are inside."""
    low = (-mug.radius, -mug.radius, 0.0)
    high = (mug.elbow + mug.bend + mug.handle_radius, mug.radius, mug.height)

    def draw(n: int) -> np.ndarray:
        points = rng.uniform(low, high, (n, 3))
        return points[_in_cup(mug, points) | _in_handle(mug, points)]

    return collect(draw, n_points)


def _sample_surface(mug: _Mug, n_points: int, rng: np.random.Generator) -> np.ndarray:
    """Uniform by area: points of every patch, less those that the other solid hides."""
    patches = (*_cup_patches(mug), *_handle_patches(mug))
    areas = np.array([area for area, *_ in patches])

    def draw(n: int) -> np.ndarray:
        sizes = rng.multinomial(n, areas / areas.sum())
        kept = []
        for (_, sample, is_hidden), size in zip(patches, sizes, strict=True):
            points = sample(size, rng)
            kept.append(points[~is_hidden(mug, points)])
        # `collect` keeps the first rows only, so they must come in no order of patches.
        return rng.permutation(np.concatenate(kept))

    return collect(draw, n_points)


def _in_cup(mug: _Mug, points: np.ndarray) -> np.ndarray:
    """Which points are in the clay of the cup."""
    x, y, z = points.T
    from_axis = np.hypot(x, y)
    in_cavity = (from_axis < mug.cavity_radius) & (z > mug.bottom)
    return (from_axis <= mug.radius) & (z >= 0) & (z <= mug.height) & ~in_cavity


def _in_handle(mug: _Mug, points: np.ndarray) -> np.ndarray:
    """Which points are in the handle, by their distance to its centre line."""
    x, y, z = points.T
    z = z - mug.height / 2
    to_arms = np.abs(np.abs(z) - mug.bend)
    to_ring = np.abs(np.hypot(x - mug.elbow, z) - mug.bend)
    to_centre_line = np.hypot(np.where(x < mug.elbow, to_arms, to_ring), y)
    return (to_centre_line <= mug.handle_radius) & (x >= mug.root)


def _cup_patches(mug: _Mug):
    """(area, sampler, hidden) of the cup's five faces; the handle hides a part of the first."""
    r, c, h, b = mug.radius, mug.cavity_radius, mug.height, mug.bottom
    return (
        (2 * np.pi * r * h, lambda n, rng: _cylinder(n, r, 0.0, h, rng), _in_handle),
        (2 * np.pi * c * (h - b), lambda n, rng: _cylinder(n, c, b, h, rng), _nowhere),
        (np.pi * r**2, lambda n, rng: _ring(n, 0.0, r, 0.0, rng), _nowhere),
        (np.pi * c**2, lambda n, rng: _ring(n, 0.0, c, b, rng), _nowhere),
        (np.pi * (r**2 - c**2), lambda n, rng: _ring(n, c, r, h, rng), _nowhere),
    )


def _handle_patches(mug: _Mug):
    """(area, sampler, hidden) of the two arms together and of the half ring."""
    t = mug.handle_radius
    arms = 2 * (2 * np.pi * t) * (mug.elbow - mug.root)
    half_ring = 2 * np.pi**2 * mug.bend * t
    return (
        (arms, lambda n, rng: _arms(mug, n, rng), _in_cup),
        (half_ring, lambda n, rng: _half_ring(mug, n, rng), _nowhere),
    )


def _nowhere(mug: _Mug, points: np.ndarray) -> np.ndarray:
    """What hides a patch that the other solid does not reach: nothing."""
    return np.zeros(len(points), dtype=bool)


def _cylinder(n, radius, low, high, rng) -> np.ndarray:
    """Uniform points of an upright cylinder's side."""
    return np.column_stack([radius * circle_points(n, rng), rng.uniform(low, high, n)])


def _ring(n, inner, outer, z, rng) -> np.ndarray:
    """Uniform points of a level ring, or of a disk where `inner` is 0."""
    radii = np.sqrt(rng.uniform(inner**2, outer**2, (n, 1)))
    return np.column_stack([radii * circle_points(n, rng), np.full(n, z)])


def _arms(mug: _Mug, n, rng) -> np.ndarray:
    """Uniform points of the sides of the handle's two straight arms."""
    angle = rng.uniform(0, 2 * np.pi, n)
    side = rng.choice([-1.0, 1.0], n)
    x = rng.uniform(mug.root, mug.elbow, n)
    y = mug.handle_radius * np.sin(angle)
    z = mug.height / 2 + side * mug.bend + mug.handle_radius * np.cos(angle)
    return np.column_stack([x, y, z])


def _half_ring(mug: _Mug, n, rng) -> np.ndarray:
    """Uniform points of the handle's outer half, the outer half of an upright torus."""
    around_tube = tube_angles(n, mug.bend, mug.handle_radius, rng)
    around_ring = rng.uniform(-np.pi / 2, np.pi / 2, n)
    from_centre = mug.bend + mug.handle_radius * np.cos(around_tube)
    return np.column_stack(
        [
            mug.elbow + from_centre * np.cos(around_ring),
            mug.handle_radius * np.sin(around_tube),
            mug.height / 2 + from_centre * np.sin(around_ring),
        ]
    )
