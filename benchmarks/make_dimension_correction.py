"""Simulate clouds of many kinds and learn how far the calibrated dimension is off; write the table.

    python benchmarks/make_dimension_correction.py             # five minutes of one core
    python benchmarks/make_dimension_correction.py --clouds 300 --out out/table.json

Kinds are laws (of what coordinates are drawn) times maps (how they are bent into space). None is
one of the 24 manifolds of scikit-dimension. Each law, and each map, is held out in turn, in four
groups: the error is printed for clouds of kinds that the fit has not seen, and so is the share of
intervals that hold the truth, whose width is set by these held-out errors. The table that ships is
fitted to all.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from tqdm import tqdm

from tda._neighbors import neighbor_graph
from tda.dimension._calibration import calibrate
from tda.dimension._correction import TABLE_PATH, error_terms, kernel
from tda.dimension._intrinsic import _summary
from tda.dimension._plateau import find_plateau
from tda.dimension._scales import NEAR, far_distances, scale_statistics
from tda.dimension._surroundings import NAMES, surroundings

# -- kinds of clouds ------------------------------------------------------------------------------


def sphere(n, d, rng):
    X = rng.normal(size=(n, d + 1))
    return X / np.linalg.norm(X, axis=1, keepdims=True)


def ball(n, d, rng):
    return sphere(n, d - 1, rng) * rng.random((n, 1)) ** (1 / d)


def central(n, d, rng):
    """Of a density that rises to the middle."""
    return sphere(n, d - 1, rng) * rng.random((n, 1)) ** (rng.uniform(1.1, 2.0) / d)


def shell(n, d, rng):
    return sphere(n, d - 1, rng) * (rng.uniform(0.3, 0.8) + rng.random((n, 1)))


def cube(n, d, rng):
    return 2 * rng.random((n, d)) - 1


def gaussian(n, d, rng):
    return rng.normal(size=(n, d))


def gamma(n, d, rng):
    return rng.gamma(rng.uniform(0.6, 3), size=(n, d))


def laplace(n, d, rng):
    return rng.laplace(size=(n, d))


def student(n, d, rng):
    return rng.normal(size=(n, d)) / np.sqrt(rng.chisquare(6, size=(n, 1)) / 6)


def lognormal(n, d, rng):
    return np.exp(rng.uniform(0.3, 0.8) * rng.normal(size=(n, d)))


def clusters(n, d, rng):
    m = rng.integers(2, 6)
    middles, spreads = rng.uniform(1, 4) * rng.normal(size=(m, d)), rng.uniform(0.5, 1.5, m)
    of = rng.integers(m, size=n)
    return middles[of] + spreads[of, None] * rng.normal(size=(n, d))


def two_peaks(n, d, rng):
    sides = rng.choice([-1, 1], size=(n, d)) * (rng.random(d) < 0.5)
    return rng.normal(size=(n, d)) + rng.uniform(1.5, 3) * sides


def simplex(n, d, rng):
    X = rng.exponential(size=(n, d + 1))
    return X / X.sum(axis=1, keepdims=True)


def flow(n, d, rng):
    """Coordinates stirred by a random smooth flow."""
    X = gaussian(n, d, rng) if rng.random() < 0.5 else cube(n, d, rng)
    for _ in range(2):
        A, B = rng.normal(size=(2, d, d)) / np.sqrt(d)
        X = X + rng.uniform(0.3, 1.0) * np.tanh(1.5 * X @ A + rng.normal(size=d)) @ B
    return X


def torus(n, d, rng):
    t, radii = rng.uniform(0, 2 * np.pi, (n, d)), np.exp(rng.uniform(-0.4, 0.4, d))
    return np.hstack([radii * np.cos(t), radii * np.sin(t)])


def spheres(n, d, rng):
    """A product of spheres."""
    parts = []
    while d > 0:
        k = int(rng.integers(1, min(d, 5) + 1))
        parts.append(sphere(n, k, rng) * np.exp(rng.uniform(-0.3, 0.3)))
        d -= k
    return np.hstack(parts)


def rounded_cross(n, d, rng):
    """The unit sphere of a norm between the first and the sixth power."""
    X = rng.gamma(1.0, size=(n, d + 1)) ** (1 / rng.uniform(1, 6)) * rng.choice([-1, 1], (n, d + 1))
    return X / (np.abs(X) ** 4).sum(axis=1, keepdims=True) ** 0.25


def rotations(n, d, rng):
    """Of d / 3 bodies in space."""
    parts = []
    for _ in range(d // 3):
        a, b, c, e = sphere(n, 3, rng).T
        rows = [
            [a * a + b * b - c * c - e * e, 2 * (b * c - a * e), 2 * (b * e + a * c)],
            [2 * (b * c + a * e), a * a - b * b + c * c - e * e, 2 * (c * e - a * b)],
            [2 * (b * e - a * c), 2 * (c * e + a * b), a * a - b * b - c * c + e * e],
        ]
        parts += [entry for row in rows for entry in row]
    return np.column_stack(parts)


LAWS = (
    ball, sphere, cube, gaussian, gamma, laplace, student, lognormal, clusters, two_peaks, simplex,
    flow, torus, spheres, rounded_cross, rotations, central, shell,
)  # fmt: skip


def as_it_is(X, rng):
    return X


def linear(X, rng):
    m = X.shape[1] + int(rng.integers(0, X.shape[1] + 3))
    return X @ rng.normal(size=(X.shape[1], m)) / np.sqrt(m)


def stretched(X, rng):
    return X * np.exp(rng.uniform(-0.7, 0.7, X.shape[1]))


def standard(X):
    return (X - X.mean(axis=0)) / X.std()


def quadratic(X, rng):
    """A graph of random quadratic functions."""
    Z, p = standard(X), X.shape[1]
    forms = rng.normal(size=(int(rng.integers(1, min(p, 12) + 2)), p, p)) / p
    bent = np.stack([((Z @ form) * Z).sum(axis=1) for form in forms], axis=1)
    return np.hstack([Z, rng.uniform(0.1, 0.6) * bent])


def waves(X, rng):
    """Cosines and sines of random directions."""
    p = X.shape[1]
    m = int(np.ceil(p * rng.uniform(1.5, 4))) + 2
    phases = standard(X) @ rng.normal(size=(p, m)) / np.sqrt(p) * rng.uniform(0.25, 1.2)
    return np.hstack([np.cos(phases), np.sin(phases)])


def network(X, rng):
    Z, m = standard(X), 3 * X.shape[1] + 2
    for _ in range(int(rng.integers(1, 3))):
        weights = rng.normal(size=(Z.shape[1], m)) / np.sqrt(Z.shape[1])
        Z = np.tanh(rng.uniform(0.7, 1.5) * Z @ weights + 0.5 * rng.normal(size=m))
    return Z @ rng.normal(size=(m, m)) / np.sqrt(m)


def on_a_sphere(X, rng):
    """By stereographic projection."""
    Z = standard(X) / np.sqrt(X.shape[1]) * rng.uniform(0.7, 1.6)
    w = 1 / (1 + (Z**2).sum(axis=1, keepdims=True))
    return np.hstack([2 * Z * w, 1 - 2 * w])


def twisted(X, rng):
    """Every coordinate goes round, at an angle that another one drives."""
    Z = standard(X)
    angle = rng.uniform(0.3, 1.3) * Z[:, rng.permutation(X.shape[1])] + 0.3 * Z
    radius = 1.5 + 0.5 * np.tanh(Z)
    return np.hstack([radius * np.cos(angle), radius * np.sin(angle), 0.5 * Z])


MAPS = (as_it_is, linear, stretched, quadratic, waves, network, on_a_sphere, twisted)

#: Groups that are held out together.
N_GROUPS = 4
#: Clouds off by more are no use: their bends are finer than the points are dense.
HOPELESS = 0.5
#: The largest correction.
MOST = 0.45
N_CENTRES, WIDTH, RIDGE, OUTLIER = 400, 5.5, 0.1, 0.05


def make(seed):
    """A cloud, its dimension, and the indices of its law and map."""
    rng = np.random.default_rng([20_260_310, seed])
    law, bend = int(rng.integers(len(LAWS))), int(rng.integers(len(MAPS)))
    n = int(np.exp(rng.uniform(np.log(100), np.log(6_000))))
    d = round(float(np.exp(rng.uniform(0, np.log(40)))))
    if LAWS[law] is rotations:
        d = 3 * max(d // 3, 1)
    return MAPS[bend](LAWS[law](n, d, rng), rng), d, law, bend


def before_correction(X):
    """The calibrated logarithm of the dimension, and the numbers of the surroundings."""
    graph = neighbor_graph(X, 20)
    statistics = scale_statistics(graph.distances[:, :NEAR], far_distances(X))
    calibrated = calibrate(statistics)
    plateau = find_plateau(
        calibrated.mean, calibrated.deviations, statistics.scales, statistics.radii
    )
    if plateau is None or plateau.first > 0 or plateau.noise:
        return None
    log_dimension = np.log(_summary(calibrated, plateau)[0])
    return surroundings(X, graph, log_dimension, calibrated.mean, statistics.scales)


def simulate(n_clouds, first=0):
    """Numbers, errors of the logarithm, laws and maps, by cloud."""
    rows = []
    for seed in tqdm(range(first, first + n_clouds)):
        X, d, law, bend = make(seed)
        numbers = before_correction(X)
        if numbers is not None and np.isfinite(numbers).all():
            rows.append([*numbers, np.log(d) - numbers[0], law, bend])
    rows = np.array(rows)
    m = len(NAMES)
    return rows[:, :m], rows[:, m], rows[:, m + 1].astype(int), rows[:, m + 2].astype(int)


# -- the fit --------------------------------------------------------------------------------------


def fit(numbers, errors, seed=0):
    """The table without its errors: a ridge regression on Gaussian weights, robust to outliers."""
    low, high = np.quantile(numbers, [0.003, 0.997], axis=0)
    inside = np.clip(numbers, low, high)
    middle, scale = inside.mean(axis=0), inside.std(axis=0)
    Z = (inside - middle) / scale
    some = np.random.default_rng(seed).permutation(len(Z))[:N_CENTRES]
    centres = Z[some].round(2)
    K, inner = kernel(Z, centres, WIDTH), kernel(centres, centres, WIDTH)
    weights = np.ones(len(Z))
    for _ in range(4):
        left = (K * weights[:, None]).T @ K + RIDGE * inner + 1e-7 * np.eye(len(inner))
        coefficients = np.linalg.solve(left, (K * weights[:, None]).T @ errors)
        weights = 1 / np.maximum(1, np.abs(errors - K @ coefficients) / OUTLIER)
    return {
        "low": low, "high": high, "middle": middle, "scale": scale, "centres": centres,
        "width": WIDTH, "most": MOST, "coefficients": coefficients,
    }  # fmt: skip


def predict(table, numbers):
    inside = np.clip(numbers, table["low"], table["high"])
    weights = kernel((inside - table["middle"]) / table["scale"], table["centres"], WIDTH)
    factor = np.clip(weights @ table["coefficients"], -MOST, MOST)
    return factor, error_terms(inside, weights)


def held_out(numbers, errors, groups, usable):
    """What fits without the own group leave of each error, and the terms of its size."""
    left, terms = np.empty(len(errors)), None
    for group in range(N_GROUPS):
        out = groups % N_GROUPS == group
        factor, own = predict(fit(numbers[~out & usable], errors[~out & usable]), numbers[out])
        terms = np.empty((len(errors), own.shape[1])) if terms is None else terms
        left[out], terms[out] = errors[out] - factor, own
    return left, terms


def fit_sizes(left, terms):
    """Coefficients of the logarithm of the size of what is left, and its 95% quantile then."""
    y = np.log(np.maximum(np.abs(left), 1e-3))
    ridge = 1e-2 * np.eye(terms.shape[1])
    coefficients = np.linalg.solve(terms.T @ terms + ridge, terms.T @ y)
    return coefficients, float(np.quantile(np.abs(left) / np.exp(terms @ coefficients), 0.95))


def percent(left, wanted):
    """The mean percentage error of dimensions whose logarithms are short by so much."""
    return 100 * np.abs(np.exp(-left[wanted]) - 1).mean()


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clouds", type=int, default=4000)
    parser.add_argument("--saved", type=Path, help="simulated clouds: written, or read if there")
    parser.add_argument("--out", type=Path, default=TABLE_PATH)
    args = parser.parse_args(argv)
    if args.saved and args.saved.exists():
        numbers, errors, laws, maps = np.load(args.saved).values()
    else:
        numbers, errors, laws, maps = simulate(args.clouds)
        if args.saved:
            np.savez(args.saved, numbers, errors, laws, maps)
    usable = np.abs(errors) < HOPELESS
    table = fit(numbers[usable], errors[usable])
    by_law, terms_law = held_out(numbers, errors, laws, usable)
    by_map, terms_map = held_out(numbers, errors, maps, usable)
    left, terms = np.concatenate([by_law, by_map]), np.concatenate([terms_law, terms_map])
    table["error_coefficients"], table["quantile"] = fit_sizes(left, terms)
    width = table["quantile"] * np.exp(terms @ table["error_coefficients"])
    held = np.abs(left) <= width
    n = np.tile(np.exp(numbers[:, 1]), 2)
    print(
        f"{len(errors)} clouds, {usable.mean():.1%} within {HOPELESS} of the truth, in logarithms"
    )
    print("Errors are of these; intervals of all.")
    print("| points | before % | law held out % | map held out % | intervals hold | half width |")
    print("| --- | --- | --- | --- | --- | --- |")
    for least, most in [(100, 400), (400, 1600), (1600, 6000)]:
        at = usable & (np.exp(numbers[:, 1]) >= least) & (np.exp(numbers[:, 1]) < most)
        both = (n >= least) & (n < most)
        print(
            f"| {least} to {most} | {percent(errors, at):.1f} | {percent(by_law, at):.1f} "
            f"| {percent(by_map, at):.1f} | {held[both].mean():.1%} "
            f"| {np.median(width[both]):.1%} |"
        )
    args.out.parent.mkdir(parents=True, exist_ok=True)
    ready = {key: np.asarray(value).astype(float).round(5).tolist() for key, value in table.items()}
    args.out.write_text(json.dumps(ready).replace("], [", "],\n[") + "\n")
    print(f"written to {args.out}")
    return table


if __name__ == "__main__":
    main()
