"""Kernels of wide networks: smooth activations, convolutions, many rows, probabilities."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import log_softmax
from sklearn.datasets import load_digits, load_wine
from sklearn.metrics import log_loss
from sklearn.model_selection import cross_val_predict

from tda.networks import (
    NTKClassifier,
    NTKRegressor,
    convolutional_gaussian_process_kernel,
    convolutional_tangent_kernel,
    empirical_tangent_kernel,
    kernel_ridge,
    network_gaussian_process_kernel,
    neural_tangent_kernel,
    random_network,
)
from tda.networks.kernel import _convolutional, _machines
from tda.networks.kernel._expectations import EXPECTATIONS, SERIES
from tda.networks.model._activation import ACTIVATIONS

RNG = np.random.default_rng(0)
#: A grid whose sums are normal means, to rounding.
Z = np.linspace(-9, 9, 1201)
DENSITY = np.exp(-(Z**2) / 2) * (Z[1] - Z[0]) / np.sqrt(2 * np.pi)

# -- smooth activations -----------------------------------------------------------------------


@pytest.mark.parametrize("name", [*SERIES, "identity", "erf"])
@pytest.mark.parametrize("q, r, rho", [(1, 1, 0.3), (0.2, 3, -0.8), (4, 2, 0.97), (9, 9, -1)])
def test_expectations_are_the_integrals(name, q, r, rho):
    size = np.sqrt(q * r)
    value, slope = EXPECTATIONS[name](
        np.array([[rho * size]]), np.array([[float(q)]]), np.array([[float(r)]]), True, 1
    )
    one, other = np.sqrt(q) * Z[:, None], np.sqrt(r) * (rho * Z[:, None] + np.sqrt(1 - rho**2) * Z)
    for found, function in ((value, ACTIVATIONS[name][0]), (slope, ACTIVATIONS[name][1])):
        exact = DENSITY @ (function(one) * function(other)) @ DENSITY
        if rho == -1 and name == "erf":
            continue  # infinite slope of the arcsine at its end: half of the digits
        assert_allclose(found[0, 0], exact, rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("name", SERIES)
def test_derivatives_of_activations_by_differences(name):
    value, slope, bend = ACTIVATIONS[name]
    z, h = np.linspace(-4, 4, 33), 1e-5
    assert_allclose((value(z + h) - value(z - h)) / (2 * h), slope(z), atol=1e-9)
    assert_allclose((slope(z + h) - slope(z - h)) / (2 * h), bend(z), atol=1e-9)


@pytest.mark.parametrize("name", ["gelu", "sin", "tanh"])
def test_wide_networks_have_the_kernel_of_the_series(name):
    X = RNG.normal(size=(6, 4))
    how = {"activation": name, "weight_variance": [1.0, 1.5, 0.8], "bias_variance": 0.2}
    exact = neural_tangent_kernel(X, n_hidden_layers=2, **how)
    found = [
        empirical_tangent_kernel(random_network(4, [1500, 1500], random_state=seed, **how), X)
        for seed in range(4)
    ]
    assert_allclose(np.mean(found, axis=0), exact, atol=0.05 * exact.max())
    whole = network_gaussian_process_kernel(X, n_hidden_layers=2, **how)
    assert np.linalg.eigvalsh(whole).min() > -1e-10
    assert_allclose(neural_tangent_kernel(X, X + 0.0, n_hidden_layers=2, **how), exact, rtol=1e-9)


# -- convolutions -------------------------------------------------------------------------------


def pixel_by_pixel(x, y, layers, size, activation, circular, average):
    """The recursion with loops over pixels: tangent kernel of two images (c, h, w)."""
    c, h, w = x.shape
    expect = EXPECTATIONS[activation]

    def step(K, T, variance, bias):
        moved = np.zeros_like(K), np.zeros_like(K)
        for place in np.ndindex(K.shape):
            for di in range(-(size // 2), size // 2 + 1):
                for dj in range(-(size // 2), size // 2 + 1):
                    at = np.array(place) + [di, dj, di, dj]
                    if circular:
                        at %= (h, w, h, w)
                    if (at < 0).any() or (at >= (h, w, h, w)).any():
                        continue
                    moved[0][place] += K[tuple(at)]
                    moved[1][place] += T[tuple(at)]
        K = variance / size**2 * moved[0] + bias
        return K, variance / size**2 * moved[1] + K

    def all_layers(x, y, own_x, own_y):
        K, kept = np.einsum("cij,ckl->ijkl", x, y) / c, []
        T = np.zeros_like(K)
        for depth, (variance, bias) in enumerate(layers[:-1]):
            if depth:
                q = own_x[depth - 1][:, :, None, None] if own_x else diagonal(K)[:, :, None, None]
                r = own_y[depth - 1][None, None] if own_y else diagonal(K)[None, None]
                K, slope = expect(K, q, r, True, 100)
                T = T * slope
            K, T = step(K, T, variance, bias)
            kept.append(diagonal(K))
        q = (own_x or kept)[-1][:, :, None, None]
        r = (own_y or kept)[-1][None, None]
        K, slope = expect(K, q, r, True, 100)
        return K, T * slope, kept

    def diagonal(K):
        return np.einsum("ijij->ij", K)

    own_x, own_y = (all_layers(z, z, None, None)[2] for z in (x, y))
    K, T, _ = all_layers(x, y, own_x, own_y)
    if not average:
        K, T = diagonal(K), diagonal(T)
    variance, bias = layers[-1]
    return variance * T.mean() + variance * K.mean() + bias


@pytest.mark.parametrize("pooling", ["average", "none"])
@pytest.mark.parametrize("padding", ["zeros", "circular"])
@pytest.mark.parametrize("activation, size", [("relu", 3), ("erf", 5)])
def test_convolutions_by_loops_over_pixels(pooling, padding, activation, size):
    images = RNG.normal(size=(2, 2, 4, 3))
    layers = [(1.3, 0.2), (1.7, 0.1), (0.9, 0.3)]
    found = convolutional_tangent_kernel(
        images,
        n_hidden_layers=2,
        filter_size=size,
        pooling=pooling,
        padding=padding,
        activation=activation,
        weight_variance=[w for w, _ in layers],
        bias_variance=[v for _, v in layers],
    )
    for i, j in ((0, 0), (0, 1), (1, 1)):
        expected = pixel_by_pixel(
            images[i], images[j], layers, size, activation, padding == "circular", pooling[0] == "a"
        )
        assert_allclose(found[i, j], expected, rtol=1e-6)
    assert_array_equal(found, found.T)


@pytest.mark.parametrize("pooling", ["average", "none"])
def test_wide_random_convolutional_networks_have_the_kernel(pooling):
    """Monte Carlo: torch networks, their parameters standard normal, by autograd."""
    torch = pytest.importorskip("torch")
    nn, F = torch.nn, torch.nn.functional
    images = RNG.normal(size=(3, 2, 4, 4))
    width, w, v = 192, (1.0, 2.0, 1.5), 0.1

    class Wide(nn.Module):
        def __init__(self, seed):
            super().__init__()
            torch.manual_seed(seed)
            sizes = [(width, 2, 3, 3), (width, width, 3, 3)]
            sizes.append((1, width * (1 if pooling == "average" else 16)))
            self.weights = nn.ParameterList([torch.randn(size) for size in sizes])
            self.biases = nn.ParameterList([torch.randn(size[0]) for size in sizes])

        def forward(self, x):
            for layer in range(2):
                weight, bias = self.weights[layer], self.biases[layer]
                scale = (w[layer] / weight[0].numel()) ** 0.5
                x = torch.relu(F.conv2d(x, scale * weight, v**0.5 * bias, padding=1))
            x = x.mean(dim=(2, 3)) if pooling == "average" else x.flatten(1)
            weight, bias = self.weights[2], self.biases[2]
            return F.linear(x, (w[2] / weight[0].numel()) ** 0.5 * weight, v**0.5 * bias)

    exact = convolutional_tangent_kernel(
        images, pooling=pooling, weight_variance=w, bias_variance=v
    )
    prior = convolutional_gaussian_process_kernel(
        images, pooling=pooling, weight_variance=w, bias_variance=v
    )
    found = np.array([empirical_tangent_kernel(Wide(seed), images) for seed in range(12)])
    error = found.std(axis=0, ddof=1) / np.sqrt(len(found))
    assert error.max() < 0.05 * exact.max()
    assert (np.abs(found.mean(axis=0) - exact) < 4.5 * error + 0.01 * exact.max()).all()
    with torch.no_grad():
        x = torch.tensor(images, dtype=torch.float32)
        scores = np.array([Wide(seed)(x).numpy()[:, 0] for seed in range(300)])
    noise = np.sqrt((prior**2 + np.outer(np.diag(prior), np.diag(prior))) / len(scores))
    assert (np.abs(scores.T @ scores / len(scores) - prior) < 4.5 * noise).all()


def test_the_mean_over_the_image_does_not_see_shifts_that_go_around():
    images = RNG.normal(size=(3, 6, 5))
    moved = np.stack([np.roll(image, k, axis=(0, 1)) for k, image in enumerate(images)])
    one, other = (
        convolutional_tangent_kernel(images, Y, padding="circular") for Y in (images + 0.0, moved)
    )
    assert_allclose(one, other, rtol=1e-10)
    whole = convolutional_tangent_kernel(images, moved, padding="circular", pooling="none")
    assert not np.allclose(whole, convolutional_tangent_kernel(images, padding="circular"))


def test_a_filter_of_one_pixel_is_a_network_of_pixels_and_one_pixel_is_the_dense_one():
    rows = RNG.normal(size=(6, 3))
    dense = neural_tangent_kernel(rows, n_hidden_layers=2, bias_variance=0.1)
    images = rows[:, :, None, None]  # one pixel of three channels
    for pooling in ("average", "none"):
        how = {"filter_size": 1, "pooling": pooling, "bias_variance": 0.1}
        assert_allclose(convolutional_tangent_kernel(images, **how), dense, rtol=1e-9)


def test_blocks_change_nothing(monkeypatch):
    X, Y = RNG.normal(size=(7, 4, 4)), RNG.normal(size=(5, 4, 4))
    whole = convolutional_tangent_kernel(X), convolutional_tangent_kernel(X, Y)
    monkeypatch.setattr(_convolutional, "BLOCK", 700)
    assert_allclose(convolutional_tangent_kernel(X), whole[0], rtol=1e-12)
    assert_allclose(convolutional_tangent_kernel(X, Y), whole[1], rtol=1e-12)
    assert np.linalg.eigvalsh(whole[0]).min() > 0


@pytest.mark.parametrize(
    "wrong, words",
    [
        ({"X": np.zeros((2, 9))}, r"X has shape \(2, 9\): give images"),
        ({"X": np.full((1, 2, 2), np.nan)}, "X holds NaN"),
        ({"X": np.full((1, 2, 2), 1e200)}, "X holds values up to 1e.200, whose squares overflow"),
        ({"Y": np.zeros((1, 3, 4))}, "X has images of shape"),
        ({"filter_size": 2}, "filter_size=2"),
        ({"pooling": "max"}, "pooling='max'"),
        ({"padding": "same"}, "padding='same'"),
        ({"activation": "elu"}, "activation='elu'"),
        ({"n_hidden_layers": -1}, "n_hidden_layers=-1"),
        ({"weight_variance": [1.0]}, "weight_variance"),
    ],
)
def test_what_is_wrong_is_named(wrong, words):
    with pytest.raises(ValueError, match=words):
        convolutional_tangent_kernel(**{"X": np.zeros((2, 3, 3))} | wrong)


# -- machines -----------------------------------------------------------------------------------


def test_convolutions_know_digits_that_moved():
    X, y = load_digits(return_X_y=True)
    X, y = X[y < 4].reshape(-1, 8, 8)[:80] / 16, y[y < 4][:80]
    moved = np.roll(X[40:], 2, axis=2).reshape(40, 64)
    train, labels = X[:40].reshape(40, 64), y[:40]
    dense = NTKClassifier(n_hidden_layers=2).fit(train, labels).score(moved, y[40:])
    conv = NTKClassifier(n_hidden_layers=2, image_shape=(8, 8)).fit(train, labels)
    assert conv.score(moved, y[40:]) > dense + 0.15
    assert conv.scaler_.n_features_in_ == 1


def test_image_shapes_that_do_not_fit_are_refused():
    X, y = np.zeros((4, 6)), [0, 1, 0, 1]
    for shape, words in (((2, 2), "has 4 value"), ((6,), "give"), ((2.0, 3), "give")):
        with pytest.raises(ValueError, match=f"image_shape=.*{words}"):
            NTKClassifier(image_shape=shape).fit(X, y)


def test_all_rows_as_landmarks_are_the_whole_kernel():
    X = RNG.normal(size=(60, 3))
    y = np.sin(X[:, :1]) + 0.1 * RNG.normal(size=(60, 1))
    K = neural_tangent_kernel(X, bias_variance=0.1)
    for ridge in (0.05, "auto"):
        whole = kernel_ridge(K, y, ridge=ridge)
        found = _machines.landmark_ridge(
            lambda X, Y=None: neural_tangent_kernel(X, Y, bias_variance=0.1), X, X, y, ridge=ridge
        )
        assert found.ridge == pytest.approx(whole.ridge)
        assert_allclose(found.left_out, whole.left_out, rtol=1e-5, atol=1e-6)
        assert_allclose(
            K @ found.coefficients + found.intercept,
            K @ whole.coefficients + whole.intercept,
            rtol=1e-6,
            atol=1e-7,
        )


def test_landmarks_leave_out_exactly_and_are_nearly_as_good(monkeypatch):
    monkeypatch.setattr(_machines, "ROWS", 50)
    X = RNG.normal(size=(120, 3))
    y = np.sin(2 * X[:, 0]) + 0.1 * RNG.normal(size=120)
    machine = NTKRegressor(n_landmarks=40, random_state=0, ridge=0.01, standardize=False).fit(X, y)
    assert machine.cloud_.shape == (40, 3)
    # Without a row, the same landmarks and the same ridge in its own units.
    kernel = lambda X, Y=None: neural_tangent_kernel(X, Y, bias_variance=0.1)  # noqa: E731
    features = kernel(X, machine.cloud_)
    values, vectors = np.linalg.eigh(kernel(machine.cloud_))
    features = features @ vectors / np.sqrt(values)
    unit = ((features - features.mean(axis=0)) ** 2).sum() / len(X)
    for i in (0, 57, 119):
        kept = np.arange(120) != i
        A = features[kept] - features[kept].mean(axis=0)
        b = y[kept] - y[kept].mean()
        weights = np.linalg.solve(A.T @ A + 0.01 * unit * np.eye(40), A.T @ b)
        alone = (features[i] - features[kept].mean(axis=0)) @ weights + y[kept].mean()
        assert machine.left_out_[i] == pytest.approx(alone, abs=1e-5)
    X, test = RNG.normal(size=(400, 3)), RNG.normal(size=(200, 3))
    y, truth = np.sin(X[:, 0]) + 0.1 * RNG.normal(size=400), np.sin(test[:, 0])
    whole = NTKRegressor(n_landmarks=None).fit(X, y)
    few = NTKRegressor(n_landmarks=80, random_state=0).fit(X, y)
    assert few.score(test, truth) > whole.score(test, truth) - 0.05


def test_many_rows_are_fitted_by_landmarks_of_their_own_accord(monkeypatch):
    monkeypatch.setattr(_machines, "ALL_ROWS", 100)
    monkeypatch.setattr(_machines, "LANDMARKS", 30)
    X = RNG.normal(size=(101, 2))
    labels = np.where(X[:, 0] * X[:, 1] > 0, "same", "other")
    machine = NTKClassifier(random_state=0).fit(X, labels)
    assert len(machine.cloud_) == 30 and len(machine.left_out_) == 101
    assert len(NTKClassifier().fit(X[:100], labels[:100]).cloud_) == 100
    assert machine.score(X, labels) > 0.85
    equal = NTKRegressor(n_landmarks=5, random_state=0).fit(np.ones((20, 2)), np.arange(20.0))
    assert_allclose(equal.predict(np.ones((1, 2))), 9.5)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_probabilities_agree_with_predictions_and_are_calibrated(n_classes):
    X, y = load_wine(return_X_y=True)
    X, y = X[y < n_classes][:, :4], np.array(["a", "b", "c"])[y[y < n_classes]]
    machine = NTKClassifier().fit(X, y)
    probabilities = machine.predict_proba(X)
    assert probabilities.shape == (len(X), n_classes)
    assert_allclose(probabilities.sum(axis=1), 1)
    assert_array_equal(machine.classes_[probabilities.argmax(axis=1)], machine.predict(X))
    # On rows that were not fitted, no other slope would have been much better.
    scores = cross_val_predict(NTKClassifier(), X, y, cv=5, method="decision_function")
    scores = np.column_stack([-scores, scores]) if n_classes == 2 else scores
    codes = np.searchsorted(machine.classes_, y)
    losses = [
        -log_softmax(slope * scores, axis=1)[np.arange(len(y)), codes].mean()
        for slope in machine.slope_ * np.geomspace(0.2, 5, 21)
    ]
    given = cross_val_predict(NTKClassifier(), X, y, cv=5, method="predict_proba")
    assert log_loss(y, given) < min(losses) + 0.03
    assert log_loss(y, given) < 0.8 * np.log(n_classes)


def test_classes_that_are_apart_have_probabilities_below_one():
    X = np.concatenate([np.zeros((10, 1)), np.ones((10, 1))]) + 0.01 * RNG.normal(size=(20, 1))
    machine = NTKClassifier().fit(X, np.repeat([0, 1], 10))
    top = machine.predict_proba(X).max(axis=1)
    assert (top > 0.8).all() and (top < 0.999).all()


def test_kernel_ridge_refuses_what_does_not_fit_together():
    for K, y in [
        (np.eye(3), np.ones(3)),
        (np.eye(3), np.ones((2, 1))),
        (np.ones((2, 3)), np.ones((2, 1))),
    ]:
        with pytest.raises(ValueError, match="give a square kernel"):
            kernel_ridge(K, y)
    with pytest.raises(ValueError, match="holds NaN"):
        kernel_ridge(np.eye(3), np.full((3, 1), np.nan))
    with pytest.raises(ValueError, match=r"y holds one class, 0\.0: give"):
        NTKClassifier().fit(np.eye(3), np.zeros(3))
