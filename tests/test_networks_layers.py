"""Clouds in the layers of a network, and the report on their holes: known maps, bounds, errors."""

import json
import pickle
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.spatial.distance import pdist, squareform
from scipy.stats import false_discovery_control
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.metrics import silhouette_score
from sklearn.neighbors import NearestNeighbors
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils._param_validation import InvalidParameterError

from tda import AlphaPersistence, CloudDimension, HoleCounter, count_holes
from tda.datasets import make_circle, make_linked_tori, make_nested_disks, make_nested_spheres
from tda.networks import (
    DenseNetwork,
    LayerActivations,
    as_network,
    layer_activations,
    layer_report,
    random_network,
    untrained_network,
)
from tda.networks.layers._distances import (
    all_distances,
    cknn_distances,
    distinct_rows,
    hop_distances,
    layer_size,
    spanned_dimension,
)
from tda.networks.layers._holes import ClassHoles, _adjusted, corrected
from tda.networks.layers._sketch import narrowed

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 3))
LABELS = np.arange(60) % 3


def network(*widths, n_features=3, n_outputs=1, activation="tanh"):
    return random_network(n_features, widths, n_outputs, activation=activation, random_state=0)


def identity(n_features, n_layers):
    """Layers that change nothing."""
    eye = (np.eye(n_features),) * n_layers
    return DenseNetwork(eye, (np.zeros(n_features),) * n_layers, activation="identity")


def mlp():
    return MLPClassifier([5, 4], activation="tanh", max_iter=20, random_state=0)


# -- activations ---------------------------------------------------------------------------


def test_activations_are_those_of_scikit_learn():
    fitted = mlp().fit(X, LABELS)
    found = layer_activations(fitted, X, include_input=True)
    assert list(found) == ["input", "hidden 1", "hidden 2", "output"]
    a = X
    for i, name in enumerate(list(found)[1:]):
        a = a @ fitted.coefs_[i] + fitted.intercepts_[i]
        a = np.tanh(a) if name != "output" else a
        assert_allclose(found[name], a, rtol=1e-12)
    assert_array_equal(found["input"], X)
    assert_array_equal(fitted.classes_[found["output"].argmax(axis=1)], fitted.predict(X))


def test_a_pipeline_is_split_before_its_network():
    pipe = make_pipeline(StandardScaler(), "passthrough", mlp()).fit(3 * X + 1, LABELS)
    found = layer_activations(pipe, 3 * X + 1, include_input=True)
    scaled = pipe[0].transform(3 * X + 1)
    expected = layer_activations(pipe[-1], scaled, include_input=True)
    for name, cloud in found.items():
        assert_allclose(cloud, expected[name])
    clouds = LayerActivations(network=pipe, include_input=True).fit_transform(3 * X + 1)
    for cloud, like in zip(clouds, found.values(), strict=True):
        assert_array_equal(cloud, like)


@pytest.mark.parametrize(
    ("layers", "names"),
    [
        ("all", ["hidden 1", "hidden 2", "hidden 3", "output"]),
        ([-1, 0], ["output", "hidden 1"]),
        (("hidden 2", np.int64(2)), ["hidden 2", "hidden 3"]),
    ],
)
@pytest.mark.parametrize("include_input", [False, True])
def test_layers_come_as_asked_for(layers, names, include_input):
    names = ["input"] * include_input + names
    net = network(7, 6, 5)
    assert list(layer_activations(net, X, layers=layers, include_input=include_input)) == names
    step = LayerActivations(network=net, layers=layers, include_input=include_input).fit(X)
    assert step.layer_names_ == names
    assert step.n_features_in_ == 3
    for cloud, name in zip(step.transform(X), names, strict=True):
        assert_array_equal(cloud, layer_activations(net, X, include_input=True)[name])


def test_a_row_does_not_depend_on_its_company():
    step = LayerActivations(network=network(7, 6)).fit(X)
    whole, part = step.transform(X), step.transform(X[[5, 2]])
    for one, other in zip(whole, part, strict=True):
        assert_allclose(one[[5, 2]], other, rtol=1e-12)


