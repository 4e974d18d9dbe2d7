"""Template functions: sums of tents or polynomials over a grid (Perea et al., 2022)."""

from __future__ import annotations

from numbers import Integral
from typing import ClassVar

import numpy as np
from sklearn.utils._param_validation import StrOptions

from .._bars import DEGREES
from ._base import DegreewiseFeature
from ._common import check_finite_bars, check_range, one_sample

#: "auto" ranges leave this part of the extent of the bars around them.
PADDING = 0.05


def template_functions(bars, *, birth_range, lifetime_range, resolution=(10, 10), template="tent"):
    r"""Sum each function of a grid of templates over the bars.

    Parameters
    ----------
    bars : array-like of shape (n_bars, 2)
        Births and deaths of one degree, all finite.
    birth_range : (float, float)
        The centres along births lie between these. ``(-inf, inf)`` gives functions of the lifetime
        alone.
    lifetime_range : (float, float)
        The centres along lifetimes are above the first and reach the second; the first is
        not below 0.
    resolution : (int, int), default=(10, 10)
        Number of centres along births and along lifetimes, 2 or more each.
    template : {"tent", "polynomial"}, default="tent"
        See Notes.

    Returns
    -------
    features : ndarray of shape (n_births, n_lifetimes)
        ``(1, n_lifetimes)`` for functions of the lifetime alone.

    Raises
    ------
    ValueError
        If `bars` has another shape, holds NaN or an essential class, or a range, the resolution
        or the template is none of the above.

    Notes
    -----
    A bar is at x, its birth, and y, its lifetime :math:`|d - b|`.

    "tent": with m centres :math:`x_i` evenly from one end of the birth range to the other,
    :math:`\delta` apart, and n centres :math:`y_j` evenly above the lower end of the lifetime
    range, :math:`\epsilon` apart,

    .. math:: \sum_{(x, y)} \left[1 - \max\left(\frac{|x - x_i|}{\delta},
              \frac{|y - y_j|}{\epsilon}\right)\right]_+ .

    No feature moves by more than :math:`\max(1 / \delta, 2 / \epsilon)` times the 1-Wasserstein
    distance with the sup norm in the plane.

    "polynomial": with Chebyshev's nodes :math:`x_i, y_j` in the two ranges, ends included
    (Chebyshev-Lobatto), and the Lagrange polynomials :math:`\ell` that are 1 at one node and 0
    at the others,

    .. math:: \sum_{(x, y)} |\ell_i(x)\, \ell_j(y)|

    over the bars inside the ranges; a bar that leaves them is dropped at once,
    so that this is continuous inside only.

    Both are as in the authors' package teaspoon, where the steps of the tents are equal in both
    directions. O(n_bars) time for tents; O(n_bars · n_births · n_lifetimes) for polynomials.

    References
    ----------
    J. Perea, E. Munch, F. Khasawneh, "Approximating continuous functions on persistence diagrams
    using template functions", Foundations of Computational Mathematics (2022).

    Examples
    --------
    >>> from tda.features import template_functions
    >>> grid = {"birth_range": (0, 2), "lifetime_range": (0, 2), "resolution": (3, 2)}
    >>> template_functions([[0.25, 1.25]], **grid)
    array([[0.75, 0.  ],
           [0.25, 0.  ],
           [0.  , 0.  ]])
    """
    bars = one_sample(check_finite_bars(bars))
    if tuple(birth_range) != (-np.inf, np.inf):
        birth_range = check_range(birth_range, "birth_range")
    lifetime_range = _check_lifetime_range(lifetime_range)
    m, n = _check_resolution(resolution)
    if template not in ("tent", "polynomial"):
        raise ValueError(f'template={template!r}; it must be "tent" or "polynomial".')
    features = _sums(bars, birth_range, lifetime_range, (m, n), template)
    return features[0].reshape(-1, n)


def _sums(bars, birth_range, lifetime_range, resolution, template):
    """Array of shape (n_samples, n_births * n_lifetimes)."""
    sums = _tent_sums if template == "tent" else _polynomial_sums
    return sums(bars, birth_range, lifetime_range, *resolution)


