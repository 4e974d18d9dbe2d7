"""Width and depth on data: nested starts, held-out rows, noise, and verdicts."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import load_digits
from sklearn.linear_model import LinearRegression

from tda.networks import approximation_curve, random_network
from tda.networks.approximation._data_curve import _objective, widen

RNG = np.random.default_rng(0)
X = RNG.uniform(-2, 2, size=(240, 2))
NOISE = 0.2
Y = np.sin(2 * X[:, 0]) + X[:, 1] ** 2 + NOISE * RNG.normal(size=240)


@pytest.fixture(scope="module")
def table():
    return approximation_curve(X, Y, widths=(1, 4, 16, 64), depths=(1, 2), weight_decay=1e-3)


@pytest.mark.parametrize("activation", ["relu", "tanh"])
@pytest.mark.parametrize("depth", [1, 3])
def test_a_widened_network_gives_the_same(activation, depth):
    sizes = dict(activation=activation, parametrization="standard", random_state=0)
    narrow = random_network(2, [3] * depth, 2, **sizes)
    wide = random_network(2, [7] * depth, 2, **sizes)
    widened = widen(narrow, wide)
    assert [w.shape for w in widened.weights] == [w.shape for w in wide.weights]
    assert_allclose(widened.scores(X), narrow.scores(X), atol=1e-12)


def test_the_gradient_of_the_objective_by_differences():
    network = random_network(2, [4], activation="tanh", bias_variance=0.3, random_state=0)
    value, slope = _objective(network, X, Y, 0.1)
    h, at = 1e-6, network.parameters
    found = [
        _objective(network.with_parameters(at + step), X, Y, 0.1)[0] - value
        for step in h * np.eye(len(at))
    ]
    assert_allclose(np.array(found) / h, slope, rtol=1e-4, atol=1e-4)


def test_what_training_lowers_never_rises_with_the_width(table):
    assert (np.diff(table.objective, axis=2) <= 1e-12).all()
    free = approximation_curve(X, Y, widths=(2, 3, 5), weight_decay=0.0, n_repeats=2)
    assert (np.diff(free.train, axis=2) <= 1e-9).all()  # without a penalty it is the error itself


def test_held_out_errors_come_down_to_the_noise(table):
    best = table.held_out.mean(axis=0).min()
    assert NOISE * 0.9 < best < 1.8 * NOISE
    assert table.held_out[:, 0, 0].mean() > 2 * best  # one unit is too few
    assert table.constant == pytest.approx(Y.std(), rel=0.05)
    assert table.task == "regression" and np.isnan(table.accuracy).all()
    _, width = table.best
    assert width > 1 and f"of {width};" in table.verdict
    gain, error = table.depth_gain(2)
    one, two = (table.held_out[:, i] for i in (0, 1))
    one, two = one[:, one.mean(axis=0).argmin()], two[:, two.mean(axis=0).argmin()]
    assert gain == pytest.approx((one - two).mean())
    assert error == pytest.approx((one - two).std(ddof=1) / np.sqrt(3))


def test_the_picture(table):
    from tda.plot import plot_approximation

    ax = plot_approximation(table, title="width and depth")
    names = [text.get_text() for text in ax.get_legend().get_texts()]
    assert "depth 2, held out" in names and "a constant" in names
    assert ax.get_ylabel() == "root mean squared error"


def test_a_line_is_learned_as_well_as_by_least_squares():
    rows = RNG.normal(size=(90, 3))
    y = 100 + rows @ [3.0, -2.0, 1.0] + 0.5 * RNG.normal(size=90)
    found = approximation_curve(rows, y, widths=(1, 2), weight_decay=0.0, activation="tanh")
    line = LinearRegression().fit(rows, y)
    left = np.sqrt(np.mean((y - line.predict(rows)) ** 2))
    assert found.train[:, 0, 0].mean() == pytest.approx(left, rel=0.15)  # in the unit of y


def test_noise_is_not_learned_and_that_is_said():
    rows, y = RNG.normal(size=(60, 4)), RNG.normal(size=60)
    found = approximation_curve(rows, y, widths=(4, 32), weight_decay=1e-5)
    assert found.train[:, 0, 1].mean() < 0.2 * y.std() < found.constant < found.held_out.mean()
    assert "No size learns anything" in found.verdict


def test_classes_of_any_name_and_their_accuracy():
    digits, labels = load_digits(return_X_y=True)
    digits, labels = digits[labels < 3][:150], np.array(["no", "one", "two"])[labels[labels < 3]]
    found = approximation_curve(digits, labels[:150], widths=(1, 8), n_repeats=2)
    assert found.task == "classification" and found.accuracy[:, 0, 1].min() > 0.9
    assert found.constant == pytest.approx(np.log(3), rel=0.02)
    assert found.n_parameters.tolist() == [[65 + 6, 8 * 65 + 27]]
    whole = approximation_curve(X, np.arange(240) % 2, widths=(1, 2), n_repeats=2)
    assert whole.task == "classification"
    values = approximation_curve(
        X, np.arange(240) % 2, widths=(1, 2), n_repeats=2, task="regression"
    )
    assert values.task == "regression" and values.constant == pytest.approx(0.5, rel=0.02)


def test_the_same_numbers_again_on_threads_and_from_lists_and_columns():
    how = dict(widths=(1, 3), n_repeats=2, random_state=3)
    one = approximation_curve(X[:60], Y[:60], **how)
    two = approximation_curve(X[:60].tolist(), Y[:60, None], **how, n_jobs=2)
    assert_array_equal(one.held_out, two.held_out)
    constant = np.column_stack([X[:60], np.ones(60)])
    three = approximation_curve(constant, Y[:60], **how)
    assert np.isfinite(three.held_out).all()
    level = approximation_curve(X[:60], np.full(60, 2.5), **how)
    assert level.held_out.max() < 1e-3 and level.constant == 0


@pytest.mark.parametrize(
    "wrong, words",
    [
        ({"y": Y[:5]}, r"y has shape \(5,\), but X has 240"),
        ({"y": np.where(np.arange(240) == 3, np.nan, Y)}, "y holds NaN"),
        ({"y": np.full(240, "a")}, "y holds one class"),
        ({"y": np.arange(240) == 0}, "a class has 1 row"),
        ({"task": "ranking"}, "task='ranking'"),
        ({"depths": (0, 1)}, "depths="),
        ({"weight_decay": -1}, "weight_decay=-1"),
        ({"n_repeats": 1}, "n_repeats=1"),
        ({"X": np.full((240, 2), np.nan)}, "X"),
    ],
)
def test_errors_name_the_parameter(wrong, words):
    with pytest.raises(ValueError, match=words):
        approximation_curve(**{"X": X, "y": Y, "widths": (1, 2)} | wrong)
