from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import ortho_group
from sklearn.datasets import make_moons
from sklearn.neural_network import MLPClassifier, MLPRegressor

from tda.manifold import sectional_curvature
from tda.networks import DenseNetwork, PullbackMetric, TorchNetwork, random_network


def sphere(X, radius=1.0):
    polar, around = X.T
    ring = np.sin(polar)
    points = [ring * np.cos(around), ring * np.sin(around), np.cos(polar)]
    return radius * np.stack(points, axis=1)


def torus(X, ring=2.0, tube=0.5):
    around, across = X.T
    wide = ring + tube * np.cos(across)
    return np.stack([wide * np.cos(around), wide * np.sin(around), tube * np.sin(across)], axis=1)


def catenoid(X):
    u, v = X.T
    return np.stack([np.cosh(v) * np.cos(u), np.cosh(v) * np.sin(u), v], axis=1)


def helicoid(X):
    u, v = X.T
    return np.stack([np.sinh(v) * np.sin(u), -np.sinh(v) * np.cos(u), u], axis=1)


def tractroid(X):
    u, v = X.T
    return np.stack([np.cos(v) / np.cosh(u), np.sin(v) / np.cosh(u), u - np.tanh(u)], axis=1)


def spots(n=40, low=(0.5, -1.0), high=(2.6, 1.0), seed=0):
    return np.random.default_rng(seed).uniform(low, high, (n, len(low)))


def network(*widths, activation="tanh", seed=0):
    return random_network(
        widths[0],
        widths[1:-1],
        widths[-1],
        activation=activation,
        weight_variance=2.0,
        bias_variance=0.2,
        random_state=seed,
    )


# Maps whose geometry is known --------------------------------------------------------------------


def test_an_isometry_has_the_identity():
    Q = ortho_group.rvs(5, random_state=0)[:3]
    X = np.random.default_rng(1).normal(size=(20, 3))
    as_network = DenseNetwork((Q,), (np.ones(5),))
    for metric, atol in (
        (PullbackMetric(lambda X: X @ Q), 1e-8),
        (PullbackMetric(as_network), 1e-14),
    ):
        np.testing.assert_allclose(metric.tensor(X), np.tile(np.eye(3), (20, 1, 1)), atol=atol)
        np.testing.assert_allclose(metric.volume(X), 1, atol=atol)
    np.testing.assert_allclose(metric.curvature(X), 0, atol=1e-14)
    assert metric.length(X) == pytest.approx(np.linalg.norm(np.diff(X, axis=0), axis=1).sum())
    assert metric.angle(X[0], [1.0, 0, 0], [1.0, 1, 0]) == pytest.approx(np.pi / 4)
    line = metric.geodesic(X[0], X[1], n_points=11)
    assert line.converged and line.length == pytest.approx(np.linalg.norm(X[1] - X[0]))
    np.testing.assert_allclose(line.points, np.linspace(X[0], X[1], 11), atol=1e-6)


@pytest.mark.parametrize("radius", [0.5, 3.0])
def test_a_sphere_has_its_metric_and_curvature(radius):
    metric, X = PullbackMetric(lambda X: sphere(X, radius)), spots()
    G = metric.tensor(X)
    np.testing.assert_allclose(G[:, 0, 0], radius**2, rtol=1e-9)
    np.testing.assert_allclose(G[:, 1, 1], radius**2 * np.sin(X[:, 0]) ** 2, rtol=1e-9)
    np.testing.assert_allclose(G[:, 0, 1], 0, atol=1e-9 * radius**2)
    np.testing.assert_allclose(metric.volume(X), radius**2 * np.sin(X[:, 0]), rtol=1e-9)
    np.testing.assert_allclose(metric.curvature(X), radius**-2, rtol=1e-6)


def test_geodesics_of_a_sphere_are_great_circles():
    metric, X = PullbackMetric(lambda X: sphere(X, 2.0)), spots(6)
    for a, b in zip(X[::2], X[1::2], strict=True):
        found = metric.geodesic(a, b)
        ends = sphere(np.stack([a, b]))
        true = 2 * np.arccos(ends[0] @ ends[1])
        assert found.converged and found.residual < 1e-3
        assert true < found.length < (1 + 1e-4) * true < found.straight_length
        assert found.energy == pytest.approx(true**2 / 2, rel=1e-3)
        normal = np.cross(*ends) / np.linalg.norm(np.cross(*ends))
        np.testing.assert_allclose(found.image @ normal, 0, atol=1e-3)
        np.testing.assert_array_equal(found.points[[0, -1]], [a, b])
        steps = np.linalg.norm(np.diff(found.image, axis=0), axis=1)
        np.testing.assert_allclose(steps, steps.mean(), rtol=0.01)
        # The other way to a geodesic, its equation, from the direction that was found.
        shot = metric.shoot(a, found.velocity[0])
        np.testing.assert_allclose(shot, found.points, atol=2e-3)


