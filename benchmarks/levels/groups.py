"""Tests of groups of diagrams: false differences, and what is found of real ones."""

from __future__ import annotations

from functools import partial

import numpy as np

from tda import Diagrams, alpha_diagram, two_sample_test
from tda.distances import frechet_anova, group_test, independence_test

from ._study import Level, Power

FILE = "groups"

#: Quick, and enough for p-values of 1/200.
OPTIONS = {"n_permutations": 199}
METRIC = {"metric": "sliced_wasserstein", **OPTIONS}


def rings(rng, widths, n_points=40, noise=0.15):
    """Loops of noisy rings of these widths, a diagram each."""
    found = []
    for width in widths:
        angles = rng.uniform(0, 2 * np.pi, n_points)
        X = width * np.c_[np.cos(angles), np.sin(angles)]
        found.append(alpha_diagram(X + rng.normal(0, noise, X.shape)))
    return Diagrams(found)


def widths(rng, n):
    """Of the null: log-normal, so that some rings are far wider than others."""
    return np.exp(rng.normal(0, 0.3, n))


def two_samples(sizes, seed, paired=False):
    rng = np.random.default_rng([seed, *sizes])
    w = widths(rng, sum(sizes))
    if paired:  # both of a pair have the same width
        w[sizes[0] :] = w[: sizes[0]]
    X = rings(rng, w)
    A, B = X[: sizes[0]], X[sizes[0] :]
    return two_sample_test(A, B, paired=paired, random_state=seed, **METRIC).p_value


def labels(sizes):
    return np.repeat(np.arange(len(sizes)), sizes)


def groups(sizes, seed, statistic="joint_loss"):
    rng = np.random.default_rng([seed, *sizes])
    X = rings(rng, widths(rng, sum(sizes)))
    return group_test(X, labels(sizes), statistic=statistic, random_state=seed, **METRIC).p_value


def blocks(n, seed):
    """Two blocks that differ in width, and in their share of each group."""
    rng = np.random.default_rng([seed, n])
    block = np.arange(n) % 2
    y = rng.random(n) < np.where(block, 0.7, 0.3)
    y[:4] = [True, True, False, False]
    X = rings(rng, widths(rng, n) * np.where(block, 2, 1))
    return group_test(X, y, blocks=block, random_state=seed, **METRIC).p_value


def frechet(sizes, seed):
    rng = np.random.default_rng([seed, *sizes])
    X = rings(rng, widths(rng, sum(sizes)))
    return frechet_anova(X, labels(sizes), random_state=seed, **METRIC).p_value


def independence(n, seed):
    rng = np.random.default_rng([seed, n])
    X = rings(rng, widths(rng, n))
    return independence_test(X, rng.normal(size=n), random_state=seed, **OPTIONS).p_value


LEVELS = [
    *[
        Level("two_sample_test", "rings of varied width", sum(sizes), partial(two_samples, sizes))
        for sizes in [(5, 5), (10, 10), (5, 15), (30, 30)]
    ],
    Level("two_sample_test", "pairs", 24, partial(two_samples, (12, 12), paired=True)),
    Level("group_test, joint loss", "three groups", 24, partial(groups, (4, 8, 12))),
    Level(
        "group_test, pseudo-F",
        "three groups",
        24,
        partial(groups, (4, 8, 12), statistic="pseudo_f"),
    ),
    Level("group_test", "groups that differ by block", 40, partial(blocks, 40)),
    Level("frechet_anova", "three groups", 30, partial(frechet, (6, 10, 14))),
    Level("independence_test", "rings of varied width", 20, partial(independence, 20)),
    Level("independence_test", "rings of varied width", 60, partial(independence, 60)),
]


def wider(n, test, factor, seed):
    """Two groups of n rings; those of the second are wider by a factor."""
    rng = np.random.default_rng([seed, n])
    X = rings(rng, widths(rng, 2 * n) * np.repeat([1, factor], n))
    if test == "two samples":
        return two_sample_test(X[:n], X[n:], random_state=seed, **METRIC).p_value
    return frechet_anova(X, labels((n, n)), random_state=seed, **METRIC).p_value


def more_varied(test, factor, seed, n=20):
    """Two groups whose widths have the same median, spread by a factor in the second."""
    rng = np.random.default_rng([seed, n])
    X = rings(rng, np.exp(rng.normal(0, 0.15, 2 * n) * np.repeat([1, factor], n)))
    if test == "two samples":
        return two_sample_test(X[:n], X[n:], random_state=seed, **METRIC).p_value
    return frechet_anova(X, labels((n, n)), random_state=seed, **METRIC).p_value


def with_age(n, slope, seed):
    """Widths that grow with a covariate of deviation 1."""
    rng = np.random.default_rng([seed, n])
    age = rng.normal(size=n)
    X = rings(rng, widths(rng, n) * np.exp(slope * age))
    return independence_test(X, age, random_state=seed, **OPTIONS).p_value


POWERS = [
    *[
        Power(
            f"two_sample_test, {n} and {n}",
            "rings, wider by",
            "factor",
            (1.0, 1.15, 1.3, 1.5, 1.75, 2.0),
            partial(wider, n, "two samples"),
        )
        for n in (5, 10, 20)
    ],
    *[
        Power(
            name,
            "20 and 20 rings, widths spread by",
            "factor",
            (1.0, 1.5, 2.0, 3.0, 4.0),
            partial(more_varied, test),
        )
        for name, test in (("two_sample_test", "two samples"), ("frechet_anova", "Fréchet"))
    ],
    *[
        Power(
            f"independence_test, {n}",
            "rings, wider with a covariate",
            "change of the log width for one deviation",
            (0.0, 0.05, 0.1, 0.2, 0.3, 0.5),
            partial(with_age, n),
        )
        for n in (20, 60)
    ],
]
