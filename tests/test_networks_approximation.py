"""Approximation by one hidden layer: theorems, constants, rates, and where depth beats width."""

import numpy as np
import pytest
from matplotlib.figure import Figure
from scipy.integrate import quad
from sklearn.neural_network import MLPRegressor

from tda.networks import (
    ApproximationTarget,
    approximation_curve,
    approximation_target,
    depth_separation,
    known_rates,
    sawtooth_network,
)
from tda.networks.approximation._approximation import fit_rate
from tda.networks.approximation._one_layer import _minus_gain, fit_widths
from tda.networks.approximation._targets import TARGETS
from tda.plot import plot_approximation


@pytest.fixture(scope="module")
def gaussian_curve():
    return approximation_curve("gaussian", widths=(8, 16, 32, 64), n_repeats=2, n_points=1024)


# What is known of the targets -----------------------------------------------------------------


@pytest.mark.parametrize("name", ["gaussian", "clipped", "cut", "wave"])
def test_second_derivatives_are_those_of_the_functions(name):
    target = approximation_target(name)
    x, h = np.linspace(-0.95, 0.95, 39), 1e-4
    x = x[np.abs(np.abs(x) - np.sqrt(1 / 3)) > 2 * h]
    at = [target((x + k * h)[:, None]) for k in (-1, 0, 1)]
    differences = (at[0] - 2 * at[1] + at[2]) / h**2
    np.testing.assert_allclose(target.second_derivative(x), differences, atol=1e-6)


def test_barron_norms_are_the_mean_frequency():
    # exp(-x²/4) is the mean of cos(w x) under a normal law of variance 1/2.
    def weight(w):
        return np.exp(-(w**2)) / np.sqrt(np.pi)

    x = 0.7
    value = quad(lambda w: np.cos(w * x) * weight(w), -10, 10)[0]
    assert approximation_target("gaussian")([[x]])[0] == pytest.approx(value)
    norm = quad(lambda w: abs(w) * weight(w), -10, 10, points=[0])[0]
    assert approximation_target("gaussian").barron_norm == pytest.approx(norm)
    # The frequencies of more axes are independent, and the cube takes the 1-norm.
    assert approximation_target("gaussian", 3).barron_norm == pytest.approx(3 * norm)
    for d in (1, 4):
        frequency = np.full(d, np.pi / 2 / d)
        wave = approximation_target("wave", d)
        assert wave([np.ones(d) / 2])[0] == pytest.approx(np.cos(frequency.sum() / 2))
        assert wave.barron_norm == pytest.approx(frequency.sum())


def test_spline_constants_of_a_parabola():
    # n segments for x² on an interval of length 1: L2 error 2/√720 n^-2, sup norm 1/8 n^-2.
    parabola = ApproximationTarget(
        "parabola", "smooth", 1, "x²", lambda X: X[:, 0] ** 2, np.nan, lambda x: 2.0 + 0 * x
    )
    of_l2, of_sup = parabola.spline_constants()
    # On [-1, 1] it is bent four times as much by the place in the interval.
    assert of_l2 == pytest.approx(4 * 2 / np.sqrt(720))
    assert of_sup == pytest.approx(4 * 2 / 16)
    assert np.isnan(approximation_target("gaussian", 2).spline_constants()).all()


def test_known_rates_meet_where_theory_is_complete():
    for d in (1, 2, 3, 5, 20):
        for name in TARGETS if d > 1 else set(TARGETS) - {"cone"}:
            for method in ("adaptive", "greedy", "random"):
                for rate in known_rates(approximation_target(name, d), method).values():
                    assert not rate.low > rate.high
    assert known_rates(approximation_target("gaussian"))["l2"].is_exact
    assert known_rates(approximation_target("cone", 2))["l2"].is_exact
    assert known_rates(approximation_target("wave", 7))["l2"].is_exact
    assert known_rates(approximation_target("gaussian", 3))["l2"].low == 1
    assert known_rates(approximation_target("cut", 2))["sup"].high == 0
    assert known_rates(approximation_target("gaussian", 3), activation="tanh")["l2"].low == 0.5


