"""The metric along data in wide inputs: volume, curvature, paths and distances on a graph."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.datasets import load_digits
from sklearn.neural_network import MLPClassifier

from tda import Curvature, TangentSpaces
from tda.datasets import make_sphere
from tda.manifold import tangent_frames
from tda.networks import PullbackMetric, TorchNetwork, random_network

RNG = np.random.default_rng(0)
#: Two orthonormal directions of twelve inputs.
PLANE = np.linalg.qr(RNG.normal(size=(12, 2)))[0]
PLACES = RNG.uniform([0.5, -1.0], [2.6, 1.0], size=(20, 2))


def torus(X):
    around, across = X.T
    wide = 2.0 + 0.5 * np.cos(across)
    return np.stack([wide * np.cos(around), wide * np.sin(around), 0.5 * np.sin(across)], axis=1)


def torus_slope(X):
    """Derivatives by two inputs."""
    around, across = X.T
    wide, zero = 2.0 + 0.5 * np.cos(across), np.zeros(len(X))
    by_around = np.stack([-wide * np.sin(around), wide * np.cos(around), zero], axis=1)
    by_across = 0.5 * np.stack(
        [-np.sin(across) * np.cos(around), -np.sin(across) * np.sin(around), np.cos(across)],
        axis=1,
    )
    return np.stack([by_around, by_across], axis=2)


@pytest.mark.parametrize("given", [False, True])
def test_along_a_plane_of_the_inputs_it_is_the_metric_of_the_plane(given):
    slope = (lambda X: torus_slope(X @ PLANE) @ PLANE.T) if given else None
    wide = PullbackMetric(lambda X: torus(X @ PLANE), jacobian=slope)
    flat = PullbackMetric(torus)
    X = PLACES @ PLANE.T + RNG.normal(size=(20, 12)) @ (np.eye(12) - PLANE @ PLANE.T)
    assert not wide.volume(X).any() and np.isnan(wide.curvature(X)).all()
    for frames in (PLANE, np.broadcast_to(PLANE, (20, 12, 2))):
        assert_allclose(wide.volume(X, frames=frames), flat.volume(PLACES), rtol=1e-7)
        assert_allclose(wide.tensor(X, frames=frames), flat.tensor(PLACES), atol=1e-7)
        assert_allclose(
            wide.curvature(X, frames=frames), flat.curvature(PLACES), rtol=1e-4, atol=1e-5
        )
    form, basis, inverse = wide.second_form(X, frames=PLANE)
    assert form.shape == (20, 2, 2, 3) and basis.shape == (20, 3, 2) and inverse.shape[1:] == (2, 2)


def classifiers():
    yield random_network(12, [9, 7], 5, activation="tanh", link="softmax", random_state=0)
    try:
        import torch
    except ImportError:
        return
    torch.manual_seed(0)
    parts = [torch.nn.Linear(12, 9), torch.nn.Tanh(), torch.nn.Linear(9, 5)]
    yield TorchNetwork(torch.nn.Sequential(*parts).double(), link="softmax")


@pytest.mark.parametrize("network", list(classifiers()), ids=lambda n: type(n).__name__)
@pytest.mark.parametrize("output_metric", ["euclidean", "fisher"])
def test_networks_along_directions_are_functions_of_these(network, output_metric):
    metric = PullbackMetric(network, output_metric=output_metric)
    X, frames = RNG.normal(size=(6, 12)), RNG.normal(size=(6, 12, 3))
    frames = np.linalg.qr(frames)[0]
    volume, curvature = metric.volume(X, frames=frames), metric.curvature(X, frames=frames)
    for x, frame, v, k in zip(X, frames, volume, curvature, strict=True):
        part = PullbackMetric(lambda U, x=x, frame=frame: metric.image(x + U @ frame.T))
        assert part.volume(np.zeros((1, 3)))[0] == pytest.approx(v, rel=1e-6)
        assert part.curvature(np.zeros((1, 3)))[0] == pytest.approx(k, rel=1e-3, abs=1e-5)


def test_a_sphere_of_many_coordinates_keeps_its_curvature_if_the_bends_are_given():
    lift = np.linalg.qr(RNG.normal(size=(15, 3)))[0]
    points = RNG.normal(size=(10, 3))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    X = points @ lift.T
    frames = np.stack([lift @ np.linalg.svd(p[None])[2][1:].T for p in points])
    twice = PullbackMetric(lambda X: 2 * X @ lift)
    assert_allclose(twice.volume(X, frames=frames), 4, rtol=1e-8)
    # A plane goes to a plane, and the sphere, which bends to its centre, to one of radius 2.
    assert_allclose(twice.curvature(X, frames=frames), 0, atol=1e-6)
    bends = -np.eye(2)[None, :, :, None] * X[:, None, None, :]
    curved = twice.curvature(X, frames=frames, bends=bends)
    assert_allclose(curved, 0.25, atol=1e-5)


def test_what_our_own_estimators_find_of_the_data_goes_in():
    X = make_sphere(1500, ambient_dimension=8, random_state=0).points
    double = PullbackMetric(lambda X: 2 * X)
    surface = Curvature(dimension=2).fit(X)
    found = double.curvature(X, frames=surface.frames_, bends=surface.second_form_)
    assert abs(np.median(found) - 0.25) < 0.03
    spaces = TangentSpaces(dimension=2).fit(X)
    assert_allclose(double.volume(X, frames=spaces), 4, rtol=1e-6)
    assert_allclose(double.volume(X, frames="data"), 4, rtol=1e-6)


@pytest.mark.filterwarnings("ignore:lbfgs failed to converge")
def test_a_classifier_of_digits_has_volume_and_curvature_along_the_digits():
    X, y = load_digits(return_X_y=True)
    X = X / 16
    mlp = MLPClassifier([30], activation="tanh", solver="lbfgs", alpha=0.1, max_iter=30)
    metric = PullbackMetric(mlp.set_params(random_state=0).fit(X, y))
    assert not metric.volume(X).any()
    frames = tangent_frames(X, dimension=4)
    volume, curvature = metric.volume(X, frames=frames), metric.curvature(X, frames=frames)
    assert (volume > 0).all() and np.isfinite(curvature).all() and curvature.std() > 0
    one = metric.volume(X[:5], frames=frames[:5])
    assert_allclose(one, volume[:5], rtol=1e-10)  # whatever the blocks
    # More directions than outputs are lost again.
    assert not metric.volume(X[:9], frames=np.eye(64)[:, :11]).any()


def test_wrong_frames_are_named():
    metric, X = PullbackMetric(lambda X: X), np.zeros((4, 3))
    for frames, words in (
        ("tangent", "frames='tangent'"),
        (np.zeros((4, 2, 1)), r"frames has shape \(4, 2, 1\)"),
        (np.zeros((4, 3, 0)), "frames has shape"),
        (np.full((4, 3, 1), np.nan), "frames holds NaN"),
    ):
        with pytest.raises(ValueError, match=words):
            metric.volume(X, frames=frames)
    with pytest.raises(ValueError, match="bends has shape"):
        metric.curvature(X, frames=np.eye(3)[:, :2], bends=np.zeros((4, 3)))
    with pytest.raises(ValueError, match="give frames as well"):
        metric.curvature(X, bends=np.zeros((4, 2, 2, 3)))


# -- graphs of the data ---------------------------------------------------------------------


def ring(n=200, noise=0.0):
    angle = np.linspace(0, 2 * np.pi, n, endpoint=False)
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    lift = np.linalg.qr(np.random.default_rng(1).normal(size=(10, 2)))[0]
    return circle @ lift.T + noise * np.random.default_rng(2).normal(size=(n, 10)), angle


def test_distances_run_along_the_data_and_are_as_long_as_the_image():
    X, angle = ring()
    metric = PullbackMetric(lambda X: 3 * X)
    found = metric.distances(X, n_neighbors=2)
    apart = np.abs(angle[:, None] - angle)
    assert_allclose(found, 3 * np.minimum(apart, 2 * np.pi - apart), rtol=1e-3)
    assert_allclose(metric.distances(X, n_neighbors=2, sources=[5, 0, 5]), found[[5, 0, 5]])
    twice = metric.distances(np.vstack([X, X[:3]]), n_neighbors=2)
    assert_allclose(twice[:200, :200], found) and not twice[200, 0]
    assert not PullbackMetric(lambda X: X).distances(np.ones((3, 2))).any()
    with pytest.raises(ValueError, match="n_neighbors=0"):
        metric.distances(X, n_neighbors=0)
    for wrong in ([200], [-1], [0.5]):
        with pytest.raises(ValueError, match="sources="):
            metric.distances(X, sources=wrong)


def test_a_path_on_the_graph_stays_among_the_data_where_a_relaxed_one_does_not():
    X, _ = ring()
    metric = PullbackMetric(lambda X: 3 * X)
    ends = X[0], X[100]
    on_graph = metric.geodesic(*ends, samples=X, n_neighbors=2, relax=False)
    relaxed = metric.geodesic(*ends, samples=X, n_neighbors=2)
    assert on_graph.length == pytest.approx(3 * np.pi, rel=1e-3)
    assert relaxed.length == pytest.approx(6) and relaxed.converged
    assert_allclose(np.linalg.norm(on_graph.points, axis=1), 1, atol=2e-3)
    assert np.linalg.norm(relaxed.points, axis=1).min() < 0.1
    assert np.isnan(on_graph.residual) and not on_graph.converged and on_graph.start == "graph"
    assert_allclose(on_graph.points[[0, -1]], ends)
    here = metric.geodesic(X[0], X[0], samples=X, relax=False)
    assert here.length == 0
    with pytest.raises(ValueError, match="relax=False, but samples is None"):
        metric.geodesic(*ends, relax=False)
