"""Estimates of memory, made before the work starts, against the peak that is measured.

    python benchmarks/memory.py             # every case, each in a process of its own
    python benchmarks/memory.py volume      # those whose name begins so

The estimate is the largest that the package asks for on the way. The peak is that of resident
memory in the process, less what was resident before the call; a call on a tiny input comes first,
so that neither imports nor compilation count. On Linux, where the kernel keeps the peak.
"""

import argparse
import subprocess
import sys

import numpy as np

SHARE = 1.5  # estimate and peak are to be within this factor


def cloud(n, d, **options):
    return lambda: (np.random.default_rng(0).random((n, d)), options)


def neighbours(n, k):
    """The graph of the `k` nearest neighbours, one way or the other."""

    def make():
        from sklearn.neighbors import kneighbors_graph

        X = np.random.default_rng(0).random((n, 3))
        graph = kneighbors_graph(X, k, mode="distance")
        return graph.maximum(graph.T).tocsr(), {"metric": "precomputed"}

    return make


def moment_curve(n, d):
    """Points of which every two, from four dimensions on, are joined by a Delaunay edge."""
    return lambda: (np.linspace(0, 1, n)[:, None] ** np.arange(1, d + 1), {})


def two_lines(n):
    """Points on two skew segments, of which every two pairs of neighbours are a Delaunay cell."""

    def make():
        t = np.linspace(0, 1, n // 2)
        zero = np.zeros_like(t)
        return np.vstack([np.c_[t, zero, zero], np.c_[zero + 0.5, t - 0.5, zero + 0.5]]), {}

    return make


def image(*shape, **options):
    return lambda: (np.random.default_rng(0).random(shape), options)


#: Name: the function, the input, and a tiny input of the same kind.
CASES = {
    "rips loops 3000": ("rips_diagram", cloud(3000, 5), cloud(400, 5)),
    "rips loops 9000": ("rips_diagram", cloud(9000, 5), cloud(400, 5)),
    "rips voids 700": (
        "rips_diagram",
        cloud(700, 4, max_dimension=2),
        cloud(30, 4, max_dimension=2),
    ),
    "rips plane 300000": ("rips_diagram", cloud(300_000, 2), cloud(400, 2)),
    "rips points 20000": ("rips_diagram", cloud(20_000, 3), cloud(5100, 3)),
    "rips graph 100000": ("rips_diagram", neighbours(100_000, 15), neighbours(100, 5)),
    "rips over Z/3 1500": ("rips_diagram", cloud(1500, 5, field=3), cloud(30, 5, field=3)),
    "rips tree 300": (
        "rips_diagram",
        cloud(250, 4, representatives=True, field=3),
        cloud(30, 4, representatives=True, field=3),
    ),
    "cocycles 1500": ("rips_diagram", cloud(1500, 3, cocycles=True), cloud(30, 3, cocycles=True)),
    "cocycles 1500 in R^10": (
        "rips_diagram",
        cloud(1500, 10, cocycles=True),
        cloud(30, 10, cocycles=True),
    ),
    "alpha 2 300000": ("alpha_diagram", cloud(300_000, 2), cloud(50, 2)),
    "alpha 3 100000": ("alpha_diagram", cloud(100_000, 3), cloud(50, 3)),
    "alpha 3 two lines 2000": ("alpha_diagram", two_lines(2000), cloud(50, 3)),
    "alpha 4 2000": ("alpha_diagram", cloud(2000, 4), cloud(50, 4)),
    "alpha 5 500": ("alpha_diagram", cloud(500, 5), cloud(50, 5)),
    "alpha 6 150": ("alpha_diagram", cloud(150, 6), cloud(20, 6)),
    "alpha 4 moment curve 300": ("alpha_diagram", moment_curve(300, 4), cloud(50, 4)),
    "image 2000": ("cubical_diagram", image(2000, 2000), image(9, 9)),
    "volume 120": ("cubical_diagram", image(120, 120, 120), image(9, 9, 9)),
    "volume 120 over Z/3": (
        "cubical_diagram",
        image(70, 70, 70, field=3),
        image(9, 9, 9, field=3),
    ),
    "geodesic 4000": ("manifold.geodesic_matrix", cloud(4000, 3), cloud(50, 3)),
}


def resident(name):
    with open("/proc/self/status") as file:
        return next(1024 * int(line.split()[1]) for line in file if line.startswith(name))


def measure(case):
    """Estimate and peak of one case, in this process."""
    import tda
    from tda import _memory
    from tda.homology.engines import _delaunay_cells

    path, make, make_tiny = CASES[case]
    function = tda
    for part in path.split("."):
        function = getattr(function, part)
    X, options = make_tiny()
    function(X, **options)
    asked = [0]
    _memory.require_bytes = lambda n_bytes, *_: asked.append(n_bytes)
    _delaunay_cells.surely_fits = lambda _: False  # count cells although there is room
    X, options = make()
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")  # the peak begins anew
    before = resident("VmRSS")
    function(X, **options)
    return max(asked), resident("VmHWM") - before


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="the cases whose names begin so; default all")
    parser.add_argument("--here", help=argparse.SUPPRESS)
    args = parser.parse_args(argv)
    if args.here:
        print(*measure(args.here))
        return 0
    print(f"{'case':28}{'estimate':>12}{'peak':>12}{'ratio':>8}")
    outside = 0
    for case in CASES:
        if args.names and not case.startswith(tuple(args.names)):
            continue
        command = [sys.executable, __file__, "--here", case]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            print(f"{case:28}  {done.stderr.strip().splitlines()[-1]}")
            outside += 1
            continue
        estimate, peak = map(int, done.stdout.split())
        ratio = estimate / peak
        outside += not 1 / SHARE <= ratio <= SHARE
        print(f"{case:28}{estimate / 1e6:>9.1f} MB{peak / 1e6:>9.1f} MB{ratio:>8.2f}", flush=True)
    print(f"{outside} outside a factor of {SHARE}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
