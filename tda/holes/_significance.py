"""p-values for the bars of one diagram: Monte-Carlo null, Gumbel law, bootstrap."""

from __future__ import annotations

from dataclasses import dataclass, replace
from numbers import Integral, Real

import numpy as np

from .._progress import progress
from ..diagrams import Diagram
from ._correction import CORRECTIONS, correct, single_p_values
from ._null import null_p_values, null_quantile, smallest_size, thinning_groups
from ._scores import GATE, loop_scores
from ._statistics import FLOOR, persistence_ratios

__all__ = [
    "METHODS",
    "SIMULATED",
    "Hole",
    "bootstrap_p_values",
    "by_p_value",
    "corrected",
    "hole_significance",
    "scored",
]

#: Methods that simulate a null of the cloud's own.
SIMULATED = ("density", "red_noise")
METHODS = ("monte_carlo", "gumbel", "bootstrap", *SIMULATED, "jitter")

#: A p-value by the ratio up to this needs no score, and none by the score is below it. So both
#: together err at most by so much more often than either.
SURE = 1e-3
#: So many loops have a score at most, those of the largest ratios.
MOST_SCORED = 50

_EULER = 0.57721566490153286


@dataclass(frozen=True)
class Hole:
    """One hole, or a bar that was tested for being one.

    Attributes
    ----------
    degree : int
        0 for a component, 1 for a loop, 2 for a void.
    birth, death : float
        In the units of the complex: radius for alpha, edge length for Rips.
    ratio : float
        ``death / birth``, the number that is tested; of a hole that never dies the least that is
        known, and of a squared distance such as "cosine" that of the metric.
    p_value : float
        Corrected for all bars of the degree and for the number of degrees tested.
    bar : int or None
        Index into the diagram's arrays; None for a component of the cloud that is no bar of
        the (thinned) diagram.
    """

    degree: int
    birth: float
    death: float
    ratio: float
    p_value: float
    bar: int | None = None


