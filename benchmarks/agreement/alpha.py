"""Alpha complexes: ours beside gudhi's with exact values, gudhi's beside the nerve of balls.

Points with weights are compared in squares of radii, since a root is not known well near 0.
"""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
from scipy.spatial import ConvexHull

from tda import dtm_diagram
from tda.homology.engines import (
    alpha_cells,
    alpha_delaunay,
    alpha_gudhi,
    alpha_periodic,
    alpha_regular,
    alpha_weighted_gudhi,
)

from . import Case, _inputs, _oracles

# Of the width of the cloud, or the largest radius.
ROUNDING = 1e-9
SAFE = 1e-7  # gudhi's own values, if not exact, are good to about 1e-8
FIELDS = (2, 3, 5)


def pairs(ours, bars, X, *, squares=False, rounding=ROUNDING):
    """By degree; `bars` are in squares if the comparison is."""
    found = [ours[k] * np.abs(ours[k]) if squares else ours[k] for k in range(len(bars))]
    scale = float(np.ptp(X, axis=0).max()) ** (2 if squares else 1)
    for b in bars:
        scale = max(scale, np.abs(b).max(initial=0.0, where=np.isfinite(b)))
    return [(a, b, rounding * scale) for a, b in zip(found, bars, strict=True)]


def size(rng, d):
    return _inputs.number(rng, (40, 40, 30, 24, 16, 12)[d - 1])


def plain(engine, columns):
    def compare(rng):
        d = int(rng.choice(columns))
        X, field = _inputs.cloud(rng, size(rng, d), d), int(rng.choice(FIELDS))
        top = int(rng.integers(d)) if rng.random() < 0.3 else max(d - 1, 0)
        diagram = engine(X, max_dimension=top, field=field)
        if diagram is None:
            return None
        return pairs(diagram, _oracles.alpha(X, field, top), X)

    return compare


def weights(rng, X):
    """Of both signs, tied or not, and some that hide other points."""
    unit = float(np.ptp(X, axis=0).max()) or 1.0
    W = rng.normal(size=len(X)) if rng.random() < 0.5 else rng.integers(-2, 3, len(X))
    return W * unit**2 * float(rng.choice([0.0, 0.01, 0.1, 1.0]))


def weighted(rng):
    d = int(rng.integers(1, 4))
    X, field = _inputs.cloud(rng, size(rng, d), d), int(rng.choice(FIELDS))
    W = weights(rng, X)
    diagram = alpha_regular.alpha_regular(
        X, W, filtration="weighted alpha", max_dimension=max(d - 1, 0), field=field
    )
    if diagram is None:
        return None
    return pairs(diagram, _oracles.alpha(X, field, max(d - 1, 0), W), X, squares=True)


def gudhi_and_nerve(rng):
    d = int(rng.integers(1, 4))
    X, field = _inputs.cloud(rng, _inputs.number(rng, 7), d), int(rng.choice(FIELDS))
    diagram = alpha_gudhi.alpha_gudhi(
        X, max_dimension=d - 1, field=field, max_radius=np.inf, simplices=False
    )
    bars = _oracles.cech(X, np.zeros(len(X)), field, d - 1)
    return pairs(diagram, bars, X, squares=True, rounding=SAFE)


def weighted_gudhi_and_nerve(rng):
    d = int(rng.integers(1, 4))
    X, field = _inputs.cloud(rng, _inputs.number(rng, 7), d), int(rng.choice(FIELDS))
    W = weights(rng, X)
    diagram = alpha_weighted_gudhi.alpha_weighted_gudhi(
        X,
        W,
        filtration="weighted alpha",
        max_dimension=d - 1,
        field=field,
        max_radius=np.inf,
        simplices=False,
    )
    bars = _oracles.cech(X, W, field, d - 1)
    return pairs(diagram, bars, X, squares=True, rounding=SAFE)


def dtm(rng):
    """With the distances to the measure one by one."""
    d = int(rng.integers(1, 4))
    X = _inputs.cloud(rng, size(rng, d), d)
    n, mass = len(X), float(rng.choice([0.05, 0.1, 0.31, 0.5, 1.0]))
    shares = np.clip(mass * n - np.arange(n), 0.0, 1.0)
    squares = np.sort(((X[:, None] - X) ** 2).sum(axis=-1), axis=1) @ shares / (mass * n)
    bars = _oracles.alpha(X, 2, max(d - 1, 0), -squares)
    return pairs(dtm_diagram(X, mass=mass), bars, X, squares=True)


# -- in a box --------------------------------------------------------------------------------


