"""A distance that is infinite, or not stored, is a missing one in every room."""

import numpy as np
import pytest
from scipy import sparse

import tda
from tda._metrics import distances
from tda.dimension import MLE
from tda.embedding import CircularCoordinates, Embedding, neighbor_scores

RNG = np.random.default_rng(0)
ANGLES = RNG.uniform(0, 2 * np.pi, 100)
X = np.column_stack([np.cos(ANGLES), np.sin(ANGLES)]) + 0.05 * RNG.normal(size=(100, 2))
D = distances(X)
#: Only pairs of which one is among the twenty nearest of the other have a distance.
LAST = np.sort(D, axis=1)[:, 20]
GIVEN = np.where(D <= np.maximum.outer(LAST, LAST), D, np.inf)
STORED = sparse.csr_array(np.where(np.isinf(GIVEN), 0.0, GIVEN))


def test_a_missing_distance_is_no_neighbour():
    dense, stored = (tda.intrinsic_dimension(G, metric="precomputed") for G in (GIVEN, STORED))
    assert dense.to_dict() == stored.to_dict()
    models = [MLE(metric="precomputed").fit(G) for G in (GIVEN, STORED, D)]
    assert len({model.dimension_ for model in models}) == 1  # 20 neighbours are all that it asks
    row = np.where(np.arange(100) == 7, 0.5, np.inf)[None]
    assert models[0].transform(row) == models[0].local_dimension_[7]
    isomap = Embedding(method="isomap", n_components=2, metric="precomputed", n_neighbors=10)
    np.testing.assert_array_equal(*(isomap.fit_transform(G) for G in (GIVEN, STORED)))


def test_holes_are_counted_where_distances_are_not_stored():
    dense, stored = (tda.count_holes(G, metric="precomputed") for G in (GIVEN, STORED))
    assert dense.betti == (1, 1) and dense.to_dict() == stored.to_dict()


@pytest.mark.parametrize("given", [GIVEN, STORED], ids=["infinite", "sparse"])
@pytest.mark.parametrize(
    "take",
    [
        lambda G: tda.embedding_report(G, X, metric="precomputed"),
        lambda G: neighbor_scores(G, X, metric="precomputed"),
        lambda G: Embedding(method="mds", metric="precomputed").fit(G),
    ],
    ids=["embedding_report", "neighbor_scores", "mds"],
)
def test_what_needs_all_distances_names_the_way(take, given):
    with pytest.raises(ValueError, match=r"all distances\. Pass tda\.manifold\.geodesic_matrix"):
        take(given)


def test_the_way_leads_there():
    with pytest.raises(ValueError, match="needs all distances"):
        CircularCoordinates(metric="precomputed").fit(GIVEN)
    paths = tda.manifold.geodesic_matrix(GIVEN, metric="precomputed")
    assert np.isfinite(CircularCoordinates(metric="precomputed").fit_transform(paths)).all()


def test_an_edge_of_one_side_only_is_refused():
    one_sided = GIVEN.copy()
    i, j = np.argwhere(np.isinf(GIVEN))[0]
    one_sided[i, j] = 1.0
    with pytest.raises(ValueError, match=r"pass np.minimum\(X, X.T\)"):
        tda.intrinsic_dimension(one_sided, metric="precomputed")
