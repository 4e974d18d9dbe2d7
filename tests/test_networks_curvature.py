"""All of the loss's curvature: trace, density, batches, tolerances; and optimisers by cost."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from tda.networks import (
    DenseNetwork,
    as_network,
    compare_optimizers,
    gradient_descent,
    hessian_trace,
    loss_sharpness,
    loss_slice,
    random_network,
    spectral_density,
)
from tda.networks.loss import _sharpness
from tda.networks.loss._curvature import in_batches, lanczos

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(60, 3)), RNG.normal(size=60)


def network(link="identity", n_outputs=1):
    return random_network(
        3, [12, 6], n_outputs, activation="tanh", bias_variance=0.3, link=link, random_state=1
    )


def matrix_of(network, y, matrix="hessian"):
    rows = np.eye(network.n_parameters)
    if matrix == "fisher":
        return np.array([network.fisher_product(X, row) for row in rows])
    return np.array([network.hessian_product(X, y, row) for row in rows])


CASES = [
    (network(), Y, "hessian"),
    (network("softmax", 3), np.arange(60) % 3, "hessian"),
    (network("softmax", 3), np.arange(60) % 3, "fisher"),
]


@pytest.mark.parametrize("net, y, matrix", CASES)
def test_the_trace_is_the_sum_of_the_eigenvalues(net, y, matrix):
    exact = np.trace(matrix_of(net, y, matrix))
    found = hessian_trace(net, X, y, matrix=matrix, n_vectors=200)
    assert abs(found.trace - exact) < 4 * found.standard_error
    assert found.standard_error < 0.1 * abs(exact)
    few = hessian_trace(net, X, y, matrix=matrix, n_vectors=50)
    assert 1.4 < few.standard_error / found.standard_error < 2.9  # as the root of their number
    assert np.isnan(hessian_trace(net, X, y, n_vectors=1).standard_error)


@pytest.mark.parametrize("net, y, matrix", CASES)
def test_the_density_is_that_of_all_eigenvalues(net, y, matrix):
    values = np.linalg.eigvalsh(matrix_of(net, y, matrix))
    found = spectral_density(net, X, y, matrix=matrix, n_steps=40, n_vectors=60)
    assert_allclose([found.smallest, found.largest], values[[0, -1]], atol=1e-5 * values[-1])
    assert found.weights.sum() == pytest.approx(1)
    assert abs(found.trace - values.sum()) < 4 * found.trace_error
    at = np.linspace(values[0], values[-1], 13)[1:-1] + 1e-3
    shares = np.searchsorted(values, at) / len(values)
    assert_allclose(found.share_below(at), shares, atol=0.08)
    # The same Gaussians over all eigenvalues themselves.
    grid, density = found.density(width=0.05)
    wide = 0.05 * (found.largest - found.smallest)
    bumps = np.exp(-0.5 * ((grid[:, None] - values) / wide) ** 2).mean(axis=1)
    bumps /= wide * np.sqrt(2 * np.pi)
    assert np.trapezoid(np.abs(density - bumps), grid) < 0.1
    assert np.trapezoid(density, grid) == pytest.approx(1, abs=1e-3)
    flat = 1e-3 * np.abs(values).max()
    assert found.negative == pytest.approx((values < -flat).mean(), abs=0.06)
    assert found.quantile(1.0) == found.largest and found.quantile(0.0) == found.smallest


def test_every_step_of_lanczos_gives_two_more_moments():
    A = RNG.normal(size=(30, 30))
    A = A + A.T
    start = RNG.normal(size=30)
    for n_steps in (1, 4, 9):
        diagonal, off, basis = lanczos(lambda v: A @ v, start, n_steps)
        T = np.diag(diagonal) + np.diag(off[:-1], 1) + np.diag(off[:-1], -1)
        assert_allclose(basis @ basis.T, np.eye(n_steps), atol=1e-12)
        unit = start / np.linalg.norm(start)
        for k in range(2 * n_steps):
            expected = unit @ np.linalg.matrix_power(A, k) @ unit
            assert_allclose(np.linalg.matrix_power(T, k)[0, 0], expected, rtol=1e-9)
    few = lanczos(lambda v: 2 * v, start, 10)  # a space that is not left
    assert len(few[0]) == 1 and few[0][0] == pytest.approx(2)


def test_a_tolerance_saves_products_and_keeps_its_word():
    net, n_products = network("softmax", 3), 0
    y = np.arange(60) % 3
    exact = np.linalg.eigvalsh(matrix_of(net, y))[::-1][:3]

    class Counted:
        n_parameters = net.n_parameters
        loss = net.loss

        def hessian_product(self, *args):
            nonlocal n_products
            n_products += 1
            return net.hessian_product(*args)

    spent = []
    for tol in (1e-1, 1e-3, 1e-8):
        for seed in range(5):
            n_products = 0
            product = Counted().hessian_product
            start = np.random.RandomState(seed).standard_normal(net.n_parameters)
            values, vectors = _sharpness._outermost(
                lambda v, product=product: product(X, y, v), start, 3, tol
            )
            assert_allclose(values[::-1], exact, rtol=tol)
            assert_allclose(vectors.T @ vectors, np.eye(3), atol=1e-8)
        spent.append(n_products)
    assert spent[0] < spent[1] < spent[2] < net.n_parameters
    found = loss_sharpness(net, X, y, n_eigenvalues=3, tol=1e-3)
    assert_allclose(found.eigenvalues, exact, rtol=1e-3)


def test_batches_change_nothing_but_the_memory():
    net, y = network("softmax", 3), np.arange(60) % 3
    for call in (loss_sharpness, hessian_trace, spectral_density):
        whole, parts = call(net, X, y), call(net, X, y, batch_size=7)
        for one, other in zip(
            *(
                (r.eigenvalues, r.trace if hasattr(r, "trace") else r.loss)
                if hasattr(r, "eigenvalues")
                else r[:2]
                for r in (whole, parts)
            ),
            strict=True,
        ):
            assert_allclose(one, other, rtol=1e-6, atol=1e-9)
    views = [loss_slice(net, X, y, n_grid=3, batch_size=size).losses for size in (None, 7, 100)]
    assert_allclose(views[0], views[1])
    assert_allclose(views[0], views[2])
    found = loss_sharpness(net, X.tolist(), y.tolist(), batch_size=25)
    assert_allclose(found.sharpness, loss_sharpness(net, X, y).sharpness)
    with pytest.raises(ValueError, match="batch_size=0: give a whole number"):
        loss_sharpness(net, X, y, batch_size=0)
    with pytest.raises(ValueError, match=r"y has 3 row\(s\) and X has 60"):
        in_batches(net.loss, X, y[:3], 10)


def test_torch_keeps_its_gradient_and_gives_the_same():
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    parts = [torch.nn.Linear(3, 12), torch.nn.Tanh(), torch.nn.Linear(12, 6), torch.nn.Tanh()]
    module = torch.nn.Sequential(*parts, torch.nn.Linear(6, 1)).double()
    ours = as_network(module)
    weights = tuple(m.weight.detach().numpy().T for m in module[::2])
    biases = tuple(m.bias.detach().numpy() for m in module[::2])
    dense = DenseNetwork(weights, biases, activation="tanh")
    for batch_size in (None, 16):
        found = loss_sharpness(ours, X, Y, batch_size=batch_size)
        assert_allclose(found.eigenvalues, loss_sharpness(dense, X, Y).eigenvalues, rtol=1e-7)
    one, two = (spectral_density(net, X, Y, n_vectors=40) for net in (ours, dense))
    assert abs(one.trace - two.trace) < 3 * np.hypot(one.trace_error, two.trace_error)
    assert all(p.grad is None for p in module.parameters())


def test_the_picture_of_the_density():
    from tda.plot import plot_spectral_density

    two = [spectral_density(network(), X, Y, n_steps=20, random_state=s) for s in (0, 1)]
    ax = plot_spectral_density(two, labels=["one", "two"], title="eigenvalues")
    assert ax.get_yscale() == "log" and len(ax.get_legend().get_texts()) == 2
    low, high = ax.get_xlim()
    assert low < two[0].smallest < two[0].largest < high
    assert plot_spectral_density(two[0], ax=ax) is ax
    for wrong in ({"spectra": []}, {"spectra": [1]}, {"spectra": two, "labels": ["a"]}):
        with pytest.raises(ValueError, match="spectra"):
            plot_spectral_density(**wrong)


# -- optimisers ---------------------------------------------------------------------------------


def test_every_optimiser_stays_within_the_budget_and_says_what_it_reached():
    net, y = network("softmax", 3), np.argmax(X, axis=1)
    table = compare_optimizers(net, X, y, budget=40)
    assert [row.name for row in table] == ["gradient", "momentum", "adam", "lbfgs", "natural"]
    for row in table:
        assert row.cost[0] == 0 and row.cost[-1] <= 40 + 1e-6
        assert (np.diff(row.cost) > 0).all() and len(row.cost) == len(row.loss)
        assert row.loss[0] == pytest.approx(net.loss(X, y))
        assert row.loss_at(40) == row.loss.min() < row.loss[0]
        assert row.cost_to(row.loss.min()) <= 40 and row.cost_to(-1) == np.inf
        assert row.loss_at(0) == row.loss[0]
    assert table["adam"].n_tried == 5 and table["lbfgs"].n_tried == 1
    best = min(table, key=lambda row: row.loss.min())
    assert f'"{best.name}" ends with the lowest loss' in table.verdict


def test_the_picture_of_optimisers():
    from tda.plot import plot_optimizers

    table = compare_optimizers(network(), X, Y, budget=10)
    ax = plot_optimizers(table, title="by cost")
    names = [text.get_text() for text in ax.get_legend().get_texts()]
    assert len(names) == 5 and names[0].startswith("gradient, rate") and names[3] == "lbfgs"
    assert ax.get_xlim() == (0, 10)
    with pytest.raises(ValueError, match="comparison is list"):
        plot_optimizers([1])


def test_plain_steps_are_those_of_gradient_descent():
    net = network()
    rate = 0.5 * loss_sharpness(net, X, Y).largest_step
    for name, momentum in (("gradient", 0.0), ("momentum", 0.9)):
        (row,) = compare_optimizers(
            net, X, Y, optimizers=[name], learning_rates={name: [rate / 3]}, budget=20
        )
        run = gradient_descent(net, X, Y, learning_rate=rate / 3, momentum=momentum, n_steps=20)
        assert_allclose(row.loss, run.loss, rtol=1e-10)


def test_adam_takes_the_steps_of_torch():
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    module = torch.nn.Sequential(torch.nn.Linear(3, 5), torch.nn.Tanh(), torch.nn.Linear(5, 1))
    module.double()
    rates = {"adam": [0.02]}
    (row,) = compare_optimizers(module, X, Y, optimizers=["adam"], learning_rates=rates, budget=15)
    optimizer = torch.optim.Adam(module.parameters(), lr=0.02)
    losses = []
    for _ in range(16):
        optimizer.zero_grad()
        loss = 0.5 * ((module(torch.tensor(X))[:, 0] - torch.tensor(Y)) ** 2).mean()
        losses.append(loss.item())
        loss.backward()
        optimizer.step()
    assert_allclose(row.loss, losses, rtol=1e-8)


def test_a_linear_network_is_solved_by_one_natural_step():
    linear = DenseNetwork((np.zeros((3, 1)),), (np.zeros(1),))
    table = compare_optimizers(linear, X * [1, 0.1, 10], Y, optimizers=["natural", "lbfgs"])
    A = np.column_stack([X * [1, 0.1, 10], np.ones(60)])
    best = 0.5 * np.mean((Y - A @ np.linalg.lstsq(A, Y, rcond=None)[0]) ** 2)
    for row in table:
        assert row.loss.min() == pytest.approx(best, rel=1e-6)


def test_batches_cost_their_share():
    rows = [
        compare_optimizers(
            network(), X, Y, optimizers=["adam"], budget=10, batch_size=size, random_state=0
        ).rows[0]
        for size in (15, 15, 60)
    ]
    assert_allclose(rows[0].loss, rows[1].loss)
    assert rows[0].cost[1] == pytest.approx(1) and len(rows[0].loss) == 11
    assert rows[0].loss.min() < rows[2].loss.min()  # four steps for the price of one


def test_wrong_options_are_named():
    for wrong, words in (
        ({"optimizers": ["sgd"]}, "optimizers="),
        ({"optimizers": []}, "optimizers="),
        ({"budget": 0}, "budget=0"),
        ({"batch_size": 1.5}, "batch_size=1.5"),
    ):
        with pytest.raises(ValueError, match=words):
            compare_optimizers(network(), X, Y, **wrong)
    for wrong, words in (({"tol": -1}, "tol=-1"), ({"matrix": "ggn"}, "matrix='ggn'")):
        with pytest.raises(ValueError, match=words):
            loss_sharpness(network(), X, Y, **wrong)
    with pytest.raises(ValueError, match="n_vectors=0"):
        hessian_trace(network(), X, Y, n_vectors=0)
    with pytest.raises(ValueError, match="n_steps=0"):
        spectral_density(network(), X, Y, n_steps=0)
