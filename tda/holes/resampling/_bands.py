"""Confidence bands of persistence diagrams."""

from __future__ import annotations

from dataclasses import dataclass, field
from numbers import Real

import numpy as np
from sklearn.utils import check_random_state

from ..._html import barcode
from ..._progress import progress
from ..._report import Report
from ..._words import amount, degree_name, listed
from ...diagrams import Diagram
from ...distances import bottleneck_distance
from ...homology import cubical_diagram
from .._cloud_dimension import estimate_dimension, neighborhoods
from ._cloud import block_length, block_rows, check_integer, check_level, cloud_of

__all__ = ["PersistenceBand", "persistence_band"]

METHODS = ("bottleneck", "subsampling", "concentration", "shells", "density", "dtm")


@dataclass(frozen=True, eq=False)
class PersistenceBand(Report):
    """What `persistence_band` found; prints as a verdict and a table of the bars that are sure.

    Attributes
    ----------
    width : float
        Half the band's width: with probability ``1 - level`` no point of the diagram is off by
        more. Bars of lifetime up to ``2 * width`` may be noise. In the unit of the diagram.
    widths : dict of int to float
        The same by degree, where the method tells them apart: each holds for its degree alone.
    level, method, filtration :
        How it was computed.
    n_points : int
    diagram : Diagram
    bars : tuple of int
        The bars that are longer than the band, by degree and then by lifetime. The one that never
        ends is among them.
    """

    width: float
    widths: dict
    level: float
    method: str
    filtration: str
    n_points: int
    bars: tuple
    diagram: Diagram = field(repr=False)

    @property
    def betti(self):
        """Number of bars longer than the band in degree 0, 1, …"""
        dims = self.diagram.dims[list(self.bars)]
        return tuple(int((dims == k).sum()) for k in range(self.diagram.max_dimension + 1))

    @property
    def verdict(self):
        """The bars that are sure, in words."""
        found = listed(amount(n, k) for k, n in enumerate(self.betti))
        return (
            f"{found} longer than a band of ±{self.width:.3g} "
            f"({self.method}, level {self.level:g})."
        )

    _names = ("bar",)

    def _rows(self):
        rows = []
        for bar in self.bars:
            k = int(self.diagram.dims[bar])
            birth, death = float(self.diagram.births[bar]), float(self.diagram.deaths[bar])
            width = self.widths.get(k, self.width)
            rows.append(
                {
                    "bar": bar,
                    "hole": degree_name(k, 1),
                    "birth": birth,
                    "birth_low": birth - width,
                    "birth_high": birth + width,
                    "death": death,
                    "death_low": death - width,
                    "death_high": death + width,
                }
            )
        return rows

    def _columns(self):
        return {
            "bar": ("bar", "d"),
            "hole": ("hole", "s"),
            "birth": ("birth", ".4g"),
            "from": ("birth_low", ".4g"),
            "to": ("birth_high", ".4g"),
            "death": ("death", ".4g"),
            "from ": ("death_low", ".4g"),
            "to ": ("death_high", ".4g"),
        }

    def _figure(self):
        strong = np.isin(np.arange(len(self.diagram)), self.bars)
        return barcode(self.diagram.births, self.diagram.deaths, self.diagram.dims, strong=strong)


