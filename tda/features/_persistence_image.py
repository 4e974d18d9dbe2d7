"""Persistence images: a diagram as a smoothed, weighted histogram (Adams et al., 2017)."""

from __future__ import annotations

from numbers import Integral, Real
from typing import ClassVar

import numpy as np
from scipy.special import ndtr
from sklearn.utils._param_validation import Interval, StrOptions

from .._bars import DEGREES
from ._base import DegreewiseFeature
from ._common import check_finite_bars, check_range, check_result, one_sample
from ._pixels import pixel_axis

#: "auto" bandwidth, in units of the longest bar: one pixel or so at the default resolution.
AUTO_BANDWIDTH = 0.05
#: "auto" ranges leave this many bandwidths around the bars, which keeps 99.7% of their mass.
MARGIN = 3.0


def persistence_image(bars, *, birth_edges, persistence_edges, bandwidth, weight_power=1.0):
    r"""Integrate the weighted Gaussians of the bars over the pixels of a grid.

    Parameters
    ----------
    bars : array-like of shape (n_bars, 2)
        Births and deaths of one degree, all finite.
    birth_edges : array-like of shape (n_birth + 1,)
        Increasing pixel borders. ``[-inf, inf]`` is one pixel that takes every birth, and the
        image is a smoothed histogram of the persistences.
    persistence_edges : array-like of shape (n_persistence + 1,)
        Increasing pixel borders.
    bandwidth : float
        Standard deviation of the Gaussians, in the unit of births and deaths.
    weight_power : float, default=1.0
        A bar weighs ``persistence ** weight_power``.

    Returns
    -------
    image : ndarray of shape (n_birth, n_persistence)
        In the weights' unit: the sum of its pixels is the part of the weights inside the grid.

    Raises
    ------
    ValueError
        If `bars` holds NaN or an essential class, or the edges or the bandwidth make no grid.

    Notes
    -----
    With :math:`p_i = |d_i - b_i|` and :math:`\Phi` the normal distribution function, the pixel
    :math:`[u_0, u_1] \times [v_0, v_1]` holds exactly

    .. math::

        \sum_i p_i^w
        \left[\Phi\left(\tfrac{u_1 - b_i}{\sigma}\right)
            - \Phi\left(\tfrac{u_0 - b_i}{\sigma}\right)\right]
        \left[\Phi\left(\tfrac{v_1 - p_i}{\sigma}\right)
            - \Phi\left(\tfrac{v_0 - p_i}{\sigma}\right)\right].

    A Gaussian factorises, so this is one product of an (n_birth, n_bars) with an
    (n_bars, n_persistence) matrix: time O(n_bars · n_birth · n_persistence), of which the
    costly distribution function takes only O(n_bars · (n_birth + n_persistence)).

    References
    ----------
    Adams et al., "Persistence images: a stable vector representation of persistent homology",
    Journal of Machine Learning Research 18 (2017).

    Examples
    --------
    One bar of persistence 2, far from the border of its pixel in units of the bandwidth:

    >>> from tda.features import persistence_image
    >>> grid = {"birth_edges": [0, 2, 4], "persistence_edges": [1, 3, 5]}
    >>> persistence_image([[1, 3]], **grid, bandwidth=0.1)
    array([[2., 0.],
           [0., 0.]])
    """
    bars = check_finite_bars(bars)
    if not (np.isfinite(bandwidth) and bandwidth > 0):
        raise ValueError(f"bandwidth={bandwidth!r}; it must be a positive standard deviation.")
    birth_edges = _check_edges(birth_edges, "birth_edges")
    persistence_edges = _check_edges(persistence_edges, "persistence_edges")
    births, persistences = bars[:, 0], np.abs(bars[:, 1] - bars[:, 0])
    in_birth = _mass_between(birth_edges, births, bandwidth)
    in_persistence = _mass_between(persistence_edges, persistences, bandwidth)
    with np.errstate(over="ignore", invalid="ignore"):
        image = (in_birth * persistences**weight_power) @ in_persistence.T
    return check_result(image, one_sample(bars), "persistence_image", weight_power)


