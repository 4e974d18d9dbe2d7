import json
import re
from pathlib import Path

import networkx
import numpy as np
import pytest
from gudhi import SimplexTree
from scipy.sparse import csr_array
from scipy.spatial.distance import cdist, pdist, squareform
from sklearn.cluster import DBSCAN, AgglomerativeClustering
from sklearn.datasets import load_iris
from sklearn.decomposition import PCA
from sklearn.neighbors import NearestNeighbors
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from tda import BallMapper, Mapper
from tda._kernels.pieces import pieces_within
from tda.datasets import make_annulus, make_circle, make_disk, make_figure_eight
from tda.mapper import mapper_graph, mapper_parameters

REFERENCE = Path(__file__).parent / "reference" / "mapper_nodes.json"


def n_loops(graph):
    return len(graph.edges) - graph.n_nodes + len(np.unique(graph.components()))


def node_sets(graph):
    return sorted(graph.rows(v).tolist() for v in range(graph.n_nodes))


# -- nodes and edges ---------------------------------------------------------------------------


@pytest.mark.parametrize("peer", ["kmapper", "tda-mapper", "pyballmapper"])
def test_node_sets_are_those_of_the_peers(peer):
    """Their nodes of the same points; `tests/reference/make_mapper_nodes.py` wrote them."""
    for case in json.loads(REFERENCE.read_text()):
        if peer not in case:
            continue
        X = np.array(case["points"])
        if peer == "pyballmapper":
            model = BallMapper(radius=case["radius"]).fit(X)
        else:
            model = Mapper(
                lens=list(range(case["n_columns"])),
                n_intervals=case["n_intervals"],
                overlap=case["overlap"],
                distance_threshold=case["eps"],
                clusterer=(
                    "single_linkage"
                    if case["min_samples"] == 1
                    else DBSCAN(eps=case["eps"], min_samples=case["min_samples"])
                ),
            ).fit(X)
        assert node_sets(model.graph_) == sorted(case[peer])


def test_nodes_and_edges_by_definition():
    rng = np.random.default_rng(0)
    for trial in range(8):
        X = rng.normal(size=(60, 2))
        n, overlap, eps = 3 + trial % 4, [0.2, 0.4, 0.5, 0.6][trial % 4], 0.7
        graph = Mapper(lens=0, n_intervals=n, overlap=overlap, distance_threshold=eps).fit(X).graph_
        low, span = X[:, 0].min(), np.ptp(X[:, 0])
        expected = []
        for i in range(n):
            middle, half = low + (i + 0.5) * span / n, span / (2 * n * (1 - overlap))
            rows = np.flatnonzero(np.abs(X[:, 0] - middle) <= half)
            labels = DBSCAN(eps=eps, min_samples=1).fit_predict(X[rows])
            expected += [rows[labels == label].tolist() for label in np.unique(labels)]
        assert node_sets(graph) == sorted(expected)
        sets = [set(graph.rows(v)) for v in range(graph.n_nodes)]
        pairs = [
            (i, j, len(sets[i] & sets[j]))
            for i in range(len(sets))
            for j in range(i + 1, len(sets))
            if sets[i] & sets[j]
        ]
        found = np.column_stack([graph.edges, graph.weights]).tolist()
        assert found == [list(pair) for pair in pairs]
        np.testing.assert_array_equal(graph.sizes, [len(s) for s in sets])
        np.testing.assert_allclose(
            graph.values[:, 0], [X[graph.rows(v), 0].mean() for v in range(graph.n_nodes)]
        )


def test_pieces_are_those_of_the_graph_of_near_pairs():
    for seed in range(60):
        rng = np.random.default_rng(seed)
        n, d = int(rng.integers(1, 200)), int(rng.integers(1, 6))
        X = rng.normal(size=(n, d))
        X = np.round(2 * X) if seed % 3 == 0 else X
        reach = float(np.quantile(pdist(X), rng.random() ** 4)) if n > 2 else 0.5
        near = squareform(pdist(X)) <= reach * (1 + 1e-13)
        graph = networkx.from_numpy_array(near)
        labels = pieces_within(X, reach)
        found = {frozenset(np.flatnonzero(labels == label)) for label in np.unique(labels)}
        assert found == set(map(frozenset, networkx.connected_components(graph)))


def test_pieces_compiled_are_those_of_python():
    X = np.random.default_rng(0).normal(size=(40, 2))
    np.testing.assert_array_equal(pieces_within(X, 0.5), pieces_within.py_func(X, 0.5))


