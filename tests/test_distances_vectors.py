"""Sliced Wasserstein, heat, image, Fisher, landscape, silhouette and Betti distances, one by one.

Brute force from the definitions, the theorems of the papers, and gudhi up to the factors that
the docstrings state.
"""

from itertools import combinations

import numpy as np
import pytest
from gudhi import representations
from hypothesis import given, settings
from hypothesis import strategies as st

from tda.distances import (
    betti_distance,
    bottleneck_distance,
    fisher_distance,
    heat_distance,
    image_distance,
    landscape_distance,
    pairwise_distances,
    scale_space_kernel,
    silhouette_distance,
    sliced_wasserstein_distance,
    wasserstein_distance,
    weighted_gaussian_kernel,
)
from tda.features import persistence_image

INF = np.inf


def random_bars(rng, n, lifetime=0.3):
    births = rng.uniform(size=n)
    return np.column_stack([births, births + rng.exponential(lifetime, n)])


@pytest.fixture
def pair():
    rng = np.random.default_rng(0)
    return random_bars(rng, 20), random_bars(rng, 15)


def tents(bars, t):
    return np.maximum(np.minimum(t - bars[:, :1], bars[:, 1:] - t), 0.0)


def test_sliced_wasserstein_is_transport_along_lines(pair):
    """Projected and sorted for each direction, as the paper's algorithm does."""
    A, B = pair
    angles = -np.pi / 4 + np.pi * (np.arange(50) + 0.5) / 50
    lines = np.stack([np.cos(angles), np.sin(angles)])
    mid_a, mid_b = (np.repeat(X.mean(axis=1)[:, None], 2, axis=1) for X in pair)
    one = np.sort(np.concatenate([A, mid_b]) @ lines, axis=0)
    other = np.sort(np.concatenate([B, mid_a]) @ lines, axis=0)
    expected = np.abs(one - other).sum(axis=0).mean()
    assert sliced_wasserstein_distance(A, B) == pytest.approx(expected)
    many = sliced_wasserstein_distance(A, B, n_directions=2000)
    assert sliced_wasserstein_distance(A, B) == pytest.approx(many, rel=0.003)
    gudhi = representations.SlicedWassersteinDistance(num_directions=2000)(A, B)
    assert many == pytest.approx(gudhi, rel=1e-3)


def test_sliced_wasserstein_is_equivalent_to_wasserstein():
    """Carrière, Cuturi, Oudot 2017, Theorem 3.4: W / 2M <= SW <= 2 sqrt(2) W."""
    rng = np.random.default_rng(1)
    for n in (1, 3, 10, 40):
        A, B = random_bars(rng, n), random_bars(rng, n)
        W, SW = wasserstein_distance(A, B, order=1), sliced_wasserstein_distance(A, B)
        assert W / (2 + 4 * n * (2 * n - 1)) <= SW <= 2 * np.sqrt(2) * W


def test_the_scale_space_kernel_is_an_integral_of_heat(pair):
    """Gaussians minus their mirror images, multiplied and added up over a fine grid."""
    h, s = 0.02, 0.1
    births, deaths = np.meshgrid(np.arange(-1, 3, h), np.arange(-1, 4, h), indexing="ij")
    above = np.where(deaths > births, 1.0, np.where(deaths == births, 0.5, 0.0))

    def heat(bars):
        total = 0
        for b, d in bars:
            for sign, x, y in ((1, b, d), (-1, d, b)):
                r2 = (births - x) ** 2 + (deaths - y) ** 2
                total += sign * np.exp(-r2 / (2 * s**2)) / (2 * np.pi * s**2)
        return total

    A, B = map(heat, pair)
    expected = (A * B * above).sum() * h**2
    assert scale_space_kernel(*pair, bandwidth=s) == pytest.approx(expected, rel=1e-4)
    expected = np.sqrt(((A - B) ** 2 * above).sum()) * h
    assert heat_distance(*pair, bandwidth=s) == pytest.approx(expected, rel=1e-4)


def test_gudhis_kernels_differ_by_the_factors_that_are_stated(pair):
    for b in (0.1, 0.7):
        factor = np.sqrt(2 * np.pi) * b
        theirs = representations.PersistenceScaleSpaceKernel(bandwidth=b)(*pair)
        ours = scale_space_kernel(*pair, bandwidth=b / np.sqrt(2))
        assert theirs == pytest.approx(factor * ours)
        theirs = representations.PersistenceWeightedGaussianKernel(
            bandwidth=b, weight=lambda bar: np.arctan(((bar[1] - bar[0]) / 0.4) ** 2)
        )(*pair)
        ours = weighted_gaussian_kernel(*pair, bandwidth=b, weight_scale=0.4, weight_power=2)
        assert theirs == pytest.approx(ours / factor)
        theirs = representations.PersistenceFisherDistance(bandwidth=b)(*pair)
        assert fisher_distance(*pair, bandwidth=b) == pytest.approx(theirs, abs=1e-7)


