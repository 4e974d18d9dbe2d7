"""Counting where distances are missing."""

import json

import numpy as np
import pytest
from scipy.sparse import csgraph
from scipy.spatial.distance import pdist, squareform

from tda import HoleCounter, count_holes, datasets, rips_diagram
from tda.holes._paths import edges_of_paths, paths_as_missing
from tda.holes._pieces import Filled, complete, pieces_of
from tda.manifold import geodesic_matrix


def apart(*clouds):
    """Distances within each cloud, and none between them."""
    n = sum(map(len, clouds))
    D, start = np.full((n, n), np.inf), 0
    for X in clouds:
        D[start : start + len(X), start : start + len(X)] = squareform(pdist(X))
        start += len(X)
    return D


def neighbors_only(X, k):
    """Distances to the k nearest from either side, and infinity elsewhere."""
    D = squareform(pdist(X))
    order = np.argsort(D, axis=1)[:, : k + 1]
    kept = np.full(D.shape, np.inf)
    np.put_along_axis(kept, order, np.take_along_axis(D, order, axis=1), axis=1)
    return np.minimum(kept, kept.T)


def loops(count):
    return [(h.birth, h.death, h.ratio, h.p_value) for h in count.candidates if h.degree == 1]


@pytest.mark.parametrize("seed", range(20))
def test_a_point_that_nothing_joins_leaves_the_rest_as_it_is(seed):
    X = np.random.default_rng(seed).normal(size=(100, 3))
    D = apart(X, X[:1])
    order = np.random.default_rng(seed).permutation(101)
    alone = count_holes(D[:100, :100], metric="precomputed")
    count = count_holes(D[np.ix_(order, order)], metric="precomputed")
    assert count.betti == (alone.betti[0] + 1, *alone.betti[1:])
    np.testing.assert_allclose(loops(count), loops(alone))
    assert count.n_points == 101 and "no finite distance joins the 2 pieces" in count.notes[0]
    assert sum(hole.degree == 0 for hole in count.holes) == count.betti[0] - 1


def test_pieces_are_judged_one_by_one_and_corrected_together():
    ring, disk = (f(150, random_state=1).points for f in (datasets.make_circle, datasets.make_disk))
    one = count_holes(squareform(pdist(ring)), metric="precomputed")
    count = count_holes(apart(ring, disk, ring), metric="precomputed")
    assert count.betti == (3, 2)
    first, second = (hole for hole in count.holes if hole.degree == 1)
    assert first.p_value == second.p_value == pytest.approx(3 * one.holes[0].p_value)
    # The diagram is that of the whole, and every hole points at its bar.
    expected = rips_diagram(apart(ring, disk, ring), metric="precomputed")
    assert count.diagram == expected
    for hole in (first, second):
        assert count.diagram.births[hole.bar] == hole.birth
        assert count.diagram.deaths[hole.bar] == hole.death
        assert count.diagram.dims[hole.bar] == 1


@pytest.mark.parametrize("n_neighbors", [2, 4, 8, 12])
def test_a_ring_of_neighbors_has_its_loop(n_neighbors):
    angle = np.arange(100) * 2 * np.pi / 100
    D = neighbors_only(np.column_stack([np.cos(angle), np.sin(angle)]), n_neighbors)
    never = rips_diagram(D, metric="precomputed")[1]
    assert len(never) == 1 and never[0, 1] == np.inf
    count = count_holes(D, metric="precomputed")
    assert count.betti == (1, 1)
    assert count.holes[0].birth == pytest.approx(never[0, 0])
    assert any("loops may never die" in note for note in count.notes)


def test_a_random_ring_has_its_loop_and_noise_has_none():
    seeds = range(20)
    rings = [datasets.make_circle(100, noise=0.05, random_state=s).points for s in seeds]
    noise = [np.random.default_rng(s).random((100, 2)) for s in seeds]
    found = [count_holes(neighbors_only(X, 10), metric="precomputed").betti for X in rings]
    assert found.count((1, 1)) >= 19
    found = [count_holes(neighbors_only(X, 10), metric="precomputed").betti[1] for X in noise]
    assert found.count(0) >= 19
    never = [rips_diagram(neighbors_only(X, 10), metric="precomputed")[1] for X in noise]
    assert sum(np.isinf(bars).any() for bars in never) > 10  # what is not to be counted is there


@pytest.mark.parametrize("method", ["gumbel", "bootstrap"])
@pytest.mark.parametrize("field", [2, 3])
def test_other_ways_of_testing_see_it_too(method, field):
    ring = datasets.make_circle(120, noise=0.1, random_state=0).points
    D = apart(ring, ring[:1])
    options = {"method": method, "field": field, "n_resamples": 50, "random_state": 0}
    assert count_holes(D, metric="precomputed", **options).betti == (2, 1)
    counter = HoleCounter(metric="precomputed", **options).fit([D])
    assert counter.transform([D, D[:120, :120]]).tolist() == [[2, 1], [1, 1]]


