"""Loops of many points of space and of large graphs: CPU seconds and memory, case by case.

    python benchmarks/rips_space.py                     # clouds of 20,000, graphs of 10,000
    python benchmarks/rips_space.py --points 100000 cube lattice

Each case runs in a process of its own, after the kernels have been compiled on a tiny input. The
peak is that of resident memory of the whole process, imports and compiler with it. Whether the
diagrams are right is for `agree.py`.
"""

import argparse
import resource
import subprocess
import sys
import time

import numpy as np
from scipy import sparse
from sklearn.neighbors import kneighbors_graph

from tda import datasets
from tda.homology.engines import rips_gudhi, rips_points, rips_sparse


def circle(n, rng):
    angle = rng.random(n) * 2 * np.pi
    return np.c_[np.cos(angle), np.sin(angle), 0 * angle] + 0.1 * rng.normal(size=(n, 3))


def torus(n, rng):
    return datasets.make_torus(n, random_state=rng.integers(1000)).points


def ball(n, rng):
    X = rng.normal(size=(n, 3))
    return X / np.linalg.norm(X, axis=1)[:, None] * rng.random((n, 1)) ** (1 / 3)


def clusters(n, rng):
    return rng.random((10, 3))[rng.integers(0, 10, n)] + 0.05 * rng.normal(size=(n, 3))


def lattice(n, rng):
    return np.stack(np.meshgrid(*[np.arange(round(n ** (1 / 3)))] * 3), -1).reshape(-1, 3) * 1.0


def outliers(n, rng):
    X = rng.random((n, 3))
    few = min(100, n // 4)
    X[:few] = 100 * rng.normal(size=(few, 3))
    return X


def neighbours(n, rng):
    """The graph of 15 nearest neighbours, one way or the other."""
    graph = kneighbors_graph(rng.random((n, 3)), 15, mode="distance")
    return graph.maximum(graph.T).tocsr()


CASES = {
    "cube": lambda n, rng: rng.random((n, 3)),
    "ball": ball,
    "lattice": lattice,
    "outliers": outliers,
    "clusters": clusters,
    "circle": circle,
    "torus": torus,
    "graph": neighbours,
}


def diagram(X, engine="ours"):
    if not sparse.issparse(X):
        return rips_points.rips_points(X, max_edge_length=np.inf, simplices=False)
    if engine == "gudhi":
        return rips_gudhi.rips_gudhi(X, max_dimension=1, field=2, max_edge_length=np.inf)
    return rips_sparse.rips_sparse(X, max_dimension=1, max_edge_length=np.inf, simplices=False)


def measure(name, n, engine):
    diagram(CASES[name](60, np.random.default_rng(1)), engine)  # compiles
    X = CASES[name](n, np.random.default_rng(0))
    start = time.process_time()
    found = diagram(X, engine)
    seconds = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{name:10} {engine:6} {n:8,} {len(found[1]):8,} loops {seconds:8.2f} s {peak:7.0f} MB")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cases", nargs="*", metavar="case", help=", ".join(CASES))
    parser.add_argument("--points", type=int)
    parser.add_argument("--engine", choices=["ours", "gudhi"], help=argparse.SUPPRESS)
    args = parser.parse_args()
    if unknown := set(args.cases) - set(CASES):
        parser.error(f"no case {', '.join(unknown)}; there are {', '.join(CASES)}")
    if args.engine:
        return measure(args.cases[0], args.points, args.engine)
    for name in args.cases or CASES:
        n = args.points or (10_000 if name == "graph" else 20_000)
        for engine in ("ours", "gudhi") if name == "graph" else ("ours",):
            subprocess.run(
                [sys.executable, __file__, name, "--points", str(n), "--engine", engine], check=True
            )


if __name__ == "__main__":
    main()
