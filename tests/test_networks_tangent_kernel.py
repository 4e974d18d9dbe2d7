"""The closed-form kernel: against quadrature, random networks, theorems; and its machines."""

import pickle
import tracemalloc
from functools import partial

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.integrate import dblquad
from scipy.special import erf
from sklearn.base import clone
from sklearn.linear_model import Ridge
from sklearn.svm import SVC

from tda.networks import (
    NTKClassifier,
    NTKRegressor,
    kernel_ridge,
    network_gaussian_process_kernel,
    neural_tangent_kernel,
    random_network,
)
from tda.networks.kernel import _closed_form as module

RNG = np.random.default_rng(0)
X = RNG.normal(size=(30, 4))
Y = RNG.normal(size=(7, 4))
KERNELS = [neural_tangent_kernel, network_gaussian_process_kernel]
both = pytest.mark.parametrize("activation", ["relu", "erf"])
kernels = pytest.mark.parametrize("kernel", KERNELS)


# -- the formulas ------------------------------------------------------------------------------


def by_quadrature(activation, q, r, k):
    """E[φ(g) φ(g′)] and E[φ̇(g) φ̇(g′)] of normal g, g′ with variances q, r and covariance k."""
    rho = k / np.sqrt(q * r)
    s = np.sqrt(1 - rho**2)

    if activation == "relu":  # where both are positive, so that the integrands are smooth
        least, slopes = lambda a: -rho * a / s, lambda a, b: 1.0
        values, lower = lambda a, b: np.sqrt(q) * a * np.sqrt(r) * (rho * a + s * b), 0
    else:
        least, lower = lambda a: -9, -9
        values = lambda a, b: erf(np.sqrt(q) * a) * erf(np.sqrt(r) * (rho * a + s * b))  # noqa: E731
        slopes = lambda a, b: 4 / np.pi * np.exp(-q * a**2 - r * (rho * a + s * b) ** 2)  # noqa: E731

    def mean(f):
        density = lambda b, a: f(a, b) * np.exp(-(a**2 + b**2) / 2) / (2 * np.pi)  # noqa: E731
        return dblquad(density, lower, 9, least, lambda a: 9, epsabs=1e-9, epsrel=1e-9)[0]

    return mean(values), mean(slopes)


@both
def test_expectations_are_the_integrals(activation):
    rng = np.random.default_rng(1)
    for rho in rng.uniform(-0.95, 0.95, 2):
        q, r = rng.uniform(0.3, 2, 2)
        k = rho * np.sqrt(q * r)
        value, slope = module.EXPECTATIONS[activation](
            np.array([[k]]), np.array([[q]]), np.array([[r]]), True, 1
        )
        assert_allclose([value.item(), slope.item()], by_quadrature(activation, q, r, k), rtol=1e-7)


@both
def test_the_recursion_layer_by_layer_with_integrals(activation):
    w, v = [1.3, 1.7, 0.8], [0.2, 0.1, 0.4]
    x, y = X[0], X[1]
    dots = np.array([x @ x, y @ y, x @ y]) / 4
    q, r, k = w[0] * dots + v[0]
    theta = k
    for layer in (1, 2):
        value, slope = by_quadrature(activation, q, r, k)
        own = [module.EXPECTATIONS[activation](c, c, c, False, 1)[0] for c in np.array([[q], [r]])]
        (q,), (r,), k = (w[layer] * np.array(e) + v[layer] for e in (*own, value))
        theta = k + w[layer] * theta * slope
    options = dict(n_hidden_layers=2, activation=activation, weight_variance=w, bias_variance=v)
    assert neural_tangent_kernel([x], [y], **options).item() == pytest.approx(theta, rel=1e-7)
    nngp = network_gaussian_process_kernel([x], [y], **options).item()
    assert nngp == pytest.approx(k, rel=1e-7)


@pytest.mark.parametrize("depth", [1, 3])
def test_relu_by_the_formula_of_arc_cosines(depth):
    """Arora et al. 2019, section 3, with κ₀ and κ₁; neural-tangents 0.6.5 gave the same."""
    sigma = X @ X.T / 4
    norms = np.sqrt(np.diag(sigma))
    size = np.outer(norms, norms)
    theta = sigma
    for _ in range(depth):
        rho = np.clip(sigma / size, -1, 1)
        k0 = (np.pi - np.arccos(rho)) / np.pi
        sigma = size * (rho * (np.pi - np.arccos(rho)) + np.sqrt(1 - rho**2)) / np.pi
        theta = theta * k0 + sigma
    # The plain formula rounds angles near 0, where the cosine is flat.
    assert_allclose(neural_tangent_kernel(X, n_hidden_layers=depth), theta, rtol=1e-7)
    assert_allclose(network_gaussian_process_kernel(X, n_hidden_layers=depth), sigma, rtol=1e-7)