def test_what_is_not_fitted_is_fitted_and_what_is_fitted_is_not():
    fitted = mlp().fit(X, LABELS)
    weights = fitted.coefs_[0].copy()
    as_is = LayerActivations(network=fitted).fit(X[::2], LABELS[::-2])
    assert_array_equal(as_is.network_.weights[0], weights)
    new = LayerActivations(network=mlp()).fit(X, LABELS)
    assert_array_equal(new.network_.weights[0], weights)
    assert not hasattr(new.network, "coefs_")
    # Cloning forgets, as everywhere in scikit-learn, but for what is frozen.
    half = clone(as_is).fit(X[:30], LABELS[:30])
    assert abs(half.network_.weights[0] - weights).max() > 1e-3
    frozen = clone(LayerActivations(network=FrozenEstimator(fitted))).fit(X[:30])
    assert_array_equal(frozen.network_.weights[0], weights)
    assert_array_equal(clone(LayerActivations(network=frozen.network_)).fit(X).transform(X)[0],
                       frozen.transform(X)[0])  # fmt: skip


def test_it_survives_pickle_and_changes_nothing_it_was_given():
    fitted, before = mlp().fit(X, LABELS), X.copy()
    step = LayerActivations(network=fitted, layers=["output"]).fit(X)
    again = pickle.loads(pickle.dumps(step)).transform(X)
    assert_array_equal(again[0], step.transform(X)[0])
    assert step.network is fitted
    assert_array_equal(X, before)
    with pytest.raises(InvalidParameterError, match="'layers' parameter of LayerActivations"):
        LayerActivations(network=fitted, layers=3).fit(X)


def test_clouds_go_into_the_rest_of_the_package():
    circle = make_circle(200, random_state=0).points
    step = LayerActivations(network=identity(2, 3)).set_output(transform="pandas")
    assert_array_equal(make_pipeline(step, HoleCounter()).fit_transform(circle), [[1, 1]] * 3)
    assert_allclose(make_pipeline(step, CloudDimension()).fit_transform(circle), 1, atol=0.1)
    diagrams = make_pipeline(step, AlphaPersistence()).fit_transform(circle)
    assert diagrams[0] == diagrams[2]


@pytest.mark.parametrize(
    ("net", "options", "error", "message"),
    [
        (None, {}, TypeError, "network=None: give a fitted MLP"),
        ("mlp", {}, TypeError, "network is a str"),
        (mlp(), {}, NotFittedError, "not fitted"),
        (make_pipeline(StandardScaler(), mlp()), {}, NotFittedError, "not fitted"),
        (network(4), {"layers": ["hidden 2"]}, ValueError, "'hidden 2', but the layers are"),
        (network(4), {"layers": [2]}, ValueError, "positions from 0 to 1"),
        (network(4), {"layers": ["input"]}, ValueError, "include_input=True"),
        (network(4), {"layers": [0, "hidden 1"]}, ValueError, "'hidden 1' twice"),
        (network(4), {"layers": []}, ValueError, "layers=\\[\\]"),
        (network(4), {"layers": "output"}, ValueError, "layers='output'"),
        (network(4, n_features=2), {}, ValueError, "3 column"),
    ],
)
def test_errors_say_what_to_give(net, options, error, message):
    with pytest.raises(error, match=message):
        layer_activations(net, X, **options)
    if error is not NotFittedError and not isinstance(options.get("layers"), str):
        with pytest.raises(error, match=message):
            LayerActivations(network=net, **options).fit(X)
    with pytest.raises(NotFittedError):
        LayerActivations(network=network(4)).transform(X)


# -- distances within a layer --------------------------------------------------------------


def test_spacings_make_distances_free_of_scale_and_of_density():
    cloud = RNG.normal(size=(100, 4))
    D = cknn_distances(cloud, 10)
    assert_allclose(cknn_distances(1e-5 * cloud + 3, 10), D, rtol=1e-6)
    spacing = NearestNeighbors(n_neighbors=10).fit(cloud).kneighbors()[0][:, -1]
    assert_allclose(
        D, squareform(pdist(cloud)) / np.sqrt(spacing[:, None] * spacing), rtol=1e-7, atol=1e-12
    )
    # Two discs, one a hundred times as dense: equal to the last bit but for their distance.
    both = np.concatenate([cloud, 0.01 * cloud + 100])
    D = cknn_distances(both, 10)
    assert_allclose(D[:100, :100], D[100:, 100:], rtol=1e-6, atol=1e-9)


