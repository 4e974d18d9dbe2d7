"""Simulate the largest score of loops of noise and write the table that ships.

    python benchmarks/make_loop_table.py                # twenty minutes of one core
    python benchmarks/make_loop_table.py --only alpha   # keeps the rest

For n uniform points of the unit cube, in each dimension and complex: quantiles of the largest score
(`tda.holes._scores`) of loops whose ratio passes the gate. So `null_table.json` comes first.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from tqdm import tqdm

from tda import alpha_diagram, rips_diagram
from tda.holes._null import LEVELS, LOOP_PATH, null_quantile
from tda.holes._scores import GATE, loop_scores
from tda.holes._statistics import persistence_ratios

# Complex, dimension, sizes.
CELLS = [
    ("alpha", 2, (10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000)),
    ("alpha", 3, (10, 20, 50, 100, 200, 500, 1000, 2000, 5000)),
    *[("rips", d, (10, 20, 50, 100, 200, 500, 1000)) for d in (2, 3, 4, 5, 6, 8)],
    ("rips", 12, (10, 20, 50, 100, 200, 500)),
    *[("rips", d, (2000,)) for d in (2, 5)],
]


def largest_score(kind, X):
    """The largest score of a loop, 1 where none passes the gate."""
    if kind == "alpha":
        diagram = alpha_diagram(X, max_dimension=1, representatives=True)
    else:
        diagram = rips_diagram(X, max_dimension=1, representatives=True)
    bars, ratios = persistence_ratios(diagram, 1)
    gate = null_quantile(1 - GATE, complex=kind, degree=1, dimension=X.shape[1], n=len(X))
    passed = ratios >= gate
    return max(loop_scores(X, diagram, bars[passed], ratios[passed]), default=1.0)


def simulate(kind, dimension, n, replicates, seed):
    rng = np.random.default_rng([seed, n, dimension, sum(map(ord, kind))])
    return np.array([largest_score(kind, rng.random((n, dimension))) for _ in range(replicates)])


def n_replicates(n, most):
    """Fewer for large clouds, but no fewer than 300: the tail is fitted from the 95% quantile."""
    return most if n < 1000 else max(most // 2, 300) if n < 5000 else max(most // 3, 300)


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--replicates", type=int, default=1000, help="most, for small n")
    parser.add_argument("--only", help="one of alpha, rips; keeps the rest")
    parser.add_argument("--seed", type=int, default=20261129)
    parser.add_argument("--out", type=Path, default=LOOP_PATH)
    args = parser.parse_args(argv)
    kept = json.loads(args.out.read_text())["scores"] if args.only and args.out.exists() else []
    cells = [c for c in kept if c["complex"] != args.only]
    work = [(kind, d, n) for kind, d, sizes in CELLS for n in sizes if args.only in (None, kind)]
    for kind, d, n in tqdm(work):
        replicates = n_replicates(n, args.replicates)
        tops = simulate(kind, d, n, replicates, args.seed)
        cells.append(
            {
                "complex": kind,
                "dimension": d,
                "degree": 1,
                "n": n,
                "replicates": replicates,
                # About the gate is a step, from which no interpolation should start.
                "quantiles": [
                    round(float(q), 5) if level > GATE + 0.01 else 1.0
                    for level, q in zip(LEVELS, np.quantile(tops, LEVELS), strict=True)
                ],
            }
        )
        cells.sort(key=lambda c: [c[key] for key in ("complex", "dimension", "n")])
        text = json.dumps({"levels": LEVELS, "scores": cells})
        args.out.write_text(text.replace('{"complex', '\n{"complex') + "\n")
    print(f"{len(cells)} distributions written to {args.out}")


if __name__ == "__main__":
    main()
