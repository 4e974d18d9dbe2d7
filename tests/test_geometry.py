import numpy as np
import pytest
from scipy.spatial.distance import pdist, squareform

from tda import _geometry as geometry
from tda._neighbors import graph_of_distances, neighbor_graph
from tda._points import distinct_points
from tda._scale import dimension_at_scale, lattice_share


@pytest.mark.parametrize("d", [1, 2, 3, 5])
def test_dimension_of_a_flat_torus_is_its_own(d):
    # No boundary and constant density, as the formula assumes; the error is that of the mean.
    X = np.random.default_rng(d).random((2000, d))
    gap = np.abs(X[:, None, :] - X[None, :, :])
    D = np.sqrt((np.minimum(gap, 1 - gap) ** 2).sum(axis=2))
    distances = graph_of_distances(D, 20).distances
    assert dimension_at_scale(distances, 10) == pytest.approx(d, rel=0.05)


def test_dimension_depends_on_the_scale():
    # A thick circle is a surface to near neighbours and a curve to far ones.
    rng = np.random.default_rng(0)
    angle = rng.uniform(0, 2 * np.pi, 2000)
    X = np.column_stack([np.cos(angle), np.sin(angle)]) + 0.02 * rng.standard_normal((2000, 2))
    distances = neighbor_graph(X, 200).distances
    near, far = (dimension_at_scale(distances, k) for k in (1, 100))
    assert near > 1.7
    assert far < 1.15


def test_neighbor_distances_of_points_and_matrix_agree():
    X = np.random.default_rng(0).random((50, 3))
    D = squareform(pdist(X))
    expected = np.sort(D, axis=1)[:, 1:6]
    np.testing.assert_allclose(neighbor_graph(X, 5).distances, expected)
    np.testing.assert_allclose(graph_of_distances(D, 5).distances, expected)
    some = np.arange(0, 50, 5)
    np.testing.assert_allclose(neighbor_graph(X, 5, queries=some).distances, expected[::5])
    np.testing.assert_allclose(graph_of_distances(D, 5, queries=some).distances, expected[::5])


def test_lattice_share_tells_a_grid_from_noise():
    grid = np.stack(np.meshgrid(np.arange(10.0), np.arange(10.0)), axis=-1).reshape(-1, 2)
    noise = np.random.default_rng(0).random((100, 2))
    assert lattice_share(neighbor_graph(grid, 1).distances) == 1.0
    assert lattice_share(neighbor_graph(noise, 1).distances) < 0.1


def test_landmarks_cover_and_keep_apart():
    X = np.random.default_rng(0).random((300, 3))
    chosen, radius = geometry.spread_landmarks(X, 40)
    D = squareform(pdist(X))[chosen]
    assert D.min(axis=0).max() == pytest.approx(radius)  # Gonzalez: a cover of that radius …
    apart = D[:, chosen] + 9 * np.eye(40)
    assert apart.min() >= radius  # … and a packing of it
    same, same_radius = geometry.spread_landmarks(squareform(pdist(X)), 40, precomputed=True)
    assert same.size == 40
    assert same_radius < 2 * radius  # another start, the same guarantee of twice the optimum


def test_unique_points_keep_their_order():
    X = np.array([[2.0, 1.0], [0.0, 0.0], [2.0, 1.0], [1.0, 1.0]])
    assert distinct_points(X).first.tolist() == [0, 1, 3]


@pytest.mark.parametrize("n_features", [1, 3, 5])
def test_landmarks_of_a_tree_are_those_of_the_plain_loop(n_features):
    from tda._kernels.farthest import farthest_points

    rng = np.random.default_rng(n_features)
    for X in (rng.random((6000, n_features)), rng.integers(0, 3, (6000, n_features)).astype(float)):
        start = int(np.argmax(((X - X.mean(axis=0)) ** 2).sum(axis=1)))
        plain, reach = farthest_points(X, 300, start)  # copies are taken where all are covered
        chosen, radius = geometry.spread_landmarks(X, 300)
        np.testing.assert_array_equal(chosen, plain)
        assert radius == reach[-1]
