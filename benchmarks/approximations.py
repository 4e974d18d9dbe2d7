"""Landmarks, sparse Rips and Flood complexes side by side: time, bound, and true error.

    python benchmarks/approximations.py            # a minute
    python benchmarks/approximations.py --quick    # smaller clouds

For each cloud and method: CPU seconds, simplices or points, the bound that the method guarantees,
and the true bottleneck distance to the diagram of all points, the largest over degrees. Sparse Rips
(D. R. Sheehy, "Linear-size approximations to the Vietoris-Rips filtration", Discrete Comput. Geom.
49, 2013) is gudhi's; its guarantee is a factor 1 / (1 - epsilon), here times the largest finite
death. The Flood complex (F. Graf et al., arXiv:2509.22432) is written out below: simplices of the
Delaunay triangulation of the landmarks enter when balls around all points cover them, looked at on
a grid of points of each simplex. The last lines: by how much bounds exceed the true errors.
"""

from __future__ import annotations

import argparse
import itertools
import time

import gudhi
import numpy as np
from scipy.spatial import Delaunay, cKDTree

from tda import alpha_diagram, landmarks, rips_diagram
from tda.datasets import make_circle, make_figure_eight, make_torus, make_uniform
from tda.distances import bottleneck_distance


def sparse_rips(X, epsilon):
    """Diagram by degree, number of simplices and bound."""
    tree = gudhi.RipsComplex(points=X, sparse=epsilon).create_simplex_tree(max_dimension=2)
    tree.compute_persistence(homology_coeff_field=2)
    bars = [tree.persistence_intervals_in_dimension(k) for k in (0, 1)]
    finite = [b[np.isfinite(b[:, 1])] for b in bars if len(b)]
    last = max(float(b.max(initial=0.0)) for b in finite)
    return bars, tree.num_simplices(), epsilon / (1 - epsilon) * last


def flood(X, n_landmarks, n_steps=4):
    """Diagram by degree, number of simplices and bound of the Flood complex."""
    marks = landmarks(X, n_points=n_landmarks)
    points, tree = marks.points, cKDTree(X)
    complex_ = gudhi.SimplexTree()
    cells = np.sort(Delaunay(points).simplices, axis=1)
    for size in range(1, cells.shape[1] + 1):
        faces = np.unique(
            np.concatenate(
                [cells[:, c] for c in itertools.combinations(range(cells.shape[1]), size)]
            ),
            axis=0,
        )
        steps = [s for s in itertools.product(range(n_steps + 1), repeat=size) if sum(s) == n_steps]
        grid = np.array(steps) / n_steps
        values = np.zeros(len(faces))
        if size > 1:
            for weights in grid:
                values = np.maximum(
                    values, tree.query(np.einsum("k,fkd->fd", weights, points[faces]))[0]
                )
        complex_.insert_batch(faces.T.astype(np.int32), values)
    complex_.make_filtration_non_decreasing()
    complex_.compute_persistence(homology_coeff_field=2)
    bars = [complex_.persistence_intervals_in_dimension(k) for k in range(X.shape[1])]
    return bars, complex_.num_simplices(), marks.covering_radius


def error(bars, exact):
    """The largest bottleneck distance over degrees."""
    return max(
        bottleneck_distance(np.reshape(mine, (-1, 2)), exact[k])
        for k, mine in enumerate(bars)
        if k <= exact.max_dimension
    )


def timed(function, *args, **options):
    start = time.process_time()
    result = function(*args, **options)
    return result, time.process_time() - start


def line(cloud, method, seconds, size, bound, true):
    print(
        f"| {cloud} | {method} | {seconds:.3f} | {size:,} | {bound:.3f} | {true:.3f} |", flush=True
    )


def ratios(n_clouds):
    """Bound over true error for landmarks of random clouds, by complex."""
    rng = np.random.default_rng(0)
    found = {"rips": [], "alpha": []}
    for i in range(n_clouds):
        n, d = int(rng.integers(60, 200)), 2 + i % 2
        make = (make_circle, make_figure_eight, make_uniform)[i % 3]
        options = {"dimension": d} if make is make_uniform else {"noise": 0.1}
        X = make(n, random_state=i, **options).points
        m = int(rng.integers(n // 10, n // 2))
        for kind, compute in (("rips", rips_diagram), ("alpha", alpha_diagram)):
            part = compute(X, n_landmarks=m)
            true = error(list(part), compute(X))
            if true > 0:
                found[kind].append(part.error_bound / true)
    return found


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true")
    args = parser.parse_args(argv)
    n = 1500 if args.quick else 3000
    print("| cloud | method | CPU s | simplices or points | bound | true error |")
    print("| --- | --- | ---: | ---: | ---: | ---: |")
    for cloud, shape in (
        ("torus", make_torus(n, random_state=0)),
        ("cube", make_uniform(n, dimension=3, random_state=0)),
    ):
        X = shape.points
        exact, seconds = timed(alpha_diagram, X)
        line(cloud, "alpha, all points", seconds, n, 0.0, 0.0)
        for m in (n // 32, n // 16, n // 8, n // 4, n // 2):
            part, seconds = timed(alpha_diagram, X, n_landmarks=m)
            line(
                cloud,
                f"alpha, {m} landmarks",
                seconds,
                m,
                part.error_bound,
                error(list(part), exact),
            )
        for m in (n // 32, n // 16, n // 8):
            (bars, size, bound), seconds = timed(flood, X, m)
            line(cloud, f"Flood, {m} landmarks", seconds, size, bound, error(bars, exact))
    n = 300  # of 1,000 points of a cube sparse Rips takes gigabytes
    for cloud, shape in (
        ("circle", make_circle(n, noise=0.1, random_state=0)),
        ("cube", make_uniform(n, dimension=3, random_state=0)),
    ):
        X = shape.points
        exact, seconds = timed(rips_diagram, X)
        line(cloud, "Rips, all points", seconds, n, 0.0, 0.0)
        for m in (n // 16, n // 8, n // 4, n // 2):
            part, seconds = timed(rips_diagram, X, n_landmarks=m)
            line(
                cloud,
                f"Rips, {m} landmarks",
                seconds,
                m,
                part.error_bound,
                error(list(part), exact),
            )
        for epsilon in (0.2, 0.5, 0.8):
            (bars, size, bound), seconds = timed(sparse_rips, X, epsilon)
            line(cloud, f"sparse Rips, {epsilon}", seconds, size, bound, error(bars, exact))
    for kind, values in ratios(20 if args.quick else 200).items():
        print(
            f"{kind}: bound over true error, median {np.median(values):.2f}, "
            f"least {min(values):.2f}"
        )


if __name__ == "__main__":
    main()
