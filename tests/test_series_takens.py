"""Delays, dimensions, embeddings and windows of series, with giotto-tda's answers."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tda import RipsPersistence, SlidingWindow, TakensEmbedding, WindowPersistence
from tda.series import (
    Resampler,
    autocorrelation_curve,
    cao_curves,
    choose_delay,
    choose_n_coordinates,
    false_neighbors_curve,
    mutual_information_curve,
    permutation_entropy,
    regular_series,
    sliding_windows,
    takens_embedding,
    takens_report,
    window_targets,
)

GIOTTO = json.loads((Path(__file__).parent / "reference" / "giotto_series.json").read_text())
GOLDEN = (5**0.5 - 1) / 2


def lorenz(n, step=0.02):
    """The first coordinate of Lorenz's system, by the classical Runge-Kutta method."""

    def flow(s):
        x, y, z = s
        return np.array([10 * (y - x), x * (28 - z) - y, x * y - 8 / 3 * z])

    state, found = np.array([1.0, 1.0, 1.0]), []
    for _ in range(n + 500):
        a = flow(state)
        b = flow(state + step / 2 * a)
        c = flow(state + step / 2 * b)
        d = flow(state + step * c)
        state = state + step / 6 * (a + 2 * b + 2 * c + d)
        found.append(state[0])
    return np.array(found[500:])


# -- embeddings and windows are giotto-tda's ------------------------------------------------------


@pytest.mark.parametrize("case", GIOTTO["takens"], ids=str)
def test_clouds_are_those_of_giotto(case):
    X = np.array(GIOTTO["series"])
    options = {key: case[key] for key in ("delay", "dimension", "stride")}
    takens = TakensEmbedding(**options)
    np.testing.assert_array_equal(takens.fit_transform(X), case["clouds"])
    channels = np.array(GIOTTO["channels"]).transpose(0, 2, 1)
    np.testing.assert_array_equal(takens.fit_transform(channels), case["of_channels"])
    for x, cloud in zip(X, case["clouds"], strict=True):
        np.testing.assert_array_equal(takens_embedding(x, **options), cloud)


@pytest.mark.parametrize("case", GIOTTO["windows"], ids=lambda case: str(case["size"]))
def test_windows_are_those_of_giotto(case):
    x = np.array(GIOTTO["series"][0])
    options = {key: case[key] for key in ("size", "stride")}
    np.testing.assert_array_equal(SlidingWindow(**options).fit_transform(x), case["windows"])
    np.testing.assert_array_equal(window_targets(x, **options), case["targets"])


def test_labels_entropies_and_samples_are_those_of_giotto():
    x = np.array(GIOTTO["series"][0])
    rolling = pd.Series(x).rolling(4).std(ddof=0).to_numpy()
    targets = window_targets(rolling, size=5, ahead=2)
    np.testing.assert_allclose(targets, GIOTTO["labels"][3:])
    assert len(targets) == len(sliding_windows(x, size=5)) - 2
    np.testing.assert_array_equal(regular_series(x, step=3), GIOTTO["resampled"])
    for series, (entropy,) in zip(GIOTTO["series"], GIOTTO["entropies"], strict=True):
        assert permutation_entropy(series, normalized=False) == pytest.approx(entropy, rel=1e-12)


def test_an_array_a_list_and_a_column_are_the_same():
    X = np.random.default_rng(0).normal(size=(3, 40))
    takens = TakensEmbedding(delay=2, dimension=3).fit(X)
    clouds = takens.transform(X)
    assert clouds.shape == (3, 36, 3)
    for others in (list(X), X[:, :, None], [pd.Series(x) for x in X], X.tolist()):
        np.testing.assert_array_equal(np.stack(list(takens.transform(others))), clouds)
    assert [len(c) for c in takens.transform([X[0], X[1, :20]])] == [36, 16]
    with pytest.raises(ValueError, match=r"to_numpy\(\)\.T if each column"):
        takens.fit(pd.DataFrame(X))


def test_a_series_that_is_too_short_is_an_error_that_says_so():
    takens = TakensEmbedding(delay=5, dimension=4).fit([np.arange(30.0)])
    with pytest.raises(ValueError, match=r"X\[1\] has 15 values, but one point .* needs 16"):
        takens.transform([np.arange(30.0), np.arange(15.0)])
    with pytest.raises(ValueError, match="less than one window of size=10"):
        sliding_windows(np.arange(9.0))
    with pytest.raises(ValueError, match=r"X\[0\] has 9 values"):
        WindowPersistence().fit([np.arange(9.0)])
    with pytest.raises(ValueError, match="one long series"):
        SlidingWindow().fit([np.arange(30.0), np.arange(20.0)])


