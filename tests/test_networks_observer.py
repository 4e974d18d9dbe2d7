"""A training observed: the rule of the warning, the distances, and real networks both ways."""

import json
from dataclasses import FrozenInstanceError

import numpy as np
import pytest
from sklearn.neural_network import MLPClassifier, MLPRegressor

from tda.datasets import make_circle, make_sphere
from tda.networks import TrainingHistory, TrainingObserver, as_network, find_stall, observe_fit

FALLING = np.geomspace(1, 0.1, 20)
RNG = np.random.default_rng(0)


def history(losses, *curves, floor=0.1, dimensions=None):
    losses = np.asarray(losses, dtype=float)
    n = len(losses)
    return TrainingHistory(
        epochs=5 * np.arange(n),
        losses=losses,
        distances=np.column_stack(curves) if n else np.zeros((0, len(curves))),
        floor=np.full(len(curves), floor),
        dimensions=np.full(n, 1.0) if dimensions is None else np.asarray(dimensions),
        target_dimension=2.0,
        degrees=tuple(range(len(curves))),
    )


def autoencoder(width, seed=0):
    return MLPRegressor(
        hidden_layer_sizes=[32, width, 32],
        activation="tanh",
        alpha=0,
        learning_rate_init=0.01,
        batch_size=25,
        random_state=seed,
    )


# -- the rule of the warning -----------------------------------------------------------------


def test_a_distance_that_stands_while_the_loss_falls_is_a_warning():
    # By record 7 the loss has fallen enough and the distance has stood for seven records.
    assert find_stall(FALLING, np.ones(20), 0.1) == (0, 7)
    # The loss that falls later is seen later: two thirds of its fall are over at record 15.
    late = np.concatenate([np.ones(12), np.linspace(1, 0.1, 8)])
    since, known = find_stall(late, np.ones(20), 0.1)
    assert since == 0 and late[known - 1] > 0.7 >= late[known]


def test_two_curves_that_fall_together_are_none():
    assert find_stall(FALLING, FALLING, 0.05) is None
    # The topology follows the loss, as it does where an output begins as nearly a point.
    follows = np.concatenate([np.ones(8), np.linspace(1, 0.1, 12)])
    assert find_stall(FALLING, follows, 0.05) is None
    # In the middle of that it looks like a warning, which is withdrawn.
    assert find_stall(FALLING[:8], follows[:8], 0.05) == (0, 7)


def test_where_the_distance_stops_is_where_it_stands_since():
    stops = np.concatenate([np.linspace(1, 0.5, 6), np.full(14, 0.5)])
    losses = np.linspace(1, 0.1, 20)
    since, known = find_stall(losses, stops, 0.1)
    assert stops[since] <= 0.5 / 0.9 and since <= 5 and known >= since + 7
    # Likewise where it gets worse: since the best there was.
    worse = np.concatenate([np.linspace(1, 0.3, 6), np.linspace(0.3, 0.9, 14)])
    since, _ = find_stall(losses, worse, 0.1)
    assert 3 <= since <= 6


def test_what_has_arrived_or_has_no_loss_left_is_none():
    stops = np.concatenate([np.linspace(1, 0.2, 5), np.full(15, 0.2)])
    assert find_stall(np.linspace(1, 0.1, 20), stops, 0.3) is None  # within sampling
    done = np.concatenate([np.linspace(1, 0.1, 5), np.linspace(0.1, 0.05, 15)])
    assert find_stall(done, stops, 0.1) is None  # the loss creeps down, a twentieth of its fall
    assert find_stall(np.ones(20), np.ones(20), 0.1) is None
    assert find_stall(FALLING[::-1], np.ones(20), 0.1) is None
    assert find_stall(FALLING[:5], np.ones(5), 0.1) is None  # patience


def test_one_record_decides_nothing_and_the_unit_of_the_loss_does_not_matter():
    spoilt = np.ones(20)
    spoilt[9] = 0.2
    assert find_stall(FALLING, spoilt, 0.1) == find_stall(FALLING, np.ones(20), 0.1)
    for scale in (1e-9, 1e9):
        assert find_stall(scale * FALLING, np.ones(20), 0.1) == (0, 7)
    # A log-likelihood may be negative.
    assert find_stall(np.linspace(2, -2, 20), np.ones(20), 0.1)[0] == 0