def _images(bars, *, birth_edges, persistence_edges, bandwidth, weight_power):
    """Images of all samples on evenly spaced edges, one flattened per row."""
    across, along = pixel_axis(birth_edges, bandwidth), pixel_axis(persistence_edges, bandwidth)
    if across is None or along is None:
        shape = bars.offsets.size - 1, birth_edges.size - 1, persistence_edges.size - 1
        images = np.empty(shape)
        for image, some in zip(images, bars.by_sample(), strict=True):
            image[:] = persistence_image(
                some,
                birth_edges=birth_edges,
                persistence_edges=persistence_edges,
                bandwidth=bandwidth,
                weight_power=weight_power,
            )
        return images.reshape(len(images), images.shape[1] * images.shape[2])
    from .._kernels.persistence_image import persistence_images

    images = persistence_images(
        bars.births, bars.lifetimes, bars.offsets, across, along, float(weight_power)
    )
    return images.reshape(len(images), images.shape[1] * images.shape[2])


def _mass_between(edges, centres, bandwidth):
    """Mass of each centre's Gaussian between neighbouring edges, (n_edges - 1, n_centres)."""
    return np.diff(ndtr((edges[:, None] - centres) / bandwidth), axis=0)


def _check_edges(edges, name):
    edges = np.asarray(edges, dtype=float)
    if edges.ndim != 1 or edges.size < 2 or not (edges[1:] > edges[:-1]).all():
        raise ValueError(f"{name} must be two or more increasing pixel borders; got {edges!r}.")
    return edges


