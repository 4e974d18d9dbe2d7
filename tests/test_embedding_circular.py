import numpy as np
import pytest
from scipy.spatial.distance import cdist

from tda import rips_diagram
from tda.datasets import make_ball
from tda.embedding import CircularCoordinates, circular_correlation, toroidal_coordinates
from tda.embedding import _circular as room
from tda.embedding._cocycles import is_cocycle, lift_cocycle, smooth_cocycle
from tda.embedding._lattice import reduce_lattice


def circle(n, noise, seed, n_features=2):
    rng = np.random.default_rng(seed)
    angle = rng.uniform(0, 2 * np.pi, n)
    X = np.zeros((n, n_features))
    X[:, 0], X[:, 1] = np.cos(angle), np.sin(angle)
    return X + rng.normal(0, noise, X.shape), angle


def ring_torus(n, seed, tube=0.5):
    rng = np.random.default_rng(seed)
    u, v = rng.uniform(0, 2 * np.pi, (2, 4 * n))
    v = v[rng.uniform(size=4 * n) < (1 + tube * np.cos(v)) / (1 + tube)][:n]  # even in area
    u = u[:n]
    ring = 1 + tube * np.cos(v)
    X = np.column_stack([ring * np.cos(u), ring * np.sin(u), tube * np.sin(v)])
    # Least energy makes the coordinate around the tube conformal: d psi = dv / (1 + tube cos v).
    psi = 2 * np.arctan(np.sqrt((1 - tube) / (1 + tube)) * np.tan(v / 2))
    return X, np.column_stack([u, psi])


def correlations(angles, true):
    return np.abs([[circular_correlation(a, t) for t in true.T] for a in angles.T])


def jammalamadaka_sengupta(a, b):
    """Of angles that have been turned to agree, so that both have one mean direction."""
    sense = max((1, -1), key=lambda s: abs(np.exp(1j * (a - s * b)).sum()))
    b = sense * b
    b = b + np.angle(np.exp(1j * (a - b)).sum())
    middle = np.angle((np.exp(1j * a) + np.exp(1j * b)).sum())
    s, t = np.sin(a - middle), np.sin(b - middle)
    return (s @ t) / np.sqrt((s @ s) * (t @ t))


@pytest.mark.parametrize("noise, at_least", [(0.05, 0.99), (0.1, 0.98)])  # itself .998, .990
def test_noisy_circle_in_fifty_dimensions(noise, at_least):
    X, angle = circle(1000, noise, 0, n_features=50)
    model = CircularCoordinates(n_loops=1, n_landmarks=200)
    found = model.fit_transform(X)[:, 0]
    assert 0 <= found.min() and found.max() < 2 * np.pi
    assert abs(circular_correlation(found, angle)) > at_least
    assert jammalamadaka_sengupta(found, angle) > at_least
    new, new_angle = circle(500, noise, 1, n_features=50)
    assert abs(circular_correlation(model.transform(new)[:, 0], new_angle)) > at_least


def test_both_angles_of_a_ring_torus_are_found_though_nobody_said_two():
    X, true = ring_torus(1500, 0)
    model = CircularCoordinates(n_landmarks=200).fit(X)
    assert model.n_loops_ == 2
    # The first column has less energy: around the tube it is far, around the ring it is farther.
    np.testing.assert_array_less(0.99, np.diagonal(correlations(model.angles_, true)))
    np.testing.assert_array_less(correlations(model.angles_, true)[[0, 1], [1, 0]], 0.05)


def test_both_angles_of_a_flat_torus_are_found():
    rng = np.random.default_rng(0)
    true = rng.uniform(0, 2 * np.pi, (1500, 2))
    X = np.column_stack([np.cos(true), np.sin(true)])
    R = correlations(toroidal_coordinates(X, n_landmarks=200), true)
    np.testing.assert_array_less(0.99, R.max(axis=0))
    np.testing.assert_array_less(R.min(axis=0), 0.05)


def test_decorrelation_undoes_a_bad_choice_of_classes():
    rng = np.random.default_rng(0)
    true = rng.uniform(0, 2 * np.pi, (300, 2))
    X = np.column_stack([np.cos(true), np.sin(true)])
    model = CircularCoordinates(n_loops=2, decorrelate=False).fit(X)
    assert abs(round(np.linalg.det(model.change_of_basis_))) == 1
    D = cdist(X[model.landmark_indices_], X[model.landmark_indices_])
    weights = room.edge_weights(D, 2 * model.radii_[0])
    twisted = np.array([[1, 0], [3, 1]])
    change = room.decorrelate(
        np.tensordot(twisted, model._cochains, axes=1), twisted @ model._potentials, weights
    )
    plain = room.decorrelate(model._cochains, model._potentials, weights)
    np.testing.assert_array_equal(np.abs(change @ twisted), np.abs(plain))


