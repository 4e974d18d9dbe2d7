"""Simulate what neighbour ratios say of shapes of known dimension; write the table that ships.

    python benchmarks/make_dimension_table.py            # a quarter of an hour of one core
    python benchmarks/make_dimension_table.py --quick --out out/table.json

Uniform points of balls, spheres and cubes and Gaussian points, in each dimension and number: the
mean logarithm of the raw dimension at every scale, its standard deviation between clouds, and how
much the distances to neighbours vary from point to point. The means are smoothed, for each shape
and scale, by a cubic in the logarithms of dimension and number. Nothing else is ever fitted, so
that any other data is new to the estimator.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed
from tqdm import tqdm

from tda._neighbors import neighbor_graph
from tda.dimension._calibration import SHAPES as SHAPE_NAMES
from tda.dimension._calibration import TABLE_PATH
from tda.dimension._scales import NEAR, SCALES, far_distances, n_scales, scale_statistics

DIMENSIONS = (1, 2, 3, 4, 6, 8, 11, 15, 20, 28, 40, 60, 100)
SIZES = (25, 50, 100, 200, 400, 800, 1600, 3200, 6400, 12800)
#: Of larger clouds so many points are asked for their neighbours.
N_ASKED = 3200


def ball(n, d, rng):
    return sphere(n, d - 1, rng) * rng.random((n, 1)) ** (1 / d)


def sphere(n, d, rng):
    X = rng.standard_normal((n, d + 1))
    return X / np.linalg.norm(X, axis=1, keepdims=True)


def cube(n, d, rng):
    return rng.random((n, d))


def gaussian(n, d, rng):
    return rng.standard_normal((n, d))


SHAPES = dict(zip(SHAPE_NAMES, (ball, sphere, cube, gaussian), strict=True))


def n_replicates(n, most):
    return max(min(most, most * 800 // n), 4)


def simulate(shape, n, d, replicates, seed):
    """Mean and deviation of the logarithm of the dimension by scale; mean log spreads."""
    asked = min(n, N_ASKED)
    rng = np.random.default_rng([seed, n, d, list(SHAPES).index(shape)])
    rows = []
    for _ in range(replicates):
        X = SHAPES[shape](n, d, rng)
        near = nearest(X, min(NEAR, n - 1), asked)
        found = scale_statistics(near, far_distances(X), n)
        rows.append(np.log(np.concatenate([found.dimensions, found.spreads])))
    rows = np.array(rows)
    return {
        "shape": shape,
        "n": n,
        "d": d,
        "mean": rows[:, :-2].mean(axis=0),
        "deviation": rows[:, :-2].std(axis=0, ddof=1) * np.sqrt(asked / n) ** is_near(rows),
        "spread": rows[:, -2:].mean(axis=0),
        "error": rows.std(axis=0, ddof=1) / np.sqrt(replicates),
    }


def nearest(X, k, asked):
    """Distances of the first points to their k nearest among all."""
    if len(X) == asked:
        return neighbor_graph(X, k).distances
    from sklearn.neighbors import NearestNeighbors

    algorithm = "kd_tree" if X.shape[1] <= 10 else "brute"
    model = NearestNeighbors(n_neighbors=k + 1, algorithm=algorithm).fit(X)
    return model.kneighbors(X[:asked])[0][:, 1:]


def is_near(rows):
    """Of each scale, whether all points are asked about it."""
    return 2 * np.array(SCALES[: rows.shape[1] - 2]) <= NEAR


def smooth(sizes, n, d, values, errors):
    """Values on the grid of all sizes and dimensions, by a cubic through those simulated."""
    n, d = np.log(n), np.log(d)
    columns = [(i, j) for i in range(4) for j in range(4) if i + j <= 3]

    def terms(n, d):
        return np.column_stack([((n - 7) / 3) ** i * (d / 3) ** j for i, j in columns])

    weights = 1 / np.hypot(errors, 0.003)
    fitted = np.linalg.lstsq(weights[:, None] * terms(n, d), weights * values, rcond=None)[0]
    grid_n, grid_d = np.meshgrid(np.log(sizes), np.log(DIMENSIONS), indexing="ij")
    left = values - terms(n, d) @ fitted
    return (terms(grid_n.ravel(), grid_d.ravel()) @ fitted).reshape(grid_n.shape), left


def assemble(cells):
    """The table: for each shape and scale a grid of sizes by dimensions."""
    table = {
        "shapes": list(SHAPES),
        "scales": list(SCALES),
        "sizes": sorted({c["n"] for c in cells}),
        "dimensions": list(DIMENSIONS),
        "log_ratio": [],
        "log_spread": [],
        "deviation": [],
    }
    worst = 0.0
    for shape in SHAPES:
        own = [c for c in cells if c["shape"] == shape]
        grids = []
        for i in range(len(SCALES)):
            there = [c for c in own if i < n_scales(c["n"])]
            n, d = (np.array([c[key] for c in there]) for key in ("n", "d"))
            values = np.array([c["mean"][i] for c in there]) - np.log(d)
            errors = np.array([c["error"][i] for c in there])
            grid, left = smooth(table["sizes"], n, d, values, errors)
            worst = max(worst, float(np.sqrt(np.mean(left[n >= 50] ** 2))))
            grids.append(grid.round(5).tolist())
        table["log_ratio"].append(grids)
        n, d = (np.array([c[key] for c in own]) for key in ("n", "d"))
        spreads = []
        for k in range(2):
            values = np.array([c["spread"][k] for c in own]) + np.log(d)
            errors = np.array([c["error"][k - 2] for c in own])
            spreads.append(smooth(table["sizes"], n, d, values, errors)[0].round(5).tolist())
        table["log_spread"].append(spreads)
    for n in sorted({c["n"] for c in cells}):
        own = np.array([c["deviation"] for c in cells if c["n"] == n])
        rms = np.sqrt((own**2).mean(axis=0))
        # Scales that so few points do not have: the last one that they have.
        full = np.concatenate([rms, np.full(len(SCALES) - len(rms), rms[-1])])
        table["deviation"].append(full.round(5).tolist())
    return table, worst


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--replicates", type=int, default=30, help="most, for small clouds")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=20170922)
    parser.add_argument("--quick", action="store_true", help="5 replicates, at most 3,200 points")
    parser.add_argument("--out", type=Path, default=TABLE_PATH)
    args = parser.parse_args(argv)
    most = 5 if args.quick else args.replicates
    sizes = [n for n in SIZES[::-1] if not args.quick or n <= N_ASKED]
    work = [(s, n, d) for n in sizes for s in SHAPES for d in DIMENSIONS]
    cells = Parallel(n_jobs=args.jobs)(
        delayed(simulate)(s, n, d, n_replicates(n, most), args.seed) for s, n, d in tqdm(work)
    )
    table, worst = assemble(cells)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(json.dumps(table).replace(" [[", "\n[[") + "\n")
    print(f"{len(cells)} shapes simulated; the smooth table is off by {worst:.2%} at most (rms)")
    print(f"written to {args.out}")


if __name__ == "__main__":
    main()
