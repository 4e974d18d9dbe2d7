"""Persistence of a kernel density: against its definition, gudhi's complex, and by symmetry."""

import gudhi
import numpy as np
import pytest
from scipy.stats import norm

from tda import DensityPersistence, density_diagram
from tda.homology._density import _density


def some_cloud(n, d, seed=0):
    return np.random.default_rng(seed).normal(size=(n, d))


@pytest.mark.parametrize("d", [1, 2, 3])
def test_the_density_is_the_mean_of_kernels(d):
    X = some_cloud(50, d)
    bandwidth, n = 0.4, 12
    axes = [np.linspace(x.min() - 3 * bandwidth, x.max() + 3 * bandwidth, n) for x in X.T]
    grid = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, d)
    expected = np.array(
        [np.mean(np.prod(norm.pdf(X, loc=point, scale=bandwidth), axis=1)) for point in grid]
    )
    np.testing.assert_allclose(_density(X, bandwidth, n, None).ravel(), expected, rtol=1e-10)


@pytest.mark.parametrize("bandwidth", [0.02, 0.2, 0.7])
def test_on_a_torus_the_density_is_that_of_all_images(bandwidth):
    X = np.random.default_rng(1).random((20, 2)) * [1.0, 2.0]
    images = np.concatenate([X + [i, 2.0 * j] for i in range(-6, 7) for j in range(-6, 7)])
    grid = np.stack(np.meshgrid(np.arange(8) / 8, np.arange(8) / 4, indexing="ij"), axis=-1)
    gaps = (grid[:, :, None] - images) / bandwidth
    expected = norm.pdf(gaps).prod(axis=-1).sum(axis=-1) / bandwidth**2 / 20
    found = _density(X, bandwidth, 8, (1.0, 2.0))
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-9)


def test_the_bars_are_gudhis(assert_same_bars):
    X = np.random.default_rng(2).random((60, 2))
    values = _density(X, 0.1, 16, (1.0, 1.0))
    complex = gudhi.PeriodicCubicalComplex(
        top_dimensional_cells=-values, periodic_dimensions=[True, True]
    )
    complex.compute_persistence()
    diagram = density_diagram(X, bandwidth=0.1, resolution=16, period=1.0)
    assert diagram.max_dimension == 2
    for k in range(3):
        assert_same_bars(-diagram[k], complex.persistence_intervals_in_dimension(k))


def test_a_torus_has_no_seam(assert_same_bars):
    """Moving the points by whole steps of the grid changes nothing, across the seam or not."""
    X = np.random.default_rng(3).random((80, 2))
    one = density_diagram(X, bandwidth=0.08, resolution=20, period=1)
    other = density_diagram((X + [0.35, 0.8]) % 1, bandwidth=0.08, resolution=20, period=[1, 1])
    for k in range(3):
        assert_same_bars(-one[k], -other[k])


def test_scaling_the_cloud_scales_the_density(assert_same_bars):
    X = some_cloud(100, 2)
    one, other = density_diagram(X), density_diagram(3 * X + 7)
    for k in range(2):
        assert_same_bars(-one[k], -9 * other[k])


def test_a_ring_is_a_loop_and_three_clusters_are_three_peaks():
    rng = np.random.default_rng(4)
    angles = rng.uniform(0, 2 * np.pi, 400)
    ring = np.column_stack([np.cos(angles), np.sin(angles)]) + 0.1 * rng.normal(size=(400, 2))
    loops = density_diagram(ring, bandwidth=0.2)
    assert np.sum(loops.lifetimes[loops.dims == 1] > 0.1) == 1
    clusters = np.concatenate([rng.normal(5 * i, 1, size=(200, 2)) for i in range(3)])
    peaks = density_diagram(clusters, bandwidth=0.8)
    assert np.sum(peaks.lifetimes[peaks.dims == 0] > 0.005) == 3


def test_bars_move_no_more_than_the_density():
    """Stability: bottleneck by the largest change of the function (Cohen-Steiner et al. 2007)."""
    rng = np.random.default_rng(5)
    X = rng.random((50, 2))
    Y = (X + 0.01 * rng.normal(size=X.shape)) % 1
    change = np.abs(_density(X, 0.1, 16, (1, 1)) - _density(Y, 0.1, 16, (1, 1))).max()
    one, other = (
        density_diagram(Z, bandwidth=0.1, resolution=16, period=1).finite() for Z in (X, Y)
    )
    for k in range(2):
        assert gudhi.bottleneck_distance(-one[k], -other[k], e=0) <= change + 1e-12


def test_many_clouds_give_what_each_gives_alone():
    clouds = [some_cloud(n, 2, seed=n) for n in (1, 2, 30)]
    together = DensityPersistence(resolution=12).fit_transform(clouds)
    assert list(together) == [density_diagram(X, resolution=12) for X in clouds]


@pytest.mark.parametrize(
    "options, message",
    [
        ({"bandwidth": 0}, "bandwidth=0"),
        ({"bandwidth": "scott"}, "bandwidth='scott'"),
        ({"resolution": 1}, "resolution=1"),
        ({"period": 0}, "period=0"),
        ({"period": [1, 1, 1]}, "one for each of 2 axes"),
        ({"max_dimension": -1}, "max_dimension=-1"),
    ],
)
def test_wrong_options_are_errors(options, message):
    with pytest.raises(ValueError, match=message):
        density_diagram(some_cloud(5, 2), **options)


def test_four_columns_are_too_many_for_a_grid():
    with pytest.raises(ValueError, match="X has 4 columns"):
        density_diagram(some_cloud(5, 4))
    with pytest.raises(ValueError, match=r"X\[1\] has 4 columns"):
        DensityPersistence(max_dimension=1).fit([some_cloud(5, 2), some_cloud(5, 4)])
    with pytest.raises(ValueError, match="set max_dimension"):
        DensityPersistence().fit([some_cloud(5, 2), some_cloud(5, 3)])
