import json
from pathlib import Path

import numpy as np
import pytest

from tda import rips_diagram
from tda.datasets import make_sphere
from tda.dimension import PersistentHomologyDimension
from tda.dimension._persistent_homology import persistent_homology_dimension, total_persistences

REFERENCE = json.loads(
    (Path(__file__).parent / "reference/dimension_persistent_homology.json").read_text()
)


@pytest.mark.parametrize("alpha", ["0.5", "1.0"])
def test_of_the_same_subsamples_scikit_dimension_says_the_same(alpha):
    X = np.array(REFERENCE["X"])
    n_points, totals = total_persistences(X, REFERENCE["subsamples"], float(alpha))
    theirs = REFERENCE[alpha]
    np.testing.assert_allclose(np.log(totals), theirs["log_totals"])
    dimension = persistent_homology_dimension(n_points, totals, alpha=float(alpha))
    assert dimension == pytest.approx(theirs["dimension"])


def test_totals_are_those_of_the_diagram():
    X = np.asarray(make_sphere(80, random_state=0))
    diagram = rips_diagram(X, max_dimension=0)
    lifetimes = diagram[0][np.isfinite(diagram[0][:, 1])]
    total = total_persistences(X, [np.arange(80)], 2.0)[1][0]
    assert total == pytest.approx((np.diff(lifetimes) ** 2).sum())


@pytest.mark.parametrize("d", [1.5, 3, 10])
def test_an_exact_power_gives_its_dimension(d):
    n = np.array([100, 200, 300, 1000])
    assert persistent_homology_dimension(n, 7 * n ** ((d - 0.5) / d), alpha=0.5) == pytest.approx(d)


def test_growth_as_fast_as_points_is_infinite():
    assert persistent_homology_dimension([10, 20], [10.0, 20.0]) == np.inf


def test_two_sizes_have_no_error():
    fitted = PersistentHomologyDimension(random_state=0).fit(
        np.random.default_rng(0).normal(size=(9, 2))
    )
    assert np.isfinite(fitted.dimension_) and np.isnan(fitted.interval_).all()


@pytest.mark.parametrize("d, alpha", [(1, 0.5), (2, 1.0), (4, 1.0)])
def test_cubes(d, alpha):
    X = np.random.default_rng(d).uniform(size=(600, d))
    fitted = PersistentHomologyDimension(alpha=alpha, n_neighbors=50, random_state=0).fit(X)
    assert fitted.dimension_ == pytest.approx(d, rel=0.1)
    assert fitted.interval_[0] < fitted.dimension_ < fitted.interval_[1]
    assert np.median(fitted.local_dimension_) == pytest.approx(d, rel=0.15)


def test_a_cantor_set_has_a_fractal_dimension():
    # log 2 / log 3 = 0.63, from above: 0.72 of 400 points, 0.69 of 800, 0.67 of 1600
    digits = np.random.default_rng(0).integers(0, 2, (800, 30)) * 2
    X = digits @ (1 / 3.0 ** np.arange(1, 31))
    method = PersistentHomologyDimension(alpha=0.3, n_neighbors=20, random_state=0)
    assert method.fit(X[:, None]).dimension_ == pytest.approx(np.log(2) / np.log(3), rel=0.12)


def test_the_seed_decides_and_the_order_only_by_chance():
    X = np.asarray(make_sphere(200, random_state=0))
    fits = [PersistentHomologyDimension(random_state=seed).fit(X) for seed in (0, 0, 1)]
    assert fits[0].dimension_ == fits[1].dimension_ != fits[2].dimension_
    np.testing.assert_array_equal(fits[0].local_dimension_, fits[1].local_dimension_)
    turned = PersistentHomologyDimension(random_state=0).fit(X[::-1])
    assert turned.dimension_ == pytest.approx(fits[0].dimension_, abs=0.3)
    assert turned.totals_[0] == pytest.approx(fits[0].totals_[0])  # the whole has no chance