def test_clusterers_of_scikit_learn():
    X = make_circle(200, noise=0.03, random_state=0).points
    linked = Mapper(lens=0, n_intervals=6, distance_threshold=0.4).fit(X)
    model = AgglomerativeClustering(None, linkage="single", distance_threshold=0.4 + 1e-12)
    theirs = Mapper(lens=0, n_intervals=6, clusterer=model).fit(X)
    assert node_sets(theirs.graph_) == node_sets(linked.graph_)
    noisy = Mapper(lens=0, n_intervals=6, clusterer=DBSCAN(eps=0.05, min_samples=5)).fit(X)
    assert (np.asarray(noisy.graph_.membership.sum(axis=1)) == 0).any()  # rows in no node
    two = Mapper(lens=0, n_intervals=30, clusterer=AgglomerativeClustering(2)).fit(X[:20])
    assert two.n_nodes_ >= 1


def test_other_metrics_and_distances():
    X = make_circle(120, noise=0.03, random_state=0).points
    D = cdist(X, X)
    options = {"n_intervals": 6, "distance_threshold": 0.4}
    cloud = Mapper(lens=lambda X: X[:, 0], **options).fit(X)
    given = Mapper(lens=lambda D: X[: len(D), 0], metric="precomputed", **options).fit(D)
    assert node_sets(given.graph_) == node_sets(cloud.graph_)
    assert (given.transform(D) != given.graph_.membership).nnz == 0
    city = Mapper(lens=0, metric="cityblock", **options).fit(X)
    assert city.n_nodes_ and (city.transform(X) != city.graph_.membership).nnz == 0


# -- lenses and covers -------------------------------------------------------------------------


def test_lenses_are_what_they_say():
    X = load_iris().data
    values = {
        lens: Mapper(lens=lens).fit(X).lens_values_[:, 0]
        for lens in ("pca", "eccentricity", "density")
    }
    first = PCA(1).fit_transform(X)[:, 0]
    assert abs(np.corrcoef(values["pca"], first)[0, 1]) > 1 - 1e-9
    np.testing.assert_allclose(values["eccentricity"], np.sqrt((cdist(X, X) ** 2).mean(axis=1)))
    near = NearestNeighbors(n_neighbors=20).fit(X).kneighbors()[0]
    ranks = [np.argsort(np.argsort(v)) for v in (values["density"], -(near**2).sum(axis=1))]
    assert np.corrcoef(*ranks)[0, 1] > 0.999
    two = Mapper(lens=["pca", 2, PCA(2), lambda X: X[:, :2]]).fit(X)
    assert two.lens_values_.shape == (150, 6)
    np.testing.assert_array_equal(two.lens_values_[:, 1], X[:, 2])
    assert len(two.n_intervals_) == 6


@pytest.mark.parametrize("cover", ["uniform", "balanced", "kmeans", "ball"])
def test_covers_hold_every_row_and_overlap(cover):
    X = np.random.default_rng(0).exponential(size=(300, 2))
    model = Mapper(lens=[0, 1], n_intervals=4, cover=cover, random_state=0).fit(X)
    members = model._cover_.members(X)
    counts = np.asarray(members.sum(axis=1)).ravel()
    assert counts.min() >= 1 and counts.max() > 1
    assert (model.transform(X) != model.graph_.membership).nnz == 0


def test_a_column_by_its_name_and_a_grid_of_many_boxes():
    frame = load_iris(as_frame=True).data
    named = Mapper(lens="petal length (cm)", n_intervals=4).fit(frame)
    assert node_sets(named.graph_) == node_sets(Mapper(lens=2, n_intervals=4).fit(frame).graph_)
    many = Mapper(lens=[0, 1, 2, 3], n_intervals=5000).fit(frame)  # 6e14 boxes
    assert many.n_nodes_ >= 140 and (many.transform(frame) != many.graph_.membership).nnz == 0
    with pytest.raises(ValueError, match="more boxes than can be numbered"):
        Mapper(lens=[0, 1, 2, 3] * 2, n_intervals=5000).fit(frame)


