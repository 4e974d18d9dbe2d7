"""Write tda/clustering/mode_table.json: how prominent the peaks of noise are.

    python benchmarks/make_mode_table.py      # about a minute of one core

For each number of neighbours k and of neighbourhoods n / k: quantiles of the largest prominence
times the root of k, in even points of an interval and of boxes ten times as long as wide; of the
three the largest. And how often the graph of neighbours is in pieces.
"""

from __future__ import annotations

import json

import numpy as np

from tda._neighbors import neighbor_graph
from tda.clustering._density import neighbor_log_density
from tda.clustering._hierarchy import mode_tree
from tda.clustering._null import LEVELS, TABLE

NEIGHBORS = [5, 8, 12, 16, 24]
NEIGHBORHOODS = [2, 4, 8, 16, 32, 64, 192]
DIMENSIONS = [1, 2, 3]
REPLICATES = 300


def main():
    rng = np.random.default_rng(0)
    quantiles, in_pieces = [], []
    for k in NEIGHBORS:
        cells = [[simulate(m * k, k, d, rng) for d in DIMENSIONS] for m in NEIGHBORHOODS]
        quantiles.append([np.max([q for q, _ in cell], axis=0).round(4).tolist() for cell in cells])
        in_pieces.append([max(p for _, p in cell) for cell in cells])
        print(k, "95%:", [round(q[LEVELS.index(0.95)], 2) for q in quantiles[-1]], in_pieces[-1],
              flush=True)  # fmt: skip
    table = {
        "neighbors": NEIGHBORS,
        "neighborhoods": NEIGHBORHOODS,
        "quantiles": quantiles,
        "in_pieces": in_pieces,
        "replicates": REPLICATES,
    }
    TABLE.write_text(json.dumps(table) + "\n")


def simulate(n, k, d, rng):
    """Quantiles of the largest finite prominence, and the share of graphs in pieces."""
    largest, pieces = [], 0
    sides = np.array([10.0, *np.ones(d - 1)])
    for _ in range(REPLICATES):
        graph = neighbor_graph(rng.random((n, d)) * sides, k)
        tree = mode_tree(graph.indices, neighbor_log_density(graph.distances, d))
        largest.append(np.max(tree.prominences, initial=0.0) * np.sqrt(k))
        pieces += tree.n_pieces > 1
    return np.quantile(largest, LEVELS), pieces / REPLICATES


if __name__ == "__main__":
    main()
