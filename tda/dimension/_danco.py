"""DANCo: the dimension whose balls have such norms and such angles between neighbours."""

from __future__ import annotations

import json
from functools import cache
from numbers import Integral
from pathlib import Path
from typing import ClassVar, NamedTuple

import numpy as np
from scipy.interpolate import PchipInterpolator
from scipy.special import comb, digamma, i0e, i1e
from sklearn.utils._param_validation import Interval

from ._base import DimensionEstimator, Estimate

__all__ = ["DANCo", "danco_divergence"]

#: Neighbours whose angles are taken; the one after them is the unit of the nearest distance.
N_ANGLES = 10

#: Where the resultant is longer all angles agree, as at the end of a curve: a concentration
#: without bound, left out of means. Balls of 100 dimensions stay below.
LONGEST_RESULTANT = 0.9995

#: Written by benchmarks/make_danco_table.py.
TABLE = Path(__file__).with_name("danco_table.json")


class Concentration(NamedTuple):
    """What DANCo reads from points, or expects of balls.

    Attributes
    ----------
    dimension : array
        That of the distances alone, by maximum likelihood.
    direction, concentration : arrays
        Parameters of the von Mises law of angles between neighbours.
    """

    dimension: np.ndarray
    direction: np.ndarray
    concentration: np.ndarray


def danco_divergence(data, ball):
    """The sum of divergences of norms and of angles of the data from those of a ball.

    Parameters
    ----------
    data, ball : Concentration
        Their arrays are broadcast.

    Returns
    -------
    array
        Kullback–Leibler divergences, at least 0.

    References
    ----------
    .. [1] C. Ceruti, S. Bassis, A. Rozza, G. Lombardi, E. Casiraghi, P. Campadelli, "DANCo: an
       intrinsic dimensionality estimator exploiting angle and norm concentration", Pattern
       Recognit. 47:2569-2581, 2014.

    Examples
    --------
    >>> from tda.dimension import danco_divergence
    >>> from tda.dimension._danco import Concentration
    >>> plane, space = Concentration(2.0, 1.5, 0.6), Concentration(3.0, 1.5, 0.9)
    >>> print(danco_divergence(plane, plane).round(6), danco_divergence(plane, space).round(2))
    0.0 0.51
    """
    logs, values = _norm_divergences()
    norms = np.interp(np.log(ball.dimension) - np.log(data.dimension), logs, values)
    one, other = data.concentration, ball.concentration
    turn = np.cos(data.direction - ball.direction)
    angles = np.log(i0e(other) / i0e(one)) + other - one
    return norms + angles + i1e(one) / i0e(one) * (one - other * turn)


@cache
def _norm_divergences():
    """The divergence of normalised nearest distances by the log ratio of two dimensions.

    Of ``k d r^(d-1) (1 - r^d)^(k-1)``, in closed form (Ceruti et al. 2014, with its constant).
    """
    k = N_ANGLES
    j = np.arange(k + 1)
    logs = np.linspace(-6, 6, 6001)
    ratio = np.exp(logs)[:, None]
    harmonic = (1 / np.arange(1, k + 1)).sum()
    series = ((-1.0) ** j * comb(k, j) * digamma(1 + j / ratio)).sum(axis=1)
    return logs, harmonic * (ratio[:, 0] - 1) - logs - (k - 1) * (series + 1 / k)


def norm_dimension(log_ratios):
    """Maximum likelihood dimension of logarithms of nearest to (k + 1)-th distances, by row.

    The derivative in d, times d, is convex and decreasing. So Newton steps from the left of the
    root increase to it.
    """
    L = -np.atleast_2d(log_ratios)
    m, k = L.shape[1], N_ANGLES
    with np.errstate(divide="ignore"):
        d = m / L.sum(axis=1)
    finite = np.isfinite(d)
    L, found = np.maximum(L[finite], 1e-300), d[finite]
    for _ in range(60):
        u = found[:, None] * L
        rest = u / np.expm1(np.minimum(u, 700))
        value = m - u.sum(axis=1) + (k - 1) * rest.sum(axis=1)
        # x / (e^x - 1) has the logarithmic derivative 1 - rest - x.
        slope = (-u + (k - 1) * rest * (1 - rest - u)).sum(axis=1)
        step = -value / slope
        found = found * (1 + step)
        if np.abs(step).max(initial=0) < 1e-12:
            break
    d[finite] = found
    return d


