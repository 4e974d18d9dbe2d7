"""Landmarks, an alpha diagram with its bound, and a count, of a large cloud on disk.

    python benchmarks/large_speed.py                  # a million points of a cube, 24 MB on disk
    python benchmarks/large_speed.py --points 10000000

Prints seconds of the processor and the memory that the process took beyond what it took before,
with all kernels warm.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from pathlib import Path

import numpy as np

from tda import alpha_diagram, count_holes, landmarks


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--points", type=int, default=1_000_000)
    parser.add_argument("--landmarks", type=int, default=10_000)
    args = parser.parse_args(argv)
    rng = np.random.default_rng(0)
    count_holes(rng.random((4000, 3)), n_landmarks=200)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "X.npy"
        shape = (args.points, 3)
        X = np.lib.format.open_memmap(path, mode="w+", dtype=np.float64, shape=shape)
        for first in range(0, args.points, 100_000):
            X[first : first + 100_000] = rng.random(X[first : first + 100_000].shape)
        del X
        X = np.load(path, mmap_mode="r")
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for name, run in (
            ("landmarks", lambda: landmarks(X, n_points=args.landmarks).covering_radius),
            ("alpha", lambda: alpha_diagram(X, n_landmarks=args.landmarks).error_bound),
            ("count", lambda: count_holes(X, random_state=0).betti),
        ):
            start = time.process_time()
            found = run()
            more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1e3
            seconds = time.process_time() - start
            print(f"{name:10} {seconds:6.2f} s, at most {more:5.0f} MB more: {found}", flush=True)


if __name__ == "__main__":
    main()
