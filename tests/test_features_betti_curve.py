"""Betti curves: counted by hand, against gudhi, and as a scikit-learn transformer."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from tda.diagrams import Diagram, Diagrams
from tda.features import BettiCurve, betti_curve


def random_bars(rng, n, essential=0):
    births = rng.uniform(0, 1, n)
    deaths = births + rng.exponential(0.3, n)
    deaths[:essential] = np.inf
    return np.column_stack([births, deaths])


def random_diagram(rng, n0=20, n1=10):
    zero, one = random_bars(rng, n0, essential=1), random_bars(rng, n1)
    bars = np.concatenate([zero, one])
    return Diagram(*bars.T, np.repeat([0, 1], [n0, n1]))


EMPTY = Diagram([], [], [], max_dimension=1)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("downward", [False, True])
def test_counts_like_brute_force(seed, downward):
    rng = np.random.default_rng(seed)
    # Few distinct values, so that the grid meets births and deaths exactly.
    births = rng.integers(0, 8, 60).astype(float)
    deaths = births + rng.integers(0, 5, 60)
    deaths[:5] = np.inf
    grid = np.arange(-1, 15, 0.5)
    if downward:
        births, deaths, grid = -births, -deaths, -grid
    expected = [
        sum((d < t <= b) if downward else (b <= t < d) for b, d in zip(births, deaths, strict=True))
        for t in grid
    ]
    assert betti_curve(np.column_stack([births, deaths]), grid).tolist() == expected


def test_agrees_with_gudhi():
    from gudhi import representations

    rng = np.random.default_rng(0)
    samples = [random_bars(rng, n, essential=2) for n in (3, 40, 200)]
    grid = np.sort(np.concatenate([np.linspace(0, 3, 50), samples[1][:5, 0], samples[1][5:9, 1]]))
    theirs = representations.BettiCurve(predefined_grid=grid).fit_transform(samples)
    ours = [betti_curve(bars, grid) for bars in samples]
    np.testing.assert_array_equal(ours, theirs)


def test_grid_in_any_order_and_infinite_values():
    bars = [[0, 2], [1, np.inf]]
    assert betti_curve(bars, [2, 0, np.inf, -np.inf]).tolist() == [1, 1, 0, 0]
    assert betti_curve([], [0.0, 1.0]).tolist() == [0, 0]


def test_transform_puts_degrees_side_by_side():
    rng = np.random.default_rng(1)
    diagrams = Diagrams([random_diagram(rng) for _ in range(4)])
    curve = BettiCurve(n_bins=30).fit(diagrams)
    out = curve.transform(diagrams)
    assert out.shape == (4, 60)
    for i, diagram in enumerate(diagrams):
        for j, k in enumerate([0, 1]):
            expected = betti_curve(diagram[k], curve.grids_[k])
            np.testing.assert_array_equal(out[i, 30 * j : 30 * (j + 1)], expected)
    # The last column of degree 0 lies at the last death, where only the essential class lives.
    assert (out[:, 29] == 1).all()


def test_auto_range_spans_the_finite_values_of_each_degree():
    diagrams = Diagrams([Diagram([0, 0, 5], [2, np.inf, 9], [0, 0, 1])])
    curve = BettiCurve(n_bins=3).fit(diagrams)
    np.testing.assert_array_equal(curve.grids_[0], [0, 1, 2])
    np.testing.assert_array_equal(curve.grids_[1], [5, 7, 9])


@pytest.mark.parametrize(
    "births, deaths, expected",
    [([3.0], [np.inf], [3, 6]), ([1e6], [1e6 + 1e-9], [1e6, 2e6]), ([], [], [0, 1])],
)
def test_auto_range_without_extent(births, deaths, expected):
    diagrams = Diagrams([Diagram(births, deaths, [0] * len(births))])
    curve = BettiCurve(n_bins=2).fit(diagrams)
    np.testing.assert_allclose(curve.grids_[0], expected)
    assert len(set(curve.get_feature_names_out())) == 2


def test_empty_diagrams_give_zeros():
    rng = np.random.default_rng(2)
    curve = BettiCurve(n_bins=7).fit([random_diagram(rng)])
    assert not curve.transform([EMPTY]).any()
    only_empty = BettiCurve(n_bins=7).fit([EMPTY, EMPTY])
    assert only_empty.degrees_ == (0, 1)
    assert only_empty.transform([EMPTY]).shape == (1, 14)
    assert not only_empty.transform([EMPTY]).any()


def test_degrees_missing_on_either_side():
    rng = np.random.default_rng(3)
    both = random_diagram(rng)
    only_zero = Diagram(*both[0].T, [0] * 20)
    fitted_on_both = BettiCurve(n_bins=5).fit([both]).transform([only_zero])
    assert fitted_on_both[0, :5].any() and not fitted_on_both[0, 5:].any()
    fitted_on_zero = BettiCurve(n_bins=5).fit([only_zero])
    np.testing.assert_array_equal(
        fitted_on_zero.transform([both]), fitted_on_zero.transform([only_zero])
    )


def test_a_sample_does_not_depend_on_its_batch():
    rng = np.random.default_rng(4)
    diagrams = Diagrams([random_diagram(rng, 5 * i + 1, i) for i in range(6)])
    curve = BettiCurve().fit(diagrams)
    out = curve.transform(diagrams)
    order = [3, 0, 5]
    np.testing.assert_array_equal(curve.transform(diagrams[order]), out[order])
    np.testing.assert_array_equal(curve.transform(diagrams[2:3])[0], out[2])


def test_names_are_readable_unique_and_sorted_by_degree():
    diagrams = [Diagram([0, 0], [1, 1.00001], [1, 0])]
    curve = BettiCurve(n_bins=5, degrees=[1, 0], range=(0, 1)).fit(diagrams)
    names = curve.get_feature_names_out()
    assert names[1] == "betti_curve_h0_0.25" and names[5] == "betti_curve_h1_0"
    narrow = BettiCurve(n_bins=100, range=(1, 1.0001)).fit(diagrams)
    assert len(set(narrow.get_feature_names_out())) == 200


def test_pandas_output_inside_a_pipeline():
    rng = np.random.default_rng(5)
    diagrams = Diagrams([random_diagram(rng) for _ in range(3)])
    pipeline = make_pipeline(BettiCurve(n_bins=4), StandardScaler()).set_output(transform="pandas")
    frame = pipeline.fit_transform(diagrams)
    assert isinstance(frame, pd.DataFrame)
    assert list(frame.columns) == list(pipeline[0].get_feature_names_out())
    assert list(pipeline.get_feature_names_out()) == list(frame.columns)


def test_set_params_after_fit_leaves_what_was_learned():
    rng = np.random.default_rng(6)
    curve = BettiCurve(n_bins=4).fit([random_diagram(rng)]).set_params(n_bins=9)
    assert curve.transform([EMPTY]).shape == (1, 8) == (1, curve.get_feature_names_out().size)
    assert not hasattr(clone(curve), "grids_")


@pytest.mark.parametrize(
    "params, message",
    [
        ({"n_bins": 0}, "n_bins"),
        ({"n_bins": 2.5}, "n_bins"),
        ({"range": (2, 1)}, r"range=\(2, 1\).*low < high"),
        ({"range": (0, np.inf)}, "range.*finite"),
        ({"range": (0, 1, 2)}, "range.*two numbers"),
        ({"range": "wide"}, "range"),
        ({"degrees": [0, 0]}, "degrees.*distinct"),
        ({"degrees": [-1]}, "degrees"),
        ({"degrees": []}, "degrees is empty"),
        ({"degrees": -1}, "degrees"),
    ],
)
def test_bad_parameters(params, message):
    with pytest.raises(ValueError, match=message):
        BettiCurve(**params).fit([EMPTY])


def test_bad_input():
    with pytest.raises(NotFittedError):
        BettiCurve().transform([EMPTY])
    with pytest.raises(NotFittedError):
        BettiCurve().get_feature_names_out()
    with pytest.raises(ValueError, match="no format of diagrams"):
        BettiCurve().fit(np.zeros((5, 2)))
    with pytest.raises(ValueError, match=r"pass \[X\]"):
        BettiCurve().fit(EMPTY)
    with pytest.raises(ValueError, match="no samples"):
        BettiCurve().fit(Diagrams([]))
    with pytest.raises(ValueError, match=r"\(n_bars, 2\)"):
        betti_curve(np.zeros((4, 3)), [0])
    with pytest.raises(ValueError, match="NaN"):
        betti_curve([[0, np.nan]], [0])
    with pytest.raises(ValueError, match="grid"):
        betti_curve([[0, 1]], [[0]])