def test_hops_are_steps_along_a_line():
    line = np.arange(20.0)[:, None] + 0.01 * np.arange(20)[:, None] ** 2
    hops = hop_distances(line, 1)
    assert_array_equal(hops, abs(np.arange(20)[:, None] - np.arange(20)))


def test_what_is_nearer_than_rounding_is_one_point():
    cloud = np.repeat(RNG.normal(size=(5, 3)), 4, axis=0)
    jitter = 1e-12 * RNG.normal(size=cloud.shape)
    assert len(distinct_rows(cloud + jitter, layer_size(cloud))) == 5
    assert layer_size(np.full((4, 2), 7.0)) == 0
    assert layer_size(1e6 + 1e-10 * RNG.normal(size=(4, 2))) == 0


# -- the report ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def disks():
    return make_nested_disks(1600, n_disks=4, random_state=0)


@pytest.mark.parametrize("metric", ["cknn", "euclidean", "geodesic"])
def test_layers_that_change_nothing_change_nothing(disks, metric):
    report = layer_report(identity(2, 2), disks.points, disks.labels, metric=metric)
    assert report.layer_names == ("input", "hidden 1", "output")
    for layer in range(3):
        for label in range(2):
            assert tuple(report.betti[layer, label]) == disks.class_betti[label][:2]
    assert_array_equal(report.changes, 0)
    assert_allclose(report.dimension, 2, atol=0.2)
    assert_array_equal(report.excess, [7, 7, 7])
    assert report.depth_at() is None
    assert report.depth_at(1.0) == 0
    assert "Not untangled" in str(report)
    assert "4, 0" in str(report)


@pytest.mark.parametrize(
    ("make", "n"), [(make_linked_tori, 1000), (make_nested_spheres, 2000)]
)  # fmt: skip
def test_rotations_keep_the_holes_of_space(make, n):
    shape = make(n, random_state=0)
    turn = np.linalg.qr(np.random.default_rng(0).normal(size=(7, 3)))[0].T
    net = DenseNetwork((turn, np.eye(7)), (np.ones(7), np.zeros(7)), activation="identity")
    report = layer_report(net, shape.points, shape.labels)
    for layer in range(3):
        assert tuple(map(tuple, report.betti[layer].tolist())) == shape.class_betti
    assert_allclose(report.changes, 0, atol=1e-9)
    assert_allclose(report.silhouette, report.silhouette[0], atol=1e-9)
    # A hole that is counted has a p-value at the level, one that is not has none.
    excess = report.betti - np.array([1, 0, 0])
    assert_array_equal(excess > 0, report.p_values <= report.level)


def test_scores_are_scikit_learns_and_holes_those_of_count_holes(disks):
    net = network(6, n_features=2)
    report = layer_report(net, disks.points, disks.labels, metric="euclidean")
    clouds = layer_activations(net, disks.points, include_input=True)
    for i, cloud in enumerate(clouds.values()):
        assert report.silhouette[i] == pytest.approx(silhouette_score(cloud, disks.labels))
        near = NearestNeighbors(n_neighbors=10).fit(cloud).kneighbors(return_distance=False)
        same = (disks.labels[near] == disks.labels[:, None]).mean()
        assert report.agreement[i] == pytest.approx(same)
        for label in range(2):
            count = count_holes(cloud[disks.labels == label], max_dimension=int(i < 2))
            assert tuple(report.betti[i, label])[: len(count.betti)] == count.betti
            assert report.counts[i][label].betti == count.betti


