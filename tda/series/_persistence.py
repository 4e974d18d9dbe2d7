"""Persistence of the values of a series: sublevel and superlevel sets, peaks and prominences."""

from __future__ import annotations

from numbers import Integral
from typing import ClassVar, NamedTuple

import numpy as np
from sklearn.utils._param_validation import StrOptions

from ..diagrams import Diagram, Diagrams
from ..homology import cubical_diagram
from ._check import SeriesTransformer, check_series

__all__ = ["SeriesPeaks", "SeriesPersistence", "series_diagram", "series_peaks"]

DIRECTIONS = ("sublevel", "superlevel")
ENDS = ("open", "wall")


class SeriesPeaks(NamedTuple):
    """What `series_peaks` found, the most prominent peak first.

    Attributes
    ----------
    positions : int ndarray of shape (n_peaks,)
        The step of each peak, of a flat one its middle.
    heights : ndarray of shape (n_peaks,)
    prominences : ndarray of shape (n_peaks,)
        How far one must come down from the peak to reach a higher one.
    """

    positions: np.ndarray
    heights: np.ndarray
    prominences: np.ndarray


def series_diagram(
    x, *, direction="sublevel", ends="open", extended=False, positions=False
) -> Diagram:
    """Persistence diagram of the values of one series.

    Raise a level from below: each minimum starts a component, and where two components meet, at a
    maximum, the one with the higher minimum ends. So each bar pairs a minimum and a maximum.

    Parameters
    ----------
    x : array-like of shape (n_times,)
        One series.
    direction : {"sublevel", "superlevel"}, default="sublevel"
        Whether the level rises and components start at minima ("sublevel"), or it falls and they
        start at peaks ("superlevel"). Superlevel bars run downward: birth above death.
    ends : {"open", "wall"}, default="open"
        What the first and the last value are. With "open" the series stops there, and an end may
        be a minimum or a peak as any other value. With "wall" what lies beyond enters before all
        else, so that ends are neither, and every component ends: bars of superlevel sets are then
        the peaks and their prominences.
    extended : bool, default=False
        Whether the component of the whole series, which never ends, ends at the far end of the
        range of values, as in extended persistence. With walls there is no such component;
        `tda.EssentialPolicy` leaves it out or ends it elsewhere.
    positions : bool, default=False
        Keep the steps at which each bar begins and ends, as ``birth_simplices`` and
        ``death_simplices``; -1 where there is none.

    Returns
    -------
    Diagram
        Of degree 0.

    Raises
    ------
    ValueError
        If the series has gaps (NaN) or infinite values.

    See Also
    --------
    series_peaks : The peaks of a series by prominence.
    tda.cubical_diagram : The same for images.

    Notes
    -----
    The lower-star filtration of a path. Equal neighbours count as one. Takes O(n log n) time.

    Examples
    --------
    >>> from tda import series_diagram
    >>> series_diagram([0, 3, 1, 2])[0]
    array([[ 0., inf],
           [ 1.,  3.]])
    >>> series_diagram([0, 3, 1, 2], direction="superlevel", extended=True)[0]
    array([[2., 1.],
           [3., 0.]])
    """
    for name, value, known in [
        ("direction", direction, DIRECTIONS),
        ("ends", ends, ENDS),
    ]:
        if value not in known:
            raise ValueError(f"{name}={value!r}; it must be one of {known}")
    return _diagram(check_series(x, name="x"), direction, ends, extended, positions)


def _diagram(x, direction, ends, extended, positions):
    """`series_diagram` of a checked series."""
    walls = ends == "wall"
    beyond = -np.inf if direction == "sublevel" else np.inf
    padded = np.concatenate([[beyond], x, [beyond]]) if walls else x
    found = cubical_diagram(
        padded,
        max_dimension=0,
        direction=direction,
        construction="vertices",
        representatives=True,
    )
    births, deaths = found.births, found.deaths
    # Beyond the walls all is one component: what begins there is no bar of the series.
    keep = np.isfinite(births) if walls else np.ones(len(births), dtype=bool)
    if extended:
        deaths = np.where(np.isfinite(deaths), deaths, x.max() if beyond < 0 else x.min())
    places = {}
    if positions:
        for key in ("birth_simplices", "death_simplices"):
            place = np.asarray(getattr(found, key))[keep]
            places[key] = np.where(place >= 0, place - walls, -1)
    return Diagram(
        births[keep],
        deaths[keep],
        found.dims[keep],
        filtration="cubical",
        field=2,
        max_dimension=0,
        **places,
    )


