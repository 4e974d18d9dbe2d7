"""The landscape of the loss: eigenvalues, slices, paths, and natural gradient steps."""

import numpy as np
import pytest
from matplotlib.figure import Figure
from sklearn.datasets import load_iris
from sklearn.neural_network import MLPClassifier

from tda.networks import (
    DenseNetwork,
    as_network,
    filter_normalised,
    gradient_descent,
    loss_sharpness,
    loss_slice,
    natural_gradient,
    natural_gradient_descent,
    random_network,
)
from tda.plot import plot_landscape

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(30, 2)), RNG.normal(size=30)


def network_of(*hidden, link="identity", n_outputs=1, n_features=2):
    return random_network(
        n_features,
        hidden,
        n_outputs,
        activation="tanh",
        bias_variance=0.3,
        parametrization="standard",
        link=link,
        random_state=1,
    )


def hessian_by_differences(network, y, h=1e-5):
    """From the gradient, which is tested elsewhere."""
    at = network.parameters
    rows = [
        network.with_parameters(at + step).gradient(X, y)
        - network.with_parameters(at - step).gradient(X, y)
        for step in h * np.eye(len(at))
    ]
    return np.array(rows) / (2 * h)


# Sharpness --------------------------------------------------------------------------------


@pytest.mark.parametrize("link", ["identity", "softmax"])
@pytest.mark.parametrize("hidden", [(4,), (12, 6)])  # dense, and by Lanczos' method
def test_eigenvalues_of_the_hessian_by_finite_differences(hidden, link):
    network = network_of(*hidden, link=link, n_outputs=1 if link == "identity" else 3)
    y = Y if link == "identity" else np.arange(30) % 3
    found = loss_sharpness(network, X, y, n_eigenvalues=4)
    expected = np.linalg.eigvalsh(hessian_by_differences(network, y))[::-1][:4]
    np.testing.assert_allclose(found.eigenvalues, expected, rtol=1e-6)
    for value, vector in zip(found.eigenvalues, found.eigenvectors, strict=True):
        product = network.hessian_product(X, y, vector)
        np.testing.assert_allclose(product, value * vector, atol=1e-7 * found.sharpness)
    assert found.loss == pytest.approx(network.loss(X, y))


def test_eigenvalues_of_the_fisher_information_from_the_jacobian():
    network = network_of(12, 6, link="softmax", n_outputs=3)
    J, p = network.parameter_jacobian(X), network.predict(X)
    bend = p[:, :, None] * np.eye(3) - p[:, :, None] * p[:, None, :]
    fisher = np.einsum("nap,nab,nbq->pq", J, bend, J) / len(X)
    found = loss_sharpness(network, X, matrix="fisher")
    expected = np.linalg.eigvalsh(fisher)[::-1][:5]
    np.testing.assert_allclose(found.eigenvalues, expected, rtol=1e-8)
    assert np.isnan(found.loss) and (found.eigenvalues >= 0).all()


def test_the_hessian_is_the_fisher_information_where_the_fit_is_perfect():
    network = network_of(6)
    y = network.scores(X)[:, 0]
    hessian, fisher = (loss_sharpness(network, X, y, matrix=m) for m in ("hessian", "fisher"))
    np.testing.assert_allclose(hessian.eigenvalues, fisher.eigenvalues, rtol=1e-8)


def test_the_largest_step_parts_descent_from_divergence():
    linear = DenseNetwork((np.ones((2, 1)),), (np.zeros(1),))
    step = loss_sharpness(linear, X, Y).largest_step
    stays, leaves = (
        gradient_descent(linear, X, Y, learning_rate=f * step, n_steps=500).loss[-1]
        for f in (0.98, 1.02)
    )
    assert stays < linear.loss(X, Y) < leaves
    flat = loss_sharpness(linear, np.zeros((3, 2)), np.zeros(3), n_eigenvalues=9)
    assert len(flat.eigenvalues) == 3 and flat.eigenvalues[1] == 0
    assert "steps below" in str(flat)


