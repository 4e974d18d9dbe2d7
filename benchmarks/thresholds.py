"""How answers depend on the constants that steer them: each halved and doubled, on fixed clouds.

    python benchmarks/thresholds.py                      # a few minutes of one core
    python benchmarks/thresholds.py --only embedding     # one of the groups
    python benchmarks/thresholds.py --constants SPAN FLAT

A constant near 1 is moved by its distance to 1, so that 0.95 becomes 0.975 and 0.9; the logarithm
of a ratio is halved and doubled. Prints Markdown: for each constant how many answers are right as
it is, halved and doubled, of those whose truth is known, and how many answers change at all.

Of a dimension the answer is the whole number, whether there is a plateau, noise, groups or ties,
and whether the interval holds the truth; it is right if the number is.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from contextlib import contextmanager
from importlib import import_module
from typing import Any, NamedTuple

import numpy as np
from make_dimension_table import SHAPES
from tqdm import tqdm

import tda
from tda import datasets

#: Groups of constants that one set of cases is sensitive to: the module of each, and its names.
CONSTANTS = {
    "dimension": {
        "dimension._plateau": "SPAN FLAT STEEPEST AGREE CHOSEN NOISY NOISY_IF_ARRIVED ROUNDING "
        "STEADY TIED",
        "dimension._groups": "LEAST_SHARE APART FACTOR VALLEY LEAST_POINTS",
        "dimension._ties": "TIED_SHARE ROUNDING WIDEST_SHELL SAME_SHELL SHELL_ERROR",
        "dimension._calibration": "SPREAD_SLACK FEW",
        "dimension._base": "STRAY",
    },
    "concentration": {"dimension._concentration": "CONCENTRATED HUBBY N_OCCURRENCES"},
    "embedding": {
        "embedding._fidelity": "LEAST_SCORE LEAST_RECALL MOST_MOVED",
        "embedding._neighbor_scores": "FAR_TIMES FAR_SHARE MOST_FAR",
        "_halves": "SIZE_QUANTILE OWN_SPREAD_QUANTILE",
    },
    "circles": {"embedding._circular": "SCALE WIDER"},
    "bias": {"embedding._inductive_bias": "LEAST_RATIO"},
    "holes": {
        "holes._pieces": "LEAST_SIZE",
        "holes._statistics": "FLOOR",
        "holes._correction": "COMPONENT_SHARE",
        "holes._data_notes": "MOST_OF_ALL ALIKE FOLLOWS LEAST_PIXELS",
    },
    "curvature": {
        "manifold._local_fit": "RIDGE N_TURNS",
        "manifold._curvature": "N_JUDGES GROWTH",
    },
    "training": {
        "networks.layers._history": "LEAST_FALL_OF_DISTANCE LEAST_SHARE_OF_FALL "
        "LEAST_SHARE_OF_LOSS PATIENCE",
    },
}

#: Ratios that are at least 1.
RATIOS = frozenset(["STEADY", "FACTOR", "WIDER", "GROWTH"])
#: Clouds of each of the four shapes and dimensions.
N_SEEDS = 3


class Case(NamedTuple):
    """One question: `ask` gives the answer, and `is_right` judges it where the truth is known."""

    name: str
    ask: Any
    is_right: Any = None


class Row(NamedTuple):
    """One constant. Each of the tuples is: as it is, halved, doubled."""

    constant: str
    values: tuple
    right: tuple
    changed: tuple
    n_known: int
    n_cases: int


def moved(value, factor, *, is_ratio=False):
    """A constant times a factor; its distance to 1 where it is near 1, its logarithm if a ratio."""
    if is_ratio:
        return value**factor
    if value != 1 and 0.9 <= value <= 1.1:
        return 1 + (value - 1) * factor
    return max(round(value * factor), 1) if isinstance(value, int) else value * factor


@contextmanager
def constant_set(module, name, value):
    """The constant of a module at another value, in all modules that import it too."""
    old = getattr(import_module(module), name)
    holders = [
        m
        for key, m in list(sys.modules.items())
        if key.startswith("tda.") and vars(m).get(name) is old
    ]
    for holder in holders:
        setattr(holder, name, value)
    try:
        yield
    finally:
        for holder in holders:
            setattr(holder, name, old)


def dimension_cases():
    def ask(X, truth=np.nan):
        found = tda.intrinsic_dimension(X)
        flags = found.plateau is None, found.noise > 0, len(found.groups), found.tied_below > 0
        return found.rounded, *flags, found.interval[0] <= truth <= found.interval[1]

    rng = np.random.default_rng(0)
    clouds = {
        f"{shape}, {d}, {seed}": (make(300, d, rng), d)
        for shape, make in SHAPES.items()
        for d in (1, 2, 5, 10)
        for seed in range(N_SEEDS)
    }
    clouds |= {f"12 of a cube, {d}": (rng.random((12, d)), d) for d in (1, 2)}
    roll = datasets.make_swiss_roll
    clouds["swiss roll"] = roll(1000, random_state=0).points, 2
    clouds["swiss roll under noise in 20 dimensions"] = (
        roll(1000, noise=0.3, ambient_dimension=20, random_state=0).points,
        2,
    )
    for noise in (0.01, 0.03):
        circle = datasets.make_circle(1000, noise=noise, ambient_dimension=10, random_state=0)
        clouds[f"circle under noise {noise} in 10 dimensions"] = circle.points, 1
    clouds["uneven plane"] = np.exp(rng.normal(size=(500, 2))), 2
    clouds["torus"] = datasets.make_torus(500, random_state=0).points, 2
    clouds["whole numbers"] = rng.normal(scale=20, size=(600, 3)).round(), 3
    clouds["coarse whole numbers"] = rng.normal(scale=5, size=(600, 2)).round(), 2
    clouds["cube in tenths"] = rng.random((400, 4)).round(1), 4
    clouds["strays"] = np.vstack([rng.random((300, 2)), 1e3 * rng.random((4, 2))]), 2
    cases = [
        Case(name, lambda X=X, d=d: ask(X, d), lambda answer, d=d: answer[0] == d)
        for name, (X, d) in clouds.items()
    ]
    for few, d in [(300, 1), (60, 1), (60, 2), (100, 3)]:
        flat = np.column_stack([3 * rng.random((few, d)), np.zeros((few, 6 - d))])
        both = np.vstack([flat, rng.random((300, 6)) + 5])
        name = f"{few} points of {d} dimensions and 300 of 6"
        cases.append(Case(name, lambda X=both: ask(X), lambda answer: answer[3] == 2))
    lattice = np.stack(np.meshgrid(*[np.arange(20.0)] * 2), -1).reshape(-1, 2)
    shaken = lattice + 1e-3 * rng.normal(size=lattice.shape)
    return [*cases, *(Case("lattice", lambda X=X: ask(X)) for X in (lattice, shaken))]


def concentration_cases():
    def ask(d):
        X = np.random.default_rng(d).normal(size=(300, d))
        found = tda.concentration_report(X, n_simulations=19)
        return bool(found.is_concentrated), bool(found.has_hubs)

    return [
        Case(f"normal, {d}", lambda d=d: ask(d), lambda answer, d=d: answer[0] == (d >= 20))
        for d in (1, 2, 3, 5, 20, 50, 200)
    ]


def embedding_cases():
    def ask(X, Z):
        found = tda.embedding_report(X, Z, n_neighbors=10, n_resamples=5, n_landmarks=100)
        beyond = tuple(change.is_beyond for change in found.changes)
        faults = found.glues, found.tears, tuple(found.lost), tuple(found.made)
        return faults, found.keeps_neighbors, beyond

    rng = np.random.default_rng(0)
    circle = datasets.make_circle(200, random_state=0).points
    roll = datasets.make_swiss_roll(300, random_state=0).points
    flat = np.column_stack([rng.random(300), rng.random(300)])
    sphere = datasets.make_sphere(200, random_state=0).points
    angle = np.arctan2(circle[:, 1], circle[:, 0])
    pairs = {
        "circle as it is": (circle, 2 * circle, True),
        "circle with a little noise": (circle, circle + rng.normal(0, 0.02, circle.shape), True),
        "circle cut open": (circle, angle[:, None], False),
        "circle pressed flat": (circle, circle[:, :1], False),
        "plane, sheared": (flat, flat @ [[1, 0.3], [0, 1]], True),
        "plane, shuffled": (flat, flat[::-1], False),
        "swiss roll seen from above": (roll, roll[:, [0, 1]], None),
        "sphere pressed flat": (sphere, sphere[:, :2], False),
    }

    def right(answer, is_kept):
        glues, tears, lost, made = answer[0]
        return is_kept == (not (glues or tears or any(lost) or any(made)))

    return [
        Case(
            name,
            lambda X=X, Z=Z: ask(X, Z),
            None if kept is None else lambda answer, kept=kept: right(answer, kept),
        )
        for name, (X, Z, kept) in pairs.items()
    ]


def circle_cases():
    from tda.embedding import CircularCoordinates, circular_correlation

    def ask(n, noise, n_landmarks):
        X = datasets.make_circle(n, noise=noise, random_state=0).points
        angles = CircularCoordinates(n_landmarks=n_landmarks).fit_transform(X)
        true = np.arctan2(X[:, 1], X[:, 0])
        return abs(circular_correlation(angles[:, 0], true)) > 0.98

    return [
        Case(f"circle of {n}, noise {noise}", lambda a=(n, noise, m): ask(*a), bool)
        for n, noise, m in [(60, 0.0, 60), (200, 0.05, 60), (200, 0.1, 100), (300, 0.15, 100)]
    ]


def bias_cases():
    from tda.embedding._inductive_bias import AMBIENT, inductive_bias_report

    def ask(X, y):
        found = inductive_bias_report(X, y, methods=(), n_labels=20, cv=3, n_repeats=1)
        return tuple(row.name for row in found.rows if row.name != AMBIENT)

    circle = datasets.make_circle(200, noise=0.02, random_state=0).points
    disk = datasets.make_disk(200, random_state=0).points
    return [
        Case("circle", lambda: ask(circle, circle[:, 0] > 0), lambda names: "loops" in names),
        Case("disk", lambda: ask(disk, disk[:, 0] > 0), lambda names: "loops" not in names),
    ]


def hole_cases():
    from scipy.spatial.distance import pdist, squareform

    from tda.holes._data_notes import data_notes

    rng = np.random.default_rng(0)
    annulus = datasets.make_annulus(150, random_state=0).points
    disk = datasets.make_disk(150, random_state=0).points
    D = squareform(pdist(np.vstack([annulus, disk + 20, 40 + rng.random((7, 2))])))
    D[D > 10] = np.inf
    lattice = np.stack(np.meshgrid(*[np.arange(12.0)] * 2), -1).reshape(-1, 2)
    grey = np.add.outer(np.sin(np.arange(40) / 6), np.cos(np.arange(30) / 5))
    small = np.add.outer(np.sin(np.arange(10) / 2), np.cos(np.arange(6) / 2))
    unequal = rng.normal(size=(200, 3)) * [1000, 1, 1]
    counts = {"annulus": (annulus, (1, 1)), "disk": (disk, (1, 0)), "lattice": (lattice, (1, 0))}
    notes = {
        "picture": (grey, 1),
        "small table": (small, 0),
        "one large column": (unequal, 1),
        "normal": (rng.normal(size=(200, 20)), 0),
        "columns of like size": (rng.normal(size=(200, 3)) * [4, 2, 1], 0),
        "random walk": (np.cumsum(rng.normal(size=(200, 3)), axis=0), 0),
    }
    cases = [
        Case(name, lambda X=X: tda.count_holes(X, max_dimension=1).betti, lambda b, t=t: b == t)
        for name, (X, t) in counts.items()
    ]
    cases.append(
        Case("pieces", lambda: tda.count_holes(D, metric="precomputed").betti, (3, 1).__eq__)
    )
    return cases + [
        Case(name, lambda X=X: len(data_notes(X)), lambda n, t=t: n == t)
        for name, (X, t) in notes.items()
    ]


def curvature_cases():
    from tda.manifold import gaussian_curvature

    sphere = datasets.make_sphere(400, radius=2.0, random_state=0).points
    noise = 0.02 * np.random.default_rng(0).normal(size=sphere.shape)
    flat = np.column_stack([np.random.default_rng(1).random((400, 2)), np.zeros(400)])

    def ask(X, truth):
        return abs(np.median(gaussian_curvature(X)) - truth) < 0.02

    return [
        Case(name, lambda a=a: ask(*a), bool)
        for name, a in {
            "sphere": (sphere, 0.25),
            "sphere under noise": (sphere + noise, 0.25),
            "plane": (flat, 0.0),
        }.items()
    ]


def training_cases():
    from tda.networks import find_stall

    t = np.arange(40)
    rng = np.random.default_rng(0)
    wobble = 1 + 0.03 * rng.normal(size=40)
    falling = np.exp(-t / 8)
    curves = {
        "both fall": (falling, falling + 0.02, False),
        "both fall, noisy": (falling * wobble, falling * wobble[::-1] + 0.02, False),
        "holes stand from the start": (falling, np.ones(40) * wobble, True),
        "holes stop half way": (falling, np.maximum(falling, 0.5) * wobble, True),
        "holes come late": (falling, np.where(t < 25, 1.0, 0.05), False),
        "neither falls": (1 - 1e-3 * t, np.ones(40), False),
        "loss creeps down": (0.3 + 0.7 * np.exp(-t / 3), 0.05 + falling, False),
    }
    return [
        Case(
            name,
            lambda a=(losses, distances): find_stall(*a, floor=0.1) is not None,
            lambda answer, truth=truth: answer == truth,
        )
        for name, (losses, distances, truth) in curves.items()
    ]


CASES = {
    "dimension": dimension_cases,
    "concentration": concentration_cases,
    "embedding": embedding_cases,
    "circles": circle_cases,
    "bias": bias_cases,
    "holes": hole_cases,
    "curvature": curvature_cases,
    "training": training_cases,
}


def answers(cases):
    """What is said of every case; an error is an answer too."""
    found = []
    for case in cases:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                found.append(case.ask())
            except (ValueError, np.linalg.LinAlgError) as error:
                found.append(type(error).__name__)
    return found


def n_right(cases, found):
    known = [(c, a) for c, a in zip(cases, found, strict=True) if c.is_right is not None]
    return sum(not isinstance(a, str) and bool(c.is_right(a)) for c, a in known)


def study(groups=tuple(CONSTANTS), constants=None):
    """A `Row` for each constant of the groups, or of those that are named."""
    rows = []
    for group in groups:
        asked = [
            (f"tda.{module}", name)
            for module, names in CONSTANTS[group].items()
            for name in names.split()
            if constants is None or name in constants
        ]
        if not asked:
            continue
        cases = CASES[group]()
        first = answers(cases)
        n_known = sum(case.is_right is not None for case in cases)
        for module, name in tqdm(asked, desc=group, leave=False):
            value = getattr(import_module(module), name)
            values, right, changed = [value], [n_right(cases, first)], [0]
            for factor in (0.5, 2):
                values.append(moved(value, factor, is_ratio=name in RATIOS))
                with constant_set(module, name, values[-1]):
                    found = answers(cases)
                right.append(n_right(cases, found))
                changed.append(sum(a != b for a, b in zip(first, found, strict=True)))
            where = f"{module.removeprefix('tda.')}.{name}"
            rows.append(
                Row(where, tuple(values), tuple(right), tuple(changed), n_known, len(cases))
            )
    return rows


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=list(CONSTANTS), default=list(CONSTANTS))
    parser.add_argument("--constants", nargs="+", help="names of constants; by default all")
    options = parser.parse_args(argv)
    rows = study(options.only, options.constants)
    print("| constant | value | right | halved: right, changed | doubled: right, changed |")
    print("| --- | --- | --- | --- | --- |")
    for row in rows:
        value, less, more = row.values
        print(
            f"| {row.constant} | {value:.7g} | {row.right[0]} of {row.n_known} "
            f"| {less:.7g}: {row.right[1]}, {row.changed[1]} of {row.n_cases} "
            f"| {more:.7g}: {row.right[2]}, {row.changed[2]} of {row.n_cases} |"
        )
    return rows


if __name__ == "__main__":
    main()