def hole_significance(
    diagram,
    *,
    degree=1,
    n_points=None,
    dimension=None,
    thinning=1.0,
    method="monte_carlo",
    correction="max",
    n_tests=1,
) -> list[Hole]:
    """Test whether each bar of one degree of a Rips or alpha diagram is significant.

    Parameters
    ----------
    diagram : Diagram
        Of the "rips" or "alpha" filtration.
    degree : int, default=1
        1 or 2. (Components are tested on the cloud itself, by `count_holes`.)
    n_points : int, default=None
        Number of distinct points; by default the number of bars of degree 0, which equals it.
    dimension : float, default=None
        Intrinsic dimension of the cloud, for the Monte-Carlo null; by default, and at least,
        ``degree + 1``, where the ratios of noise are largest.
    thinning : float or array-like of shape (n_landmarks,), default=1.0
        How many points each landmark stands for, where the diagram is one of landmarks: they are
        spread more evenly than independent points, so their noise has smaller ratios. With 1 they
        are held to that of independent points, which is careful.
    method : {"monte_carlo", "gumbel"}, default="monte_carlo"
        Compare with the simulated largest ratio of noise, or with the closed form. The closed form
        gives no false positives but also few true ones.
    correction : {"max", "holm", "fdr_bh", None}, default="max"
        For how many bars were tested. "max": the chance that any bar of noise is as strong. "holm":
        the same step by step, so that what was found does not count among the rest [2]_. "fdr_bh":
        of the bars found a share of `level` at most is noise, on average [3]_. None: each bar
        alone.
    n_tests : int, default=1
        Number of degrees tested; p-values are multiplied by it (Bonferroni).

    Returns
    -------
    list of Hole
        Every bar off the diagonal, by largest ratio. One that never dies has ``death = inf``; its
        ratio is that of the diagram's `threshold` to its birth, or of the largest value in the
        diagram: the least that is known, so that its p-value is at most the one that is given.

    Raises
    ------
    ValueError
        For another degree, filtration or method, and for a number of tests below 1, or of
        points below that of the bars of degree 0.

    Notes
    -----
    Monte Carlo: the p-value of a bar is the chance that the *largest* ratio among the bars of
    noise of that size exceeds its own, so it holds for all bars of the degree at once. Beyond 5% it
    is that of a tail fitted to the simulations, down to one in a million. That of one bar alone is
    taken from it as if bars of noise were independent. Gumbel: with ``l = A log log ratio + B``,
    ``B = -0.57722 - A mean(log log ratio)``, A = 1 for Rips and 1/2 for alpha, the p-value is
    ``exp(-exp(l))`` times the number of bars [1]_.

    References
    ----------
    .. [1] O. Bobrowski, P. Skraba, "A universal null-distribution for topological data
       analysis", Scientific Reports 13:12274, 2023.
    .. [2] S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian
       Journal of Statistics 6, 1979.
    .. [3] Y. Benjamini, Y. Hochberg, "Controlling the false discovery rate", Journal of the Royal
       Statistical Society B 57, 1995.

    Examples
    --------
    >>> from tda import alpha_diagram, hole_significance
    >>> from tda.datasets import make_circle
    >>> diagram = alpha_diagram(make_circle(200, noise=0.05, random_state=0))
    >>> loop, *rest = hole_significance(diagram)
    >>> loop.p_value < 0.01, rest[0].p_value < 0.05
    (True, False)
    """
    if not isinstance(diagram, Diagram):
        raise ValueError(
            f"diagram is {type(diagram).__name__}, but one Diagram is tested at a time: pass "
            "dgms[0], or as_diagrams([…])[0] for another library's format."
        )
    check_complex(diagram.filtration)
    if degree not in (1, 2):
        raise ValueError(f"degree={degree!r}, but loops (1) and voids (2) can be tested")
    if method not in ("monte_carlo", "gumbel"):
        raise ValueError(f"method={method!r}; it must be 'monte_carlo' or 'gumbel'")
    if correction not in CORRECTIONS:
        raise ValueError(f"correction={correction!r}; it must be one of {CORRECTIONS}")
    if dimension is not None and not (isinstance(dimension, Real) and dimension > 0):
        raise ValueError(f"dimension={dimension!r}; it must be a positive number")
    for name, value in (("n_points", n_points), ("n_tests", n_tests)):
        whole = isinstance(value, Integral) and not isinstance(value, bool)
        if not (whole and value >= 1) and not (name == "n_points" and value is None):
            raise ValueError(f"{name}={value!r}; it must be an integer from 1 on")
    factors = np.asarray(thinning, dtype=float)
    if not (factors.size and np.isfinite(factors).all() and (factors > 0).all()):
        raise ValueError(f"thinning={thinning!r}; it must be numbers of points above 0")
    least = int(np.sum((diagram.dims == 0) & (diagram.deaths > diagram.births)))
    if n_points is not None and n_points < least:
        raise ValueError(
            f"n_points={n_points}, but the diagram has {least} bars of degree 0, one for each "
            "distinct point: pass the number of points that it was computed from, or None."
        )
    bars, ratios = persistence_ratios(diagram, degree, essential=True)
    if method == "gumbel":
        single = _gumbel(ratios, diagram.filtration)
        # Bonferroni, as in the paper.
        p_values = single * ratios.size if correction == "max" else correct(single, correction)
    else:
        p_values = null_p_values(
            ratios,
            complex=diagram.filtration,
            degree=degree,
            dimension=max(dimension or 0, degree + 1),
            n=int(np.sum(diagram.dims == 0)) if n_points is None else n_points,
            thinning=thinning_groups(factors),
        )
        p_values = corrected(p_values, ratios.size, correction)
    p_values = np.minimum(p_values * n_tests, 1.0)
    return [
        Hole(degree, *map(float, (diagram.births[b], diagram.deaths[b], r, p)), int(b))
        for b, r, p in zip(bars, ratios, p_values, strict=True)
    ]


def check_complex(filtration):
    """Raise ValueError for a filtration if the distribution of its noise is not known."""
    if filtration not in ("rips", "alpha"):
        raise ValueError(
            "significance is known for the rips and alpha filtrations; this diagram's is "
            f"{filtration!r}. For another library's "
            'diagram, set filtration="rips" or "alpha" when converting it.'
        )


