"""Lower-star persistence, peaks and prominences of series, against gudhi and SciPy."""

import gudhi
import numpy as np
import pytest
from scipy.signal import find_peaks, peak_prominences
from sklearn.pipeline import make_pipeline

from tda import Crocker, DiagramDistance, SeriesPersistence, WindowPersistence, series_diagram
from tda.series import series_peaks


def some_series():
    rng = np.random.default_rng(0)
    yield from (rng.normal(size=n) for n in (1, 2, 3, 50, 51))
    yield from (rng.integers(0, 5, n).astype(float) for n in (4, 30, 80))
    yield rng.normal(size=200).cumsum()
    yield np.arange(9.0)
    yield np.zeros(5)


every = pytest.mark.parametrize("x", list(some_series()), ids=lambda x: f"{len(x)}")


def by_gudhi(x):
    """The lower-star filtration of the path as a simplex tree."""
    tree = gudhi.SimplexTree()
    for i, value in enumerate(x):
        tree.insert([i], value)
    for i, pair in enumerate(np.lib.stride_tricks.sliding_window_view(x, 2) if len(x) > 1 else []):
        tree.insert([i, i + 1], pair.max())
    tree.persistence(homology_coeff_field=2, persistence_dim_max=True)
    return np.array(sorted(map(tuple, tree.persistence_intervals_in_dimension(0))))


def ordered(bars):
    return np.array(sorted(map(tuple, bars)))


@every
def test_bars_are_those_of_gudhi(x):
    np.testing.assert_array_equal(ordered(series_diagram(x)[0]), by_gudhi(x))
    down = series_diagram(x, direction="superlevel")[0]
    np.testing.assert_array_equal(ordered(-down), by_gudhi(-x))


@every
def test_the_whole_range_is_the_bar_of_the_series_in_extended_persistence(x):
    bars = series_diagram(x, extended=True)[0]
    assert np.isfinite(bars).all()
    down = series_diagram(x, direction="superlevel", extended=True)[0]
    if x.min() < x.max():
        assert [x.min(), x.max()] in bars.tolist()
        assert [x.max(), x.min()] in down.tolist()
    else:
        assert len(bars) == len(down) == 0


@every
def test_peaks_and_prominences_are_those_of_scipy(x):
    peaks = series_peaks(x)
    expected, _ = find_peaks(x)
    if len(np.unique(x)) == len(x):
        assert sorted(peaks.positions) == expected.tolist()
    assert set(peaks.positions) <= set(expected.tolist())
    np.testing.assert_array_equal(peaks.heights, x[peaks.positions])
    scipys, _, _ = peak_prominences(x, peaks.positions)
    if len(np.unique(x)) == len(x):
        np.testing.assert_array_equal(peaks.prominences, scipys)
    assert (peaks.prominences <= scipys).all()
    assert (np.diff(peaks.prominences) <= 0).all()
    few = series_peaks(x, n_peaks=2, min_prominence=0.5)
    assert len(few.positions) <= 2 and (few.prominences > 0.5).all()


@every
def test_positions_hold_the_values(x):
    for direction in ("sublevel", "superlevel"):
        for ends in ("open", "wall"):
            diagram = series_diagram(x, direction=direction, ends=ends, positions=True)
            births, deaths = diagram.birth_simplices[:, 0], diagram.death_simplices.max(axis=1)
            finite = np.isfinite(diagram.deaths)
            np.testing.assert_array_equal(x[births], diagram.births)
            np.testing.assert_array_equal(x[deaths[finite]], diagram.deaths[finite])
            assert finite.all() or ends == "open"


def test_walls_leave_no_bar_of_a_slope():
    assert len(series_diagram(np.arange(9.0), ends="wall")[0]) == 0
    assert series_diagram([0.0, 5, 1, 7, 2], direction="superlevel", ends="wall")[0].tolist() == [
        [5.0, 1.0],
        [7.0, 2.0],
    ]
    assert not series_peaks(np.zeros(7)).positions.size


def test_stability_under_noise():
    """The bottleneck distance of diagrams is at most the largest difference of the series."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=300).cumsum()
    y = x + rng.uniform(-0.5, 0.5, 300)
    model = make_pipeline(SeriesPersistence(), DiagramDistance(metric="bottleneck"))
    distances = model.fit_transform([x, y])
    assert 0 < distances[0, 1] <= np.abs(x - y).max()


def test_crocker_of_windows_sees_when_a_wave_begins():
    t, rng = np.arange(300), np.random.default_rng(0)
    X = np.stack([np.sin(t / 3) * (t > start) for start in (100, 200)])
    X += 0.05 * rng.normal(size=X.shape)
    model = make_pipeline(
        WindowPersistence(size=60, n_windows=5), Crocker(degrees=[1], n_bins=3, range=(0, 1.2))
    )
    columns = model.fit_transform(X).reshape(2, 3, 5)
    assert columns[0, 1].tolist() == [0, 0, 1, 1, 1]
    assert columns[1, 1].tolist() == [0, 0, 0, 1, 1]