def test_lengths_converge_with_the_square_of_the_points():
    metric, (a, b) = PullbackMetric(sphere), spots(2)
    true = np.arccos(np.prod(sphere(np.stack([a, b])), axis=0).sum())
    errors = [metric.geodesic(a, b, n_points=n).length - true for n in (17, 33, 65)]
    np.testing.assert_allclose(np.log2(errors[:-1]) - np.log2(errors[1:]), 2, atol=0.1)


def test_the_angles_of_a_triangle_exceed_pi_by_its_area():
    # Gauss and Bonnet: an eighth of the unit sphere has three right angles.
    metric = PullbackMetric(sphere)
    corners = np.array([[np.pi / 2, 0.0], [np.pi / 2, 1.0], [np.pi / 4, 0.5]])
    total = 0.0
    for k in range(3):
        x, one, other = np.roll(corners, -k, axis=0)
        u, v = metric.geodesic(x, one).velocity[0], metric.geodesic(x, other).velocity[0]
        total += metric.angle(x, u, v)
    a, b, c = sphere(corners)  # Eriksson's formula for the area of a spherical triangle
    volume = np.abs(np.linalg.det([a, b, c]))
    area = 2 * np.arctan(volume / (1 + a @ b + b @ c + c @ a))
    assert total - np.pi == pytest.approx(area, abs=2e-3)


def test_a_torus_has_its_curvature():
    X = spots(low=(-3, -3), high=(3, 3))
    true = np.cos(X[:, 1]) / (0.5 * (2 + 0.5 * np.cos(X[:, 1])))
    np.testing.assert_allclose(PullbackMetric(torus).curvature(X), true, atol=1e-6)


def test_catenoid_and_helicoid_are_one_to_those_who_live_in_them():
    X = spots(low=(-2, -1.5), high=(2, 1.5))
    one, other = PullbackMetric(catenoid), PullbackMetric(helicoid)
    np.testing.assert_allclose(one.tensor(X), other.tensor(X), atol=1e-8)
    np.testing.assert_allclose(one.curvature(X), other.curvature(X), atol=1e-6)
    np.testing.assert_allclose(one.curvature(X), -(np.cosh(X[:, 1]) ** -4), atol=1e-6)
    length = one.geodesic(X[0], X[1]).length
    assert length == pytest.approx(other.geodesic(X[0], X[1]).length, rel=1e-6)


def test_the_pseudosphere_is_a_piece_of_the_hyperbolic_plane():
    metric, X = PullbackMetric(tractroid), spots(low=(0.5, -1), high=(2, 1))
    np.testing.assert_allclose(metric.curvature(X), -1, atol=1e-5)
    # (v, cosh u) are coordinates of Poincare's half-plane.
    for a, b in ([[0.8, -0.4], [1.0, 0.4]], [[0.6, 0.0], [2.0, 0.3]]):
        (y, v), (z, w) = (np.cosh(a[0]), a[1]), (np.cosh(b[0]), b[1])
        true = np.arccosh(1 + ((v - w) ** 2 + (y - z) ** 2) / (2 * y * z))
        assert metric.geodesic(a, b).length == pytest.approx(true, rel=1e-4)


def test_in_more_dimensions():
    def veronese(X):
        x, y, z = sphere(X).T
        return np.stack(
            [y * z, z * x, x * y, (x**2 - y**2) / 2, (x**2 + y**2 - 2 * z**2) / 12**0.5]
        ).T

    # 1 / 12 of the squared radius 2 / sqrt(3) times that of the 4-sphere it lies on; K = 1.
    np.testing.assert_allclose(PullbackMetric(veronese).curvature(spots()), 1, atol=1e-6)

    def cylinder(X):  # over a sphere: curved in one plane of three
        return np.column_stack([sphere(X[:, :2]), X[:, 2]])

    metric, X = PullbackMetric(cylinder), spots(low=(0.5, -1, -1), high=(2.6, 1, 1))
    np.testing.assert_allclose(metric.curvature(X), 1 / 3, atol=1e-6)
    form, frames, inverse = metric.second_form(X)
    np.testing.assert_allclose(metric.jacobian(X) @ inverse, frames, atol=1e-9)
    e = np.linalg.inv(inverse)  # columns: the coordinate vectors in the basis
    np.testing.assert_allclose(sectional_curvature(form, e[..., 0], e[..., 1]), 1, atol=1e-6)
    np.testing.assert_allclose(sectional_curvature(form, e[..., 0], e[..., 2]), 0, atol=1e-6)


