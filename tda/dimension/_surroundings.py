"""What neighbourhoods look like, beyond the dimension that they show: their shape in numbers.

Two clouds of one raw dimension may have different true ones: one is bent, one thins out, one ends.
Then their neighbours lie at other angles, and their distances vary in other ways.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from ._base import is_inside
from ._scales import some_points

__all__ = ["NAMES", "surroundings"]

#: So many neighbours are looked at, and the angles among the nearest half of them too.
N_NEIGHBORS = 16
#: Of so many points the neighbours' angles are taken.
N_QUERIES = 400
#: In a sparse graph the distances among the neighbours of some points are not stored; so many have
#: to be left.
FEWEST_QUERIES = 50
#: Scales whose calibrated dimensions are compared with the estimate.
AT_SCALES = (1, 2, 4, 8, 24, 64)
#: The numbers of `surroundings`, in order. Those of dimensions are logarithms over the estimate.
NAMES = (
    "log_dimension",
    "log_n_points",
    *(f"scale_{k}" for k in AT_SCALES),
    *("double_logarithm", "two_nearest", "sixteen_nearest"),
    *("spread_of_ratios", "skewness_of_distances", "ratios_by_distance"),
    *(f"{name}_{k}" for k in (4, 8, 16) for name in ("cosine", "square", "variance")),
    *("cosines_apart", "cosines_by_distance", "components", "components_apart"),
)


def surroundings(X, graph, log_dimension, log_curve, scales, *, rows=None, precomputed=False):
    """Numbers that tell what kind of cloud this is.

    Parameters
    ----------
    X : array of shape (n_points, n_features), or array or sparse matrix (n_points, n_points)
    graph : NeighborGraph
        Of all rows or some, with 16 neighbours or more.
    log_dimension : float
        The estimate.
    log_curve : array of shape (n_scales,)
        The calibrated dimension at each of `scales`, in logarithms.
    scales : int array of shape (n_scales,)
    rows : int array of shape (n_asked,), default=None
        The rows that `graph` is of; None for all.
    precomputed : bool, default=False
        Whether `X` holds distances.

    Returns
    -------
    array of shape (len(NAMES),)
        NaN or infinite where degenerate.
    """
    k = N_NEIGHBORS
    inside = np.flatnonzero(is_inside(graph.distances[:, :k]))
    logs = np.log(graph.distances[inside, :k])
    with np.errstate(all="ignore"):
        at = np.interp(np.log(AT_SCALES), np.log(scales), log_curve) - log_dimension
        distances = _distance_numbers(logs, log_dimension)
        some = some_points(len(inside), N_QUERIES)
        gram = _gram(X, graph, inside[some], rows, precomputed)
        known = np.isfinite(gram).all(axis=(1, 2))
        if known.sum() < FEWEST_QUERIES:
            return np.full(len(NAMES), np.nan)
        some, gram = some[known], gram[known]
        lengths = graph.distances[inside[some], :k]
        angles = _angle_numbers(gram, lengths, logs[some, -1], log_dimension)
    return np.concatenate([[log_dimension, np.log(X.shape[0])], at, distances, angles])


def _distance_numbers(logs, log_dimension):
    """Of the logarithms of distances to neighbours."""
    first = logs[:, 1] - logs[:, 0]
    means = (logs[:, -1:] - logs[:, :-1]).mean(axis=1)
    last = logs[:, -1] - logs[:, -1].mean()
    dimensions = [
        -np.euler_gamma - np.log(first[first > 0]).mean(),
        -np.log(first.mean()),
        -np.log(means.mean()),
    ]
    return [
        *(np.array(dimensions) - log_dimension),
        np.log(means.std() / means.mean()),
        np.clip((last**3).mean() / (last**2).mean() ** 1.5, -5, 5),
        np.corrcoef(last, np.log(means))[0, 1],
    ]


def _gram(X, graph, asked, rows, precomputed):
    """Cosines between neighbours seen from each point asked, (n_asked, k, k); NaN if not known."""
    near = graph.indices[asked, :N_NEIGHBORS]
    lengths = graph.distances[asked, :N_NEIGHBORS]
    if precomputed:
        squares = lengths**2
        products = squares[:, :, None] + squares[:, None, :]
        products = (products - _between(X, near) ** 2) / 2
        return products / (lengths[:, :, None] * lengths[:, None, :])
    own = asked if rows is None else rows[asked]
    towards = (X[near] - X[own][:, None]) / lengths[:, :, None]
    return towards @ towards.transpose(0, 2, 1)


def _between(D, near):
    """Distances among neighbours, (n_asked, k, k); NaN where a sparse graph stores none."""
    rows, columns = np.broadcast_arrays(near[:, :, None], near[:, None, :])
    if not sparse.issparse(D):
        return D[rows, columns]
    both = sparse.csr_matrix(D)
    both = both.maximum(both.T)
    found = np.asarray(both[rows.ravel(), columns.ravel()]).reshape(rows.shape)
    return np.where((found > 0) | (rows == columns), found, np.nan)


def _angle_numbers(gram, lengths, last, log_dimension):
    """Of the angles between neighbours seen from the point, and of the spread about their mean."""
    dimension, numbers = np.exp(log_dimension), []
    for k in (4, 8, 16):
        i, j = np.triu_indices(k, 1)
        cosines = gram[:, i, j]
        mean, square = cosines.mean(), (cosines**2).mean()
        numbers += [mean * dimension, -np.log(square) - log_dimension]
        numbers.append(-np.log(square - mean**2) - log_dimension)
    means = cosines.mean(axis=1)
    numbers += [np.log(means.std()) + log_dimension / 2, np.corrcoef(means, last)[0, 1]]
    # The point and its neighbours about their mean.
    products = np.zeros((len(gram), k + 1, k + 1))
    lengths = lengths / lengths[:, -1:]
    products[:, 1:, 1:] = gram * lengths[:, :, None] * lengths[:, None, :]
    products -= products.mean(axis=1, keepdims=True)
    products -= products.mean(axis=2, keepdims=True)
    total = np.einsum("ijj->i", products)
    ratios = total**2 / (products**2).sum(axis=(1, 2))
    numbers.append(np.log(ratios.mean()) + np.log(1 / k + 1 / dimension))
    return [*numbers, np.log(ratios.std() / ratios.mean())]
