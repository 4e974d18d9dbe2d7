"""How often ToMATo finds the right number of clusters: 500 points, level 0.05.

    python benchmarks/cluster_counts.py              # 100 seeds a row, about two minutes
    python benchmarks/cluster_counts.py --seeds 20

Prints, for each family, the share of seeds with the right number, and for comparison that of
`count_holes`, which goes by distances alone.
"""

from __future__ import annotations

import argparse

import numpy as np
from sklearn.datasets import make_circles, make_moons, make_swiss_roll
from tqdm import tqdm

from tda import ToMATo, count_holes

N = 500


def blobs(rng, sizes, apart, spreads=None, d=2):
    """Gaussian blobs whose centres are at least `apart` from one another."""
    centres = []
    while len(centres) < len(sizes):
        new = rng.uniform(0, 1.6 * apart * len(sizes) ** 0.5, d)
        if all(np.linalg.norm(new - c) >= apart for c in centres):
            centres.append(new)
    spreads = spreads or [1.0] * len(sizes)
    return np.vstack(
        [c + s * rng.normal(size=(n, d)) for c, n, s in zip(centres, sizes, spreads, strict=True)]
    )


def seed_of(rng):
    return int(rng.integers(2**31))


FAMILIES = {
    "3 blobs, 5 deviations apart": (3, lambda r: blobs(r, [167, 167, 166], 5)),
    "5 blobs, 6 apart": (5, lambda r: blobs(r, [100] * 5, 6)),
    "5 blobs in R5, 6 apart": (5, lambda r: blobs(r, [100] * 5, 6, d=5)),
    "8 blobs, 7 apart": (8, lambda r: blobs(r, [62] * 8, 7)),
    "moons, noise 0.05": (2, lambda r: make_moons(N, noise=0.05, random_state=seed_of(r))[0]),
    "moons, noise 0.1": (2, lambda r: make_moons(N, noise=0.1, random_state=seed_of(r))[0]),
    "rings, noise 0.03": (
        2, lambda r: make_circles(N, noise=0.03, factor=0.5, random_state=seed_of(r))[0]
    ),
    "rings, noise 0.05": (
        2, lambda r: make_circles(N, noise=0.05, factor=0.5, random_state=seed_of(r))[0]
    ),
    "unequal densities, 1 to 44": (3, lambda r: blobs(r, [200, 200, 100], 8, [0.3, 1.0, 2.0])),
    "unequal sizes, 400, 60, 40": (3, lambda r: blobs(r, [400, 60, 40], 6)),
    "uniform, interval": (1, lambda r: r.random((N, 1))),
    "uniform, square": (1, lambda r: r.random((N, 2))),
    "uniform, cube": (1, lambda r: r.random((N, 3))),
    "Gaussian, R2": (1, lambda r: r.normal(size=(N, 2))),
    "Gaussian, R10": (1, lambda r: r.normal(size=(N, 10))),
    "Student, 3 degrees of freedom, R2": (1, lambda r: r.standard_t(3, size=(N, 2))),
    "swiss roll": (1, lambda r: make_swiss_roll(N, random_state=seed_of(r))[0]),
}  # fmt: skip


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=100)
    options = parser.parse_args(argv)
    print("| 500 points | clusters | ToMATo | count_holes |\n| --- | --- | --- | --- |")
    for name, (true, make) in FAMILIES.items():
        found = []
        for seed in tqdm(range(options.seeds), desc=name, leave=False, disable=None):
            X = make(np.random.default_rng(seed))
            found.append((ToMATo().fit(X).n_clusters_, count_holes(X, max_dimension=0).betti[0]))
        right = (np.array(found) == true).mean(axis=0)
        print(f"| {name} | {true} | {right[0]:.0%} | {right[1]:.0%} |", flush=True)


if __name__ == "__main__":
    main()
