"""Atol: how many bars lie near each of a few learned centres (Royer et al., 2021)."""

from __future__ import annotations

from numbers import Integral
from typing import ClassVar

import numpy as np
from scipy.spatial.distance import cdist
from sklearn.cluster import KMeans
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval, StrOptions

from .._bars import DEGREES
from .._units import unit_of
from ._base import DegreewiseFeature
from ._common import check_finite_bars, check_result, one_sample


def atol(bars, centers, widths, *, contrast="gaussian"):
    r"""Sum a bump over the bars for each of the given centres.

    Parameters
    ----------
    bars : array-like of shape (n_bars, 2)
        Births and deaths of one degree, all finite.
    centers : array-like of shape (n_centers, 2)
        Births and deaths too.
    widths : array-like of shape (n_centers,)
        The width of each bump, positive, in the unit of births and deaths.
    contrast : {"gaussian", "laplacian"}, default="gaussian"
        Shape of the bumps; see Notes.

    Returns
    -------
    features : ndarray of shape (n_centers,)
        At most the number of bars each.

    Raises
    ------
    ValueError
        If `bars` or `centers` has another shape, holds NaN or infinite values, `widths` is not
        one positive number per centre, or the contrast is not one of the above.

    Notes
    -----
    With centres :math:`c_j` of widths :math:`\sigma_j` the features are

    .. math::

        \sum_i \exp\left(-\frac{\|x_i - c_j\|^2}{\sigma_j^2}\right)
        \quad\text{or}\quad
        \sum_i \exp\left(-\frac{\|x_i - c_j\|}{\sigma_j}\right).

    There is no factor 2 under the squared width: it is not a standard deviation. gudhi's
    `Atol` gives the same numbers. O(n_bars · n_centers) time.

    References
    ----------
    M. Royer, F. Chazal, C. Levrard, Y. Umeda, Y. Ike, "ATOL: measure vectorization for automatic
    topologically-oriented learning", AISTATS (2021).

    Examples
    --------
    >>> from tda.features import atol
    >>> atol([[0, 2], [0, 3]], centers=[[0, 2], [5, 9]], widths=[1, 1]).round(3)
    array([1.368, 0.   ])
    """
    bars = one_sample(check_finite_bars(bars))
    centers = check_finite_bars(centers, "centers")
    widths = np.asarray(widths, dtype=float)
    if widths.shape != (len(centers),) or not (np.isfinite(widths) & (widths > 0)).all():
        raise ValueError(f"widths must be one positive number per centre; got {widths!r}.")
    if contrast not in ("gaussian", "laplacian"):
        raise ValueError(f'contrast={contrast!r}; it must be "gaussian" or "laplacian".')
    with np.errstate(over="ignore", invalid="ignore"):
        return check_result(_sums(bars, centers, widths, contrast)[0], bars, "atol")


def _sums(bars, centers, widths, contrast):
    """Array of shape (n_samples, n_centers)."""
    sums = np.zeros((bars.offsets.size - 1, len(centers)))
    unit = unit_of(widths.max(initial=0.0))  # squares of distances stay in range
    centers, widths = centers / unit, widths / unit
    for row, some in zip(sums, bars.by_sample(), strict=True):
        apart = cdist(some / unit, centers) / widths
        row[:] = np.exp(-apart * apart if contrast == "gaussian" else -apart).sum(axis=0)
    return sums


def _learn_centers(bars, n_centers, random_state):
    """Centres of k-means, sorted, and their widths; fewer where there are fewer bars."""
    # Each place once, in a fixed order: the order of the samples does not matter.
    places, counts = np.unique(
        np.column_stack([bars.births, bars.deaths]), axis=0, return_counts=True
    )
    unit = unit_of(np.abs(places).max(initial=0.0))
    centers = places = places / unit
    if len(places) > n_centers:
        means = KMeans(n_centers, random_state=random_state)
        centers = means.fit(places, sample_weight=counts).cluster_centers_
        centers = centers[np.lexsort(centers.T[::-1])]
    if len(centers) > 1:
        apart = cdist(centers, centers)
        np.fill_diagonal(apart, np.inf)
        return unit * centers, unit * apart.min(axis=1) / 2
    # A single centre has no neighbour: its width is the spread of its bars.
    widest = cdist(places, centers).max(initial=0.0)
    longest = np.abs(np.diff(places, axis=1)).max(initial=0.0)
    return unit * centers, np.full(len(centers), unit * (widest or longest) or 1.0)


