"""Ask pyflagser for persistence of directed and undirected flag complexes; writes a JSON file.

    DIR/pyflagser/bin/python tests/reference/make_graphs_pyflagser.py

with the environment that ``benchmarks/install_peers.py DIR --only pyflagser`` makes.
"""

import json
from pathlib import Path

import numpy as np
from pyflagser import flagser_weighted
from scipy import sparse

#: Vertices, edges, directed, field, values drawn from so many (ties), vertices with own values.
CASES = [
    (6, 14, True, 2, 1000, False),
    (9, 40, True, 2, 4, False),
    (9, 40, True, 3, 1000, False),
    (12, 60, True, 2, 1000, True),
    (8, 56, True, 2, 3, True),
    (10, 25, False, 2, 1000, False),
    (12, 50, False, 3, 4, True),
    (5, 3, True, 2, 1000, False),
]


def main():
    answers = []
    for seed, (n, m, directed, field, levels, own) in enumerate(CASES):
        rng = np.random.default_rng(seed)
        pairs = [(i, j) for i in range(n) for j in range(n) if i != j and (directed or i < j)]
        edges = np.array([pairs[k] for k in sorted(rng.choice(len(pairs), m, replace=False))])
        vertices = rng.integers(1, levels, n) / 2 if own else np.zeros(n)
        # pyflagser wants each edge no earlier than its vertices.
        weights = np.maximum(rng.integers(1, levels, m) / 2, vertices[edges].max(axis=1))
        rows, columns = np.concatenate([edges.T, [np.arange(n)] * 2], axis=1)
        matrix = sparse.coo_matrix(
            (np.concatenate([weights, vertices]), (rows, columns)), shape=(n, n)
        )
        found = flagser_weighted(
            matrix, max_dimension=3, directed=directed, coeff=field, filtration="max"
        )
        answers.append(
            {
                "edges": edges.tolist(),
                "weights": weights.tolist(),
                "vertices": vertices.tolist(),
                "directed": directed,
                "field": field,
                # JSON has no infinity.
                "bars": [
                    [[float(b), float(d) if np.isfinite(d) else None] for b, d in bars if b != d]
                    for bars in found["dgms"]
                ],
            }
        )
    path = Path(__file__).with_name("graphs_pyflagser.json")
    path.write_text(json.dumps(answers) + "\n")


if __name__ == "__main__":
    main()
