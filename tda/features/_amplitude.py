"""Amplitudes: how far a diagram is from the empty one, in several norms."""

from __future__ import annotations

from numbers import Real
from typing import ClassVar

import numpy as np
from sklearn.utils._param_validation import Interval, StrOptions

from .._bars import DEGREES
from .._units import in_range, unit_of
from ._base import DegreewiseFeature
from ._common import check_finite_bars, check_result, one_sample

#: "auto" bandwidth of the Gaussians, in units of the longest bar.
AUTO_BANDWIDTH = 0.05
#: The norms of sums of Gaussians.
SMOOTH = ("heat", "image")
METRICS = ("wasserstein", "bottleneck", "lifetimes", "betti", "landscape", "silhouette", *SMOOTH)


def amplitude(bars, metric="wasserstein", *, order=2.0, weight_power=1.0, bandwidth=None):
    r"""Norm of a diagram: its distance to the diagram without bars.

    Parameters
    ----------
    bars : array-like of shape (n_bars, 2)
        Births and deaths of one degree, all finite.
    metric : str, default="wasserstein"
        With lifetimes :math:`\ell_i`, tents :math:`\Lambda_i` and p the order:

        - "wasserstein": :math:`(\sum_i (\ell_i / 2)^p)^{1/p}`, the p-Wasserstein distance to the
          empty diagram, where the distance of two points is their larger coordinate difference;
        - "bottleneck": :math:`\max_i \ell_i / 2`;
        - "lifetimes": :math:`(\sum_i \ell_i^p)^{1/p}`, the total persistence of degree p;
        - "betti": the :math:`L^p` norm of the Betti curve;
        - "landscape": the :math:`L^p` norm of all layers of the landscape together,
          :math:`(\sum_k \int \lambda_k^p)^{1/p}`;
        - "silhouette": the :math:`L^p` norm of the silhouette with weights :math:`\ell_i^w`;
        - "heat": the :math:`L^2` norm, above the diagonal, of the sum of the bars' Gaussians
          less that of their mirror images: the norm of the scale space kernel;
        - "image": the :math:`L^2` norm of the persistence surface, a Gaussian of mass
          :math:`\ell_i^w` at (birth, lifetime) for each bar. For many small pixels, this is the
          norm of the persistence image divided by the square root of the pixel area.
    order : float, default=2.0
        From 1 to ``inf``, which gives the largest value. "bottleneck", "heat" and "image" do not
        use it.
    weight_power : float, default=1.0
        The w of "silhouette" and "image", at least 0.
    bandwidth : float, default=None
        Standard deviation of the Gaussians of "heat" and "image", in the unit of births and
        deaths.

    Returns
    -------
    norm : float
        0 without a bar.

    Raises
    ------
    ValueError
        If `bars` has another shape, or holds NaN or an essential class, a parameter is not one
        of these, or the norm is out of the range of floating point.

    Notes
    -----
    Nothing is sampled on a grid. At each t the layers of a landscape are the tents in another
    order, so :math:`\sum_k \int \lambda_k^p = \sum_i \int \Lambda_i^p = \sum_i
    2 (\ell_i/2)^{p+1} / (p+1)`. Betti curve and silhouette are integrated from corner to
    corner. With :math:`q` running over the bars and :math:`\bar q` mirrored at the diagonal,

    .. math:: \|D\|_{heat}^2 = \frac{1}{4 \pi \sigma^2} \sum_{p, q}
        e^{-|p - q|^2 / 4 \sigma^2} - e^{-|p - \bar q|^2 / 4 \sigma^2},

    the kernel of the paper at the scale :math:`\sigma^2 / 2`. giotto-tda's Wasserstein and
    bottleneck amplitudes are as here; its curves are sampled, its landscape has one layer by
    default, and its heat amplitude counts both sides of the diagonal: √2 times this one, less what
    is cut off at the borders of its grid.

    O(n_bars log n_bars) time, but "heat" and "image" O(n_bars²), in O(n_bars) memory.

    References
    ----------
    D. Cohen-Steiner, H. Edelsbrunner, J. Harer, Y. Mileyko, "Lipschitz functions have L_p-stable
    persistence", Foundations of Computational Mathematics 10 (2010). J. Reininghaus, S. Huber,
    U. Bauer, R. Kwitt, "A stable multi-scale kernel for topological machine learning", CVPR
    (2015).

    Examples
    --------
    >>> from tda.features import amplitude
    >>> bars = [[0, 8], [1, 7]]
    >>> amplitude(bars), amplitude(bars, "bottleneck"), amplitude(bars, "betti", order=1)
    (5.0, 4.0, 14.0)
    """
    if metric not in METRICS:
        raise ValueError(f"metric={metric!r}; it must be one of {list(METRICS)}.")
    if not order >= 1:
        raise ValueError(f"order={order!r}, but a norm has an order from 1 to inf.")
    if not 0 <= weight_power < np.inf:
        raise ValueError(f"weight_power={weight_power!r}; it must be a number from 0 on.")
    if metric in SMOOTH and not (bandwidth is not None and 0 < bandwidth < np.inf):
        raise ValueError(
            f"bandwidth={bandwidth!r}, but {metric} needs a positive standard deviation."
        )
    bars = one_sample(check_finite_bars(bars))
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        norms = _amplitudes(bars, metric, order, weight_power, bandwidth)
    return float(check_result(norms, bars, "amplitude", _power(metric, order, weight_power))[0])


