"""Two-parameter filtrations of clouds, density × distance, cut into diagrams by level.

The points whose value is at most a level are a cloud of their own. The bars of its filtration
by distance say what the two-parameter filtration is at that level and every radius.
"""

from __future__ import annotations

from numbers import Integral, Real
from typing import ClassVar, NamedTuple

import numpy as np
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_is_fitted

from .._bars import DEGREES
from .._kinds import as_float
from .._parallel import in_chunks
from .._validation import check_cloud, check_clouds
from ..homology import AlphaPersistence, RipsPersistence, distance_to_measure
from ._common import EulerFeature, check_range, shortest_labels

__all__ = ["Bars", "TwoParameterFeature", "bars_of_levels", "point_values", "prepare"]


class Bars(NamedTuple):
    """Bars of one degree, and the slice that each belongs to."""

    births: np.ndarray
    deaths: np.ndarray
    slices: np.ndarray


def point_values(X, function, mass, name="X"):
    """The values of one cloud's points: small where points are dense, or the user's own."""
    if isinstance(function, str):
        if function != "dtm":
            raise ValueError(
                f'function={function!r}; it must be "dtm", a callable, or one number a point.'
            )
        return distance_to_measure(X, mass=mass)
    values = as_float(function(X) if callable(function) else function, "function")
    if values.shape != (len(X),) or not np.isfinite(values).all():
        raise ValueError(
            f"function gives values of shape {values.shape} for {name}, or some that are not "
            f"finite; each of {len(X)} points has one finite number."
        )
    return values


def bars_of_levels(clouds, values, levels, degrees, complex):
    """Bars by degree of each cloud at each level; slice i * n_levels + j is cloud i at level j."""
    made, slices = [], []
    for i, (cloud, f) in enumerate(zip(clouds, values, strict=True)):
        last = None
        for j, level in enumerate(levels):
            inside = f <= level
            n = int(inside.sum())
            if n and last is not None and n == last:
                slices[-1].append(i * len(levels) + j)  # the same points as one level below
            elif n:
                made.append(np.ascontiguousarray(cloud[inside]))
                slices.append([i * len(levels) + j])
            last = n
    if not made:
        return {k: Bars(np.zeros(0), np.zeros(0), np.zeros(0, np.int64)) for k in degrees}
    kind = RipsPersistence if complex == "rips" else AlphaPersistence
    top = max(degrees)
    if complex == "alpha":
        top = min(top, made[0].shape[1] - 1)
    diagrams = kind(max_dimension=top, n_jobs=1).fit_transform(made)
    times = [len(s) for s in slices]
    sizes = np.diff(diagrams.offsets)
    if any(t > 1 for t in times):
        diagrams = diagrams[np.repeat(np.arange(len(made)), times)]
        sizes = np.diff(diagrams.offsets)
    where = np.repeat(np.concatenate([np.asarray(s) for s in slices]), sizes)
    found = {}
    for k in degrees:
        own = diagrams.dims == k
        found[k] = Bars(diagrams.births[own], diagrams.deaths[own], where[own])
    return found


def count_alive(bars, n_slices, grid):
    """How many bars are alive at each value of an ascending grid, int64 (n_slices, n_values)."""
    width = grid.size + 1
    counts = np.zeros(n_slices * width, np.int64)
    for ends, sign in ((bars.births, 1), (bars.deaths, -1)):
        places = bars.slices * width + np.searchsorted(grid, ends)
        counts += sign * np.bincount(places, minlength=counts.size)
    return np.cumsum(counts.reshape(n_slices, width)[:, :-1], axis=1)


def prepare(X, levels, function, mass, complex, degree=0):
    """What the functions for one cloud share: the checked cloud, its values, ascending levels."""
    X = check_cloud(X)
    if complex not in ("rips", "alpha"):
        raise ValueError(f'complex={complex!r}; it must be "rips" or "alpha".')
    if not isinstance(degree, Integral) or isinstance(degree, bool) or degree < 0:
        raise ValueError(f"degree={degree!r}, but a degree is an integer from 0 on.")
    values = point_values(X, function, mass)
    levels = np.unique(values) if levels is None else check_axis(levels, "levels")
    return X, values, levels


def check_axis(values, name):
    """Ascending numbers of one axis of a grid."""
    values = as_float(values, name)
    if values.ndim != 1 or not values.size or np.isnan(values).any() or (np.diff(values) < 0).any():
        raise ValueError(
            f"{name} has shape {values.shape}; it must be ascending numbers of shape (n_{name},), "
            "at least one, without NaN."
        )
    return values


