"""Write mapper_nodes.json: node sets of kmapper, tda-mapper and pyballmapper.

python tests/reference/make_mapper_nodes.py     # where these three are installed
"""

import json
from pathlib import Path

import kmapper
import numpy as np
from pyballmapper import BallMapper
from sklearn.cluster import DBSCAN
from tdamapper.core import mapper_labels
from tdamapper.cover import StandardCubicalCover


def main():
    cases = []
    for seed, (n, d, columns, intervals, overlap, eps, least) in enumerate(
        [(60, 2, 1, 5, 0.3, 0.6, 1), (80, 3, 2, 3, 0.4, 1.0, 1), (70, 2, 1, 6, 0.25, 0.5, 3)]
    ):
        X = np.round(np.random.default_rng(seed).normal(size=(n, d)), 6)
        case = {"points": X.tolist(), "n_columns": columns, "n_intervals": intervals}
        case |= {"overlap": overlap, "eps": eps, "min_samples": least, "radius": 1.1}
        model = DBSCAN(eps=eps, min_samples=least)
        cover = kmapper.Cover(n_cubes=intervals, perc_overlap=overlap)
        graph = kmapper.KeplerMapper(verbose=0).map(X[:, :columns], X, cover=cover, clusterer=model)
        case["kmapper"] = sorted(sorted(map(int, rows)) for rows in graph["nodes"].values())
        cover = StandardCubicalCover(n_intervals=intervals, overlap_frac=overlap)
        nodes = {}
        for row, found in enumerate(mapper_labels(X, X[:, :columns], cover, model)):
            for label in found:
                nodes.setdefault(label, []).append(row)
        case["tda-mapper"] = sorted(nodes.values())
        balls = BallMapper(X=X, eps=1.1).points_covered_by_landmarks
        case["pyballmapper"] = sorted(sorted(map(int, rows)) for rows in balls.values())
        cases.append(case)
    path = Path(__file__).with_name("mapper_nodes.json")
    path.write_text(json.dumps(cases, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
