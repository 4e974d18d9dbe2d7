"""All estimators of dimension side by side, on one search of neighbours."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from sklearn.base import clone

from .._html import ranges
from .._report import NamedRows
from ._base import DimensionEstimator
from ._together import check_estimators, estimator_name, fit_together

__all__ = ["DimensionRow", "DimensionTable", "dimension_table"]


class DimensionRow(NamedTuple):
    """What one estimator says.

    Attributes
    ----------
    name : str
        Its class, with the parameters that are not defaults.
    dimension : float
        NaN if it could not say; see `note`.
    standard_error : float
        NaN where there is no theory.
    interval : (float, float)
        Of 95%; NaN where there is no theory.
    seconds : float
        Without the search of neighbours, which is shared.
    note : str
        Why there is no dimension; empty if there is one.
    """

    name: str
    dimension: float
    standard_error: float
    interval: tuple
    seconds: float
    note: str = ""


@dataclass(frozen=True)
class DimensionTable(NamedRows):
    """The answers of several estimators; prints as a verdict and a table.

    Attributes
    ----------
    rows : tuple of DimensionRow
    estimators : dict of str to fitted estimator
        By name, those that could say.
    n_points, n_features : int
    search_seconds : float
        Of the one search of neighbours.
    """

    rows: tuple
    estimators: dict = field(repr=False)
    n_points: int
    n_features: int
    search_seconds: float

    @property
    def median(self):
        """The median of the finite answers; NaN if there is none."""
        found = [row.dimension for row in self.rows if np.isfinite(row.dimension)]
        return float(np.median(found)) if found else np.nan

    @property
    def verdict(self):
        """How far the estimators agree, in words."""
        found = sorted(
            (row for row in self.rows if np.isfinite(row.dimension)), key=lambda row: row.dimension
        )
        silent = len(self.rows) - len(found)
        if not found:
            return "No estimator gives a dimension."
        low, high = found[0], found[-1]
        said = f"{low.name} gives {low.dimension:.1f} dimensions."
        if len(found) > 1:
            said = (
                f"The median of {len(found)} estimators is {self.median:.1f} dimensions, from "
                f"{low.dimension:.1f} ({low.name}) to {high.dimension:.1f} ({high.name})."
            )
        return f"{said} {silent} of {len(self.rows)} give none." if silent else said

    def _rows(self):
        rows = []
        for row in self.rows:
            low, high = row.interval
            rows.append(
                {"name": row.name, "dimension": row.dimension, "standard_error": row.standard_error}
                | {"low": low, "high": high, "seconds": row.seconds, "note": row.note}
            )
        return rows

    def _columns(self):
        return {
            "estimator": ("name", "s"),
            "dimension": ("dimension", ".2f"),
            "error": ("standard_error", ".2f"),
            "95% from": ("low", ".2f"),
            "to": ("high", ".2f"),
            "seconds": ("seconds", ".2f"),
            "": ("note", "s"),
        }

    def _figure(self):
        names, values = [row.name for row in self.rows], [row.dimension for row in self.rows]
        lows, highs = zip(*(row.interval for row in self.rows), strict=True)
        return ranges(names, lows, values, highs, label="dimension by estimator")

    def _above(self):
        return (
            f"{self.n_points:,} points in {self.n_features:,} coordinates; neighbours searched "
            f"once, {self.search_seconds:.2f} s"
        )


def dimension_table(X, estimators=None, *, n_jobs=None, random_state=0):
    """What each estimator of dimension says of one cloud.

    Parameters
    ----------
    X : array-like of shape (n_points, n_features)
        A cloud. With estimators that all have ``metric="precomputed"``, distances.
    estimators : list of estimators of `tda.dimension`, default=None
        They are cloned. None: each one there is, with its defaults.
    n_jobs : int, default=None
        Number of threads of the neighbour search, as in joblib, for estimators that do not say.
    random_state : int, default=0
        For estimators that draw at random and have no seed.

    Returns
    -------
    DimensionTable
        Neighbours are searched once, as many as the one asks for that asks for most, so adding
        an estimator costs its arithmetic only.

    Raises
    ------
    ValueError
        If estimators have different metrics, or `X` is no cloud. An estimator for which there
        are too few points has a row that says so.

    See Also
    --------
    tda.CloudDimension : One column an estimator, for many clouds.

    Notes
    -----
    Estimators differ in what they take for dimension, at which scale they look and how much the
    border of the data lowers them: agreement tells more than any single row.

    Examples
    --------
    >>> from tda.dimension import dimension_table
    >>> from tda.datasets import make_sphere
    >>> from tda.dimension import BID, LocalPCA, TwoNN
    >>> table = dimension_table(make_sphere(1000, random_state=0), [TwoNN(), BID(), LocalPCA()])
    >>> for row in table:
    ...     print(f"{row.name} {row.dimension:.0f}")
    TwoNN 2
    BID 2
    LocalPCA 2
    """
    if estimators is None:
        estimators = [one() for one in _every_estimator()]
    estimators = check_estimators(estimators)
    names = [estimator_name(one) for one in estimators]
    seeded = [_with_defaults(one, n_jobs=n_jobs, random_state=random_state) for one in estimators]
    fitted, seconds, search = fit_together(seeded, X, on_error="keep")
    rows, found = [], {}
    for name, one, spent in zip(names, fitted, seconds, strict=True):
        if isinstance(one, ValueError):
            rows.append(DimensionRow(name, np.nan, np.nan, (np.nan, np.nan), spent, str(one)))
            continue
        found[name] = one
        answer = one.dimension_, one.standard_error_, one.interval_
        rows.append(DimensionRow(name, *answer, spent))
    return DimensionTable(tuple(rows), found, *np.shape(X), search)


def _every_estimator():
    """The estimators that the room names, in its order."""
    from .. import dimension

    things = [getattr(dimension, name) for name in dimension.__all__]
    return [one for one in things if inspect.isclass(one) and issubclass(one, DimensionEstimator)]


def _with_defaults(estimator, **values):
    """A clone with these values for the parameters that it has and that are None."""
    made = clone(estimator)
    have = made.get_params()
    return made.set_params(**{k: v for k, v in values.items() if k in have and have[k] is None})
