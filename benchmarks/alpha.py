"""Alpha persistence of uniform points in the plane and in space: ours against gudhi.

CPU seconds of the whole way from a cloud to its diagrams. gudhi runs with ``precision="fast"``,
its quickest; ours has exact signs always. Both run once before the clock starts. The diagrams
are compared bar by bar, by the largest difference between the sorted births and the sorted
deaths of each degree over the width of the cloud, after dropping bars shorter than 1e-9.

    python benchmarks/alpha.py          # --quick for fewer points
"""

import argparse
import json
import time
from pathlib import Path

import gudhi
import numpy as np

from tda.homology.engines.alpha_delaunay import alpha_delaunay

SIZES = (1_000, 10_000, 100_000)
QUICK = (100, 1_000, 10_000)


def ours(X):
    diagram = alpha_delaunay(X, max_dimension=X.shape[1] - 1)
    return [diagram[k] for k in range(X.shape[1])]


def gudhis(X):
    tree = gudhi.AlphaComplex(points=X, precision="fast").create_simplex_tree(
        output_squared_values=False
    )
    tree.compute_persistence()
    return [tree.persistence_intervals_in_dimension(k) for k in range(X.shape[1])]


def cpu_seconds(compute, X, repeats):
    """The least CPU time of a few runs, and the result."""
    best = np.inf
    for _ in range(repeats):
        start = time.process_time()
        result = compute(X)
        best = min(best, time.process_time() - start)
    return best, result


def disagreement(one, other):
    """Largest difference of sorted births and deaths; infinite where the counts differ."""
    worst = 0.0
    for a, b in zip(one, other, strict=True):
        a, b = (bars[bars[:, 1] - bars[:, 0] > 1e-9] for bars in (a, b))
        if a.shape != b.shape:
            return np.inf
        finite = np.isfinite(a[:, 1])
        if np.count_nonzero(finite) != np.count_nonzero(np.isfinite(b[:, 1])):
            return np.inf
        a, b = np.sort(a, axis=0), np.sort(b, axis=0)
        a, b = np.nan_to_num(a, posinf=0.0), np.nan_to_num(b, posinf=0.0)
        worst = max(worst, float(np.abs(a - b).max(initial=0.0)))
    return worst


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer points")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("out/alpha"), help="folder of the JSON")
    options = parser.parse_args(argv)
    rng = np.random.default_rng(options.seed)
    rows = []
    print(f"{'space':6}{'points':>9}{'ours':>10}{'gudhi':>10}{'ratio':>8}{'differ by':>12}")
    for d in (2, 3):
        for run in (ours, gudhis):
            run(rng.random((50, d)))
        for n in QUICK if options.quick else SIZES:
            X = rng.random((n, d))
            repeats = max(1, min(20, 10_000 // n))
            mine, found = cpu_seconds(ours, X, repeats)
            theirs, expected = cpu_seconds(gudhis, X, repeats)
            row = {
                "n_features": d,
                "n_points": n,
                "cpu_seconds": mine,
                "cpu_seconds_gudhi_fast": theirs,
                "ratio": theirs / mine,
                "disagreement": disagreement(found, expected),
            }
            rows.append(row)
            print(
                f"{f'R^{d}':6}{n:>9}{mine:>10.4f}{theirs:>10.4f}{row['ratio']:>8.1f}"
                f"{row['disagreement']:>12.1e}"
            )
    options.out.mkdir(parents=True, exist_ok=True)
    record = {"benchmark": "alpha", "gudhi": gudhi.__version__, "rows": rows}
    (options.out / "alpha.json").write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()