def _gumbel(ratios, complex):
    """p-values of single bars by the left-skewed Gumbel law."""
    if not ratios.size:
        return np.zeros(0)
    slope = 1.0 if complex == "rips" else 0.5
    loglog = np.log(np.log(np.maximum(ratios, FLOOR)))
    score = slope * loglog - _EULER - slope * loglog.mean()
    return np.exp(-np.exp(score))


def scored(holes, X, diagram, dimension, n, correction="max", parts=None):
    """Loops with the p-value of their score, where their ratio passes the gate and is not sure.

    Parameters
    ----------
    holes : list of Hole
        All loops of the diagram, as of `hole_significance`.
    X : array of shape (n_points, n_features)
        The points of the diagram.
    dimension : float
    n : int
        The number of points of the null.
    parts : int array of shape (n_points,), default=None
        The component of each point; see `loop_scores`.

    Returns
    -------
    list of Hole, by p-value
    """
    of = {"degree": 1, "dimension": max(dimension, 2), "n": n}
    if n < smallest_size(diagram.filtration, 1):
        return holes
    gate = null_quantile(1 - GATE, complex=diagram.filtration, **of)
    passed = [hole for hole in holes if hole.ratio >= gate and np.isfinite(hole.death)]
    ratios = np.array([hole.ratio for hole in passed])
    unsure = null_p_values(ratios, complex=diagram.filtration, **of) > SURE
    passed = [hole for hole, test in zip(passed, unsure, strict=True) if test][:MOST_SCORED]
    scores = loop_scores(X, diagram, [h.bar for h in passed], [h.ratio for h in passed], parts)
    known = np.isfinite(scores)
    passed, scores = [h for h, one in zip(passed, known, strict=True) if one], scores[known]
    p_values = null_p_values(scores, complex=f"{diagram.filtration} loops", **of)
    p_values = corrected(np.maximum(p_values, SURE), len(holes), correction)
    renewed = {h.bar: replace(h, p_value=float(p)) for h, p in zip(passed, p_values, strict=True)}
    return by_p_value([renewed.get(hole.bar, hole) for hole in holes])


def corrected(p_values, n_bars, correction):
    """p-values against the largest of noise, with another correction of single ones."""
    if correction == "max":
        return p_values
    return correct(single_p_values(p_values, n_bars), correction, n_bars)


def by_p_value(holes):
    return sorted(holes, key=lambda hole: (hole.p_value, -hole.ratio))


def bootstrap_p_values(X, compute, diagram, holes, *, n_resamples, random_state, verbose=False):
    """p-values of `holes` by the distances to diagrams of resampled clouds.

    A bar is noise if a band as wide as the bottleneck distance between the diagram and that of
    a resample covers it down to the diagonal, that is ``lifetime <= 2 * distance`` (Chazal,
    Fasy, Lecci, Michel, Rinaldo, Wasserman, JMLR 18:159, 2018; band of Fasy et al., Ann.
    Statist. 42, 2014). Resampling with replacement leaves out a third of the points, which
    makes the band wide and the test careful.

    Parameters
    ----------
    X : array of shape (n_points, n_features)
    compute : callable
        From indices of points to a Diagram.
    diagram : Diagram
        That of all points.
    holes : list of Hole
        All of one degree.
    """
    from sklearn.utils import check_random_state

    from ..distances import bottleneck_distance

    if not holes:
        return np.zeros(0)
    rng = check_random_state(random_state)
    degree = holes[0].degree
    bars = diagram.finite()[degree]
    distances = []
    for _ in progress(range(n_resamples), label="bootstrap", shown=verbose):
        drawn = np.unique(rng.randint(len(X), size=len(X)))
        distances.append(bottleneck_distance(bars, compute(drawn).finite()[degree]))
    lifetimes = np.array([hole.death - hole.birth for hole in holes])
    covered = 2 * np.array(distances)[:, None] >= lifetimes
    return (1 + covered.sum(axis=0)) / (n_resamples + 1)
