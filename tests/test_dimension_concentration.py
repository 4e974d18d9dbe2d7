import dataclasses

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from scipy.stats import skew

from tda import concentration_report
from tda._neighbors import neighbor_graph
from tda.dimension import hubness, relative_contrast
from tda.dimension._concentration import _measure


def flat_circle(n, n_features, seed=0):
    rng = np.random.default_rng(seed)
    t = rng.uniform(0, 2 * np.pi, n)
    turn = np.linalg.qr(rng.normal(size=(n_features, 2)))[0]
    return np.column_stack([np.cos(t), np.sin(t)]) @ turn.T


def test_measures_are_their_definitions():
    X = np.random.default_rng(0).normal(size=(200, 6))
    D = cdist(X, X) + np.diag(np.full(200, np.nan))
    contrast, hubs, effective, _ = _measure(X)
    nearest = np.nanmin(D, axis=1)
    assert contrast == pytest.approx(np.median((np.nanmax(D, axis=1) - nearest) / nearest))
    occurrences = np.bincount(neighbor_graph(X, 10).indices.ravel(), minlength=200)
    assert occurrences.sum() == 2000
    assert hubs == pytest.approx(skew(occurrences))
    shares = np.linalg.eigvalsh(np.cov(X.T))
    shares /= shares.sum()
    assert effective == pytest.approx(1 / (shares @ shares))


def test_equal_occurrences_have_no_skewness():
    ring = np.arange(8)
    assert hubness(np.column_stack([(ring + 1) % 8, (ring - 1) % 8])) == 0
    assert relative_contrast(np.ones((3, 4))) == 0


def test_contrast_falls_and_hubs_rise_with_the_dimension():
    # Beyer et al. 1999; Radovanović et al. 2010
    rng = np.random.default_rng(0)
    made = [_measure(rng.normal(size=(400, d))) for d in (2, 8, 32, 128)]
    contrasts, hubs = [m[0] for m in made], [m[1] for m in made]
    assert all(np.diff(contrasts) < 0) and all(np.diff(hubs) > 0)


def test_both_follow_the_intrinsic_dimension_not_the_ambient_one():
    plain, flat = flat_circle(300, 2), flat_circle(300, 60)
    np.testing.assert_allclose(_measure(plain), _measure(flat), rtol=1e-6)
    report = concentration_report(flat)
    assert not report.is_concentrated and not report.is_like_noise and not report.has_hubs
    assert report.verdict.startswith("No curse: 60 coordinates hold about 0.9 dimensions")
    assert report.effective_dimension.value == pytest.approx(2, abs=0.1)


def test_noise_is_like_noise():
    X = np.random.default_rng(0).uniform(size=(200, 50))
    report = concentration_report(X)
    assert report.is_concentrated and report.is_like_noise and report.has_hubs
    assert report.verdict.startswith("Distances concentrate as in noise")
    assert "hubs" in report.verdict
    for measure in (report.contrast, report.hubness, report.effective_dimension):
        assert measure.low <= measure.typical <= measure.high


def test_between_noise_and_structure_it_says_both():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 15)) @ np.linalg.qr(rng.normal(size=(40, 15)))[0].T
    verdict = concentration_report(X).verdict
    assert verdict.startswith("Distances concentrate, but less than in noise: 40 coordinates hold")


def test_few_coordinates_have_no_curse_even_if_they_are_noise():
    report = concentration_report(np.random.default_rng(0).normal(size=(300, 2)))
    assert report.is_like_noise and report.verdict.startswith("No curse")


def test_under_the_null_p_values_are_fair():
    rng = np.random.default_rng(0)
    reports = [
        concentration_report(rng.normal(size=(60, 5)), n_simulations=19, random_state=seed)
        for seed in range(40)
    ]
    p = np.array([[r.contrast.p_value, r.intrinsic_dimension.p_value] for r in reports])
    assert (p.min(), p.max()) == (0.05, 1.0)
    # uniform on 1/20 … 1: mean 0.525, error 0.29 / sqrt(40) = 0.046
    np.testing.assert_allclose(p.mean(axis=0), 0.525, atol=4 * 0.046)


