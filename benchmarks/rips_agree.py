"""Our Rips diagrams against gudhi's on random inputs, of any degree over several fields.

    python benchmarks/rips_agree.py --trials 5000           # about a minute
    NUMBA_BOUNDSCHECK=1 NUMBA_CACHE_DIR=/tmp/checked python benchmarks/rips_agree.py

Points on spheres, on grids and equal ones; matrices of few values and of no metric; some
distances infinite, some edges too long. Prints each input that disagrees, by its seed.
"""

import argparse

import numpy as np
from scipy.spatial.distance import pdist, squareform

from tda.homology.engines.rips_degrees import rips_degrees
from tda.homology.engines.rips_gudhi import rips_gudhi

FIELDS = (2, 3, 5, 7, 46_327)


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--trials", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0, help="of the first trial")
    options = parser.parse_args(argv)
    wrong = [
        seed for seed in range(options.seed, options.seed + options.trials) if not agrees(seed)
    ]
    print(f"{options.trials - len(wrong)} of {options.trials} agree")
    for seed in wrong:
        print(f"disagrees: seed {seed}")
    return wrong


def agrees(seed):
    rng = np.random.default_rng(seed)
    top, field = int(rng.integers(1, 5)), int(rng.choice(FIELDS))
    D = matrix(rng, (40, 28, 18, 14)[top - 1])
    limit = float(rng.choice([np.inf, np.inf, np.median(D[np.isfinite(D)]), 1.0]))
    options = {"max_dimension": top, "field": field, "max_edge_length": limit}
    ours, theirs = rips_degrees(D, **options), rips_gudhi(D, **options)
    return all(np.array_equal(ordered(ours[k]), ordered(theirs[k])) for k in range(top + 1))


def matrix(rng, most):
    n, kind = int(rng.integers(1, most)), rng.integers(6)
    if kind < 3:
        X = rng.normal(size=(n, int(rng.integers(1, 6))))
        if kind == 1:
            X /= np.linalg.norm(X, axis=1, keepdims=True)
        elif kind == 2:
            X = np.round(X)
        D = squareform(pdist(X)) if n > 1 else np.zeros((1, 1))
    else:
        D = rng.integers(1, int(rng.integers(2, 9)), (n, n)) if kind < 5 else rng.random((n, n))
        D = np.triu(D * 1.0, k=1)
        D = D + D.T
    if rng.random() < 0.25:
        cut = np.triu(rng.random((n, n)) < rng.random() / 2, k=1)
        D[cut | cut.T] = np.inf
    return D


def ordered(bars):
    return bars[np.lexsort(bars.T[::-1])]


if __name__ == "__main__":
    main()