def persistence_band(
    X,
    *,
    method="bottleneck",
    complex="auto",
    max_dimension=None,
    level=0.05,
    dimension="auto",
    dependence=None,
    n_resamples=100,
    n_subsample="auto",
    bandwidth=None,
    mass=0.05,
    resolution=32,
    random_state=None,
    verbose=False,
):
    r"""Confidence band of the persistence diagram of what a cloud was drawn from.

    Parameters
    ----------
    X : array-like of shape (n_points, n_features)
        A cloud.
    method : str, default="bottleneck"
        Where the width comes from: "bottleneck", "subsampling", "concentration", "shells",
        "density" or "dtm"; see the notes.
    complex : {"auto", "alpha", "rips"}, default="auto"
        As in `count_holes`; not for "density" and "dtm", which take a grid.
    max_dimension : {0, 1, 2}, default=None
    level : float, default=0.05
        The chance that the true diagram leaves the band.
    dimension : float or "auto", default="auto"
        Intrinsic dimension, for "concentration" and "shells".
    dependence : "auto", int or None, default=None
        Over how many rows they depend on one another, as in `count_holes`: rows are then drawn in
        blocks of so many.
    n_resamples : int, default=100
    n_subsample : int or "auto", default="auto"
        Points of a subsample, by default ``n / log(n)``, the most that the theorem allows.
    bandwidth : float, default=None
        For "density", in units of X; by default Scott's rule.
    mass : float, default=0.05
        For "dtm": the share of the points that a distance is taken to.
    resolution : int, default=32
        Grid points along each axis, for "density" and "dtm" in up to three dimensions.
    random_state : int, RandomState or None, default=None
    verbose : bool, default=False

    Returns
    -------
    PersistenceBand

    Raises
    ------
    ValueError
        For another method, a parameter out of its range, or more dimensions than a grid has.

    Notes
    -----
    * "subsampling" [1]_: twice the ``1 - level`` quantile of the Hausdorff distance from a
      subsample to the cloud. The band holds for the shape itself, and is wide.
    * "concentration" [1]_: t of :math:`2^{d+1} / (t^d \rho) \exp(-n t^d \rho / 2) = level`, where
      :math:`\rho` is the least share of points in a ball, over its radius to the d. Half of the
      points give :math:`\rho`, the others the diagram. The radius is
      :math:`(\log n / n)^{1 / (d + 2)}` times the root mean square distance to the middle, so that
      the band grows with the cloud.
    * "shells" [1]_: the same with the mean over :math:`\rho` of all points, by a kernel estimate
      of their density, in place of the least one.
    * "density" [1]_: the ``1 - level`` quantile of the largest change of a kernel density estimate
      when points are resampled. The diagram is that of its superlevel sets on the grid.
    * "dtm" [2]_: the same for the distance to a measure, on its sublevel sets.
    * "bottleneck" [2]_: the ``1 - level`` quantile of the bottleneck distance between the diagram
      and that of resampled points, by degree; `width` is the largest over degrees, each taken at
      ``level / number of degrees``.

    The first three are for a shape that the points lie on, without noise around it.

    References
    ----------
    .. [1] B. T. Fasy, F. Lecci, A. Rinaldo, L. Wasserman, S. Balakrishnan, A. Singh,
       "Confidence sets for persistence diagrams", Annals of Statistics 42, 2014.
    .. [2] F. Chazal, B. Fasy, F. Lecci, B. Michel, A. Rinaldo, L. Wasserman, "Robust
       topological inference", JMLR 18:159, 2018.

    Examples
    --------
    >>> from tda.holes import persistence_band
    >>> from tda.datasets import make_circle
    >>> ring = make_circle(300, noise=0.05, random_state=0)
    >>> band = persistence_band(ring, random_state=0)
    >>> band.betti, 0.05 < band.width < 0.3
    ((1, 1), True)
    """
    if method not in METHODS:
        raise ValueError(f"method={method!r}; it must be one of {METHODS}")
    check_level(level)
    check_integer("n_resamples", n_resamples)
    check_integer("resolution", resolution, 4)
    rng = check_random_state(random_state)
    cloud = cloud_of(X, complex, max_dimension)
    if not (isinstance(dimension, str) and dimension == "auto") and not (
        isinstance(dimension, Real) and dimension > 0
    ):
        raise ValueError(f"dimension={dimension!r}; it must be a positive number or 'auto'")
    draws = progress(range(n_resamples), label=method, shown=verbose)
    length = block_length(cloud.rows, dependence)
    widths = {}
    if method in ("density", "dtm"):
        width, diagram = _on_grid(
            cloud, method, level, bandwidth, mass, resolution, length, draws, rng
        )
    elif method == "bottleneck":
        diagram = cloud.diagram()
        widths = _bottleneck(cloud, diagram, level, length, draws, rng)
        width = max(widths.values())
    elif method == "subsampling":
        diagram = cloud.diagram()
        width = cloud.scale * _subsampling(cloud.X, level, n_subsample, draws, rng)
    else:
        if isinstance(dimension, str):
            dimension = estimate_dimension(neighborhoods(cloud.X, False), cloud.X, False)
        order = rng.permutation(len(cloud.X))
        first, second = order[::2], order[1::2]
        diagram = cloud.diagram(cloud.X[second])
        width = cloud.scale * _analytic(cloud.X[first], method, level, float(dimension))
    sure = _longer(diagram, width, widths)
    return PersistenceBand(
        width=float(width),
        widths={k: float(w) for k, w in widths.items()},
        level=level,
        method=method,
        filtration=diagram.filtration,
        n_points=len(cloud.X),
        bars=sure,
        diagram=diagram,
    )


def _longer(diagram, width, widths):
    """Bars longer than twice the width, by degree and lifetime."""
    by_degree = np.array([widths.get(int(k), width) for k in diagram.dims])
    lifetimes = np.abs(diagram.deaths - diagram.births)
    order = np.lexsort((-lifetimes, diagram.dims))
    return tuple(int(bar) for bar in order if lifetimes[bar] > 2 * by_degree[bar])


def _upper_quantile(values, level):
    """The least value that a share of `level` at most exceeds, the data among the draws."""
    values = np.sort(values)
    place = int(np.ceil((len(values) + 1) * (1 - level))) - 1
    return values[min(place, len(values) - 1)]


def _bottleneck(cloud, diagram, level, length, draws, rng):
    degrees = range(diagram.max_dimension + 1)
    finite = diagram.finite()
    off = []
    for _ in draws:
        other = cloud.diagram(cloud.rows[block_rows(len(cloud.rows), length, rng)]).finite()
        off.append([bottleneck_distance(finite[k], other[k]) for k in degrees])
    off = np.array(off)
    return {k: _upper_quantile(off[:, k], level / len(degrees)) for k in degrees}