# -- the history -----------------------------------------------------------------------------


def test_the_verdict_of_each_kind_of_training():
    warned = history(FALLING, FALLING, np.ones(20))
    assert warned.is_warned and [stall.degree for stall in warned.stalls] == [1]
    (stall,) = warned.stalls
    assert (stall.since, stall.epoch, stall.distance, stall.floor) == (0, 35, 1.0, 0.1)
    assert stall.fall == pytest.approx(0.9, abs=0.02)
    assert warned.verdict.startswith("Early warning: the loss falls and the topology does not: ")
    assert "fell by 90% while loops stayed 1.00 off (two samples 0.10)" in warned.verdict
    assert "to be seen from epoch 35 on" in warned.verdict
    both = history(FALLING, np.ones(20), np.ones(20))
    assert both.verdict.count("from epoch 0 on") == 1 and "components stayed 1.00" in both.verdict

    there = history(FALLING, 0.9 * FALLING, 0.9 * FALLING, floor=0.2)
    assert there.verdict.startswith("Loss and topology fall together: the loss from 1 to 0.1")
    assert there.arrivals == (there.epochs[np.argmax(0.9 * FALLING <= 0.2)],) * 2
    assert there.correlations == pytest.approx((1, 1))
    assert (
        "are not there yet: components are 0.10 off" in history(FALLING, FALLING, floor=0).verdict
    )
    assert history(np.ones(9), np.ones(9)).verdict.startswith("The loss does not fall")
    assert history(FALLING[:4], np.ones(4)).verdict.startswith("Too early to say")
    dead = history(np.linspace(1, 0.9, 20), np.ones(20), dimensions=np.full(20, np.nan))
    assert dead.verdict.startswith("Little is learned") and not dead.is_warned
    assert "too few distinct points for a dimension" in dead.verdict
    assert history([], []).verdict == "No result yet: 0 record(s)."
    assert there.verdict.endswith("The output has 1.0 dimensions, the target 2.0.")


def test_a_history_is_frozen_and_goes_to_text_json_and_pandas():
    seen = history(FALLING, FALLING, np.ones(20), dimensions=[np.nan, *np.ones(19)])
    with pytest.raises(FrozenInstanceError):
        seen.losses = FALLING
    frame = seen.to_frame()
    assert list(frame) == ["loss", "distance_h0", "distance_h1", "dimension"]
    np.testing.assert_array_equal(frame.index, 5 * np.arange(20))
    np.testing.assert_array_equal(frame["distance_h0"], FALLING)
    written = json.loads(json.dumps(seen.to_dict(), allow_nan=False))
    assert written["is_warned"] and written["stalls"][0]["epoch"] == 35
    assert written["correlations"][1] is None and written["dimensions"][0] is None
    text = str(seen)
    assert text.startswith(seen.verdict) and len(text.splitlines()) == 2 + 1 + 12 + 2
    assert "loops off" in text


# -- the distances ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def circle():
    return make_circle(120, noise=0.02, random_state=0).points


@pytest.mark.parametrize("metric", ["bottleneck", "wasserstein"])
def test_the_target_is_at_0_turned_or_not_and_a_point_is_at_1(circle, metric):
    observer = TrainingObserver(circle, every=1, metric=metric)
    turn = np.linalg.qr(RNG.normal(size=(2, 2)))[0]
    for output in (circle, circle @ turn + 7, np.zeros_like(circle)):
        assert observer.record(output, loss=1.0)
    np.testing.assert_allclose(observer.history.distances[:2], 0, atol=1e-12)
    np.testing.assert_allclose(observer.history.distances[2], 1, atol=0.15)
    assert np.isnan(observer.history.dimensions[2])
    # A point is at 1 from every half exactly; the halves differ, and the median is of them.
    few = TrainingObserver(circle, metric=metric, n_resamples=1)
    few.measure(np.zeros_like(circle), loss=1.0, epoch=0)
    np.testing.assert_allclose(few.history.distances[0], 1, atol=1e-12)