def _tent_sums(bars, birth_range, lifetime_range, m, n):
    # Centre j of the lifetimes is j + 1 steps above the lower end.
    low, high = lifetime_range
    along = _hats((bars.lifetimes - low) / ((high - low) / n) - 1, n)
    if np.isinf(birth_range).any():
        m = 1
        across = [(np.zeros(bars.births.size, dtype=int), np.ones(bars.births.size))]
    else:
        low, high = birth_range
        across = _hats((bars.births - low) / ((high - low) / (m - 1)), m)
    size = (bars.offsets.size - 1) * m * n
    sums = np.zeros(size)
    for i, u in across:
        for j, v in along:
            values = np.minimum(u, v)
            cells = (bars.samples * m + i) * n + j
            # Summed bar after bar, so that a sample's numbers do not depend on the others.
            sums += np.bincount(cells[values > 0], values[values > 0], minlength=size)
    return sums.reshape(bars.offsets.size - 1, m * n)


def _hats(places, n):
    """The two centres on either side of each place, in units of a step, and its height there.

    Centres are 0 … n - 1; a height of 0 marks a centre that does not exist.
    """
    below = np.floor(places)
    rest = places - below
    hats = []
    for centers, heights in ((below, 1.0 - rest), (below + 1.0, rest)):
        there = (centers >= 0) & (centers < n)
        hats.append((np.where(there, centers, 0.0).astype(int), np.where(there, heights, 0.0)))
    return hats


def _polynomial_sums(bars, birth_range, lifetime_range, m, n):
    inside = _is_inside(bars.births, birth_range) & _is_inside(bars.lifetimes, lifetime_range)
    bars = bars.where(inside)
    along = np.abs(_lagrange(bars.lifetimes, lifetime_range, n))
    if np.isinf(birth_range).any():
        across = np.ones((bars.births.size, 1))
    else:
        across = np.abs(_lagrange(bars.births, birth_range, m))
    sums = np.zeros((bars.offsets.size - 1, across.shape[1], n))
    for i in np.flatnonzero(np.diff(bars.offsets)):
        own = slice(bars.offsets[i], bars.offsets[i + 1])
        sums[i] = across[own].T @ along[own]
    return sums.reshape(len(sums), across.shape[1] * n)


def _is_inside(values, bounds):
    return (bounds[0] <= values) & (values <= bounds[1])


def _lagrange(values, bounds, n):
    """Lagrange polynomials on Chebyshev's n nodes at each value, (n_values, n)."""
    low, high = bounds
    places = (2.0 * values - (low + high)) / (high - low)
    nodes = -np.cos(np.arange(n) * (np.pi / (n - 1)))
    polynomials = np.ones((values.size, n))
    for i in range(n):
        for k in range(n):
            if k != i:
                polynomials[:, i] *= (places - nodes[k]) / (nodes[i] - nodes[k])
    return polynomials


def _check_lifetime_range(lifetime_range):
    low, high = check_range(lifetime_range, "lifetime_range")
    if low < 0:
        raise ValueError(f"lifetime_range={lifetime_range!r}, but lifetimes are never below 0.")
    return low, high


def _check_resolution(resolution):
    if np.shape(resolution) != (2,) or not all(
        isinstance(n, Integral) and n >= 2 for n in resolution
    ):
        raise ValueError(
            f"resolution={resolution!r}; it must be two integers from 2 on: centres along births "
            "and along lifetimes."
        )
    return int(resolution[0]), int(resolution[1])