def test_a_balanced_cover_has_as_many_points_everywhere():
    x = np.random.default_rng(0).exponential(size=(1000, 1)) ** 3
    model = Mapper(lens=0, n_intervals=8, overlap=0.2, cover="balanced").fit(x)
    sizes = np.asarray(model._cover_.members(x).sum(axis=0)).ravel()
    assert sizes[1:-1].max() - sizes[1:-1].min() <= 2
    uniform = Mapper(lens=0, n_intervals=8, overlap=0.2).fit(x)
    assert np.asarray(uniform._cover_.members(x).sum(axis=0)).max() > 900


def test_a_cover_of_ones_own():
    class Halves:
        def fit(self, values):
            self.middle = np.median(values)
            return self

        def members(self, values):
            x = values[:, 0]
            return csr_array(np.column_stack([x <= self.middle + 0.1, x >= self.middle - 0.1]))

    X = make_disk(200, random_state=0).points
    assert Mapper(lens=0, cover=Halves()).fit(X).n_nodes_ == 2


# -- parameters --------------------------------------------------------------------------------


def test_the_threshold_is_the_distance_to_subsamples():
    X = np.linspace(0, 1, 200)[:, None]
    found = mapper_parameters(X, X, n_subsamples=200, random_state=0)
    rng = np.random.RandomState(0)
    size = int(200 / np.log(200) ** 1.01)
    gaps = [cdist(X[rng.choice(200, size, replace=False)], X).min(axis=0).max() for _ in range(200)]
    np.testing.assert_allclose(found.distance_threshold, np.mean(gaps))
    # On a line the lens changes by no more than the points are apart.
    step = X[1, 0] - X[0, 0]
    change = np.floor(found.distance_threshold / step + 1e-9) * step
    np.testing.assert_allclose(found.resolution, 3 * change)
    assert found.n_intervals[0] == round(1 / (2 * change))


@pytest.mark.parametrize(
    "shape, loops",
    [
        (make_annulus(500, random_state=1), 1),
        (make_disk(500, random_state=1), 0),
        (make_figure_eight(800, noise=0.03, random_state=1), 2),
    ],
)
def test_loops_that_are_there_are_significant(shape, loops):
    mapper = Mapper(lens=0, random_state=0).fit(shape.points)
    found = mapper.features(n_resamples=39)
    significant = [feature for feature in found.significant if feature.kind == "loop"]
    assert len(significant) == loops
    for loop in significant:  # its nodes are a cycle
        edges = {frozenset(edge) for edge in mapper.graph_.edges.tolist()}
        around = zip(loop.nodes, loop.nodes[1:] + loop.nodes[:1], strict=True)
        assert all(frozenset(pair) in edges for pair in around)
    again = mapper.features(n_resamples=39)
    assert again.to_dict() == found.to_dict()
    assert "more than chance" in found.verdict


def test_extended_persistence_is_gudhis():
    X = make_figure_eight(300, noise=0.1, random_state=0).points
    graph = Mapper(lens=0, n_intervals=12, distance_threshold=0.3).fit(X).graph_
    tree = SimplexTree()
    for v, value in enumerate(graph.values[:, 0]):
        tree.insert([v], value)
    for edge in graph.edges:
        tree.insert(edge, max(graph.values[edge, 0]))
    tree.extend_filtration()
    theirs = tree.extended_persistence(min_persistence=1e-9)
    ours = graph.extended_diagram()
    for k in range(4):
        bars = np.array([bar for _, bar in theirs[k]]).reshape(-1, 2)
        np.testing.assert_allclose(
            ours[k][np.lexsort(ours[k].T)], bars[np.lexsort(bars.T)], atol=1e-7
        )


# -- new points --------------------------------------------------------------------------------


def test_new_points_are_in_the_nodes_of_the_nearest_rows():
    X = make_circle(300, noise=0.05, random_state=0).points
    new = make_circle(50, noise=0.05, random_state=1).points
    model = Mapper(lens=0, n_intervals=8, distance_threshold=0.3).fit(X)
    found = model.transform(new).toarray()
    members, known = model._cover_.members(new).toarray(), model._cover_.members(X[:, :1]).toarray()
    by_row = model.graph_.membership.toarray()
    for q in range(50):
        expected = np.zeros(model.n_nodes_)
        for s in np.flatnonzero(members[q]):
            rows = np.flatnonzero(known[:, s])
            nearest = rows[np.argmin(cdist(new[q : q + 1], X[rows])[0])]
            expected[by_row[nearest] & (model.graph_.sets == s)] = 1
        np.testing.assert_array_equal(found[q], expected)
    assert model.transform([[50.0, 0.0]]).nnz == 0  # beyond the last interval


