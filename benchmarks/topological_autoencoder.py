"""How often autoencoders keep the two loops of a torus in R^20, by the loss of shape.

    python benchmarks/topological_autoencoder.py
    python benchmarks/topological_autoencoder.py --seeds 10 --topologies components plain --starts 3

A torus of two angles, each with its first overtone as loud as itself, and noise, 1,000 points in 20
dimensions, through four numbers; 100 epochs, all else by default and the same for all. A run is
counted if `embedding_report` calls the coordinates faithful and they have two significant loops.

Of several starts the one with the least loss over all rows is kept, for the plain one the least of
the share of the variance that is lost. Settings were chosen on seeds from 100 to 103; measured with
the ten seeds from 200 on:

    topology       starts  faithful, two loops  CPU s
    plain               1             3 of  10    0.7
    plain               3             6 of  10    1.8
    components          1             8 of  10    1.8

The goal was 8 with the loss of components and at most 3 without. One start each meets it. Choosing
helps the plain one, too: to 6 of 10. The best of three with the loss of components was counted only
on the four seeds of the choice, 4 of 4 (plain: 2 of 4). With a learning rate of 0.01 and one start,
the ten seeds from 0 on gave components 7, plain 4.
"""

from __future__ import annotations

import argparse
import time
from itertools import product

import numpy as np

from tda import embedding_report
from tda.learning import TopologicalAutoencoder

TOPOLOGIES = ("plain", "components", "cycles", "divergence", "connectivity")


def overtones(n, seed):
    rng = np.random.default_rng(seed)
    angles = rng.uniform(0, 2 * np.pi, (n, 2))
    waves = np.column_stack([f(k * angles) for k in (1, 2) for f in (np.cos, np.sin)])
    turn, _ = np.linalg.qr(rng.normal(size=(20, waves.shape[1])))
    return waves @ turn.T + rng.normal(0, 0.02, (n, 20))


def run(X, topology, seed, n_epochs, n_init):
    start = time.process_time()
    model = TopologicalAutoencoder(
        n_components=4,
        topology=None if topology == "plain" else topology,
        n_epochs=n_epochs,
        n_init=n_init,
        random_state=seed,
    ).fit(X)
    spent = time.process_time() - start
    report = embedding_report(X, model.transform(X))
    return model.losses_[-1, 0], spent, report


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seeds", type=int, default=10, help="how many")
    parser.add_argument("--first", type=int, default=200, help="the first of them")
    parser.add_argument("--starts", type=int, nargs="+", default=[1, 3])
    parser.add_argument("--epochs", type=int, default=100)
    parser.add_argument("--points", type=int, default=1000)
    parser.add_argument(
        "--topologies", nargs="+", choices=TOPOLOGIES, default=["plain", "components"]
    )
    args = parser.parse_args()
    print(
        f"{'topology':<14} {'starts':>6} {'faithful, two loops':>20} {'trusted':>8} {'lost':>6} "
        f"{'CPU s':>6}"
    )
    for topology, n_init in product(args.topologies, args.starts):
        rows = []
        for seed in range(args.first, args.first + args.seeds):
            X = overtones(args.points, seed)
            lost, spent, report = run(X, topology, seed, args.epochs, n_init)
            kept = report.is_faithful and report.betti_after[1] == 2
            rows.append((kept, report.trustworthiness, lost, spent))
        kept, trusted, lost, spent = np.array(rows, dtype=float).T
        print(
            f"{topology:<14} {n_init:>6} {int(kept.sum()):>13} of {len(rows):>3} "
            f"{np.median(trusted):>8.3f} {np.median(lost):>6.3f} {spent.mean():>6.1f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
