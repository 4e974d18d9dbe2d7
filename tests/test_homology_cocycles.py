"""Cocycles of single bars: of alpha complexes by gudhi's simplices, of Rips as of all bars."""

import gudhi
import numpy as np
import pytest
from scipy import sparse
from scipy.spatial.distance import cdist

from tda import (
    Diagram,
    alpha_diagram,
    cubical_diagram,
    datasets,
    dtm_diagram,
    representative_cocycle,
    representative_cocycles,
    rips_diagram,
)
from tda.homology import distance_to_measure


def levels_of(X, weights=None):
    """Simplices by dimension with radii, as gudhi has them."""
    tree = gudhi.AlphaComplex(points=X, weights=weights).create_simplex_tree()
    levels = [{} for _ in range(X.shape[1] + 2)]
    for simplex, value in tree.get_filtration():
        levels[len(simplex) - 1][tuple(sorted(simplex))] = np.sign(value) * abs(value) ** 0.5
    return levels


def faces(simplex):
    return [(simplex[:i] + simplex[i + 1 :], (-1) ** i) for i in range(len(simplex))]


def is_cocycle(cochain, levels, k, end, field):
    above = [s for s, value in levels[k + 1].items() if value < end]
    return not any(sum(sign * cochain.get(f, 0) for f, sign in faces(s)) % field for s in above)


def is_coboundary(cochain, levels, k, end, field):
    """Whether it is a sum of rows of the coboundary matrix, with entries modulo `field`."""
    here = [s for s, value in levels[k].items() if value < end]
    below = {s: i for i, s in enumerate(levels[k - 1])}
    if not here:
        return True
    M = np.zeros((len(below) + 1, len(here)), dtype=np.int64)
    for j, s in enumerate(here):
        for f, sign in faces(s):
            M[below[f], j] = sign
        M[-1, j] = cochain.get(s, 0)
    M %= field
    done = 0
    for j in range(len(here)):
        rows = np.flatnonzero(M[done:-1, j]) + done
        if not rows.size:
            continue
        M[[done, rows[0]]] = M[[rows[0], done]]
        M[done] = M[done] * pow(int(M[done, j]), -1, field) % field
        others = np.flatnonzero(M[:, j])
        others = others[others != done]
        M[others] = (M[others] - M[others, j][:, None] * M[done]) % field
        done += 1
    return not M[-1].any()


def check(X, diagram, weights=None, **options):
    levels, field = levels_of(X, weights), diagram.field
    bars = np.flatnonzero(diagram.dims)
    found = representative_cocycles(X, diagram, bars=bars, weights=weights, **options)
    assert list(found) == bars.tolist()
    for bar, cocycle in found.items():
        k, birth, death = int(diagram.dims[bar]), diagram.births[bar], diagram.deaths[bar]
        assert cocycle.shape[1] == k + 2 and len(cocycle)
        cochain = {tuple(row[:-1]): row[-1] for row in cocycle.tolist()}
        assert all(0 < x < field for x in cochain.values())
        assert all(levels[k][s] < death for s in cochain)
        slack = 1e-9 * np.abs([birth, death]).max()  # gudhi rounds otherwise
        if death - birth < 3 * slack:
            continue
        assert is_cocycle(cochain, levels, k, death - slack, field)
        assert not is_coboundary(cochain, levels, k, birth + slack, field)
        assert not is_coboundary(cochain, levels, k, death - slack, field)
        assert is_coboundary(cochain, levels, k, birth - slack, field)
    return len(bars)


@pytest.mark.parametrize("field", [2, 3, 11])
@pytest.mark.parametrize("n, d", [(30, 2), (30, 3), (14, 4), (10, 5)])
def test_every_bar_of_an_alpha_complex_has_a_cocycle(n, d, field):
    X = np.random.default_rng(n).random((n, d))
    assert check(X, alpha_diagram(X, field=field)) > 2


@pytest.mark.parametrize("d", [2, 3])
def test_bars_of_weighted_complexes_have_cocycles(d):
    rng = np.random.default_rng(1)
    X, weights = rng.random((30, d)), rng.random(30) * 0.05
    assert check(X, alpha_diagram(X, weights=weights, field=3), weights) > 2
    squares = -(distance_to_measure(X, mass=0.1) ** 2)
    assert check(X, dtm_diagram(X, mass=0.1), squares) > 2


def test_loops_of_an_annulus_of_the_plane_and_a_grid():
    X = np.argwhere(np.pad(np.zeros((3, 3)), 2, constant_values=1)).astype(float)
    diagram = alpha_diagram(X, field=3)
    bar = int(np.argmax(np.where(diagram.dims == 1, diagram.lifetimes, 0)))
    cocycle = representative_cocycle(X, diagram, bar)
    around = [(1, 1), (1, 2), (1, 3), (1, 4), (1, 5), (2, 5), (3, 5), (4, 5), (5, 5)]
    around += [(y, x) for x, y in reversed(around[1:-1])]
    path = [int(np.flatnonzero((X == at).all(axis=1))[0]) for at in around]
    values = {(i, j): x for i, j, x in cocycle.tolist()} | {
        (j, i): -x for i, j, x in cocycle.tolist()
    }
    turn = sum(values.get(e, 0) for e in zip(path, path[1:] + path[:1], strict=True)) % 3
    assert turn in (1, 2)


