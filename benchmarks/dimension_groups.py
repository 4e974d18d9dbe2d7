"""How often two dimensions in one cloud are told, and how often one is taken for two.

    python benchmarks/dimension_groups.py            # some minutes of one core
    python benchmarks/dimension_groups.py --seeds 10

Clouds of two parts that touch, in six coordinates: a line glued to a plate, a plate to a block, a
line to a block, a circle through a sphere; of one part: those of `make_dimension_correction.py`,
18 laws bent by 8 maps, of 1 to 40 dimensions. Prints Markdown: the share of clouds where two
dimensions are told, and where both numbers are right.
"""

from __future__ import annotations

import argparse
import sys

import numpy as np
from make_dimension_correction import make
from tqdm import tqdm

from tda import intrinsic_dimension

SIZES = (200, 500, 1000, 2500)


def flat(n, d, rng, *, axis):
    """Uniform in a box of d sides of length one that begin at the origin, from this axis on."""
    X = np.zeros((n, 6))
    X[:, axis : axis + d] = rng.random((n, d))
    return X


def line_and_plate(n, rng):
    return np.vstack([flat(n // 2, 1, rng, axis=0), flat(n - n // 2, 2, rng, axis=1)])


def plate_and_block(n, rng):
    return np.vstack([flat(n // 2, 2, rng, axis=0), flat(n - n // 2, 4, rng, axis=2)])


def line_and_block(n, rng):
    return np.vstack([flat(n // 2, 1, rng, axis=0), flat(n - n // 2, 3, rng, axis=1)])


def circle_through_sphere(n, rng):
    ball = rng.normal(size=(n - n // 2, 3))
    ball /= np.linalg.norm(ball, axis=1, keepdims=True)
    t = rng.uniform(0, 2 * np.pi, n // 2)
    ring = np.column_stack([1 + np.cos(t), np.sin(t), np.zeros(n // 2)])
    return np.pad(np.vstack([ring, ball]), ((0, 0), (0, 3)))


#: With the two dimensions.
PAIRS = {
    line_and_plate: (1, 2),
    plate_and_block: (2, 4),
    line_and_block: (1, 3),
    circle_through_sphere: (1, 2),
}


def told(X, truth=()):
    """Whether two dimensions are told, and whether they are these."""
    groups = intrinsic_dimension(X).groups
    return bool(groups), tuple(round(group.dimension) for group in groups) == truth


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=40, help="clouds of each pair and size")
    parser.add_argument("--clouds", type=int, default=600, help="clouds of one dimension")
    parser.add_argument("--first-seed", type=int, default=500_000)
    options = parser.parse_args(argv)
    print(f"| two parts | {' | '.join(f'{n:,} points' for n in SIZES)} |")
    print(f"| --- |{' --- |' * len(SIZES)}")
    rates = {}
    for pair, truth in PAIRS.items():
        for n in tqdm(SIZES, leave=False):
            rngs = [np.random.default_rng([options.first_seed, n, i]) for i in range(options.seeds)]
            rates[pair.__name__, n] = np.mean([told(pair(n, rng), truth) for rng in rngs], axis=0)
        row = " | ".join("{:.0%}, {:.0%}".format(*rates[pair.__name__, n]) for n in SIZES)
        print(f"| {pair.__name__.replace('_', ' ')} | {row} |", flush=True)
    seeds = range(options.first_seed, options.first_seed + options.clouds)
    alarms = sum(told(make(seed)[0])[0] for seed in tqdm(seeds, leave=False))
    print(f"\nOne dimension taken for two: {alarms} of {options.clouds} clouds.")
    return rates, alarms


if __name__ == "__main__":
    sys.exit(main())
