"""Statistics, lifetimes and counts: against NumPy, sample by sample."""

import numpy as np
import pytest
from scipy import stats

from tda.diagrams import Diagram, Diagrams, as_diagrams
from tda.features import (
    BarCount,
    CarlssonCoordinates,
    Lifetimes,
    PersistenceStatistics,
    count_bars,
    longest_lifetimes,
    persistence_entropy,
    persistence_statistics,
)

EMPTY = Diagram([], [], [], max_dimension=1)


def random_bars(rng, n):
    births = rng.uniform(0, 1, n)
    return np.column_stack([births, births + rng.exponential(0.3, n)])


def some_diagrams(seed):
    rng = np.random.default_rng(seed)
    return as_diagrams([[random_bars(rng, 20), random_bars(rng, n)] for n in (9, 0, 1, 30, 0)])


def by_numpy(bars):
    births, deaths = bars.T
    quantities = {
        "births": births,
        "deaths": deaths,
        "midpoints": (births + deaths) / 2,
        "lifetimes": np.abs(deaths - births),
        "ratios": deaths / births,
    }
    answer = {}
    for name, values in quantities.items():
        answer |= {
            f"{name}_mean": values.mean(),
            f"{name}_std": values.std(),
            f"{name}_median": np.median(values),
            f"{name}_iqr": stats.iqr(values),
            f"{name}_range": np.ptp(values),
        } | {f"{name}_p{q}": np.percentile(values, q) for q in (10, 25, 75, 90)}
    return answer | {"n_bars": len(bars), "entropy": persistence_entropy(bars)}


@pytest.mark.parametrize("n", [1, 2, 3, 10, 101])
def test_statistics_are_numpys(n):
    bars = random_bars(np.random.default_rng(n), n)
    bars[0] = bars[0, ::-1]  # one of them downward
    every = ["births", "deaths", "midpoints", "lifetimes", "ratios"]
    ours, expected = persistence_statistics(bars, quantities=every), by_numpy(bars)
    assert list(ours) == list(expected)
    for name, value in expected.items():
        assert ours[name] == pytest.approx(value, rel=1e-12, abs=1e-15), name


def test_statistics_of_nothing_are_zero():
    assert set(persistence_statistics([]).values()) == {0.0}
    # Ratios need a positive birth.
    zero_born = persistence_statistics([[0, 1], [0, 2]], quantities="ratios")
    assert zero_born.pop("n_bars") == 2 and zero_born.pop("entropy") > 0
    assert set(zero_born.values()) == {0.0}
    one = persistence_statistics([[0, 1], [1, 3]], quantities=["ratios"])
    assert one["ratios_mean"] == one["ratios_p10"] == 3 and one["ratios_std"] == 0


def test_transforms_apply_the_functions_degree_by_degree():
    diagrams = some_diagrams(0)
    statistics = PersistenceStatistics().fit(diagrams)
    out = statistics.transform(diagrams)
    assert out.shape == (5, 2 * 38)
    names = statistics.get_feature_names_out()
    counts = BarCount(min_lifetime=0.2).fit_transform(diagrams)
    lifetimes = Lifetimes(n_longest=12).fit_transform(diagrams)
    for i, sample in enumerate(diagrams):
        for k in (0, 1):
            expected = persistence_statistics(sample[k])
            np.testing.assert_array_equal(out[i, 38 * k : 38 * (k + 1)], [*expected.values()])
            assert names[38 * k] == f"persistence_statistics_h{k}_births_mean"
            assert counts[i, k] == count_bars(sample[k], 0.2)
            np.testing.assert_array_equal(
                lifetimes[i, 12 * k : 12 * (k + 1)], longest_lifetimes(sample[k], 12)
            )


def test_longest_lifetimes_are_sorted_and_filled_up():
    bars = random_bars(np.random.default_rng(1), 30)
    expected = np.sort(np.ptp(bars, axis=1))[::-1]
    np.testing.assert_array_equal(longest_lifetimes(bars, 10), expected[:10])
    np.testing.assert_array_equal(longest_lifetimes(bars[:, ::-1], 40), [*expected, *[0] * 10])
    assert longest_lifetimes([], 3).tolist() == [0, 0, 0]


def test_lifetimes_are_stable():
    """Sorted lifetimes move by at most twice what births and deaths do."""
    rng = np.random.default_rng(2)
    bars = random_bars(rng, 40)
    moved = bars + rng.uniform(-0.01, 0.01, bars.shape)
    change = longest_lifetimes(moved, 40) - longest_lifetimes(bars, 40)
    assert np.abs(change).max() <= 0.02


def test_columns_are_floats_even_where_no_sample_has_a_bar():
    for step in (PersistenceStatistics(), Lifetimes(), BarCount(), CarlssonCoordinates()):
        assert step.fit_transform([EMPTY, EMPTY]).dtype == float


def test_counts_take_essential_classes_and_no_bar_at_the_limit():
    bars = [[0, 1], [0, 2], [0, np.inf], [3, 1]]
    assert [count_bars(bars, m) for m in (0, 1, 2, 1e300)] == [4, 3, 1, 1]
    diagrams = Diagrams([Diagram(*np.transpose(bars), [0] * 4), EMPTY])
    assert BarCount(degrees=[0, 3]).fit_transform(diagrams).tolist() == [[4, 0], [0, 0]]


def test_essential_classes_are_dropped_or_clamped():
    diagrams = Diagrams([Diagram([0, 0], [4, np.inf], [0, 0])])
    assert Lifetimes(n_longest=2).fit_transform(diagrams).tolist() == [[4, 0]]
    clamped = Lifetimes(n_longest=2, essential="clamp").fit_transform(diagrams)
    assert clamped.tolist() == [[4, 4]]
    for essential, n in (("drop", 1), ("clamp", 2)):
        statistics = PersistenceStatistics(essential=essential).fit(diagrams)
        assert statistics.transform(diagrams)[0, -2] == n
        assert statistics.get_feature_names_out()[-2] == "persistence_statistics_h0_n_bars"


def test_errors_say_what_to_do():
    with pytest.raises(ValueError, match=r"quantities=\['lengths'\].*births"):
        persistence_statistics([[0, 1]], quantities=["lengths"])
    with pytest.raises(ValueError, match="distinct"):
        PersistenceStatistics(quantities=["births", "births"]).fit([EMPTY])
    for n in (-1, 0, 2.5, True):
        with pytest.raises(ValueError, match=f"n_longest={n}; .*positive integer"):
            longest_lifetimes([[0, 1]], n)
    for length in (-1, np.nan):
        with pytest.raises(ValueError, match=f"min_lifetime={length}"):
            count_bars([[0, 1]], length)
    for function in (persistence_statistics, longest_lifetimes):
        with pytest.raises(ValueError, match=r"bars is Diagram, .*pass diagram\[k\]"):
            function(EMPTY)
        with pytest.raises(ValueError, match=r"diagrams\[i\]\[k\]"):
            function(Diagrams([EMPTY]))
        for no_bars in ("abc", [[], [[0, 1]]], [[0, 1], [2]]):
            with pytest.raises(ValueError, match=r"bars is (str|list) and no"):
                function(no_bars)
        with pytest.raises(ValueError, match="infinite"):
            function([[0, np.inf]])
