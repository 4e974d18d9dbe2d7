"""Zigzags beside dionysus: 20 steps of 300 points, loops, and the same diagrams.

dionysus is a library of C++ headers (https://github.com/mrzv/dionysus, 2.2.3). `peers/dionysus.cpp`
feeds its class ZigzagPersistence with simplices from a file and takes the time without reading:

    g++ -O3 -DNDEBUG -std=c++17 -I DIONYSUS/include benchmarks/peers/dionysus.cpp -o zz
    python benchmarks/zigzag.py --dionysus ./zz

Without --dionysus only the times here are measured. CPU seconds, after compilation; ours begin with
the coordinates, those of dionysus with the list of simplices.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
import time
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np

from tda import zigzag_diagram


def moving(n_steps, n_points, *, seed=0):
    """New points of a ring at every step, in which a gap opens, with noise."""
    rng = np.random.default_rng(seed)
    clouds = []
    for gap in np.linspace(0, np.pi, n_steps):
        angles = rng.uniform(gap / 2, 2 * np.pi - gap / 2, n_points)
        ring = np.column_stack([np.cos(angles), np.sin(angles)])
        clouds.append(ring + rng.normal(0, 0.1, ring.shape))
    return clouds


def uniform(n_steps, n_points, *, seed=0):
    """New points of a square at every step."""
    rng = np.random.default_rng(seed)
    return [rng.uniform(size=(n_points, 2)) for _ in range(n_steps)]


def cells(points, scale):
    """All simplices up to triangles, as sorted tuples."""
    points = sorted(points)
    X = np.array(points)
    near = np.linalg.norm(X[:, None] - X, axis=-1) <= scale
    found = [(p,) for p in points]
    for i in range(len(points)):
        later = [j for j in np.flatnonzero(near[i]) if j > i]
        found += [(points[i], points[j]) for j in later]
        found += [
            (points[i], points[j], points[k]) for j, k in combinations(later, 2) if near[j, k]
        ]
    return found


def events(clouds, scale):
    """What enters and goes, at half steps 0, 1, …: rows of integers for dionysus."""
    sets = [set(map(tuple, X.tolist())) for X in clouds]
    complexes = [cells(sets[0], scale)]
    for before, now in pairwise(sets):
        complexes += [cells(before | now, scale), cells(now, scale)]
    number, count, rows = {}, 0, []
    alive = set()
    for step, simplices in enumerate(complexes):
        now = set(simplices)
        for s in sorted(alive - now, key=lambda s: (-len(s), s)):
            rows += [step, 0, len(s) - 1, number.pop(s)]
        for s in sorted(now - alive, key=lambda s: (len(s), s)):
            faces = [number[f] for f in combinations(s, len(s) - 1)] if len(s) > 1 else []
            rows += [step, 1, len(s) - 1, *faces]
            number[s] = count
            count += 1
        alive = now
    return np.array(rows, dtype=np.int32), count


def of_dionysus(program, rows):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "events"
        rows.tofile(path)
        done = subprocess.run([program, path], capture_output=True, text=True, check=True)
    bars = [list(map(int, line.split())) for line in done.stdout.splitlines()]
    found = [[b / 2, np.inf if d < 0 else d / 2] for degree, b, d in bars if degree == 1]
    return sorted(found), float(done.stderr)


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dionysus", metavar="PROGRAM", help="the compiled driver")
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--points", type=int, default=300)
    args = parser.parse_args(argv)
    zigzag_diagram(moving(2, 20))  # compiles
    for make, scale in ((uniform, 0.08), (uniform, 0.12), (moving, 0.2)):
        clouds = make(args.steps, args.points)
        start = time.process_time()
        diagram = zigzag_diagram(clouds, scale=scale)
        ours = time.process_time() - start
        line = f"{make.__name__:8} scale {scale}: {len(diagram[1]):4} loops, here {ours:.3f} s"
        if args.dionysus:
            rows, count = events(clouds, scale)
            bars, theirs = of_dionysus(args.dionysus, rows)
            same = "equal" if bars == sorted(diagram[1].tolist()) else "DIFFERENT"
            line += f", dionysus {theirs:.3f} s ({theirs / ours:.0f}x), {count} simplices, {same}"
        print(line, flush=True)


if __name__ == "__main__":
    main()