class Atol(DegreewiseFeature):
    """ATOL: soft counts of bars near learned centres (input per shape: `X` is `Diagrams`).

    `fit` finds centres of the bars of each degree by k-means. The features of a sample measure how
    many of its bars lie near each centre.

    Parameters
    ----------
    degrees : int or list of int, default=None
        Homology degrees to describe. By default all degrees that were computed for the diagrams of
        `fit`, even if they have no bar.
    n_centers : int, default=10
        Centres a degree. Where `fit` sees fewer different bars, each is a centre, and the
        columns that are left are zero.
    contrast : {"gaussian", "laplacian"}, default="gaussian"
        Shape of the bumps around the centres; see `tda.features.atol`.
    essential : {"drop", "clamp"}, default="drop"
        What to do with classes that never die. "drop" leaves them out. "clamp" ends them at the
        largest finite birth or death that `fit` saw in this degree. Superlevel bars run down to
        ``-inf`` and are ended at the smallest. A bar that is then not longer than zero is left out.
        A class without a finite birth is always left out.
    random_state : int, RandomState or None, default=None
        Seed of k-means.

    Attributes
    ----------
    degrees_ : tuple of int
        The degrees described, in the order of the columns.
    centers_ : dict of int to ndarray of shape (at most n_centers, 2)
        Births and deaths of the centres of each degree, in order of birth.
    widths_ : dict of int to ndarray of shape (at most n_centers,)
        Half the distance of each centre to the nearest other one.
    n_centers_ : int
        Number of columns per degree.
    value_ranges_ : dict of int to (float, float)
        Smallest and largest finite value that `fit` saw, where "clamp" ends essential classes.

    See Also
    --------
    tda.features.atol : The same for the bars of one degree and given centres, with the formulas.

    Notes
    -----
    k-means sees every bar of every sample of `fit`, at O(n_bars · n_centers) a step. The order
    of the samples does not matter. Bars near the diagonal count as much as others: filter them
    first where they are many.

    References
    ----------
    M. Royer, F. Chazal, C. Levrard, Y. Umeda, Y. Ike, "ATOL: measure vectorization for automatic
    topologically-oriented learning", AISTATS (2021).

    Examples
    --------
    >>> from tda import Atol, Diagrams
    >>> dgms = Diagrams.from_ripser([[[], [[0, 1], [0, 5]]], [[], [[0, 1]]]])
    >>> atol = Atol(degrees=[1], n_centers=2, random_state=0).fit(dgms)
    >>> atol.centers_[1]
    array([[0., 1.],
           [0., 5.]])
    >>> atol.transform(dgms).round(3)
    array([[1.018, 1.018],
           [1.   , 0.018]])
    """

    _prefix = "atol"
    _parameter_constraints: ClassVar[dict] = {
        "degrees": DEGREES,
        "n_centers": [Interval(Integral, 1, None, closed="left")],
        "contrast": [StrOptions({"gaussian", "laplacian"})],
        "essential": [StrOptions({"drop", "clamp"})],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        *,
        degrees=None,
        n_centers=10,
        contrast="gaussian",
        essential="drop",
        random_state=None,
    ):
        self.degrees = degrees
        self.n_centers = n_centers
        self.contrast = contrast
        self.essential = essential
        self.random_state = random_state

    def _learn(self, bars):
        self.n_centers_ = int(self.n_centers)
        rng = check_random_state(self.random_state)
        learned = {k: _learn_centers(some, self.n_centers_, rng) for k, some in bars.items()}
        self.centers_ = {k: centers for k, (centers, _) in learned.items()}
        self.widths_ = {k: widths for k, (_, widths) in learned.items()}

    def _block(self, bars, degree):
        sums = _sums(bars, self.centers_[degree], self.widths_[degree], self.contrast)
        return np.pad(sums, ((0, 0), (0, self.n_centers_ - sums.shape[1])))

    def _labels(self, degree):
        return [str(j) for j in range(1, self.n_centers_ + 1)]
