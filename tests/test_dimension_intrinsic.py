import numpy as np
import pytest
from sklearn.datasets import make_swiss_roll
from sklearn.metrics import pairwise_distances
from sklearn.neighbors import KNeighborsTransformer

from tda import IntrinsicDimension, intrinsic_dimension
from tda.datasets import make_klein_bottle, make_sphere, make_squiggle, make_torus
from tda.dimension._calibration import _table, calibrate
from tda.dimension._plateau import find_plateau
from tda.dimension._scales import SCALES, ScaleStatistics, far_distances, scale_statistics


def cloud(shape, n, d, seed):
    rng = np.random.default_rng([n, d, seed])
    X = rng.standard_normal((n, d + (shape == "sphere")))
    if shape == "cube":
        return rng.random((n, d))
    if shape in ("sphere", "ball"):
        X /= np.linalg.norm(X, axis=1, keepdims=True)
    if shape == "ball":
        X *= rng.random((n, 1)) ** (1 / d)
    return X


SHAPES = ("ball", "sphere", "cube", "gaussian")


def noisy_roll(n, noise, seed):
    rng = np.random.default_rng(seed)
    X = np.zeros((n, 20))
    X[:, :3] = make_swiss_roll(n, random_state=seed)[0]
    return X + noise * rng.standard_normal(X.shape)


# -- the answers that the issue of dimension is about ---------------------------------------


@pytest.mark.parametrize("seed", range(3))
def test_a_swiss_roll_under_noise_in_twenty_dimensions_has_two(seed):
    estimate = intrinsic_dimension(noisy_roll(2500, 0.3, seed))
    assert estimate.raw_curve[0] > 9
    assert estimate.rounded == 2
    assert estimate.noise == pytest.approx(0.3 * np.sqrt(2 * 20), rel=0.25)
    assert "noise" in str(estimate)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("n", [100, 1000])
def test_noise_in_twenty_dimensions_has_twenty(shape, n):
    estimate = intrinsic_dimension(cloud(shape, n, 20, 0))
    assert estimate.plateau is not None
    assert estimate.dimension == pytest.approx(20, rel=0.2 if n == 100 else 0.08)


def test_no_plateau_where_there_is_none():
    # A circle in fifty dimensions, under noise that reaches as far as the points lie apart.
    rng = np.random.default_rng(0)
    angle = rng.uniform(0, 2 * np.pi, 1000)
    X = 0.2 / np.sqrt(50) * rng.standard_normal((1000, 50))
    X[:, :2] += np.column_stack([np.cos(angle), np.sin(angle)])
    estimate = intrinsic_dimension(X)
    assert estimate.plateau is None
    assert str(estimate).startswith("no plateau: the data has no single dimension at these scales")
    low, high = estimate.interval
    assert low < 2.5 and high > 30
    assert estimate.dimension > 30


def test_intervals_cover_the_truth():
    """In 90% of samples at least; 95% are claimed."""
    hits, total = 0, 0
    for shape in SHAPES:
        for d in (1, 2, 3, 5, 8, 12, 16, 20):
            for seed in range(3):
                low, high = intrinsic_dimension(cloud(shape, 400, d, seed)).interval
                hits += low <= d <= high
                total += 1
                assert high - low < 0.5 * d + 0.5  # and they are of use
    assert hits >= 0.9 * total


@pytest.mark.parametrize(
    ("make", "d"), [(make_sphere, 2), (make_torus, 2), (make_klein_bottle, 2), (make_squiggle, 1)]
)
def test_manifolds(make, d):
    assert intrinsic_dimension(make(1000, random_state=0)).rounded == d


def test_digits_and_words():
    from sklearn.datasets import load_digits

    estimate = intrinsic_dimension(load_digits().data)
    assert 5 < estimate.dimension < 14  # published estimates of such digits lie there
    assert str(estimate) == estimate.message


# -- calibration ----------------------------------------------------------------------------


@pytest.mark.parametrize("shape", range(4))
def test_a_shape_of_the_table_is_calibrated_to_its_own_dimension(shape):
    table = _table()
    i, j = 5, 8  # 800 points, 20 dimensions
    m = 10
    d = table["dimensions"][j]
    statistics = ScaleStatistics(
        int(table["sizes"][i]),
        np.array(SCALES[:m]),
        d * np.exp(table["log_ratio"][shape, :m, i, j]),
        np.ones(m),
        np.exp(table["log_spread"][shape, :, i, j]) / d,
    )
    calibrated = calibrate(statistics)
    np.testing.assert_allclose(np.exp(calibrated.by_shape[shape]), d, rtol=1e-6)
    assert np.argmax(calibrated.weights) == shape
    assert calibrated.weights.sum() == pytest.approx(1)


def test_beyond_the_table_answers_go_on():
    X = cloud("gaussian", 500, 300, 0)
    assert 150 < intrinsic_dimension(X).dimension < 600
    tiny = intrinsic_dimension(cloud("cube", 10, 2, 0))
    assert 0.5 < tiny.dimension < 6 and "too few points" in str(tiny)


