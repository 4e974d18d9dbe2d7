import json
from pathlib import Path

import numpy as np
import pytest

from tda.dimension import FisherS
from tda.dimension._fisher_s import MARGINS, _inseparable_shares, _on_sphere, separability_dimension

REFERENCE = json.loads((Path(__file__).parent / "reference/dimension_fisher_s.json").read_text())


@pytest.mark.parametrize("cloud", REFERENCE)
def test_whole_and_pointwise_are_scikit_dimensions(cloud):
    theirs = REFERENCE[cloud]
    fitted = FisherS().fit(theirs["X"])
    assert fitted.dimension_ == pytest.approx(theirs["dimension"])
    np.testing.assert_allclose(np.nan_to_num(fitted.dimensions_, nan=-1), theirs["dimensions"])
    np.testing.assert_allclose(fitted.local_dimension_, theirs["local"])


def test_the_root_inverts_the_law_of_the_sphere():
    n, a = np.meshgrid([1.5, 3.0, 10.0, 40.0], [0.6, 0.8, 0.95])
    share = (1 - a * a) ** ((n - 1) / 2) / (a * np.sqrt(2 * np.pi * n))
    np.testing.assert_allclose(separability_dimension(share, a), n)
    assert np.isnan(separability_dimension(0.0, 0.8))


def test_shares_are_what_all_pairs_say():
    U = _on_sphere(np.random.default_rng(0).normal(size=(50, 3)), 10)
    np.testing.assert_allclose(np.linalg.norm(U, axis=1), 1)
    products = U @ U.T - 2 * np.eye(50)
    expected = np.array([(products >= a).sum(axis=1) / 49 for a in MARGINS]).T
    np.testing.assert_array_equal(_inseparable_shares(U, MARGINS), expected)


@pytest.mark.parametrize("d", [3, 8])
def test_gaussians(d):
    X = np.random.default_rng(d).normal(size=(1500, d))
    flat = X @ np.linalg.qr(np.random.default_rng(0).normal(size=(20, d)))[0].T
    for cloud in (X, flat):
        assert FisherS().fit(cloud).dimension_ == pytest.approx(d, rel=0.1)


def test_a_point_at_the_mean_has_no_direction_and_harms_nobody():
    X = np.random.default_rng(0).normal(size=(101, 3))
    X = np.vstack([X, -X, np.zeros((1, 3))])
    assert np.isfinite(FisherS().fit(X).local_dimension_).all()


def test_all_separable_is_nan():
    fitted = FisherS().fit(np.eye(4))
    assert np.isnan(fitted.dimension_) and np.isnan(fitted.dimensions_).all()