# Fits -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_gradient_of_the_gain_of_a_unit(activation):
    rng = np.random.RandomState(0)
    X, residual = rng.uniform(-1, 1, (4000, 2)), rng.normal(size=4000)
    basis = np.linalg.qr(np.column_stack([np.ones(4000), X[:, 0] ** 2]))[0]
    residual -= basis @ (basis.T @ residual)
    unit, h = np.array([0.7, -0.4, 0.1]), 1e-5
    value, gradient = _minus_gain(unit, X, basis, residual, activation)
    assert value < 0
    for k, step in enumerate(h * np.eye(3)):
        ends = [_minus_gain(unit + s * step, X, basis, residual, activation)[0] for s in (-1, 1)]
        assert gradient[k] == pytest.approx((ends[1] - ends[0]) / (2 * h), rel=1e-2)


def test_a_network_is_found_again():
    rng = np.random.RandomState(0)
    X = rng.uniform(-1, 1, (500, 2))
    y = np.maximum(X @ [0.6, 0.8] + 0.1, 0) - 2 * np.maximum(X @ [1.0, 0] - 0.3, 0) + 1
    greedy, adaptive = (
        fit_widths(X, y, [4], method=method, activation="relu", rng=np.random.RandomState(1))[0]
        for method in ("greedy", "adaptive")
    )
    errors = [np.abs(network.scores(X)[:, 0] - y).max() for network in (greedy, adaptive)]
    assert errors[1] < 1e-6 and errors[1] <= errors[0]


@pytest.mark.parametrize(
    ("name", "n_features", "activation"),
    [("cut", 1, "relu"), ("cone", 2, "relu"), ("gaussian", 2, "tanh")],
)
def test_the_error_of_the_fit_falls_with_the_width(name, n_features, activation):
    """A wider network holds the narrower ones, and starts from the best of them."""
    for seed in range(2):
        rng = np.random.RandomState(seed)
        X = rng.uniform(-1, 1, (300, n_features))
        y = approximation_target(name, n_features)(X)
        networks = fit_widths(X, y, range(1, 11), method="adaptive", activation=activation, rng=rng)
        errors = [np.mean((network.scores(X)[:, 0] - y) ** 2) for network in networks]
        # The projections are nested; their residuals are rounded.
        assert (np.diff(errors) <= 1e-6 * np.array(errors[:-1])).all()


def test_nothing_turns_off_at_the_ends():
    """No corner lies between the last point of the fit and the end, where nobody would see it."""
    curve = approximation_curve("gaussian", widths=(8, 32), n_repeats=4, n_points=512)
    ends = np.array([[-1.0], [1.0]])
    at_ends = np.abs(curve.networks[1].scores(ends)[:, 0] - curve.target(ends))
    assert (at_ends < 3 * curve.l2[0, 1]).all()
    assert (curve.sup[:, 1] < 5 * curve.l2[:, 1]).all()


def test_the_smooth_rate_on_a_line_is_that_of_theory(gaussian_curve):
    """Barrow and Smith 1978: the exponent is 2, and the constant is known too."""
    rate = gaussian_curve.rate_l2
    assert rate.known.is_exact and rate.known.low == 2
    assert rate.deviation <= 1, rate
    ratio = gaussian_curve.l2 / gaussian_curve.best_possible
    n = gaussian_curve.widths
    # With n units there are between n and n + 1 segments.
    assert (ratio > 0.98 * (n / (n + 1.0)) ** 2).all() and (ratio < 1.05).all()
    assert (gaussian_curve.l2 < gaussian_curve.barron_bound).all()
    assert gaussian_curve.rate_sup.known.low == 2
    assert gaussian_curve.rate_sup.exponent == pytest.approx(2, abs=0.2)