def periodic(rng):
    d = int(rng.choice([2, 2, 3]))
    n = int(rng.integers(1, (9, 4)[d - 2]))
    box = 1 + 0.25 * rng.integers(0, 3, d) * (rng.random() < 0.6)
    if rng.random() < 0.5:
        X = rng.random((n, d)) * box
    else:
        X = rng.integers(-2, 6, (n, d)) * 0.25
    W = 0.05 * rng.normal(size=n) if rng.random() < 0.4 else np.zeros(n)
    field = int(rng.choice(FIELDS))
    diagram = alpha_periodic.alpha_periodic(X, box, W, max_dimension=d, field=field)
    if diagram is None:
        return None
    return pairs(diagram, in_a_box(X, box, W, field), box * np.eye(d), squares=True)


def in_a_box(X, box, W, field):
    """Bars in squares, from classes of faces of a hull of lifted copies, and empty spheres.

    The lift is bent a little, by the same quadratic form everywhere, so that ties are broken alike
    at all copies.
    """
    d = X.shape[1]
    X = np.mod(X, box)
    heaviest = np.lexsort([-W, *X.T])  # of points at one place the first of the heaviest counts
    X, W = X[heaviest], W[heaviest]
    first = np.append(True, (X[1:] != X[:-1]).any(axis=1))
    X, W = X[first], W[first]
    n = len(X)
    shifts = np.repeat(np.array(list(product(range(-2, 3), repeat=d))), n, axis=0)
    of = np.tile(np.arange(n), 5**d)
    P, w = X[of] + shifts * box, W[of]
    form = np.random.default_rng(1).random((d, d))
    lift = np.sum(P**2, axis=1) - w + 1e-7 * np.einsum("ia,ab,ib->i", P, form, P)
    hull = ConvexHull(np.column_stack([P, lift]))
    cells = hull.simplices[hull.equations[:, d] < 0]
    place = {(i, *s): k for k, (i, s) in enumerate(zip(of.tolist(), shifts.tolist(), strict=True))}

    def moved(simplex):
        """The one of its class whose first vertex is in the box."""
        simplex = sorted(simplex, key=lambda v: tuple(P[v]))
        return tuple(place[of[v], *(shifts[v] - shifts[simplex[0]])] for v in simplex)

    tops = {moved(cell) for cell in cells.tolist() if (shifts[cell] == 0).all(axis=1).any()}
    simplices = {moved(s) for cell in tops for k in range(1, d + 2) for s in combinations(cell, k)}
    faces = {s: [moved(s[:j] + s[j + 1 :]) for j in range(len(s))] for s in simplices if len(s) > 1}
    values = {}
    for s in sorted(simplices, key=len, reverse=True):
        own, empty = _sphere(P, w, list(s))
        cofaces = [values[t] for t, parts in faces.items() if s in parts]
        values[s] = own if empty or not cofaces else min(cofaces)
    for s in sorted(simplices, key=len):  # rounding
        values[s] = max([values[s], *(values[f] for f in faces.get(s, ()))])
    simplices = list(values)
    index = {s: i for i, s in enumerate(simplices)}
    boundaries = []
    for s in simplices:
        boundary = {}
        for j, face in enumerate(faces.get(s, ())):
            boundary[index[face]] = boundary.get(index[face], 0) + (-1) ** j
        boundaries.append(boundary)
    dims = [len(s) - 1 for s in simplices]
    return _oracles.reduced(list(values.values()), dims, boundaries, field, d)


def _sphere(P, w, s):
    """The square at which the balls of a simplex meet, and whether no other holds that point."""
    edges = P[s[1:]] - P[s[0]]
    powers = (np.sum(edges**2, axis=1) + w[s[0]] - w[s[1:]]) / 2
    centre = P[s[0]] + (np.linalg.lstsq(edges, powers, rcond=None)[0] if len(s) > 1 else 0.0)
    own = np.sum((centre - P[s[0]]) ** 2) - w[s[0]]
    return own, (np.sum((P - centre) ** 2, axis=1) - w >= own - 1e-9).all()


EXACT, NERVE = "gudhi, exact values", "nerve of balls, in fractions"

CASES = (
    Case("alpha/delaunay", EXACT, plain(alpha_delaunay.alpha_delaunay, (1, 2, 2, 3, 3))),
    Case("alpha/cells", EXACT, plain(alpha_cells.alpha_cells, (4, 5, 6))),
    Case("alpha/gudhi", NERVE, gudhi_and_nerve),
    Case("weighted/regular", EXACT, weighted),
    Case("weighted/gudhi", NERVE, weighted_gudhi_and_nerve),
    Case("weighted/dtm", EXACT, dtm),
    Case("periodic/periodic", "faces of a hull of copies", periodic),
)
