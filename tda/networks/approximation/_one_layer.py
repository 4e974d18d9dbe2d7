"""Fits of one hidden layer so good that the error left is due to the width, not to the fit.

The output weights always solve a linear least squares problem. The methods differ in how they
choose the units of the hidden layer, x -> φ(w·x + b).
"""

from __future__ import annotations

import numpy as np

from ..model._activation import ACTIVATIONS
from ..model._dense import DenseNetwork

__all__ = ["METHODS", "fit_widths"]

METHODS = ("adaptive", "greedy", "random")

#: Units that are tried at each greedy step before the best of them is improved.
N_CANDIDATES = 200

#: The refinement stops where a step lowers the squared error by less than this share.
TOLERANCE = 1e-4
MAX_STEPS = 100

#: Columns that others explain up to this share of their length are taken as explained.
RANK_TOLERANCE = 1e-9


def fit_widths(X, y, widths, *, method, activation, rng):
    """A network with one hidden layer for each width.

    Parameters
    ----------
    X : array of shape (n, n_features)
        Points of the cube [-1, 1]^n_features.
    y : array of shape (n,)
    widths : sequence of ints
        In growing order.
    method : {"adaptive", "greedy", "random"}
    activation : {"relu", "tanh"}
    rng : RandomState

    Returns
    -------
    list of DenseNetwork
    """
    from threadpoolctl import threadpool_limits

    # The matrices are so small that threads would mostly wait for each other.
    with threadpool_limits(1, "blas"):
        return _fit_widths(X, y, widths, method, activation, rng)


def _fit_widths(X, y, widths, method, activation, rng):
    if method == "random":
        hidden = [_draw_units(X.shape[1], width, activation, rng) for width in widths]
    else:
        W, b = greedy_units(X, y, max(widths), activation, rng)
        hidden = [(W[:, :width], b[:width]) for width in widths]
        if method == "adaptive":
            hidden = _adapt(X, y, hidden, activation, rng)
    networks = []
    for W, b in hidden:
        outer = _project(X, y, W, b, activation)[2]
        networks.append(DenseNetwork((W, outer[1:, None]), (b, outer[:1]), activation))
    return networks


def _draw_units(n_features, n_units, activation, rng):
    """Uniform directions on the sphere, and uniform places where the unit bends inside the cube."""
    W = rng.standard_normal((n_features, n_units))
    W /= np.linalg.norm(W, axis=0)
    b = rng.uniform(-1, 1, n_units) * np.abs(W).sum(axis=0)
    if activation != "relu":  # of a rectifier the steepness is no more than a factor
        steepness = np.exp(rng.uniform(np.log(0.3), np.log(10), n_units))
        W, b = W * steepness, b * steepness
    return W, b


def _design(X, W, b, activation):
    return np.column_stack([np.ones(len(X)), ACTIVATIONS[activation][0](X @ W + b)])


def _lengths(A):
    """Lengths of the columns, 1 for those of zeros (units that are dead on all points)."""
    lengths = np.linalg.norm(A, axis=0)
    return np.where(lengths > 0, lengths, 1.0)


# One unit after the other ------------------------------------------------------------------


def greedy_units(X, y, n_units, activation, rng, start=None):
    """Units one by one; each is the one that lowers the error most.

    This is the orthogonal greedy algorithm, in the version that compares units by their part
    orthogonal to the earlier units (order-recursive matching pursuit). In each step the error falls
    at least as much. The best of many random units is improved by quasi-Newton steps. `start` are
    the first units, (W, b), if some are given.

    Returns
    -------
    W : array of shape (n_features, n_units)
    b : array of shape (n_units,)
    """
    from scipy.optimize import minimize

    W, b = np.zeros((X.shape[1], n_units)), np.zeros(n_units)
    given = 0 if start is None else len(start[1])
    if given:
        W[:, :given], b[:given] = start
    # An orthonormal basis of all units so far.
    residual, basis, _ = _project(X, y, W[:, :given], b[:given], activation)
    for k in range(given, n_units):
        candidate = _best_candidate(X, basis, residual, activation, rng)
        found = minimize(
            _minus_gain,
            candidate,
            args=(X, basis, residual, activation),
            jac=True,
            method="L-BFGS-B",
            options={"maxiter": 30},
        )
        W[:, k], b[k] = found.x[:-1], found.x[-1]
        if activation == "relu":
            W[:, k], b[k] = _unit_slope(W[:, k], b[k])
        column = ACTIVATIONS[activation][0](X @ W[:, k] + b[k])
        length = np.linalg.norm(column)
        for _ in range(2):  # once more for the rounding of the first
            column = column - basis @ (basis.T @ column)
        new = np.linalg.norm(column)
        if new > RANK_TOLERANCE * length:
            basis = np.column_stack([basis, column / new])
            residual = residual - basis[:, -1] * (basis[:, -1] @ residual)
    return W, b


def _best_candidate(X, basis, residual, activation, rng):
    W, b = _draw_units(X.shape[1], N_CANDIDATES, activation, rng)
    A = ACTIVATIONS[activation][0](X @ W + b)
    lengths = _lengths(A)
    A -= basis @ (basis.T @ A)
    new = np.linalg.norm(A, axis=0)
    gain = np.abs(residual @ A) / np.maximum(new, 1e-6 * lengths)
    best = np.argmax(gain)
    return np.append(W[:, best], b[best])


