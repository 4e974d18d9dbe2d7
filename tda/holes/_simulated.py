"""Nulls of a cloud's own: clouds like it but without its holes, drawn again and again.

``density``: the parametric bootstrap. Every point moves along a Gaussian with the covariance of its
k nearest neighbours, so that dense places stay dense, thin ones thin, and sheets flat. The more
neighbours, the smoother: with all of them a ring is a filled ball. The k is the least at which
clouds so drawn show no hole, as Silverman's test of modes (J. R. Statist. Soc. B 43, 1981) takes
the least bandwidth that shows no second mode. So smoothing adds no hole to the null, and takes away
no more than it must.

``red_noise``: rows in the order of time, continued by a vector autoregression of order 1, the
linear process that has their correlations from one row to the next, random walks included.
"""

from __future__ import annotations

import numpy as np

from .._neighbors import neighbor_graph

__all__ = ["density_null", "red_noise_null", "simulated_p_values", "smoothed_null"]

#: A drawn cloud shows no hole if its least p-value is above this in the median of `TRIALS` draws.
NO_HOLE, TRIALS = 0.2, 5
#: From so many draws on that are larger, p-values are counted; with fewer the tail is fitted, to
#: the largest fifth.
COUNTED, FITTED, FEWEST_FITTED = 10, 0.2, 50
#: How far beyond the number of draws the fitted tail is trusted.
BEYOND = 100


def smoothed_null(X, k):
    """A function that draws clouds: each point moved as its `k` nearest neighbours spread.

    Parameters
    ----------
    X : array of shape (n_points, n_features)
    k : int

    Returns
    -------
    callable (n, rng) -> array of shape (n, n_features)
    """
    k = int(np.clip(k, 1, len(X) - 1))
    near = neighbor_graph(X, k).indices

    def draw(n, rng):
        rows = rng.randint(len(X), size=n)
        moved = np.empty((n, X.shape[1]))
        for start in range(0, n, max(2_000_000 // (k * X.shape[1]), 1)):
            part = rows[start : start + max(2_000_000 // (k * X.shape[1]), 1)]
            around = X[near[part]] - X[near[part]].mean(axis=1, keepdims=True)
            weights = rng.standard_normal((len(part), k)) / np.sqrt(max(k - 1, 1))
            moved[start : start + len(part)] = X[part] + np.einsum("ik,ikd->id", weights, around)
        return moved

    return draw


def density_null(X, least_p_value, rng):
    """`smoothed_null` with the fewest neighbours at which no hole is left, and their number.

    Parameters
    ----------
    X : array of shape (n_points, n_features)
    least_p_value : callable (cloud) -> float
        Of the strongest hole of a drawn cloud.
    rng : RandomState
    """
    n = len(X)
    sizes = np.unique(np.geomspace(min(4, n - 1), n - 1, 12).astype(int))
    for k in sizes:
        draw = smoothed_null(X, k)
        if np.median([least_p_value(draw(n, rng)) for _ in range(TRIALS)]) > NO_HOLE:
            break
    return draw, int(k)


def red_noise_null(X):
    """A function that draws clouds: paths of an autoregression of order 1 like that of the rows.

    Coefficients by least squares, with the correction for their bias towards 0 of a single
    series, (1 + 3 a) / n, and made so small that no path explodes.
    """
    n = len(X)
    middle = X.mean(axis=0)
    _, sizes, axes = np.linalg.svd(X - middle, full_matrices=False)
    keep = sizes > 1e-9 * max(sizes.max(initial=0.0), 1e-300)
    axes = axes[keep]
    Y = (X - middle) @ axes.T
    if not Y.shape[1] or n < 3:
        return lambda n, rng: np.tile(middle, (n, 1))
    A = np.linalg.lstsq(Y[:-1], Y[1:], rcond=None)[0].T
    A = A + (np.eye(len(A)) + 3 * A) / n
    radius = np.abs(np.linalg.eigvals(A)).max()
    A = A / max(radius, 1.0)
    steps = Y[1:] - Y[:-1] @ A.T
    steps -= steps.mean(axis=0)

    def draw(n, rng):
        path = np.empty((n, Y.shape[1]))
        path[0] = Y[rng.randint(len(Y))]
        drawn = steps[rng.randint(len(steps), size=n)]
        for t in range(1, n):
            path[t] = A @ path[t - 1] + drawn[t]
        return middle + path @ axes

    return draw


def simulated_p_values(observed, tops):
    """p-values of statistics against the largest ones of simulated clouds.

    ``(1 + number at least as large) / (1 + number)``. Where fewer than ten are as large and there
    are 50 or more, by an exponential tail of the log fitted to the largest fifth, which is the
    careful end of the generalised Pareto laws that fit (Knijnenburg, Wessels, Reinders, Shmulevich,
    Bioinformatics 25, 2009; `_null.py`).

    Parameters
    ----------
    observed : array of shape (n_bars,)
    tops : array of shape (n_simulations,)
        Both at least 1 where there is a bar.
    """
    observed, tops = np.asarray(observed, dtype=float), np.asarray(tops, dtype=float)
    n = tops.size
    counted = (1 + (tops >= observed[:, None]).sum(axis=1)) / (n + 1)
    if n < FEWEST_FITTED:
        return counted
    logs = np.log(np.maximum(tops, 1.0))
    start = np.quantile(logs, 1 - FITTED)
    far = logs[logs > start]
    if not far.size:
        return counted
    scale = (far - start).mean()
    x = np.log(np.maximum(observed, 1.0))
    tail = (far.size + 1) / (n + 1) * np.exp(-np.maximum(x - start, 0.0) / scale)
    tail = np.maximum(tail, 1 / (BEYOND * n))
    return np.where(counted * (n + 1) <= COUNTED, np.maximum(tail, 0.0), counted)