def test_diagrams_move_no_farther_than_distances(disks):
    """Stability of Rips diagrams (Chazal, de Silva, Oudot, 2014), on points that are all used."""
    part = slice(0, 400)
    net = network(8, 8, n_features=2)
    report = layer_report(net, disks.points[part], disks.labels[part])
    clouds = list(layer_activations(net, disks.points[part], include_input=True).values())
    for label in range(2):
        mine = [pdist(cloud[disks.labels[part] == label]) for cloud in clouds]
        mine = [D / np.quantile(D, 0.95) for D in mine]
        for i in range(len(clouds) - 1):
            bound = abs(mine[i + 1] - mine[i]).max()
            assert 0 < report.changes[i, label].max() <= bound + 1e-9


def test_scale_and_place_of_a_layer_do_not_matter(disks):
    net = network(6, 6, n_features=2, activation="identity")
    first, second, last = net.weights
    other = DenseNetwork(
        (100 * first, second, last),
        (net.biases[0] + 50, net.biases[1] - 7, net.biases[2]),
        activation="identity",
    )
    one = layer_report(net, disks.points, disks.labels, max_points=250)
    two = layer_report(other, disks.points, disks.labels, max_points=250)
    assert_array_equal(one.betti, two.betti)
    assert_allclose(one.changes, two.changes, atol=1e-6)
    assert_allclose(one.silhouette, two.silhouette, atol=1e-6)


def collapse():
    """A layer that is one point, then an output that is one: of two units dead by their bias."""
    return DenseNetwork(
        (np.eye(2), np.ones((2, 1))), (np.full(2, -100.0), np.zeros(1)), activation="relu"
    )


@pytest.mark.parametrize("metric", ["cknn", "euclidean", "geodesic"])
def test_a_layer_that_is_one_point_has_an_answer(disks, metric):
    report = layer_report(collapse(), disks.points, disks.labels, metric=metric)
    assert report.betti[1:].tolist() == [[[1, 0]] * 2] * 2
    assert_array_equal(report.dimension[1:], 0)
    assert_array_equal(report.n_distinct[1:], 1)
    assert_array_equal(report.silhouette[1:], 0)
    assert_allclose(report.agreement[1:], 0.5, atol=0.01)
    assert_array_equal(report.changes[1], 0)
    assert report.depth_at() == 1
    assert "from hidden 1 (layer 1 of 2) on" in report.verdict


def test_a_class_of_two_points_and_a_line_have_an_answer():
    cloud = RNG.normal(size=(200, 2))
    step = DenseNetwork(
        (np.array([[1e9], [0.0]]), np.ones((1, 1))), (np.zeros(1), np.zeros(1)), activation="tanh"
    )
    report = layer_report(step, cloud)
    assert report.n_distinct[1:].tolist() == [[2], [2]]
    assert report.betti[:, 0].tolist() == [[1, 0]] * 3
    assert np.isnan(report.dimension[1:]).all()
    assert report.depth_at() == 0
    assert "Nothing to untangle" in report.verdict
    assert report.agreement.tolist() == [1, 1, 1]


def test_a_trained_network_untangles_and_relu_before_tanh():
    """Naitzat, Zhitnikov, Lim, 2020, on one pair of linked tori."""
    shape = make_linked_tori(1200, random_state=0)
    test = make_linked_tori(800, random_state=1)
    depth = {}
    for activation in ("relu", "tanh"):
        mlp = MLPClassifier(
            [15] * 6,
            activation=activation,
            learning_rate_init=0.003,
            batch_size=64,
            max_iter=40,
            n_iter_no_change=40,
            random_state=0,
        )
        pipe = make_pipeline(StandardScaler(), mlp).fit(shape.points, shape.labels)
        assert pipe.score(test.points, test.labels) > 0.999
        right = pipe.predict(test.points) == test.labels
        report = layer_report(pipe, test.points[right], test.labels[right], max_dimension=1)
        assert report.betti[0].tolist() == [[1, 1], [1, 1]]
        assert report.is_untangled
        assert report.silhouette[-1] > 0.7 > 0.2 > report.silhouette[0]
        depth[activation] = report.depth_at()
    assert depth["relu"] < depth["tanh"]