def test_the_distance_obeys_stability(circle):
    """No point off by more than r, no Rips bar (in edge length) by more than 2r.

    Cohen-Steiner, Edelsbrunner, Harer 2007; all points of each half are landmarks here.
    """
    observer = TrainingObserver(circle, n_landmarks=60)
    for r in (0.01, 0.05, 0.2):
        moved = RNG.normal(size=circle.shape)
        moved *= r / np.linalg.norm(moved, axis=1, keepdims=True)
        epoch = round(100 * r)
        observer.measure(circle + moved, loss=r, epoch=epoch)
        assert (observer.history.distances[-1] * observer._reach <= 2 * r + 1e-12).all()
    assert (np.diff(observer.history.distances[:, 1]) > 0).all()


def test_the_floor_is_what_another_sample_does(circle):
    observer = TrainingObserver(circle)
    for seed in range(1, 6):
        other = make_circle(150, noise=0.02, random_state=seed).points  # not row by row
        observer.measure(other, loss=1.0, epoch=seed)
    assert (np.median(observer.history.distances, axis=0) < 1.3 * observer.floor).all()
    assert observer.floor[1] < 0.6


def test_against_diagrams_and_distances_of_others():
    from persim import bottleneck
    from ripser import ripser

    target = make_circle(40, noise=0.1, random_state=1).points
    output = target @ np.diag([1, 0.5])
    observer = TrainingObserver(target, n_resamples=1, n_landmarks=20)
    observer.measure(output, loss=1.0, epoch=0)
    order = np.random.RandomState(observer._seed).permutation(40)
    off, reach = [], []
    for half in (order[:20], order[20:]):
        bars = [
            [d[np.isfinite(d[:, 1])] for d in ripser(cloud[half])["dgms"]]
            for cloud in (output, target)
        ]
        off.append([bottleneck(a, b) for a, b in zip(*bars, strict=True)])
        reach.append([(d[:, 1] - d[:, 0]).max(initial=0) / 2 for d in bars[1]])
    expected = np.median(off, axis=0) / np.median(reach, axis=0)
    np.testing.assert_allclose(observer.history.distances[0], expected, rtol=1e-5)


def test_units_and_columns(circle):
    plain, scaled = TrainingObserver(circle), TrainingObserver(circle, rescale=True)
    for observer in (plain, scaled):
        observer.measure(0.1 * circle, loss=1.0, epoch=0)
    assert plain.history.distances[0, 1] > 0.9
    np.testing.assert_allclose(scaled.history.distances, 0, atol=1e-12)
    # With other columns there is no common unit, unless one says that there is.
    more = np.column_stack([3 * circle, np.zeros(120)])
    plain.measure(more, loss=1.0, epoch=1)
    np.testing.assert_allclose(plain.history.distances[1], 0, atol=1e-12)
    kept = TrainingObserver(circle, rescale=False)
    kept.measure(more, loss=1.0, epoch=0)
    assert kept.history.distances[0, 1] > 0.9


def test_degrees_and_dimensions():
    sphere = make_sphere(300, random_state=0).points
    observer = TrainingObserver(sphere, degrees=(0, 2), n_landmarks=60, n_resamples=1)
    observer.measure(sphere * [1, 1, 0], loss=1.0, epoch=0)
    observer.measure(np.outer(np.linspace(0, 1, 300), [1, 1, 1]), loss=0.9, epoch=1)
    observer.measure(sphere, loss=0.1, epoch=2)
    seen = observer.history
    assert seen.degrees == (0, 2)
    np.testing.assert_allclose(seen.distances[:, 1], [1, 1, 0], atol=1e-9)
    np.testing.assert_allclose(seen.dimensions, [2, 1, 2], atol=0.35)
    assert seen.target_dimension == pytest.approx(2, abs=0.2)


