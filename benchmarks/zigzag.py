"""Zigzags beside dionysus: loops and voids at several scales, and the same diagrams.

dionysus (https://github.com/mrzv/dionysus, 2.2.3) has two ways. Its class ZigzagPersistence takes
one simplex after the other; `peers/dionysus.cpp` feeds it, and needs the headers of dionysus and
Boost. `fast_zigzag` reduces a cone over all simplices once (arXiv:2204.11080), and is called from
Python; the wheels on PyPI are of 2.1.1, which takes 19 times as long, so 2.2.3 is to be built
from source, with a Boost whose multi_index has `contains`:

    g++ -O3 -DNDEBUG -std=c++17 -I DIONYSUS/include benchmarks/peers/dionysus.cpp -o zz
    python -m venv DIR && DIR/bin/pip install dionysus==2.2.3 intervaltree sortedcontainers
    python benchmarks/zigzag.py --dionysus ./zz --fast DIR/bin/python

Without the two only the times here are measured. CPU seconds, after compilation; ours are the least
of three and begin with the coordinates, those of dionysus with the list of simplices, up to one
dimension more than the degree. A row ends a peer after --limit seconds; what has more than --most
simplices is not given to it.

Measured on two shared cores, 20 steps; all diagrams of peers that ended are equal. The peers had
100 and 55 seconds on the clock for a row, on a busy machine:

| row | points, scale, degree | simplices | bars | here | fast_zigzag | ZigzagPersistence |
| --- | --- | --- | --- | --- | --- | --- |
| 0 | uniform 300, 0.08, 1 | 186,450 | 639 | .065 | .88 (14x) | 3.6 (56x) |
| 1 | uniform 300, 0.10, 1 | 390,857 | 329 | .076 | 3.0 (40x) | not in time |
| 2 | uniform 300, 0.12, 1 | 735,620 | 234 | .10 | 7.4 (72x) | – |
| 3 | moving 300, 0.12, 1 | 359,465 | 263 | .077 | not in time | – |
| 6 | cube 60, 0.40, 2 | 288,205 | 21 | .036 | 1.7 (47x) | not in time |
| 7 | cube 100, 0.30, 2 | 242,588 | 43 | .050 | 1.7 (34x) | not in time |
| 8 | sphere 60, 0.90, 2 | 2,800,219 | 0 | .041 | not in time | not in time |
| 9 | windows 60, 1.10, 2 | 60,223 | 3 | .035 | .32 (9x) | – |
| 10 | cube 300, 0.20, 2 | 709,506 | 142 | .17 | 4.3 (26x) | – |

Without a peer: moving 300, 0.2, 1: .13; uniform 1000, 0.08, 1: .47; sphere
300, 0.6, 2: .35; sphere 300, 0.9, 2: .63 and 3: .56; sphere 1000, 0.5, 2: 3.2 seconds.
"""

from __future__ import annotations

import argparse
import pickle
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


def changes(clouds, scale, degree=1):
    """For each half step 0, 1, …: the simplices that go and those that come, each in order."""
    sets = [set(map(tuple, X.tolist())) for X in clouds]
    complexes = [sets[0]]
    for before, now in pairwise(sets):
        complexes += [before | now, now]
    alive = set()
    for points in complexes:
        now = set(cells(points, scale, degree))
        yield (
            sorted(alive - now, key=lambda s: (-len(s), s)),
            sorted(now - alive, key=lambda s: (len(s), s)),
        )
        alive = now


def events(clouds, scale, degree=1):
    """What enters and goes, as rows of integers for dionysus, and how many simplices enter."""
    number, count, rows = {}, 0, []
    for step, (gone, come) in enumerate(changes(clouds, scale, degree)):
        for s in gone:
            rows += [step, 0, len(s) - 1, number.pop(s)]
        for s in come:
            faces = [number[f] for f in combinations(s, len(s) - 1)] if len(s) > 1 else []
            rows += [step, 1, len(s) - 1, *faces]
            number[s] = count
            count += 1
    return np.array(rows, dtype=np.int32), count


def times(clouds, scale, degree):
    """All simplices, and for each the half steps at which it comes, goes, comes again, …"""
    vertex, found = {}, {}
    for step, parts in enumerate(changes(clouds, scale, degree)):
        for s in (s for part in parts for s in part):
            found.setdefault(s, []).append(float(step))
    simplices = [[vertex.setdefault(v, len(vertex)) for v in s] for s in found]
    return simplices, list(found.values()), degree


def run(command, given, degree, limit=None):
    """The bars of one degree and the seconds of a program; None and inf after `limit` seconds."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "given"
        path.write_bytes(given)
        command = [path if part is None else part for part in command]
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, check=True, timeout=limit
            )
        except subprocess.TimeoutExpired:
            return None, np.inf
    bars = [list(map(int, line.split())) for line in done.stdout.splitlines()]
    found = [[b / 2, np.inf if d < 0 else d / 2] for k, b, d in bars if k == degree]
    return sorted(found), float(done.stderr)


def of_dionysus(program, rows, degree=1, *, limit=None, field=2):
    """Bars and seconds by ZigzagPersistence."""
    return run([program, None, str(field)], rows.tobytes(), degree, limit)


def of_fast_zigzag(python, found, *, limit=None):
    """Bars and seconds by fast_zigzag."""
    script = Path(__file__).parent / "peers" / "dionysus_fast.py"
    return run([python, script, None], pickle.dumps(found), found[-1], limit)


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
    parser.add_argument("--fast", metavar="PYTHON", help="a Python that has dionysus 2.2.3")
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--limit", type=float, default=300, help="seconds of a peer for a row")
    parser.add_argument("--most", type=int, default=3_000_000, help="simplices for a peer")
    parser.add_argument("--rows", type=int, nargs="+", help="numbers of rows, from 0 on")
    args = parser.parse_args(argv)
    for degree in (1, 2):
        zigzag_diagram(moving(2, 20), max_dimension=degree)  # compiles
    for i, (make, n_points, scale, degree) in enumerate(ROWS):
        if args.rows and i not in args.rows:
            continue
        clouds = make(args.steps, n_points)
        diagram, here = ours(clouds, scale, degree)
        line = f"{i:2} {make.__name__:8} {n_points:4} points, scale {scale:.2f}, degree {degree}: "
        line += f"{len(diagram[degree]):4} bars, here {here:.3f} s"
        if args.dionysus or args.fast:
            count = 0
            for _, come in changes(clouds, scale, degree):
                count += len(come)
                if count > args.most:
                    break
            line += f", {'over ' * (count > args.most)}{min(count, args.most)} simplices"
            if count <= args.most:
                line += beside(args, clouds, scale, degree, sorted(diagram[degree].tolist()), here)
        print(line, flush=True)


def beside(args, clouds, scale, degree, bars, here):
    """What the peers take for a row, and whether they find the same."""
    said = ""
    for name, program in (("fast_zigzag", args.fast), ("ZigzagPersistence", args.dionysus)):
        if not program:
            continue
        if name == "fast_zigzag":
            given = times(clouds, scale, degree)
            found, theirs = of_fast_zigzag(program, given, limit=args.limit)
        else:
            rows, _ = events(clouds, scale, degree)
            found, theirs = of_dionysus(program, rows, degree, limit=args.limit)
        if found is None:
            said += f", {name} over {args.limit:.0f} s"
        else:
            same = "equal" if found == bars else "DIFFERENT"
            said += f", {name} {theirs:.2f} s ({theirs / here:.0f}x, {same})"
    return said


if __name__ == "__main__":
    main()