# -- scales and plateaus --------------------------------------------------------------------


def test_far_distances_are_those_of_all_pairs():
    for X in (cloud("cube", 800, 3, 0), cloud("gaussian", 800, 40, 0) + 1e3):
        far = far_distances(X)
        D = np.sort(pairwise_distances(X - X.mean(axis=0)), axis=1)[:, 1:]
        known = ~np.isnan(far[0])
        assert known[[11, 23, 127]].all() and not known[:11].any()
        np.testing.assert_allclose(far[:, known], D[::3, : far.shape[1]][:, known], rtol=1e-9)
        dense = far_distances(pairwise_distances(X), metric="precomputed")
        np.testing.assert_allclose(dense[:, known], far[:, known], rtol=1e-6)


def test_raw_dimensions_of_a_flat_torus_are_its_own_at_all_scales():
    X = np.random.default_rng(0).random((1500, 3))
    gap = np.abs(X[:, None] - X[None])
    D = np.sqrt((np.minimum(gap, 1 - gap) ** 2).sum(axis=2))
    near = np.sort(D, axis=1)[:, 1:17]
    statistics = scale_statistics(near, far_distances(D, metric="precomputed"))
    np.testing.assert_allclose(statistics.dimensions[:11], 3, rtol=0.12)
    assert (np.diff(statistics.radii) > 0).all()


scales = np.array(SCALES[:12])
radii = 0.1 * scales**0.5
small = np.full(12, 0.02)


def test_a_flat_curve_is_one_plateau():
    plateau = find_plateau(np.log(np.full(12, 5.0)), small, scales, radii)
    assert (plateau.first, plateau.last) == (0, 11)
    assert np.exp(plateau.log_dimension) == pytest.approx(5)


def test_a_step_down_is_noise_and_a_step_up_is_a_fold():
    down = find_plateau(np.log(np.where(scales < 3, 9.0, 3.0)), small, scales, radii)
    assert scales[down.first] == 3 and np.exp(down.log_dimension) == pytest.approx(3)
    assert find_plateau(np.log(np.where(scales < 3, 2.0, 3.0)), small, scales, radii) is None


@pytest.mark.parametrize("d", [1.0, 2.0, 4.0])
def test_the_law_of_noise_is_taken_off(d):
    noise = 0.14
    r = np.sqrt(noise**2 + (0.12 * (scales / 4) ** (1 / d)) ** 2)
    apparent = d / (1 - noise**2 / r**2)
    assert apparent[0] > 3 * d
    plateau = find_plateau(np.log(apparent), np.full(12, 1e-3), scales, r)
    assert np.exp(plateau.log_dimension) == pytest.approx(d, rel=0.02)
    if plateau.noise:
        assert plateau.noise == pytest.approx(noise, rel=0.01)


def test_a_steady_fall_is_no_plateau():
    assert find_plateau(np.log(8.0 * scales**-0.15), small, scales, radii) is None


# -- what is given --------------------------------------------------------------------------


def test_distances_and_graphs_give_the_same_and_metrics_are_taken():
    X = cloud("cube", 600, 5, 1)
    plain = IntrinsicDimension().fit(X)
    dense = IntrinsicDimension(metric="precomputed").fit(pairwise_distances(X))
    graph = KNeighborsTransformer(n_neighbors=150).fit_transform(X)
    sparse = IntrinsicDimension(metric="precomputed").fit(graph)
    assert dense.dimension_ == pytest.approx(plain.dimension_)
    np.testing.assert_allclose(dense.local_dimension_, plain.local_dimension_)
    assert sparse.dimension_ == pytest.approx(plain.dimension_, rel=0.03)
    few = KNeighborsTransformer(n_neighbors=20).fit_transform(X)
    short = IntrinsicDimension(metric="precomputed").fit(few)
    assert list(short.scales_) == [1, 2, 3, 4, 6, 8] and 4 < short.dimension_ < 6
    city = IntrinsicDimension(metric="manhattan").fit(X)
    assert city.dimension_ == pytest.approx(5, rel=0.15)


def test_tied_distances_are_no_plateau_and_no_crash():
    grid = np.stack(np.meshgrid(*[np.arange(8.0)] * 3), axis=-1).reshape(-1, 3)
    estimate = intrinsic_dimension(grid)
    assert estimate.dimension > 1
    simplex = intrinsic_dimension(np.eye(6))
    assert simplex.dimension == np.inf and simplex.rounded is None


def test_local_dimension_follows_the_place():
    rng = np.random.default_rng(0)
    line = np.column_stack([rng.uniform(2, 9, 600), np.zeros((600, 2))])
    ball = rng.normal(size=(600, 3)) / 3
    fitted = IntrinsicDimension().fit(np.vstack([line, ball]))
    near_line, near_ball = fitted.transform([[5.0, 0.0, 0.0], [0.0, 0.1, 0.0]])[:, 0]
    assert near_line < 1.6 and near_ball > 2
