"""The test of periodicity: its level, its power, its period, and what it refuses.

Exact rates over hundreds of seeds are measured by ``benchmarks/periodicity.py``.
"""

import datetime

import numpy as np
import pytest

from tda import PeriodicityScore, periodicity
from tda.series import surrogate_series


def noisy(wave, seed, n=300):
    return wave + np.random.default_rng(seed).normal(size=n)


def waves(period, n=300):
    t = np.arange(n)
    turning = 2 * np.pi * t / period
    drifting = 2 * np.pi * np.cumsum(1 / (period * np.linspace(0.8, 1.2, n)))
    return {
        "sine": np.sqrt(2) * np.sin(turning),
        "square": np.sign(np.sin(turning + 0.1)),
        "drift": np.sqrt(2) * np.sin(drifting),
    }


@pytest.mark.parametrize("kind", ["sine", "square", "drift"])
@pytest.mark.parametrize("period", [12.3, 31.0])
def test_waves_as_strong_as_their_noise_are_found(kind, period):
    report = periodicity(noisy(waves(period)[kind], 5), n_surrogates=39)
    assert report.is_periodic
    assert report.period == pytest.approx(period, rel=0.06)
    assert report.n_cycles == pytest.approx(300 / report.period)
    assert report.verdict.startswith("Periodic: one period is")


def test_the_period_of_a_clean_wave_is_exact():
    for period in (5.0, 17.7, 60.0):
        report = periodicity(np.sin(2 * np.pi * np.arange(400) / period), n_surrogates=19)
        assert report.period == pytest.approx(period, rel=0.005)
        assert report.score > 0.35  # a pentagon's is 0.38 with these windows


def test_noise_is_rarely_periodic():
    """Of 40 series of noise about 2 are significant at level 0.05; 7 or more in 1 of 300 cases."""
    rng = np.random.default_rng(0)
    white = rng.normal(size=(40, 100))
    X = np.concatenate([white[:20], white[20:].cumsum(axis=1)])
    p_values = PeriodicityScore(n_surrogates=39, random_state=0).fit_transform(X)[:, 1]
    assert (p_values <= 0.05).sum() < 7
    assert (p_values > 0.5).sum() > 10


def test_unit_offset_and_trend_change_little():
    x = noisy(waves(25.0)["sine"], 1)
    report = periodicity(x, n_surrogates=19)
    scaled = periodicity(3.0 * x - 100.0, n_surrogates=19)
    assert scaled.period == pytest.approx(report.period) and scaled.p_value == report.p_value
    assert periodicity(x + 0.1 * np.arange(300), n_surrogates=19).is_periodic
    hours = periodicity(x, 0.5 * np.arange(300), n_surrogates=19, max_period=20)
    assert hours.period == pytest.approx(report.period / 2, rel=0.01)
    assert hours.periods.max() <= 20
    days = np.datetime64("2020-01-01") + np.arange(300)
    assert periodicity(x, days, n_surrogates=19).period == pytest.approx(86400 * report.period)


def test_a_sine_is_more_than_its_values_and_no_more_than_its_spectrum():
    x = noisy(waves(20.0)["sine"], 2)
    assert periodicity(x, surrogates="shuffle", n_surrogates=39).is_periodic
    assert not periodicity(x, surrogates="phase", n_surrogates=39).is_periodic


def test_there_is_an_answer_for_constant_and_straight_series():
    for x in (np.zeros(50), np.arange(50.0), np.full(50, 1e9)):
        report = periodicity(x, n_surrogates=9)
        assert report.p_value == 1.0 and not report.is_periodic and np.isnan(report.period)
        assert "constant or a straight line" in report.verdict
    columns = PeriodicityScore(n_surrogates=9).fit_transform([np.zeros(50)])
    assert columns.tolist() == [[0.0, 1.0, 0.0]]


def test_what_cannot_be_is_said():
    x = np.sin(np.arange(60.0))
    with pytest.raises(ValueError, match="at least 24"):
        periodicity(x[:20])
    with pytest.raises(ValueError, match="even steps"):
        periodicity(x, np.arange(60.0) ** 2)
    with pytest.raises(ValueError, match=r"periods of 4 to 15 steps"):
        periodicity(x, min_period=20)
    with pytest.raises(ValueError, match="holds NaN"):
        periodicity(np.where(x > 0.9, np.nan, x))
    with pytest.raises(ValueError, match="surrogates='pink'"):
        periodicity(x, surrogates="pink")