def test_two_circles_apart_have_an_angle_each():
    (A, a), (B, b) = circle(150, 0.02, 0), circle(150, 0.02, 1)
    angles = CircularCoordinates(n_landmarks=150).fit_transform(np.concatenate([A, B + [9, 0]]))
    R = correlations(angles[:150], a[:, None]), correlations(angles[150:], b[:, None])
    assert angles.shape == (300, 2)
    assert sorted(np.round(np.concatenate(R).ravel(), 1).tolist()) == [0.0, 0.0, 1.0, 1.0]


def test_weights_make_an_angle_forget_the_density_of_the_points():
    rng = np.random.default_rng(0)
    angle = rng.vonmises(0, 1, 500)  # seven times as dense on one side as on the other
    X = np.column_stack([np.cos(angle), np.sin(angle)])
    D = cdist(X, X)
    around = np.rint((angle - angle[:, None]) / (2 * np.pi)).astype(int)  # of the short ways
    r = {}
    for correct in (True, False):
        weights = room.edge_weights(D, 0.5, correct_density=correct)
        turns = smooth_cocycle(np.where(weights > 0, around, 0), weights)
        r[correct] = abs(circular_correlation(2 * np.pi * turns, angle))
    assert r[True] > 0.99 and r[False] < 0.7
    model = CircularCoordinates(weights="uniform", n_landmarks=60).fit(X)  # are evenly spread
    assert abs(circular_correlation(model.angles_[:, 0], angle)) > 0.98


def test_order_of_points_changes_nothing_and_new_points_are_as_old_ones():
    X, _ = circle(200, 0.1, 3)
    order = np.random.default_rng(0).permutation(200)
    model = CircularCoordinates(n_landmarks=60).fit(X)
    other = CircularCoordinates(n_landmarks=60).fit(X[order])
    np.testing.assert_allclose(other.angles_, model.angles_[order], atol=1e-6)
    np.testing.assert_array_equal(model.transform(X), model.angles_)
    assert model.angles_[model.landmark_indices_[0], 0] == pytest.approx(np.pi, abs=0.2)
    far = np.array([[30.0, 0.0], [0.0, 30.0], [-30.0, 0.0]])
    around = np.diff(np.unwrap(model.transform(far)[:, 0]))
    np.testing.assert_allclose(np.abs(around), np.pi / 2, atol=0.4)


def test_distances_and_other_metrics():
    X, angle = circle(150, 0.05, 4)
    plain = CircularCoordinates(n_landmarks=80).fit(X)
    D = cdist(X, X)
    given = CircularCoordinates(n_landmarks=80, metric="precomputed").fit(D)
    assert abs(circular_correlation(given.angles_[:, 0], plain.angles_[:, 0])) > 0.999
    np.testing.assert_allclose(given.transform(D[:7]), given.angles_[:7])
    other = CircularCoordinates(n_landmarks=80, metric="manhattan").fit_transform(X)
    assert abs(circular_correlation(other[:, 0], angle)) > 0.97


def test_duplicates_are_one_landmark():
    X, _ = circle(60, 0.05, 5)
    model = CircularCoordinates(n_landmarks=100).fit(np.repeat(X, 3, axis=0))
    assert len(model.landmark_indices_) == 60
    np.testing.assert_array_equal(model.angles_[::3], model.angles_[2::3])


def test_without_a_significant_loop_the_strongest_is_taken_and_said():
    X = make_ball(80, random_state=0).points
    with pytest.warns(UserWarning, match="No loop is significant"):
        model = CircularCoordinates().fit(X)
    assert model.n_loops_ == 1 and model.loops_[0].p_value > 0.05


def test_loops_at_different_scales_are_each_taken_at_their_own():
    small, large = circle(100, 0, 6)[0] * 0.05, circle(60, 0, 7)[0]
    X = np.concatenate([small + [20, 0], large])
    with pytest.warns(UserWarning, match="no common scale"):
        model = CircularCoordinates(n_loops=2).fit(X)
    assert np.ptp(model.radii_) > 0
    np.testing.assert_array_equal(np.abs(model.change_of_basis_), np.eye(2))


def test_a_cocycle_that_does_not_lift_sends_to_another_prime(monkeypatch):
    X, angle = circle(60, 0.05, 8)
    asked = []

    def first_time_not(cochain, edges):
        asked.append(1)
        return len(asked) > 1 and is_cocycle(cochain, edges)

    monkeypatch.setattr(room, "is_cocycle", first_time_not)
    model = CircularCoordinates(field=3, n_loops=1).fit(X)
    assert model.field_ == 47
    assert abs(circular_correlation(model.angles_[:, 0], angle)) > 0.95
    monkeypatch.setattr(room, "is_cocycle", lambda cochain, edges: False)
    with pytest.raises(ValueError, match="lifts to no integer class"):
        CircularCoordinates(n_loops=1).fit(X)


