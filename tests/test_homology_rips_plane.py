"""Rips persistence in the plane by faces: against the pass over all edges, gudhi, and theory."""

import gudhi
import numpy as np
import pytest

from tda import datasets, representative_cycle, rips_diagram
from tda._kernels.distances import distance_matrix
from tda.homology.engines import rips_plane as module
from tda.homology.engines.rips_lunes import rips_lunes
from tda.homology.engines.rips_plane import rips_plane


def clouds():
    """Uniform, gridded, clustered, curved, with points that coincide, on loops and on spirals."""
    rng = np.random.default_rng(0)
    for trial in range(180):
        n = int(rng.integers(5, (30, 90, 200)[trial % 3]))
        angle = rng.uniform(0, 2 * np.pi, n)
        ring = np.column_stack([np.cos(angle), np.sin(angle)])
        side = max(3, int(n**0.5))
        cell = rng.integers(0, side, (n, 2)).astype(float)
        turn = np.sort(rng.uniform(1, 20, n))[:, None]
        steps = np.cumsum(rng.normal(size=(n, 2)), axis=0)
        yield [
            rng.random((n, 2)),
            cell,
            cell * [1.0, 2.0],
            np.column_stack([cell[:, 0] + 0.5 * (cell[:, 1] % 2), cell[:, 1] * 0.75**0.5]),
            ring * (1 + 0.3 * rng.random((n, 1))),
            np.column_stack([np.cos(k := np.arange(n) * 2 * np.pi / n), np.sin(k)]),
            ring[angle < 5.6] * (1 + 0.4 * rng.integers(0, 2, (n, 1))[angle < 5.6]),
            rng.normal(size=(n, 2)) * np.exp(2 * rng.normal(size=(n, 1))),
            np.column_stack([np.cos(turn), np.sin(turn)]) * turn + rng.normal(0, 0.3, (n, 2)),
            np.concatenate([steps, steps[: n // 4]]),
        ][trial % 10]


def assert_same(found, expected):
    """The same bars; those no longer than the last digits may be missing from either."""
    for k in (0, 1):
        bars = [sorted(map(tuple, np.round(d[k], 9))) for d in (found, expected)]
        bars = [[bar for bar in some if bar[1] - bar[0] > 1e-8] for some in bars]
        assert len(bars[0]) == len(bars[1])
        np.testing.assert_allclose(bars[0], bars[1], atol=3e-9)


def by_all_edges(X, max_edge_length=np.inf):
    return rips_lunes(
        distance_matrix(X), max_dimension=1, max_edge_length=max_edge_length, simplices=False
    )


def test_the_faces_give_what_all_edges_do():
    compared = 0
    for X in clouds():
        found = rips_plane(X, field=2, max_edge_length=np.inf, simplices=False)
        if found is None:  # on a line
            continue
        assert_same(found, by_all_edges(X))
        compared += 1
    assert compared > 170


@pytest.mark.parametrize("field", [2, 3, 5])
def test_every_field_gives_what_gudhi_does(field):
    X = np.asarray(datasets.make_circle(60, noise=0.15, random_state=field))
    tree = gudhi.RipsComplex(points=X).create_simplex_tree(max_dimension=2)
    tree.compute_persistence(homology_coeff_field=field)
    loops = tree.persistence_intervals_in_dimension(1)
    found = rips_plane(X, field=field, max_edge_length=np.inf, simplices=True)
    assert found.field == field
    np.testing.assert_allclose(found[1], sorted(map(tuple, loops)), atol=1e-12)
    assert rips_diagram(X, field=field, representatives=True) == found


def test_a_longest_edge_cuts_bars_off():
    X = np.random.default_rng(1).random((300, 2))
    found = rips_plane(X, field=2, max_edge_length=0.07, simplices=True)
    assert_same(found, by_all_edges(X, 0.07))
    assert (found.death_simplices[np.isinf(found.deaths)] == -1).all()


def test_simplices_have_the_lengths_of_the_bars():
    X = np.asarray(datasets.make_circle(400, noise=0.2, random_state=0))
    diagram = rips_diagram(X, representatives=True)
    D = distance_matrix(X)
    for bar in np.flatnonzero(diagram.dims == 1):
        u, v = diagram.birth_simplices[bar, :2]
        corners = diagram.death_simplices[bar]
        assert len(set(corners)) == 3
        assert D[u, v] == pytest.approx(diagram.births[bar], rel=1e-12)
        assert D[np.ix_(corners, corners)].max() == pytest.approx(diagram.deaths[bar], rel=1e-12)


def test_on_a_grid_the_cycle_goes_round_the_hole():
    """All edges enter together; an edge of birth out of order would leave a cell, not the hole."""
    cells = np.argwhere(np.ones((12, 12))).astype(float)
    X = cells[np.abs(cells - 5.5).max(axis=1) > 3]
    for seed in range(4):
        Y = np.random.default_rng(seed).permutation(X)
        diagram = rips_plane(Y, field=2, max_edge_length=np.inf, simplices=True)
        bar = int(np.argmax(np.where(diagram.dims == 1, diagram.lifetimes, 0)))
        path = Y[representative_cycle(Y, diagram, bar)] - 5.5
        turns = np.angle(np.exp(1j * np.diff(np.arctan2(*np.vstack([path, path[:1]]).T))))
        assert abs(turns.sum()) == pytest.approx(2 * np.pi)


def test_points_of_one_place_are_one_and_a_line_is_left_to_others():
    X = np.random.default_rng(2).random((310, 2))
    twice = np.repeat(X, 2, axis=0)
    assert_same(rips_diagram(twice), by_all_edges(X))
    assert len(rips_diagram(np.ones((310, 2)))) == 1
    line = np.column_stack([np.arange(310.0), np.arange(310.0)])
    assert rips_plane(line, field=2, max_edge_length=np.inf, simplices=False) is None
    assert len(rips_diagram(line)[0]) == 310


def test_points_nearer_than_the_grid_are_left_to_others():
    """Beside a point far out the loop below would fall into one point of the grid."""
    loop = 1e-8 * np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 1.0], [1.0, 0.0]])
    far = 1e9 * (1 + np.random.default_rng(0).random((310, 2)))
    X = np.concatenate([loop, far])
    diagram = rips_diagram(X)
    assert diagram[1][0] == pytest.approx([1e-8, 2**0.5 * 1e-8])


def test_a_face_of_too_many_sides_is_left_to_others(monkeypatch):
    X = np.asarray(datasets.make_circle(350, random_state=0))
    expected = rips_diagram(X)
    monkeypatch.setattr(module, "_MOST_SIDES", 0)
    assert rips_plane(X, field=2, max_edge_length=np.inf, simplices=False) is None
    assert_same(rips_diagram(X), expected)