@pytest.mark.parametrize("field", [2, 5])
@pytest.mark.parametrize("representatives", [False, True])
def test_cocycles_of_some_bars_are_those_of_all(field, representatives):
    X = datasets.make_sphere(40, random_state=0).points
    options = {"field": field, "representatives": representatives, "max_dimension": 2}
    diagram = rips_diagram(X, cocycles=True, **options)
    first = np.count_nonzero(diagram.dims == 0)
    for degree in (1, 2, None):
        found = representative_cocycles(X, diagram, degree=degree, n_bars=3)
        lengths = [diagram.lifetimes[bar] for bar in found]
        assert len(found) >= 2 and lengths == sorted(lengths, reverse=True)
        for bar, cocycle in found.items():
            if degree != 1:
                np.testing.assert_array_equal(cocycle, diagram.cocycles[bar - first])
            assert cocycle.shape[1] == diagram.dims[bar] + 2
    loops = rips_diagram(X, field=field, cocycles=True)
    for bar, cocycle in representative_cocycles(X, loops).items():
        np.testing.assert_array_equal(cocycle, loops.cocycles[bar - first])


def test_bars_of_equal_values_have_cocycles_of_their_own():
    octahedron = np.concatenate([np.eye(3), -np.eye(3)])
    X = np.concatenate([octahedron + 9 * i for i in range(4)])
    for make in (lambda X: rips_diagram(X, max_dimension=2, field=3), alpha_diagram):
        diagram = make(X)
        found = representative_cocycles(X, diagram, degree=2, n_bars=4)
        parts = {tuple(np.unique(cocycle[:, :-1] // 6)) for cocycle in found.values()}
        assert parts == {(0,), (1,), (2,), (3,)}


def test_a_component_has_its_points():
    X = np.array([[0.0], [1.0], [5.0], [7.0], [30.0]])
    for diagram in (rips_diagram(X, representatives=True), alpha_diagram(X)):
        bars = np.flatnonzero((diagram.dims == 0) & np.isfinite(diagram.deaths))
        found = representative_cocycles(X, diagram, bars=bars, degree=0)
        assert all((cocycle[:, 1] == 1).all() for cocycle in found.values())
        members = [tuple(found[bar][:, 0].tolist()) for bar in bars]  # by death
        one_of = [{(0,), (1,)}, {(2,), (3,)}, {(0, 1), (2, 3)}, {(4,), (0, 1, 2, 3)}]
        assert len(members) == 4
        assert all(some in known for some, known in zip(members, one_of, strict=True))


def test_sparse_and_given_distances_and_a_limit():
    X = datasets.make_circle(30, noise=0.05, random_state=0).points
    D = cdist(X, X)
    options = {"metric": "precomputed", "max_edge_length": 1.0}
    diagram = rips_diagram(D, **options)
    (full,) = representative_cocycles(D, diagram, n_bars=1, metric="precomputed").values()
    stored = sparse.csr_array(np.where(D <= 1.0, D, 0.0))
    few = rips_diagram(stored, metric="precomputed")
    (some,) = representative_cocycles(stored, few, n_bars=1, metric="precomputed").values()
    ring = np.argsort(np.arctan2(X[:, 1], X[:, 0]))
    for cocycle in (full, some):
        cochain = np.zeros((30, 30), dtype=int)
        cochain[cocycle[:, 0], cocycle[:, 1]] = cochain[cocycle[:, 1], cocycle[:, 0]] = 1
        assert cochain[ring, np.roll(ring, 1)].sum() % 2 == 1


def test_what_is_wrong_is_said():
    X = np.random.default_rng(0).random((20, 2))
    diagram = alpha_diagram(X)
    with pytest.raises(ValueError, match="bars 0 …"):
        representative_cocycle(X, diagram, len(diagram))
    with pytest.raises(ValueError, match="does not belong to this cloud"):
        representative_cocycle(2 * X, diagram, len(diagram) - 1)
    with pytest.raises(ValueError, match="does not belong to this cloud"):
        representative_cocycle(2 * X, rips_diagram(X), len(rips_diagram(X)) - 1)
    image = np.random.default_rng(0).random((5, 5))
    with pytest.raises(ValueError, match="'cubical' has no cocycles"):
        representative_cocycle(image, cubical_diagram(image), 0)
    with pytest.raises(ValueError, match="has no cycles"):
        representative_cocycles(X, Diagram([0.0], [1.0], [1]))
    assert representative_cocycles(X, diagram, bars=[]) == {}
