"""Persistence landscapes: a diagram as a sequence of functions (Bubenik, 2015)."""

from __future__ import annotations

from numbers import Integral
from typing import ClassVar

from sklearn.utils._param_validation import Interval, StrOptions

from .._bars import DEGREES
from ._base import CurveFeature
from ._common import check_finite_bars, check_grid, on_any_grid, one_sample, shortest_labels


def persistence_landscape(bars, grid, *, n_layers=5):
    r"""Evaluate the first layers of the landscape of a diagram, exactly, on a grid.

    Parameters
    ----------
    bars : array-like of shape (n_bars, 2)
        Births and deaths of one degree, all finite. Superlevel bars, ``birth > death``, give
        the tents of the same bars run upward.
    grid : array-like of shape (n_values,)
        Filtration values, in any order.
    n_layers : int, default=5
        Layers that the diagram does not have are zero.

    Returns
    -------
    layers : ndarray of shape (n_layers, n_values)
        In the unit of births and deaths; ``layers[0]`` is the largest.

    Raises
    ------
    ValueError
        If `bars` has another shape, holds NaN or an essential class, `grid` is not
        one-dimensional, or `n_layers` is not positive.

    Notes
    -----
    Layer :math:`\lambda_k(t)` is the k-th largest of the tents

    .. math:: \Lambda_i(t) = \max(0, \min(t - b_i, d_i - t)),

    whose slopes are 1 and whose heights are half the lifetimes. gudhi's `Landscape` gives
    :math:`\sqrt 2` times that; giotto-tda's and persim's are as here, but persim's
    `PersLandscapeApprox` moves births and deaths to its grid first and is off by up to a grid
    step.

    O(covered · n_layers) time, where "covered" is the number of grid values under the tents,
    summed over the bars; nearly always O(covered), as most tents do not reach the layers.

    References
    ----------
    P. Bubenik, "Statistical topological data analysis using persistence landscapes", Journal
    of Machine Learning Research 16 (2015).

    Examples
    --------
    >>> from tda.features import persistence_landscape
    >>> persistence_landscape([[0, 4], [1, 3]], [0, 1, 2, 3, 4], n_layers=2)
    array([[0., 1., 2., 1., 0.],
           [0., 0., 1., 0., 0.]])
    """
    bars, grid = one_sample(check_finite_bars(bars)), check_grid(grid)
    if n_layers < 1:
        raise ValueError(f"n_layers={n_layers!r}, but a landscape has at least one layer.")
    return on_any_grid(lambda ascending: _layers(bars, ascending, int(n_layers))[0], grid)


def _layers(bars, grid, n_layers):
    from .._kernels.curves import largest_tents

    return largest_tents(*bars.read_only(), grid, n_layers)


class PersistenceLandscape(CurveFeature):
    r"""Persistence landscapes of all degrees on a grid (input per shape: `X` is `Diagrams`).

    Each bar becomes a tent over its lifetime. At every filtration value, layer k is the height of
    the k-th highest tent. Long bars are seen in the first layers; short bars lie under them.

    Parameters
    ----------
    degrees : int or list of int, default=None
        Homology degrees to describe. By default all degrees that were computed for the diagrams of
        `fit`, even if they have no bar.
    n_layers : int, default=5
        Number of layers per degree; a sample that has fewer gets zeros.
    n_bins : int, default=100
        Number of evenly spaced filtration values per layer, both ends of the range included.
    range : "auto" or (float, float), default="auto"
        Smallest and largest filtration value of the grid. "auto" runs, in each degree, from the
        smallest to the largest finite birth or death of the bars that `fit` saw. If these are
        equal, the grid is one unit long (or, for large values, as long as the value). Without a bar
        it is (0, 1).
    essential : {"drop", "clamp"}, default="drop"
        What to do with classes that never die. "drop" leaves them out. "clamp" ends them at the
        largest finite birth or death that `fit` saw in this degree. Superlevel bars run down to
        ``-inf`` and are ended at the smallest. A bar that is then not longer than zero is left out.
        A class without a finite birth is always left out.

    Attributes
    ----------
    degrees_ : tuple of int
        The degrees described, in the order of the columns.
    grids_ : dict of int to ndarray of shape (n_bins,)
        Filtration values of each degree, in the unit of the diagrams.
    value_ranges_ : dict of int to (float, float)
        Smallest and largest finite value that `fit` saw, where "clamp" ends essential classes.

    See Also
    --------
    tda.features.persistence_landscape : The same for the bars of one degree and a given grid.

    Notes
    -----
    Exact at every grid value. Columns are ordered by degree, then layer, then filtration
    value. gudhi's values are :math:`\sqrt 2` times these. Stable: if the bottleneck distance
    of two diagrams is ε, no column of theirs differs by more than ε (Bubenik, theorem 13).

    References
    ----------
    P. Bubenik, "Statistical topological data analysis using persistence landscapes", Journal
    of Machine Learning Research 16 (2015).

    Examples
    --------
    >>> from tda import Diagrams, PersistenceLandscape
    >>> dgms = Diagrams.from_ripser([[[], [[0, 4], [1, 3]]]])
    >>> landscape = PersistenceLandscape(degrees=[1], n_layers=2, n_bins=5)
    >>> landscape.fit_transform(dgms)
    array([[0., 1., 2., 1., 0., 0., 0., 1., 0., 0.]])
    >>> landscape.get_feature_names_out()[[0, -1]]
    array(['persistence_landscape_h1_1_0', 'persistence_landscape_h1_2_4'],
          dtype=object)
    """

    _prefix = "persistence_landscape"
    _parameter_constraints: ClassVar[dict] = {
        "degrees": DEGREES,
        "n_layers": [Interval(Integral, 1, None, closed="left")],
        "n_bins": [Interval(Integral, 1, None, closed="left")],
        "range": [StrOptions({"auto"}), "array-like"],
        "essential": [StrOptions({"drop", "clamp"})],
    }

    def __init__(self, *, degrees=None, n_layers=5, n_bins=100, range="auto", essential="drop"):
        self.degrees = degrees
        self.n_layers = n_layers
        self.n_bins = n_bins
        self.range = range
        self.essential = essential

    def _learn(self, bars):
        super()._learn(bars)
        self.n_layers_ = self.n_layers

    def _block(self, bars, degree):
        layers = _layers(bars, self.grids_[degree], self.n_layers_)
        return layers.reshape(len(layers), self.n_layers_ * layers.shape[2])

    def _labels(self, degree):
        values = shortest_labels(self.grids_[degree])
        return [f"{k + 1}_{value}" for k in range(self.n_layers_) for value in values]
