"""What layers do to tangent spaces: against matrices, derivatives, and known collapses."""

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from tda.datasets import make_sphere
from tda.manifold import tangent_frames
from tda.networks import DenseNetwork, as_network, layer_tangents, random_network
from tda.plot import plot_tangents

RNG = np.random.default_rng(0)
SPHERE = make_sphere(500, random_state=0).points


def test_a_linear_layer_has_the_singular_values_of_its_matrix_on_the_tangent_space():
    W, V = RNG.normal(size=(3, 5)), RNG.normal(size=(5, 4))
    net = DenseNetwork((W, V), (np.ones(5), np.zeros(4)), activation="identity")
    found = layer_tangents(net, SPHERE, dimension=2, max_points=60)
    frames = tangent_frames(SPHERE, dimension=2)[found.rows].swapaxes(1, 2)
    assert found.layer_names == ("input", "hidden 1", "output") and found.widths == (3, 5, 4)
    for values, matrix in zip(found.singular_values, (np.eye(3), W, W @ V), strict=True):
        assert_allclose(values, np.linalg.svd(frames @ matrix, compute_uv=False), rtol=1e-7)


def test_the_output_is_that_of_the_jacobian():
    net = random_network(3, [20, 10], 4, activation="tanh", random_state=0)
    found = layer_tangents(net, SPHERE, dimension=2, max_points=40)
    frames = tangent_frames(SPHERE, dimension=2)[found.rows]
    J = net.jacobian(SPHERE[found.rows]) @ frames
    assert_allclose(found.singular_values[-1], np.linalg.svd(J, compute_uv=False), rtol=1e-6)
    assert_allclose(found.volume[-1] ** 2, np.sqrt(np.linalg.det(J.swapaxes(1, 2) @ J)), rtol=1e-5)


def test_directions_that_a_layer_has_no_room_for_are_lost():
    found = layer_tangents(random_network(3, [1, 6], random_state=0), SPHERE, dimension=2)
    assert_array_equal(found.singular_values[1:3, :, 1] < 1e-6, True)
    assert found.kept[0] == pytest.approx(np.full(200, 2.0))
    assert (found.kept[1] <= 1 + 1e-9).all()
    assert "lost" in found.verdict or "keeps 1.0" in found.verdict
    line = layer_tangents(random_network(1, [4], random_state=0), np.arange(50.0)[:, None])
    assert line.dimension == 1 and "Of 1 direction of" in line.verdict


def test_units_and_pipelines_go_through():
    X = SPHERE * [1.0, 100.0, 0.01] + 5
    mlp = MLPRegressor(hidden_layer_sizes=[6], activation="tanh", max_iter=5, random_state=0)
    with pytest.warns(match="Maximum iterations"):
        pipe = make_pipeline(StandardScaler(), mlp).fit(X, SPHERE[:, 0])
    found = layer_tangents(pipe, X, dimension=2, max_points=30)
    frames = tangent_frames(X, dimension=2)[found.rows]
    J = as_network(pipe).jacobian(X[found.rows]) @ frames
    assert_allclose(found.singular_values[-1][:, 0], np.linalg.norm(J[:, 0], axis=1), rtol=1e-4)


def test_errors_and_the_picture():
    net = random_network(3, [5, 5], random_state=0)
    with pytest.raises(ValueError, match="three rows at least"):
        layer_tangents(net, SPHERE[:2])
    with pytest.raises(ValueError, match="max_points=0"):
        layer_tangents(net, SPHERE, max_points=0)
    report = layer_tangents(net, SPHERE, dimension=2, max_points=30)
    axes = plot_tangents(report)
    axes[0].figure.canvas.draw()
    assert_allclose(axes[1].get_lines()[0].get_ydata(), np.median(report.kept, axis=1))
    assert [t.get_text() for t in axes[1].get_xticklabels()] == ["input", "1", "2", "output"]
    plt.close("all")
    with pytest.raises(ValueError, match="pass what layer_tangents"):
        plot_tangents(3)


def test_torch_modules_in_single_precision():
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    nn = torch.nn
    cnn = nn.Sequential(nn.Conv2d(1, 2, 2), nn.Tanh(), nn.Flatten(), nn.Linear(8, 2))
    t = np.linspace(0, 1, 80)[:, None, None, None]
    X = np.cos(t) * RNG.normal(size=(1, 1, 3, 3)) + np.sin(3 * t) * RNG.normal(size=(1, 1, 3, 3))
    found = layer_tangents(cnn, X, dimension=1, max_points=10)
    frames = tangent_frames(X.reshape(80, -1), dimension=1)[found.rows]
    assert next(cnn.parameters()).dtype == torch.float32
    J = as_network(cnn.double()).jacobian(X[found.rows]) @ frames
    assert_allclose(found.singular_values[-1, :, 0], np.linalg.norm(J[..., 0], axis=1), rtol=1e-6)


def test_modules_that_draw_random_numbers_draw_the_same_on_both_sides_of_a_difference():
    torch = pytest.importorskip("torch")
    nn = torch.nn

    class Noisy(nn.Module):
        def __init__(self):
            super().__init__()
            self.mean, self.out = nn.Linear(3, 2), nn.Linear(2, 3)

        def forward(self, x):
            z = torch.tanh(self.mean(x))
            return self.out(z * (1 + torch.randn_like(z)))

    torch.manual_seed(0)
    module = Noisy().double()
    found = layer_tangents(module, SPHERE, dimension=2, max_points=30)
    frames = tangent_frames(SPHERE, dimension=2)[found.rows]
    J = as_network(module).jacobian(SPHERE[found.rows]) @ frames
    assert_allclose(found.singular_values[-1], np.linalg.svd(J, compute_uv=False), rtol=1e-6)


def test_token_ids_have_no_directions():
    torch = pytest.importorskip("torch")
    nn = torch.nn
    module = nn.Sequential(nn.Embedding(9, 4), nn.Flatten(), nn.Linear(24, 2))
    with pytest.raises(ValueError, match="X holds token ids, and there is no derivative"):
        layer_tangents(module, RNG.integers(0, 9, (40, 6)))