def _power(metric, order, weight_power):
    """The power of the unit of the diagrams in which a norm is measured."""
    along = 1.0 / order
    curves = {"betti": along, "landscape": 1.0 + along, "silhouette": 1.0 + along}
    return curves.get(metric, 1.0) if metric != "image" else max(weight_power - 1.0, 0.0)


def _amplitudes(bars, metric, order, weight_power, bandwidth):
    """One norm a sample."""
    halves = bars.lifetimes / 2
    if metric == "bottleneck" or (metric in ("wasserstein", "landscape") and order == np.inf):
        return bars.largest(halves)
    if metric == "wasserstein":
        return _norms(bars, halves, order)
    if metric == "lifetimes":
        return 2 * _norms(bars, halves, order)
    if metric == "landscape":
        return _norms(bars, halves, order, 2 * halves / (order + 1))
    if metric == "betti":
        return _betti_norms(bars, order)
    if metric == "silhouette":
        norms = (_silhouette_norm(rows, order, weight_power) for rows in bars.by_sample())
    elif metric == "heat":
        norms = (_heat_norm(rows, bandwidth) for rows in bars.by_sample())
    else:
        norms = (_image_norm(rows, bandwidth, weight_power) for rows in bars.by_sample())
    return np.fromiter(norms, dtype=float, count=bars.offsets.size - 1)


def _norms(bars, values, order, weights=1.0):
    """``(sum of weights * values ** order) ** (1 / order)``, in units of the largest value."""
    largest = bars.largest(values)
    if order == np.inf:
        return largest
    unit = np.where(largest > 0, largest, 1.0)
    powers = (values / np.repeat(unit, np.diff(bars.offsets))) ** order
    return unit * bars.totals(weights * powers) ** (1 / order)


def _betti_norms(bars, order):
    low, high = np.minimum(bars.births, bars.deaths), np.maximum(bars.births, bars.deaths)
    samples = np.concatenate([bars.samples, bars.samples])
    values, steps = np.concatenate([low, high]), np.repeat([1, -1], low.size)
    turn = np.lexsort((values, samples))
    alive = np.cumsum(steps[turn])[:-1]  # up to the next value; 0 from sample to sample
    widths = np.where(alive > 0, np.diff(values[turn]), 0.0)
    pieces = bars._replace(offsets=np.minimum(2 * bars.offsets, alive.size))
    if order == np.inf:
        return pieces.largest(np.where(widths > 0, alive, 0).astype(float))
    return _norms(pieces, alive.astype(float), order, widths)


def _silhouette_norm(bars, order, weight_power):
    """The norm, summed over the straight pieces of the silhouette."""
    if len(bars) == 0:
        return 0.0
    # From the first birth on, so that corners far from zero are not rounded.
    low, high = bars.min(axis=1) - bars.min(), bars.max(axis=1) - bars.min()
    weights = ((high - low) / (high - low).max()) ** weight_power
    weights /= weights.sum()
    corners = np.concatenate([low, low + (high - low) / 2, high])
    turn = np.argsort(corners)
    slopes = np.cumsum(np.concatenate([weights, -2 * weights, weights])[turn])[:-1]
    widths = np.diff(corners[turn])
    heights = np.concatenate([[0.0], np.cumsum(slopes * widths)]).clip(0)
    top = heights.max()
    if order == np.inf or top == 0:
        return top
    a, b = heights[:-1] / top, heights[1:] / top
    # The mean of u ** p between a and b; where they agree to many digits, at their middle.
    apart = np.abs(b - a) > 1e-6
    means = ((a + b) / 2) ** order
    p = order + 1
    means[apart] = (b[apart] ** p - a[apart] ** p) / (p * (b[apart] - a[apart]))
    return top * (widths @ means) ** (1 / order)


def _heat_norm(bars, bandwidth):
    unit = unit_of(bandwidth)
    bars, bandwidth = bars / unit, bandwidth / unit
    low, high = bars.min(axis=1), bars.max(axis=1)
    lengths, scale = high - low, 4 * bandwidth**2

    def products(here, rest):
        near = (low[here, None] - low[rest]) ** 2 + (high[here, None] - high[rest]) ** 2
        # |p - q̄|² = |p - q|² + 2 ℓ(p) ℓ(q): no cancelling where a bar is close to the diagonal
        return -np.exp(-near / scale) * np.expm1(-2 * lengths[here, None] * lengths[rest] / scale)

    return in_range(_surface_norm(len(bars), products, bandwidth), unit, -1.0)