def test_what_cannot_be_done_is_an_error():
    X, _ = circle(30, 0.0, 9)
    with pytest.raises(ValueError, match="n_loops=5, but the landmarks show"):
        CircularCoordinates(n_loops=5).fit(X)
    with pytest.raises(ValueError, match="show 0 loop"):
        CircularCoordinates().fit(np.column_stack([np.arange(9.0), np.zeros(9)]))
    with pytest.raises(ValueError, match="field=9"):
        CircularCoordinates(field=9).fit(X)


class TestCocycles:
    def test_cocycles_are_cocycles_and_random_cochains_are_not(self):
        X, _ = circle(40, 0.1, 0)
        D = cdist(X, X)
        diagram = rips_diagram(X, field=47, cocycles=True)
        loop = np.argmax(diagram.lifetimes[diagram.dims == 1])
        edges = D < diagram[1][loop, 1]
        cochain = lift_cocycle(diagram.cocycles[loop], 47, edges)
        np.testing.assert_array_equal(cochain, -cochain.T)
        assert is_cocycle(cochain, edges)
        rng = np.random.default_rng(0)
        potential = rng.integers(-3, 4, 40)
        moved = np.where(edges, cochain + potential - potential[:, None], 0)
        assert is_cocycle(moved, edges)
        edges = edges & ~np.eye(40, dtype=bool)
        i, j = np.argwhere(edges & (edges.astype(int) @ edges > 0))[0]  # a side of a triangle
        moved[i, j] += 1
        moved[j, i] -= 1
        assert not is_cocycle(moved, edges)

    def test_smoothing_does_not_depend_on_the_cocycle_of_the_class(self):
        # A ring of n equal edges: least energy gives every edge 1 / n (de Silva et al. 2011).
        n = 12
        ring = np.zeros((n, n), dtype=int)
        i = np.arange(n)
        weights = np.zeros((n, n))
        weights[i, (i + 1) % n] = weights[(i + 1) % n, i] = 1.0
        ring[3, 4], ring[4, 3] = 1, -1
        potential = smooth_cocycle(ring, weights)
        smooth = ring + potential - potential[:, None]
        np.testing.assert_allclose(smooth[i, (i + 1) % n], 1 / n, atol=1e-8)


class TestLattice:
    @pytest.mark.parametrize("n", [1, 2, 3, 5])
    def test_a_scrambled_orthogonal_basis_is_found_again(self, n):
        rng = np.random.default_rng(n)
        lengths = np.diag(rng.uniform(1, 3, n))
        scramble = np.eye(n, dtype=int)
        for _ in range(4 * n * (n > 1)):
            i, j = rng.choice(n, 2, replace=False)
            scramble[i] += rng.integers(-2, 3) * scramble[j]
        basis = scramble @ lengths
        change = reduce_lattice(basis @ basis.T)
        assert abs(round(np.linalg.det(change))) == 1
        found = np.abs(change @ basis)
        np.testing.assert_allclose(np.sort(found.max(axis=1)), np.sort(np.diagonal(lengths)))
        np.testing.assert_allclose(found.sum(), lengths.sum())

    def test_vectors_are_as_short_as_the_theorem_says(self):
        # Lenstra, Lenstra, Lovász 1982 (1.9): |b_1| <= 2 ** ((n - 1) / 4) * det ** (1 / n).
        for seed in range(20):
            basis = np.random.default_rng(seed).integers(-9, 10, (4, 4)).astype(float)
            volume = abs(np.linalg.det(basis))
            if volume < 1:
                continue
            shortest = np.linalg.norm(reduce_lattice(basis @ basis.T)[0] @ basis)
            assert shortest <= 2 ** (3 / 4) * volume ** (1 / 4) * (1 + 1e-9)


class TestCircularCorrelation:
    def test_is_one_for_rotations_minus_one_for_reflections_and_small_for_noise(self):
        rng = np.random.default_rng(0)
        a, b = rng.uniform(0, 2 * np.pi, (2, 5000))
        assert circular_correlation(a, a + 2) == pytest.approx(1)
        assert circular_correlation(a, 5 - a) == pytest.approx(-1)
        assert abs(circular_correlation(a, b)) < 0.01
        assert circular_correlation(a, np.ones(5000)) == 0

    def test_is_fisher_and_lees_sum_over_pairs(self):
        a, b = np.random.default_rng(1).vonmises(0, 1, (2, 30))
        i, j = np.triu_indices(30, 1)
        s, t = np.sin(a[i] - a[j]), np.sin(b[i] - b[j])
        expected = (s @ t) / np.sqrt((s @ s) * (t @ t))
        assert circular_correlation(a, b) == pytest.approx(expected)

    def test_needs_pairs(self):
        with pytest.raises(ValueError, match="two or more pairs"):
            circular_correlation([1.0], [1.0])
