"""Fréchet means of diagrams: the Wasserstein barycentre."""

from __future__ import annotations

import warnings
from numbers import Integral
from typing import NamedTuple

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_random_state

from .._bars import bars_by_sample, check_degrees, check_fit_diagrams
from .._progress import progress
from .._units import in_range, unit_of
from ..diagrams import Diagram
from ._common import check_reach, split_bars
from ._wasserstein import match_runs


class FrechetMean(NamedTuple):
    """What `frechet_mean` found.

    Attributes
    ----------
    diagram : Diagram
        The mean.
    variance : float
        The mean squared distance of the diagrams to it, all degrees together.
    n_iter : int
        Rounds of the best start in the degree that took most.
    """

    diagram: Diagram
    variance: float
    n_iter: int


def frechet_mean(X, *, degrees=None, n_init=3, max_iter=100, random_state=None, verbose=False):
    r"""Mean of a collection of diagrams: the one with the least sum of squared distances.

    Parameters
    ----------
    X : Diagrams, or any format that `tda.diagrams.as_diagrams` takes
    degrees : int or list of int, default=None
        Homology degrees of the mean; by default all that were computed.
    n_init : int, default=3
        Number of starts, each from another diagram of `X`. The best result is returned.
    max_iter : int, default=100
        The largest number of rounds of one start. A round can only lower the variance, and the
        number of matchings is finite. So a start ends by itself, mostly within ten rounds.
    random_state : int, RandomState or None, default=None
        Which diagrams to start from.
    verbose : bool, default=False
        Show a progress bar.

    Returns
    -------
    mean : FrechetMean
        ``diagram``, ``variance`` and ``n_iter``.

    Raises
    ------
    ValueError
        If `X` is empty, its samples differ in the number of essential classes of a degree, or the
        variance is out of the range of floating point.

    Warns
    -----
    ConvergenceWarning
        If `max_iter` rounds did not end all starts.

    Notes
    -----
    The distance is Wasserstein with ``order=2`` and ``internal_p=2``. In turn, every diagram is
    matched to the mean, and every bar of the mean moves to the best place for the bars that are
    matched to it: at the mean of k bars and of N - k points of the diagonal, which is their mean
    bar with k / N of its length. A bar that is matched to the diagonal becomes one of the mean,
    with 1 / N of its length. That ends in a local minimum. Essential classes have the mean
    births in their order. Means are not unique: of two diagrams there may be many. Each round
    costs N distances.

    References
    ----------
    Turner, Mileyko, Mukherjee, Harer, "Fréchet means for distributions of persistence diagrams",
    Discrete & Computational Geometry 52 (2014).

    Examples
    --------
    >>> from tda import Diagrams
    >>> from tda.distances import frechet_mean
    >>> dgms = Diagrams.from_ripser([[[[0, 4]]], [[[0, 6]]], [[[1, 5], [2, 2.75]]]])
    >>> mean = frechet_mean(dgms, random_state=0)
    >>> mean.diagram[0].round(3)
    array([[0.333, 5.   ],
           [2.25 , 2.5  ]])
    >>> round(mean.variance, 3)
    0.951
    """
    for name, value in (("n_init", n_init), ("max_iter", max_iter)):
        if not isinstance(value, Integral) or isinstance(value, bool) or value < 1:
            raise ValueError(f"{name}={value!r}; it must be 1, 2, ….")
    diagrams = check_fit_diagrams(X)
    degrees = check_degrees(degrees, diagrams)
    rng = check_random_state(random_state)
    values = np.concatenate([diagrams.births, diagrams.deaths])
    check_reach(values)
    # Squares of very small or very large values are out of range; in a unit they are not.
    unit = unit_of(np.abs(values[np.isfinite(values)]).max(initial=0.0))
    starts = rng.permutation(len(diagrams))[:n_init]
    bars, dims, variance, rounds = [np.zeros((0, 2))], [], 0.0, 0
    for k in degrees:
        parts = [split_bars(sample / unit) for sample in bars_by_sample(diagrams, k)]
        found, spread = _mean_of_ends([part.ends for part in parts], k)
        for turned, sign in ((0, 1.0), (1, -1.0)):
            runs = [part.runs[turned] for part in parts]
            label = f"frechet_mean, degree {k}" if verbose and any(map(len, runs)) else None
            mean, least, n_iter = _best_of(runs, starts, max_iter, label)
            found, spread = np.concatenate([found, sign * mean]), spread + least
            rounds = max(rounds, n_iter)
        bars.append(found)
        dims += [k] * len(found)
        variance += spread
    births, deaths = unit * np.concatenate(bars).T
    diagram = Diagram(
        births,
        deaths,
        np.array(dims, dtype=np.int64),
        filtration=diagrams.filtration,
        field=diagrams.field,
        max_dimension=diagrams.max_dimension,
    )
    return FrechetMean(diagram, float(in_range(variance, unit, 2.0)), rounds)