def test_a_curve_is_as_long_as_its_image():
    circle = PullbackMetric(lambda t: np.column_stack([np.cos(t), np.sin(t)]))
    assert circle.length([[0.0], [2 * np.pi]]) == pytest.approx(2 * np.pi, rel=1e-6)
    fold = PullbackMetric(lambda t: np.abs(t))
    assert fold.length([[-1.0], [2.0]]) == pytest.approx(3, rel=1e-3)
    # Ends that come near one another in the image are no shortcut.
    for end in (3.0, 6.2):
        assert circle.geodesic([0.0], [end]).length == pytest.approx(end, rel=1e-5)


def test_geometry_does_not_depend_on_coordinates():
    def bend(X):
        return np.column_stack([X[:, 0] + 0.3 * np.sin(X[:, 1]), X[:, 1] + 0.2 * X[:, 0] ** 2])

    net, X = network(2, 20, 5), spots(low=(-1, -1), high=(1, 1))
    straight = PullbackMetric(net)
    bent = PullbackMetric(lambda X: net.scores(bend(X)))
    J = PullbackMetric(bend).jacobian(X)
    np.testing.assert_allclose(
        bent.tensor(X), J.swapaxes(1, 2) @ straight.tensor(bend(X)) @ J, rtol=1e-7, atol=1e-9
    )
    np.testing.assert_allclose(bent.curvature(X), straight.curvature(bend(X)), atol=1e-5)
    curve = np.linspace([-1, 0.5], [1, 0.2], 500)
    assert bent.length(curve) == pytest.approx(straight.length(bend(curve)), rel=1e-5)
    path = [m.geodesic(*ends, n_points=33) for m, ends in ((straight, bend(X[:2])), (bent, X[:2]))]
    assert path[0].length == pytest.approx(path[1].length, rel=2e-3)


# Networks ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("widths", [(2, 30, 3), (2, 15, 12, 8, 64), (4, 10, 9)])
def test_networks_agree_with_finite_differences(widths):
    net = network(*widths)
    X = np.random.default_rng(0).normal(size=(10, widths[0]))
    own, differences = PullbackMetric(net), PullbackMetric(net.scores)
    with_slopes = PullbackMetric(net.scores, jacobian=net.jacobian)
    J = own.jacobian(X)
    np.testing.assert_allclose(differences.jacobian(X), J, atol=1e-7 * np.abs(J).max())
    np.testing.assert_allclose(differences.tensor(X), own.tensor(X), rtol=1e-6, atol=1e-8)
    K = own.curvature(X)
    np.testing.assert_allclose(with_slopes.curvature(X), K, atol=1e-6 * np.abs(K).max())
    np.testing.assert_allclose(differences.curvature(X), K, atol=1e-4 * np.abs(K).max())


def test_a_network_of_tanh_has_the_curvature_of_the_surface_it_makes():
    # (tanh x, tanh y, tanh(x + y)) is the graph of c = (a + b) / (1 + a b).
    net = DenseNetwork(
        (np.array([[1.0, 0, 1], [0, 1, 1]]), np.eye(3)), (np.zeros(3),) * 2, activation="tanh"
    )
    X = spots(low=(-1, -1), high=(1, 1))
    a, b = np.tanh(X).T
    below = 1 + a * b
    c_a, c_b = (1 - b**2) / below**2, (1 - a**2) / below**2
    c_aa, c_bb = -2 * b * (1 - b**2) / below**3, -2 * a * (1 - a**2) / below**3
    c_ab = -2 * (a + b) / below**3
    true = (c_aa * c_bb - c_ab**2) / (1 + c_a**2 + c_b**2) ** 2  # Monge
    np.testing.assert_allclose(PullbackMetric(net).curvature(X), true, rtol=1e-9, atol=1e-12)