def test_random_corners_are_as_good_as_their_gaps():
    """Random corners on a line, by the law of the gaps between them.

    The best line for a segment of length h leaves f″² h⁵/720, and the fifth power of the n + 1
    gaps has the mean 5! n!/(n + 5)! (Dirichlet). Lines that have to meet leave more, but no more
    than the chords do, h⁵/120.
    """
    n = np.array([32, 64])
    curve = approximation_curve("gaussian", widths=n, method="random", n_repeats=40, n_points=1000)
    x = np.linspace(-1, 1, 10_001)
    bent = np.mean((4 * curve.target.second_derivative(x)) ** 2)
    least = bent / 720 * 120 / ((n + 2.0) * (n + 3) * (n + 4) * (n + 5))
    squares = curve.l2**2
    mean, error = squares.mean(axis=0), squares.std(axis=0) / np.sqrt(len(squares))
    assert (mean > least - 2 * error).all() and (mean < 6 * least + 2 * error).all()
    assert (curve.l2 > curve.best_possible).all()


def test_a_jump_takes_random_corners_down_to_one_half():
    curve = approximation_curve(
        "cut", widths=(8, 24, 72), method="random", n_repeats=15, n_points=2000
    )
    assert curve.rate_l2.known.low == 0.5 and curve.rate_l2.deviation < 2
    assert curve.rate_l2.exponent == pytest.approx(0.5, abs=0.1)
    jump = np.exp(-1 / 12)
    assert (curve.sup > 0.45 * jump).all()  # a continuous function is off by half of it
    assert abs(curve.rate_sup.exponent) < 0.1
    assert curve.resolution == pytest.approx(jump * np.sqrt(2 / 2000 / 6), rel=0.01)


def test_two_dimensions_lie_between_the_bounds():
    curve = approximation_curve(
        "gaussian", widths=(6, 12, 24), n_features=2, n_repeats=2, n_points=1024
    )
    assert str(curve.rate_l2.known) == "at least 1.25, at most 2"
    assert curve.rate_l2.deviation <= 1
    assert (curve.l2 < curve.barron_bound).all()
    assert (curve.sup >= curve.l2).all()
    greedy = approximation_curve(
        "gaussian", widths=(6, 12, 24), n_features=2, n_repeats=2, n_points=1024, method="greedy"
    )
    assert (curve.l2 <= greedy.l2 * 1.01).all()  # it goes on from there


def test_smooth_units_and_plain_callables():
    curve = approximation_curve(
        lambda X: np.sin(2 * X[:, 0]), widths=(2, 4), activation="tanh", n_points=500, n_repeats=1
    )
    assert curve.l2[0, 1] < 1e-3 and np.isnan(curve.best_possible).all()
    assert "unknown" in str(curve.rate_l2.known) and np.isnan(curve.rate_l2.standard_error)
    again = approximation_curve(
        lambda X: np.sin(2 * X[:, 0]), widths=(2, 4), activation="tanh", n_points=500, n_repeats=1
    )
    np.testing.assert_array_equal(curve.l2, again.l2)


def test_threads_change_nothing():
    one, two = (
        approximation_curve("wave", widths=(2, 4), n_points=500, n_repeats=2, n_jobs=n)
        for n in (1, 2)
    )
    np.testing.assert_array_equal(one.l2, two.l2)


def test_an_optimiser_of_all_weights_hides_the_rate(gaussian_curve):
    x = np.linspace(-1, 1, 500)[:, None]
    y = gaussian_curve.target(x)
    mlp = MLPRegressor(
        hidden_layer_sizes=[64], solver="lbfgs", alpha=0, max_iter=500, random_state=0
    ).fit(x, y)
    error = np.sqrt(np.mean((mlp.predict(x) - y) ** 2))
    assert error > 5 * gaussian_curve.l2[:, -1].max()


# The result -----------------------------------------------------------------------------------


def test_rate_of_a_power_law():
    widths, known = np.array([2, 4, 8]), known_rates(approximation_target("gaussian"))["l2"]
    errors = np.array([1.0, 2.0])[:, None] * widths**-1.5
    rate = fit_rate(widths, errors, known)
    assert rate.exponent == pytest.approx(1.5) and rate.standard_error == pytest.approx(0, abs=1e-9)
    rate = fit_rate(widths, np.array([widths**-1.0, widths**-2.0]), known)
    assert rate.exponent == pytest.approx(1.5) and rate.standard_error == pytest.approx(0.5)
    assert rate.deviation == pytest.approx(1)