class TemplateFunctions(DegreewiseFeature):
    """Template functions on a learned grid, all degrees (input per shape: `X` is `Diagrams`).

    Each feature is the sum of one template function over the bars. The templates are tents around
    the points of a grid of births and lifetimes, or polynomials that interpolate there. Together
    they can approximate any continuous function of a diagram.

    Parameters
    ----------
    degrees : int or list of int, default=None
        Homology degrees to describe. By default all degrees that were computed for the diagrams of
        `fit`, even if they have no bar.
    template : {"tent", "polynomial"}, default="tent"
        "tent" is local and stable; "polynomial" is smooth and covers a wide range with few columns.
        See `tda.features.template_functions`.
    resolution : (int, int), default=(10, 10)
        Number of centres along births and along lifetimes, 2 or more each.
    birth_range, lifetime_range : "auto" or (float, float), default="auto"
        What the grid covers. "auto" covers, degree by degree, the births that `fit` saw with 5%
        of their extent on either side, and the lifetimes from half the shortest to 5% beyond the
        longest.

        Where all births that `fit` saw are equal, as in degree 0 of Rips and alpha filtrations,
        or where there is no bar, the automatic functions are of the lifetime alone: one row of
        features.
    essential : {"drop", "clamp"}, default="drop"
        What to do with classes that never die. "drop" leaves them out. "clamp" ends them at the
        largest finite birth or death that `fit` saw in this degree. Superlevel bars run down to
        ``-inf`` and are ended at the smallest. A bar that is then not longer than zero is left out.
        A class without a finite birth is always left out.

    Attributes
    ----------
    degrees_ : tuple of int
        The degrees described, in the order of the columns.
    birth_ranges_, lifetime_ranges_ : dict of int to (float, float)
        What the grid of each degree covers; ``(-inf, inf)`` for functions of the lifetime alone.
    resolution_ : (int, int)
    value_ranges_ : dict of int to (float, float)
        Smallest and largest finite value that `fit` saw, where "clamp" ends essential classes.

    See Also
    --------
    tda.features.template_functions : The same for the bars of one degree, with the formulas.

    Notes
    -----
    Columns are ordered by degree, then birth, then lifetime. Bars beyond the grid count less
    (tents) or not at all (polynomials).

    References
    ----------
    J. Perea, E. Munch, F. Khasawneh, "Approximating continuous functions on persistence diagrams
    using template functions", Foundations of Computational Mathematics (2022).

    Examples
    --------
    >>> from tda import Diagrams, TemplateFunctions
    >>> dgms = Diagrams.from_ripser([[[], [[0.25, 1.25]]]])
    >>> templates = TemplateFunctions(
    ...     degrees=[1], resolution=(3, 2), birth_range=(0, 2), lifetime_range=(0, 2)
    ... )
    >>> templates.fit_transform(dgms)
    array([[0.75, 0.  , 0.25, 0.  , 0.  , 0.  ]])
    >>> templates.get_feature_names_out()[0]
    'template_functions_h1_0_0'
    """

    _prefix = "template_functions"
    _parameter_constraints: ClassVar[dict] = {
        "degrees": DEGREES,
        "template": [StrOptions({"tent", "polynomial"})],
        "resolution": ["array-like"],
        "birth_range": [StrOptions({"auto"}), "array-like"],
        "lifetime_range": [StrOptions({"auto"}), "array-like"],
        "essential": [StrOptions({"drop", "clamp"})],
    }

    def __init__(
        self,
        *,
        degrees=None,
        template="tent",
        resolution=(10, 10),
        birth_range="auto",
        lifetime_range="auto",
        essential="drop",
    ):
        self.degrees = degrees
        self.template = template
        self.resolution = resolution
        self.birth_range = birth_range
        self.lifetime_range = lifetime_range
        self.essential = essential

    def _learn(self, bars):
        self.resolution_ = _check_resolution(self.resolution)
        self.birth_ranges_ = {k: self._birth_range(some) for k, some in bars.items()}
        self.lifetime_ranges_ = {k: self._lifetime_range(some) for k, some in bars.items()}

    def _birth_range(self, bars):
        if not isinstance(self.birth_range, str):
            return check_range(self.birth_range, "birth_range")
        low, high = bars.births.min(initial=np.inf), bars.births.max(initial=-np.inf)
        # Births that agree but for rounding are equal.
        if not high - low > 1e-9 * max(abs(low), abs(high)):
            return -np.inf, np.inf
        padding = PADDING * (high - low)
        return float(low - padding), float(high + padding)

    def _lifetime_range(self, bars):
        if not isinstance(self.lifetime_range, str):
            return _check_lifetime_range(self.lifetime_range)
        if bars.lifetimes.size == 0:
            return 0.0, 1.0
        shortest, longest = float(bars.lifetimes.min()), float(bars.lifetimes.max())
        return shortest / 2, longest + PADDING * (longest - shortest / 2)

    def _block(self, bars, degree):
        ranges = self.birth_ranges_[degree], self.lifetime_ranges_[degree]
        return _sums(bars, *ranges, self.resolution_, self.template)

    def _labels(self, degree):
        m, n = self.resolution_
        m = 1 if np.isinf(self.birth_ranges_[degree]).any() else m
        return [f"{i}_{j}" for i in range(m) for j in range(n)]
