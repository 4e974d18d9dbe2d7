"""Torch modules as users write them: functions in `forward`, work in place, any first module."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from tda.networks import PullbackMetric, as_network, layer_activations

torch = pytest.importorskip("torch")
nn, F = torch.nn, torch.nn.functional
X = np.random.default_rng(0).normal(size=(7, 4))


class Net(nn.Module):
    """Two hidden layers, the same in every style."""

    def __init__(self, style):
        super().__init__()
        torch.manual_seed(0)
        self.style = style
        self.fc1, self.fc2, self.fc3 = nn.Linear(4, 6), nn.Linear(6, 5), nn.Linear(5, 3)
        self.drop = nn.Dropout(0.5)
        self.double()

    def forward(self, x):
        return getattr(self, self.style)(x)

    def functions(self, x):
        return self.fc3(self.drop(torch.tanh(self.fc2(F.relu(self.fc1(x))))))

    def methods(self, x):
        return self.fc3(self.fc2(self.fc1(x).clamp(min=0)).tanh())

    def in_place(self, x):
        x = self.fc1(x)
        x.relu_()
        x = torch.tanh_(self.fc2(x))
        return self.fc3(x)

    def in_place_function(self, x):
        return self.fc3(
            F.dropout(self.fc2(F.relu(self.fc1(x), inplace=True)).tanh_(), training=False)
        )

    def spoiled(self, x):
        one = F.relu(self.fc1(x))
        two = torch.tanh(self.fc2(one))
        result = self.fc3(two)
        one.zero_()
        two.mul_(3)
        return result

    def in_views(self, x):
        x = F.relu(self.fc1(x).reshape(-1, 2, 3)).flatten(1)
        return self.fc3(torch.tanh(self.drop(self.fc2(x))))


def reference():
    net = Net("functions")
    w = [
        (layer.weight.detach().numpy(), layer.bias.detach().numpy())
        for layer in (net.fc1, net.fc2, net.fc3)
    ]
    one = np.maximum(X @ w[0][0].T + w[0][1], 0)
    two = np.tanh(one @ w[1][0].T + w[1][1])
    return {"fc1": one, "fc2": two, "output": two @ w[2][0].T + w[2][1]}


@pytest.mark.parametrize(
    "style", ["functions", "methods", "in_place", "in_place_function", "spoiled", "in_views"]
)
def test_layers_are_after_the_nonlinearity_however_it_is_written(style):
    found, expected = layer_activations(Net(style), X), reference()
    assert list(found) == list(expected)
    for name, values in expected.items():
        assert_allclose(found[name], values, rtol=1e-12, atol=1e-14, err_msg=name)


def test_they_are_what_hooks_of_modules_see():
    net = Net("functions")
    as_modules = nn.Sequential(net.fc1, nn.ReLU(inplace=True), net.fc2, nn.Tanh(), net.fc3)
    ours, theirs = layer_activations(net, X), layer_activations(as_modules, X)
    for one, other in zip(ours.values(), theirs.values(), strict=True):
        assert_array_equal(one, other)


class Residual(nn.Module):
    def __init__(self, in_place):
        super().__init__()
        torch.manual_seed(0)
        self.in_place = in_place
        self.fc1, self.fc2, self.head = nn.Linear(4, 4), nn.Linear(4, 4), nn.Linear(4, 2)

    def forward(self, x):
        y = self.fc2(F.relu(self.fc1(x)))
        if self.in_place:
            y += x
        else:
            y = y + x
        return self.head(F.relu(y))


def test_what_is_added_in_place_later_changes_no_layer():
    out_of_place, in_place = (layer_activations(Residual(way), X) for way in (False, True))
    assert list(in_place) == ["fc1", "fc2", "output"]
    for one, other in zip(out_of_place.values(), in_place.values(), strict=True):
        assert_array_equal(one, other)


def test_a_module_that_is_run_has_no_hooks_left_and_the_mode_it_was_in():
    net = Net("functions").train()
    as_network(net).layers(X)
    with pytest.raises(ValueError, match=r"X has shape \(7, 3\), and the module cannot be run"):
        as_network(net).layers(X[:, :3])
    assert net.training and net.drop.training
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in net.modules())


def convolutional():
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Unflatten(1, (1, 8, 8)),
        nn.Conv2d(1, 4, 3, padding=1),
        nn.Tanh(),
        nn.Flatten(),
        nn.Linear(256, 10),
    ).double()


def test_the_rows_tell_how_wide_the_input_of_a_module_is():
    cnn = convolutional()
    rows = np.random.default_rng(1).normal(size=(2, 64))
    G = PullbackMetric(cnn).tensor(rows)
    J = np.stack(
        [torch.func.jacrev(cnn)(torch.tensor(row[None]))[0, :, 0].detach() for row in rows]
    )
    assert_allclose(G, J.swapaxes(1, 2) @ J, rtol=1e-9, atol=1e-12)
    assert PullbackMetric(cnn).tensor(np.zeros((2, 64))).shape == (2, 64, 64)
    assert as_network(cnn).n_features is None and as_network(cnn).n_outputs == 10
    step = 1e-6 * np.eye(64)[5]
    net = as_network(cnn)
    slope = (net.scores(rows + step) - net.scores(rows - step)) / 2e-6
    assert_allclose(net.jacobian(rows)[:, :, 5], slope, rtol=1e-6, atol=1e-8)
    for call in (PullbackMetric(cnn).tensor, net.layers, net.scores, net.jacobian):
        with pytest.raises(ValueError, match=r"X has shape \(2, 60\), and the module"):
            call(rows[:, :60])
    plain = as_network(nn.Sequential(nn.Sequential(nn.Linear(4, 3), nn.ReLU()), nn.Linear(3, 2)))
    assert (plain.n_features, plain.n_outputs) == (4, 2)


class Lifted(nn.Module):
    """Makes features of its own: the first linear map is wider than the rows."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.fc = nn.Linear(8, 2).double()

    def forward(self, x):
        return self.fc(torch.cat([x, x**2], dim=1)).reshape(len(x), 2, 1)


def test_features_that_are_made_inside_are_no_columns_of_the_rows():
    module = Lifted()
    W = module.fc.weight.detach().numpy()
    expected = W[:, :4] + 2 * W[:, 4:] * X[:, None]
    assert_allclose(PullbackMetric(module).jacobian(X), expected, rtol=1e-12)


def test_hidden_values_and_other_kinds_are_refused():
    net = as_network(Net("functions"))
    with pytest.raises(ValueError, match="X is a masked array with hidden values"):
        net.layers(np.ma.masked_greater(X, 1.0))
    with pytest.raises(ValueError, match="X is not a numeric array"):
        net.scores(X.astype(str))
    assert_allclose(net.scores(torch.tensor(X)), net.scores(X))
    assert_allclose(net.scores((X * 10).astype(int)), net.scores((X * 10).astype(int) * 1.0))