def neighbor_angles(X, indices):
    """Direction and concentration of the angles between neighbours, at each point.

    The concentration is NaN if all angles are equal.
    """
    n = len(X)
    direction, resultant = np.empty(n), np.empty(n)
    upper = np.triu_indices(indices.shape[1], 1)
    step = max(2_000_000 // (indices.shape[1] * (X.shape[1] + indices.shape[1])), 1)
    for i in range(0, n, step):
        V = X[indices[i : i + step]] - X[i : i + step, None]
        V /= np.linalg.norm(V, axis=2, keepdims=True)
        cosines = np.clip((V @ V.transpose(0, 2, 1))[:, *upper], -1, 1)
        sines = np.sqrt(1 - cosines**2).mean(axis=1)
        cosines = cosines.mean(axis=1)
        direction[i : i + step] = np.arctan2(sines, cosines)
        resultant[i : i + step] = np.hypot(sines, cosines)
    resultant[resultant > LONGEST_RESULTANT] = np.nan
    return direction, _concentration_of(resultant)


def _concentration_of(r):
    """The von Mises concentration by the length of the resultant (Best, Fisher 1981)."""
    low = 2 * r + r**3 + 5 * r**5 / 6
    middle = -0.4 + 1.39 * r + 0.43 / (1 - r)
    with np.errstate(divide="ignore"):
        high = 1 / (r**3 - 4 * r**2 + 3 * r)
    return np.where(r < 0.53, low, np.where(r < 0.85, middle, high))


def mean_concentration(concentration):
    """The mean along the last axis of the finite values."""
    known = np.isfinite(concentration)
    total = np.where(known, concentration, 0).sum(axis=-1)
    most = _concentration_of(np.array(LONGEST_RESULTANT))
    return np.where(known.any(axis=-1), total / np.maximum(known.sum(axis=-1), 1), most)


@cache
def _table():
    table = json.loads(TABLE.read_text())
    return {key: np.array(value) for key, value in table.items()}


def ball_concentration(dimensions, n_points):
    """What `n_points` uniform points of balls give on average, by the shipped table.

    Between the dimensions and numbers of points of the table it is interpolated, in logarithms.
    Beyond the numbers of the table the last value is used.
    """
    table = _table()
    sizes = np.log(table["n_points"])
    at = np.interp(np.log(n_points), sizes, np.arange(sizes.size))
    below = min(int(at), sizes.size - 2)
    weight = at - below
    made = []
    for key in Concentration._fields:
        value = (1 - weight) * table[key][below] + weight * table[key][below + 1]
        made.append(PchipInterpolator(np.log(table["dimensions"]), value)(np.log(dimensions)))
    return Concentration(*made)


class DANCo(DimensionEstimator):
    """Intrinsic dimension from concentrating norms and angles (input per point).

    Distances to ten neighbours, and the angles between them, are compared with those of the same
    number of uniform points in balls of each dimension. So effects of the border, which make most
    estimates too low in many dimensions, cancel out.

    Parameters
    ----------
    n_neighbors : int, default=20
        The neighbourhood that the value at a point pools over; the dimension of the whole does
        not depend on it.
    n_jobs : int, default=None
        Number of threads of the neighbour search, as in joblib.

    Attributes
    ----------
    dimension_ : float
        From 1 to the number of coordinates, 100 at most. Infinite if all neighbours are equally
        far.
    local_dimension_ : array of shape (n_points,)
        From the norms and angles of each point and its neighbours, against the same balls.
    standard_error_ : float
        NaN: there is no theory.
    interval_ : (float, float)
        NaN.
    divergence_ : float
        Of the data from the nearest ball; NaN if all points are equal.

    See Also
    --------
    tda.dimension.danco_divergence : What is made least.

    Notes
    -----
    Balls are not drawn at each fit: a table of their averages, for 14 to 10,000 points in 1 to
    100 dimensions and ten neighbours, ships with the package (the paper's FastDANCo, with a
    table for its splines), so the answer is free of chance and costs one search of neighbours
    and O(n k² m). For more points the table's last entry stands.

    `skdim.id.DANCo` draws one ball a dimension; it has the angle of a mean direction by arctan,
    not by its quadrant, so its directions differ, and its default bounds the likelihood
    dimension of balls by ten. Its likelihood dimension, where its minimiser moves, and its
    concentrations are ours, but for curves, whose ends have none here.

    References
    ----------
    .. [1] C. Ceruti, S. Bassis, A. Rozza, G. Lombardi, E. Casiraghi, P. Campadelli, "DANCo: an
       intrinsic dimensionality estimator exploiting angle and norm concentration", Pattern
       Recognit. 47:2569-2581, 2014.

    Examples
    --------
    >>> import numpy as np
    >>> from tda.dimension import DANCo
    >>> X = np.random.default_rng(0).uniform(size=(1000, 8))
    >>> print(f"{DANCo().fit(X).dimension_:.0f}")
    8
    """

    _least_points = N_ANGLES + 2
    _parameter_constraints: ClassVar[dict] = {
        "n_neighbors": [Interval(Integral, 2, None, closed="left")],
        "n_jobs": [Integral, None],
    }

    def __init__(self, *, n_neighbors=20, n_jobs=None):
        self.n_neighbors = n_neighbors
        self.n_jobs = n_jobs

    def _most_neighbors(self):
        return max(self.n_neighbors, N_ANGLES + 1)

    def _fit(self, points, graph):
        self.divergence_ = np.nan
        return super()._fit(points, graph)

    def _estimate(self, X, graph):
        logs = np.log(graph.distances[:, 0] / graph.distances[:, N_ANGLES])
        direction, concentration = neighbor_angles(X, graph.indices[:, :N_ANGLES])
        most = min(X.shape[1], _table()["dimensions"][-1])
        dimensions = np.geomspace(1, most, 400) if most > 1 else np.ones(1)
        balls = ball_concentration(dimensions, len(X))

        whole = Concentration(
            norm_dimension(logs), direction.mean(), mean_concentration(concentration)
        )
        dimension, divergence = _nearest_ball(whole, dimensions, balls)
        self.divergence_ = float(divergence[0])

        near = graph.indices[:, : self.n_neighbors]
        members = np.column_stack([np.arange(len(X)), near])
        pooled = Concentration(
            norm_dimension(logs[members]),
            direction[members].mean(axis=1),
            mean_concentration(concentration[members]),
        )
        local, _ = _nearest_ball(pooled, dimensions, balls)
        return Estimate(dimension[0], local)


def _nearest_ball(data, dimensions, balls):
    """The dimension of least divergence, between grid points by a parabola, for each datum."""
    data = Concentration(*(np.atleast_1d(value) for value in data))
    found, least = np.empty(data.dimension.size), np.empty(data.dimension.size)
    step = 2000
    for i in range(0, found.size, step):
        part = Concentration(*(value[i : i + step, None] for value in data))
        divergence = danco_divergence(part, balls)
        at = divergence.argmin(axis=1)
        rows = np.arange(at.size)
        least[i : i + step] = divergence[rows, at]
        inner = np.clip(at, 1, max(dimensions.size - 2, 1))
        shift = np.zeros(at.size)
        if dimensions.size > 2:
            left, mid, right = (divergence[rows, inner + j] for j in (-1, 0, 1))
            with np.errstate(divide="ignore", invalid="ignore"):
                shift = np.nan_to_num((left - right) / (left - 2 * mid + right) / 2)
            shift = np.where(inner == at, np.clip(shift, -0.5, 0.5), 0)
            found[i : i + step] = np.exp(
                np.interp(at + shift, np.arange(dimensions.size), np.log(dimensions))
            )
        else:
            found[i : i + step] = dimensions[at]
    return np.where(np.isfinite(data.dimension), found, np.inf), least
