"""The `Shape` that every generator returns, and the steps that all of them share.

This file imports only numpy.
"""

from __future__ import annotations

import math
import numbers
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .._memory import require_bytes


@dataclass(frozen=True, eq=False, repr=False)
class Shape:
    """A cloud sampled from a shape whose topology is known.

    Every function that takes a cloud takes a `Shape`: ``np.asarray(shape)`` is its points.

    Parameters
    ----------
    points : ndarray of shape (n_points, n_features), float64
        The sample.
    betti : tuple of 3 ints, or None
        Betti numbers of degree 0, 1 and 2 with coefficients in Z/2: components, loops, voids.
        They describe the shape without its noise and outliers. None if they are not known (some
        meshes).
    dimension : int
        Intrinsic dimension of the shape.
    name : str
        A short description in words.
    odd_betti : tuple of 3 ints, default=None
        Betti numbers over a field of odd characteristic (and over the rationals), where 2-torsion
        makes them differ from `betti`.

    Examples
    --------
    >>> import numpy as np
    >>> from tda.datasets import make_torus
    >>> torus = make_torus(100, random_state=0)
    >>> torus
    Shape('torus', 100 points in R^3, dimension=2, betti=(1, 2, 1))
    >>> np.asarray(torus).shape
    (100, 3)
    """

    points: np.ndarray
    betti: tuple[int, int, int] | None
    dimension: int
    name: str
    odd_betti: tuple[int, int, int] | None = None

    def betti_over(self, field: int) -> tuple[int, int, int]:
        """Betti numbers with coefficients in Z/`field`.

        Parameters
        ----------
        field : int
            A prime, or 0 for the rationals.

        Returns
        -------
        tuple of 3 ints

        Raises
        ------
        ValueError
            If `field` is neither 0 nor a prime, or if the Betti numbers are not known.

        Examples
        --------
        >>> from tda.datasets import make_klein_bottle
        >>> bottle = make_klein_bottle(100, random_state=0)
        >>> bottle.betti_over(2), bottle.betti_over(3)
        ((1, 2, 1), (1, 1, 0))
        """
        if self.betti is None:
            raise ValueError(f"the Betti numbers of {self.name!r} are not known")
        if not _is_prime_or_zero(field):
            raise ValueError(f"field={field!r}: give a prime such as 2 or 3, or 0 for Q")
        if field == 2 or self.odd_betti is None:
            return self.betti
        return self.odd_betti

    def __array__(self, dtype=None, copy=None):
        return np.array(self.points, dtype=dtype, copy=copy)

    def __len__(self) -> int:
        return len(self.points)

    def __repr__(self) -> str:
        n_points, n_features = self.points.shape
        return (
            f"Shape({self.name!r}, {n_points} points in R^{n_features}, "
            f"dimension={self.dimension}, betti={self.betti})"
        )


def finish(
    points: np.ndarray,
    rng: np.random.Generator,
    *,
    name: str,
    betti: tuple[int, int, int] | None,
    dimension: int,
    odd_betti: tuple[int, int, int] | None = None,
    noise: float = 0.0,
    outliers: int | float = 0,
    ambient_dimension: int | None = None,
) -> Shape:
    """The last steps of every generator: embed, then add noise, then outliers.

    In this order noise and outliers lie in the whole ambient space.
    """
    if ambient_dimension is not None:
        points = embed_isometrically(points, ambient_dimension, rng, name)
    points = add_noise(points, noise, rng)
    points = replace_by_outliers(points, outliers, rng)
    return Shape(np.ascontiguousarray(points), betti, dimension, name, odd_betti)


def embed_isometrically(
    points: np.ndarray, ambient_dimension: int, rng: np.random.Generator, name: str
) -> np.ndarray:
    """`points` under a random linear isometry into `ambient_dimension` dimensions."""
    own_dimension = points.shape[1]
    check_count("ambient_dimension", ambient_dimension)
    if ambient_dimension < own_dimension:
        raise ValueError(
            f"ambient_dimension={ambient_dimension} is too small: the {name} lives in "
            f"R^{own_dimension}; give {own_dimension} or more, or None"
        )
    frame, triangle = np.linalg.qr(rng.standard_normal((ambient_dimension, own_dimension)))
    # LAPACK fixes the signs of the columns; undoing that makes the frame uniformly distributed
    # (Mezzadri 2007, arXiv math-ph/0609050).
    frame *= np.where(np.diag(triangle) < 0, -1.0, 1.0)
    return points @ frame.T


def add_noise(points: np.ndarray, noise: float, rng: np.random.Generator) -> np.ndarray:
    """`points` plus isotropic Gaussian noise of standard deviation `noise`."""
    if not isinstance(noise, numbers.Real) or not math.isfinite(noise) or noise < 0:
        raise ValueError(f"noise={noise!r}: give a standard deviation, 0 or more")
    if noise == 0:
        return points
    return points + rng.normal(scale=noise, size=points.shape)