def test_seeds_units_and_equal_points_change_nothing():
    X = flat_circle(150, 5)
    one = concentration_report(X, n_simulations=19)
    assert one == concentration_report(X, n_simulations=19)
    other = concentration_report(np.repeat(1000 * X + 7, 2, axis=0), n_simulations=19)
    assert (other.n_points, other.n_used) == (300, 150)
    assert other.contrast.value == pytest.approx(one.contrast.value)
    assert other.intrinsic_dimension.value == pytest.approx(one.intrinsic_dimension.value)


def test_many_points_are_thinned_and_it_prints():
    text = str(concentration_report(flat_circle(500, 3), max_points=100, n_simulations=19))
    assert "100 points of 500, 3 coordinates; 19 simulations" in text
    assert all(name in text for name in ("contrast", "hubness", "effective dimension"))


@pytest.mark.parametrize(
    ("X", "d"),
    [
        (np.argwhere(np.ones((20, 20))), 2),
        (np.arange(300.0)[:, None] * np.ones(5), 1),
        (np.random.default_rng(0).normal(size=(400, 3)).round(1), 3),
    ],
    ids=["grid", "line", "rounded"],
)
def test_ties_make_neither_dimensions_nor_hubs(X, d):
    report = concentration_report(X, n_simulations=19)
    assert report.intrinsic_dimension.value == pytest.approx(d, rel=0.25)
    assert not report.has_hubs and report.verdict.startswith("No curse")
    turned = concentration_report(X[::-1], n_simulations=19)
    assert turned.hubness.value == pytest.approx(report.hubness.value)


def test_where_all_distances_tie_the_dimension_is_not_told():
    report = concentration_report(np.eye(30), n_simulations=19)
    assert np.isnan(report.intrinsic_dimension.value)
    assert np.isnan(report.intrinsic_dimension.p_value)
    assert report.hubness.value == pytest.approx(0, abs=1e-6)
    assert "inf" not in str(report) and "nan" not in report.verdict
    # Said where the verdict speaks of dimensions.
    told = dataclasses.replace(report, contrast=report.contrast._replace(value=9.0))
    assert "cannot be estimated" in told.verdict and "nan" not in told.verdict


def test_it_speaks_of_no_more_dimensions_than_coordinates():
    said = concentration_report(np.random.default_rng(1).random((40, 2)), n_simulations=19).verdict
    assert float(said.split("about ")[1].split(" ")[0]) <= 2


@pytest.mark.parametrize(
    "X, options, message",
    [
        (np.zeros((20, 2)), {}, "1 distinct point"),
        (np.eye(20), {"n_simulations": 0}, "n_simulations=0"),
        (np.full((20, 2), np.nan), {}, "NaN"),
    ],
)
def test_errors(X, options, message):
    with pytest.raises(ValueError, match=message):
        concentration_report(X, **options)


def test_a_point_far_out_makes_no_contrast():
    X = np.random.default_rng(0).normal(size=(300, 5))
    plain = concentration_report(X)
    far = concentration_report(np.r_[X, [[1e9] * 5]])
    assert far.contrast == plain.contrast and far.n_left_out == 1 and far.n_points == 301
    assert far.effective_dimension == plain.effective_dimension
    assert "1 point was left out, far from all others" in far.verdict
    assert plain.n_left_out == 0 and "left out" not in plain.verdict


def test_each_number_out_of_range_has_its_own_message():
    with pytest.raises(ValueError, match="n_simulations=9; it must be 19 or more"):
        concentration_report(np.eye(30), n_simulations=9)
    with pytest.raises(ValueError, match="max_points=5; it must be 12 or more"):
        concentration_report(np.eye(30), max_points=5)