@both
def test_the_mean_of_random_networks_with_one_hidden_layer(activation):
    """At one hidden layer the mean is that of the limit at any width."""
    few, options = X[:5], dict(activation=activation, weight_variance=[1.5, 2], bias_variance=0.3)
    tangent, process = [], []
    for seed in range(400):
        network = random_network(4, [64], 1, random_state=seed, **options)
        J = network.parameter_jacobian(few)[:, 0]
        scores = network.scores(few)[:, 0]
        tangent.append(J @ J.T)
        process.append(np.outer(scores, scores))
    for kernel, draws in zip(KERNELS, (tangent, process), strict=True):
        error = np.std(draws, axis=0) / np.sqrt(len(draws))
        z = (np.mean(draws, axis=0) - kernel(few, **options)) / error
        assert np.abs(z).max() < 3.5
        # And the error is small: a factor of two somewhere would be seen.
        assert (error < 0.1 * np.abs(kernel(few, **options)).max()).all()


# -- what holds for every kernel ----------------------------------------------------------------


@both
@kernels
@pytest.mark.parametrize("depth", [0, 1, 4])
def test_symmetric_positive_and_the_same_in_parts(kernel, activation, depth, monkeypatch):
    kernel = partial(kernel, n_hidden_layers=depth, activation=activation, bias_variance=0.1)
    K = kernel(X)
    assert_array_equal(K, K.T)
    assert np.linalg.eigvalsh(K).min() > -1e-12 * K.max()
    assert_allclose(kernel(X, X.copy()), K, rtol=1e-7)
    assert_array_equal(kernel(X, X), K)
    assert_allclose(kernel(Y, X), kernel(X, Y).T, rtol=1e-13, atol=1e-15)
    assert_allclose(kernel(np.vstack([X, Y]))[30:, :30], kernel(Y, X), rtol=1e-13, atol=1e-15)
    turn = np.linalg.qr(RNG.normal(size=(4, 4)))[0]
    assert_allclose(kernel(X @ turn), K, rtol=1e-10)
    monkeypatch.setattr(module, "BLOCK", 70)  # two rows at a time
    assert_allclose(kernel(X), K, rtol=1e-13, atol=1e-15)
    assert_array_equal(kernel(X), kernel(X).T)


def test_without_hidden_layers_it_is_linear():
    for kernel in KERNELS:
        K = kernel(X, Y, n_hidden_layers=0, weight_variance=3, bias_variance=0.5)
        assert_allclose(K, 3 * X @ Y.T / 4 + 0.5)


@pytest.mark.parametrize("depth", [1, 3, 30])
def test_relu_keeps_lengths_and_the_tangent_kernel_counts_layers(depth):
    lengths = (X**2).mean(axis=1)
    assert_allclose(np.diag(network_gaussian_process_kernel(X, n_hidden_layers=depth)), lengths)
    K = neural_tangent_kernel(X, n_hidden_layers=depth)
    assert_allclose(np.diag(K), (depth + 1) * lengths)
    # Homogeneous in either point.
    assert_allclose(neural_tangent_kernel(3 * X, 5 * X, n_hidden_layers=depth), 15 * K, rtol=1e-6)


@kernels
def test_cosines_of_one_and_minus_one_and_the_origin(kernel):
    x = X[:1]
    points = np.vstack([x, x, 7 * x, -x, 0 * x])
    K = kernel(points)
    length = kernel(x).item()
    expected = length * np.array([1, 1, 7, 0, 0])
    if kernel is network_gaussian_process_kernel:
        assert_allclose(K[0], expected, atol=1e-15)
    assert_allclose(K[:3, :3], length * np.outer([1, 1, 7], [1, 1, 7]), rtol=1e-14)
    assert_allclose(K[0, 3], 0, atol=1e-15)  # where one is active, the other is not
    assert_array_equal(K[4], 0)
    for activation in ("relu", "erf"):
        K = kernel(1e6 * points, activation=activation, bias_variance=0.2, n_hidden_layers=3)
        assert np.isfinite(K).all()
        assert_allclose(K[0], K[1], rtol=1e-7)


def test_copies_among_many_columns_are_copies():
    wide = RNG.normal(size=(20, 3000))
    K = neural_tangent_kernel(wide, wide.copy(), n_hidden_layers=2)
    assert_allclose(np.diag(K), np.diag(neural_tangent_kernel(wide, n_hidden_layers=2)), rtol=1e-14)


