"""Empirical kernels, their spectrum, and training curves that they predict."""

import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.neural_network import MLPClassifier, MLPRegressor

from tda.networks import (
    DenseNetwork,
    TrainingComparison,
    as_network,
    compare_initializations,
    compare_steps,
    empirical_tangent_kernel,
    gradient_descent,
    initial_variances,
    linearized_training,
    loss_sharpness,
    neural_tangent_kernel,
    random_network,
    tangent_spectrum,
)
from tda.networks.kernel import _empirical as empirical_module
from tda.networks.kernel import _linearized as linearized_module

RNG = np.random.default_rng(0)
X = RNG.normal(size=(20, 3))
Y = RNG.normal(size=(6, 3))
VALUE = np.sin(2 * X[:, 0]) + X[:, 1] * X[:, 2]
TWO = np.column_stack([VALUE, X[:, 0] ** 2])


def network(n_outputs=1, hidden=(7, 6), *, activation="erf", seed=0, **kwargs):
    kwargs = dict(weight_variance=1.5, bias_variance=0.2, random_state=seed) | kwargs
    return random_network(3, hidden, n_outputs, activation=activation, **kwargs)


def wide(width=4000, activation="erf", seed=0):
    return network(1, [width], activation=activation, seed=seed)


def linear(n_outputs=1, link="identity"):
    """No hidden layer: its own linearisation."""
    return DenseNetwork(
        (RNG.normal(size=(3, n_outputs)),), (RNG.normal(size=n_outputs),), link=link
    )


def fitted(kind, y):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return kind(hidden_layer_sizes=(5, 4), activation="tanh", max_iter=20, random_state=0).fit(
            X, y
        )


# -- the empirical kernel ----------------------------------------------------------------------


def by_differences(model, rows, step=1e-5):
    """J Jᵀ with central differences of the scores by every parameter."""
    at, columns = model.parameters, []
    for k in range(len(at)):
        e = np.zeros(len(at))
        e[k] = step
        ahead, behind = (model.with_parameters(at + sign * e).scores(rows) for sign in (1, -1))
        columns.append((ahead - behind).ravel() / (2 * step))
    J = np.column_stack(columns)
    return J @ J.T


@pytest.mark.parametrize(
    "model",
    [
        *(network(3, activation=name) for name in ("erf", "identity", "logistic", "relu", "tanh")),
        network(2, [9], parametrization="standard"),
        fitted(MLPRegressor, TWO),
        fitted(MLPClassifier, np.arange(20) % 3),
    ],
    ids=["erf", "identity", "logistic", "relu", "tanh", "standard", "regressor", "classifier"],
)
def test_empirical_kernel_by_finite_differences(model):
    K = empirical_tangent_kernel(model, X)
    expected = by_differences(as_network(model), X)
    assert_allclose(K, expected, rtol=1e-6, atol=1e-6 * np.abs(K).max())
    J = as_network(model).parameter_jacobian(X)
    J = J.reshape(-1, J.shape[-1])
    assert_allclose(K, J @ J.T, rtol=1e-10, atol=1e-13 * np.abs(K).max())
    assert_array_equal(K, K.T)


def test_of_several_outputs_and_of_other_points():
    model = network(3)
    K = empirical_tangent_kernel(model, X).reshape(20, 3, 20, 3)
    mean = empirical_tangent_kernel(model, X, outputs="mean")
    assert_allclose(mean, np.einsum("ikjk->ij", K) / 3)
    assert_array_equal(mean, mean.T)
    both = empirical_tangent_kernel(model, np.vstack([X, Y])).reshape(26, 3, 26, 3)
    other = empirical_tangent_kernel(model, Y, X).reshape(6, 3, 20, 3)
    assert_allclose(other, both[20:, :, :20], rtol=1e-12, atol=1e-14)
    other = empirical_tangent_kernel(model, Y, X, outputs="mean")
    assert_allclose(other, np.einsum("ikjk->ij", both[20:, :, :20]) / 3)
    one = network(1)
    assert_allclose(
        empirical_tangent_kernel(one, X), empirical_tangent_kernel(one, X, outputs="mean")
    )
    with pytest.raises(ValueError, match="outputs="):
        empirical_tangent_kernel(one, X, outputs="sum")


