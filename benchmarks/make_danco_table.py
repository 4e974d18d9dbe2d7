"""Write tda/dimension/danco_table.json: norms and angles of neighbours in uniform balls.

    python benchmarks/make_danco_table.py      # about two minutes of one core

For each number of points and each dimension it averages over at least 15,000 points of balls, then
smooths what is left of the noise with a polynomial in the logarithm of the dimension; the
dimension 1, whose angles are all 0 or π, is left as it is.
"""

from __future__ import annotations

import json

import numpy as np
from scipy.spatial.distance import pdist, squareform

from tda._neighbors import graph_of_distances, neighbor_graph
from tda.dimension._danco import (
    N_ANGLES,
    TABLE,
    mean_concentration,
    neighbor_angles,
    norm_dimension,
)

N_POINTS = [14, 20, 30, 50, 100, 200, 500, 1000, 2500, 10_000]
DIMENSIONS = [*range(1, 13), 14, 16, 18, 20, 24, 30, 40, 50, 70, 100]
AT_LEAST = 15_000
DEGREE = 6


def main():
    rng = np.random.default_rng(0)
    rows = []
    for n in N_POINTS:
        rows.append([average(n, d, rng) for d in DIMENSIONS])
        print(
            f"{n} points, 20 dimensions:", np.round(rows[-1][DIMENSIONS.index(20)], 3), flush=True
        )
    raw = np.array(rows)  # (n_points, dimensions, 3)
    smooth = raw.copy()
    x = np.log(DIMENSIONS[1:])
    for i in range(len(N_POINTS)):
        for j, log in enumerate((True, False, True)):
            y = np.log(raw[i, 1:, j]) if log else raw[i, 1:, j]
            fit = np.polynomial.Polynomial.fit(x, y, DEGREE)(x)
            smooth[i, 1:, j] = np.exp(fit) if log else fit
    print("largest relative change by smoothing:", np.abs(smooth / raw - 1).max(axis=(0, 1)))
    names = ("dimension", "direction", "concentration")
    table = {"n_points": N_POINTS, "dimensions": DIMENSIONS}
    table |= {name: smooth[:, :, j].round(5).tolist() for j, name in enumerate(names)}
    TABLE.write_text(json.dumps(table) + "\n")


def average(n, d, rng):
    """Mean likelihood dimension, direction and concentration of balls of n points."""
    logs, directions, concentrations = [], [], []
    for _ in range(-(-AT_LEAST // (n * at_once(n)))):
        clouds = ball(at_once(n) * n, d, rng).reshape(-1, n, d)
        graphs = [neighbors(X) for X in clouds]
        shifted = np.concatenate([graph.indices + i * n for i, graph in enumerate(graphs)])
        distances = np.concatenate([graph.distances for graph in graphs])
        logs.extend(np.log(distances[:, 0] / distances[:, -1]).reshape(-1, n))
        X = clouds.reshape(-1, d)
        direction, concentration = neighbor_angles(X, shifted[:, :N_ANGLES])
        directions.append(direction)
        concentrations.append(concentration)
    # The likelihood dimension is that of one cloud, with the bias of so many points.
    dimension = norm_dimension(np.array(logs)).mean()
    direction, concentration = np.concatenate(directions), np.concatenate(concentrations)
    return dimension, direction.mean(), mean_concentration(concentration)


def at_once(n):
    return max(2_000 // n, 1)


def neighbors(X):
    if len(X) > 1000:
        return neighbor_graph(X, N_ANGLES + 1)
    return graph_of_distances(squareform(pdist(X)), N_ANGLES + 1)


def ball(n, d, rng):
    X = rng.normal(size=(n, d))
    return X * (rng.uniform(size=n) ** (1 / d) / np.linalg.norm(X, axis=1))[:, None]


if __name__ == "__main__":
    main()
