"""Simulate the largest ratio of noise among landmarks and write the table that ships.

    python benchmarks/make_thinned_table.py                # half an hour of one core
    python benchmarks/make_thinned_table.py --only alpha   # keeps the rest

Landmarks by farthest points are spread more evenly than independent points, so their largest ratios
are smaller. For m landmarks of f times as many uniform points of the unit cube, in each dimension,
complex and degree: quantiles of the largest persistence ratio. With f = 1 it is
``make_null_table.py``; beyond the largest f it hardly changes.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from make_null_table import largest_ratios
from tqdm import tqdm

from tda import landmarks
from tda.holes._null import LEVELS, THINNED_PATH

# Complex, dimension, degrees, numbers of landmarks, points for each. Voids of Rips complexes are
# not among them: they are held to the noise of independent points, whose ratios are larger.
CELLS = [
    ("alpha", 2, (1,), (50, 200, 1000, 4000), (3, 10, 100)),
    ("alpha", 3, (1, 2), (50, 200, 1000, 4000), (3, 10)),
    ("alpha", 3, (1, 2), (50, 200, 1000), (100,)),
    *[("rips", d, (1,), (50, 200, 1000), (3, 10, 30)) for d in (2, 3, 5, 8)],
    ("rips", 12, (1,), (50, 200), (3, 10, 30)),
]


def simulate(kind, dimension, degrees, m, factor, replicates, seed):
    rng = np.random.default_rng([seed, m, factor, dimension, sum(map(ord, kind))])
    tops = []
    for _ in range(replicates):
        marks = landmarks(rng.random((m * factor, dimension)), n_points=m)
        tops.append(largest_ratios(kind, np.ascontiguousarray(marks.points), degrees))
    return np.array(tops)


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--replicates", type=int, default=500)
    parser.add_argument("--only", help="one of alpha, rips; keeps the rest")
    parser.add_argument("--seed", type=int, default=20250926)
    parser.add_argument("--out", type=Path, default=THINNED_PATH)
    args = parser.parse_args(argv)
    kept = json.loads(args.out.read_text())["thinned"] if args.only and args.out.exists() else []
    cells = [c for c in kept if c["complex"] != args.only]
    work = [
        (kind, d, degrees, m, factor)
        for kind, d, degrees, sizes, factors in CELLS
        for m in sizes
        for factor in factors
        if args.only in (None, kind)
    ]
    for kind, d, degrees, m, factor in tqdm(work):
        tops = simulate(kind, d, degrees, m, factor, args.replicates, args.seed)
        for column, degree in enumerate(degrees):
            quantiles = np.quantile(tops[:, column], LEVELS).round(5).tolist()
            cells.append(
                {
                    "complex": kind,
                    "dimension": d,
                    "degree": degree,
                    "factor": factor,
                    "n": m,
                    "replicates": args.replicates,
                    "quantiles": quantiles,
                }
            )
        order = ("complex", "degree", "dimension", "factor", "n")
        cells.sort(key=lambda c: [c[key] for key in order])
        text = json.dumps({"levels": LEVELS, "thinned": cells})
        args.out.write_text(text.replace('{"complex', '\n{"complex') + "\n")
    print(f"{len(cells)} distributions written to {args.out}")


if __name__ == "__main__":
    main()
