"""Torch modules of every kind through one door: what they take, what they return, their layers."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.decomposition import PCA
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PowerTransformer, StandardScaler

from tda.networks import (
    LayerActivations,
    PipelineNetwork,
    PullbackMetric,
    TrainingObserver,
    as_network,
    empirical_tangent_kernel,
    layer_activations,
    layer_report,
    untrained_network,
)

RNG = np.random.default_rng(0)
IMAGES = RNG.normal(size=(9, 1, 6, 6))
TOKENS = RNG.integers(0, 20, size=(9, 7))
SERIES = RNG.normal(size=(9, 5, 3))
ROWS = RNG.normal(size=(9, 6))

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

# -- pipelines: no torch is needed ----------------------------------------------------------


def regressor(*steps):
    y = ROWS[:, 0] * ROWS[:, 1]
    mlp = MLPRegressor(
        hidden_layer_sizes=[5], activation="tanh", solver="lbfgs", max_iter=20, random_state=0
    )
    return make_pipeline(*steps, mlp).fit(5 * ROWS + 1, y), y


@pytest.mark.parametrize("steps", [(StandardScaler(), PCA(3)), (PowerTransformer(),)])
def test_a_pipeline_is_a_network_whose_rows_are_its_own(steps):
    pipe, y = regressor(*steps)
    X, net = 5 * ROWS + 1, as_network(pipe)
    assert isinstance(net, PipelineNetwork) and net.n_features == 6
    assert_allclose(net.predict(X)[:, 0], pipe.predict(X))
    slopes = np.stack(
        [(net.scores(X + e) - net.scores(X - e)) / 2e-5 for e in 1e-5 * np.eye(6)], axis=2
    )
    assert_allclose(net.jacobian(X), slopes, atol=1e-7)
    assert_allclose(PullbackMetric(pipe).jacobian(X), slopes, atol=1e-7)
    theta, along = net.parameters, RNG.normal(size=net.n_parameters)
    ahead, behind = (net.with_parameters(theta + t * along) for t in (1e-5, -1e-5))
    assert_allclose(net.gradient(X, y) @ along, (ahead.loss(X, y) - behind.loss(X, y)) / 2e-5,
                    rtol=1e-5, atol=1e-8)  # fmt: skip
    product = (ahead.gradient(X, y) - behind.gradient(X, y)) / 2e-5
    assert_allclose(net.hessian_product(X, y, along), product, rtol=1e-4, atol=1e-6)
    K = empirical_tangent_kernel(pipe, X)
    assert_allclose(K, empirical_tangent_kernel(pipe[-1], pipe[:-1].transform(X)), rtol=1e-9)


def test_second_derivatives_go_through_affine_steps_only():
    net, X = as_network(regressor(StandardScaler(), PCA(3))[0]), 5 * ROWS + 1
    e = 1e-5 * np.eye(6)[2]
    slope = (net.jacobian(X + e) - net.jacobian(X - e)) / 2e-5
    assert_allclose(net.input_hessian(X)[:, :, :, 2], slope, atol=1e-7)
    with pytest.raises(ValueError, match="not affine: give the network alone"):
        as_network(regressor(PowerTransformer())[0]).input_hessian(X)


def test_what_is_frozen_or_searched_stands_for_what_is_inside():
    pipe, y = regressor(StandardScaler())
    search = GridSearchCV(pipe, {"mlpregressor__alpha": [1e-3]}, cv=2).fit(5 * ROWS + 1, y)
    best = search.best_estimator_
    for wrapped in (search, FrozenEstimator(best), as_network(best)):
        assert_array_equal(as_network(wrapped).scores(ROWS), as_network(best).scores(ROWS))
        assert list(layer_activations(wrapped, ROWS)) == ["hidden 1", "output"]
    with pytest.raises(ValueError, match="output goes with a torch module"):
        as_network(best, output=1)


# -- torch ----------------------------------------------------------------------------------

torch = pytest.importorskip("torch")
nn, F = torch.nn, torch.nn.functional


class Block(nn.Module):
    """A residual block with normalisation, in place."""

    def __init__(self, n):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(n, n, 3, padding=1, bias=False), nn.BatchNorm2d(n)
        self.conv2, self.bn2 = nn.Conv2d(n, n, 3, padding=1, bias=False), nn.BatchNorm2d(n)
        self.act = nn.Tanh()

    def forward(self, x):
        y = self.bn2(self.conv2(self.act(self.bn1(self.conv1(x)))))
        y += x
        return self.act(y)


class ResNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem, self.blocks = nn.Conv2d(1, 3, 3, padding=1), nn.Sequential(Block(3), Block(3))
        self.pool, self.fc = nn.AdaptiveAvgPool2d(1), nn.Linear(3, 2)

    def forward(self, x):
        return self.fc(self.pool(self.blocks(torch.tanh(self.stem(x)))).flatten(1))


class LSTM(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb, self.lstm = nn.Embedding(20, 4), nn.LSTM(4, 5, batch_first=True)
        self.fc = nn.Linear(5, 2)

    def forward(self, ids):
        return self.fc(self.lstm(self.emb(ids))[0][:, -1])


class Transformer(nn.Module):
    """Token ids to a dict, with the sequence in front or behind the rows inside."""

    def __init__(self, batch_first, norm_first=False):
        super().__init__()
        self.batch_first, self.emb = batch_first, nn.Embedding(20, 8)
        self.pos = nn.Parameter(0.1 * torch.randn(7, 8))
        layer = nn.TransformerEncoderLayer(
            8, 2, 12, batch_first=batch_first, norm_first=norm_first, dropout=0.1
        )
        self.enc = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.fc = nn.Linear(8, 2)

    def forward(self, ids):
        h = self.emb(ids) + self.pos
        h = self.enc(h) if self.batch_first else self.enc(h.transpose(0, 1)).transpose(0, 1)
        return {"logits": self.fc(h.mean(1)), "hidden": h}


class Code(NamedTuple):
    mean: torch.Tensor
    log_variance: torch.Tensor


@dataclass
class Coded:
    code: Code
    decoded: torch.Tensor


class VAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.enc, self.mean, self.spread = nn.Linear(6, 8), nn.Linear(8, 2), nn.Linear(8, 2)
        self.dec = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 6))

    def forward(self, x):
        h = torch.tanh(self.enc(x))
        mean, spread = self.mean(h), self.spread(h)
        z = mean + torch.randn_like(mean) * torch.exp(spread / 2)
        return Coded(Code(mean, spread), self.dec(z))


class GRU(nn.Module):
    """The last state of a recurrence that has the sequence in front."""

    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(3, 4)

    def forward(self, x):
        return self.gru(x.transpose(0, 1))[1][-1]


class Functional(nn.Module):
    def __init__(self):
        super().__init__()
        self.v, self.w = nn.Parameter(torch.randn(5, 6)), nn.Parameter(torch.randn(2, 5))

    def forward(self, x):
        return F.linear(torch.tanh(F.linear(x, self.v)), self.w)


def seeded(make, *options):
    torch.manual_seed(0)
    return make(*options).double()


ZOO = {
    "cnn": (
        lambda: nn.Sequential(nn.Conv2d(1, 3, 3), nn.Tanh(), nn.Flatten(), nn.Linear(48, 2)),
        IMAGES,
        {},
    ),
    "resnet": (ResNet, IMAGES, {}),
    "lstm": (LSTM, TOKENS, {}),
    "transformer": (lambda: Transformer(True), TOKENS, {}),
    "sequence first": (lambda: Transformer(False, True), TOKENS, {"output": "logits"}),
    "vae": (VAE, ROWS, {"output": "decoded"}),
    "vae, code": (VAE, ROWS, {"output": ("code", "mean")}),
    "gru": (GRU, SERIES, {}),
    "bare lstm": (lambda: nn.LSTM(3, 4, batch_first=True), SERIES, {"output": (1, 0)}),
    "functional": (Functional, ROWS, {}),
}


def zoo(name):
    make, X, options = ZOO[name]
    return as_network(seeded(make), **options), X


@pytest.mark.parametrize("name", ZOO)
def test_derivatives_are_those_of_finite_differences(name):
    net, X = zoo(name)
    if X.dtype.kind == "f":
        e = np.zeros(X.shape[1:])
        e.flat[4] = 1e-5
        J = net.jacobian(X)
        assert J.shape == (9, net.scores(X).shape[1], X[0].size)
        assert_allclose(J[:, :, 4], (net.scores(X + e) - net.scores(X - e)) / 2e-5, atol=1e-8)
        X = X[:3]
        H = (net.jacobian(X + e) - net.jacobian(X - e)) / 2e-5
        frames = np.linalg.qr(np.random.default_rng(0).normal(size=(3, X[0].size, 2)))[0]
        assert_allclose(net.directional_jacobian(X, frames), net.jacobian(X) @ frames, atol=1e-10)
        second = frames.swapaxes(1, 2)[:, None] @ net.input_hessian(X) @ frames[:, None]
        assert_allclose(net.directional_hessian(X, frames), second, atol=1e-9)
        assert_allclose(net.input_hessian(X)[:, :, :, 4], H, atol=1e-7)
    else:
        X = X[:3]
        with pytest.raises(ValueError, match="X holds token ids"):
            net.jacobian(X)
    rng = np.random.default_rng(1)
    theta, along, y = net.parameters, rng.normal(size=net.n_parameters), net.scores(X) + 1
    ahead, behind = (net.with_parameters(theta + t * along) for t in (1e-6, -1e-6))
    Jp = net.parameter_jacobian(X)
    assert_allclose(Jp @ along, (ahead.scores(X) - behind.scores(X)) / 2e-6, atol=1e-5)
    slope = (ahead.loss(X, y) - behind.loss(X, y)) / 2e-6
    assert_allclose(net.gradient(X, y) @ along, slope, rtol=1e-5, atol=1e-7)
    product = (ahead.gradient(X, y) - behind.gradient(X, y)) / 2e-6
    assert_allclose(net.hessian_product(X, y, along), product, rtol=1e-4, atol=1e-5)
    fisher = np.einsum("nop,no->p", Jp, Jp @ along) / len(X)
    assert_allclose(net.fisher_product(X, along), fisher, rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize(
    ("name", "layers"),
    [
        ("resnet", {"stem": 108, "blocks.0.act": 108, "blocks.0.act (2)": 108,
                    "blocks.1.act": 108, "blocks.1.act (2)": 108, "pool": 3}),
        ("lstm", {"emb": 28, "lstm": 35}),
        ("transformer", {"emb": 56, "enc.layers.0.norm1": 56, "enc.layers.0.linear1": 84,
                         "enc.layers.0.norm2": 56, "enc.layers.1.norm1": 56,
                         "enc.layers.1.linear1": 84, "enc.layers.1.norm2": 56}),
        ("vae", {"enc": 8, "mean": 2, "spread": 2, "dec.1": 8}),
        ("gru", {"gru": 20}),
        ("functional", {"tanh": 5}),
    ],
)  # fmt: skip
def test_layers_have_their_names_and_all_of_a_row(name, layers):
    net, X = zoo(name)
    found = layer_activations(net, X)
    assert {key: cloud.shape for key, cloud in found.items() if key != "output"} == {
        key: (9, width) for key, width in layers.items()
    }
    assert_array_equal(found["output"], net.scores(X))
    for key, cloud in layer_activations(net, X[[4, 2]]).items():
        if name != "vae" or not key.startswith(("dec", "output")):
            assert_allclose(cloud, found[key][[4, 2]], atol=1e-10, err_msg=key)


def test_a_residual_block_is_what_it_returns_and_any_module_can_be_asked_for():
    net, X = zoo("resnet")
    module, seen = net.module.eval(), {}
    for name in ("blocks.0", "blocks.1", "blocks.0.conv1"):
        module.get_submodule(name).register_forward_hook(
            lambda m, i, o, name=name: seen.update({name: o.detach().clone().numpy()})
        )
    names = ["blocks.0.conv1", "blocks.0", "blocks.0.act (2)", "blocks.1"]
    found = layer_activations(net, X, layers=names)
    assert list(found) == names
    for name in ("blocks.0", "blocks.1", "blocks.0.conv1"):
        assert_array_equal(found[name], seen[name].reshape(9, -1))
    assert_array_equal(found["blocks.0.act (2)"], found["blocks.0"])
    step = LayerActivations(network=module, layers=["blocks.0", -1], include_input=True).fit(X)
    assert step.layer_names_ == ["input", "blocks.0", "output"] and step.n_features_in_ == 36
    assert_array_equal(step.transform(X)[1], found["blocks.0"])
    with pytest.raises(ValueError, match=r"layers holds 'blocks\.7', but the layers are 'stem'"):
        layer_activations(net, X, layers=["blocks.7"])


def test_a_shortcut_that_is_normalised_on_its_way_stays_a_layer():
    net, X = zoo("sequence first")
    names = list(layer_activations(net, X))
    assert names[0] == "emb" and "enc.layers.0.linear2" in names
    hooked = {}
    net.module.enc.layers[0].register_forward_hook(lambda m, i, o: hooked.update({o.shape[1]: o}))
    found = layer_activations(net, X)["enc.layers.0.linear2"]
    assert_allclose(found, hooked[9].transpose(0, 1).reshape(9, -1).numpy())


@pytest.mark.parametrize("n", [5, 7])
def test_as_many_rows_as_steps_are_still_rows(n):
    net, _ = zoo("gru")
    X = np.random.default_rng(2).normal(size=(n, 5, 3))
    whole = layer_activations(net, X)["gru"]
    one_by_one = [layer_activations(net, X[[i]])["gru"][0] for i in range(n)]
    assert_allclose(whole, one_by_one, atol=1e-12)

    class InParts(nn.Module):
        """All steps of all rows along one axis, those of a row together or apart."""

        def __init__(self, together):
            super().__init__()
            self.together, self.fc = together, nn.Linear(3, 2).double()

        def forward(self, x):
            steps = x if self.together else x.transpose(0, 1)
            y = self.fc(steps.reshape(-1, 3)).reshape(*steps.shape[:2], 2)
            return (y if self.together else y.transpose(0, 1)).sum(1)

    for together in (True, False):
        module = InParts(together)
        expected = module.fc(torch.tensor(X)).detach().numpy().reshape(n, -1)
        assert_allclose(layer_activations(module, X)["fc"], expected, atol=1e-12)


def test_a_network_that_draws_numbers_draws_the_same_and_leaves_those_of_the_user():
    net, X = zoo("vae")
    torch.manual_seed(3)
    expected = torch.rand(2)
    torch.manual_seed(3)
    assert_array_equal(net.scores(X), net.scores(X))
    assert_array_equal(torch.rand(2), expected)
    assert_array_equal(layer_activations(net, X)["mean"], zoo("vae, code")[0].scores(X))


@pytest.mark.parametrize("kind", ["half", "bfloat16"])
def test_short_floats(kind):
    torch.manual_seed(0)
    module = ResNet()
    expected = as_network(module).scores(IMAGES)
    net = as_network(module.to(getattr(torch, kind)))
    assert_allclose(net.scores(IMAGES), expected, atol=0.05)
    assert {layer.dtype.name for layer in net.layers(IMAGES)} == {"float32"}
    assert net.jacobian(IMAGES).shape == (9, 2, 36)
    again = net.with_parameters(net.parameters)
    assert_array_equal(again.scores(IMAGES), net.scores(IMAGES))


def test_flat_rows_take_the_shape_that_the_module_wants():
    net, X = zoo("resnet")
    flat = as_network(net.module, input_shape=(1, 6, 6), link="softmax")
    assert flat.n_features == 36
    assert_array_equal(flat.scores(X.reshape(9, 36)), net.scores(X))
    assert_array_equal(flat.scores(X), net.scores(X))
    metric = PullbackMetric(flat, output_metric="fisher").tensor(X.reshape(9, 36)[:2])
    assert metric.shape == (2, 36, 36)
    same = flat.with_parameters(flat.parameters)
    assert (same.input_shape, same.link) == ((1, 6, 6), "softmax")
    with pytest.raises(ValueError, match=r"X has 30 values in a row, but input_shape=\(1, 6, 6\)"):
        flat.scores(np.zeros((2, 30)))
    with pytest.raises(ValueError, match="sizes are from 1 on"):
        as_network(net.module, input_shape=(0, 3))


def test_batch_norm_keeps_its_statistics_and_its_mode():
    module = seeded(ResNet).train()
    before = {name: b.clone() for name, b in module.named_buffers()}
    net = as_network(module)
    net.layers(IMAGES), net.jacobian(IMAGES), net.gradient(IMAGES, np.zeros((9, 2)))
    assert all(m.training for m in module.modules())
    for name, b in module.named_buffers():
        assert torch.equal(b, before[name])


@pytest.mark.parametrize(
    ("make", "X", "options", "message"),
    [
        (VAE, ROWS, {}, r"returns \('code', 'mean'\) of shape \(2, 2\).*output=\('code', 'mean'\)"),
        (VAE, ROWS, {"output": "x"}, "output='x', but the module returns"),
        (ResNet, IMAGES, {"output": 0}, "returns one tensor of shape"),
        (lambda: nn.LSTM(3, 4), SERIES, {"output": 0}, "batch_first=False"),
        (lambda: nn.Sequential(nn.Linear(6, 3), nn.BatchNorm1d(3, track_running_stats=False)),
         ROWS, {}, "changes with the other rows"),
        (LSTM, TOKENS + 15, {}, r"X has shape \(9, 7\), and the module cannot be run on it: index"),
        (lambda: nn.Flatten(0), ROWS, {}, "must return one value, vector or array for each row"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said(make, X, options, message):
    with pytest.raises(ValueError, match=message):
        as_network(seeded(make), **options).scores(X)


def test_images_everywhere():
    net, X = zoo("resnet")
    X = np.random.default_rng(0).normal(size=(40, 1, 6, 6))
    with_small_memory = layer_activations(net, X)
    report = layer_report(net, X, np.arange(40) % 2, max_dimension=0)
    assert report.widths[0] == 36
    observer = TrainingObserver(X.reshape(40, -1)[:, :2], every=1, n_landmarks=10)
    observer.record(net, X, 1.0)
    assert len(observer.history) == 1
    from sklearn import config_context

    with config_context(working_memory=0.05):  # a few rows at a time
        for name, cloud in layer_activations(net, X).items():
            assert_allclose(cloud, with_small_memory[name], atol=1e-12)


def test_an_untrained_module_starts_anew_and_the_trained_one_stays():
    module = seeded(ResNet)
    with torch.no_grad():
        for p in module.parameters():
            p.add_(1.0)
    before = [p.clone() for p in (*module.parameters(), *module.buffers())]
    one, same, other = (
        untrained_network(module, IMAGES, random_state=seed).module for seed in (0, 0, 1)
    )
    for p, q in zip((*module.parameters(), *module.buffers()), before, strict=True):
        assert torch.equal(p, q)
    for (name, p), q, r in zip(
        one.named_parameters(), same.parameters(), other.parameters(), strict=True
    ):
        assert torch.equal(p, q)
        if "bn" not in name:  # those start as ones and zeros
            assert not torch.equal(p, r) and p.abs().max() < 1
    assert torch.equal(one.blocks[0].bn1.weight, torch.ones(3, dtype=torch.float64))
    seen = {}
    one.blocks[0].conv1.register_forward_hook(lambda m, i, o: seen.update(out=o))
    one.eval()(torch.tensor(IMAGES))
    mean = seen["out"].mean(dim=(0, 2, 3))
    assert_allclose(one.blocks[0].bn1.running_mean.numpy(), mean.detach().numpy(), atol=1e-9)
    # What no part starts has its values shuffled.
    functional = untrained_network(seeded(Functional), random_state=0).module
    assert_array_equal(np.sort(functional.v.detach().numpy(), axis=None),
                       np.sort(seeded(Functional).v.detach().numpy(), axis=None))  # fmt: skip
    assert not torch.equal(functional.v, seeded(Functional).v)
