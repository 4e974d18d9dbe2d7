"""Bands, intervals, power, and nulls for any complex."""

from functools import partial

import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn.linear_model import LogisticRegression

from tda import alpha_diagram, count_holes, datasets
from tda.diagrams import Diagram
from tda.holes import (
    hole_intervals,
    persistence_band,
    points_for_power,
    simulated_significance,
)
from tda.holes.resampling._bands import _analytic, _upper_quantile
from tda.holes.resampling._cloud import block_rows
from tda.holes.resampling._power import _crossings, _logistic
from tda.homology import dtm_diagram


def ring(n, noise=0.0, seed=0):
    return datasets.make_circle(n, noise=noise, random_state=seed).points


# -- bands -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["subsampling", "concentration", "shells"])
def test_bands_hold_the_true_diagram_of_a_circle(method):
    """The loop of the unit circle itself is born at 0 and dies at radius 1."""
    for seed in range(5):
        band = persistence_band(ring(400, seed=seed), method=method, n_resamples=40, random_state=0)
        loop = np.argmax(np.where(band.diagram.dims == 1, band.diagram.lifetimes, 0))
        birth, death = band.diagram.births[loop], band.diagram.deaths[loop]
        assert max(birth, 1 - death) <= band.width
        assert not set(band.bars) - {0, *np.flatnonzero(np.isinf(band.diagram.deaths)), loop}
        assert f"({method}, level 0.05)" in band.verdict


@pytest.mark.parametrize(
    ("method", "n", "options"),
    [("bottleneck", 300, {}), ("dtm", 300, {}), ("density", 1500, {"bandwidth": 0.2})],
)
def test_a_ring_is_sure_and_noise_is_not(method, n, options):
    options |= {"method": method, "n_resamples": 40, "random_state": 0}
    band = persistence_band(ring(n, 0.1), **options)
    assert band.betti == (1, 1)
    (row,) = [row for row in band._rows() if row["hole"] == "loop"]
    assert row["birth_high"] - row["birth"] == pytest.approx(band.widths.get(1, band.width))
    noise = np.random.default_rng(0).random((200, 2))
    assert persistence_band(noise, **(options | {"bandwidth": None})).betti == (1, 0)


def test_the_shape_scale_and_turn_of_a_cloud_scale_and_turn_its_band():
    X = ring(200, 0.05)
    turn, _ = np.linalg.qr(np.random.default_rng(0).normal(size=(2, 2)))
    for method in ("subsampling", "concentration", "shells", "bottleneck"):
        options = {"method": method, "n_resamples": 20, "dimension": 1.0, "random_state": 0}
        here = persistence_band(X, **options)
        moved = persistence_band(8 * X @ turn + 3, **options)
        assert moved.width == pytest.approx(8 * here.width, rel=1e-6)


def test_concentration_solves_its_equation():
    X, level, d = ring(150), 0.05, 1.0
    t = _analytic(X, "concentration", level, d)
    n, scale = len(X), np.sqrt(((X - X.mean(0)) ** 2).sum(1).mean())
    r = (np.log(n) / n) ** (1 / (d + 2))
    near = np.linalg.norm(X[:, None] - X, axis=-1) <= scale * r / 2
    rho, u = near.mean(axis=1).min() / r**d, (t / scale) ** d
    assert 2 ** (d + 1) / (u * rho) * np.exp(-n * u * rho / 2) == pytest.approx(level)
    # The mean over all points is no larger than that of the least.
    assert _analytic(X, "shells", level, d) <= t * (1 + 1e-9)


def test_the_density_on_the_grid_is_that_of_the_formula():
    X = np.random.default_rng(0).normal(size=(80, 2))
    band = persistence_band(X, method="density", bandwidth=0.5, resolution=24, n_resamples=2)
    axes = [np.linspace(x.min() - 1.5, x.max() + 1.5, 24) for x in X.T]
    grid = np.stack(np.meshgrid(*axes, indexing="ij"), -1)
    off = ((grid[:, :, None] - X) ** 2).sum(-1)
    density = (np.exp(-off / 0.5) / (2 * np.pi * 0.25)).mean(-1)
    top = band.diagram.births[(band.diagram.dims == 0) & np.isinf(band.diagram.deaths)]
    assert top == pytest.approx(density.max())