def test_tables_and_json(disks):
    labels = np.array(["in", "out"])[disks.labels]
    report = layer_report(network(6, n_features=2), disks.points, labels, max_points=400)
    assert report.n_points == (400, 400)
    frame = report.to_frame()
    assert frame.shape == (6, 12)
    assert frame.loc[("input", "in"), "betti_0"] == 4
    assert frame.loc[("output", "out"), "width"] == 1
    assert np.isnan(frame.loc[("input", "in"), "change_0"])
    json.dumps(report.to_dict())
    again = layer_report(network(6, n_features=2), disks.points, labels, max_points=400)
    assert_array_equal(report.betti, again.betti)
    assert_array_equal(report.changes, again.changes)


# -- what is learned ------------------------------------------------------------------------


def test_a_layer_without_room_has_no_holes_and_nothing_is_untangled(disks):
    """One unit has no loops whatever the classes are: they have to be apart as well."""
    squash = DenseNetwork((np.array([[1.0], [0.0]]),), (np.zeros(1),))
    ring = make_nested_disks(600, n_disks=1, random_state=0)
    report = layer_report(squash, ring.points, ring.labels, max_dimension=1)
    assert report.excess.tolist() == [1, 0] and report.depth_at() == 1
    assert not report.is_untangled and not report.is_apart.any()
    assert "not apart" in report.verdict and report.untangled_at is None
    assert [other.excess.tolist() for other in report.untrained] == [[1, 0]] * 3
    assert "Untrained networks of this shape leave 0 of 1" in report.verdict


def test_untrained_networks_have_the_shape_and_not_the_weights():
    fitted = mlp().fit(X, LABELS)
    ours = as_network(fitted)
    one, other = (untrained_network(fitted, random_state=seed) for seed in (0, 1))
    assert [w.shape for w in one.weights] == [w.shape for w in ours.weights]
    assert (one.activation, one.link) == (ours.activation, ours.link)
    assert not np.allclose(one.parameters, other.parameters)
    assert_array_equal(one.parameters, untrained_network(fitted, random_state=0).parameters)
    bounds = [np.sqrt(6 / sum(w.shape)) for w in ours.weights]
    for weight, bound in zip(one.weights, bounds, strict=True):
        assert 0.8 * bound < abs(weight).max() <= bound
    ntk = untrained_network(network(400), random_state=0)
    assert abs(ntk.weights[0].std() - 1) < 0.1 and ntk.weight_scales == network(400).weight_scales
    pipe = make_pipeline(StandardScaler(), mlp()).fit(X, LABELS)
    assert_allclose(untrained_network(pipe, random_state=0).transform(X), pipe[:-1].transform(X))


def test_the_labels_of_no_structure_are_no_better_than_shuffled_ones():
    rng = np.random.default_rng(0)
    cloud, labels = rng.normal(size=(150, 4)), rng.integers(2, size=150)
    report = layer_report(network(6, n_features=4), cloud, labels, max_dimension=0, untrained=1)
    assert report.separation_p_values.min() > 0.05
    assert "no more than those of shuffled labels" in report.verdict
    apart = layer_report(
        network(6, n_features=4), cloud + 6 * labels[:, None], labels, max_dimension=0, untrained=0
    )
    assert apart.separation_p_values[0] == 1 / 200 and apart.is_apart[0]
    assert apart.untrained == () and apart.shuffled_excess is None
    assert apart.verdict.startswith("Nothing to untangle") and "silhouette" in apart.verdict


def test_shuffled_labels_keep_the_shape_of_the_whole():
    """Two far blobs: a class of both is two pieces, and the true classes are one each."""
    cloud = np.repeat([[0.0, 0.0], [50.0, 0.0]], 80, axis=0) + RNG.normal(size=(160, 2))
    labels = np.repeat([0, 1], 80)
    report = layer_report(identity(2, 1), cloud, labels, max_dimension=0, untrained=1)
    assert report.excess.tolist() == [0, 0] and report.shuffled_excess.tolist() == [2, 2]


def test_corrections_are_those_of_the_books():
    rng = np.random.default_rng(0)
    p = rng.uniform(size=40) ** 3
    fdr, holm = (_adjusted(p, name) for name in ("fdr", "holm"))
    assert_allclose(fdr, false_discovery_control(p))
    order = np.argsort(p)
    for level in (0.01, 0.05, 0.2):  # step down: the next is rejected as long as all before are
        n = 0
        while n < 40 and p[order[n]] <= level / (40 - n):
            n += 1
        assert_array_equal(np.sort(np.flatnonzero(holm <= level)), np.sort(order[:n]))
    assert (holm >= fdr - 1e-12).all() and (holm <= np.minimum(40 * p, 1) + 1e-12).all()


