"""Simulate the null distribution of the largest ratio and write the table that ships.

    python benchmarks/make_null_table.py            # under an hour of one core
    python benchmarks/make_null_table.py --only alpha --replicates 200 --out out/table.json
    python benchmarks/make_null_table.py --check 40000   # the tails against a long simulation

For n uniform points of the unit cube (for components of a longish box), in each dimension,
complex and degree: quantiles of the largest persistence ratio. And the median ratio of a perfect
hole, n uniform points of the k-sphere, from which `count_holes` knows how many points a hole of
degree k takes at least.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed
from scipy.stats import genpareto
from tqdm import tqdm

from tda import alpha_diagram, rips_diagram
from tda.holes._null import LEVELS, TABLE_PATH, null_p_values
from tda.holes._statistics import component_bars, persistence_ratios

# complex, dimension, degrees, sizes. A Rips complex of many points is out of reach anyway, and
# count_holes thins to landmarks there.
CELLS = [
    *[("components", d, (0,), (25, 50, 100, 200, 500, 1000, 2000, 5000)) for d in range(1, 11)],
    ("alpha", 2, (1,), (10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000)),
    ("alpha", 3, (1, 2), (10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000)),
    *[("rips", d, (1,), (10, 20, 50, 100, 200, 500, 1000, 2000)) for d in (2, 3, 4, 5, 6, 8, 12)],
    *[("rips", d, (2,), (10, 20, 50, 100, 200, 500)) for d in (3, 4, 5, 6)],
]
BEST_CASES = [
    ("alpha", 1, (10, 15, 20, 30, 40, 60, 100)),
    ("alpha", 2, (10, 20, 30, 50, 75, 100, 150, 200, 300, 500)),
    ("rips", 1, (10, 15, 20, 30, 40, 60, 100)),
    ("rips", 2, (10, 20, 30, 50, 75, 100, 150, 200, 300)),
]


def largest_ratios(kind, X, degrees):
    """The largest ratio in each degree, 1 where there is no bar."""
    if kind == "components":
        births, deaths, _ = component_bars(X)
        return [deaths[0] / births[0] if births.size else 1.0]
    if kind == "alpha":
        diagram = alpha_diagram(X)
    else:
        diagram = rips_diagram(X, max_dimension=max(degrees))
    tops = [persistence_ratios(diagram, k)[1][:1] for k in degrees]
    return [float(top[0]) if top.size else 1.0 for top in tops]


def noise(kind, n, dimension, rng):
    """Uniform points of the cube; for components of a box ten times as long as wide.

    Where a shape is narrow a few missing points cut it, so the cube would make components of
    every long and thin shape. Loops and voids of noise are local and know no such difference.
    """
    X = rng.random((n, dimension))
    if kind == "components":
        X[:, 0] *= 10
    return X


def simulate(kind, dimension, degrees, n, replicates, seed):
    rng = np.random.default_rng([seed, n, dimension, sum(map(ord, kind))])
    return [
        largest_ratios(kind, noise(kind, n, dimension, rng), degrees) for _ in range(replicates)
    ]


def simulate_sphere(kind, degree, n, replicates, seed):
    rng = np.random.default_rng([seed, n, degree, sum(map(ord, kind))])
    tops = []
    for _ in range(replicates):
        X = rng.standard_normal((n, degree + 1))
        X /= np.linalg.norm(X, axis=1, keepdims=True)
        tops += largest_ratios(kind, X, (degree,))
    return tops


#: Cells whose tail is held to a long simulation.
CHECKED = [
    ("alpha", 2, 1, 100),
    ("alpha", 3, 2, 100),
    ("rips", 3, 1, 100),
    ("components", 2, 0, 100),
]


def check(runs, seed):
    """The table's p-values where those of a long simulation are known, and the law of its tail."""
    lines = [
        "| complex | dimension | degree | n | p at .01 | at .001 | at .0001 | shape |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    levels = np.array([0.01, 0.001, 0.0001])
    for kind, d, degree, n in tqdm(CHECKED, desc="tails"):
        degrees = (1, 2) if degree == 2 else (degree,)
        tops = np.array(simulate(kind, d, degrees, n, runs, seed + 7))[:, -1]
        true = np.quantile(tops, 1 - levels)
        p = null_p_values(true, complex=kind, degree=degree, dimension=d, n=n)
        logs = np.log(tops)
        start = np.quantile(logs, 0.95)
        shape, _, _ = genpareto.fit(logs[logs > start] - start, floc=0)
        lines.append(
            f"| {kind} | {d} | {degree} | {n} | {p[0]:.4f} | {p[1]:.5f} | {p[2]:.6f} "
            f"| {shape:.2f} |"
        )
    print("\n".join(lines))


def n_replicates(kind, degree, n, most):
    """More for small clouds, which take no time; voids of Rips complexes take the most."""
    few = most if n < 2000 else max(most // 2, 500)
    if kind == "rips" and degree == 2:
        return few
    return 6 * most if n <= 100 else 3 * most if n <= 200 else few


def is_wanted(args, kind, degree):
    return args.only in (None, kind) and args.degree in (None, degree)


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--replicates", type=int, default=1000, help="most, for small n")
    parser.add_argument("--only", help="one of components, alpha, rips; keeps the rest")
    parser.add_argument("--degree", type=int, help="with --only: only of this degree")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=20230727)
    parser.add_argument("--out", type=Path, default=TABLE_PATH)
    parser.add_argument("--check", type=int, metavar="RUNS", help="check the tails, write nothing")
    args = parser.parse_args(argv)
    if args.check:
        return check(args.check, args.seed)
    kept = json.loads(args.out.read_text()) if args.only and args.out.exists() else {}
    nulls = [c for c in kept.get("null", []) if not is_wanted(args, c["complex"], c["degree"])]
    spheres = [c for c in kept.get("best_case", []) if c["complex"] != args.only]
    work = [
        (kind, d, degrees, n)
        for kind, d, degrees, sizes in CELLS
        for n in sizes
        if any(is_wanted(args, kind, k) for k in degrees)
    ]
    parallel = Parallel(n_jobs=args.jobs)
    for kind, d, degrees, n in tqdm(work, desc="noise"):
        total = n_replicates(kind, max(degrees), n, args.replicates)
        chunks = np.diff(np.linspace(0, total, 4 * args.jobs + 1).astype(int))
        parts = parallel(
            delayed(simulate)(kind, d, degrees, n, int(c), args.seed + i)
            for i, c in enumerate(chunks)
        )
        tops = np.concatenate([np.array(p).reshape(-1, len(degrees)) for p in parts])
        for column, degree in enumerate(degrees):
            if not is_wanted(args, kind, degree):
                continue
            nulls.append(
                {
                    "complex": kind,
                    "dimension": d,
                    "degree": degree,
                    "n": n,
                    "replicates": total,
                    "quantiles": np.quantile(tops[:, column], LEVELS).round(5).tolist(),
                }
            )
    for kind, degree, sizes in tqdm(BEST_CASES, desc="spheres"):
        if args.only in (None, kind):
            for n in sizes:
                tops = simulate_sphere(kind, degree, n, 200, args.seed)
                median = round(float(np.median(tops)), 4)
                spheres.append({"complex": kind, "degree": degree, "n": n, "median": median})
    order = ("complex", "degree", "dimension", "n")
    nulls.sort(key=lambda c: [c.get(key, 0) for key in order])
    spheres.sort(key=lambda c: [c.get(key, 0) for key in order])
    text = json.dumps({"levels": LEVELS, "null": nulls, "best_case": spheres})
    args.out.write_text(text.replace('{"complex', '\n{"complex') + "\n")
    print(f"{len(nulls)} distributions written to {args.out}")


if __name__ == "__main__":
    main()