def test_the_circle_of_a_wave_has_its_radius():
    """The points (sin t, cos t), sampled densely: one loop, from one step to the side of a
    triangle."""
    t = 2 * np.pi * np.arange(240) / 60
    cloud = takens_embedding(np.sin(t), delay=15, dimension=2)
    np.testing.assert_allclose(np.linalg.norm(cloud, axis=1), 1.0)
    ((birth, death),) = RipsPersistence().fit_transform([cloud])[0][1]
    assert birth == pytest.approx(2 * np.sin(np.pi / 60))
    assert death == pytest.approx(np.sqrt(3))


# -- delay and dimension --------------------------------------------------------------------------


def test_autocorrelation_by_its_sum():
    x = np.random.default_rng(0).normal(size=57).cumsum()
    centred = x - x.mean()
    expected = [centred[: 57 - k] @ centred[k:] / (centred @ centred) for k in range(15)]
    np.testing.assert_allclose(autocorrelation_curve(x), expected, atol=1e-12)
    assert autocorrelation_curve(np.ones(20), max_delay=2).tolist() == [1, 0, 0]


def test_information_does_not_change_with_the_unit_and_is_that_of_a_copy():
    x = np.random.default_rng(0).normal(size=3000)
    curve = mutual_information_curve(x, max_delay=4)
    np.testing.assert_allclose(mutual_information_curve(np.exp(x), max_delay=4), curve)
    assert (curve[1:] < 0.02).all()
    echo = x.copy()
    echo[3:] += x[:-3]
    found = mutual_information_curve(echo, max_delay=6)
    assert np.argmax(found[1:]) == 2 and found[3] > 10 * np.delete(found[1:], 2).max()
    assert not mutual_information_curve(np.ones(20)).any()


@pytest.mark.parametrize("period", [20, 33.3, 60, 101])
@pytest.mark.parametrize("noise", [0.0, 0.1])
def test_the_delay_of_a_wave_is_a_quarter_of_its_period(period, noise):
    rng = np.random.default_rng(0)
    x = np.sin(2 * np.pi * np.arange(2000) / period) + noise * rng.normal(size=2000)
    assert choose_delay(x, method="autocorrelation") == pytest.approx(period / 4, abs=1.1)
    assert period / 6 < choose_delay(x) < period / 2.5


def test_lorenz_has_its_known_delay_and_needs_three_coordinates():
    """0.16 to 0.18 of time with sharp cells in the literature, and three coordinates."""
    x = lorenz(4000)
    assert 0.14 <= 0.02 * choose_delay(x) <= 0.26  # smooth cells have their minimum later
    delay = choose_delay(x)
    assert choose_n_coordinates(x, delay=delay) == 3
    assert choose_n_coordinates(x, delay=delay, method="cao") in (3, 4)
    shares = false_neighbors_curve(x, delay=delay, n_coordinates=4)
    assert shares[0] > 0.9 and shares[2] < 0.05
    e1, e2 = cao_curves(x, delay=delay, n_coordinates=5)
    assert e1[0] < 0.3 and (e1[3:] > 0.9).all()
    assert np.abs(e2 - 1).max() > 0.3


def test_false_neighbors_and_cao_by_brute_force():
    x = np.random.default_rng(1).normal(size=60).cumsum()
    scaled = x / x.std()
    for d in (1, 2, 3):
        longer = takens_embedding(scaled, delay=2, dimension=d + 1)
        points, last = longer[:, :-1], longer[:, -1]
        D = np.linalg.norm(points[:, None] - points, axis=2)
        np.fill_diagonal(D, np.inf)
        near = D.argmin(axis=1)
        distance, change = D.min(axis=1), np.abs(last - last[near])
        false = (change > 15 * distance) | (np.hypot(change, distance) > 2)
        found = false_neighbors_curve(x, delay=2, n_coordinates=3)
        assert found[d - 1] == pytest.approx(false.mean())
    growth = []
    for d in (1, 2, 3):
        longer = takens_embedding(scaled, delay=2, dimension=d + 1)
        D = np.abs(longer[:, None, :-1] - longer[:, :-1]).max(axis=2)
        np.fill_diagonal(D, np.inf)
        near = D.argmin(axis=1)
        growth.append((np.abs(longer - longer[near]).max(axis=1) / D.min(axis=1)).mean())
    e1 = cao_curves(x, delay=2, n_coordinates=2).e1
    np.testing.assert_allclose(e1, [growth[1] / growth[0], growth[2] / growth[1]])


