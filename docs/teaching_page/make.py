"""Make the page "A mug is a doughnut" from the numbers of this package.

    python docs/teaching_page/make.py

writes docs/teaching/mug_is_a_doughnut.html, one file that needs no server and no network. Both
solids are sampled evenly, and their alpha complex is shown: the edges and triangles that appear
while balls grow around the points. Bars and loops are those of `tda`; the test of this page counts
pieces and holes of what is drawn in another way.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from tda import count_holes
from tda.datasets import load_mesh, sample_mesh

HERE = Path(__file__).parent
PAGE = HERE.parent / "teaching" / "mug_is_a_doughnut.html"
#: Points that are drawn, out of so many of the solid.
N_POINTS, N_DRAWN = 500, 20_000
#: Coordinates are whole numbers, this many to the size of a shape.
STEPS = 2000
#: Radii are whole numbers, this many to the size of a shape; the slider ends at `LARGEST`.
RADII, LARGEST = 10_000, 0.2


def solid(name, seed=0):
    """Points of a solid of size 1 around the origin, on the grid of the page; y points up."""
    X = sample_mesh(load_mesh(name), N_DRAWN, solid=True, random_state=seed).points
    X = X - (X.min(axis=0) + X.max(axis=0)) / 2
    X = X / np.ptp(X, axis=0).max()
    # The mug stands along its third axis, and its handle is at the side.
    X = X[:, [1, 2, 0]] if name == "mug" else X
    return np.unique(np.round(X * STEPS) / STEPS, axis=0)


def complex_of(X):
    """The alpha complex: faces by dimension with the radius from which on each is there."""
    import gudhi

    tree = gudhi.AlphaComplex(points=X).create_simplex_tree()
    faces = {k: [] for k in range(4)}
    for vertices, squared in tree.get_filtration():
        faces[len(vertices) - 1].append((*vertices, float(np.sqrt(max(squared, 0.0)))))
    return faces


def shape(name):
    """All that the page shows of one solid, as plain numbers."""
    count = count_holes(solid(name), max_dimension=2, n_landmarks=N_POINTS)
    X, diagram = count.points, count.diagram  # landmarks, spread evenly
    faces = complex_of(X)
    (loop,) = (hole for hole in count.holes if hole.degree == 1)
    bars = [
        [int(k), whole(b), whole(d) if np.isfinite(d) else None]
        for k, b, d in zip(diagram.dims, diagram.births, diagram.deaths, strict=True)
        if whole(b) < (whole(d) if np.isfinite(d) else np.inf)
    ]
    drawn = {k: [[*v, whole(r)] for *v, r in faces[k] if r <= LARGEST] for k in (1, 2, 3)}
    return {
        "name": name,
        "points": np.rint(X * STEPS).astype(int).tolist(),
        "edges": drawn[1],
        "triangles": drawn[2],
        "solids": [r for *_, r in drawn[3]],
        "bars": bars,
        "loop": {
            "birth": whole(loop.birth),
            "death": whole(loop.death),
            "p": float(loop.p_value),
            "paths": [path_of(count.cycle(loop, how=how), faces[1]) for how in ("birth", "tight")],
        },
    }


def path_of(cycle, edges):
    """A closed path of points, and the radius from which on all its edges are there."""
    births = {frozenset(pair): r for *pair, r in edges}
    pairs = zip(cycle, np.roll(cycle, -1), strict=True)
    return {
        "from": whole(max(births[frozenset((int(i), int(j)))] for i, j in pairs)),
        "points": [int(i) for i in cycle],
    }


def whole(radius):
    """A radius in the units of the page, rounded up, so that a face is never there too early."""
    return int(np.ceil(radius * RADII - 1e-6))


def compute():
    """The data of the page."""
    return {
        "steps": STEPS,
        "radii": RADII,
        "largest": LARGEST,
        "shapes": [shape("mug"), shape("doughnut")],
    }


def write(data, path=PAGE):
    """The page, made of the template and the data."""
    text = json.dumps(data, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")
    page = (HERE / "template.html").read_text(encoding="utf-8").replace("__DATA__", text)
    path.parent.mkdir(exist_ok=True)
    path.write_text(page, encoding="utf-8")
    return path


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=PAGE)
    path = write(compute(), parser.parse_args(argv).out)
    print(f"written: {path}, {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
