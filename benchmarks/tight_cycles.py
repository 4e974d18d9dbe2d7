"""Cycles of the longest bars of a large cloud in space: CPU seconds, diagram and complex included.

python benchmarks/tight_cycles.py
python benchmarks/tight_cycles.py --points 20000 --how volume --shapes cube
"""

import argparse
import time
import warnings

import numpy as np

from tda import alpha_diagram, datasets, representative_cycles


def solid_torus(n):
    """Uniform in the tube, so that one loop has about a third of the points in reach."""
    rng = np.random.default_rng(0)
    angles, inside = rng.uniform(0, 2 * np.pi, n), rng.normal(size=(n, 3))
    inside *= 0.5 * rng.random((n, 1)) ** (1 / 3) / np.linalg.norm(inside, axis=1)[:, None]
    return np.column_stack([np.cos(angles), np.sin(angles), np.zeros(n)]) + inside


SHAPES = {
    "cube": lambda n: np.random.default_rng(0).random((n, 3)),
    "solid torus": solid_torus,
    "torus": lambda n: np.asarray(datasets.make_torus(n, random_state=0)),
}


def measure(X, how, n_bars):
    start = time.process_time()
    diagram = alpha_diagram(X, max_dimension=1)
    middle = time.process_time()
    with warnings.catch_warnings(record=True) as unsure:
        warnings.simplefilter("always")
        cycles = representative_cycles(X, diagram, n_bars=n_bars, degree=1, how=how)
    end = time.process_time()
    sizes = [len(cycle) for cycle in cycles.values()]
    return middle - start, end - middle, sizes, len(unsure)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--points", type=int, default=100_000)
    parser.add_argument("--bars", type=int, default=20)
    parser.add_argument("--how", choices=["birth", "tight", "volume"], default="tight")
    parser.add_argument("--shapes", nargs="+", choices=list(SHAPES), default=["cube"])
    args = parser.parse_args()
    measure(SHAPES["cube"](500), args.how, 2)  # compiles
    print(f"{'shape':<12} {'points':>8} {'diagram':>8} {'cycles':>8} {'edges':>6} {'not sure':>9}")
    for name in args.shapes:
        diagram, cycles, sizes, unsure = measure(SHAPES[name](args.points), args.how, args.bars)
        print(
            f"{name:<12} {args.points:>8,} {diagram:>8.2f} {cycles:>8.2f} "
            f"{sum(sizes):>6,} {unsure:>9}",
            flush=True,
        )


if __name__ == "__main__":
    main()
