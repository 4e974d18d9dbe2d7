"""Two entangled classes: no plane separates them, and each hole of one contains the other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial.distance import pdist

from ._shape import (
    Shape,
    check_count,
    check_smaller,
    collect,
    finish,
    points_of_ball,
    start,
    unit_vectors,
)
from ._surfaces import in_torus


@dataclass(frozen=True, eq=False, repr=False)
class LabeledShape(Shape):
    """A cloud of several classes; the topology of each class is known.

    For a classifier take ``X, y = shape.points, shape.labels``.

    Parameters
    ----------
    points, betti, dimension, name, odd_betti
        Array (n_points, n_features), Betti numbers over Z/2, intrinsic dimension, name, Betti
        numbers over other fields: as in `Shape`. `betti` is for all classes together, which do not
        touch.
    labels : int ndarray of shape (n_points,), default=None
        The class of every point, from 0 on.
    class_betti : tuple of tuples of 3 ints, default=()
        Betti numbers of degree 0, 1 and 2 of each class.

    Examples
    --------
    >>> from tda.datasets import make_nested_disks
    >>> shape = make_nested_disks(100, random_state=0)
    >>> shape.class_betti
    ((9, 0, 0), (1, 9, 0))
    >>> (shape.labels == 0).sum()
    np.int64(50)
    """

    labels: np.ndarray | None = None
    class_betti: tuple[tuple[int, int, int], ...] = ()

    def __repr__(self) -> str:
        return super().__repr__()[:-1].replace("Shape(", "LabeledShape(", 1) + (
            f", class_betti={self.class_betti})"
        )


def make_nested_disks(
    n_points: int = 1000,
    *,
    n_disks: int = 9,
    gap: float = 0.04,
    noise: float = 0.0,
    outliers: int | float = 0,
    ambient_dimension: int | None = None,
    random_state=None,
) -> LabeledShape:
    """Points of a disk with round holes (class 1), and of a smaller disk in each hole (class 0).

    Parameters
    ----------
    n_points : int, default=1000
        How many points to draw, half of each class.
    n_disks : int, default=9
        How many holes, with a disk in each.
    gap : float, default=0.04
        Distance between the classes; the disk with the holes has radius 1.
    noise, outliers, ambient_dimension, random_state
        Width of Gaussian noise in the units of the coordinates, number or share of stray points,
        number of coordinates, and seed; details in :func:`make_circle`. An outlier keeps the label
        of the point that it replaces.

    Returns
    -------
    LabeledShape
        `points` of shape (n_points, 2); Betti numbers (n_disks, 0, 0) of class 0 and
        (1, n_disks, 0) of class 1.

    Raises
    ------
    ValueError
        If a parameter is out of its range, or the gap leaves no disk.

    Notes
    -----
    After the data set D-I of [1]_. The holes are as far apart as on a ring, on a ring with one
    in its middle, or on a sunflower, whichever is widest.

    References
    ----------
    .. [1] G. Naitzat, A. Zhitnikov, L.-H. Lim, "Topology of deep neural networks", JMLR 21(184),
       2020.

    Examples
    --------
    >>> from tda.datasets import make_nested_disks
    >>> make_nested_disks(100, n_disks=4, random_state=0)
    LabeledShape('nested disks', 100 points in R^2, dimension=2, betti=(5, 4, 0),
        class_betti=((4, 0, 0), (1, 4, 0)))
    """
    rng = start(n_points, random_state)
    check_count("n_disks", n_disks)
    centres, hole = _holes_in_a_disk(n_disks)
    check_smaller("gap", gap, "radius of a hole", hole, "no disk is left")

    def draw_around(n):
        points = points_of_ball(n, 2, rng)
        apart = np.linalg.norm(points[:, np.newaxis] - centres, axis=2)
        return points[apart.min(axis=1) > hole]

    n_inside = n_points // 2
    inside = (hole - gap) * points_of_ball(n_inside, 2, rng)
    inside += centres[rng.integers(n_disks, size=n_inside)]
    return _finish_classes(
        [inside, collect(draw_around, n_points - n_inside)],
        rng,
        name="nested disks",
        class_betti=((n_disks, 0, 0), (1, n_disks, 0)),
        dimension=2,
        noise=noise,
        outliers=outliers,
        ambient_dimension=ambient_dimension,
    )


def make_linked_tori(
    n_points: int = 1000,
    *,
    n_pairs: int = 1,
    tube_radius: float = 0.3,
    noise: float = 0.0,
    outliers: int | float = 0,
    ambient_dimension: int | None = None,
    random_state=None,
) -> LabeledShape:
    """Points of pairs of solid tori, each through the hole of the other: one of each class.

    Parameters
    ----------
    n_points : int, default=1000
        How many points to draw, half of each class.
    n_pairs : int, default=1
        Number of pairs, placed side by side.
    tube_radius : float, default=0.3
        How thick the tori are, below 0.5; the radius of their centre lines is 1 and the two of
        a pair are 1 - 2 tube_radius apart.
    noise, outliers, ambient_dimension, random_state
        Width of Gaussian noise in the units of the coordinates, number or share of stray points,
        number of coordinates, and seed; details in :func:`make_circle`. An outlier keeps the label
        of the point that it replaces.

    Returns
    -------
    LabeledShape
        `points` of shape (n_points, 3); Betti numbers (n_pairs, n_pairs, 0) of either class.

    Raises
    ------
    ValueError
        If a parameter is out of its range, or the tori of a pair would touch.

    Notes
    -----
    After the data set D-II of [1]_, which has nine pairs.

    References
    ----------
    .. [1] G. Naitzat, A. Zhitnikov, L.-H. Lim, "Topology of deep neural networks", JMLR 21(184),
       2020.

    Examples
    --------
    >>> from tda.datasets import make_linked_tori
    >>> make_linked_tori(100, n_pairs=2, random_state=0).class_betti
    ((2, 2, 0), (2, 2, 0))
    """
    rng = start(n_points, random_state)
    check_count("n_pairs", n_pairs)
    check_smaller("tube_radius", tube_radius, "half the distance", 0.5, "the tori touch")
    # A pair is 3 + 2r long and 2 + 2r wide, and half a unit is left between two pairs.
    corners = _on_a_grid(n_pairs, np.array([3.5, 2.5]) + 2 * tube_radius)
    points = _solid_torus(n_points, tube_radius, rng)
    second = np.arange(n_points) >= n_points // 2
    points[second] = points[second][:, [0, 2, 1]] + [1, 0, 0]
    points += corners[rng.integers(n_pairs, size=n_points)]
    return _finish_classes(
        [points[~second], points[second]],
        rng,
        name="linked tori",
        class_betti=((n_pairs, n_pairs, 0),) * 2,
        dimension=3,
        noise=noise,
        outliers=outliers,
        ambient_dimension=ambient_dimension,
    )


def make_nested_spheres(
    n_points: int = 1000,
    *,
    n_units: int = 1,
    noise: float = 0.0,
    outliers: int | float = 0,
    ambient_dimension: int | None = None,
    random_state=None,
) -> LabeledShape:
    """Points of concentric spheres: one of class 0 between two of class 1, once or more.

    Parameters
    ----------
    n_points : int, default=1000
        How many points to draw, half of each class.
    n_units : int, default=1
        Number of units, placed side by side.
    noise, outliers, ambient_dimension, random_state
        Width of Gaussian noise in the units of the coordinates, number or share of stray points,
        number of coordinates, and seed; details in :func:`make_circle`. An outlier keeps the label
        of the point that it replaces.

    Returns
    -------
    LabeledShape
        `points` of shape (n_points, 3), uniform by area on spheres of radius 1, 2 and 3; Betti
        numbers (n_units, 0, n_units) of class 0 and (2 n_units, 0, 2 n_units) of class 1.

    Raises
    ------
    ValueError
        If a parameter is out of its range; the message names it.

    Notes
    -----
    After the data set D-III of [1]_, which has nine units.

    References
    ----------
    .. [1] G. Naitzat, A. Zhitnikov, L.-H. Lim, "Topology of deep neural networks", JMLR 21(184),
       2020.

    Examples
    --------
    >>> from tda.datasets import make_nested_spheres
    >>> make_nested_spheres(100, random_state=0).class_betti
    ((1, 0, 1), (2, 0, 2))
    """
    rng = start(n_points, random_state)
    check_count("n_units", n_units)
    corners = _on_a_grid(n_units, np.array([8.0, 8.0]))
    n_middle = n_points // 2
    radii = np.full(n_points, 2.0)
    radii[n_middle:] = rng.choice([1.0, 3.0], n_points - n_middle, p=[0.1, 0.9])
    points = radii[:, np.newaxis] * unit_vectors(n_points, 3, rng)
    points += corners[rng.integers(n_units, size=n_points)]
    return _finish_classes(
        [points[:n_middle], points[n_middle:]],
        rng,
        name="nested spheres",
        class_betti=((n_units, 0, n_units), (2 * n_units, 0, 2 * n_units)),
        dimension=2,
        noise=noise,
        outliers=outliers,
        ambient_dimension=ambient_dimension,
    )


# -- steps ---------------------------------------------------------------------------------


def _finish_classes(classes, rng, *, class_betti, **options) -> LabeledShape:
    """One shuffled cloud of all classes, so that any of its rows are a sample."""
    labels = np.repeat(np.arange(len(classes)), [len(points) for points in classes])
    order = rng.permutation(len(labels))
    shape = finish(
        np.concatenate(classes)[order],
        rng,
        betti=tuple(map(sum, zip(*class_betti, strict=True))),
        **options,
    )
    return LabeledShape(
        shape.points,
        shape.betti,
        shape.dimension,
        shape.name,
        labels=labels[order],
        class_betti=class_betti,
    )


def _holes_in_a_disk(n: int) -> tuple[np.ndarray, float]:
    """Centres and radius of n equal holes of the unit disk, with walls nearly as wide as they."""
    if n == 1:
        return np.zeros((1, 2)), 0.5
    turn = np.exp(1j * np.pi * (3 - np.sqrt(5)))  # by the golden angle (Vogel, 1979)
    layouts = [
        np.exp(2j * np.pi * np.arange(n) / n),
        np.append(0, np.exp(2j * np.pi * np.arange(n - 1) / (n - 1))),
        np.sqrt((np.arange(n) + 0.5) / (n - 0.5)) * turn ** np.arange(n),
    ]
    layouts = [np.column_stack([z.real, z.imag]) for z in layouts]
    centres = max(layouts, key=lambda points: pdist(points).min())
    apart = pdist(centres).min()
    # Of the distance between two centres 7 of 10 parts are holes; the rim is as wide as a wall.
    size = 1 / (1 + 0.65 * apart)
    return size * centres, 0.35 * size * apart


def _on_a_grid(n: int, steps: np.ndarray) -> np.ndarray:
    """n places of the plane z = 0, row by row in about a square."""
    n_columns = int(np.ceil(np.sqrt(n)))
    rows, columns = np.divmod(np.arange(n), n_columns)
    return np.column_stack([columns * steps[0], rows * steps[1], np.zeros(n)])


def _solid_torus(n: int, tube_radius: float, rng: np.random.Generator) -> np.ndarray:
    """Uniform points inside the torus about the z axis, of ring radius 1."""
    box = np.array([1 + tube_radius, 1 + tube_radius, tube_radius])

    def draw(m):
        points = rng.uniform(-box, box, (m, 3))
        return points[in_torus(points, 1.0, tube_radius)]

    return collect(draw, n)
