"""The k-d tree spanning tree against dense Prim, and against the Delaunay graph, which holds it."""

import numpy as np
import pytest
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree
from scipy.spatial import Delaunay

from tda._kernels import boruvka as kernel
from tda._kernels.boruvka import boruvka
from tda._kernels.spanning_tree import prim


def uniform(n, d, seed=0):
    return np.random.default_rng(seed).random((n, d))


def grid(side, d):
    return np.stack(np.meshgrid(*[np.arange(side)] * d), -1).reshape(-1, d).astype(float)


def clusters(n, d, seed=0):
    """Blobs whose sizes and distances are from 1e-6 to 1."""
    rng = np.random.default_rng(seed)
    label = rng.integers(0, 12, n)
    scale = 10.0 ** rng.uniform(-6, 0, 12)
    return (rng.random((12, d)) * scale[:, None])[label] + (
        rng.normal(size=(n, d)) * (0.1 * scale[rng.permutation(12)])[label][:, None]
    )


def centre_and_shell(n, seed=0):
    """A speck in a sphere: from the speck, all of the sphere is nearly equally far."""
    X = np.random.default_rng(seed).normal(size=(n, 3))
    X /= np.linalg.norm(X, axis=1)[:, None]
    X[: n // 2] *= 1e-7
    return X


CLOUDS = {
    **{f"uniform in R^{d}": uniform(1500, d) for d in (1, 2, 3, 4, 5, 7, 8, 12, 20)},
    "normal": np.random.default_rng(1).normal(size=(2000, 3)),
    "grid in R^2": grid(44, 2),
    "grid in R^3": grid(12, 3),
    "grid with gaps": np.random.default_rng(2).permutation(grid(13, 3))[:1500],
    "few integers": np.random.default_rng(3).integers(0, 5, (2000, 3)).astype(float),
    "0 and 1": np.random.default_rng(4).integers(0, 2, (500, 6)).astype(float),
    "each point three times": np.repeat(uniform(500, 3), 3, axis=0),
    "all equal": np.full((1000, 3), 0.1),
    "all equal but one": np.vstack([np.full((300, 2), 0.1), [[0.2, 0.1]]]),
    "collinear": uniform(1000, 1) * np.array([1.0, -2.0, 0.3]),
    "collinear, each step longer": 1.5 ** np.arange(300.0)[:, None] * np.ones((1, 2)),
    "evenly spaced": np.arange(1000.0)[:, None] * np.array([1.0, 0.0]),
    "two parallel lines": np.vstack([grid(1, 2) + [[x, y]] for y in (0, 300) for x in range(500)]),
    "clusters in R^2": clusters(2000, 2),
    "clusters in R^3": clusters(2000, 3),
    "centre and shell": centre_and_shell(2000),
    "far from the origin": uniform(1000, 3) + 1e9,
    "tiny": uniform(1000, 2) * 1e-150,
}


def check_tree(X, edges, lengths):
    n = len(X)
    assert edges.shape == (n - 1, 2) and edges.dtype == np.int64
    assert lengths.shape == (n - 1,) and lengths.dtype == np.float64
    graph = coo_array((np.ones(n - 1), (edges[:, 0], edges[:, 1])), shape=(n, n))
    assert connected_components(graph, directed=False)[0] == 1
    total = np.zeros(n - 1)
    for c in range(X.shape[1]):  # in the order of the kernel, to the last digit
        total += (X[edges[:, 0], c] - X[edges[:, 1], c]) ** 2
    np.testing.assert_array_equal(lengths, np.sqrt(total))


@pytest.mark.parametrize("name", CLOUDS)
def test_agrees_with_prim(name):
    X = CLOUDS[name]
    edges, lengths = boruvka(X)
    check_tree(X, edges, lengths)
    np.testing.assert_array_equal(np.sort(lengths), np.sort(prim(X)[1]))


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 6, 7, 8, 15, 16, 17, 18, 31, 32, 33, 34, 63, 64, 65])
@pytest.mark.parametrize("d", [1, 2, 3])
def test_few_points(n, d):
    for X in (uniform(n, d, n), np.floor(3 * uniform(n, d, n)), np.zeros((n, d))):
        edges, lengths = boruvka(X)
        if n > 1:
            check_tree(X, edges, lengths)
        assert edges.shape == (n - 1, 2)
        np.testing.assert_array_equal(np.sort(lengths), np.sort(prim(X)[1]))


def test_no_points():
    edges, lengths = boruvka(np.empty((0, 3)))
    assert edges.shape == (0, 2) and lengths.shape == (0,)