def test_where_the_target_has_no_loop_half_its_size_is_the_unit(circle):
    segment = np.column_stack([np.linspace(-1, 1, 120), np.zeros(120)])
    observer = TrainingObserver(segment)
    observer.measure(circle, loss=1.0, epoch=0)
    observer.measure(segment, loss=0.5, epoch=1)
    assert observer.history.distances[0, 1] > 0.5 and observer.history.distances[1, 1] == 0


def test_many_rows_are_drawn_once():
    X = make_circle(500, random_state=0).points
    observer = TrainingObserver(X, max_points=60, every=1)
    observer.record(X)
    observer.record(X)
    np.testing.assert_array_equal(observer.history.distances, 0)
    assert observer.history.losses.tolist() == [0, 0]
    again = TrainingObserver(X, max_points=60, every=1)
    np.testing.assert_array_equal(observer.floor, again.floor)


# -- networks --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def trained():
    """An autoencoder whose bottleneck is too narrow for a circle, and one wide enough."""
    X = make_circle(100, random_state=0).points
    networks = {width: autoencoder(width) for width in (1, 2)}
    return X, networks, {w: observe_fit(n, X, X, n_epochs=42) for w, n in networks.items()}


def test_a_bottleneck_of_one_dimension_never_closes_the_loop(trained):
    _, _, histories = trained
    narrow = histories[1]
    assert narrow.is_warned and [stall.degree for stall in narrow.stalls] == [1]
    assert narrow.losses[-1] < 0.7 * narrow.losses[0]
    assert (narrow.distances[:, 1] > 0.9).all() and narrow.arrivals[1] is None
    assert narrow.stalls[0].epoch < narrow.epochs[-1]
    assert narrow.verdict.startswith("Early warning") and "loops" in narrow.verdict


def test_of_a_wide_one_both_curves_fall(trained):
    _, _, histories = trained
    wide = histories[2]
    assert not wide.is_warned and wide.verdict.startswith("Loss and topology fall together")
    assert wide.distances[-1, 1] < 0.15 < 0.9 < wide.distances[0, 1]
    assert None not in wide.arrivals and wide.correlations[1] > 0.8
    assert wide.dimensions[-1] == pytest.approx(wide.target_dimension, abs=0.1)


def test_the_network_is_left_trained_as_by_its_own_loop(trained):
    X, networks, histories = trained
    own = autoencoder(2)
    for _ in range(42):
        own.partial_fit(X, X)
    np.testing.assert_array_equal(own.predict(X), networks[2].predict(X))
    assert histories[2].epochs.tolist() == [1, *range(5, 45, 5), 42]
    seen = np.array(own.loss_curve_)[histories[2].epochs - 1]
    np.testing.assert_allclose(histories[2].losses, seen)


def test_a_network_goes_on_and_layers_are_observed(trained):
    X, networks, _ = trained
    network = as_network(networks[2])
    observer = TrainingObserver(X, layer="hidden 2", every=1)
    by_index = TrainingObserver(X, layer=1, every=1)
    as_outputs = TrainingObserver(X, every=1)
    observer.record(networks[2], X)
    by_index.record(network, X, loss=observer.history.losses[0])
    as_outputs.record(network.layers(X)[1], loss=1.0)
    np.testing.assert_array_equal(observer.history.distances, by_index.history.distances)
    np.testing.assert_array_equal(observer.history.distances, as_outputs.history.distances)
    # In the plane of the bottleneck there is a loop.
    rescaled = TrainingObserver(X, layer="hidden 2", every=1, rescale=True)
    rescaled.record(networks[2], X)
    assert rescaled.history.distances[0, 1] < 0.5
    further = autoencoder(2).partial_fit(X, X)
    assert observe_fit(further, X, X, n_epochs=3, every=2).epochs.tolist() == [0, 1, 2, 3]


def test_a_classifier_is_compared_with_what_one_says(circle):
    y = (circle[:, 0] > 0).astype(int)
    network = MLPClassifier([8], learning_rate_init=0.05, random_state=0)
    with pytest.raises(ValueError, match="target is missing"):
        observe_fit(network, circle, y, n_epochs=1)
    seen = observe_fit(network, circle, y, n_epochs=4, target=circle, every=2, layer="hidden 1")
    assert len(seen) == 3 and seen.layer == "hidden 1" and network.score(circle, y) > 0.7


