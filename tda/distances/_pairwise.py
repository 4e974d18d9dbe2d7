"""Distances and kernels of all pairs of two collections, in one degree or in several."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np

from .._bars import bars_by_sample, check_degrees
from ..diagrams import as_diagrams
from . import _bottleneck, _curves, _fisher, _image, _scale_space, _sliced_wasserstein, _wasserstein
from . import _weighted_gaussian as _weighted
from ._common import check_options, finite_groups, split_bars
from ._ground import together
from ._matrix import pair_matrix


class Method(NamedTuple):
    """A distance or a kernel: its options, what it learns, its matrix, how degrees are combined."""

    options: dict
    learn: Callable  # reference bars, options -> options
    matrix: Callable  # A, B, options, n_jobs, label -> matrix
    exponent: Callable  # options -> exponent with which degrees are combined
    whole: bool = False  # whether it takes essential bars and both directions at once


def _nothing(samples, options):
    return options


def _bottlenecks(A, B, options, n_jobs, label):
    return pair_matrix(_bottleneck.between, A, B, n_jobs=n_jobs, label=label)


def _wassersteins(A, B, options, n_jobs, label):
    between = lambda P, Q: _wasserstein.between(P, Q, **options)  # noqa: E731
    return pair_matrix(between, A, B, n_jobs=n_jobs, label=label)


# Named functions, so that what a transformer has learned can be pickled.


def _one(options):
    return 1.0


def _two(options):
    return 2.0


def _order(options):
    return options["order"]


def _largest(options):
    return np.inf


DISTANCES = {
    "betti": Method(_curves.BETTI, _nothing, _curves.betti_matrix, _one),
    "bottleneck": Method({}, _nothing, _bottlenecks, _largest, whole=True),
    "fisher": Method(_fisher.OPTIONS, _fisher.learn, _fisher.distances, _one),
    "heat": Method(_scale_space.OPTIONS, _scale_space.learn, _scale_space.distances, _two),
    "image": Method(_image.OPTIONS, _image.learn, _image.distances, _two),
    "landscape": Method(
        _curves.LANDSCAPE, _curves.learn_landscape, _curves.landscape_matrix, _order
    ),
    "silhouette": Method(_curves.SILHOUETTE, _nothing, _curves.silhouette_matrix, _order),
    "sliced_wasserstein": Method(
        _sliced_wasserstein.OPTIONS, _sliced_wasserstein.learn, _sliced_wasserstein.matrix, _one
    ),
    "wasserstein": Method(
        {"order": 2.0, "internal_p": np.inf, "delta": 0.0},
        _nothing,
        _wassersteins,
        _order,
        whole=True,
    ),
}
#: Kernels that are sums over pairs of bars.
SUMS = {
    "scale_space": Method(_scale_space.OPTIONS, _scale_space.learn, _scale_space.kernels, _one),
    "weighted_gaussian": Method(_weighted.OPTIONS, _weighted.learn, _weighted.kernels, _one),
}
#: Kernels that are exponentials of a distance of the same name.
EXPONENTIALS = ("fisher", "sliced_wasserstein")
KERNELS = sorted([*SUMS, *EXPONENTIALS])


def pairwise_distances(
    A,
    B=None,
    *,
    metric="wasserstein",
    degrees=None,
    essential="match",
    n_jobs=None,
    verbose=False,
    **options,
):
    """Distances of all pairs of diagrams of two collections.

    Parameters
    ----------
    A : Diagrams, or any format that `tda.diagrams.as_diagrams` takes
    B : the same, default=None
        By default the distances among the diagrams of `A`.
    metric : str, default="wasserstein"
        One of the table below, or a symmetric function of two (n_bars, 2) arrays of finite bars,
        whose values are added up over the degrees.
    degrees : int or list of int, default=None
        Homology degrees to compare; by default all that were computed.
    essential : {"match", "drop"}, default="match"
        "match" matches essential classes with each other in the bottleneck and the Wasserstein
        distance. These are infinite if the numbers of essential classes differ. "drop" leaves them
        out, as all other metrics always do.
    n_jobs : int, default=None
        Number of threads, as in joblib.
    verbose : bool, default=False
        Show a progress bar.
    **options :
        Options of the metric.

    Returns
    -------
    distances : ndarray of shape (len(A), len(B))
        Symmetric to the last bit without `B`.

    Raises
    ------
    ValueError
        For an unknown metric or option, a value out of range, or diagrams in no known format.

    Notes
    -----
    Where "auto" stands below, the value is learned from `B`, or from `A` without `B`.

    ==================  ======================================================  =========
    metric              options and their defaults                              degrees
    ==================  ======================================================  =========
    bottleneck                                                                  maximum
    wasserstein         order=2, internal_p=inf, delta=0                        order-norm
    sliced_wasserstein  method="grid", n_directions=50, n_bins=256              sum
    landscape           method="grid", order=2, n_layers=None, n_bins=500       order-norm
    silhouette          order=2, weight_power=1                                 order-norm
    betti                                                                       sum
    image               method="grid", bandwidth="auto", weight_power=1         2-norm
    heat                method="grid", bandwidth="auto"                         2-norm
    fisher              bandwidth="auto"                                        sum
    ==================  ======================================================  =========

    The last column says how degrees are combined: as if the bars of all of them lay in one
    diagram in which only bars of the same degree can meet. Bars that run downward
    (superlevel) are turned over and compared among themselves, as a degree of their own.
    ``method="exact"`` is there for each metric that has ``method="grid"``; the functions for
    one pair, such as `sliced_wasserstein_distance`, say how far the grid is off.

    Time is one call a pair for bottleneck, wasserstein, silhouette, betti, fisher and all that
    is exact. On a grid each diagram is a vector, and a matrix of 1,000 diagrams of 100 bars
    takes about a second.

    Examples
    --------
    >>> from tda import Diagrams
    >>> from tda.distances import pairwise_distances
    >>> dgms = Diagrams.from_ripser([[[[0, 4], [0, float("inf")]], [[1, 3]]], [[[0, 2]], []]])
    >>> pairwise_distances(dgms, metric="wasserstein", degrees=1)
    array([[0., 1.],
           [1., 0.]])
    >>> pairwise_distances(dgms)  # an essential class more in one than in the other
    array([[ 0., inf],
           [inf,  0.]])
    """
    A, B = _collections(A, B)
    label = "pairwise_distances" if verbose else None
    fitted = fit_distance(metric, options, _degrees(degrees, A, B), A if B is None else B)
    return apply(fitted, A, B, essential=essential, n_jobs=n_jobs, label=label)


def pairwise_kernels(
    A,
    B=None,
    *,
    kernel="sliced_wasserstein",
    bandwidth="auto",
    degrees=None,
    n_jobs=None,
    verbose=False,
    **options,
):
    """Kernels of all pairs of diagrams of two collections, for ``SVC(kernel="precomputed")``.

    Parameters
    ----------
    A : Diagrams, or any format that `tda.diagrams.as_diagrams` takes
        A collection of n diagrams.
    B : the same, default=None
        Another collection, of m diagrams; by default `A` again.
    degrees, n_jobs, verbose :
        Degrees that are summed (default all), threads, progress bar: as in `pairwise_distances`.
    kernel : {"sliced_wasserstein", "scale_space", "weighted_gaussian", "fisher"}, \