def test_sharpness_of_a_classifier_and_its_errors():
    features, labels = load_iris(return_X_y=True)
    mlp = MLPClassifier(hidden_layer_sizes=[12], max_iter=30, random_state=0)
    with pytest.warns(UserWarning, match="iterations"):
        mlp.fit(features, labels)
    one, two = (loss_sharpness(mlp, features, labels, random_state=s) for s in (0, 1))
    np.testing.assert_allclose(one.eigenvalues, two.eigenvalues, rtol=1e-6)
    assert one.sharpness > 0
    with pytest.raises(ValueError, match="y is None"):
        loss_sharpness(mlp, features)
    with pytest.raises(ValueError, match="matrix='trace'"):
        loss_sharpness(mlp, features, labels, matrix="trace")
    with pytest.raises(ValueError, match="n_eigenvalues=0"):
        loss_sharpness(mlp, features, labels, n_eigenvalues=0)


def test_torch_agrees():
    torch = pytest.importorskip("torch")
    network = network_of(5, 4)
    layers = []
    for weight, bias in zip(network.weights, network.biases, strict=True):
        layer = torch.nn.Linear(*weight.shape).double()
        layer.weight.data, layer.bias.data = torch.tensor(weight.T.copy()), torch.tensor(bias)
        layers += [layer, torch.nn.Tanh()]
    module = torch.nn.Sequential(*layers[:-1])
    for matrix in ("hessian", "fisher"):
        ours, theirs = (loss_sharpness(n, X, Y, matrix=matrix) for n in (network, module))
        np.testing.assert_allclose(ours.eigenvalues, theirs.eigenvalues, rtol=1e-6)
    # The same units, whatever the order of the parameters.
    ones = np.ones(network.n_parameters)
    lengths = [np.sort(filter_normalised(as_network(n), ones)) for n in (network, module)]
    np.testing.assert_allclose(*lengths)
    view = loss_slice(module, X, Y, n_grid=3)
    assert view.losses[1, 1] == pytest.approx(network.loss(X, Y))
    moved = [natural_gradient(n, X, Y, damping=0.1) for n in (network, module)]
    np.testing.assert_allclose(*(np.linalg.norm(m) for m in moved))


# Slices -----------------------------------------------------------------------------------


def test_a_slice_of_a_quadratic_loss_is_its_formula():
    linear = DenseNetwork((RNG.normal(size=(2, 1)),), (np.zeros(1),))
    directions = RNG.normal(size=(2, 3))
    view = loss_slice(linear, X, Y, directions=directions, extent=2.0, n_grid=5)
    design = np.column_stack([X, np.ones(len(X))])
    for i, b in enumerate(view.y):
        for j, a in enumerate(view.x):
            theta = linear.parameters + a * directions[0] + b * directions[1]
            expected = np.mean((design @ theta - Y) ** 2) / 2
            assert view.losses[i, j] == pytest.approx(expected)
    np.testing.assert_allclose(
        view.curvatures, ((design @ directions.T) ** 2).mean(axis=0), rtol=1e-9
    )
    assert view.kind == "given" and view.path is None and np.isnan(view.explained)


def test_filters_are_as_long_as_their_units():
    network = network_of(4, 3)
    direction = filter_normalised(network, RNG.normal(size=network.n_parameters))
    moved = network.with_parameters(direction)
    for own, other, b, c in zip(
        network.weights, moved.weights, network.biases, moved.biases, strict=True
    ):
        np.testing.assert_allclose((own**2).sum(axis=0), (other**2).sum(axis=0))
        np.testing.assert_allclose(np.abs(b), np.abs(c))