def replace_by_outliers(
    points: np.ndarray, outliers: int | float, rng: np.random.Generator
) -> np.ndarray:
    """`points` with some rows replaced by uniform ones of the box, a quarter wider each way."""
    n_outliers = _count_outliers(outliers, len(points))
    if n_outliers == 0:
        return points
    low, high = points.min(axis=0), points.max(axis=0)
    margin = 0.25 * (high - low).max()
    rows = rng.choice(len(points), size=n_outliers, replace=False)
    points = points.copy()
    points[rows] = rng.uniform(low - margin, high + margin, size=(n_outliers, points.shape[1]))
    return points


def collect(draw: Callable[[int], np.ndarray], n_points: int) -> np.ndarray:
    """The first `n_points` rows that `draw` accepts; ``draw(m)`` proposes m, returns the kept ones.

    Rows that are kept independently of one another stay independent, so rejection is exact.
    """
    batches, n_missing = [], n_points
    while n_missing > 0:
        kept = draw(2 * n_missing + 16)[:n_missing]
        batches.append(kept)
        n_missing -= len(kept)
    return np.concatenate(batches)


def sample_by_density(
    density: Callable[[np.ndarray], np.ndarray],
    highest: float,
    low: float,
    high: float,
    n_points: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """`n_points` numbers in [low, high) that follow `density`, which never exceeds `highest`."""

    def draw(n: int) -> np.ndarray:
        proposals = rng.uniform(low, high, n)
        return proposals[rng.uniform(0, highest, n) < density(proposals)]

    return collect(draw, n_points)


def unit_vectors(n_points: int, n_features: int, rng: np.random.Generator) -> np.ndarray:
    """Uniform points of the unit sphere in R^n_features."""
    normal = rng.standard_normal((n_points, n_features))
    return normal / np.linalg.norm(normal, axis=1, keepdims=True)


def points_of_ball(n_points: int, n_features: int, rng: np.random.Generator) -> np.ndarray:
    """Uniform points of the unit ball in R^n_features."""
    radii = rng.uniform(size=(n_points, 1)) ** (1 / n_features)
    return radii * unit_vectors(n_points, n_features, rng)


def circle_points(n_points: int, rng: np.random.Generator) -> np.ndarray:
    """Uniform points of the unit circle."""
    angle = rng.uniform(0, 2 * np.pi, n_points)
    return np.column_stack([np.cos(angle), np.sin(angle)])


def start(n_points: int, random_state) -> np.random.Generator:
    """The first step of every generator: check the number of points, make the random generator."""
    check_count("n_points", n_points)
    # Three coordinates, their labels, and what they are made from.
    require_bytes(64 * n_points, f"n_points={n_points:,}", "Ask for fewer points.")
    return as_generator(random_state)


def as_generator(random_state) -> np.random.Generator:
    """A Generator from None, an int, a RandomState or a Generator.

    A RandomState advances, so that two calls with the same one give two samples.
    """
    if isinstance(random_state, np.random.RandomState):
        return np.random.default_rng(random_state.randint(2**32, size=4, dtype=np.uint32))
    try:
        return np.random.default_rng(random_state)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"random_state={random_state!r}: give None, an int of 0 or more, "
            "a numpy RandomState or a numpy Generator"
        ) from error


def check_count(name: str, value: int, minimum: int = 1) -> None:
    """Raise a ValueError unless `value` is an integer of at least `minimum`."""
    is_integer = isinstance(value, numbers.Integral) and not isinstance(value, bool)
    if not is_integer or value < minimum:
        raise ValueError(f"{name}={value!r}: give an integer, {minimum} or more")


def check_length(name: str, value: float) -> None:
    """Raise a ValueError unless `value` is a positive finite number."""
    if not isinstance(value, numbers.Real) or not math.isfinite(value) or value <= 0:
        raise ValueError(f"{name}={value!r}: give a positive number")


def check_smaller(name: str, value: float, bound_name: str, bound: float, why: str) -> None:
    """Raise a ValueError unless the lengths satisfy 0 < `value` < `bound`."""
    check_length(name, value)
    check_length(bound_name, bound)
    if value >= bound:
        raise ValueError(
            f"{name}={value!r} must be smaller than {bound_name}={bound!r}, or {why}; "
            f"lower {name} or raise {bound_name}"
        )


def _count_outliers(outliers: int | float, n_points: int) -> int:
    advice = "give a count from 0 to n_points, or a fraction as a float from 0.0 to 1.0"
    if isinstance(outliers, numbers.Integral) and not isinstance(outliers, bool):
        if 0 <= outliers <= n_points:
            return int(outliers)
    elif isinstance(outliers, numbers.Real) and not isinstance(outliers, bool):
        if 0 <= outliers <= 1:
            return round(outliers * n_points)
    raise ValueError(f"outliers={outliers!r} with n_points={n_points}: {advice}")


def _is_prime_or_zero(field: int) -> bool:
    if not isinstance(field, numbers.Integral) or isinstance(field, bool):
        return False
    if field == 0:
        return True
    return field >= 2 and all(field % q for q in range(2, math.isqrt(field) + 1))
