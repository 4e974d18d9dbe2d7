"""Zigzags beside dionysus: loops and voids at several scales, and the same diagrams.

dionysus is a library of C++ headers (https://github.com/mrzv/dionysus, 2.2.3) that needs those of
Boost. `peers/dionysus.cpp` feeds its class ZigzagPersistence with simplices from a file and takes
the time without reading:

    g++ -O3 -DNDEBUG -std=c++17 -I DIONYSUS/include benchmarks/peers/dionysus.cpp -o zz
    python benchmarks/zigzag.py --dionysus ./zz

Without --dionysus only the times here are measured. CPU seconds, after compilation; ours begin with
the coordinates, those of dionysus with the list of simplices, up to one dimension more than the
degree. A row ends it after --limit seconds.
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


def cube(n_steps, n_points, *, seed=0):
    """New points of a cube at every step."""
    rng = np.random.default_rng(seed)
    return [rng.uniform(size=(n_points, 3)) for _ in range(n_steps)]


def sphere(n_steps, n_points, *, seed=0):
    """New points of a sphere at every step, of which a cap goes, with noise."""
    rng = np.random.default_rng(seed)
    clouds = []
    for top in np.linspace(1, -0.5, n_steps):
        z, angles = rng.uniform(-1, top, n_points), rng.uniform(0, 2 * np.pi, n_points)
        r = np.sqrt(1 - z**2)
        X = np.column_stack([r * np.cos(angles), r * np.sin(angles), z])
        clouds.append(X + rng.normal(0, 0.03, X.shape))
    return clouds


def windows(n_steps, n_points, *, seed=0):
    """A window that moves along random points of a sphere: a tenth is new at every step."""
    new = n_points // 10
    X = np.random.default_rng(seed).normal(size=(n_points + n_steps * new, 3))
    X /= np.linalg.norm(X, axis=1, keepdims=True)
    return [X[new * i : new * i + n_points] for i in range(n_steps)]


#: What, how many points at a step, scale, degree.
ROWS = (
    (uniform, 300, 0.08, 1),
    (uniform, 300, 0.10, 1),
    (uniform, 300, 0.12, 1),
    (moving, 300, 0.12, 1),
    (moving, 300, 0.2, 1),
    (uniform, 1000, 0.08, 1),
    (cube, 60, 0.4, 2),
    (cube, 100, 0.3, 2),
    (sphere, 60, 0.9, 2),
    (windows, 60, 1.1, 2),
    (cube, 300, 0.2, 2),
    (sphere, 300, 0.6, 2),
    (sphere, 300, 0.9, 2),
    (sphere, 1000, 0.5, 2),
    (sphere, 300, 0.9, 3),
)


def cells(points, scale, degree):
    """All simplices of the dimensions up to ``degree + 1``, as sorted tuples."""
    points = sorted(points)
    X = np.array(points)
    near = np.linalg.norm(X[:, None] - X, axis=-1) <= scale
    later = [np.flatnonzero(row[i + 1 :]) + i + 1 for i, row in enumerate(near)]
    found, last = [], [((i,), later[i]) for i in range(len(points))]
    for dimension in range(degree + 2):
        found += [tuple(points[i] for i in simplex) for simplex, _ in last]
        if dimension <= degree:
            last = [((*s, j), more[near[j, more] & (more > j)]) for s, more in last for j in more]
    return found


def events(clouds, scale, degree=1):
    """What enters and goes, at half steps 0, 1, …: rows of integers for dionysus."""
    sets = [set(map(tuple, X.tolist())) for X in clouds]
    complexes = [sets[0]]
    for before, now in pairwise(sets):
        complexes += [before | now, now]
    number, count, rows = {}, 0, []
    alive = set()
    for step, points in enumerate(complexes):
        now = set(cells(points, scale, degree))
        for s in sorted(alive - now, key=lambda s: (-len(s), s)):
            rows += [step, 0, len(s) - 1, number.pop(s)]
        for s in sorted(now - alive, key=lambda s: (len(s), s)):
            faces = [number[f] for f in combinations(s, len(s) - 1)] if len(s) > 1 else []
            rows += [step, 1, len(s) - 1, *faces]
            number[s] = count
            count += 1
        alive = now
    return np.array(rows, dtype=np.int32), count


def of_dionysus(program, rows, degree=1, *, limit=None, field=2):
    """The bars of one degree and the seconds; None and inf after `limit` seconds."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "events"
        rows.tofile(path)
        command = [program, path, str(field)]
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, check=True, timeout=limit
            )
        except subprocess.TimeoutExpired:
            return None, np.inf
    bars = [list(map(int, line.split())) for line in done.stdout.splitlines()]
    found = [[b / 2, np.inf if d < 0 else d / 2] for k, b, d in bars if k == degree]
    return sorted(found), float(done.stderr)


def ours(clouds, scale, degree):
    """The diagram, and the least CPU seconds of three."""
    least = np.inf
    for _ in range(3):
        start = time.process_time()
        diagram = zigzag_diagram(clouds, scale=scale, max_dimension=degree)
        least = min(least, time.process_time() - start)
    return diagram, least


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dionysus", metavar="PROGRAM", help="the compiled driver")
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--limit", type=float, default=300, help="seconds of dionysus for a row")
    parser.add_argument("--rows", type=int, nargs="+", help="numbers of rows, from 0 on")
    args = parser.parse_args(argv)
    for degree in (1, 2):
        zigzag_diagram(moving(2, 20), max_dimension=degree)  # compiles
    for i, (make, n_points, scale, degree) in enumerate(ROWS):
        if args.rows and i not in args.rows:
            continue
        clouds = make(args.steps, n_points)
        diagram, here = ours(clouds, scale, degree)
        line = f"{make.__name__:8} {n_points:4} points, scale {scale:.2f}, degree {degree}: "
        line += f"{len(diagram[degree]):4} bars, here {here:.3f} s"
        if args.dionysus:
            rows, count = events(clouds, scale, degree)
            bars, theirs = of_dionysus(args.dionysus, rows, degree, limit=args.limit)
            if bars is None:
                line += f", dionysus over {args.limit:.0f} s, {count} simplices"
            else:
                same = "equal" if bars == sorted(diagram[degree].tolist()) else "DIFFERENT"
                line += f", dionysus {theirs:.3f} s ({theirs / here:.0f}x), {count} simplices"
                line += f", {same}"
        print(line, flush=True)


if __name__ == "__main__":
    main()