default="sliced_wasserstein"
        "sliced_wasserstein" and "fisher" are ``exp(-distance / bandwidth)``; "scale_space" and
        "weighted_gaussian" are sums over pairs of bars.
    bandwidth : float or "auto", default="auto"
        Of the exponential, in the unit of the distance: the papers write :math:`2 \\sigma^2`
        (sliced Wasserstein) and 1/t (Fisher) for it. "auto" is the median distance of two
        diagrams of `B`, or of `A` without `B`. Of the two sums it is the bandwidth of
        `scale_space_kernel` or `weighted_gaussian_kernel`, and "auto" a tenth of the longest bar.
    **options :
        Options of the distance, or ``method``, and ``weight_scale`` and ``weight_power`` of
        "weighted_gaussian". The two bandwidths of "fisher" are `bandwidth` and, within the
        distance, ``smoothing``.

    Returns
    -------
    kernels : ndarray of shape (len(A), len(B))
        Positive semidefinite without `B`; that of Fisher only nearly, see `fisher_distance`.
        The sums add up over the degrees, the exponentials multiply. Essential classes are left
        out.

    Examples
    --------
    >>> from tda import Diagrams
    >>> from tda.distances import pairwise_kernels
    >>> dgms = Diagrams.from_ripser([[[[0, 4]], [[1, 3]]], [[[0, 2]], []]])
    >>> pairwise_kernels(dgms, kernel="sliced_wasserstein", bandwidth=2.0).round(3)
    array([[1.   , 0.288],
           [0.288, 1.   ]])
    """
    A, B = _collections(A, B)
    label = "pairwise_kernels" if verbose else None
    reference = A if B is None else B
    fitted = fit_kernel(kernel, bandwidth, options, _degrees(degrees, A, B), reference, n_jobs)
    return apply(fitted, A, B, n_jobs=n_jobs, label=label)


class Fitted(NamedTuple):
    """A distance or a kernel with everything that it has learned from the reference."""

    method: Method
    degrees: tuple
    learned: dict  # (degree, direction) -> options
    exponent: float
    bandwidth: float | None = None  # of the exponential


def fit_distance(metric, options, degrees, reference):
    """A `Fitted` for `apply`, with what the metric learns from the reference."""
    if callable(metric):
        method = Method({}, _nothing, _pairs_by(metric, options), _one)
        options = {}
    elif isinstance(metric, str) and metric in DISTANCES:
        method = DISTANCES[metric]
    else:
        raise ValueError(
            f"metric={metric!r}; it must be a function of two arrays of bars or one of "
            f"{', '.join(DISTANCES)}."
        )
    return _fit(metric, method, options, degrees, reference)


def fit_kernel(kernel, bandwidth, options, degrees, reference, n_jobs=None):
    """A `Fitted` for `apply`, with what the kernel learns from the reference."""
    if not isinstance(kernel, str) or kernel not in KERNELS:
        raise ValueError(f"kernel={kernel!r}; it must be one of {', '.join(KERNELS)}.")
    check_options({"bandwidth": bandwidth}, auto=True)
    if kernel in SUMS:
        return _fit(kernel, SUMS[kernel], options | {"bandwidth": bandwidth}, degrees, reference)
    if kernel == "fisher":
        options = dict(options)
        options["bandwidth"] = options.pop("smoothing", "auto")
    fitted = _fit(kernel, DISTANCES[kernel], options, degrees, reference)
    if isinstance(bandwidth, str):
        distances = apply(fitted, reference, None, n_jobs=n_jobs)
        apart = distances[distances > 0]
        bandwidth = float(np.median(apart)) if apart.size else 1.0
    return fitted._replace(bandwidth=float(bandwidth))


def apply(fitted, A, B, *, essential="match", n_jobs=None, label=None):
    """The matrix of a fitted distance or kernel, among `A` where `B` is None."""
    if essential not in ("match", "drop"):
        raise ValueError(f'essential={essential!r}; it must be "match" or "drop".')
    method, exponent = fitted.method, fitted.exponent
    total = np.zeros((len(A), len(A if B is None else B)))
    for k in fitted.degrees if total.size else ():
        for direction, sides in _groups(method, A, B, k, essential):
            options = fitted.learned[k, direction]
            part = method.matrix(*sides, options, n_jobs, label)
            total = together(total, part, exponent)
    if fitted.bandwidth is None:
        return total
    with np.errstate(over="ignore", under="ignore"):
        return np.exp(-total / fitted.bandwidth)


def _fit(name, method, options, degrees, reference):
    unknown = sorted(set(options) - set(method.options))
    if unknown:
        known = ", ".join(method.options) or "none"
        raise ValueError(f"{name} has no option {unknown[0]!r}; there are {known}.")
    options = method.options | options
    check_options(options, auto=True)
    exponent = float(method.exponent(options))
    if method.matrix is _wassersteins:
        _wasserstein.check_exponents(**options)
    if options.get("method") == "grid" and "order" in options and exponent not in (1, 2):
        raise ValueError(f'order={exponent:g}, but method="grid" takes 1 or 2: take "exact".')
    groups = {k: list(map(finite_groups, bars_by_sample(reference, k))) for k in degrees}
    all_runs = [run for pairs in groups.values() for pair in pairs for run in pair]
    learned = {}
    for k, pairs in groups.items():
        for direction, which in ((1, 0), (-1, 1)):
            samples = [pair[which] for pair in pairs]
            # Without a bar to learn from, the value learned from the other bars of the reference.
            samples = samples if any(map(len, samples)) else all_runs
            learned[k, direction] = method.learn(samples, options)
    return Fitted(method, degrees, learned, exponent)


def _groups(method, A, B, k, essential):
    """The bars of degree k that may be matched: (direction, (bars of A, bars of B))."""
    sides = [None if X is None else bars_by_sample(X, k) for X in (A, B)]
    if method.whole:
        if essential == "drop":
            sides = [
                None if X is None else [bars[np.isfinite(bars).all(axis=1)] for bars in X]
                for X in sides
            ]
        return [(1, [None if X is None else list(map(split_bars, X)) for X in sides])]
    groups = [None if X is None else list(map(finite_groups, X)) for X in sides]
    found = []
    for direction, which in ((1, 0), (-1, 1)):
        these = [None if X is None else [pair[which] for pair in X] for X in groups]
        if direction == 1 or any(len(bars) for X in these if X is not None for bars in X):
            found.append((direction, these))
    return found


def _pairs_by(metric, given):
    if given:
        raise ValueError(f"a function takes no options, but got {sorted(given)}: bind them to it.")

    return partial(_own, metric)


def _own(metric, A, B, options, n_jobs, label):
    return pair_matrix(metric, A, B, n_jobs=n_jobs, label=label)


def _collections(A, B):
    return as_diagrams(A, name="A"), None if B is None else as_diagrams(B, name="B")


def _degrees(degrees, A, B):
    top = A if B is None or A.max_dimension >= B.max_dimension else B
    return check_degrees(degrees, top)