def test_points_without_any_distance_are_as_many_components():
    D = np.full((12, 12), np.inf)
    np.fill_diagonal(D, 0)
    count = count_holes(D, metric="precomputed")
    assert count.betti == (12, 0) and len(count.holes) == 11
    assert len(count.diagram) == count.n_points == 12
    written = json.loads(json.dumps(count.to_dict(), allow_nan=False))
    assert written["holes"][0]["death"] is None


@pytest.mark.parametrize("share", [0.05, 0.6])
def test_missing_distances_become_shortest_paths(share):
    rng = np.random.default_rng(0)
    D = squareform(pdist(rng.random((40, 3))))
    missing = np.triu(rng.random(D.shape) < share, 2)  # neighbours in order stay joined
    given = np.where(missing | missing.T, np.inf, D)
    found, n_missing = complete(given)
    paths = csgraph.floyd_warshall(given)
    np.testing.assert_allclose(found, np.where(np.isinf(given), paths / np.sqrt(2), D))
    assert n_missing == missing.sum()
    assert [len(piece) for piece in pieces_of(given)] == [40]


def test_one_missing_distance_is_told_in_the_singular():
    D = squareform(pdist(datasets.make_circle(60, noise=0.05, random_state=0).points))
    D[0, 1] = D[1, 0] = np.inf
    assert any(
        "1 distance is missing" in note for note in count_holes(D, metric="precomputed").notes
    )


def along_graph(X, k):
    """Lengths of shortest paths in the graph of k nearest neighbours."""
    return csgraph.shortest_path(np.nan_to_num(neighbors_only(X, k), posinf=0), directed=False)


@pytest.mark.parametrize("n_neighbors", [4, 10, 20])
def test_edges_are_told_from_paths(n_neighbors):
    X = np.random.default_rng(0).random((150, 2))
    graph = neighbors_only(X, n_neighbors)
    expected = np.isfinite(graph) & ~np.eye(150, dtype=bool)
    np.testing.assert_array_equal(edges_of_paths(along_graph(X, n_neighbors)), expected)


@pytest.mark.parametrize("metric", ["euclidean", "cityblock", "chebyshev", "cosine"])
def test_distances_of_clouds_are_no_paths(metric):
    X = np.random.default_rng(0).random((150, 3))
    D = squareform(pdist(X, metric))
    assert paths_as_missing(D)[1:] == (0, ())
    assert paths_as_missing(D)[0] is D


def test_distances_along_a_line_and_an_arc_are_no_graphs_of_neighbors():
    t = np.random.default_rng(0).random(100)
    line = np.abs(t[:, None] - t)
    assert edges_of_paths(line) is None
    assert edges_of_paths(np.minimum(line, 1 - line)) is None
    assert count_holes(np.minimum(line, 1 - line), metric="precomputed").betti == (1, 1)
    assert edges_of_paths(np.zeros((1, 1))) is None


def test_paths_count_as_the_missing_distances_that_they_are():
    X = datasets.make_circle(100, noise=0.1, random_state=0).points
    paths = count_holes(along_graph(X, 10), metric="precomputed")
    graph = count_holes(neighbors_only(X, 10), metric="precomputed")
    assert paths.betti == graph.betti == (1, 1)
    assert np.allclose(loops(paths), loops(graph))
    assert "shortest paths" in paths.notes[0] and "missing" not in "".join(paths.notes)


def test_paths_in_noise_hold_no_loop_and_too_few_edges_are_told():
    clouds = [np.random.default_rng(seed).random((300, 2)) for seed in range(12)]
    counts = [count_holes(geodesic_matrix(X, n_neighbors=12), metric="precomputed") for X in clouds]
    assert sum(count.betti != (1, 0) for count in counts) <= 1
    assert not any("graph's own" in note for count in counts for note in count.notes)
    # As distances of a cloud they would have some.
    plain = [count_holes(along_graph(X, 12).view(Filled), metric="precomputed") for X in clouds]
    assert sum(count.betti != (1, 0) for count in plain) >= 3
    few = count_holes(along_graph(clouds[0], 5), metric="precomputed")
    assert any("graph's own" in note and "join more" in note for note in few.notes)


def test_rows_that_coincide_have_the_label_of_their_twin():
    X = datasets.make_circle(100, noise=0.05, random_state=0).points
    D = apart(X, X + 9)
    order = np.r_[np.arange(200), 150, 3]
    labels = count_holes(D[np.ix_(order, order)], metric="precomputed").labels
    assert labels.shape == (202,)
    assert labels[200] == labels[150] != labels[201] == labels[3]
    twice = along_graph(X, 10)[np.ix_(order[:100].tolist() + [3], order[:100].tolist() + [3])]
    count = count_holes(twice, metric="precomputed")
    assert count.labels.shape == (101,) and count.betti == (1, 1)