def test_heat_is_stable():
    """Reininghaus et al. 2015, Theorem 2, with sigma = s² / 2."""
    rng = np.random.default_rng(2)
    for s in (0.05, 0.3, 2.0):
        for _ in range(5):
            A = random_bars(rng, 12)
            B = A + rng.uniform(-0.02, 0.02, A.shape)
            B = np.concatenate([B[B[:, 0] < B[:, 1]], random_bars(rng, 3, lifetime=0.01)])
            bound = wasserstein_distance(A, B, order=1) / (s**2 * np.sqrt(2 * np.pi))
            assert heat_distance(A, B, bandwidth=s) <= bound


def test_the_image_distance_is_the_limit_of_images(pair):
    s, edges = 0.1, np.linspace(-1, 4, 401)
    images = [
        persistence_image(
            X, birth_edges=edges, persistence_edges=edges, bandwidth=s, weight_power=1.5
        )
        for X in pair
    ]
    area = (edges[1] - edges[0]) ** 2
    expected = np.sqrt(((images[0] - images[1]) ** 2).sum() / area)
    ours = image_distance(*pair, bandwidth=s, weight_power=1.5)
    assert ours == pytest.approx(expected, rel=1e-3)


def test_landscapes_like_brute_force_and_gudhi(pair):
    t = np.linspace(-0.5, 4, 200_001)
    h = t[1] - t[0]
    A, B = (-np.sort(-tents(X, t), axis=0) for X in pair)
    gaps = np.abs(A - np.concatenate([B, np.zeros((5, t.size))]))
    for p in (1, 2, 3.5):
        expected = ((gaps**p).sum() * h) ** (1 / p)
        assert landscape_distance(*pair, order=p) == pytest.approx(expected, rel=1e-6)
        expected = ((gaps[:2] ** p).sum() * h) ** (1 / p)
        assert landscape_distance(*pair, order=p, n_layers=2) == pytest.approx(expected, rel=1e-6)
    assert landscape_distance(*pair, order=INF) == pytest.approx(gaps.max(), abs=h)
    # gudhi's landscape is sqrt(2) times the standard one.
    shape = representations.Landscape(num_landscapes=20, resolution=2000, sample_range=[-0.5, 4])
    theirs = shape.fit_transform([*pair]) / np.sqrt(2)
    expected = np.linalg.norm(theirs[0] - theirs[1]) * np.sqrt(4.5 / 1999)
    assert landscape_distance(*pair) == pytest.approx(expected, rel=1e-3)


def test_landscapes_of_tied_bars():
    """Equal bars, equal births, equal deaths, bars that touch, one inside the other."""
    cases = [
        [[0, 2], [0, 2], [0, 2]],
        [[0, 2], [0, 4], [1, 4]],
        [[0, 2], [2, 4], [4, 5]],
        [[0, 6], [1, 3], [2, 4], [3, 5]],
    ]
    t = np.linspace(-1, 7, 80_001)
    for A, B in combinations(map(np.array, cases), 2):
        rows = max(len(A), len(B))
        lines = [np.zeros((rows, t.size)) for _ in "ab"]
        for X, line in zip((A, B), lines, strict=True):
            line[: len(X)] = -np.sort(-tents(X, t), axis=0)
        expected = np.abs(lines[0] - lines[1]).sum() * (t[1] - t[0])
        assert landscape_distance(A, B, order=1) == pytest.approx(expected, rel=1e-6)


def test_landscapes_are_stable():
    """Bubenik 2015, Theorem 13: the sup norm is at most the bottleneck distance."""
    rng = np.random.default_rng(3)
    for n in (1, 5, 30):
        A, B = random_bars(rng, n), random_bars(rng, n + 2)
        sup = landscape_distance(A, B, order=INF)
        assert sup <= bottleneck_distance(A, B) + 1e-12