def test_the_table_and_the_frame(gaussian_curve):
    text = str(gaussian_curve)
    assert "proved: 2 (free knots" in text and "Barron's bound" in text
    assert "best possible" in text
    frame = gaussian_curve.to_frame()
    assert frame.shape == (8, 2)
    assert frame.groupby("width")["l2"].mean().to_numpy() == pytest.approx(
        gaussian_curve.l2.mean(axis=0)
    )
    for network, width in zip(gaussian_curve.networks, gaussian_curve.widths, strict=True):
        assert network.weights[0].shape == (1, width)


def test_the_picture(gaussian_curve):
    ax = plot_approximation(gaussian_curve, ax=Figure().subplots(), title="one")
    assert ax.get_xscale() == ax.get_yscale() == "log" and ax.get_title() == "one"
    words = [text.get_text() for text in ax.get_legend().get_texts()]
    assert any("gaussian: 1.9" in word and "proved: 2" in word for word in words)
    assert any("Barron" in word for word in words)
    ax = plot_approximation([gaussian_curve] * 2, norm="sup", labels=["a", "b"], barron=False)
    assert len(ax.get_legend().get_texts()) == 2
    for wrong in ({"curves": []}, {"curves": [1]}, {"norm": "l1"}, {"labels": ["a", "b"]}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            plot_approximation(**({"curves": gaussian_curve} | wrong))


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"X": 3}, "a callable, or one of"),
        ({"X": "step"}, "none of gaussian"),
        ({"X": "cone"}, "n_features=2"),
        ({"X": lambda X: X}, "one finite number per row"),
        ({"X": lambda X: np.full(len(X), np.nan)}, "finite"),
        ({"widths": [4]}, "two integers"),
        ({"widths": [0, 4]}, "two integers"),
        ({"widths": [1.5, 4]}, "two integers"),
        ({"method": "best"}, "method='best'"),
        ({"activation": "sine"}, "activation='sine'"),
        ({"n_points": 9}, "n_points=9"),
        ({"n_repeats": 0}, "n_repeats=0"),
        ({"n_features": 0}, "n_features=0"),
        ({"y": (8, 16)}, "give widths by name"),
        ({"depths": (1, 2)}, "depths="),
        ({"X": np.ones((9, 1))}, "without y"),
    ],
)
def test_errors_name_the_parameter(wrong, words):
    options = {"X": "gaussian", "widths": (2, 4)} | wrong
    with pytest.raises(ValueError, match=words):
        approximation_curve(**options)


# Depth ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("deep", [True, False])
@pytest.mark.parametrize("n_folds", [1, 2, 5, 10])
def test_sawtooths_are_exact(n_folds, deep):
    rng = np.random.default_rng(0)
    x = rng.integers(0, 2**30 + 1, 500) / 2**30  # exact in floats, folded or not
    truth = x
    for _ in range(n_folds):
        truth = 1 - np.abs(1 - 2 * truth)
    network = sawtooth_network(n_folds, deep=deep)
    np.testing.assert_allclose(network.scores(x[:, None])[:, 0], truth, rtol=0, atol=1e-9)
    units = sum(w.shape[1] for w in network.weights[:-1])
    assert units == (2 * n_folds if deep else 2**n_folds)


def test_depth_beats_width():
    result = depth_separation((2, 5, 8))
    assert (result.deep_error < 1e-12).all()
    np.testing.assert_array_equal(result.shallow_units, [3, 31, 255])
    assert result.shallow_error[0] < 1e-6  # four units are enough for four pieces
    assert (result.shallow_error >= result.shallow_bound).all()
    assert result.shallow_error[-1] > 0.9 * np.sqrt(1 / 12)  # hardly better than a constant
    assert result.to_frame().loc[8, "deep_units"] == 16
    assert "255 units" in str(result)
    with pytest.raises(ValueError, match="n_folds"):
        depth_separation([0])
    with pytest.raises(ValueError, match="n_folds=21"):
        sawtooth_network(21, deep=False)
