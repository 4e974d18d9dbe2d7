import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.decomposition import PCA

from tda.datasets import make_sphere
from tda.dimension import LocalPCA
from tda.dimension._local_pca import THRESHOLDS, pca_dimension

REFERENCE = json.loads((Path(__file__).parent / "reference/dimension_local_pca.json").read_text())
THEIRS = {
    "fukunaga_olsen": "FO",
    "participation_ratio": "participation_ratio",
    "fan": "Fan",
    "maxgap": "maxgap",
    "ratio": "ratio",
    "kaiser": "Kaiser",
    "broken_stick": "broken_stick",
    "minka": "Minka",
}


def estimator(version, n_neighbors=None):
    return LocalPCA(version=version, n_neighbors=n_neighbors)


def test_every_version_is_compared_with_scikit_dimension():
    assert set(THEIRS) == set(THRESHOLDS)


@pytest.mark.parametrize("version", THEIRS)
@pytest.mark.parametrize("cloud", ["surface", "wide"])
def test_pca_of_a_cloud_is_scikit_dimensions(version, cloud):
    fitted = estimator(version).fit(REFERENCE["X"][cloud])
    theirs = REFERENCE[THEIRS[version]][cloud]
    if (version, cloud) == ("maxgap", "wide"):
        assert theirs == 11  # of 12 points: the gap to a variance that is 0 by count
        theirs = 3
    assert fitted.dimension_ == pytest.approx(theirs, rel=1e-9)
    assert (fitted.local_dimension_ == fitted.dimension_).all()


@pytest.mark.parametrize("version", THEIRS)
def test_pca_of_neighborhoods_is_scikit_dimensions(version):
    fitted = estimator(version, REFERENCE["n_neighbors"]).fit(REFERENCE["X"]["surface"])
    theirs = REFERENCE[THEIRS[version]]["local"]
    np.testing.assert_allclose(fitted.local_dimension_, theirs, rtol=1e-9)
    assert fitted.dimension_ == pytest.approx(np.mean(theirs), rel=1e-9)


@pytest.mark.parametrize(
    "version", sorted(set(THEIRS) - {"fan", "kaiser", "broken_stick", "participation_ratio"})
)
def test_an_affine_plane_in_many_coordinates_has_two(version):
    rng = np.random.default_rng(0)
    plane = rng.uniform(size=(300, 2)) @ np.linalg.qr(rng.normal(size=(30, 2)))[0].T + 5
    noisy = plane + 1e-3 * rng.normal(size=plane.shape)
    for n_neighbors in (None, 12, 40):
        assert estimator(version, n_neighbors).fit(noisy).dimension_ == pytest.approx(2, abs=0.3)


def test_minka_agrees_with_scikit_learn():
    rng = np.random.default_rng(0)
    for d in (1, 3, 6):
        X = rng.normal(size=(100, d)) @ rng.normal(size=(d, 10)) + 0.1 * rng.normal(size=(100, 10))
        oracle = PCA(n_components="mle").fit(X).n_components_
        assert estimator("minka").fit(X).dimension_ == oracle


def test_participation_ratio_of_equal_variances_counts_them():
    assert pca_dimension([2.0] * 7 + [0.0], version="participation_ratio") == pytest.approx(7)
    # and is the inverse of the mean of squared shares
    v = np.array([0.5, 0.3, 0.2])
    assert pca_dimension(v, version="participation_ratio") == pytest.approx(1 / (v @ v))


@pytest.mark.parametrize("version", THRESHOLDS)
def test_one_coordinate_has_one_dimension(version):
    X = np.random.default_rng(0).normal(size=(20, 1))
    expected = 0 if version == "kaiser" else 1  # nothing is above the mean of one
    assert estimator(version).fit(X).dimension_ == expected


def test_equal_variances_have_no_leading_one():
    assert pca_dimension(np.ones(5), version="broken_stick") == 0


def test_sphere_everywhere():
    fitted = LocalPCA(n_neighbors=20).fit(make_sphere(2000, random_state=0))
    np.testing.assert_array_equal(fitted.local_dimension_, 2)
    assert fitted.standard_error_ == 0 and fitted.interval_ == (2, 2)


def test_the_error_is_the_spread_over_samples():
    rng = np.random.default_rng(0)
    fits = [estimator("participation_ratio", 15).fit(rng.uniform(size=(300, 3))) for _ in range(60)]
    spread = np.std([fit.dimension_ for fit in fits])
    # of 60 samples a spread is known to 9%
    errors = [fit.standard_error_ for fit in fits]
    assert np.mean(errors) == pytest.approx(spread, rel=0.35)
    assert np.isnan(estimator("participation_ratio").fit(rng.normal(size=(30, 3))).standard_error_)


def test_a_threshold_for_a_version_without_one_is_an_error():
    X = np.random.default_rng(0).normal(size=(30, 3))
    with pytest.raises(ValueError, match="'kaiser' takes none"):
        LocalPCA(version="kaiser", threshold=0.1).fit(X)
    with pytest.raises(ValueError, match="n_samples"):
        pca_dimension([1.0, 0.5], version="minka")
