"""Loops of graphs of 15 nearest neighbours: ours, gudhi in three ways, ripser.

    python benchmarks/rips_graphs.py                    # 10,000 and 30,000 points; a minute
    python benchmarks/rips_graphs.py --points 100000 --engines ours gudhi

From a symmetric `scipy.sparse` matrix to the diagram in degrees 0 and 1 over Z/2, checks and
conversions included: CPU seconds, the least of three calls after one on a tiny input, as a factor
of ours; the peak of resident memory of the whole process; and whether the bars are the same, those
of ripser up to single precision. "gudhi" is its cohomology behind the door for scikit-learn,
"gudhi tree" the simplex tree with all triangles, "collapse" the same after edge collapse. On two
cores, 10,000 points:

| graph | ours | gudhi | gudhi tree | collapse | ripser |
| --- | --- | --- | --- | --- | --- |
| uniform in R³, 85,321 edges | .026 s | 5.2 x | 12 x | 5.7 x | 9.9 x |
| uniform in R¹⁰, 96,724 edges | .043 s | 26 x | 10 x | 8.4 x | 52 x |
| noisy circle in R³, 92,282 edges | .030 s | 3.0 x | 11 x | 5.2 x | 5.9 x |

100,000 points of R³ take .6 s and 420 MB.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from scipy import sparse
from sklearn.neighbors import kneighbors_graph


def circle(n, rng):
    angle = rng.random(n) * 2 * np.pi
    return np.c_[np.cos(angle), np.sin(angle), 0 * angle] + 0.1 * rng.normal(size=(n, 3))


CASES = {
    "uniform in R³": lambda n, rng: rng.random((n, 3)),
    "uniform in R¹⁰": lambda n, rng: rng.random((n, 10)),
    "noisy circle in R³": circle,
}


def neighbours(case, n):
    """An edge where either point is among the 15 nearest of the other."""
    points = CASES[case](n, np.random.default_rng(0))
    graph = kneighbors_graph(points, 15, mode="distance")
    return graph.maximum(graph.T).tocsr()


def ours(D):
    from tda import rips_diagram

    return rips_diagram(D, metric="precomputed")


def gudhi(D):
    from gudhi.sklearn import RipsPersistence

    upper = sparse.coo_matrix(sparse.triu(D, k=1))
    return RipsPersistence(
        homology_dimensions=[0, 1], input_type="distance coo_matrix", homology_coeff_field=2
    ).fit_transform([upper])[0]


def gudhi_tree(D, collapse=False):
    import gudhi

    upper, n = sparse.coo_array(sparse.triu(D, k=1)), D.shape[0]
    tree = gudhi.SimplexTree()
    tree.insert_batch(np.arange(n).reshape(1, -1), np.zeros(n))
    tree.insert_batch(np.stack([upper.row, upper.col]), upper.data)
    if collapse:
        tree.collapse_edges()
    tree.expansion(2)
    tree.compute_persistence(homology_coeff_field=2)
    return [tree.persistence_intervals_in_dimension(k) for k in (0, 1)]


def ripser(D):
    from ripser import ripser

    return ripser(D.astype(np.float32), distance_matrix=True, maxdim=1)["dgms"]


ENGINES = {
    "ours": ours,
    "gudhi": gudhi,
    "gudhi tree": gudhi_tree,
    "collapse": lambda D: gudhi_tree(D, collapse=True),
    "ripser": ripser,
}


def bars_of(diagram, degree):
    bars = np.reshape(diagram[degree], (-1, 2))
    bars = bars[bars[:, 0] < bars[:, 1]]
    return bars[np.lexsort(bars.T)]


def measure(case, n, engine, out):
    compute = ENGINES[engine]
    compute(neighbours(case, 60))
    D = neighbours(case, n)
    seconds = []
    for _ in range(3):
        start = time.process_time()
        diagram = compute(D)
        seconds.append(time.process_time() - start)
        if len(seconds) == 1:
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    bars = {f"bars{degree}": bars_of(diagram, degree) for degree in (0, 1)}
    np.savez(out, seconds=min(seconds), peak=peak, edges=D.nnz // 2, **bars)


def same(a, b, tolerance):
    """Whether two diagrams are equal, but for bars shorter than a share of the longest value."""
    for degree in (0, 1):
        x, y = a[f"bars{degree}"], b[f"bars{degree}"]
        scale = np.max(x, initial=0.0, where=np.isfinite(x))
        x, y = (z[z[:, 1] - z[:, 0] > 4 * tolerance * scale] for z in (x, y))
        if len(x) != len(y):
            return False
        for column in (0, 1):
            if not np.allclose(np.sort(x[:, column]), np.sort(y[:, column]), tolerance):
                return False
    return True


def compare(case, n, engines):
    print(f"\n{case}, {n:,} points")
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for engine in engines:
            out = Path(folder) / f"{engine}.npz"
            command = [sys.executable, __file__, "--measure", case, str(n), engine, str(out)]
            subprocess.run(command, check=True)
            found[engine] = row = dict(np.load(out))
            first = found[engines[0]]
            factor = row["seconds"] / first["seconds"]
            equal = same(first, row, 1e-6 if engine == "ripser" else 1e-12)
            print(
                f"{engine:10} {row['edges']:10,} edges {len(row['bars1']):8,} loops"
                f" {row['seconds']:8.3f} s {factor:7.1f} x {row['peak']:6.0f} MB"
                f"  {'same bars' if equal else 'OTHER BARS'}",
                flush=True,
            )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--points", type=int, nargs="+", default=[10_000, 30_000])
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=list(ENGINES))
    parser.add_argument("--measure", nargs=4, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.measure:
        case, n, engine, out = args.measure
        return measure(case, int(n), engine, out)
    for n in args.points:
        for case in CASES:
            compare(case, n, args.engines)


if __name__ == "__main__":
    main()
