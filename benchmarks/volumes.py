"""Volumes of 256³ voxels beside cripser: time, peak of memory, and the same diagrams.

    python benchmarks/volumes.py smooth 256 --cripser PYTHON

PYTHON is an interpreter of an environment with cripser 0.0.37 and numpy. Voxels are the vertices
of the cubical complex ("vertices"), over Z/2, degrees 0, 1 and 2. CPU seconds on one thread, after
compilation; the peak is that of the whole process, with the volume itself. On a loaded machine of
two cores:

    volume         ours               cripser
    256³ smooth     4.9 s,  .95 GB     27.8 s, 1.87 GB, equal
    256³ random    23.8 s, 1.06 GB    149.5 s, 5.83 GB, equal (stopped with --gigabytes 14)
    512³ smooth    53.8 s, 5.53 GB    not run
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

CRIPSER = """
import json, resource, sys, time
import cripser, numpy as np
X = np.load(sys.argv[1])
start = time.process_time()
bars = cripser.computePH(X, maxdim=2)
seconds = time.process_time() - start
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
checks = [[int(sum(bars[:, 0] == k)), float(bars[bars[:, 0] == k, 1].sum())] for k in range(3)]
print(json.dumps([seconds, peak, checks]))
"""


def volume(kind, side, *, seed=0):
    """White noise, or a random field that varies over four voxels."""
    from scipy.ndimage import gaussian_filter

    X = np.random.default_rng(seed).standard_normal((side,) * 3)
    return gaussian_filter(X, 4, mode="wrap") if kind == "smooth" else X


def of_ours(X):
    """Seconds, peak in KB, and for each degree the number of bars and the sum of births."""
    from tda import cubical_diagram

    cubical_diagram(volume("random", 8), construction="vertices")  # compiles
    start = time.process_time()
    diagram = cubical_diagram(X, construction="vertices")
    seconds = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return seconds, peak, [[len(diagram[k]), float(diagram[k][:, 0].sum())] for k in range(3)]


def of_cripser(python, X, minutes, gigabytes):
    """Seconds, peak in KB and checks as of ours; in place of these its last words if it failed."""

    def limit():
        resource.setrlimit(resource.RLIMIT_CPU, (60 * minutes, 60 * minutes + 5))
        resource.setrlimit(resource.RLIMIT_AS, (gigabytes * 10**9,) * 2)

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "volume.npy"
        np.save(path, X)
        done = subprocess.run([python, "-c", CRIPSER, path], capture_output=True, preexec_fn=limit)
    if done.returncode == 0:
        return json.loads(done.stdout)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    words = done.stderr.decode(errors="replace").strip().splitlines()
    why = words[-1] if words else f"exit {done.returncode}"
    return used.ru_utime + used.ru_stime, used.ru_maxrss, why


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kind", choices=("smooth", "random"))
    parser.add_argument("side", type=int, nargs="?", default=128)
    parser.add_argument("--cripser", metavar="PYTHON", help="interpreter that has cripser")
    parser.add_argument("--minutes", type=int, default=20, help="CPU time for cripser")
    parser.add_argument("--gigabytes", type=int, default=20, help="memory for cripser")
    args = parser.parse_args(argv)
    X = volume(args.kind, args.side)
    seconds, peak, ours = of_ours(X)
    n_bars = [n for n, _ in ours]
    print(
        f"{args.kind} {args.side}³: {n_bars} bars, {seconds:.2f} s, peak {peak / 1e6:.2f} GB",
        flush=True,
    )
    if args.cripser:
        theirs, peak, bars = of_cripser(args.cripser, X, args.minutes, args.gigabytes)
        if isinstance(bars, str):
            word = f"FAILED: {bars}"
        else:
            pairs = zip(ours, bars, strict=True)
            same = all(n == m and np.isclose(a, b) for (n, a), (m, b) in pairs)
            word = "equal" if same else "DIFFERENT"
        print(
            f"cripser: {theirs:.2f} s ({theirs / seconds:.1f}x), peak {peak / 1e6:.2f} GB, {word}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