def test_slices_do_not_see_the_scale_of_rectifiers():
    """Li et al. 2018: weights times c before a rectifier and by c after it change nothing."""
    network = random_network(2, [6], bias_variance=0.2, parametrization="standard", random_state=0)
    (first, second), (b, c) = network.weights, network.biases
    scaled = DenseNetwork((10 * first, second / 10), (10 * b, c))
    one, two = (loss_slice(n, X, Y, n_grid=5) for n in (network, scaled))
    np.testing.assert_allclose(one.losses, two.losses)


def test_the_path_of_training_lies_on_its_own_plane():
    start = network_of(5)
    run = gradient_descent(start, X, Y, learning_rate=0.1, n_steps=120, keep_path=True)
    view = loss_slice(run.network, X, Y, directions="path", path=run, n_grid=7)
    assert view.explained > 0.95
    np.testing.assert_allclose(view.directions @ view.directions.T, np.eye(2), atol=1e-10)
    np.testing.assert_allclose(view.path[-1], 0, atol=1e-10)
    np.testing.assert_allclose(view.path_losses, run.loss, rtol=1e-9)
    assert view.x[0] < view.path[:, 0].min() and view.x[-1] > view.path[:, 0].max()
    assert (view.path[0] > 0).all() or view.path[0, 1] == 0
    # Random directions hardly see it: about 2 of all its dimensions.
    random = loss_slice(run.network, X, Y, path=run.path, n_grid=3)
    assert random.explained < 0.5
    assert "of the path lies in the plane" in str(view)


def test_the_sharpest_directions_bend_as_their_eigenvalues():
    network = network_of(5)
    found = loss_sharpness(network, X, Y, n_eigenvalues=2)
    view = loss_slice(network, X, Y, directions="hessian", n_grid=5)
    np.testing.assert_allclose(view.curvatures, found.eigenvalues, rtol=1e-6)
    assert view.losses[2, 2] == pytest.approx(view.loss)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"directions": "up"}, "directions='up'"),
        ({"directions": np.ones((2, 21))}, "not parallel"),
        ({"directions": np.eye(3)}, "shape"),
        ({"directions": "path"}, "path"),
        ({"directions": "path", "path": np.zeros((4, 3))}, "path has shape"),
        ({"path": np.full((4, 21), np.nan)}, "no step"),
        ({"extent": -1}, "extent=-1"),
        ({"n_grid": 1}, "n_grid=1"),
    ],
)
def test_errors_name_what_is_wrong(wrong, words):
    network = network_of(5)
    assert network.n_parameters == 21
    with pytest.raises(ValueError, match=words):
        loss_slice(network, X, Y, **wrong)


# Natural gradient -------------------------------------------------------------------------


def test_natural_steps_do_not_know_the_units_of_the_inputs():
    """Without damping, a linear change of the inputs changes the scores not at all."""
    network = network_of(2)
    turn = np.array([[3.0, 0.4], [-1.0, 0.02]])
    weights = (np.linalg.solve(turn, network.weights[0]), network.weights[1])
    changed = DenseNetwork(weights, network.biases, "tanh")
    runs = [
        natural_gradient_descent(
            n, inputs, Y, damping=0, learning_rate=0.5, n_steps=4, adaptive=False
        )
        for n, inputs in ((network, X), (changed, X @ turn))
    ]
    np.testing.assert_allclose(runs[0].scores, runs[1].scores, atol=1e-6)
    plain = [
        gradient_descent(n, inputs, Y, learning_rate=0.05, n_steps=4)
        for n, inputs in ((network, X), (changed, X @ turn))
    ]
    assert np.abs(plain[0].scores - plain[1].scores).max() > 1e-2


