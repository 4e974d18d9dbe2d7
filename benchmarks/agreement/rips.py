"""Rips complexes: every engine beside gudhi's simplex tree; gudhi's own beside the definition."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from tda._kernels.distances import distance_matrix
from tda.homology import cloud_components
from tda.homology.engines import (
    rips_cocycles,
    rips_degrees,
    rips_gudhi,
    rips_gudhi_tree,
    rips_lunes,
    rips_many,
    rips_plane,
    rips_points,
    rips_ripser,
    rips_sparse,
    rips_tree,
)

from . import Case, _inputs, _oracles

# Of the largest distance: lengths of points are computed in more than one way.
ROUNDING = 1e-12
SINGLE = 1e-5  # ripser leaves out bars that are shorter in single precision


def pairs(ours, bars, D, rounding=0.0):
    scale = D.max(initial=0.0, where=np.isfinite(D))
    return [(ours[k], bars[k], rounding * scale) for k in range(len(bars))]


def longest(D, simplices):
    """The longest edge of each simplex, of rows filled with -1."""
    return np.array([D[np.ix_(s[s >= 0], s[s >= 0])].max(initial=0.0) for s in simplices])


def check_simplices(diagram, D):
    """Births and deaths are those of their simplices, which have the right numbers of vertices."""
    rows, ends = diagram.birth_simplices, diagram.death_simplices
    dies = np.isfinite(diagram.deaths)
    assert ((rows >= 0).sum(axis=1) == diagram.dims + 1).all(), "simplices of birth"
    assert ((ends >= 0).sum(axis=1) == np.where(dies, diagram.dims + 2, 0)).all(), "of death"
    scale = D.max(initial=0.0, where=np.isfinite(D))
    close = {"rtol": 0, "atol": ROUNDING * scale}
    np.testing.assert_allclose(longest(D, rows), diagram.births, **close)
    np.testing.assert_allclose(longest(D, ends[dies]), diagram.deaths[dies], **close)


def of_cloud(engine, columns, *, any_field=False, top=1, simplices=True, most=36):
    """A comparison of an engine that takes points: a function of a random generator."""

    def compare(rng):
        X = _inputs.cloud(rng, _inputs.number(rng, most), int(rng.choice(columns)))
        D, field = distance_matrix(X), _inputs.field(rng) if any_field else 2
        reach = _inputs.limit_between(rng, D)
        options = {"max_edge_length": reach} | ({"simplices": True} if simplices else {})
        diagram = engine(X, field, options)
        if diagram is None:
            return None
        if simplices:
            check_simplices(diagram, D)
        return pairs(diagram, _oracles.rips(D, top, field, reach), D, ROUNDING)

    return compare


def of_matrix(
    engine, *, tops=(0, 1), any_field=False, simplices=True, most=36, oracle=_oracles.rips
):
    """A comparison of an engine that takes distances: a function of a random generator."""

    def compare(rng):
        top, field = int(rng.choice(tops)), _inputs.field(rng) if any_field else 2
        D = _inputs.matrix(rng, _inputs.number(rng, most if top < 2 else (18, 13, 10)[top - 2]))
        options = {"max_dimension": top, "max_edge_length": _inputs.limit(rng, D)}
        given = options | ({"field": field} if any_field else {})
        diagram = engine(D, **given, **({"simplices": True} if simplices else {}))
        if diagram is None:
            return None
        if simplices:
            check_simplices(diagram, D)
        return pairs(diagram, oracle(D, top, field, options["max_edge_length"]), D)

    return compare


def many(rng):
    """Clouds of unequal sizes and widths in one loop."""
    widths = rng.integers(1, 5, 3)
    clouds = [_inputs.cloud(rng, _inputs.number(rng, 30), int(d)) for d in widths]
    matrices = [distance_matrix(X) for X in clouds]
    top, reach = int(rng.integers(2)), _inputs.limit_between(rng, matrices[0])
    if any((np.abs(D - reach) < 1e-9 * reach).any() for D in matrices):
        reach = np.inf
    diagrams = rips_many.rips_many(clouds, max_dimension=top, max_edge_length=reach)
    bars = [_oracles.rips(D, top, 2, reach) for D in matrices]
    found = zip(diagrams, bars, matrices, strict=True)
    return [pair for three in found for pair in pairs(*three, ROUNDING)]


def as_sparse(D):
    """A sparse matrix of the finite distances, also of those that are 0."""
    i, j = np.nonzero(np.isfinite(D) & ~np.eye(len(D), dtype=bool))
    return sparse.csr_array((D[i, j], (i, j)), shape=D.shape)


def with_cocycles(engine, rounding, largest=_inputs.LARGEST):
    def compare(rng):
        D, field = _inputs.matrix(rng, _inputs.number(rng, 24)), _inputs.field(rng, largest)
        reach = _inputs.limit(rng, D)
        diagram = engine(D, max_dimension=1, field=field, max_edge_length=reach)
        for (birth, death), cocycle in zip(diagram[1], diagram.cocycles, strict=True):
            check_cocycle(D, field, birth, min(death, np.nextafter(reach, np.inf)), cocycle)
        return pairs(diagram, _oracles.rips(D, 1, field, reach), D, rounding)

    return compare


def check_cocycle(D, field, birth, death, cocycle):
    """It is one on the edges below `death`, and there no coboundary from `birth` on."""
    cochain = np.zeros(D.shape, dtype=np.int64)
    i, j, values = np.asarray(cocycle).astype(np.int64).T
    cochain[i, j], cochain[j, i] = values, -values
    edges = (death > D) & np.isfinite(D) & ~np.eye(len(D), dtype=bool)
    cochain[~edges] = 0
    around = (cochain[:, :, None] + cochain[None] - cochain[:, None]) % field
    triangles = edges[:, :, None] & edges[None] & edges[:, None]
    assert not around[triangles].any(), "no cocycle"
    assert not is_coboundary(cochain, edges & (birth >= D), field), "a coboundary"


def is_coboundary(cochain, edges, field):
    """Whether differences of a potential, summed along a forest of edges, explain it."""
    potential = np.full(len(edges), -1)
    for root in range(len(edges)):
        if potential[root] >= 0:
            continue
        potential[root], stack = 0, [root]
        while stack:
            i = stack.pop()
            new = np.flatnonzero(edges[i] & (potential < 0))
            potential[new] = (potential[i] + cochain[i, new]) % field
            stack.extend(new.tolist())
    return not ((potential[None] - potential[:, None] - cochain) % field)[edges].any()


def components(rng):
    """A cloud cut into parts."""
    X = _inputs.cloud(rng, _inputs.number(rng, 60), int(rng.integers(1, 5)))
    D = distance_matrix(X)
    found = cloud_components(X, n_parts=int(rng.choice([1, 2, 4, 8])))
    return pairs(found, _oracles.rips(D, 0, 2, np.inf), D, ROUNDING)


GUDHI, ITSELF = "gudhi's simplex tree", "definition"

CASES = (
    Case(
        "rips/tree",
        GUDHI,
        of_cloud(
            lambda X, field, options: rips_tree.rips_tree(X, field=field, **options),
            (1, 2, 3, 5),
            any_field=True,
            top=0,
        ),
    ),
    Case("rips/many", GUDHI, many),
    Case(
        "rips/plane",
        GUDHI,
        of_cloud(
            lambda X, field, options: rips_plane.rips_plane(X, field=field, **options),
            (2,),
            any_field=True,
        ),
    ),
    Case(
        "rips/points",
        GUDHI,
        of_cloud(
            lambda X, field, options: rips_points.rips_points(X, **options),
            (2, 2, 3, 3, 4, 5),
            most=80,
        ),
    ),
    Case("rips/lunes", GUDHI, of_matrix(rips_lunes.rips_lunes)),
    Case(
        "rips/sparse",
        GUDHI,
        of_matrix(lambda D, **options: rips_sparse.rips_sparse(as_sparse(D), **options)),
    ),
    Case(
        "rips/degrees",
        GUDHI,
        of_matrix(rips_degrees.rips_degrees, tops=(1, 2, 3, 4), any_field=True),
    ),
    Case(
        "rips/degrees of sparse",
        GUDHI,
        of_matrix(
            lambda D, **options: rips_degrees.rips_degrees(as_sparse(D), **options),
            tops=(1, 2, 3),
            any_field=True,
        ),
    ),
    Case("rips/cocycles", f"{GUDHI}; cocycles", with_cocycles(rips_cocycles.rips_cocycles, 0.0)),
    Case(
        "rips/ripser",
        f"{GUDHI}; cocycles",
        with_cocycles(rips_ripser.rips_ripser, SINGLE, 127),
    ),
    Case(
        "rips/gudhi-tree",
        ITSELF,
        of_matrix(
            lambda D, simplices, **options: rips_gudhi_tree.rips_gudhi_tree(D, **options),
            tops=(0, 1, 2),
            any_field=True,
            most=12,
            oracle=_oracles.rips_by_definition,
        ),
    ),
    Case(
        "rips/gudhi",
        ITSELF,
        of_matrix(
            rips_gudhi.rips_gudhi,
            tops=(0, 1, 2),
            any_field=True,
            simplices=False,
            most=12,
            oracle=_oracles.rips_by_definition,
        ),
    ),
    Case("rips/parts", GUDHI, components),
)
