"""Scores of loops: their ratio, and the number of points around them.

The ratio of a loop hangs on one number, the longest gap on the way around. Where a loop is sampled
at random that gap is much longer than most, while loops of noise are closed by a few points. So of
two loops of one ratio the one of more points is the rarer in noise.
"""

from __future__ import annotations

import warnings

import numpy as np

from ..homology import representative_cycles

__all__ = ["GATE", "loop_scores"]

# The table of the null is simulated for these constants.

#: The power of the number of points. From 0.2 to 0.5 rings of 24 and 50 points and ellipses are
#: found as often within two percent; the higher it is, the more arcs of 300° pass for rings.
SIZE_POWER = 0.2
#: Only loops whose ratio so large a share of noise does not reach have a score. The gate keeps out
#: curves that stay open: an arc of many points has a high score and a low ratio.
GATE = 0.7


def loop_scores(X, diagram, bars, ratios, parts=None):
    """The scores of some loops of a Rips or alpha diagram of a cloud.

    ``ratio * points ** 0.2``, on the shortest closed path around the loop. That and not the cycle
    at birth, which follows a dense rim for a long way. Free of scale, as the ratio is.

    Parameters
    ----------
    X : array of shape (n_points, n_features)
    diagram : Diagram
        With representatives, if it is of a Rips complex.
    bars : array of int
    ratios : array of shape (n_bars,)
    parts : int array of shape (n_points,), default=None
        The component of each point. A loop from one to another has no score, since it is closed by
        the gaps between them, which are no gaps of a sample.

    Returns
    -------
    ndarray of shape (n_bars,)
        NaN where there is none.
    """
    if not len(bars):
        return np.zeros(0)
    with warnings.catch_warnings():  # a path that is not known to be the shortest is a path
        warnings.simplefilter("ignore", UserWarning)
        cycles = representative_cycles(X, diagram, bars=bars, how="tight")
    paths = [cycles[bar] for bar in np.asarray(bars).tolist()]
    scores = np.asarray(ratios) * np.array([len(path) for path in paths]) ** SIZE_POWER
    if parts is not None:
        scores[[np.ptp(parts[path]) > 0 for path in paths]] = np.nan
    return scores
