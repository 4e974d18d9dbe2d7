"""Alpha persistence with weights, in a glued box, and in four to six dimensions, also of lattices.

Against gudhi. CPU seconds of one run each, after a small one. gudhi runs with
``precision="fast"``, its quickest; it has no glued boxes in Python, where the alpha complex of
the same points without a box stands
beside ours, for films, whose box is glued along all axes but the last, as well. Bars are compared
as in `alpha.py`. On two cores:

| box | points | ours | gudhi, no box |
| --- | --- | --- | --- |
| square | 10,000 | .05 s | .19 s |
| cube | 5,000 | .19 s | .34 s |
| square, one axis glued | 10,000 | .25 s | .11 s |
| cube, two axes glued | 5,000 | 3.4 s | .30 s |

    python benchmarks/alpha_more.py          # --quick for fewer points
"""

import argparse

import gudhi
import numpy as np
from alpha import cpu_seconds, disagreement

from tda import alpha_diagram

FULL = ((3, 10_000, True), (3, 50_000, True), (4, 1000, False), (5, 300, False), (6, 100, False))
QUICK = ((3, 2000, True), (4, 300, False), (5, 100, False))
LATTICES, QUICK_LATTICES = ((4, 5), (5, 3), (6, 3)), ((4, 3),)  # dimension, points along an axis
BOXES = ((2, 10_000), (2, 100_000), (3, 5000), (3, 10_000), (3, 50_000))
QUICK_BOXES = ((2, 10_000), (3, 2000))
FILMS = ((2, 10_000), (3, 5000))
QUICK_FILMS = ((2, 2000), (3, 1000))


def ours(X, **options):
    diagram = alpha_diagram(X, **options)
    return [diagram[k] for k in range(X.shape[1])]


def gudhis(X, **options):
    tree = gudhi.AlphaComplex(points=X, precision="fast", **options).create_simplex_tree()
    tree.compute_persistence()
    bars = [tree.persistence_intervals_in_dimension(k) for k in range(X.shape[1])]
    return [np.sign(b) * np.sqrt(np.abs(b)) for b in bars]


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer points")
    quick = parser.parse_args(argv).quick
    rng = np.random.default_rng(0)
    print(f"{'':12}{'points':>9}{'ours':>10}{'gudhi':>10}{'ratio':>8}{'differ by':>12}")

    def row(name, X, options, theirs, agree=True):
        small = {k: v[:40] if np.ndim(v) else v for k, v in options.items()}
        ours(X[:40], **small)
        mine, found = cpu_seconds(lambda X: ours(X, **options), X, 1)
        other, expected = cpu_seconds(lambda X: gudhis(X, **theirs), X, 1)
        apart = f"{disagreement(found, expected):>12.1e}" if agree else f"{'-':>12}"
        print(f"{name:12}{len(X):>9}{mine:>10.3f}{other:>10.3f}{other / mine:>8.1f}{apart}")

    for d, n, weighted in QUICK if quick else FULL:
        X = rng.random((n, d))
        options = {"weights": 0.3 * n ** (-2 / d) * rng.random(n)} if weighted else {}
        row(f"R^{d} weights" if weighted else f"R^{d}", X, options, options)
    for d, side in QUICK_LATTICES if quick else LATTICES:
        row(
            f"R^{d} lattice", np.ascontiguousarray(np.argwhere(np.ones((side,) * d)), float), {}, {}
        )
    for d, n in QUICK_BOXES if quick else BOXES:
        row(f"R^{d} box", rng.random((n, d)), {"box": 1.0}, {}, agree=False)
    for d, n in QUICK_FILMS if quick else FILMS:
        box = [1.0] * (d - 1) + [np.inf]
        row(f"R^{d} film", rng.random((n, d)), {"box": box}, {}, agree=False)


if __name__ == "__main__":
    main()