def test_record_measures_every_so_often(circle):
    observer = TrainingObserver(circle, every=3)
    measured = [observer.record((1 - 0.1 * i) * circle) for i in range(7)]
    assert measured == [True, False, False] * 2 + [True]
    assert observer.history.epochs.tolist() == [0, 3, 6] and len(observer.history) == 3
    assert not observer.record(circle, epoch=7) and observer.record(circle, epoch=9)
    later = TrainingObserver(circle, every=3)
    assert [later.record(circle, epoch=i) for i in (1, 2, 3)] == [True, False, True]
    with pytest.raises(ValueError, match=r"epoch=9.*epochs go up"):
        observer.measure(circle, epoch=9)


def test_a_loop_of_torch(circle):
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    X = torch.as_tensor(circle, dtype=torch.float32)
    sizes = [(2, 32), (32, 2), (2, 32), (32, 2)]
    parts = [part for a, b in sizes for part in (torch.nn.Linear(a, b), torch.nn.Tanh())]
    module = torch.nn.Sequential(*parts[:-1])
    optimizer = torch.optim.Adam(module.parameters(), lr=0.01)
    observer = TrainingObserver(circle, every=10)
    for _ in range(151):
        optimizer.zero_grad()
        loss = ((module(X) - X) ** 2).mean()
        observer.record(module, X, loss.item())
        assert module.training
        loss.backward()
        optimizer.step()
    seen = observer.history
    assert seen.epochs.tolist() == list(range(0, 151, 10))
    assert not seen.is_warned and seen.distances[-1, 1] < 0.2 < 0.8 < seen.distances[0, 1]
    # What the module gives, a tensor with its graph, is the same thing.
    last = TrainingObserver(circle, every=1)
    last.record(module, X, loss=1.0)
    last.record(module(X))
    np.testing.assert_allclose(*last.history.distances, atol=1e-5)
    with pytest.raises(ValueError, match="layer='hidden 9', but the network has '1'"):
        TrainingObserver(circle, layer="hidden 9").record(module, X, loss=1.0)


# -- what is refused -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"every": 0}, "every=0"),
        ({"layer": None}, "layer=None"),
        ({"degrees": (0, 3)}, "degrees="),
        ({"degrees": ()}, "degrees="),
        ({"metric": "heat"}, "metric='heat' is none of"),
        ({"rescale": "yes"}, "rescale='yes'"),
        ({"max_points": 7}, "max_points=7"),
        ({"n_landmarks": 2}, "n_landmarks=2"),
        ({"n_resamples": 0}, "n_resamples=0"),
    ],
)
def test_options_that_are_refused(circle, options, said):
    with pytest.raises(ValueError, match=said):
        TrainingObserver(circle, **options)


def test_input_that_is_refused(circle):
    with pytest.raises(ValueError, match="target"):
        TrainingObserver(circle[:5])
    observer = TrainingObserver(circle, every=1)
    with pytest.raises(ValueError, match="loss is missing"):
        observer.record(circle[:50])
    with pytest.raises(ValueError, match=r"loss=nan.*diverged"):
        observer.record(circle, loss=np.nan, epoch=0)
    with pytest.raises(ValueError, match="the output"):
        observer.record(circle * np.nan, loss=1.0, epoch=0)
    with pytest.raises(ValueError, match="X is missing"):
        observer.record(autoencoder(2), epoch=0)
    with pytest.raises(ValueError, match="layer=9, but the network has 'hidden 1'"):
        network = autoencoder(2).partial_fit(circle, circle)
        TrainingObserver(circle, layer=9).record(network, circle)
    with pytest.raises(TypeError, match="record in a loop of your own"):
        observe_fit(object(), circle, circle)
    with pytest.raises(ValueError, match="n_epochs=0"):
        observe_fit(autoencoder(2), circle, circle, n_epochs=0)
    assert len(observer.history) == 0
