"""How often the 95% interval of the intrinsic dimension holds the truth, with few points and many.

    python benchmarks/dimension_coverage.py              # a minute or two of one core
    python benchmarks/dimension_coverage.py --seeds 20 --sizes 8 50

Balls, spheres, cubes and Gaussians of dimension 1 to 5. Prints Markdown: for each number of points
the share of clouds whose interval holds the dimension, over all, of the shape and of the dimension
where it is least, and the median of the interval's upper end over its lower end.
"""

from __future__ import annotations

import argparse
import sys

import numpy as np
from make_dimension_table import SHAPES
from tqdm import tqdm

from tda import intrinsic_dimension

SIZES = (8, 12, 20, 50, 200)
DIMENSIONS = (1, 2, 3, 4, 5)


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=100, help="clouds of each kind")
    parser.add_argument("--first-seed", type=int, default=900_000)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--dimensions", type=int, nargs="+", default=DIMENSIONS)
    options = parser.parse_args(argv)
    print("| points | clouds | covered | least by shape | least by dimension | high / low |")
    print("| --- | --- | --- | --- | --- | --- |")
    covered = {}
    for n in options.sizes:
        held, ratio = coverage(n, options.dimensions, options.seeds, options.first_seed)
        covered[n] = held
        by_shape, by_dimension = held.mean(axis=(1, 2)), held.mean(axis=(0, 2))
        worst, lowest = by_shape.argmin(), by_dimension.argmin()
        print(
            f"| {n} | {held.size} | {held.mean():.1%} | {list(SHAPES)[worst]} "
            f"{by_shape[worst]:.1%} | {options.dimensions[lowest]}: {by_dimension[lowest]:.1%} "
            f"| {np.median(ratio):.2f} |",
            flush=True,
        )
    return covered


def coverage(n, dimensions, n_seeds, first_seed):
    """Whether each interval holds its dimension, and its upper end over its lower end.

    Arrays of shape (n_shapes, n_dimensions, n_seeds).
    """
    held = np.zeros((len(SHAPES), len(dimensions), n_seeds), dtype=bool)
    ratio = np.zeros(held.shape)
    for (i, j, k), _ in tqdm(np.ndenumerate(held), total=held.size, leave=False):
        shape, d = list(SHAPES)[i], dimensions[j]
        rng = np.random.default_rng([first_seed + k, n, d, i])
        low, high = intrinsic_dimension(SHAPES[shape](n, d, rng)).interval
        held[i, j, k] = low <= d <= high
        ratio[i, j, k] = high / low if low > 0 else np.inf
    return held, ratio


if __name__ == "__main__":
    sys.exit(main())