def test_p_values_are_corrected_over_layers_and_classes(disks):
    net = identity(2, 6)
    found = {
        name: layer_report(net, disks.points, disks.labels, correction=name, untrained=0)
        for name in (None, "fdr", "holm")
    }
    raw = found[None].p_values
    assert (found["fdr"].p_values >= raw).all() and (found["holm"].p_values >= raw).all()
    for report in found.values():
        counted = report.betti > [1, 0]
        assert_array_equal(counted, report.p_values <= report.level)
    assert (found["holm"].excess <= found["fdr"].excess).all()


def test_a_hunchback_is_a_rise_and_a_fall():
    report = layer_report(identity(3, 4), X, max_dimension=0, untrained=0)
    for dimension, peak in (
        ([2, 4, 8, 5, 2], 2),
        ([2, 3, 4, 5, 6], None),
        ([6, 5, 4, 3, 2], None),
        ([2.0, 2.1, 2.2, 2.1, 2.0], None),
        ([np.nan, 2, 5, 2, 1], None),
    ):
        changed = replace(report, dimension=np.array(dimension, dtype=float)[:, None])
        assert changed.hunchback == peak
    assert (
        "hunchback: 2.0 in the input, 8.0 in hidden 2"
        in replace(report, dimension=np.array([2.0, 4, 8, 5, 2])[:, None]).verdict
    )


def test_wide_layers_keep_their_distances_in_fewer_columns():
    rng = np.random.default_rng(0)
    cloud = rng.normal(size=(60, 3)) @ rng.normal(size=(3, 40_000))
    small = narrowed(cloud, 2048)
    assert small.shape == (60, 2048)
    off = (pdist(small) / pdist(cloud)) ** 2 - 1
    assert abs(off.mean()) < 0.03 and off.std() < 2 * np.sqrt(2 / 2048)
    assert_allclose(narrowed(cloud[[7]], 2048)[0], small[7])
    assert narrowed(cloud.astype(np.float32), 100).dtype == np.float32
    assert_allclose(all_distances(cloud), squareform(pdist(cloud)), atol=1e-6 * pdist(cloud).max())


def test_ranks_of_wide_clouds():
    rng = np.random.default_rng(0)
    for rank in (1, 3, 7):
        cloud = rng.normal(size=(50, rank)) @ rng.normal(size=(rank, 500))
        assert spanned_dimension(cloud, layer_size(cloud)) == rank
    assert spanned_dimension(rng.normal(size=(50, 500)), 30.0) == 8


def test_other_networks_may_be_given_as_untrained(disks):
    net = network(5, n_features=2)
    report = layer_report(
        net, disks.points, disks.labels, untrained=[network(5, n_features=2)], max_points=150
    )
    assert_array_equal(report.untrained[0].excess, report.excess)
    with pytest.raises(ValueError, match="layers are not those of the network"):
        layer_report(net, disks.points, untrained=[network(4, n_features=2)], max_points=150)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"metric": "cosine"}, "metric='cosine'"),
        ({"correction": "bonferroni"}, "correction='bonferroni'"),
        ({"max_width": 2}, "max_width=2"),
        ({"max_dimension": 3}, "max_dimension=3"),
        ({"n_neighbors": 0}, "n_neighbors=0"),
        ({"max_points": 3}, "max_points=3"),
        ({"y": np.arange(60)}, "class 0 has 1 point"),
        ({"y": np.zeros(5)}, "y has shape \\(5,\\)"),
        ({"layers": [9]}, "layers holds 9"),
    ],
)
def test_errors_of_the_report(options, message):
    with pytest.raises(ValueError, match=message):
        layer_report(network(4), X, **options)