def test_quantiles_count_the_data_among_the_draws():
    assert _upper_quantile(np.arange(1, 20), 0.05) == 19  # 19 of 20
    assert _upper_quantile(np.arange(1, 100), 0.05) == 95
    assert _upper_quantile(np.arange(3), 0.05) == 2


def test_blocks_are_rows_in_a_row():
    rows = block_rows(100, 10, np.random.RandomState(0))
    assert len(rows) == 100 and rows.min() >= 0 and rows.max() < 100
    assert (np.diff(rows.reshape(10, 10), axis=1) % 100 == 1).all()
    # Of a slow path the band of single rows is too narrow, as if they were independent.
    t = np.arange(400)
    path = np.column_stack([np.cos(t / 60), np.sin(t / 60)])
    path += np.random.default_rng(0).normal(0, 0.05, path.shape)
    options = {"n_resamples": 30, "random_state": 0, "max_dimension": 1}
    assert (
        persistence_band(path, dependence=100, **options).width
        > 1.5 * persistence_band(path, **options).width
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"method": "magic"}, "method='magic'"),
        ({"level": 0}, "level=0, but it lies"),
        ({"n_resamples": 0}, "n_resamples=0; it must be"),
        ({"method": "subsampling", "n_subsample": 99}, "n_subsample=99, but there are 30"),
        ({"method": "subsampling", "n_subsample": "few"}, "n_subsample='few'"),
        ({"method": "density", "bandwidth": -1}, "bandwidth=-1"),
        ({"method": "dtm", "mass": 2}, "mass=2; it must be a share"),
        ({"dimension": -1}, "dimension=-1"),
        ({"dependence": "some"}, "dependence='some'"),
    ],
)
def test_wrong_bands_are_named(options, message):
    with pytest.raises(ValueError, match=message):
        persistence_band(np.random.default_rng(0).random((30, 2)), **options)
    with pytest.raises(ValueError, match="up to three dimensions, not 5"):
        persistence_band(np.random.default_rng(0).random((30, 5)), method="dtm")


# -- intervals -------------------------------------------------------------------------------------


def test_intervals_cover_the_death_among_other_samples():
    """95% intervals of one sample against the mean death of many."""
    deaths = []
    for seed in range(300, 400):
        diagram = alpha_diagram(ring(120, 0.1, seed))
        deaths.append(diagram.deaths[diagram.dims == 1].max())
    truth, hits, runs = np.mean(deaths), 0, 30
    for seed in range(runs):
        found = hole_intervals(ring(120, 0.1, seed), n_holes=1, n_resamples=50, random_state=0)
        _, low, high = found.deaths[0]
        hits += low <= truth <= high
    assert binomtest(hits, runs, 0.95, alternative="less").pvalue > 0.001


def test_a_ring_is_prevalent_and_noise_is_not():
    X = np.concatenate([ring(150, 0.05), np.random.default_rng(0).random((150, 2)) * 3 + [3, 0]])
    found = hole_intervals(X, n_holes=4, n_resamples=40, random_state=0)
    assert found.prevalence[0] == 1.0 and found.prevalence[1:].max() < 0.8
    assert found.verdict.startswith("1 loop in at least 90% of 40 halves")
    two = hole_intervals(datasets.make_figure_eight(200, random_state=0), n_holes=2, random_state=0)
    assert (two.prevalence > 0.9).all()


def test_holes_are_matched_by_place():
    # Two rings of one size: the holes have one interval, and a half without one keeps the other.
    X = np.concatenate([ring(60), ring(60, seed=1) + [5, 0]])
    found = hole_intervals(X, n_holes=2, n_resamples=30, random_state=0)
    assert (found.prevalence > 0.8).all()
    rips = hole_intervals(X, n_holes=2, complex="rips", n_resamples=20, random_state=0)
    assert (rips.prevalence >= 0.7).all() and rips.diagram.filtration == "rips"


# -- power -----------------------------------------------------------------------------------------


def test_a_logistic_curve_passes_where_it_should():
    x = np.log([10, 20, 40, 80, 160])
    true = 1 / (1 + np.exp(-(-12 + 3.5 * x)))
    fits = _logistic(x, np.stack([1000 * true, 0 * true, 1000 + 0 * true]), 1000)
    assert fits[0] == pytest.approx([-12, 3.5], rel=0.05)
    model = LogisticRegression(C=np.inf).fit(
        np.tile(x, 2)[:, None],
        np.repeat([1, 0], 5),
        np.concatenate([1000 * true + 0.5, 1000 * (1 - true) + 0.5]),
    )
    assert fits[0] == pytest.approx([model.intercept_[0], model.coef_[0, 0]], rel=1e-3)
    at = _crossings(fits, 0.5, x)
    assert at[0] == pytest.approx(np.exp(12 / 3.5), rel=0.03) and at[1] == np.inf


