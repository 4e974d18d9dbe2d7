"""Networks as arrays: against scikit-learn's predictions, finite differences, and torch."""

import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.metrics import log_loss
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from tda.networks import (
    DenseNetwork,
    PullbackMetric,
    TorchNetwork,
    TrainingObserver,
    as_network,
    empirical_tangent_kernel,
    linearized_training,
    neural_tangent_kernel,
    random_network,
)

ACTIVATIONS = ("identity", "logistic", "relu", "tanh")
RNG = np.random.default_rng(0)
X = RNG.normal(size=(12, 3))
LABELS = {"binary": np.arange(12) % 2, "classes": np.array(["a", "b", "c"])[np.arange(12) % 3]}
VALUES = {"one": RNG.normal(size=12), "two": RNG.normal(size=(12, 2))}


def fit(estimator, y):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return estimator.fit(X, y)


def classifier(y, activation="tanh", **kwargs):
    return fit(MLPClassifier([5, 4], activation=activation, max_iter=30, random_state=0), y)


def regressor(y, activation="tanh"):
    return fit(
        MLPRegressor(hidden_layer_sizes=[5, 4], activation=activation, max_iter=30, random_state=0),
        y,
    )


def central(function, at, step=1e-5):
    """Central differences of an array-valued function of a vector; the last axis is the vector."""
    columns = []
    for k in range(len(at)):
        e = np.zeros(len(at))
        e[k] = step
        columns.append((np.asarray(function(at + e)) - np.asarray(function(at - e))) / (2 * step))
    return np.stack(columns, axis=-1)


def cases():
    """A network of each link, output count and activation, in either parametrisation."""
    for activation in ("erf", *ACTIVATIONS):
        for link, n_outputs in [("identity", 1), ("identity", 4), ("logistic", 1), ("softmax", 3)]:
            network = random_network(
                3,
                [6, 5],
                n_outputs,
                activation=activation,
                link=link,
                weight_variance=2,
                bias_variance=0.3,
                parametrization="ntk" if n_outputs < 4 else "standard",
                random_state=1,
            )
            yield pytest.param(network, id=f"{activation}-{link}-{n_outputs}")


def targets(network):
    if network.link == "identity":
        return np.random.default_rng(2).normal(size=(len(X), network.n_outputs))
    return np.arange(len(X)) % max(network.n_outputs, 2)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("kind", VALUES)
def test_a_regressor_predicts_the_same(activation, kind):
    mlp = regressor(VALUES[kind], activation)
    network = as_network(mlp)
    assert_allclose(network.predict(X), mlp.predict(X).reshape(12, -1), rtol=1e-12, atol=1e-14)
    error = 0.5 * ((mlp.predict(X) - VALUES[kind]).reshape(12, -1) ** 2).sum(axis=1).mean()
    assert_allclose(network.loss(X, VALUES[kind]), error, rtol=1e-12)


@pytest.mark.parametrize("kind", LABELS)
def test_a_classifier_predicts_the_same(kind):
    mlp = classifier(LABELS[kind])
    network = as_network(mlp)
    probabilities = mlp.predict_proba(X)
    expected = probabilities[:, 1:] if kind == "binary" else probabilities
    assert_allclose(network.predict(X), expected, rtol=1e-12)
    assert_allclose(network.loss(X, LABELS[kind]), log_loss(LABELS[kind], probabilities), rtol=1e-9)


def test_a_multilabel_classifier_predicts_the_same():
    y = np.column_stack([np.arange(12) % 2, np.arange(12) % 3 == 0]).astype(int)
    mlp = classifier(y)
    network = as_network(mlp)
    assert_allclose(network.predict(X), mlp.predict_proba(X), rtol=1e-12)
    p = mlp.predict_proba(X)
    expected = -(y * np.log(p) + (1 - y) * np.log(1 - p)).sum(axis=1).mean()
    assert_allclose(network.loss(X, y), expected, rtol=1e-9)


