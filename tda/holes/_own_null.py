"""`count_holes` against clouds drawn like the one that is counted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .._points import distinct_points
from .._progress import progress
from ._significance import corrected
from ._simulated import density_null, red_noise_null, simulated_p_values
from ._statistics import component_bars, persistence_ratios

__all__ = ["against_own_null"]


def against_own_null(
    tested, X, series, *, compute, test, correction, n_resamples, rng, verbose=False
):
    """Holes with p-values against drawn clouds, and a note on these.

    Parameters
    ----------
    tested : dict of int to list of Hole
        By degree, the strongest first.
    X : array of shape (n_points, n_features)
        The points of the complex.
    series : array of shape (n_rows, n_features), or None
        All rows in the order of time: they are drawn as "red_noise". None: as "density".
    compute : callable (cloud) -> Diagram
    test : callable (diagram, degree=) -> list of Hole
        Against the null that ships.
    correction, n_resamples, rng, verbose
        As in `count_holes`.
    """
    degrees = [k for k in tested if k]
    if len(X) < 3:
        return tested, "fewer than 3 points have no null of their own."
    if series is None:

        def least_p_value(cloud):
            diagram = compute(distinct_points(cloud).X)
            return min((h.p_value for k in degrees for h in test(diagram, degree=k)), default=1.0)

        n, name = len(X), "density"
        draw, k = density_null(X, least_p_value, rng)
        note = (
            f"the null is {n_resamples} clouds in which each point moved as its {k:,} nearest "
            "neighbours spread, the fewest that leave no hole."
        )
    else:
        n, name, degrees = len(series), "red noise", list(tested)
        draw = red_noise_null(series)
        note = (
            f"the null is {n_resamples} paths of an autoregression of order 1, like that of the "
            "rows in their order."
        )
    tops = {k: np.ones(n_resamples) for k in degrees}
    for i in progress(range(n_resamples), label=name, shown=verbose):
        cloud = distinct_points(draw(n, rng)).X
        diagram = compute(cloud) if max(degrees, default=0) else None
        for k in degrees:
            tops[k][i] = max(_ratios(cloud, diagram, k)[:1], default=1.0)
    renewed = dict(tested)
    for k in degrees:
        p_values = simulated_p_values([hole.ratio for hole in tested[k]], tops[k])
        p_values = corrected(p_values, len(tested[k]), correction)
        renewed[k] = [
            replace(hole, p_value=float(p)) for hole, p in zip(tested[k], p_values, strict=True)
        ]
    return renewed, note


def _ratios(cloud, diagram, degree):
    if degree:
        return persistence_ratios(diagram, degree)[1]
    births, deaths, _ = component_bars(cloud)
    return deaths / births