def test_nodes_are_features_in_a_pipeline():
    X, y = load_iris(return_X_y=True)
    mapper = Mapper(n_intervals=8, random_state=0)
    model = make_pipeline(StandardScaler(), mapper, DecisionTreeClassifier(random_state=0))
    assert model.fit(X[::2], y[::2]).score(X[1::2], y[1::2]) > 0.8
    assert model[1].get_feature_names_out()[0] == "mapper_0"


# -- what the graph gives ----------------------------------------------------------------------


def test_networkx_and_frame_say_what_the_graph_says():
    X = load_iris(as_frame=True).data
    model = Mapper(n_intervals=6, random_state=0).fit(X)
    graph = model.graph_.to_networkx()
    assert graph.number_of_nodes() == model.n_nodes_
    assert sorted(map(sorted, graph.edges)) == model.graph_.edges.tolist()
    assert graph.nodes[1]["rows"] == model.graph_.rows(1).tolist()
    frame = model.graph_.to_frame(X)
    rows = X.iloc[model.graph_.rows(2)]
    name = X.columns[1]
    assert frame.loc[2, f"{name}_mean"] == pytest.approx(rows[name].mean())
    assert frame.loc[2, f"{name}_std"] == pytest.approx(rows[name].std(ddof=0))
    assert frame["degree"].tolist() == [graph.degree(v) for v in range(model.n_nodes_)]
    assert len(set(frame["component"])) == networkx.number_connected_components(graph)


def test_the_page_is_one_file_and_its_numbers_are_right(tmp_path):
    X = load_iris(as_frame=True).data
    X.columns = ["a", "b", "</script><b>c", "d"]
    model = Mapper(n_intervals=6, random_state=0).fit(X.to_numpy())
    path = model.to_html(tmp_path / "page.html", X, title="Iris & <co>")
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"https?://|src=|@import|url\(|<link", text)
    assert text.count("<script") == text.count("</script>") == 2
    assert "Iris &amp; &lt;co&gt;" in text and "__" not in text
    data = json.loads(re.search(r'<script type="application/json"[^>]*>(.*?)</script>', text)[1])
    graph = model.graph_
    assert data["columns"] == list(X.columns) and data["n_rows"] == 150
    assert [e[:2] for e in data["edges"]] == graph.edges.tolist()
    for v, node in enumerate(data["nodes"]):
        rows = graph.rows(v)
        assert node["size"] == len(rows) and node["rows"] == rows[:100].tolist()
        np.testing.assert_allclose(node["means"], X.to_numpy()[rows].mean(axis=0), rtol=1e-5)
        for row in node["rows"]:
            np.testing.assert_allclose(data["table"][str(row)], X.to_numpy()[row])
    np.testing.assert_allclose(data["all"], X.mean(), rtol=1e-5)
    bare = BallMapper(radius=1.0).fit(X.to_numpy()).to_html(tmp_path / "bare.html")
    assert '"lens 0"' in bare.read_text(encoding="utf-8")
    with pytest.raises(ValueError, match="no numbers"):
        model.to_html(path, X.assign(kind="a"))
    with pytest.raises(ValueError, match="3 names"):
        model.to_html(path, X, columns=["a", "b", "c"])


def test_the_layout_keeps_joined_nodes_near():
    X = make_circle(400, random_state=0).points
    graph = Mapper(lens=0, n_intervals=12, distance_threshold=0.3).fit(X).graph_
    places = graph.layout()
    lengths = np.linalg.norm(places[graph.edges[:, 0]] - places[graph.edges[:, 1]], axis=1)
    assert 0.7 < lengths.min() <= lengths.max() < 1.4
    gaps = cdist(places, places) + 9 * np.eye(len(places))
    assert gaps.min() > 0.5
    np.testing.assert_array_equal(places, graph.layout())
    apart = Mapper(lens=0, n_intervals=3, distance_threshold=0.05).fit(X[:30]).graph_
    assert cdist(apart.layout(), apart.layout())[np.triu_indices(apart.n_nodes, 1)].min() > 0.4


# -- Ball Mapper -------------------------------------------------------------------------------