@pytest.mark.parametrize("outputs", ["all", "mean"])
def test_empirical_kernel_of_torch(outputs, monkeypatch):
    torch = pytest.importorskip("torch")
    mlp = fitted(MLPRegressor, TWO)
    module = torch.nn.Sequential(
        torch.nn.Linear(3, 5), torch.nn.Tanh(), torch.nn.Linear(5, 4), torch.nn.Tanh()
    )
    module.append(torch.nn.Linear(4, 2))
    module.double()
    with torch.no_grad():
        for layer, w, b in zip(module[::2], mlp.coefs_, mlp.intercepts_, strict=True):
            layer.weight.copy_(torch.tensor(w.T))
            layer.bias.copy_(torch.tensor(b))
    expected = empirical_tangent_kernel(mlp, X, outputs=outputs)
    across = empirical_tangent_kernel(mlp, Y, X, outputs=outputs)
    for budget in (1 << 25, 1000):  # at once, and a few rows at a time
        monkeypatch.setattr(empirical_module, "BUDGET", budget)
        K = empirical_tangent_kernel(module, X, outputs=outputs)
        assert_allclose(K, expected, rtol=1e-9, atol=1e-12)
        assert_array_equal(K, K.T)
        K = empirical_tangent_kernel(module, Y, X, outputs=outputs)
        assert_allclose(K, across, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("activation", ["relu", "erf"])
def test_deep_wide_networks_have_the_kernel_of_the_limit(activation):
    """The Monte-Carlo mean within its standard error; the bias falls as one by the width."""
    few, options = X[:5], dict(weight_variance=[1, 1.8, 1.4], bias_variance=0.1)
    draws = [
        empirical_tangent_kernel(
            network(1, [700, 700], activation=activation, seed=seed, **options), few
        )
        for seed in range(40)
    ]
    limit = neural_tangent_kernel(few, n_hidden_layers=2, activation=activation, **options)
    error = np.std(draws, axis=0, ddof=1) / np.sqrt(len(draws))
    assert np.abs((np.mean(draws, axis=0) - limit) / error).max() < 3.5
    assert error.max() < 0.03 * limit.max()


def test_the_kernel_falls_to_its_limit_as_one_by_the_root_of_the_width():
    limit = neural_tangent_kernel(X, activation="erf", weight_variance=1.5, bias_variance=0.2)
    errors = [
        np.mean(
            [
                np.linalg.norm(empirical_tangent_kernel(wide(width, seed=s), X) - limit)
                for s in range(20)
            ]
        )
        for width in (50, 5000)
    ]
    assert errors[0] / errors[1] == pytest.approx(10, rel=0.35)


# -- the spectrum ------------------------------------------------------------------------------


def test_spectrum_of_known_eigenvalues():
    turn = np.linalg.qr(RNG.normal(size=(4, 4)))[0]
    spectrum = tangent_spectrum(turn * [8.0, 4, 0, 0] @ turn.T)
    assert_allclose(spectrum.rates, [2, 1, 0, 0], atol=1e-14)
    assert spectrum.rank == 2
    assert spectrum.condition_number == pytest.approx(2)
    assert spectrum.largest_step() == pytest.approx(1)
    assert spectrum.largest_step(momentum=0.9) == pytest.approx(1.9)
    assert spectrum.best_step == pytest.approx(2 / 3)
    entropy = -(2 / 3 * np.log(2 / 3) + 1 / 3 * np.log(1 / 3))
    assert spectrum.effective_rank == pytest.approx(np.exp(entropy))
    assert_allclose(spectrum.half_lives(0.25), [1, np.log(0.5) / np.log(0.75), np.inf, np.inf])
    assert_allclose(spectrum.half_lives(1.5), [np.inf, 1, np.inf, np.inf])  # the first grows
    assert spectrum.half_lives(1.0)[1] < 0.05  # gone in one step, but for rounding
    assert tangent_spectrum(np.eye(6), n_points=3).rates[0] == pytest.approx(1 / 3)
    assert tangent_spectrum(np.zeros((2, 2))).rank == 0
    with pytest.raises(ValueError, match="square"):
        tangent_spectrum(np.ones((2, 3)))
    with pytest.raises(ValueError, match="n_points=4"):
        tangent_spectrum(np.eye(6), n_points=4)


def test_heavy_ball_is_the_fastest_of_all_on_a_linear_model():
    model, rows = linear(), X * [1, 0.3, 0.1]
    spectrum = tangent_spectrum(empirical_tangent_kernel(model, rows))
    y = rows @ [1.0, 2, 3] + 4  # can be reached
    step, momentum = spectrum.heavy_ball
    ball = linearized_training(model, rows, y, learning_rate=step, momentum=momentum, n_steps=120)
    plain = linearized_training(model, rows, y, learning_rate=spectrum.best_step, n_steps=120)
    assert ball.loss[-1] < 1e-4 * plain.loss[-1]
    # They decay as theory says, the ball by √momentum a step but for a factor of t.
    kappa = spectrum.condition_number
    slow = (plain.loss[-1] / plain.loss[-21]) ** (1 / 40)
    assert slow == pytest.approx((kappa - 1) / (kappa + 1), abs=1e-3)
    fast = (ball.loss[-1] / ball.loss[-41]) ** (1 / 80)
    assert fast == pytest.approx(np.sqrt(momentum), abs=0.03)


# -- training ----------------------------------------------------------------------------------


def test_gradient_descent_takes_scikit_learns_steps():
    mlp = MLPRegressor(
        hidden_layer_sizes=(6, 5), activation="tanh", solver="sgd", alpha=0, momentum=0,
        batch_size=20, learning_rate_init=0.1, random_state=0,
    )  # fmt: skip
    mlp.partial_fit(X, VALUE)
    start = as_network(mlp)
    for _ in range(10):
        mlp.partial_fit(X, VALUE)
    run = gradient_descent(start, X, VALUE, learning_rate=0.1, n_steps=10, keep_path=True)
    assert_allclose(run.network.parameters, as_network(mlp).parameters, rtol=1e-10, atol=1e-13)
    assert_allclose(run.scores[-1].ravel(), mlp.predict(X))
    assert run.loss[-1] == pytest.approx(0.5 * np.mean((mlp.predict(X) - VALUE) ** 2))
    assert_array_equal(run.path[0], start.parameters)
    moved = np.linalg.norm(run.path - run.path[0], axis=1) / np.linalg.norm(run.path[0])
    assert_allclose(run.distance, moved)


@pytest.mark.parametrize("momentum", [0.0, 0.8])
@pytest.mark.parametrize("link, n_outputs", [("identity", 2), ("logistic", 1), ("softmax", 3)])
def test_a_linear_network_is_predicted_exactly(link, n_outputs, momentum):
    model = linear(n_outputs, link)
    y = TWO if link == "identity" else np.arange(20) % max(n_outputs, 2)
    how = dict(learning_rate=0.2, n_steps=50, momentum=momentum, X_test=Y)
    run = gradient_descent(model, X, y, **how)
    predicted = linearized_training(model, X, y, **how)
    assert_allclose(predicted.loss, run.loss, rtol=1e-10)
    assert_allclose(predicted.scores, run.scores, rtol=1e-9, atol=1e-11)
    assert_allclose(predicted.test_scores, run.test_scores, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("momentum", [0.0, 0.7])
def test_modes_and_steps_agree(momentum, monkeypatch):
    model = network(2)
    how = dict(learning_rate=0.1, n_steps=40, momentum=momentum, X_test=Y)
    modes = linearized_training(model, X, TWO, **how)
    monkeypatch.setattr(linearized_module, "_in_modes", linearized_module._in_steps)
    steps = linearized_training(model, X, TWO, **how)
    for one, other in zip(modes, steps, strict=True):
        assert_allclose(one, other, rtol=1e-9, atol=1e-12)


def test_a_wide_network_follows_its_linearisation_and_a_narrow_one_leaves_it():
    gaps, moved = {}, {}
    for width in (4, 8000):
        start = wide(width)
        step = tangent_spectrum(empirical_tangent_kernel(start, X)).largest_step() / 2
        how = dict(learning_rate=step, n_steps=60, X_test=Y)
        run = gradient_descent(start, X, VALUE, **how)
        predicted = linearized_training(start, X, VALUE, **how)
        gaps[width] = np.abs(run.loss / predicted.loss - 1).max()
        moved[width] = run.distance[-1]
        if width > 4:
            assert run.loss[-1] < 0.1 * run.loss[0]
            size = np.std(run.scores[0].ravel() - VALUE)
            assert np.abs(run.test_scores - predicted.test_scores).max() < 0.05 * size
    assert gaps[8000] < 0.05 < 0.25 < gaps[4]
    assert moved[8000] < 0.1 < 0.3 < moved[4]


@pytest.mark.parametrize("share", [0.95, 1.05])
@pytest.mark.parametrize("momentum", [0.0, 0.5])
def test_the_largest_step_parts_convergence_from_divergence(share, momentum):
    """Of the linearised network exactly; a wide one does the same until its kernel moves."""
    start = wide(4000, "relu")
    spectrum = tangent_spectrum(empirical_tangent_kernel(start, X))
    how = dict(learning_rate=share * spectrum.largest_step(momentum), momentum=momentum)
    predicted = linearized_training(start, X, VALUE, n_steps=400, **how).loss
    run = gradient_descent(start, X, VALUE, n_steps=60, **how).loss
    if share < 1:
        assert predicted[-1] < 0.01 * predicted[0] and run[-1] < 0.2 * run[0]
    else:
        assert predicted[-1] > 1e3 * predicted[0] and run.max() > 3 * run[0]
    if momentum == 0:
        # The factor of the fastest mode, which is what is left of the curve in the end.
        factor = 1 - share * 2
        assert (
            predicted[-1] / predicted[-2] < 1
            if share < 1
            else (predicted[-1] / predicted[-2] == pytest.approx(factor**2, rel=1e-6))
        )


def test_several_outputs_share_the_mean_over_points():
    start = linear(2)
    spectrum = tangent_spectrum(empirical_tangent_kernel(start, X), n_points=20)
    for share, grows in ((0.99, False), (1.01, True)):
        how = dict(learning_rate=share * spectrum.largest_step(), n_steps=600)
        loss = gradient_descent(start, X, TWO, **how).loss
        assert (loss[-1] > loss[0]) == grows


def test_divergence_is_infinite_and_stops():
    run = gradient_descent(wide(50, "relu"), X, VALUE, learning_rate=1e3, n_steps=200)
    assert np.isinf(run.loss[-1]) and np.isnan(run.scores[-1]).all()
    assert np.isinf(
        linearized_training(wide(50), X, VALUE, learning_rate=1e3, n_steps=200).loss[-1]
    )


def test_torch_trains_as_well():
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    module = torch.nn.Sequential(torch.nn.Linear(3, 400), torch.nn.Tanh(), torch.nn.Linear(400, 1))
    module.double()
    how = dict(learning_rate=0.02, n_steps=15)
    run = gradient_descent(module, X, VALUE, **how)
    predicted = linearized_training(module, X, VALUE, **how)
    assert run.loss[-1] < 0.8 * run.loss[0]
    assert_allclose(predicted.loss, run.loss, rtol=0.05)
    optimiser = torch.optim.SGD(module.parameters(), lr=0.02)
    rows, values = torch.tensor(X), torch.tensor(VALUE)[:, None]
    for _ in range(15):
        optimiser.zero_grad()
        (0.5 * (module(rows) - values) ** 2).mean().backward()
        optimiser.step()
    assert_allclose(run.scores[-1], module(rows).detach().numpy(), rtol=1e-9)


def test_wrong_values_are_errors():
    for wrong in (dict(learning_rate=0), dict(momentum=1), dict(n_steps=-1)):
        for train in (gradient_descent, linearized_training):
            with pytest.raises(ValueError, match=next(iter(wrong))):
                train(network(), X, VALUE, **(dict(learning_rate=0.1, n_steps=2) | wrong))
    with pytest.raises(ValueError, match="row"):
        linearized_training(network(), X, VALUE[:5], learning_rate=0.1, n_steps=2)


# -- comparisons -------------------------------------------------------------------------------


def test_initial_variances_are_those_of_the_papers():
    assert initial_variances("he", [10, 30, 1]) == [2, 2]
    assert initial_variances("lecun", [10, 30, 1]) == [1, 1]
    # Glorot: 2 / (n_in + n_out) a weight.
    assert_allclose(initial_variances("glorot", [10, 30, 1]), [0.5, 60 / 31])
    with pytest.raises(ValueError, match="initialization='zeros'"):
        initial_variances("zeros", [1, 1])


def test_initialisations_start_alike_and_differ_in_their_kernel():
    table = compare_initializations(X, VALUE, hidden_layer_sizes=[300], n_steps=30)
    assert len(table) == 10 and [row.name for row in table][:2] == ["he, standard", "he, ntk"]
    # The same function, however it is parametrised.
    for name in ("he", "small"):
        one, other = table[f"{name}, standard"], table[f"{name}, ntk"]
        assert one.score_size == pytest.approx(other.score_size)
        assert one.loss[0] == pytest.approx(other.loss[0])
    # Without biases two ReLU layers scale by the product of their variances: 4 and 0.25.
    he, large, lecun = (table[f"{name}, ntk"] for name in ("he", "large", "lecun"))
    assert_allclose(large.spectrum.rates, 16 * he.spectrum.rates)
    assert_allclose(lecun.spectrum.rates, he.spectrum.rates / 4)
    assert he.spectrum.condition_number == pytest.approx(large.spectrum.condition_number)
    # In the standard parametrisation the kernel grows with the width, and the step shrinks.
    steps = [
        compare_initializations(
            X, VALUE, hidden_layer_sizes=[width], initializations=["he"], n_steps=1
        )
        for width in (100, 1600)
    ]
    standard, ntk = (
        [table[f"he, {kind}"].learning_rate for table in steps] for kind in ("standard", "ntk")
    )
    assert standard[0] / standard[1] == pytest.approx(16, rel=0.4)
    assert ntk[0] / ntk[1] == pytest.approx(1, rel=0.4)
    # The smaller the start, the farther the network goes by its measure, and the less it is
    # what its kernel at the start predicted.
    distances = [table[f"{name}, standard"].distance for name in ("small", "lecun", "large")]
    assert distances == sorted(distances)[::-1]
    assert table["small, standard"].gap > 3 * table["he, standard"].gap


def test_steps_around_the_largest_one():
    table = compare_steps(wide(2000, "relu"), X, VALUE, n_steps=80)
    slow, half, near, above, momentum, best = table
    assert slow.predicted[-1] > half.predicted[-1] > best.predicted[-1]
    assert near.peak == half.peak == 1 and near.loss[-1] < 0.1 * near.loss[0]
    assert above.predicted[-1] > above.predicted[0] and above.peak > 1
    # Where it came to rest after all, the step is stable again.
    assert above.loss[-1] < above.loss[0] and above.last_rate < 2 / above.learning_rate
    assert momentum.loss[-1] < half.loss[-1]
    for row in (slow, half, momentum):
        assert row.gap < 0.05
    assert len(table.to_frame()) == 6 and str(table).startswith(f"{table.verdict}\n")
    with pytest.raises(KeyError, match="Polyak"):
        table["no such row"]
    records = table.to_dict()["rows"]
    assert records[1]["learning_rate"] == pytest.approx(records[1]["largest_step"] / 2)


@pytest.mark.parametrize("link, n_outputs", [("softmax", 3), ("logistic", 1)])
def test_steps_of_a_log_loss_are_those_of_its_curvature(link, n_outputs):
    model = random_network(
        3, [400], n_outputs, weight_variance=2, bias_variance=0.1, link=link, random_state=0
    )
    y = np.arange(20) % max(n_outputs, 2)
    table = compare_steps(model, X, y, shares=(0.2, 0.9), n_steps=40)
    # Its rates are the eigenvalues of the Fisher information of the parameters.
    fisher = loss_sharpness(model, X, matrix="fisher", n_eigenvalues=4).eigenvalues
    assert_allclose(table.rows[0].spectrum.rates[:4], fisher, rtol=1e-6)
    assert table.rows[0].gap < 0.05 and table.rows[0].left < 1


def test_the_kernel_recommends_a_training_and_training_checks_it():
    x = np.linspace(-1, 1, 25)[:, None]
    y = np.sin(3 * x)
    table = compare_initializations(x, y, hidden_layer_sizes=[400], n_steps=60)
    chosen = table.recommended
    assert chosen.predicted[-1] == min(row.predicted[-1] for row in table)
    ends = sorted(row.loss[-1] for row in table)
    place = 1 + ends.index(chosen.loss[-1])
    assert f'recommends "{chosen.name}"' in table.verdict
    assert ("it is the best" if place == 1 else f"number {place} of 10") in table.verdict
    start = random_network(1, [1000], weight_variance=2, bias_variance=0.5, random_state=0)
    steps = compare_steps(start, x, y, shares=(0.1, 0.3, 0.6, 0.9), n_steps=50)
    plain = TrainingComparison(steps.rows[:4])  # momentum overshoots, and leaves the prediction
    assert plain.agreement == pytest.approx(1)
    assert plain.recommended.name == "0.9 · 2/λmax" and "it is the best" in plain.verdict
    assert np.isnan(TrainingComparison(table.rows[:2]).agreement)


def test_initialisations_for_classes():
    y = (X[:, 0] > 0).astype(int) + (X[:, 1] > 0)
    table = compare_initializations(
        X, y, hidden_layer_sizes=[200], link="softmax", parametrizations=["standard"], n_steps=40
    )
    assert all(row.left < 1 for row in table if row.name != "large, standard")
    assert table["he, standard"].gap < 0.2
    named = compare_initializations(
        X,
        np.array(["a", "b", "c"])[y],
        hidden_layer_sizes=[200],
        link="softmax",
        initializations=["he"],
        parametrizations=["standard"],
        n_steps=40,
    )
    assert_allclose(named["he, standard"].loss, table["he, standard"].loss)


def test_training_curves_are_drawn_by_name():
    import matplotlib

    matplotlib.use("Agg")
    from tda.plot import plot_training_curves

    table = compare_steps(wide(100, "relu"), X, VALUE, n_steps=30)
    ax = plot_training_curves(table, title="steps")
    assert [text.get_text() for text in ax.texts] == [row.name for row in table]
    real, predicted = ax.lines[0], ax.lines[1]
    assert_allclose(real.get_ydata(), table.rows[0].loss / table.rows[0].loss[0])
    assert predicted.get_color() == real.get_color() and predicted.get_linestyle() == "--"
    assert ax.get_xlim() == (0, 30) and ax.get_title() == "steps"
    ax.figure.canvas.draw()
    assert plot_training_curves(table.rows[:1], ax=ax) is ax
    with pytest.raises(ValueError, match="compare_steps"):
        plot_training_curves([1, 2])
