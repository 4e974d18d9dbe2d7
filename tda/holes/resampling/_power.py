"""How many points it would take: the power to see a hole, by simulation."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Real

import numpy as np
from sklearn.utils import check_random_state

from ..._html import bar_chart
from ..._progress import progress
from ..._report import Report
from ..._words import amount
from .._count import count_holes
from .._simulated import smoothed_null
from ._cloud import check_integer, cloud_of

__all__ = ["HolePower", "points_for_power"]

#: Draws of the fit for the interval.
N_FITS = 400


@dataclass(frozen=True, eq=False)
class HolePower(Report):
    """What `points_for_power` found; prints as a verdict and a row for each number of points.

    Attributes
    ----------
    n_points : float
        How many points it takes for the power; infinite if more than were tried.
    interval : (float, float)
        With 95% confidence, as far as the number of simulations goes.
    power : float
    degree, n_holes : int
        So many holes of this degree are to be found.
    sizes : ndarray of shape (n_sizes,)
        The numbers of points that were tried.
    shares : ndarray of shape (n_sizes,)
        The share of simulations that found as many.
    n_simulations : int
        Of each size.
    level : float
    """

    n_points: float
    interval: tuple
    power: float
    degree: int
    n_holes: int
    sizes: np.ndarray
    shares: np.ndarray
    n_simulations: int
    level: float

    @property
    def verdict(self):
        """The number of points and its interval, in words."""
        what = amount(self.n_holes, self.degree)
        if not np.isfinite(self.n_points):
            return (
                f"{what}: not found in {self.power:.0%} of simulations of up to "
                f"{int(self.sizes[-1]):,} points."
            )
        low, high = self.interval
        upper = f"{high:,.0f}" if np.isfinite(high) else "more than were tried"
        return (
            f"{what}: about {self.n_points:,.0f} points ({low:,.0f} to {upper}) to find with a "
            f"chance of {self.power:.0%} at level {self.level:g}."
        )

    _names = ("n_points",)

    def _rows(self):
        return [
            {"n_points": int(n), "found": float(share)}
            for n, share in zip(self.sizes, self.shares, strict=True)
        ]

    def _columns(self):
        return {"points": ("n_points", ",d"), "found": ("found", ".0%")}

    def _figure(self):
        rows = self._rows()
        return bar_chart(
            [f"{row['n_points']:,}" for row in rows],
            [row["found"] for row in rows],
            low=0.0,
            high=1.0,
            label="found",
        )


def points_for_power(
    X,
    *,
    degree=1,
    n_holes=1,
    power=0.8,
    level=0.05,
    sizes=None,
    n_simulations=50,
    smoothing="auto",
    random_state=None,
    verbose=False,
):
    """How many points it takes to find a hole with a given chance, by simulation.

    Parameters
    ----------
    X : array-like of shape (n_points, n_features), or callable (n_points, random_state) -> cloud
        A pilot study, or what draws clouds, such as a function of `tda.datasets`.
    degree : {0, 1, 2}, default=1
        Of the holes to find: components, loops or voids.
    n_holes : int, default=1
        How many: at least so many have to be significant. Of components all but one count.
    power : float, default=0.8
        The chance to find them.
    level : float, default=0.05
        That of `count_holes`.
    sizes : sequence of int, default=None
        Numbers of points to try, from 5 on. By default from a quarter to eight times as many as
        the pilot study has, or from 20 to 1,280, in steps of the root of 2.
    n_simulations : int, default=50
        Clouds of each size.
    smoothing : int or "auto", default="auto"
        How many neighbours of each point of a pilot study a new point is drawn among, from 1 on.
        With more the hole fills up, with fewer the clouds repeat the points; "auto" is 3.
    random_state : int, RandomState or None, default=None
    verbose : bool, default=False

    Returns
    -------
    HolePower

    Raises
    ------
    ValueError
        For another degree, a number out of its range, or a pilot study of fewer than 8 points.

    Notes
    -----
    Clouds from a pilot study are of points moved as their neighbours spread, so a hole of it that
    is chance counts as real: ask for what is known to be there. The share found is fitted as a
    logistic curve of the log of the number of points. The interval is that of the curves fitted to
    numbers redrawn from it. Costs len(sizes) * n_simulations counts.

    Examples
    --------
    >>> from tda.holes import points_for_power
    >>> from tda.datasets import make_circle
    >>> found = points_for_power(make_circle, sizes=[8, 12, 18, 27, 40], random_state=0)
    >>> 8 < found.interval[0] < found.n_points < found.interval[1] < 40
    True
    """
    if degree not in (0, 1, 2):
        raise ValueError(f"degree={degree!r}; it must be 0, 1 or 2")
    check_integer("n_holes", n_holes)
    check_integer("n_simulations", n_simulations, 2)
    for name, value in (("power", power), ("level", level)):
        if not (isinstance(value, Real) and 0 < value < 1):
            raise ValueError(f"{name}={value!r}, but it lies between 0 and 1")
    if smoothing != "auto":
        check_integer("smoothing", smoothing)
    rng = check_random_state(random_state)
    if callable(X):
        draw, start = X, 80
    else:
        cloud = cloud_of(X, least=8)
        again = smoothed_null(cloud.X, 3 if smoothing == "auto" else smoothing)
        start = len(cloud.X)

        def draw(n, random_state):
            return again(n, np.random.RandomState(random_state))

    if sizes is None:
        sizes = np.maximum((start * 2.0 ** np.arange(-2, 3.25, 0.5)).round(), 5).astype(int)
    sizes = np.unique(sizes)
    if not sizes.size:
        raise ValueError("sizes is empty, but at least one number of points is tried")
    for size in sizes.tolist():
        check_integer("a number of sizes", size, 5)
    wanted = n_holes + (degree == 0)
    found = np.zeros(len(sizes), dtype=int)
    with progress(total=len(sizes) * n_simulations, label="power", shown=verbose) as bar:
        for i, n in enumerate(sizes):
            for _ in range(n_simulations):
                count = count_holes(
                    draw(int(n), random_state=rng.randint(2**31 - 1)),
                    max_dimension=2 if degree == 2 else None,
                    level=level,
                    random_state=rng,
                )
                betti = count.betti[degree] if degree < len(count.betti) else 0
                found[i] += betti >= wanted
                bar.update(1)
    point, interval = _needed(np.log(sizes), found, n_simulations, power, rng)
    return HolePower(
        n_points=point,
        interval=interval,
        power=power,
        degree=degree,
        n_holes=n_holes,
        sizes=sizes,
        shares=found / n_simulations,
        n_simulations=n_simulations,
        level=level,
    )


def _needed(x, found, total, power, rng):
    """The number of points at which a logistic curve passes `power`, and an interval."""
    fit = _logistic(x, found[None], total)
    shares = 1 / (1 + np.exp(-(fit[0, 0] + fit[0, 1] * x)))
    redrawn = rng.binomial(total, shares, size=(N_FITS, len(x)))
    many = _crossings(_logistic(x, redrawn, total), power, x)
    low, high = np.quantile(many, [0.025, 0.975], method="inverted_cdf")
    return float(_crossings(fit, power, x)[0]), (float(low), float(high))


def _logistic(x, found, total):
    """Intercept and slope of the curve of each row of `found`, by Newton's method.

    Half a success and half a failure are added to each size, so that there is a finite curve where
    all sizes find all or nothing (Haldane, 1956).
    """
    y, n = found + 0.5, total + 1.0
    away = x - x.mean()
    b = np.zeros((len(y), 2))
    b[:, 1] = 1.0
    for _ in range(50):
        z = np.clip(b[:, :1] + b[:, 1:] * away, -30, 30)
        p = 1 / (1 + np.exp(-z))
        weights = n * p * (1 - p)
        pull = np.stack([(y - n * p).sum(axis=1), ((y - n * p) * away).sum(axis=1)], axis=1)
        a, c, d = weights.sum(axis=1), (weights * away).sum(axis=1), (weights * away**2).sum(axis=1)
        det = np.maximum(a * d - c * c, 1e-12)
        step = np.stack([d * pull[:, 0] - c * pull[:, 1], a * pull[:, 1] - c * pull[:, 0]], axis=1)
        step /= det[:, None]
        # No step is so long that it jumps over the curve.
        longest = np.abs(step).max(axis=1, keepdims=True)
        b += step / np.maximum(longest, 1.0)
        b[:, 1] = np.clip(b[:, 1], 0.0, 50.0)
    return np.stack([b[:, 0] - b[:, 1] * x.mean(), b[:, 1]], axis=1)


def _crossings(fits, power, x):
    """The sizes at which curves pass; infinite beyond twice the largest that was tried."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        at = (np.log(power / (1 - power)) - fits[:, 0]) / fits[:, 1]
        return np.where((fits[:, 1] > 0) & (at <= x[-1] + np.log(2)), np.exp(at), np.inf)