def test_memory_is_that_of_the_result():
    many = np.random.default_rng(2).normal(size=(1500, 3))
    tracemalloc.start()
    K = neural_tangent_kernel(many, n_hidden_layers=3)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < K.nbytes + 15e6


def test_wrong_values_are_errors_that_say_what_to_give():
    with pytest.raises(ValueError, match="is none of erf, gelu"):
        neural_tangent_kernel(X, activation="elu")
    with pytest.raises(ValueError, match="n_hidden_layers=-1"):
        neural_tangent_kernel(X, n_hidden_layers=-1)
    with pytest.raises(ValueError, match="weight_variance has shape"):
        neural_tangent_kernel(X, weight_variance=[1, 2, 3])
    with pytest.raises(ValueError, match="not a variance"):
        neural_tangent_kernel(X, bias_variance=-1)
    with pytest.raises(ValueError, match="same features"):
        neural_tangent_kernel(X, Y[:, :2])
    with pytest.raises(ValueError, match="Y"):
        neural_tangent_kernel(X, np.full((2, 4), np.nan))


def test_as_the_kernel_of_a_support_vector_machine():
    labels = (X[:, 0] * X[:, 1] > 0).astype(int)
    kernel = partial(neural_tangent_kernel, n_hidden_layers=2, bias_variance=0.1)
    machine = pickle.loads(pickle.dumps(SVC(kernel=kernel, C=100).fit(X, labels)))
    given = SVC(kernel="precomputed", C=100).fit(kernel(X), labels)
    assert_array_equal(machine.predict(Y), given.predict(kernel(Y, X)))
    assert machine.score(X, labels) == 1


# -- the machines ------------------------------------------------------------------------------


def test_kernel_ridge_is_ridge_regression_and_leaves_out_exactly():
    rng = np.random.default_rng(3)
    features, y = rng.normal(size=(25, 4)) + 2, rng.normal(size=(25, 2))
    K = features @ features.T
    unit = ((features - features.mean(axis=0)) ** 2).sum(axis=1).mean()
    for ridge in (1e-3, 0.1, 2.0):
        # The kernel is rounded by eps of its norm, and the ridge is all that bounds its inverse.
        condition = 1 + np.linalg.norm(K, 2) / (ridge * unit)
        rounding = len(K) * np.finfo(float).eps * condition * np.abs(y).max()
        fit = kernel_ridge(K, y, ridge=ridge)
        oracle = Ridge(alpha=ridge * unit).fit(features, y)
        fitted = K @ fit.coefficients + fit.intercept
        assert_allclose(fitted, oracle.predict(features), rtol=1e-7, atol=1e-9)
        for i in (0, 7):
            rest = np.delete(np.arange(25), i)
            others = clone(oracle).fit(features[rest], y[rest])
            assert_allclose(
                fit.left_out[i], others.predict(features[[i]])[0], rtol=0, atol=rounding
            )
    chosen = kernel_ridge(K, y)
    errors = [np.mean((kernel_ridge(K, y, ridge=r).left_out - y) ** 2) for r in (1e-4, 1, 100)]
    assert np.mean((chosen.left_out - y) ** 2) <= min(errors)


def test_kernel_ridge_without_a_ridge_and_without_information():
    y = RNG.normal(size=(30, 1))
    K = neural_tangent_kernel(X)
    fit = kernel_ridge(K, y, ridge=0)
    assert_allclose(K @ fit.coefficients + fit.intercept, y, atol=1e-8)
    for ridge in (0, 1.0, "auto"):
        fit = kernel_ridge(np.ones((5, 5)), y[:5], ridge=ridge)
        assert_array_equal(fit.coefficients, 0)
        assert_allclose(fit.intercept, y[:5].mean())
        assert_allclose(fit.left_out[0], y[1:5].mean())
    assert kernel_ridge(np.ones((1, 1)), y[:1]).intercept == y[0]


def test_regressor():
    rng = np.random.default_rng(4)
    rows = rng.uniform(-1, 1, size=(150, 2)) * [1, 1000]  # units do not matter
    value = np.sin(3 * rows[:, 0]) * rows[:, 1] / 1000
    machine = NTKRegressor(n_hidden_layers=2).fit(rows[:100], value[:100])
    assert machine.score(rows[100:], value[100:]) > 0.98
    assert machine.left_out_.shape == (100,)
    # Two targets with a ridge that is given are two machines.
    two = NTKRegressor(ridge=0.01).fit(rows, np.column_stack([value, rows[:, 0]]))
    one = NTKRegressor(ridge=0.01).fit(rows, value)
    assert_allclose(two.predict(rows[:5])[:, 0], one.predict(rows[:5]))
    assert two.left_out_.shape == (150, 2)
    noisy = NTKRegressor().fit(rows, value + rng.normal(0, 0.5, 150))
    assert noisy.ridge_ > 10 * machine.ridge_