def test_gradient_descent_moves_as_scikit_learns_does():
    # One plain step of a batch: scikit-learn's gradient, with no penalty, is ours.
    mlp = MLPRegressor(
        hidden_layer_sizes=[5],
        solver="sgd",
        momentum=0,
        alpha=0,
        learning_rate_init=0.1,
        batch_size=12,
    )
    mlp.partial_fit(X, VALUES["two"])
    before = as_network(mlp)
    mlp.partial_fit(X, VALUES["two"])
    step = before.parameters - 0.1 * before.gradient(X, VALUES["two"])
    assert_allclose(as_network(mlp).parameters, step, rtol=1e-10)


def test_training_on_does_not_change_a_network_taken_before():
    mlp = MLPClassifier([5], random_state=0).partial_fit(X, LABELS["binary"], classes=[0, 1])
    before = as_network(mlp)
    kept = before.parameters
    mlp.partial_fit(X, LABELS["binary"])
    assert_array_equal(before.parameters, kept)
    assert not np.array_equal(as_network(mlp).parameters, kept)


@pytest.mark.parametrize("network", list(cases()))
def test_derivatives_agree_with_finite_differences(network):
    y, theta = targets(network), network.parameters
    inputs = np.stack([central(lambda x: network.scores(x[None])[0], row) for row in X])
    assert_allclose(network.jacobian(X), inputs, rtol=1e-6, atol=1e-8)
    parameters = central(lambda t: network.with_parameters(t).scores(X), theta)
    assert_allclose(network.parameter_jacobian(X), parameters, rtol=1e-6, atol=1e-8)
    gradient = central(lambda t: network.with_parameters(t).loss(X, y), theta)
    assert_allclose(network.gradient(X, y), gradient, rtol=1e-6, atol=1e-8)
    bends = np.stack([central(lambda x: network.jacobian(x[None])[0], row) for row in X])
    assert_allclose(network.input_hessian(X), bends, rtol=1e-6, atol=1e-8)
    hessian = central(lambda t: network.with_parameters(t).gradient(X, y), theta)
    vector = np.random.default_rng(3).normal(size=len(theta))
    assert_allclose(network.hessian_product(X, y, vector), hessian @ vector, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("network", list(cases()))
def test_signals_are_derivatives_by_pre_activations(network):
    # Moving a bias by t moves its pre-activation by scale · t in every row.
    signals, jacobian = network.signals(X), network.parameter_jacobian(X)
    at = 0
    for layer, signal in enumerate(signals):
        at += network.weights[layer].size
        width = len(network.biases[layer])
        scaled = network.bias_scales[layer] * signal
        assert_allclose(jacobian[:, :, at : at + width], scaled, atol=1e-14)
        at += width


@pytest.mark.parametrize("network", list(cases()))
def test_fisher_information_is_the_covariance_of_scores_under_the_model(network):
    # E over y ~ model of the gradient of log p times its transpose, row by row.
    jacobian = network.parameter_jacobian(X)
    p = network.predict(X)
    fisher = np.zeros((network.n_parameters,) * 2)
    for row in range(len(X)):
        if network.link == "identity":
            inner = np.eye(network.n_outputs)
        elif network.link == "logistic":
            inner = np.diag(p[row] * (1 - p[row]))
        else:
            inner = np.diag(p[row]) - np.outer(p[row], p[row])
        fisher += jacobian[row].T @ inner @ jacobian[row] / len(X)
    vector = np.random.default_rng(3).normal(size=network.n_parameters)
    assert_allclose(network.fisher_product(X, vector), fisher @ vector, rtol=1e-9, atol=1e-12)


def test_parts_compose_to_the_whole():
    network = as_network(classifier(LABELS["classes"]))
    code = network.layers(X)[0]
    assert_allclose(network.part(1).scores(code), network.scores(X))
    assert network.part(1).link == "softmax" and network.part(0, 1).link == "identity"
    assert_allclose(np.tanh(network.part(0, 1).scores(X)), code)
    with pytest.raises(ValueError, match="no layer from 3"):
        network.part(3)


def test_layers_have_names_and_widths():
    network = as_network(classifier(LABELS["classes"]))
    assert network.layer_names == ["hidden 1", "hidden 2", "output"]
    assert [layer.shape for layer in network.layers(X)] == [(12, 5), (12, 4), (12, 3)]
    assert network.n_parameters == len(network.parameters) == 20 + 24 + 15


@pytest.mark.parametrize("parametrization", ["ntk", "standard"])
def test_random_networks_have_the_variance_that_was_asked(parametrization):
    x = np.array([[1.0, -2.0, 0.5]])
    scores = [
        random_network(
            3,
            [300],
            weight_variance=[1.5, 2.0],
            bias_variance=0.25,
            parametrization=parametrization,
            random_state=seed,
        ).scores(x)[0, 0]
        for seed in range(400)
    ]
    # Hidden variance v = 1.5 |x|²/3 + 0.25; relu halves the second moment; then 2 v/2 + 0.25.
    expected = 1.5 * (x**2).sum() / 3 + 0.25 + 0.25
    spread = expected * np.sqrt(2 / 400)
    assert abs(np.var(scores) - expected) < 4 * spread


def test_networks_that_do_not_fit_are_refused():
    network = as_network(regressor(VALUES["one"]))
    with pytest.raises(ValueError, match="2 column"):
        network.scores(X[:, :2])
    with pytest.raises(ValueError, match="y has 3 row"):
        network.loss(X, [1, 2, 3])
    with pytest.raises(ValueError, match="49 parameters"):
        network.with_parameters(np.zeros(3))
    with pytest.raises(ValueError, match="do not fit"):
        DenseNetwork((np.ones((2, 3)), np.ones((2, 1))), (np.ones(3), np.ones(1)))
    with pytest.raises(ValueError, match="none of the network's classes"):
        as_network(classifier(LABELS["classes"])).loss(X, ["z"] * 12)
    with pytest.raises(NotFittedError):
        as_network(MLPClassifier())
    with pytest.raises(NotFittedError, match="StandardScaler"):
        as_network(make_pipeline(StandardScaler(), MLPClassifier()))
    with pytest.raises(TypeError, match="a list"):
        as_network([1, 2])
    with pytest.raises(ValueError, match="exp"):
        as_network(
            fit(MLPRegressor(hidden_layer_sizes=[3], loss="poisson", max_iter=3), np.arange(12))
        )
    with pytest.raises(ValueError, match="parametrization"):
        random_network(2, [3], parametrization="mup")


def as_module(torch, network):
    """The same network in torch, double precision, scales multiplied in."""
    nn, parts = torch.nn, []
    bends = {"relu": nn.ReLU, "tanh": nn.Tanh, "logistic": nn.Sigmoid, "identity": nn.Identity}
    for layer, (w, b) in enumerate(zip(network.weights, network.biases, strict=True)):
        linear = nn.Linear(*w.shape).double()
        with torch.no_grad():
            linear.weight.copy_(torch.as_tensor(network.weight_scales[layer] * w.T))
            linear.bias.copy_(torch.as_tensor(network.bias_scales[layer] * b))
        parts += [linear, bends[network.activation]()]
    return nn.Sequential(*parts[:-1])


@pytest.mark.parametrize("activation", ["relu", "tanh", "logistic"])
@pytest.mark.parametrize(("link", "n_outputs"), [("identity", 2), ("logistic", 1), ("softmax", 3)])
def test_a_torch_module_gives_the_same(activation, link, n_outputs):
    torch = pytest.importorskip("torch")
    ours = random_network(
        3,
        [6, 5],
        n_outputs,
        activation=activation,
        link=link,
        parametrization="standard",
        bias_variance=0.5,
        random_state=0,
    )
    module = as_module(torch, ours)
    module.train()
    theirs = as_network(module, link=link)
    assert isinstance(theirs, TorchNetwork)
    assert (theirs.n_features, theirs.n_outputs) == (3, n_outputs)
    assert theirs.n_parameters == ours.n_parameters
    y = targets(ours)
    for name in ("scores", "predict", "jacobian", "input_hessian"):
        assert_allclose(getattr(theirs, name)(X), getattr(ours, name)(X), rtol=1e-9, atol=1e-12)
    for a, b in zip(theirs.layers(X), ours.layers(X), strict=True):
        assert_allclose(a, b, rtol=1e-12, atol=1e-14)
    assert theirs.layer_names == ["1", "3", "output"]
    assert_allclose(theirs.loss(X, y), ours.loss(X, y), rtol=1e-12)
    # torch keeps weights transposed: carry one order to the other by a network of indices.
    order = order_of(ours)
    gradient = theirs.gradient(X, y)
    assert_allclose(gradient, ours.gradient(X, y)[order], rtol=1e-9, atol=1e-12)
    jacobian = theirs.parameter_jacobian(X)
    assert_allclose(jacobian, ours.parameter_jacobian(X)[:, :, order], rtol=1e-9, atol=1e-12)
    vector = np.random.default_rng(1).normal(size=len(order))
    back = np.argsort(order)
    for name, arguments in [("hessian_product", (X, y)), ("fisher_product", (X,))]:
        mine = getattr(ours, name)(*arguments, vector[back])[order]
        assert_allclose(getattr(theirs, name)(*arguments, vector), mine, rtol=1e-9, atol=1e-12)
    moved = theirs.with_parameters(theirs.parameters + vector)
    assert_allclose(moved.parameters, ours.parameters[order] + vector, rtol=1e-12)
    assert module.training and not np.allclose(moved.scores(X), theirs.scores(X))


def order_of(network):
    indices = network.with_parameters(np.arange(network.n_parameters))
    pairs = zip(indices.weights, indices.biases, strict=True)
    return np.concatenate([p for w, b in pairs for p in (w.T.ravel(), b)]).astype(int)


def test_a_convolutional_module_of_images():
    torch = pytest.importorskip("torch")
    nn = torch.nn
    torch.manual_seed(0)
    module = nn.Sequential(
        nn.Conv2d(1, 2, 3),
        nn.BatchNorm2d(2),
        nn.ReLU(),
        nn.Dropout(0.5),
        nn.Flatten(),
        nn.Linear(8, 3),
    ).double()
    images = RNG.normal(size=(5, 1, 4, 4))
    network = as_network(module, link="softmax")
    assert [a.shape for a in network.layers(images)] == [(5, 8), (5, 3)]
    assert network.layer_names == ["2", "output"]
    jacobian = network.jacobian(images)
    expected = np.stack(
        [central(lambda x: network.scores(x.reshape(1, 1, 4, 4))[0], im.ravel()) for im in images]
    )
    assert_allclose(jacobian, expected, rtol=1e-6, atol=1e-8)
    assert_array_equal(network.scores(images), network.scores(images))  # no dropout


def test_a_module_in_single_precision_gives_double_arrays():
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    network = as_network(torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh()))
    assert network.scores(X).dtype == network.parameters.dtype == np.float64
    assert network.layer_names if network.layers(X) else None
    assert len(network.layers(X)) == 1


