"""Scores of loops: their ratio, and what the cycle around them says.

The ratio of a loop hangs on one number, the longest gap on the way around. Where a loop is sampled
at random that gap is much longer than most, while loops of noise are closed by a few gaps of about
one length. So of two loops of one ratio the one of more points, and of shorter gaps, is the rarer
in noise.
"""

from __future__ import annotations

import numpy as np

from ..homology import representative_cycles

__all__ = ["GATE", "loop_scores"]

# The table of the null is simulated for these constants.

#: Powers of the longest gap over the mean one, and of the number of points. From 0.25 to 0.5 of the
#: one and from 0 to 0.5 of the other the power against rings of 24 and 50 points and ellipses stays
#: within a few percent; the more of the first, the more arcs of 300° pass for rings.
GAP_POWER, SIZE_POWER = 0.25, 0.2
#: Only loops whose ratio so large a share of noise does not reach have a score. The gate keeps out
#: curves that stay open: an arc of many points has a high score and a low ratio.
GATE = 0.7


def loop_scores(X, diagram, bars, ratios):
    """The scores of some loops of a Rips or alpha diagram of a cloud.

    ``ratio * (longest gap / mean gap) ** 0.25 * points ** 0.2``, on the shortest cycle that is
    born with the loop. Free of scale, as the ratio is.

    Parameters
    ----------
    X : array of shape (n_points, n_features)
    diagram : Diagram
        With representatives, if it is of a Rips complex.
    bars : array of int
    ratios : array of shape (n_bars,)

    Returns
    -------
    ndarray of shape (n_bars,)
    """
    if not len(bars):
        return np.zeros(0)
    cycles = representative_cycles(X, diagram, bars=bars, how="birth")
    longest = diagram.births * (2.0 if diagram.filtration == "alpha" else 1.0)
    scores = np.array(ratios, dtype=float)
    for place, bar in enumerate(np.asarray(bars).tolist()):
        around = X[cycles[bar]]
        mean = np.linalg.norm(around - np.roll(around, 1, axis=0), axis=1).mean()
        if mean > 0:
            scores[place] *= (longest[bar] / mean) ** GAP_POWER * len(around) ** SIZE_POWER
    return scores