def _mean_of_ends(ends, degree):
    """Mean essential bars, and their part of the variance; `ends` as in `Parts`, by sample."""
    bars, variance = [np.zeros((0, 2))], 0.0
    for kind, values in enumerate(zip(*ends, strict=True)):
        counts = sorted({v.size for v in values})
        if len(counts) > 1:
            raise ValueError(
                f"the samples have from {counts[0]} to {counts[-1]} essential classes of degree "
                f"{degree}, so that their mean is infinitely far from some of them: leave these "
                "classes out with [x.finite() for x in X]."
            )
        values = np.array(values)
        mean = values.mean(axis=0)
        variance += float(((values - mean) ** 2).sum() / len(values))
        # The infinite coordinates of the six kinds of ends, in their order.
        other = [np.inf, -np.inf, -np.inf, np.inf, np.inf, -np.inf][kind]
        others = np.full(mean.size, other)
        pair = (
            (others, mean) if kind in (2, 3) else (-others, others) if kind > 3 else (mean, others)
        )
        bars.append(np.column_stack(pair))
    return np.concatenate(bars), variance


def _best_of(runs, starts, max_iter, label):
    """The mean of finite bars that run upward, its variance and its rounds, over all starts."""
    results = []
    for start in progress(starts, label=label, shown=label is not None):
        results.append(_descend(runs, runs[start], max_iter))
        if not any(map(len, runs)):
            break
    # Of equal results the first is kept, so that one more start does not change it without need.
    return min(results, key=lambda result: result[1])


def _descend(runs, mean, max_iter):
    """Match and move in turn until the variance no longer falls."""
    least = np.inf
    for n_iter in range(1, max_iter + 1):
        pairs, ways = zip(*(match_runs(mean, run, 2.0, 2.0) for run in runs), strict=True)
        variance = sum((way**2).sum() for way in ways) / len(runs)
        if variance == 0 or variance >= least * (1 - 1e-12):
            return mean, float(variance), n_iter
        mean, least = _move(mean, runs, pairs), variance
    warnings.warn(
        f"frechet_mean did not end in max_iter={max_iter} rounds: raise it.",
        ConvergenceWarning,
        stacklevel=4,
    )
    ways = [match_runs(mean, run, 2.0, 2.0)[1] for run in runs]
    return mean, float(sum((way**2).sum() for way in ways) / len(runs)), max_iter


def _move(mean, runs, pairs):
    """The best mean for given matchings."""
    sums, counts = np.zeros((len(mean), 2)), np.zeros(len(mean))
    new = []
    for run, found in zip(runs, pairs, strict=True):
        both = found[(found >= 0).all(axis=1)]
        sums[both[:, 0]] += run[both[:, 1]]
        counts[both[:, 0]] += 1
        new.append(run[found[found[:, 0] < 0, 1]])
    kept = counts > 0
    middle = np.concatenate([sums[kept] / counts[kept, None], *new])
    share = np.concatenate([counts[kept], np.ones(sum(map(len, new)))]) / len(runs)
    diagonal = middle.mean(axis=1, keepdims=True)
    return diagonal + share[:, None] * (middle - diagonal)