def test_a_regressor_has_layers_too():
    fitted = MLPRegressor(hidden_layer_sizes=[6], max_iter=20, random_state=0).fit(X, X[:, 0])
    report = layer_report(fitted, X, max_dimension=1)
    assert report.classes.tolist() == ["all"]
    assert report.betti.shape == (3, 1, 2)


# -- torch ---------------------------------------------------------------------------------


def test_a_torch_module_gives_the_same(disks):
    torch = pytest.importorskip("torch")
    net = network(6, 5, n_features=2, n_outputs=2, activation="relu")
    relu = torch.nn.ReLU()  # one module, called twice
    linear = [torch.nn.Linear(2, 6), torch.nn.Linear(6, 5), torch.nn.Linear(5, 2)]
    module = torch.nn.Sequential(linear[0], relu, linear[1], relu, linear[2]).double()
    for layer, w, b, s, t in zip(
        linear, net.weights, net.biases, net.weight_scales, net.bias_scales, strict=True
    ):
        layer.weight.data = torch.tensor(s * w.T)
        layer.bias.data = torch.tensor(t * b)
    ours = layer_activations(net, disks.points, include_input=True)
    theirs = layer_activations(module, disks.points, include_input=True)
    assert list(theirs)[::3] == ["input", "output"]
    assert len(theirs) == len(ours)
    for one, other in zip(ours.values(), theirs.values(), strict=True):
        assert_allclose(one, other, atol=1e-12)
    step = LayerActivations(network=module, layers=[0, "output"]).fit(disks.points)
    assert_allclose(step.transform(disks.points)[1], ours["output"], atol=1e-12)
    report = layer_report(module.float(), disks.points, disks.labels, max_points=300)
    same = layer_report(net, disks.points, disks.labels, max_points=300)
    assert_array_equal(report.betti, same.betti)
    assert_allclose(report.changes, same.changes, atol=1e-5)


@pytest.mark.parametrize(
    "X, message",
    [
        (None, "X is None"),
        ([[1.0, 2.0], [3.0]], "X is not a numeric array of equal rows"),
        (5.0, "X has no axis"),
        (np.ma.masked_less(np.eye(2), 0.5), "masked array with hidden"),
    ],
)
def test_what_is_no_rows_is_named(X, message):
    network = random_network(2, [3], random_state=0)
    with pytest.raises(ValueError, match=message):
        LayerActivations(network=network).fit(X)
    with pytest.raises(ValueError, match=message):
        layer_activations(network, X)


def test_tensors_are_rows_and_labels_and_missing_labels_are_refused():
    torch = pytest.importorskip("torch")
    nn = torch.nn
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(3, 5), nn.ReLU(inplace=True), nn.Linear(5, 2))
    X = np.random.default_rng(0).normal(size=(30, 3))
    y = np.arange(30) % 2
    ours = layer_report(net, X, y, untrained=1)
    assert str(layer_report(net, torch.tensor(X), torch.tensor(y), untrained=1)) == str(ours)
    for labels in [np.where(y == 1, np.nan, 0.0), np.where(y == 1, None, "a")]:
        with pytest.raises(ValueError, match=r"y\[1\] is missing"):
            layer_report(net, X, labels)


@pytest.mark.parametrize(
    ("correction", "expected"), [("fdr", (3, 2)), ("holm", (2, 1)), (None, (3, 2))]
)
def test_weaker_holes_are_held_to_the_level_of_the_family(correction, expected):
    def layer(*p_values):
        candidates = [SimpleNamespace(degree=1, p_value=p) for p in p_values]
        count = SimpleNamespace(candidates=candidates)
        return [ClassHoles([1, 0], [1.0, min(p_values)], 99, count, [False, True])]

    # Four tests, of which three find something: levels of 3/4 and, by Holm, 1/2 of 0.05.
    layers = [layer(1e-8, 1e-4, 0.03, 0.2), layer(1e-6, 0.03), layer(0.003), layer(0.9)]
    betti, p_values = corrected(layers, 0.05, correction)
    assert (betti[0, 0, 1], betti[1, 0, 1]) == expected
    assert (betti[2, 0, 1], betti[3, 0, 1]) == (1, 0)
    assert (betti[:, 0, 0] == 1).all() and p_values[0, 0, 1] < 1e-7
