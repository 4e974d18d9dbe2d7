"""`count_holes`: false holes in noise, and loops found against noise and points."""

from __future__ import annotations

from functools import partial

import numpy as np

from tda import count_holes, datasets

from ._study import Level, Power

FILE = "holes"


def least_p_value(X, **options):
    """The p-value that a count decides by: that of the strongest hole of any degree."""
    return min((hole.p_value for hole in count_holes(X, **options).candidates), default=1.0)


def cube(n, dimension, seed):
    return np.random.default_rng(seed).random((n, dimension))


def gaussian(n, dimension, seed):
    return np.random.default_rng(seed).standard_normal((n, dimension))


def strip(n, seed):
    """As long as ten times its width."""
    return np.random.default_rng(seed).random((n, 2)) * [10, 1]


def log_normal(n, seed):
    return np.exp(np.random.default_rng(seed).standard_normal((n, 2)))


def two_variances(n, seed):
    """Half of the points spread five times as wide as the others."""
    rng = np.random.default_rng(seed)
    return rng.standard_normal((n, 2)) * np.where(rng.random(n) < 0.5, 1, 5)[:, None]


def arc(n, seed):
    """Three quarters of a noisy circle: a curve that stays open."""
    rng = np.random.default_rng(seed)
    angles = rng.uniform(0, 1.5 * np.pi, n)
    return np.c_[np.cos(angles), np.sin(angles)] + rng.normal(0, 0.05, (n, 2))


def ellipse(n, noise, seed):
    """Axes of 5 and 1, even in the angle, so that the long sides are sparse."""
    rng = np.random.default_rng(seed)
    angles = rng.uniform(0, 2 * np.pi, n)
    return np.c_[5 * np.cos(angles), np.sin(angles)] + rng.normal(0, noise, (n, 2))


def ring(n, noise, seed):
    return datasets.make_circle(n, noise=noise, random_state=seed).points


def of_seed(make, n, *options, **asked):
    return lambda seed: least_p_value(make(n, *options, seed), **asked)


LEVELS = [
    Level("count_holes", name, n, of_seed(make, n, *options), seeds)
    for name, make, options, sizes in [
        ("square", cube, (2,), (24, 50, 100, 300, 1000)),
        ("cube", cube, (3,), (50, 100, 300, 1000)),
        ("Gaussian, plane", gaussian, (2,), (50, 300, 1000)),
        ("Gaussian, space", gaussian, (3,), (100, 300)),
        ("strip 10:1", strip, (), (50, 300, 1000)),
        ("log-normal", log_normal, (), (100, 300)),
        ("two variances", two_variances, (), (100, 300)),
        ("arc of 270°", arc, (), (24, 50, 300)),
        ("cube in R⁵ (Rips)", cube, (5,), (100, 300)),
        ("Gaussian in R⁸ (Rips)", gaussian, (8,), (100, 300)),
    ]
    for n in sizes
    for seeds in [1000 if n < 1000 else 400]
]


def _loop(make, n, noise, seed):
    return least_p_value(make(n, noise, seed))


def _with_points(make, noise, n, seed):
    return least_p_value(make(int(n), noise, seed))


POWERS = [
    *[
        Power(
            f"{n} points",
            f"{name}, by noise",
            "standard deviation of the noise",
            values,
            partial(_loop, make, n),
        )
        for name, make, sizes, values in [
            ("ring", ring, (24, 50, 100, 300), (0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4)),
            ("ellipse 5:1", ellipse, (100, 300, 1000), (0.05, 0.1, 0.15, 0.2, 0.3)),
        ]
        for n in sizes
    ],
    *[
        Power(
            f"noise {noise:g}",
            "ring, by points",
            "points",
            (10, 14, 19, 24, 36, 50, 80, 120),
            partial(_with_points, ring, noise),
        )
        for noise in (0.0, 0.1, 0.2)
    ],
]