class TwoParameterFeature(EulerFeature):
    """Columns by level and radius of each degree.

    A subclass gives `_prefix` and ``_table(bars)``: `Bars` of many slices -> float array
    (n_slices, n_bins); if degrees are not apart, it has its own `_rows`.
    """

    _parameter_constraints: ClassVar[dict] = {
        "complex": [StrOptions({"rips", "alpha"})],
        "function": [StrOptions({"dtm"}), callable],
        "mass": [Interval(Real, 0, 1, closed="right")],
        "degrees": DEGREES,
        "n_levels": [Interval(Integral, 1, None, closed="left")],
        "n_bins": [Interval(Integral, 1, None, closed="left")],
        "range": [StrOptions({"auto"}), "array-like"],
        "n_jobs": [Integral, None],
        "verbose": ["verbose"],
    }

    def _check_samples(self, X):
        clouds = check_clouds(X)
        widths = sorted({cloud.shape[1] for cloud in clouds})
        if self.complex == "alpha" and self.degrees is None and len(widths) > 1:
            raise ValueError(
                f"the clouds have {widths} coordinates, so the default of degrees differs between "
                "them: set degrees."
            )
        return [
            (cloud, point_values(cloud, self.function, self.mass, f"X[{i}]"))
            for i, cloud in enumerate(clouds)
        ]

    def _learn(self, samples):
        self._learn_and_give(samples)

    def _learn_and_give(self, samples):
        """Learn degrees, levels and radii; give the bars, which took the time."""
        if self.degrees is None:
            width = samples[0][0].shape[1]
            self.degrees_ = (0, 1) if self.complex == "rips" else tuple(range(width))
        else:
            self.degrees_ = _check_degrees(self.degrees)
        # Levels that the same share of all points lies below each: values of points.
        pooled = np.concatenate([values for _, values in samples])
        shares = np.arange(1, self.n_levels + 1) / self.n_levels
        self.levels_ = np.quantile(pooled, shares, method="inverted_cdf")
        bars = None
        if isinstance(self.range, str):
            bars = self._bars(samples)
            ends = [e for k in self.degrees_ for e in (bars[k].births, bars[k].deaths)]
            ends = np.concatenate(ends)
            low, high = 0.0, float(np.max(ends, initial=0.0, where=np.isfinite(ends))) or 1.0
        else:
            low, high = check_range(self.range, "range")
        self.grid_ = np.linspace(low, high, self.n_bins)
        return bars

    def fit_transform(self, X, y=None):
        """Learn the grid and compute the features, from the same diagrams.

        Parameters
        ----------
        X : list of samples
        y : ignored

        Returns
        -------
        features : ndarray of shape (n_samples, n_features)
        """
        self._validate_params()
        samples = self._check_samples(X)
        return self._rows(samples, self._learn_and_give(samples))

    def _bars(self, samples):
        parts = in_chunks(self._bars_of_some, samples, n_jobs=self.n_jobs, label=self._label)
        starts = np.cumsum([0, *(n for n, _ in parts)]) * self.n_levels
        return {
            k: Bars(
                np.concatenate([bars[k].births for _, bars in parts]),
                np.concatenate([bars[k].deaths for _, bars in parts]),
                np.concatenate(
                    [bars[k].slices + s for (_, bars), s in zip(parts, starts[:-1], strict=True)]
                ),
            )
            for k in self.degrees_
        }

    def _bars_of_some(self, samples):
        clouds, values = zip(*samples, strict=True)
        bars = bars_of_levels(clouds, values, self.levels_, self.degrees_, self.complex)
        return len(samples), bars

    def _rows(self, samples, bars=None):
        bars = self._bars(samples) if bars is None else bars
        shape = (len(samples), self.n_levels, self.n_bins)
        tables = [self._table(bars[k], shape).reshape(len(samples), -1) for k in self.degrees_]
        return np.hstack(tables)

    def get_feature_names_out(self, input_features=None):
        """Names of the columns: the degree, the share of points below the level, and the radius.

        Parameters
        ----------
        input_features : ignored

        Returns
        -------
        names : ndarray of str objects, such as ``hilbert_function_h0_0.5_0.25``
        """
        check_is_fitted(self)
        shares = shortest_labels(np.arange(1, self.n_levels + 1) / self.n_levels)
        names = [
            f"{self._prefix}{degree}_{share}_{radius}"
            for degree in self._degree_labels()
            for share in shares
            for radius in shortest_labels(self.grid_)
        ]
        return np.array(names, dtype=object)

    def _degree_labels(self):
        return [f"_h{k}" for k in self.degrees_]


def _check_degrees(degrees):
    degrees = [degrees] if np.ndim(degrees) == 0 else list(degrees)
    whole = all(isinstance(k, Integral) and not isinstance(k, bool) for k in degrees)
    if not degrees or not whole or min(degrees) < 0 or len(set(degrees)) < len(degrees):
        raise ValueError(
            f"degrees={degrees!r}; they must be distinct integers from 0 on, such as [0, 1]."
        )
    return tuple(sorted(int(k) for k in degrees))