@pytest.mark.parametrize("d", [2, 3])
@pytest.mark.parametrize("cloud", [uniform, clusters])
@pytest.mark.parametrize("n", [200, 5000])
def test_agrees_with_the_delaunay_graph(cloud, d, n):
    X = cloud(n, d, seed=5)
    simplices = Delaunay(X).simplices
    pairs = np.vstack([simplices[:, [i, j]] for i in range(d + 1) for j in range(i)])
    pairs = np.unique(np.sort(pairs, axis=1), axis=0)
    weights = np.linalg.norm(X[pairs[:, 0]] - X[pairs[:, 1]], axis=1)
    graph = coo_array((weights, (pairs[:, 0], pairs[:, 1])), shape=(n, n)).tocsr()
    expected = np.sort(minimum_spanning_tree(graph).data)
    edges, lengths = boruvka(X)
    check_tree(X, edges, lengths)
    np.testing.assert_allclose(np.sort(lengths), expected, rtol=1e-12)


def test_turns_to_prim_where_trees_fail():
    X = uniform(4200, 20)
    edges, lengths = boruvka(X)
    np.testing.assert_array_equal(edges, prim(X)[0])
    np.testing.assert_array_equal(lengths, prim(X)[1])
    assert boruvka(uniform(50, 2) * 1e200)[0].shape == (49, 2)  # squares overflow


def test_many_random_clouds():
    rng = np.random.default_rng(6)
    for _ in range(300):
        n, d = rng.integers(2, 300), rng.integers(1, 6)
        X = rng.random((n, d))
        if rng.random() < 0.5:
            X = np.floor(X * rng.integers(1, 10))
        if rng.random() < 0.3:
            X = X * 10.0 ** rng.integers(-5, 5, (n, 1))
        edges, lengths = boruvka(X)
        check_tree(X, edges, lengths)
        np.testing.assert_array_equal(np.sort(lengths), np.sort(prim(X)[1]))


def test_input_is_left_alone_and_order_does_not_matter():
    X = uniform(1000, 3)
    before, shuffled = X.copy(), np.random.default_rng(7).permutation(1000)
    edges = boruvka(X)[0]
    np.testing.assert_array_equal(X, before)
    other = shuffled[boruvka(X[shuffled])[0]]  # without ties there is only one tree
    assert set(map(tuple, np.sort(edges))) == set(map(tuple, np.sort(other)))
    np.testing.assert_array_equal(boruvka(X)[0], edges)


def test_tree_holds_the_points_in_its_boxes():
    X = clusters(777, 3)
    tree = kernel.build_tree(X)
    n_leaves = len(tree.starts) - 1
    assert np.array_equal(np.sort(tree.order), np.arange(777))
    assert set(np.diff(tree.starts)) <= {777 // n_leaves, 777 // n_leaves + 1}
    for leaf in range(n_leaves):
        rows = X[tree.order[tree.starts[leaf] : tree.starts[leaf + 1]]]
        np.testing.assert_array_equal(tree.block[leaf, :, : len(rows)].T, rows)
        node = n_leaves + leaf
        np.testing.assert_array_equal(tree.low[node], rows.min(axis=0))
        np.testing.assert_array_equal(tree.high[node], rows.max(axis=0))
        while node > 1:
            assert (tree.low[node >> 1] <= tree.low[node]).all()
            assert (tree.high[node >> 1] >= tree.high[node]).all()
            node >>= 1


def test_neighbours_agree_with_brute_force():
    X = uniform(400, 4)
    tree = kernel.build_tree(X)
    near, far, left = kernel.neighbours(tree, 5, 10**9)
    Y = X[tree.order]
    squares = ((Y[:, None] - Y[None]) ** 2).sum(axis=2)
    np.fill_diagonal(squares, np.inf)
    np.testing.assert_array_equal(near, np.argsort(squares, axis=1)[:, :5])
    np.testing.assert_allclose(far, np.sort(squares, axis=1)[:, :5], rtol=1e-14)
    assert 0 < left < 10**9
    assert kernel.neighbours(tree, 5, 10)[2] < 0


@pytest.mark.parametrize("name", ["uniform in R^3", "few integers", "clusters in R^2"])
def test_compiled_agrees_with_python(name, monkeypatch):
    X = CLOUDS[name][:150]
    compiled = boruvka(X)
    for function in vars(kernel).copy():
        if hasattr(vars(kernel)[function], "py_func"):
            monkeypatch.setattr(kernel, function, vars(kernel)[function].py_func)
    with np.errstate(invalid="ignore"):
        edges, lengths = kernel.boruvka(X)
    np.testing.assert_array_equal(edges, compiled[0])
    np.testing.assert_array_equal(lengths, compiled[1])
