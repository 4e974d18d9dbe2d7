"""Representation topology divergence: our engine and Ripser on the same doubled matrix.

    python benchmarks/divergence.py                # 250 and 500 rows
    python benchmarks/divergence.py --rows 1000    # about a minute of Ripser

The doubled matrix of 2n points is what the published code gives to a Rips engine. Prints CPU
seconds of one direction in degree 1, the ratio, and by how much the two divergences differ.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
from scipy.spatial.distance import pdist, squareform

from tda.networks.comparison._divergence import divergence, in_units


def by_ripser(D, E):
    from ripser import ripser

    n, far = len(D), 2 * max(D.max(), E.max())
    M = np.zeros((2 * n, 2 * n))
    M[n:, n:] = np.minimum(D, E)
    M[n:, :n] = np.where(np.tri(n, dtype=bool).T, D, far)
    M[:n, n:] = M[n:, :n].T
    bars = ripser(M, distance_matrix=True, maxdim=1, thresh=1.01 * far / 2)["dgms"][1]
    bars = bars[np.isfinite(bars[:, 1])]
    return float((bars[:, 1] - bars[:, 0]).sum())


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[250, 500])
    args = parser.parse_args(argv)
    print("| rows | ours, CPU s | Ripser, CPU s | ratio | difference |\n|---|---|---|---|---|")
    for n in [20, *args.rows]:  # the first one only loads what is compiled
        rng = np.random.default_rng(n)
        A = rng.normal(size=(n, 10))
        B = A @ rng.normal(size=(10, 5)) + 0.5 * rng.normal(size=(n, 5))
        D, E = (in_units(squareform(pdist(X)), "X") for X in (A, B))
        seconds, values = [], []
        for function in (divergence, by_ripser):
            start = time.process_time()
            values.append(function(D, E))
            seconds.append(time.process_time() - start)
        if n > 20:
            ours, theirs = seconds
            off = abs(values[0] - values[1]) / values[1]
            print(f"| {n} | {ours:.3f} | {theirs:.2f} | {theirs / ours:.0f} | {off:.1e} |")


if __name__ == "__main__":
    main()