def test_both_descend_an_ill_conditioned_valley_and_natural_steps_are_few():
    inputs = RNG.normal(size=(60, 3)) * [1.0, 0.3, 0.1]
    y = inputs @ [1.0, 3.0, 10.0]
    linear = DenseNetwork((np.full((3, 1), 0.1),), (np.zeros(1),))
    found = loss_sharpness(linear, inputs, y)
    condition = found.sharpness / found.eigenvalues[-1]
    assert condition > 60
    rate = 1 / found.sharpness
    plain = gradient_descent(linear, inputs, y, learning_rate=rate, n_steps=1500)
    natural = natural_gradient_descent(linear, inputs, y, damping=1e-6, n_steps=10)
    target = 1e-6 * plain.loss[0]
    steps = [int(np.argmax(run.loss < target)) for run in (plain, natural)]
    assert all(run.loss[-1] < target for run in (plain, natural))
    assert steps[1] <= 3 and steps[0] > 4 * condition > 100 * steps[1]


def test_damping_as_much_as_needed():
    network = network_of(6, link="softmax", n_outputs=3)
    y = np.arange(30) % 3
    steady, free = (
        natural_gradient_descent(network, X, y, damping=1e-4, adaptive=adaptive, n_steps=15)
        for adaptive in (True, False)
    )
    assert (np.diff(steady.loss) <= 0).all() and steady.loss[-1] < 0.8 * steady.loss[0]
    assert free.loss.max() > free.loss[0]  # so far from the minimum it overshoots
    there = natural_gradient_descent(steady.network, X, 0 * y, damping=1e-4, n_steps=3)
    assert np.isfinite(there.loss).all()


def test_damping_leads_back_to_the_plain_gradient():
    network = network_of(4)
    moved = natural_gradient(network, X, Y, damping=1e6)
    np.testing.assert_allclose(1e6 * moved, network.gradient(X, Y), rtol=1e-4)


def test_solvers_agree():
    network = network_of(6, link="softmax", n_outputs=3)
    y = np.arange(30) % 3
    dense, cg = (natural_gradient(network, X, y, damping=0.01, solver=s) for s in ("dense", "cg"))
    np.testing.assert_allclose(dense, cg, rtol=1e-5, atol=1e-8)
    fisher = np.array([network.fisher_product(X, row) for row in np.eye(len(dense))])
    np.testing.assert_allclose(fisher @ dense + 0.01 * dense, network.gradient(X, y), atol=1e-10)
    for wrong in ({"damping": -1}, {"solver": "lu"}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            natural_gradient(network, X, y, **wrong)
    for wrong in ({"learning_rate": 0}, {"n_steps": 1.5}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            natural_gradient_descent(network, X, y, **wrong)


def test_what_is_kept_of_natural_descent():
    network = network_of(3)
    run = natural_gradient_descent(
        network, X, Y, damping=0.1, n_steps=6, X_test=X[:4], keep_path=True
    )
    assert run.path.shape == (7, network.n_parameters) and run.scores.shape == (7, 30, 1)
    np.testing.assert_allclose(run.test_scores, run.scores[:, :4])
    np.testing.assert_allclose(run.path[-1], run.network.parameters)
    assert run.distance[0] == 0 and run.loss[-1] < run.loss[0]
    np.testing.assert_allclose(run.loss[3], network.with_parameters(run.path[3]).loss(X, Y))


# The picture ------------------------------------------------------------------------------


def test_the_picture():
    run = gradient_descent(network_of(5), X, Y, learning_rate=0.1, n_steps=60, keep_path=True)
    view = loss_slice(run.network, X, Y, directions="path", path=run, n_grid=7)
    ax = plot_landscape(view, ax=Figure().subplots(), title="a valley")
    assert ax.get_title() == "a valley" and "path" in ax.get_xlabel()
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["start", "network"]
    assert len(ax.figure.axes) == 2
    plain = plot_landscape(loss_slice(run.network, X, Y, n_grid=3), colorbar=False)
    assert len(plain.figure.axes) == 1
    flat = loss_slice(DenseNetwork((np.zeros((2, 1)),), (np.zeros(1),)), 0 * X, 0 * Y, n_grid=3)
    plot_landscape(flat)
    with pytest.raises(ValueError, match="loss_slice"):
        plot_landscape(run)