def test_hidden_layers_have_a_metric_too():
    net, X = network(3, 8, 6, 2, activation="logistic"), np.eye(3)
    for k, layer in enumerate(net.layer_names):
        metric = PullbackMetric(net, layer=layer)
        np.testing.assert_allclose(metric.image(X), net.layers(X)[k], atol=1e-14)
        by_differences = PullbackMetric(lambda X, k=k: net.layers(X)[k])
        np.testing.assert_allclose(metric.tensor(X), by_differences.tensor(X), rtol=1e-6, atol=1e-9)


def test_of_probabilities_it_is_the_fisher_information():
    X = np.random.default_rng(0).normal(size=(6, 2))
    net = MLPClassifier([10], activation="tanh", solver="lbfgs", alpha=1.0, random_state=0)
    net.fit(np.random.default_rng(1).normal(size=(90, 2)), np.arange(90) % 3)
    metric = PullbackMetric(net, output_metric="fisher")
    p = net.predict_proba(X)
    np.testing.assert_allclose(metric.image(X), 2 * np.sqrt(p), atol=1e-12)
    J = PullbackMetric(net).jacobian(X)
    F = p[:, :, None] * np.eye(3) - p[:, :, None] * p[:, None, :]
    np.testing.assert_allclose(metric.tensor(X), J.swapaxes(1, 2) @ F @ J, atol=1e-12)
    # Two numbers tell three probabilities: the image is open in the sphere of radius 2.
    np.testing.assert_allclose(metric.curvature(X), 0.25, rtol=1e-6)
    found = metric.geodesic(X[0], X[1])
    assert found.length >= 2 * np.arccos(np.sqrt(p[0] * p[1]).sum()) - 1e-9


def test_of_two_classes_it_is_the_fisher_information():
    X, y = make_moons(100, noise=0.1, random_state=0)
    net = MLPClassifier([10], activation="tanh", solver="lbfgs", alpha=0.1, random_state=0)
    net.fit(X, y)
    metric = PullbackMetric(net, output_metric="fisher")
    p = net.predict_proba(X)[:, 1]
    J = PullbackMetric(net).jacobian(X)
    F = (p * (1 - p))[:, None, None]
    np.testing.assert_allclose(metric.tensor(X), J.swapaxes(1, 2) * F @ J, atol=1e-12)
    by_hand = PullbackMetric(lambda X: 2 * np.sqrt(net.predict_proba(X)))
    np.testing.assert_allclose(by_hand.tensor(X), metric.tensor(X), atol=1e-8)
    one, other = p[y == 0][0], p[y == 1][0]
    found = metric.geodesic(X[y == 0][0], X[y == 1][0], n_points=17)
    true = 2 * np.abs(np.arcsin(np.sqrt(one)) - np.arcsin(np.sqrt(other)))
    assert found.length == pytest.approx(true, rel=1e-3)


def test_of_regression_the_fisher_information_is_the_metric_itself():
    net = MLPRegressor(hidden_layer_sizes=[6], activation="tanh", solver="lbfgs", random_state=0)
    X = np.random.default_rng(0).normal(size=(50, 2))
    net.fit(X, np.column_stack([X, X[:, 0] * X[:, 1]]))
    plain, fisher = PullbackMetric(net), PullbackMetric(net, output_metric="fisher")
    np.testing.assert_array_equal(plain.tensor(X), fisher.tensor(X))
    np.testing.assert_array_equal(plain.curvature(X), fisher.curvature(X))


