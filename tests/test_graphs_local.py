"""Local homology: giotto-tda's values, and shapes whose neighbourhoods are known."""

import json
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from scipy.spatial.distance import pdist, squareform

from tda import LocalHomology
from tda.datasets import make_sphere
from tda.graphs import vertex_diagrams

GIOTTO = json.loads(
    (Path(__file__).parent / "reference" / "graphs_giotto.json").read_text(encoding="utf-8")
)


def assert_bars(diagrams, expected):
    """Equal up to giotto-tda's single precision, in which bars that are shorter vanish."""
    for diagram, degrees in zip(diagrams, expected, strict=True):
        for degree, theirs in enumerate(degrees, 1):
            ours = diagram[degree][np.diff(diagram[degree], axis=1)[:, 0] > 1e-6]
            theirs = np.reshape(theirs, (-1, 2))
            theirs = theirs[np.diff(theirs, axis=1)[:, 0] > 1e-6]
            order = np.lexsort(theirs.T[::-1])
            np.testing.assert_allclose(ours, theirs[order], atol=1e-6)


def test_neighborhoods_are_giottos():
    cloud = np.array(GIOTTO["cloud"])
    fitted = LocalHomology(n_close=6, n_neighbors=18, max_dimension=2).fit(cloud)
    assert sum(len(degree) for sample in GIOTTO["neighbors"] for degree in sample) > 40
    assert_bars(fitted.diagrams(cloud), GIOTTO["neighbors"])


def test_radii_are_giottos():
    """A complete graph with the lengths of a cloud has these lengths for its paths."""
    cloud = np.array(GIOTTO["cloud"])
    G = nx.from_numpy_array(squareform(pdist(cloud)))
    assert_bars(vertex_diagrams(G, radii=(0.5, 1.2), max_dimension=2), GIOTTO["radius"])


def test_arms_of_a_tree_are_counted():
    """A vertex with k long arms has k - 1 loops."""
    for k in range(1, 6):
        arms = nx.Graph()
        for arm in range(k):
            nx.add_path(arms, ["middle", *((arm, step) for step in range(5))])
        middle = vertex_diagrams(arms, radii=(2, 4))[0]
        assert len(middle[1]) == k - 1


def test_a_surface_has_a_void_and_its_border_none():
    sphere = make_sphere(250, random_state=0).points
    cap = sphere[sphere[:, 2] > -0.2]
    found = LocalHomology(n_close=12, n_neighbors=32, max_dimension=2, n_bars=1).fit(cap)
    names = found.get_feature_names_out().tolist()
    assert names == ["local_homology_h1_1", "local_homology_h2_1"]
    order = np.argsort(cap[:, 2])
    border, top = found.transform(cap[order[:15]])[:, 1], found.transform(cap[order[-15:]])[:, 1]
    assert np.median(top) > 4 * np.median(border)


def test_few_and_repeated_points():
    one = LocalHomology().fit_transform([[1.0, 2.0]])
    assert one.tolist() == [[0.0, 0.0, 0.0]]
    X = np.random.default_rng(0).normal(size=(30, 2))
    plain = LocalHomology(n_close=5, n_neighbors=15).fit(X)
    twice = LocalHomology(n_close=5, n_neighbors=15).fit(np.repeat(X, 2, axis=0))
    np.testing.assert_allclose(plain.transform(X), twice.transform(X))
    with pytest.raises(ValueError, match="n_close=50"):
        LocalHomology(n_close=50).fit(X)


def test_graphs_without_edges_and_errors():
    assert len(vertex_diagrams(nx.Graph())) == 0
    assert [len(d) for d in vertex_diagrams(nx.empty_graph(2))] == [1, 1]
    with pytest.raises(ValueError, match="radii="):
        vertex_diagrams(nx.path_graph(3), radii=(2, 1))
    with pytest.raises(ValueError, match="not negative"):
        vertex_diagrams([[0, 1, -1.0]])
    with pytest.raises(ValueError, match="max_dimension"):
        vertex_diagrams(nx.path_graph(3), max_dimension=-1)
