"""p-values for diagrams of any complex, against diagrams of drawn clouds."""

from __future__ import annotations

import numpy as np
from sklearn.utils import check_random_state

from ..._progress import progress
from ..._validation import check_cloud
from ...diagrams import Diagram
from .._correction import CORRECTIONS, correct, single_p_values
from .._significance import Hole, hole_significance
from .._simulated import density_null, red_noise_null, simulated_p_values
from ._cloud import check_integer, cloud_of

__all__ = ["simulated_significance"]

STATISTICS = ("ratio", "lifetime")


def simulated_significance(
    X,
    diagram,
    *,
    null="density",
    degree=1,
    statistic="ratio",
    correction="max",
    n_simulations=99,
    random_state=None,
    verbose=False,
):
    """Test the bars of any diagram of a cloud against those of clouds without its holes.

    For what has no law that is known beforehand: distances to a measure, weights, distances along
    a graph of neighbours or between the layers of a network.

    Parameters
    ----------
    X : array-like of shape (n_points, n_features)
        A cloud.
    diagram : callable (cloud) -> Diagram
        How its diagram is computed, such as `tda.homology.dtm_diagram`, or a function that makes
        distances and takes their Rips diagram.
    null : {"density", "red_noise"} or callable (n_points, random_state) -> cloud, \
            default="density"
        What draws the clouds: the density of `X`, smoothed until it has no hole; paths of an
        autoregression like its rows; or a function of your own.
    degree : int, default=1
        Of the bars, from 1 on.
    statistic : {"ratio", "lifetime"}, default="ratio"
        What of a bar is compared with the largest of each drawn cloud: death over birth, which is
        free of scale and density, or death minus birth. Bars that are not born above 0 have no
        ratio and are left out.
    correction : {"max", "holm", "fdr_bh", None}, default="max"
        As in `hole_significance`.
    n_simulations : int, default=99
        Clouds to draw. From 50 on p-values below those counted are of a fitted tail, down to
        ``1 / (100 * n_simulations)``.
    random_state : int, RandomState or None, default=None
    verbose : bool, default=False

    Returns
    -------
    list of Hole
        The bars of the degree, by largest statistic.

    Raises
    ------
    ValueError
        For another null, statistic or correction, a function that returns no Diagram, or a number
        out of its range.

    Examples
    --------
    >>> from functools import partial
    >>> from tda.homology import dtm_diagram
    >>> from tda.holes import simulated_significance
    >>> from tda.datasets import make_circle
    >>> ring = make_circle(100, noise=0.1, random_state=0).points
    >>> compute = partial(dtm_diagram, mass=0.05, max_dimension=1)
    >>> loop, *rest = simulated_significance(ring, compute, random_state=0)
    >>> loop.p_value < 0.05 < rest[0].p_value
    True
    """
    X = check_cloud(X)
    if not callable(diagram):
        raise ValueError(
            f"diagram is {type(diagram).__name__}; it must be a function that makes the diagram of "
            "a cloud, such as tda.alpha_diagram, since clouds of the null take it too"
        )
    if not (callable(null) or null in ("density", "red_noise")):
        raise ValueError(f"null={null!r}; it must be 'density', 'red_noise' or a function")
    if statistic not in STATISTICS:
        raise ValueError(f"statistic={statistic!r}; it must be one of {STATISTICS}")
    if correction not in CORRECTIONS:
        raise ValueError(f"correction={correction!r}; it must be one of {CORRECTIONS}")
    check_integer("degree", degree)
    check_integer("n_simulations", n_simulations)
    rng = check_random_state(random_state)
    draw = _drawing(X, null, rng)
    own = _checked(diagram(X))
    bars, values = _statistics(own, degree, statistic)
    unit = values.max(initial=0.0)
    tops = np.zeros(n_simulations)
    for i in progress(range(n_simulations), label="null", shown=verbose):
        other = _statistics(_checked(diagram(draw(len(X), rng))), degree, statistic)[1]
        tops[i] = other.max(initial=0.0)
    if statistic == "lifetime" and unit > 0:  # exponential tails are those of the log of 1 + x
        values, tops = np.exp(values / unit), np.exp(tops / unit)
    p_values = simulated_p_values(values, tops)
    if correction != "max":
        p_values = correct(single_p_values(p_values, len(bars)), correction)
    births, deaths = own.births[bars], own.deaths[bars]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = np.where(births > 0, deaths / births, np.inf)
    return [
        Hole(degree, *map(float, (b, d, r, p)), int(bar))
        for b, d, r, p, bar in zip(births, deaths, ratios, p_values, bars, strict=True)
    ]


def _drawing(X, null, rng):
    if callable(null):
        return lambda n, rng: check_cloud(null(n, random_state=rng.randint(2**31 - 1)))
    if null == "red_noise":
        return red_noise_null(X)
    cloud = cloud_of(X)
    degrees = range(1, cloud.max_dimension + 1)

    def least_p_value(drawn):
        found = cloud.diagram(drawn)
        return min(
            (hole.p_value for k in degrees for hole in hole_significance(found, degree=k)),
            default=1.0,
        )

    # In the coordinates that were given, in which the diagram is computed.
    return density_null(X, lambda drawn: least_p_value(_spanned(cloud, X, drawn)), rng)[0]


def _spanned(cloud, X, drawn):
    """A drawn cloud in as many coordinates as the given one spans."""
    if X.shape[1] == cloud.X.shape[1]:
        return drawn
    return cloud_of(drawn, cloud.complex, cloud.max_dimension, least=1).X


def _checked(diagram):
    if not isinstance(diagram, Diagram):
        raise ValueError(
            f"diagram returned {type(diagram).__name__}, but it has to return one Diagram"
        )
    return diagram


def _statistics(diagram, degree, statistic):
    """Bars of a degree that end, and their statistic, the largest first."""
    keep = (diagram.dims == degree) & np.isfinite(diagram.deaths)
    if statistic == "ratio":
        keep &= diagram.births > 0
    bars = np.flatnonzero(keep)
    if statistic == "ratio":
        values = diagram.deaths[bars] / diagram.births[bars]
    else:
        values = np.abs(diagram.deaths[bars] - diagram.births[bars])
    order = np.argsort(-values, kind="stable")
    return bars[order], values[order]