def _image_norm(bars, bandwidth, weight_power):
    unit = unit_of(bandwidth)
    bars, bandwidth = bars / unit, bandwidth / unit
    births, lengths = bars[:, 0], np.abs(bars[:, 1] - bars[:, 0])
    weights = lengths**weight_power

    def products(here, rest):
        near = (births[here, None] - births[rest]) ** 2 + (lengths[here, None] - lengths[rest]) ** 2
        return weights[here, None] * weights[rest] * np.exp(-near / (4 * bandwidth**2))

    return in_range(_surface_norm(len(bars), products, bandwidth), unit, weight_power - 1.0)


def _surface_norm(n_bars, products, bandwidth):
    """From the products of all pairs of bars, in blocks of rows, each pair once."""
    rows = max(2**16 // max(n_bars, 1), 1)
    total = 0.0
    for a in range(0, n_bars, rows):
        terms = products(slice(a, a + rows), slice(a, None))
        total += 2 * terms.sum() - terms[:, : len(terms)].sum()
    return np.sqrt(total / (4 * np.pi * bandwidth**2))


class Amplitude(DegreewiseFeature):
    r"""Norm of the diagram of each degree (input per shape: `X` is `Diagrams`).

    The distance of a diagram to the one without bars: one number per degree.

    Parameters
    ----------
    degrees : int or list of int, default=None
        Homology degrees to describe. By default all degrees that were computed for the diagrams of
        `fit`, even if they have no bar.
    metric : str, default="wasserstein"
        "wasserstein", "bottleneck", "lifetimes" (total persistence), or the norm of a curve
        or surface: "betti", "landscape" (all layers), "silhouette", "heat", "image".
        `tda.features.amplitude` has their formulas. To use several metrics, put one `Amplitude` for
        each into a `FeatureUnion`.
    order : float, default=2.0
        The p of the norm, from 1 to ``inf``. "bottleneck", "heat" and "image" do not use it.
    weight_power : float, default=1.0
        For "silhouette" and "image": a bar weighs ``lifetime ** weight_power``.
    bandwidth : "auto" or float, default="auto"
        For "heat" and "image": standard deviation of the Gaussians, in the unit of the diagrams.
        "auto" takes, in each degree, 5% of the longest bar that `fit` saw.
    essential : {"drop", "clamp"}, default="drop"
        What to do with classes that never die. "drop" leaves them out. "clamp" ends them at the
        largest finite birth or death that `fit` saw in this degree. Superlevel bars run down to
        ``-inf`` and are ended at the smallest. A bar that is then not longer than zero is left out.
        A class without a finite birth is always left out.

    Attributes
    ----------
    degrees_ : tuple of int
        The degrees described, in the order of the columns.
    bandwidths_ : dict of int to float
    value_ranges_ : dict of int to (float, float)
        Smallest and largest finite value that `fit` saw, where "clamp" ends essential classes.

    See Also
    --------
    tda.features.amplitude : The same for the bars of one degree.

    References
    ----------
    D. Cohen-Steiner, H. Edelsbrunner, J. Harer, Y. Mileyko, "Lipschitz functions have L_p-stable
    persistence", Foundations of Computational Mathematics 10 (2010).

    Examples
    --------
    >>> from tda import Amplitude, Diagrams
    >>> dgms = Diagrams.from_ripser([[[], [[0, 8], [1, 7]]]])
    >>> amplitude = Amplitude(metric="wasserstein", order=2)
    >>> amplitude.fit_transform(dgms)
    array([[0., 5.]])
    >>> amplitude.get_feature_names_out()
    array(['amplitude_h0', 'amplitude_h1'], dtype=object)
    """

    _prefix = "amplitude"
    _parameter_constraints: ClassVar[dict] = {
        "degrees": DEGREES,
        "metric": [StrOptions(set(METRICS))],
        "order": [Interval(Real, 1, None, closed="left")],
        "weight_power": [Interval(Real, 0, None, closed="left")],
        "bandwidth": [StrOptions({"auto"}), Interval(Real, 0, None, closed="neither")],
        "essential": [StrOptions({"drop", "clamp"})],
    }

    def __init__(
        self,
        *,
        degrees=None,
        metric="wasserstein",
        order=2.0,
        weight_power=1.0,
        bandwidth="auto",
        essential="drop",
    ):
        self.degrees = degrees
        self.metric = metric
        self.order = order
        self.weight_power = weight_power
        self.bandwidth = bandwidth
        self.essential = essential

    @property
    def _power(self):
        return _power(self.metric, self.order, self.weight_power)

    def _learn(self, bars):
        self.bandwidths_ = {}
        for k, some in bars.items():
            longest = some.lifetimes.max(initial=0.0) or 1.0  # without a bar any scale will do
            auto = isinstance(self.bandwidth, str)
            self.bandwidths_[k] = AUTO_BANDWIDTH * longest if auto else float(self.bandwidth)

    def _block(self, bars, degree):
        bandwidth = self.bandwidths_[degree]
        norms = _amplitudes(bars, self.metric, self.order, self.weight_power, bandwidth)
        return norms[:, None]

    def _labels(self, degree):
        return [""]
