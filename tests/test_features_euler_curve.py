"""Euler curves and CROCKER matrices: from Betti curves, and from counting simplices."""

import numpy as np
import pytest

from tda import CubicalPersistence, rips_diagram
from tda.diagrams import Diagram, Diagrams, as_diagrams
from tda.features import BettiCurve, Crocker, EulerCurve, betti_curve, crocker, euler_curve

EMPTY = Diagram([], [], [], max_dimension=1)


def random_bars(rng, n, essential=0):
    births = rng.uniform(0, 1, n)
    deaths = births + rng.exponential(0.3, n)
    deaths[:essential] = np.inf
    return np.column_stack([births, deaths])


def sequence(seed, n_steps):
    rng = np.random.default_rng(seed)
    return as_diagrams([[random_bars(rng, 9, 1), random_bars(rng, n)] for n in range(n_steps)])


# -- Euler characteristic ----------------------------------------------------------------------


def test_euler_poincare_on_points():
    """Vertices less edges plus triangles less tetrahedra, of the Rips complex of four points."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(4, 3))
    lengths = np.linalg.norm(X[:, None] - X, axis=2)
    members = [[i for i in range(4) if s >> i & 1] for s in range(1, 16)]
    values = np.array([lengths[np.ix_(m, m)].max() for m in members])
    signs = np.array([(-1) ** (len(m) - 1) for m in members])
    diagram = rips_diagram(X)  # four points have no homology above degree 1
    grid = np.linspace(0, values.max(), 100)
    expected = ((values <= grid[:, None]) * signs).sum(axis=1)
    np.testing.assert_array_equal(euler_curve(diagram, grid), expected)


@pytest.mark.parametrize("direction", ["sublevel", "superlevel"])
def test_euler_poincare_on_images(direction):
    """Pixels less the edges and plus the squares between them, upward and downward."""
    image = np.random.default_rng(1).integers(0, 9, (12, 15)).astype(float)
    cubical = CubicalPersistence(direction=direction, construction="vertices")
    diagrams = cubical.fit_transform([image])
    sign = -1 if direction == "superlevel" else 1
    grid = np.arange(-1.0, 10.0)
    counts = []
    for t in grid:
        inside = sign * image <= sign * t
        edges = (inside[1:] & inside[:-1]).sum() + (inside[:, 1:] & inside[:, :-1]).sum()
        squares = inside[1:, 1:] & inside[:-1, 1:] & inside[1:, :-1] & inside[:-1, :-1]
        counts.append(inside.sum() - edges + squares.sum())
    np.testing.assert_array_equal(euler_curve(diagrams[0], grid), counts)
    curve = EulerCurve(n_bins=11, range=(-1, 9)).fit(diagrams)
    np.testing.assert_array_equal(curve.transform(diagrams)[0], counts)


def test_euler_curve_is_the_alternating_sum_of_the_betti_curves():
    diagrams = sequence(2, 5)
    betti = BettiCurve(range=(0, 2), n_bins=50).fit_transform(diagrams)
    euler = EulerCurve(range=(0, 2), n_bins=50).fit_transform(diagrams)
    np.testing.assert_array_equal(euler, betti[:, :50] - betti[:, 50:])
    odd = EulerCurve(range=(0, 2), n_bins=50, degrees=[1]).fit_transform(diagrams)
    np.testing.assert_array_equal(odd, -betti[:, 50:])


def test_euler_grid_spans_all_degrees_and_degrees_may_be_missing():
    both = Diagram([0, 3], [2, 9], [0, 1])
    curve = EulerCurve(n_bins=10).fit([both])
    np.testing.assert_array_equal(curve.grid_, np.arange(10.0))
    assert curve.transform([both]).tolist() == [[1, 1, 0, -1, -1, -1, -1, -1, -1, 0]]
    assert curve.transform([Diagram([0], [2], [0])]).tolist() == [[1, 1, *[0] * 8]]
    only_zero = EulerCurve(n_bins=3, range=(0, 2)).fit([Diagram([0], [2], [0])])
    assert only_zero.transform([both]).tolist() == [[1, 1, 0]]
    np.testing.assert_array_equal(EulerCurve(n_bins=2).fit([EMPTY]).grid_, [0, 1])


# -- CROCKER -----------------------------------------------------------------------------------


def test_columns_of_a_crocker_matrix_are_betti_curves():
    diagrams, grid = sequence(3, 6), np.linspace(2, 0, 30)
    for k in (0, 1):
        matrix = crocker(diagrams, grid, degree=k)
        assert matrix.shape == (30, 6) and matrix.dtype == np.int64
        for column, diagram in zip(matrix.T, diagrams, strict=True):
            np.testing.assert_array_equal(column, betti_curve(diagram[k], grid))


def test_crocker_transform_is_the_function():
    samples = [sequence(seed, 4) for seed in (4, 5, 6)]
    matrices = Crocker(n_bins=7).fit(samples)
    out = matrices.transform(samples)
    assert out.shape == (3, 2 * 7 * 4) == (3, matrices.get_feature_names_out().size)
    for row, sample in zip(out.reshape(3, 2, 7, 4), samples, strict=True):
        for k in (0, 1):
            expected = crocker(sample, matrices.grids_[k], degree=k)
            np.testing.assert_array_equal(row[k], expected)
    assert matrices.get_feature_names_out()[4].endswith("_0")


def test_crocker_of_empty_diagrams_and_missing_degrees():
    fitted = Crocker(n_bins=3).fit([sequence(7, 2)])
    assert not fitted.transform([[EMPTY, EMPTY]]).any()
    only_zero = Crocker(n_bins=3).fit([[Diagram([0], [2], [0])]])
    out = only_zero.transform([[Diagram([0, 1], [2, 3], [0, 1])]])
    np.testing.assert_array_equal(out, [[1, 1, 0]])


def test_crocker_errors_say_what_to_do():
    with pytest.raises(ValueError, match=r"pass \[X\]"):
        Crocker().fit(sequence(0, 3))
    with pytest.raises(ValueError, match=r"pass \[X\]"):
        Crocker().fit(list(sequence(0, 3)))
    with pytest.raises(ValueError, match=r"X\[1\] has 2 steps.*first of fit has 3"):
        Crocker().fit([sequence(0, 3), sequence(1, 2)])
    with pytest.raises(ValueError, match=r"X\[0\] has 2 steps"):
        Crocker().fit([sequence(0, 3)]).transform([sequence(1, 2)])
    with pytest.raises(ValueError, match="no steps"):
        Crocker().fit([Diagrams([])])