def test_hidden_values_and_gaps_are_named_at_every_door():
    network = random_network(3, [6], 2, activation="tanh", random_state=0)
    y = RNG.normal(size=(len(X), 2))
    hidden, gap = np.ma.masked_greater(X, 0.5), y.copy()
    gap[1, 0] = np.nan
    masked = "masked array with hidden values"
    for call, message in (
        (lambda: network.scores(hidden), masked),
        (lambda: empirical_tangent_kernel(network, hidden), masked),
        (lambda: empirical_tangent_kernel(network, X, hidden), masked),
        (lambda: neural_tangent_kernel(hidden), masked),
        (lambda: PullbackMetric(network).tensor(hidden), masked),
        (lambda: linearized_training(network, hidden, y, learning_rate=0.1, n_steps=2), masked),
        (lambda: network.loss(X, np.ma.masked_greater(y, 0)), masked),
        (lambda: network.gradient(X, gap), "y holds NaN"),
        (lambda: TrainingObserver(np.ma.masked_greater(np.c_[X, y], 0)), masked),
        (lambda: TrainingObserver(np.eye(9)).record(network, hidden, 0.0), masked),
    ):
        with pytest.raises(ValueError, match=message):
            call()
    counts = RNG.poisson(3, size=(5, 3))
    np.testing.assert_array_equal(
        empirical_tangent_kernel(network, counts), empirical_tangent_kernel(network, counts * 1.0)
    )