def test_torch_has_the_same():
    torch = pytest.importorskip("torch")
    net, X = network(2, 12, 9, 4), spots(low=(-1, -1), high=(1, 1))
    layers = []
    for k in range(3):
        layer = torch.nn.Linear(*net.weights[k].shape).double()
        with torch.no_grad():
            layer.weight.copy_(torch.from_numpy(net.weight_scales[k] * net.weights[k].T))
            layer.bias.copy_(torch.from_numpy(net.bias_scales[k] * net.biases[k]))
        layers += [layer, torch.nn.Tanh()]
    module = torch.nn.Sequential(*layers[:-1])
    own, theirs = PullbackMetric(net), PullbackMetric(module)
    np.testing.assert_allclose(theirs.tensor(X), own.tensor(X), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(theirs.curvature(X), own.curvature(X), rtol=1e-7, atol=1e-9)
    found = theirs.geodesic(X[0], X[1], n_points=9)
    assert found.length == pytest.approx(own.geodesic(X[0], X[1], n_points=9).length, rel=1e-6)
    classifier = PullbackMetric(TorchNetwork(module, link="softmax"), output_metric="fisher")
    softmax = PullbackMetric(replace(net, link="softmax"), output_metric="fisher")
    np.testing.assert_allclose(classifier.tensor(X), softmax.tensor(X), rtol=1e-9, atol=1e-12)
    with pytest.raises(ValueError, match="give TorchNetwork"):
        PullbackMetric(module, output_metric="fisher")
    with pytest.raises(TypeError, match="give the part up to there itself"):
        PullbackMetric(module, layer="0")


# Shortest curves ---------------------------------------------------------------------------------


def hill(X, height=3.0):
    return np.column_stack([X, height * np.exp(-(X**2).sum(axis=1))])


def test_a_hill_is_walked_around():
    metric = PullbackMetric(hill)
    a, b, c = np.array([[-2.0, 0.1], [2.0, 0.1], [0.5, 2.0]])
    there, back = metric.geodesic(a, b), metric.geodesic(b, a)
    assert there.converged and there.length < 0.7 * there.straight_length
    assert there.length == pytest.approx(back.length, rel=1e-5)
    assert np.abs(there.points[:, 1]).max() > 0.8
    assert there.length <= metric.geodesic(a, c).length + metric.geodesic(c, b).length


def test_in_many_dimensions_samples_lead_around():
    metric = PullbackMetric(hill)
    a, b = np.zeros((2, 4))
    a[0], b[0] = -2.0, 2.0
    # On the straight line, by symmetry, nothing pulls aside: it is a geodesic, but not the
    # shortest.
    over = metric.geodesic(a, b)
    samples = np.random.default_rng(0).uniform(-2.5, 2.5, (500, 4))
    around = metric.geodesic(a, b, samples=samples)
    assert around.converged and around.start == "graph" and over.start == "straight"
    assert around.length < 0.7 * over.length
    assert over.length == pytest.approx(over.straight_length)


def test_what_is_not_done_is_said():
    few = PullbackMetric(hill).geodesic([-2.0, 0.1], [2.0, 0.1], max_iter=2)
    assert not few.converged and few.residual > 1e-3 and few.n_iterations <= 2


def test_a_function_need_not_be_defined_all_around():
    metric = PullbackMetric(lambda X: np.column_stack([np.sqrt(X[:, 0]), X[:, 1]]))
    found = metric.geodesic([1.0, 0.0], [4.0, 3.0])
    assert found.length == pytest.approx(np.sqrt(1 + 9), rel=1e-4)


# Where a direction is lost -----------------------------------------------------------------------


def test_degenerate_points_have_a_defined_answer():
    pleat = PullbackMetric(
        lambda X: np.column_stack([X[:, 0] ** 2, X[:, 1], X[:, 1] ** 2]),
        jacobian=lambda X: np.stack(
            [
                np.column_stack([2 * X[:, 0], 0 * X[:, 0]]),
                np.column_stack([0 * X[:, 0], 1 + 0 * X[:, 0]]),
                np.column_stack([0 * X[:, 0], 2 * X[:, 1]]),
            ],
            axis=1,
        ),
    )
    X = np.array([[0.0, 1.0], [1.0, 1.0]])
    np.testing.assert_allclose(pleat.volume(X), [0, 2 * np.sqrt(5)])
    np.testing.assert_allclose(pleat.curvature(X), [np.nan, 0], atol=1e-6)
    assert np.isnan(pleat.angle([0.0, 1.0], [1.0, 0.0], [0.0, 1.0]))
    angles = pleat.angle(X, [[1.0, 0.0]], [[0.0, 1.0]])
    np.testing.assert_allclose(angles, [np.nan, np.pi / 2])
    assert np.isnan(pleat.second_form(X)[0][0]).all()
    with pytest.raises(ValueError, match=r"degenerate at \[0.0, 1.0\]"):
        pleat.shoot([0.0, 1.0], [1.0, 0.0])


def test_with_fewer_outputs_than_inputs_all_is_degenerate():
    metric, X = PullbackMetric(lambda X: X[:, :1] + X[:, 1:]), spots()
    assert not metric.volume(X).any() and np.isnan(metric.curvature(X)).all()
    found = metric.geodesic([0.0, 0.0], [1.0, 2.0])
    assert found.length == pytest.approx(3) and found.converged
    flat = PullbackMetric(lambda X: np.ones((len(X), 3)))
    nowhere = flat.geodesic([0.0, 0.0], [1.0, 2.0])
    assert nowhere.length == nowhere.energy == 0 and nowhere.converged


def test_a_polyhedron_is_flat_within_its_faces():
    net = network(2, 20, 8, 5, activation="relu")
    metric, X = PullbackMetric(net), np.random.default_rng(0).normal(size=(50, 2))
    curvature, volume = metric.curvature(X), metric.volume(X)
    assert (volume[np.isnan(curvature)] == 0).all()
    np.testing.assert_allclose(curvature[volume > 0], 0, atol=1e-12)
    found = metric.geodesic(X[0], X[1], n_points=17)
    chord = np.linalg.norm(np.diff(net.scores(X[:2]), axis=0))
    assert chord <= found.length <= found.straight_length * (1 + 1e-3)


def test_a_row_does_not_depend_on_the_others():
    for metric in (PullbackMetric(sphere), PullbackMetric(network(2, 10, 4))):
        X = spots()
        for name in ("image", "tensor", "volume", "curvature"):
            together, alone = getattr(metric, name)(X), getattr(metric, name)(X[3:4])
            np.testing.assert_allclose(together[3:4], alone, rtol=1e-12, atol=1e-14)


def test_a_field_is_the_metric_on_a_grid():
    metric = PullbackMetric(torus)
    field = metric.field(spots(), n_points=7, margin=0.0)
    assert field.tensor.shape == (7, 7, 2, 2) and field.curvature.shape == (7, 7)
    at = [[field.x[4], field.y[2]]]
    assert field.volume[2, 4] == metric.volume(at)[0]
    np.testing.assert_array_equal(field.tensor[2, 4], metric.tensor(at)[0])
    assert field.x[[0, -1]].tolist() == [spots()[:, 0].min(), spots()[:, 0].max()]


def test_errors_name_what_is_wrong():
    net = network(2, 5, 3)
    metric = PullbackMetric(net)
    with pytest.raises(TypeError, match="network is a str"):
        PullbackMetric("network")
    with pytest.raises(ValueError, match="jacobian goes with a function"):
        PullbackMetric(net, jacobian=net.jacobian)
    with pytest.raises(ValueError, match="layer='hidden 2' is none of hidden 1, output"):
        PullbackMetric(net, layer="hidden 2")
    with pytest.raises(ValueError, match="layer='hidden 1', but network is a function"):
        PullbackMetric(sphere, layer="hidden 1")
    with pytest.raises(ValueError, match="output_metric='round'"):
        PullbackMetric(net, output_metric="round")
    with pytest.raises(ValueError, match="that of the probabilities of a classifier"):
        PullbackMetric(sphere, output_metric="fisher")
    with pytest.raises(ValueError, match="that of the last layer"):
        PullbackMetric(net, layer="hidden 1", output_metric="fisher")
    with pytest.raises(ValueError, match=r"X has 3 column\(s\), but the map takes 2"):
        metric.tensor(np.eye(3))
    with pytest.raises(ValueError, match="a has shape"):
        metric.geodesic([[0.0, 0.0]], [1.0, 1.0])
    with pytest.raises(ValueError, match="n_points=2"):
        metric.geodesic([0.0, 0.0], [1.0, 1.0], n_points=2)
    with pytest.raises(ValueError, match="tol=0"):
        metric.geodesic([0.0, 0.0], [1.0, 1.0], tol=0)
    with pytest.raises(ValueError, match="x, u and v have shapes"):
        metric.angle(np.eye(2), np.ones((3, 2)), [1.0, 0.0])
    with pytest.raises(ValueError, match="has to have two inputs"):
        PullbackMetric(network(3, 4)).field(np.eye(3))
    with pytest.raises(ValueError, match=r"gave an array of shape \(1,\) for 1 row"):
        PullbackMetric(lambda X: X[:, 0]).tensor(np.eye(2))
    with pytest.raises(ValueError, match=r"NaN or infinity at \[-1.0\]"):
        PullbackMetric(lambda X: np.where(X < 0, np.nan, X)).image([[1.0], [-1.0]])


def test_rows_that_are_images_are_told_how_to_be_flat():
    torch = pytest.importorskip("torch")
    nn = torch.nn
    cnn = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Flatten(), nn.Linear(72, 10))
    X = np.random.default_rng(0).normal(size=(3, 1, 8, 8))
    with pytest.raises(ValueError, match=r"input_shape=\(1, 8, 8\)"):
        PullbackMetric(cnn).tensor(X)
    metric = PullbackMetric(TorchNetwork(cnn, input_shape=(1, 8, 8)))
    assert metric.tensor(X.reshape(len(X), -1)).shape == (3, 64, 64)