def test_the_regressor_without_a_ridge_is_where_a_wide_network_ends():
    """By definition of the tangent kernel: ridge 0 goes through all targets."""
    value = X[:, 0] ** 2
    machine = NTKRegressor(ridge=0, activation="erf").fit(X, value)
    assert_allclose(machine.predict(X), value, atol=1e-7)


def test_classifier():
    rng = np.random.default_rng(5)
    rows = rng.normal(size=(200, 2))
    ring = np.digitize(np.linalg.norm(rows, axis=1), [0.8, 1.5])
    names = np.array(["inner", "middle", "outer"])[ring]
    machine = NTKClassifier(n_hidden_layers=3).fit(rows, names)
    assert (
        machine.score(rng.permutation(rows), names)
        < 0.6
        < 0.9
        < np.mean(machine.left_out_ == names)
    )
    assert machine.decision_function(rows).shape == (200, 3)
    two = NTKClassifier().fit(rows, ring == 0)
    assert two.decision_function(rows).shape == (200,)
    assert_array_equal(two.predict(rows), two.decision_function(rows) > 0)
    with pytest.raises(ValueError, match="one class"):
        NTKClassifier().fit(rows, np.zeros(200))


@pytest.mark.parametrize("machine", [NTKClassifier(), NTKRegressor(standardize=False)])
def test_machines_forget_pickle_and_do_not_see_the_order(machine):
    target = (X[:, 0] > 0).astype(int)
    fitted = clone(machine).fit(X, target)
    order = np.random.default_rng(6).permutation(30)
    assert_allclose(
        clone(machine).fit(X[order], target[order]).predict(Y), fitted.predict(Y), atol=1e-6
    )
    again = clone(machine).fit(Y, np.arange(7) % 2).fit(X, target)
    assert_array_equal(again.predict(Y), fitted.predict(Y))
    frozen = Y.copy()
    frozen.flags.writeable = False
    assert_array_equal(pickle.loads(pickle.dumps(fitted)).predict(frozen), fitted.predict(Y))


def test_rows_that_are_all_equal_are_given_the_mean_of_the_targets():
    value = np.arange(20.0)
    for constant in (1.0, 0.1, 1e8, -3e-5):
        rows = np.full((20, 2), constant)
        for standardize in (True, False):
            for ridge in (1.0, 0, "auto"):
                options = {"ridge": ridge, "standardize": standardize}
                for activation in ("relu", "erf"):
                    machine = NTKRegressor(activation=activation, **options).fit(rows, value)
                    assert_allclose(machine.predict(rows[:1]), 9.5, rtol=1e-12)
                    # The mean of all others.
                    assert_allclose(machine.left_out_, (190 - value) / 19, rtol=1e-9)
    labels = np.repeat(["a", "b"], [13, 7])
    assert NTKClassifier().fit(np.full((20, 2), 0.1), labels).predict([[0.1, 0.1]]) == ["a"]
    three = np.repeat([0, 1, 2], [5, 9, 6])
    assert NTKClassifier(ridge=0).fit(np.full((20, 2), 0.1), three).predict([[5, 0.1]]) == [1]


def test_copies_of_rows_are_given_the_means_of_their_targets():
    rng = np.random.default_rng(0)
    rows = np.repeat(rng.normal(size=(4, 3)), 5, axis=0)
    value = rng.normal(size=20)
    machine = NTKRegressor(ridge=0).fit(rows, value)
    means = value.reshape(4, 5).mean(axis=1)
    assert_allclose(machine.predict(rows[::5]), means, rtol=1e-8)
    # Left out, a row is given the mean of its copies.
    others = (5 * np.repeat(means, 5) - value) / 4
    assert_allclose(machine.left_out_, others, rtol=1e-6)
    constant = np.column_stack([rows, np.full(20, 7.0)])
    assert_allclose(NTKRegressor(ridge=0).fit(constant, value).left_out_, others, rtol=1e-6)
    one = NTKRegressor().fit([[1.0, 2.0]], [3.0])
    assert one.predict([[1.0, 2.0], [0.0, 9.0]]).tolist() == [3.0, 3.0]
    with pytest.raises(ValueError, match="one class"):
        NTKClassifier().fit(rows, np.zeros(20))