def test_neighbors_near_in_time_are_left_out():
    x = np.sin(np.arange(80) / 5) + 0.1 * np.random.default_rng(0).normal(size=80)
    longer = takens_embedding(x / x.std(), delay=3, dimension=3)
    D = np.linalg.norm(longer[:, None, :2] - longer[:, :2], axis=2)
    steps = np.arange(len(D))
    D[np.abs(steps[:, None] - steps) <= 6] = np.inf
    near, distance = D.argmin(axis=1), D.min(axis=1)
    change = np.abs(longer[:, 2] - longer[near, 2])
    false = np.mean((change > 3 * distance) | (np.hypot(change, distance) > 2))
    found = false_neighbors_curve(x, delay=3, n_coordinates=2, ratio=3.0, exclude=6)
    assert found[1] == pytest.approx(false) and found[1] > 0
    assert found[1] != false_neighbors_curve(x, delay=3, n_coordinates=2, ratio=3.0)[1]


def test_noise_needs_more_than_is_tried_and_the_report_says_so():
    report = takens_report(np.random.default_rng(0).normal(size=500))
    assert report.dimension == len(report.e1) == 8
    assert "no dimension that was tried is enough" in report.verdict
    wave = takens_report(np.sin(2 * np.pi * GOLDEN / 10 * np.arange(1000)))
    assert wave.dimension == 2 and "As for noise" not in wave.verdict


def test_constant_and_exactly_repeated_series_have_an_answer():
    for x in (np.zeros(40), np.tile([0.0, 1.0, 2.0, 1.0], 20)):
        takens = TakensEmbedding().fit([x])
        assert np.isfinite(takens.transform([x])[0]).all()
        assert np.isfinite(cao_curves(x).e1).all() and np.isfinite(cao_curves(x).e2).all()


# -- gaps and uneven times ------------------------------------------------------------------------


def test_gaps_are_errors_until_they_may_be_filled():
    x = np.arange(10.0)
    x[4:6] = np.nan
    with pytest.raises(ValueError, match="holds NaN"):
        TakensEmbedding().fit([x])
    with pytest.raises(ValueError, match=r"holds NaN \(2 of 10"):
        regular_series(x)
    with pytest.raises(ValueError, match="gap from time 3 to 6"):
        regular_series(x, max_gap=2)
    np.testing.assert_array_equal(regular_series(x, max_gap=3), np.arange(10.0))
    np.testing.assert_array_equal(regular_series(x[4:], max_gap=1), [6, 7, 8, 9])


def test_uneven_times_dates_and_channels():
    times = np.array([0.0, 1.0, 2.5, 3.0, 4.0])
    values = np.column_stack([times, 2 * times])
    np.testing.assert_allclose(
        regular_series(values, times, step=0.5), np.arange(0, 4.5, 0.5)[:, None] * [1, 2]
    )
    assert len(regular_series(times, times, n_times=7)) == 7
    dates = np.datetime64("2020-01-01") + (times * 86400).astype("timedelta64[s]")
    np.testing.assert_allclose(regular_series(times, dates, step=86400.0), np.arange(5.0))
    together = Resampler(times=True, step=1.0).fit_transform([np.column_stack([times, times])])
    np.testing.assert_allclose(together[0], np.arange(5.0))
    with pytest.raises(ValueError, match="must ascend"):
        regular_series(times, times[::-1])
    with pytest.raises(ValueError, match="is empty"):
        regular_series([])
    with pytest.raises(MemoryError, match="Take a longer step"):
        regular_series(times, step=1e-15)
    with pytest.raises(ValueError, match="one row of it at a time"):
        sliding_windows(np.zeros((2, 30)))
    with pytest.raises(ValueError, match="give one of them"):
        regular_series(times, step=1.0, n_times=3)


def test_reports_of_what_has_no_delay_say_so():
    assert takens_report(np.ones(60)).verdict.startswith("The series is constant")
    line = takens_report(np.arange(100.0), max_delay=20).verdict
    assert "mutual information still falls at delay 20, the longest that was tried" in line
    assert "the autocorrelation has no zero up to delay 20" in line