class PersistenceImage(DegreewiseFeature):
    """Persistence images of all degrees (input per shape: `X` is `Diagrams`).

    Each bar becomes a Gaussian at (birth, persistence), weighted by a power of its persistence.
    Every pixel is the exact integral of the sum of these Gaussians over the area of the pixel.

    Parameters
    ----------
    degrees : int or list of int, default=None
        Homology degrees to describe. By default all degrees that were computed for the diagrams of
        `fit`, even if they have no bar.
    resolution : int or (int, int), default=(20, 20)
        Number of pixels along birth and along persistence.
    bandwidth : "auto" or float, default="auto"
        Standard deviation of the Gaussians (not the variance), in the unit of the diagrams.
        "auto" takes 5% of the longest bar that `fit` saw, degree by degree.
    birth_range, persistence_range : "auto" or (float, float), default="auto"
        What the image covers. The part of a Gaussian outside is cut off. "auto" covers, in each
        degree, the births of the bars that `fit` saw, with three bandwidths on either side. It
        covers the persistences from 0 to the longest, with three bandwidths above.

        Where all births that `fit` saw are equal, as in degree 0 of Rips and alpha filtrations,
        or where there is no bar, the automatic birth axis is **one** pixel without borders:
        the image is then a smoothed histogram of the persistences, one column of features.
    weight_power : float, default=1.0
        A bar weighs ``persistence ** weight_power``.
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
    birth_edges_, persistence_edges_ : dict of int to ndarray
        Borders of the pixels for each degree.
    value_ranges_ : dict of int to (float, float)
        Smallest and largest finite value that `fit` saw, where "clamp" ends essential classes;
        ``(inf, -inf)`` where it saw none.

    See Also
    --------
    tda.features.persistence_image : The same for the bars of one degree and a given grid.

    Notes
    -----
    Columns are ordered by degree, then birth, then persistence, so that degree k of one row is
    an image after ``row.reshape(n_birth, n_persistence)``. A degree without bars gives zeros; a
    degree that `fit` did not see is ignored.

    The even grid allows a table in place of the distribution function and one compiled loop over
    all samples. The pixels are the integrals that `persistence_image` gives but for rounding:
    10⁻¹⁵ of a bar's weight, plus that of the bar's place in units of the bandwidth.

    References
    ----------
    Adams et al., "Persistence images: a stable vector representation of persistent homology",
    Journal of Machine Learning Research 18 (2017).

    Examples
    --------
    >>> from tda import Diagrams
    >>> from tda.features import PersistenceImage
    >>> dgms = Diagrams.from_ripser([[[[0, 1]], [[1, 3]]], [[[0, 2]], [[2, 3], [1, 2]]]])
    >>> images = PersistenceImage(resolution=(4, 5)).fit(dgms)
    >>> images.transform(dgms).shape  # degree 0 has one birth: 1 * 5 + 4 * 5 columns
    (2, 25)
    >>> images.get_feature_names_out()[[0, -1]]
    array(['persistence_image_h0_0_0', 'persistence_image_h1_3_4'], dtype=object)
    """

    _prefix = "persistence_image"
    _parameter_constraints: ClassVar[dict] = {
        "degrees": DEGREES,
        "resolution": [Interval(Integral, 1, None, closed="left"), "array-like"],
        "bandwidth": [StrOptions({"auto"}), Interval(Real, 0, None, closed="neither")],
        "birth_range": [StrOptions({"auto"}), "array-like"],
        "persistence_range": [StrOptions({"auto"}), "array-like"],
        "weight_power": [Interval(Real, 0, None, closed="left")],
        "essential": [StrOptions({"drop", "clamp"})],
    }

    def __init__(
        self,
        *,
        degrees=None,
        resolution=(20, 20),
        bandwidth="auto",
        birth_range="auto",
        persistence_range="auto",
        weight_power=1.0,
        essential="drop",
    ):
        self.degrees = degrees
        self.resolution = resolution
        self.bandwidth = bandwidth
        self.birth_range = birth_range
        self.persistence_range = persistence_range
        self.weight_power = weight_power
        self.essential = essential

    @property
    def _power(self):
        return float(self.weight_power)

    def _learn(self, bars):
        resolution = _check_resolution(self.resolution)
        self.bandwidths_, self.birth_edges_, self.persistence_edges_ = {}, {}, {}
        for k, some in bars.items():
            self._learn_grid(k, some, resolution)

    def _learn_grid(self, k, bars, resolution):
        births, persistences = bars.births, bars.lifetimes
        longest = persistences.max(initial=0.0) or 1.0  # without a bar any scale will do
        auto = isinstance(self.bandwidth, str)
        bandwidth = AUTO_BANDWIDTH * longest if auto else float(self.bandwidth)
        margin = MARGIN * bandwidth
        if not isinstance(self.birth_range, str):
            low, high = check_range(self.birth_range, "birth_range")
            birth_edges = np.linspace(low, high, resolution[0] + 1)
        elif births.size == 0 or births.min() == births.max():
            birth_edges = np.array([-np.inf, np.inf])
        else:
            low, high = births.min() - margin, births.max() + margin
            birth_edges = np.linspace(low, high, resolution[0] + 1)
        if isinstance(self.persistence_range, str):
            low, high = 0.0, longest + margin
        else:
            low, high = check_range(self.persistence_range, "persistence_range")
        self.bandwidths_[k] = bandwidth
        self.birth_edges_[k] = birth_edges
        self.persistence_edges_[k] = np.linspace(low, high, resolution[1] + 1)

    def _block(self, bars, degree):
        grid = {
            "birth_edges": self.birth_edges_[degree],
            "persistence_edges": self.persistence_edges_[degree],
            "bandwidth": self.bandwidths_[degree],
        }
        return _images(bars, **grid, weight_power=self.weight_power)

    def _labels(self, degree):
        return [
            f"{i}_{j}"
            for i in range(self.birth_edges_[degree].size - 1)
            for j in range(self.persistence_edges_[degree].size - 1)
        ]


def _check_resolution(resolution):
    """Return (n_birth, n_persistence)."""
    pair = (resolution, resolution) if isinstance(resolution, Integral) else tuple(resolution)
    if len(pair) != 2 or not all(isinstance(n, Integral) and n >= 1 for n in pair):
        raise ValueError(
            f"resolution={resolution!r}; it must be one positive integer or two: pixels along "
            "birth and along persistence."
        )
    return int(pair[0]), int(pair[1])
