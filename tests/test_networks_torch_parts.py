"""Derivatives of torch modules by parts: factors of the tangent kernel, directions, own losses."""

import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose

from tda.networks import (
    TorchNetwork,
    as_network,
    empirical_tangent_kernel,
    gradient_descent,
    loss_sharpness,
    loss_slice,
    random_network,
)
from tda.networks.kernel import _contraction, _empirical

torch = pytest.importorskip("torch")
nn, F = torch.nn, torch.nn.functional

RNG = np.random.default_rng(0)
PIXELS = RNG.normal(size=(7, 64))


class Block(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1)
        self.norm1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding="same", dilation=2)
        self.norm2 = nn.GroupNorm(2, channels)

    def forward(self, x):
        y = torch.relu_(self.norm1(self.conv1(x)))
        y = self.norm2(self.conv2(y))
        y += x
        return torch.relu_(y)


class Everything(nn.Module):
    """Residual, in place, strided, depthwise, shared weights, weights that functions use."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.conv = nn.Conv2d(1, 6, 3, padding=1, padding_mode="circular", stride=2)
        self.block = Block(6)
        self.deep = nn.Conv2d(6, 6, 3, groups=6)
        self.norm = nn.LayerNorm([6, 2, 2])
        self.fc1, self.fc2, self.tied = nn.Linear(24, 5), nn.Linear(5, 5), nn.Linear(5, 3)
        self.again = nn.Linear(5, 5)
        self.again.weight = self.fc2.weight
        self.scale = nn.Parameter(torch.tensor(1.3))
        self.block.norm1.running_mean.normal_()
        self.double()

    def forward(self, x):
        y = self.block(self.conv(x.reshape(-1, 1, 8, 8)))
        y = torch.tanh(self.fc1(self.norm(self.deep(y)).flatten(1)))
        y = self.fc2(y) + F.linear(y, self.fc1.weight[:, :5])
        y = self.again(torch.tanh(y)) + self.again(torch.sin(y))
        return self.tied(y) * self.scale


class Words(nn.Module):
    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.lstm = nn.LSTM(4, 6, batch_first=True)
        self.each, self.head = nn.Linear(6, 3), nn.Linear(3, 2)
        self.double()

    def forward(self, x):
        y = torch.relu(self.each(self.lstm(x)[0])).mean(dim=1)
        return self.head(y)


def across_rows():
    """A one-dimensional convolution, and a linear map of the last axis of three."""
    torch.manual_seed(0)
    parts = [nn.Conv1d(2, 5, 3, stride=2), nn.Tanh(), nn.Linear(4, 3), nn.Flatten()]
    return nn.Sequential(*parts, nn.Linear(15, 2)).double()


MODULES = [
    (Everything, PIXELS),
    (Words, RNG.normal(size=(5, 6, 4))),
    (across_rows, RNG.normal(size=(5, 2, 9))),
]


def by_jacobians(module, X):
    """Row by row, output by output, with autograd alone."""
    module.eval()
    parameters, J = list(module.parameters()), []
    for row in torch.tensor(X):
        outputs = module(row[None])[0]
        slopes = [torch.autograd.grad(y, parameters, retain_graph=True) for y in outputs]
        J.append([np.concatenate([s.numpy().ravel() for s in slope]) for slope in slopes])
    module.train()
    J = np.array(J)
    return np.einsum("nkp,mlp->nkml", J, J), np.einsum("nkp,mkp->nm", J, J) / J.shape[1]


@pytest.mark.parametrize("make, X", MODULES)
@pytest.mark.parametrize("order", ["places", "jacobians", "cheaper"])
def test_factors_give_the_product_of_the_jacobians(make, X, order, monkeypatch):
    module = make()
    if order != "cheaper":
        monkeypatch.setattr(_contraction, "_by_places", lambda *_: order == "places")
        monkeypatch.setattr(_contraction, "BUDGET", 500)
    monkeypatch.setattr(_empirical, "BUDGET", 6000)  # a few rows at a time
    if order == "places":
        monkeypatch.setattr(_empirical, "KEPT", 0)  # and run again for each block
    whole, mean = by_jacobians(module, X)
    n, o = whole.shape[:2]
    scale = np.abs(whole).max()
    found = empirical_tangent_kernel(module, X)
    assert_allclose(found, whole.reshape(n * o, n * o), atol=1e-11 * scale)
    found = empirical_tangent_kernel(module, X, X[:3] + 0.0)
    assert_allclose(found, whole[:, :, :3].reshape(n * o, 3 * o), atol=1e-11 * scale)
    found = empirical_tangent_kernel(module, X, outputs="mean")
    assert_allclose(found, mean, atol=1e-11 * scale)
    assert module.training and all(p.grad is None for p in module.parameters())
    assert not any(part._forward_hooks for part in module.modules())


def test_layers_that_are_what_they_seem_are_known_and_others_are_not():
    names = TorchNetwork(Everything()).structured_parameters(PIXELS)
    assert {"conv.weight", "block.conv2.weight", "norm.weight", "tied.bias"} <= names
    assert not {"fc1.weight", "fc2.weight", "again.weight", "deep.weight", "scale"} & names


def test_a_transposed_module_has_no_rows_first_inside():
    class Transposed(nn.Module):
        def __init__(self):
            super().__init__()
            torch.manual_seed(0)
            self.each, self.head = nn.Linear(4, 3), nn.Linear(3, 2)
            self.double()

        def forward(self, x):
            return self.head(torch.tanh(self.each(x.transpose(0, 1))).sum(dim=0))

    X = RNG.normal(size=(3, 3, 4))  # as many places as rows
    module = Transposed()
    whole, _ = by_jacobians(module, X)
    assert_allclose(empirical_tangent_kernel(module, X), whole.reshape(6, 6), rtol=1e-10)


def test_attention_is_quiet_and_a_module_without_parameters_is_refused():
    class Attention(nn.Module):
        def __init__(self):
            super().__init__()
            torch.manual_seed(0)
            self.among = nn.MultiheadAttention(4, 2, batch_first=True)
            self.head = nn.Linear(12, 2)
            self.double()

        def forward(self, x):
            return self.head(self.among(x, x, x)[0].flatten(1))

    X, module = RNG.normal(size=(4, 3, 4)), Attention()
    whole, _ = by_jacobians(module, X)
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        found = empirical_tangent_kernel(module, X)
    assert_allclose(found, whole.reshape(8, 8), atol=1e-11 * np.abs(whole).max())
    with pytest.raises(ValueError, match="no parameters"):
        empirical_tangent_kernel(nn.Flatten(), X)


def test_single_precision_and_parameters_that_are_frozen():
    module = Everything()
    for parameter in module.parameters():
        parameter.requires_grad_(False)
    exact = empirical_tangent_kernel(module, PIXELS)
    found = empirical_tangent_kernel(module.float(), PIXELS)
    assert_allclose(found, exact, atol=2e-5 * np.abs(exact).max())
    assert not any(p.requires_grad for p in module.parameters())


# -- directions ---------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["dense", "torch"])
def test_derivatives_along_directions_are_those_by_all_inputs(kind):
    if kind == "dense":
        network = random_network(4, [6, 5], 3, activation="tanh", random_state=0)
    else:
        torch.manual_seed(0)
        module = nn.Sequential(nn.Linear(4, 6), nn.Tanh(), nn.Linear(6, 3)).double()
        network = as_network(module)
    X, frames = RNG.normal(size=(5, 4)), RNG.normal(size=(5, 4, 2))
    J, H = network.jacobian(X), network.input_hessian(X)
    assert_allclose(network.directional_jacobian(X, frames), J @ frames, atol=1e-12)
    expected = np.einsum("noij,nia,njb->noab", H, frames, frames)
    assert_allclose(network.directional_hessian(X, frames), expected, atol=1e-12)


# -- losses of one's own ------------------------------------------------------------------------


def test_a_loss_of_ones_own_is_differentiated_like_the_usual_ones():
    torch.manual_seed(0)
    module = nn.Sequential(nn.Linear(4, 5), nn.Tanh(), nn.Linear(5, 3)).double()
    X, y = RNG.normal(size=(20, 4)), RNG.integers(0, 3, 20)
    usual = TorchNetwork(module, link="softmax")
    own = TorchNetwork(module, link="softmax", criterion=F.cross_entropy)
    vector = RNG.normal(size=own.n_parameters)
    assert_allclose(own.loss(X, y), usual.loss(X, y), rtol=1e-12)
    assert_allclose(own.gradient(X, y), usual.gradient(X, y), atol=1e-12)
    for name in ("hessian_product", "fisher_product"):
        args = (X, y, vector) if name == "hessian_product" else (X, vector)
        assert_allclose(getattr(own, name)(*args), getattr(usual, name)(*args), atol=1e-11)
    for call in (loss_sharpness, loss_slice):
        extra = {"n_grid": 3} if call is loss_slice else {}
        assert_allclose(call(own, X, y, **extra).loss, usual.loss(X, y), rtol=1e-12)


def test_a_robust_loss_trains():
    torch.manual_seed(0)
    module = nn.Sequential(nn.Linear(1, 20), nn.Tanh(), nn.Linear(20, 1)).double()
    x = np.linspace(-1, 1, 30)[:, None]
    y = np.abs(x)
    network = as_network(module, criterion=F.huber_loss)
    run = gradient_descent(network, x, y, learning_rate=0.5, n_steps=50)
    assert_allclose(run.loss[0], F.huber_loss(module(torch.tensor(x)), torch.tensor(y)).item())
    assert_allclose(run.loss[-1], run.network.loss(x, y), rtol=1e-12)
    assert run.loss[-1] < 0.3 * run.loss[0]


def test_losses_that_are_none_are_refused():
    module = nn.Linear(2, 1)
    with pytest.raises(ValueError, match="criterion='huber': give a function"):
        as_network(module, criterion="huber")
    with pytest.raises(ValueError, match="criterion goes with a torch module"):
        as_network(random_network(2, [3]), criterion=F.huber_loss)
    each = TorchNetwork(module, criterion=lambda out, y: (out - y) ** 2)
    with pytest.raises(ValueError, match="criterion: it has to give one number"):
        each.loss(np.zeros((3, 2)), np.zeros((3, 1)))
    with pytest.raises(ValueError, match=r"y has 2 row\(s\) and X has 3"):
        each.loss(np.zeros((3, 2)), np.zeros((2, 1)))