def series_peaks(x, *, n_peaks=None, min_prominence=0.0):
    """The peaks of one series, the most prominent first.

    Parameters
    ----------
    x : array-like of shape (n_times,)
        One series.
    n_peaks : int, default=None
        Only so many; by default all.
    min_prominence : float, default=0.0
        Only those that are more prominent, in the unit of the series.

    Returns
    -------
    SeriesPeaks
        Arrays ``positions``, ``heights`` and ``prominences``.

    Raises
    ------
    ValueError
        If the series has gaps (NaN) or infinite values, or a parameter is negative.

    Notes
    -----
    Positions and prominences are those of `scipy.signal.find_peaks` and `peak_prominences`: the
    bars of the superlevel sets with walls at both ends. Of several peaks of one height between
    which there is none higher, SciPy measures each down to the next higher one, and the bars only
    the last of them; so at ties prominences may be smaller here. All come from one pass, in
    O(n log n) time, where SciPy looks around each peak.

    Examples
    --------
    >>> from tda.series import series_peaks
    >>> peaks = series_peaks([0, 2, 1, 5, 5, 5, 0, 1, 0])
    >>> peaks.positions, peaks.prominences
    (array([4, 1, 7]), array([5., 1., 1.]))
    """
    x = check_series(x, name="x")
    if n_peaks is not None and (not isinstance(n_peaks, Integral) or n_peaks < 0):
        raise ValueError(f"n_peaks={n_peaks!r}; it must be a number of peaks, or None.")
    if not min_prominence >= 0:
        raise ValueError(f"min_prominence={min_prominence!r}; it must be 0 or more.")
    diagram = _diagram(x, "superlevel", "wall", False, True)
    heights = diagram.births
    prominences = heights - diagram.deaths
    at = _middles(x, diagram.birth_simplices[:, 0].astype(np.int64))
    order = np.lexsort((at, -prominences))
    order = order[prominences[order] > min_prominence][:n_peaks]
    return SeriesPeaks(at[order], heights[order], prominences[order])


def _middles(x, at):
    """The middle of the flat stretch that each step lies on, the left one of two."""
    edges = np.flatnonzero(np.diff(x)) + 1
    starts = np.concatenate([[0], edges])
    stops = np.concatenate([edges, [len(x)]])
    run = np.searchsorted(starts, at, side="right") - 1
    return (starts[run] + stops[run] - 1) // 2


class SeriesPersistence(SeriesTransformer):
    """Persistence diagrams of the values of many series (per shape: `X` is a list of series).

    Bars pair minima and maxima: long ones are large swings, short ones noise. They see neither
    when a swing occurs nor how long it takes. For cycles see `TakensEmbedding`.

    Parameters
    ----------
    direction : {"sublevel", "superlevel"}, default="sublevel"
        Whether components start at minima ("sublevel") or at peaks ("superlevel").
    ends : {"open", "wall"}, default="open"
        Whether the first and the last value may be minima or peaks ("open") or not ("wall").
    extended : bool, default=False
        Whether the component of the whole series, which never ends, ends at the far end of the
        range of its values. Otherwise its end is infinite.

    See Also
    --------
    series_diagram : The same for one series; definitions and cost.
    CubicalPersistence : The same for images.

    Notes
    -----
    Series may differ in length. Two series are compared through their bars by
    ``make_pipeline(SeriesPersistence(), DiagramDistance())``: a distance that sees neither shifts
    nor stretches of time.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.pipeline import make_pipeline
    >>> from tda import DiagramDistance, SeriesPersistence
    >>> X = np.array([[0.0, 2, 0, 2, 0], [0, 0, 2, 0, 2], [0, 3, 0, 1, 0]])
    >>> SeriesPersistence().fit_transform(X)
    Diagrams(3 samples, 8 bars, degrees 0 to 0, filtration cubical, field Z/2)
    >>> distances = make_pipeline(SeriesPersistence(), DiagramDistance(metric="bottleneck"))
    >>> distances.fit_transform(X)[0]
    array([0., 1., 1.])
    """

    _result = "diagram"

    _parameter_constraints: ClassVar[dict] = {
        "direction": [StrOptions(set(DIRECTIONS))],
        "ends": [StrOptions(set(ENDS))],
        "extended": ["boolean"],
    }

    def __init__(self, *, direction="sublevel", ends="open", extended=False):
        self.direction = direction
        self.ends = ends
        self.extended = extended

    def _one(self, x, name):
        return _diagram(x, self.direction, self.ends, self.extended, False)

    def transform(self, X):
        """Compute the persistence diagrams.

        Parameters
        ----------
        X : list of series, or array of shape (n_series, n_times)

        Returns
        -------
        Diagrams of shape (n_series,)
        """
        return Diagrams(super().transform(X))