def test_balls_by_definition():
    X = np.random.default_rng(0).normal(size=(150, 3))
    model = BallMapper(radius=1.2).fit(X)
    D, free, centers = cdist(X, X), np.ones(150, dtype=bool), []
    for i in range(150):
        if free[i]:
            centers.append(i)
            free &= D[i] > 1.2
    np.testing.assert_array_equal(model.centers_, centers)
    np.testing.assert_array_equal(model.graph_.membership.toarray(), D[:, centers] <= 1.2)
    assert n_loops(BallMapper(radius=0.5).fit(make_circle(300, random_state=0).points).graph_) == 1


# -- odd input ---------------------------------------------------------------------------------


def test_tiny_and_equal_clouds():
    for X in (np.zeros((1, 2)), np.ones((7, 3)), np.array([[0.0], [1.0]])):
        for lens in ("pca", "eccentricity", "density", 0):
            model = Mapper(lens=lens, random_state=0).fit(X)
            assert model.graph_.sizes.sum() >= len(X)
            assert (model.transform(X) != model.graph_.membership).nnz == 0
            assert model.features(n_resamples=3).level == 0.05
        assert BallMapper(random_state=0).fit(X).n_nodes_ >= 1


@pytest.mark.parametrize(
    "options, words",
    [
        ({"lens": "pcaa"}, "pca, eccentricity"),
        ({"lens": 5}, "has 2 columns"),
        ({"lens": []}, "empty"),
        ({"lens": lambda X: X[:3]}, "one finite number"),
        ({"lens": lambda X: np.full(len(X), np.nan)}, "one finite number"),
        ({"n_intervals": [3, 4]}, "1 column"),
        ({"n_intervals": [0]}, "integer from 1 on"),
    ],
)
def test_what_is_refused(options, words):
    with pytest.raises(ValueError, match=words):
        Mapper(**options).fit(make_disk(50, random_state=0).points)


def test_functions_refuse_too():
    X = np.zeros((4, 1))
    with pytest.raises(ValueError, match="distance_threshold is not given"):
        mapper_graph(X, [[1]] * 4)
    with pytest.raises(ValueError, match="members has 3 rows"):
        mapper_graph(X, [[1]] * 3, distance_threshold=1.0)
    with pytest.raises(ValueError, match="column=2"):
        Mapper().fit(X).features(column=2)
    with pytest.raises(ValueError, match="not one of balls"):
        BallMapper(metric="cityblock").fit(X)
    with pytest.raises(ValueError, match=r"values has shape \(3,\), but the graph is of 4 rows"):
        Mapper().fit(X).graph_.means([1, 2, 3])


def test_lenses_of_distances_are_those_of_the_cloud():
    X = make_circle(150, noise=0.05, random_state=0).points
    D = cdist(X, X)
    for lens in ("eccentricity", "density", ["density", "eccentricity"]):
        cloud = Mapper(lens=lens, n_intervals=5, distance_threshold=0.4).fit(X)
        given = Mapper(lens=lens, n_intervals=5, distance_threshold=0.4, metric="precomputed")
        np.testing.assert_allclose(given.fit(D).lens_values_, cloud.lens_values_, rtol=1e-9)
        new = X[:7] + 0.01
        np.testing.assert_allclose(given._lens_(cdist(new, X)), cloud._lens_(new), rtol=1e-9)
    for lens in ("pca", "umap", ["density", "pca"]):
        with pytest.raises(ValueError, match="needs coordinates"):
            Mapper(lens=lens, metric="precomputed").fit(D)


def test_parameters_take_one_number_for_each_row():
    X = make_circle(60, random_state=0).points
    one, row = (mapper_parameters(X, v, random_state=0) for v in (X[:, 0].tolist(), X[:, :1]))
    np.testing.assert_array_equal(one.n_intervals, row.n_intervals)
    for values in (X[:5, 0], np.full(60, np.nan)):
        with pytest.raises(ValueError, match="values has shape"):
            mapper_parameters(X, values)


def test_a_graph_prints_in_a_line():
    graph = Mapper(lens=0, n_intervals=6).fit(make_circle(60, random_state=0).points).graph_
    assert repr(graph).startswith(f"MapperGraph({graph.n_nodes} nodes, ")
    assert repr(graph).endswith("edges, 60 rows)")


def test_values_of_nodes_that_are_no_numbers_are_refused():
    graph = Mapper(lens=0, n_intervals=6).fit(make_circle(60, random_state=0).points).graph_
    for values in (["red"] * 60, [1.0] * 5, 1.0):
        with pytest.raises(ValueError, match="values"):
            graph.means(values)