def _minus_gain(unit, X, basis, residual, activation):
    """By how much a unit lowers the squared error, negative, and its gradient."""
    value, slope, _ = ACTIVATIONS[activation]
    z = X @ unit[:-1] + unit[-1]
    column = value(z)
    length = column @ column
    column = column - basis @ (basis.T @ column)
    new, along = column @ column, residual @ column
    if new <= 1e-14 * length or length == 0:
        return 0.0, np.zeros_like(unit)
    outer = (2 * along / new * residual - 2 * along**2 / new**2 * column) * slope(z)
    return -(along**2) / new, -np.append(outer @ X, outer.sum())


def _unit_slope(W, b):
    length = np.linalg.norm(W, axis=0)
    length = np.where(length > 0, length, 1.0)
    return W / length, b / length


# All units together ------------------------------------------------------------------------


def _adapt(X, y, starts, activation, rng):
    """The best of several nested starts for each width, in growing order.

    The result of the descent depends on its start. Between two minima of equal depth it depends
    even on the last bits of the arithmetic. So each width has several starts: the greedy units, and
    the best narrower network with greedy units added. Then the error cannot rise with the width.

    Parameters
    ----------
    starts : list of pairs (W, b)

    Returns
    -------
    list of pairs (W, b)
    """
    fitted = []
    for units in starts:
        trials = [units]
        if fitted:
            trials.append(greedy_units(X, y, len(units[1]), activation, rng, fitted[-1]))
        trials = [refine_units(X, y, *trial, activation) for trial in trials]
        if activation == "relu" and X.shape[1] == 1:
            trials += [_spread_corners(X, y, *trial) for trial in trials]
        errors = [np.sum(_project(X, y, *trial, activation)[0] ** 2) for trial in trials]
        fitted.append(trials[int(np.argmin(errors))])
    return fitted


def refine_units(X, y, W, b, activation):
    """Move all units at once until the error no longer falls.

    Variable projection: the output weights are eliminated, and the error that is left is
    minimised over the hidden layer by Levenberg's and Marquardt's method with Kaufman's
    approximation of the Jacobian.
    """
    slope = ACTIVATIONS[activation][1]
    residual, basis, outer = _project(X, y, W, b, activation)
    error, damping = residual @ residual, 1e-3
    floor = 1e-26 * (y @ y)
    # Of a rectifier of one variable only the corner moves it: its slope is in the outer weight.
    turning = [] if activation == "relu" and len(W) == 1 else list(X.T)
    for _ in range(MAX_STEPS):
        if error <= floor:
            break
        bent = slope(X @ W + b) * outer[1:]
        jacobian = np.concatenate([bent * x[:, None] for x in turning] + [bent], axis=1)
        jacobian -= basis @ (basis.T @ jacobian)
        gram, gradient = jacobian.T @ jacobian, jacobian.T @ residual
        scale = np.diag(gram) + 1e-12 * np.trace(gram) / len(gram)
        if not scale.any():
            break
        for _ in range(8):
            step = np.linalg.solve(gram + damping * np.diag(scale), gradient)
            step = step.reshape(-1, W.shape[1])
            moved = (W + step[:-1] if turning else W), b + step[-1]
            if activation == "relu":
                moved = _unit_slope(*moved)
            fit = _project(X, y, *moved, activation)
            new_error = fit[0] @ fit[0]
            if new_error < error:
                break
            damping *= 4
        else:
            break
        gain = 1 - new_error / error
        (W, b), (residual, basis, outer), error = moved, fit, new_error
        damping = max(damping / 4, 1e-12)
        if gain < TOLERANCE:
            break
    return W, b


def _spread_corners(X, y, W, b):
    """Move the corners on a line so that all contribute equally, if that is better.

    The L2 error of n segments is least where |f″|^(2/5) has the same integral over each; f″ is
    read off the corners there are (de Boor, "Good approximation by splines with variable
    knots", 1973).
    """
    residual, _, outer = _project(X, y, W, b, "relu")
    corners = -b / W[0]
    order = np.argsort(corners)
    order = order[np.abs(corners[order]) < 1]
    if len(order) < 2:
        return W, b
    at = np.concatenate([[-1.0], corners[order], [1.0]])
    middles = (at[1:] + at[:-1]) / 2
    bends = np.abs(outer[1:] * W[0])[order] / np.maximum(np.diff(middles), 1e-12)
    middles[0], middles[-1] = -1, 1
    integral = np.append(0.0, np.cumsum(bends**0.4 * np.diff(middles)))
    # As many segments as units: the unit whose corner is the edge gives the first its slope.
    even = np.linspace(0, integral[-1], len(b) + 1)[:-1]
    moved = refine_units(X, y, np.ones_like(W), -np.interp(even, integral, middles), "relu")
    new = _project(X, y, *moved, "relu")[0]
    return moved if new @ new < residual @ residual else (W, b)


def _project(X, y, W, b, activation):
    """Residual, orthonormal basis of the columns, and output weights of the best fit.

    A column that depends on the earlier ones (of a dead or a repeated unit) gets the weight 0. So
    more columns never give a larger residual.
    """
    A = _design(X, W, b, activation)
    A /= (scale := _lengths(A))
    basis, triangle = np.linalg.qr(A)
    kept = np.abs(np.diag(triangle)) > RANK_TOLERANCE
    if not kept.all():
        basis, triangle = np.linalg.qr(A[:, kept])
    outer = np.zeros(len(scale))
    outer[kept] = np.linalg.solve(triangle, basis.T @ y)
    return y - basis @ (basis.T @ y), basis, outer / scale