def test_silhouettes_and_betti_curves_like_brute_force(pair):
    t = np.linspace(-0.5, 4, 200_001)
    h = t[1] - t[0]
    weighed = []
    for X in pair:
        weights = np.diff(X) ** 1.5
        weighed.append((weights * tents(X, t)).sum(axis=0) / weights.sum())
    gap = np.abs(weighed[0] - weighed[1])
    for p in (1, 2):
        ours = silhouette_distance(*pair, order=p, weight_power=1.5)
        assert ours == pytest.approx(((gap**p).sum() * h) ** (1 / p), rel=1e-6)
    counts = [((X[:, :1] <= t) & (t < X[:, 1:])).sum(axis=0) for X in pair]
    expected = np.abs(counts[0] - counts[1]).sum() * h
    assert betti_distance(*pair) == pytest.approx(expected, rel=1e-4)


# -- axioms ------------------------------------------------------------------------------------

DISTANCES = {
    "sliced_wasserstein": sliced_wasserstein_distance,
    "heat": lambda A, B: heat_distance(A, B, bandwidth=0.3),
    "image": lambda A, B: image_distance(A, B, bandwidth=0.3),
    "landscape": landscape_distance,
    "silhouette": silhouette_distance,
    "betti": betti_distance,
    "fisher": lambda A, B: fisher_distance(A, B, bandwidth=0.3),
}
#: Bars up and down, tied, of no length, and essential ones, which are left out.
BARS = st.lists(
    st.tuples(st.integers(-3, 3), st.one_of(st.integers(-3, 3), st.just(INF))).map(
        lambda bar: [0.3 * v for v in bar]
    ),
    max_size=6,
).map(lambda bars: np.array(bars).reshape(-1, 2))


@pytest.mark.parametrize("name", DISTANCES)
@settings(max_examples=25, deadline=None, derandomize=True)
@given(A=BARS, B=BARS, C=BARS)
def test_they_are_pseudometrics(name, A, B, C):
    """Those of Fisher, whose points of reference change from pair to pair, without the triangle."""
    distance = DISTANCES[name]
    ab = distance(A, B)
    assert distance(B, A) == ab >= 0
    if name != "fisher":
        assert distance(A, C) <= ab + distance(B, C) + 1e-7
    assert distance(A, A) == 0
    assert distance(A, A[::-1]) == 0
    assert distance(-A, -B) == pytest.approx(ab, abs=1e-12)
    finite = A[np.isfinite(A).all(axis=1) & (A[:, 0] != A[:, 1])]
    assert distance(finite, B) == ab


@pytest.mark.parametrize("name", DISTANCES)
def test_of_empty_diagrams_and_one_bar(name):
    distance = DISTANCES[name]
    assert distance([], []) == 0
    assert distance([[0, 1]], [[0, 1], [2, 2], [0, INF]]) == 0
    assert 0 < distance([[0, 1]], []) < INF


# -- on a grid ---------------------------------------------------------------------------------


def collection(n_samples, n_bars, seed=0, lifetime=0.1):
    rng = np.random.default_rng(seed)
    return [[random_bars(rng, n_bars, lifetime)] for _ in range(n_samples)]


@pytest.mark.parametrize("n_bars", [10, 100, 300])
def test_the_sliced_wasserstein_grid_is_off_by_what_is_stated(n_bars):
    X = collection(8, n_bars)
    upper = np.triu_indices(8, 1)
    fine, exact = (
        pairwise_distances(X, metric="sliced_wasserstein", method="exact", n_directions=n)[upper]
        for n in (500, 50)
    )
    grid = pairwise_distances(X, metric="sliced_wasserstein")[upper]
    off = np.abs(exact / fine - 1)
    assert off.mean() < 0.002 and off.max() < 0.005
    off = np.abs(grid / fine - 1)
    assert off.mean() < 0.004 and off.max() < 0.015


@pytest.mark.parametrize("metric", ["heat", "image"])
@pytest.mark.parametrize("bandwidth", ["auto", 0.05, 1.0])
def test_gaussians_on_a_grid_are_off_by_one_in_ten_thousand_at_most(metric, bandwidth):
    """Of each distance, though near diagrams are differences of large sums."""
    X = [*collection(6, 60), *collection(3, 60, seed=0)]
    X[6:] = [[bars + 1e-3] for (bars,) in X[6:]]
    exact, grid = (
        pairwise_distances(X, metric=metric, method=method, bandwidth=bandwidth)
        for method in ("exact", "grid")
    )
    np.testing.assert_allclose(grid, exact, rtol=1e-4, atol=1e-8 * exact.max())


def test_landscapes_on_a_grid_are_off_by_less_than_stated():
    X = collection(8, 100)
    for order in (1, 2):
        exact, grid = (
            pairwise_distances(X, metric="landscape", method=method, order=order)
            for method in ("exact", "grid")
        )
        np.testing.assert_allclose(grid, exact, rtol=0.005)