def _subsampling(X, level, n_subsample, draws, rng):
    from scipy.spatial import cKDTree

    n = len(X)
    if isinstance(n_subsample, str):
        if n_subsample != "auto":
            raise ValueError(f"n_subsample={n_subsample!r}; it must be an integer or 'auto'")
        n_subsample = max(int(n / np.log(n)), 1)
    check_integer("n_subsample", n_subsample)
    if n_subsample > n:
        raise ValueError(f"n_subsample={n_subsample}, but there are {n} distinct points")
    off = [cKDTree(X[rng.choice(n, n_subsample, replace=False)]).query(X)[0].max() for _ in draws]
    return 2 * _upper_quantile(off, level)


def _analytic(X, method, level, d):
    """The width of "concentration" and "shells", in distances."""
    from scipy.integrate import trapezoid
    from scipy.optimize import brentq
    from scipy.special import lambertw
    from scipy.stats import gaussian_kde

    n = len(X)
    scale = np.sqrt(((X - X.mean(axis=0)) ** 2).sum(axis=1).mean())
    radius = (np.log(n) / n) ** (1 / (d + 2))
    shares = _shares_within(X, scale * radius / 2) / radius**d  # per unit of the scale
    if method == "concentration":
        # u exp(n u / 2) = 2**(d + 1) / level, for u = t**d rho
        log = np.log(n) + d * np.log(2) - np.log(level)
        w = float(lambertw(np.exp(log)).real) if log < 700 else log - np.log(log)
        return scale * (2 * w / n / shares.min()) ** (1 / d)
    if np.ptp(shares) < 1e-12 * shares.max():
        return _analytic(X, "concentration", level, d)
    kernel = gaussian_kde(shares)
    reach = 4 * np.sqrt(float(kernel.covariance[0, 0]))
    v = np.linspace(shares.min(), shares.max() + reach, 2000)
    density = kernel(v)
    density /= trapezoid(density, v)

    def excess(log_t):
        td = np.exp(d * log_t)
        inside = trapezoid(density / v * np.exp(-n * v * td / 2), v)
        return np.log(max(2 ** (d + 1) / td * inside, 1e-300)) - np.log(level)

    return scale * float(np.exp(brentq(excess, np.log(1e-8), np.log(1e4))))


def _shares_within(X, radius):
    """The share of the points within a distance of each, itself among them."""
    from scipy.spatial import cKDTree

    return cKDTree(X).query_ball_point(X, radius, return_length=True) / len(X)


def _on_grid(cloud, method, level, bandwidth, mass, resolution, length, draws, rng):
    """The width and the diagram of a function on a grid."""
    rows = cloud.rows
    n, d = rows.shape
    if d > 3:
        raise ValueError(f"method={method!r} takes a grid of up to three dimensions, not {d}")
    spread = float(rows.std(axis=0).mean())
    if bandwidth is None:
        bandwidth = n ** (-1 / (d + 4)) * spread
    if not (isinstance(bandwidth, Real) and bandwidth > 0):
        raise ValueError(f"bandwidth={bandwidth!r}; it must be a positive number")
    if not (isinstance(mass, Real) and 0 < mass <= 1):
        raise ValueError(f"mass={mass!r}; it must be a share of the points, above 0 and at most 1")
    margin = 3 * bandwidth if method == "density" else 0.25 * spread
    axes = [np.linspace(x.min() - margin, x.max() + margin, resolution) for x in rows.T]
    if method == "density":
        # A product of one matrix an axis; resampled points are weights of the given ones.
        norm = np.sqrt(2 * np.pi) * bandwidth
        factors = [
            np.exp(-0.5 * ((a[:, None] - x) / bandwidth) ** 2) / norm
            for a, x in zip(axes, rows.T, strict=True)
        ]

        def function(drawn):
            weights = np.bincount(drawn, minlength=n) / n
            letters = "abc"[:d]
            said = ",".join(f"{letter}n" for letter in letters) + f",n->{letters}"
            return np.einsum(said, *factors, weights, optimize=True)

        direction = "superlevel"
    else:
        from scipy.spatial import cKDTree

        grid = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, d)
        k = max(int(np.ceil(mass * n)), 1)

        def function(drawn):
            near = cKDTree(rows[drawn]).query(grid, k)[0].reshape(len(grid), k)
            return np.sqrt((near**2).mean(axis=1)).reshape((resolution,) * d)

        direction = "sublevel"
    here = function(np.arange(n))
    off = [np.abs(function(block_rows(n, length, rng)) - here).max() for _ in draws]
    diagram = cubical_diagram(here, direction=direction, max_dimension=cloud.max_dimension)
    return _upper_quantile(off, level), diagram