# -- surrogates -----------------------------------------------------------------------------------


def test_surrogates_keep_what_they_should():
    x = np.random.default_rng(0).normal(size=401).cumsum() + 5
    phases = surrogate_series(x, kind="phase", random_state=0)
    np.testing.assert_allclose(
        np.abs(np.fft.rfft(phases, axis=1)),
        np.broadcast_to(np.abs(np.fft.rfft(x)), (99, 201)),
        rtol=1e-6,
        atol=1e-6,
    )
    shuffled = surrogate_series(x, kind="shuffle", random_state=0)
    np.testing.assert_array_equal(np.sort(shuffled, axis=1), np.tile(np.sort(x), (99, 1)))
    red = np.zeros(4000)
    noise = np.random.default_rng(1).normal(size=4000)
    for t in range(1, 4000):
        red[t] = 0.6 * red[t - 1] + noise[t]
    like = surrogate_series(red, n_surrogates=20, random_state=0)
    correlations = [np.corrcoef(one[1:], one[:-1])[0, 1] for one in like]
    assert np.mean(correlations) == pytest.approx(0.6, abs=0.03)
    assert like.std() == pytest.approx(red.std(), rel=0.03)


def test_one_seed_for_all_series_and_new_numbers_without():
    X = np.random.default_rng(0).normal(size=(2, 60))
    seeded = PeriodicityScore(n_surrogates=19, random_state=3).fit(X)
    both = seeded.transform(X)
    np.testing.assert_array_equal(both[1:], seeded.transform(X[1:]))
    assert both[0, 1] == periodicity_of(X[0], seeded)
    free = PeriodicityScore(n_surrogates=199).fit(X)
    assert (free.transform(X)[:, 1] != free.transform(X)[:, 1]).any()


def periodicity_of(x, estimator):
    return estimator.transform([x])[0, 1]


DAYS = np.datetime64("2024-01-01") + np.arange(120)


def _dates():
    import pandas as pd

    index = pd.DatetimeIndex(DAYS)
    return {
        "numpy": DAYS,
        "pandas": index,
        "zone": index.tz_localize("UTC"),
        "periods": index.to_period("D"),
        "datetimes": list(index.to_pydatetime()),
        "dates": [day.date() for day in index],
        "text": index.strftime("%Y-%m-%d"),
    }


@pytest.mark.parametrize("kind", list(_dates()))
def test_dates_of_every_kind_give_the_period_in_days(kind):
    x = np.sin(2 * np.pi * np.arange(120) / 20)
    report = periodicity(x, _dates()[kind], n_surrogates=19)
    assert report.unit == "seconds" and report.period == pytest.approx(20 * 86400, rel=0.02)
    assert "one period is 20 days" in report.verdict
    assert all(row["tried"].endswith(" days") for row in report._rows())


def test_a_constant_series_of_dates_prints_its_periods_in_one_unit():
    rows = periodicity(np.ones(30), DAYS[:30], n_surrogates=9)._rows()
    assert all(row["tried"].endswith(" days") for row in rows)


def test_bounds_of_the_period_may_be_durations():
    x, day = np.sin(2 * np.pi * np.arange(120) / 20), 86400
    wanted = periodicity(x, DAYS, min_period=10 * day, n_surrogates=9).periods
    for length in (datetime.timedelta(days=10), np.timedelta64(10, "D")):
        found = periodicity(x, DAYS, min_period=length, n_surrogates=9).periods
        np.testing.assert_array_equal(found, wanted)
    for wrong in (-1.0, 0, "10 days", True):
        with pytest.raises(ValueError, match="min_period="):
            periodicity(x, min_period=wrong)


def test_text_that_is_no_date_and_missing_dates_are_refused():
    x = np.zeros(24)
    with pytest.raises(ValueError, match="times is not a numeric array"):
        periodicity(x, ["spring"] * 24)
    with pytest.raises(ValueError, match="NaT"):
        periodicity(x, [np.datetime64("NaT")] * 24)