def test_the_points_needed_do_what_they_say():
    found = points_for_power(
        datasets.make_circle, sizes=[8, 12, 17, 24, 34], n_simulations=30, random_state=0
    )
    assert found.interval[0] < found.n_points < found.interval[1]
    n, runs = round(found.n_points), 50

    hits = sum(count_holes(ring(n, seed=s)).betti[1] >= 1 for s in range(runs))
    assert binomtest(hits, runs, 0.8).pvalue > 0.001
    assert "to find with a chance of 80%" in found.verdict


def test_a_pilot_study_says_that_more_points_find_the_hole():
    pilot = ring(60, 0.15)
    found = points_for_power(pilot, sizes=[15, 40, 110], n_simulations=10, random_state=0)
    assert 15 < found.n_points < 120
    noise = np.random.default_rng(0).random((60, 2))
    none = points_for_power(noise, sizes=[30, 60], n_simulations=6, random_state=0)
    assert none.n_points == np.inf and "not found in 80%" in none.verdict
    with pytest.raises(ValueError, match="power=1, but"):
        points_for_power(pilot, power=1)
    with pytest.raises(ValueError, match="sizes is empty"):
        points_for_power(pilot, sizes=[])


# -- nulls for any complex -------------------------------------------------------------------------


def test_the_null_of_a_distance_to_a_measure():
    compute = partial(dtm_diagram, mass=0.05, max_dimension=1)
    options = {"n_simulations": 60, "random_state": 0}
    loop, *rest = simulated_significance(ring(100, 0.1), compute, **options)
    assert loop.p_value <= 0.01 and all(hole.p_value > 0.05 for hole in rest)
    false = 0
    for seed in range(12):
        noise = np.random.default_rng(seed).normal(size=(80, 2))
        false += simulated_significance(noise, compute, **options)[0].p_value <= 0.05
    assert false <= 3


def test_a_null_of_ones_own_and_the_lifetime():
    def square(n, random_state):
        return 2 * np.random.RandomState(random_state).random_sample((n, 2)) - 1

    X = ring(80, 0.05)
    options = {"null": square, "statistic": "lifetime", "n_simulations": 99, "random_state": 0}
    loop, *rest = simulated_significance(X, alpha_diagram, **options)
    assert loop.p_value <= 0.01 < 0.05 < rest[0].p_value
    # Ranks are free of the unit.
    again = simulated_significance(X, alpha_diagram, correction=None, **options)
    assert again[0].p_value <= loop.p_value
    p_values = [simulated_significance(square(80, seed), alpha_diagram, **options)[0].p_value
                for seed in range(10)]  # fmt: skip
    assert sum(p <= 0.05 for p in p_values) <= 3


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"null": "white"}, "null='white'; it must be"),
        ({"statistic": "length"}, "statistic='length'"),
        ({"correction": "none"}, "correction='none'"),
        ({"degree": 0}, "degree=0; it must be an integer from 1 on"),
    ],
)
def test_wrong_tests_are_named(options, message):
    X = np.random.default_rng(0).random((20, 2))
    with pytest.raises(ValueError, match=message):
        simulated_significance(X, alpha_diagram, **options)
    with pytest.raises(ValueError, match="returned list, but it has to return one Diagram"):
        simulated_significance(X, lambda cloud: [], n_simulations=2)
    assert isinstance(alpha_diagram(X), Diagram)


def test_a_diagram_in_place_of_its_function_and_sizes_below_five_are_refused():
    X = np.random.default_rng(0).normal(size=(30, 2))
    with pytest.raises(ValueError, match="diagram is Diagram; it must be a function"):
        simulated_significance(X, alpha_diagram(X))
    for sizes in [[-5, 10], [10.5], [2]]:
        with pytest.raises(ValueError, match="an integer from 5 on"):
            points_for_power(X, sizes=sizes, n_simulations=2)
    with pytest.raises(ValueError, match="1 distinct point, but"):
        hole_intervals(np.zeros((9, 2)))
